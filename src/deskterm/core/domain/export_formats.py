"""The formats of export files."""

from enum import StrEnum
from typing import Final


class Format(StrEnum):
    """How an export is written down."""

    CSV = "csv"
    XLSX = "xlsx"
    JSONL = "jsonl"
    JSON = "json"
    PARQUET = "parquet"
    TROUBLESHOOTING_LOG = "troubleshooting-log"


FILES_ONLY: Final = frozenset({Format.XLSX, Format.PARQUET})
"""What is no text: it goes into a file."""
SUFFIXES: Final = {f".{one.value}": one for one in Format if one is not Format.TROUBLESHOOTING_LOG}

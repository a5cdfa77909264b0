"""What is to be bought, as options: the lines, what for, from whom, and the quotes with the hashes of their files."""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

import typer

from deskterm.cli.output import tell
from deskterm.core.domain.purchase import Wanted

_HASHED = " sha256:"

Lines = Annotated[list[str] | None, typer.Option("--line", help="What is bought, as '2 x Toner @ 45.00'; several.")]
Why = Annotated[str | None, typer.Option("--why", help="The justification.")]
Vendor = Annotated[str | None, typer.Option(help="From whom.")]
CostCentre = Annotated[str | None, typer.Option(help="Who pays for it.")]
Currency = Annotated[str | None, typer.Option(help="A code such as USD; the profile's without it.")]
Quotes = Annotated[
    list[str] | None,
    typer.Option("--quote", metavar="REF", help="Where an offer is kept; a file's SHA-256 is kept with it; several."),
]


def wanted(
    lines: list[str] | None,
    why: str | None,
    vendor: str | None,
    cost_centre: str | None,
    quotes: list[str] | None,
    currency: str | None,
    *,
    base: Wanted | None = None,
) -> Wanted:
    """Gives the purchase that options say; what they don't is as in `base`."""
    base = base or Wanted()
    return Wanted(
        lines=base.lines if lines is None else tuple(lines),
        currency=base.currency if currency is None else currency,
        justification=base.justification if why is None else why,
        vendor=base.vendor if vendor is None else vendor,
        cost_centre=base.cost_centre if cost_centre is None else cost_centre,
        quotes=base.quotes if quotes is None else hashed(quotes),
    )


def hashed(references: Iterable[str]) -> tuple[str, ...]:
    """Gives quotes with the SHA-256 of those that are files here, each as `NAME sha256:HEX`; the rest as they are."""
    return tuple(_hashed(reference) for reference in references)


def _hashed(reference: str) -> str:
    path = Path(reference)
    try:
        if _HASHED in reference or not path.is_file():
            return reference
        with path.open("rb") as file:
            return f"{reference}{_HASHED}{hashlib.file_digest(file, 'sha256').hexdigest()}"
    except OSError as error:
        tell(f"{reference} can't be read, so no hash of it is kept: {error.strerror}")
        return reference

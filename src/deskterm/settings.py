"""Settings: one table drives the file, the environment, the flags and the docs.

What is given later wins: default < config file < environment < flag.
"""

import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final, NamedTuple

from platformdirs import user_config_path, user_data_path

from deskterm.core.domain.errors import InvalidInput

APP: Final = "deskterm"


COLUMNS: Final = (
    "id", "priority", "status", "left", "title", "requester", "assignee", "department", "category", "created",
    "updated", "closed",
)  # fmt: skip
"""What the queue can show of a ticket."""


class Option(NamedTuple):
    """One setting: its name in the file, its variable, its type, what it is without being set, what it does."""

    name: str
    variable: str
    kind: type
    default: object
    help: str


CONFIG: Final = (
    Option("database", "DESKTERM_DATABASE", str, "", "the desk: sqlite:///path or postgresql://host/name"),
    Option("theme", "DESKTERM_THEME", str, "", "dark, light, contrast, ansi, or a theme of Textual's"),
    Option("mouse", "DESKTERM_MOUSE", bool, default=True, help="whether the terminal's mouse is used"),
    Option("page_size", "DESKTERM_PAGE_SIZE", int, 100, "tickets read at once by the queue, 20 to 500"),
    Option("preview_columns", "DESKTERM_PREVIEW_COLUMNS", int, 110, "window width from which the queue has a preview"),
    Option("columns", "DESKTERM_COLUMNS", list, [], f"the queue's columns in their order, of {', '.join(COLUMNS)}"),
    Option(
        "undo_seconds", "DESKTERM_UNDO_SECONDS", int, 5, "seconds until decisions, replies and notices leave, 0 to 60"
    ),
    Option("attachment_limit", "DESKTERM_ATTACHMENT_LIMIT", int, 10, "MB that an attached file may have, 1 to 100"),
    Option("read_only", "DESKTERM_READ_ONLY", bool, default=False, help="whether every change is refused"),
    Option("keys", "DESKTERM_KEYS", dict, {}, 'other keys for commands, by id: `[keys]` and `claim = ["c", "f3"]`'),
    Option("signing_key", "DESKTERM_SIGNING_KEY", str, "", "your SSH public key, which your decisions are signed with"),
    Option("allowed_signers", "DESKTERM_ALLOWED_SIGNERS", str, "", "whose SSH key is whose, as ssh-keygen reads it"),
    Option("revoked_keys", "DESKTERM_REVOKED_KEYS", str, "", "SSH keys that no longer count, as ssh-keygen reads them"),
    Option("seal_key", "DESKTERM_SEAL_KEY", str, "", "the sealer's private key; set only for the sealer's account"),
    Option("seal_file", "DESKTERM_SEAL_FILE", str, "", "the file that the sealer appends signed heads to"),
    Option("seal_command", "DESKTERM_SEAL_COMMAND", str, "", "a command that takes each signed head, a line on stdin"),
    Option("seal_mail", "DESKTERM_SEAL_MAIL", str, "", "the address that each signed head is mailed to"),
    Option("seal_smtp", "DESKTERM_SEAL_SMTP", str, "localhost:25", "the mail server for that, as host:port"),
    Option("seal_public_keys", "DESKTERM_SEAL_PUBLIC_KEYS", str, "", "the public keys of sealers, with spaces between"),
)
_TRUE: Final = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}


class Chosen(NamedTuple):
    """The keys that a command is to have, and where that is written."""

    keys: tuple[str, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings in force; `database` is never empty, an empty path or key is none."""

    database: str
    theme: str
    mouse: bool
    page_size: int
    preview_columns: int
    undo_seconds: int = 5
    attachment_limit: int = 10
    read_only: bool = False
    signing_key: str = ""
    allowed_signers: str = ""
    revoked_keys: str = ""
    seal_key: str = ""
    seal_file: str = ""
    seal_command: str = ""
    seal_mail: str = ""
    seal_smtp: str = "localhost:25"
    seal_public_keys: str = ""
    keys: Mapping[str, Chosen] = field(default_factory=dict)
    columns: tuple[str, ...] = ()


def path_of(text: str) -> Path | None:
    """Gives the path that a setting names, None where it is empty."""
    return Path(text).expanduser() if text else None


def load(
    *,
    config: Path | None = None,
    database: str = "",
    read_only: bool = False,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Gives the settings in force; `config`, `database` and `read_only` are the flags.

    Raises:
        InvalidInput: names the file and line, or the variable, and what was expected.
    """
    env = os.environ if environ is None else environ
    named = config or (Path(env["DESKTERM_CONFIG"]) if env.get("DESKTERM_CONFIG") else None)
    values: dict[str, Any] = {option.name: option.default for option in CONFIG}
    values |= _from_file(named or user_config_path(APP) / "config.toml", must_exist=named is not None)
    values |= {o.name: _from_text(o, env[o.variable]) for o in CONFIG if env.get(o.variable)}
    values["database"] = database or values["database"] or f"sqlite:///{user_data_path(APP) / 'desk.db'}"
    values["theme"] = values["theme"] or ("ansi" if env.get("SSH_CONNECTION") else "dark")
    values["read_only"] = read_only or values["read_only"]
    if not 20 <= values["page_size"] <= 500:
        raise InvalidInput(f"page_size is {values['page_size']}: expected 20 to 500")
    if not 0 <= values["undo_seconds"] <= 60:
        raise InvalidInput(f"undo_seconds is {values['undo_seconds']}: expected 0 to 60")
    if not 1 <= values["attachment_limit"] <= 100:
        raise InvalidInput(f"attachment_limit is {values['attachment_limit']}: expected 1 to 100")
    return Settings(**{**values, "columns": tuple(values["columns"])})


def _from_file(path: Path, *, must_exist: bool) -> dict[str, object]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if must_exist:
            raise InvalidInput(f"there is no config file {path}") from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"{path} can't be read: {error}") from error
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InvalidInput(f"{path}: {error}") from error
    options = {option.name: option for option in CONFIG}
    for name, value in found.items():
        place = f"{path} line {_line(text, name)}"
        if name not in options:
            close = get_close_matches(name, options, 1)
            raise InvalidInput(f"{place}: there is no setting {name}{f', did you mean {close[0]}?' if close else ''}")
        if type(value) is not options[name].kind:
            raise InvalidInput(f"{place}: {name} is {value!r}, expected {_NAMES[options[name].kind]}")
    if "columns" in found:
        found["columns"] = _columns(found["columns"], f"{path} line {_line(text, 'columns')}")
    return {
        name: _chosen(value, text, str(path), name) if type(value) is dict else value for name, value in found.items()
    }


def _columns(names: Sequence[object], place: str) -> tuple[str, ...]:
    """Gives the columns that are named; raises InvalidInput when one isn't there, or is there twice."""
    if not names:
        raise InvalidInput(f"{place}: columns is empty: name some, or take the line away")
    for number, name in enumerate(names):
        if name not in COLUMNS:
            close = get_close_matches(str(name), COLUMNS, 1)
            hint = f"did you mean {close[0]}?" if close else f"expected some of {', '.join(COLUMNS)}"
            raise InvalidInput(f"{place}: there is no column {name}: {hint}")
        if name in names[:number]:
            raise InvalidInput(f"{place}: the column {name} is there twice: take one away")
    return tuple(map(str, names))


def _chosen(table: Mapping[str, object], text: str, source: str, name: str) -> dict[str, Chosen]:
    """Gives the keys of a table; each is a text or a list of texts."""
    chosen = {}
    for key, value in table.items():
        place = f"{source} line {_line(text, key, after=name)}"
        keys = [value] if isinstance(value, str) else value
        if not isinstance(keys, list) or not all(isinstance(one, str) and one for one in keys):
            raise InvalidInput(f'{place}: {key} is {value!r}, expected a key such as "c", or a list of them')
        chosen[key] = Chosen(tuple(keys), place)
    return chosen


_NAMES: Final = {
    list: 'a list such as ["id", "title"]',
    str: "a text",
    bool: "true or false",
    int: "a whole number",
    dict: 'a table such as claim = "c"',
}


def _line(text: str, name: str, *, after: str = "") -> int:
    """Gives the line on which a name is set, behind the header of the table that it is in."""
    lines = list(enumerate(text.splitlines(), 1))
    begins = _line(text, after) if after else 0
    pattern = re.compile(rf"\s*\[*(?:{re.escape(after)}\.)?[\"']?{re.escape(name)}\b")
    return next((number for number, line in lines if number >= begins and pattern.match(line)), max(1, begins))


def _from_text(option: Option, text: str) -> object:
    try:
        if option.kind is bool:
            return _TRUE[text.lower()]
        if option.kind is dict:
            return _chosen(tomllib.loads(text), text, option.variable, "")
        if option.kind is list:
            return _columns([name.strip() for name in text.split(",")], option.variable)
        return option.kind(text)
    except (KeyError, ValueError):
        raise InvalidInput(f"{option.variable} is {text!r}: expected {_NAMES[option.kind]}") from None

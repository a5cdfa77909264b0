"""Macros: a text for a requester or for staff, and what is done with it, under one name (002-R5).

A macro that only has a text is a canned reply. They are kept as data and written as TOML, `[[macros]]` each.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import tomlkit

from deskterm.core.domain.profile_reader import Reader, read_toml, refuse_twins
from deskterm.core.domain.template import wrong
from deskterm.core.domain.words import WaitReason

ME: Final = "me"
NOBODY: Final = "nobody"
_DUE: Final = "{due}"
_TEXT: Final = re.compile(r"(?s)(?=.*\S).{1,20000}")
_KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,63}")
_A_KEY: Final = "a key of small letters, digits and _ that starts with a letter, of at most 64 characters"
_A_TEXT: Final = "a text, not empty and of at most 20000 characters"
_REASONS: Final[Mapping[str, str]] = {
    WaitReason.REQUESTER: "the requester's answer",
    WaitReason.VENDOR: "a vendor",
    WaitReason.DELIVERY: "a delivery",
    WaitReason.MAINTENANCE: "a maintenance window",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Macro:
    """What one name stands for; what is empty is not done. Without a department it is the whole desk's."""

    key: str
    name: str
    department: str = ""
    text: str = ""
    note: bool = False  # the text is for staff
    assign: str = ""  # ME or NOBODY
    priority: str = ""
    category: str = ""
    wait: str = ""  # a WaitReason
    why: str = ""  # what exactly it waits for
    cause: str = ""
    fix: str = ""

    @property
    def does(self) -> tuple[str, ...]:
        """What it does, in words, in the order in which it does it."""
        told = (
            ("writes a note" if self.note else "replies", self.text),
            ("takes it" if self.assign == ME else "puts it back in the pool", self.assign),
            (f"sets the priority {self.priority}", self.priority),
            (f"sets the category {self.category}", self.category),
            (f"waits for {self.why or _REASONS.get(self.wait, self.wait)}", self.wait),
            (f"resolves it: {self.fix}", self.fix),
        )
        return tuple(words for words, is_done in told if is_done)


def read_macros(text: str, source: str) -> tuple[Macro, ...]:
    """Gives the macros of a file.

    Raises:
        ProfileError: names each line that can't be used, and what was expected there.
    """
    reader = read_toml(text, source)
    rows = reader.rows("macros")
    macros = [_macro(row) for row in rows]
    refuse_twins(rows, "key", [macro.key for macro in macros])
    reader.finish(text, source)
    return tuple(macros)


def _macro(row: Reader) -> Macro:
    macro = Macro(
        key=row.pattern("key", _KEY, _A_KEY),
        name=row.text("name"),
        department=row.optional("department", row.key, ""),
        text=row.optional("text", lambda key: row.pattern(key, _TEXT, _A_TEXT), "").strip(),
        note=row.optional("note", row.flag, default=False),
        assign=row.optional("assign", lambda key: row.one_of(key, (ME, NOBODY)), ""),
        priority=row.optional("priority", row.text, ""),
        category=row.optional("category", row.text, ""),
        wait=row.optional("wait", lambda key: row.one_of(key, [reason.value for reason in WaitReason]), ""),
        why=row.optional("why", row.text, ""),
        cause=row.optional("cause", row.text, ""),
        fix=row.optional("fix", row.text, ""),
    )
    for sentence in wrong(macro.text):
        row.refuse(sentence, "text")
    if _DUE in macro.text and (macro.priority or macro.category or macro.wait or macro.fix):
        row.refuse(f"{_DUE} would be another time after what the macro does: leave it out", "text")
    if not macro.does:
        row.refuse("it does nothing: give it a text, or something to do")
    if bool(macro.cause) != bool(macro.fix):
        row.refuse("a resolution needs both cause and fix")
    if macro.wait and macro.fix:
        row.refuse("it can't wait and be resolved: take one", "wait")
    if macro.note and not macro.text:
        row.refuse("a note needs a text", "note")
    if macro.why and not macro.wait:
        row.refuse("why says what it waits for: say wait too", "why")
    if macro.wait == WaitReason.OTHER and not macro.why:
        row.refuse("waiting for something else needs why", "wait")
    return macro


def to_toml(macros: Iterable[Macro]) -> str:
    """Gives macros as a file that `read_macros` reads back."""
    tables = tomlkit.aot()
    for macro in macros:
        table = tomlkit.table()
        for name, value in _said(macro).items():
            multiline = name == "text" and "\n" in value
            table[name] = tomlkit.string(f"{value}\n", multiline=True) if multiline else value
        tables.append(table)
    return tomlkit.dumps({"macros": tables})


def to_json(macro: Macro) -> str:
    """Gives a macro as it is stored; `from_json` reads it back."""
    return json.dumps(_said(macro), sort_keys=True, ensure_ascii=False)


def from_json(text: str) -> Macro:
    """Gives the macro that `to_json` wrote."""
    return Macro(**json.loads(text))


def _said(macro: Macro) -> dict[str, Any]:
    return {name: value for name, value in asdict(macro).items() if value}

"""Text for people: untrusted text made safe to show, and stretches of time in words."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.words import Action, FactKind

_DID: Final = {
    FactKind.REPLIED: "replied",
    FactKind.NOTED: "noted",
    FactKind.PAUSED: "set it waiting",
    FactKind.PRIORITISED: "changed its priority",
    FactKind.CATEGORISED: "changed its category",
    FactKind.REJECTED: "said that it is not solved",
    FactKind.UPDATED: "saved it",
    FactKind.WITHDRAWN: "withdrew it",
    FactKind.ESCALATION_ASKED: "asks to escalate it",
    FactKind.ESCALATION_REFUSED: "refused to escalate it",
    FactKind.PIVOTED: "needs a purchase for it",
    FactKind.REQUESTED: "put a purchase before its approvers",
    FactKind.OPENED: "asks for a decision",
    FactKind.PASSED: "passed the decision on",
    FactKind.RETURNED: "asks for information",
    FactKind.ANSWERED: "gave the information",
    FactKind.AMENDED: "changed the purchase: a new round begins",
    FactKind.AUTHORISED: "released it for buying",
    FactKind.DECLINED: "ended its chain: it is not bought",
    FactKind.ATTEMPTED: "tried",
    FactKind.BREACHED: "found it late",
    FactKind.REPAIRED: "put its row right",
    FactKind.UNDONE: "took that back",
}
_TRIED: Final = {
    Action.WAIT: "set it waiting",
    Action.RESUME: "go on with it",
    Action.REPLY: "reply",
    Action.NOTE: "note something",
    Action.REJECT: "say that it is not solved",
    Action.SET_PRIORITY: "change its priority",
    Action.SET_CATEGORY: "change its category",
    Action.PIVOT: "ask for another purchase",
    Action.ASK: "ask for information",
    Action.AMEND: "change the purchase",
    Action.AUTO_CLOSE: "close it",
    Action.CHAIN_APPROVE: "release it for buying",
    Action.CHAIN_REFUSE: "end its chain",
}
_SAFE: Final = re.compile(r"[\x20-\x7e\n]*")
_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_SELECTORS: Final = "\ufe0e\ufe0f"
_MARKS: Final = 4
_NAMED: Final = 3
TEXT_LIMIT: Final = 100_000
_SHORT: Final = 120
"""Characters of a reason that a notice has room for."""
_UNKEPT: Final = re.compile("[\x00\ud800-\udfff]")


def clean(text: str, *, lines: bool = False) -> str:
    """Gives `text` with every control, bidi and invisible character shown visibly, and at most four marks a letter.

    C0 controls become their Unicode pictures, the rest `<U+202E>`; line ends stay where `lines` is set, otherwise
    they become spaces. What makes a sign an emoji (U+FE0F) is left out: terminals disagree on how wide it is then, and
    a line would leave its columns. What is stored stays as it came (design, rule 6).
    """
    if not lines and "\n" in text:
        text = " ".join(text.split("\n"))
    if _SAFE.fullmatch(text):
        return text
    shown: list[str] = []
    marks = 0
    for letter in text.replace("\r\n", "\n").replace("\t", "    "):
        if letter in _SELECTORS:
            continue
        category = unicodedata.category(letter)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if letter == "\n" and lines:
            shown.append(letter)
        elif category in _HIDDEN:
            shown.append(_picture(letter))
        elif marks <= _MARKS:
            shown.append(letter)
    return "".join(shown)


def _picture(letter: str) -> str:
    code = ord(letter)
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"<U+{code:04X}>"


def check_text(text: str) -> None:
    """Passes when `text` can be kept.

    Raises:
        InvalidInput: when it is too long, or has a character that not every database keeps.
    """
    if len(text) > TEXT_LIMIT:
        raise InvalidInput(f"a text may have {TEXT_LIMIT} characters, this has {len(text)}: attach it instead")
    if unkept := _UNKEPT.search(text):
        raise InvalidInput(f"a text can't have the character U+{ord(unkept[0]):04X}: leave it out")


def spoken(seconds: int, day: int) -> str:
    """Gives a stretch of time as `1d2h`, `2h10`, `45m`, where a day is `day` seconds long; under a minute is `<1m`.

    From ten days on the hours are left out.
    """
    seconds = abs(seconds)
    if seconds < 60:
        return "<1m"
    days, rest = divmod(seconds, day)
    hours, minutes = rest // 3_600, rest % 3_600 // 60
    if days:
        return f"{days}d{hours}h" if hours and days < 10 else f"{days}d"
    if hours:
        return f"{hours}h{minutes:02}" if minutes else f"{hours}h"
    return f"{minutes}m"


def many(count: int, what: str) -> str:
    """Gives a number with its noun: `1 ticket`, `2 breaches`, `3 entries`."""
    if count == 1:
        return f"1 {what}"
    if what.endswith("ry"):
        return f"{count} {what[:-1]}ies"
    return f"{count} {what}{'es' if what.endswith('ch') else 's'}"


def some(items: Sequence[str]) -> str:
    """Gives the first of some things, and how many more there are: `2 x Desk, 1 x Lamp, 1 x Chair and 4 more`."""
    more = f" and {len(items) - _NAMED} more" if len(items) > _NAMED else ""
    return f"{', '.join(items[:_NAMED])}{more}"


def did(kind: str) -> str:
    """Gives what somebody did, to follow their name: `claimed it`, `replied`."""
    return _DID.get(FactKind(kind), f"{kind} it")


def told(kind: str, detail: str, whom: str = "") -> str:
    """Gives what somebody did, `whom` and what there is to say of it, to follow their name: `moved it: to Operations`.

    What was only tried reads on without a colon: `tried to claim it, and was refused`.
    """
    joined = " " if kind == FactKind.ATTEMPTED else ": "
    return f"{did(kind)}{whom}{joined}{detail}" if detail else f"{did(kind)}{whom}"


OUT_OF_TIME: Final = "the time to approve ran out"


def told_of(kind: str, who: str, title: str, said: str = "", *, clock: str = "", delivered: bool = False) -> str:
    """Gives a notice that somebody did something to the ticket of this title; `said` is the reason or question.

    `clock` is the one that ran out, and `delivered` what waits for its delivery now that it was approved.
    """
    said = _short(said)
    match FactKind(kind):
        case FactKind.AUTHORISED:
            return f"approved, {'it waits for its delivery' if delivered else 'work can begin'}: {title}"
        case FactKind.DECLINED:
            return f"refused by {who}{f': {said}' if said else ''}: {title}"
        case FactKind.RETURNED:
            return f"{who} asks: {said}"
        case FactKind.BREACHED if clock == "approval":
            return f"{OUT_OF_TIME}: {title}"
        case _:
            return f"{who} {did(kind)}: {title}"


def _short(said: str) -> str:
    line = " ".join(said.split())
    return line if len(line) <= _SHORT else f"{line[:_SHORT].rstrip()}…"


def tried(action: str, because: str) -> str:
    """Gives what was tried and why it was refused, to follow `tried`: `to claim it, and was refused: it is closed`."""
    what = _TRIED.get(Action(action), f"{action.replace('_', ' ')} it")
    why = because.partition(" You may: ")[0].rstrip(".")
    return f"to {what}, and was refused" + (f": {why}" if why else "")

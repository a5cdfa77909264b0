"""What words find: texts and what is looked for in them, folded and cut into words in the same way.

It is done here and not by a database, so that every database finds the same. A text is kept as its words with a space
before each, one line a text; what is looked for is in it when it stands there as it is. So words match from their
beginning, which narrows a list letter by letter, and several together in their order, the last one perhaps unfinished.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, NamedTuple

from deskterm.core.domain.words import CommentKind

LONGEST: Final = 120_000
"""Letters that are found of all the texts of a ticket that the same people read: more, Postgres can't keep as words."""
_LONGEST_WORD: Final = 64
# scripts that put no spaces between words: each sign is a word, and several are found together
_UNSPACED: Final = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_WORD: Final = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")


def words(text: str) -> list[str]:
    """Gives the words of a text: runs of letters and digits, without case and accents; of a long one its beginning."""
    return [word[:_LONGEST_WORD] for word in _WORD.findall(_folded(text))]


def line(text: str) -> str:
    """Gives a text as its words, with a space before each: as it is kept, and as it is looked for."""
    return "".join(f" {word}" for word in words(text))


named = lru_cache(maxsize=10_000)(line)
"""`line`, for what comes again and again: the names of people and categories."""


class Wording(NamedTuple):
    """What words find of a ticket: what everybody may read who sees it, and what staff wrote for each other."""

    public: str
    internal: str

    def kept(self, requester: str, department_id: int) -> "Wording":
        """Gives it as it is kept: it begins with its department's sign and its requester's name.

        Of very much only the first is there.
        """
        return Wording(_kept(f" {sign(department_id)}\n{named(requester)}\n{self.public}"), _kept(self.internal))


def sign(department_id: int) -> str:
    """Gives what stands for a department among the words of its tickets: no word, so that nobody finds it."""
    return f"¶{department_id}"


def wording(title: str, description: str, comments: Iterable[tuple[str, str]]) -> Wording:
    """Gives what words find of a ticket by its texts; each comment comes with its kind."""
    said = [(kind == CommentKind.REPLY, body) for kind, body in comments]
    public = [title, description, *(body for is_public, body in said if is_public)]
    return Wording(_lines(public), _lines(body for is_public, body in said if not is_public))


def _lines(texts: Iterable[str]) -> str:
    """Gives several texts, each as a line of its own, so that nothing is found across two of them.

    What comes behind the first `LONGEST` letters is kept of nothing, and isn't looked at.
    """
    lines, length = list[str](), 0
    for text in texts:
        lines.append(line(text))
        length += len(lines[-1])
        if length > LONGEST:
            break
    return "\n".join(lines)


def _kept(lines: str) -> str:
    return lines if len(lines) <= LONGEST else lines[:LONGEST].rpartition(" ")[0]


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if unicodedata.category(letter) != "Mn").casefold()

"""Purchases: what is to be bought, for how much, and the digest that every decision about it is bound to.

Money is integer minor units of one currency; the number of its digits is ISO 4217's.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Final, NamedTuple

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.text import check_text
from deskterm.core.domain.wire import packed

_DIGITS: Final[Mapping[str, int]] = {
    **dict.fromkeys(
        ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
         "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}  # fmt: skip
"""ISO 4217: every other currency has two."""

_AMOUNT: Final = re.compile(r"(\d{1,15}|\d{1,3}(?:,\d{3}){1,4})(?:\.(\d{1,4}))?", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
_LINE: Final = re.compile(r"(?P<quantity>\d{1,7})\s*[x\u00d7]\s+(?P<item>.+?)\s+@\s*(?P<price>[\d.,]+)", re.DOTALL)
_SHA: Final = re.compile(r"[0-9a-f]{64}")
_MOST_LINES: Final = 100
_MOST_QUOTES: Final = 20
_MOST: Final = 10**15
_SHORT: Final = 200
_TAG: Final = "deskterm-purchase-v1"


class Line(NamedTuple):
    """So many of an item, each at a price in minor units."""

    item: str
    quantity: int
    unit_minor: int

    @property
    def total_minor(self) -> int:
        """What they come to, in minor units."""
        return self.quantity * self.unit_minor


class Quote(NamedTuple):
    """An offer by reference: where it is kept, and the SHA-256 of its bytes where those were at hand, else ""."""

    reference: str
    sha256: str = ""


class Purchase(NamedTuple):
    """What a chain decides about. The total is computed, never given."""

    lines: tuple[Line, ...]
    currency: str
    justification: str
    vendor: str = ""
    cost_centre: str = ""
    quotes: tuple[Quote, ...] = ()

    @property
    def total_minor(self) -> int:
        """What all lines come to, in minor units."""
        return sum(line.total_minor for line in self.lines)

    @property
    def total(self) -> str:
        """The total as people read it, `NGN 1,250,000.00`."""
        return money(self.total_minor, self.currency)

    @property
    def digest(self) -> str:
        """The SHA-256, in hex, of everything a decision is about: two purchases that differ anywhere differ here."""
        parts: list[str | int | None] = [_TAG, self.currency, self.vendor, self.cost_centre, self.justification]
        parts.append(len(self.lines))
        for line in self.lines:
            parts += line
        parts.append(len(self.quotes))
        for quote in self.quotes:
            parts += quote
        return sha256(packed(parts).encode()).hexdigest()

    def as_data(self) -> dict[str, object]:
        """Gives it as JSON values; `from_data` reads it back."""
        return {
            **self._asdict(),
            "lines": [list(line) for line in self.lines],
            "quotes": [list(q) for q in self.quotes],
        }

    @classmethod
    def from_data(cls, data: Mapping[str, object]) -> "Purchase":
        """Gives the purchase that `as_data` wrote."""
        values = dict(data)
        lines, quotes = values.pop("lines"), values.pop("quotes")
        if not isinstance(lines, list) or not isinstance(quotes, list):
            raise TypeError("a purchase's lines and quotes are lists")
        made = (tuple(Line(*line) for line in lines), tuple(Quote(*quote) for quote in quotes))
        return cls(lines=made[0], quotes=made[1], **{key: str(value) for key, value in values.items()})


class Wanted(NamedTuple):
    """A purchase as people write it: a line each as `2 x Toner @ 45.00`; "" of currency is the profile's.

    A quote is where it is kept, followed by ` sha256:` and 64 hexadecimal digits where its bytes were at hand.
    """

    lines: tuple[str, ...] = ()
    currency: str = ""
    justification: str = ""
    vendor: str = ""
    cost_centre: str = ""
    quotes: tuple[str, ...] = ()

    def read(self, currency: str, *, why: str = "") -> Purchase:
        """Gives the purchase; `why` is its justification where it says none itself.

        Raises:
            InvalidInput: when something is missing or can't be read, as `check_purchase`.
        """
        paid = self.currency.strip().upper() or currency
        made = Purchase(
            lines=tuple(parse_line(line, paid) for line in self.lines if line.strip()),
            currency=paid,
            justification=self.justification.strip() or why,
            vendor=self.vendor,
            cost_centre=self.cost_centre,
            quotes=tuple(_quote(text) for text in self.quotes if text.strip()),
        )
        return check_purchase(made)


def _quote(text: str) -> Quote:
    reference, _, sha256_ = text.rpartition(" sha256:")
    return Quote(reference, sha256_) if reference else Quote(text)


NOTHING: Final = Wanted()
"""What is wanted where nothing is to be bought."""


def digits(currency: str) -> int:
    """Gives how many digits a currency's minor unit has (ISO 4217): 2 for NGN, 0 for JPY."""
    return _DIGITS.get(currency, 2)


def money(minor: int, currency: str) -> str:
    """Gives an amount as people read it, `NGN 1,250,000.00`."""
    places = digits(currency)
    whole, rest = divmod(abs(minor), 10**places)
    sign = "-" if minor < 0 else ""
    return f"{currency} {sign}{whole:,}" + (f".{rest:0{places}}" if places else "")


def totals(amounts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Gives what amounts (currency, minor units) come to, each currency by itself, by its code: none is converted."""
    sums: defaultdict[str, int] = defaultdict(int)
    for currency, amount in amounts:
        sums[currency] += amount
    return dict(sorted(sums.items()))


def minor(text: str, currency: str) -> int:
    """Gives the minor units that `text` spells, such as `1250`, `1250.50` or `1,250.50`.

    Raises:
        InvalidInput: when it is no amount, or has more digits than the currency.
    """
    found = _AMOUNT.fullmatch(text.strip())
    places = digits(currency)
    if found is None or len(found[2] or "") > places:
        wanted = "1250" if places == 0 else f"1250.{'5'.ljust(places, '0')}"
        raise InvalidInput(f"{text!r} is no amount of {currency}: write one such as {wanted}")
    return int(found[1].replace(",", "") + (found[2] or "").ljust(places, "0"))


def parse_line(text: str, currency: str) -> Line:
    """Gives the line that `text` spells: `2 x Toner @ 45.00`.

    Raises:
        InvalidInput: when it is none.
    """
    found = _LINE.fullmatch(text.strip())
    if found is None:
        raise InvalidInput(f"{text!r} is no line of a purchase: write it as `2 x Toner @ 45.00`")
    return Line(" ".join(found["item"].split()), int(found["quantity"]), minor(found["price"], currency))


def written(line: Line, currency: str) -> str:
    """Gives a line as `parse_line` reads it."""
    price = money(line.unit_minor, currency).partition(" ")[2].replace(",", "")
    return f"{line.quantity} x {line.item} @ {price}"


def check_purchase(purchase: Purchase) -> Purchase:
    """Gives the purchase, tidied: the texts stripped.

    Raises:
        InvalidInput: when something is missing, too long or too large; the message says what.
    """
    _check_lines(purchase.lines)
    if not _CURRENCY.fullmatch(purchase.currency):
        raise InvalidInput(f"{purchase.currency!r} is no currency: write a three-letter code such as NGN")
    if not purchase.justification.strip():
        raise InvalidInput("a purchase needs a justification: why is it to be bought?")
    if len(purchase.quotes) > _MOST_QUOTES:
        raise InvalidInput(f"a purchase may have {_MOST_QUOTES} quotes, this has {len(purchase.quotes)}")
    _check_texts([line.item for line in purchase.lines], "item")
    _check_texts([purchase.vendor], "vendor")
    _check_texts([purchase.cost_centre], "cost centre")
    _check_texts([quote.reference for quote in purchase.quotes], "quote")
    check_text(purchase.justification)
    for quote in purchase.quotes:
        if not quote.reference.strip():
            raise InvalidInput("a quote needs a reference: where is it kept?")
        if quote.sha256 and not _SHA.fullmatch(quote.sha256):
            raise InvalidInput(f"{quote.sha256!r} is no SHA-256: expected 64 hexadecimal digits")
    return purchase._replace(
        lines=tuple(line._replace(item=line.item.strip()) for line in purchase.lines),
        vendor=purchase.vendor.strip(),
        cost_centre=purchase.cost_centre.strip(),
        justification=purchase.justification.strip(),
        quotes=tuple(quote._replace(reference=quote.reference.strip()) for quote in purchase.quotes),
    )


def _check_lines(lines: tuple[Line, ...]) -> None:
    if not lines:
        raise InvalidInput("a purchase needs a line at least: what is to be bought, such as `2 x Toner @ 45.00`?")
    if len(lines) > _MOST_LINES:
        raise InvalidInput(f"a purchase may have {_MOST_LINES} lines, this has {len(lines)}")
    for line in lines:
        if not line.item.strip():
            raise InvalidInput("a line of a purchase needs an item: what is to be bought?")
        if line.quantity < 1:
            raise InvalidInput(f"{line.item}: a quantity is a whole number from 1, not {line.quantity}")
        if line.unit_minor < 0:
            raise InvalidInput(f"{line.item}: a price is not negative")
    total = sum(line.total_minor for line in lines)
    if total == 0:
        raise InvalidInput("a purchase comes to more than nothing: give its lines their prices")
    if total > _MOST:
        raise InvalidInput("the total is more than this desk can count: split the purchase")


def _check_texts(texts: Iterable[str], what: str) -> None:
    for text in texts:
        check_text(text)
        if len(text) > _SHORT:
            raise InvalidInput(f"{what}: {_SHORT} characters at most, this has {len(text)}: the rest is justification")

"""Money, lines and digests: what is written reads back the same, and no two purchases have one digest."""

import json
from decimal import Decimal
from hashlib import sha256
from typing import Any, Final

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.purchase import (
    Line,
    Purchase,
    Quote,
    Wanted,
    check_purchase,
    digits,
    minor,
    money,
    parse_line,
    written,
)

CURRENCIES: Final = ("NGN", "USD", "JPY", "KWD", "CLF", "XOF", "TND")
SHA: Final = "0123456789abcdef" * 4
TONER: Final = Purchase(
    lines=(Line("Toner", 2, 45_00), Line("Drum", 1, 12_345_00)),
    currency="NGN",
    justification="The printer is out",
    vendor="Shop",
    cost_centre="IT",
    quotes=(Quote("mail of Monday"), Quote("quote.pdf", SHA)),
)
ITEMS: Final = (
    st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=30)
    .map(lambda text: " ".join(text.split()))
    .filter(bool)
)
LINES: Final = st.builds(Line, ITEMS, st.integers(1, 9_999_999), st.integers(0, 10**12))
TEXTS: Final = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)
PURCHASES: Final = st.builds(
    Purchase,
    lines=st.lists(LINES, min_size=1, max_size=4).map(tuple),
    currency=st.sampled_from(CURRENCIES),
    justification=TEXTS,
    vendor=TEXTS,
    cost_centre=TEXTS,
    quotes=st.lists(st.builds(Quote, TEXTS, st.sampled_from(["", SHA])), max_size=3).map(tuple),
)


@pytest.mark.parametrize(
    ("amount", "currency", "said"),
    [
        (0, "NGN", "NGN 0.00"),
        (5, "NGN", "NGN 0.05"),
        (125_000_000, "NGN", "NGN 1,250,000.00"),
        (1_250, "JPY", "JPY 1,250"),
        (1_250, "KWD", "KWD 1.250"),
        (12_345, "CLF", "CLF 1.2345"),
        (-7, "USD", "USD -0.07"),
        (-123_456, "JPY", "JPY -123,456"),
    ],
)
def test_money_is_said_with_the_digits_of_its_currency(amount: int, currency: str, said: str) -> None:
    assert money(amount, currency) == said


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("1250", "NGN", 125_000),
        ("1,250.5", "NGN", 125_050),
        (" 1250.50\n", "NGN", 125_050),
        ("1,250,000.00", "NGN", 125_000_000),
        ("0", "NGN", 0),
        ("1250", "JPY", 1_250),
        ("1.250", "KWD", 1_250),
        ("1.25", "KWD", 1_250),
        ("0.0001", "CLF", 1),
    ],
)
def test_an_amount_is_read(text: str, currency: str, amount: int) -> None:
    assert minor(text, currency) == amount


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("", "NGN"),
        ("-5", "NGN"),
        ("+5", "NGN"),
        ("1.234", "NGN"),
        ("1.0", "JPY"),
        ("1.", "NGN"),
        (".5", "NGN"),
        ("12,34", "NGN"),
        ("1,2500", "NGN"),
        ("1250,50", "NGN"),
        ("1.250,50", "NGN"),
        ("1 250", "NGN"),
        ("1e3", "NGN"),
        ("\N{ARABIC-INDIC DIGIT FIVE}", "NGN"),
        ("NGN 5", "NGN"),
        ("1" * 16, "NGN"),
    ],
)
def test_what_is_no_amount_is_refused_with_one_that_is(text: str, currency: str) -> None:
    with pytest.raises(InvalidInput, match=rf"is no amount of {currency}: write one such as 1250"):
        minor(text, currency)


@given(st.integers(0, 10**15), st.sampled_from(CURRENCIES))
def test_money_reads_back_as_the_same(amount: int, currency: str) -> None:
    said = money(amount, currency).removeprefix(f"{currency} ")
    assert minor(said, currency) == minor(said.replace(",", ""), currency) == amount
    assert Decimal(said.replace(",", "")) * 10 ** digits(currency) == amount


@given(LINES, st.sampled_from(CURRENCIES))
def test_a_line_reads_back_as_the_same(line: Line, currency: str) -> None:
    assert parse_line(written(line, currency), currency) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("2 x Toner @ 45.00", Line("Toner", 2, 4500)),
        ("  2x  Toner   black @45 ", Line("Toner black", 2, 4500)),
        ("2\N{MULTIPLICATION SIGN} Toner @ 1,045.5", Line("Toner", 2, 104_550)),
        ("1 x cable @ 5 m @ 10", Line("cable @ 5 m", 1, 1000)),
        ("1 x x @ 0", Line("x", 1, 0)),
        ("3 x a\nb @ 1", Line("a b", 3, 100)),
    ],
)
def test_a_line_is_read(text: str, line: Line) -> None:
    assert parse_line(text, "NGN") == line


@pytest.mark.parametrize(
    "text",
    ["", "Toner", "2 Toner @ 4", "2 x @ 4", "x Toner @ 4", "2 x Toner", "2 x Toner 4", "-1 x Toner @ 4", "2 x T @"],
)
def test_what_is_no_line_is_refused_with_one_that_is(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"is no line of a purchase: write it as `2 x Toner @ 45\.00`"):
        parse_line(text, "NGN")


def test_a_total_is_what_its_lines_come_to() -> None:
    assert (TONER.total_minor, TONER.total) == (2 * 4_500 + 1_234_500, "NGN 12,435.00")
    assert [line.total_minor for line in TONER.lines] == [9_000, 1_234_500]


@given(PURCHASES)
def test_a_purchase_reads_back_from_what_is_stored(purchase: Purchase) -> None:
    stored = json.loads(json.dumps(purchase.as_data()))
    assert Purchase.from_data(stored) == purchase
    assert Purchase.from_data(stored).digest == purchase.digest


@pytest.mark.parametrize("name", ["lines", "quotes"])
def test_what_is_no_list_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match="lists"):
        Purchase.from_data({**TONER.as_data(), name: "x"})


@given(PURCHASES, PURCHASES)
def test_two_purchases_that_differ_have_two_digests(one: Purchase, other: Purchase) -> None:
    assume(one != other)
    assert one.digest != other.digest


CHANGED: Final[dict[str, dict[str, Any]]] = {
    "another item": {"lines": (Line("toner", 2, 45_00), TONER.lines[1])},
    "another quantity": {"lines": (Line("Toner", 3, 45_00), TONER.lines[1])},
    "another price": {"lines": (Line("Toner", 2, 45_01), TONER.lines[1])},
    "quantity and price changed about": {"lines": (Line("Toner", 45_00, 2), TONER.lines[1])},
    "a line less": {"lines": TONER.lines[:1]},
    "lines the other way round": {"lines": TONER.lines[::-1]},
    "another currency": {"currency": "USD"},
    "another vendor": {"vendor": "shop"},
    "vendor and cost centre changed about": {"vendor": "IT", "cost_centre": "Shop"},
    "a word that moved on": {"vendor": "ShopI", "cost_centre": "T"},
    "another cost centre": {"cost_centre": ""},
    "another reason": {"justification": "The printer is out."},
    "a quote less": {"quotes": TONER.quotes[:1]},
    "quotes the other way round": {"quotes": TONER.quotes[::-1]},
    "another quote": {"quotes": (Quote("mail of monday"), TONER.quotes[1])},
    "a quote's bytes": {"quotes": (TONER.quotes[0], Quote("quote.pdf", "f" + SHA[1:]))},
    "a quote's hash as its name": {"quotes": (TONER.quotes[0], Quote(f"quote.pdf sha256:{SHA}"))},
    "a quote as a line": {"quotes": (), "lines": (*TONER.lines, Line("mail of Monday", 1, 0))},
}


@pytest.mark.parametrize("changed", list(CHANGED.values()), ids=list(CHANGED))
def test_any_change_changes_the_digest(changed: dict[str, Any]) -> None:
    assert TONER._replace(**changed).digest != TONER.digest


def test_the_digest_is_this_and_stays_so() -> None:
    """What was signed a year ago must still verify: another spelling is another version of the tag."""
    spelled = b"t20:deskterm-purchase-v1t3:NGNt0:t0:t2:soi1:1t5:Toneri1:2i4:4500i1:0"
    assert Purchase((Line("Toner", 2, 4500),), "NGN", "so").digest == sha256(spelled).hexdigest()


REFUSED: Final[list[tuple[dict[str, Any], str]]] = [
    ({"lines": ()}, "a purchase needs a line at least"),
    ({"lines": (Line("x", 1, 1),) * 101}, "a purchase may have 100 lines, this has 101"),
    ({"lines": (Line("  ", 1, 1),)}, "a line of a purchase needs an item"),
    ({"lines": (Line("x", 0, 1),)}, "x: a quantity is a whole number from 1, not 0"),
    ({"lines": (Line("x", -3, 1),)}, "x: a quantity is a whole number from 1, not -3"),
    ({"lines": (Line("x", 1, -1),)}, "x: a price is not negative"),
    ({"lines": (Line("x", 1, 10**15), Line("y", 1, 1))}, "the total is more than this desk can count"),
    ({"lines": (Line("x" * 201, 1, 1),)}, "item: 200 characters at most, this has 201"),
    ({"lines": (Line("a\x00", 1, 1),)}, r"a text can't have the character U\+0000"),
    ({"currency": "naira"}, "'naira' is no currency"),
    ({"currency": "ngn"}, "'ngn' is no currency"),
    ({"currency": ""}, "'' is no currency"),
    ({"justification": " \n"}, "a purchase needs a justification"),
    ({"justification": "x" * 100_001}, "a text may have 100000 characters"),
    ({"justification": "\ud800"}, r"a text can't have the character U\+D800"),
    ({"vendor": "x" * 201}, "vendor: 200 characters at most"),
    ({"vendor": "\x00"}, r"U\+0000"),
    ({"cost_centre": "x" * 201}, "cost centre: 200 characters at most"),
    ({"quotes": (Quote("x"),) * 21}, "a purchase may have 20 quotes, this has 21"),
    ({"quotes": (Quote(" "),)}, "a quote needs a reference"),
    ({"quotes": (Quote("x" * 201),)}, "quote: 200 characters at most"),
    ({"quotes": (Quote("x", SHA.upper()),)}, "is no SHA-256"),
    ({"quotes": (Quote("x", "abc"),)}, "'abc' is no SHA-256"),
]


@pytest.mark.parametrize(("changed", "why"), REFUSED)
def test_what_can_not_be_bought_is_refused_with_why(changed: dict[str, Any], why: str) -> None:
    with pytest.raises(InvalidInput, match=why):
        check_purchase(TONER._replace(**changed))


def test_a_purchase_of_as_much_as_can_be_counted_is_taken() -> None:
    most = TONER._replace(lines=(Line("x", 1, 10**15),) + (Line("free", 1, 0),) * 99, quotes=(Quote("y"),) * 20)
    assert check_purchase(most) == most


def test_a_purchase_is_taken_tidied() -> None:
    untidy = TONER._replace(
        lines=(Line(" Toner\n", 2, 45_00), TONER.lines[1]),
        vendor=" Shop ",
        cost_centre="\tIT",
        justification=" The printer is out\n",
        quotes=(Quote(" mail of Monday "), TONER.quotes[1]),
    )
    assert check_purchase(untidy) == TONER


WANTED: Final = Wanted(
    lines=("2 x Toner @ 45", "", "1 x Drum @ 12,345.00"),
    justification="The printer is out",
    vendor="Shop",
    cost_centre="IT",
    quotes=("mail of Monday", f"quote.pdf sha256:{SHA}", " "),
)


def test_what_people_write_is_read() -> None:
    assert WANTED.read("NGN") == TONER
    assert WANTED._replace(justification="").read("NGN", why=" The printer is out ") == TONER
    assert WANTED._replace(currency=" usd ").read("NGN") == TONER._replace(currency="USD")


def test_the_digits_are_those_of_what_is_paid_in() -> None:
    assert Wanted(("1 x a @ 5",), "JPY", "so").read("NGN").total_minor == 5
    assert Wanted(("1 x a @ 5",), "KWD", "so").read("NGN").total_minor == 5_000
    with pytest.raises(InvalidInput, match="is no amount of JPY: write one such as 1250"):
        Wanted(("1 x a @ 5.50",), "JPY", "so").read("NGN")


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("x", Quote("x")),
        (f"x sha256:{SHA}", Quote("x", SHA)),
        (f"a sha256:b sha256:{SHA}", Quote("a sha256:b", SHA)),
        (f"sha256:{SHA}", Quote(f"sha256:{SHA}")),
    ],
)
def test_a_quote_is_read_with_its_hash(text: str, quote: Quote) -> None:
    assert WANTED._replace(quotes=(text,)).read("NGN").quotes == (quote,)


def test_a_hash_that_is_none_is_refused_and_not_taken_for_a_name() -> None:
    with pytest.raises(InvalidInput, match="'beef' is no SHA-256"):
        WANTED._replace(quotes=("x sha256:beef",)).read("NGN")


@given(PURCHASES)
def test_what_was_read_can_be_written_and_read_again(purchase: Purchase) -> None:
    wanted = Wanted(
        tuple(written(line, purchase.currency) for line in purchase.lines),
        purchase.currency,
        purchase.justification,
        purchase.vendor,
        purchase.cost_centre,
    )
    assume(purchase.justification.strip())
    assume(0 < purchase.total_minor <= 10**15)
    again = wanted.read("NGN")
    assert again == check_purchase(purchase._replace(quotes=()))

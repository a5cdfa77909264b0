"""Fields as one text that can be read back in one way only: each with its type and its length in bytes.

`t5:toner` is a text, `i2:42` a whole number, `n0:` nothing. What is hashed is spelled like this, so that no two
different lists of fields have the same spelling, and no JSON is written anew to check a hash.
"""

from collections.abc import Iterable

Field = str | int | None


def packed(fields: Iterable[Field]) -> str:
    """Gives the fields as one text.

    Raises:
        TypeError: when one is of another type; a bool is no whole number.
    """
    parts = []
    for field in fields:
        if field is None:
            parts.append("n0:")
        elif isinstance(field, str):
            parts.append(f"t{len(field) if field.isascii() else len(field.encode())}:{field}")
        else:
            text = _digits(field)
            parts.append(f"i{len(text)}:{text}")
    return "".join(parts)


def _digits(number: object) -> str:
    if isinstance(number, bool) or not isinstance(number, int):
        raise TypeError(f"{type(number).__name__} is no type of a field")
    return str(int(number))


def unpacked(text: str) -> list[Field]:
    """Gives the fields that `packed` wrote.

    Raises:
        ValueError: when it wrote no such text.
    """
    raw, at = text.encode(), 0
    fields: list[Field] = []
    while at < len(raw):
        colon = raw.index(b":", at)
        length = raw[at + 1 : colon]
        if not length.isdigit():
            raise ValueError(f"no length at byte {at + 1}")
        end = colon + 1 + int(length)
        value = raw[colon + 1 : end].decode()
        match raw[at : at + 1]:
            case b"t":
                fields.append(value)
            case b"i":
                fields.append(int(value))
            case b"n" if not value:
                fields.append(None)
            case _:
                raise ValueError(f"no field at byte {at}")
        if end > len(raw):
            raise ValueError("the last field is cut off")
        at = end
    if packed(fields) != text:
        raise ValueError("spelled in another way than it is written")
    return fields

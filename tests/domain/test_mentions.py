"""People named in a text by their login, and how a name is completed."""

import pytest

from deskterm.core.domain.mentions import Named, begun, mentioned, offers

LARA, LEO, OLA = Named("lara", "Lara Lead"), Named("l.eo", "Leo Obi"), Named("ola", "Ola Lawal")


@pytest.mark.parametrize(
    ("text", "logins"),
    [
        ("@lara, please look; @l.eo. knows. (@ola)", ["lara", "l.eo", "ola"]),
        ("@lara and @lara", ["lara"]),
        ("mail ife@example.org or a path/@x", []),
        ("@ alone, @@twice, @-no", []),
        (" ".join(f"@p{number}" for number in range(30)), [f"p{number}" for number in range(20)]),
    ],
)
def test_who_is_named(text: str, logins: list[str]) -> None:
    assert mentioned(text) == logins


@pytest.mark.parametrize(
    ("head", "found"),
    [
        ("ask @l", [LARA, LEO, OLA]),
        ("ask @la", [LARA, OLA]),
        ("ask @", [LARA, LEO, OLA]),
        ("ask @lara ", []),
        ("to me@l", []),
        ("no name", []),
    ],
)
def test_whom_a_name_that_is_typed_could_mean(head: str, found: list[Named]) -> None:
    assert offers(head, [LARA, LEO, OLA]) == found
    assert (begun(head) is None) == (head in {"ask @lara ", "to me@l", "no name"})

"""Everything that could be done to evidence, also by who holds the sealing key: each is found."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskterm.core.desk import Desk
from deskterm.core.domain.audit import body_hash, linked, read_entry, spelled
from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.heads import read_heads
from deskterm.core.domain.purchase import Purchase, Wanted
from deskterm.core.domain.signing import message
from deskterm.core.domain.words import Action
from deskterm.core.services.evidence_check import Checked, check, read
from deskterm.core.services.intake import Submission
from deskterm.core.services.sealing import read_key

As = Callable[[str], Desk]


def leaves(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Gives the path of everything in a JSON value, itself included."""
    yield at
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in items:
        yield from leaves(one, (*at, key))


def changes(value: Any) -> list[Any]:
    """Gives other values to stand in a value's place."""
    if isinstance(value, bool) or value is None:
        return [not value]
    if isinstance(value, int):
        return [value + 1, float(value)]
    if isinstance(value, str):
        flipped = ("b" if value[:1] == "a" else "a") + value[1:]
        return [flipped, value[:-1] if value else "x"]
    return [None, "x", [] if value else ["x"], {} if value else {"x": 1}]


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # a check reads no database
def test_whatever_is_changed_or_taken_out_anywhere_shows(
    evidence: dict[str, Any], checked: Callable[[Any], Checked], sealing: Any
) -> None:
    keys = frozenset({sealing.public})

    def shows() -> bool:
        """Whether a check finds it; ssh-keygen is asked only where nothing else does."""
        return len(check(evidence, keys=keys).problems) > 1 or bool(checked(evidence).problems)

    tried = 0
    for path in leaves(evidence):
        if not path or path[0] == "people" or (path[0] == "links" and len(path) > 1 and path[1] % 5):
            continue
        *above, key = path
        parent: Any = evidence
        for step in above:
            parent = parent[step]
        whole = parent[key]
        for other in changes(whole)[: 1 if path[0] == "links" else 4]:
            parent[key] = other
            tried += 1
            assert shows(), (path, other)
        parent[key] = whole
        if isinstance(parent, dict):
            kept = dict(parent)
            del parent[key]
            assert shows(), path
            parent.clear()
            parent.update(kept)
        else:
            del parent[key]
            assert shows(), path
            parent.insert(key, whole)
    assert tried > 200
    assert checked(evidence).problems == ()


def test_a_broken_entry_is_named_without_what_follows_from_it(
    evidence: dict[str, Any], checked: Callable[[Any], Checked]
) -> None:
    whole = deepcopy(evidence)
    first, second = (entry["seq"] for entry in evidence["entries"][:2])
    evidence["entries"][0]["body"] = evidence["entries"][0]["body"].replace('"form"', '"mail"')
    assert checked(evidence).problems == (
        f"entry {first} is not the one in the chain: its text was changed, or it is of another place",
        "what follows from it is not counted",
    )
    evidence["entries"][0] = whole["entries"][0]
    evidence["links"][second - first - 1] = "0" * 64  # every later hash is another one then
    problems = checked(evidence).problems
    assert len(problems) <= 3
    assert problems[-1] == "what follows from it is not counted"
    assert len([said for said in problems if "says another hash than the chain comes to" in said]) == 1


def rehashed(evidence: dict[str, Any]) -> None:
    """Makes every hash again, as who rewrites a log does."""
    by_seq = {entry["seq"]: entry for entry in evidence["entries"]}
    hash_ = evidence["before"]
    for at in range(len(evidence["links"])):
        entry = by_seq.get(evidence["first"] + at)
        if entry is not None:
            evidence["links"][at] = body_hash(entry["body"])
        hash_ = linked(evidence["log_id"], hash_, evidence["links"][at])
        if entry is not None:
            entry["hash"] = hash_


def resealed(evidence: dict[str, Any], key: Path) -> None:
    """Signs the head anew, as who has the sealer's key does."""
    hash_ = evidence["before"]
    for link in evidence["links"]:
        hash_ = linked(evidence["log_id"], hash_, link)
    (old,) = read_heads([evidence["head"]])
    head = old._replace(head=old.head._replace(hash=hash_))
    evidence["head"] = head._replace(signature=b64encode(read_key(key).sign(head.message)).decode()).line


def rewritten(evidence: dict[str, Any], old: str, new: str) -> None:
    """Says something else in every entry and everywhere beside them, and makes the spelling and the hashes fit."""
    for entry in evidence["entries"]:
        said = read_entry(entry["body"])
        entry["body"] = spelled(said._replace(data=said.data.replace(old, new)))
    evidence["rounds"] = json.loads(json.dumps(evidence["rounds"]).replace(old, new))
    rehashed(evidence)


def checked_message(evidence: dict[str, Any], made: dict[str, Any]) -> str:
    return message(
        log_id=evidence["log_id"], ticket_id=evidence["ticket"]["id"], version=made["version"], round=1,
        stage=made["stage"], digest=made["digest"], decision=made["decision"], login=made["login"],
        on_behalf_of=made["on_behalf_login"], head=made["signature"]["head"], nonce=made["signature"]["nonce"],
    ).decode()  # fmt: skip


def test_a_log_that_was_rewritten_is_not_the_one_that_was_sealed(
    evidence: dict[str, Any], checked: Callable[[Any], Checked]
) -> None:
    rewritten(evidence, "fine with hana", "as cheap as can be")

    assert checked(evidence).problems == (
        "its head is not the one that its chain of hashes comes to",
        # nor does what was signed after it know of it
        "the signature of version 8 doesn't hold: it was made behind an entry that is not before it",
    )


def test_who_has_the_sealing_key_still_can_not_rewrite_what_was_signed(
    evidence: dict[str, Any], checked: Callable[[Any], Checked], sealing: Any
) -> None:
    """The amount after it was approved: the digest must change with it, and that is what approvers signed."""
    old = evidence["rounds"][0]
    made = deepcopy(old["purchase"])
    made["lines"][0][2] = 4_500_000
    rewritten(evidence, '["Toner",2,4500]', '["Toner",2,4500000]')
    rewritten(evidence, old["digest"], Purchase.from_data(made).digest)
    resealed(evidence, sealing.key)
    (one,) = evidence["rounds"]
    one["purchase"], one["total"] = made, Purchase.from_data(made).total
    for decision in one["decisions"]:
        decision["digest"] = one["digest"]

    for at in range(3):  # as far as the sealing key goes: each decision says that it was made behind the new entries
        one = evidence["rounds"][0]["decisions"][at]
        hashes = {entry["seq"]: entry["hash"] for entry in evidence["entries"]}
        rewritten(evidence, one["signature"]["head"], hashes[max(seq for seq in hashes if seq < one["seq"])])
    resealed(evidence, sealing.key)
    for made in evidence["rounds"][0]["decisions"]:
        made["signature"]["message"] = checked_message(evidence, made)

    done = checked(evidence)

    assert done.signatures == 0
    assert len([p for p in done.problems if "is not a signature of this decision" in p]) == 3
    assert [p for p in done.problems if "doesn't hold" not in p] == []


def test_a_signature_of_another_decision_does_not_count(
    as_: As, approver: As, evidence: dict[str, Any], checked: Callable[[Any], Checked], sealing: Any,
    clock: list[datetime],
    purchase: Wanted,
) -> None:  # fmt: skip
    other = as_("remi").submit(Submission(title="Toner", category="it_procurement", purchase=purchase)).id
    approver("lara").act(other, Action.APPROVE)
    theirs = as_("ezra").prove(other, [sealing.head(clock)])["rounds"][0]["decisions"][0]["signature"]
    mine = evidence["rounds"][0]["decisions"][0]["signature"]
    for part in ("armor", "nonce", "head"):
        rewritten(evidence, json.dumps(mine[part])[1:-1], json.dumps(theirs[part])[1:-1])
    resealed(evidence, sealing.key)

    done = checked(evidence)

    assert "the signature of version 4 doesn't hold: it was made behind an entry that is not before it" in done.problems


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=9,
)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # a check reads no database
@given(data=st.data())
@settings(max_examples=150)
def test_whatever_a_file_holds_is_a_problem_and_never_a_bug(evidence: dict[str, Any], data: st.DataObject) -> None:
    broken = deepcopy(evidence)
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from([path for path in leaves(broken) if path and path[0] != "people"] or [("x",)]))
        parent: Any = broken
        for step in path[:-1]:
            parent = parent[step]
        parent[path[-1]] = data.draw(JSON)

    assert check(broken).problems


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("no json", "it is no evidence"),
        ("[]", "no JSON object"),
        ('{"a": 1, "a": 2}', "a key stands twice"),
        ("[" * 100_000, "it is no evidence"),
    ],
    ids=["no JSON", "a list", "a key twice", "too deep"],
)
def test_a_file_that_is_no_evidence_is_refused(text: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        read(text)

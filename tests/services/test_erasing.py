"""Erasing a person: nothing of them is left anywhere in the database, the trail holds, and nothing hides behind it."""

import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.audit import read_entry
from deskterm.core.domain.drafts import NEW, Place
from deskterm.core.domain.erasure import ERASED
from deskterm.core.domain.errors import InvalidInput, NotAllowed
from deskterm.core.domain.filters import parse_filter
from deskterm.core.domain.heads import SignedHead
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.trail import Damage, Verdict
from deskterm.core.domain.wordings import words
from deskterm.core.domain.words import Action, CommentKind
from deskterm.core.services.auditing import verify
from deskterm.core.services.evidence_check import check
from deskterm.core.services.intake import Submission
from deskterm.core.store import audit
from deskterm.core.store.engine import Store
from deskterm.core.store.tables import AUDIT, COMMENTS, FACTS, PROFILES, Base
from deskterm.core.views import View

As = Callable[[str], Desk]
SECRETS: Final = (
    "Remi Requester",
    "remi",
    "wedding",
    "fever",
    "paper",
    "tonsils",
    "ointment",
    "r@erase",
    "zphone",
    "zseller",
)
FOUND: Final = ("remi", "tonsils", "erased", "toner")
NOW: Final = datetime(2026, 9, 28, 8, 0, tzinfo=UTC)


@pytest.fixture
def admin(as_: As) -> Desk:
    return as_("ada")


@pytest.fixture
def asked(as_: As, admin: Desk) -> tuple[int, int]:
    """A request and a purchase of somebody who left since."""
    remi, ife = as_("remi"), as_("ife")
    about = Submission(title="No paper: wedding", category="it_infrastructure", description="I have a fever")
    request = remi.submit(about).id
    ife.act(request, Action.CLAIM)
    ife.act(request, Action.NOTE, text="it is the tonsils", comment=CommentKind.NOTE)
    ife.act(request, Action.REPLY, text="take paper")
    ife.act(request, Action.RESOLVE, cause="tonsils", fix="ointment")
    bought = Wanted(lines=("2 x Toner @ 45.00",), justification="none is left")
    purchase = remi.submit(Submission(title="Toner", category="it_procurement", purchase=bought)).id
    as_("lara").act(purchase, Action.APPROVE, text="yes")
    remi.keep_drafts({NEW: {"title": "my wedding again"}})
    ife.keep_drafts({Place(request, "reply"): {"text": "get well: a fever"}})
    as_("lara").save_view("theirs", View.ALL, parse_filter("-from:ife,REMI"), department="it")
    ife.save_view("hers", View.CLOSED, parse_filter('from:"remi requester" "Remi Requester"'))
    contact = {"email": "r@erase.example", "phone": "zphone", "account_type": "zseller"}
    admin.change_person("remi", active=False, contact=contact)
    return request, purchase


def look(store: Store, *heads: SignedHead) -> Verdict:
    with store.read() as connection:
        log_id, end = audit.head(connection)
    under = heads or (SignedHead(log_id, end, NOW, "key", "good"),)
    return verify(store, heads=under, keys=frozenset({"key"}), now=NOW, check_head=lambda _: True)


def stored(store: Store) -> str:
    """All that the database holds, as one text."""
    found = []
    with store.read() as connection:
        for table in Base.metadata.sorted_tables:
            if table is not PROFILES:
                found += [f"{table.name}: {row}" for row in connection.execute(sa.select(table))]
    return "\n".join(found)


def past_guards(store: Store, *statements: sa.Executable) -> None:
    with closing(sa.create_engine(store.url, poolclass=sa.NullPool).connect()) as connection:
        if store.is_sqlite:
            for (name,) in connection.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
                connection.execute(sa.text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(sa.text("SET session_replication_role = replica"))
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def test_nothing_of_somebody_erased_is_left_and_the_trail_holds_under_the_heads_of_before(
    store: Store, admin: Desk, as_: As, asked: tuple[int, int]
) -> None:
    request, purchase = asked
    assert all(secret in stored(store) for secret in SECRETS)
    with store.read() as connection:
        log_id, before = audit.head(connection)

    gone = admin.erase_person("remi", texts=True, reason="asked to be forgotten")

    assert (gone.tickets, gone.kept) == (1, 1)
    assert [secret for secret in SECRETS if secret in stored(store)] == []
    found = admin.ticket(request)
    assert (found.title, found.description, found.requester) == (ERASED, ERASED, f"erased person {gone.id}")
    assert {entry.text for entry in found.timeline} <= {"", ERASED}
    assert admin.ticket(purchase).title == "Toner"
    as_("hana").act(purchase, Action.APPROVE)  # what goes on does

    with store.read() as connection:
        end = audit.head(connection)[1]
    heads = [SignedHead(log_id, head, NOW, "key", "good") for head in (before, end)]
    verdict = look(store, *heads)
    assert verdict.is_well, verdict
    assert [(one.by, one.entries) for one in verdict.erasures] == [("Ada Admin", gone.entries)]
    assert admin.doctor().findings == ()


@pytest.mark.parametrize("backend", ["sqlite"])
def test_neither_are_they_left_in_the_files_of_sqlite(store: Store, admin: Desk, asked: tuple[int, int]) -> None:
    path = store.path
    assert path is not None
    assert admin.erase_person("remi", texts=True, reason="left").is_settled
    held = b"".join(Path(f"{path}{end}").read_bytes() for end in ("", "-wal"))
    assert [secret for secret in (*SECRETS, "remi requester") if secret.encode() in held] == []
    with store.write() as connection:  # the index keeps of a word only what the one before it has not
        connection.exec_driver_sql("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, help_desk_words, 'row')")
        terms = set(connection.scalars(sa.text("SELECT term FROM temp.terms")))
        connection.exec_driver_sql("DROP TABLE temp.terms")
    assert {"erased", "person", "toner"} <= terms
    assert not terms & {word for secret in SECRETS for word in words(secret)}


def test_an_erased_persons_tickets_are_found_by_what_is_left(
    admin: Desk, as_: As, asked: tuple[int, int], store: Store
) -> None:
    as_("sola").submit(Submission(title="Toner for Sola", category="it_infrastructure"))
    admin.erase_person("remi", texts=True, reason="left")
    found = {text: {row.id for row in admin.page(View.ALL, parse_filter(text)).rows} for text in FOUND}
    assert found == {"remi": set(), "tonsils": set(), "erased": {*asked}, "toner": {asked[1], 3}}
    assert admin.doctor().findings == ()


def test_without_texts_only_who_they_were_goes(store: Store, admin: Desk, asked: tuple[int, int]) -> None:
    admin.erase_person("remi", texts=False, reason="left")
    assert "Remi Requester" not in stored(store)
    assert admin.ticket(asked[0]).title == "No paper: wedding"
    assert look(store).is_well


def test_a_second_erasure_goes_over_the_first(store: Store, admin: Desk, asked: tuple[int, int]) -> None:
    first = admin.erase_person("remi", texts=False, reason="left")
    name = f"erased person {first.id}"
    second = admin.erase_person(name, texts=True, reason="texts too")
    assert second.entries
    assert [secret for secret in SECRETS if secret in stored(store)] == []
    assert look(store).is_well


def test_a_dry_run_erases_nothing(store: Store, admin: Desk, asked: tuple[int, int]) -> None:
    before = stored(store)
    assert admin.erase_person("remi", texts=True, reason="would", dry_run=True).tickets == 1
    assert stored(store) == before


@pytest.mark.parametrize(
    ("by", "who", "reason", "error", "said"),
    [
        ("lara", "remi", "x", NotAllowed, "for an admin"),
        ("ada", "sola", "x", InvalidInput, "--left` first"),
        ("ada", "remi", " ", InvalidInput, "--reason"),
        ("ada", "nobody", "x", InvalidInput, "nobody called"),
    ],
)
def test_what_is_refused(
    as_: As, asked: tuple[int, int], by: str, who: str, reason: str, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        as_(by).erase_person(who, texts=True, reason=reason)


def test_who_decided_stays(admin: Desk, asked: tuple[int, int], store: Store) -> None:
    admin.change_person("lara", active=False)
    with pytest.raises(InvalidInput, match="1 decision"):
        admin.erase_person("lara", texts=False, reason="left")


def test_an_admin_acting_as_another_erases_nobody(admin: Desk, asked: tuple[int, int]) -> None:
    with pytest.raises(NotAllowed, match="in person"):
        admin.acting_as("ada").erase_person("remi", texts=False, reason="left")


def test_the_tables_are_guarded_again_afterwards_and_when_it_fails(
    store: Store, admin: Desk, asked: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("deskterm.core.store.erasures.erase_texts", broken)
        with pytest.raises(ZeroDivisionError):
            admin.erase_person("remi", texts=True, reason="left")
    assert "Remi Requester" in stored(store)
    assert look(store).is_well
    admin.erase_person("remi", texts=True, reason="left")
    assert look(store).alarms == ()
    for table in (FACTS, COMMENTS, AUDIT):
        with pytest.raises(sa.exc.DatabaseError, match="append-only"), store.write() as connection:
            connection.execute(sa.delete(table))


def broken(*_: object) -> Any:
    raise ZeroDivisionError


def test_what_an_older_program_wrote_keeps_its_texts_and_the_trail_holds(
    store: Store, admin: Desk, as_: As, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("deskterm.core.store.audit.parted", lambda entry, _: (entry, None))
        request = as_("remi").submit(Submission(title="No paper", category="it_infrastructure")).id
    as_("remi").act(request, Action.REPLY, text="take ointment")
    contact = {"email": "r@erase.example", "phone": "zphone", "account_type": "zseller"}
    admin.change_person("remi", active=False, contact=contact)
    gone = admin.erase_person("remi", texts=True, reason="left")
    found = admin.ticket(request)
    assert (found.title, found.timeline[-1].text) == ("No paper", ERASED)
    assert gone.entries == 3  # two of the person, one of the reply
    assert look(store).is_well


# nothing hides behind an erasure


def an_entry(store: Store, ticket_id: int, what: str) -> Any:
    with store.read() as connection:
        return next(one for one in audit.of_ticket(connection, ticket_id) if read_entry(one.body).what == what)


def with_texts(one: Any, texts: str | None) -> sa.Executable:
    return sa.update(AUDIT).where(AUDIT.c.seq == one.seq).values(texts=texts)


def with_note(one: Any, text: str) -> sa.Executable:
    entry = read_entry(one.body)
    here = sa.and_(COMMENTS.c.ticket_id == entry.ticket_id, COMMENTS.c.version == entry.version)
    return sa.update(COMMENTS).where(here).values(body=text)


def first(verdict: Verdict) -> tuple[Damage, int | None]:
    return verdict.damage[0].kind, verdict.damage[0].at


def test_texts_that_no_erasure_took_are_missed(store: Store, asked: tuple[int, int]) -> None:
    one = an_entry(store, asked[0], "noted")
    past_guards(store, with_texts(one, None), with_note(one, ERASED))
    assert first(look(store)) == (Damage.DELETED, one.seq)


def test_texts_that_were_changed_with_their_row_are_found(store: Store, asked: tuple[int, int]) -> None:
    one = an_entry(store, asked[0], "noted")
    said = json.dumps({**json.loads(one.texts), "text": "all is well"})
    past_guards(store, with_texts(one, said), with_note(one, "all is well"))
    assert first(look(store)) == (Damage.EDITED, one.seq)


@pytest.mark.parametrize("texts", ["", "{}", "[]", "no JSON", '{"salt":"x","text":"it is the tonsils"}'])
def test_texts_that_are_none_are_damage_and_no_crash(store: Store, asked: tuple[int, int], texts: str) -> None:
    one = an_entry(store, asked[0], "noted")
    past_guards(store, with_texts(one, texts))
    assert first(look(store)) == (Damage.EDITED, one.seq)


def test_texts_beside_an_entry_that_has_none_are_found(store: Store, asked: tuple[int, int]) -> None:
    one = an_entry(store, asked[1], "approved")
    past_guards(store, with_texts(one, '{"salt":"x"}'))
    assert first(look(store)) == (Damage.EDITED, one.seq)


@pytest.mark.parametrize(
    "column", [FACTS.c.actor_id, FACTS.c.kind, FACTS.c.to_status, FACTS.c.at, FACTS.c.via], ids=lambda one: one.name
)
def test_what_is_no_text_is_proved_as_before_when_the_texts_are_erased(
    store: Store, admin: Desk, asked: tuple[int, int], column: sa.Column[Any]
) -> None:
    one = an_entry(store, asked[0], "noted")
    admin.erase_person("remi", texts=True, reason="left")
    entry = read_entry(one.body)
    here = sa.and_(FACTS.c.ticket_id == entry.ticket_id, FACTS.c.version == entry.version)
    other = {"actor_id": 1, "kind": "replied", "to_status": "new", "at": NOW.replace(hour=7), "via": "tui"}[column.name]
    past_guards(store, sa.update(FACTS).where(here).values({column: other}))
    assert first(look(store)) == (Damage.EDITED, one.seq)


def test_a_text_written_where_one_was_erased_is_found(store: Store, admin: Desk, asked: tuple[int, int]) -> None:
    one = an_entry(store, asked[0], "noted")
    admin.erase_person("remi", texts=True, reason="left")
    past_guards(store, with_note(one, "nothing was wrong"))
    assert first(look(store)) == (Damage.EDITED, one.seq)


def test_what_was_erased_and_is_back_is_found(store: Store, admin: Desk, asked: tuple[int, int]) -> None:
    one = an_entry(store, asked[0], "noted")
    admin.erase_person("remi", texts=True, reason="left")
    past_guards(store, with_texts(one, one.texts), with_note(one, "it is the tonsils"))
    with store.read() as connection:
        here = sa.and_(FACTS.c.ticket_id == asked[0], FACTS.c.version == read_entry(one.body).version)
        assert connection.scalar(sa.select(FACTS.c.kind).where(here)) == "noted"
    assert first(look(store)) == (Damage.INSERTED, one.seq)


def test_an_erasure_takes_nothing_that_comes_after_it(store: Store, admin: Desk, asked: tuple[int, int]) -> None:
    with store.read() as connection:
        end = audit.head(connection)[1].size
    with store.write() as connection:
        admin._context.record(connection, "person", "erased", {"id": 1, "entries": [end + 2]})
    admin.act(asked[0], Action.NOTE, text="later", comment=CommentKind.NOTE)
    one = an_entry(store, asked[0], "noted")
    with store.read() as connection:
        one = audit.of_ticket(connection, asked[0])[-1]
    assert one.seq == end + 2
    past_guards(store, with_texts(one, None), with_note(one, ERASED))
    assert (Damage.DELETED, one.seq) in {(found.kind, found.at) for found in look(store).damage}


def test_a_decision_and_what_it_is_about_have_nothing_to_erase(store: Store, asked: tuple[int, int]) -> None:
    with store.read() as connection:
        entries = audit.of_ticket(connection, asked[1])
    has_texts = {read_entry(one.body).what for one in entries if one.texts is not None}
    assert has_texts == {"submitted"}
    assert json.loads(read_entry(an_entry(store, asked[1], "approved").body).data)["text"] == "yes"


def test_equal_texts_have_other_hashes(store: Store, as_: As) -> None:
    for _ in range(2):
        as_("remi").submit(Submission(title="The same", category="it_infrastructure"))
    with store.read() as connection:
        hashes = [read_entry(audit.of_ticket(connection, number)[0].body).texts for number in (1, 2)]
    assert None not in hashes
    assert len(set(hashes)) == 2


def test_evidence_needs_the_texts_and_its_check_too(store: Store, admin: Desk, as_: As, asked: tuple[int, int]) -> None:
    file = admin.prove(asked[1], [])
    assert check(file).problems[1:] == check(json.loads(json.dumps(file))).problems[1:]
    assert not any("texts" in problem for problem in check(file).problems)
    (told,) = [entry for entry in file["entries"] if "texts" in entry]
    for texts in (None, json.dumps({**json.loads(told["texts"]), "title": "Gold"})):
        entries = [{**one, "texts": texts} if one is told else one for one in file["entries"]]
        entries = [{key: value for key, value in one.items() if value is not None} for one in entries]
        assert any("texts of entry" in problem for problem in check({**file, "entries": entries}).problems)

    admin.erase_person("remi", texts=True, reason="left")
    as_("ife").act(asked[0], Action.REOPEN, text="again")
    bought = Wanted(lines=("1 x Drum @ 45.00",), justification="it is broken")
    as_("ife").act(asked[0], Action.PIVOT, purchase=bought, text="it needs a drum")
    with pytest.raises(NotAllowed, match="missing"):
        admin.prove(asked[0], [])
    assert admin.prove(asked[1], [])
    assert look(store).is_well

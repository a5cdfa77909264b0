"""Who has a ticket open is told to staff who may see it, for a minute, and leaves nothing behind."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from deskterm.core.desk import Desk
from deskterm.core.domain.errors import NotFound
from deskterm.core.domain.presence import LASTS, Present
from deskterm.core.domain.words import Action, Via
from deskterm.core.services import setup
from deskterm.core.services.intake import Submission
from deskterm.core.store.engine import Store
from deskterm.core.store.watch import Watch
from deskterm.core.views import Noticed

As = Callable[[str], Desk]


@pytest.fixture
def printer(as_: As) -> int:
    return as_("remi").submit(Submission(title="Printer jams", category="it_infrastructure")).id


def names(found: tuple[Present, ...]) -> list[str]:
    return [f"{one.name} replying" if one.is_replying else one.name for one in found]


def test_each_learns_of_the_others_until_they_leave(as_: As, printer: int, clock: list[datetime]) -> None:
    ife, ini = as_("ife"), as_("ini")
    assert ife.attend(printer) == ()
    came = clock[-1]
    clock.append(came + timedelta(seconds=30))
    assert ini.attend(printer, is_replying=True) == (Present("Ife of IT", came, is_replying=False),)
    assert names(ife.attend(printer)) == ["Ini of IT replying"]
    ini.attend(printer)
    assert names(ife.others(printer)) == ["Ini of IT"]
    assert as_("lara").others(printer)[0].since == came
    ini.leave(printer)
    assert ife.others(printer) == ()


def test_who_says_nothing_for_a_minute_is_gone(as_: As, printer: int, clock: list[datetime]) -> None:
    ife, ini = as_("ife"), as_("ini")
    ini.attend(printer, is_replying=True)
    clock.append(clock[-1] + LASTS - timedelta(seconds=1))
    assert names(ife.others(printer)) == ["Ini of IT replying"]
    clock.append(clock[-1] + timedelta(seconds=1))
    assert ife.others(printer) == ()
    ini.attend(printer)
    assert ife.others(printer)[0].since == clock[-1]


def test_it_is_told_to_nobody_but_staff_who_see_the_ticket(as_: As, printer: int) -> None:
    as_("ini").attend(printer)
    assert as_("remi").attend(printer) == ()
    assert as_("remi").others(printer) == ()
    assert names(as_("ife").others(printer)) == ["Remi Requester", "Ini of IT"]
    for login in ("sola", "ola"):
        for ask in (as_(login).attend, as_(login).others):
            with pytest.raises(NotFound):
                ask(printer)
    assert names(as_("ife").others(printer)) == ["Remi Requester", "Ini of IT"]
    of_operations = as_("ife").submit(Submission(title="Lamp", category="operations_repairs")).id
    as_("ola").attend(of_operations)
    assert as_("ife").others(of_operations) == ()  # there they are only its requester


def test_who_acts_as_somebody_is_there_as_who_they_are(as_: As, printer: int) -> None:
    as_("ada").acting_as("ini").attend(printer)
    assert names(as_("ini").others(printer)) == ["Ada Admin"]


@pytest.fixture
def read_only(desk_url: str, clock: list[datetime]) -> Iterator[Desk]:
    with closing(Store(desk_url, read_only=True)) as store:
        yield Desk(store, setup.identify(store, "ini")[0], lambda: clock[-1], Via.TUI)


def test_read_only_looks_and_leaves_no_trace(as_: As, printer: int, read_only: Desk, store: Store) -> None:
    assert read_only.attend(printer) == ()
    read_only.leave(printer)
    if store.path is not None:
        assert not store.path.with_name("desk.db.presence").exists()
    as_("ife").attend(printer)
    assert names(read_only.attend(printer)) == ["Ife of IT"]
    assert as_("ife").others(printer) == ()


def test_it_is_no_part_of_the_record_and_wakes_nobody_who_follows_the_desk(
    as_: As, printer: int, desk_url: str, store: Store
) -> None:
    with closing(Store(desk_url)) as elsewhere, closing(Watch(elsewhere)) as watch:
        watch.look()
        place = as_("ada").place()
        as_("ini").attend(printer)
        assert noticed(watch) == Noticed.PRESENCE
        as_("ini").attend(printer)
        assert watch.look() == Noticed.NOTHING  # it is no news
        as_("ini").leave(printer)
        assert noticed(watch) == Noticed.PRESENCE
        as_("ini").act(printer, Action.CLAIM)
        assert noticed(watch) == Noticed.TRAIL
        assert as_("ada").changes(place).place == place + 1


def noticed(watch: Watch) -> Noticed:
    """Looks until there is something: a server's notification is on its way for a moment after the commit."""
    while not (found := watch.look()):
        pass
    return found


@pytest.mark.parametrize("backend", ["sqlite"])
def test_what_stands_beside_the_desk_is_made_for_who_shares_it_and_missed_by_nobody(
    as_: As, printer: int, store: Store
) -> None:
    assert store.path is not None
    store.path.chmod(0o660)
    as_("ini").attend(printer)
    beside = store.path.with_name("desk.db.presence")
    assert beside.stat().st_mode & 0o777 == 0o660
    beside.write_text("no database at all " * 100)
    assert as_("ife").attend(printer) == ()
    assert as_("ife").ticket(printer).title == "Printer jams"


@pytest.mark.parametrize("backend", ["postgres"])
def test_a_server_keeps_it_in_a_table_that_waits_for_no_disk(store: Store) -> None:
    with store.read() as connection:
        kind = connection.scalar(sa.text("SELECT relpersistence FROM pg_class WHERE relname = 'help_desk_presence'"))
    assert kind == "u"

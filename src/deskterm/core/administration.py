"""Running a desk: its people, profiles, macros and reports, and whether what it keeps is whole; an actor is bound."""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

from deskterm.core.domain.attachments import LIMIT
from deskterm.core.domain.clock import Now
from deskterm.core.domain.errors import NotAllowed
from deskterm.core.domain.heads import SignedHead
from deskterm.core.domain.people import Person
from deskterm.core.domain.profile import Profile
from deskterm.core.domain.words import Role, Via
from deskterm.core.services import (
    approval_report,
    approving,
    erasing,
    evidence,
    health,
    importing,
    importing_facts,
    macros,
    people,
    profiles,
    replaying,
    sweep,
    vacancies,
)
from deskterm.core.services.context import NO_KEYS, Context, Keys
from deskterm.core.services.event_log import EventLog
from deskterm.core.services.fact_files import FactFile
from deskterm.core.services.macros import Applied
from deskterm.core.services.people import NOTHING_KNOWN
from deskterm.core.store.engine import Store
from deskterm.core.views import DepartmentLine, PersonLine

_CHANGED: Final = 20
"""Changed tickets for which the worker writes measures: fewer are folded in a moment by whoever asks for figures."""


class Administration:
    """What runs a desk, as one person may. Every method is one short read or one transaction, safe from any thread."""

    def __init__(
        self,
        store: Store,
        actor: Person,
        clock: Now,
        via: Via,
        *,
        by_id: int | None = None,
        keys: Keys | None = None,
        hold: timedelta = timedelta(),
        attachment_limit: int = LIMIT,
    ) -> None:
        """Binds `actor` to an open store; `by_id` is who is really there, when an admin acts as `actor`.

        `hold` is how long notices wait of what can be taken back, `attachment_limit` how many bytes a file may have.
        """
        self._store = store
        self._clock = clock
        self._context = Context(
            store, actor.id, clock, via, by_id, keys or NO_KEYS, hold=hold, attachment_limit=attachment_limit
        )
        self.actor = actor

    @property
    def as_of(self) -> datetime | None:
        """The instant that the desk is shown as of, None for now."""
        return self._store.as_of

    @property
    def as_of_said(self) -> str:
        """That instant in words, `as of 2026-09-30 17:00 WAT`; "" for now."""
        return self._store.as_of_said

    def macros_as_toml(self, key: str = "") -> str:
        """Gives macros as a file; raises as `macros.as_toml`."""
        return macros.as_toml(self._context, key)

    def apply_macros(self, text: str, source: str) -> Applied:
        """Adds and changes the macros of a file; raises as `macros.apply`."""
        return macros.apply(self._context, text, source)

    def drop_macro(self, key: str) -> None:
        """Takes a macro out; raises as `macros.drop`."""
        macros.drop(self._context, key)

    def sweep(self, progress: Callable[[int, int], object] = lambda _done, _of: None) -> sweep.Swept:
        """Makes facts of what time alone brought about: breaches, and stages that wait for somebody else by now.

        Measures follow where some tickets changed; `progress` hears how many of how many are done, if they are many.

        Raises:
            NotAllowed: as `sweep.breaches`.
        """
        swept = sweep.breaches(self._context)
        approving.pass_on(self._context)
        self._measure(progress, at_least=_CHANGED)
        return swept

    def _measure(self, progress: Callable[[int, int], object], *, at_least: int = 1) -> None:
        from deskterm.core.services import catching_up  # noqa: PLC0415 - numpy is for who needs it

        catching_up.catch_up(
            self._store, self._clock, progress, processes=os.cpu_count() or 1, at_least=at_least
        )  # fmt: skip

    def prove(self, ticket_id: int, heads: Sequence[SignedHead]) -> dict[str, Any]:
        """Gives the evidence of a purchase, up to the first head that covers it; raises as `evidence.prove`."""
        return evidence.prove(self._context, ticket_id, heads)

    def replay(
        self,
        text: str,
        source: str,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        progress: Callable[[int, int], object] = lambda _done, _of: None,
    ) -> replaying.Replayed:
        """Gives compliance under another profile beside what is; raises as `replaying.replay`."""
        return replaying.replay(self._context, text, source, since=since, until=until, progress=progress)

    def profile_versions(self) -> list[profiles.Version]:
        """Gives every version of the profile that the desk keeps."""
        return profiles.versions(self._context)

    def profile_text(self, wanted: str = "") -> tuple[str, str]:
        """Gives the text of a stored profile with its name; raises as `profiles.text_of`."""
        return profiles.text_of(self._context, wanted)

    def apply_profile(self, text: str, source: str, effective_at: datetime | None = None) -> profiles.Version:
        """Makes a profile the one for new tickets; raises as `profiles.apply`."""
        return profiles.apply(self._context, text, source, effective_at)

    def withdraw_profile(self, wanted: str) -> str:
        """Takes back a version that is not in effect yet; raises as `profiles.withdraw`."""
        return profiles.withdraw(self._context, wanted)

    def targets(self) -> tuple[profiles.Version, list[profiles.TargetLine]]:
        """Gives the newest version and the rows of its wide SLA table."""
        return profiles.targets(self._context)

    def add_target(self, row: Mapping[str, str], effective_at: datetime | None = None) -> profiles.Version:
        """Adds a row to the SLA table as a new version; raises as `profiles.edit_targets`."""
        return profiles.edit_targets(self._context, profiles.adding(row), effective_at)

    def change_target(self, key: str, row: Mapping[str, str], effective_at: datetime | None = None) -> profiles.Version:
        """Changes a row of the SLA table as a new version; raises as `profiles.edit_targets`."""
        return profiles.edit_targets(self._context, profiles.changing(key, row), effective_at)

    def retire_target(self, key: str, effective_at: datetime | None = None) -> profiles.Version:
        """Takes a row out of the SLA table as a new version; raises as `profiles.edit_targets`."""
        return profiles.edit_targets(self._context, profiles.retiring(key), effective_at)

    def approvals_report(self, since: date | None = None, until: date | None = None) -> approval_report.ApprovalsReport:
        """Gives the hours lost in approval and the share that went the chain; raises as the report itself."""
        return approval_report.approvals_report(self._context, since, until)

    def vacant_posts(self, profile: Profile | None = None) -> tuple[vacancies.Vacancy, ...]:
        """Gives the posts of the approval chain that nobody holds; raises as `vacancies.vacancies`."""
        return vacancies.vacancies(self._context, profile)

    def people(self, *, department: str = "") -> list[PersonLine]:
        """Gives the people of the desk."""
        return people.list_people(self._context, department=department)

    def departments(self) -> list[DepartmentLine]:
        """Gives the departments with lead and categories."""
        return people.list_departments(self._context)

    def add_person(
        self,
        *,
        name: str,
        role: Role,
        login: str | None = None,
        department: str = "",
        post: str = "",
        customer: str = "",
        contact: Mapping[str, str] = NOTHING_KNOWN,
    ) -> int:
        """Makes a person; raises as `people.add_person`."""
        made = people.add_person(
            self._context,
            name=name,
            role=role,
            login=login,
            department=department,
            post=post,
            customer=customer,
            contact=contact,
        )
        approving.pass_on(self._context)
        return made

    def change_person(
        self,
        who: str,
        *,
        role: Role | None = None,
        department: str = "",
        login: str = "",
        post: str = "",
        active: bool | None = None,
        customer: str | None = None,
        contact: Mapping[str, str] = NOTHING_KNOWN,
    ) -> int:
        """Changes a person; raises as `people.change_person`."""
        changed = people.change_person(
            self._context,
            who,
            role=role,
            department=department,
            login=login,
            post=post,
            active=active,
            customer=customer,
            contact=contact,
        )
        approving.pass_on(self._context)
        return changed

    def erase_person(self, who: str, *, texts: bool, reason: str, dry_run: bool = False) -> erasing.Gone:
        """Erases a person; raises as `erasing.erase`."""
        return erasing.erase(self._context, who, texts=texts, reason=reason, dry_run=dry_run)

    def import_log(
        self,
        log: EventLog,
        progress: Callable[[int], None] = lambda _: None,
        *,
        measuring: Callable[[int, int], object] = lambda _done, _of: None,
    ) -> importing.Imported:
        """Takes an event log in, and measures its tickets, of which `measuring` hears how many of how many are done.

        Raises:
            NotAllowed: as `importing.import_log`.
        """
        done = importing.import_log(self._context, log, progress)
        self._measure(measuring)
        return done

    def measure_anew(self, progress: Callable[[int, int], object] = lambda _done, _of: None) -> int:
        """Makes the measures of all tickets anew from their facts, and gives how many there are.

        `progress` hears how many of how many tickets are done.

        Raises:
            NotAllowed: for anybody but an admin, and when the desk is open read-only.
        """
        from deskterm.core.services import catching_up  # noqa: PLC0415 - numpy is for who needs it

        with self._store.read() as connection:
            if self._context.actor(connection).role is not Role.ADMIN:
                raise NotAllowed("measures are made anew by an admin: who looks at figures waits for it")
        return catching_up.make_anew(self._store, self._clock, progress, processes=os.cpu_count() or 1)

    def import_facts(
        self,
        file: FactFile,
        progress: Callable[[int], None] = lambda _: None,
        *,
        measuring: Callable[[int, int], object] = lambda _done, _of: None,
    ) -> importing.Imported:
        """Takes facts in that another desk exported, and measures them; raises as `importing_facts.import_facts`."""
        done = importing_facts.import_facts(self._context, file, progress)
        self._measure(measuring)
        return done

    def doctor(self, progress: Callable[[int], None] = lambda _: None, *, repair: bool = False) -> health.Report:
        """Folds every ticket's facts and compares, and puts right on request; raises as `health.examine`."""
        return health.examine(self._context, progress, repair=repair)

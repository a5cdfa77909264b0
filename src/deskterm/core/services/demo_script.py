"""The demo's script: its people and what they ask for, read strictly against the profile they are made for."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final, NamedTuple

from deskterm.core.domain.errors import InvalidInput
from deskterm.core.domain.people import Person
from deskterm.core.domain.profile import DEPUTY, LEAD, Profile
from deskterm.core.domain.profile_reader import Reader, quoted, read_toml
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.words import CategoryKind, CommentKind, Role, WaitReason

SOURCE: Final = "the demo script"
_A_MONTH: Final = 31
_SERVING: Final = (Role.AGENT, Role.LEAD)
_WORK_LOG: Final = tuple(kind.value for kind in CommentKind if kind is not CommentKind.REPLY)


PHRASES: Final = (
    "cancel", "withdraw", "reject", "reopen", "release", "weigh", "praise", "complaint", "approve", "refuse", "ask",
    "amend",
)  # fmt: skip
"""The things people say that hang on no particular matter."""


class Player(NamedTuple):
    """Somebody of the demo; department and post are keys, empty where they have none. A post may be a deputy's."""

    login: str
    name: str
    role: Role
    department: str
    post: str

    def seats(self, home: int | None) -> list[tuple[str, int | None]]:
        """Gives the posts that they hold, each with its department, `home` being their own; the organisation's None."""
        own = [LEAD] if self.role is Role.LEAD else []
        posts = [*own, self.post] if self.post else own
        return [(post, home if post.removesuffix(DEPUTY) == LEAD else None) for post in posts]

    def person(self, person_id: int, departments: Mapping[str, int]) -> Person:
        """Gives the person that they are at the desk while they are there; `departments` are ids by key."""
        home = departments.get(self.department)
        seats = self.seats(home)
        leads = frozenset(department for post, department in seats if post == LEAD and department is not None)
        posts = tuple(post for post, _ in seats if post != LEAD)
        return Person(person_id, self.name, self.role, self.login, home, leads=leads, posts=posts)


class Scenario(NamedTuple):
    """A matter that becomes a ticket: what is asked, said, found out, waited for and done."""

    department: str
    category: str
    kind: CategoryKind
    priority: int
    title: str
    description: str
    replies: tuple[str, ...]
    answer: str
    note_kind: CommentKind
    note: str
    waits_for: WaitReason
    waiting: str
    cause: str
    fix: str
    purchase: Wanted | None


class StandIn(NamedTuple):
    """That somebody may decide for somebody, by their logins, from so many days ago through so many days on."""

    of: str
    to: str
    since: int
    through: int
    reason: str


class Script(NamedTuple):
    """The whole demo; `{place}` in a scenario's texts stands for one of the places."""

    places: tuple[str, ...]
    phrases: Mapping[str, tuple[str, ...]]
    people: tuple[Player, ...]
    stand_ins: tuple[StandIn, ...]
    scenarios: tuple[Scenario, ...]


def parse_script(text: str, profile: Profile, personas: Collection[str]) -> Script:
    """Gives the script that `text` spells, in which the `personas` must have a part.

    Raises:
        InvalidInput: when anything at all is wrong: the first line says how many things, each further line one.
    """
    root = read_toml(text, SOURCE)
    phrases = root.table("phrases")
    script = Script(
        places=_texts(root, "places"),
        phrases={beat: _texts(phrases, beat) for beat in PHRASES},
        people=tuple(_player(row, profile) for row in root.rows("people")),
        stand_ins=tuple(_stand_in(row) for row in root.rows("delegations")),
        scenarios=_scenarios(root.rows("scenarios"), profile),
    )
    root.finish(text, SOURCE)  # what was refused once need not be missed as well
    _check_people(root, script.people, profile, personas)
    _check_stand_ins(root, script)
    _check_scenarios(root, script.scenarios, profile)
    root.finish(text, SOURCE)
    return script


def _player(row: Reader, profile: Profile) -> Player:
    role = row.member("role", Role)
    posts = [*profile.posts, *(key + DEPUTY for key in (LEAD, *profile.posts))]
    return Player(
        login=row.key("login"),
        name=row.text("name"),
        role=role,
        department=row.one_of("department", profile.departments) if role in _SERVING else "",
        post=row.one_of("post", posts) if row.has("post") else "",
    )


def _stand_in(row: Reader) -> StandIn:
    return StandIn(
        of=row.key("of"),
        to=row.key("to"),
        since=row.whole("since", 0, _A_MONTH),
        through=row.whole("through", 0, _A_MONTH),
        reason=row.text("reason"),
    )


def _scenarios(rows: Iterable[Reader], profile: Profile) -> tuple[Scenario, ...]:
    ranks = {rule.key: rank for rank, rule in profile.priorities.items()}
    homes = {c.key: (d.key, c.kind) for d in profile.departments.values() for c in d.categories}
    return tuple(_scenario(row, ranks, homes, profile.currency) for row in rows)


def _scenario(
    row: Reader, ranks: Mapping[str, int], homes: Mapping[str, tuple[str, CategoryKind]], currency: str
) -> Scenario:
    category = row.one_of("category", homes)
    department, kind = homes.get(category, ("", CategoryKind.STANDARD))
    note, waits = row.table("note"), row.table("waits")
    note_kind = note.one_of("kind", _WORK_LOG)
    return Scenario(
        department=department,
        category=category,
        kind=kind,
        priority=ranks.get(row.one_of("priority", ranks), 0),
        title=row.text("title"),
        description=row.text("description"),
        replies=_texts(row, "replies"),
        answer=row.text("answer"),
        note_kind=CommentKind(note_kind) if note_kind in _WORK_LOG else CommentKind.NOTE,
        note=note.text("text"),
        waits_for=waits.member("reason", WaitReason),
        waiting=waits.text("text"),
        cause=row.text("cause"),
        fix=row.text("fix"),
        # what is no purchase from the start may turn out to need one
        purchase=_purchase(row, currency) if kind is CategoryKind.PROCUREMENT or row.has("purchase") else None,
    )


def _purchase(row: Reader, currency: str) -> Wanted | None:
    table = row.table("purchase")
    wanted = Wanted(
        lines=_texts(table, "lines"),
        justification=table.text("justification"),
        vendor=table.text("vendor"),
        cost_centre=table.text("cost_centre"),
        quotes=_texts(table, "quotes") if table.has("quotes") else (),
    )
    try:
        wanted.read(currency)
    except InvalidInput as error:
        table.refuse(str(error))
    return wanted


def _texts(reader: Reader, key: str) -> tuple[str, ...]:
    values = reader.array(key, "a list of texts")
    if reader.has(key) and values == []:
        reader.refuse("expected one text or more", key)
    for number, value in enumerate(values):
        if not isinstance(value, str) or not value.strip():
            reader.refuse(f"expected a text, found {quoted(value)}", key, number)
    return tuple(str(value) for value in values)


def _check_people(root: Reader, people: tuple[Player, ...], profile: Profile, personas: Collection[str]) -> None:
    logins = [player.login for player in people]
    for number, login in enumerate(logins):
        if login and login in logins[:number]:
            root.refuse(f"{quoted(login)} is taken: expected another login for each", "people", number, "login")
    for missing in (login for login in personas if login not in logins):
        root.refuse(f"nobody has the login {missing}: the tour of the demo is theirs", "people")
    for key in profile.departments:
        for role in _SERVING:
            if (role, key) not in {(player.role, player.department) for player in people}:
                root.refuse(f"nobody is {LEAD if role is Role.LEAD else 'an agent'} of {key}", "people")
    if not any(player.role is Role.REQUESTER for player in people):
        root.refuse("nobody is a requester", "people")


def _check_stand_ins(root: Reader, script: Script) -> None:
    logins = {player.login for player in script.people}
    for number, one in enumerate(script.stand_ins):
        for key, login in (("of", one.of), ("to", one.to)):
            if login not in logins:
                root.refuse(f"nobody has the login {quoted(login)}", "delegations", number, key)


def _check_scenarios(root: Reader, scenarios: tuple[Scenario, ...], profile: Profile) -> None:
    told = {(scenario.department, scenario.kind) for scenario in scenarios}
    for key in profile.departments:
        for kind in CategoryKind:
            if (key, kind) not in told:
                root.refuse(f"nobody asks {key} for anything {kind}", "scenarios")
    if not any(s.purchase is not None and s.kind is CategoryKind.STANDARD for s in scenarios):
        root.refuse("no work turns out to need a purchase", "scenarios")
    waited = {scenario.waits_for for scenario in scenarios if scenario.kind is CategoryKind.STANDARD}
    for reason in WaitReason:
        if reason not in waited:
            root.refuse(f"nothing waits for {reason}", "scenarios")

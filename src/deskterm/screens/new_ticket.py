"""A new ticket: the form, also on behalf of somebody else."""

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.suggester import SuggestFromList
from textual.widgets import Input, Label, Select, TextArea

from deskterm.actions import BY_ID
from deskterm.core.domain.errors import DesktermError
from deskterm.core.domain.profile import Profile
from deskterm.core.domain.targets import subjects
from deskterm.core.domain.text import clean
from deskterm.core.domain.words import Source
from deskterm.core.views import DepartmentLine, PersonLine
from deskterm.gateway import Gateway
from deskterm.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from deskterm.core.desk import Desk
    from deskterm.core.services.work import Done

_CHANNELS: Final = (Source.FORM, Source.PHONE, Source.WALK_IN, Source.MAIL, Source.CHAT)


class NewTicketScreen(Screen["Done | None"]):
    """Dismisses with the ticket made, or None; what was written is kept in `draft` until it is sent."""

    CSS_PATH = "new_ticket.tcss"
    BINDINGS = [  # noqa: RUF012 - Textual's name and shape
        Binding(",".join(BY_ID["send"].keys), "send", BY_ID["send"].label, show=False, priority=True),
        Binding(",".join(BY_ID["back"].keys), "back", BY_ID["back"].label, show=False),
    ]

    def __init__(self, gateway: Gateway, profile: Profile, draft: dict[str, str], *, for_others: bool) -> None:
        """Opens the form with `draft` in it; staff may submit for others."""
        super().__init__()
        self._gateway = gateway
        self._profile = profile
        self._draft = draft
        self._for_others = for_others
        self._departments: list[DepartmentLine] = []
        self._sending = False

    def compose(self) -> ComposeResult:
        """Gives the fields, most needed first."""
        # when to choose a priority stands beside it (003-R17)
        priorities = [(Content(clean(f"{r.label}: {r.meaning}")), r.key) for r in self._profile.priorities.values()]
        default = self._profile.priorities[self._profile.default_priority].key
        with VerticalScroll():
            yield Label("Title")
            yield self._line("title", "what is the matter, in one line", 200)
            if self._for_others:
                yield Label("For")
                yield self._line("requester", "yourself; or somebody's login or name", 200)
            yield Label("Department")
            yield self._select("department", [], prompt="reading...")
            yield Label("Category")
            yield self._select("category", [], prompt="choose a department first")
            yield Label("Priority")
            yield Select(
                priorities, value=self._draft.get("priority", default), allow_blank=False, id="priority", compact=True
            )
            if about := subjects(self._profile, None if self._for_others else self._gateway.desk.actor.customer):
                yield Label("About")
                yield self._about([" / ".join(filter(None, parts)) for parts in about])
            yield Label("It came by")
            channels = [(source.replace("_", " "), source.value) for source in _CHANNELS]
            yield Select(
                channels, value=self._draft.get("source", "form"), allow_blank=False, id="source", compact=True
            )
            yield Label("Description")
            area = TextArea(self._draft.get("description", ""), id="description", soft_wrap=True, compact=True)
            area.cursor_blink = False
            yield area
        yield StatusLine()

    def _line(self, name: str, placeholder: str, limit: int) -> Input:
        line = Input(self._draft.get(name, ""), id=name, placeholder=placeholder, max_length=limit, compact=True)
        line.cursor_blink = False
        return line

    def _about(self, known: list[str]) -> Select[str]:
        options = [(Content(clean(path)), path) for path in known]
        kept = self._draft.get("about")
        if kept in known:
            return Select(options, value=kept, prompt="nothing of these", id="about", compact=True)
        return Select(options, prompt="nothing of these", id="about", compact=True)

    def _select(self, name: str, options: list[tuple[Content, str]], *, prompt: str) -> Select[str]:
        return Select(options, prompt=prompt, id=name, compact=True)

    def _chosen(self, name: str, options: list[tuple[Content, str]], default: str) -> Select[str]:
        return Select(options, value=self._draft.get(name, default), allow_blank=False, id=name, compact=True)

    def on_mount(self) -> None:
        """Reads departments, and whom a request can be for."""
        self.query_one("#title", Input).focus()
        self.status_line.hint([BY_ID["send"], BY_ID["back"]])
        self._gateway.ask(self, "departments", lambda desk: desk.departments(), self._know_departments, self._failed)
        if self._for_others:
            self._gateway.ask(self, "people", lambda desk: desk.people(), self._know_people, self._failed)

    @property
    def status_line(self) -> StatusLine:
        """The bottom line."""
        return self.query_one(StatusLine)

    def _know_departments(self, departments: list[DepartmentLine]) -> None:
        self._departments = departments
        select: Select[str] = self.query_one("#department", Select)
        select.prompt = "choose"
        select.set_options([(Content(clean(d.name)), d.key) for d in departments])
        if self._draft.get("department") in {d.key for d in departments}:
            select.value = self._draft["department"]

    def _know_people(self, people: list[PersonLine]) -> None:
        names = [person.name for person in people if person.is_active]
        self.query_one("#requester", Input).suggester = SuggestFromList(names, case_sensitive=False)

    @on(Select.Changed, "#department")
    def _choose_department(self, event: Select.Changed) -> None:
        category: Select[str] = self.query_one("#category", Select)
        chosen = next((d for d in self._departments if d.key == event.value), None)
        if chosen is None:
            return
        purchase = {"procurement": " (purchase: waits for approval)"}
        category.prompt = "choose"
        category.set_options([(Content(clean(c.name) + purchase.get(c.kind, "")), c.key) for c in chosen.categories])
        if self._draft.get("category") in {c.key for c in chosen.categories}:
            category.value = self._draft["category"]

    def written(self) -> dict[str, str]:
        """Gives what stands in the form; empty fields are left out."""
        values = {line.id: line.value for line in self.query(Input)}
        values |= {area.id: area.text for area in self.query(TextArea)}
        values |= {select.id: select.value for select in self.query(Select) if isinstance(select.value, str)}
        return {name: value for name, value in values.items() if name and value.strip()}

    @on(Input.Submitted)
    def _next_field(self) -> None:
        self.focus_next()

    def action_send(self) -> None:
        """Submits; what can't be used is said, and the form stays as it is."""
        written: dict[str, Any] = self.written()
        missing = [name for name in ("title", "department", "category") if name not in written]
        if missing:
            self.status_line.refuse(f"it needs a {missing[0]}")
            self.query_one(f"#{missing[0]}").focus()
            return
        if not self._sending:
            self._sending = True
            self._gateway.tell(self, partial(_submit, written), self.dismiss, self._failed)

    def action_back(self) -> None:
        """Leaves; what was written is kept."""
        if self._sending:
            return
        self._draft.clear()
        written = self.written()
        if written.get("title") or written.get("description"):
            self._draft.update(written)
        self.dismiss(None)

    def _failed(self, error: DesktermError) -> None:
        self._sending = False
        self.status_line.refuse(str(error))


def _submit(written: dict[str, Any], desk: "Desk") -> "Done":
    from deskterm.core.services.intake import Submission  # noqa: PLC0415 - the core is loaded by the desk

    return desk.submit(Submission(**{**written, "source": Source(written["source"])}))

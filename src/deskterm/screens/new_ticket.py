"""A new ticket: the form, also on behalf of somebody else."""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import DescendantBlur
from textual.screen import Screen
from textual.suggester import SuggestFromList
from textual.widgets import Input, Label, Select, Static, TextArea

from deskterm.actions.registry import SHIPPED
from deskterm.core.domain.drafts import NEW
from deskterm.core.domain.errors import DesktermError
from deskterm.core.domain.profile import Profile
from deskterm.core.domain.purchase import Wanted
from deskterm.core.domain.targets import subjects
from deskterm.core.domain.text import clean
from deskterm.core.domain.words import CategoryKind, Source
from deskterm.core.views import DepartmentLine, PersonLine
from deskterm.gateway import Gateway
from deskterm.widgets.drafting import Drafts
from deskterm.widgets.registered import bound, in_force
from deskterm.widgets.status_line import StatusLine
from deskterm.widgets.ticket_purchase import total, wanted

if TYPE_CHECKING:
    from deskterm.core.desk import Desk
    from deskterm.core.services.work import Done

_CHANNELS: Final = (Source.FORM, Source.PHONE, Source.WALK_IN, Source.MAIL, Source.CHAT)
_BOUGHT: Final = ("lines", "currency", "vendor", "cost_centre", "quotes")


class NewTicketScreen(Screen["Done | None"]):
    """Dismisses with the ticket made, or None; what was written is a draft until it is sent."""

    CSS_PATH = "new_ticket.tcss"
    BINDINGS = [  # noqa: RUF012 - Textual's name and shape
        bound(SHIPPED["send"], "send", priority=True),
        bound(SHIPPED["back"], "back"),
    ]

    def __init__(self, gateway: Gateway, profile: Profile, drafts: Drafts, *, for_others: bool) -> None:
        """Opens the form with the draft in it; staff may submit for others."""
        super().__init__()
        self._gateway = gateway
        self._profile = profile
        self._drafts = drafts
        self._draft = drafts.get(NEW)
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
            yield from self._purchase()
            yield Label("Priority")
            yield Select(
                priorities, value=self._draft.get("priority", default), allow_blank=False, id="priority", compact=True
            )
            if about := subjects(self._profile, None if self._for_others else self._gateway.actor.customer):
                yield Label("About")
                yield self._about([" / ".join(filter(None, parts)) for parts in about])
            yield Label("It came by")
            channels = [(source.replace("_", " "), source.value) for source in _CHANNELS]
            yield Select(
                channels, value=self._draft.get("source", "form"), allow_blank=False, id="source", compact=True
            )
            yield Label("Description", id="why")
            yield self._area("description")
        yield StatusLine()

    def _purchase(self) -> ComposeResult:
        """Gives what a purchase is asked besides: shown when its category is one of procurement."""
        yield Label("To buy", classes="purchase")
        yield self._area("lines", "a line each: 2 x Toner @ 45.00", classes="purchase")
        yield Label("Total", classes="purchase")
        yield Static(id="total", classes="purchase")
        yield Label("Currency", classes="purchase")
        currency = self._line("currency", "a code such as USD", 3, classes="purchase")
        currency.value = currency.value or self._profile.currency
        yield currency
        yield Label("Vendor", classes="purchase")
        yield self._line("vendor", "from whom, if you know", 200, classes="purchase")
        yield Label("Cost centre", classes="purchase")
        yield self._line("cost_centre", "who pays for it, if you know", 200, classes="purchase")
        yield Label("Quotes", classes="purchase")
        yield self._area("quotes", "where they are kept, a line each", classes="purchase")

    def _area(self, name: str, placeholder: str = "", *, classes: str = "") -> TextArea:
        area = TextArea(
            self._draft.get(name, ""), id=name, placeholder=placeholder, soft_wrap=True, compact=True, classes=classes
        )
        area.cursor_blink = False
        return area

    def _line(self, name: str, placeholder: str, limit: int, *, classes: str = "") -> Input:
        line = Input(
            self._draft.get(name, ""), id=name, placeholder=placeholder, max_length=limit, compact=True, classes=classes
        )
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
        self._ask_for_purchase()
        self._add_up()
        self.query_one("#title", Input).focus()
        self.status_line.hint([in_force(self)["send"], in_force(self)["back"]])
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

    @property
    def is_purchase(self) -> bool:
        """Whether the category that is chosen is one of procurement."""
        chosen = self.query_one("#category", Select).value
        categories = (category for department in self._departments for category in department.categories)
        return any(c.key == chosen and c.kind is CategoryKind.PROCUREMENT for c in categories)

    @on(Select.Changed, "#category")
    def _ask_for_purchase(self) -> None:
        self.set_class(self.is_purchase, "-purchase")
        self.query_one("#why", Label).update("Why" if self.is_purchase else "Description")

    @on(TextArea.Changed, "#lines")
    @on(Input.Changed, "#currency")
    def _add_up(self) -> None:
        """Shows what the lines come to; the one that is being written may be unfinished."""
        area = self.query_one("#lines", TextArea)
        lines, row = area.text.splitlines(), area.cursor_location[0]
        others = [line for place, line in enumerate(lines) if place != row] if area.has_focus else lines
        try:
            known = self._total(lines)
        except DesktermError:
            try:
                known = f"{self._total(others)} so far"
            except DesktermError as error:
                known = f"! {error}"
        self.query_one("#total", Static).update(Content(clean(known)))

    def _total(self, lines: list[str]) -> str:
        currency = self.query_one("#currency", Input).value.strip().upper() or self._profile.currency
        return total("\n".join(lines), currency) if any(line.strip() for line in lines) else "nothing"

    def on_descendant_blur(self, event: DescendantBlur) -> None:
        """Says what is wrong with the lines when they are left."""
        if event.widget.id == "lines":
            self._add_up()

    def written(self) -> dict[str, str]:
        """Gives what stands in the form; empty fields are left out."""
        values = {line.id: line.value for line in self.query(Input)}
        values |= {area.id: area.text for area in self.query(TextArea)}
        values |= {select.id: select.value for select in self.query(Select) if isinstance(select.value, str)}
        return {name: value for name, value in values.items() if name and value.strip()}

    @on(Input.Changed)
    @on(TextArea.Changed)
    @on(Select.Changed)
    def _touched(self) -> None:
        """Has it saved while it is written."""
        if not self._sending:
            self._drafts.touch(NEW, self._worth_keeping)

    def _worth_keeping(self) -> dict[str, str]:
        """Gives what stands in the form, nothing while only choices were made."""
        written = self.written()
        return written if any(name in written for name in ("title", "description", "lines")) else {}

    @on(Input.Submitted)
    def _next_field(self) -> None:
        self.focus_next()

    def _wrong(self, written: Mapping[str, str]) -> tuple[str, str]:
        """Gives the first field that can't be sent and why, two empty texts when all can."""
        needed = {"title": "a title", "department": "a department", "category": "a category"}
        if self.is_purchase:
            needed |= {"lines": "what is to be bought, a line each", "description": "a reason: why is it to be bought?"}
        for name, what in needed.items():
            if name not in written:
                return name, f"it needs {what}"
        try:
            self._total(written["lines"].splitlines() if self.is_purchase else [])
        except DesktermError as error:
            return "lines", str(error)
        return "", ""

    def action_send(self) -> None:
        """Submits; what can't be used is said, and the form stays as it is."""
        written: dict[str, Any] = self.written()
        field, why = self._wrong(written)
        if field:
            self.status_line.refuse(why)
            self.query_one(f"#{field}").focus()
            return
        if not self._sending:
            self._sending = True
            self._drafts.hold(NEW, self._worth_keeping())
            bought: dict[str, str] = {name: written.pop(name) for name in _BOUGHT if name in written}
            purchase = wanted(bought) if self.is_purchase else wanted({})
            self._gateway.tell(self, partial(_submit, written, purchase), self.dismiss, self._failed)

    def action_back(self) -> None:
        """Leaves; what was written is kept."""
        if not self._sending:
            self._drafts.put(NEW, self._worth_keeping())
            self.dismiss(None)

    def _failed(self, error: DesktermError) -> None:
        self._sending = False
        self.status_line.refuse(str(error))


def _submit(written: dict[str, Any], purchase: Wanted, desk: "Desk") -> "Done":
    from deskterm.core.services.intake import Submission  # noqa: PLC0415 - the core is loaded by the desk

    return desk.submit(Submission(**{**written, "source": Source(written["source"]), "purchase": purchase}))

"""The table of commands: bindings, status line, `?`, the palette and the docs' key table are all made from it."""

from typing import Final

from deskterm.actions.command import MACRO, Command, Field, Kind, Scope, Takes
from deskterm.actions.fields import BOARDS, COST_CENTRE, LINES, LOG, PERIODS, REASONS, TEXT, THEMES, VENDOR, WHY
from deskterm.core.domain.undo import ACTION
from deskterm.core.domain.words import Action
from deskterm.core.named_views import BUILT_IN

UNDOABLE: Final = frozenset(ACTION.values())
"""What can be taken back, as far as its clocks allow."""

_BOTH: Final = frozenset({Scope.LIST, Scope.TICKET})
_LIST: Final = frozenset({Scope.LIST})
_TICKET: Final = frozenset({Scope.TICKET})
_INBOX: Final = frozenset({Scope.INBOX})
_KPI: Final = frozenset({Scope.KPI})
_LISTS: Final = _LIST | _INBOX
_WORK: Final = _BOTH | _INBOX
_SCREENS: Final = _WORK | _KPI
_FORM: Final = frozenset({Scope.FORM})
_ANYWHERE: Final = frozenset({Scope.ANYWHERE})


def _act(id_: str, key: str, label: str, action: Action, help_: str, *asks: Field) -> Command:
    """Gives what is done to all that is marked, else to the ticket under the cursor."""
    return Command(id_, (key,), label, help_, _BOTH, Takes.MANY, action, asks, action in UNDOABLE)


def _one(id_: str, key: str, label: str, action: Action, help_: str, *asks: Field) -> Command:
    """Gives what is said or bought of one ticket only."""
    return Command(id_, (key,), label, help_, _BOTH, Takes.ONE, action, asks)


def _seen(id_: str, key: str, label: str, action: Action, help_: str, *asks: Field) -> Command:
    """Gives what is only done with the ticket open: what it changes or decides is before one's eyes."""
    return Command(id_, (key,), label, help_, _TICKET, Takes.ONE, action, asks)


COMMANDS: Final = (
    Command("open", ("enter", "o"), "open", "Open the ticket under the cursor.", _LISTS, Takes.ONE),
    _act("claim", "c", "claim", Action.CLAIM, "Take it: it is yours."),
    Command(
        "claim_next", ("C",), "claim next", "Take the most urgent one that nobody has and the filter lets in.",
        _LIST,
    ),
    _act(
        "assign", "a", "assign", Action.ASSIGN, "Give it to somebody of its department.",
        Field("person", "Who is to have it", Kind.PERSON),
    ),
    _act(
        "triage", "z", "triage", Action.ASSIGN, "Category, priority and assignee in one go; then the next line.",
        Field("category", "Category", Kind.CATEGORY, optional=True),
        Field("priority", "Priority", Kind.PRIORITY, optional=True),
        Field("person", "Who is to have it", Kind.PERSON, optional=True),
    ),
    _act("start", "b", "begin", Action.START, "Begin work on it; what nobody has becomes yours."),
    _act(
        "wait", "w", "wait", Action.WAIT, "Set it waiting; the profile says whether that pauses its clocks.",
        Field("reason", "What does it wait for", Kind.CHOICE, REASONS),
        Field("text", "What exactly", Kind.LINE, optional=True),
    ),
    _act("resume", "W", "resume", Action.RESUME, "Go on with it."),
    _one(
        "pivot", "P", "purchase", Action.PIVOT, "It needs a purchase: it waits, clocks paused, until that is decided.",
        LINES, Field("text", "Why (the requester reads it)", Kind.LINE), VENDOR, COST_CENTRE,
        Field("quotes", "Quote: where it is kept", Kind.LINE, optional=True),
    ),
    _seen(
        "ticket_approve", "Y", "approve", Action.APPROVE, "Yes: approve what waits for you; a does too then.",
        Field("text", "A remark", Kind.LINE, optional=True),
    ),
    _seen("ticket_refuse", "N", "refuse", Action.REFUSE, "No: refuse what waits for you; x does too then.", WHY),
    _seen(
        "ticket_ask", "I", "ask", Action.ASK, "Ask before you decide, with i too then; a reply brings it back.",
        Field("text", "What do you want to know", Kind.LINE),
    ),
    _seen(
        "amend", "V", "revise", Action.AMEND, "Change a purchase that waits: another round, what was decided is void.",
        LINES, Field("justification", "Why it is needed", Kind.AREA), VENDOR, COST_CENTRE,
        Field("quotes", "Quotes: where they are kept, a line each", Kind.AREA, optional=True),
        Field("text", "Why it was changed", Kind.LINE),
    ),
    _act("receive", "D", "received", Action.RECEIVE, "What it waited for was delivered."),
    _act(
        "resolve", "d", "done", Action.RESOLVE, "Call it solved: its requester confirms.",
        Field("cause", "Cause: what was wrong", Kind.LINE), Field("fix", "Fix: what was done about it", Kind.LINE),
    ),
    _act("reply", "r", "reply", Action.REPLY, "Write what the requester reads.", TEXT),
    Command("edit", ("e",), "edit", "Reply in your own editor; what it brings back is sent by F2.", _BOTH, Takes.ONE),
    _act(
        "note", "i", "note", Action.NOTE, "Write what only staff read.",
        Field("comment", "Kind", Kind.CHOICE, LOG), TEXT,
    ),
    _act(
        "confirm", "f", "confirm", Action.CONFIRM, "It is solved: close it. Staff say how the requester confirmed.",
        Field("text", "How did the requester confirm (your own: leave empty)", Kind.LINE, optional=True),
    ),
    _act("reject", "F", "not solved", Action.REJECT, "Your ticket is not solved: back to work.", WHY),
    _act("reopen", "R", "reopen", Action.REOPEN, "Take a resolved or closed ticket up again.", WHY),
    _one(
        "rate", "asterisk", "rate", Action.RATE, "Rate how your ticket was solved; once.",
        Field("stars", "Stars", Kind.CHOICE, tuple((str(n), "★" * n + "☆" * (5 - n)) for n in range(5, 0, -1))),
        Field("text", "In words", Kind.LINE, optional=True),
    ),
    _act("unassign", "U", "unassign", Action.UNASSIGN, "Put it back in the pool."),
    _act(
        "set_priority", "p", "priority", Action.SET_PRIORITY, "Give it another priority.",
        Field("priority", "Priority", Kind.PRIORITY),
    ),
    _act(
        "set_category", "t", "category", Action.SET_CATEGORY, "Give it another category of its department.",
        Field("category", "Category", Kind.CATEGORY),
    ),
    _act(
        "move", "M", "move", Action.MOVE, "Move it to another department's pool.",
        Field("category", "Category of the other department", Kind.CATEGORY),
        Field("text", "Why", Kind.LINE, optional=True),
    ),
    _act("escalate", "E", "escalate", Action.ESCALATE, "Put it into the next tier's pool, or ask the lead to.", WHY),
    _act("keep", "K", "keep tier", Action.KEEP, "Refuse to escalate it, when somebody asked.", WHY),
    _act("cancel", "x", "cancel", Action.CANCEL, "Close it without work.", WHY),
    _one(
        "withdraw", "X", "withdraw", Action.WITHDRAW, "Take back a purchase that waits for approval.",
        Field("text", "Why", Kind.LINE, optional=True),
    ),
    Command("explain", ("s",), "explain", "Where every second of its clocks went; again goes back.", _BOTH, Takes.ONE),
    Command("tickets", ("enter",), "tickets", "The tickets behind the figure under the cursor, in a list.", _KPI),
    Command("missed", ("m",), "missed", "The tickets that fell short in the figure under the cursor.", _KPI),
    Command(
        "explain_figure", ("s",), "explain", "Where it comes from: its formula, what counts, what is left out.", _KPI
    ),
    Command(
        "stands_out", ("w",), "stands out", "What is unusual, repeated faults, what will run late, bottlenecks.", _KPI
    ),
    Command(
        "period", ("p",), "period", "Another period: last-month, 2026-Q3, 2026-09-14..2026-10-02.", _KPI,
        asks=(Field("span", "Which period", Kind.SUGGESTED, PERIODS),),
    ),
    Command("period_before", ("left_square_bracket",), "before", "The period before this one.", _KPI),
    Command("period_after", ("right_square_bracket",), "after", "The period after this one.", _KPI),
    Command("compare", ("c",), "compare", "Compare with the period before, or with a year ago.", _KPI),
    Command(
        "narrow", ("slash",), "narrow", "The board of one department, person, priority or category: dept:it prio:high.",
        _KPI, asks=(Field("of", "Of what", Kind.SUGGESTED),),
    ),
    Command("narrow_here", ("o",), "board of it", "The board of the line under the cursor; Esc goes back.", _KPI),
    Command("by", ("b",), "by", "Break the table down by department, person, priority, category or month.", _KPI),
    Command("charts", ("v",), "charts", "Charts in place of the figures, or the figures again.", _KPI),
    *(Command(f"board_{name}", (key,), name, help_, _KPI) for key, name, help_ in BOARDS),
    Command("board_next", ("tab",), "next board", "The board to the right.", _KPI),
    Command("board_previous", ("shift+tab",), "previous board", "The board to the left.", _KPI),
    Command("cell_right", ("l", "right"), "right", "The figure to the right.", _KPI),
    Command("cell_left", ("h", "left"), "left", "The figure to the left.", _KPI),
    Command("new", ("n",), "new", "Submit a request, also for somebody else.", _SCREENS),
    Command(
        "filter", ("slash",), "filter", "Narrow the list: status:waiting prio:<=2 @me words.", _LIST,
        asks=(Field("wanted", "what the list is narrowed to", Kind.FILTER, optional=True),),
    ),
    Command(
        "palette", ("colon", "ctrl+p"), "palette", "Type a command, a view or a ticket: assign ife, HD-42; tab helps.",
        _SCREENS,
    ),
    Command(
        MACRO, ("m",), "macro", "Do what a macro says, in one act: its text, fields and status, seen before.", _BOTH,
        Takes.MANY, asks=(Field("macro", "Which macro", Kind.MACRO),), undoable=True,
    ),
    Command(
        "copy", ("y",), "copy", "Copy the reference, with its title on a ticket, to the terminal's clipboard.", _BOTH,
        Takes.MANY,
    ),
    Command("reload", ("full_stop",), "reload", "Read the list or ticket anew.", _SCREENS),
    *(Command(f"view_{view.key}", (view.key,), f"view {view.key}", view.help, _LIST) for view in BUILT_IN),
    Command("view_next", ("l", "right"), "next view", "The view to the right.", _LIST),
    Command("view_previous", ("h", "left"), "previous view", "The view to the left.", _LIST),
    Command("sort", ("S",), "sort", "Sort the list in the next of its orders; a column's head says which.", _LIST),
    Command(
        "save_view", ("V",), "save view", "Save what is shown as a view: the list, its filter, its order.", _LIST,
        asks=(Field("name", "Name of the view", Kind.LINE), Field("whom", "For whom", Kind.CHOICE, optional=True)),
    ),
    Command(
        "drop_view", ("Z",), "drop view", "Drop the saved view that is open; its tickets are not touched.", _LIST,
        asks=(Field("sure", "Drop it", Kind.CHOICE, (("no", "no, it stays"), ("yes", "yes, drop it"))),),
    ),
    Command(
        "export", ("O",), "export", "Write what this list shows into a file; again: stop that.", _LIST,
        asks=(Field("file", "Into which file: .csv .xlsx .jsonl .json .parquet", Kind.LINE),),
    ),
    Command("down", ("j", "down"), "down", "One down.", _SCREENS),
    Command("up", ("k", "up"), "up", "One up.", _SCREENS),
    Command("page_down", ("ctrl+d", "pagedown"), "page down", "A page down.", _SCREENS),
    Command("page_up", ("ctrl+u", "pageup"), "page up", "A page up.", _SCREENS),
    Command("top", ("g", "home"), "top", "The first line.", _SCREENS),
    Command("bottom", ("G", "end"), "bottom", "The last line.", _SCREENS),
    Command(
        "kpi", ("percent_sign",), "kpi", "Figures: goals, trends, charts, and the tickets behind each of them.", _WORK,
        is_for_staff=True,
    ),
    Command("notices", ("B",), "notices", "What you should know of: new work, answers, resolutions.", _SCREENS),
    Command("approvals", ("A",), "approvals", "What waits for your decision, and what was decided.", _BOTH),
    Command(
        "approve", ("a",), "approve", "Approve the purchase under the cursor, or all that are marked.", _INBOX,
        Takes.MANY,
    ),
    Command(
        "refuse", ("x",), "reject", "Reject the purchase, or all that are marked; it needs a reason.", _INBOX,
        Takes.MANY, asks=(WHY,),
    ),
    Command(
        "ask", ("i",), "ask", "Ask for information; it comes back to you with the answer.", _INBOX,
        Takes.MANY, asks=(Field("text", "What do you want to know", Kind.LINE),),
    ),
    Command("mark", ("space",), "mark", "Mark it, or unmark it: the next key is for all that are marked.", _LISTS),
    Command("mark_range", ("v",), "mark to here", "Mark from the last mark to here.", _LIST),
    Command("mark_loaded", ("plus",), "mark all", "Mark all that was read of this list, or nothing.", _LIST),
    Command("mark_invert", ("tilde",), "invert", "Mark what isn't, and unmark what is.", _LIST),
    Command(
        "repeat", ("comma",), "repeat", "Do the last action again, to this or what is marked, and go on to the next.",
        _BOTH, Takes.MANY,
    ),
    Command("mark_all", ("asterisk",), "all", "Mark everything in this list, or none.", _INBOX),
    Command("yes", ("y",), "yes", "Send what the line at the bottom asks about.", _INBOX),
    Command("undo", ("u",), "undo", "Take back what you did last, while nobody touched it since.", _WORK),
    Command("redo", ("ctrl+r",), "redo", "Do again what you took back.", _BOTH),
    Command("tab_1", ("1",), "waiting", "What waits for your decision, what is due first on top.", _INBOX),
    Command("tab_2", ("2",), "decided", "What you decided, the latest first.", _INBOX),
    Command("tab_3", ("3",), "delegated", "What you decide for others, and what others may decide for you.", _INBOX),
    Command("tab_4", ("4",), "all purchases", "Every purchase; for executives and admins.", _INBOX),
    Command("tab_next", ("l", "right"), "next tab", "The tab to the right.", _INBOX),
    Command("tab_previous", ("h", "left"), "previous tab", "The tab to the left.", _INBOX),
    Command("canned", ("f3",), "canned", "Put a canned reply into the text; its variables have their values.", _FORM),
    Command("editor", ("f4",), "editor", "Go on with the text in your own editor: $VISUAL or $EDITOR.", _FORM),
    Command("attach", ("f5",), "attach", "Attach a file by its path to a reply or a note; again: take it off.", _FORM),
    Command("send", ("f2", "ctrl+j"), "send", "Send what you wrote.", _FORM),
    Command("back", ("escape",), "back", "One level back; what you wrote is kept.", _ANYWHERE),
    Command("persona", ("at",), "persona", "In the demo: go on as somebody else.", _SCREENS),
    Command(
        "theme", ("T",), "theme", "The next theme: dark, light, contrast, the terminal's own.", _SCREENS,
        asks=(Field("name", "Which", Kind.CHOICE, THEMES, optional=True),),
    ),
    Command("suspend", ("ctrl+z",), "suspend", "Back to the shell; fg comes back. In a text it undoes.", _SCREENS),
    Command("help", ("question_mark", "f1"), "help", "These keys.", _SCREENS),
    Command("quit", ("q",), "quit", "Quit; what you wrote is kept, and asked about only when it can't be.", _SCREENS),
)  # fmt: skip
"""Every command, most used first."""

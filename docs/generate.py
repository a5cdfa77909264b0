"""Writes what is made from the code: keys, lifecycle, commands, settings, filters, KPIs, columns, the first page's SQL.

Tests compare them.

Run `python docs/generate.py` after changing any of these.
"""

from collections.abc import Callable
from pathlib import Path
from textwrap import wrap
from typing import Any, Final

from typer.main import get_command

from deskterm.actions.command import Scope, Takes
from deskterm.actions.registry import SHIPPED
from deskterm.actions.table import COMMANDS
from deskterm.cli.commands import app
from deskterm.cli.exits import BUG, CODES, WRONG_USE
from deskterm.core.domain.access import Relation
from deskterm.core.domain.decide import NEEDS
from deskterm.core.domain.drills import DIMENSIONS
from deskterm.core.domain.export_columns import COLUMNS, FIGURES, OF_CLOCK, Dataset
from deskterm.core.domain.filter_keys import FLAGS, KEYS
from deskterm.core.domain.kpi import Better
from deskterm.core.domain.kpi_measures import SAID
from deskterm.core.domain.kpi_quality import QUALITY
from deskterm.core.domain.kpi_table import FAMILIES
from deskterm.core.domain.kpi_times import TIMES
from deskterm.core.domain.kpi_volumes import VOLUMES
from deskterm.core.domain.lifecycle import RULES
from deskterm.core.domain.periods import HOW
from deskterm.core.domain.words import Action, Status
from deskterm.core.store import compiled
from deskterm.settings import CONFIG

DOCS: Final = Path(__file__).parent
_MOST_USED: Final = (
    "open", "claim", "claim_next", "assign", "wait", "resolve", "reply", "note", "filter", "undo", "palette", "help",
)  # fmt: skip
_KEYS_BEGIN: Final = "<!-- keys -->\n\n"
_KEYS_END: Final = "\n<!-- /keys -->\n"
STATEMENTS: Final = DOCS.parent / "src" / "deskterm" / "core" / "store" / "first_page.json"
_PLACES: Final = {
    Scope.LIST: "list",
    Scope.TICKET: "ticket",
    Scope.INBOX: "inbox",
    Scope.KPI: "kpi",
    Scope.FORM: "form",
    Scope.ANYWHERE: "anywhere",
}
_FOR: Final = {Takes.NONE: "", Takes.ONE: "one", Takes.MANY: "marked"}


def keys() -> str:
    """Gives the key table."""
    lines = ["# Keys", "", "Made from the registry of actions; `?` shows the same on every screen.", ""]
    lines += ["| key | id | does | where | for | |", "|---|---|---|---|---|---|"]
    for command in COMMANDS:
        places = ", ".join(_PLACES[scope] for scope in Scope if scope in command.scopes)
        how_many = _FOR[command.takes]
        undoes = f" `{SHIPPED['undo'].key}` takes it back." if command.undoable else ""
        named = f"| `{command.shown_keys}` | `{command.id}` | {command.label}"
        lines.append(f"{named} | {places} | {how_many} | {command.help}{undoes} |")
    return "\n".join(lines) + "\n"


def most_used() -> str:
    """Gives the README's table of the keys that one needs first."""
    lines = ["| key | |", "|---|---|"]
    lines += [f"| `{SHIPPED[id_].shown_keys}` | {SHIPPED[id_].help} |" for id_ in _MOST_USED]
    return "\n".join(lines) + "\n"


def with_keys(readme: str) -> str:
    """Gives the README with the table of keys as it is now."""
    before, begins, rest = readme.partition(_KEYS_BEGIN)
    _, ends, after = rest.partition(_KEYS_END)
    return f"{before}{begins}{most_used()}{ends}{after}"


def lifecycle() -> str:
    """Gives the transition table."""
    lines = ["# Lifecycle", "", "Every (status, action) that is allowed; whatever is not here is refused.", ""]
    lines += ["| from | action | to | by | needs |", "|---|---|---|---|---|"]
    for status in Status:
        for action in Action:
            rule = RULES.get((status, action))
            if rule is None:
                continue
            to = rule.to or "stays"
            to += f" (nobody has it: {rule.unowned})" if rule.unowned else ""
            by = ", ".join(relation for relation in Relation if relation in rule.by)
            lines.append(f"| {status} | {action} | {to} | {by} | {', '.join(NEEDS.get(action, ()))} |")
    lines += ["", "*owner* is the assignee, or any of the department's staff while nobody has the ticket;"]
    lines += ["*approver* is whoever the open stage of the approval chain waits for, or stands in for them by a"]
    lines += ["delegation, and neither asked for the purchase nor signed in this round before;"]
    lines += ["*system* is the program itself: the approval chain and the worker. An escalation is refused by the"]
    lines += ["lead, where the profile wants their word for it."]
    return "\n".join(lines) + "\n"


def commands() -> str:
    """Gives every command with its options."""
    lines = ["# Commands", "", "stdout is data, stderr the rest; `--json` on every command that prints data.", ""]
    root: Any = get_command(app)
    _describe(root, "deskterm", lines)
    lines += ["## Exit codes", "", "| code | means |", "|---|---|", "| 0 | done |"]
    meaning = {kind: (kind.__doc__ or "").split(":")[0].split(";")[0].rstrip(".").lower() for kind in CODES}
    codes = {BUG: "a bug", WRONG_USE: "wrong use", **{code: meaning[kind] for kind, code in CODES.items()}}
    lines += [f"| {code} | {codes[code]} |" for code in sorted(codes)]
    return "\n".join([*lines, "| 130 | interrupted |"]) + "\n"


def _describe(command: Any, name: str, lines: list[str]) -> None:
    arguments = [str(p.metavar or p.name.upper()) for p in command.params if p.param_type_name == "argument"]
    lines += [f"## `{' '.join([name, *arguments])}`", "", (command.help or "").strip(), ""]
    for parameter in command.params:
        if parameter.param_type_name == "option" and parameter.name != "help":
            spelled = ", ".join([*parameter.opts, *parameter.secondary_opts])
            lines.append(f"- `{spelled}`: {parameter.help}")
    if lines[-1]:
        lines.append("")
    for child in getattr(command, "commands", {}).values():
        _describe(child, f"{name} {child.name}", lines)


_EMPTY = {"database": "a file in the user's data directory", "theme": "'dark', over SSH 'ansi'"}
"""What a setting is that nobody set, where its default is worked out."""


def settings() -> str:
    """Gives the settings table."""
    lines = ["# Settings", "", "`config.toml` in the user's config directory, or the file that `--config` or"]
    lines += ["`DESKTERM_CONFIG` names. A variable beats the file, a flag beats both; a wrong key is an error.", ""]
    lines += ["| key | variable | default | |", "|---|---|---|---|"]
    for option in CONFIG:
        empty = _EMPTY.get(option.name, "none")
        shown = repr(option.default) if option.default not in ("", {}, []) else empty
        lines.append(f"| `{option.name}` | `{option.variable}` | {shown} | {option.help} |")
    return "\n".join(lines) + "\n"


def filters() -> str:
    """Gives what a filter can ask for."""
    lines = [_ABOUT_FILTERS, "| key | asks for | written |", "|---|---|---|"]
    for key in KEYS.values():
        written = " ".join(f"`{example}`" for example in key.examples)
        words = f": {', '.join(key.words)}" if key.words and key.words is not FLAGS else ""
        lines.append(f"| `{key.name}:` | {key.help}{words} | {written} |")
    lines += ["", "## What is the matter with it", "", "| word | fits when |", "|---|---|"]
    lines += [f"| `is:{flag}` | {means} |" for flag, means in FLAGS.items()]
    return "\n".join([*lines, "", _ABOUT_DATES, _ABOUT_DRILLS])


_ABOUT_FILTERS: Final = """\
# Filters

One language for the line that `/` opens and for `deskterm list`. Everything in a filter must hold:

    status:open prio:<=2 dept:it @me due:<4h "exact words" -is:paused

In a shell a filter is one argument in quotes, and one that begins with `-` comes after `--`:

    deskterm list 'status:open prio:<=2'
    deskterm list -- '-is:paused @me'

A word alone is found in the title, the description, the replies, the internal comments that you may read, the names
of requester and category, and as the id. It is found from its beginning: `print` finds `printer`, `inter` doesn't.
Upper and lower case and accents are alike; what is neither letter nor digit parts words and is not looked for. Words
in double quotes, or joined by a sign as in `wi-fi`, stand together in their order, the last one perhaps going on; `""`
in quotes is a quote. In Chinese, Japanese, Thai and other scripts without spaces each sign is a word. `-` before a word
or key means that it must not hold, `,` between values that one of them must. What has an order is compared with
`<`, `<=`, `>` and `>=`, or lies from one value through another: `prio:1..2`, `created:2026-01..2026-03`. Priorities and
tiers are numbers or the profile's own words, the names of people are logins or any part of a name. What is closed is in
no list of open work, but who asks for `status:closed`, `is:closed`, an `outcome:` or a `closed:` date gets the closed.
"""

_ABOUT_DATES: Final = """\
## Dates

A day `2026-03-01`, a month `2026-03` or a year `2026`; `today`, `yesterday`, `tomorrow` or a weekday; a day by its
month's name, `1mar` or `"March 1, 2026"`; `now`, or an amount of time from now: `-30m`, `-4h`, `-7d`, `-2w`, ahead
without a sign. Days begin at midnight in the desk's own zone, that of its profile's default calendar; `d` is 24 hours,
`w` seven times that.

`:` alone means inside the day, month or year. An amount of time wants `<` or `>`: `created:>-7d` is the last seven
days, `due:<4h` what is due in the next four hours or late. A weekday, or a day without a year, is the latest one; for
`due:` it is the next. What has not happened, or is not due, fits no date. A day that can be read in two ways, such as
`03/04/2026`, is refused.
"""

_ABOUT_DRILLS: Final = f"""\
## The tickets behind a figure

`kpi:` lists the tickets that a figure counts, open and closed alike, the newest first. It is written as the figure's
name and its period, and what narrows it: `kpi:sla.missed@2026-09/dept:it/person:bisi`. `.met` and `.missed` are those
that reached what was wanted and those that fell short. Screens and `deskterm kpi` write it for every figure they show.

A period is {HOW}.
What runs ends today.

A figure is narrowed by {", ".join(f"`{key}:`" for key in DIMENSIONS)}, each with one value as in a filter,
in quotes where that has a blank or a `/`; `person:` is whose figure it is.
"""


def kpis() -> str:
    """Gives every KPI: its formula, what is left out, what it is held against, and the requirement that it answers."""
    lines = [_ABOUT_KPIS]
    for title, some in (("How well", QUALITY), ("How long", TIMES), ("How much", VOLUMES), ("Families", FAMILIES)):
        lines += [f"### {title}", ""]
        for one in some:
            wanted = {Better.MORE: "more is better", Better.LESS: "less is better"}.get(one.better, "")
            goal = f"goal `{one.goal}`" if one.goal else ""
            about = (f"`{one.name}`", f"unit {one.unit}", wanted, goal, ", ".join(one.answers))
            out = one.excludes.rstrip(".")
            made_of = ", ".join(f"`{kind}`" for kind in (*one.measures, *one.parts))
            said = f"**{one.label}** ({'; '.join(filter(None, about))}). {one.formula}"
            lines += [*wrap(f"{said} Left out: {out[0].lower()}{out[1:]}. From {made_of}.", 120), ""]
    lines += ["## Measures", "", _ABOUT_MEASURES]
    lines += ["| measure | comes to be known when | value | whose |", "|---|---|---|---|"]
    lines += [f"| `{kind}` | {said.when} | {said.value} | {said.whose} |" for kind, said in SAID.items()]
    return "\n".join(lines) + "\n"


_ABOUT_KPIS: Final = """\
# KPIs

Every figure is reckoned from measures, and every measure from the facts of one ticket; `deskterm kpi explain NAME`
shows the tickets that a figure counts, those that it leaves out and why. The rules that hold for all of them:

- **An event counts in the period in which it became known**, with the department, category, priority and tier that the
  ticket had just before it, and for the person whose it was then. Later changes move nothing.
- **A figure is the same whenever it is asked for.** What is taken back (an undone resolution) doesn't count in a period
  that had not ended by then; it still counts in one that had.
- Periods are whole days in the zone of the desk's default calendar. One that runs counts until now; what stands open
  is as of its end, or now.
- Business time is that of the ticket's own calendar, in whole seconds rounded down: its department's, or the one that
  its profile gives its priority. A ticket is measured under the profile that it came under.
- Means are shown with median and 90th percentile: the median is the middle value, or the mean of the two; the 90th
  percentile is the nearest rank, the value at place 0.9 n rounded up. Shares are of n, and no share
  is rounded up to 100 %.
- n is how many events a figure is reckoned from; a ticket can have several. Nothing is said of n = 0.
- Goals are those of the profile in force at the period's end, or now; so are the names of clocks, tiers and stages.
- The trend has the last eight periods like this one; one that runs is compared with as many days of each.

Executives and admins see all figures, leads those of the departments that they lead and of their people there, agents
their own. Drills (`kpi:sla.missed@2026-09`) list the tickets behind a figure; `.missed` are those that fell short: what
was not met, of rates that are better low what they count, of ratings 1 and 2 stars. `.met` are the others.

## Figures
"""

_ABOUT_MEASURES: Final = """\
Open time is business time of the calendar of the ticket's main clock, whether that runs or not; "what the main clock
ran" leaves its pauses out. What is undone is measured as if it had never been, from then on.
"""

_COLUMNS_BEGIN: Final = "<!-- columns -->\n"
_COLUMNS_END: Final = "<!-- /columns -->\n"


def exports() -> str:
    """Gives the page of exports with the columns as they are now."""
    before, begins, rest = (DOCS / "exports.md").read_text(encoding="utf-8").partition(_COLUMNS_BEGIN)
    _, ends, after = rest.partition(_COLUMNS_END)
    lines: list[str] = []
    for dataset, columns in (*COLUMNS.items(), ("kpi", FIGURES)):
        lines += [f"### {dataset}", "", "| column | kind | |", "|---|---|---|"]
        lines += [f"| `{column.name}` | {column.kind} | {column.about} |" for column in columns]
        if dataset is Dataset.TICKETS:
            lines += [f"| `CLOCK_{column.name}` | {column.kind} | {column.about} |" for column in OF_CLOCK]
            lines += ["", "*CLOCK* is each clock of the profile, as `response_used`."]
        lines.append("")
    return "\n".join([f"{before}{begins}", *lines, f"{ends}{after}"])


PAGES: Final[dict[str, Callable[[], str]]] = {
    "keys.md": keys,
    "lifecycle.md": lifecycle,
    "commands.md": commands,
    "settings.md": settings,
    "filters.md": filters,
    "kpi.md": kpis,
    "exports.md": exports,
}

if __name__ == "__main__":
    for page, make in PAGES.items():
        (DOCS / page).write_text(make(), encoding="utf-8")
    readme = DOCS.parent / "README.md"
    readme.write_text(with_keys(readme.read_text(encoding="utf-8")), encoding="utf-8")
    STATEMENTS.write_text(compiled.text(), encoding="utf-8")

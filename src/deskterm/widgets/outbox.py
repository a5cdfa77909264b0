"""Sending decisions when their time has come, and telling what became of them."""

from collections import deque
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from deskterm.core.domain.errors import DesktermError, StoreUnavailable
from deskterm.gateway import Gateway
from deskterm.widgets.bulk import told, why
from deskterm.widgets.holding import Holding
from deskterm.widgets.pending import Decision

if TYPE_CHECKING:
    from textual.app import App

    from deskterm.core.desk import Desk


class Result(NamedTuple):
    """What became of a decision: the version that each ticket has now, and why some were refused."""

    decision: Decision
    done: dict[int, int]
    refused: dict[int, str]

    @property
    def sentence(self) -> str:
        """It in a sentence: `HD-000042 approved`, `18 approved, 2 refused: why`."""
        decision = self.decision
        if not self.refused:
            return f"{decision.named} {decision.did}"
        why = told(list(self.refused.values()), ": see their lines")
        if len(decision.rows) == 1:
            return f"not {decision.did}: {why}"
        return f"{len(self.done)} {decision.did}, {len(self.refused)} refused: {why}"


Answered = Callable[[Result], object]


class _Way(NamedTuple):
    gateway: Gateway
    decision: Decision
    answered: Answered


class Outbox(Holding[Decision]):
    """The app's decisions on their way: held for some seconds, then sent and answered one after the other.

    So a key that has to be touched signs them in the order they were made. What screen is up doesn't matter.
    """

    def __init__(self, app: "App[Any]", seconds: float, settled: Callable[[int], object]) -> None:
        """Sends through workers of `app`; `settled` is called, with how many were refused, when all are answered."""
        super().__init__(app, seconds)
        self._settled = settled
        self._underway: deque[_Way] = deque()
        self._refused = 0

    @property
    def ids(self) -> set[int]:
        """The tickets that were decided and of which nothing was heard yet."""
        return self.pending.ids.union(*(way.decision.ids for way in self._underway))

    def decide(self, gateway: Gateway, decision: Decision, answered: Answered) -> None:
        """Holds a decision, to be sent through `gateway` when its time has come."""
        self.hold(decision, partial(self._send, _Way(gateway, decision, answered)))

    def _send(self, way: _Way) -> None:
        self._underway.append(way)
        if len(self._underway) == 1:
            self._go_on()

    def _go_on(self) -> None:
        gateway, decision, answered = self._underway[0]
        finish = partial(self._answered, answered)
        gateway.tell(self._app.screen, partial(_sent, decision), finish, partial(_lost, decision, finish))

    def _answered(self, answered: Answered, result: Result) -> None:
        self._underway.popleft()
        self._refused += len(result.refused)
        answered(result)
        if self._underway:
            self._go_on()
        else:
            refused, self._refused = self._refused, 0
            self._settled(refused)


def _sent(decision: Decision, desk: "Desk") -> Result:
    """Decides each ticket by itself, bound to what was seen; once the desk is out of reach the rest isn't tried."""
    done: dict[int, int] = {}
    refused: dict[int, str] = {}
    for place, row in enumerate(decision.rows):
        try:
            done[row.id] = desk.act(row.id, decision.action, expected=row.version, text=decision.text).version
        except StoreUnavailable as error:
            refused |= {late.id: why(late.id, error) for late in decision.rows[place:]}
            break
        except DesktermError as error:
            refused[row.id] = why(row.id, error)
    return Result(decision, done, refused)


def _lost(decision: Decision, finish: Answered, error: DesktermError) -> None:
    finish(Result(decision, {}, {row.id: why(row.id, error) for row in decision.rows}))

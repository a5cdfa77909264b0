"""What is usual among somebody's colleagues: the median of a department's people, so that nobody else is shown."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from math import isnan
from statistics import median

from deskterm.core.kpi_views import LEAST_PEERS, Asked, Peer
from deskterm.core.services import gathering
from deskterm.core.services.context import Context
from deskterm.core.services.kpi_ground import ground
from deskterm.core.services.kpi_sight import Sight
from deskterm.core.services.reckoning import Dimension, Progress


def peers(
    context: Context, names: Collection[str], asked: Asked, progress: Progress = lambda _done, _of: None
) -> Mapping[str, Peer]:
    """Gives the medians of a person's department, of those figures that at least `LEAST_PEERS` of its people have.

    It is for whoever may see the person's own figures; of somebody in no department there is none.

    Raises:
        InvalidInput, NotAllowed: as `boards.board`.
    """
    gathering.ready(context, progress)
    with context.store.read() as connection:
        found = ground(context, connection, asked)
        person = found.sight.person
        led = found.sight.departments
        if person is None or person.department_id is None or (led is not None and person.department_id not in led):
            return {}
        everybody = replace(found, sight=Sight(departments=frozenset({person.department_id})))
        wanted = [found.known[name] for name in names if name in found.known]
        reckoner = everybody.reckoner(wanted, (found.this,), {Dimension.PERSON}, progress=progress)
        groups = reckoner.groups(Dimension.PERSON, (found.this,), wanted)
        made = {}
        for one in wanted:
            cells = reckoner.cells(one, (found.this,), groups)
            pairs = zip(groups.keys.tolist(), cells.value.tolist(), strict=True)
            theirs = [said for number, said in pairs if number and not isnan(said)]
            if len(theirs) >= LEAST_PEERS:
                made[one.name] = Peer(median(theirs), len(theirs))
        return made

"""Loading a district: what a file asks of the hub is written by the district itself, in one settlement."""

from collections import Counter
from typing import Any, Final

from schema.values import Author, Role
from server.district import District
from server.district_changes import Author as Writer
from server.district_changes import Current, Plan, plan
from server.store import Hub
from server.system import Clock, Ids
from sync.kinds.kind import Office

DISTRICT: Final = Author(role=Role.ADMIN, id="district", office=Office.DISTRICT)
"""Who works at the command line: whoever may open the database is the district's own."""


def planned(clock: Clock, ids: Ids, district: District, have: Current, *, overwrite: bool = False) -> Plan:
    """What a district file asks of a hub that has these things already."""
    writer = Writer(now=clock.now(), new_id=ids.uuid7, new_salt=ids.secret)
    return plan(district, have, writer, overwrite=overwrite)


async def load(hub: Hub, asked: Plan) -> dict[str, Any]:
    """Write it, in one settlement of its own; what was written and what became of it."""
    submitted = await hub.submit(DISTRICT, asked.changes, "IMPORT") if asked.changes else []
    told = Counter("QUEUED" if one.outcome is None else str(one.outcome.code) for one in submitted)
    return summary(asked, told)


def summary(asked: Plan, told: Counter[str]) -> dict[str, Any]:
    """How many changes of each kind, how many values were left as people changed them, and the outcomes."""
    kinds = Counter(raw["kind"] for raw in asked.changes)
    return {"changes": dict(kinds), "kept": asked.kept, "outcomes": dict(sorted(told.items()))}

"""Letting go of contacts that never stood in any ticket: in changes that were refused, and in what is set apart.

What stands in a ticket the night erases (sync/retention.py). The rest is kept as long as the
community that keeps longest, from its arrival on, and looked through once.
"""

from typing import Any, Final

import msgspec
from sqlalchemy import Connection, bindparam, select, update

from schema.tables.change import CHANGE
from schema.tables.community import COMMUNITY
from schema.tables.quarantine import QUARANTINE
from server import meta
from server.database import encode_json
from server.gather import newest_outcomes
from server.scrub import CONTACT, scrub
from sync.kinds.district import Policies
from sync.retention import kept_ms
from sync.state import Result
from sync.work import DAY_MS

PORTION: Final = 2_000
GIVERS: Final = ("ticket.open", "ticket.edit")
"""The kinds of change that may give a contact."""

REFUSED: Final = frozenset({Result.REJECTED, Result.QUARANTINED})
PRIVATE: Final = frozenset(
    {"private", "contact", "detail", "words", "text", "phone", "telephone", "doorstep", "summary", "place"}
)
"""Keys under which what cannot be read may hold somebody's data, wherever they stand in it."""


def sweep(connection: Connection, now: int) -> list[str]:
    """Erase what has been kept for long enough; gives the entities of the changes that lost something."""
    over = now - longest_ms(connection)
    _set_apart(connection, over)
    return _refused(connection, over)


def longest_ms(connection: Connection) -> int:
    """For how long the community that keeps contacts longest keeps them."""
    rows = connection.execute(select(COMMUNITY.table)).mappings()
    return max((kept_ms(COMMUNITY.thing(row)) for row in rows), default=Policies().contact_days * DAY_MS)


def _refused(connection: Connection, over: int) -> list[str]:
    position = meta.number(connection, meta.SWEPT)
    entities: set[str] = set()
    while True:
        lines = select(CHANGE.c.position, CHANGE.c.id, CHANGE.c.entity, CHANGE.c.kind).order_by(
            CHANGE.c.position
        )
        settled = CHANGE.c.settlement.is_not(None) & (CHANGE.c.arrival <= over)
        rows = connection.execute(lines.where(CHANGE.c.position > position, settled).limit(PORTION)).all()
        if not rows:
            break
        givers = {row.id: row.entity for row in rows if row.kind in GIVERS}
        told = newest_outcomes(connection, list(givers))
        refused = [id for id in givers if id in told and told[id].outcome in REFUSED]
        if scrub(connection, {id: {CONTACT} for id in refused}):
            entities.update(givers[id] for id in refused)
        position = rows[-1].position
        meta.store(connection, {meta.SWEPT: position})
    return sorted(entities)


def _set_apart(connection: Connection, over: int) -> None:
    """What is kept because it could not be read loses whatever it has under a private name."""
    mark = meta.number(connection, meta.SWEPT_APART)
    table = QUARANTINE.c
    old = select(QUARANTINE).where(table.arrival > mark, table.arrival <= over, table.keep_until.is_(None))
    rows = connection.execute(old).mappings().all()
    for row in rows:
        mine = (table.device == bindparam("of")) & (table.seq == bindparam("number"))
        connection.execute(
            update(QUARANTINE).where(mine).values(raw=bindparam("left")),
            {"of": row["device"], "number": row["seq"], "left": without_private(row["raw"])},
        )
    if rows:
        meta.store(connection, {meta.SWEPT_APART: max(row["arrival"] for row in rows)})


def without_private(raw: str) -> str:
    """What could not be read, without anything under a private name; nothing of what is no JSON object."""
    try:
        read = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return ""
    return encode_json(_stripped(read)) if isinstance(read, dict) else ""


def _stripped(value: Any) -> Any:
    if isinstance(value, list):
        return [_stripped(one) for one in value]
    if isinstance(value, dict):
        return {key: _stripped(one) for key, one in value.items() if key not in PRIVATE}
    return value

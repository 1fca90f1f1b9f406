"""What a tablet is told about its changes: how far they were received and settled, and which were set apart."""

from typing import Final

from sqlalchemy import Connection, bindparam, func, literal_column, select

from schema.tables.change import CHANGE
from schema.tables.durable import DURABLE
from schema.tables.outcome import OUTCOME
from schema.tables.quarantine import QUARANTINE
from schema.tables.tablet import TABLET
from server import meta
from sync.shapes import format_time
from sync.wire import Quarantined, Receipt

# Said after every upload: built once.
_RECEIVED: Final = select(TABLET.c.received_through).where(TABLET.c.device == bindparam("of"))
_WAITS: Final = select(func.min(CHANGE.c.seq)).where(
    CHANGE.c.device == bindparam("of"), CHANGE.c.settlement.is_(None)
)
_DURABLE: Final = select(DURABLE.c.through).where(DURABLE.c.device == bindparam("of"))
_UNREAD: Final = select(QUARANTINE.c.seq, QUARANTINE.c.id, QUARANTINE.c.code).where(
    QUARANTINE.c.device == bindparam("of"), QUARANTINE.c.seq >= bindparam("oldest")
)
_REFUSED: Final = select(OUTCOME.table.c.seq, OUTCOME.table.c.change, OUTCOME.table.c.code).where(
    OUTCOME.table.c.device == bindparam("of"),
    OUTCOME.table.c.seq >= bindparam("oldest"),
    # Written out, so that the index over the few quarantined ones is used.
    OUTCOME.table.c.outcome == literal_column("'QUARANTINED'"),
)


def receipt(
    connection: Connection, device: str, oldest: int, settles_at: int, *, backed_up: bool = False
) -> Receipt:
    """The receipt of a tablet that still has its changes from `oldest` on.

    With `backed_up` durable means inside a verified backup; where none are scheduled, settled.
    """
    through = connection.execute(_RECEIVED, {"of": device}).scalar_one()
    waits = connection.execute(_WAITS, {"of": device}).scalar_one()
    settled = through if waits is None else waits - 1
    return Receipt(
        received_through=through,
        settled_through=settled,
        durable_through=_durable(connection, device) if backed_up else settled,
        quarantined=tuple(_apart(connection, device, oldest)),
        settles_at=format_time(settles_at),
        epoch=meta.number(connection, meta.EPOCH),
    )


def _durable(connection: Connection, device: str) -> int:
    return connection.execute(_DURABLE, {"of": device}).scalar_one_or_none() or 0


def _apart(connection: Connection, device: str, oldest: int) -> list[Quarantined]:
    """What was set apart of the changes that the tablet still has: unread, or not its to do."""
    mine = {"of": device, "oldest": oldest}
    unread = connection.execute(_UNREAD, mine)
    found = {row.seq: Quarantined(row.seq, row.id, row.code) for row in unread}
    for row in connection.execute(_REFUSED, mine):
        found[row.seq] = Quarantined(row.seq, row.change, row.code)
    return [found[seq] for seq in sorted(found)]

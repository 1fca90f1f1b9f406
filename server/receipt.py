"""What a tablet is told about its changes: how far they were received and settled, and which were set apart."""

from sqlalchemy import Connection, func, literal_column, select

from schema.tables.change import CHANGE
from schema.tables.durable import DURABLE
from schema.tables.outcome import OUTCOME
from schema.tables.quarantine import QUARANTINE
from schema.tables.tablet import TABLET
from server import meta
from sync.changes import format_time
from sync.wire import Quarantined, Receipt


def receipt(
    connection: Connection, device: str, oldest: int, settles_at: int, *, backed_up: bool = False
) -> Receipt:
    """The receipt of a tablet that still has its changes from `oldest` on.

    With `backed_up` durable means inside a verified backup; where none are scheduled, settled.
    """
    through = connection.execute(
        select(TABLET.c.received_through).where(TABLET.c.device == device)
    ).scalar_one()
    waits = connection.execute(
        select(func.min(CHANGE.c.seq)).where(CHANGE.c.device == device, CHANGE.c.settlement.is_(None))
    ).scalar_one()
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
    found = select(DURABLE.c.through).where(DURABLE.c.device == device)
    return connection.execute(found).scalar_one_or_none() or 0


def _apart(connection: Connection, device: str, oldest: int) -> list[Quarantined]:
    """What was set apart of the changes that the tablet still has: unread, or not its to do."""
    unread = select(QUARANTINE.c.seq, QUARANTINE.c.id, QUARANTINE.c.code)
    found = {
        row.seq: Quarantined(row.seq, row.id, row.code)
        for row in connection.execute(unread.where(QUARANTINE.c.device == device, QUARANTINE.c.seq >= oldest))
    }
    table = OUTCOME.table
    refused = select(table.c.seq, table.c.change, table.c.code).where(
        table.c.device == device,
        table.c.seq >= oldest,
        # Written out, so that the index over the few quarantined ones is used.
        table.c.outcome == literal_column("'QUARANTINED'"),
    )
    for row in connection.execute(refused):
        found[row.seq] = Quarantined(row.seq, row.change, row.code)
    return [found[seq] for seq in sorted(found)]

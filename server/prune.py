"""Letting go of what is kept for a time only. Runs at night, after the settlement."""

from typing import Final

from sqlalchemy import Connection, delete, func, select

from schema.tables.document import DOCUMENT
from schema.tables.enrolment_code import ENROLMENT_CODE
from schema.tables.fork import FORK
from schema.tables.quarantine import QUARANTINE
from schema.tables.rating_code import RATING_CODE
from server import meta
from server.attachments import forget_overdue
from server.sweep import sweep

TOMBSTONE_MS: Final = 90 * 86_400_000


def prune(connection: Connection, now: int) -> list[str]:
    """Delete old tombstones (and remember the horizon), expired copies and codes, and contacts that never stood.

    Gives the entities that lost a contact or an attachment by this.
    """
    old = (DOCUMENT.c.state != "LIVE") & (DOCUMENT.c.at < now - TOMBSTONE_MS)
    horizon = connection.execute(select(func.max(DOCUMENT.c.rev)).where(old)).scalar_one()
    if horizon is not None:
        connection.execute(delete(DOCUMENT).where(DOCUMENT.c.state != "LIVE", DOCUMENT.c.rev <= horizon))
        meta.store(connection, {meta.HORIZON: horizon})
    connection.execute(delete(FORK).where(FORK.c.keep_until < now))
    connection.execute(delete(QUARANTINE).where(QUARANTINE.c.keep_until < now))
    for codes in (ENROLMENT_CODE, RATING_CODE):
        connection.execute(delete(codes).where(codes.c.expires_at < now))
    return sorted({*sweep(connection, now), *forget_overdue(connection, now)})

"""What /readyz says: whether the hub takes uploads, and what a person should look at.

Uploads go on being taken after a night or a backup that failed. So such a hub stays ready: whoever
routes by this answer must not send tablets away. The reasons are for whoever keeps the hub.
"""

from collections.abc import Mapping

from msgspec import Struct
from sqlalchemy import Connection, func, select, update
from sqlalchemy.exc import SQLAlchemyError

from schema.tables.change import CHANGE
from schema.tables.failed_night import FAILED_NIGHT
from schema.values import Refused
from server.database import Database, DatabaseError, Unavailable
from server.moving import Away, refuse_if_moved
from server.settings import Settings
from server.settlement import TOLERANCE_MS, base_of
from server.write import keep
from sync.settle import Crash
from sync.shapes import format_time


class Health(Struct):
    """Kept by the hub while it runs. `failure` is the reason of the last night that failed, until one succeeds.

    `unwritten` are failures that could not be written down yet: a disk may be full. `backup_failure`
    is the reason of the last backup that failed, until one succeeds.
    """

    failure: str | None = None
    failed_at: int | None = None
    failures: int = 0
    settled_at: int | None = None
    unwritten: dict[int, str] = {}
    backup_failure: str | None = None

    def failed(self, reason: str, at: int) -> None:
        """A night failed. The reason names what went wrong, never whose data."""
        self.failure, self.failed_at = reason, at
        self.failures += 1
        self.unwritten[at] = reason

    def succeeded(self, at: int) -> None:
        self.failure, self.failed_at, self.settled_at = None, None, at


def reason_of(error: Exception) -> str:
    """Why a night failed, in words that name no resident's data."""
    if isinstance(error, Unavailable):
        return f"the settlement failed: the database cannot be used ({error.reason})"
    if isinstance(error, Crash):
        return f"the settlement failed: the rule of {error.kind} fails on too many changes"
    return str(error) if isinstance(error, Refused) else f"the settlement failed: {type(error).__name__}"


def write_failures(connection: Connection, unwritten: Mapping[int, str], mended_at: int | None) -> None:
    """Write down nights that failed; with `mended_at`, that they and all before them were made up for."""
    keep(
        connection,
        FAILED_NIGHT,
        [{"at": at, "reason": why, "mended_at": None} for at, why in unwritten.items()],
    )
    if mended_at is not None:
        unmended = FAILED_NIGHT.c.mended_at.is_(None)
        connection.execute(update(FAILED_NIGHT).where(unmended).values(mended_at=mended_at))


class Readiness(Struct, frozen=True, rename="camel"):
    """`ready`: uploads are taken. `reasons`: why they are not, or what a person should look at."""

    ready: bool
    reasons: tuple[str, ...]
    rev: int | None = None
    settlement: int | None = None
    unsettled: int | None = None
    settles_at: str | None = None


async def readiness(database: Database, health: Health, settings: Settings, now: int) -> Readiness:
    """Ask the database, and say what is wrong."""
    reasons = [why for why in (health.failure, health.backup_failure) if why is not None]
    try:
        async with database.read() as connection:
            rev, settlement, unsettled, at = await connection.run_sync(_standing)
            failed = await connection.run_sync(_failed)
            await connection.run_sync(refuse_if_moved)
    except Away as away:
        return Readiness(False, (away.reason, *reasons))
    except Unavailable as error:
        return Readiness(False, (f"the database does not answer: {error.reason}", *reasons))
    except (DatabaseError, SQLAlchemyError, OSError) as error:
        return Readiness(False, (f"the database does not answer: {type(error).__name__}", *reasons))
    if failed is not None and health.failure is None:
        reasons.append(failed)
    if now < at - TOLERANCE_MS:
        reasons.append("the hub's clock is behind its last settlement; set it right, or wait")
    settles_at = format_time(settings.settles_at(now))
    return Readiness(True, tuple(reasons), rev, settlement, unsettled, settles_at)


def has_failures(connection: Connection) -> bool:
    """Whether there is a failure that nothing has made up for."""
    return _failed(connection) is not None


def _failed(connection: Connection) -> str | None:
    """The newest failure of a night that nothing has made up for, perhaps of another process."""
    newest = select(FAILED_NIGHT.c.reason).where(FAILED_NIGHT.c.mended_at.is_(None))
    return connection.execute(newest.order_by(FAILED_NIGHT.c.at.desc()).limit(1)).scalar_one_or_none()


def _standing(connection: Connection) -> tuple[int, int, int, int]:
    base = base_of(connection)
    waiting = select(func.count()).select_from(CHANGE).where(CHANGE.c.settlement.is_(None))
    return base.rev, base.number, connection.execute(waiting).scalar_one(), base.now

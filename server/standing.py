"""Where a hub stands, in a few numbers; and the marker file beside its database, which remembers that.

A database that is put back from an older copy is behind its marker, and so it is noticed.
"""

import logging
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import BigInteger, Connection, cast, select, true

from schema.tables.change import CHANGE
from schema.tables.meta import META
from schema.tables.settlement import SETTLEMENT
from server import files, meta
from server.database import Database
from sync.changes import sha256_hex

logger = logging.getLogger(__name__)

SUFFIX: Final = ".marker"

# Asked at every write: built once, and one question. Where nothing was settled yet there is no newest.
_NEWEST: Final = (
    select(SETTLEMENT.c.number, SETTLEMENT.c.digest, SETTLEMENT.c.now)
    .order_by(SETTLEMENT.c.number.desc())
    .limit(1)
    .subquery()
)
_PLACE: Final = META.alias("place")
_LAST: Final = select(cast(_PLACE.c.value, BigInteger)).where(_PLACE.c.key == meta.POSITION).scalar_subquery()
_ARRIVAL: Final = select(CHANGE.c.arrival).where(CHANGE.c.position == _LAST).scalar_subquery()
_STANDING: Final = select(META.c.key, META.c.value, _NEWEST, _ARRIVAL.label("arrival")).join(
    _NEWEST, true(), isouter=True
)


class Standing(Struct, frozen=True):
    """`position` is the end of the log, `digest` the last settlement's, `at` the last sign of life in it."""

    hub: str
    epoch: int
    rev: int
    position: int
    settlement: int
    digest: str
    at: int

    @property
    def order(self) -> tuple[int, int, int]:
        return self.epoch, self.rev, self.position


def standing(connection: Connection) -> Standing:
    """Where the hub stands on this connection's snapshot."""
    rows = connection.execute(_STANDING).all()
    words, last = {row.key: row.value for row in rows}, rows[0]
    return Standing(
        hub=words[meta.HUB],
        epoch=int(words[meta.EPOCH]),
        rev=int(words[meta.REV]),
        position=int(words[meta.POSITION]),
        settlement=last.number or 0,
        digest=last.digest or "",
        at=max(last.arrival or 0, last.now or 0),
    )


def is_behind(connection: Connection, marked: Standing) -> bool:
    """Whether this database is older than a standing that was its own, or has another history."""
    now = standing(connection)
    if now.hub != marked.hub:
        return False
    if now.order < marked.order:
        return True
    return marked.settlement > 0 and not knows(connection, marked.digest)


def knows(connection: Connection, digest: str) -> bool:
    """Whether a settlement with this digest is part of the history."""
    return (
        connection.execute(select(SETTLEMENT.c.number).where(SETTLEMENT.c.digest == digest)).first()
        is not None
    )


def marker_of(database: Database, backups: Path | None) -> Path | None:
    """Where the marker lies: beside a database that is a file, else with the backups."""
    if database.path is not None:
        return database.path.with_name(f"{database.path.name}{SUFFIX}")
    return None if backups is None else backups / f"{sha256_hex(database.place.encode())[:12]}{SUFFIX}"


class Marker:
    """The file beside the database; without a place for one there is none."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._fault: str | None = None

    def read(self) -> Standing | None:
        """What it says; None where there is none, or none that can be read."""
        try:
            data = self.path.read_bytes() if self.path is not None else b""
            return msgspec.json.decode(data, type=Standing) if data else None
        except (OSError, msgspec.DecodeError):
            return None

    def write(self, now: Standing) -> None:
        """Remember a standing, unless a later one is remembered; it is no reason to fail."""
        if self.path is None:
            return
        known = self.read()
        if known is not None and known.hub == now.hub and known.order >= now.order:
            return
        beside = self.path.with_name(f"{self.path.name}.{os.getpid()}")
        try:
            files.make_folder(self.path.parent)
            beside.write_bytes(msgspec.json.encode(now))
            beside.replace(self.path)
            self._fault = None
        except OSError as error:
            with suppress(OSError):
                beside.unlink()
            self._tell(error.strerror or type(error).__name__)

    def _tell(self, fault: str) -> None:
        """Say once what is wrong: it is tried again with each commit."""
        if fault != self._fault:
            logger.warning("the marker beside the database cannot be written: %s", fault)
        self._fault = fault

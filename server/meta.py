"""The hub's own few numbers: its epoch and rev, the end of its log, its secret, its seqs as a device."""

from typing import Final

from sqlalchemy import Connection, bindparam, select

from schema.tables.meta import META
from server.system import Ids
from server.write import keep, put
from sync.wire import EPOCH_SIZE

EPOCH: Final = "epoch"
REV: Final = "rev"
HORIZON: Final = "horizon"
POSITION: Final = "position"
LINK: Final = "link"
HUB: Final = "hub"
HUB_SEQ: Final = "hub_seq"
HUB_DEED: Final = "hub_deed"
SECRET: Final = "secret"  # noqa: S105 - a name, not the secret
JOURNAL: Final = "journal"
"""How many entries for the journal there have been, written or not."""
SEGMENT: Final = "segment"
SEGMENT_OF: Final = "segment_of"
"""The file that the journal is written to (empty where there is none), and by which database: not by its copies."""


SWEPT: Final = "swept"
SWEPT_APART: Final = "swept_apart"
"""How far the log (by position) and what is set apart (by arrival) were looked through for old contacts."""

# Read a thousand times a day: built once.
_ALL: Final = select(META.c.key, META.c.value)
_VALUE: Final = select(META.c.value).where(META.c.key == bindparam("wanted"))


def prepare(connection: Connection, ids: Ids) -> None:
    """Give a new database its first numbers and its secret; an old one is left as it is."""
    first = {
        EPOCH: "1",
        REV: str(EPOCH_SIZE),
        HORIZON: "0",
        POSITION: "0",
        LINK: "",
        HUB: ids.uuid7(),
        HUB_SEQ: "0",
        HUB_DEED: "0",
        SECRET: ids.secret() + ids.secret(),
        JOURNAL: "0",
        SEGMENT: "",
        SEGMENT_OF: "",
        SWEPT: "0",
        SWEPT_APART: "0",
    }
    keep(connection, META, [{"key": key, "value": value} for key, value in first.items()])


def text(connection: Connection, key: str) -> str:
    """One value."""
    return str(connection.execute(_VALUE, {"wanted": key}).scalar_one())


def words(connection: Connection) -> dict[str, str]:
    """All values, for whoever needs several."""
    return {row.key: row.value for row in connection.execute(_ALL)}


def number(connection: Connection, key: str) -> int:
    """One value that is a number."""
    return int(text(connection, key))


def store(connection: Connection, values: dict[str, str | int]) -> None:
    """Overwrite some values."""
    put(connection, META, [{"key": key, "value": str(value)} for key, value in values.items()])

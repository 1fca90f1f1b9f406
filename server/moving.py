"""Moving a hub into another database: copied whole, proved, and only then the old one takes nothing more.

While it lasts the old database has no other writer: tablets and offices are told to try again, readers
go on. The new one is written in one transaction, so that there is all of it or nothing.
"""

import hashlib
from collections.abc import Callable
from typing import Final

import anyio.from_thread
import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, select

from schema.tables.meta import META
from server import meta
from server.copying import Digest, copy_rows, counts, digests
from server.database import Database, Unavailable
from server.replay import verify
from sync.shapes import format_time

MOVED: Final = "moved"
"""In `meta` of the old database: where to and when."""
_MARK: Final = select(META.c.value).where(META.c.key == MOVED)

Told = Callable[[str, int, int], None]
"""Hears of each step how many of how many rows are done."""


class MoveFailed(Exception):
    """Nothing was moved, and neither database was changed. Says why."""


class Away(Unavailable):
    """This hub is in another database now. Where is for those who run it."""

    def __init__(self, to: str, at: int) -> None:
        super().__init__(f"this district moved to another database on {format_time(at)}")
        self.to = to


class Move(Struct, frozen=True, rename="camel"):
    """What was moved: rows by table, one digest over all of them, and what the replay there counted."""

    to: str
    tables: dict[str, int]
    rows: int
    digest: str
    settlements: int
    changes: int


class _Mark(Struct, frozen=True):
    to: str
    at: int


def refuse_if_moved(connection: Connection) -> None:
    """Raise Away where this database is one that a hub has left."""
    found = connection.execute(_MARK).scalar_one_or_none()
    if found is not None:
        mark = msgspec.json.decode(found, type=_Mark)
        raise Away(mark.to, mark.at)


def stay(connection: Connection) -> bool:
    """Let a hub go on where it was after all; False where it had not left."""
    return connection.execute(delete(META).where(META.c.key == MOVED)).rowcount > 0


async def move(source: Database, target: Database, now: int, told: Told) -> Move:
    """Move a hub from one database into another that is empty; raises MoveFailed, Away."""
    if source.place == target.place:
        raise MoveFailed("That is the database where the district is already.")

    def leave(here: Connection) -> Move:
        refuse_if_moved(here)
        rows = counts(here)
        if not rows[META.name]:
            raise MoveFailed("There is no district to move: the database is empty.")
        moving = _Moving(target.place, rows, told)
        moved: Move = anyio.from_thread.run(target.write, lambda there: moving.into(here, there))
        mark = msgspec.json.encode(_Mark(target.place, now)).decode()
        meta.store(here, {MOVED: mark})
        return moved

    return await source.write(leave)


class _Moving:
    """One move, inside both writers' transactions."""

    def __init__(self, place: str, rows: dict[str, int], told: Told) -> None:
        self.place = place
        self.rows = rows
        self.told = told

    def into(self, here: Connection, there: Connection) -> Move:
        taken = [name for name, count in counts(there).items() if count]
        if taken:
            raise MoveFailed(f"The database to move into is not empty: it has rows in {', '.join(taken)}.")
        copy_rows(here, there, self._step("copy"))
        summed = digests(here, self._step("sum up"))
        self._compare(summed, digests(there, self._step("compare")))
        verification = verify(there)
        if not verification.ok:
            raise MoveFailed(
                "The tables are not what the log adds up to, here as there. Run `lianxin verify` to see where."
            )
        if meta.text(there, meta.SEGMENT):
            # The journal goes on: whoever wrote it until now will not write any more.
            meta.store(there, {meta.SEGMENT_OF: self.place})
        return Move(
            to=self.place,
            tables=self.rows,
            rows=sum(self.rows.values()),
            digest=_digest(summed),
            settlements=verification.settlements,
            changes=verification.changes,
        )

    def _step(self, name: str) -> Callable[[str, int], None]:
        """Adds up what is told of one table after the other."""
        done: dict[str, int] = {}
        total = sum(self.rows.values())

        def told(table: str, rows: int) -> None:
            done[table] = rows
            self.told(name, sum(done.values()), total)

        return told

    def _compare(self, here: dict[str, Digest], there: dict[str, Digest]) -> None:
        wrong = [name for name, digest in here.items() if there[name] != digest]
        if wrong:
            raise MoveFailed(
                f"What arrived is not what was sent, in {', '.join(wrong)}. Nothing was kept there."
            )


def _digest(summed: dict[str, Digest]) -> str:
    whole = hashlib.sha256()
    for name in sorted(summed):
        whole.update(f"{name} {summed[name].rows} {summed[name].digest}\n".encode())
    return whole.hexdigest()

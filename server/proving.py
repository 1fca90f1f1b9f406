"""Proving that a copy of a hub is whole: it opens, its pages and keys are sound, and its log adds up to its tables.

Runs as a process of its own (`python -m server.proving FILE`), so that nobody waits for it, and
writes nothing, not even beside the file.
"""

import os
import sqlite3
import sys
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import anyio
import msgspec
from msgspec import Struct
from sqlalchemy import Connection, create_engine, select
from sqlalchemy.exc import SQLAlchemyError

from schema.tables.tablet import TABLET
from server.migrate import head, revision_of
from server.references import dangling
from server.replay import verify
from server.standing import Standing, standing

MOST: Final = 100
NICENESS: Final = 10
COMMAND: Final[tuple[str, ...]] = (sys.executable, "-m", "server.proving")


class Proof(Struct, frozen=True, rename="camel"):
    """What is wrong with a copy (nothing, where it is sound), and what is in it."""

    problems: list[str]
    standing: Standing | None = None
    settlements: int = 0
    changes: int = 0
    received: dict[str, int] = {}

    @property
    def ok(self) -> bool:
        return not self.problems


def prove(path: Path) -> Proof:
    """Prove the SQLite file; whatever is wrong with it is said, and nothing is raised."""
    url = f"sqlite:///file:{quote(str(path))}?mode=ro&immutable=1&uri=true"
    engine = create_engine(url, json_deserializer=msgspec.json.decode)
    try:
        with engine.connect() as connection:
            problems = _unsound(connection)
            return Proof(problems) if problems else _replayed(connection)
    except (SQLAlchemyError, sqlite3.Error, msgspec.MsgspecError) as error:
        return Proof([f"it cannot be read: {type(error).__name__}"])
    finally:
        engine.dispose()


def _unsound(connection: Connection) -> list[str]:
    pages = [row[0] for row in connection.exec_driver_sql(f"PRAGMA integrity_check({MOST})")]
    problems = [f"integrity check: {page}" for page in pages if page != "ok"]
    if not problems and revision_of(connection) != head():
        return ["its tables are of another version of Lianxin"]
    return problems or [f"foreign key: {reference}" for reference in dangling(connection)]


def _replayed(connection: Connection) -> Proof:
    found = verify(connection)
    tablets = connection.execute(select(TABLET.c.device, TABLET.c.received_through))
    received = {row.device: row.received_through for row in tablets}
    differences = [f"replay: {difference}" for difference in found.differences[:MOST]]
    return Proof(differences, standing(connection), found.settlements, found.changes, received)


async def proved(path: Path) -> Proof:
    """Prove a file in a process of its own."""
    result = await anyio.run_process([*COMMAND, str(path)], check=False, stderr=None)
    try:
        return msgspec.json.decode(result.stdout, type=Proof)
    except msgspec.DecodeError:
        return Proof([f"it could not be proved: the proof ended with {result.returncode}"])


def main(arguments: Any) -> None:
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    sys.stdout.buffer.write(msgspec.json.encode(prove(Path(arguments[0]))))


if __name__ == "__main__":
    main(sys.argv[1:])

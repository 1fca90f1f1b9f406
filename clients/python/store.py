"""The tablet's own SQLite file: one connection, one transaction per step, durable when a step ends.

Everything a tablet knows is in this file and nothing is kept in memory beside it, so that a
tablet that is killed between any two steps is the same tablet when it is opened again.
"""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock
from typing import Any, Final

from clients.python.failures import InUse, NotKept

Step = Callable[[str], None]
"""Told before a step begins, before it commits and after it committed: `record.begin`, `.commit`, `.done`."""

PRAGMAS: Final = ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=FULL", "secure_delete=ON")
TABLES: Final = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE run (
    run INTEGER PRIMARY KEY, process INTEGER NOT NULL, anchor_ms INTEGER NOT NULL,
    low_ms INTEGER NOT NULL, high_ms INTEGER NOT NULL, first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,
    hub_ms INTEGER, uncertainty_ms INTEGER, contact_ms INTEGER
);
CREATE TABLE change (
    position INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, seq INTEGER UNIQUE,
    kind TEXT NOT NULL, entity TEXT NOT NULL, at TEXT NOT NULL, body TEXT, quarantine TEXT, word TEXT
);
CREATE TABLE document (
    collection TEXT NOT NULL, id TEXT NOT NULL, rev INTEGER NOT NULL, body TEXT NOT NULL,
    generation INTEGER NOT NULL, about TEXT, PRIMARY KEY (collection, id)
);
CREATE INDEX kept ON change (seq) WHERE body IS NOT NULL;
CREATE INDEX verdict ON document (about) WHERE about IS NOT NULL;
CREATE VIEW told AS SELECT *, quarantine IS NOT NULL
    OR coalesce(json_extract(verdict, '$.outcome'), 'HELD') != 'HELD' AS settled
    FROM (SELECT change.*, coalesce((
        SELECT document.body FROM document WHERE about = change.id
        ORDER BY json_extract(document.body, '$.code') = 'REPEATED', rev DESC LIMIT 1
    ), word) AS verdict FROM change);
"""
ATTACHMENTS: Final = """
CREATE TABLE attachment (
    ticket TEXT NOT NULL, sha256 TEXT NOT NULL, type TEXT NOT NULL, data BLOB NOT NULL,
    state TEXT NOT NULL, code TEXT, epoch INTEGER NOT NULL, PRIMARY KEY (ticket, sha256)
);
"""
TRIES: Final = """
ALTER TABLE attachment ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE attachment ADD COLUMN failed TEXT;
"""
VERSIONS: Final = (TABLES, ATTACHMENTS, TRIES)
"""What each version of the file added to the one before."""
VERSION: Final = len(VERSIONS)

# `told`: each change with the hub's last word on it, and whether that settles it. A word that says
# only that it was received before gives way to the one that was said then.


def nothing(step: str) -> None:
    """The step that nobody watches."""


class Store:
    """Opens and, where needed, makes the file. Raises `InUse` when another process has it."""

    def __init__(self, path: str | os.PathLike[str], step: Step = nothing) -> None:
        self._lock = RLock()
        self._step = step
        self._connection = sqlite3.connect(path, timeout=0.5, isolation_level=None, check_same_thread=False)
        try:
            for pragma in PRAGMAS:
                self._connection.execute(f"PRAGMA {pragma}").fetchall()
            self._make()
        except BaseException as error:
            self._connection.close()
            if isinstance(error, sqlite3.OperationalError | NotKept) and "locked" in str(error):
                raise InUse(f"{os.fspath(path)} is open in another process") from None
            raise

    def _make(self) -> None:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise ValueError(f"this file is of version {version}, and this program knows {VERSION} at most")
        if version < VERSION:
            with self.step("make"):
                for added in VERSIONS[version:]:
                    for statement in added.split(";\n"):
                        self._connection.execute(statement)
                self._connection.execute(f"PRAGMA user_version = {VERSION}")

    @contextmanager
    def step(self, name: str) -> Iterator[sqlite3.Connection]:
        """One transaction. It is on the disk when the block has been left; else nothing of it, and `NotKept`."""
        with self._lock:
            self._step(f"{name}.begin")
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._step(f"{name}.commit")
                self._connection.execute("COMMIT")
            except BaseException as error:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                if isinstance(error, sqlite3.OperationalError):
                    raise NotKept(f"{name}: {error}") from error
                raise
            self._step(f"{name}.done")

    def rows(self, sql: str, *parameters: Any) -> list[Any]:
        """All rows of a reading statement."""
        with self._lock:
            return self._connection.execute(sql, parameters).fetchall()

    def one(self, sql: str, *parameters: Any) -> Any:
        """The first column of the first row, or None."""
        with self._lock:
            row = self._connection.execute(sql, parameters).fetchone()
        return None if row is None else row[0]

    def get(self, key: str, default: Any = None) -> Any:
        """A value from the small things: device, token, scope, epoch, checkpoint, …"""
        value = self.one("SELECT value FROM meta WHERE key = ?", key)
        return default if value is None else json.loads(value)

    def put(self, **values: Any) -> None:
        """Keep small things; None forgets one. Inside a step."""
        for key, value in values.items():
            if value is None:
                self._connection.execute("DELETE FROM meta WHERE key = ?", (key,))
            else:
                self._connection.execute(
                    "INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, json.dumps(value, ensure_ascii=False))
                )

    def shrink(self) -> None:
        """Leave nothing of what was deleted in the file or in its log."""
        with self._lock:
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Let go of the file. What a step had not ended is undone, as after a kill."""
        with self._lock:
            self._connection.close()

"""The files that copies of a hub are: their names' ends, the lock on them, and how one is written whole."""

import sqlite3
from pathlib import Path
from typing import Final
from urllib.parse import quote

from server import files

SUFFIX: Final = ".db"
UNPROVED: Final = ".unproved"
REPLACED: Final = ".replaced"
KINDS: Final = (SUFFIX, REPLACED)
"""The copies that are kept: backups, and what a restore has replaced."""


def lock_of(folder: Path, hub: str) -> Path:
    """Held by whoever makes a backup of this hub, or alters one."""
    return folder / f"{hub[-12:]}.lock"


def vacuum_into(database: Path, to: Path) -> None:
    """Copy a SQLite database, without a lock and without a trace of what was deleted in it."""
    to.unlink(missing_ok=True)
    # A connection of its own: a pooled one is inside a transaction, and may not even write elsewhere.
    connection = sqlite3.connect(f"file:{quote(str(database))}?mode=ro", uri=True)
    try:
        connection.isolation_level = None
        connection.execute("VACUUM INTO ?", (str(to),))
    finally:
        connection.close()
    files.flush(to)
    files.flush_folder(to.parent)

"""The peers that run in Node: what `make peers` has installed, each a process of its own."""

import shutil
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Final

from sqlalchemy import make_url

from tests.bench.serving import started

HERE: Final = Path(__file__).parent
PEERS: Final = {"sqlite": {"loaders": "better-sqlite3", "joins": "better-sqlite3"}, "postgresql": {}}
"""By database: who can be asked over it, and the package that must be here for it."""


def why_not(kind: str, database: str) -> str | None:
    """Why this one cannot be asked on this machine; None where it can."""
    if shutil.which("node") is None:
        return "no Node here"
    package = HERE / "node_modules" / PEERS[database][kind]
    return None if package.exists() else f"{package.name} is not installed: make peers"


def peer(kind: str, url: str) -> AbstractContextManager[str]:
    """The URL of one of these over the database of this URL, for as long as this lasts."""
    database = make_url(url)
    what = database.database or "" if database.get_backend_name() == "sqlite" else url
    return started(["node", str(HERE / "serve.js"), kind, what])

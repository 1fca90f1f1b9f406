"""The peers that run in Node: what `make peers` has installed, each a process of its own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import make_url

from tests.bench.serving import started

HERE: Final = Path(__file__).parent
POSTGRAPHILE: Final = HERE / "postgraphile"
PEERS: Final = {
    "sqlite": {
        "loaders": HERE / "node_modules/better-sqlite3/build/Release/better_sqlite3.node",
        "joins": HERE / "node_modules/better-sqlite3/build/Release/better_sqlite3.node",
    },
    "postgresql": {"postgraphile": POSTGRAPHILE / "node_modules/postgraphile/package.json"},
}
"""By database: who can be asked over it, and what must be here for it."""

LIST: Final = """query ($grid: String!) { tickets: allTickets(condition: {grid: $grid, state: "ACCEPTED"},
  orderBy: [OPENED_DESC, ID_DESC], first: 100) { edges { node {
  id rev category title place priority seats state round openedAt grid: gridByGrid { name }
  takers { member: memberByMember { name } } } } } }"""
"""The same as the bench asks, as PostGraphile words it."""


def why_not(kind: str, database: str) -> str | None:
    """Why this one cannot be asked on this machine; None where it can."""
    if shutil.which("node") is None:
        return "no Node here"
    return None if PEERS[database][kind].exists() else "it is not installed (make peers)"


@contextmanager
def peer(kind: str, url: str) -> Iterator[str]:
    """The URL of one of these over the database of this URL, for as long as this lasts."""
    database = make_url(url)
    program, what = HERE, database.database or ""
    if kind == "postgraphile":
        program, what = POSTGRAPHILE, url
        with psycopg.connect(url) as connection:
            connection.execute((POSTGRAPHILE / "views.sql").read_bytes())
    with started(["node", str(program / "serve.js"), kind, what]) as there:
        yield there

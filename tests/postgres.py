"""A PostgreSQL of the tests' own: the machine's binaries, a temporary folder, a socket nobody else can reach.

It never runs as root and never listens on the network. It ends with the process that started it,
however that ends, because it is kept by a shell that waits for the end of its input.
"""

import asyncio
import getpass
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import quote

import psycopg
from psycopg import sql
from sqlalchemy import make_url

from server.database import Database

OWNER: Final = "lianxin"
MIGRATED: Final = "migrated"
SERVICE_USERS: Final = ("postgres", "nobody")
PLACES: Final = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/usr/local/pgsql/bin",
    "/usr/libexec/postgresql*",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
DURABLE: Final = ("listen_addresses=''", "max_connections=60", "shared_buffers=64MB")
# These tests prove what is decided, not what a power cut leaves: nothing is synced to the disk.
QUICK: Final = (
    *DURABLE,
    "fsync=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "autovacuum=off",
)
KEEPER: Final = """
set -e
"$1/initdb" -D "$2/data" -U "$3" -A trust -E UTF8 --no-sync --locale=C >"$2/log" 2>&1
"$1/pg_ctl" -D "$2/data" -w -l "$2/log" -o "-k '$2' $4" start >/dev/null
trap '"$1/pg_ctl" -D "$2/data" -m immediate stop >/dev/null; rm -rf "$2"' EXIT
echo ready
cat >/dev/null
"""


class NoPostgres(Exception):
    """This machine has no PostgreSQL that these tests could start. Says why."""


def binaries() -> Path:
    """The folder of the newest PostgreSQL here; raises NoPostgres."""
    found = [place for pattern in PLACES for place in Path("/").glob(pattern.removeprefix("/"))]
    on_path = shutil.which("initdb")
    if on_path is not None:
        found.append(Path(on_path).resolve().parent)
    whole = [one for one in found if all((one / name).exists() for name in ("initdb", "pg_ctl", "postgres"))]
    if not whole:
        raise NoPostgres("PostgreSQL is not installed here (no initdb, pg_ctl and postgres)")
    return max(whole, key=_version)


def _version(folder: Path) -> int:
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)
    return int(said.stdout.split()[2].partition(".")[0])


def _as_whom() -> dict[str, Any]:
    """PostgreSQL refuses to be root: then it is the user that the machine has for such things."""
    if os.geteuid() != 0:
        return {}
    import pwd  # noqa: PLC0415 - not on every system, and needed only here

    for name in SERVICE_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise NoPostgres(
        f"PostgreSQL may not run as {getpass.getuser()}, and there is no user postgres or nobody"
    )


def startable() -> tuple[Path, dict[str, Any]]:
    """Which PostgreSQL to start, and as whom; raises NoPostgres."""
    return binaries(), _as_whom()


class Cluster:
    """One running PostgreSQL, and databases in it that are made and dropped in a moment."""

    def __init__(self, folder: Path, keeper: "subprocess.Popen[str]") -> None:
        self.folder = folder
        self._keeper = keeper
        self._count = 0

    @classmethod
    def start(cls, settings: Sequence[str] = QUICK) -> Self:
        """Start one; raises NoPostgres where that cannot be."""
        where, whom = startable()
        folder = Path(tempfile.mkdtemp(prefix="lianxin-postgres-"))
        if whom:
            os.chown(folder, whom["user"], whom["group"])
        options = " ".join(f"-c {one}" for one in settings)
        keeper = subprocess.Popen(
            ["sh", "-c", KEEPER, "keeper", where, folder, OWNER, options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            start_new_session=True,
            **whom,
        )
        assert keeper.stdout is not None
        if keeper.stdout.readline() != "ready\n":
            log = (folder / "log").read_text() if (folder / "log").exists() else ""
            raise RuntimeError(f"PostgreSQL did not start:\n{log}")
        cluster = cls(folder, keeper)
        cluster._prepare()
        return cluster

    def stop(self) -> None:
        self._keeper.communicate()

    def url(self, database: str) -> str:
        """How the hub is told about a database of this cluster."""
        return f"postgresql://{OWNER}@/{database}?host={quote(str(self.folder))}"

    def run(self, statement: sql.Composed) -> None:
        """Run a statement that is none of the hub's, such as making a database."""
        with psycopg.connect(
            host=str(self.folder), user=OWNER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)

    @contextmanager
    def database(self, template: str = MIGRATED, options: str = "") -> Iterator[str]:
        """The URL of a new database: a copy of this one, by default as a hub leaves it that was opened and closed."""
        self._count += 1
        name = f"test_{self._count}"
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {} " + options)
        self.run(make.format(sql.Identifier(name), sql.Identifier(template)))
        try:
            yield self.url(name)
        finally:
            self._drop(name)

    def replace(self, name: str, template: str) -> None:
        """Put a copy of a database in the place of another."""
        self._drop(name)
        make = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        self.run(make.format(sql.Identifier(name), sql.Identifier(template)))

    def _drop(self, name: str) -> None:
        self.run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def cut(self, url: str) -> None:
        """Cut every connection to a database, as a restart of the server does."""
        cut = sql.SQL("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = {}")
        self.run(cut.format(sql.Literal(name_of(url))))

    @contextmanager
    def away(self, url: str) -> Iterator[None]:
        """Meanwhile nobody can connect to a database, nor stays connected."""
        allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        name = sql.Identifier(name_of(url))
        self.run(allow.format(name, sql.Literal(False)))
        self.cut(url)
        yield
        self.run(allow.format(name, sql.Literal(True)))

    def _prepare(self) -> None:
        """Make a database whose tables are made already; what is copied from it starts at once."""
        self.run(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(MIGRATED)))
        asyncio.run(migrate(self.url(MIGRATED)))


def name_of(url: str) -> str:
    """The name of the database that a URL leads to."""
    return make_url(url).database or ""


async def migrate(url: str) -> None:
    """Leave a database as a hub does that was opened and closed."""
    await (await Database.open(url)).close()

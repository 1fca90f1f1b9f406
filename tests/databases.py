"""The databases that the hub runs on, so that a test is written once and holds on each of them."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, Protocol

import pytest
from sqlalchemy import Connection, create_engine, make_url

from server.settings import sqlite_url
from tests.postgres import DURABLE, QUICK, Cluster, NoPostgres, migrate, name_of, startable

NAMES: Final = ("sqlite", "postgresql")


class Databases(Protocol):
    """One kind of database, and how to come by one."""

    name: str

    def fresh(self, folder: Path) -> AbstractContextManager[str]:
        """The URL of a new database; where it is a file, `hub.db` in this folder."""

    def copy(self, url: str, folder: Path) -> AbstractContextManager[str]:
        """The URL of a copy of one that nobody has open."""

    def put_back(self, copied: str, url: str) -> None:
        """Put a copy in the place of one that nobody has open."""


@cache
def _kept() -> TemporaryDirectory[str]:
    """Holds a database with its tables and nothing in them, as long as this process lives."""
    folder = TemporaryDirectory(prefix="lianxin-")
    asyncio.run(migrate(sqlite_url(Path(folder.name) / "hub.db")))
    return folder


def with_tables(file: Path) -> None:
    """Put a new SQLite database here whose tables are made already."""
    shutil.copy(Path(_kept().name) / "hub.db", file)


class Files:
    """SQLite: a file each, copied from one whose tables are made already."""

    name = "sqlite"

    def __init__(self) -> None:
        _kept()

    @contextmanager
    def fresh(self, folder: Path) -> Iterator[str]:
        with_tables(folder / "hub.db")
        yield sqlite_url(folder / "hub.db")

    @contextmanager
    def copy(self, url: str, folder: Path) -> Iterator[str]:
        shutil.copy(make_url(url).database or "", folder / "hub.db")
        yield sqlite_url(folder / "hub.db")

    def put_back(self, copied: str, url: str) -> None:
        shutil.copy(make_url(copied).database or "", make_url(url).database or "")


class Served:
    """PostgreSQL: a database each, in a cluster of the tests' own."""

    name = "postgresql"

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster

    def fresh(self, folder: Path) -> AbstractContextManager[str]:
        return self.cluster.database()

    def copy(self, url: str, folder: Path) -> AbstractContextManager[str]:
        return self.cluster.database(name_of(url))

    def put_back(self, copied: str, url: str) -> None:
        self.cluster.replace(name_of(url), name_of(copied))


@contextmanager
def looking_into(url: str) -> Iterator[Connection]:
    """A connection that is none of the hub's, to see and to damage what is there; rolled back unless committed."""
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def databases_named(name: str, *, durable: bool = False) -> Iterator[Databases]:
    """All that is needed for databases of one kind; skips, except in CI, where this machine has none.

    durable: as a district runs it, so that what is measured is what it costs.
    """
    if name == "sqlite":
        yield Files()
        return
    binaries_or_skip()
    cluster = Cluster.start(DURABLE if durable else QUICK)
    try:
        yield Served(cluster)
    finally:
        cluster.stop()


def binaries_or_skip() -> None:
    """Skip a test where this machine has no PostgreSQL that may be started; fail it in CI."""
    try:
        startable()
    except NoPostgres as why:
        if os.environ.get("CI"):
            pytest.fail(f"{why}; in CI nothing is left out", pytrace=False)
        pytest.skip(str(why))

"""What every test shares: the event loop, how Hypothesis looks for examples, and databases of both kinds."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from server import proving
from tests.databases import NAMES, Databases, databases_named
from tests.forking import Forking, forking
from tests.statements import sharing_statements

# Files that no test keeps need no disk to be waited for: memory that looks like one, where it is large enough.
MEMORY = Path("/dev/shm")
if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 4 << 30:
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None

# "ci" tries the same examples on every machine; "dev" looks for new ones and remembers what failed.
settings.register_profile("ci", derandomize=True, database=None, deadline=None, print_blob=True)
settings.register_profile("dev", deadline=None, print_blob=True)
settings.load_profile("ci")


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session", autouse=True)
def statements() -> Iterator[None]:
    with sharing_statements():
        yield


@pytest.fixture(scope="session", params=NAMES)
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    """Whoever uses this runs once for each kind of database."""
    with databases_named(request.param) as databases:
        yield databases


@pytest.fixture
def database_url(databases: Databases, tmp_path: Path) -> Iterator[str]:
    """A new, empty database of a test's own."""
    with databases.fresh(tmp_path) as url:
        yield url


@pytest.fixture(scope="session")
def forked() -> Iterator[Forking]:
    """Starts the program that these tests run most."""
    with forking(proving.__name__) as forked:
        yield forked


@pytest.fixture
def proving_at_once(forked: Forking, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof is a process of its own as ever, and need not be started from nothing."""
    monkeypatch.setattr(proving, "COMMAND", forked.command(proving.__name__))

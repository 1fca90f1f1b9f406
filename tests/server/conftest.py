"""What the tests of the server share: a hub with the small district loaded."""

from collections.abc import AsyncIterator, Iterator

import pytest

from server import proving
from tests.forking import Forking, forking
from tests.server.house import House, opened


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with opened(database_url) as house:
        yield house


@pytest.fixture(scope="session")
def forked() -> Iterator[Forking]:
    """Starts the program that these tests run most."""
    with forking(proving.__name__) as forked:
        yield forked


@pytest.fixture
def proving_at_once(forked: Forking, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proof is a process of its own as ever, and need not be started from nothing."""
    monkeypatch.setattr(proving, "COMMAND", forked.command(proving.__name__))

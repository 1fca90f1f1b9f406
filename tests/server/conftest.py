"""What the tests of the server share: a hub with the small district loaded."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.demo import Played, play
from tests.server.house import House, opened


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with opened(database_url) as house:
        yield house


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the demo's day left."""
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="session")
def told() -> list[str]:
    """What it told along the way."""
    return []


@pytest.fixture(scope="session")
def played(demo_folder: Path, told: list[str]) -> Played:
    """The demo's day, played once for all that is asked of it."""
    return play(1, demo_folder, told.append)

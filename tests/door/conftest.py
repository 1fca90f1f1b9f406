"""The house of each module of these tests; what a test adds to it, the next one finds there."""

from collections.abc import AsyncIterator

import pytest

from tests.databases import Databases
from tests.door.house import House, standing


@pytest.fixture(scope="module")
async def house(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    with databases.fresh(tmp_path_factory.mktemp("house")) as url:
        async with standing(url) as house:
            yield house

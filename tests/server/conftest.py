"""What the tests of the server share: a hub with the small district loaded."""

from collections.abc import AsyncIterator

import pytest

from tests.server.house import House, opened


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    async with opened(database_url) as house:
        yield house

"""An operation that fails leaves nothing behind: whatever ran beside what failed comes to its end."""

import asyncio

import anyio
import pytest

from tests.door.house import House

SECONDS = 20
FAILING = {
    "beside lists within lists": """{ grids { edges { node { code } } } communities { code
        units { code members { edges { node { name } } } } grids(first: 999) { totalCount } } }""",
    "beside what each row belongs to": """{ members { edges { node { unit { code community { code } } grid { code } aliases { id }
        services(first: 999) { totalCount } } } } a: members { totalCount } b: grids { totalCount } }""",
    "beside groups": "{ grids { edges { node { ticketGroups(by: [STATE]) { count } tickets(last: 999) { totalCount } } } } }",
}


@pytest.mark.parametrize("query", FAILING.values(), ids=FAILING)
async def test_what_ran_beside_a_failure_ends_with_it(house: House, query: str) -> None:
    """GraphQL answers before it has ended, and lets it go on: it had waited for ever for rows that never came."""
    door = house.app.state.graphql.door
    token = await house.token("dispatcher")
    before = asyncio.all_tasks()
    for _ in range(5):
        result = await door.schema.execute(query, None, await door.context(f"Bearer {token}"))
        assert result.data is None
        assert [(one.extensions or {})["code"] for one in result.errors or []] == ["LIMIT"]
    async with asyncio.timeout(SECONDS):
        while asyncio.all_tasks() - before:
            await anyio.lowlevel.checkpoint()

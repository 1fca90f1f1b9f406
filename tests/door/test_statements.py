"""A query is a bounded number of statements: as many for a hundred rows as for one."""

import pytest

from tests.door.house import GRID, HOUR, MEMBER, MEMBER_2, UNIT, House

NESTED = """query ($first: Int) { communities { code units { code members(first: $first) { totalCount } } pointRules { code }
  grids(first: $first) { totalCount edges { node { code community { code }
    members(first: $first) { totalCount edges { node { name unit { code community { code } } grid { code } aliasOf { id }
      aliases { id } services(first: $first) { totalCount edges { node { member { name } ticket { title } } } }
      pointEntries(first: $first) { totalCount edges { node { rule { code } service { id } redemption { id } member { id } } } } } } }
    tickets(first: $first) { totalCount edges { node { title takers { member { name unit { code } } } opener { id }
      services(first: $first) { edges { node { member { name } pointEntries { totalCount } } } } contact { name } } } } } } } } }"""

FLAT = {
    "a list and what each row belongs to": "{ members { totalCount edges { node { name unit { code } grid { code } } } } }",
    "tickets with takers and services": """{ tickets { totalCount edges { node { title grid { code }
        takers { member { name unit { code } } } services { edges { node { member { name } } } } } } } }""",
    "conflicts with all they name": """{ conflicts { subject { id } grid { code } community { code }
        candidates { by { id } member { id } device { name } } } }""",
    "the ledger": """{ pointEntries { edges { node { member { name } rule { code } service { ticket { id } }
        community { code } } } } }""",
    "devices": "{ devices { name grids { code } community { code } renews { id } } }",
    "verdicts": "{ verdicts { id device { name } sentence } }",
}
MOST = {
    "a list and what each row belongs to": 4,
    "tickets with takers and services": 8,
    "conflicts with all they name": 7,
    "the ledger": 7,
    "devices": 4,
    "verdicts": 2,
}


async def ordinary(house: House, query: str) -> int:
    """How many statements a query is by the way of the resolvers."""
    door = house.app.state.graphql.door
    context = await door.context(f"Bearer {await house.token('dispatcher')}")
    with house.statements() as asked:
        result = await door.schema.execute(query, None, context)
    assert result.errors is None
    return len(asked)


async def count(house: House, query: str, **variables: int) -> int:
    """How many statements a query is, those apart by which its author is recognised."""
    await house.ask("{ __typename }", "dispatcher")
    with house.statements() as asked:
        await house.ask(query, "dispatcher", **variables)
    return len([one for one in asked if "WHERE token.hash = " not in one])


async def fill(house: House, many: int) -> None:
    """More of everything, with a conflict and points for each."""
    for _ in range(many):
        ticket = await house.ticket(contact={"name": "老王"})
        await house.do("ticket.claim", ticket, member=MEMBER, by=MEMBER)
        await house.do("ticket.claim", ticket, member=MEMBER_2, saw=0)
        house.clock.go_on(2 * HOUR)
        await house.service(MEMBER, ticket=ticket, by=MEMBER)
        number = house.ids.secret()[:6]
        await house.do("member.register", house.ids.uuid7(), unit=UNIT, number=number, name="x", grid=GRID)


@pytest.mark.parametrize("what", FLAT)
async def test_a_query_is_one_statement_and_a_few_by_the_way_of_the_resolvers(
    house: House, what: str
) -> None:
    assert await count(house, FLAT[what]) == 1
    assert await ordinary(house, FLAT[what]) <= MOST[what]


async def test_three_lists_within_one_another_are_one_statement(house: House) -> None:
    query = """query ($first: Int) { grids(first: $first) { totalCount edges { node { code tickets(first: 10) {
        totalCount pageInfo { hasNextPage endCursor } edges { node { title services(first: 5) {
          totalCount edges { node { start end member { name } } } } } } } } } } }"""
    assert await count(house, query, first=20) == 1


async def test_more_rows_are_not_more_statements(house: House) -> None:
    await fill(house, 2)
    few = {what: await ordinary(house, query) for what, query in FLAT.items()}
    nested = await count(house, NESTED, first=2)
    await fill(house, 12)
    assert {what: await ordinary(house, query) for what, query in FLAT.items()} == few
    assert await count(house, NESTED, first=5) == nested
    assert nested <= 40


async def test_what_is_not_asked_for_is_not_read(house: House) -> None:
    assert await ordinary(house, "{ tickets { totalCount } }") == 1
    assert await ordinary(house, "{ tickets(first: 3) { edges { node { title } } } }") == 2
    assert await ordinary(house, "{ __typename }") == 0

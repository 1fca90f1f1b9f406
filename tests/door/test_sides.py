"""Every thing from every side: what one thing leads to leads back to it, is counted there, and is what filters find."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.databases import Databases
from tests.door import readable
from tests.door.house import COMMUNITY, MEMBER, MEMBER_2, MEMBER_3, UNIT, House, standing
from tests.door.test_readable import Peopled


@pytest.fixture(scope="module")
async def peopled(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Peopled]:
    with databases.fresh(tmp_path_factory.mktemp("sides")) as url:
        async with standing(url) as house:
            yield Peopled(house, *(await readable.peopled(house)))


async def ids(house: House, name: str, filter: str = "", role: str = "admin") -> list[str]:
    """What a list at the root finds."""
    given = f"(filter: {{ {filter} }}, first: 200)" if filter else "(first: 200)"
    found = (await house.ask(f"{{ {name}{given} {{ totalCount nodes {{ id }} }} }}", role))[name]
    assert found["totalCount"] == len(found["nodes"])
    return [one["id"] for one in found["nodes"]]


async def side(
    house: House, type_: str, id: str, name: str, filter: str = "", role: str = "admin"
) -> list[str] | None:
    """What a thing's own list holds; None where there is no such list for a role."""
    given = f"(filter: {{ {filter} }}, first: 200)" if filter else "(first: 200)"
    query = f"query ($id: ID!) {{ node(id: $id) {{ ... on {type_} {{ {name}{given} {{ totalCount nodes {{ id }} }} }} }} }}"
    node = (await house.ask(query, role, id=id))["node"]
    if node is None or node[name] is None:
        return None
    assert node[name]["totalCount"] == len(node[name]["nodes"])
    return [one["id"] for one in node[name]["nodes"]]


async def rewards(house: House) -> dict[str, str]:
    found = await house.ask("{ rewards { nodes { id code } } }")
    return {one["code"]: one["id"] for one in found["rewards"]["nodes"]}


async def test_redemptions_are_found_from_the_community_the_reward_and_the_member(peopled: Peopled) -> None:
    house, flask = peopled.house, (await rewards(peopled.house))["flask"]
    everything = await ids(house, "redemptionsConnection")
    assert len(everything) == 2
    assert await side(house, "Community", COMMUNITY, "redemptionsConnection") == everything
    assert await side(house, "Member", MEMBER, "redemptionsConnection") == everything
    assert await side(house, "Member", MEMBER_2, "redemptionsConnection") == []
    (of_flask,) = await side(house, "Reward", flask, "redemptionsConnection") or []
    assert await ids(house, "redemptionsConnection", f'item: "{flask}"') == [of_flask]
    assert await ids(house, "redemptionsConnection", 'forReward: {codes: ["flask"]}') == [of_flask]
    assert await ids(house, "redemptionsConnection", f'ofMember: {{unit: "{UNIT}"}}') == everything
    assert await ids(house, "redemptionsConnection", f'ofMember: {{ids: ["{MEMBER_3}"]}}') == []
    assert await ids(house, "redemptionsConnection", "pointsFrom: 2") == []
    assert await ids(house, "rewards", f'redemptions: {{ids: ["{of_flask}"]}}') == [flask]


async def test_what_one_person_had_for_points_is_for_no_reader(peopled: Peopled) -> None:
    house, flask = peopled.house, (await rewards(peopled.house))["flask"]
    assert await ids(house, "redemptionsConnection", role="reader") == []
    assert await side(house, "Reward", flask, "redemptionsConnection", role="reader") == []
    assert await side(house, "Member", MEMBER, "redemptionsConnection", role="reader") is None
    assert await ids(house, "rewards", "redemptions: {}", "reader") == []
    assert await ids(house, "rewards", f'redemptions: {{member: "{MEMBER}"}}', "reader") == []


PAGES: Any = """query ($id: ID!, $after: String) { node(id: $id) { ... on Community {
    redemptionsConnection(first: 1, after: $after, order: {field: AT}) {
      pageInfo { hasNextPage endCursor } edges { node { id } } } } } }"""


async def test_redemptions_are_read_page_by_page(peopled: Peopled) -> None:
    house, found, after = peopled.house, [], None
    while True:
        page = (await house.ask(PAGES, id=COMMUNITY, after=after))["node"]["redemptionsConnection"]
        found += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert found == (await ids(house, "redemptionsConnection"))[::-1]

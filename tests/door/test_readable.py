"""Each field is read by those whom a written table names, and what is foreign is as if it were not there.

Everything is asked by the printed schema and judged by what was answered; nothing here looks at a policy.
"""

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any, Final, NamedTuple

import pytest
from graphql import (
    GraphQLInputObjectType,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
)

from tests.databases import Databases
from tests.door import readable
from tests.door.house import House, standing
from tests.door.readable import SCHEMA, Things
from tests.door.world import World

NOWHERE: Final = "0193a000-0000-7000-8000-0000000000ff"
ASIDE: Final = 24
"""How many are asked about in one breath."""

TOLD: Final = ("whistles(filter: { ticket:", "whistleGroups(by: [], filter: { ticket:")
"""By what may be asked though the thing is not seen: a whistle says itself which ticket it is for (`calledFor`)."""

ROLES: Final = ("other tablet", "far dispatcher", "unit", "member")
"""Those to whom something near is foreign."""


class Peopled(NamedTuple):
    house: House
    world: World
    things: Things


@pytest.fixture(scope="module")
async def peopled(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Peopled]:
    with databases.fresh(tmp_path_factory.mktemp("readable")) as url:
        async with standing(url) as house:
            yield Peopled(house, *(await readable.peopled(house)))


def places(type_: Any, deep: int = 1) -> Iterator[str]:
    """The literals of a type with one id in them, at `%s`."""
    if is_non_null_type(type_):
        yield from places(type_.of_type, deep)
    elif is_list_type(type_):
        yield from (f"[{one}]" for one in places(type_.of_type, deep))
    elif type_.name == "ID":
        yield '"%s"'
    elif isinstance(type_, GraphQLInputObjectType) and deep:
        for name, one in type_.fields.items():
            if name not in {"and", "or", "not"}:
                yield from (f"{{ {name}: {inner} }}" for inner in places(one.type, deep - 1))


def questions(world: World) -> Iterator[str]:
    """Every root field in every way to name an id to it, with `%s` in its place."""
    query: Any = SCHEMA.query_type
    for name, declared in query.fields.items():
        inner: Any = get_named_type(declared.type)
        leaves = [
            key for key, one in getattr(inner, "fields", {}).items() if is_leaf_type(get_named_type(one.type))
        ]
        whole = "" if is_leaf_type(inner) else f"{{ {' '.join(leaves) or '__typename'} }}"
        others = {
            key: readable._argument(key, one.type, world)
            for key, one in declared.args.items()
            if is_required_argument(one)
        }
        for argument, one in declared.args.items():
            for place in places(one.type):
                given = {**others, argument: place}
                told = ", ".join(f"{key}: {value}" for key, value in given.items())
                yield f"{name}({told}) {whole}"


async def visible(house: House, role: str, things: Things) -> set[str]:
    """The ids of whatever `node` finds for a role."""
    ids = [id for many in things.values() for id in many]
    found: set[str] = set()
    for start in range(0, len(ids), 100):
        asked = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
        nodes = (await house.ask(asked, role, ids=ids[start : start + 100]))["nodes"]
        found |= {one["id"] for one in nodes if one is not None}
    return found


def some_foreign(things: Things, seen: set[str]) -> list[str]:
    """Of each type some things that a role does not see: more of those that others name."""
    found = [
        [id for id in many if id not in seen][: 8 if type_ in {"Ticket", "Unit"} else 1]
        for type_, many in things.items()
    ]
    return [id for many in found for id in many]


async def told_apart(house: House, role: str, asked: str, ids: list[str]) -> bool:
    """Whether a question of what is foreign is answered in another way than of what there is not."""
    if len(ids) > ASIDE:
        return await told_apart(house, role, asked, ids[:ASIDE]) or await told_apart(
            house, role, asked, ids[ASIDE:]
        )
    many = [NOWHERE, *ids]
    aside = " ".join(f"a{place}: {asked % id}" for place, id in enumerate(many))
    answer = await house.post(f"{{ {aside} }}", role)
    errors = {str((one.get("path") or ["?"])[0]): one["extensions"] for one in answer.get("errors", [])}
    assert "?" not in errors, (role, asked, errors)
    if answer["data"] is None:  # what may not be null is refused, and all that stands beside it with it
        return False
    told = {
        json.dumps([answer["data"][f"a{place}"], errors.get(f"a{place}")]).replace(id, "the id")
        for place, id in enumerate(many)
    }
    return len(told) > 1


@pytest.mark.parametrize("role", ROLES)
async def test_no_question_tells_what_is_foreign_from_what_is_not_there(peopled: Peopled, role: str) -> None:
    house, world, things = peopled
    ids = some_foreign(things, await visible(house, role, things))
    assert len(ids) > 3, role
    asking = [asked for asked in questions(world) if not asked.startswith(TOLD)]
    apart = [asked for asked in asking if await told_apart(house, role, asked, ids)]
    assert apart == []


async def test_each_field_is_read_by_those_whom_the_table_names(peopled: Peopled) -> None:
    """Write it anew with `python -m tests.door.readable`, and look at each line that moved."""
    seen = await readable.observed(*peopled)
    written = readable.kept(readable.TABLE.read_text("utf-8"))
    found = {where: seen.get(where, set()) for where in readable.fields_to_prove()}
    assert {where: who for where, who in found.items() if who != written[where]} == {}

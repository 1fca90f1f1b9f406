"""What each kind of caller reads of each field, as it is seen from outside: asked over HTTP, by the printed schema.

`python -m tests.door.readable` writes the table anew; whoever does looks at each line that moved.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import anyio
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLUnionType,
    build_schema,
    get_named_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
    is_required_input_field,
)

from schema.build import sdl
from tests.door.house import COMMUNITY, FAR_GRID, GRID, MEMBER, MEMBER_2, UNIT, VILLAGE, House, standing
from tests.door.test_compiled import called, evaluated, sessions
from tests.door.world import World, furnished

TABLE: Final = Path(__file__).with_name("who_may_read.md")
SCHEMA: Final = build_schema(sdl())

CALLERS: Final[dict[str | None, str]] = {
    "tablet": "grid",
    "other tablet": "other grid",
    "dispatcher": "desk",
    "unit": "unit",
    "member": "member",
    "admin": "admin",
    "reader": "reader",
    "far tablet": "far grid",
    "far dispatcher": "far desk",
    None: "nobody",
}
"""Who asks, and the heading under which the table has them."""

GIVEN: Final[dict[str, str]] = {
    "community": f'"{COMMUNITY}"',
    "member": f'"{MEMBER}"',
    "unit": f'"{UNIT}"',
    "grid": f'"{GRID}"',
    "id": f'"{COMMUNITY}"',
    "ids": f'["{COMMUNITY}"]',
    "next": "1",
    "from": '"2026-11-01"',
    "until": '"2026-11-30"',
    "period": '"2026-11"',
}
"""What a field that must be given something is given."""

REFUSED: Final = frozenset({"FORBIDDEN", "UNAUTHENTICATED", "RANKING_OFF"})

FEW: Final = {"first": 5, "limit": 50}
"""So that everything may be asked at once."""

ANSWERED: Final = frozenset(
    {"Page", "Document", "Check", "Receipt", "Quarantined", "Enrolment", "MemberPage"}
)
"""What the protocol's fields and one's own page answer: to whoever may call them, about themselves."""

HEAD: Final = """# Who reads what

What each kind of caller was seen to read of each field, in a district where each holds something
(`tests/door/world.py`). `tests/door/test_readable.py` asks by the printed schema, as anybody would, and compares.
`x`: a value was read of at least one thing; `-`: never, though others read one; `?`: this district has none to
show (the rule of who may read it is held by `tests/schema/test_policies.py` alone). At the root: answered or refused.
Everything is near: tickets of the grid LY-1, a member of the unit U1, their services, points and whistles.

| column | who asks |
| --- | --- |
| grid, other grid | the tablet of LY-1; the tablet of LY-2, in the same community |
| desk | the community's dispatcher |
| unit, member | the unit U1; its member 001, who took the ticket, on their own page |
| admin, reader | of the whole district |
| far grid, far desk | a tablet and the dispatcher of another community. What they read is the district's, or their own |
| nobody | no token |
"""

LEAST: Final = {
    "Int": "1",
    "Long": "1",
    "Boolean": "true",
    "DateTime": '"2026-11-23T01:00:00.000Z"',
    "Date": '"2026-11-23"',
    "JSON": "{}",
}
"""The least value of a scalar."""

Seen = dict[str, set[str]]
"""Of each `Type.field`, who was seen to read it."""


Things = dict[str, list[str]]
"""Ids, by the type of what they are of."""


async def peopled(house: House) -> tuple[World, Things]:
    """A district in which every field has something to show; and the ids of what is near."""
    world = await furnished(house)
    await sessions(house, [MEMBER, MEMBER_2])
    await called(house, await house.ticket(due="2026-11-24T01:00:00.000Z", contact={"name": "老王"}))
    await evaluated(house, [MEMBER_2, MEMBER, MEMBER_2, MEMBER])
    await _more(house)
    for role in CALLERS:
        if role is not None:
            await house.token(role)
    return world, await near(house, world)


async def _more(house: House) -> None:
    """What offices do seldom, and tablets against one another."""
    twin, ticket, contested = house.ids.uuid7(), await house.ticket(by=MEMBER), await house.ticket()
    await house.do("member.register", twin, unit=UNIT, number="077", name="党员 077", grid=GRID)
    await house.do("member.merge", twin, into=MEMBER)
    await house.do("ticket.edit", ticket, addTags=["law"], detail="门牌在后", priority="HIGH")
    await house.do("ticket.pause", ticket, reason="等零件", by=MEMBER, until="2026-11-30T01:00:00.000Z")
    for to in ({"member": MEMBER}, {"unit": UNIT}):
        await house.do("ticket.dispatch", await house.ticket(), to=to)
    reserved = await house.ticket()
    await house.do("ticket.dispatch", reserved, to={"member": MEMBER})
    both = {"several": [{"member": MEMBER}, {"unit": UNIT}]}
    await house.do("ticket.dispatch", await house.ticket(seats=2), to=both)
    saw = await house.rev()
    for role, member in (("tablet", MEMBER), ("second tablet", MEMBER_2)):
        house.clock.go_on()
        claim = house.change("ticket.claim", contested, {"member": member}, saw=saw, by=member)
        upload = {"protocol": 1, "from": 1, "oldest": 1, "runs": [], "changes": [claim]}
        await house.ask("mutation ($u: UploadInput!) { push(upload: $u) { epoch } }", role, u=upload)
    await house.hub.settle()
    (conflict,) = (await house.ask("query ($id: ID!) { conflicts(entity: $id) { id } }", id=contested))[
        "conflicts"
    ]
    await house.do("conflict.rule", conflict["id"], stands=None, reason="都不算", by=MEMBER)
    void = await house.service(MEMBER, by=MEMBER)
    await house.do("service.void", void, reason="记错了")
    item, post = house.ids.uuid7(), house.ids.uuid7()
    name = {"zh": "水壶", "en": "Flask"}
    whole = {"code": "flask", "name": name, "community": COMMUNITY, "points": 1, "stock": 5}
    await house.do("reward.put", item, **whole, **{"from": "2026-01-01", "until": "2027-01-01"})
    redeemed = {"member": MEMBER, "points": 1, "reward": "flask", "item": item, "by": MEMBER_2}
    await house.do("points.redeem", house.ids.uuid7(), **redeemed)
    whole = {
        "code": "guard",
        "name": name,
        "community": COMMUNITY,
        "grid": GRID,
        "seats": 2,
        "skills": ["law"],
    }
    await house.do("post.put", post, **whole, **{"from": "2026-01-01", "until": "2027-01-01"})
    for member in (MEMBER, MEMBER_2):
        await house.do("post.take", post, member=member)
    await house.do("post.leave", post, member=MEMBER_2)
    adjusted = house.ids.uuid7()
    await house.do("points.adjust", adjusted, member=MEMBER, points=2, reason="代班", by=MEMBER_2)
    await house.do("points.confirm", adjusted, "second dispatcher", by=MEMBER)
    duty, activity = house.ids.uuid7(), house.ids.uuid7()
    given = {"unit": UNIT, "community": COMMUNITY, "kind": "TALK", "topic": "防汛"}
    await house.do("duty.record", duty, **given)
    await house.do("duty.void", duty, reason="记错了")
    times = {"start": "2026-11-23T01:00:00.000Z", "end": "2026-11-23T03:00:00.000Z"}
    given = {"community": COMMUNITY, "title": "巡查", "category": "parking", "place": "广场"}
    await house.do("activity.open", activity, **given, **times)
    rule: dict[str, Any] = {
        "code": "capped",
        "name": name,
        "per": "SERVICE",
        "points": 1,
        "community": COMMUNITY,
    }
    rule |= {"categories": ["parking"], "dailyCap": 3, "from": "2026-01-01", "until": "2027-01-01"}
    await house.do("pointRule.put", house.ids.uuid7(), "admin", **rule)
    await house.ask("{ tickets { edges { node { contact { name } } } } }", "tablet")


NEAR: Final = """query ($near: ID!) {
  node(id: $near) { ... on Community { id %s } }
  devices(community: $near) { id verdicts { edges { node { id } } } } recounts(community: $near) { id } pointExpiries { id }
  pointRules { id } readings(community: $near) { id } conflicts(community: $near) { id }
  members(filter: {community: $near, withAliases: true}) { edges { node { id } } }
  adjustments(filter: {community: $near}) { edges { node { id } } }
  redemptions: pointEntries(filter: {community: $near}) { edges { node { redemption { id } } } }
}"""


async def near(house: House, world: World) -> Things:
    """The ids of all that is of the first community, as the district sees them."""
    community: Any = SCHEMA.type_map["Community"]
    lists = [
        f"{name} {{ edges {{ node {{ id }} }} }}"
        for name, field in community.fields.items()
        if get_named_type(field.type).name.endswith("Connection") and name != "history"
    ]
    found = await house.ask(NEAR % " ".join(lists), "admin", near=COMMUNITY)
    ids = sorted({*_ids(found), world.adjustment, world.recount, world.expiry} - {VILLAGE, FAR_GRID})
    things: Things = defaultdict(list)
    for start in range(0, len(ids), 100):
        asked = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
        for one in (await house.ask(asked, "admin", ids=ids[start : start + 100]))["nodes"]:
            if one is not None:
                things[one["__typename"]].append(one["id"])
    return things


def _ids(found: Any) -> Iterator[str]:
    if isinstance(found, list):
        for one in found:
            yield from _ids(one)
    elif isinstance(found, dict):
        if isinstance(found.get("id"), str):
            yield found["id"]
        for one in found.values():
            yield from _ids(one)


def fields_to_prove() -> set[str]:
    """Every field that somebody may read: those of pages and of what a change answered are parts of another's."""
    named = {"Query", "Mutation"}
    for type_ in _reached():
        named.add(type_.name)
    return {f"{name}.{field}" for name in named - ANSWERED for field in _fields(SCHEMA.type_map[name])}


def _fields(type_: Any) -> Mapping[str, GraphQLField]:
    found: Mapping[str, GraphQLField] = type_.fields
    return found


def _reached() -> list[Any]:
    """The object types that queries reach, without pages and edges."""
    found: dict[str, Any] = {}
    waiting: list[Any] = [SCHEMA.query_type]
    while waiting:
        for declared in _fields(waiting.pop()).values():
            named = get_named_type(declared.type)
            possible: list[Any] = (
                list(SCHEMA.get_possible_types(named))
                if isinstance(named, GraphQLInterfaceType | GraphQLUnionType)
                else [named]
            )
            for one in possible:
                if isinstance(one, GraphQLObjectType) and one.name not in found and one.name != "PageInfo":
                    found[one.name] = one
                    waiting.append(one)
    return [one for one in found.values() if not one.name.endswith(("Connection", "Edge"))]


def is_thing(type_: Any) -> bool:
    """Whether a type has an id of its own, by which `node` finds it."""
    return any(one.name == "Node" for one in getattr(type_, "interfaces", ()))


def arguments(declared: GraphQLField, world: World) -> str:
    """What a field must be given, as text."""
    given = [
        f"{name}: {_argument(name, one.type, world)}"
        for name, one in declared.args.items()
        if is_required_argument(one) or name in FEW
    ]
    return f"({', '.join(given)})" if given else ""


def _argument(name: str, type_: Any, world: World) -> str:
    if name in FEW:
        return str(FEW[name])
    if name == "ticket":
        return f'"{world.near}"'
    named = get_named_type(type_)
    if isinstance(named, GraphQLEnumType):
        return "[]" if is_list_type(getattr(type_, "of_type", type_)) else next(iter(named.values))
    return GIVEN[name]


def selected(type_: Any, world: World, deep: int = 5) -> str:
    """Everything of a type and of its parts; of another thing its id alone."""
    if isinstance(type_, GraphQLUnionType) or deep == 0:
        return "{ __typename }"
    parts = []
    for name, declared in _fields(type_).items():
        inner = get_named_type(declared.type)
        asked = f"{name}{arguments(declared, world)}"
        if is_leaf_type(inner):
            parts.append(asked)
        elif isinstance(inner, GraphQLUnionType):
            parts.append(f"{asked} {{ __typename }}")
        elif is_thing(inner) or inner.name == "Node":
            parts.append(f"{asked} {{ id }}")
        elif inner.name.endswith("Connection"):
            parts.append(f"{asked} {{ edges {{ node {_of_edge(inner, world, deep)} }} }}")
        else:
            parts.append(f"{asked} {selected(inner, world, deep - 1)}")
    return "{ " + " ".join(parts) + " }"


def _of_edge(connection: Any, world: World, deep: int) -> str:
    node = get_named_type(_fields(get_named_type(_fields(connection)["edges"].type))["node"].type)
    return "{ id }" if is_thing(node) else selected(node, world, deep - 1)


def read(type_: Any, found: dict[str, Any], who: str, seen: Seen) -> None:
    """Note what there was to read in an object."""
    for name, declared in _fields(type_).items():
        value, inner = found.get(name), get_named_type(declared.type)
        for one in value if isinstance(value, list) else [value]:
            if is_leaf_type(inner) or is_thing(inner) or inner.name == "Node":
                if one is not None:
                    seen[f"{type_.name}.{name}"].add(who)
            elif one is not None and inner.name.endswith("Connection"):
                node: Any = get_named_type(_fields(get_named_type(_fields(inner)["edges"].type))["node"].type)
                if one["edges"]:
                    seen[f"{type_.name}.{name}"].add(who)
                for edge in [] if is_thing(node) else one["edges"]:
                    read(node, edge["node"], who, seen)
            elif one is not None:
                seen[f"{type_.name}.{name}"].add(who)
                if isinstance(inner, GraphQLObjectType):
                    read(inner, one, who, seen)


async def observed(house: House, world: World, things: Things) -> Seen:
    """Who reads what, as it was answered."""
    seen: Seen = defaultdict(set)
    for role, who in CALLERS.items():
        await _root(house, world, role, who, seen)
        if role is None:
            continue
        for type_ in _reached():
            ids = things.get(type_.name, [])
            asked = f"query ($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {type_.name} {selected(type_, world)} }} }}"
            for start in range(0, len(ids), 20):
                answer = await house.post(asked, role, ids=ids[start : start + 20])
                assert "errors" not in answer, (type_.name, role, answer["errors"][:2])
                for one in answer["data"]["nodes"]:
                    if one is not None:
                        read(type_, one, who, seen)
    for role, who in CALLERS.items():
        await _writing(house, role, who, seen)
    return seen


async def _root(house: House, world: World, role: str | None, who: str, seen: Seen) -> None:
    """Which root fields answer at all, and what they show that is no thing with an id."""
    query: Any = SCHEMA.query_type
    for name, declared in _fields(query).items():
        inner = get_named_type(declared.type)
        whole = "" if is_leaf_type(inner) else "{ __typename }"
        if isinstance(inner, GraphQLObjectType) and not is_thing(inner) and inner.name not in ANSWERED:
            whole = "{ __typename }" if inner.name.endswith("Connection") else selected(inner, world)
        for given in _dressed(declared, world):
            await _asked(house, name, f"{{ {name}{given} {whole} }}", role, who, seen)


def _dressed(declared: GraphQLField, world: World) -> list[str]:
    """The arguments of a root field; of groups once for all that they may be told by."""
    given = arguments(declared, world)
    by: Any = declared.args.get("by")
    words = [] if by is None else get_named_type(by.type).values
    return [given, *(given.replace("[]", f"[{word}]", 1) for word in words)]


async def _asked(house: House, name: str, asked: str, role: str | None, who: str, seen: Seen) -> None:
    answer = await house.post(asked, role)
    codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
    if codes & REFUSED:
        return
    assert not codes, (asked, role, codes)
    seen[f"Query.{name}"].add(who)
    value: Any = answer["data"][name]
    inner = get_named_type(_fields(SCHEMA.query_type)[name].type)
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict) and isinstance(inner, GraphQLObjectType) and len(one) > 1:
            read(inner, one, who, seen)


async def _writing(house: House, role: str | None, who: str, seen: Seen) -> None:
    """Which mutations are refused; the others hear what is wrong with what they send, and change nothing."""
    mutation: Any = SCHEMA.mutation_type
    for name, declared in _fields(mutation).items():
        given = ", ".join(
            f"{key}: {_empty(one.type)}" for key, one in declared.args.items() if is_required_argument(one)
        )
        whole = "" if is_leaf_type(get_named_type(declared.type)) else "{ __typename }"
        answer = await house.post(f"mutation {{ {name}{f'({given})' if given else ''} {whole} }}", role)
        codes = {error["extensions"]["code"] for error in answer.get("errors", [])}
        if not codes & REFUSED:
            seen[f"Mutation.{name}"].add(who)


def _empty(type_: Any) -> str:
    """The least that a type takes."""
    if is_non_null_type(type_):
        return _empty(type_.of_type)
    if is_list_type(type_):
        return "[]"
    if isinstance(type_, GraphQLEnumType):
        return str(next(iter(type_.values)))
    if isinstance(type_, GraphQLInputObjectType):
        must = [one for one in type_.fields.items() if is_required_input_field(one[1])]
        if type_.is_one_of:
            return f'{{ {next(iter(type_.fields))}: "x" }}'
        return "{ " + ", ".join(f"{name}: {_empty(one.type)}" for name, one in must) + " }"
    return LEAST.get(type_.name, '"x"')


def table(seen: Seen) -> str:
    """The table as it is kept."""
    heads = list(CALLERS.values())
    by_type: dict[str, list[str]] = defaultdict(list)
    for where in sorted(fields_to_prove()):
        by_type[where.partition(".")[0]].append(where)
    parts = [HEAD]
    for type_, fields in by_type.items():
        parts += [f"\n## {type_}\n", f"| field | {' | '.join(heads)} |", f"|{' --- |' * (len(heads) + 1)}"]
        for where in fields:
            who = seen.get(where) or set()
            cells = ("?" if not who else "x" if head in who else "-" for head in heads)
            parts.append(f"| {where.partition('.')[2]} | {' | '.join(cells)} |")
    return "\n".join(parts) + "\n"


def kept(text: str) -> Seen:
    """The table as it was written."""
    seen: Seen = {}
    type_ = ""
    for line in text.splitlines():
        if line.startswith("## "):
            type_ = line[3:]
        elif type_ and line.startswith("| ") and not line.startswith(("| field | grid", "| ---")):
            field, *cells = (cell.strip() for cell in line.strip("|").split("|"))
            heads = zip(CALLERS.values(), cells, strict=True)
            seen[f"{type_}.{field}"] = {head for head, cell in heads if cell == "x"}
    return seen


async def main() -> None:
    """Write the table anew."""
    with TemporaryDirectory() as folder:
        async with standing(Path(folder)) as house:
            world, things = await peopled(house)
            TABLE.write_text(table(await observed(house, world, things)), "utf-8")


if __name__ == "__main__":
    anyio.run(main)

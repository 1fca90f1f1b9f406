"""Schemathesis drives every root field from the printed schema: never a 5xx, always a code, nothing echoed.

A minute in the test run, always with the same examples; with PROFILE=dev it looks for new ones.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

import httpx
import pytest
import schemathesis
from anyio.from_thread import BlockingPortal, start_blocking_portal
from graphql import (
    ArgumentNode,
    FieldNode,
    GraphQLError,
    IntValueNode,
    NameNode,
    OperationDefinitionNode,
    ValueNode,
    Visitor,
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_input_field,
    parse,
    print_ast,
    visit,
)
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes

from schema.build import DoorSchema, sdl
from schema.errors import CODES
from sync.shapes import format_time
from tests.databases import Databases
from tests.door.house import (
    COMMUNITY,
    FAR_MEMBER,
    GRID,
    HOUR,
    MEMBER,
    MEMBER_2,
    MORNING,
    UNIT,
    House,
    standing,
)

ROLES: Final = ("admin", "dispatcher", "reader", "tablet", "unit", None)
CI: Final = settings.default is not None and settings.default.derandomize
KNOWN: Final = [COMMUNITY, GRID, UNIT, MEMBER, MEMBER_2, FAR_MEMBER]
"""Ids that there are; tickets and services join them before the first example."""

FUZZ: Final = settings(
    max_examples=10 if CI else 200,
    phases=[Phase.generate] if CI else [Phase.reuse, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
    deadline=None,
)

ids = st.one_of(
    st.integers(0, 40).map(lambda n: KNOWN[n % len(KNOWN)]), st.uuids().map(str), st.text(max_size=9)
)
times = st.integers(MORNING - 100 * HOUR, MORNING + 100 * HOUR).map(format_time)
days = st.dates().map(lambda day: day.isoformat())
longs = st.integers(-(2**53) + 1, 2**53 - 1)


def text(value: str) -> ValueNode:
    return nodes.String(value)


schemathesis.graphql.scalar("ID", ids.map(text))
schemathesis.graphql.scalar("DateTime", st.one_of(times, st.text(max_size=5)).map(text))
schemathesis.graphql.scalar("Date", st.one_of(days, st.text(max_size=5)).map(text))
schemathesis.graphql.scalar("Long", longs.map(nodes.Int))
schemathesis.graphql.scalar("JSON", st.one_of(st.text(max_size=20).map(text), st.just(nodes.Null)))

SCHEMA: Final = DoorSchema()._schema
OPERATIONS: Final[dict[str, Any]] = {
    operation.label: operation
    for operation in (one.ok() for one in schemathesis.graphql.from_file(sdl()).get_all_operations())  # type: ignore[union-attr]
}


class Door:
    """The house, asked from a test that is not a coroutine."""

    def __init__(self, portal: BlockingPortal, house: House) -> None:
        self.portal = portal
        self.house = house
        self.codes: Counter[str] = Counter()

    def post(self, content: bytes, role: str | None, **headers: str) -> httpx.Response:
        return self.portal.call(self._post, content, role, headers)

    async def _post(self, content: bytes, role: str | None, headers: dict[str, str]) -> httpx.Response:
        if role is not None:
            headers = {**headers, "Authorization": f"Bearer {await self.house.token(role)}"}
        return await self.house.http.post(
            "/graphql", content=content, headers={"Content-Type": "application/json", **headers}
        )

    def check(self, answer: httpx.Response) -> Any:
        """What must hold of every answer: no 5xx, JSON, and a known code for each error."""
        assert answer.status_code < 500, answer.text
        whole = answer.json()
        for error in whole.get("errors", []):
            code = error["extensions"]["code"]
            assert code in CODES, code
            assert code != "INTERNAL", error
            self.codes[code] += 1
        assert "errors" in whole or whole["data"] is not None
        self.codes["answered"] += whole.get("data") is not None
        return whole


@pytest.fixture(scope="module")
def door(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with (
        databases.fresh(tmp_path_factory.mktemp("fuzz")) as url,
        start_blocking_portal("asyncio") as portal,
        portal.wrap_async_context_manager(standing(url)) as house,
    ):
        portal.call(_fill, house)
        yield Door(portal, house)


async def _fill(house: House) -> None:
    for role in ROLES:
        if role is not None:
            await house.token(role)
    ticket = await house.ticket(contact={"name": "老王"}, detail="门牌在后")
    await house.do("ticket.claim", ticket, member=MEMBER)
    await house.do("ticket.claim", ticket, member=MEMBER_2, saw=0)
    house.clock.go_on(HOUR)
    service = await house.service(MEMBER, ticket=ticket)
    (device,) = (await house.ask("{ devices { id } }"))["devices"]
    KNOWN.extend([ticket, service, device["id"], f"{device['id']}:1"])


@pytest.mark.parametrize("label", OPERATIONS)
@pytest.mark.timeout(300)
def test_every_root_field_answers_whatever_it_is_asked(door: Door, label: str) -> None:
    @FUZZ
    @given(case=OPERATIONS[label].as_strategy(), role=st.sampled_from(ROLES), tame=st.integers(0, 3))
    def answers(case: Any, role: str | None, tame: int) -> None:
        document = _one_operation(case.body, tame=tame > 0)
        whole = door.check(door.post(json.dumps({"query": document}).encode(), role))
        assert "GRAPHQL_VALIDATION_FAILED" not in {
            error["extensions"]["code"] for error in whole.get("errors", [])
        } or _has_bad_literal(document)

    answers()


class SensiblePages(Visitor):
    """Pages as people ask for them, so that most operations get past their arguments."""

    def enter_field(self, node: FieldNode, *_: Any) -> FieldNode | None:
        given = {one.name.value: one for one in node.arguments or ()}
        if not given.keys() & {"first", "last"}:
            return None
        value = given.get("first", given.get("last"))
        size = int(value.value.value) if value and isinstance(value.value, IntValueNode) else 5
        page = ArgumentNode(name=NameNode(value="first"), value=nodes.Int(abs(size) % 12))
        kept = [one for name, one in given.items() if name not in {"first", "last", "after", "before"}]
        return FieldNode(
            name=node.name,
            alias=node.alias,
            arguments=(page, *kept),
            directives=node.directives,
            selection_set=node.selection_set,
        )


def _one_operation(document: str, *, tame: bool) -> str:
    """The document with one operation only: Schemathesis may write several."""
    parsed = parse(document)
    first: Any = next(one for one in parsed.definitions if isinstance(one, OperationDefinitionNode))
    return print_ast(visit(first, SensiblePages()) if tame else first)


def _has_bad_literal(document: str) -> bool:
    """Whether a text may stand where a moment, a day or a long is asked for: those are refused when read."""
    return any(mark in document for mark in ('"', "null", "[]"))


ODD = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text()
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
WITH_VARIABLES: Final = (
    "query ($v: TicketFilter, $f: Int, $a: String) { tickets(filter: $v, first: $f, after: $a) { totalCount edges { cursor } } }",
    "query ($v: MemberFilter, $f: Int, $a: String) { members(filter: $v, last: $f, before: $a) { edges { cursor } } }",
    "query ($v: [TicketOrder!], $f: Int, $a: String) { tickets(order: $v, first: $f, after: $a) { edges { cursor } } }",
    "query ($v: ID!, $f: Int, $a: String) { node(id: $v) { id } pull(next: 1, after: $a) { more } tickets(first: $f) { totalCount } }",
    "mutation ($v: TicketOpenInput!) { ticketOpen(input: $v) { __typename } }",
    "mutation ($v: TicketDispatchInput!) { ticketDispatch(input: $v) { __typename } }",
    "mutation ($v: CommunityPutInput!) { communityPut(input: $v) { __typename } }",
    "mutation ($v: UploadInput!) { push(upload: $v) { receivedThrough quarantined { seq code } } }",
    "mutation ($v: [JSON]!) { push(upload: {protocol: 1, from: 1, oldest: 1, runs: [], changes: $v}) { receivedThrough } }",
    "mutation ($v: String!) { enrol(code: $v, name: $v, appVersion: $v) { epoch } }",
)


@pytest.mark.parametrize("query", WITH_VARIABLES)
def test_odd_variables_are_refused_with_a_code(door: Door, query: str) -> None:
    @settings(FUZZ, max_examples=40 if CI else 1000)
    @given(value=ODD, first=ODD, after=ODD, role=st.sampled_from(ROLES))
    def answers(value: Any, first: Any, after: Any, role: str | None) -> None:
        body = {"query": query, "variables": {"v": value, "f": first, "a": after}}
        door.check(door.post(json.dumps(body).encode(), role))

    answers()


ROOTS: Final = [
    (kind, name, declared)
    for kind, root in (("query", SCHEMA.query_type), ("mutation", SCHEMA.mutation_type))
    if root is not None
    for name, declared in root.fields.items()
    if declared.args
]
MANY: Final = st.sampled_from([1, 2, 51, 200, 201, 999, 2_001])
LONG: Final = st.sampled_from(["a", "停" * 200, "a" * 201, "b" * 60_000, "%/_" * 70])


@st.composite
def large(draw: st.DrawFn, type_: Any, deep: int = 0) -> Any:
    """A value of a type with lists, objects and texts of every size, now and then of absurd ones."""
    if is_non_null_type(type_):
        return draw(large(type_.of_type, deep))
    if is_list_type(type_):
        return [draw(large(type_.of_type, deep + 1))] * draw(MANY)
    if is_input_object_type(type_):
        needed = [name for name, one in type_.fields.items() if is_required_input_field(one)]
        names = [] if deep > 9 else draw(st.lists(st.sampled_from([*type_.fields]), max_size=3))
        names = names[:1] if type_.is_one_of else names
        return {name: draw(large(type_.fields[name].type, deep + 1)) for name in (*needed, *names)}
    if is_enum_type(type_):
        return draw(st.sampled_from([*type_.values]))
    scalars = {
        "Int": st.integers(0, 500),
        "Long": longs,
        "Boolean": st.booleans(),
        "DateTime": times,
        "Date": days,
    }
    return draw(scalars.get(type_.name, st.one_of(LONG, ids)))


@pytest.mark.parametrize("kind", ["query", "mutation"])
def test_large_variables_are_taken_or_refused_with_a_code(door: Door, kind: str) -> None:
    """Whatever a root field takes, in sizes from one to absurd."""

    @settings(FUZZ, max_examples=150 if CI else 3000)
    @given(
        root=st.sampled_from([one for one in ROOTS if one[0] == kind]),
        role=st.sampled_from(ROLES),
        data=st.data(),
    )
    def answers(root: Any, role: str | None, data: st.DataObject) -> None:
        _, name, declared = root
        given = {key: data.draw(large(one.type)) for key, one in declared.args.items()}
        takes = ", ".join(f"${key}: {one.type}" for key, one in declared.args.items())
        passes = ", ".join(f"{key}: ${key}" for key in declared.args)
        shown = "" if is_leaf_type(get_named_type(declared.type)) else "{ __typename }"
        query = f"{kind} ({takes}) {{ {name}({passes}) {shown} }}"
        door.check(door.post(json.dumps({"query": query, "variables": given}).encode(), role))

    answers()


GOOD: Final = json.dumps(
    {"query": "query ($n: Int) { tickets(first: $n) { totalCount } }", "variables": {"n": 1}}
).encode()


def test_a_damaged_body_is_refused_with_a_code(door: Door) -> None:
    @settings(FUZZ, max_examples=200 if CI else 5000)
    @given(at=st.integers(0, len(GOOD)), cut=st.integers(0, 5), put=st.binary(max_size=5))
    def answers(at: int, cut: int, put: bytes) -> None:
        door.check(door.post(GOOD[:at] + put + GOOD[at + cut :], "admin"))

    answers()


def test_any_bytes_are_refused_with_a_code(door: Door) -> None:
    @settings(FUZZ, max_examples=100 if CI else 5000)
    @given(body=st.binary(max_size=200), encoding=st.sampled_from(["", "gzip", "identity", "br", "x"]))
    def answers(body: bytes, encoding: str) -> None:
        answer = door.post(body, "admin", **({"Content-Encoding": encoding} if encoding else {}))
        assert 400 <= door_status(door, answer) < 500

    answers()


def door_status(door: Door, answer: httpx.Response) -> int:
    door.check(answer)
    return answer.status_code


def test_any_text_is_a_document_or_is_refused_with_a_code(door: Door) -> None:
    @settings(FUZZ, max_examples=150 if CI else 5000)
    @given(
        words=st.lists(
            st.sampled_from(
                [*"{}()[]:$@!=|&", "...", "on", "query", "fragment", "now", "tickets", '"x"', "1"]
            )
        )
    )
    def answers(words: list[str]) -> None:
        document = " ".join(words)
        whole = door.check(door.post(json.dumps({"query": document}).encode(), "admin"))
        try:
            parse(document)
        except GraphQLError:
            assert {error["extensions"]["code"] for error in whole["errors"]} <= {
                "GRAPHQL_PARSE_FAILED",
                "BAD_REQUEST",
            }

    answers()


def test_enough_was_really_answered(door: Door) -> None:
    """A fuzzer that is always refused at the gate finds nothing behind it."""
    assert door.codes["answered"] > sum(door.codes.values()) / 10
    assert {"FORBIDDEN", "UNAUTHENTICATED", "BAD_USER_INPUT", "BAD_JSON", "BAD_ENCODING"} <= set(door.codes)


def test_the_hub_is_whole_after_all_that(door: Door) -> None:
    verified = door.portal.call(door.house.hub.verify)
    assert (verified.ok, verified.differences) == (True, [])

"""What one operation may ask for, and that asking for too much is refused as fast as it is read."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from graphql import (
    OperationDefinitionNode,
    get_introspection_query,
    get_named_type,
    is_list_type,
    is_non_null_type,
    parse,
)

from schema.build import DoorSchema
from schema.limits import LIMITS, ROWS, Limits, check_size, cost
from schema.loaders import SHORT
from schema.query import LONGEST

SCHEMA = DoorSchema()


def doubling(links: int) -> str:
    """A query whose chain of fragments, each spreading the next twice, comes to 2^links fields."""
    chain = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(links))
    return f"{{ ...F0 }} {chain} fragment F{links} on Query {{ now }}"


def limits_of(source: str) -> set[str]:
    errors = SCHEMA.prepare(source).errors
    assert all(error.extensions for error in errors), errors
    return {str((error.extensions or {}).get("limit")) for error in errors}


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


@pytest.mark.parametrize("links", [12, 50, 59, 60, 90, 500])
def test_a_chain_of_doubling_fragments_is_refused_as_fast_as_it_is_read(links: int) -> None:
    """2^90 steps take longer than the world is old."""
    source = doubling(links)
    read = min(seconds(lambda: parse(source)) for _ in range(5))
    refused = min(seconds(lambda: SCHEMA._prepare(source)) for _ in range(5))
    assert refused < 3 * read + 0.001
    errors = SCHEMA.prepare(source).errors
    assert {(error.extensions or {})["code"] for error in errors} == {"LIMIT"}


TOO_MUCH = [
    ("{ now }" + " " * LIMITS.source, "source"),
    ("{ " + "now " * LIMITS.tokens + "}", "tokens"),
    ("{ " + "a " * (LIMITS.root_fields + 1) + "}", "rootFields"),
    ("{ " + "".join(f"a{n}: now " for n in range(LIMITS.aliases + 1)) + "}", "aliases"),
    ("{ a { " + "".join(f"a{n}: b " for n in range(LIMITS.aliases + 1)) + "} }", "aliases"),
    ("{ a { " + " ".join(f"b{n}" for n in range(LIMITS.nodes)) + "} }", "nodes"),
    ("{ a { " + "b { c } " * 140 + "} }", "pairs"),
    ("{ a" * (LIMITS.depth + 1) + " }" * (LIMITS.depth + 1), "depth"),
    ("{ now " + "@include(if: true) " * (LIMITS.directives + 1) + "}", "directives"),
    ("query " + "@a " * (LIMITS.directives + 1) + "{ now }", "directives"),
    ("{ ...F } fragment F on Query { " + "...F " * LIMITS.nodes + "}", "nodes"),
    (
        "{ ...A } fragment A on Query { a { ...B } } fragment B on Q { "
        + "a { " * LIMITS.depth
        + "a"
        + " }" * LIMITS.depth
        + " }",
        "depth",
    ),
    ("{ " + "... { " * (LIMITS.fragments + 1) + "now" + " }" * (LIMITS.fragments + 1) + " }", "depth"),
]


@pytest.mark.parametrize(
    ("source", "limit"), TOO_MUCH, ids=[f"{limit}-{n}" for n, (_, limit) in enumerate(TOO_MUCH)]
)
def test_each_limit_is_named_when_it_is_passed(source: str, limit: str) -> None:
    assert limit in limits_of(source)


def test_a_fragment_that_spreads_itself_is_refused_for_that() -> None:
    for source in (
        "{ ...F } fragment F on Query { now ...F }",
        "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }",
    ):
        (error, *_) = SCHEMA.prepare(source).errors
        assert (error.extensions or {})["code"] == "GRAPHQL_VALIDATION_FAILED"
        assert "Cannot spread fragment" in error.message


def test_a_fragment_that_is_not_there_is_refused_for_that() -> None:
    (error,) = SCHEMA.prepare("{ now ...Nothing }").errors
    assert "Unknown fragment" in error.message


def test_introspection_as_tools_ask_it_fits() -> None:
    whole = get_introspection_query(
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
    )
    assert SCHEMA.prepare(whole).errors == ()


def test_the_worst_document_within_limits_is_read_in_good_time() -> None:
    """GraphQL compares each pair of fields that answer under one name."""

    def same(pairs: int) -> str:
        return "{ grids { " + "pageInfo { hasNextPage } " * int(pairs**0.5 / 1.5) + "} }"

    few, most = same(LIMITS.pairs // 4), same(LIMITS.pairs)
    assert SCHEMA.prepare(most).errors == ()
    compared = min(seconds(lambda: SCHEMA._prepare(most)) for _ in range(3))
    assert compared < 12 * min(seconds(lambda: SCHEMA._prepare(few)) for _ in range(3)), (
        "four times the pairs"
    )


def test_a_document_is_read_once() -> None:
    first = SCHEMA.prepare("{ now }")
    assert SCHEMA.prepare("{ now }") is first


COSTS = [
    ("{ now }", {}, 1),
    ("{ grids(first: 10) { totalCount } }", {}, 2),
    ("{ grids(first: 10) { edges { node { code } } } }", {}, 1 + 1 + 10 * 2),
    ("{ grids { edges { node { code } } } }", {}, 1 + 1 + 50 * 2),
    ("query ($n: Int) { grids(last: $n) { edges { node { code } } } }", {"n": 3}, 1 + 1 + 3 * 2),
    ("query ($n: Int) { grids(last: $n) { edges { node { code } } } }", {}, 1 + 1 + 50 * 2),
    ("{ grids(first: 99999999999) { edges { node { code } } } }", {}, 1 + 1 + 200 * 2),
    ("{ communities { code units { code } } }", {}, 1 + 10 * (1 + 1 + 20)),
    ("{ units { code } }", {}, 1 + 100),
    ("{ now __schema { types { name } } }", {}, 1 + 1_000),
    ("{ tickets(first: 10) { nodes { takers { since } } } }", {}, 1 + 1 + 10 * (1 + 5)),
    ("{ conflicts { id } }", {}, 1 + 100),
    ("{ conflicts(limit: 500) { id } }", {}, 1 + 500),
    ("{ conflicts(limit: 1) { id } }", {}, 1 + 1),
    ("{ conflicts(limit: 99999999999) { id } }", {}, 1 + 500),
    ("query ($n: Int! = 500) { conflicts(limit: $n) { id } }", {"n": 7}, 1 + 7),
    ("query ($n: Int! = 500) { conflicts(limit: $n) { id } }", {"n": 501}, 1 + 500),
    ("query ($n: Int = 9) { settlements(limit: $n) { id } }", {}, 1 + 30),
    ("{ suggestDispatch(ticket: 1) { fit } }", {}, 1 + 10),
    (
        "{ conflicts(limit: 500) { history(first: 200) { edges { node { data } } } } }",
        {},
        1 + 500 * (1 + 1 + 200 * 2),
    ),
    ("{ nodes(ids: [1, 2, 3]) { id } }", {}, 1 + 3 + 3),
    ("query ($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": ["a"] * 100}, 1 + 100 + 100),
    (
        "{ tickets(filter: {or: [{ids: [1, 2]}, {not: {states: [OPEN]}}]}) { totalCount } }",
        {},
        1 + 1 + 2 + 2 + 1,
    ),
    (
        "query ($f: TicketFilter) { communities { tickets(filter: $f) { totalCount } } }",
        {"f": {"ids": ["a"] * 200}},
        1 + 10 * (1 + 200 + 1),
    ),
    (
        "{ grids(first: 2) { edges { ...E } } } fragment E on GridEdge { node { ... { tickets(first: 3) {"
        " edges { node { id } } } } ... on Grid { code } } }",
        {},
        1 + 1 + 2 * (1 + (1 + 1 + 3 * 2) + 1),
    ),
    ("{ grids(first: 2) { ...C } } fragment C on GridConnection { edges { cursor } }", {}, 1 + 1 + 2),
]


@pytest.mark.parametrize(("source", "variables", "expected"), COSTS)
def test_cost_counts_fields_times_the_rows_they_may_be_of(
    source: str, variables: dict[str, int], expected: int
) -> None:
    document = parse(source)
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    assert cost(SCHEMA._schema, document, operation, variables) == expected


def test_of_no_list_at_the_root_is_it_forgotten_how_long_it_may_be() -> None:
    """At the root stands what a whole district has: five rows are not what that comes to."""
    root = SCHEMA._schema.query_type
    assert root is not None
    for name, declared in root.fields.items():
        bare = declared.type.of_type if is_non_null_type(declared.type) else declared.type
        if is_list_type(bare) and not declared.args.keys() & {"first", "limit", "ids"}:
            assert get_named_type(declared.type).name in ROWS, name
    assert SHORT == LONGEST
    named = {name: name.partition(".") for name in ROWS}
    for name, (type_, dot, field) in named.items():
        found: Any = SCHEMA._schema.type_map[type_]
        assert ROWS[name] <= SHORT
        assert not dot or field in found.fields


def test_limits_are_counted_per_operation() -> None:
    two = "query A { a b } query B { a b }"
    assert check_size(parse(two), Limits(fields=2)) == []
    assert len(check_size(parse(two), Limits(fields=1))) == 1

"""A document that was never seen: all that we do before its statement runs, against graphql-core's own part of it."""

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any, Final, cast

from graphql import parse, specified_rules, validate
from sqlalchemy import make_url

from schema.build import DoorSchema
from schema.context import Context, Hub
from schema.json_sql import JSONS
from schema.values import Author, Role
from server.answers import Plans, Query

MANY: Final = 60
READER: Final = Author(role=Role.READER, id="bench", everywhere=True)


def measure(query: str, variables: Mapping[str, Any], url: str) -> dict[str, float]:
    """Milliseconds (medians): parsed, measured, validated and compiled by us; parsed and validated by graphql-core."""
    schema = DoorSchema()
    plans = Plans(schema, JSONS[make_url(url).get_backend_name()])
    context = _context()
    schema_ = schema._schema

    def ours(source: str) -> None:
        admitted = schema.admit(source, None, dict(variables))
        assert admitted.variables is not None, admitted.errors
        plans.plan(Query(source, None, admitted.variables, 0, 0), context)

    def theirs(source: str) -> None:
        assert not validate(schema_, parse(source), specified_rules)

    found = [(_ms(ours, f"{query} # {number}"), _ms(theirs, f"{query} # {number}")) for number in range(MANY)]
    return {"ours_ms": median(one for one, _ in found), "graphql_core_ms": median(one for _, one in found)}


def _ms(work: Callable[[str], None], source: str) -> float:
    began = time.perf_counter()
    work(source)
    return (time.perf_counter() - began) * 1000


def _context() -> Context:
    """Nothing is read while a document is compiled."""

    def nothing(*_: object) -> Any:
        raise AssertionError("nothing is read here")

    return Context(cast(Hub, None), nothing, lambda: 0, nothing, nothing, author=READER)

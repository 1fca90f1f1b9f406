"""What the GraphQL over HTTP working group audits of a server (the ids are those of its `graphql-http` suite).

All of its audits are here, the weak ones (SHOULD, MAY) as well: asked over a real socket, as they are there.
"""

from collections.abc import AsyncIterator, Iterator
from typing import Any, Final, NamedTuple

import httpx
import pytest

from server.settings import sqlite_url
from tests.door.test_sockets import Served, serving

JSON: Final = "application/json"
GRAPHQL: Final = "application/graphql-response+json"
OK: Final = range(200, 201)
BAD: Final = range(400, 401)
REFUSED: Final = range(400, 500)
ASKED: Final = {"query": "{ __typename }"}
WRONG: Final[dict[str, tuple[Any, ...]]] = {
    "query": ({"obj": "ect"}, 0, False, ["array"]),
    "operationName": ({"obj": "ect"}, 0, False, ["array"]),
    "variables": ("string", 0, False, ["array"]),
    "extensions": ("string", 0, False, ["array"]),
}
NAMED: Final = "query Type($name: String!) { __type(name: $name) { name } }"
GOOD: Final[dict[str, dict[str, Any]]] = {
    "34A2 13EE": ASKED,
    "8161 B8B3": {"query": "query Query { __typename }", "operationName": "Query"},
    "94B0 0220": {**ASKED, "variables": None},
    "94B1 0221": {**ASKED, "operationName": None},
    "94B2 0222": {**ASKED, "extensions": None},
    "2EA1 28B9": {"query": NAMED, "variables": {"name": "sometype"}},
    "428F 1B7A": {**ASKED, "extensions": {"some": "value"}},
}
"""What is to be answered without an error, in either media type: the ids of the one and of the other."""

FAILING: Final[dict[str, dict[str, Any]]] = {
    "document parsing failure": {"query": "{"},
    "document validation failure": {"query": "{ 8f31403dfe404bccbb0e835f2629c6a7 }"},
    "variable coercion failure": {
        "query": "query CoerceFailure($id: ID!){ __typename }",
        "variables": {"id": None},
    },
}
IN_JSON: Final = ("572B", "FDE2", "7B9B")
IN_GRAPHQL: Final = ("865D 556A D586", "51FE 74FF 5E5B", "86EE")


class Audit(NamedTuple):
    """One request and the status that is to come; data: that there is some, or none; None where it is all one."""

    id: str
    given: Any
    status: range
    accept: str | None = None
    content_type: str | None = JSON
    method: str = "POST"
    data: bool | None = None
    media_type: str = ""


def audits() -> Iterator[Audit]:
    yield Audit("22EB", ASKED, OK, GRAPHQL, media_type=GRAPHQL)
    yield Audit("4655", ASKED, OK, JSON, media_type=JSON)
    yield Audit("47DE", ASKED, OK, "*/*", media_type=JSON)
    yield Audit("80D8 82A3 78D5 2C94 03D4", ASKED, OK, media_type=JSON)
    runs = '{ __type(name: "Run\N{RUNNER}Swim\N{SWIMMER}") { name } }'
    yield Audit("BF61", {"query": runs}, OK, content_type=f"{JSON}; charset=utf-8")
    yield Audit("5A70", ASKED, OK, method="GET")
    yield Audit("9C48", {"query": "mutation { __typename }"}, REFUSED, GRAPHQL, method="GET")
    yield Audit("9ABE", ASKED, REFUSED, content_type=None)
    yield Audit("A5BF", b"", BAD)
    yield Audit("423L", {"notquery": "{ __typename }"}, BAD, GRAPHQL)
    yield Audit("8764 3E3A", {"qeury": "{ __typename }"}, BAD)
    for id, (name, values) in zip(("LKJ", "6C0", "4760", "58B"), WRONG.items(), strict=True):
        for place, value in enumerate(values):
            yield Audit(f"{id}{place}", {**ASKED, name: value}, BAD)
    for ids, given in GOOD.items():
        for id, accept in zip(ids.split(), (GRAPHQL, JSON), strict=True):
            yield Audit(id, given, OK, accept, data=True)
    for id, accept in (("D6D5", GRAPHQL), ("6A70", JSON)):
        got = {"query": NAMED, "variables": '{"name": "sometype"}'}
        yield Audit(id, got, OK, accept, method="GET", data=True)
    for id, accept in (("B6DC BCF8", JSON), ("B7N8", GRAPHQL)):
        yield Audit(id, b'{ "not a JSON', BAD, accept)
    for in_json, in_graphql, given in zip(IN_JSON, IN_GRAPHQL, FAILING.values(), strict=True):
        yield Audit(in_json, given, OK, JSON)
        yield Audit(in_graphql, given, BAD, GRAPHQL, data=False)


@pytest.fixture(scope="module")
async def served(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    """On one database: what HTTP is knows none."""
    async with serving(sqlite_url(tmp_path_factory.mktemp("audits") / "hub.db")) as served:
        yield served


@pytest.mark.parametrize("audit", [*audits()], ids=lambda audit: audit.id)
async def test_the_working_groups_audits_find_nothing(served: Served, audit: Audit) -> None:
    headers = {"Accept": audit.accept, "Content-Type": audit.content_type}
    async with httpx.AsyncClient(headers={"Accept": ""}) as http:
        request = http.build_request(
            audit.method,
            served.http,
            headers={name: value for name, value in headers.items() if value is not None},
            **({"params": audit.given} if audit.method == "GET" else _body(audit.given)),
        )
        if audit.accept is None:
            del request.headers["Accept"]
        answer = await http.send(request)
    assert answer.status_code in audit.status, answer.text
    assert answer.headers["content-type"].startswith(audit.media_type)
    body = answer.content.decode("utf-8")
    if audit.data is not None:
        assert ("data" in answer.json()) is audit.data, body
        assert ("errors" in answer.json()) is not audit.data, body
    if answer.status_code != 200:
        assert all(one["extensions"]["code"] for one in answer.json()["errors"])


def _body(given: Any) -> dict[str, Any]:
    return {
        "content": given
        if isinstance(given, bytes)
        else httpx.Request("POST", "http://x", json=given).content
    }

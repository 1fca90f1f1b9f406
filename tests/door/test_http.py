"""GraphQL over HTTP: media types, status codes, GET for queries only; and failures that tell nothing."""

import logging
from contextlib import AsyncExitStack
from typing import Any

import pytest

from schema.build import DoorSchema
from server.database import READERS
from server.guard import GRAPHQL
from tests.door.house import House

JSON = "application/json"
SECRET = "13800000000"


async def send(house: House, accept: str, query: str, **more: Any) -> Any:
    return await house.http.post("/graphql", json={"query": query, **more}, headers={"Accept": accept})


STATUSES = [
    ("{ now }", JSON, 200),
    ("{ now }", GRAPHQL, 200),
    ("{ now", JSON, 200),
    ("{ now", GRAPHQL, 400),
    ("{ nothing }", JSON, 200),
    ("{ nothing }", GRAPHQL, 400),
    ("query ($a: Int!) { tickets(first: $a) { totalCount } }", JSON, 200),
    ("query ($a: Int!) { tickets(first: $a) { totalCount } }", GRAPHQL, 400),
    ("query A { now } query B { now }", GRAPHQL, 400),
    ("{ tickets { totalCount } }", JSON, 200),
    ("{ tickets { totalCount } }", GRAPHQL, 200),
    ("fragment F on Query { now }", GRAPHQL, 400),
]


@pytest.mark.parametrize(("query", "accept", "status"), STATUSES)
async def test_status_and_media_type_are_as_specified(
    house: House, query: str, accept: str, status: int
) -> None:
    answer = await send(house, accept, query)
    assert answer.status_code == status
    assert answer.headers["content-type"] == f"{accept}; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    whole = answer.json()
    assert ("data" in whole) is (status == 200 and query in {"{ now }", "{ tickets { totalCount } }"})
    for error in whole.get("errors", []):
        assert error["extensions"]["code"]


async def test_the_operation_that_is_named_is_run(house: House) -> None:
    two = "query A { a: now } query B { b: now }"
    assert list((await send(house, JSON, two, operationName="B")).json()["data"]) == ["b"]
    for name in (None, "", "C"):
        (error,) = (await send(house, JSON, two, operationName=name)).json()["errors"]
        assert error["extensions"]["code"] == "OPERATION_RESOLUTION_FAILURE"


async def test_a_query_can_be_got_and_nothing_else(house: House) -> None:
    answer = await house.http.get("/graphql", params={"query": "{ now }"})
    assert answer.json()["data"]["now"]
    given = {"query": "query ($l: Language!) { rules(language: $l) { thing } }", "variables": '{"l": "EN"}'}
    assert (await house.http.get("/graphql", params=given)).json()["data"]["rules"]
    refused = await house.http.get("/graphql", params={"query": "mutation { renew { epoch } }"})
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert refused.json()["errors"][0]["extensions"]["code"] == "METHOD_NOT_ALLOWED"


BAD_PARAMETERS = [
    ("", 400),
    ("query=", 400),
    ("query=%FF", 400),
    ("query={now}&query={now}", 400),
    ("query={now}&variables=[", 400),
    ("query={now}&variables=5", 400),
    ("query={now}&extensions=[]", 400),
    ("query={now}&variables=", 200),
    ("&".join(f"a{n}=1" for n in range(30)), 400),
]


@pytest.mark.parametrize(("parameters", "status"), BAD_PARAMETERS)
async def test_bad_parameters_are_refused(house: House, parameters: str, status: int) -> None:
    answer = await house.http.get(f"/graphql?{parameters}")
    assert answer.status_code == status
    if status == 400:
        assert answer.json()["errors"][0]["extensions"]["code"] in {"BAD_REQUEST", "BAD_JSON"}


async def test_a_subscription_is_sent_to_the_other_door(house: House) -> None:
    answer = await send(house, JSON, "subscription { changed { rev } }")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["extensions"]["code"] == "SUBSCRIPTION_TRANSPORT"


async def test_large_answers_are_compressed(house: House) -> None:
    answer = await send(house, JSON, "{ rules { thing field sentence reason } }")
    assert answer.headers["content-encoding"] == "zstd"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_part_of_an_answer_comes_with_the_error_of_the_rest(house: House) -> None:
    whole = await house.post('{ now node(id: "x") { id } }', None)
    assert whole["data"]["now"]
    assert whole["data"]["node"] is None
    assert whole["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert whole["errors"][0]["path"] == ["node"]


async def test_what_nobody_expected_is_logged_by_type_and_place_only(
    house: House, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: Any) -> Any:
        raise RuntimeError(SECRET)

    ticket = await house.ticket(contact={"telephone": SECRET})
    monkeypatch.setattr(house.hub, "read_contacts", fail)
    with caplog.at_level(logging.DEBUG):
        query = "query ($id: ID!) { node(id: $id) { ... on Ticket { contact { telephone } } } }"
        answer = await house.post(query, "dispatcher", id=ticket)
    (error,) = answer["errors"]
    assert error["extensions"]["code"] == "INTERNAL"
    assert answer["data"]["node"] == {"contact": None}, "what cannot be logged is not given"
    assert SECRET not in str(answer)
    assert error["extensions"]["id"] in caplog.text
    assert "RuntimeError at schema/loaders.py" in caplog.text
    assert SECRET not in caplog.text


async def test_a_bad_value_is_never_logged(house: House, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        for query, variables in (
            (f'{{ tickets(first: "{SECRET}") {{ totalCount }} }}', {}),
            ("query ($n: Int) { tickets(first: $n) { totalCount } }", {"n": SECRET}),
            (f"{{ {SECRET} }}", {}),
            (f'{{ node(id: "{SECRET}") {{ id }} }}', {}),
        ):
            await house.post(query, "dispatcher", **variables)
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith("aiosqlite")]
    assert SECRET not in " ".join(ours)


async def test_an_operation_that_takes_too_long_is_ended(house: House) -> None:
    """Every reader is taken, so that this one waits for ever."""
    door = house.app.state.graphql.door
    context = await door.context(f"Bearer {await house.token('dispatcher')}")
    async with AsyncExitStack() as others:
        for _ in range(READERS):
            connection = await others.enter_async_context(house.hub.read())
            await connection.exec_driver_sql("select 1")
        result = await DoorSchema(seconds=0.2).execute("{ tickets { totalCount } }", context_value=context)
    assert result.data is None
    assert [(error.extensions or {})["code"] for error in result.errors or []] == ["TIME_LIMIT"]
    assert (await house.ask("{ tickets { totalCount } }", "dispatcher"))["tickets"]


async def test_an_operation_beyond_its_cost_is_refused(house: House) -> None:
    wide = "{ grids { edges { node { tickets { edges { node { services { edges { node { id start end } } } } } } } } } }"
    answer = await house.post(wide, "dispatcher")
    (error,) = answer["errors"]
    assert error["extensions"] == {"code": "LIMIT", "limit": "cost", "allowed": 60_000}
    narrow = wide.replace("grids", "grids(first: 5)").replace("services", "services(first: 2)")
    assert "errors" not in await house.post(narrow, "dispatcher")


async def test_numbers_of_the_protocol_are_longs(house: House) -> None:
    whole = await house.post("query ($n: Long!) { pull(next: $n) { more } }", "tablet", n=1.0)
    assert whole["data"]["pull"]["more"] is False

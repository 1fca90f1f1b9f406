"""Server-sent events: who asks for them gets an operation's results as they come, and a stream ends as it should."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx
import pytest
import uvicorn

from server import sockets, streams
from server.serving import Server, door_at
from tests.databases import Databases
from tests.door.house import GRID, standing
from tests.door.listening import HEADERS, streaming
from tests.door.test_sockets import SECONDS, Served, serving
from tests.door.test_subscriptions import CHANGED, TICKETS, rev

URQL = "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"


@pytest.fixture(scope="module")
async def served(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    with databases.fresh(tmp_path_factory.mktemp("streams")) as url:
        async with serving(url) as served:
            yield served


async def asked(served: Served, query: str, accept: str, method: str = "POST", **more: str) -> httpx.Response:
    headers = {"Accept": accept, "Authorization": f"Bearer {await served.house.token('dispatcher')}", **more}
    async with httpx.AsyncClient(trust_env=False, timeout=SECONDS) as client:
        if method == "GET":
            return await client.get(served.http, params={"query": query}, headers=headers)
        return await client.post(served.http, json={"query": query}, headers=headers)


async def test_a_query_and_a_mutation_are_one_result_and_complete(served: Served) -> None:
    async with streaming(served, "{ tickets(first: 1) { totalCount } }") as listener:
        assert (await listener.data())["totalCount"] >= 0
        assert await listener.hear() is None
    given = {"id": served.house.ids.uuid7(), "entity": served.house.ids.uuid7(), "title": "停车"}
    mutation = "mutation ($i: TicketOpenInput!) { ticketOpen(input: $i) { __typename } }"
    async with streaming(served, mutation, i={**given, "grid": GRID, "category": "parking"}) as listener:
        assert await listener.data() == {"__typename": "TicketChanged"}
        assert await listener.hear() is None


@pytest.mark.parametrize("query", ["{ nothing }", "{ now", "subscription { nothing { rev } }"])
async def test_a_document_that_is_wrong_is_told_in_the_stream(served: Served, query: str) -> None:
    """A browser that gets anything but 200 tries again, and hears no reason."""
    async with streaming(served, query) as listener:
        result = await listener.hear()
        assert result["errors"][0]["extensions"]["code"].startswith("GRAPHQL_")
        assert "data" not in result
        assert await listener.hear() is None


async def test_whoever_takes_json_as_well_gets_a_stream_for_subscriptions_alone(served: Served) -> None:
    assert (
        (await asked(served, "{ now }", URQL)).headers["content-type"].startswith("application/graphql-resp")
    )
    async with streaming(served, CHANGED, headers={"Accept": URQL}) as listener:
        assert (await listener.data())["rev"]
    for accept in ("application/json", "*/*"):
        refused = await asked(served, CHANGED, accept)
        assert refused.status_code == 400
        assert refused.json()["errors"][0]["extensions"]["code"] == "SUBSCRIPTION_TRANSPORT"


async def test_by_get_as_a_browser_asks_and_never_a_mutation(served: Served) -> None:
    headers = {"Accept": "text/event-stream", "Authorization": f"Bearer {await served.house.token('reader')}"}
    async with (
        httpx.AsyncClient(trust_env=False, timeout=SECONDS) as client,
        client.stream("GET", served.http, params={"query": CHANGED}, headers=headers) as response,
    ):
        lines = response.aiter_lines()
        heard = [await anext(lines) for _ in range(5)]
    assert (heard[0], heard[3]) == (":", "event: next")
    assert json.loads(heard[4].removeprefix("data: "))["data"]["changed"]["rev"] == int(heard[2][4:])
    refused = await asked(served, "mutation { renew { epoch } }", "text/event-stream", "GET")
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")


async def test_a_browser_that_comes_again_goes_on_from_the_last_event_it_heard(served: Served) -> None:
    begun = await rev(served)
    tickets = [await served.house.ticket() for _ in range(3)]
    async with streaming(served, TICKETS, grid=GRID, after=begun) as listener:
        event = await listener.event()
    assert event is not None
    assert json.loads(event.data)["data"]["ticketChanged"]["id"] == tickets[0]
    again = {"Last-Event-ID": str(event.id)}
    async with streaming(served, TICKETS, headers=again, grid=GRID, after=begun) as listener:
        assert [(await listener.data())["id"] for _ in range(2)] == tickets[1:]


@pytest.mark.parametrize("last", ["yesterday", "-1", "9" * 40])
async def test_the_id_of_an_event_is_a_rev(served: Served, last: str) -> None:
    refused = await asked(served, CHANGED, "text/event-stream", **{"Last-Event-ID": last})
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


async def test_a_body_that_is_no_request_is_refused_before_there_is_a_stream(served: Served) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=SECONDS) as client:
        refused = await client.post(served.http, content=b"5", headers=HEADERS)
    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (400, "BAD_REQUEST")


async def test_who_has_spent_its_budget_is_refused_before_there_is_a_stream(
    databases: Databases, tmp_path: Any
) -> None:
    with databases.fresh(tmp_path) as url:
        async with serving(url, budget=60_000, budget_per_second=1_000) as served:
            author = await served.house.hub.authenticate(await served.house.token("dispatcher"))
            served.house.app.state.graphql.door.budgets.draw(author, 60_000)
            refused = await asked(
                served, TICKETS.replace("$grid: ID!, ", "").replace("$grid", f'"{GRID}"'), "text/event-stream"
            )
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert refused.json()["errors"][0]["extensions"]["code"] == "BUDGET_SPENT"


async def test_something_is_said_though_nothing_happens(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT_S", 0.01)
    monkeypatch.setattr(sockets, "HEARTBEAT_S", 0.01)
    async with streaming(served, TICKETS, grid=GRID) as listener:
        async for line in listener.lines:
            listener.heartbeats += line == ":"
            if listener.heartbeats > 2:
                break
    async with served.connected() as talk:
        await talk.send(type="subscribe", id="1", payload={"query": TICKETS, "variables": {"grid": GRID}})
        assert [await talk.hear() for _ in range(2)] == [{"type": "ping"}] * 2


async def test_a_key_has_a_limit_of_streams_and_one_that_is_left_makes_room(served: Served) -> None:
    counted = served.house.app.state.streams.open
    author = await served.house.hub.authenticate(await served.house.token("far dispatcher"))
    async with anyio.create_task_group() as tasks:

        async def listen() -> None:
            async with streaming(served, CHANGED, "far dispatcher") as listener:
                await listener.data()
                await anyio.sleep_forever()

        for _ in range(streams.STREAMS):
            tasks.start_soon(listen)
        while counted[author.id] < streams.STREAMS:
            await anyio.lowlevel.checkpoint()
        async with streaming(served, CHANGED, "far dispatcher") as listener:
            assert await listener.code() == "LIMIT"
        async with streaming(served, CHANGED, "dispatcher") as listener:
            assert await listener.data()
        tasks.cancel_scope.cancel()
    while counted[author.id]:
        await anyio.lowlevel.checkpoint()
    async with streaming(served, CHANGED, "far dispatcher") as listener:
        assert await listener.data()


async def test_streams_end_unfinished_when_the_server_goes(database_url: str) -> None:
    """So that whoever listens comes again, and nothing has to be waited for."""
    async with standing(database_url) as house:
        listening = door_at("127.0.0.1", 0)
        listening.listen()
        server = Server(uvicorn.Config(house.app, lifespan="off", log_level="critical"))
        running = asyncio.create_task(server.serve([listening]))
        async with streaming(Served(house, listening.getsockname()[1]), CHANGED) as listener:
            assert await listener.data()
            server.should_exit = True
            assert await listener.event() is None
        await running
        listening.close()

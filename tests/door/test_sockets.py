"""The door over WebSocket: a real server on loopback, a real client, graphql-transport-ws and nothing else."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from server.serving import Server, door_at
from tests.databases import Databases
from tests.door.house import GRID, House, standing

PROTOCOL = "graphql-transport-ws"
SECONDS = 120


class Served:
    """A house whose application also listens on loopback."""

    def __init__(self, house: House, port: int) -> None:
        self.house = house
        self.url = f"ws://127.0.0.1:{port}/graphql"
        self.http = f"http://127.0.0.1:{port}/graphql"

    @asynccontextmanager
    async def connected(self, role: str | None = "dispatcher") -> AsyncIterator["Talk"]:
        async with asyncio.timeout(SECONDS), connect(self.url, subprotocols=[PROTOCOL]) as socket:  # type: ignore[list-item]
            talk = Talk(socket)
            token = None if role is None else await self.house.token(role)
            payload = {} if token is None else {"Authorization": f"Bearer {token}"}
            await talk.send(type="connection_init", payload=payload)
            assert (await talk.hear())["type"] == "connection_ack"
            yield talk


class Talk:
    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def send(self, **message: Any) -> None:
        await self.socket.send(json.dumps(message))

    async def hear(self) -> Any:
        return json.loads(await self.socket.recv())

    async def ask(self, query: str, id: str = "1", **variables: Any) -> Any:
        """One operation's messages up to the first that is no ping."""
        await self.send(type="subscribe", id=id, payload={"query": query, "variables": variables})
        return await self.hear()

    async def closed(self) -> tuple[int, str]:
        """How the server ends the connection."""
        try:
            while True:
                await self.socket.recv()
        except ConnectionClosed:
            return self.socket.close_code or 0, self.socket.close_reason or ""


@pytest.fixture(scope="module")
async def served(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    with databases.fresh(tmp_path_factory.mktemp("sockets")) as url:
        async with serving(url) as served:
            yield served


@asynccontextmanager
async def serving(url: str, **given: Any) -> AsyncIterator[Served]:
    async with standing(url, **given) as house:
        listening = door_at("127.0.0.1", 0)
        listening.listen()
        config = uvicorn.Config(house.app, lifespan="off", log_level="critical", ws="websockets-sansio")
        server = Server(config)
        running = asyncio.create_task(server.serve([listening]))
        try:
            yield Served(house, listening.getsockname()[1])
        finally:
            server.should_exit = True
            await running
            listening.close()


async def test_changed_is_said_at_once_and_whenever_something_moved(served: Served) -> None:
    async with served.connected("tablet") as talk:
        first = await talk.ask("subscription { changed { rev } }", "a")
        assert (first["type"], first["id"]) == ("next", "a")
        rev = first["payload"]["data"]["changed"]["rev"]
        await served.house.ticket()
        second = await talk.hear()
        assert second["payload"]["data"]["changed"]["rev"] > rev
        await talk.send(type="complete", id="a")
        assert (await talk.ask("{ now }", "a"))["payload"]["data"]["now"]


async def test_queries_and_mutations_run_as_over_http(served: Served) -> None:
    async with served.connected() as talk:
        answer = await talk.ask("query ($first: Int) { tickets(first: $first) { totalCount } }", first=1)
        assert answer["payload"]["data"]["tickets"]["totalCount"] >= 0
        assert (await talk.hear()) == {"type": "complete", "id": "1"}
        given = {"id": served.house.ids.uuid7(), "entity": served.house.ids.uuid7(), "title": "停车"}
        mutation = "mutation ($i: TicketOpenInput!) { ticketOpen(input: $i) { __typename } }"
        answer = await talk.ask(mutation, i={**given, "grid": GRID, "category": "parking"})
        assert answer["payload"]["data"]["ticketOpen"] == {"__typename": "TicketChanged"}


FAILURES: list[tuple[str, dict[str, Any], str]] = [
    ("{ now", {}, "GRAPHQL_PARSE_FAILED"),
    ("{ nothing }", {}, "GRAPHQL_VALIDATION_FAILED"),
    ("", {}, "GRAPHQL_PARSE_FAILED"),
    ("query A { now } query B { now }", {}, "OPERATION_RESOLUTION_FAILURE"),
    ("query ($a: Int!) { tickets(first: $a) { totalCount } }", {}, "BAD_USER_INPUT"),
    ("subscription ($a: Int!) { changed { rev @include(if: true) } }", {}, "GRAPHQL_VALIDATION_FAILED"),
    ("{ " + "a " * 30 + "}", {}, "LIMIT"),
]


@pytest.mark.parametrize(("query", "variables", "code"), FAILURES)
async def test_an_operation_that_cannot_run_ends_with_its_code_and_nothing_else_does(
    served: Served, query: str, variables: dict[str, Any], code: str
) -> None:
    async with served.connected() as talk:
        answer = await talk.ask(query, **variables)
        assert answer["type"] == "error"
        assert answer["payload"][0]["extensions"]["code"] == code
        assert (await talk.ask("{ now }", "2"))["payload"]["data"]["now"]


async def test_without_a_token_only_what_is_open_answers(served: Served) -> None:
    async with served.connected(None) as talk:
        assert (await talk.ask("{ now }"))["payload"]["data"]["now"]
        await talk.hear()
        answer = await talk.ask("subscription { changed { rev } }", "2")
        errors = answer["payload"] if answer["type"] == "error" else answer["payload"]["errors"]
        assert errors[0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_bad_token_ends_the_connection_with_its_code(served: Served) -> None:
    code = await served.house.hub.code([GRID])
    gone = await served.house.hub.enrol(code.code, "revoked", "1")
    await served.house.hub.revoke(gone.device)
    for token, reason in (("nonsense", "UNAUTHENTICATED"), (gone.token, "REVOKED")):
        async with asyncio.timeout(SECONDS), connect(served.url, subprotocols=[PROTOCOL]) as socket:  # type: ignore[list-item]
            talk = Talk(socket)
            await talk.send(type="connection_init", payload={"Authorization": f"Bearer {token}"})
            assert await talk.closed() == (4403, reason)


async def test_a_token_that_is_revoked_meanwhile_is_not_good_for_another_operation(served: Served) -> None:
    code = await served.house.hub.code([GRID])
    tablet = await served.house.hub.enrol(code.code, "later revoked", "1")
    served.house.tokens["later"] = tablet.token
    async with served.connected("later") as talk:
        first = await talk.ask("subscription { changed { rev } }", "a")
        assert first["type"] == "next"
        await served.house.hub.revoke(tablet.device)
        ended = await talk.hear()
        assert (ended["id"], ended["payload"]["errors"][0]["extensions"]["code"]) == ("a", "REVOKED")
        assert await talk.hear() == {"type": "complete", "id": "a"}
        answer = await talk.ask("{ communities { code } }", "b")
        assert answer["payload"]["errors"][0]["extensions"]["code"] == "REVOKED"


SHAPELESS: list[Any] = [
    "not json",
    "5",
    "null",
    "[]",
    '"x"',
    "{}",
    '{"type": 5}',
    '{"type": "nonsense"}',
    '{"type": "subscribe"}',
    '{"type": "subscribe", "id": "1"}',
    '{"type": "subscribe", "id": 1, "payload": {"query": "{ now }"}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": 5}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{ now }", "variables": []}}',
    '{"type": "subscribe", "id": "1", "payload": {"query": "{ now }", "variables": {"a": NaN}}}',
    '{"type": "subscribe", "id": "", "payload": {"query": "{ now }"}}',
    '{"type": "complete", "id": {}}',
    '{"type": "ping", "payload": 5}',
    '{"type": "ping", "type": "ping"}',
    "[" * 100_000,
    '{"type": "ping", "payload": {"a": "' + "x" * 1_000_000 + '"}}',
    b"\x00\x01",
]


@pytest.mark.parametrize("message", SHAPELESS, ids=range(len(SHAPELESS)))
async def test_a_message_without_the_protocols_shape_ends_the_connection(
    served: Served, message: Any
) -> None:
    async with served.connected() as talk:
        await talk.socket.send(message)
        code, _ = await talk.closed()
        assert code == 4400


async def test_nothing_runs_before_the_connection_is_acknowledged(served: Served) -> None:
    async with asyncio.timeout(SECONDS), connect(served.url, subprotocols=[PROTOCOL]) as socket:  # type: ignore[list-item]
        talk = Talk(socket)
        await talk.send(type="subscribe", id="1", payload={"query": "{ now }"})
        assert (await talk.closed())[0] == 4401


async def test_a_connection_has_a_limit_of_operations(served: Served) -> None:
    async with served.connected("tablet") as talk:
        for number in range(20):
            assert (await talk.ask("subscription { changed { rev } }", f"s{number}"))["type"] == "next"
        answer = await talk.ask("subscription { changed { rev } }", "one more")
        assert answer["type"] == "error"
        assert answer["payload"][0]["extensions"]["code"] == "LIMIT"


async def test_no_other_subprotocol_is_spoken(served: Served) -> None:
    async with asyncio.timeout(SECONDS), connect(served.url, subprotocols=["graphql-ws"]) as socket:  # type: ignore[list-item]
        assert (await Talk(socket).closed())[0] == 4406


async def test_a_page_of_another_origin_is_not_let_in(served: Served) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with (
            asyncio.timeout(SECONDS),
            connect(
                served.url,
                subprotocols=[PROTOCOL],  # type: ignore[list-item]
                origin="http://elsewhere.example",  # type: ignore[arg-type]
            ),
        ):
            raise AssertionError("let in")
    assert refused.value.response.status_code == 403


async def test_the_server_ends_while_somebody_listens(database_url: str) -> None:
    async with standing(database_url) as house:
        listening = door_at("127.0.0.1", 0)
        listening.listen()
        config = uvicorn.Config(house.app, lifespan="off", log_level="critical", ws="websockets-sansio")
        server = Server(config)
        running = asyncio.create_task(server.serve([listening]))
        async with Served(house, listening.getsockname()[1]).connected("tablet") as talk:
            await talk.ask("subscription { changed { rev } }")
            server.should_exit = True
            code, _ = await talk.closed()
            assert code in {1001, 1012}
        await running
        listening.close()

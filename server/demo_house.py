"""The demo's house: the real app on a free port, a hub beside it on the same database, and the desk.

All of it runs on one event loop in a thread of its own, while the story goes on in the main thread.
"""

import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx
import uvicorn
from anyio.from_thread import BlockingPortal, start_blocking_portal
from sqlalchemy import select

from schema.tables.change import CHANGE
from schema.values import RegisteredList, Role
from server.app import create_app
from server.demo_world import UTC_OFFSET_MIN, DemoIds, HubClock
from server.enrolling import hub_author
from server.lookup import rows
from server.serving import Server, door_at
from server.settings import Settings, sqlite_url
from server.store import Hub
from sync.kinds import KINDS

T = TypeVar("T")


class _Server(Server):
    """The server, saying when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()


class House:
    """A running district: `settings`, the `hub`, and `call` to do something with it."""

    def __init__(self, portal: BlockingPortal, settings: Settings, hub: Hub) -> None:
        self._portal = portal
        self.settings = settings
        self.hub = hub

    def call(self, work: Callable[..., Awaitable[T]], *arguments: Any) -> T:
        return self._portal.call(work, *arguments)


@contextmanager
def district(folder: Path, clock: HubClock, ids: DemoIds) -> Iterator[House]:
    """Serve a district from an empty folder."""
    with door_at("127.0.0.1", 0) as door, start_blocking_portal("asyncio") as portal:
        host, port = door.getsockname()[:2]
        settings = Settings(
            database_url=sqlite_url(folder / "lianxin.db"),
            port=port,
            utc_offset=UTC_OFFSET_MIN,
            public_url=f"http://{host}:{port}",
        )
        with _serving(portal, settings, clock, ids, door):
            hub = portal.call(Hub.open, settings, clock, ids)
            try:
                yield House(portal, settings, hub)
            finally:
                portal.call(hub.close)


@contextmanager
def _serving(
    portal: BlockingPortal, settings: Settings, clock: HubClock, ids: DemoIds, door: socket.socket
) -> Iterator[None]:
    app = create_app(settings, clock, ids)
    server = _Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    serving = portal.start_task_soon(server.serve, [door])
    serving.add_done_callback(lambda _: server.listens.set())
    server.listens.wait()
    if serving.done():
        serving.result()
        raise RuntimeError("the server ended before it began")
    try:
        yield
    finally:
        server.should_exit = True
        serving.result()


class Refusal(RuntimeError):
    """An operation was refused as a whole; `code` says why."""

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(f"an operation of the desk was refused: {errors}")
        self.code: str = errors[0].get("extensions", {}).get("code", "")


class DeskClient:
    """A desk, or whoever else works by a key: mutations over HTTP, each on what is seen at that moment."""

    def __init__(self, house: House, token: str | None, new_id: Callable[[], str]) -> None:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        # Patient: the demo is to be played on a machine that has much else to do, too.
        url = house.settings.public_url
        self._http = httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=60)
        self.new_id = new_id

    def do(self, kind: str, entity: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Make one change by the mutation of its kind, and hear what was decided; RuntimeError when it was not taken."""
        name, changed = graphql_name(kind), _title(KINDS[kind].thing)
        told = f"... on {changed}Changed {{ verdict {{ {VERDICT} }} }}"
        query = f"mutation ($input: {_title(name)}Input!) {{ {name}(input: $input) {{ __typename {told} }} }}"
        (answer,) = self.ask(query, input=self.change(kind, entity, data)).values()
        if answer["__typename"] != f"{changed}Changed":
            raise RuntimeError(f"the desk's {kind} was answered {answer['__typename']}")
        verdict: dict[str, Any] = answer["verdict"]
        return verdict

    def change(self, kind: str, entity: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """The input of a kind's mutation."""
        return {"id": self.new_id(), "entity": entity, "saw": self._rev(kind, entity), **data}

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data of one operation; Refusal where it is refused."""
        answer = self._http.post("/graphql", json={"query": query, "variables": variables}).json()
        if answer.get("errors"):
            raise Refusal(answer["errors"])
        data: dict[str, Any] = answer["data"]
        return data

    def download(self, path: str, **asked: str) -> bytes:
        """A file of the desk's; RuntimeError when there is none."""
        answer = self._http.get(path, params=asked)
        if not answer.is_success:
            raise RuntimeError(f"{path} was answered {answer.status_code}")
        return answer.content

    def visit(self, path: str, form: Mapping[str, str]) -> int:
        """The HTTP status that anybody gets who sends a form, without the desk's token."""
        return httpx.post(
            self._http.base_url.join(path), data=dict(form), trust_env=False, timeout=60
        ).status_code

    def _rev(self, kind: str, entity: str) -> int:
        thing = _title(KINDS[kind].thing)
        query = f"query ($id: ID!) {{ node(id: $id) {{ ... on {thing} {{ rev }} }} }}"
        found = None if KINDS[kind].creates else self.ask(query, id=entity)["node"]
        return int(found["rev"]) if found else 0

    def close(self) -> None:
        self._http.close()


VERDICT: Final = "outcome code zh: sentence(language: ZH) en: sentence(language: EN)"


def graphql_name(kind: str) -> str:
    """The mutation of a kind: `ticket.claim` is `ticketClaim`."""
    thing, _, verb = kind.partition(".")
    return thing + verb.capitalize()


def _title(name: str) -> str:
    return name[0].upper() + name[1:]


async def key(hub: Hub, role: Role, community: str | None = None, unit: str | None = None) -> str:
    """A token for an office of the demo."""
    return (await hub.issue_token(role, community, unit=unit, name=f"{role} of the demo")).token


async def register(hub: Hub, unit: str, listed: str) -> RegisteredList:
    """A unit's list of members, taken up by the district."""
    async with hub.read() as connection:
        author = await connection.run_sync(hub_author)
    done = await hub.register_list(author, unit, listed.encode())
    if done is None:
        raise RuntimeError("there is no unit with a list")
    return done


async def deeds(hub: Hub) -> dict[str, tuple[int, int | None]]:
    """When each change of the log was done, as the hub understands it, and how far that may be wrong."""
    async with hub.read() as connection:
        log = select(CHANGE.c.id, CHANGE.c.deed, CHANGE.c.uncertainty_ms)
        return {row["id"]: (row["deed"], row["uncertainty_ms"]) for row in await rows(connection, log)}

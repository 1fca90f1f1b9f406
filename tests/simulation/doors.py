"""Two ways in for a tablet's question: the hub's facade in the protocol's JSON, and the GraphQL app itself.

Both give what the operation's field holds, or raise what clients/python/http.py raises for it.
"""

import gzip
from collections.abc import Mapping, MutableMapping
from typing import Any, Final, Protocol

import msgspec

from clients.python.failures import Refused, Unreachable
from clients.python.http import GZIP_FROM_BYTES
from clients.python.operations import OPERATIONS
from schema import values
from server.door import Door as Schema
from server.door import GraphQLEndpoint
from server.store import Hub
from sync import wire
from sync.shapes import format_time
from sync.verdicts import SENTENCES

HEADERS: Final = (
    (b"host", b"hub"),
    (b"content-type", b"application/json"),
    (b"accept", b"application/graphql-response+json, application/json"),
)


class Door(Protocol):
    """Asks one operation of a hub. `cut`: only half of the request's bytes arrive."""

    async def ask(
        self, hub: Hub, operation: str, variables: Mapping[str, Any], token: str | None, cut: bool
    ) -> Any: ...


class HubDoor:
    """Speaks to the hub's facade; everything goes through JSON on its way, as it would."""

    async def ask(
        self, hub: Hub, operation: str, variables: Mapping[str, Any], token: str | None, cut: bool
    ) -> Any:
        if cut:
            raise Unreachable("half a request")
        said = msgspec.json.decode(msgspec.json.encode(variables))
        try:
            answer = await self._ask(hub, operation, said, token)
        except values.Refused as refused:
            raise Refused(refused.code, dict(refused.details)) from None
        return msgspec.json.decode(msgspec.json.encode(answer))

    async def _ask(self, hub: Hub, operation: str, said: dict[str, Any], token: str | None) -> Any:
        if operation == "now":
            return format_time(hub.clock.now())
        if operation == "enrol":
            kept = said["kept"] and values.Kept(**said["kept"])
            return _enrolment(await hub.enrol(said["code"], said["name"], said["appVersion"], kept))
        author = await hub.authenticate(token or "", admit_revoked=operation == "push")
        if operation == "renew":
            return _enrolment(await hub.renew(author, said["after"], said["oldest"]))
        if operation == "pull":
            return _page(await hub.pull(author, said["after"], said["next"], said["limit"]))
        upload = msgspec.convert(said["upload"], wire.Upload)
        return _receipt(await hub.push(author, upload))


def _enrolment(made: values.Enrolment) -> dict[str, Any]:
    return {"device": made.device, "token": made.token, "epoch": made.epoch, "scope": _grids(made.scope)}


def _grids(bodies: Any) -> list[dict[str, Any]]:
    return [{"id": body["id"], "code": body["code"]} for body in bodies]


def _page(page: wire.Page) -> dict[str, Any]:
    return {**msgspec.to_builtins(page), "scope": _grids(page.scope)}


def _receipt(receipt: wire.Receipt) -> dict[str, Any]:
    marks = [
        {
            "seq": one.seq,
            "id": one.id,
            "code": one.code,
            "zh": SENTENCES[one.code].zh,
            "en": SENTENCES[one.code].en,
        }
        for one in receipt.quarantined
    ]
    return {**msgspec.to_builtins(receipt), "quarantined": marks}


class AppDoor:
    """Speaks GraphQL over HTTP to the app's own endpoint, in this process."""

    def __init__(self) -> None:
        self._schema: Schema | None = None

    def _endpoint(self, hub: Hub) -> GraphQLEndpoint:
        """The process that died took with it whatever its door remembered."""
        if self._schema is None or self._schema.hub is not hub:
            self._schema = Schema(hub, hub.settings, hub.clock, hub.ids)
        return GraphQLEndpoint(self._schema)

    async def ask(
        self, hub: Hub, operation: str, variables: Mapping[str, Any], token: str | None, cut: bool
    ) -> Any:
        body = msgspec.json.encode(
            {"query": OPERATIONS[operation], "operationName": operation, "variables": variables}
        )
        headers = [*HEADERS]
        if token is not None:
            headers.append((b"authorization", b"Bearer " + token.encode()))
        if len(body) >= GZIP_FROM_BYTES:
            body = gzip.compress(body, 1, mtime=0)
            headers.append((b"content-encoding", b"gzip"))
        if cut:
            body = body[: len(body) // 2]
        status, content = await _post(self._endpoint(hub), headers, body)
        return _data(operation, status, content)


async def _post(app: Any, headers: list[tuple[bytes, bytes]], body: bytes) -> tuple[int, bytes]:
    """One request to an ASGI application."""
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/graphql",
        "raw_path": b"/graphql",
        "root_path": "",
        "query_string": b"",
        "headers": [*headers, (b"content-length", str(len(body)).encode())],
        "client": ("tablet", 1),
        "server": ("hub", 80),
    }
    status, parts = 0, list[bytes]()

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return status, b"".join(parts)


def _data(operation: str, status: int, content: bytes) -> Any:
    """What clients/python/http.py makes of an answer."""
    answer = msgspec.json.decode(content)
    for error in answer.get("errors", ()):
        extensions = dict(error.get("extensions", {}))
        code = extensions.pop("code", None)
        if code is not None:
            raise Refused(code, extensions)
    value = (answer.get("data") or {}).get(operation)
    if status != 200 or value is None:
        raise Unreachable(f"status {status}")
    return value

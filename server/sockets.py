"""The GraphQL door over WebSocket: graphql-transport-ws and nothing else, authenticated in `connection_init`.

Strawberry speaks the protocol; here every message is looked at before it does, every operation
is run for a token that is good at that moment, and nothing unexpected is told or logged in words.
"""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any, Final

from anyio import to_thread
from graphql import GraphQLError
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter, GraphQL
from strawberry.exceptions import ConnectionRejectionError
from strawberry.http.exceptions import NonJsonMessageReceived, NonTextMessageReceived
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import (
    BaseGraphQLTransportWSHandler,
    Operation,
)
from strawberry.types.unset import UNSET

from schema.budget import Spent
from schema.context import Context
from schema.limits import limit_error
from server.documents import Documents
from server.door import Door, address_of
from server.guard import LARGE, STRANGERS_BODY, Malformed, parse_json

HEARTBEAT_S: Final = 20.0
"""So often a connection is pinged, so that whoever listens knows that the server is there."""

INIT_WAIT: Final = timedelta(seconds=10)
OPERATIONS: Final = 20
"""How many operations one connection may have at once."""

MAX_MESSAGE: Final = 1_000_000
MAX_ID: Final = 200
FORBIDDEN: Final = 4403
TRY_AGAIN_LATER: Final = 1013


class Adapter(ASGIWebSocketAdapter):
    """A connection that is refused hears the code of the refusal as the reason of its close."""

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        """Every message, read where it keeps nobody waiting; of whoever has no good token only short ones."""
        try:
            while self.ws.application_state != WebSocketState.DISCONNECTED:
                text = await self.ws.receive_text()
                context: Context | None = getattr(self.ws.state, "context", None)
                stranger = context is None or context.stranger is not None
                if stranger and not self._pays(text):
                    await self.close(TRY_AGAIN_LATER, "BUDGET_SPENT")
                    return
                try:
                    if len(text) > (STRANGERS_BODY if stranger else MAX_MESSAGE):
                        raise Malformed(413, "BODY_TOO_LARGE")
                    yield (
                        parse_json(text) if len(text) < LARGE else await to_thread.run_sync(parse_json, text)
                    )
                except Malformed:
                    if not ignore_parsing_errors:
                        raise NonJsonMessageReceived from None
        except KeyError:
            raise NonTextMessageReceived from None
        except WebSocketDisconnect:
            pass

    def _pays(self, text: str) -> bool:
        """Whether there is enough left to this address to read so much without a token."""
        view: Any = self.view
        try:
            view.door.budgets.read(address_of(self.ws), len(text))
        except Spent:
            return False
        return True

    async def close(self, code: int, reason: str) -> None:
        context: Context | None = getattr(self.ws.state, "context", None)
        await super().close(code, context.refusal if context and code == FORBIDDEN else reason)


class Handler(BaseGraphQLTransportWSHandler[Context, None]):
    """One connection."""

    heart: asyncio.Task[None] | None = None

    async def handle_connection_init(self, message: Any) -> None:
        await super().handle_connection_init(message)
        if self.connection_acknowledged and self.heart is None:
            self.heart = asyncio.create_task(self._beat())
            self.heart.add_done_callback(self._task_done)

    async def shutdown(self) -> None:
        if self.heart is not None:
            self.heart.cancel()
        await super().shutdown()

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            await self.send_message({"type": "ping"})

    async def handle_message(self, message: Any) -> None:
        if not _fits(message):
            await self.handle_invalid_message("This is no message of graphql-transport-ws")
            return
        if message["type"] == "subscribe":
            view: Any = self.view
            try:
                payload = _with_source(message["payload"], view.door.documents)
            except Malformed as malformed:
                error = GraphQLError(str(malformed), extensions={"code": malformed.code}).formatted
                await self.send_message({"id": message["id"], "type": "error", "payload": [error]})
                return
            message = {**message, "payload": payload}
        await super().handle_message(message)

    async def handle_subscribe(self, message: Any) -> None:
        if self.connection_acknowledged and len(self.operations) >= OPERATIONS:
            error = limit_error("operations", OPERATIONS).formatted
            await self.send_message({"id": message["id"], "type": "error", "payload": [error]})
        else:
            await super().handle_subscribe(message)

    async def run_operation(self, operation: Operation[Context, None]) -> None:
        """Run it for whoever holds the token now: it may have been revoked since the connection began."""
        view: Any = self.view
        context: Context = await view.door.context(_authorization(self.context), self.context.address)
        context.connection_params = self.context.connection_params
        self.context = context
        await super().run_operation(operation)

    async def handle_task_exception(self, error: Exception) -> None:
        self.context.report(error)


class Sockets(GraphQL[Context, None]):
    """The ASGI application behind /graphql for WebSockets."""

    websocket_adapter_class = Adapter
    graphql_transport_ws_handler_class = Handler

    def __init__(self, door: Door) -> None:
        super().__init__(
            door.schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL,),
            connection_init_wait_timeout=INIT_WAIT,
            max_subscriptions_per_connection=None,
        )
        self.door = door

    async def get_context(self, request: Any, response: Any) -> Context:
        websocket: WebSocket = request
        context = await self.door.context(None, address_of(websocket))
        websocket.state.context = context
        return context

    async def on_ws_connect(self, context: Context) -> Any:
        """Take the token of `connection_init`; a bad one ends the connection, none leaves what needs none."""
        authorization = _authorization(context)
        if authorization is not None:
            await self.door.recognise(context, authorization)
            if context.author is None:
                raise ConnectionRejectionError
        return UNSET


def _authorization(context: Context) -> str | None:
    """The Authorization of `connection_init`, written as the header or in lower case."""
    given = context.connection_params or {}
    found = given.get("Authorization", given.get("authorization"))
    return found if isinstance(found, str) else None


def _with_source(payload: dict[str, Any], documents: Documents) -> dict[str, Any]:
    """What is asked, with its document where only the document's id was sent; raises Malformed."""
    return {**payload, "query": documents.source(payload.get("query"), payload.get("documentId"))}


def _fits(message: Any) -> bool:
    """Whether a message has the shape that the protocol gives it."""
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return False
    if message["type"] not in {"subscribe", "complete"}:
        return isinstance(message.get("payload"), dict | None)
    if not isinstance(message.get("id"), str) or not 0 < len(message["id"]) <= MAX_ID:
        return False
    if message["type"] == "complete":
        return True
    payload = message.get("payload")
    return (
        isinstance(payload, dict)
        and all(isinstance(payload.get(name), str | None) for name in ("query", "documentId"))
        and (payload.get("query") is not None or payload.get("documentId") is not None)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
    )

"""The GraphQL door over HTTP: one operation per request, in either media type, never a failure without a code."""

import logging
import traceback
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import msgspec
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from strawberry.schema.exceptions import InvalidOperationTypeError
from strawberry.types.execution import ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType

from schema.budget import Bill, Spent
from schema.build import DoorSchema, failed, unpaid
from schema.context import Context
from schema.errors import CODES, formatted
from schema.values import Refused
from server.answers import Answers
from server.budgets import Budgets
from server.documents import Documents
from server.documents import read as read_documents
from server.guard import (
    EVENTS,
    GRAPHQL,
    JSON,
    Asked,
    Malformed,
    answer_type,
    last_event,
    read_request,
    takes_events,
)
from server.kept import Answer
from server.reads import snapshot
from server.settings import Settings
from server.store import Hub
from server.streams import Stream, Streams
from server.system import Clock, Ids

LOG: Final = logging.getLogger("lianxin.door")
MINUTE_MS: Final = 60_000
ROOT: Final = Path(__file__).parent.parent
HOUSE: Final = frozenset(
    ROOT / name for name in ("server", "schema", "schema/types", "schema/tables", "sync")
)


@cache
def _schema(introspection: bool) -> DoorSchema:
    """Made once for all doors of a process: it is a tenth of a second's work, and knows nothing of a district."""
    return DoorSchema(introspection=introspection, suggestions=introspection)


class Door:
    """What every request needs: the schema, and contexts in which it runs."""

    def __init__(self, hub: Hub, settings: Settings, clock: Clock, ids: Ids) -> None:
        self.hub = hub
        self.settings = settings
        self.clock = clock
        self.ids = ids
        self.schema = _schema(settings.introspection)
        self.answers = Answers(hub, self.schema)
        self.budgets = Budgets(settings, clock)
        self.streams = Streams()
        self.documents = Documents(read_documents(settings.documents), only=settings.documents_only)

    async def context(self, authorization: str | None, address: str | None = None) -> Context:
        """The context of a request with this Authorization header. A bad token is refused where one is needed."""
        context = self.blank(address)
        await self.recognise(context, authorization)
        return context

    def blank(self, address: str | None = None) -> Context:
        """The context of a request of nobody, from this address."""
        return Context(
            hub=self.hub,
            opened=lambda author: snapshot(self.hub, author, self.settings.utc_offset * MINUTE_MS),
            now=self.clock.now,
            salt=self.ids.secret,
            report=self.report,
            offset_ms=self.settings.utc_offset * MINUTE_MS,
            address=address,
            spend=partial(self.budgets.spend, address=address),
            draw=partial(self.budgets.draw, address=address),
        )

    async def recognise(self, context: Context, authorization: str | None) -> None:
        """Put into a context who asks."""
        token = bearer(authorization)
        if token is None:
            return
        try:
            author = await self.hub.authenticate(token, admit_revoked=True)
        except Refused as refused:
            context.refusal = refused.code
            return
        context.token = token
        if author.revoked:
            context.revoked, context.refusal = author, "REVOKED"
        else:
            context.author = author

    def report(self, error: BaseException) -> str:
        """Log an unexpected exception by type and place (never its words: they may hold a resident's data)."""
        number = self.ids.uuid7()
        LOG.error("%s: %s at %s", number, type(error).__name__, _place(error))
        return number


def bearer(authorization: str | None) -> str | None:
    """The token of an Authorization header."""
    scheme, _, token = (authorization or "").partition(" ")
    token = token.strip()
    return token if scheme.lower() == "bearer" and token and token.isascii() else None


def _place(error: BaseException) -> str:
    """Where an exception came from: the innermost line of our own, else the innermost of all."""
    frames = list(traceback.walk_tb(error.__traceback__))
    files = [(Path(frame.f_code.co_filename), line) for frame, line in frames]
    ours = [f"{file.relative_to(ROOT)}:{line}" for file, line in files if file.parent in HOUSE]
    others = [f"{file.name}:{line}" for file, line in files]
    return (ours or others or ["?"])[-1]


def address_of(connection: HTTPConnection) -> str:
    """Where a request comes from; behind a proxy that is trusted, what that says."""
    return connection.client.host if connection.client else ""


class GraphQLEndpoint:
    """The ASGI application behind /graphql for HTTP."""

    def __init__(self, door: Door) -> None:
        self.door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        response: Response | Stream
        try:
            response = await self._respond(request)
        except Malformed as malformed:
            response = _refusal(malformed)
        except Exception as error:
            number = self.door.report(error)
            response = _json(500, GRAPHQL, _error("INTERNAL", id=number))
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response | Stream:
        accept = ",".join(request.headers.getlist("accept"))
        media_type = answer_type(accept)
        authorization = request.headers.get("authorization")
        token = bearer(authorization)
        address = address_of(request)
        context = self.door.blank(address)
        # Who asks is looked at before anything that takes long; who was good before is looked at with what they ask.
        known = token is not None and self.door.answers.knows(token)
        if not known:
            await self.door.recognise(context, authorization)
        stranger = None if known else context.stranger
        try:
            asked = await read_request(request, stranger, partial(self.door.budgets.read, address))
        except Spent as spent:
            refused = unpaid(spent)
            return _with_budget(_json(429, JSON, _answer(refused)), refused, spent.bill)
        asked = asked._replace(query=self.door.documents.source(asked.query, asked.document_id))
        operation = self._operation(asked) if takes_events(accept) else None
        if media_type == EVENTS or operation is OperationType.SUBSCRIPTION:
            if known:
                await self.door.recognise(context, authorization)
            return await self._stream(request, asked, context, operation)
        found = await self._compiled(asked, context, token) if known or context.author else None
        if found is None:
            if known:
                await self.door.recognise(context, authorization)
            found = await self._run(asked, context, request.method)
        if isinstance(found, Answer):
            response = _answered(request, media_type, found, context.bill)
        else:
            response = _json(_status(media_type, found), media_type, _answer(found))
        return _with_budget(response, found, context.bill)

    def _operation(self, asked: Asked) -> OperationType | None:
        """What kind of operation is meant, where that can be told."""
        found = self.door.schema.prepare(asked.query or "").operation(asked.operation_name)
        return None if found is None else OperationType(found.operation.value)

    async def _stream(
        self, request: Request, asked: Asked, context: Context, operation: OperationType | None
    ) -> Response | Stream:
        """The operation's results as events; where its key has spent its budget, a refusal like any other."""
        if request.method == "GET" and operation is OperationType.MUTATION:
            raise Malformed(405, "METHOD_NOT_ALLOWED", {"Allow": "POST"})
        context.resumed = last_event(request.headers.getlist("last-event-id"))
        found = await self.door.schema.begin(asked.query, asked.variables, context, asked.operation_name)
        if isinstance(found, PreExecutionError) and _retry_after(found) is not None:
            return _with_budget(_json(429, JSON, _answer(found)), found, context.bill)
        return self.door.streams.response(found, context)

    async def _compiled(
        self, asked: Asked, context: Context, token: str | None
    ) -> Answer | ExecutionResult | None:
        """The data as JSON; None for what goes the ordinary way."""
        if token is None or asked.query is None:
            return None
        try:
            return await self.door.answers.answer(
                asked.query, asked.variables, asked.operation_name, context, token
            )
        except Spent as spent:
            context.bill = spent.bill
            return unpaid(spent)
        except Exception as error:
            return failed(error, context.report)

    async def _run(self, asked: Asked, context: Context, method: str) -> ExecutionResult:
        allowed = {OperationType.QUERY} if method == "GET" else {OperationType.QUERY, OperationType.MUTATION}
        try:
            return await self.door.schema.execute(
                asked.query,
                asked.variables,
                context,
                operation_name=asked.operation_name,
                allowed_operation_types=allowed,
            )
        except InvalidOperationTypeError as wrong:
            if wrong.operation_type is OperationType.SUBSCRIPTION:
                raise Malformed(400, "SUBSCRIPTION_TRANSPORT") from None
            raise Malformed(405, "METHOD_NOT_ALLOWED", {"Allow": "POST"}) from None


def _answer(result: ExecutionResult) -> dict[str, Any]:
    """A result as the specification words it: no `data` where nothing ran."""
    answer: dict[str, Any] = {}
    if result.errors:
        answer["errors"] = [formatted(error) for error in result.errors]
    if not isinstance(result, PreExecutionError):
        answer["data"] = result.data
    if result.extensions:
        answer["extensions"] = result.extensions
    return answer


def _status(media_type: str, result: ExecutionResult) -> int:
    """As the specification has it; and 429 in either media type where a key has spent its budget."""
    if _retry_after(result) is not None:
        return 429
    return 400 if media_type == GRAPHQL and isinstance(result, PreExecutionError) else 200


def _retry_after(result: Answer | ExecutionResult) -> int | None:
    """In how many seconds to ask again, where nothing was read because a budget is spent."""
    errors = (result.errors or ()) if isinstance(result, PreExecutionError) else ()
    told = (one.extensions or {} for one in errors)
    return next((one["retryAfter"] for one in told if "retryAfter" in one), None)


def _with_budget(response: Response, found: Answer | ExecutionResult, bill: Bill | None) -> Response:
    """The response, with what is left to the key in its headers: an answer of 304 has nothing else to say it in."""
    if bill is not None and bill.budget is not None:
        most, left, per_second, _ = bill.budget
        window, until = -(-most // per_second), -(-(most - left) // per_second)
        response.headers["RateLimit-Policy"] = f'"cost";q={most};w={window}'
        response.headers["RateLimit"] = f'"cost";r={left};t={until}'
    seconds = _retry_after(found)
    if seconds is not None:
        response.headers["Retry-After"] = str(seconds)
    return response


def _error(code: str, **details: Any) -> dict[str, Any]:
    return {"errors": [{"message": CODES[code], "extensions": {"code": code, **details}}]}


def _refusal(malformed: Malformed) -> Response:
    response = _json(malformed.status, "application/json", _error(malformed.code, **malformed.details))
    response.headers.update(malformed.headers)
    return response


def _json(status: int, media_type: str, answer: dict[str, Any]) -> Response:
    return _body(status, media_type, msgspec.json.encode(answer))


def _answered(request: Request, media_type: str, answer: Answer, bill: Bill | None) -> Response:
    """A compiled answer; to a GET with its tag, and nothing more where the caller has it already.

    The tag is of the data alone: what is left of a budget makes no other answer.
    """
    cost = b"null" if bill is None else msgspec.json.encode(bill.told())
    whole = b'{"data":' + answer.body + b',"extensions":{"cost":' + cost + b"}}"
    if request.method != "GET":
        return _body(200, media_type, whole)
    headers = {
        "ETag": answer.tag,
        "Vary": "Accept, Authorization",
        # What was asked for may be kept, and is to be asked for again each time: 304 says that it still holds.
        "Cache-Control": "private, no-cache" if answer.storable else "no-store",
    }
    if answer.tag in tags(request.headers.getlist("if-none-match")):
        return Response(None, 304, headers)
    response = _body(200, media_type, whole)
    response.headers.update(headers)
    return response


def tags(values: Sequence[str]) -> set[str]:
    """The entity tags of If-None-Match, all as weak ones, by which they are compared (RFC 9110, 13.1.2)."""
    found = (one.strip().removeprefix("W/") for one in ",".join(values).split(","))
    return {f"W/{one}" for one in found}


def _body(status: int, media_type: str, body: bytes) -> Response:
    return Response(
        body,
        status,
        {"Cache-Control": "no-store", "Content-Type": f"{media_type}; charset=utf-8"},
    )

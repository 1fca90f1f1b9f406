"""The application: what is wired to what, in one place."""

from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any, Final

import anyio
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette_compress import CompressMiddleware, add_compress_type

from server import backup, nightly
from server.attachment_door import AttachmentEndpoint
from server.door import Door, GraphQLEndpoint
from server.export_door import ExportEndpoint
from server.guard import GRAPHQL
from server.member_page import MemberPage
from server.pages import pages
from server.rating_page import RatingPage
from server.settings import Settings
from server.sockets import Sockets
from server.store import Hub
from server.system import Clock, Ids

DAY_S: Final = 86_400
add_compress_type(GRAPHQL)


def create_app(settings: Settings, clock: Clock, ids: Ids) -> Starlette:
    """The whole server as an ASGI application. The hub is opened at its start and closed at its end."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with await Hub.open(settings, clock, ids) as hub, anyio.create_task_group() as tasks:
            door = Door(hub, settings, clock, ids)
            app.state.hub = hub
            app.state.streams = door.streams
            app.state.graphql = GraphQLEndpoint(door)
            app.state.sockets = Sockets(door)
            app.state.attachments = AttachmentEndpoint(door)
            app.state.exports = ExportEndpoint(door)
            app.state.rating = RatingPage(door)
            app.state.member = MemberPage(door)
            tasks.start_soon(nightly.run, hub)
            tasks.start_soon(backup.run, hub)
            yield
            tasks.cancel_scope.cancel()

    return Starlette(
        routes=[
            Route("/graphql", _Late("graphql")),
            WebSocketRoute("/graphql", _Late("sockets")),
            Route("/attachments", _Late("attachments")),
            Route("/rate", _Late("rating")),
            Route("/me", _Late("member")),
            Route("/export/unit.{kind}", _Late("exports")),
            Route("/attachments/{sha256}", _Late("attachments")),
            *pages(settings),
        ],
        middleware=[
            Middleware(Headers),
            *_browsers(settings),
            Middleware(CompressMiddleware, minimum_size=1_000),
        ],
        lifespan=lifespan,
    )


def _browsers(settings: Settings) -> list[Middleware]:
    """What lets pages of these origins ask. Tokens go in a header that they set themselves, never in a cookie."""
    if not settings.origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=settings.origins,
            allow_methods=["GET", "POST"],
            allow_headers=[
                "Authorization",
                "Content-Type",
                "Content-Encoding",
                "If-None-Match",
                "Last-Event-ID",
            ],
            expose_headers=["ETag", "Retry-After", "RateLimit", "RateLimit-Policy"],
            max_age=DAY_S,
        )
    ]


class _Late:
    """An ASGI application that is there once the server has started."""

    def __init__(self, name: str) -> None:
        self.name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await getattr(scope["app"].state, self.name)(scope, receive, send)


class Headers:
    """Every answer says that it is what it says, and nothing of where it came from."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "no-referrer")
            await send(message)

        await self.app(scope, receive, with_headers)

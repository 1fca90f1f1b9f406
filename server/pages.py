"""The pages beside the GraphQL door: where to go, GraphiQL and the tablet app from our own files, how the server is."""

import json
from pathlib import Path
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.routing import Route

from server.settings import Settings

FOLDER: Final = Path(__file__).parent / "graphiql"
TABLET: Final = Path(__file__).parent.parent / "clients" / "tablet" / "dist"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self' data:; img-src 'self' data:;"
    " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"}
TABLET_HEADERS: Final = {
    "Content-Security-Policy": f"{POLICY}; worker-src 'self'; manifest-src 'self'; media-src 'self' blob:",
    "Cache-Control": "no-cache",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(self)",
}
FOREVER: Final = "public, max-age=31536000, immutable"
"""What is under assets/ is named by its content."""

WELCOME: Final = """<!doctype html>
<html lang="zh">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<title>连心 Lianxin</title>
<h1>连心 Lianxin</h1>
<p>社区服务的区级服务器。 The district server for neighbourhood service.</p>
<p>程序从 <code>/graphql</code> 读写。 Programs and tablets ask at <code>/graphql</code>.</p>
<ul>
{links}</ul>
"""
LINKS: Final = (
    ("/tablet/", "联络员的平板。 The liaison's tablet."),
    ("/graphiql", "GraphiQL：在浏览器里试查询。 Try queries in the browser."),
    ("/readyz", "服务器状态。 How the server is."),
)


def pages(settings: Settings) -> list[Route]:
    """The routes of all pages."""
    links = "".join(
        f'<li><a href="{path}"><code>{path}</code></a> {text}</li>\n'
        for path, text in LINKS
        if settings.graphiql or path != "/graphiql"
    )
    welcome = WELCOME.format(links=links)

    async def index(_: Request) -> Response:
        return HTMLResponse(welcome, headers=HEADERS)

    routes = [
        Route("/", index),
        Route("/healthz", _healthy),
        Route("/readyz", _ready),
        Route("/enrol", _to_tablet),
        Route("/tablet", _to_tablet),
        Route("/tablet/", _tablet),
        Route("/tablet/{path:path}", _tablet),
    ]
    if settings.graphiql:
        files = frozenset(json.loads((FOLDER / "files.json").read_text("utf-8")))

        async def graphiql(request: Request) -> Response:
            return _file(request.path_params.get("path", "index.html"), files)

        routes += [Route("/graphiql", graphiql), Route("/graphiql/{path:path}", graphiql)]
    return routes


def _file(path: str, files: frozenset[str]) -> Response:
    """One of the files that may be served, and no other."""
    if path not in files:
        return PlainTextResponse("Not found", 404)
    if not (FOLDER / path).is_file():
        return PlainTextResponse("This file is not installed here yet; `make setup` brings it.", 404)
    return FileResponse(FOLDER / path, headers=HEADERS)


async def _to_tablet(_: Request) -> Response:
    """The app has one address. A browser keeps what is behind the `#`: the code of a QR code that was scanned."""
    return RedirectResponse("/tablet/", 307)


async def _tablet(request: Request) -> Response:
    """A file of the tablet app as it was built."""
    path = request.path_params.get("path", "") or "index.html"
    file = (TABLET / path).resolve()
    if not file.is_relative_to(TABLET):
        return PlainTextResponse("Not found", 404)
    if not file.is_file():
        text = (
            "Not found"
            if TABLET.is_dir()
            else "The tablet app is not built here yet; `make tablet` builds it."
        )
        return PlainTextResponse(text, 404)
    kind = "application/manifest+json" if file.suffix == ".webmanifest" else None
    headers = TABLET_HEADERS | ({"Cache-Control": FOREVER} if path.startswith("assets/") else {})
    return FileResponse(file, headers=headers, media_type=kind)


async def _healthy(_: Request) -> Response:
    """The process answers."""
    return JSONResponse({"status": "ok"})


async def _ready(request: Request) -> Response:
    """200 while the hub takes uploads, 503 where it does not; with what a person should look at."""
    readiness = await request.app.state.hub.readiness()
    body = msgspec.json.encode(readiness)
    return Response(body, 200 if readiness.ready else 503, media_type="application/json")

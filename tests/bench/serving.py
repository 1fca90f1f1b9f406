"""Programs that wrk asks, each a process of its own: the hub, the hub that keeps no answers or compiles no reads, the bare floor.

    python -m tests.bench.serving hub|cold|ordinary|orm DATABASE_URL
    python -m tests.bench.serving floor FILE

It listens on a free port of 127.0.0.1 and prints it when it is ready; it ends with its standard input.
"""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from server.app import create_app
from server.cli_serve import listen
from server.serving import Server
from server.settings import MOST_BUDGET, Settings
from server.system import SystemClock, SystemIds
from tests.bench.peers import orm


def hub(url: str) -> Starlette:
    """The server as it is, and a door to begin the night by: POST /settle."""
    settings = Settings(
        database_url=url, settle="0 0 1 1 *", budget=MOST_BUDGET, budget_per_second=MOST_BUDGET
    )
    app = create_app(settings, SystemClock(), SystemIds())

    async def settle(_: Request) -> Response:
        night = await app.state.hub.settle()
        return PlainTextResponse(str(len(night.settled.changes) if night.settled else 0))

    app.router.routes.append(Route("/settle", settle, methods=["POST"]))
    return app


def cold(url: str) -> Starlette:
    """The same, but no answer is kept."""

    def never(*_: object) -> None:
        return None

    def change(answers: Any) -> None:
        answers.kept.put = never

    return _changed(hub(url), change)


def ordinary(url: str) -> Starlette:
    """The same, but every read goes the way of Strawberry's resolvers and its dataloaders."""

    async def nothing(*_: object) -> None:
        return None

    def change(answers: Any) -> None:
        answers.answer = nothing

    return _changed(hub(url), change)


def _changed(app: Starlette, change: Callable[[Any], None]) -> Starlette:
    """The server with its answers changed as soon as it has started."""
    opened = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[Any]:
        async with opened(app) as state:
            change(app.state.graphql.door.answers)
            yield state

    app.router.lifespan_context = lifespan
    return app


def floor(file: str) -> Starlette:
    """Starlette, which sends the same bytes from memory."""
    body = Path(file).read_bytes()

    async def same(_: Request) -> Response:
        return Response(body, media_type="application/json")

    return Starlette(routes=[Route("/graphql", same, methods=["GET", "POST"])])


KINDS = {"hub": hub, "cold": cold, "ordinary": ordinary, "orm": orm.app, "floor": floor}


@contextmanager
def serving(kind: str, what: str) -> Iterator[str]:
    """The URL of one of these, in a process of its own for as long as this lasts."""
    with started([sys.executable, "-m", "tests.bench.serving", kind, what]) as url:
        yield url


@contextmanager
def started(command: list[str]) -> Iterator[str]:
    """The URL of what this command serves: it prints its port, and ends with its standard input."""
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            port = process.stdout.readline().strip()
            assert port, f"{' '.join(command[-2:])} did not start"
            yield f"http://127.0.0.1:{port}"
        finally:
            process.stdin.close()


async def serve(app: Starlette) -> None:
    """Until nobody holds the other end of standard input."""
    with listen("127.0.0.1", 0) as listening:
        listening.listen(128)
        server = Server(uvicorn.Config(app, log_level="warning", lifespan="on", access_log=False))
        print(listening.getsockname()[1], flush=True)
        running = asyncio.create_task(server.serve([listening]))
        await asyncio.to_thread(sys.stdin.read)
        server.should_exit = True
        await running


if __name__ == "__main__":
    asyncio.run(serve(KINDS[sys.argv[1]](sys.argv[2])))

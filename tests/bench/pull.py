"""A tablet's first pull against sending the same bytes as a file: both through the whole door, on loopback."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final

import httpx
import uvicorn
from anyio.from_thread import start_blocking_portal
from starlette.responses import FileResponse
from starlette.routing import Route

from server import feed
from server.app import create_app
from server.serving import door_at
from server.settings import Settings
from server.system import Clock, SystemIds
from tests.bench.stopwatch import Stopwatch, Timed

TIMES: Final = 3
PARTS: Final = ("contact", "rows", "check")
"""The parts of a pull; what is none of these is GraphQL, HTTP and the reading of the pages."""

TIMED: Final = (
    Timed("contact", feed, "contact"),
    Timed("rows", feed, "page"),
    Timed("check", feed.Paging, "_check"),
)
PULL: Final = """query ($after: String) { pull(after: $after, next: 1, limit: 1000) {
  documents { collection id rev state body } checkpoint more reset epoch scope { id code }
  check { collection count digest } } }"""


@contextmanager
def door(settings: Settings, clock: Clock, file: Path) -> Iterator[httpx.Client]:
    """The hub's door, which also sends this file."""
    app = create_app(settings, clock, SystemIds())
    app.router.routes.append(Route("/file", lambda _: FileResponse(file)))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on"))
    with door_at("127.0.0.1", 0) as listening, start_blocking_portal() as portal:
        listening.listen()
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        running = portal.start_task_soon(server.serve, [listening])
        # As a tablet asks, but for gzip: the same bytes go over the wire both times.
        headers = {"Accept-Encoding": "identity"}
        with httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=120) as client:
            yield client
        server.should_exit = True
        running.result()


def pulled(client: httpx.Client, token: str) -> tuple[list[bytes], int]:
    """The pages of a first pull to its end; and how many documents there were."""
    pages: list[bytes] = []
    after, count, more = None, 0, True
    while more:
        asked = {"query": PULL, "variables": {"after": after}}
        answer = client.post("/graphql", json=asked, headers={"Authorization": f"Bearer {token}"})
        page = answer.raise_for_status().json()["data"]["pull"]
        pages.append(answer.content)
        after, more = page["checkpoint"], page["more"]
        count += len(page["documents"])
    return pages, count


def seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measure(settings: Settings, clock: Clock, token: str, folder: Path) -> dict[str, Any]:
    """Seconds (medians) of a first pull and of a file of the same bytes, read as JSON by who asked, too."""
    file = folder / "pulled"
    with door(settings, clock, file) as client:
        pages, count = pulled(client, token)
        file.write_bytes(b"".join(pages))
        ends = [len(page) for page in pages]

        def whole() -> None:
            pulled(client, token)

        def sent() -> None:
            """As it lies on the disk, and read by who asked: a pull's pages are, too."""
            data, at = client.get("/file").raise_for_status().content, 0
            for size in ends:
                json.loads(data[at : at + size])
                at += size

        pull_s = median(seconds(whole) for _ in range(TIMES))
        file_s = median(seconds(sent) for _ in range(TIMES))
        stopwatch = Stopwatch()
        with stopwatch.on(TIMED):
            whole()
    return {
        "documents": count,
        "bytes": sum(ends),
        "pages": len(pages),
        "pull_s": pull_s,
        "file_s": file_s,
        "parts_s": {part: stopwatch.seconds.get(part, 0.0) for part in PARTS},
    }

"""The road to the hub: a proxy on loopback that carries real requests and real answers, and spoils some of them.

It spoils by a plan: the n-th request of an operation, or every one, meets a fault. Photos and spoken notes
go by it too, as the operations `put`, `list` and `get`.
"""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from gzip import decompress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

import httpx

Answer = tuple[int, dict[str, str], bytes]
Forward = Callable[[], Answer]

PORTAL: Final = b"<html>Please accept our terms.</html>"
KEPT_HEADERS: Final = ("content-type", "content-encoding", "content-range", "authorization", "accept")
HEADERS: Final = {"Content-Type": "text/html"}


def carried(forward: Forward) -> Answer | None:
    return forward()


def request_lost(forward: Forward) -> Answer | None:
    """The connection breaks before the hub has heard anything."""
    return None


def answer_lost(forward: Forward) -> Answer | None:
    """The hub has heard and done it all; nobody hears that."""
    forward()
    return None


def answer_cut(forward: Forward) -> Answer | None:
    """Half of the answer arrives."""
    status, headers, content = forward()
    return status, {**headers, "Content-Length": str(len(content))}, content[: len(content) // 2]


def request_doubled(forward: Forward) -> Answer | None:
    """The hub hears it twice, and its second answer arrives."""
    forward()
    return forward()


def portal(forward: Forward) -> Answer | None:
    return 200, HEADERS, PORTAL


def bad_gateway(forward: Forward) -> Answer | None:
    return 502, HEADERS, PORTAL


def gateway_after_the_deed(forward: Forward) -> Answer | None:
    """A proxy gives up on the answer after the hub has done it."""
    forward()
    return 504, HEADERS, PORTAL


def too_large(forward: Forward) -> Answer | None:
    return 413, HEADERS, PORTAL


def busy(forward: Forward) -> Answer | None:
    errors = [{"message": "later", "extensions": {"code": "RETRY"}}]
    return 503, {"Content-Type": "application/json"}, json.dumps({"errors": errors}).encode()


Fault = Callable[[Forward], Answer | None]
PASSING: Final[tuple[Fault, ...]] = (
    *(request_lost, answer_lost, answer_cut, request_doubled),
    *(portal, bad_gateway, gateway_after_the_deed, busy),
)
"""Whatever may happen to a request on the way; the tablet is to go on afterwards as if it had not."""


class Road:
    """What was asked so far, by operation and variables; and the faults that wait for what will be asked."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.url = ""
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.faults: dict[tuple[str, int], Fault] = {}
        self.every: dict[str, Fault] = {}
        self.at: dict[int, Fault] = {}
        self._lock = threading.Lock()

    def spoil(self, operation: str, fault: Fault, number: int = 1) -> None:
        """The so-many-th request of an operation from now on meets this fault."""
        done = sum(name == operation for name, _ in self.asked)
        self.faults[operation, done + number] = fault

    def fault_of(self, operation: str, variables: dict[str, Any]) -> Fault:
        with self._lock:
            self.asked.append((operation, variables))
            number = sum(name == operation for name, _ in self.asked)
            return (
                self.at.pop(len(self.asked), None)
                or self.faults.pop((operation, number), None)
                or self.every.get(operation)
                or carried
            )

    def operations(self) -> list[str]:
        return [name for name, _ in self.asked]


@contextmanager
def road_to(target: str) -> Iterator[Road]:
    """A road to the hub's /graphql at this URL."""
    road = Road(target)
    client = httpx.Client(trust_env=False, timeout=30)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # Head and body of an answer go out as one, and at once.
        wbufsize = -1
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self._body()
            packed = self.headers.get("Content-Encoding") == "gzip"
            said = json.loads(decompress(body) if packed else body)
            self._go(said["operationName"], said["variables"], road.target, body)

        def do_PUT(self) -> None:
            self._go(
                "put", {"file": self.path}, road.target.removesuffix("/graphql") + self.path, self._body()
            )

        def do_GET(self) -> None:
            operation = "list" if self.path.startswith("/attachments?") else "get"
            self._go(operation, {"file": self.path}, road.target.removesuffix("/graphql") + self.path, b"")

        def _body(self) -> bytes:
            return self.rfile.read(int(self.headers["Content-Length"] or 0))

        def _go(self, operation: str, variables: dict[str, Any], target: str, body: bytes) -> None:
            headers = {name: self.headers[name] for name in KEPT_HEADERS if name in self.headers}

            def forward() -> Answer:
                answer = client.request(self.command, target, content=body, headers=headers)
                return answer.status_code, {"Content-Type": answer.headers["content-type"]}, answer.content

            answer = road.fault_of(operation, variables)(forward)
            if answer is None:
                self.close_connection = True
                return
            status, named, content = answer
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **named}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
            self.close_connection = "Content-Length" in named

        def log_message(self, *arguments: object) -> None:
            """The road remembers what was asked."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    road.url = f"http://127.0.0.1:{server.server_port}/graphql"
    try:
        yield road
    finally:
        server.shutdown()
        server.server_close()
        client.close()

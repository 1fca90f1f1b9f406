"""The real way to the hub, over networks that are not what they seem. Every server here is on loopback."""

import gzip
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from clients.python.failures import Refused, Unreachable
from clients.python.http import HttpTransport

PORTAL = b"<html><body>Welcome! Please accept our terms.</body></html>"
ANSWERED = b'{"data": {"now": "2026-11-23T01:02:03.456Z"}}'


class Heard(list[dict[str, Any]]):
    """The requests that arrived, unpacked."""


Answer = tuple[int, bytes] | Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def network(*answers: Answer) -> Iterator[tuple[str, Heard]]:
    """Something on loopback that gives these answers in turn, the last one for ever."""
    heard = Heard()
    queue = list(answers)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            packed = self.headers.get("Content-Encoding") == "gzip"
            said = json.loads(gzip.decompress(body) if packed else body)
            heard.append({"headers": dict(self.headers), "packed": packed, **said})
            answer = queue.pop(0) if len(queue) > 1 else queue[0]
            if callable(answer):
                answer(self)
                return
            status, content = answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *arguments: object) -> None:
            """The test asks what was heard."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/graphql", heard
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def transport(url: str, attempts: int = 3, read_s: float = 60) -> Iterator[HttpTransport]:
    made = HttpTransport(
        url,
        attempts=attempts,
        wait_initial=0.001,
        wait_max=0.002,
        wait_jitter=0,
        timeout=httpx.Timeout(60, read=read_s),
    )
    try:
        yield made
    finally:
        made.close()


def half(handler: BaseHTTPRequestHandler) -> None:
    """An answer that is cut off in the middle."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(ANSWERED) * 2))
    handler.end_headers()
    handler.wfile.write(ANSWERED)
    handler.close_connection = True


def nothing(handler: BaseHTTPRequestHandler) -> None:
    """The connection closes without a word."""
    handler.close_connection = True


def errors(code: str | None, **details: Any) -> bytes:
    extensions = details if code is None else {"code": code, **details}
    return json.dumps({"data": None, "errors": [{"message": "…", "extensions": extensions}]}).encode()


NO_ANSWERS: dict[str, Answer] = {
    "a captive portal": (200, PORTAL),
    "a redirect to one": (302, PORTAL),
    "a proxy that asks who we are": (407, PORTAL),
    "a refusal without a code": (401, b'{"detail": "who are you"}'),
    "a five-hundred": (500, b"oops"),
    "a gateway's five-hundred": (502, PORTAL),
    "overload": (503, b""),
    "an empty answer": (200, b""),
    "half an answer": half,
    "a closed connection": nothing,
    "data without the field": (200, b'{"data": {}}'),
    "null": (200, b'{"data": {"now": null}}'),
    "data that is no object": (200, b'{"data": [1]}'),
    "an error without a code": (200, errors(None)),
    "data beside an error without a code": (200, b'{"data": {"now": "x"}, "errors": [{"message": "?"}]}'),
    "a list": (200, b"[]"),
    "data under a five-hundred": (500, ANSWERED),
}


@pytest.mark.parametrize("name", NO_ANSWERS)
def test_an_answer_without_data_and_code_is_no_answer(name: str) -> None:
    with network(NO_ANSWERS[name]) as (url, heard), transport(url, attempts=2) as hub:
        with pytest.raises(Unreachable):
            hub.call("now", {}, "token")
        assert len(heard) == 2


@pytest.mark.parametrize("name", NO_ANSWERS)
def test_what_may_be_repeated_is_repeated_until_it_is_answered(name: str) -> None:
    with network(NO_ANSWERS[name], (200, ANSWERED)) as (url, heard), transport(url) as hub:
        assert hub.call("now", {}, "token") == "2026-11-23T01:02:03.456Z"
        assert len(heard) == 2


@pytest.mark.parametrize("operation", ["enrol", "renew"])
def test_what_makes_a_device_is_asked_once_when_nobody_knows_whether_it_was_heard(operation: str) -> None:
    with network(nothing) as (url, heard), transport(url) as hub:
        with pytest.raises(Unreachable):
            hub.call(operation, {}, None)
        assert len(heard) == 1


@pytest.mark.parametrize(
    ("status", "code", "details"),
    [
        (200, "GAP", {"expected": 7}),
        (200, "FORKED", {}),
        (401, "UNAUTHENTICATED", {}),
        (403, "REVOKED", {"receivedThrough": 9}),
        (400, "PROTOCOL", {"oldest": 2, "newest": 3}),
        (500, "INTERNAL", {}),
    ],
)
def test_a_code_is_passed_on_with_its_details_whatever_the_status(
    status: int, code: str, details: dict[str, Any]
) -> None:
    with network((status, errors(code, **details))) as (url, heard), transport(url) as hub:
        with pytest.raises(Refused) as refused:
            hub.call("push", {"upload": {}}, "token")
        assert (refused.value.code, refused.value.details) == (code, details)
        assert len(heard) == 1


def test_retry_is_retried_and_then_passed_on() -> None:
    with network((503, errors("RETRY"))) as (url, heard), transport(url) as hub:
        with pytest.raises(Refused) as refused:
            hub.call("push", {"upload": {}}, "token")
        assert refused.value.code == "RETRY"
        assert len(heard) == 3


def test_a_proxy_that_finds_it_too_large_is_understood() -> None:
    with network((413, PORTAL)) as (url, _), transport(url) as hub:
        with pytest.raises(Refused) as refused:
            hub.call("push", {"upload": {}}, "token")
        assert refused.value.code == "TOO_LARGE"


def test_an_answer_that_never_comes_is_given_up() -> None:
    release = threading.Event()

    def silence(handler: BaseHTTPRequestHandler) -> None:
        release.wait(200)
        handler.close_connection = True

    with network(silence) as (url, _), transport(url, attempts=1, read_s=0.05) as hub:
        with pytest.raises(Unreachable, match="ReadTimeout"):
            hub.call("now", {}, "token")
        release.set()


@pytest.mark.parametrize("operation", ["now", "enrol"])
def test_where_nobody_listens_the_hub_is_unreachable(operation: str) -> None:
    with socket.socket() as taken:
        # A port that is ours, so that nobody else can begin to listen there.
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/graphql"
        with transport(url) as hub, pytest.raises(Unreachable):
            hub.call(operation, {}, None)


def test_a_request_says_who_asks_and_goes_gzipped_when_it_is_long() -> None:
    with network((200, ANSWERED)) as (url, heard), transport(url) as hub:
        hub.call("now", {}, None)
        hub.call("now", {"filler": "字" * 2_000}, "a token")
    short, long = heard
    assert "Authorization" not in short["headers"]
    assert not short["packed"]
    assert short["operationName"] == "now"
    assert long["headers"]["Authorization"] == "Bearer a token"
    assert long["packed"]
    assert long["variables"] == {"filler": "字" * 2_000}
    assert int(long["headers"]["Content-Length"]) < 1_000

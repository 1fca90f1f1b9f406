"""Whatever is not a GraphQL request is refused with a 4xx and a code, and never with a 500."""

import gzip
import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest
from starlette.requests import Request

from server import guard
from server.guard import (
    GRAPHQL,
    MAX_BODY,
    MAX_VALUES,
    STRANGERS_BODY,
    Malformed,
    answer_type,
    inflate,
    parse_json,
)
from tests.door.house import House

GOOD = json.dumps({"query": "{ now }"}).encode()
TYPE = {"Content-Type": "application/json"}


async def post(house: House, content: Any, **headers: str) -> tuple[int, str]:
    given = {**TYPE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    given["Authorization"] = f"Bearer {await house.token('reader')}"
    answer = await house.http.post("/graphql", content=content, headers=given)
    whole = answer.json()
    if answer.status_code == 200:
        assert "errors" not in whole
        return 200, ""
    (error,) = whole["errors"]
    assert "data" not in whole
    assert error["message"]
    return answer.status_code, error["extensions"]["code"]


MALFORMED: list[tuple[str, bytes, int, str]] = [
    ("nothing", b"", 400, "BAD_JSON"),
    ("a number", b"5", 400, "BAD_REQUEST"),
    ("null", b"null", 400, "BAD_REQUEST"),
    ("a text", b'"{ now }"', 400, "BAD_REQUEST"),
    ("a list", b"[]", 400, "NO_BATCHING"),
    ("a batch", b'[{"query": "{ now }"}]', 400, "NO_BATCHING"),
    ("an empty object", b"{}", 400, "BAD_REQUEST"),
    ("a query of null", b'{"query": null}', 400, "BAD_REQUEST"),
    ("a query of a number", b'{"query": 5}', 400, "BAD_REQUEST"),
    ("a query of blanks", b'{"query": " \\n"}', 400, "BAD_REQUEST"),
    ("variables of a list", b'{"query": "{ now }", "variables": []}', 400, "BAD_REQUEST"),
    ("variables of a text", b'{"query": "{ now }", "variables": "{}"}', 400, "BAD_REQUEST"),
    ("extensions of a number", b'{"query": "{ now }", "extensions": 1}', 400, "BAD_REQUEST"),
    ("an operation name of a number", b'{"query": "{ now }", "operationName": 1}', 400, "BAD_REQUEST"),
    ("invalid UTF-8", b'{"query": "\xff\xfe"}', 400, "BAD_JSON"),
    ("UTF-16", '{"query": "{ now }"}'.encode("utf-16"), 400, "BAD_JSON"),
    ("a byte order mark", b"\xef\xbb\xbf" + GOOD, 400, "BAD_JSON"),
    ("NaN", b'{"query": "{ now }", "variables": {"a": NaN}}', 400, "BAD_JSON"),
    ("Infinity", b'{"query": "{ now }", "variables": {"a": -Infinity}}', 400, "BAD_JSON"),
    ("a number beyond all", b'{"query": "{ now }", "variables": {"a": 1e999}}', 400, "BAD_JSON"),
    ("a huge integer", b'{"query": "{ now }", "variables": {"a": ' + b"9" * 5000 + b"}}", 400, "BAD_JSON"),
    ("a key twice", b'{"query": "{ now }", "query": "{ now }"}', 400, "BAD_JSON"),
    ("a key twice, deeper", b'{"query": "{ now }", "variables": {"a": 1, "a": 2}}', 400, "BAD_JSON"),
    (
        "deep lists",
        b'{"query": "{ now }", "variables": {"a": ' + b"[" * 65 + b"]" * 65 + b"}}",
        400,
        "BAD_JSON",
    ),
    ("very deep lists", b"[" * 100_000, 400, "BAD_JSON"),
    ("very deep objects", b'{"a":' * 100_000, 400, "BAD_JSON"),
    ("half of it", GOOD[:-5], 400, "BAD_JSON"),
    ("something after it", GOOD + b"x", 400, "BAD_JSON"),
    ("JavaScript", b"{query: '{ now }'}", 400, "BAD_JSON"),
    ("a control character", b'{"query": "\x00"}', 400, "BAD_JSON"),
    ("too large", b'{"query": "' + b" " * MAX_BODY + b'"}', 413, "BODY_TOO_LARGE"),
]


@pytest.mark.parametrize(("what", "body", "status", "code"), MALFORMED, ids=[one[0] for one in MALFORMED])
async def test_a_malformed_body_is_refused(
    house: House, what: str, body: bytes, status: int, code: str
) -> None:
    assert await post(house, body) == (status, code), what


async def test_an_integer_beyond_all_types_is_refused_as_a_value(house: House) -> None:
    query = {"query": "query ($n: Long!) { pull(next: $n) { more } }", "variables": {"n": 10**300}}
    answer = await house.http.post("/graphql", json=query)
    assert answer.json()["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


MEDIA_TYPES = [
    ("application/json", 200),
    ("application/json; charset=utf-8", 200),
    ('application/json;charset="UTF-8"', 200),
    ("APPLICATION/JSON", 200),
    ("application/json; charset=gbk", 415),
    ("text/plain", 415),
    ("application/x-www-form-urlencoded", 415),
    ("multipart/form-data; boundary=x", 415),
    ("application/graphql", 415),
    ("application/jsonx", 415),
    ("text/plain; application/json", 415),
    (";", 415),
]


@pytest.mark.parametrize(("media_type", "status"), MEDIA_TYPES)
async def test_only_json_is_taken_so_that_no_form_can_post_here(
    house: House, media_type: str, status: int
) -> None:
    found, code = await post(house, GOOD, Content_Type=media_type)
    assert (found, code) == (status, "" if status == 200 else "UNSUPPORTED_MEDIA_TYPE")


async def test_no_content_type_is_no_json(house: House) -> None:
    answer = await house.http.post("/graphql", content=GOOD)
    assert answer.status_code == 415
    assert answer.headers["accept"] == "application/json"


def bomb() -> bytes:
    return gzip.compress(b'{"query": "' + b" " * (MAX_BODY * 5) + b'"}')


ENCODINGS = [
    ("gzip", gzip.compress(GOOD), 200, ""),
    ("x-gzip", gzip.compress(GOOD), 200, ""),
    ("identity", GOOD, 200, ""),
    ("gzip", bomb(), 413, "BODY_TOO_LARGE"),
    ("gzip", gzip.compress(GOOD)[:-9], 400, "BAD_ENCODING"),
    ("gzip", gzip.compress(GOOD)[:-1], 400, "BAD_ENCODING"),
    ("gzip", gzip.compress(GOOD) + b"x", 400, "BAD_ENCODING"),
    ("gzip", b"", 400, "BAD_ENCODING"),
    ("gzip", GOOD, 400, "BAD_ENCODING"),
    ("gzip", zlib.compress(GOOD), 400, "BAD_ENCODING"),
    ("gzip", gzip.compress(GOOD)[:20] + b"\x00" * 20, 400, "BAD_ENCODING"),
    ("gzip, gzip", gzip.compress(gzip.compress(GOOD)), 415, "BAD_ENCODING"),
    ("deflate", zlib.compress(GOOD), 415, "BAD_ENCODING"),
    ("br", GOOD, 415, "BAD_ENCODING"),
    ("zstd", GOOD, 415, "BAD_ENCODING"),
]


@pytest.mark.parametrize(("encoding", "body", "status", "code"), ENCODINGS, ids=range(len(ENCODINGS)))
async def test_gzip_is_welcome_and_nothing_else(
    house: House, encoding: str, body: bytes, status: int, code: str
) -> None:
    assert await post(house, body, Content_Encoding=encoding) == (status, code)


@pytest.mark.parametrize("most", [MAX_BODY, STRANGERS_BODY])
def test_a_bomb_is_never_inflated_whole(most: int) -> None:
    with pytest.raises(Malformed) as refused:
        inflate(bomb(), "gzip", most)
    assert refused.value.status == 413


async def test_the_bomb_of_a_stranger_is_small(house: House) -> None:
    small = gzip.compress(b'{"query": "' + b" " * STRANGERS_BODY + b'"}')
    headers = {**TYPE, "Content-Encoding": "gzip"}
    answer = await house.http.post("/graphql", content=small, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")


VALUES = [
    ("empty objects", b"{}", 1),
    ("numbers", b"5", 1),
    ("broken numbers", b"0.5", 1),
    ("members", b'{"a":1}', 3),
]


@pytest.mark.parametrize(("what", "one", "counts"), VALUES, ids=[one[0] for one in VALUES])
def test_json_is_read_to_the_end_only_where_it_is_of_few_parts(what: str, one: bytes, counts: int) -> None:
    assert parse_json(b"[" + b",".join([one] * (MAX_VALUES // counts)) + b"]"), what
    with pytest.raises(Malformed) as refused:
        parse_json(b"[" + b",".join([one] * (MAX_VALUES // counts + 1)) + b"]")
    assert (refused.value.code, refused.value.details) == (
        "LIMIT",
        {"limit": "values", "allowed": MAX_VALUES},
    )


async def test_a_body_that_announces_too_much_is_not_read(house: House) -> None:
    read = []

    async def noted() -> AsyncIterator[bytes]:
        read.append(True)
        yield b""

    token = {"Authorization": f"Bearer {await house.token('reader')}"}
    for length, headers, status in (
        (str(MAX_BODY + 1), token, 413),
        ("9" * 30, token, 413),
        (str(STRANGERS_BODY + 1), {}, 401),
    ):
        announced = {**TYPE, **headers, "Content-Length": length, "Transfer-Encoding": ""}
        answer = await house.http.post("/graphql", content=noted(), headers=announced)
        assert answer.status_code == status
    assert not read


async def test_a_large_body_is_read_like_a_small_one(house: House) -> None:
    body = {"query": "{ now }", "variables": {"unused": "x" * 500_000}}
    assert await post(house, json.dumps(body).encode()) == (200, "")


METHODS = [("PUT", 405), ("DELETE", 405), ("PATCH", 405), ("OPTIONS", 405), ("HEAD", 405)]


@pytest.mark.parametrize(("method", "status"), METHODS)
async def test_other_methods_are_refused(house: House, method: str, status: int) -> None:
    answer = await house.http.request(method, "/graphql", content=GOOD, headers=TYPE)
    assert answer.status_code == status
    assert answer.headers["allow"] == "GET, POST"


def test_json_is_read_strictly_and_within_reason() -> None:
    assert parse_json('{"a": [1, 2.5, null, true, "\\ud83d\\ude00"]}') == {"a": [1, 2.5, None, True, "😀"]}
    assert parse_json("[" * 64 + "]" * 64) is not None
    for bad in ("[" * 65 + "]" * 65, "1" * 401, "1e400", "NaN", '{"a":1,"a":1}', "", "{", "'a'"):
        with pytest.raises(Malformed) as refused:
            parse_json(bad)
        assert refused.value.code == "BAD_JSON"


ACCEPTED = [
    ("", "application/json"),
    ("*/*", "application/json"),
    ("application/json", "application/json"),
    ("application/*", "application/json"),
    ("application/graphql-response+json", GRAPHQL),
    ("application/graphql-response+json, application/json;q=0.9", GRAPHQL),
    ("application/json, application/graphql-response+json; charset=utf-8", GRAPHQL),
    ("text/html, */*;q=0.1", "application/json"),
    ("application/graphql-response+json;q=0, application/json", "application/json"),
    ("application/graphql-response+json;q=0.5, application/json", "application/json"),
    ("application/json;q=0.5, application/graphql-response+json;q=0.501", GRAPHQL),
    ("application/json;q=0.5, application/graphql-response+json; q=0.5", GRAPHQL),
    ("application/graphql-response+json;q=0.2, */*;q=0.8", "application/json"),
    ("application/json;q=0.2, */*;q=0.8", GRAPHQL),
    ("application/json;q=0, application/*", GRAPHQL),
    ("application/graphql-response+json, */*", GRAPHQL),
    ("application/json;q=much", "application/json"),
    ("text/event-stream, application/json;q=0", "text/event-stream"),
    ("text/event-stream, application/json;q=0.1", "application/json"),
]


@pytest.mark.parametrize(("accept", "expected"), ACCEPTED)
def test_the_answer_is_in_the_media_type_that_is_asked_for(accept: str, expected: str) -> None:
    assert answer_type(accept) == expected


@pytest.mark.parametrize(
    "accept", ["text/html", "image/png", "application/xml", "*/*;q=0", "application/json;q=0.0"]
)
def test_a_caller_who_takes_neither_is_told(accept: str) -> None:
    with pytest.raises(Malformed) as refused:
        answer_type(accept)
    assert (refused.value.status, refused.value.code) == (406, "NOT_ACCEPTABLE")


def coming(receive: Any) -> Request:
    return Request({"type": "http", "method": "POST", "headers": []}, receive)


async def test_a_body_that_stops_coming_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "CHUNK_TIMEOUT_S", 0)

    async def nothing() -> None:
        await anyio.Event().wait()

    with pytest.raises(Malformed) as refused:
        await guard.read_body(coming(nothing), MAX_BODY)
    assert (refused.value.status, refused.value.code) == (408, "BODY_TIMEOUT")


async def test_a_body_may_take_long_while_it_keeps_coming() -> None:
    deadlines: list[float] = []

    async def slowly() -> dict[str, Any]:
        deadlines.append(anyio.current_effective_deadline())
        return {"type": "http.request", "body": b"a", "more_body": len(deadlines) < 3}

    assert await guard.read_body(coming(slowly), MAX_BODY) == b"aaa"
    first, second, third = deadlines
    assert first < second < third

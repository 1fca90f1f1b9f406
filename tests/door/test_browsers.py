"""Pages of other origins ask where a setting names them, and answers come as small as their reader can take them."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import brotli  # type: ignore[import-untyped]
import pytest
import zstandard

from server.guard import GRAPHQL
from tests.door.house import House, standing

BOARD = "https://board.example"
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """On one database: what is between the door and a browser knows none."""
    async with standing(tmp_path_factory.mktemp("browsers")) as house:
        yield house


async def test_pages_of_the_origins_that_are_set_may_ask(tmp_path: Path) -> None:
    async with standing(tmp_path, origins=(BOARD,)) as house:
        for origin, allowed in ((BOARD, BOARD), ("https://elsewhere.example", None)):
            asked = await house.http.options("/graphql", headers={"Origin": origin, **PREFLIGHT})
            assert asked.headers.get("access-control-allow-origin") == allowed
            assert asked.status_code == (200 if allowed else 400)
            answer = await house.http.post("/graphql", json={"query": "{ now }"}, headers={"Origin": origin})
            assert answer.headers.get("access-control-allow-origin") == allowed
            # No cookie is ever taken, so none is asked for.
            assert "access-control-allow-credentials" not in answer.headers
        allowed_headers = (
            await house.http.options("/graphql", headers={"Origin": BOARD, **PREFLIGHT})
        ).headers
        assert "authorization" in allowed_headers["access-control-allow-headers"].lower()
        exposed = (
            await house.http.post("/graphql", json={"query": "{ now }"}, headers={"Origin": BOARD})
        ).headers
        assert {"ETag", "Retry-After"} <= {
            one.strip() for one in exposed["access-control-expose-headers"].split(",")
        }


async def test_no_other_origin_may_unless_one_is_set(house: House) -> None:
    asked = await house.http.options("/graphql", headers={"Origin": BOARD, **PREFLIGHT})
    assert asked.status_code == 405
    assert not any(name.startswith("access-control") for name in asked.headers)


UNPACK = {
    "zstd": lambda body: zstandard.ZstdDecompressor().decompressobj().decompress(body),
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    None: bytes,
}


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("identity", None),
        ("gzip;q=0", None),
    ],
)
@pytest.mark.parametrize("media_type", [GRAPHQL, "application/json"])
async def test_answers_are_compressed_as_the_caller_can_read_them(
    house: House, accepted: str, encoding: str | None, media_type: str
) -> None:
    request = house.http.build_request(
        "POST",
        "/graphql",
        json={"query": "{ rules(language: EN) { thing field rule sentence reason } }"},
        headers={"Accept-Encoding": accepted, "Accept": media_type},
    )
    answer = await house.http.send(request, stream=True)
    body = b"".join([part async for part in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == encoding
    assert b'"rules"' in UNPACK[encoding](body)
    if encoding:
        assert "accept-encoding" in answer.headers["vary"].lower()
        assert len(body) < 5_000

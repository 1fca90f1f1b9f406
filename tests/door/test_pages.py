"""The pages beside the door: where to go, GraphiQL from our own files, how the server is."""

import json
from pathlib import Path

import pytest

from server import meta, pages
from server.moving import MOVED
from tests.databases import looking_into
from tests.door.house import House, standing

FOLDER = Path(pages.__file__).parent / "graphiql"


async def test_the_first_page_leads_to_the_others(house: House) -> None:
    answer = await house.http.get("/")
    assert answer.status_code == 200
    assert 'href="/graphiql"' in answer.text
    assert "script" not in answer.text


async def test_graphiql_is_served_from_our_own_files(house: House) -> None:
    answer = await house.http.get("/graphiql")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    for name in json.loads((FOLDER / "files.json").read_text("utf-8")):
        found = await house.http.get(f"/graphiql/{name}")
        installed = (FOLDER / name).is_file()
        assert found.status_code == (200 if installed else 404), name
        assert installed or "make setup" in found.text


@pytest.mark.parametrize(
    "path", ["files.json", "package.json", "../app.py", "..%2fapp.py", "README.md", "node_modules/", "", "x"]
)
async def test_no_other_file_is_served(house: House, path: str) -> None:
    assert (await house.http.get(f"/graphiql/{path}")).status_code == 404


async def test_graphiql_is_a_setting(database_url: str) -> None:
    async with standing(database_url, graphiql=False, introspection=False) as house:
        assert (await house.http.get("/graphiql")).status_code == 404
        assert "graphiql" not in (await house.http.get("/")).text
        errors = (await house.post("{ __schema { queryType { name } } }"))["errors"]
        assert {error["extensions"]["code"] for error in errors} == {"GRAPHQL_VALIDATION_FAILED"}


async def test_health_is_told(house: House) -> None:
    assert (await house.http.get("/healthz")).json() == {"status": "ok"}
    ready = await house.http.get("/readyz")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)


async def test_a_night_that_failed_is_told_and_sends_nobody_away(house: House) -> None:
    house.hub.health.failed("the settlement failed: RuntimeError", house.clock.now())
    ready = await house.http.get("/readyz")
    assert (ready.status_code, ready.json()["ready"]) == (200, True)
    assert ready.json()["reasons"] == ["the settlement failed: RuntimeError"]
    house.hub.health.succeeded(house.clock.now())
    assert (await house.http.get("/readyz")).json()["reasons"] == []


async def test_a_hub_that_takes_no_uploads_is_not_ready(database_url: str) -> None:
    async with standing(database_url) as house:
        mark = '{"to": "elsewhere", "at": 0}'
        with looking_into(database_url) as connection:
            meta.store(connection, {MOVED: mark})
            connection.commit()
        ready = await house.http.get("/readyz")
        assert (ready.status_code, ready.json()["ready"]) == (503, False)
        assert "moved" in ready.json()["reasons"][0]

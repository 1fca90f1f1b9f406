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


async def test_the_tablet_app_is_served_as_it_was_built(
    house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "TABLET", tmp_path / "dist")
    missing = await house.http.get("/tablet/")
    assert missing.status_code == 404
    assert "make tablet" in missing.text
    (tmp_path / "dist" / "assets").mkdir(parents=True)
    (tmp_path / "secret").write_text("secret", "utf-8")
    for name in ("index.html", "sw.js", "manifest.webmanifest", "assets/index-1.js"):
        (tmp_path / "dist" / name).write_text(name, "utf-8")
    page = await house.http.get("/tablet/")
    assert (page.status_code, page.text) == (200, "index.html")
    assert "unsafe" not in page.headers["content-security-policy"]
    assert (await house.http.get("/tablet/sw.js")).headers["cache-control"] == "no-cache"
    assert "immutable" in (await house.http.get("/tablet/assets/index-1.js")).headers["cache-control"]
    kind = (await house.http.get("/tablet/manifest.webmanifest")).headers["content-type"]
    assert kind.startswith("application/manifest+json")
    for path in ("../secret", "..%2fsecret", "assets", "x"):
        assert (await house.http.get(f"/tablet/{path}")).status_code == 404, path


@pytest.mark.parametrize("path", ["/enrol", "/tablet"])
async def test_a_code_that_was_scanned_leads_to_the_tablet_app(house: House, path: str) -> None:
    answer = await house.http.get(path)
    assert (answer.status_code, answer.headers["location"]) == (307, "/tablet/")

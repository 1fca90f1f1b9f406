"""Documents that are known by their ids, over HTTP and WebSocket; and a door that takes no others but the protocol's."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from clients.python.operations import OPERATIONS
from server.documents import Documents, read
from server.guard import Malformed
from server.settings import BadSetting, sqlite_url
from tests.door.house import GRID, House, standing
from tests.door.test_sockets import serving

ID = "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"
TITLES = "query Titles($first: Int = 1) { tickets(first: $first) { edges { node { title } } } }"


@pytest.fixture(scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A house with a manifest, that takes nothing else."""
    folder = tmp_path_factory.mktemp("documents")
    (folder / "documents.json").write_text(json.dumps({ID: TITLES, "broken": "{ nothing }"}))
    async with standing(folder, documents=folder / "documents.json", documents_only=True) as house:
        yield house


async def send(house: House, role: str = "reader", **body: Any) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {await house.token(role)}"}
    answer = await house.http.post("/graphql", json=body, headers=headers)
    whole = answer.json()
    return answer.status_code, whole["data"] if "data" in whole else whole["errors"][0]["extensions"]["code"]


async def test_a_document_is_run_by_its_id(house: House) -> None:
    assert await send(house, documentId=ID) == (200, {"tickets": {"edges": []}})
    assert await send(house, documentId=f"sha256:{ID}", variables={"first": 2}) == (
        200,
        {"tickets": {"edges": []}},
    )
    headers = {"Authorization": f"Bearer {await house.token('reader')}"}
    got = await house.http.get(
        "/graphql", params={"documentId": ID, "variables": '{"first": 1}'}, headers=headers
    )
    assert got.json()["data"] == {"tickets": {"edges": []}}
    again = await house.http.get(
        "/graphql",
        params={"documentId": ID, "variables": '{"first": 1}'},
        headers={**headers, "If-None-Match": got.headers["etag"]},
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"documentId": "nothing"}, (404, "DOCUMENT_UNKNOWN")),
        ({"documentId": ""}, (400, "BAD_REQUEST")),
        ({"documentId": 5}, (400, "BAD_REQUEST")),
        ({"documentId": ID, "query": TITLES}, (400, "BAD_REQUEST")),
        ({"documentId": ID, "variables": {"first": "x"}}, (200, "BAD_USER_INPUT")),
        ({"documentId": "broken"}, (200, "GRAPHQL_VALIDATION_FAILED")),
        ({"query": TITLES}, (403, "DOCUMENTS_ONLY")),
        ({"query": "{ __schema { types { name } } }"}, (403, "DOCUMENTS_ONLY")),
        ({"query": "{ now tickets { totalCount } }"}, (403, "DOCUMENTS_ONLY")),
        ({"query": "{"}, (403, "DOCUMENTS_ONLY")),
        (
            {"query": "{ pull(next: 1) { scope { tickets { totalCount } } } }"},
            (403, "DOCUMENTS_ONLY"),
        ),
        ({"query": "{ ... on Query { now } }"}, (403, "DOCUMENTS_ONLY")),
    ],
)
async def test_what_is_not_known_is_not_run(
    house: House, body: dict[str, Any], expected: tuple[int, str]
) -> None:
    assert await send(house, **body) == expected


async def test_tablets_work_on(house: House) -> None:
    """Each maker has chosen the protocol's words for themselves."""
    code = await house.hub.code([GRID])
    given = {"code": code.code, "name": "A", "appVersion": "1"}
    answer = await house.http.post("/graphql", json={"query": OPERATIONS["enrol"], "variables": given})
    assert answer.json()["data"]["enrol"]["token"]
    upload = {"protocol": 1, "from": 1, "oldest": 1, "runs": [], "changes": []}
    for query, variables in (
        (OPERATIONS["now"], {}),
        (OPERATIONS["pull"], {"after": None, "next": 1, "limit": 10}),
        (OPERATIONS["push"], {"upload": upload}),
    ):
        status, data = await send(house, "tablet", query=query, variables=variables)
        assert status == 200
        assert isinstance(data, dict)


def test_where_others_are_taken_both_ways_are_open() -> None:
    documents = Documents({"a": TITLES})
    assert documents.source(TITLES, None) == documents.source(None, "a") == TITLES
    with pytest.raises(Malformed):
        documents.source(None, None)


@pytest.mark.parametrize(
    "manifest",
    [
        {ID: TITLES},
        {f"sha256:{ID}": TITLES},
        {
            "format": "apollo-persisted-query-manifest",
            "version": 1,
            "operations": [{"id": ID, "name": "Titles", "type": "query", "body": TITLES}],
        },
    ],
)
def test_a_manifest_is_read_as_the_tools_write_it(tmp_path: Path, manifest: Any) -> None:
    path = tmp_path / "documents.json"
    path.write_text(json.dumps(manifest))
    assert read(path) == {ID: TITLES}
    assert read(None) == {}


@pytest.mark.parametrize(
    "text", ["", "[]", "5", '{"a": 1}', '{"operations": [{"id": "a"}]}', '{"operations": [5]}']
)
def test_what_is_no_manifest_is_refused_at_the_start(tmp_path: Path, text: str) -> None:
    path = tmp_path / "documents.json"
    path.write_text(text)
    with pytest.raises(BadSetting, match="LIANXIN_DOCUMENTS"):
        read(path)
    with pytest.raises(BadSetting, match="LIANXIN_DOCUMENTS"):
        read(tmp_path / "none.json")


async def test_over_websocket_as_well(tmp_path: Path) -> None:
    (tmp_path / "documents.json").write_text(json.dumps({ID: TITLES}))
    given = {"documents": tmp_path / "documents.json", "documents_only": True}
    async with (
        serving(sqlite_url(tmp_path / "hub.db"), **given) as served,
        served.connected("tablet") as talk,
    ):
        await talk.send(type="subscribe", id="a", payload={"documentId": ID})
        assert (await talk.hear())["payload"]["data"] == {"tickets": {"edges": []}}
        assert (await talk.hear())["type"] == "complete"
        for payload, code in (
            ({"query": TITLES}, "DOCUMENTS_ONLY"),
            ({"documentId": "x"}, "DOCUMENT_UNKNOWN"),
        ):
            await talk.send(type="subscribe", id="b", payload=payload)
            refused = await talk.hear()
            assert (refused["type"], refused["payload"][0]["extensions"]["code"]) == ("error", code)
        await talk.send(type="subscribe", id="c", payload={"query": "subscription { changed { rev } }"})
        assert (await talk.hear())["payload"]["data"]["changed"]["rev"]

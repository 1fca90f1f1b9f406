"""How much an operation may be given: bounded before it costs anything, at every door; and all that is good gets through."""

import json
import time
from collections.abc import AsyncIterator
from typing import Any, Final

import pytest

from schema import build
from schema.divide import MOST as MOVES
from schema.limits import READ, STRANGERS
from schema.registering import MOST_BYTES
from server.guard import MAX_BODY, STRANGERS_BODY
from server.sockets import MAX_MESSAGE
from sync.shapes import format_time
from sync.wire import MAX_CHANGES, MAX_OPENINGS, MAX_UPLOAD_BYTES
from tests.databases import Databases
from tests.door.house import GRID, GRID_2, MEMBER, UNIT, House
from tests.door.listening import streaming
from tests.door.test_division import DIVIDE
from tests.door.test_protocol import PUSH, enrolled, upload
from tests.door.test_registering import register
from tests.door.test_sockets import Served, serving

COUNT: Final = "query ($f: TicketFilter) { tickets(filter: $f) { totalCount } }"


@pytest.fixture(scope="module")
async def served(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    with databases.fresh(tmp_path_factory.mktemp("amounts")) as url:
        async with serving(url) as served:
            yield served


def nested(deep: int) -> dict[str, Any]:
    return {"not": nested(deep - 1)} if deep else {}


async def posted(house: House, body: Any, role: str | None = None, **headers: str) -> tuple[int, Any]:
    """Status and the first error's extensions."""
    if role is not None:
        headers["Authorization"] = f"Bearer {await house.token(role)}"
    answer = await house.http.post("/graphql", json=body, headers=headers)
    return answer.status_code, (answer.json().get("errors") or [{}])[0].get("extensions")


TOO_MUCH: Final = [
    ({"and": [{}] * (READ.list + 1)}, "list", READ.list),
    ({"ids": ["x"] * (READ.list + 1)}, "list", READ.list),
    ({"and": [{"ids": ["x"] * 100}] * 11}, "values", READ.values),
    ({str(one): one for one in range(READ.values + 1)}, "values", READ.values),
    (nested(READ.depth + 1), "valueDepth", READ.depth),
    ({"search": "a" * (READ.text + 1)}, "text", READ.text),
]


@pytest.mark.parametrize(
    ("given", "limit", "allowed"), TOO_MUCH, ids=[f"{one[1]} {n}" for n, one in enumerate(TOO_MUCH)]
)
async def test_at_every_door_too_much_is_refused_before_anybody_sees_whether_it_fits(
    served: Served, monkeypatch: pytest.MonkeyPatch, given: dict[str, Any], limit: str, allowed: int
) -> None:
    monkeypatch.setattr(build, "coerced", None)
    told = {"code": "LIMIT", "limit": limit, "allowed": allowed}
    asked = {"query": COUNT, "variables": {"f": given}}
    assert await posted(served.house, asked, "reader") == (200, told)
    assert await posted(served.house, asked, "reader") == (200, told), "a token that is known, too"
    async with served.connected("reader") as talk:
        refused = await talk.ask(COUNT, f=given)
        assert (refused["type"], refused["payload"][0]["extensions"]) == ("error", told)
    async with streaming(served, COUNT, "reader", f=given) as listener:
        assert (await listener.hear())["errors"][0]["extensions"] == told


@pytest.mark.parametrize("token", [None, "x" * 64], ids=["no token", "a made-up one"])
async def test_who_is_not_known_may_give_little_and_hears_that_they_are_not(
    served: Served, monkeypatch: pytest.MonkeyPatch, token: str | None
) -> None:
    monkeypatch.setattr(build, "coerced", None)
    given: dict[str, Any] = {"and": [{}] * STRANGERS.values}
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    body = {"query": COUNT, "variables": {"f": given}}
    assert await posted(served.house, body, **headers) == (200, {"code": "UNAUTHENTICATED"})
    if token is None:
        async with served.connected(None) as talk:
            refused = await talk.ask(COUNT, f=given)
            assert refused["payload"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_of_who_is_not_known_no_large_body_is_read(served: Served) -> None:
    house = served.house
    body = {"query": COUNT, "variables": {"f": {"and": [{}] * 2_000_000}}}
    text = json.dumps(body).encode()
    start = time.process_time()
    json.loads(text)
    read = time.process_time() - start
    assert STRANGERS_BODY < len(text) < MAX_BODY
    headers = {"Content-Type": "application/json"}
    start = time.process_time()
    answer = await house.http.post("/graphql", content=text, headers=headers)
    assert time.process_time() - start < read / 2
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json()["errors"][0]["extensions"] == {"code": "UNAUTHENTICATED"}
    assert (await posted(house, body, "reader"))[1] == {
        "code": "LIMIT",
        "limit": "values",
        "allowed": 200_000,
    }


async def test_a_connection_of_nobody_carries_no_large_message(served: Served) -> None:
    large = {"query": "{ now }", "variables": {"unused": "x" * STRANGERS_BODY}}
    async with served.connected(None) as talk:
        await talk.send(type="subscribe", id="1", payload=large)
        assert (await talk.closed())[0] == 4400
    async with served.connected("reader") as talk:
        await talk.send(type="subscribe", id="1", payload=large)
        assert (await talk.hear())["payload"]["data"]["now"]
        assert await talk.hear() == {"type": "complete", "id": "1"}
        await talk.send(
            type="subscribe", id="2", payload={**large, "variables": {"unused": "x" * MAX_MESSAGE}}
        )
        assert (await talk.closed())[0] == 4400


async def test_a_list_that_is_written_in_the_document_has_the_same_length(house: House) -> None:
    for many, expected in ((READ.list, None), (READ.list + 1, "list")):
        for query in (
            "{ tickets(filter: {ids: %s}) { totalCount } }",
            "query ($ids: [ID!] = %s) { tickets(filter: {ids: $ids}) { totalCount } }",
            "{ ...F } fragment F on Query { tickets(filter: {or: [{not: {ids: %s}}]}) { totalCount } }",
        ):
            _, told = await posted(house, {"query": query % json.dumps(["x"] * many)}, "reader")
            assert (told or {}).get("limit") == expected, told


async def test_a_text_in_a_filter_is_as_long_as_what_it_could_find(house: House) -> None:
    """SQLite takes no pattern of LIKE above 50,000 bytes."""
    for given in ({"search": "停" * 200}, {"tag": "a" * 200}, {"categories": ["b" * 200]}):
        assert (await house.ask(COUNT, "reader", f=given))["tickets"] == {"totalCount": 0}
    for given in (
        {"search": "a" * 60_000},
        {"search": "停" * 201},
        {"tag": "a" * 201},
        {"categories": ["b" * 201]},
    ):
        assert await house.code(COUNT, "reader", f=given) == "LIMIT"
    literal = "{ tickets(filter: {search: %s}) { totalCount } }"
    assert await house.code(literal % json.dumps("a" * 50_001), "reader") == "LIMIT"


async def test_lists_are_bounded_in_what_a_mutation_answers_as_well(house: House) -> None:
    mutation = """mutation ($i: TicketEditInput!, $ids: [ID!]) { ticketEdit(input: $i) { ... on TicketChanged {
        ticket { grid { tickets(filter: {ids: $ids}) { totalCount } } } } } }"""
    ticket = await house.ticket()
    given = {"id": house.ids.uuid7(), "entity": ticket, "saw": await house.rev(), "title": "新"}
    assert await house.code(mutation, "dispatcher", i=given, ids=["x"] * (READ.list + 1)) == "LIMIT"


# What is good, at its largest


async def test_the_largest_upload_is_taken(house: House) -> None:
    role = await enrolled(house)
    at = format_time(house.clock.now())
    runs = [{"run": run, "offsetMs": run, "uncertaintyMs": 5} for run in range(MAX_CHANGES + 2)]
    openings = [
        {"id": house.ids.uuid7(), "ticket": UNIT, "at": at, "run": 1, "by": MEMBER}
        for _ in range(MAX_OPENINGS)
    ]
    present = [house.ids.uuid7() for _ in range(200)]
    changes = [
        house.change("activity.open", house.ids.uuid7(), {"members": present, "filler": "长" * 2_500})
        for _ in range(MAX_CHANGES)
    ]
    given = upload(*changes, runs=runs, openings=openings)
    assert 7_000_000 < len(json.dumps(changes, ensure_ascii=False).encode()) < MAX_UPLOAD_BYTES
    receipt = (await house.ask(PUSH, role, upload=given))["push"]
    assert receipt["receivedThrough"] == MAX_CHANGES
    more = upload(first=MAX_CHANGES + 1, openings=[*openings, openings[0]])
    assert await house.code(PUSH, role, upload=more) == "TOO_LARGE"


async def test_the_largest_division_and_the_longest_list_of_a_unit_are_taken(house: House) -> None:
    moves = [
        {"id": house.ids.uuid7(), "saw": 0, "member": MEMBER, "grid": (GRID, GRID_2)[one % 2]}
        for one in range(MOVES)
    ]
    moves[-1] = {**moves[-1], "grid": UNIT}
    answer = (await house.ask(DIVIDE, "dispatcher", input={"moves": moves}))["divide"]
    assert answer["path"] == f"input.moves.{MOVES - 1}.grid", "all of them were looked at"
    too_many = (await house.ask(DIVIDE, "dispatcher", input={"moves": [*moves, moves[0]]}))["divide"]
    assert (too_many["__typename"], too_many["path"]) == ("InvalidInput", "input.moves")
    text = "number,name\n001,党员 001\n" + "," * (MOST_BYTES - 100)
    assert (await register(house, text, check=True))["__typename"] in {"UnitRegistered", "InvalidInput"}


async def test_a_community_with_all_that_it_may_have_is_put(house: House) -> None:
    name = {"zh": "区" * 20, "en": "d" * 20}
    codes = [f"code-{one}" for one in range(100)]
    days = [f"20{26 + one // 336}-{one // 28 % 12 + 1:02}-{one % 28 + 1:02}" for one in range(400)]
    hours = [{"days": [1, 2, 3, 4, 5, 6, 7], "from": "08:00", "until": "12:00"}] * 14
    given = {
        "code": "BIG",
        "name": name,
        "kind": "STREET",
        "utcOffset": 480,
        "workingHours": hours,
        "holidays": days,
        "workdays": days,
        "categories": [{"code": code, "name": name, "needs": codes[:20]} for code in codes],
        "skills": [{"code": code, "name": name} for code in codes],
    }
    payload = await house.do("community.put", house.ids.uuid7(), "admin", **given)
    assert payload["verdict"]["outcome"] == "APPLIED", payload
    # A change has 65,536 bytes at most, whatever its fields may have each.
    given["categories"] = [{"code": code, "name": {"zh": "区" * 200, "en": "d"}} for code in codes]
    payload = await house.do("community.put", house.ids.uuid7(), "admin", **given)
    assert (payload["__typename"], payload["code"], payload["path"]) == ("InvalidInput", "TOO_LARGE", "input")


async def test_a_tablet_of_very_many_grids_goes_on_from_its_checkpoint(house: House) -> None:
    """A checkpoint names every grid that it was given for: it is a longer text than any filter's."""
    after = "x" * 50_000
    data = await house.ask("query ($a: String) { pull(next: 1, after: $a) { reset } }", "tablet", a=after)
    assert data["pull"]["reset"]

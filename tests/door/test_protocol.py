"""The protocol through the door: enrol, push, pull, renew; its refusals by code; nothing else gets through."""

import gzip
import json
from typing import Any

import pytest

from sync.wire import MAX_CHANGES, OLDEST_PROTOCOL, PROTOCOL, check_digest
from tests.door.house import COMMUNITY, GRID, GRID_2, MEMBER, House

ENROL = """mutation ($code: String!) { enrol(code: $code, name: "一号", appVersion: "1.0") {
    device token epoch scope { id code community { code } rev } } }"""
PUSH = """mutation ($upload: UploadInput!) { push(upload: $upload) { receivedThrough settledThrough durableThrough
    quarantined { seq id code sentence zh: sentence(language: ZH) } settlesAt epoch } }"""
PULL = """query ($after: String, $next: Long!, $limit: Int! = 1000) { pull(after: $after, next: $next, limit: $limit) {
    documents { collection id rev state body } checkpoint more reset epoch scope { id code }
    check { collection count digest } } }"""


async def enrolled(house: House, *grids: str) -> str:
    """A new tablet; the name of its role."""
    code = await house.hub.code(list(grids) or [GRID])
    data = await house.ask(ENROL, None, code=code.code)
    name = f"tablet {data['enrol']['device']}"
    house.tokens[name] = data["enrol"]["token"]
    return name


def upload(*changes: Any, first: int = 1, **more: Any) -> dict[str, Any]:
    return {"protocol": 1, "from": first, "oldest": first, "runs": [], "changes": list(changes), **more}


async def pulled(house: House, role: str, limit: int = 1000) -> tuple[dict[tuple[str, str], int], Any]:
    """What a tablet holds after pulling everything, and the last page."""
    held: dict[tuple[str, str], int] = {}
    after, page = None, {"more": True}
    while page["more"]:
        page = (await house.ask(PULL, role, after=after, next=1, limit=limit))["pull"]
        after = page["checkpoint"]
        for one in page["documents"]:
            if one["state"] == "LIVE":
                held[one["collection"], one["id"]] = one["rev"]
            else:
                held.pop((one["collection"], one["id"]), None)
    return held, page


async def test_a_code_makes_a_tablet_once(house: House) -> None:
    code = await house.hub.code([GRID, GRID_2])
    data = (await house.ask(ENROL, None, code=code.code))["enrol"]
    assert [one["code"] for one in data["scope"]] == ["LY-1", "LY-2"]
    assert data["scope"][0]["community"] == {"code": "LY"}
    assert data["scope"][0]["rev"] > 0
    assert data["epoch"] == 1
    assert await house.code(ENROL, None, code=code.code) == "CODE_INVALID"
    assert await house.code(ENROL, None, code="NOTACODE") == "CODE_INVALID"


@pytest.mark.parametrize("name", ["", "x" * 61])
async def test_a_tablets_name_has_a_length(house: House, name: str) -> None:
    code = await house.hub.code([GRID])
    enrol = ENROL.replace("一号", name)
    assert await house.code(enrol, None, code=code.code) == "BAD_USER_INPUT"
    assert await house.ask(ENROL, None, code=code.code), "and the code is still good"


async def test_a_code_expires(house: House) -> None:
    code = await house.hub.code([GRID])
    house.clock.go_on(16 * 60_000)
    assert await house.code(ENROL, None, code=code.code) == "CODE_INVALID"


async def test_a_tablet_pulls_everything_of_its_scope_and_can_check_it(house: House) -> None:
    role = await enrolled(house)
    near = await house.ticket(detail="门牌在后", contact={"name": "老王"})
    await house.ticket(grid=GRID_2)
    held, page = await pulled(house, role, limit=3)
    assert (page["more"], page["reset"], page["scope"]) == (False, False, [{"id": GRID, "code": "LY-1"}])
    assert {collection for collection, _ in held} == {"community", "unit", "grid", "member", "ticket"}
    assert [id for collection, id in held if collection == "ticket"] == [near]
    assert [id for collection, id in held if collection == "community"] == [COMMUNITY]
    for check in page["check"]:
        mine = [(id, rev) for (collection, id), rev in held.items() if collection == check["collection"]]
        assert (check["count"], check["digest"]) == (len(mine), check_digest(mine))


async def test_a_body_has_the_names_of_the_graphql_type(house: House) -> None:
    role = await enrolled(house)
    await house.ticket(detail="门牌在后")
    page = (await house.ask(PULL, role, next=1))["pull"]
    served = {type_["name"]: type_["fields"] for type_ in (await introspected(house))["types"]}
    for one in page["documents"]:
        title = one["collection"].capitalize()
        assert set(one["body"]) <= {field["name"] for field in served[title]}, title


async def introspected(house: House) -> Any:
    return (await house.ask("{ __schema { types { name fields { name } } } }", None))["__schema"]


async def test_an_upload_is_taken_once_settled_and_heard_of(house: House) -> None:
    role = await enrolled(house)
    ticket = house.ids.uuid7()
    opened = house.change(
        "ticket.open",
        ticket,
        {"grid": GRID, "category": "parking", "title": "停车"},
        private={"salt": "0" * 32, "detail": "门牌在后"},
    )
    given = upload(opened, runs=[{"run": 1, "offsetMs": 0, "uncertaintyMs": 50}])
    receipt = (await house.ask(PUSH, role, upload=given))["push"]
    assert (receipt["receivedThrough"], receipt["settledThrough"], receipt["quarantined"]) == (1, 0, [])
    assert receipt["settlesAt"].endswith("Z")
    again = (await house.ask(PUSH, role, upload=given))["push"]
    assert again["receivedThrough"] == 1
    await house.hub.settle()
    receipt = (await house.ask(PUSH, role, upload=upload(first=2)))["push"]
    assert (receipt["settledThrough"], receipt["durableThrough"]) == (1, 1)
    page = (await house.ask(PULL, role, next=2))["pull"]
    (verdict,) = [one["body"] for one in page["documents"] if one["collection"] == "verdict"]
    assert (verdict["seq"], verdict["outcome"], verdict["change"]) == (1, "APPLIED", opened["id"])
    assert verdict["sentence"]["en"] == "It stands."
    (document,) = [one for one in page["documents"] if one["id"] == ticket]
    assert document["body"]["detail"] == "门牌在后"


async def test_refusals_come_by_code_with_what_is_needed_to_go_on(house: House) -> None:
    role = await enrolled(house)
    change = house.change("ticket.note", house.ids.uuid7(), {}, private={"salt": "0" * 32, "text": "x"})

    async def refused(given: dict[str, Any]) -> dict[str, Any]:
        (error,) = (await house.post(PUSH, role, upload=given))["errors"]
        extensions: dict[str, Any] = error["extensions"]
        return extensions

    assert await refused(upload(change, first=5, oldest=1)) == {"code": "GAP", "expected": 1}
    assert await refused(upload(change, protocol=99)) == {
        "code": "PROTOCOL",
        "oldest": OLDEST_PROTOCOL,
        "newest": PROTOCOL,
    }
    assert (await refused(upload(*[None] * (MAX_CHANGES + 1))))["code"] == "TOO_LARGE"
    await house.ask(PUSH, role, upload=upload(change))
    other = house.change("ticket.note", change["entity"], {}, private={"salt": "1" * 32, "text": "y"})
    assert (await refused(upload(other)))["code"] == "FORKED"
    renewed = (await house.ask("mutation { renew { device token epoch scope { code } } }", role))["renew"]
    assert renewed["scope"] == [{"code": "LY-1"}]
    house.tokens["renewed"] = renewed["token"]
    assert (await house.ask(PUSH, "renewed", upload=upload(other)))["push"]["receivedThrough"] == 1


UNREADABLE: list[Any] = [
    None,
    5,
    "x",
    [],
    {},
    {"id": "x"},
    {"\ud800": 1},
    {"a": "\ud800"},
    {"a": 1.5},
    {"a": 2**60},
    {"a": [[[[[[[[[[[[]]]]]]]]]]]]},
    {"é": 1},
]


async def test_what_cannot_be_read_still_is_its_seq_and_stops_nobody(house: House) -> None:
    role = await enrolled(house)
    good = house.change(
        "ticket.open", house.ids.uuid7(), {"grid": GRID, "category": "parking", "title": "停车"}
    )
    given = upload(*UNREADABLE, good)
    answer = await house.http.post(
        "/graphql",
        content=json.dumps({"query": PUSH, "variables": {"upload": given}}).encode(),
        headers={"Authorization": f"Bearer {house.tokens[role]}", "Content-Type": "application/json"},
    )
    receipt = answer.json()["data"]["push"]
    assert receipt["receivedThrough"] == len(UNREADABLE) + 1
    assert [one["seq"] for one in receipt["quarantined"]] == [*range(1, len(UNREADABLE) + 1)]
    assert {one["code"] for one in receipt["quarantined"]} == {"UNREADABLE"}
    assert "读不懂" in receipt["quarantined"][0]["zh"]
    await house.hub.settle()
    receipt = (await house.ask(PUSH, role, upload=upload(first=len(UNREADABLE) + 2)))["push"]
    assert receipt["settledThrough"] == len(UNREADABLE) + 1


async def test_a_gzipped_upload_is_welcome(house: House) -> None:
    role = await enrolled(house)
    body = json.dumps({"query": PUSH, "variables": {"upload": upload()}}).encode()
    answer = await house.http.post(
        "/graphql",
        content=gzip.compress(body),
        headers={
            "Authorization": f"Bearer {house.tokens[role]}",
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
        },
    )
    assert answer.json()["data"]["push"]["receivedThrough"] == 0


async def test_a_revoked_tablet_hands_over_what_it_has_and_hears_it(house: House) -> None:
    role = await enrolled(house)
    device = role.removeprefix("tablet ")
    assert await house.hub.revoke(device)
    change = house.change("ticket.cancel", house.ids.uuid7(), {"reason": "x"})
    (error,) = (await house.post(PUSH, role, upload=upload(change)))["errors"]
    assert error["extensions"] == {"code": "REVOKED", "receivedThrough": 1}
    for query in ("{ pull(next: 1) { more } }", "mutation { renew { epoch } }", "{ communities { code } }"):
        assert await house.code(query, role) == "REVOKED"
    assert (await house.ask("{ now }", role))["now"]


LIMITS = [(0, 1), (-5, 1), (1, 1), (2, 2), (1_000_000, 1000)]


@pytest.mark.parametrize(("asked", "given"), LIMITS)
async def test_the_size_of_a_page_is_clamped(house: House, asked: int, given: int) -> None:
    role = await enrolled(house)
    page = (await house.ask(PULL, role, next=1, limit=asked))["pull"]
    assert len(page["documents"]) <= given
    assert page["documents"]


async def test_a_foreign_checkpoint_begins_anew(house: House) -> None:
    role = await enrolled(house)
    page = (await house.ask(PULL, role, next=1, after="nonsense"))["pull"]
    assert page["reset"] is True


async def test_the_desk_is_no_tablet(house: House) -> None:
    assert await house.code(PUSH, "dispatcher", upload=upload()) == "FORBIDDEN"
    assert await house.code(PULL, "admin", next=1) == "FORBIDDEN"
    claim = {"id": house.ids.uuid7(), "entity": house.ids.uuid7(), "saw": 0, "member": MEMBER}
    claiming = "mutation ($i: TicketClaimInput!) { ticketClaim(input: $i) { __typename } }"
    assert await house.code(claiming, "tablet", i=claim) == "FORBIDDEN"

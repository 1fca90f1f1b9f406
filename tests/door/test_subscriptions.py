"""Subscriptions go on from a rev, over WebSocket and server-sent events alike: in order, and nothing is left out."""

from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from schema.values import Role
from server import meta, news
from server.database import READERS
from server.prune import TOMBSTONE_MS
from server.store import Hub
from sync.wire import EPOCH_SIZE
from tests.databases import Databases
from tests.door.house import FAR_GRID, GRID, GRID_2, House, settings_in
from tests.door.listening import TRANSPORTS, listening
from tests.door.test_sockets import Served, serving

TICKETS = """subscription ($grid: ID!, $after: Long) { ticketChanged(grid: $grid, after: $after) {
    rev id state ticket { id rev title grid { code } takers { member { number } } } } }"""
NIGHTS = """subscription ($kinds: [SettlementKind!], $after: Long) {
    settlementFinished(kinds: $kinds, after: $after) { number kind lastRev counts { outcome count } } }"""
CHANGED = "subscription ($after: Long) { changed(after: $after) { rev } }"


@pytest.fixture(scope="module")
async def served(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Served]:
    with databases.fresh(tmp_path_factory.mktemp("subscriptions")) as url:
        async with serving(url) as served:
            yield served


@pytest.fixture(params=TRANSPORTS)
def transport(request: pytest.FixtureRequest) -> str:
    return str(request.param)


async def rev(served: Served, role: str = "dispatcher") -> int:
    found: int = (await served.house.ask("{ rev }", role))["rev"]
    return found


async def edit(house: House, ticket: str, title: str) -> None:
    payload = await house.do("ticket.edit", ticket, title=title)
    assert payload["__typename"] == "TicketChanged"


async def test_each_change_of_a_grids_tickets_is_said_with_what_they_are_now(
    served: Served, transport: str
) -> None:
    house = served.house
    async with listening(served, transport, TICKETS, grid=GRID, after=await rev(served)) as listener:
        ticket = await house.ticket(title="一")
        first = await listener.data()
        assert (first["id"], first["state"], first["ticket"]["title"]) == (ticket, "LIVE", "一")
        assert first["ticket"]["grid"] == {"code": "LY-1"}
        await house.ticket(grid=GRID_2)
        await edit(house, ticket, "二")
        second = await listener.data()
        assert (second["id"], second["ticket"]["title"]) == (ticket, "二")
        assert first["rev"] < second["rev"] == second["ticket"]["rev"]


async def test_who_comes_again_gets_all_that_is_newer_in_order_and_nothing_twice(
    served: Served, transport: str
) -> None:
    house = served.house
    begun = await rev(served)
    tickets = [await house.ticket(title=str(number)) for number in range(3)]
    async with listening(served, transport, TICKETS, grid=GRID, after=begun) as listener:
        heard = [await listener.data() for _ in range(2)]
    assert [one["id"] for one in heard] == tickets[:2]
    await edit(house, tickets[0], "again")
    tickets.append(await house.ticket(title="3"))
    async with listening(served, transport, TICKETS, grid=GRID, after=heard[-1]["rev"]) as listener:
        missed = [await listener.data() for _ in range(3)]
        assert [one["id"] for one in missed] == [tickets[2], tickets[0], tickets[3]]
        revs = [one["rev"] for one in (*heard, *missed)]
        assert revs == sorted(set(revs))
        await edit(house, tickets[1], "and on")
        assert (await listener.data())["id"] == tickets[1]


async def test_without_a_rev_it_begins_now_and_from_0_with_all_there_is(
    served: Served, transport: str
) -> None:
    house = served.house
    await house.ticket(title="before")
    async with listening(served, transport, TICKETS, grid=GRID) as listener:
        while not served.house.hub.news.waiting:  # until it has begun
            await anyio.lowlevel.checkpoint()
        after = await house.ticket(title="after")
        assert (await listener.data())["id"] == after
    query = (
        "query ($grid: ID!) { tickets(filter: {grid: $grid}, order: {field: REV}) { edges { node { id } } } }"
    )
    there = [edge["node"]["id"] for edge in (await house.ask(query, grid=GRID))["tickets"]["edges"]]
    async with listening(served, transport, TICKETS, grid=GRID, after=0) as listener:
        assert [(await listener.data())["id"] for _ in there] == there


async def test_a_ticket_that_is_another_grids_now_has_left(served: Served, transport: str) -> None:
    house = served.house
    ticket = await house.ticket()
    begun = await rev(served)
    await house.do("ticket.edit", ticket, grid=GRID_2)
    async with listening(served, transport, TICKETS, grid=GRID, after=begun) as listener:
        left = await listener.data()
        assert (left["id"], left["state"], left["ticket"]) == (ticket, "LEFT", None)
    async with listening(served, transport, TICKETS, grid=GRID_2, after=begun) as listener:
        came = await listener.data()
        assert (came["id"], came["state"], came["ticket"]["grid"]) == (ticket, "LIVE", {"code": "LY-2"})


async def test_settlements_are_said_as_they_are_finished(served: Served, transport: str) -> None:
    house = served.house
    begun = await rev(served)
    await house.ticket()
    await house.hub.settle()
    async with listening(served, transport, NIGHTS, after=begun) as listener:
        online = await listener.data()
        assert (online["kind"], online["counts"]) == ("ONLINE", [{"outcome": "APPLIED", "count": 1}])
        await house.ticket()
        assert (await listener.data())["number"] == online["number"] + 1
    async with listening(served, transport, NIGHTS, after=begun, kinds=["NIGHT"]) as listener:
        await night(house)
        found = await listener.data()
        assert found["kind"] == "NIGHT"
    async with listening(served, transport, NIGHTS, after=found["lastRev"] - 1, kinds=["NIGHT"]) as listener:
        assert await listener.data() == found


async def night(house: House) -> None:
    """A night that settles something."""
    query = "mutation ($u: UploadInput!) { push(upload: $u) { receivedThrough } }"
    seq = house.__dict__.setdefault("seq", 0) + 1
    house.__dict__["seq"] = seq
    change = house.change(
        "ticket.open", house.ids.uuid7(), {"grid": GRID, "category": "parking", "title": "x"}
    )
    upload = {"protocol": 1, "from": seq, "oldest": seq, "runs": [], "changes": [change]}
    await house.ask(query, "tablet", u=upload)
    assert (await house.hub.settle()).number is not None


async def test_changed_says_nothing_before_what_was_heard_is_over(served: Served, transport: str) -> None:
    at = await rev(served)
    async with listening(served, transport, CHANGED, after=at) as listener:
        await served.house.ticket()
        assert (await listener.data())["rev"] > at
    async with listening(served, transport, CHANGED) as listener:
        assert (await listener.data())["rev"] == await rev(served)


CODES: list[tuple[str, str | None, str, dict[str, Any], str]] = [
    ("nobody", None, TICKETS, {"grid": GRID}, "UNAUTHENTICATED"),
    ("nobody, of settlements", None, NIGHTS, {}, "UNAUTHENTICATED"),
    ("a unit", "unit", TICKETS, {"grid": GRID}, "FORBIDDEN"),
    ("a member", "member", TICKETS, {"grid": GRID}, "FORBIDDEN"),
    ("a grid of another community", "dispatcher", TICKETS, {"grid": FAR_GRID}, "NOT_FOUND"),
    ("no grid at all", "dispatcher", TICKETS, {"grid": "nothing"}, "NOT_FOUND"),
    ("a grid that a tablet does not carry", "tablet", TICKETS, {"grid": GRID_2}, "NOT_FOUND"),
    ("a rev of the future", "admin", TICKETS, {"grid": GRID, "after": 2**52}, "REV_UNKNOWN"),
    ("a rev of the future, of the hub's", "admin", CHANGED, {"after": 2**52}, "REV_UNKNOWN"),
    ("a rev below nothing", "admin", NIGHTS, {"after": -1}, "REV_UNKNOWN"),
    ("a rev of another epoch", "admin", NIGHTS, {"after": 5}, "REV_UNKNOWN"),
]


@pytest.mark.parametrize(
    ("role", "query", "given", "code"), [row[1:] for row in CODES], ids=[row[0] for row in CODES]
)
async def test_who_may_not_hear_it_is_told_why(
    served: Served, transport: str, role: str | None, query: str, given: dict[str, Any], code: str
) -> None:
    async with listening(served, transport, query, role, **given) as listener:
        assert await listener.code() == code


@pytest.mark.parametrize("role", ["tablet", "dispatcher", "admin", "reader"])
async def test_each_hears_what_their_role_may_read(served: Served, transport: str, role: str) -> None:
    query = """subscription ($grid: ID!, $after: Long) { ticketChanged(grid: $grid, after: $after) {
        ticket { detail openedAt } } }"""
    begun = await rev(served)
    await served.house.ticket(detail="门牌在后")
    async with listening(served, transport, query, role, grid=GRID, after=begun) as listener:
        ticket = (await listener.data())["ticket"]
    assert ticket["detail"] == (None if role == "reader" else "门牌在后")
    assert (ticket["openedAt"] == "2026-11-22T16:00:00.000Z") is (role == "reader")


async def test_a_tablet_that_no_longer_carries_the_grid_hears_no_more(served: Served, transport: str) -> None:
    house = served.house
    enrolled = await house.hub.enrol((await house.hub.code([GRID])).code, "moved", "1")
    house.tokens["moved"] = enrolled.token
    async with listening(served, transport, TICKETS, "moved", grid=GRID, after=await rev(served)) as listener:
        await house.ticket(title="still")
        assert (await listener.data())["ticket"]["title"] == "still"
        await house.hub.assign(enrolled.device, [GRID_2])
        await house.ticket(title="no more")
        assert await listener.code() == "NOT_FOUND"


async def test_a_key_that_is_revoked_is_cut_off_at_once(served: Served, transport: str) -> None:
    issued = await served.house.hub.issue_token(Role.READER)
    served.house.tokens["revoked"] = issued.token
    at = await rev(served)
    async with listening(served, transport, TICKETS, "revoked", grid=GRID, after=at) as listener:
        while not served.house.hub.news.waiting:
            await anyio.lowlevel.checkpoint()
        await served.house.hub.revoke(issued.id)
        assert await listener.code() == "UNAUTHENTICATED"


async def test_one_that_was_revoked_elsewhere_is_cut_off_at_the_next_beat(
    served: Served, transport: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "BEAT_S", 0.05)
    monkeypatch.setattr(news, "LOOK_AGAIN_S", 0.01)
    issued = await served.house.hub.issue_token(Role.READER)
    served.house.tokens["elsewhere"] = issued.token
    at = await rev(served)
    async with listening(served, transport, TICKETS, "elsewhere", grid=GRID, after=at) as listener:
        async with await Hub.open(
            settings_in(served.house.hub.settings.database_url), served.house.clock, served.house.ids
        ) as other:
            await other.revoke(issued.id)
        assert await listener.code() == "UNAUTHENTICATED"


async def test_who_was_away_too_long_is_told_to_read_anew(databases: Databases, tmp_path: Any) -> None:
    """What left a grid is forgotten after 90 days."""
    with databases.fresh(tmp_path) as url:
        async with serving(url) as served:
            house = served.house
            ticket = await house.ticket()
            begun = await rev(served)
            await house.do("ticket.edit", ticket, grid=GRID_2)
            house.clock.go_on(TOMBSTONE_MS + 1)
            await house.hub.prune()
            async with listening(served, "events", TICKETS, grid=GRID, after=begun) as listener:
                assert await listener.code() == "REV_UNKNOWN"
            async with listening(served, "events", NIGHTS, after=begun) as listener:
                assert (await listener.data())["kind"] == "ONLINE"

            def next_epoch(connection: Any) -> None:
                meta.store(connection, {meta.EPOCH: 2, meta.REV: 2 * EPOCH_SIZE})

            at = await rev(served)
            await house.hub.database.write(next_epoch)
            async with listening(served, "events", NIGHTS, after=at) as listener:
                assert await listener.code() == "REV_UNKNOWN"


async def test_who_only_listens_holds_no_connection_to_the_database(served: Served) -> None:
    """Each event is read on a snapshot of its own, which is given back before the next."""
    house = served.house
    async with anyio.create_task_group() as tasks, served.connected() as talk:
        at = await rev(served)
        many = [f"s{number}" for number in range(2 * READERS)]
        for id in many:
            await talk.send(
                type="subscribe", id=id, payload={"query": TICKETS, "variables": {"grid": GRID, "after": at}}
            )
        for title in ("one", "two"):
            await house.ticket(title=title)
            heard = {message["id"]: message for message in [await talk.hear() for _ in many]}
            assert set(heard) == set(many)
            titles = {one["payload"]["data"]["ticketChanged"]["ticket"]["title"] for one in heard.values()}
            assert titles == {title}
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("elsewhere", [False, True], ids=["here", "through another hub"])
async def test_nothing_is_left_out_while_changes_race_with_whoever_comes_and_goes(
    served: Served, transport: str, elsewhere: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Offices write through two connections to the hub while a listener loses its own again and again."""
    monkeypatch.setattr(news, "LOOK_AGAIN_S", 0.01)
    house, hub = served.house, served.house.hub
    many, begun = 24, await rev(served)
    opened: list[str] = []

    async def write(by: Hub, count: int) -> None:
        author = await hub.authenticate(await house.token("dispatcher"))
        for _ in range(count):
            data = {"grid": GRID, "category": "parking", "title": "race"}
            ticket = house.ids.uuid7()
            (done,) = await by.submit(author, [house.change("ticket.open", ticket, data)])
            assert not done.queued
            opened.append(ticket)

    heard: list[tuple[int, str]] = []

    async def listen() -> None:
        while len(heard) < many:
            at = heard[-1][0] if heard else begun
            async with listening(served, transport, TICKETS, grid=GRID, after=at) as listener:
                for _ in range(min(4, many - len(heard))):
                    one = await listener.data()
                    heard.append((one["rev"], one["id"]))

    other = (
        await Hub.open(settings_in(hub.settings.database_url), house.clock, house.ids) if elsewhere else hub
    )
    try:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(listen)
            tasks.start_soon(write, hub, many // 2)
            tasks.start_soon(write, other, many // 2)
    finally:
        if elsewhere:
            await other.close()
    assert [rev for rev, _ in heard] == sorted({rev for rev, _ in heard})
    assert sorted(id for _, id in heard) == sorted(opened)


async def test_the_rev_of_a_query_is_of_the_snapshot_that_all_else_in_it_is_read_from(served: Served) -> None:
    house = served.house
    query = "{ rev tickets(first: 1, order: {field: REV, direction: DESC}) { edges { node { rev } } } }"
    await house.ticket()
    found = await house.ask(query)
    assert found["rev"] >= found["tickets"]["edges"][0]["node"]["rev"]
    await house.ticket()
    async for now in house.hub.changes():
        assert (await house.ask(query))["rev"] == now > found["rev"]
        break
    ordinary = await house.app.state.graphql.door.schema.execute(
        "{ rev }", None, await house.app.state.graphql.door.context(f"Bearer {await house.token('reader')}")
    )
    assert ordinary.data == await house.ask("{ rev }", "reader")

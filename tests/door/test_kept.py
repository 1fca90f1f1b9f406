"""Answers that are kept: the same while nothing changed, asked for again by their tag, and never stale."""

from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from sqlalchemy import func, select

from schema.tables.reading import READING
from schema.values import Role
from server.backup import copy_to
from server.restore import restore
from server.store import Hub
from sync import wire
from sync.clock import RunOffset
from tests.databases import Databases
from tests.door.house import GRID, HOUR, MEMBER, House, settings_in, standing

LIST = (
    "{ tickets(first: 100) { totalCount edges { node { id rev title state takers { member { name } } } } } }"
)
READERS = ("reader", "reader", "admin", "dispatcher")
EDITS, NIGHTS = 4, 2
"""So much is written while they ask."""


async def got(
    house: House, query: str = LIST, role: str = "reader", tag: str | None = None
) -> httpx.Response:
    headers = {"Authorization": f"Bearer {await house.token(role)}"}
    if tag is not None:
        headers["If-None-Match"] = tag
    return await house.http.get("/graphql", params={"query": query}, headers=headers)


async def asked(house: House, query: str = LIST, role: str = "reader") -> list[str]:
    """The statements that it took, but for recognising who asks."""
    with house.statements() as statements:
        await got(house, query, role)
    return [one for one in statements if "json_object" in one or "json_build_object" in one]


async def test_what_has_not_changed_is_answered_by_304(house: House) -> None:
    await house.ticket()
    first = await got(house)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"
    assert {"Accept", "Authorization"} <= {one.strip() for one in first.headers["vary"].split(",")}
    for given in (tag, tag.removeprefix("W/"), f'"other", {tag}'):
        again = await got(house, tag=given)
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert (await got(house, tag='W/"other"')).json()["data"] == first.json()["data"]
    await house.ticket()
    changed = await got(house, tag=tag)
    assert changed.status_code == 200
    assert (
        changed.json()["data"]["tickets"]["totalCount"] == first.json()["data"]["tickets"]["totalCount"] + 1
    )


async def test_the_same_question_is_not_read_again_until_something_changes(house: House) -> None:
    await got(house)
    assert await asked(house) == []
    await house.ticket()
    assert len(await asked(house)) == 1
    assert await asked(house) == []


async def test_each_reach_has_answers_of_its_own(house: House) -> None:
    far = await got(house, role="far dispatcher")
    near = await got(house, role="dispatcher")
    assert far.json() != near.json()
    assert (await got(house, role="far dispatcher", tag=near.headers["etag"])).status_code == 200
    other = (await house.hub.issue_token(Role.READER)).token
    await got(house)
    with house.statements() as statements:
        answer = await house.http.get(
            "/graphql", params={"query": LIST}, headers={"Authorization": f"Bearer {other}"}
        )
        again = await house.http.get(
            "/graphql", params={"query": LIST}, headers={"Authorization": f"Bearer {other}"}
        )
    assert answer.json()["data"] == again.json()["data"] == (await got(house)).json()["data"]
    assert sum("json_object" in one or "json_build_object" in one for one in statements) <= 1


async def test_what_is_private_is_stored_by_nobody(house: House) -> None:
    answer = await got(house, "{ tickets { edges { node { detail } } } }", "dispatcher")
    assert answer.headers["cache-control"] == "no-store"
    posted = await house.http.post("/graphql", json={"query": LIST})
    assert posted.headers["cache-control"] == "no-store"


async def test_what_shows_tablets_is_read_each_time(house: House) -> None:
    """What the hub notes about them is no change and moves no rev."""
    query = "{ devices { name lastPullAt } }"
    await house.token("tablet")
    before = await got(house, query, "admin")
    house.clock.go_on(HOUR)
    await house.ask("{ pull(next: 1) { more } }", "tablet")
    assert (await got(house, query, "admin")).json() != before.json()


async def test_who_was_revoked_or_has_expired_gets_nothing_that_was_kept(house: House) -> None:
    issued = await house.hub.issue_token(Role.READER, name="revoked")
    headers = {"Authorization": f"Bearer {issued.token}"}

    async def code() -> Any:
        answer = await house.http.get("/graphql", params={"query": LIST}, headers=headers)
        return [one["extensions"]["code"] for one in answer.json().get("errors", [])]

    assert await code() == []
    await house.hub.revoke(issued.id)
    assert await code() == ["UNAUTHENTICATED"]


async def test_a_token_that_expires_is_refused_at_once(house: House) -> None:
    """A member's own page: who it was is remembered, and until when it holds is looked at each time."""
    made = await house.hub.open_page((await house.hub.member_code(MEMBER)).code)
    headers = {"Authorization": f"Bearer {made.token}"}
    for _ in range(2):
        answer = await house.http.get("/graphql", params={"query": LIST}, headers=headers)
        assert "errors" not in answer.json()
    house.clock.go_on(365 * 24 * HOUR)
    answer = await house.http.get("/graphql", params={"query": LIST}, headers=headers)
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def noted(house: House) -> int:
    """How many readings of contacts were written down."""
    async with house.hub.read() as connection:
        return (await connection.execute(select(func.count()).select_from(READING))).scalar_one()


async def test_a_contact_is_read_and_noted_each_time(house: House) -> None:
    ticket = await house.ticket(contact={"telephone": "5550100"})
    query = f'{{ node(id: "{ticket}") {{ ... on Ticket {{ title contact {{ telephone }} }} }} }}'
    before = await noted(house)
    for times in (1, 2, 3):
        answer = await got(house, query, "dispatcher", tag="*")
        assert answer.json()["data"]["node"]["contact"] == {"telephone": "5550100"}
        assert "etag" not in answer.headers
        assert answer.headers["cache-control"] == "no-store"
        assert await noted(house) == before + times


@pytest.mark.usefixtures("proving_at_once")
async def test_a_hub_that_was_put_back_answers_what_it_holds_now(
    databases: Databases, tmp_path: Path
) -> None:
    """It has fewer settlements than before, and a rev above all that were ever given."""
    with databases.fresh(tmp_path) as url:
        async with standing(url) as house:
            file = tmp_path / "copy.db"
            kept = await got(house)
            await copy_to(house.hub.database, file)
            lost = await house.ticket()
            later = await got(house)
            assert lost in later.text
            await restore(house.hub.settings, house.clock, file)
            for tag in (None, later.headers["etag"]):
                assert (await got(house, tag=tag)).json()["data"] == kept.json()["data"]


class Race:
    """Offices change things online and nights are settled, while readers ask; what is confirmed is written down here.

    Whoever asks from then on must be told it, by an answer or by a tag that stands for one.
    """

    def __init__(self, house: House, hub: Hub, ticket: str) -> None:
        self.house, self.hub, self.ticket = house, hub, ticket
        self.title = 0
        self.opened: set[str] = set()
        self.writing = 2
        self.told: Counter[int] = Counter()

    async def edit(self) -> None:
        for title in range(1, EDITS + 1):
            await self.house.do("ticket.edit", self.ticket, title=str(title))
            self.title = title
            await self.heard()
        self.writing -= 1

    async def settle(self) -> None:
        author = await self.hub.authenticate(await self.house.token("second tablet"))
        for seq in range(1, NIGHTS + 1):
            opened = self.house.ids.uuid7()
            data = {"grid": GRID, "category": "parking", "title": "night"}
            change = self.house.change("ticket.open", opened, data)
            await self.hub.push(author, wire.Upload(1, seq, seq, (RunOffset(1, 0, 5),), (change,)))
            await self.hub.settle()
            self.opened.add(opened)
            await self.heard()
        self.writing -= 1

    async def heard(self) -> None:
        """Go on when as many answers have come again as there are readers."""
        before = self.told.total()
        while self.told.total() < before + len(READERS):
            await anyio.lowlevel.checkpoint()

    async def read(self, role: str) -> None:
        query = "{ tickets(first: 200) { edges { node { id title } } } }"
        tag, data = None, None
        while self.writing:
            title, opened = self.title, set(self.opened)
            answer = await got(self.house, query, role, tag)
            if answer.status_code == 200:
                data, tag = answer.json()["data"], answer.headers["etag"]
            assert data is not None
            titles = {edge["node"]["id"]: edge["node"]["title"] for edge in data["tickets"]["edges"]}
            assert int(titles[self.ticket]) >= title
            assert opened <= titles.keys()
            self.told[answer.status_code] += 1
            # An answer that is kept comes at once, without letting anybody else have a turn.
            await anyio.lowlevel.checkpoint()


@pytest.mark.parametrize("elsewhere", [False, True], ids=["here", "through another hub"])
async def test_nothing_stale_is_served_while_nights_and_online_changes_race_with_readers(
    databases: Databases, tmp_path: Path, elsewhere: bool
) -> None:
    with databases.fresh(tmp_path) as url:
        async with standing(url) as house, AsyncExitStack() as stack:
            hub = house.hub
            if elsewhere:
                hub = await stack.enter_async_context(
                    await Hub.open(settings_in(url), house.clock, house.ids)
                )
            race = Race(house, hub, await house.ticket(title="0"))
            for role in (*READERS, "second tablet"):
                await house.token(role)
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(race.edit)
                tasks.start_soon(race.settle)
                for role in READERS:
                    tasks.start_soon(race.read, role)
            assert (race.title, len(race.opened)) == (EDITS, NIGHTS)
            assert race.told[200] > EDITS
            assert race.told[304] > 0

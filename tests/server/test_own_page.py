"""A member's own page: opened once by a code, for a day; everything kept about them; and a request that is answered."""

import pytest
from sqlalchemy import JSON, select

from schema.tables.catalogue import METADATA
from schema.tables.conflict import CONFLICT
from schema.values import Author, Refused, Role
from server.own_page import ABOUT, OPEN_MS
from tests.server.day import served, two_days
from tests.server.house import House
from tests.sync.world import LY, M1, M2, U1, S, ident

ELSEWHERE = {
    "device": "a tablet is nobody's",
    "conflict.reason": "what a dispatcher said of a conflict",
    "enrolment_code.member": "gone once it was used",
}


async def page(house: House, member: str = M1) -> Author:
    code = await house.hub.member_code(member)
    made = await house.hub.open_page(code.code)
    return await house.hub.authenticate(made.token)


async def test_a_code_opens_one_page_once_and_enrols_no_tablet(house: House) -> None:
    code = await house.hub.member_code(M1)
    assert code.url.endswith(f"/me#{code.code}")
    with pytest.raises(Refused, match="CODE_INVALID"):
        await house.hub.enrol(code.code, "A", "1.0")
    made = await house.hub.open_page(code.code)
    author = await house.hub.authenticate(made.token)
    assert (author.role, author.member, author.communities) == (Role.MEMBER, M1, (LY,))
    with pytest.raises(Refused, match="CODE_INVALID"):
        await house.hub.open_page(code.code)


async def test_a_tablets_code_opens_no_page(house: House) -> None:
    grids = await house.hub.code([(await house.rows(select(METADATA.tables["grid"])))[0]["id"]])
    with pytest.raises(Refused, match="CODE_INVALID"):
        await house.hub.open_page(grids.code)
    assert (await house.hub.enrol(grids.code, "A", "1.0")).device


async def test_a_code_holds_for_minutes_and_a_page_for_a_day(house: House) -> None:
    late = await house.hub.member_code(M1)
    code = await house.hub.member_code(M1, minutes=60)
    house.clock.set(house.clock.now() + 30 * 60_000)
    with pytest.raises(Refused, match="CODE_INVALID"):
        await house.hub.open_page(late.code)
    made = await house.hub.open_page(code.code)
    house.clock.set(made.expires_at - 1)
    assert (await house.hub.authenticate(made.token)).member == M1
    house.clock.set(made.expires_at)
    with pytest.raises(Refused, match="UNAUTHENTICATED"):
        await house.hub.authenticate(made.token)
    assert made.expires_at == house.clock.now()
    assert OPEN_MS == 86_400_000


async def test_there_is_no_page_for_nobody(house: House) -> None:
    with pytest.raises(ValueError, match="no such member"):
        await house.hub.member_code(ident("nobody"))


async def test_a_page_shows_everything_that_names_the_member(house: House) -> None:
    await two_days(house)
    record = await house.hub.record_of(await page(house, M1))
    assert [one["name"] for one in record["registrations"]] == ["member 1"]
    assert [one["id"] for one in record["services"]] == [S]
    assert sum(one["points"] for one in record["points"]) == record["registrations"][0]["points"]
    assert [one["reward"] for one in record["redemptions"]] == ["soap"]
    assert {one["kind"] for one in record["changes"]} == {"member.register"}
    assert [one["code"] for one in record["verdicts"]] == ["APPLIED"]
    assert len(record["tokens"]) == 1
    assert "hash" not in record["tokens"][0]
    other = await house.hub.record_of(await page(house, M2))
    assert [one["number"] for one in other["registrations"]] == ["002"]
    assert S not in {one["id"] for one in other["services"]}


async def test_whoever_was_registered_twice_has_one_page(house: House) -> None:
    await two_days(house)
    alias, root = ident("again"), ident("first")
    for member in (alias, root):
        author = await page(house, member)
        assert set(author.scope) == {alias, root}
        record = await house.hub.record_of(author)
        assert {one["id"] for one in record["registrations"]} == {alias, root}


async def test_no_column_that_can_name_a_member_is_left_out(house: House) -> None:
    """Found by what stands in the columns of a full hub: a new table that names members comes to light here."""
    await two_days(house)
    await page(house)
    members = {row["id"] for row in await house.rows(select(METADATA.tables["member"].c.id))}
    naming = set()
    for table in METADATA.sorted_tables:
        names = [column.name for column in table.columns if not isinstance(column.type, JSON)]
        for row in await house.rows(select(table)):
            naming |= {f"{table.name}.{name}" for name in names if row[name] in members}
    shown = {f"{about.table.name}.{name}" for about in ABOUT for name in about.columns}
    # Verdicts, feed and entries of conflicts stand for changes and things that are shown.
    derived = {"outcome.entity", "document.id", "point_entry.member", "conflict.entity"}
    assert naming - shown - derived - ELSEWHERE.keys() == set()
    assert {"service.member", "ticket_taker.member", "member.alias_of", "token.member"} <= naming


async def test_a_request_for_correction_reaches_the_dispatcher_and_comes_back_answered(house: House) -> None:
    author = await page(house)
    asked = house.raw("member.request", M1, {"reason": "my name is spelt otherwise"})
    (submitted,) = await house.hub.submit(author, [asked])
    assert submitted.outcome is not None
    assert submitted.outcome.code == "ASKED"
    (waiting,) = await house.rows(select(CONFLICT.table).where(CONFLICT.table.c.state == "REVIEW"))
    await house.submit(LY, ("conflict.rule", waiting["id"], {"stands": asked["id"], "reason": "put right"}))
    record = await house.hub.record_of(author)
    (request,) = record["requests"]
    assert (request["state"], request["stands"], request["reason"]) == ("RULED", asked["id"], "put right")
    assert "Ruled to stand: put right" in [one["sentence"]["en"] for one in record["verdicts"]]
    await house.verified()


async def test_a_member_writes_nothing_else_and_asks_for_nobody_else(house: House) -> None:
    author = await page(house)
    for kind, entity, data in (
        ("member.edit", M1, {"name": "Li"}),
        ("member.register", ident("x"), {"unit": U1, "number": "9", "name": "x"}),
        ("service.record", S, served("06:00", "06:30")),
    ):
        with pytest.raises(Refused, match="FORBIDDEN"):
            await house.hub.submit(author, [house.raw(kind, entity, data)])
    foreign = house.raw("member.request", M2, {"reason": "look"})
    (submitted,) = await house.hub.submit(author, [foreign])
    assert submitted.outcome is not None
    assert submitted.outcome.code == "OUT_OF_SCOPE"

"""An office's changes: confirmed when the answer returns, or joining the night where the village was first."""

from typing import Any

import pytest
from sqlalchemy import select

from schema.tables.change import CHANGE
from schema.tables.ticket import TICKET
from schema.values import Refused, Role
from sync.changes import Unreadable
from sync.state import Outcome, Result
from tests.server.house import House
from tests.sync.world import G1, LY, M1, M2, M3, U1, T, ident

ORDER = {"grid": G1, "category": "parking", "title": "Widen the entrance"}


def outcome(answer: Any) -> Outcome:
    assert answer.outcome is not None
    return answer.outcome  # type: ignore[no-any-return]


async def state(house: House, ticket: str = T) -> str:
    (row,) = await house.rows(select(TICKET.table).where(TICKET.table.c.id == ticket))
    return str(row["state"])


async def test_a_change_by_an_office_stands_when_the_answer_returns(house: House) -> None:
    (answer,) = await house.submit(LY, ("ticket.open", T, ORDER))
    assert (outcome(answer).outcome, answer.queued, answer.rev) == (Result.APPLIED, False, await house.rev())
    (row,) = await house.rows(select(TICKET.table))
    assert row["rev"] <= answer.rev


async def test_a_claim_confirmed_online_is_not_displaced_by_an_earlier_one_uploaded_later(
    house: House,
) -> None:
    tablet = await house.tablet("A", G1)
    await house.submit(LY, ("ticket.open", T, ORDER))
    await tablet.pull()
    claim = tablet.record("ticket.claim", T, {"member": M1}, at="09:00")
    house.clock.set("10:00")
    (answer,) = await house.submit(LY, ("ticket.claim", T, {"member": M2}))
    assert outcome(answer).code == "APPLIED"
    house.clock.set("18:00")
    await tablet.push()
    await house.hub.settle()
    await tablet.pull()
    assert tablet.verdict(claim)["outcome"] == "LOST"
    assert [taker["member"] for taker in tablet.body("ticket", T)["takers"]] == [M2]
    await house.verified()


@pytest.mark.parametrize(
    ("offline", "online"),
    [
        ("ticket.claim", ("ticket.claim", {"member": M2})),
        ("ticket.finish", ("ticket.cancel", {"reason": "x"})),
    ],
    ids=["claim", "finish and cancel"],
)
async def test_with_a_change_in_the_inbox_an_online_one_joins_the_night(
    house: House, offline: str, online: tuple[str, dict[str, str]]
) -> None:
    tablet = await house.tablet("A", G1)
    await house.submit(LY, ("ticket.open", T, ORDER))
    await tablet.pull()
    mine = tablet.record(offline, T, {"member": M1}, at="09:00")
    house.clock.set("09:30")
    await tablet.push()
    house.clock.set("10:00")
    (answer,) = await house.submit(LY, (online[0], T, online[1]))
    assert (answer.outcome, answer.queued) == (None, True)
    assert await state(house) == "OPEN"
    (noted,) = await house.submit(LY, ("ticket.edit", T, {"priority": "HIGH"}))
    assert outcome(noted).code == "APPLIED"
    await house.hub.settle()
    await tablet.pull()
    assert tablet.verdict(mine)["outcome"] == "APPLIED"
    assert await state(house) in {"ACCEPTED", "DONE"}
    await house.verified()


async def test_a_registration_joins_the_night_when_the_inbox_has_the_same_person(house: House) -> None:
    tablet = await house.tablet("A", G1)
    person = {"unit": U1, "number": "077", "name": "party member 77"}
    tablet.record("member.register", ident("offline"), person, at="09:00")
    house.clock.set("09:30")
    await tablet.push()
    (same,) = await house.submit(LY, ("member.register", ident("online"), person))
    (another,) = await house.submit(LY, ("member.register", ident("new"), {**person, "number": "078"}))
    assert (same.queued, another.queued) == (True, False)
    await house.hub.settle()
    await tablet.pull()
    assert tablet.body("member", ident("online"))["aliasOf"] == ident("offline")
    await house.verified()


async def test_the_same_change_again_gives_its_first_outcome(house: House) -> None:
    desk = await house.desk(LY)
    await house.submit(LY, ("ticket.open", T, ORDER))
    first = house.raw("ticket.note", T, {}, saw=1, private={"salt": "1" * 32, "text": "seen"})
    (answer,) = await house.hub.submit(desk, [first])
    house.clock.set("11:00")
    again = {**first, "at": "2026-11-23T03:00:00.000Z", "private": {"salt": "2" * 32, "text": "seen"}}
    (repeated,) = await house.hub.submit(desk, [again])
    assert repeated == answer
    other = {**again, "private": {"salt": "2" * 32, "text": "not seen"}}
    (refused,) = await house.hub.submit(desk, [other])
    assert (outcome(refused).outcome, outcome(refused).code) == (Result.QUARANTINED, "ID_TAKEN")
    assert len(await house.rows(select(CHANGE).where(CHANGE.c.kind == "ticket.note"))) == 1
    await house.verified()


async def test_a_queued_change_again_is_queued_still(house: House) -> None:
    tablet = await house.tablet("A", G1)
    await house.submit(LY, ("ticket.open", T, ORDER))
    tablet.record("ticket.claim", T, {"member": M1}, at="09:00", saw=1)
    house.clock.set("09:30")
    await tablet.push()
    desk = await house.desk(LY)
    raw = house.raw("ticket.claim", T, {"member": M2}, saw=1)
    assert [(await house.hub.submit(desk, [raw]))[0].queued for _ in range(2)] == [True, True]


async def test_several_changes_are_one_settlement(house: House) -> None:
    before = (await house.hub.readiness()).settlement or 0
    changes = [("ticket.open", ident(f"ticket {n}"), ORDER) for n in range(5)]
    answers = await house.submit(LY, *changes)
    assert len({answer.rev for answer in answers}) == 1
    assert (await house.hub.readiness()).settlement == before + 1
    await house.verified()


async def test_what_cannot_be_read_takes_nothing(house: House) -> None:
    desk = await house.desk(LY)
    good, bad = house.raw("ticket.open", T, ORDER), house.raw("ticket.open", T, {**ORDER, "title": ""})
    with pytest.raises(Unreadable):
        await house.hub.submit(desk, [good, bad])
    assert not await house.rows(select(TICKET.table))


@pytest.mark.parametrize("role", [Role.READER, Role.UNIT, Role.MEMBER])
async def test_those_who_write_nothing_are_refused(house: House, role: Role) -> None:
    issued = await house.hub.issue_token(role, unit=U1, member=M1)
    author = await house.hub.authenticate(issued.token)
    with pytest.raises(Refused, match="FORBIDDEN"):
        await house.hub.submit(author, [house.raw("ticket.open", T, ORDER)])


async def test_a_tablet_has_no_online_changes(house: House) -> None:
    tablet = await house.tablet("A", G1)
    with pytest.raises(Refused, match="FORBIDDEN"):
        await house.hub.submit(tablet.author, [house.raw("ticket.open", T, ORDER)])


@pytest.mark.parametrize("first", ["desk", "tablet"])
async def test_the_desks_priority_stands_over_a_liaison_who_had_not_seen_it(house: House, first: str) -> None:
    tablet, informed = await house.tablet("A", G1), await house.tablet("B", G1)
    await house.submit(LY, ("ticket.open", T, ORDER))
    await tablet.pull()
    unseen = tablet.record("ticket.edit", T, {"priority": "LOW"}, at="11:00")
    if first == "tablet":
        house.clock.set("11:30")
        await tablet.push()
        await house.hub.settle()
    house.clock.set("12:00")
    await house.submit(LY, ("ticket.edit", T, {"priority": "URGENT"}), saw=tablet.rev_of(T))
    await tablet.push()
    await house.hub.settle()
    await tablet.pull()
    assert tablet.body("ticket", T)["priority"] == "URGENT"
    if first == "desk":
        assert tablet.verdict(unseen)["code"] == "HIGHER_OFFICE"
    await informed.pull()
    informed.record("ticket.edit", T, {"priority": "NORMAL"}, at="13:00")
    house.clock.set("14:00")
    await informed.push()
    await house.hub.settle()
    await informed.pull()
    assert informed.body("ticket", T)["priority"] == "NORMAL"
    await house.verified()


async def test_a_deed_online_is_its_arrival(house: House) -> None:
    house.clock.set("10:00")
    desk = await house.desk(LY)
    raw = house.raw("ticket.open", T, ORDER) | {"at": "1999-01-01T00:00:00.000Z"}
    await house.hub.submit(desk, [raw])
    (line,) = await house.rows(select(CHANGE).where(CHANGE.c.id == raw["id"]))
    assert (line["deed"], line["uncertainty_ms"], line["author"]) == (house.clock.now(), 0, desk.id)


async def test_whoever_waits_for_news_is_woken_by_a_commit(house: House) -> None:
    news = house.hub.changes()
    before = await anext(news)
    await house.submit(LY, ("ticket.open", T, ORDER))
    assert await anext(news) > before
    await house.submit(LY, ("ticket.claim", T, {"member": M3}))
    assert await anext(news) == await house.rev()
    await news.aclose()  # type: ignore[attr-defined]

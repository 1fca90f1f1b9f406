"""A night through the hub: what was said in the village by day, and what everybody hears in the morning."""

from itertools import pairwise
from pathlib import Path

import anyio
import pytest
from sqlalchemy import select

from schema.tables.member import MEMBER
from schema.tables.point_entry import POINT_ENTRY
from schema.tables.redemption import REDEMPTION
from schema.tables.service import SERVICE
from schema.tables.settlement import SETTLEMENT
from schema.tables.ticket import TICKET, TICKET_TAKER
from schema.values import Refused
from server.store import Hub
from sync.settle import DECIDERS
from sync.shapes import format_time
from sync.work import Decision
from tests.databases import Databases
from tests.server.house import CountedIds, House, Paper, opened
from tests.sync.world import CG, G1, G2, LY, M1, M2, M3, M4, S2, T2, U1, S, T, ident, when

ORDER = {"grid": G1, "category": "parking", "title": "Widen the entrance"}


def served(start: str, end: str, member: str = M1, **more: str) -> dict[str, object]:
    moments = {name: {"at": format_time(when(at)), "run": 1} for name, at in (("start", start), ("end", end))}
    return {"member": member, **moments, **more}


async def opened_ticket(house: House, ticket: str = T, **more: object) -> int:
    await house.submit("district", ("ticket.open", ticket, {**ORDER, **more}))
    return await house.rev()


async def two_claims(house: House) -> tuple[Paper, Paper, str, str]:
    """Line 1 of the day: B claims at 08:50, A at 09:10 and serves; A uploads first."""
    await opened_ticket(house)
    a, b = await house.tablet("A", G1), await house.tablet("B", G1)
    await a.pull()
    await b.pull()
    hers = a.record("ticket.claim", T, {"member": M1}, at="09:10")
    a.record("service.record", S, served("09:15", "10:15", ticket=T), at="10:20")
    his = b.record("ticket.claim", T, {"member": M2}, at="08:50")
    house.clock.set("18:00")
    await a.push()
    house.clock.set("19:00")
    await b.push()
    return a, b, hers, his


async def test_a_claim_made_earlier_wins_even_if_uploaded_later(house: House) -> None:
    a, b, hers, his = await two_claims(house)
    house.clock.set("1/02:00")
    night = await house.hub.settle()
    await a.pull()
    await b.pull()
    assert b.verdict(his)["outcome"] == "APPLIED"
    lost = a.verdict(hers)
    assert (lost["outcome"], lost["rule"]) == ("LOST", "first")
    assert "08:50" in lost["sentence"]["en"]
    assert [taker["member"] for taker in a.body("ticket", T)["takers"]] == [M2]
    assert a.body("service", S)["state"] == "COUNTED"
    assert a.body("member", M1)["points"] > 0
    assert night.settled is not None
    conflicts = night.settled.written["conflict"].values()
    assert [getattr(conflict, "rule", None) for conflict in conflicts] == ["first"]
    await house.verified()


async def test_a_dry_run_changes_nothing_and_foretells_the_night(house: House) -> None:
    await two_claims(house)
    house.clock.set("1/02:00")
    before = await house.rows(select(TICKET.table))
    foretold = await house.hub.settle(dry_run=True)
    assert await house.rows(select(TICKET.table)) == before
    assert foretold.number is None
    night = await house.hub.settle()
    assert night.settled == foretold.settled
    assert night.report == foretold.report


async def test_settling_twice_settles_once(house: House) -> None:
    await two_claims(house)
    house.clock.set("1/02:00")
    await house.hub.settle()
    entries = await house.rows(select(POINT_ENTRY.table))
    again = await house.hub.settle()
    assert again.number is None
    assert await house.rows(select(POINT_ENTRY.table)) == entries


async def test_the_same_person_registered_on_two_tablets_is_one_member(house: House) -> None:
    a, b = await house.tablet("A", G1), await house.tablet("B", G2)
    first, second = ident("registered first"), ident("registered second")
    person = {"unit": U1, "number": "077", "name": "party member 77"}
    a.record("member.register", second, person, at="09:30")
    service = served("10:00", "11:00", second)
    a.record("service.record", S, service, at="11:00")
    b.record("member.register", first, person, at="09:00")
    house.clock.set("18:00")
    await a.push()
    await b.push()
    house.clock.set("1/02:00")
    await house.hub.settle()
    await a.pull()
    assert a.body("member", second)["aliasOf"] == first
    assert a.body("member", first)["points"] > 0
    assert a.verdict(str(a.changes[0]["id"]))["code"] == "REGISTERED_BEFORE"
    third = ident("registered when it was known")
    b.record("member.register", third, person, at="08:00")
    house.clock.set("1/18:00")
    await b.push()
    await house.hub.settle()
    await b.pull()
    assert b.body("member", third)["aliasOf"] == first
    await house.verified()


async def test_an_older_title_that_arrives_a_week_late_changes_nothing(house: House) -> None:
    await opened_ticket(house)
    a, b = await house.tablet("A", G1), await house.tablet("B", G1)
    await a.pull()
    await b.pull()
    a.record("ticket.edit", T, {"title": "later"}, at="10:00")
    older = b.record("ticket.edit", T, {"title": "older"}, at="09:00")
    house.clock.set("18:00")
    await a.push()
    house.clock.set("1/02:00")
    await house.hub.settle()
    house.clock.set("7/18:00")
    await b.push()
    house.clock.set("8/02:00")
    await house.hub.settle()
    await b.pull()
    assert b.body("ticket", T)["title"] == "later"
    assert b.verdict(older)["code"] == "LATER_DEED"
    await house.verified()


async def test_cancelled_in_the_office_and_finished_in_the_village_is_done_and_reviewed(house: House) -> None:
    await opened_ticket(house)
    a = await house.tablet("A", G1)
    await a.pull()
    finish = a.record("ticket.finish", T, {"member": M1}, at="11:00")
    house.clock.set("10:00")
    await house.submit(LY, ("ticket.cancel", T, {"reason": "nobody home"}))
    house.clock.set("18:00")
    await a.push()
    await house.hub.settle()
    await a.pull()
    assert a.body("ticket", T)["state"] == "DONE"
    assert a.verdict(finish)["code"] == "DONE_AFTER_CANCEL"
    await house.verified()


async def test_a_finish_of_last_week_leaves_a_reopened_ticket_open(house: House) -> None:
    await opened_ticket(house)
    a, b = await house.tablet("A", G1), await house.tablet("B", G1)
    await a.pull()
    await b.pull()
    b.record("ticket.finish", T, {"member": M2}, at="09:00")
    a.record("ticket.finish", T, {"member": M1}, at="10:00")
    house.clock.set("12:00")
    await a.push()
    await house.hub.settle()
    await house.submit(LY, ("ticket.reopen", T, {"reason": "it broke again"}))
    house.clock.set("7/18:00")
    await b.push()
    await house.hub.settle()
    await b.pull()
    assert (b.body("ticket", T)["state"], b.body("ticket", T)["round"]) == ("OPEN", 2)
    await house.verified()


async def test_a_service_waits_for_the_ticket_whose_opener_has_not_uploaded(house: House) -> None:
    opener, server = await house.tablet("opener", G1), await house.tablet("server", G1)
    opener.record("ticket.open", T, ORDER, at="08:00")
    service = server.record("service.record", S, served("09:00", "10:00", ticket=T), at="10:00")
    house.clock.set("18:00")
    await server.push()
    await house.hub.settle()
    await server.pull()
    assert server.verdict(service)["outcome"] == "HELD"
    await house.verified()
    house.clock.set("3/18:00")
    await opener.push()
    await house.hub.settle()
    await server.pull()
    assert server.verdict(service)["outcome"] == "APPLIED"
    assert server.body("service", S)["ticket"] == T
    await house.verified()


async def test_what_waited_for_thirty_days_goes_to_review(house: House) -> None:
    a = await house.tablet("A", G1)
    claim = a.record("ticket.claim", ident("never uploaded"), {"member": M1}, at="09:00")
    house.clock.set("18:00")
    await a.push()
    await house.hub.settle()
    house.clock.set("29/18:00")
    assert (await house.hub.settle()).number is None
    house.clock.set("30/18:00")
    night = await house.hub.settle()
    assert night.settled is not None
    assert [outcome.code for outcome in night.settled.outcomes] == ["WAITED_TOO_LONG"]
    await a.pull()
    assert a.verdict(claim)["outcome"] == "REVIEW"
    await house.verified()


async def test_points_are_the_sum_of_the_entries_after_every_night(house: House) -> None:
    await opened_ticket(house, seats=2)
    a = await house.tablet("A", G1)
    await a.pull()
    a.record("ticket.claim", T, {"member": M1}, at="09:00")
    a.record("ticket.claim", T, {"member": M2}, at="09:01")
    a.record("service.record", S, served("18:00", "20:30", ticket=T), at="20:30")
    a.record("service.record", S2, served("09:00", "10:00", M2, ticket=T), at="20:31")
    house.clock.set("21:00")
    await a.push()
    await house.hub.settle()
    await points_add_up(house)
    a.record("service.void", S, {"reason": "it was another day"}, at="21:30")
    a.record("points.redeem", ident("too much"), {"member": M2, "points": 50, "reward": "soap"}, at="21:31")
    a.record("points.redeem", ident("enough"), {"member": M2, "points": 2, "reward": "soap"}, at="21:32")
    house.clock.set("22:00")
    await a.push()
    await house.hub.settle()
    await points_add_up(house)
    states = {row["id"]: row["state"] for row in await house.rows(select(REDEMPTION.table))}
    assert states == {ident("enough"): "REDEEMED"}
    await house.verified()


async def points_add_up(house: House) -> None:
    sums: dict[str, int] = {}
    for entry in await house.rows(select(POINT_ENTRY.table)):
        sums[entry["member"]] = sums.get(entry["member"], 0) + entry["points"]
    members = {row["id"]: row for row in await house.rows(select(MEMBER.table))}
    for row in members.values():
        family = [one["id"] for one in members.values() if row["id"] in {one["id"], one["alias_of"]}]
        if row["alias_of"] is None:
            assert row["points"] == sum(sums.get(kin, 0) for kin in family)


async def test_the_night_is_not_settled_by_a_hub_whose_clock_is_behind(house: House) -> None:
    await two_claims(house)
    house.clock.set("1/02:00")
    await house.hub.settle()
    a = await house.tablet("late", G1)
    a.record("ticket.note", T, {}, at="1/01:00", private={"text": "seen"})
    house.clock.set("1/01:00")
    await a.push()
    with pytest.raises(Refused) as refused:
        await house.hub.settle()
    assert refused.value.code == "CLOCK_BEHIND"
    with pytest.raises(Refused):
        await house.submit(LY, ("ticket.edit", T, {"priority": "HIGH"}))
    readiness = await house.hub.readiness()
    assert readiness.ready
    assert "clock is behind" in readiness.reasons[0]
    house.clock.set("1/03:00")
    assert (await house.hub.settle()).number is not None


async def test_a_commit_is_never_earlier_than_the_deeds_in_it_or_the_commit_before(house: House) -> None:
    await two_claims(house)
    house.clock.set("1/02:00")
    await house.hub.settle()
    rows = await house.rows(select(SETTLEMENT).order_by(SETTLEMENT.c.number))
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
    assert [row["number"] for row in rows] == list(range(1, len(rows) + 1))
    assert all(row["previous"] == before["digest"] for before, row in pairwise(rows))
    assert all(row["first_rev"] == before["last_rev"] + 1 for before, row in pairwise(rows))


async def test_takers_are_rows_of_their_own_in_their_order(house: House) -> None:
    await opened_ticket(house, seats=3)
    a = await house.tablet("A", G1)
    await a.pull()
    for minute, member in enumerate((M2, M1, M3)):
        a.record("ticket.claim", T, {"member": member}, at=f"09:0{minute}")
    house.clock.set("10:00")
    await a.push()
    await house.hub.settle()
    table = TICKET_TAKER.table
    rows = await house.rows(select(table).order_by(table.c.position))
    assert [row["member"] for row in rows] == [M2, M1, M3]
    a.record("ticket.decline", T, {"member": M1}, at="10:30")
    house.clock.set("11:00")
    await a.push()
    await house.hub.settle()
    rows = await house.rows(select(table).order_by(table.c.position))
    assert [(row["position"], row["member"]) for row in rows] == [(0, M2), (1, M3)]
    await house.verified()


async def test_any_order_and_cut_of_the_uploads_gives_the_same_digest(
    databases: Databases, tmp_path: Path
) -> None:
    digests = set()
    for number, order in enumerate(("abc", "cba", "bca", "acb")):
        folder = tmp_path / str(number)
        folder.mkdir()
        with databases.fresh(folder) as url:
            async with opened(url) as house:
                digests.add(await _digest(house, order, cut=1 if number % 2 else 2))
    assert len(digests) == 1


async def _digest(house: House, order: str, *, cut: int) -> str:
    """The digest of a night for which three tablets upload in this order, first so many changes, then the rest."""
    await opened_ticket(house)
    tablets = {name: await house.tablet(name, G1) for name in "abc"}
    for tablet in tablets.values():
        await tablet.pull()
    for minute, name in enumerate("bca"):
        tablets[name].record("ticket.claim", T, {"member": M1 if name == "a" else M2}, at=f"09:0{minute}")
        tablets[name].record("ticket.edit", T, {"title": f"by {name}"}, at=f"09:1{minute}")
    house.clock.set("18:00")
    for name in order:
        await tablets[name].push(1, cut)
    for name in reversed(order):
        await tablets[name].push()
    house.clock.set("1/02:00")
    night = await house.hub.settle()
    assert night.settled is not None
    return night.settled.digest


# What is committed while a night is being decided


async def test_an_unrelated_online_change_meanwhile_is_no_reason_to_decide_again(house: House) -> None:
    await two_claims(house)
    await opened_ticket(house, T2)
    await meanwhile(house, ("ticket.claim", T2, {"member": M4}))
    await house.verified()


async def test_a_related_online_change_meanwhile_is_decided_upon(house: House) -> None:
    await two_claims(house)
    await meanwhile(house, ("ticket.edit", T, {"priority": "HIGH"}))
    rows = await house.rows(select(TICKET.table.c.priority).where(TICKET.table.c.id == T))
    assert rows == [{"priority": "HIGH"}]
    await house.verified()


async def test_a_night_that_is_always_disturbed_is_settled_under_the_lock(house: House) -> None:
    await two_claims(house)
    for number in range(6):
        await opened_ticket(house, ident(f"ticket {number}"))
    changes: list[tuple[str, str, dict[str, object]]] = [
        ("member.assign", M4, {"grid": G1 if n % 2 else G2}) for n in range(6)
    ]
    await meanwhile(house, *changes)
    await house.verified()


async def meanwhile(house: House, *changes: tuple[str, str, dict[str, object]]) -> None:
    """Settle, and make one of these changes whenever the night has been decided and is not yet written."""
    database, left = house.hub.database, list(changes)
    read = database.read_in_thread

    async def disturbed(work):  # type: ignore[no-untyped-def]
        done = await read(work)
        if left:
            await house.submit("district", left.pop(0))
        return done

    house.clock.set("1/02:00")
    database.read_in_thread = disturbed  # type: ignore[method-assign]
    night = await house.hub.settle()
    assert night.settled is not None
    assert len(night.settled.changes) == 3
    database.read_in_thread = read  # type: ignore[method-assign]


async def test_two_processes_that_settle_at_once_make_one_night(house: House) -> None:
    await two_claims(house)
    house.clock.set("1/02:00")
    async with await Hub.open(house.hub.settings, house.clock, CountedIds("other")) as other:
        nights = []

        async def settle(hub: Hub) -> None:
            nights.append(await hub.settle())

        async with anyio.create_task_group() as group:
            group.start_soon(settle, house.hub)
            group.start_soon(settle, other)
    assert sorted(night.number is None for night in nights) == [False, True]
    await house.verified()


async def test_uploads_and_online_changes_are_answered_while_a_night_is_decided(house: House) -> None:
    await two_claims(house)
    late = await house.tablet("late", G1)
    late.record("ticket.note", T, {}, at="18:30", private={"text": "seen"})
    house.clock.set("1/02:00")
    async with anyio.create_task_group() as group:
        group.start_soon(house.hub.settle)
        receipt = await late.push()
    assert receipt.received_through == 1
    house.clock.set("2/02:00")
    await house.hub.settle()
    assert (await late.push()).settled_through == 1


async def test_a_service_without_a_ticket_is_linked_later(house: House) -> None:
    await opened_ticket(house)
    a = await house.tablet("A", G1)
    await a.pull()
    a.record("service.record", S, served("09:00", "10:00"), at="10:00")
    house.clock.set("18:00")
    await a.push()
    await house.hub.settle()
    a.record("service.link", S, {"ticket": T}, at="19:00")
    house.clock.set("20:00")
    await a.push()
    await house.hub.settle()
    assert [row["ticket"] for row in await house.rows(select(SERVICE.table))] == [T]
    await house.verified()


async def test_a_dispatcher_of_another_community_is_out_of_scope(house: House) -> None:
    await opened_ticket(house)
    (answer,) = await house.submit(CG, ("ticket.edit", T, {"priority": "HIGH"}))
    assert answer.outcome is not None
    assert answer.outcome.code == "OUT_OF_SCOPE"


async def test_a_change_that_crashes_its_rule_is_set_apart_and_the_night_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opened_ticket(house)
    a = await house.tablet("A", G1)
    await a.pull()
    bad = a.record("ticket.note", T, {}, at="09:00", private={"text": "this one crashes"})
    good = a.record("ticket.edit", T, {"title": "this one does not"}, at="09:01")
    house.clock.set("18:00")
    await a.push()

    def defect(*_: object) -> Decision:
        raise ZeroDivisionError

    monkeypatch.setitem(DECIDERS, "ticket.note", defect)
    night = await house.hub.settle()
    assert night.number is not None
    await a.pull()
    assert a.verdict(bad)["code"] == "CRASHED"
    assert a.verdict(good)["code"] == "APPLIED"
    await house.verified()
    # The defect is mended; what was decided then stays decided.
    monkeypatch.undo()
    await house.verified()

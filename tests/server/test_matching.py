"""Ordered service on real tables: suggestions by what stands, plans that are as good as any, hints, and who may ask."""

from itertools import permutations

import pytest

from schema.values import Author, Role
from server.matching import Seat, _worth, solve
from sync.matching import CAPACITY, Order, Server, fitness
from tests.server.day import served
from tests.server.house import House
from tests.sync.world import (
    CG,
    G1,
    G2,
    LY,
    M1,
    M2,
    M3,
    M4,
    M6,
    P2,
    S2,
    T2,
    U1,
    U2,
    P,
    S,
    T,
    community,
    ident,
    post,
)

PARKING = {"category": "parking", "title": "Widen the entrance"}
ASKING = {"code": "parking", "name": {"zh": "停车", "en": "parking"}, "needs": ["legal"]}


@pytest.fixture
async def asked(house: House) -> Author:
    """Parking asks for legal aid, which member 3 of the other grid can do; a ticket in grid 1; the desk."""
    await house.submit("district", ("community.put", LY, {**community("LY"), "categories": [ASKING]}))
    await house.submit(
        LY, ("member.edit", M3, {"addSkills": ["legal"]}), ("ticket.open", T, {**PARKING, "grid": G1})
    )
    return await house.desk(LY)


async def members(house: House, desk: Author, ticket: str = T) -> list[str]:
    found = await house.hub.suggest_dispatch(desk, ticket, 50)
    assert found is not None
    return [one.id for one in found if one.collection == "member"]


async def test_whoever_can_do_it_is_suggested_first_and_those_of_the_grid_next(
    house: House, asked: Author
) -> None:
    found = await house.hub.suggest_dispatch(asked, T, 50)
    assert found is not None
    ids = [one.id for one in found]
    assert ids[0] == M3
    assert [one.code for one in found[0].reasons] == ["SKILL", "FREE", "RESTED"]
    assert set((await members(house, asked))[1:4]) == {M1, M2, M6}
    assert (await members(house, asked))[-1] == M4
    assert {U1, U2} <= set(ids)
    assert await house.hub.suggest_dispatch(asked, T, 1) == found[:1]


async def test_what_somebody_holds_and_did_of_late_counts(house: House, asked: Author) -> None:
    assert set((await members(house, asked))[1:4]) == {M1, M2, M6}
    await house.submit(LY, ("ticket.open", T2, {**PARKING, "grid": G2}), ("ticket.claim", T2, {"member": M1}))
    house.clock.set("1/12:00")
    await house.submit(LY, ("service.record", S, served("09:00", "10:00", M2)))
    assert (await members(house, asked))[1:] == [M6, M2, M4, M1]
    await house.submit(
        LY, ("ticket.finish", T2, {"member": M1}), ("service.record", S2, served("11:00", "11:30", M6))
    )
    assert (await members(house, asked))[1] == M1


async def test_what_was_dispatched_to_somebody_is_in_their_hands(house: House, asked: Author) -> None:
    before = await house.hub.suggest_dispatch(asked, T, 1)
    assert before is not None
    for number in range(CAPACITY):
        ticket = ident(f"given {number}")
        await house.submit(LY, ("ticket.open", ticket, {**PARKING, "grid": G1}))
        await house.submit(LY, ("ticket.dispatch", ticket, {"member": M3}))
    found = await house.hub.suggest_dispatch(asked, T, 50)
    assert found is not None
    fit = {one.id: one.fit for one in found}
    assert fit.get(M3, 0) < before[0].fit
    plan = await house.hub.plan_dispatch(asked, LY)
    assert plan is not None
    assert M3 not in {one.fit.id for one in plan}, "nobody hoards, over several plans either"


async def test_whoever_is_away_has_left_or_has_it_already_is_not_suggested(
    house: House, asked: Author
) -> None:
    await house.submit(LY, ("member.edit", M3, {"standing": "AWAY"}), ("ticket.claim", T, {"member": M1}))
    assert set(await members(house, asked)) == {M2, M4, M6}


async def test_whoever_holds_a_matching_post_is_suggested_before_others_and_so_is_the_post(
    house: House, asked: Author
) -> None:
    await house.submit(
        LY,
        ("post.put", P, post("legal-desk", 2, skills=["legal"])),
        ("post.put", P2, post("over", skills=["legal"], until="2026-11-22")),
        ("post.take", P, {"member": M2}),
        ("post.take", P, {"member": M6}),
    )
    await house.submit(LY, ("post.leave", P, {"member": M6}))
    found = await house.hub.suggest_dispatch(asked, T, 50)
    assert found is not None
    by_id = {one.id: one for one in found}
    assert "POST" in {one.code for one in by_id[M2].reasons}
    assert "POST" not in {one.code for one in by_id[M6].reasons}
    assert [one.code for one in by_id[P].reasons][:2] == ["FOR_IT", "HELD"]
    assert by_id[P].collection == "post"
    assert P2 not in by_id
    plan = await house.hub.plan_dispatch(asked, LY)
    assert plan is not None
    assert plan[0].fit.id == M3, "a skill and a free hand come before a post"


async def test_a_plan_gives_each_ticket_to_whom_it_fits_and_can_be_taken_up(
    house: House, asked: Author
) -> None:
    await house.submit(LY, ("ticket.open", T2, {**PARKING, "grid": G2, "priority": "URGENT"}))
    plan = await house.hub.plan_dispatch(asked, LY)
    assert plan is not None
    assert {one.ticket: one.fit.id for one in plan} == {T: M3, T2: M3}
    for one in plan:
        outcome = await house.submit(LY, ("ticket.dispatch", one.ticket, {"member": one.fit.id}), saw=one.rev)
        assert outcome[0].outcome is not None
        assert outcome[0].outcome.code == "APPLIED"
    assert await house.hub.plan_dispatch(asked, LY) == []


async def test_orders_given_twice_are_hinted_at(house: House, asked: Author) -> None:
    again, other = ident("again"), ident("other grid")
    await house.submit(
        LY,
        ("ticket.open", again, {**PARKING, "grid": G1, "title": "widen the entrance!"}),
        ("ticket.open", other, {**PARKING, "grid": G2}),
    )
    found = await house.hub.duplicate_hints(asked, T)
    assert found is not None
    assert [(one.ticket, one.percent, one.days_apart) for one in found] == [(again, 100, 0)]
    await house.submit(LY, ("ticket.cancel", again, {"reason": "the same"}))
    assert await house.hub.duplicate_hints(asked, T) == []


async def test_what_is_of_another_community_is_not_there(house: House, asked: Author) -> None:
    far = await house.desk(CG)
    assert await house.hub.suggest_dispatch(far, T, 5) is None
    assert await house.hub.duplicate_hints(far, T) is None
    assert await house.hub.plan_dispatch(far, LY) is None
    assert await house.hub.plan_dispatch(far, CG) == []
    assert await house.hub.plan_dispatch(asked, ident("nowhere")) is None
    issued = await house.hub.issue_token(Role.ADMIN)
    assert await house.hub.suggest_dispatch(await house.hub.authenticate(issued.token), T, 5)


# The solver


def seat(ticket: str, priority: str = "NORMAL", needs: tuple[str, ...] = ("law",), grid: str = "g") -> Seat:
    return Seat(Order(ticket, grid, needs), priority, 1)


def total(seats: list[Seat], chosen: list[tuple[Seat, Server, int]]) -> int:
    return sum(_worth(one, fitness(one.order, server), nth) for one, server, nth in chosen)


def test_a_plan_is_as_good_as_the_best_of_all() -> None:
    """Two greedy choices are worse here than one that gives up the best fit of the first ticket."""
    seats = [seat("a", needs=("law",)), seat("b", needs=("tea",)), seat("c", needs=("law", "tea"))]
    servers = [
        Server("both", "u", "g", ("law", "tea"), CAPACITY - 1),
        Server("law", "u", "h", ("law",), CAPACITY - 1, 3),
        Server("tea", "u", "h", ("tea",), CAPACITY - 1, 1),
    ]
    plan = solve(seats, servers)
    by = {server.member: server for server in servers}
    found = total(seats, [(seats["abc".index(one.ticket)], by[one.fit.id], 0) for one in plan])
    best = max(
        total(seats, [(one, server, 0) for one, server in zip(seats, order, strict=True)])
        for order in permutations(servers)
    )
    assert found == best


def test_where_members_are_short_the_more_urgent_goes_first() -> None:
    one = [Server("m", "u", "g", ("law",), CAPACITY - 1)]
    seats = [seat("low", "LOW"), seat("urgent", "URGENT", grid="far"), seat("high", "HIGH")]
    assert [planned.ticket for planned in solve(seats, one)] == ["urgent"]


def test_nobody_gets_more_than_they_can_hold_and_work_is_spread() -> None:
    servers = [Server("a", "u", "g", ("law",)), Server("b", "u", "g", ("law",))]
    plan = solve([seat(f"t{number}") for number in range(8)], servers)
    held = [sum(one.fit.id == server.member for one in plan) for server in servers]
    assert held == [CAPACITY, CAPACITY]
    assert len({one.fit.id for one in solve([seat("t1"), seat("t2")], servers)}) == 2


def test_two_seats_of_a_ticket_are_for_two() -> None:
    alone = [Server("a", "u", "g", ("law",))]
    assert [one.fit.id for one in solve([seat("t"), seat("t")], alone)] == ["a"]
    two = [*alone, Server("b", "u", "h", ("law",), 2, 8)]
    assert {one.fit.id for one in solve([seat("t"), seat("t")], two)} == {"a", "b"}


def test_a_ticket_that_nobody_has_is_taken_up_by_one_dispatch_to_all_who_are_planned() -> None:
    people = [Server(name, "u", "g", ("law",)) for name in "abc"]
    first, second, other = solve([seat("t"), seat("t"), seat("o")], people)
    assert {one.fit.id for one in (first, second, other)} == {"a", "b", "c"}
    assert (first.step, first.also) == ("ticketDispatch", (second.fit,))
    assert (second.step, second.also) == ("ticketClaim", ())
    assert (other.step, other.also) == ("ticketDispatch", ())


def test_what_nobody_fits_stays_open() -> None:
    assert solve([seat("t", needs=("law",))], [Server("a", "u", "h", (), 1, 8)]) == []
    assert solve([], [Server("a", "u", "g")]) == []
    assert solve([seat("t")], []) == []


# Who had it before, seats that are left, hours and what units lend


async def reasons(house: House, desk: Author, who: str) -> list[str]:
    found = await house.hub.suggest_dispatch(desk, T, 50)
    assert found is not None
    return [reason.code for one in found if one.id == who for reason in one.reasons]


async def test_who_gave_a_ticket_back_or_was_taken_off_it_is_suggested_last_and_never_planned(
    house: House, asked: Author
) -> None:
    for member, step in (
        (M3, ("ticket.decline", {"member": M3})),
        (M1, ("ticket.release", {"member": M1, "reason": "r"})),
    ):
        await house.submit(LY, ("ticket.claim", T, {"member": member}))
        await house.submit(LY, (step[0], T, step[1]))
    found = await house.hub.suggest_dispatch(asked, T, 50)
    assert found is not None
    assert {one.id for one in found[-2:]} == {M1, M3}
    assert "DECLINED" in await reasons(house, asked, M3)
    assert "RELEASED" in await reasons(house, asked, M1)
    plan = await house.hub.plan_dispatch(asked, LY)
    assert plan is not None
    assert not {M1, M3} & {one.fit.id for one in plan}


async def test_a_seat_that_is_left_is_planned_for_another_and_is_taken_up_by_a_claim(
    house: House, asked: Author
) -> None:
    await house.submit(LY, ("ticket.edit", T, {"seats": 2}), ("ticket.claim", T, {"member": M3}))
    await house.submit(LY, ("member.edit", M2, {"addSkills": ["legal"]}))
    plan = await house.hub.plan_dispatch(asked, LY)
    assert plan is not None
    assert [(one.ticket, one.fit.id, one.step) for one in plan] == [(T, M2, "ticketClaim")]
    (done,) = await house.submit(LY, ("ticket.claim", T, {"member": M2}), saw=plan[0].rev)
    assert done.outcome is not None
    assert done.outcome.code == "APPLIED"
    assert await house.hub.plan_dispatch(asked, LY) == []


async def test_who_serves_at_the_hours_that_are_wanted_fits_better(house: House, asked: Author) -> None:
    house.clock.set("23:30")
    await house.submit(LY, ("service.record", S, served("09:00", "10:00", M1)))
    await house.submit(LY, ("service.record", S2, served("20:00", "21:00", M2)))
    assert "OFF_DUTY" in await reasons(house, asked, M2)
    assert "OFF_DUTY" not in await reasons(house, asked, M1)
    await house.submit(LY, ("ticket.edit", T, {"due": "2026-11-24T02:00:00.000Z"}))
    assert "ON_DUTY" in await reasons(house, asked, M1)


async def test_a_unit_that_can_lend_what_the_order_is_called_is_suggested_for_it(
    house: House, asked: Author
) -> None:
    data = {
        "code": "LY-U2",
        "name": {"zh": "乙", "en": "unit 2"},
        "community": LY,
        "resources": ["停车划线车 1 辆", "会议室"],
    }
    await house.submit("district", ("unit.put", U2, data))
    found = await house.hub.suggest_dispatch(asked, T, 50)
    assert found is not None
    lent = {one.id: reason.resources for one in found for reason in one.reasons if reason.code == "RESOURCE"}
    assert lent == {U2: ("停车划线车 1 辆",)}

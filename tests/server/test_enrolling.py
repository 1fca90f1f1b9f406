"""Renewing: a new device goes on with what the copy that asks had done, under the grids that this copy knew."""

from typing import Any

import pytest
from sqlalchemy import select

from schema.tables.change import CHANGE
from schema.values import Enrolment, Refused
from tests.server.house import House, Paper
from tests.sync.world import G1, G2, T2, T, ident


def order(grid: str) -> dict[str, Any]:
    return {"grid": grid, "category": "parking", "title": "Widen the entrance"}


async def scopes(house: House) -> list[list[str]]:
    """By which grids the tablets' changes are judged, in the order in which they came."""
    rows = await house.rows(
        select(CHANGE.c.scope).where(CHANGE.c.kind == "ticket.open").order_by(CHANGE.c.position)
    )
    return [row["scope"] for row in rows]


async def renewed_by(
    house: House, tablet: Paper, after: str | None = None, oldest: int | None = None
) -> Paper:
    renewed = await Paper.of(
        house, f"{tablet.name} again", await house.hub.renew(tablet.author, after, oldest)
    )
    renewed.changes, renewed.after = tablet.changes[(oldest or 1) - 1 :], after
    return renewed


async def test_a_copy_is_judged_by_the_grids_it_knew_though_another_had_heard_of_others(house: House) -> None:
    """Seed 376 of the simulator: the copy's work was out of the grids that it had never heard of."""
    original = await house.tablet("A", G1)
    await original.pull()
    clone = Paper(house, "clone", Enrolment(original.device, original.token, (), 1), original.author)
    clone.after = original.after
    await house.hub.assign(original.device, [G2])
    await original.pull()
    await original.pull()
    there = original.record("ticket.open", ident("there"), order(G2), at="09:00")
    await original.push()
    unaware = clone.record("ticket.open", ident("here"), order(G1), at="09:01")
    with pytest.raises(Refused, match="FORKED"):
        await clone.push()
    renewed = await renewed_by(house, clone, clone.after, 1)
    await renewed.pull()
    await renewed.pull()
    aware = renewed.record("ticket.open", ident("there too"), order(G2), at="09:02")
    out = renewed.record("ticket.open", ident("here again"), order(G1), at="09:03")
    await renewed.push()
    await house.hub.settle()
    await renewed.pull()
    assert [renewed.verdict(one)["code"] for one in (unaware, aware, out)] == [
        "APPLIED",
        "APPLIED",
        "OUT_OF_SCOPE",
    ]
    await original.pull()
    assert original.verdict(there)["code"] == "APPLIED"
    await house.verified()


async def test_who_renews_between_two_scopes_keeps_each_change_under_the_one_it_was_made_in(
    house: House,
) -> None:
    tablet = await house.tablet("A", G1)
    await tablet.pull()
    for number in range(3):
        tablet.record("ticket.open", ident(f"here {number}"), order(G1), at=f"09:0{number}")
    await house.hub.assign(tablet.device, [G2])
    await tablet.pull()
    await tablet.pull()
    for number in range(2):
        tablet.record("ticket.open", ident(f"there {number}"), order(G2), at=f"10:0{number}")
    house.clock.set("11:00")
    renewed = await renewed_by(house, tablet, tablet.after, 2)
    await renewed.push()
    await house.hub.settle()
    assert await scopes(house) == [[G1], [G1], [G2], [G2]]
    await renewed.pull()
    assert {renewed.verdict(str(one["id"]))["code"] for one in renewed.changes} == {"APPLIED"}


async def test_who_says_nothing_of_what_it_knew_knows_what_was_acknowledged_last(house: House) -> None:
    tablet = await house.tablet("A", G1)
    await tablet.pull()
    await house.hub.assign(tablet.device, [G2])
    renewed = await renewed_by(house, tablet)
    renewed.record("ticket.open", T, order(G1), at="09:00")
    assert (await renewed.push()).received_through == 1
    renewed.after = tablet.after
    await renewed.pull()
    await renewed.pull()
    renewed.record("ticket.open", T2, order(G2), at="09:01")
    await renewed.push()
    assert await scopes(house) == [[G1], [G2]]

"""A new device goes on with what was done before, under the grids that were known then: renewed, or enrolled anew."""

from typing import Any

import pytest
from sqlalchemy import select

from schema.tables.change import CHANGE
from schema.values import Enrolment, Kept, Refused
from server import checkpoint, identity, meta
from tests.server.house import House, Paper
from tests.sync.world import G1, G2, G3, T2, T, ident


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


async def enrolled_again(house: House, tablet: Paper, *grids: str, **kept: Any) -> Paper:
    """The same tablet by another code; what it keeps, from `oldest` on, goes along."""
    code = await house.hub.code(grids)
    said = {
        "device": tablet.device,
        "after": tablet.after,
        "oldest": 1,
        "next": len(tablet.changes) + 1,
    } | kept
    anew = await Paper.of(
        house, f"{tablet.name} anew", await house.hub.enrol(code.code, "anew", "1.0", Kept(**said))
    )
    anew.changes = tablet.changes[said["oldest"] - 1 :]
    return anew


async def was(house: House, tablet: Paper) -> set[str]:
    """The devices whose photos this tablet may bring."""
    found = await house.hub.database.read_in_thread(lambda c: identity.was(c, tablet.device))
    return set(found)


async def test_who_enrols_anew_for_other_grids_keeps_each_change_under_those_it_was_made_in(
    house: House,
) -> None:
    """Seed 1060 of the simulator: what was done in the old grids was out of the new ones, and so refused."""
    tablet = await house.tablet("A", G1)
    await tablet.pull()
    for number in range(3):
        tablet.record("ticket.open", ident(f"here {number}"), order(G1), at=f"09:0{number}")
    anew = await enrolled_again(house, tablet, G2, oldest=2)
    there = anew.record("ticket.open", ident("there"), order(G2), at="10:00")
    out = anew.record("ticket.open", ident("here again"), order(G1), at="10:01")
    house.clock.set("11:00")
    await anew.push()
    assert await scopes(house) == [[G1], [G1], [G2], [G2]]
    await house.hub.settle()
    await anew.pull()
    told = {str(one["id"]): anew.verdict(str(one["id"]))["code"] for one in anew.changes}
    assert told.pop(out) == "OUT_OF_SCOPE"
    assert there in told
    assert set(told.values()) == {"APPLIED"}
    await house.verified()


async def test_who_enrols_anew_twice_and_renews_meanwhile_forgets_no_scope(house: House) -> None:
    tablet = await house.tablet("A", G1)
    await tablet.pull()
    tablet.record("ticket.open", ident("first"), order(G1), at="09:00")
    await house.hub.assign(tablet.device, [G2])
    await tablet.pull()
    await tablet.pull()
    tablet.record("ticket.open", ident("second"), order(G2), at="09:10")
    anew = await enrolled_again(house, tablet, G3)
    anew.record("ticket.open", ident("third"), order(G3), at="09:20")
    await anew.pull()
    again = await renewed_by(house, anew, anew.after, 1)
    last = await enrolled_again(house, again, G1)
    last.record("ticket.open", ident("fourth"), order(G1), at="09:30")
    house.clock.set("11:00")
    await last.push()
    assert await scopes(house) == [[G1], [G2], [G3], [G1]]
    assert await was(house, last) == {one.device for one in (tablet, anew, again, last)}
    assert await was(house, anew) == {one.device for one in (tablet, anew, again)}


@pytest.mark.parametrize(
    "claim", ["no checkpoint", "another district's", "revoked", "the copy of one revoked"]
)
async def test_what_no_seal_proves_is_judged_by_the_new_grids(house: House, claim: str) -> None:
    tablet = await house.tablet("A", G1)
    await tablet.pull()
    tablet.record("ticket.open", T, order(G1), at="09:00")
    said: dict[str, Any] = {}
    if claim == "no checkpoint":
        said = {"after": None}
    elif claim == "another district's":
        seen = checkpoint.read(
            tablet.after, await house.hub.database.read_in_thread(lambda c: meta.text(c, meta.SECRET))
        )
        assert seen is not None
        said = {"after": checkpoint.written(seen, "00" * 16)}
    elif claim == "revoked":
        await house.hub.revoke(tablet.device)
    else:
        copy = await renewed_by(house, tablet, tablet.after, 1)
        await house.hub.revoke(copy.device)
    anew = await enrolled_again(house, tablet, G2, **said)
    await anew.push()
    assert await scopes(house) == [[G2]]
    assert await was(house, anew) == {anew.device}


async def test_a_checkpoint_of_a_device_that_is_gone_from_the_hub_still_says_what_was_known(
    house: House,
) -> None:
    """As after a restore of an older backup: of the device there is no row, of its checkpoint the seal is right."""
    tablet = await house.tablet("A", G1)
    await tablet.pull()
    tablet.record("ticket.open", T, order(G1), at="09:00")
    anew = await enrolled_again(house, tablet, G2, device=ident("nobody"))
    await anew.push()
    assert await scopes(house) == [[G1]]


@pytest.mark.parametrize(("oldest", "upcoming"), [(5, 2), (-3, 2), (1, 2**53 - 1), (2**53 - 1, 1)])
async def test_numbers_that_cannot_be_do_no_harm(house: House, oldest: int, upcoming: int) -> None:
    tablet = await house.tablet("A", G1)
    await tablet.pull()
    tablet.record("ticket.open", T, order(G1), at="09:00")
    anew = await enrolled_again(house, tablet, G2, oldest=oldest, next=upcoming)
    anew.changes = tablet.changes
    assert (await anew.push()).received_through == 1

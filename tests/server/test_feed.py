"""Pages of the feed: nothing missed, nothing foreign, and "in sync" checked, never assumed."""

from typing import Any

import pytest
from sqlalchemy import select

from schema.tables.contact import CONTACT
from schema.tables.document import DOCUMENT
from schema.tables.scope import SCOPE
from schema.values import Refused, Role
from sync.wire import COLLECTIONS, Check, check_digest
from tests.server.house import House, Paper
from tests.sync.world import CG, G1, G2, G3, LY, M1, M2, M5, T2, S, T, ident, when


def order(grid: str = G1, title: str = "Widen the entrance") -> dict[str, Any]:
    return {"grid": grid, "category": "parking", "title": title}


async def in_sync(tablet: Paper, limit: int = 1000) -> None:
    """Pull to the end; what the tablet then holds is what the hub says it should."""
    pages = await tablet.pull(limit)
    assert all(page.check is None for page in pages[:-1])
    held: dict[str, list[tuple[str, int]]] = {collection: [] for collection in COLLECTIONS}
    for (collection, thing), document in tablet.held.items():
        held[collection].append((thing, document.rev))
    checks = tuple(Check(name, len(rows), check_digest(rows)) for name, rows in held.items())
    assert pages[-1].check == checks


@pytest.mark.parametrize("limit", [1, 2, 7, 1000])
async def test_pages_of_any_size_end_with_the_hubs_own_check(house: House, limit: int) -> None:
    tablet = await house.tablet("A", G1)
    for number in range(6):
        await house.submit(LY, ("ticket.open", ident(f"ticket {number}"), order()))
    await in_sync(tablet, limit)
    assert len([key for key in tablet.held if key[0] == "ticket"]) == 6
    await house.submit(LY, ("ticket.edit", ident("ticket 1"), {"title": "other"}))
    await in_sync(tablet, limit)
    assert tablet.body("ticket", ident("ticket 1"))["title"] == "other"


async def test_pages_stay_whole_while_the_hub_goes_on(house: House) -> None:
    tablet = await house.tablet("A", G1)
    for number in range(6):
        await house.submit(LY, ("ticket.open", ident(f"ticket {number}"), order()))
    after, pages = None, 0
    while True:
        page = await house.hub.pull(tablet.author, after, 1, 3)
        tablet.after = after = page.checkpoint
        for document in page.documents:
            tablet._take(document, None)
        pages += 1
        if not page.more:
            break
        if pages < 4:
            await house.submit(LY, ("ticket.edit", ident(f"ticket {pages}"), {"title": f"edit {pages}"}))
            await house.submit(LY, ("ticket.open", ident(f"late ticket {pages}"), order()))
    await in_sync(tablet)
    assert tablet.body("ticket", ident("ticket 3"))["title"] == "edit 3"


async def test_documents_come_in_the_order_of_revs_and_before_verdicts(house: House) -> None:
    tablet = await house.tablet("A", G1)
    tablet.record("ticket.open", T, order(), at="08:00")
    house.clock.set("09:00")
    await tablet.push()
    await house.hub.settle()
    (page,) = await tablet.pull()
    revs = [document.rev for document in page.documents]
    assert revs == sorted(set(revs))
    assert [document.collection for document in page.documents][-2:] == ["ticket", "verdict"]
    assert page.reset
    (page,) = await tablet.pull()
    assert (page.documents, page.reset, page.more) == ((), False, False)


@pytest.mark.parametrize("limit", [1, 3, 1000])
async def test_a_first_download_brings_what_a_tablet_works_with_before_what_is_over(
    house: House, limit: int
) -> None:
    """And each document once, though some change meanwhile, with about how many are still to come."""
    author = await house.tablet("A", G1)
    for number in range(6):
        author.record("ticket.open", ident(f"ticket {number}"), order(), at="08:00")
    house.clock.set("09:00")
    await author.push()
    await house.hub.settle()
    for number in range(3):
        await house.submit(LY, ("ticket.cancel", ident(f"ticket {number}"), {"reason": "moved away"}))
    for number in (3, 5):
        await house.submit(LY, ("ticket.edit", ident(f"ticket {number}"), {"priority": "HIGH"}))
    tablet = await house.tablet("B", G1)
    after, told, remaining = None, [], []
    while True:
        page = await house.hub.pull(tablet.author, after, 1, limit)
        told += [(one.collection, one.id, one.rev) for one in page.documents]
        remaining.append(page.remaining)
        for document in page.documents:
            tablet._take(document, None)
        tablet.after = after = page.checkpoint
        if not page.more:
            break
        if len(remaining) == 1:
            await house.submit(LY, ("ticket.edit", ident("ticket 4"), {"title": "other"}))
            await house.submit(LY, ("ticket.reopen", ident("ticket 1"), {"reason": "come back"}))
    assert len(set(told)) == len(told)
    over = [place for place, one in enumerate(told) if one[1] in (ident("ticket 0"), ident("ticket 2"))]
    first = told[: min(over)]
    assert {ident("ticket 3"), ident("ticket 5"), M1} <= {thing for _, thing, _ in first}
    assert remaining[-1] is None
    assert remaining[:-1] == sorted((one for one in remaining[:-1] if one is not None), reverse=True)
    await in_sync(tablet)
    if limit < 1000:
        assert tablet.body("ticket", ident("ticket 4"))["title"] == "other"
        assert tablet.body("ticket", ident("ticket 1"))["state"] == "OPEN"


@pytest.mark.parametrize(("limit", "size"), [(0, 1), (-5, 1), (3, 3), (10_000, 10)])
async def test_a_limit_is_clamped(house: House, limit: int, size: int) -> None:
    tablet = await house.tablet("A", G1)
    assert len((await house.hub.pull(tablet.author, None, 1, limit)).documents) == size


async def test_a_tablet_carries_its_own_grids_and_its_communitys_members(house: House) -> None:
    tablet, far = await house.tablet("A", G1), await house.tablet("far", G3)
    await house.submit(
        "district", ("ticket.open", T, order()), ("ticket.open", T2, order(G2)), ("ticket.open", S, order(G3))
    )
    await in_sync(tablet)
    await in_sync(far)
    assert {key for key in tablet.held if key[0] == "ticket"} == {("ticket", T)}
    assert {key for key in far.held if key[0] == "ticket"} == {("ticket", S)}
    assert {key[1] for key in far.held if key[0] == "member"} == {M5}
    assert {key[1] for key in far.held if key[0] == "community"} == {CG}


async def test_phones_are_for_those_who_carry_the_members_grid(house: House) -> None:
    await phone(house, M1, "5550101")
    near, next_door = await house.tablet("A", G1), await house.tablet("B", G2)
    await near.pull()
    await next_door.pull()
    assert near.body("member", M1)["phone"] == "5550101"
    assert next_door.body("member", M1)["phone"] is None


async def phone(house: House, member: str, number: str) -> None:
    desk = await house.desk("district")
    private = {"salt": "1" * 32, "phone": number}
    raw = house.raw("member.edit", member, {}, saw=await house.rev(), private=private)
    await house.hub.submit(desk, [raw])


@pytest.mark.parametrize("limit", [1, 4, 1000])
async def test_a_moved_tablet_lets_go_of_the_old_grid_and_gets_the_new_one_whole(
    house: House, limit: int
) -> None:
    await phone(house, M1, "5550101")
    await house.submit("district", ("member.assign", M2, {"grid": G2}))
    await phone(house, M2, "5550102")
    for number in range(3):
        await house.submit(LY, ("ticket.open", ident(f"here {number}"), order()))
        await house.submit(LY, ("ticket.open", ident(f"there {number}"), order(G2)))
    tablet = await house.tablet("A", G1)
    await in_sync(tablet)
    await house.hub.assign(tablet.device, [G2])
    await house.submit(LY, ("ticket.edit", ident("there 1"), {"title": "edited since"}))
    await house.submit(LY, ("ticket.open", ident("here, and too late"), order()))
    await in_sync(tablet, limit)
    tickets = {key[1] for key in tablet.held if key[0] == "ticket"}
    assert tickets == {ident(f"there {number}") for number in range(3)}
    assert tablet.body("member", M1)["phone"] is None
    assert tablet.body("member", M2)["phone"] == "5550102"
    await in_sync(tablet, limit)


async def test_a_tablet_moved_to_another_community_leaves_its_members(house: House) -> None:
    tablet = await house.tablet("A", G1)
    await in_sync(tablet)
    await house.hub.assign(tablet.device, [G3])
    await in_sync(tablet)
    assert {key[1] for key in tablet.held if key[0] == "member"} == {M5}
    assert {key[1] for key in tablet.held if key[0] == "community"} == {CG}


async def test_what_left_the_scope_by_itself_leaves_the_tablet(house: House) -> None:
    near, next_door, both = [
        await house.tablet(name, *grids) for name, grids in (("A", [G1]), ("B", [G2]), ("C", [G1, G2]))
    ]
    await house.submit(LY, ("ticket.open", T, order()))
    for tablet in (near, next_door, both):
        await in_sync(tablet)
    await house.submit(LY, ("ticket.edit", T, {"grid": G2}))
    (page,) = await both.pull()
    assert [document.state for document in page.documents] == ["LIVE"]
    for tablet in (near, next_door, both):
        await in_sync(tablet)
    assert [("ticket", T) in tablet.held for tablet in (near, next_door, both)] == [False, True, True]
    await house.submit(LY, ("ticket.edit", T, {"grid": G1}))
    for tablet in (near, next_door, both):
        await in_sync(tablet)
    assert [("ticket", T) in tablet.held for tablet in (near, next_door, both)] == [True, False, True]
    await house.verified()


async def test_a_ticket_that_moved_while_the_tablet_was_moved_leaves_it_too(house: House) -> None:
    tablet = await house.tablet("A", G1)
    await house.submit(LY, ("ticket.open", T, order()))
    await in_sync(tablet)
    await house.submit(LY, ("ticket.edit", T, {"grid": G2}))
    await house.hub.assign(tablet.device, [G3])
    await in_sync(tablet)
    assert ("ticket", T) not in tablet.held


async def test_a_verdict_does_not_say_what_a_ticket_holds_that_has_left_the_scope(house: House) -> None:
    tablet = await house.tablet("A", G1)
    await house.submit(LY, ("ticket.open", T, order()), ("ticket.open", T2, order()))
    await in_sync(tablet)
    stayed = tablet.record("ticket.edit", T2, {"title": "from A"}, at="08:10")
    moved = tablet.record("ticket.edit", T, {"title": "from A"}, at="08:20")
    house.clock.set("09:00")
    await tablet.push()
    other = await house.tablet("B", G1, G2)
    for number, ticket in enumerate((T2, T)):
        other.record("ticket.edit", ticket, {"title": "from B"}, at=f"08:3{number}")
    await other.push()
    await house.hub.settle()
    await house.submit(LY, ("ticket.edit", T, {"grid": G2}))
    await in_sync(tablet)
    told = [tablet.verdict(change)["stands"] for change in (stayed, moved)]
    assert [one.get("value") for one in told] == ["from B", None]
    assert {one["field"] for one in told} == {"title"}
    await in_sync(other)
    assert other.body("ticket", T)["title"] == "from B"


async def test_a_second_move_in_the_middle_of_the_first_begins_anew(house: House) -> None:
    for number in range(5):
        await house.submit(LY, ("ticket.open", ident(f"there {number}"), order(G2)))
    tablet = await house.tablet("A", G1)
    await in_sync(tablet)
    await house.hub.assign(tablet.device, [G2])
    page = await house.hub.pull(tablet.author, tablet.after, 1, 2)
    assert page.more
    tablet.after = page.checkpoint
    await house.hub.assign(tablet.device, [G1])
    pages = await tablet.pull(2)
    assert [page.reset for page in pages][:2] == [True, False]
    await in_sync(tablet)
    assert not [key for key in tablet.held if key[0] == "ticket"]


async def test_there_and_back_again_is_no_move(house: House) -> None:
    tablet = await house.tablet("A", G1)
    await in_sync(tablet)
    await house.hub.assign(tablet.device, [G2])
    await house.hub.assign(tablet.device, [G1])
    (page,) = await tablet.pull()
    assert (page.documents, page.reset) == ((), False)


# Scope, as the tablet knew it


async def test_what_was_done_before_hearing_of_a_move_counts_and_what_is_done_there_afterwards_does_not(
    house: House,
) -> None:
    await house.submit(LY, ("ticket.open", T, order()), ("ticket.open", T2, order(G2)))
    tablet = await house.tablet("A", G1)
    await tablet.pull()
    unaware = tablet.record("ticket.claim", T, {"member": M1}, at="09:00")
    house.clock.set("10:00")
    await house.hub.assign(tablet.device, [G2])
    still_unaware = tablet.record("service.record", S, served(), at="10:30")
    house.clock.set("11:00")
    page = await house.hub.pull(tablet.author, tablet.after, 3)
    assert [grid["code"] for grid in page.scope] == ["LY-2"]
    page = await house.hub.pull(tablet.author, page.checkpoint, 3)
    aware = tablet.record("ticket.claim", T2, {"member": M1}, at="11:30", saw=1)
    out = tablet.record("ticket.note", T, {}, at="11:31", private={"text": "there again"})
    house.clock.set("3/18:00")
    await tablet.push()
    await house.hub.settle()
    await tablet.pull()
    heard = [tablet.verdict(change)["code"] for change in (unaware, still_unaware, aware, out)]
    assert heard == ["APPLIED", "APPLIED", "APPLIED", "OUT_OF_SCOPE"]
    await house.verified()


def served() -> dict[str, Any]:
    moments = {name: f"2026-11-23T0{hour}:00:00.000Z" for name, hour in (("start", 1), ("end", 2))}
    return {"member": M1, **{name: {"at": at, "run": 1} for name, at in moments.items()}}


async def test_only_a_page_with_the_new_scope_acknowledges_it(house: House) -> None:
    tablet = await house.tablet("A", G1)
    await tablet.pull()
    old = tablet.after
    await house.hub.assign(tablet.device, [G2])
    await house.hub.pull(tablet.author, old, 5)
    assert [row["from_seq"] for row in await scopes(house, tablet)] == [1]
    page = await house.hub.pull(tablet.author, old, 6)
    await house.hub.pull(tablet.author, page.checkpoint, 7)
    assert [(row["from_seq"], row["grids"]) for row in await scopes(house, tablet)] == [(1, [G1]), (7, [G2])]
    # A tablet that shows an old checkpoint again has not unlearned anything.
    await house.hub.pull(tablet.author, old, 9)
    assert len(await scopes(house, tablet)) == 2


async def scopes(house: House, tablet: Paper) -> list[dict[str, Any]]:
    wanted = select(SCOPE).where(SCOPE.c.device == tablet.device).order_by(SCOPE.c.from_seq)
    return await house.rows(wanted)


# Checkpoints


@pytest.mark.parametrize("after", ["", "nonsense", "ü", "AAAA", "e30="])
async def test_an_unknown_checkpoint_begins_anew(house: House, after: str) -> None:
    tablet = await house.tablet("A", G1)
    page = await house.hub.pull(tablet.author, after, 1)
    assert page.reset
    assert len(page.documents) == 10


async def test_a_foreign_or_altered_checkpoint_begins_anew(house: House) -> None:
    tablet, other = await house.tablet("A", G1), await house.tablet("B", G1)
    await tablet.pull()
    await other.pull()
    assert tablet.after is not None
    assert other.after is not None
    altered = tablet.after[:-6] + ("AAAAAA" if tablet.after[-6:] != "AAAAAA" else "BBBBBB")
    for after in (other.after, altered):
        assert (await house.hub.pull(tablet.author, after, 1)).reset
    assert not (await house.hub.pull(tablet.author, tablet.after, 1)).reset


async def test_a_renewed_tablet_goes_on_from_the_old_ones_checkpoint(house: House) -> None:
    tablet = await house.tablet("A", G1)
    tablet.record("ticket.open", T, order(), at="08:00")
    house.clock.set("09:00")
    await tablet.push()
    await house.hub.settle()
    await tablet.pull()
    again = await Paper.of(house, "again", await house.hub.renew(tablet.author))
    again.held, again.after = dict(tablet.held), tablet.after
    assert [page.reset for page in await again.pull()] == [False]
    assert again.verdict(str(tablet.changes[0]["id"]))["outcome"] == "APPLIED"
    await in_sync(again)


async def test_in_a_reset_what_was_not_sent_is_swept(house: House) -> None:
    tablet = await house.tablet("A", G1)
    await house.submit(LY, ("ticket.open", T, order()))
    await tablet.pull()
    await house.submit(LY, ("ticket.edit", T, {"grid": G2}))
    tablet.after = None
    (page,) = await tablet.pull()
    assert "LEFT" not in {document.state for document in page.documents}
    assert ("ticket", T) not in tablet.held
    await in_sync(tablet)


async def test_what_leaves_in_the_middle_of_a_reset_is_said(house: House) -> None:
    tablet = await house.tablet("A", G1)
    await house.submit(LY, ("ticket.open", T, order()), ("ticket.open", T2, order()))
    fresh: set[tuple[str, str]] = set()
    while ("ticket", T) not in tablet.held:
        page = await house.hub.pull(tablet.author, tablet.after, 1, 1)
        tablet.after = page.checkpoint
        for document in page.documents:
            tablet._take(document, fresh)
    await house.submit(LY, ("ticket.edit", T, {"grid": G2}))
    await in_sync(tablet)
    assert ("ticket", T) not in tablet.held


async def test_tombstones_are_kept_ninety_days_and_older_checkpoints_begin_anew(house: House) -> None:
    tablet = await house.tablet("A", G1)
    await house.submit(LY, ("ticket.open", T, order()))
    await in_sync(tablet)
    await house.submit(LY, ("ticket.edit", T, {"grid": G2}))
    house.clock.set("89/08:00")
    await house.hub.prune()
    assert len(await house.rows(select(DOCUMENT).where(DOCUMENT.c.state == "LEFT"))) == 1
    house.clock.set("91/08:00")
    await house.hub.prune()
    assert not await house.rows(select(DOCUMENT).where(DOCUMENT.c.state == "LEFT"))
    pages = await tablet.pull()
    assert pages[0].reset
    await in_sync(tablet)
    assert not (await tablet.pull())[0].reset
    await house.verified()


# Contact


async def test_a_pull_is_a_contact_and_the_newest_for_each_seq_is_kept(house: House) -> None:
    tablet = await house.tablet("A", G1)
    for moment, upcoming in (("09:00", 1), ("10:00", 1), ("11:00", 4)):
        house.clock.set(moment)
        await house.hub.pull(tablet.author, None, upcoming)
    rows = await house.rows(select(CONTACT).order_by(CONTACT.c.next))
    assert [(row["next"], row["at"]) for row in rows] == [(1, when("10:00")), (4, when("11:00"))]


async def test_only_tablets_pull(house: House) -> None:
    issued = await house.hub.issue_token(Role.READER)
    with pytest.raises(Refused) as refused:
        await house.hub.pull(await house.hub.authenticate(issued.token), None, 1)
    assert refused.value.code == "UNAUTHENTICATED"

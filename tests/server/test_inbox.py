"""Taking uploads: as if once however often, nothing by guesswork, and one bad change never blocks the next."""

from typing import Any

import pytest
from sqlalchemy import event, select

from schema.tables.change import CHANGE
from schema.tables.fork import FORK
from schema.tables.hole import HOLE
from schema.tables.quarantine import QUARANTINE
from schema.tables.tablet import TABLET
from schema.values import Refused
from sync.wire import MAX_CHANGES, PROTOCOL, Receipt, Upload
from tests.server.house import SALT, House, Paper
from tests.sync.world import G1, M1, M2, S, T, ident, when

ORDER = {"grid": G1, "category": "parking", "title": "Widen the entrance"}


async def ten(house: House) -> Paper:
    """A tablet with ten changes, none of which was sent."""
    tablet = await house.tablet("A", G1)
    tablet.record("ticket.open", T, ORDER, at="08:00")
    for minute in range(9):
        tablet.record("ticket.note", T, {}, at=f"08:1{minute}", private={"text": f"note {minute}"})
    house.clock.set("18:00")
    return tablet


async def log(house: House) -> list[dict[str, Any]]:
    """The tablets' part of the log."""
    lines = select(CHANGE).where(CHANGE.c.kind.like("ticket.%")).order_by(CHANGE.c.position)
    return await house.rows(lines)


async def test_the_same_upload_three_times_is_as_if_once(house: House) -> None:
    tablet = await ten(house)
    receipts = [await tablet.push() for _ in range(3)]
    assert [receipt.received_through for receipt in receipts] == [10, 10, 10]
    assert [row["seq"] for row in await log(house)] == list(range(1, 11))


async def test_halves_and_overlaps_are_as_if_once(house: House) -> None:
    tablet = await ten(house)
    await tablet.push(1, 5)
    await tablet.push(3, 8)
    await tablet.push(2, 4)
    receipt = await tablet.push(6)
    assert receipt.received_through == 10
    assert [row["id"] for row in await log(house)] == [change["id"] for change in tablet.changes]


async def test_a_deed_is_fixed_at_first_acceptance(house: House) -> None:
    tablet = await ten(house)
    await tablet.push()
    before = [row["deed"] for row in await log(house)]
    house.clock.set("2/18:00")
    await tablet.push()
    assert [row["deed"] for row in await log(house)] == before
    assert before[0] == when("08:00")


async def test_a_gap_takes_nothing_and_says_what_is_expected(house: House) -> None:
    tablet = await ten(house)
    await tablet.push(1, 2)
    with pytest.raises(Refused) as refused:
        await tablet.push(5)
    assert (refused.value.code, refused.value.details) == ("GAP", {"expected": 3})
    assert len(await log(house)) == 2


async def test_what_the_tablet_no_longer_has_is_a_hole_and_the_rest_is_taken(house: House) -> None:
    tablet = await ten(house)
    await tablet.push(1, 2)
    receipt = await tablet.push(6, oldest=6)
    assert receipt.received_through == 10
    assert [row["seq"] for row in await log(house)] == [1, 2, 6, 7, 8, 9, 10]
    (hole,) = await house.rows(select(HOLE))
    assert (hole["first"], hole["last"], hole["settlement"]) == (3, 5, None)
    await house.hub.settle()
    (hole,) = await house.rows(select(HOLE))
    assert hole["settlement"] is not None
    await house.verified()


async def test_an_empty_upload_asks_for_a_receipt(house: House) -> None:
    tablet = await ten(house)
    await tablet.push()
    receipt = await house.hub.push(tablet.author, Upload(1, 11, 11, (), ()))
    assert (receipt.received_through, receipt.settled_through, receipt.epoch) == (10, 0, 1)
    assert receipt.settles_at == "2026-11-23T18:00:00.000Z"
    await house.hub.settle()
    receipt = await house.hub.push(tablet.author, Upload(1, 11, 11, (), ()))
    assert (receipt.settled_through, receipt.durable_through) == (10, 10)


async def test_other_content_for_a_seq_is_refused_from_there_and_a_copy_set_aside(house: House) -> None:
    tablet = await ten(house)
    await tablet.push(1, 8)
    sent = list(tablet.changes)
    tablet.changes[4] = house.raw("ticket.note", T, {}, run=1) | {
        "private": {"salt": "6" * 32, "text": "another"}
    }
    with pytest.raises(Refused) as refused:
        await tablet.push()
    assert (refused.value.code, refused.value.details) == ("FORKED", {"seq": 5})
    assert len(await log(house)) == 8
    aside = await house.rows(select(FORK).order_by(FORK.c.seq))
    assert [row["seq"] for row in aside] == [5, 6, 7, 8, 9, 10]
    (row,) = await house.rows(select(TABLET))
    assert row["cloned_at"] is not None
    # What was received is still acknowledged; what is new is not taken under this device any more.
    tablet.changes = sent
    assert (await tablet.push(1, 8)).received_through == 8
    with pytest.raises(Refused, match="FORKED"):
        await tablet.push()
    await house.verified()
    await house.hub.prune()
    assert len(await house.rows(select(FORK))) == 6, "the copy is kept for thirty days"
    house.clock.set("31/18:00")
    await house.hub.prune()
    assert not await house.rows(select(FORK))


async def test_after_renew_everything_is_home_once_for_the_original_and_the_clone(house: House) -> None:
    original = await ten(house)
    await original.push(1, 6)
    clone = await Paper.of(house, "clone", _same(original))
    clone.changes = original.changes[:6]
    mine = original.record("ticket.note", T, {}, at="09:00", private={"text": "by the original"})
    theirs = clone.record("ticket.note", T, {}, at="09:01", private={"text": "by the clone"})
    assert (await original.push()).received_through == 11
    with pytest.raises(Refused, match="FORKED"):
        await clone.push()
    original.record("ticket.note", T, {}, at="09:02", private={"text": "one more"})
    with pytest.raises(Refused, match="FORKED"):
        await original.push()
    renewed = [await _renewed(house, tablet) for tablet in (original, clone)]
    assert [(await tablet.push()).received_through for tablet in renewed] == [12, 7]
    await house.hub.settle()
    ids = [row["id"] for row in await log(house)]
    assert len(ids) == len(set(ids)) == 13
    for tablet, change in zip(renewed, (mine, theirs), strict=True):
        await tablet.pull()
        assert tablet.verdict(change)["outcome"] == "APPLIED"
        own = {document.body["seq"] for document in tablet.held.values() if _own(document, tablet)}
        assert own == set(range(1, len(tablet.changes) + 1))
    await house.verified()


def _own(document: Any, tablet: Paper) -> bool:
    return bool(document.id.startswith(f"{tablet.device}:"))


def _same(tablet: Paper) -> Any:
    return type("Same", (), {"device": tablet.device, "token": tablet.token})()


async def _renewed(house: House, tablet: Paper) -> Paper:
    renewed = await Paper.of(house, f"{tablet.name} again", await house.hub.renew(tablet.author))
    renewed.changes = list(tablet.changes)
    return renewed


async def test_a_repeat_whose_verdict_was_given_before_is_told_in_the_next_night(house: House) -> None:
    tablet = await ten(house)
    await tablet.push()
    await house.hub.settle()
    renewed = await _renewed(house, tablet)
    assert (await renewed.push()).received_through == 10
    night = await house.hub.settle()
    assert night.number is not None
    await renewed.pull()
    told = [document.body for document in renewed.held.values() if _own(document, renewed)]
    assert sorted(body["seq"] for body in told) == list(range(1, 11))
    assert {body["outcome"] for body in told} == {"APPLIED"}
    assert (await house.hub.settle()).number is None
    await house.verified()


async def test_an_unreadable_and_a_forbidden_change_among_ten_leave_eight(house: House) -> None:
    tablet = await ten(house)
    tablet.changes[3] = {"id": "not a change", "note": 0.5}
    tablet.changes[6] = house.raw("ticket.dispatch", T, {"member": M1}, run=1)
    receipt = await tablet.push()
    assert [(one.seq, one.code) for one in receipt.quarantined] == [(4, "UNREADABLE")]
    night = await house.hub.settle()
    assert night.settled is not None
    assert night.settled.counts == {"APPLIED": 8, "QUARANTINED": 1}
    receipt = await tablet.push()
    assert [(one.seq, one.code) for one in receipt.quarantined] == [(4, "UNREADABLE"), (7, "FORBIDDEN")]
    await tablet.pull()
    assert tablet.verdict(str(tablet.changes[6]["id"]))["code"] == "FORBIDDEN"
    (row,) = await house.rows(select(QUARANTINE))
    assert row["raw"] == '{"id":"not a change","note":0.5}'
    await house.verified()


UNREADABLE: list[tuple[Any, str]] = [
    (None, "UNREADABLE"),
    ("text", "UNREADABLE"),
    ([1, 2], "UNREADABLE"),
    ({}, "UNREADABLE"),
    ({"\ud800": 1}, "UNREADABLE"),
    ({"deep": [[[[[[[[[[1]]]]]]]]]]}, "UNREADABLE"),
    ({"id": ident("x"), "kind": "ticket.explode"}, "UNREADABLE"),
]


@pytest.mark.parametrize(("element", "code"), UNREADABLE, ids=range(len(UNREADABLE)))
async def test_whatever_cannot_be_read_is_kept_under_its_seq(house: House, element: Any, code: str) -> None:
    tablet = await ten(house)
    tablet.changes[0] = element
    for _ in range(2):
        receipt = await tablet.push()
        assert receipt.received_through == 10
        assert [(one.seq, one.code) for one in receipt.quarantined] == [(1, code)]


async def test_an_unknown_kind_and_a_change_that_is_too_long_are_set_apart(house: House) -> None:
    tablet = await ten(house)
    tablet.changes[1] = house.raw("ticket.explode", T, {}, run=1)
    tablet.changes[2] = house.raw("ticket.open", T, {**ORDER, "place": "x" * 70_000}, run=1)
    receipt = await tablet.push()
    assert [one.code for one in receipt.quarantined] == ["UNKNOWN_KIND", "UNREADABLE"]
    assert receipt.quarantined[0].id == tablet.changes[1]["id"]


async def test_an_id_that_means_something_else_already_is_set_apart_alone(house: House) -> None:
    tablet, other = await ten(house), await house.tablet("B", G1)
    await tablet.push()
    other.record("ticket.note", T, {}, at="10:00", private={"text": "mine"})
    other.record("ticket.note", T, {}, at="10:01", private={"text": "also mine"})
    other.changes[0]["id"] = tablet.changes[3]["id"]
    receipt = await other.push()
    assert receipt.received_through == 2
    assert [(one.seq, one.code) for one in receipt.quarantined] == [(1, "ID_TAKEN")]
    assert len(await log(house)) == 11


async def test_the_same_change_twice_in_one_upload_counts_once(house: House) -> None:
    tablet = await ten(house)
    tablet.changes[5] = tablet.changes[4]
    assert (await tablet.push()).received_through == 10
    await house.hub.settle()
    assert len(await log(house)) == 9
    await tablet.pull()
    own = {document.body["seq"] for document in tablet.held.values() if _own(document, tablet)}
    assert own == set(range(1, 11))
    await house.verified()


async def test_too_much_at_once_and_an_unknown_protocol_are_refused(house: House) -> None:
    tablet = await ten(house)
    many = Upload(1, 1, 1, (), tuple(tablet.changes[:1] * (MAX_CHANGES + 1)))
    heavy = Upload(1, 1, 1, (), tuple("x" * 60_000 for _ in range(200)))
    newer = Upload(PROTOCOL + 1, 1, 1, (), ())
    for upload, code in ((many, "TOO_LARGE"), (heavy, "TOO_LARGE"), (newer, "PROTOCOL")):
        with pytest.raises(Refused) as refused:
            await house.hub.push(tablet.author, upload)
        assert refused.value.code == code
        assert refused.value.details
    assert not await log(house)


async def test_what_a_revoked_tablet_still_had_is_kept_thirty_days_and_it_hears_so(house: House) -> None:
    tablet = await ten(house)
    await tablet.push(1, 4)
    assert await house.hub.revoke(tablet.device)
    with pytest.raises(Refused) as told:
        await house.hub.authenticate(tablet.token)
    assert told.value.code == "REVOKED"
    revoked = await house.hub.authenticate(tablet.token, admit_revoked=True)
    with pytest.raises(Refused) as refused:
        await house.hub.push(revoked, tablet.upload())
    assert (refused.value.code, refused.value.details) == ("REVOKED", {"receivedThrough": 10})
    for call in (house.hub.pull(revoked, None, 1), house.hub.renew(revoked)):
        with pytest.raises(Refused, match="REVOKED"):
            await call
    assert len(await log(house)) == 4
    rows = await house.rows(select(QUARANTINE))
    assert [(row["seq"], row["code"]) for row in rows] == [(seq, "REVOKED") for seq in range(5, 11)]
    await house.hub.prune()
    assert len(await house.rows(select(QUARANTINE))) == 6
    house.clock.set("31/18:00")
    await house.hub.prune()
    assert not await house.rows(select(QUARANTINE))


async def test_a_revoked_tablets_next_upload_begins_with_what_was_kept_of_the_one_before(
    house: House,
) -> None:
    """So it shows that what stands before is its own; one that begins with something else is another copy's."""
    tablet = await ten(house)
    raws = [
        *tablet.changes,
        *(
            house.raw("ticket.note", T, {}, private={"salt": SALT, "text": "one more"})
            for _ in range(MAX_CHANGES)
        ),
    ]
    await tablet.push(1, 4)
    await house.hub.revoke(tablet.device)
    revoked = await house.hub.authenticate(tablet.token, admit_revoked=True)
    last, other = len(raws), house.raw("ticket.note", T, {}, private={"salt": SALT, "text": "one more"})
    steps: tuple[tuple[int, list[Any], int], ...] = (
        (5, raws[4:504], 3),
        (4, raws[3:503], 502),
        (503, raws[502:], last),
        (504, [other], 0),
        (505, [other], 0),
        (last + 1, [other], last - 1),
        (last + 1, [], last - 1),
        (503, raws[502:], last - 1),
        (last, raws[-1:], last),
    )
    for first, changes, through in steps:
        with pytest.raises(Refused) as refused:
            await house.hub.push(revoked, Upload(1, first, 1, (), tuple(changes)))
        assert (first, refused.value.details) == (first, {"receivedThrough": through})
    assert len(await house.rows(select(QUARANTINE))) == last - 4
    assert not await house.rows(select(FORK))


async def test_what_a_copy_of_a_revoked_tablet_had_is_kept_beside_it(house: House) -> None:
    tablet = await ten(house)
    await tablet.push(1, 6)
    await house.hub.revoke(tablet.device)
    revoked = await house.hub.authenticate(tablet.token, admit_revoked=True)
    copy = list(tablet.changes)
    for seq in (5, 6, 7):
        copy[seq - 1] = house.raw("ticket.note", T, {}, private={"salt": "6" * 32, "text": f"copy {seq}"})
    for changes in (tablet.changes, copy, copy):
        with pytest.raises(Refused, match="REVOKED"):
            await house.hub.push(revoked, Upload(1, 1, 1, (), tuple(changes)))
    assert [row["seq"] for row in await house.rows(select(QUARANTINE).order_by(QUARANTINE.c.seq))] == [
        7,
        8,
        9,
        10,
    ]
    assert [row["seq"] for row in await house.rows(select(FORK).order_by(FORK.c.seq))] == [5, 6, 7]


async def test_an_upload_takes_a_handful_of_statements_whatever_its_size(house: House) -> None:
    tablet = await ten(house)
    for number in range(400):
        tablet.record("ticket.note", T, {}, at="09:00", private={"text": f"{number}"})
    counts = [await _statements(house, tablet.push(1, 10)), await _statements(house, tablet.push(11))]
    assert counts[0] == counts[1] < 30


async def _statements(house: House, push: Any) -> int:
    seen: list[str] = []

    def note(*args: Any) -> None:
        seen.append(args[2])

    engine = house.hub.database._writer
    event.listen(engine, "before_cursor_execute", note)
    receipt: Receipt = await push
    event.remove(engine, "before_cursor_execute", note)
    assert receipt.received_through
    return len(seen)


async def test_private_parts_are_kept_apart_from_what_was_said_openly(house: House) -> None:
    tablet = await house.tablet("A", G1)
    private = {"contact": {"telephone": "5550100"}}
    tablet.record("ticket.open", T, ORDER, at="08:00", private=private)
    tablet.record("service.record", S, _served(M2), at="10:00", private={"summary": "carried it"})
    house.clock.set("18:00")
    await tablet.push()
    first = (await log(house))[0]
    assert "5550100" not in first["body"]
    assert "5550100" in first["private"]


def _served(member: str) -> dict[str, Any]:
    moments = {
        name: {"at": f"2026-11-23T0{hour}:00:00.000Z", "run": 1} for name, hour in (("start", 0), ("end", 1))
    }
    return {"member": member, **moments}


async def test_nobody_has_lost_more_than_a_life_of_changes(house: House) -> None:
    tablet = await ten(house)
    await tablet.push(1, 2)
    with pytest.raises(Refused) as refused:
        await tablet.push(2**53 - 1, oldest=2**53 - 1)
    assert (refused.value.code, refused.value.details) == ("GAP", {"expected": 3})
    await house.verified()

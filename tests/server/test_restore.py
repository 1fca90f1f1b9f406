"""A hub that was put back to an older copy of itself: everything is there again, once, and what is not is told."""

import copy
import json
from collections.abc import AsyncIterator
from io import StringIO
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from sqlalchemy import func, select

from schema.tables.change import CHANGE
from schema.tables.conflict import CONFLICT
from schema.tables.epoch import EPOCH
from schema.tables.fork import FORK
from schema.tables.quarantine import QUARANTINE
from schema.tables.reading import READING
from schema.tables.settlement import SETTLEMENT
from schema.values import Author, Refused, Role
from server import epochs, meta
from server.report import night_report
from server.report_text import print_night
from server.restore import RestoreFailed, restore
from sync.shapes import format_time
from sync.wire import EPOCH_SIZE, Opening
from tests.server.house import House, Paper, opened
from tests.server.lost import backed_up, bring_back, put_back, tickets, verdicts
from tests.sync.world import G1, G2, LY, M1, M2, T2, T, ident, when

pytestmark = pytest.mark.usefixtures("proving_at_once")

ORDER = {"grid": G1, "category": "parking", "title": "Widen the entrance"}


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A hub with a folder for backups."""
    async with opened(database_url, backups=tmp_path / "backups") as house:
        yield house


async def epoch(house: House) -> int:
    async with house.hub.read() as connection:
        return await connection.run_sync(meta.number, meta.EPOCH)


async def test_what_tablets_sent_and_offices_did_is_there_again_once(house: House) -> None:
    await house.submit(LY, ("ticket.open", T2, ORDER))
    a, b = await house.tablet("A", G1), await house.tablet("B", G1)
    await a.pull()
    await b.pull()
    file = await backed_up(house)
    # The first lost day: a ticket from the village, and the night that settles it.
    a.record("ticket.open", T, ORDER, at="09:00", private={"contact": {"telephone": "5550100"}})
    a.record("ticket.claim", T2, {"member": M1}, at="09:10")
    house.clock.set("18:00")
    await a.push()
    await house.hub.settle()
    await a.pull()
    await b.pull()
    # The second: the desk builds on it, the village on the desk, and a desk is new.
    house.clock.set("1/09:00")
    await house.submit(LY, ("ticket.dispatch", T, {"member": M2}))
    await house.submit(LY, ("ticket.edit", T2, {"title": "Widen it by a metre"}))
    await b.pull()
    b.record("ticket.claim", T, {"member": M2}, at="1/10:00")
    a.record("ticket.finish", T2, {"member": M1}, at="1/10:30")
    house.clock.set("1/18:00")
    await a.push(3)
    await b.push()
    await house.hub.settle()
    await house.submit(LY, ("ticket.close", T2, {"rating": 5}))
    issued = await house.hub.issue_token(Role.READER, LY)
    before, told = await tickets(house), await verdicts(house)
    assert before[T]["takers"] == [M2]
    assert before[T2]["state"] == "CLOSED"
    house.clock.set("2/09:00")
    restored = await put_back(house, file)
    assert (restored.epoch.epoch, restored.epoch.gaps) == (2, [])
    assert await house.rev() >= 2 * EPOCH_SIZE
    await bring_back(a, b)
    house.clock.set("3/02:00")
    await house.hub.settle()
    await bring_back(a, b)
    assert await tickets(house) == before
    assert await verdicts(house) == told
    assert (await house.hub.authenticate(issued.token)).role is Role.READER
    counted = await house.rows(select(func.count().label("n")).select_from(CHANGE))
    assert counted[0]["n"] == len(told)
    await house.verified()


async def test_work_that_does_not_build_on_a_lost_night_is_there_at_once(house: House) -> None:
    await house.submit(LY, ("ticket.open", T, ORDER))
    file = await backed_up(house)
    await house.submit(LY, ("ticket.edit", T, {"title": "Wider"}), ("ticket.dispatch", T, {"member": M1}))
    await house.submit(LY, ("ticket.open", T2, ORDER))
    await house.submit(LY, ("ticket.cancel", T2, {"reason": "twice"}))
    before = await tickets(house)
    restored = await put_back(house, file)
    assert (restored.epoch.replayed, restored.epoch.changes) == (3, 4)
    assert await tickets(house) == before
    assert (await house.hub.readiness()).unsettled == 0


async def test_what_a_night_decided_and_an_office_heard_by_asking_again_is_known_after_the_restore(
    house: House,
) -> None:
    tablet = await house.tablet("A", G1)
    tablet.record("ticket.open", T, ORDER, at="09:00")
    await tablet.push()
    file = await backed_up(house)
    desk = await house.desk(LY)
    raw = house.raw("ticket.dispatch", T, {"member": M1})
    (first,) = await house.hub.submit(desk, [raw])
    assert first.queued
    house.clock.set("18:00")
    await house.hub.settle()
    (again,) = await house.hub.submit(desk, [raw])
    assert again.outcome is not None
    await put_back(house, file)
    kept = await house.rows(select(EPOCH.c.confirmed).order_by(EPOCH.c.number))
    assert kept[-1]["confirmed"] == {raw["id"]: again.outcome.code}


async def test_a_revoked_tablet_stays_revoked_and_a_revoked_token_too(house: House) -> None:
    tablet = await house.tablet("A", G1)
    issued = await house.hub.issue_token(Role.DISPATCHER, LY)
    file = await backed_up(house)
    await house.hub.revoke(tablet.device)
    await house.hub.revoke(issued.id)
    await put_back(house, file)
    with pytest.raises(Refused, match="REVOKED"):
        await house.hub.authenticate(tablet.token)
    with pytest.raises(Refused, match="UNAUTHENTICATED"):
        await house.hub.authenticate(issued.token)


async def test_a_tablet_that_joined_since_goes_on_and_its_code_stays_used(house: House) -> None:
    code = await house.hub.code([G1])
    file = await backed_up(house)
    made = await house.hub.enrol(code.code, "A", "1.0")
    tablet = await house.tablet("B", G2)
    tablet.record("ticket.open", T, {**ORDER, "grid": G2}, at="09:00")
    await tablet.push()
    renewed = await house.hub.renew(await house.hub.authenticate(made.token))
    await put_back(house, file)
    for token in (made.token, tablet.token, renewed.token):
        assert (await house.hub.authenticate(token)).device is not None
    assert (await house.hub.authenticate(tablet.token)).scope == (G2,)
    with pytest.raises(Refused, match="CODE_INVALID"):
        await house.hub.enrol(code.code, "C", "1.0")
    await bring_back(tablet)
    await house.hub.settle()
    assert (await tickets(house))[T]["state"] == "OPEN"
    await house.verified()


async def test_work_in_a_scope_that_a_tablet_had_heard_of_still_counts(house: House) -> None:
    tablet = await house.tablet("A", G1)
    await tablet.pull()
    file = await backed_up(house)
    await house.hub.assign(tablet.device, [G2])
    await tablet.pull()
    await tablet.pull()
    tablet.record("ticket.open", T, {**ORDER, "grid": G2}, at="09:00")
    await tablet.push()
    house.clock.set("18:00")
    await put_back(house, file)
    await bring_back(tablet)
    await house.hub.settle()
    assert (await tickets(house))[T]["state"] == "OPEN"


async def test_readings_of_a_contact_are_not_forgotten(house: House) -> None:
    desk = await house.desk(LY)
    raw = house.raw("ticket.open", T, ORDER)
    await house.hub.submit(desk, [raw | {"private": {"salt": "5" * 32, "contact": {"name": "Li"}}}])
    tablet = await house.tablet("A", G1)
    file = await backed_up(house)
    assert await house.hub.read_contacts(desk, [T]) == {T: {"name": "Li"}}
    opening = Opening(house.ids.uuid7(), T, format_time(house.clock.now()), 1)
    await house.hub.push(tablet.author, tablet.upload(), [opening])
    await put_back(house, file)
    assert {row["device"] for row in await house.rows(select(READING))} == {None, tablet.device}


async def test_what_was_erased_comes_back_from_neither_backup_nor_journal(house: House) -> None:
    secret, other = "telephone 5550100", "telephone 5550199"
    author = await house.desk(LY)

    async def opened_with(ticket: str, words: str) -> None:
        raw = house.raw("ticket.open", ticket, ORDER) | {"private": {"salt": "5" * 32, "detail": words}}
        await house.hub.submit(author, [raw])

    await opened_with(T, secret)
    file = await backed_up(house)
    await opened_with(T2, other)
    for ticket in (T, T2):
        await house.submit(LY, ("ticket.redact", ticket, {"fields": ["detail"]}))
    folder = file.parent
    journals = b"".join(path.read_bytes() for path in folder.glob("*.journal"))
    assert other.encode() not in journals
    await put_back(house, file)
    assert {seen["detail"] for seen in (await tickets(house)).values()} == {None}
    rows = await house.rows(select(CHANGE.c.private, CHANGE.c.erased).where(CHANGE.c.kind == "ticket.open"))
    assert [(row["private"], row["erased"]) for row in rows] == [(None, ["detail"])] * 2
    await house.verified()
    again = await backed_up(house)
    assert secret.encode() not in again.read_bytes()
    assert other.encode() not in again.read_bytes()


async def test_a_redacting_of_lost_days_waits_for_the_ticket_and_then_erases(house: House) -> None:
    tablet = await house.tablet("A", G1)
    file = await backed_up(house)
    tablet.record("ticket.open", T, ORDER, at="09:00", private={"detail": "the yard behind"})
    await tablet.push()
    house.clock.set("18:00")
    await house.hub.settle()
    await house.submit(LY, ("ticket.redact", T, {"fields": ["detail"]}))
    await put_back(house, file)
    await bring_back(tablet)
    house.clock.set("1/02:00")
    await house.hub.settle()
    assert (await tickets(house))[T]["detail"] is None
    await house.verified()


async def test_a_ruling_whose_conflict_does_not_come_back_makes_no_night_of_its_own(house: House) -> None:
    await house.submit(LY, ("ticket.open", T, ORDER))
    tablet = await house.tablet("A", G1)
    await tablet.pull()
    file = await backed_up(house)
    tablet.record("ticket.close", T, {"rating": 5}, at="09:00", saw=0)
    house.clock.set("18:00")
    await tablet.push()
    await house.hub.settle()
    (conflict,) = await house.rows(select(CONFLICT.table))
    await house.submit(LY, ("conflict.rule", conflict["id"], {"stands": None, "reason": "Not done yet."}))
    await put_back(house, file)
    house.clock.set("1/02:00")
    assert (await house.hub.settle()).number is not None
    house.clock.set("2/02:00")
    assert (await house.hub.settle()).number is None, "nothing has come, and nothing is told again"
    await house.verified()
    # The tablet brings its conflict, and in the same night there is the ruling on it.
    await bring_back(tablet)
    house.clock.set("3/02:00")
    assert (await house.hub.settle()).number is not None
    (conflict,) = await house.rows(select(CONFLICT.table))
    assert conflict["state"] == "RULED"
    await house.verified()


async def test_a_revoked_tablet_is_asked_for_what_the_restore_lost_of_it(house: House) -> None:
    tablet = await house.tablet("A", G1)
    file = await backed_up(house)
    for number in range(3):
        tablet.record("ticket.open", ident(f"lost {number}"), ORDER, at="09:00")
    await tablet.push(1, 2)
    await put_back(house, file)
    await house.hub.revoke(tablet.device)
    revoked = await house.hub.authenticate(tablet.token, admit_revoked=True)
    # It believes that two are there, and that it sends the last; with an empty upload it asks.
    for first, last, through in ((3, 3, 0), (4, 4, 0), (1, 2, 2), (2, 3, 3), (4, 4, 2), (1, 3, 2), (3, 3, 3)):
        with pytest.raises(Refused) as refused:
            await house.hub.push(revoked, tablet.upload(first, last))
        assert (refused.value.code, refused.value.details) == ("REVOKED", {"receivedThrough": through})
    kept = await house.rows(select(QUARANTINE.c.seq).order_by(QUARANTINE.c.seq))
    assert [row["seq"] for row in kept] == [1, 2, 3]


async def test_each_copy_of_a_revoked_tablet_is_asked_for_what_another_copy_sent_in_its_place(
    house: House,
) -> None:
    """What was set apart under its numbers is not its own, so it goes on from what the log has."""
    original = await house.tablet("A", G1)
    clone = copy.copy(original)
    clone.changes = []
    file = await backed_up(house)
    for number in range(3):
        original.record("ticket.open", ident(f"lost {number}"), ORDER, at="09:00")
    for number in range(2):
        clone.record("ticket.open", ident(f"of the clone {number}"), ORDER, at="09:01")
    await original.push()
    await put_back(house, file)
    await house.hub.revoke(original.device)
    revoked = await house.hub.authenticate(original.token, admit_revoked=True)
    steps = (
        (clone, 1, 2, 2),
        (original, 4, 4, 1),
        (original, 2, 3, 0),
        (original, 1, 3, 3),
        (clone, 1, 2, 1),
        (clone, 2, 2, 2),
    )
    for tablet, first, last, through in steps:
        with pytest.raises(Refused) as refused:
            await house.hub.push(revoked, tablet.upload(first, last))
        assert (refused.value.code, refused.value.details) == ("REVOKED", {"receivedThrough": through})
    found = await house.rows(select(QUARANTINE.c.id)) + await house.rows(select(FORK.c.raw))
    told = " ".join(str(value) for row in found for value in row.values())
    assert [raw["id"] for raw in (*original.changes, *clone.changes) if raw["id"] not in told] == []


FEW = 2
"""How many changes a tablet's uploads carry here, so that it takes several of them."""


async def farewell(house: House, revoked: Author, tablet: Paper, heard: int) -> AsyncIterator[int]:
    """A revoked tablet hands over its outbox as clients do, one upload after another."""
    while True:
        with pytest.raises(Refused) as refused:
            await house.hub.push(revoked, tablet.upload(heard + 1, heard + FEW))
        heard = int(refused.value.details["receivedThrough"])
        yield heard
        if heard >= len(tablet.changes):
            return


async def test_two_copies_of_a_revoked_tablet_hand_over_all_they_have_whoever_comes_first(
    house: House,
) -> None:
    """Both went on under the same numbers, one of them sent a part, and the restore lost it.

    What the other has stands under these numbers, in quarantine, or in the log where it met the hub first
    (seed 100019 of the simulator); still each is asked for its own.
    """
    orders = sorted({*permutations((0, 0, 1, 1))})
    stories = [(sender, turns, False) for sender in (0, 1) for turns in orders]
    stories += [(sender, turns, True) for sender in (0, 1) for turns in (orders[0], orders[-1])]
    pairs = []
    for number, _ in enumerate(stories):
        original = await house.tablet(f"T{number}", G1)
        original.record("ticket.open", ident(f"before {number}"), ORDER, at="09:00")
        await original.push()
        clone = copy.copy(original)
        clone.changes = list(original.changes)
        pairs.append((original, clone))
    file = await backed_up(house)
    for number, (pair, (sender, *_)) in enumerate(zip(pairs, stories, strict=True)):
        for which, tablet in enumerate(pair):
            for one in range(4 + which):
                tablet.record("ticket.open", ident(f"{number} {which} {one}"), ORDER, at="09:01")
        await pair[sender].push(1, 4)
    await put_back(house, file)
    for pair, (sender, turns, in_its_place) in zip(pairs, stories, strict=True):
        heard = [4 if which == sender else 1 for which in (0, 1)]
        if in_its_place:
            other = pair[1 - sender]
            heard[1 - sender] = (await other.push(2)).received_through
            other.record("ticket.open", ident(f"after {other.changes[-1]['id']}"), ORDER, at="09:02")
        await house.hub.revoke(pair[0].device)
        revoked = await house.hub.authenticate(pair[0].token, admit_revoked=True)
        farewells = [farewell(house, revoked, *one) for one in zip(pair, heard, strict=True)]
        for turn in turns:
            await anext(farewells[turn], None)
        for going in farewells:
            async for _ in going:
                pass
    found = await house.rows(select(QUARANTINE.c.raw)) + await house.rows(select(FORK.c.raw))
    kept = {json.loads(row["raw"])["id"] for row in found}
    kept |= {row["id"] for row in await house.rows(select(CHANGE.c.id))}
    assert [
        raw["id"] for pair in pairs for tablet in pair for raw in tablet.changes[1:] if raw["id"] not in kept
    ] == []


async def test_where_the_journal_is_gone_it_is_told_from_when_on_work_is_missing(house: House) -> None:
    await house.submit(LY, ("ticket.open", T, ORDER))
    rev = await house.rev()
    file = await backed_up(house)
    house.clock.set("09:00")
    await house.submit(LY, ("ticket.edit", T, {"title": "Wider"}))
    for path in file.parent.glob("*.journal"):
        path.unlink()
    house.clock.set("10:00")
    restored = await put_back(house, file)
    (gap,) = restored.epoch.gaps
    assert (gap.from_rev, gap.from_at, gap.until_rev) == (rev, house.clock.now() - 3 * 3_600_000, None)
    assert (await tickets(house))[T]["title"] == "Widen the entrance"


async def test_where_the_journal_is_gone_it_is_told_although_a_restore_before_did_not_come_to_its_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What that restore had begun to write says nothing of the days before it."""
    await house.submit(LY, ("ticket.open", T, ORDER))
    rev = await house.rev()
    file = await backed_up(house)
    await house.submit(LY, ("ticket.edit", T, {"title": "Wider"}))
    for path in file.parent.glob("*.journal"):
        path.unlink()
    with monkeypatch.context() as dying:
        dying.setattr(epochs, "Epoch", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            await put_back(house, file)
    assert len([*file.parent.glob("*.journal")]) == 1
    house.clock.set("10:00")
    restored = await put_back(house, file)
    assert [gap.from_rev for gap in restored.epoch.gaps] == [rev]


async def test_a_part_of_the_journal_that_is_gone_is_told_from_and_until(house: House) -> None:
    await house.submit(LY, ("ticket.open", T, ORDER))
    first = await backed_up(house)
    rev = await house.rev()
    await house.submit(LY, ("ticket.edit", T, {"title": "Wider"}))
    house.clock.set("09:00")
    await backed_up(house)
    until = await house.rev()
    await house.submit(LY, ("ticket.edit", T, {"title": "Wider still"}))
    first.with_suffix(".journal").unlink()
    restored = await put_back(house, first)
    (gap,) = restored.epoch.gaps
    assert (gap.from_rev, gap.until_rev, gap.until_at) == (rev, until, house.clock.now())
    # Its author had seen what is missing, so it waits for the night.
    assert (await house.hub.readiness()).unsettled == 1
    await house.hub.settle()
    assert (await tickets(house))[T]["title"] == "Wider still"


async def test_restored_twice_and_from_an_older_copy_nothing_is_there_twice(house: House) -> None:
    first = await backed_up(house)
    await house.submit(LY, ("ticket.open", T, ORDER))
    second = await backed_up(house)
    await house.submit(LY, ("ticket.edit", T, {"title": "Wider"}))
    await put_back(house, second)
    await house.submit(LY, ("ticket.edit", T, {"title": "Wider still"}))
    before, told = await tickets(house), await verdicts(house)
    restored = await put_back(house, first)
    assert (restored.epoch.epoch, restored.epoch.gaps) == (3, [])
    assert await tickets(house) == before
    assert await verdicts(house) == told
    await house.verified()


async def test_an_online_change_that_is_sent_again_after_the_restore_counts_once(house: House) -> None:
    file = await backed_up(house)
    author = await house.desk(LY)
    raw = house.raw("ticket.open", T, ORDER)
    (first,) = await house.hub.submit(author, [raw])
    await put_back(house, file)
    (again,) = await house.hub.submit(author, [raw])
    assert first.outcome is not None
    assert again.outcome is not None
    assert (again.outcome.code, again.queued) == (first.outcome.code, False)
    assert len(await house.rows(select(CHANGE).where(CHANGE.c.id == raw["id"]))) == 1


async def test_who_had_seen_an_offices_work_of_lost_days_has_seen_it_still(house: House) -> None:
    await house.submit(LY, ("ticket.open", T, ORDER))
    tablet = await house.tablet("A", G1)
    file = await backed_up(house)
    await house.submit(LY, ("ticket.edit", T, {"priority": "HIGH", "title": "Wider"}))
    await tablet.pull()
    change = tablet.record("ticket.edit", T, {"priority": "LOW", "title": "As it was"}, at="07:30")
    house.clock.set("18:00")
    await put_back(house, file)
    await bring_back(tablet)
    await house.hub.settle()
    assert (await verdicts(house))[change] == "APPLIED"
    assert (await tickets(house))[T]["priority"] == "LOW"
    lines = await house.rows(select(CHANGE.c.deed).where(CHANGE.c.id == change))
    assert lines[0]["deed"] == when("07:30")
    await house.verified()


async def test_what_a_restore_alone_flips_is_told_in_the_next_report(house: House) -> None:
    await house.submit(LY, ("ticket.open", T, ORDER))
    tablet = await house.tablet("A", G1)
    await tablet.pull()
    file = await backed_up(house)
    tablet.record("ticket.claim", T, {"member": M1}, at="07:30")
    await tablet.push()
    house.clock.set("18:00")
    await house.hub.settle()
    await house.submit(LY, ("ticket.release", T, {"member": M1, "reason": "ill"}))
    house.clock.set("19:00")
    await put_back(house, file)
    # The tablet does not come back in time: there is nobody to be released.
    house.clock.set("1/02:00")
    report = await night_report(house.hub, await house.hub.settle())
    (flip,) = report["flipped"]
    assert (flip["kind"], flip["was"], flip["code"]) == ("ticket.release", "APPLIED", "NOT_A_TAKER")
    (restored,) = report["restores"]
    assert (restored["epoch"], restored["replayed"], restored["missing"]) == (2, 1, [])
    for language, words in (("en", "put back to an older copy"), ("zh", "较早的副本")):
        assert words in printed(report, language)
    await bring_back(tablet)
    house.clock.set("2/02:00")
    later = await night_report(house.hub, await house.hub.settle())
    assert (later["restores"], later["flipped"]) == ([], [])


async def test_the_report_says_from_when_until_when_offices_work_is_missing(house: House) -> None:
    file = await backed_up(house)
    await house.submit(LY, ("ticket.open", T, ORDER))
    for path in file.parent.glob("*.journal"):
        path.unlink()
    await put_back(house, file)
    tablet = await house.tablet("A", G1)
    tablet.record("ticket.open", T2, ORDER, at="07:30")
    await tablet.push()
    report = await night_report(house.hub, await house.hub.settle())
    (missing,) = report["restores"][0]["missing"]
    assert (missing["fromAt"], missing["untilRev"]) == (format_time(house.clock.now()), None)
    assert "work of offices is missing from 2026-11-23 07:00 on" in printed(report, "en")


def printed(report: dict[str, Any], language: str) -> str:
    console = Console(width=200, record=True, file=StringIO())
    print_night(console, report, language)
    return console.export_text()


async def test_a_copy_that_is_not_sound_is_not_put_back(house: House, tmp_path: Path) -> None:
    await house.submit(LY, ("ticket.open", T, ORDER))
    before = await house.rows(select(SETTLEMENT.c.number))
    wrong = tmp_path / "wrong.db"
    wrong.write_bytes(b"no database at all" * 1000)
    with pytest.raises(RestoreFailed, match="no backup of a hub"):
        await restore(house.hub.settings, house.clock, wrong)
    with pytest.raises(RestoreFailed, match="There is no file"):
        await restore(house.hub.settings, house.clock, tmp_path / "none.db")
    assert await house.rows(select(SETTLEMENT.c.number)) == before
    assert await epoch(house) == 1


async def test_what_was_there_is_kept_beside_the_backups(house: House) -> None:
    file = await backed_up(house)
    await house.submit(LY, ("ticket.open", T, ORDER))
    restored = await put_back(house, file)
    assert restored.replaced is not None
    again = await put_back(house, Path(restored.replaced))
    assert again.epoch.epoch == 3
    assert (await tickets(house))[T]["title"] == "Widen the entrance"


async def test_a_member_registered_online_is_not_registered_twice(house: House) -> None:
    file = await backed_up(house)
    person = {"unit": ident("unit 1"), "number": "077", "name": "party member 77"}
    await house.submit("district", ("member.register", ident("seventy-seven"), person))
    await put_back(house, file)
    found = await house.submit("district", ("member.register", ident("again"), person))
    assert found[0].outcome is not None
    assert found[0].outcome.code == "REGISTERED_BEFORE"

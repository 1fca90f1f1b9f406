"""A contact whose time is over is nowhere: not in the log, the things, the feed, the journal, a kept backup, a tablet."""

import hashlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from schema.tables.catalogue import METADATA
from schema.tables.change import CHANGE
from schema.tables.erasure import ERASURE
from schema.tables.quarantine import QUARANTINE
from schema.tables.ticket import TICKET
from server import attachments
from server.attachments import Piece, Taken
from server.proving import prove
from server.sweep import without_private
from tests.server.house import House, Paper, opened
from tests.server.lost import put_back, tickets
from tests.server.test_feed import in_sync
from tests.sync.world import G1, G3, LY, M1, T2, T, ident

pytestmark = pytest.mark.usefixtures("proving_at_once")

SECRET = "telephone 5550100"
ORDER = {"grid": G1, "category": "parking", "title": "Widen the entrance"}
LI = {"contact": {"telephone": SECRET}}
KEPT = {"contact": {"telephone": "5550111"}}


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A hub with a folder for backups."""
    async with opened(database_url, backups=tmp_path / "backups") as house:
        yield house


async def holding(house: House) -> list[str]:
    """The tables, and the files beside the hub, that still hold the secret."""
    found = []
    for table in METADATA.sorted_tables:
        rows = await house.rows(select(table))
        found += [table.name for row in rows if SECRET in repr(row)]
    folder = house.hub.settings.backups
    assert folder is not None
    found += [path.suffix for path in sorted(folder.rglob("*")) if path.is_file() and SECRET in _text(path)]
    return sorted(set(found))


def _text(path: Path) -> str:
    return path.read_bytes().decode(errors="replace")


async def closed_with_contacts(house: House, *, backup: bool = True) -> Paper:
    """Two tickets with the same contact, of a tablet (then backed up) and of the desk; both closed on Monday."""
    tablet = await house.tablet("A", G1)
    tablet.record("ticket.open", T, ORDER, at="07:00", private=LI)
    tablet.record("ticket.open", ident("open for ever"), ORDER, at="07:01", private=KEPT)
    tablet.record("ticket.finish", T, {"member": M1}, at="08:00")
    house.clock.set("08:30")
    await tablet.push()
    await house.hub.settle()
    if backup:
        await house.hub.back_up()
    desk = await house.desk(LY)
    raw = house.raw("ticket.open", T2, ORDER) | {"private": {"salt": "5" * 32, **LI}}
    await house.hub.submit(desk, [raw])
    await house.submit(LY, ("ticket.close", T, {}), ("ticket.cancel", T2, {"reason": "moved away"}))
    return tablet


async def test_when_its_time_is_over_a_contact_is_nowhere_and_all_still_adds_up(house: House) -> None:
    tablet = await closed_with_contacts(house)
    await tablet.pull()
    assert tablet.body("ticket", T)["contact"] == LI["contact"]
    assert await holding(house) == [".db", ".journal", "change", "document", "ticket"]
    house.clock.set("89/02:00")
    await house.hub.settle()
    assert "ticket" in await holding(house)
    house.clock.set("91/02:00")
    night = await house.hub.settle()
    assert night.number is not None
    assert await holding(house) == []
    await tablet.pull()
    assert tablet.body("ticket", T)["contact"] is None
    assert (await tickets(house))[ident("open for ever")]["contact"] == KEPT["contact"]
    await house.verified()
    assert await house.hub.settle() == (None, None, {})
    (backup,) = night_backups(house)
    assert prove(backup).problems == []


async def test_an_office_that_asks_again_after_the_erasure_hears_what_it_would_have_heard(
    house: House,
) -> None:
    """Seed 446 of the simulator: what was erased could not be compared, and made the repetition another's."""
    desk = await house.desk(LY)
    raw = house.raw("ticket.open", T2, ORDER) | {"private": {"salt": "5" * 32, **LI}}
    (first,) = await house.hub.submit(desk, [raw])
    await house.submit(LY, ("ticket.cancel", T2, {"reason": "moved away"}))
    house.clock.set("91/02:00")
    await house.hub.settle()
    (line,) = await house.rows(select(CHANGE.c.erased).where(CHANGE.c.id == raw["id"]))
    assert line["erased"]
    again = raw | {"at": "2027-02-23T03:00:00.000Z", "private": {"salt": "6" * 32, **LI}}
    assert await house.hub.submit(desk, [again]) == [first]
    (other,) = await house.hub.submit(desk, [again | {"saw": 7}])
    assert other.outcome is not None
    assert other.outcome.code == "ID_TAKEN"


def night_backups(house: House) -> list[Path]:
    folder = house.hub.settings.backups
    assert folder is not None
    return list(folder.glob("*.db"))


async def test_a_backup_that_was_carried_away_before_does_not_bring_it_back(
    house: House, tmp_path: Path
) -> None:
    await closed_with_contacts(house)
    (first,) = night_backups(house)
    away = tmp_path / "away"
    away.mkdir()
    elsewhere = Path(shutil.copy(first, away / first.name))
    house.clock.set("91/02:00")
    await house.hub.settle()
    assert SECRET in _text(elsewhere)
    restored = await put_back(house, elsewhere)
    assert restored.differences == []
    assert await holding(house) == []
    assert {one["contact"] for one in (await tickets(house)).values() if one["state"] != "OPEN"} == {None}
    await house.hub.settle()
    await house.verified()
    assert await holding(house) == []


async def test_a_hub_whose_newer_state_is_lost_shows_no_contact_that_is_overdue(
    house: House, database_url: str, tmp_path: Path
) -> None:
    """Only the backup is left; nobody can say any more what was erased, but the time can."""
    await closed_with_contacts(house)
    (newest,) = night_backups(house)
    house.clock.set("91/02:00")
    await put_back(house, newest)
    assert "ticket" not in await holding(house)
    assert "change" not in await holding(house)
    erased = await house.rows(select(ERASURE.c.names))
    assert erased == [{"names": ["contact"]}] * len(erased) != []
    await house.verified()


@pytest.mark.parametrize("on_disk", [False, True], ids=["in the copy", "gone from the copy as well"])
async def test_a_tablet_that_held_a_contact_before_the_backup_loses_it_with_the_restore(
    house: House, tmp_path: Path, *, on_disk: bool
) -> None:
    """The thing keeps its rev, but its tablet begins anew, and the next night says it under a new one."""
    tablet = await closed_with_contacts(house, backup=False)
    await tablet.pull()
    assert tablet.body("ticket", T)["contact"] == LI["contact"]
    await house.hub.back_up()
    (backup,) = night_backups(house)
    file = backup if on_disk else Path(shutil.copy(backup, tmp_path / backup.name))
    house.clock.set("91/02:00")
    await house.hub.settle()
    assert (SECRET in _text(file)) is not on_disk
    told = tablet.held[("ticket", T)].rev
    await put_back(house, file)
    await in_sync(tablet)
    assert tablet.body("ticket", T)["contact"] is None
    assert tablet.held[("ticket", T)].rev == told
    await house.hub.settle()
    await in_sync(tablet)
    assert tablet.body("ticket", T)["contact"] is None
    assert tablet.held[("ticket", T)].rev > told
    await house.verified()


async def test_what_never_stood_in_a_ticket_goes_as_well(house: House) -> None:
    await house.tablet("B", G1)
    tablet = await house.tablet("A", G3)
    refused = tablet.record("ticket.open", T, ORDER, at="07:00", private=LI)
    tablet.changes.append({"unreadable": [{"contact": SECRET}], "private": {"words": SECRET}, "kind": "x"})
    house.clock.set("08:00")
    await tablet.push()
    await house.hub.settle()
    assert await holding(house) == ["change", "quarantine"]
    house.clock.set("89/02:00")
    await house.hub.prune()
    assert await holding(house) == ["change", "quarantine"]
    house.clock.set("91/02:00")
    await house.hub.prune()
    await house.hub.prune()
    assert await holding(house) == []
    (line,) = await house.rows(select(CHANGE.c.erased).where(CHANGE.c.id == refused))
    assert line["erased"] == ["contact"]
    (apart,) = await house.rows(select(QUARANTINE.c.raw))
    assert apart["raw"] == '{"kind":"x","unreadable":[{}]}'
    await house.verified()


UNREADABLE: list[tuple[str, str]] = [
    ("no JSON at all", ""),
    ('"just a text with a telephone"', ""),
    ('{"data":{"contact":{"name":"n"},"title":"t"},"list":[{"phone":"1"},2]}', '{"data":{"title":"t"},"list":[{},2]}'),
]  # fmt: skip


@pytest.mark.parametrize(("raw", "left"), UNREADABLE)
def test_of_what_cannot_be_read_only_what_is_not_private_is_left(raw: str, left: str) -> None:
    assert without_private(raw) == left


async def test_a_night_that_has_only_contacts_to_erase_is_a_night(house: House) -> None:
    await closed_with_contacts(house, backup=False)
    house.clock.set("91/02:00")
    foretold = await house.hub.settle(dry_run=True)
    assert foretold.settled is not None
    assert {one.entity for one in foretold.settled.erased} == {T, T2}
    columns: Any = TICKET.table.c.contact_since
    assert len(await house.rows(select(columns).where(columns.is_not(None)))) == 2
    assert (await house.hub.settle()).number is not None
    assert await house.rows(select(columns).where(columns.is_not(None))) == []


async def test_a_copy_from_before_an_upgrade_is_kept_for_a_month(tmp_path: Path) -> None:
    async with opened(tmp_path) as house:
        copy = tmp_path / "hub.db.before-0001"
        copy.write_bytes(b"a copy")
        made = int(copy.stat().st_mtime * 1000)
        house.clock.set(made + 29 * 86_400_000)
        await house.hub.prune()
        assert copy.exists()
        house.clock.set(made + 31 * 86_400_000)
        await house.hub.prune()
        assert not copy.exists()


async def test_what_becomes_due_while_a_night_is_decided_goes_in_that_night(house: House) -> None:
    """A replay of the night reads what had been committed before it, and so must the night."""
    await house.submit(LY, ("ticket.open", T, ORDER), ("ticket.cancel", T, {"reason": "moved away"}))
    tablet = await house.tablet("A", G1)
    tablet.record("ticket.open", T2, ORDER, at="91/00:30")
    house.clock.set("91/01:00")
    await tablet.push()
    database, desk = house.hub.database, await house.desk(LY)
    late = house.raw("ticket.edit", T, {}, saw=await house.rev()) | {"private": {"salt": "5" * 32, **LI}}
    read, left = database.read_in_thread, [late]

    async def disturbed(work):  # type: ignore[no-untyped-def]
        done = await read(work)
        if left:
            await house.hub.submit(desk, [left.pop()])
        return done

    database.read_in_thread = disturbed  # type: ignore[method-assign]
    night = await house.hub.settle()
    database.read_in_thread = read  # type: ignore[method-assign]
    assert night.settled is not None
    assert [one.entity for one in night.settled.erased] == [T]
    assert await holding(house) == []
    await house.verified()


PHOTO = b"\xff\xd8\xff" + SECRET.encode() * 40
KEY = (T, hashlib.sha256(PHOTO).hexdigest())


async def with_a_photo(house: House) -> Paper:
    """A ticket with a photo, closed on Monday; then a backup."""
    tablet = await house.tablet("A", G1)
    tablet.record("ticket.open", T, ORDER, at="07:00")
    tablet.record("ticket.finish", T, {"member": M1}, at="08:00")
    house.clock.set("08:30")
    await tablet.push()
    piece = Piece("image/jpeg", len(PHOTO), 0, PHOTO)
    taken = await house.hub.database.write(attachments.take, tablet.author, KEY, piece, house.clock.now())
    assert taken == Taken(len(PHOTO), len(PHOTO), new=True)
    await house.hub.settle()
    await house.submit(LY, ("ticket.close", T, {}))
    await house.hub.back_up()
    return tablet


async def test_a_photo_goes_with_the_time_of_its_ticket_out_of_the_backups_too(house: House) -> None:
    await with_a_photo(house)
    assert await holding(house) == [".db", "attachment_part"]
    house.clock.set("89/02:00")
    await house.hub.prune()
    assert await holding(house) == [".db", "attachment_part"]
    house.clock.set("91/02:00")
    await house.hub.prune()
    assert await holding(house) == []


async def test_a_photo_goes_with_its_tickets_notes_and_an_older_backup_does_not_bring_it_back(
    house: House, tmp_path: Path
) -> None:
    await with_a_photo(house)
    before = Path(shutil.copy(night_backups(house)[0], tmp_path / "before.db"))
    assert SECRET in _text(before)
    await house.submit(LY, ("ticket.redact", T, {"fields": ["notes"]}))
    assert "attachment_part" not in await holding(house)
    await house.hub.back_up()
    assert await holding(house) == []
    await put_back(house, before)
    assert await holding(house) == []


async def test_what_never_came_whole_and_what_has_no_ticket_goes_after_a_month(house: House) -> None:
    tablet = await house.tablet("A", G1)
    tablet.record("ticket.open", T, ORDER, at="07:00")
    tablet.record("ticket.open", T2, {**ORDER, "grid": G3}, at="07:00")
    await tablet.push()
    half = Piece("image/jpeg", len(PHOTO) + 1, 0, PHOTO)
    for key, piece in ((KEY, half), ((T2, KEY[1]), Piece("image/jpeg", len(PHOTO), 0, PHOTO))):
        await house.hub.database.write(attachments.take, tablet.author, key, piece, house.clock.now())
    await house.hub.settle()
    house.clock.set("29/02:00")
    await house.hub.prune()
    assert await holding(house) == ["attachment_part"]
    house.clock.set("32/02:00")
    await house.hub.prune()
    assert await holding(house) == []

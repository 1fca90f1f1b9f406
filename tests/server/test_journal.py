"""The journal beside the backups: durable before the answer, whole or told, and nobody else's."""

import resource
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from schema.tables.change import CHANGE
from schema.values import Refused
from server import files, journal, meta
from server.journal import Entry, Segment
from server.settings import sqlite_url
from server.store import Hub
from tests.server.house import CountedIds, House, opened
from tests.sync.world import G1, LY, T2, T

pytestmark = pytest.mark.usefixtures("proving_at_once")

ORDER = {"grid": G1, "category": "parking", "title": "Widen the entrance"}


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A hub that has begun its journal."""
    async with opened(database_url, backups=tmp_path / "backups") as house:
        await house.desk(LY)
        # As a backup begins, without the rest of one.
        await house.hub.database.write(house.hub.journal.begin, house.clock.now())
        yield house


def segments(house: House) -> list[Segment]:
    folder = house.hub.settings.backups
    assert folder is not None
    found = [journal.read(path) for path in sorted(folder.glob("*.journal"))]
    return [one for one in found if one is not None]


def entries(house: House) -> list[Entry]:
    return [entry for segment in segments(house) for entry in segment.entries]


async def lines(house: House) -> int:
    return int((await house.rows(select(func.count().label("n")).select_from(CHANGE)))[0]["n"])


async def test_what_offices_do_is_in_the_journal_when_they_are_answered(house: House) -> None:
    (opened_one,) = await house.submit(LY, ("ticket.open", T, ORDER))
    (entry,) = entries(house)
    assert [line["id"] for line in entry.lines] == [opened_one.change]
    assert entry.outcomes == {opened_one.change: "APPLIED"}
    assert (entry.kind, entry.rev) == ("ONLINE", await house.rev())
    tablet = await house.tablet("A", G1)
    assert entries(house)[1].rows.keys() == {"tablet", "token", "scope"}
    await house.hub.revoke(tablet.device)
    await house.hub.revoke("nobody")
    assert [entry.revoked for entry in entries(house)[2:]] == [[tablet.device]]


async def test_what_tablets_send_is_not_in_it(house: House) -> None:
    tablet = await house.tablet("A", G1)
    before = len(entries(house))
    tablet.record("ticket.open", T, ORDER, at="07:30")
    await tablet.push()
    await tablet.pull()
    await house.hub.settle()
    assert len(entries(house)) == before


async def test_where_the_journal_cannot_be_written_offices_try_again_and_tablets_go_on(house: House) -> None:
    tablet = await house.tablet("A", G1)
    (segment,) = segments(house)
    moved = segment.path.rename(segment.path.with_suffix(".gone"))
    before = await lines(house)
    with pytest.raises(Refused, match="RETRY"):
        await house.submit(LY, ("ticket.open", T, ORDER))
    with pytest.raises(Refused, match="RETRY"):
        await house.hub.revoke(tablet.device)
    assert await lines(house) == before
    tablet.record("ticket.open", T2, ORDER, at="07:30")
    assert (await tablet.push()).received_through == 1
    moved.rename(segment.path)
    await house.submit(LY, ("ticket.open", T, ORDER))
    assert len(entries(house)) == 2


async def test_a_line_that_was_torn_or_spoilt_is_left_out_and_the_next_is_whole(house: House) -> None:
    await house.submit(LY, ("ticket.open", T, ORDER))
    (segment,) = segments(house)
    with segment.path.open("ab") as file:
        file.write(b'0123456789abcdef {"at":1,"number":7')
    await house.submit(LY, ("ticket.open", T2, ORDER))
    assert [entry.lines[0]["entity"] for entry in entries(house)] == [T, T2]
    text = segment.path.read_text()
    segment.path.write_text(text.replace("Widen", "Wider", 1))
    assert [entry.lines[0]["entity"] for entry in entries(house)] == [T2]
    segment.path.write_bytes(b"")
    assert segments(house) == []


async def test_what_was_rolled_back_after_it_was_written_gives_way_to_what_came_instead(house: House) -> None:
    def add(connection: Connection, name: str) -> None:
        house.hub.journal.add(connection, Entry(1, revoked=[name]))
        if name == "rolled back":
            raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError, match="full"):
        await house.hub.database.write(add, "rolled back")
    await house.hub.database.write(add, "committed")
    assert [entry.revoked for entry in entries(house)] == [["committed"]]


def test_a_full_disk_leaves_no_half_line(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    files.write_whole(path, b"first\n")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (9, limits[1]))
    try:
        with pytest.raises(OSError, match=r"space|large"):
            files.append(path, b"second\n")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    files.append(path, b"third\n")
    assert path.read_bytes() == b"first\nthird\n"


async def test_a_copy_of_the_database_does_not_write_into_its_journal(house: House, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.copy(Path((await house.hub.back_up()).path), elsewhere / "hub.db")
    settings = house.hub.settings
    copied = type(settings)(database_url=sqlite_url(elsewhere / "hub.db"), backups=settings.backups)
    async with await Hub.open(copied, house.clock, CountedIds("copy")) as hub:
        await House(hub, house.clock, CountedIds("copied")).desk(LY)
    assert entries(house) == []


async def test_entries_are_counted_where_there_is_no_journal_yet(database_url: str) -> None:
    async with opened(database_url) as house:
        await house.submit(LY, ("ticket.open", T, ORDER))
        async with house.hub.read() as connection:
            assert await connection.run_sync(meta.number, meta.JOURNAL) == 4
        with pytest.raises(Refused, match="RETRY"):
            await house.hub.database.write(house.hub.journal.begin, 0)


async def test_an_erased_text_leaves_every_segment_and_the_lines_are_still_whole(house: House) -> None:
    author = await house.desk(LY)
    raw = house.raw("ticket.open", T, ORDER) | {"private": {"salt": "5" * 32, "detail": "the yard behind"}}
    await house.hub.submit(author, [raw])
    await house.hub.back_up()
    await house.submit(LY, ("ticket.redact", T, {"fields": ["detail"]}))
    assert all(b"yard" not in segment.path.read_bytes() for segment in segments(house))
    first, second = entries(house)
    assert (first.lines[0]["private"], first.lines[0]["erased"]) == (None, ["detail"])
    assert second.lines[0]["kind"] == "ticket.redact"


async def test_a_redacting_that_joins_a_night_leaves_the_journal_with_it(house: House) -> None:
    author = await house.desk(LY)
    raw = house.raw("ticket.open", T, ORDER) | {"private": {"salt": "5" * 32, "detail": "the yard behind"}}
    await house.hub.submit(author, [raw])
    tablet = await house.tablet("A", G1)
    await tablet.pull()
    tablet.record("ticket.edit", T, {}, at="07:30", private={"detail": "behind the shed"})
    await tablet.push()
    await house.submit(LY, ("ticket.redact", T, {"fields": ["detail"]}))
    await house.hub.settle()
    assert all(b"yard" not in segment.path.read_bytes() for segment in segments(house))
    await house.verified()

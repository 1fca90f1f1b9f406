"""Moving a hub into another database and back: all of it or nothing, proved, and the old one takes nothing more."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from sqlalchemy import Connection, delete, select, update

from schema.tables.document import DOCUMENT
from schema.tables.meta import META
from schema.tables.service import SERVICE
from schema.values import Refused
from server import copying, moving
from server.copying import Digest, digests
from server.database import Database, Unavailable
from server.moving import Away, Move, MoveFailed, move, stay
from server.settings import sqlite_url
from server.store import Hub
from tests.databases import Databases
from tests.server.day import ORDER, two_days
from tests.server.house import CountedIds, HandClock, House, Paper, opened, settings
from tests.sync.world import G1, ident, when

NOW = when("3/08:00")


@pytest.fixture
def file(tmp_path: Path) -> str:
    return sqlite_url(tmp_path / "a file of its own.db")


@pytest.fixture
def other_url(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with databases.fresh(tmp_path_factory.mktemp("other")) as url:
        yield url


@asynccontextmanager
async def database(url: str) -> AsyncIterator[Database]:
    opened = await Database.open(url)
    try:
        yield opened
    finally:
        await opened.close()


def untold(_step: str, _done: int, _of: int) -> None: ...


async def moved(source: str, target: str) -> Move:
    async with database(source) as here, database(target) as there:
        return await move(here, there, NOW, untold)


async def summed(url: str) -> dict[str, Digest]:
    async with database(url) as here:
        return await here.read_in_thread(digests)


async def lived_in(url: str) -> list[Paper]:
    """Two days of a district in this database."""
    async with opened(url) as house:
        papers = await two_days(house)
        for paper in papers:
            await paper.pull()
        return papers


@asynccontextmanager
async def going_on(url: str, papers: list[Paper]) -> AsyncIterator[House]:
    """The district from the third day on, with the tablets that it had."""
    clock = HandClock(when("3/09:00"))
    async with await Hub.open(settings(url), clock, CountedIds("going on")) as hub:
        house = House(hub, clock, papers[0].house.ids)
        for paper in papers:
            paper.house = house
        yield house


async def test_a_district_moves_from_a_file_and_back_into_one_whole(
    database_url: str, file: str, tmp_path: Path
) -> None:
    papers = await lived_in(file)
    before = await summed(file)
    steps: list[tuple[str, int, int]] = []
    async with database(file) as here, database(database_url) as there:
        there_and = await move(here, there, NOW, lambda *step: steps.append(step))
    assert await summed(database_url) == before
    assert there_and.rows == sum(digest.rows for digest in before.values())
    assert {name: there_and.tables[name] for name in before} == {n: d.rows for n, d in before.items()}
    assert [step for step in steps if step[1] == step[2]] == [
        (name, there_and.rows, there_and.rows) for name in ("copy", "sum up", "compare")
    ]
    # The day goes on in the new one; tablets notice nothing, and nothing is done twice.
    async with going_on(database_url, papers) as house:
        (page,) = await papers[0].pull()
        assert not page.reset
        assert page.documents == ()
        papers[0].record("ticket.open", ident("after the move"), ORDER, at="3/08:30")
        await papers[0].push()
        await house.hub.settle()
        await house.verified()
    and_back = sqlite_url(tmp_path / "back.db")
    after = await summed(database_url)
    assert (await moved(database_url, and_back)).digest != there_and.digest
    assert await summed(and_back) == after
    async with going_on(and_back, papers) as house:
        await papers[0].pull()
        assert papers[0].body("ticket", ident("after the move"))["title"] == ORDER["title"]
        await house.verified()


async def test_the_database_that_a_hub_has_left_takes_nothing_more_and_is_otherwise_as_it_was(
    database_url: str, file: str
) -> None:
    async with opened(database_url) as house:
        tablet = await house.tablet("A", G1)
        for name in ("in time", "late"):
            tablet.record("ticket.open", ident(name), ORDER, at="08:00")
        await tablet.push(1, 1)
        before = await summed(database_url)
        # The server still runs when somebody moves its district away.
        done = await moved(database_url, file)
        for attempt in (
            tablet.push,
            tablet.pull,
            house.hub.settle,
            lambda: house.submit("district", ("ticket.open", ident("late"), ORDER)),
            lambda: house.hub.code([G1]),
        ):
            with pytest.raises(Refused) as refused:
                await attempt()
            assert refused.value.code == "RETRY"
        readiness = await house.hub.readiness()
        assert not readiness.ready
        assert "moved" in readiness.reasons[0]
        assert "sqlite" not in readiness.reasons[0]
    with pytest.raises(Away) as away:
        await Hub.open(settings(database_url), HandClock(), CountedIds())
    assert away.value.to == done.to
    after = await summed(database_url)
    assert {name for name in before if before[name] != after[name]} == {"meta"}
    assert after["meta"].rows == before["meta"].rows + 1
    with pytest.raises(Away):
        await moved(database_url, file)
    async with database(database_url) as here:
        assert await here.write(stay)
        assert not await here.write(stay)
    assert await summed(database_url) == before
    async with await Hub.open(settings(database_url), HandClock(), CountedIds()):
        pass


async def test_a_database_that_is_not_empty_is_not_moved_into(database_url: str, file: str) -> None:
    for url in (database_url, file):
        async with opened(url):
            pass
    before = await summed(database_url), await summed(file)
    with pytest.raises(MoveFailed, match="not empty"):
        await moved(database_url, file)
    with pytest.raises(MoveFailed, match="already"):
        await moved(file, file)
    assert (await summed(database_url), await summed(file)) == before


async def test_where_there_is_no_district_nothing_is_moved(database_url: str, file: str) -> None:
    with pytest.raises(MoveFailed, match="no district"):
        await moved(database_url, file)


def lose_a_row(connection: Connection) -> None:
    one = connection.execute(select(DOCUMENT.c.id).limit(1)).scalar_one()
    connection.execute(delete(DOCUMENT).where(DOCUMENT.c.id == one))


def change_a_cell(connection: Connection) -> None:
    connection.execute(update(SERVICE.table).values(day=SERVICE.table.c.day + 1))


@pytest.mark.parametrize("damage", [lose_a_row, change_a_cell])
async def test_what_arrives_otherwise_than_it_was_sent_is_not_kept(
    database_url: str, file: str, monkeypatch: pytest.MonkeyPatch, damage: Any
) -> None:
    papers = await lived_in(file)

    def damaged(source: Connection, target: Connection, told: Any) -> dict[str, int]:
        copied = copying.copy_rows(source, target, told)
        damage(target)
        return copied

    monkeypatch.setattr(moving, "copy_rows", damaged)
    with pytest.raises(MoveFailed, match="document" if damage is lose_a_row else "service"):
        await moved(file, database_url)
    monkeypatch.undo()
    assert not any(digest.rows for digest in (await summed(database_url)).values())
    # And so nothing stands in the way of another attempt, or of staying.
    async with going_on(file, papers) as house:
        await house.verified()
    await moved(file, database_url)


async def test_a_district_whose_tables_are_not_what_its_log_says_does_not_move(
    database_url: str, file: str
) -> None:
    await lived_in(database_url)
    async with database(database_url) as here:
        await here.write(change_a_cell)
    with pytest.raises(MoveFailed, match="lianxin verify"):
        await moved(database_url, file)
    assert not any(digest.rows for digest in (await summed(file)).values())


async def test_whoever_writes_during_a_move_waits_and_is_told_to_try_again(
    database_url: str, other_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(database_url) as house, database(other_url) as there, database(database_url) as here:
        tablet = await house.tablet("A", G1)
        tablet.record("ticket.open", ident("late"), ORDER, at="08:00")
        copying_now, go_on = anyio.Event(), anyio.Event()

        def slow(source: Connection, target: Connection, told: Any) -> dict[str, int]:
            anyio.from_thread.run_sync(copying_now.set)
            anyio.from_thread.run(go_on.wait)
            return copying.copy_rows(source, target, told)

        monkeypatch.setattr(moving, "copy_rows", slow)
        async with anyio.create_task_group() as group:
            group.start_soon(move, here, there, NOW, untold)
            await copying_now.wait()
            assert (await house.hub.readiness()).ready
            pushed = anyio.Event()

            async def push() -> None:
                with pytest.raises(Unavailable):
                    await tablet.push()
                pushed.set()

            group.start_soon(push)
            with anyio.move_on_after(0.1):
                await pushed.wait()
            assert not pushed.is_set()
            go_on.set()
    async with await Hub.open(settings(other_url), HandClock(when("3/09:00")), CountedIds("new")) as hub:
        receipt = await hub.push(tablet.author, tablet.upload())
    assert receipt.received_through == 1


async def test_the_journal_beside_the_backups_goes_on(database_url: str, file: str, tmp_path: Path) -> None:
    more: dict[str, Any] = {"backup": "0 3 * * *", "backups": tmp_path / "backups"}
    async with opened(database_url, **more):
        pass
    await moved(database_url, file)
    async with await Hub.open(settings(file, **more), HandClock(when("3/09:00")), CountedIds("new")) as hub:
        assert await hub.database.read_in_thread(hub.journal.is_on)
        segment = select(META.c.value).where(META.c.key == "segment")
        async with hub.read() as connection:
            assert (await connection.execute(segment)).scalar_one()
    assert len([*(tmp_path / "backups").glob("*.journal")]) == 1

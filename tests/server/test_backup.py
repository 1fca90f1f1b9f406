"""Backups: made while the hub works, proved before they count, on time inside `serve`, and no more than are kept."""

import shutil
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from filelock import FileLock
from sqlalchemy import JSON, Column, Connection, Integer, LargeBinary, insert, select, update

from schema.tables.member import MEMBER
from schema.tables.token import TOKEN
from server import backup, files
from server.app import create_app
from server.backup import BackupFailed
from server.proving import prove, proved
from server.references import REFERENCES
from server.settings import sqlite_url
from server.standing import standing
from tests.databases import looking_into
from tests.server.house import CountedIds, HandClock, House, Paper, opened, settings
from tests.sync.world import G1, LY, M1, T

pytestmark = pytest.mark.usefixtures("proving_at_once")

ORDER = {"grid": G1, "category": "parking", "title": "Widen the entrance"}
AT_THREE = "0 3 * * *"
on_a_file = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
"""A backup is one file, whatever it was made from."""
PATIENCE_S = 240
"""A proof gives way to everybody else on this machine."""


@pytest.fixture
async def kept(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A hub whose backups are scheduled."""
    async with opened(database_url, backups=tmp_path / "backups", backup=AT_THREE) as house:
        yield house


@asynccontextmanager
async def scheduled(house: House) -> AsyncIterator[None]:
    """The scheduled backups beside the test, until it ends."""
    async with anyio.create_task_group() as group:
        group.start_soon(backup.run, house.hub)
        yield
        group.cancel_scope.cancel()


async def until_waiting(house: House) -> None:
    """Wait until the scheduled run has done what was due, and waits for the next time."""
    with anyio.fail_after(PATIENCE_S):
        await house.clock.waiting.wait()
    house.clock.waiting = anyio.Event()


def stored(house: House, suffix: str = ".db") -> list[Path]:
    folder = house.hub.settings.backups
    assert folder is not None
    return sorted(folder.glob(f"*{suffix}"))


async def uploaded(house: House, count: int = 1) -> Paper:
    tablet = await house.tablet("A", G1)
    for _ in range(count):
        tablet.record("ticket.open", house.ids.uuid7(), ORDER, at="08:00")
    await tablet.push()
    return tablet


async def test_a_backup_is_the_whole_hub_in_one_file_that_can_be_proved(kept: House) -> None:
    await uploaded(kept)
    kept.clock.set("18:00")
    await kept.hub.settle()
    await uploaded(kept)
    made = await kept.hub.back_up()
    (path,) = stored(kept)
    assert (str(path), path.stat().st_size) == (made.path, made.size)
    proof = await proved(path)
    assert proof.ok, proof.problems
    assert proof.standing == await kept.hub.database.read_in_thread(standing)
    assert (proof.settlements, proof.changes) == (made.settlements, made.changes)
    beside = {one.suffix for one in path.parent.iterdir()} - {".marker"}
    assert beside == {".db", ".journal", ".lock"}


async def test_what_a_backup_holds_is_for_its_owner_alone(kept: House) -> None:
    await kept.hub.back_up()
    for path in [*stored(kept), *stored(kept, ".journal")]:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(stored(kept)[0].parent.stat().st_mode) == 0o700


async def test_only_a_proved_backup_makes_durable(kept: House) -> None:
    tablet = await uploaded(kept, 3)
    kept.clock.set("18:00")
    await kept.hub.settle()
    receipt = await tablet.push()
    assert (receipt.received_through, receipt.settled_through, receipt.durable_through) == (3, 3, 0)
    await kept.hub.back_up()
    tablet.record("ticket.note", T, {}, at="18:01", private={"text": "seen"})
    assert (await tablet.push(4)).durable_through == 3
    await kept.hub.back_up()
    assert (await tablet.push(5)).durable_through == 4


async def test_where_no_backups_are_scheduled_settled_is_durable(house: House) -> None:
    tablet = await uploaded(house, 2)
    house.clock.set("18:00")
    await house.hub.settle()
    assert (await tablet.push()).durable_through == 2


async def test_a_copy_that_is_not_sound_does_not_count(kept: House) -> None:
    tablet = await uploaded(kept)
    await kept.hub.back_up()
    tablet.record("ticket.note", T, {}, at="08:01", private={"text": "seen"})
    await tablet.push(2)

    def damage(connection: Connection) -> None:
        mine = MEMBER.table.c.id == M1
        connection.execute(update(MEMBER.table).where(mine).values(name="somebody else"))

    await kept.hub.database.write(damage)
    with pytest.raises(BackupFailed, match=r"replay: member \S+: name differs") as failure:
        await kept.hub.back_up()
    assert "somebody else" not in str(failure.value)
    assert len(stored(kept)) == 1
    assert (await tablet.push(3)).durable_through == 1


def spoil(path: Path, before: bytes, after: bytes) -> None:
    """As a disk does that lost a few bits: in one place, and not in the index that says the same."""
    path.write_bytes(path.read_bytes().replace(before, after, 1))


@on_a_file
async def test_a_file_with_a_spoilt_page_is_not_sound(kept: House, tmp_path: Path) -> None:
    await kept.desk(LY)
    path = Path((await kept.hub.back_up()).path)
    assert prove(path).ok
    (token,) = await kept.rows(select(TOKEN.c.hash).where(TOKEN.c.role == "dispatcher"))
    spoil(path, token["hash"].encode(), b"0" * 64)
    assert prove(path).problems[0].startswith("integrity check: ")
    assert not prove(tmp_path / "nothing.db").ok


@on_a_file
async def test_a_row_that_names_what_is_not_there_is_not_sound(kept: House, tmp_path: Path) -> None:
    sound, path = Path((await kept.hub.back_up()).path), tmp_path / "damaged.db"
    for column, named in REFERENCES:
        shutil.copy(sound, path)
        with looking_into(sqlite_url(path)) as damaging:
            damaging.execute(insert(column.table).values(orphan(column)))
            damaging.commit()
        said = f"{column.table.name}.{column.name} names 1 times what is not in {named.table.name}"
        assert f"foreign key: {said}" in prove(path).problems


def orphan(column: Column[Any]) -> dict[str, Any]:
    """A row that names nothing in its other columns, as far as it may, and in this one what nobody knows."""

    def some(one: Column[Any]) -> Any:
        if one.nullable and one is not column:
            return None
        match one.type:
            case Integer():
                return 77
            case LargeBinary():
                return b""
            case JSON():
                return []
            case _:
                return "nobody"

    return {one.name: some(one) for one in column.table.columns}


async def test_everybody_goes_on_writing_while_a_backup_is_made(kept: House) -> None:
    tablet = await uploaded(kept, 50)
    kept.clock.set("18:00")
    await kept.hub.settle()
    pushed = 0

    async def push() -> None:
        nonlocal pushed
        while True:
            tablet.record("ticket.note", T, {}, at="18:00", private={"text": "seen"})
            with anyio.fail_after(PATIENCE_S):
                await tablet.push(len(tablet.changes))
            pushed += 1

    async with anyio.create_task_group() as group:
        group.start_soon(push)
        await kept.hub.back_up()
        assert pushed > 0
        group.cancel_scope.cancel()
    await kept.verified()


async def test_so_many_are_kept_as_the_setting_says_each_with_its_journal(
    database_url: str, tmp_path: Path
) -> None:
    async with opened(database_url, backups=tmp_path / "backups", backups_kept=2) as house:
        names = [Path((await house.hub.back_up()).path).name for _ in range(4)]
        assert [path.name for path in stored(house)] == names[2:]
        assert [path.stem for path in stored(house, ".journal")] == [name[:-3] for name in names[2:]]


async def test_a_second_backup_at_the_same_time_is_refused(kept: House) -> None:
    await kept.hub.back_up()
    (lock,) = stored(kept, ".lock")
    with FileLock(lock), pytest.raises(BackupFailed, match="Another backup"):
        await kept.hub.back_up()


async def test_without_a_folder_there_is_no_backup(house: House) -> None:
    with pytest.raises(BackupFailed, match="LIANXIN_BACKUPS"):
        await house.hub.back_up()


async def test_backups_are_made_when_they_are_due_and_a_missed_one_at_once(kept: House) -> None:
    async with scheduled(kept):
        await until_waiting(kept)
        assert len(stored(kept)) == 1
        kept.clock.set("1/03:00")
        await until_waiting(kept)
        _, second = stored(kept)
        assert files.moment_of(second) == kept.clock.now()
    kept.clock.set("2/08:00")
    async with scheduled(kept):
        await until_waiting(kept)
        assert len(stored(kept)) == 3
    async with scheduled(kept):
        await until_waiting(kept)
        assert len(stored(kept)) == 3


class WaitedFor(HandClock):
    """Says when somebody waits for a moment."""

    def __init__(self) -> None:
        super().__init__()
        self.moment: int | None = None
        self.reached = anyio.Event()

    async def until(self, at: int) -> None:
        if at == self.moment:
            self.reached.set()
        await super().until(at)


async def test_whoever_serves_backs_up(database_url: str, tmp_path: Path) -> None:
    clock, given = WaitedFor(), settings(database_url, backups=tmp_path / "backups", backup=AT_THREE)
    clock.moment = given.backs_up_at(clock.now())
    app = create_app(given, clock, CountedIds())
    async with app.router.lifespan_context(app):
        # The one that was missed is made at once, and then the next is waited for.
        with anyio.fail_after(PATIENCE_S):
            await clock.reached.wait()
        assert len([*(tmp_path / "backups").glob("*.db")]) == 1
        assert (await app.state.hub.readiness()).ready


async def test_a_backup_that_fails_is_told_and_tried_again(kept: House) -> None:
    folder = kept.hub.settings.backups
    assert folder is not None
    await kept.hub.back_up()
    moved = folder.rename(folder.with_name("unplugged"))
    folder.write_text("a file where the folder was")
    assert not await backup.scheduled(kept.hub)
    readiness = await kept.hub.readiness()
    assert readiness.ready
    assert "No backup" in readiness.reasons[0]
    folder.unlink()
    async with scheduled(kept):
        await until_waiting(kept)
    assert len(stored(kept)) == 1
    assert (await kept.hub.readiness()).reasons == ()
    assert moved.is_dir()

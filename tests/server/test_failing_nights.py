"""A night that fails leaves nothing half done, says why, keeps nobody from uploading, and is completed by the next."""

import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from sqlalchemy import func, select

from schema.tables.catalogue import MAPPINGS
from schema.tables.outcome import OUTCOME
from schema.tables.settlement import SETTLEMENT
from server import database, nightly
from server.report import past_report
from server.store import Hub
from sync import points, settle
from sync.state import Accepted
from sync.work import Decision, Work
from tests.databases import binaries_or_skip, looking_into
from tests.door.house import GRID, MEMBER, House, standing
from tests.door.test_protocol import PULL, PUSH, enrolled, upload
from tests.server import full_disk
from tests.server.house import opened
from tests.sync.world import G1

ROOT = Path(__file__).parent.parent.parent
MANY = 60
HOUR = 3_600_000


@pytest.fixture
async def house(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    """A hub behind its door; nobody waits long for a database that is busy."""
    monkeypatch.setattr(database, "BUSY_TIMEOUT_S", 0.2)
    monkeypatch.setattr(database, "BEGIN_WRITING", database.BEGIN_WRITING.replace("30s", "200ms"))
    async with standing(database_url) as house:
        yield house


@contextmanager
def locked(house: House) -> Iterator[str]:
    """Somebody else has the database and does not let go; gives the fault that the hub then names."""
    with looking_into(house.hub.settings.database_url) as other:
        if house.hub.database.path is None:
            other.exec_driver_sql(f"SELECT pg_advisory_xact_lock({database.WRITERS_TURN})")
            yield "LockNotAvailable"
        else:
            other.exec_driver_sql("BEGIN IMMEDIATE")
            yield "SQLITE_BUSY"
        other.exec_driver_sql("ROLLBACK")


def tickets(house: House, count: int) -> list[dict[str, Any]]:
    return [
        house.change(
            "ticket.open",
            house.ids.uuid7(),
            {"grid": GRID, "category": "parking", "title": "停车" * 40, "priority": "HIGH"},
        )
        for _ in range(count)
    ]


async def pushed(house: House, role: str, *changes: Any, first: int = 1) -> int:
    answer = await house.ask(PUSH, role, upload=upload(*changes, first=first))
    return int(answer["push"]["receivedThrough"])


async def ready(house: House) -> tuple[int, list[str]]:
    answer = await house.http.get("/readyz")
    return answer.status_code, answer.json()["reasons"]


async def counted(hub: Hub, *tables: Any) -> list[int]:
    async with hub.read() as connection:
        return [
            (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in tables
        ]


TABLES = (SETTLEMENT, OUTCOME.table, MAPPINGS["ticket"].table, MAPPINGS["service"].table)


async def fails(house: House, *why: str) -> None:
    """The night fails for this reason, in /readyz too, and nothing of it is there."""
    before = await counted(house.hub, *TABLES)
    assert not await nightly.night(house.hub)
    assert await counted(house.hub, *TABLES) == before
    status, reasons = await ready(house)
    assert status == 200, "whoever routes by it must not send tablets away"
    assert all(part in reasons[0] for part in why), reasons
    assert (await house.hub.verify()).ok


async def completes(house: House, role: str, changes: int) -> None:
    """The next night does it all, and everybody hears."""
    assert await nightly.night(house.hub)
    assert await ready(house) == (200, [])
    page = (await house.ask(PULL, role, next=changes + 1, limit=1000))["pull"]
    told = [one["body"]["code"] for one in page["documents"] if one["collection"] == "verdict"]
    assert told == ["APPLIED"] * changes
    assert (await house.hub.verify()).ok


@contextmanager
def little_room(hub: Hub, kilobytes: int) -> Iterator[None]:
    """A disk on which the database may grow by so much and no more."""
    engine = hub.database._writer

    def limit(pages: int) -> int:
        with engine.connect() as connection:
            connection.rollback()
            driver: Any = connection.connection.driver_connection
            (now,) = driver.execute("PRAGMA page_count").fetchone()
            return int(driver.execute(f"PRAGMA max_page_count={now + pages}").fetchone()[0])

    limit(kilobytes // 4)
    try:
        yield
    finally:
        limit(1_000_000)


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_a_file_that_may_not_grow(house: House, caplog: pytest.LogCaptureFixture) -> None:
    role = await enrolled(house)
    await pushed(house, role, *tickets(house, MANY))
    house.clock.go_on()
    with little_room(house.hub, 60):
        await fails(house, "the database cannot be used", "SQLITE_FULL")
        assert await pushed(house, role, *tickets(house, 1), first=MANY + 1) == MANY + 1
    assert "SQLITE_FULL" in caplog.text
    house.clock.go_on()
    await completes(house, role, MANY + 1)


@pytest.mark.parametrize(("name", "fault"), [("sqlite", "SQLITE_FULL"), ("postgresql", "DiskFull")])
def test_a_full_disk(name: str, fault: str) -> None:
    if not full_disk.possible():
        pytest.skip("nobody may mount a small disk here")
    if name == "postgresql":
        binaries_or_skip()
    command = [*full_disk.alone(), sys.executable, "-m", full_disk.__name__, name]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "night": False,
        "nothing half done": True,
        "reasons": [f"the settlement failed: the database cannot be used ({fault})"],
        "replay": True,
        "upload": "taken",
        "next night": True,
        "reasons later": [],
        "told": ["APPLIED"],
        "replay later": True,
    }
    assert f"the settlement failed: the database cannot be used: {fault}" in done.stderr


async def test_a_database_that_somebody_else_has_locked(house: House) -> None:
    role = await enrolled(house)
    await pushed(house, role, *tickets(house, 3))
    with locked(house) as fault:
        await fails(house, "the database cannot be used", fault)
        assert await house.code(PUSH, role, upload=upload(*tickets(house, 1), first=4)) == "RETRY"
    assert await pushed(house, role, *tickets(house, 1), first=4) == 4
    house.clock.go_on()
    await completes(house, role, 4)


async def test_a_rule_that_fails_on_every_change(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    role = await enrolled(house)
    await pushed(house, role, *tickets(house, MANY))

    def defect(work: Work, accepted: Accepted) -> Decision:
        raise ZeroDivisionError("5550100")

    monkeypatch.setitem(settle.DECIDERS, "ticket.open", defect)
    await fails(house, "the rule of ticket.open fails on too many changes")
    assert "5550100" not in str(await ready(house))
    assert await pushed(house, role, *tickets(house, 1), first=MANY + 1) == MANY + 1
    monkeypatch.undo()
    house.clock.go_on()
    await completes(house, role, MANY + 1)


async def test_a_defect_beside_the_rules(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    role = await enrolled(house)
    await pushed(house, role, *tickets(house, 2))

    def defect(work: Work) -> None:
        if "ticket" in work.written:
            raise KeyError("5550100")

    monkeypatch.setattr(points, "total", defect)
    await fails(house, "the settlement failed: KeyError")
    assert await pushed(house, role, *tickets(house, 1), first=3) == 3
    monkeypatch.undo()
    house.clock.go_on()
    await completes(house, role, 3)


async def test_one_change_that_crashes_its_rule_is_set_apart_and_what_depends_on_it_waits(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = await enrolled(house)
    bad, good = tickets(house, 2)
    claims = [house.change("ticket.claim", one["entity"], {"member": MEMBER}) for one in (bad, good)]
    decide = settle.DECIDERS["ticket.open"]

    def defect(work: Work, accepted: Accepted) -> Decision:
        if accepted.change.id == bad["id"]:
            raise ZeroDivisionError
        return decide(work, accepted)

    monkeypatch.setitem(settle.DECIDERS, "ticket.open", defect)
    await pushed(house, role, bad, good, *claims)
    assert await nightly.night(house.hub)
    assert await ready(house) == (200, [])
    page = (await house.ask(PULL, role, next=5, limit=1000))["pull"]
    told = {one["body"]["seq"]: one["body"] for one in page["documents"] if one["collection"] == "verdict"}
    assert [told[seq]["code"] for seq in (1, 2, 3, 4)] == ["CRASHED", "APPLIED", "WAITS", "APPLIED"]
    assert told[1]["rule"] == "ticket.open"
    assert "ticket.open" in told[1]["sentence"]["en"]
    receipt = (await house.ask(PUSH, role, upload=upload(first=5, oldest=1)))["push"]
    assert [(one["seq"], one["code"]) for one in receipt["quarantined"]] == [(1, "CRASHED")]
    assert (await house.hub.verify()).ok


async def test_an_offices_change_that_crashes_its_rule_is_set_apart_and_said(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defect(work: Work, accepted: Accepted) -> Decision:
        raise ZeroDivisionError

    ticket = await house.ticket()
    monkeypatch.setitem(settle.DECIDERS, "ticket.cancel", defect)
    payload = await house.do("ticket.cancel", ticket, reason="nobody home")
    assert (payload["__typename"], payload["verdict"]["code"]) == ("Rejected", "CRASHED")
    assert (await house.hub.verify()).ok


async def test_why_a_night_failed_is_in_the_next_report(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = await enrolled(house)
    await pushed(house, role, *tickets(house, 1))

    def defect(work: Work) -> None:
        raise KeyError

    monkeypatch.setattr(points, "total", defect)
    assert not await nightly.night(house.hub)
    monkeypatch.undo()
    house.clock.go_on(HOUR)
    assert await nightly.night(house.hub)
    report = await past_report(house.hub)
    assert report is not None
    (failure,) = report["failures"]
    assert failure["reason"] == "the settlement failed: KeyError"
    house.clock.go_on(HOUR)
    await pushed(house, role, *tickets(house, 1), first=2)
    await nightly.night(house.hub)
    later = await past_report(house.hub)
    assert later is not None
    assert later["failures"] == []


async def test_a_failure_that_could_not_be_written_down_is_written_with_the_next_night(house: House) -> None:
    role = await enrolled(house)
    await pushed(house, role, *tickets(house, 1))
    with locked(house) as fault:
        assert not await nightly.night(house.hub)
    house.clock.go_on(HOUR)
    assert await nightly.night(house.hub)
    report = await past_report(house.hub)
    assert report is not None
    assert fault in report["failures"][0]["reason"]


async def test_a_night_that_failed_at_the_command_line_is_told_by_the_server(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = await enrolled(house)
    await pushed(house, role, *tickets(house, 1))

    def defect(work: Work) -> None:
        raise KeyError

    monkeypatch.setattr(points, "total", defect)
    async with await Hub.open(house.hub.settings, house.clock, house.ids) as command:
        with pytest.raises(KeyError):
            await command.settle()
    assert await ready(house) == (200, ["the settlement failed: KeyError"])
    monkeypatch.undo()
    house.clock.go_on()
    await completes(house, role, 1)


async def test_a_night_that_failed_is_tried_again_before_the_next_is_due(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(database_url) as small:
        tablet = await small.tablet("A", G1)
        tablet.record("ticket.note", tablet.device, {}, at="07:00", private={"text": "seen"})
        await tablet.push()
        before = (await small.hub.readiness()).settlement or 0
        due = small.hub.settings.settles_at(small.clock.now())

        def defect(work: Work) -> None:
            raise KeyError

        monkeypatch.setattr(points, "total", defect)
        async with anyio.create_task_group() as group:
            group.start_soon(nightly.run, small.hub)
            await small.clock.waiting.wait()
            for minutes, failures in ((0, 1), (1, 2), (6, 3)):
                small.clock.waiting = anyio.Event()
                small.clock.set(due + minutes * 60_000)
                await small.clock.waiting.wait()
                assert small.hub.health.failures == failures
            monkeypatch.undo()
            small.clock.waiting = anyio.Event()
            small.clock.set(due + 36 * 60_000)
            await small.clock.waiting.wait()
            group.cancel_scope.cancel()
        readiness = await small.hub.readiness()
        assert (readiness.reasons, readiness.settlement) == ((), before + 1)

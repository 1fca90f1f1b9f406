"""A contact is read and its reading noted in one transaction; and what tablets note of theirs is taken once."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from clients.python import stick
from schema.tables.reading import READING
from schema.values import Author, Refused, Role
from server import readings
from sync.clock import RunOffset
from sync.shapes import format_time
from sync.wire import Opening, Upload
from tests.server.house import House
from tests.sync.world import CG, G1, G2, G3, HOUR, LY, M1, M2, T2, T, when

ORDER = {"grid": G1, "category": "parking", "title": "Widen the entrance"}
LI = {"name": "Mrs Li", "telephone": "5550100"}


async def ordered(house: House, ticket: str = T, grid: str = G1) -> None:
    raw = house.raw("ticket.open", ticket, {**ORDER, "grid": grid})
    raw["private"] = {"salt": "5" * 32, "contact": LI}
    await house.hub.submit(await house.desk("district"), [raw])


async def noted(house: House) -> list[tuple[Any, ...]]:
    rows = await house.rows(select(READING).order_by(READING.c.at, READING.c.id))
    return [(row["ticket"], row["token"], row["device"], row["member"]) for row in rows]


async def member(house: House, of: str) -> Author:
    issued = await house.hub.issue_token(Role.MEMBER, member=of)
    return await house.hub.authenticate(issued.token)


async def test_whoever_may_read_a_contact_is_noted_and_nobody_else_gets_one(house: House) -> None:
    await ordered(house)
    await ordered(house, T2, G3)
    await house.submit(LY, ("ticket.claim", T, {"member": M1}))
    near, other = await house.tablet("A", G1), await house.tablet("B", G2)
    desk, taker = await house.desk(LY), await member(house, M1)
    for author in (desk, near.author, taker):
        assert await house.hub.read_contacts(author, [T, T2]) == {T: LI}
    for stranger in (other.author, await house.desk(CG), await member(house, M2)):
        assert await house.hub.read_contacts(stranger, [T]) == {}
    assert sorted(await noted(house), key=str) == sorted(
        [
            (T, desk.id, None, None),
            (T, near.author.id, near.device, None),
            (T, taker.id, None, M1),
        ],
        key=str,
    )


async def test_whoever_gave_the_ticket_back_reads_its_contact_no_more(house: House) -> None:
    await ordered(house)
    taker = await member(house, M1)
    await house.submit(LY, ("ticket.claim", T, {"member": M1}))
    assert await house.hub.read_contacts(taker, [T]) == {T: LI}
    await house.submit(LY, ("ticket.decline", T, {"member": M1}))
    assert await house.hub.read_contacts(taker, [T]) == {}


async def test_what_cannot_be_noted_is_not_given(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await ordered(house)
    desk = await house.desk(LY)

    def fail(*_: Any) -> None:
        raise OSError

    monkeypatch.setattr(readings, "add", fail)
    with pytest.raises(OSError):  # noqa: PT011 - whatever it is
        await house.hub.read_contacts(desk, [T])
    assert await noted(house) == []


async def test_what_is_erased_while_somebody_waits_for_the_writer_is_not_given(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reading is in the writer's transaction: what an older snapshot still had counts for nothing."""
    await ordered(house)
    desk = await house.desk(LY)
    really = readings.give

    def late(connection: Connection, *arguments: Any) -> Any:
        connection.exec_driver_sql("UPDATE ticket SET contact = NULL")
        return really(connection, *arguments)

    monkeypatch.setattr(readings, "give", late)
    assert await house.hub.read_contacts(desk, [T]) == {}


async def test_what_a_tablet_opened_is_noted_once_when_it_was_done_by_the_hubs_clock(house: House) -> None:
    await ordered(house)
    tablet = await house.tablet("A", G1)
    opening = Opening(house.ids.uuid7(), T, format_time(when("05:00")), 3, M1)
    future = Opening(house.ids.uuid7(), T, format_time(when("09:00")), 3)
    behind = Upload(1, 1, 1, (RunOffset(3, HOUR, 5),), ())
    for _ in range(2):
        await house.hub.push(tablet.author, behind, [opening, future])
    rows = await house.rows(select(READING.c.at, READING.c.member, READING.c.device).order_by(READING.c.at))
    assert rows == [
        {"at": when("06:00"), "member": M1, "device": tablet.device},
        {"at": house.clock.now(), "member": None, "device": tablet.device},
    ]
    await house.verified()


async def test_what_was_opened_is_noted_whatever_becomes_of_the_changes(house: House) -> None:
    tablet = await house.tablet("A", G1)
    gap = Upload(1, 7, 1, (), ("x",))
    opening = Opening(house.ids.uuid7(), T, format_time(when("05:00")), 3)
    with pytest.raises(Refused, match="GAP"):
        await house.hub.push(tablet.author, gap, [opening])
    assert [ticket for ticket, *_ in await noted(house)] == [T]


async def test_openings_come_by_stick_as_well(house: House, tmp_path: Path) -> None:
    tablet = await house.tablet("A", G1)
    opening = {"id": house.ids.uuid7(), "ticket": T, "at": format_time(when("05:00")), "run": 1}
    head = {
        "protocol": 1,
        "from": 1,
        "oldest": 1,
        "runs": [],
        "device": tablet.device,
        "after": None,
        "next": 1,
        "openings": [opening],
    }
    file = tmp_path / "day.lianxin"
    file.write_bytes(stick.pack(head, [], tablet.token))
    for _ in range(2):
        await house.hub.import_file(file)
    assert await noted(house) == [(T, tablet.author.id, tablet.device, None)]

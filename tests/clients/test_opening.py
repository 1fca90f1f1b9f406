"""Opening a contact on a tablet is noted before it is shown, and is with the hub after the next meeting, once."""

from pathlib import Path
from typing import Any

from sqlalchemy import select

from clients.python import stick
from schema.tables.reading import READING
from tests.clients.district import Carried, District, grid, member
from tests.clients.kit import HOUR
from tests.clients.road import answer_lost

CONTACT = {"telephone": "555 0100"}


def noted(district: District) -> list[tuple[Any, ...]]:
    async def read() -> list[tuple[Any, ...]]:
        async with district.hub.read() as connection:
            rows = await connection.execute(select(READING.c.ticket, READING.c.device, READING.c.member))
            return [tuple(row) for row in rows]

    return district.call(read)


def ordered(district: District, **more: Any) -> tuple[Carried, str]:
    carried = district.carry("A", "LY-1", **more)
    ticket = carried.tablet.open_ticket(grid("LY-1"), "parking", "门前停车难", contact=CONTACT)
    return carried, ticket.entity


def test_what_was_opened_offline_is_noted_at_the_next_meeting_once(district: District) -> None:
    carried, ticket = ordered(district)
    assert carried.tablet.open_contact(ticket, by=member("001")) == CONTACT
    assert noted(district) == []
    carried.road.spoil("push", answer_lost)
    carried.sync()
    assert carried.sync().synced
    assert noted(district) == [(ticket, carried.tablet.device, member("001"))]
    district.world.go_on(HOUR)
    carried.tablet.open_contact(ticket)
    assert carried.sync().synced
    assert carried.sync().synced
    assert len(noted(district)) == 2


def test_where_there_is_no_contact_nothing_was_opened(district: District) -> None:
    carried = district.carry("A", "LY-1")
    ticket = carried.tablet.open_ticket(grid("LY-1"), "parking", "门前停车难")
    assert carried.tablet.open_contact(ticket.entity) is None
    assert carried.tablet.open_contact(member("001")) is None
    assert carried.sync().synced
    assert noted(district) == []


def test_what_was_opened_outlives_the_app_and_goes_by_stick(district: District, tmp_path: Path) -> None:
    carried, ticket = ordered(district)
    carried.tablet.open_contact(ticket)
    carried.restart()
    file = tmp_path / "day.lianxin"
    carried.tablet.export(file)
    head, _ = stick.unpack(file.read_bytes(), carried.tablet._token())
    assert [one["ticket"] for one in head["openings"]] == [ticket]
    district.call(district.hub.import_file, file)
    assert noted(district) == [(ticket, carried.tablet.device, None)]
    assert carried.sync().synced
    assert len(noted(district)) == 1

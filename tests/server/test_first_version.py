"""A district that the first rule book settled, opened today: its nights are rebuilt from their effects, and nothing differs."""

import gzip
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.store import Hub
from tests.server.house import CountedIds, HandClock, House, settings
from tests.sync.world import when

KEPT = Path(__file__).with_name("first_version.sql.gz")
"""Two days and a night of tests/server/day.py, as version 1 of the rule book and of the tables left them.

With them a service for an activity, which version 1 did not know and so held.
"""


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """The hub on that database, brought up to today's tables, on the morning after."""
    connection = sqlite3.connect(tmp_path / "hub.db")
    connection.executescript(gzip.decompress(KEPT.read_bytes()).decode())
    connection.close()
    clock, ids = HandClock(when("3/08:00")), CountedIds("today")
    async with await Hub.open(settings(tmp_path), clock, ids) as hub:
        yield House(hub, clock, ids)


async def test_what_an_older_rule_book_settled_follows_from_its_log(house: House) -> None:
    await house.verified()


async def test_the_nights_that_follow_go_by_todays_rule_book(house: House) -> None:
    await house.submit("district", ("member.edit", "0193a000-0000-7000-8000-000000000001", {"name": "Li"}))
    house.clock.set("4/02:00")
    await house.hub.settle()
    await house.verified()

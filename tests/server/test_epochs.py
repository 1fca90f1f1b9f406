"""An older copy of a hub is noticed: by the marker beside it, or by a tablet that knows more. One new epoch, not five."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from schema.tables.epoch import EPOCH
from server.report import past_report
from server.standing import Marker, Standing
from sync.wire import EPOCH_SIZE
from tests.clients.district import Carried, District, World, grid, member, serving
from tests.databases import Databases

pytestmark = pytest.mark.usefixtures("proving_at_once")

NAMES = ("A", "B", "C", "D", "E")
LEAP_DAYS = "0 0 29 2 *"
"""Backups are scheduled, so that tablets keep what none of them holds; and none is due in these days."""


class Story:
    """A district that goes on from one run of its server to the next, on one database."""

    def __init__(self, folder: Path, databases: Databases, url: str) -> None:
        self.folder = folder
        self.databases = databases
        self.url = url
        self.backup = ""
        self.world = World()
        self.copies = ExitStack()
        self.aside = ""

    def serve(self, part: Callable[[District], None]) -> None:
        more: dict[str, Any] = {"backups": self.folder / "backups", "backup": self.backup}
        with serving(self.folder, self.world, url=self.url, **more) as district:
            part(district)

    def copy(self) -> None:
        """Copy the database, as an administrator does while the server is off."""
        place = self.folder / "copy"
        place.mkdir()
        self.aside = self.copies.enter_context(self.databases.copy(self.url, place))

    def copy_back(self, *, with_marker: bool = False) -> None:
        """Put the copy back while the server is off; `with_marker` as a snapshot of the whole disk does."""
        self.databases.put_back(self.aside, self.url)
        if with_marker:
            (marker,) = self.markers()
            marker.unlink()

    def markers(self) -> list[Path]:
        """The file beside the database, or among the backups, that remembers how far it was."""
        return list(self.folder.rglob("*.marker"))


on_a_file = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
"""What is the same on both databases, and shown on both by the first two tests."""


@pytest.fixture
def story(tmp_path: Path, databases: Databases, database_url: str) -> Iterator[Story]:
    story = Story(tmp_path, databases, database_url)
    with story.copies:
        yield story


@pytest.fixture
def kept(story: Story) -> Story:
    """Backups are scheduled here."""
    story.backup = LEAP_DAYS
    return story


def epochs(district: District) -> list[dict[str, Any]]:
    async def asked() -> list[dict[str, Any]]:
        async with district.hub.read() as connection:
            rows = await connection.execute(select(EPOCH).order_by(EPOCH.c.number))
            return [dict(row) for row in rows.mappings()]

    return district.call(asked)


def verified(district: District) -> None:
    found = district.call(district.hub.verify)
    assert found.ok, found.differences


def titles(carried: Carried) -> list[str]:
    return sorted(view.body["title"] for view in carried.tablet.list("ticket"))


def five_lost_days(story: Story) -> None:
    """Five tablets, a copy, and a day and a night that the copy does not have."""

    def before(district: District) -> None:
        district.load()
        for name in NAMES:
            district.carry(name, "LY-1")

    def lost(district: District) -> None:
        tablets = [district.carry(name, enrol=False) for name in NAMES]
        for carried in tablets:
            carried.tablet.open_ticket(grid("LY-1"), "parking", f"ticket of {carried.name}")
            assert carried.sync().synced
        district.settle()
        for carried in tablets:
            assert carried.sync().synced
        tablets[0].tablet.claim(min(tablets[0].held("ticket")), member("001"))
        assert tablets[0].sync().synced
        district.settle()
        for carried in tablets:
            assert carried.sync().synced

    story.serve(before)
    story.copy()
    story.serve(lost)


def five_come_back(story: Story, reason: str) -> None:
    def after(district: District) -> None:
        tablets = [district.carry(name, enrol=False) for name in NAMES]
        for carried in tablets:
            report = carried.sync()
            assert report.synced, report.reason
        district.settle()
        for carried in tablets:
            report = carried.sync()
            assert report.synced, report.reason
            status = carried.tablet.status()
            assert (status.epoch, status.unsettled, status.alarm) == (2, 0, False)
            assert titles(carried) == [f"ticket of {name}" for name in NAMES]
            assert {verdict.outcome for verdict in carried.tablet.verdicts()} == {"APPLIED"}
        assert [(row["number"], row["reason"]) for row in epochs(district)] == [(2, reason)]
        verified(district)

    story.serve(after)


def test_five_tablets_of_lost_days_begin_one_epoch_where_the_marker_was_lost_too(kept: Story) -> None:
    five_lost_days(kept)
    kept.copy_back(with_marker=True)
    five_come_back(kept, "WITNESS")


def test_a_copied_back_file_is_noticed_by_its_marker_before_anybody_comes(kept: Story) -> None:
    five_lost_days(kept)
    kept.copy_back()
    five_come_back(kept, "COPIED_BACK")


@on_a_file
def test_a_witness_of_an_earlier_epoch_only_resets(kept: Story) -> None:
    five_lost_days(kept)
    kept.copy_back(with_marker=True)

    def after(district: District) -> None:
        first, *others = [district.carry(name, enrol=False) for name in NAMES]
        assert first.sync().synced
        assert len(epochs(district)) == 1
        for carried in others:
            assert carried.sync().synced
        assert len(epochs(district)) == 1

    kept.serve(after)


@on_a_file
def test_an_ordinary_restart_begins_nothing(story: Story) -> None:
    five_lost_days(story)
    story.serve(verified)

    def again(district: District) -> None:
        carried = district.carry("A", enrol=False)
        assert carried.sync().synced
        assert epochs(district) == []
        assert carried.tablet.status().epoch == 1

    story.serve(again)


@on_a_file
def test_offices_work_of_lost_days_is_done_again_however_they_were_noticed(story: Story) -> None:
    def before(district: District) -> None:
        district.load()
        district.call(district.hub.back_up)
        district.carry("A", "LY-1")

    def lost(district: District) -> None:
        carried = district.carry("A", enrol=False)
        ticket = district.ids.uuid7()
        district.office("ticket.open", ticket, grid=grid("LY-1"), category="parking", title="by the desk")
        assert carried.sync().synced
        carried.tablet.claim(ticket, member("001"))
        assert carried.sync().synced

    story.serve(before)
    story.copy()
    story.serve(lost)
    story.copy_back(with_marker=True)

    def after(district: District) -> None:
        carried = district.carry("A", enrol=False)
        assert carried.sync().synced
        assert titles(carried) == ["by the desk"]
        district.settle()
        assert carried.sync().synced
        (view,) = carried.tablet.list("ticket")
        assert [taker["member"] for taker in view.body["takers"]] == [member("001")]
        assert {verdict.outcome for verdict in carried.tablet.verdicts()} == {"APPLIED"}
        assert (epochs(district)[0]["replayed"], epochs(district)[0]["missing"]) == (1, None)
        verified(district)

    story.serve(after)


@on_a_file
def test_a_hole_that_nobody_can_fill_is_in_the_next_report(story: Story) -> None:
    def before(district: District) -> None:
        district.load()
        district.carry("A", "LY-1")

    def lost(district: District) -> None:
        carried = district.carry("A", enrol=False)
        carried.tablet.open_ticket(grid("LY-1"), "parking", "nobody has it any more")
        carried.sync()
        district.settle()
        carried.sync()
        assert carried.tablet._outbox.oldest() == 2
        carried.tablet.open_ticket(grid("LY-1"), "parking", "still there")

    story.serve(before)
    story.copy()
    story.serve(lost)
    story.copy_back()

    def after(district: District) -> None:
        carried = district.carry("A", enrol=False)
        assert carried.sync().synced
        district.settle()
        carried.sync()
        assert titles(carried) == ["still there"]
        report = district.call(past_report, district.hub)
        assert report is not None
        assert report["holes"] == [{"tablet": "A", "from": 1, "through": 1}]
        verified(district)

    story.serve(after)


@on_a_file
def test_a_new_database_beside_an_old_marker_is_a_new_hub(story: Story) -> None:
    five_lost_days(story)
    for path in story.folder.glob("hub.db*"):
        if path.suffix != ".marker":
            path.unlink()

    def after(district: District) -> None:
        district.load()
        assert epochs(district) == []

    story.serve(after)
    (marker,) = story.markers()
    marked = Marker(marker).read()
    assert marked is not None
    assert marked.rev < 2 * EPOCH_SIZE


def test_a_marker_never_goes_back_and_a_broken_one_says_nothing(tmp_path: Path) -> None:
    marker = Marker(tmp_path / "hub.db.marker")
    assert marker.read() is None
    late = Standing("hub", 1, 20, 7, 3, "digest", 0)
    marker.write(late)
    marker.write(Standing("hub", 1, 19, 9, 2, "another", 0))
    assert marker.read() == late
    assert marker.path is not None
    marker.path.write_text("{")
    assert marker.read() is None
    Marker(None).write(late)
    nested = Marker(tmp_path / "no folder yet" / "marker")
    nested.write(late)
    assert nested.read() == late


def test_a_marker_that_cannot_be_written_is_told_once_and_leaves_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "marker").mkdir()
    marker = Marker(tmp_path / "marker")
    for rev in (20, 21):
        marker.write(Standing("hub", 1, rev, 7, 3, "digest", 0))
    assert [record.getMessage() for record in caplog.records] == [
        "the marker beside the database cannot be written: Is a directory"
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["marker"]

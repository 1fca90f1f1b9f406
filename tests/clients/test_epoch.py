"""The hub was restored from an older copy: a new epoch begins, and the tablets bring back what it lost."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from sync.wire import EPOCH_SIZE
from tests.clients.district import District, World, grid, member, serving
from tests.clients.test_devices import copied, opened, titles_of


def back_up(folder: Path) -> None:
    """A whole copy of the hub's database, taken while it runs."""
    with sqlite3.connect(folder / "hub.db") as hub, sqlite3.connect(folder / "backup.db") as backup:
        hub.backup(backup)
    hub.close()
    backup.close()


def restore(folder: Path) -> None:
    """What a restore does: the older copy, under a new epoch."""
    for file in folder.glob("hub.db*"):
        file.unlink()
    (folder / "backup.db").rename(folder / "hub.db")
    with sqlite3.connect(folder / "hub.db") as hub:
        hub.execute("UPDATE meta SET value = '2' WHERE key = 'epoch'")
        hub.execute("UPDATE meta SET value = ? WHERE key = 'rev'", (str(2 * EPOCH_SIZE),))
    hub.close()


Story = Callable[[District], None]


@pytest.fixture
def epochs(tmp_path: Path) -> Callable[[Story, Story], None]:
    """Runs one story before the restore and one after it."""

    def run(before: Story, after: Story) -> None:
        world = World()
        with serving(tmp_path, world) as district:
            district.load()
            before(district)
        restore(tmp_path)
        with serving(tmp_path, world) as district:
            after(district)

    return run


def test_what_the_hub_lost_is_sent_again_and_counts_once(epochs: Callable[[Story, Story], None]) -> None:
    device = ""

    def before(district: District) -> None:
        nonlocal device
        carried = district.carry("A", "LY-1")
        device = carried.tablet.device or ""
        carried.tablet.open_ticket(grid("LY-1"), "parking", "一")
        carried.sync()
        back_up(district.folder)
        carried.tablet.open_ticket(grid("LY-1"), "parking", "二")
        carried.sync()
        carried.tablet.open_ticket(grid("LY-1"), "parking", "三")

    def after(district: District) -> None:
        carried = district.carry("A", enrol=False)
        assert carried.tablet.device == device
        report = carried.sync()
        assert (report.state, report.sent) == ("SYNCED", 2)
        assert carried.tablet.status().epoch == 2
        district.settle()
        carried.sync()
        assert sorted(view.body["title"] for view in carried.tablet.list("ticket")) == ["一", "三", "二"]
        assert {verdict.outcome for verdict in carried.tablet.verdicts()} == {"APPLIED"}
        assert all(view.rev < EPOCH_SIZE * 3 for view in carried.tablet.list("ticket"))

    epochs(before, after)


def test_a_copy_that_sent_other_changes_under_the_seqs_that_the_hub_lost_hides_none_of_them(
    epochs: Callable[[Story, Story], None],
) -> None:
    def before(district: District) -> None:
        original = district.carry("A", "LY-1")
        opened(original, "共")
        original.sync()
        clone = copied(district, original)
        back_up(district.folder)
        opened(original, "原一", "原二", "原三")
        original.sync()
        opened(original, "原四")
        opened(clone, "副一", "副二", "副三")

    def after(district: District) -> None:
        clone, original = (district.carry(name, enrol=False) for name in ("B", "A"))
        for carried in (clone, original):
            assert carried.sync().synced
        district.settle()
        assert original.sync().synced
        assert titles_of(original) == sorted(["共", "原一", "原二", "原三", "原四", "副一", "副二", "副三"])
        assert original.tablet.pending() == []

    epochs(before, after)


def test_a_tablet_that_was_revoked_after_the_restore_hands_over_what_the_hub_lost(
    epochs: Callable[[Story, Story], None],
) -> None:
    def before(district: District) -> None:
        carried = district.carry("A", "LY-1")
        back_up(district.folder)
        carried.tablet.open_ticket(grid("LY-1"), "parking", "一")
        assert carried.sync().synced

    def after(district: District) -> None:
        carried = district.carry("A", enrol=False)
        device = carried.tablet.device or ""
        district.call(district.hub.revoke, device)
        assert carried.sync().state == "REVOKED"
        with sqlite3.connect(district.folder / "hub.db") as hub:
            kept = hub.execute("SELECT device, seq, code FROM quarantine").fetchall()
        hub.close()
        assert kept == [(device, 1, "REVOKED")]

    epochs(before, after)


def test_a_restore_between_push_and_pull_is_noticed_in_the_same_meeting(
    epochs: Callable[[Story, Story], None],
) -> None:
    def before(district: District) -> None:
        carried = district.carry("A", "LY-1")
        back_up(district.folder)
        carried.tablet.open_ticket(grid("LY-1"), "parking", "一")
        carried.sync()

    def after(district: District) -> None:
        carried = district.carry("A", enrol=False)
        with carried.tablet._store.step("as if the push had gone before the restore"):
            carried.tablet._store.put(heard=carried.tablet._outbox.next_seq())
        assert carried.sync().synced
        assert carried.road.operations()[:3] == ["now", "pull", "push"]
        assert carried.tablet.status().unsent == 0
        district.settle()
        carried.sync()
        assert len(carried.held("ticket")) == 1

    epochs(before, after)


def test_what_a_tablet_had_let_go_is_a_hole_and_the_rest_goes_on(
    epochs: Callable[[Story, Story], None],
) -> None:
    """The backup was older than the hub had promised: what nobody has any more cannot hold up the rest."""

    def before(district: District) -> None:
        carried = district.carry("A", "LY-1")
        back_up(district.folder)
        carried.tablet.open_ticket(grid("LY-1"), "parking", "没有人再有")
        carried.sync()
        district.settle()
        carried.sync()
        assert carried.tablet._outbox.oldest() == 2
        carried.tablet.open_ticket(grid("LY-1"), "parking", "还在")

    def after(district: District) -> None:
        carried = district.carry("A", enrol=False)
        assert carried.sync().synced
        district.settle()
        carried.sync()
        assert [view.body["title"] for view in carried.tablet.list("ticket")] == ["还在"]
        assert [verdict.outcome for verdict in carried.tablet.verdicts()] == ["APPLIED", "APPLIED"]

    epochs(before, after)


def test_a_device_made_after_the_backup_enrols_again_and_loses_nothing(
    epochs: Callable[[Story, Story], None],
) -> None:
    def before(district: District) -> None:
        back_up(district.folder)
        carried = district.carry("A", "LY-1")
        carried.tablet.open_ticket(grid("LY-1"), "parking", "一")
        carried.sync()
        district.settle()
        carried.tablet.claim(next(iter(carried.held("ticket")), grid("LY-1")), member("001"))

    def after(district: District) -> None:
        carried = district.carry("A", enrol=False)
        assert carried.sync().state == "ENROL"
        carried.tablet.enrol(district.code("LY-1"), "A")
        assert carried.sync().synced
        district.settle()
        carried.sync()
        assert [view.body["title"] for view in carried.tablet.list("ticket")] == ["一"]

    epochs(before, after)

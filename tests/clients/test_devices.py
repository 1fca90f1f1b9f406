"""Devices come and go: cloned, set back to an old copy, thrown out, revoked. What was done on them is home, once."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from clients.python.failures import Erased
from clients.python.outbox import Recorded
from tests.clients.district import Carried, District, grid, member
from tests.clients.road import Fault, answer_cut, answer_lost, busy, request_lost

Settle = Callable[[], None]


def opened(carried: Carried, *titles: str) -> list[Recorded]:
    return [carried.tablet.open_ticket(grid("LY-1"), "parking", title) for title in titles]


def titles_of(carried: Carried) -> list[str]:
    return sorted(view.body["title"] for view in carried.tablet.list("ticket"))


def copied(district: District, carried: Carried, name: str = "B") -> Carried:
    """A second tablet on a copy of the first one's file, as a repair shop makes it."""
    carried.restart()
    path = district.folder / f"{name}.db"
    shutil.copy(carried.path, path)
    wal = Path(f"{carried.path}-wal")
    if wal.exists():
        shutil.copy(wal, f"{path}-wal")
    return district.carry_copy(carried, path)


@pytest.mark.parametrize("first", ["original", "clone"])
def test_of_a_tablet_and_its_clone_everything_is_home_once(district: District, first: str) -> None:
    original = district.carry("A", "LY-1")
    opened(original, "共一", "共二")
    original.sync()
    opened(original, "未传一")
    clone = copied(district, original)
    opened(original, "原一", "原二")
    opened(clone, "副一", "副二", "副三")
    pair = [original, clone] if first == "original" else [clone, original]
    device = original.tablet.device
    for carried in (*pair, *pair):
        assert carried.sync().synced
        assert carried.tablet.status().unsent == 0
    assert pair[1].tablet.device != device
    district.settle()
    for carried in pair:
        assert carried.sync().synced
        assert titles_of(carried) == sorted(
            ["共一", "共二", "未传一", "原一", "原二", "副一", "副二", "副三"]
        )
        assert carried.tablet.pending() == []
    told = [{verdict.outcome for verdict in carried.tablet.verdicts()} for carried in pair]
    assert told == [{"APPLIED"}, {"APPLIED"}]


def test_a_renewed_tablet_keeps_its_changes_and_gives_them_new_seqs(district: District) -> None:
    carried = district.carry("A", "LY-1")
    opened(carried, "一", "二")
    carried.sync()
    district.settle()
    carried.sync()
    carried.sync()
    three, four = opened(carried, "三", "四")
    bodies = [kept.body for kept in carried.tablet._outbox.waiting()]
    before = carried.tablet.device
    assert carried.tablet.renew().device != before
    assert [(kept.id, kept.seq) for kept in carried.tablet._outbox.waiting()] == [(three.id, 1), (four.id, 2)]
    assert [kept.body for kept in carried.tablet._outbox.waiting()] == bodies
    assert opened(carried, "五")[0].seq == 3
    assert carried.sync().synced
    district.settle()
    assert carried.sync().synced
    assert titles_of(carried) == sorted(["一", "二", "三", "四", "五"])
    assert {verdict.outcome for verdict in carried.tablet.verdicts()} == {"APPLIED"}


def test_a_tablet_set_back_to_an_old_copy_of_itself_is_renewed(district: District) -> None:
    """Its file was restored from last week's copy; the hub has more of this device than the file knows of."""
    carried = district.carry("A", "LY-1")
    opened(carried, "一")
    carried.sync()
    old = copied(district, carried, "old copy")
    opened(carried, "二", "三")
    carried.sync()
    district.settle()
    carried.close()
    device = old.tablet.device
    assert old.sync().synced
    assert old.tablet.device != device
    opened(old, "四")
    assert old.sync().synced
    district.settle()
    assert old.sync().synced
    assert titles_of(old) == sorted(["一", "二", "三", "四"])


def test_where_the_renewal_is_not_answered_the_next_meeting_renews(district: District) -> None:
    original = district.carry("A", "LY-1")
    clone = copied(district, original)
    opened(original, "原")
    opened(clone, "副")
    original.sync()
    clone.road.spoil("renew", answer_lost)
    clone.road.spoil("renew", request_lost, number=2)
    assert clone.sync().state == "AGAIN"
    assert clone.sync().state == "AGAIN"
    assert clone.sync().synced
    district.settle()
    clone.sync()
    assert titles_of(clone) == ["副", "原"]


def test_a_tablet_that_nobody_knows_any_more_enrols_again_with_its_outbox(district: District) -> None:
    carried = district.carry("A", "LY-1")
    sent = opened(carried, "已传")
    carried.sync()
    waiting = opened(carried, "未传")
    with carried.tablet._store.step("a token that is not valid"):
        carried.tablet._store.put(token="nobody's")
    assert carried.sync().state == "ENROL"
    assert carried.tablet.status().unsent == 1
    carried.tablet.enrol(district.code("LY-1"), "A 又一次")
    assert carried.sync().synced
    district.settle()
    assert carried.sync().synced
    assert titles_of(carried) == ["已传", "未传"]
    assert carried.outcome(waiting[0].id) == "APPLIED"
    assert carried.outcome(sent[0].id) in {"APPLIED", "DUPLICATE"}
    assert carried.tablet.pending() == []


def test_a_revoked_tablet_hands_over_what_it_has_and_erases_itself(district: District) -> None:
    carried = district.carry("A", "LY-1")
    opened(carried, "已传")
    carried.sync()
    carried.tablet.open_ticket(grid("LY-1"), "parking", "未传", contact={"telephone": "555 0199"})
    assert carried.tablet.device is not None
    assert district.call(district.hub.revoke, carried.tablet.device)
    report = carried.sync()
    assert report.state == "REVOKED"
    status = carried.tablet.status()
    assert (status.revoked, status.device) == (True, None)
    assert carried.tablet.verdicts() == []
    assert carried.tablet.list("member") == []
    carried.tablet.close()
    left = b"".join(file.read_bytes() for file in district.folder.glob("A.db*"))
    assert b"555" not in left
    assert "党员".encode() not in left
    carried.restart()
    with pytest.raises(Erased):
        carried.tablet.claim(member("a ticket"), member("001"))
    assert carried.sync().state == "REVOKED"


@pytest.mark.parametrize("fault", [request_lost, answer_lost, answer_cut, busy])
def test_a_revoked_tablet_erases_nothing_before_its_outbox_was_taken(
    district: District, fault: Fault
) -> None:
    carried = district.carry("A", "LY-1")
    opened(carried, *(f"第{number}张" for number in range(600)))
    assert carried.tablet.device is not None
    district.call(district.hub.revoke, carried.tablet.device)
    carried.road.spoil("push", fault, number=2)
    assert carried.sync().state == "AGAIN"
    assert len(carried.tablet.pending()) == 600
    assert carried.sync().state == "REVOKED"
    assert carried.tablet.pending() == []


def test_a_revoked_tablet_can_be_enrolled_anew(district: District) -> None:
    carried = district.carry("A", "LY-1")
    assert carried.tablet.device is not None
    district.call(district.hub.revoke, carried.tablet.device)
    assert carried.sync().state == "REVOKED"
    carried.tablet.enrol(district.code("LY-2"), "A 又一次")
    assert carried.sync().synced
    assert opened(carried, "新")[0].seq == 1
    assert [line["code"] for line in carried.tablet.status().scope] == ["LY-2"]


def test_what_was_done_before_another_code_is_judged_by_the_grids_of_then(district: District) -> None:
    """Seed 1060 of the simulator: enrolled anew for other grids, a tablet lost what it had not sent before."""
    carried = district.carry("A", "LY-1")
    assert carried.sync().synced
    before = opened(carried, "未传一", "未传二")
    carried.tablet.enrol(district.code("LY-2"), "A 又一次")
    after = carried.tablet.open_ticket(grid("LY-2"), "parking", "新网格")
    outside = opened(carried, "旧网格")
    assert carried.sync().synced
    district.settle()
    assert carried.sync().synced
    assert [carried.outcome(one.id) for one in (*before, after)] == ["APPLIED"] * 3
    assert carried.outcome(outside[0].id) == "QUARANTINED"
    assert titles_of(carried) == ["新网格"]

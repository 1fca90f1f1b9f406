"""A tablet is moved to other grids: what left is removed, what came arrives whole, and work counts where it was done."""

import pytest

from clients.python.outbox import Recorded
from sync.shapes import format_time
from tests.clients.district import Carried, District, grid, member, seqs
from tests.clients.kit import HOUR
from tests.clients.road import PASSING, answer_lost, request_lost


def opened(carried: Carried, code: str, title: str) -> Recorded:
    return carried.tablet.open_ticket(grid(code), "parking", title)


def titles(carried: Carried) -> set[str]:
    return {view.body["title"] for view in carried.tablet.list("ticket")}


@pytest.fixture
def filled(district: District) -> District:
    """Three tickets in each grid, confirmed."""
    for code in ("LY-1", "LY-2"):
        carried = district.carry(f"filler {code}", code)
        for number in range(3):
            opened(carried, code, f"{code} {number}")
        carried.sync()
    district.settle()
    return district


IN_ONE = {"LY-1 0", "LY-1 1", "LY-1 2"}
IN_TWO = {"LY-2 0", "LY-2 1", "LY-2 2"}


def test_what_left_is_removed_and_what_came_arrives_whole(filled: District) -> None:
    carried = filled.carry("A", "LY-1")
    assert titles(carried) == IN_ONE
    filled.assign(carried, "LY-2")
    assert carried.sync().synced
    assert titles(carried) == IN_TWO
    assert [line["code"] for line in carried.tablet.status().scope] == ["LY-2"]
    phones = {view.body["number"]: view.body["phone"] for view in carried.tablet.list("member")}
    assert phones == {"001": None, "002": None, "003": "5550003"}
    filled.assign(carried, "LY-1", "LY-2")
    assert carried.sync().synced
    assert titles(carried) == IN_ONE | IN_TWO
    filled.assign(carried)
    assert carried.sync().synced
    assert titles(carried) == set()
    assert carried.tablet.list("member") == []


def test_the_pull_that_acknowledges_is_sent_at_once(filled: District) -> None:
    carried = filled.carry("A", "LY-1")
    filled.assign(carried, "LY-2")
    carried.sync()
    assert carried.road.operations() == ["now", "push", "pull", "pull"]
    carried.road.asked.clear()
    carried.sync()
    assert carried.road.operations() == ["now", "push", "pull"]


def test_what_was_done_before_hearing_of_the_move_counts_and_what_was_done_after_does_not(
    filled: District,
) -> None:
    carried = filled.carry("A", "LY-1")
    filled.assign(carried, "LY-2")
    before = opened(carried, "LY-1", "听说之前")
    carried.sync()
    after = opened(carried, "LY-1", "听说之后")
    there = opened(carried, "LY-2", "新网格")
    carried.sync()
    filled.settle()
    carried.sync()
    assert carried.outcome(before.id) == "APPLIED"
    assert (carried.outcome(after.id), carried.verdict(after.id).code) == ("QUARANTINED", "OUT_OF_SCOPE")
    assert carried.outcome(there.id) == "APPLIED"
    assert titles(carried) == IN_TWO | {"新网格"}


@pytest.mark.parametrize("number", [1, 2])
def test_a_move_heard_over_a_broken_road_holds_from_where_it_was_heard(filled: District, number: int) -> None:
    """The road breaks before or after the page that tells of it; a whole day's work follows without a network."""
    work: list[tuple[Carried, Recorded]] = []
    for fault in PASSING:
        carried = filled.carry(fault.__name__, "LY-1")
        filled.assign(carried, "LY-2")
        carried.road.spoil("pull", fault, number=number)
        carried.sync()
        heard = [line["code"] for line in carried.tablet.status().scope]
        work += [(carried, opened(carried, code, "当日")) for _ in range(3) for code in heard]
    filled.world.go_on(9 * HOUR)
    for carried in {carried.name: carried for carried, _ in work}.values():
        assert carried.sync().synced
        assert titles(carried) >= IN_TWO
        assert not titles(carried) & IN_ONE
    filled.settle()
    for carried, change in work:
        carried.sync()
        assert carried.outcome(change.id) == "APPLIED"


def test_an_unacknowledged_move_is_acknowledged_before_anything_is_sent(filled: District) -> None:
    carried = filled.carry("A", "LY-1")
    filled.assign(carried, "LY-2")
    carried.road.spoil("pull", request_lost, number=2)
    assert carried.sync().state == "AGAIN"
    opened(carried, "LY-2", "一")
    opened(carried, "LY-2", "二")
    carried.road.asked.clear()
    assert carried.sync().synced
    assert carried.road.operations()[:3] == ["now", "pull", "push"]
    assert carried.road.asked[1][1]["next"] == 1
    assert seqs(carried.road) == [(1, 2)]


def test_moved_again_before_the_first_move_was_heard_out(filled: District) -> None:
    carried = filled.carry("A", "LY-1")
    filled.assign(carried, "LY-2")
    carried.road.spoil("pull", answer_lost, number=2)
    assert carried.sync().state == "AGAIN"
    filled.assign(carried, "LY-1", "LY-2")
    work = opened(carried, "LY-2", "其间")
    assert carried.sync().synced
    filled.settle()
    assert carried.sync().synced
    assert carried.outcome(work.id) == "APPLIED"
    assert titles(carried) == IN_ONE | IN_TWO | {"其间"}


def test_a_ticket_that_moves_out_of_the_scope_leaves_the_tablet(filled: District) -> None:
    carried = filled.carry("A", "LY-1")
    ticket = next(view for view in carried.tablet.list("ticket") if view.body["title"] == "LY-1 0")
    filled.world.go_on()
    filled.office("ticket.edit", ticket.id, saw=ticket.rev, grid=grid("LY-2"))
    note = carried.tablet.note(ticket.id, "我到时它还在这里")
    assert carried.sync().synced
    assert titles(carried) == IN_ONE - {"LY-1 0"}
    filled.settle()
    carried.sync()
    assert carried.outcome(note.id) == "APPLIED"
    assert carried.tablet.claim(ticket.id, member("001")).seq == 2


def test_a_day_in_a_new_grid_keeps_its_deeds_though_the_move_is_acknowledged_in_the_evening(
    filled: District,
) -> None:
    """The move was heard in the morning and the road broke at once; the scope holds from there, and so does the clock."""
    carried = filled.carry("A", "LY-1")
    filled.assign(carried, "LY-2")
    carried.road.spoil("pull", request_lost, number=2)
    assert carried.sync().state == "AGAIN"
    filled.world.go_on(HOUR)
    morning = format_time(filled.world.now())
    ticket = opened(carried, "LY-2", "上午")
    filled.world.go_on(9 * HOUR)
    assert carried.sync().synced
    filled.settle()
    assert carried.sync().synced
    assert carried.outcome(ticket.id) == "APPLIED"
    view = carried.tablet.view("ticket", ticket.entity)
    assert view is not None
    assert view.body["openedAt"] == morning

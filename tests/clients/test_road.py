"""Whatever a road does to requests and answers, and wherever the power goes: as if once, and nothing lost."""

from collections.abc import Generator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from clients.python.failures import Busy, Refused, Unreachable
from clients.python.operations import Call
from clients.python.outbox import Recorded
from tests.clients.district import Carried, District, grid, member, seqs
from tests.clients.kit import KillAt, Killed
from tests.clients.road import (
    PASSING,
    Fault,
    answer_lost,
    bad_gateway,
    busy,
    request_lost,
    too_large,
)

MEETING = ("now", "push", "pull")
STEPS_OF_A_MEETING = 18
FAULTS = pytest.mark.parametrize("fault", PASSING, ids=lambda fault: fault.__name__)


def work(carried: Carried) -> list[Recorded]:
    """A ticket that is opened, claimed and noted: three changes."""
    ticket = carried.tablet.open_ticket(grid("LY-1"), "parking", "停车")
    return [
        ticket,
        carried.tablet.claim(ticket.entity, member("001")),
        carried.tablet.note(ticket.entity, "敲门无人"),
    ]


def is_home_once(district: District, carried: Carried, changes: Sequence[Recorded]) -> None:
    """All of it reached the hub, once, and its author hears that."""
    assert carried.sync().synced
    district.settle()
    assert carried.sync().synced
    for change in changes:
        assert carried.outcome(change.id) == "APPLIED", change
    for ticket in {change.entity for change in changes}:
        view = carried.tablet.view("ticket", ticket)
        assert view is not None
        assert (len(view.body["takers"]), len(view.body["notes"])) == (1, 1)
        assert view.provisional == []
    assert carried.tablet.pending() == []


@FAULTS
def test_a_fault_on_the_road_ends_in_again_and_the_next_meeting_brings_everything_home(
    district: District, fault: Fault
) -> None:
    carried = district.carry("A", "LY-1")
    changes: list[Recorded] = []
    for operation in MEETING:
        changes += work(carried)
        carried.road.spoil(operation, fault)
        report = carried.sync()
        assert report.state in {"AGAIN", "SYNCED"}
        assert report.synced == (fault.__name__ == "request_doubled")
    is_home_once(district, carried, changes)


def test_after_a_break_pages_are_half_as_large_down_to_a_floor_and_grow_again(district: District) -> None:
    carried = district.carry("A", "LY-1")
    asked = len(carried.road.asked)
    for fault in (answer_lost, request_lost, bad_gateway) * 2:
        carried.road.spoil("pull", fault)
        assert carried.sync().state == "AGAIN"
    for _ in range(6):
        assert carried.sync().synced
    limits = [said["limit"] for name, said in carried.road.asked[asked:] if name == "pull"]
    assert limits == [1000, 500, 250, 125, 62, 50, 50, 100, 200, 400, 800, 1000]


@pytest.mark.parametrize("fault", [request_lost, answer_lost, busy])
def test_a_fault_in_the_middle_of_many_batches_costs_at_most_the_batch(
    district: District, fault: Fault
) -> None:
    carried = district.carry("A", "LY-1")
    ticket = carried.tablet.open_ticket(grid("LY-1"), "parking", "停车").entity
    for number in range(700):
        carried.tablet.note(ticket, f"第{number}条")
    carried.road.spoil("push", fault, number=2)
    carried.sync()
    assert carried.sync().synced
    assert carried.tablet.status().unsent == 0
    district.settle()
    carried.sync()
    view = carried.tablet.view("ticket", ticket)
    assert view is not None
    assert len({note["id"] for note in view.body["notes"]}) == len(view.body["notes"]) == 700


def test_a_lost_answer_is_not_taken_for_success(district: District) -> None:
    carried = district.carry("A", "LY-1")
    changes = work(carried)
    carried.road.spoil("push", answer_lost)
    report = carried.sync()
    assert (report.state, report.sent) == ("AGAIN", 0)
    assert {carried.outcome(change.id) for change in changes} == {"SAVED"}
    assert "pull" not in carried.road.operations()
    is_home_once(district, carried, changes)


def test_a_first_download_that_breaks_goes_on_where_it_was(district: District) -> None:
    desk = district.carry("A", "LY-1")
    for number in range(1_200):
        desk.tablet.open_ticket(grid("LY-1"), "parking", f"停车{number}")
    desk.sync()
    district.settle()
    carried = district.carry("B", enrol=False)
    carried.tablet.enrol(district.code("LY-1"), "B")
    carried.road.spoil("pull", answer_lost, number=2)
    assert carried.sync().state == "AGAIN"
    assert 0 < len(carried.held("ticket")) < 1_200
    assert carried.tablet.status().synced_at is None
    assert carried.sync().synced
    assert len(carried.held("ticket")) == 1_200
    afters = [said["after"] for name, said in carried.road.asked if name == "pull"]
    assert afters[0] is None
    assert afters[1] == afters[2] is not None


@FAULTS
def test_a_fault_while_enrolling_leaves_a_tablet_that_can_enrol_again(
    district: District, fault: Fault
) -> None:
    carried = district.carry("A", enrol=False)
    changes = work(carried)
    carried.road.spoil("enrol", fault)
    with pytest.raises((Unreachable, Refused)):
        carried.tablet.enrol(district.code("LY-1"), "A")
    assert carried.tablet.device is None
    carried.tablet.enrol(district.code("LY-1"), "A")
    is_home_once(district, carried, changes)


def test_a_request_that_is_too_large_goes_in_smaller_ones(district: District) -> None:
    carried = district.carry("A", "LY-1")
    changes = [change for _ in range(4) for change in work(carried)]
    carried.road.spoil("push", too_large, 1)
    carried.road.spoil("push", too_large, 2)
    assert carried.sync().synced
    assert seqs(carried.road) == [(1, 12), (1, 6), (1, 3), (4, 3), (7, 3), (10, 3)]
    is_home_once(district, carried, changes)


def test_a_single_change_that_is_too_large_for_the_road_waits_and_says_so(district: District) -> None:
    carried = district.carry("A", "LY-1")
    changes = work(carried)
    carried.road.every["push"] = too_large
    report = carried.sync()
    assert (report.state, report.reason) == ("AGAIN", "TOO_LARGE")
    carried.road.every.clear()
    is_home_once(district, carried, changes)


def test_a_road_that_only_ever_breaks_loses_nothing(district: District) -> None:
    carried = district.carry("A", "LY-1")
    changes: list[Recorded] = []
    for operation in MEETING:
        for fault in (request_lost, bad_gateway, busy):
            carried.road.every[operation] = fault
            changes += work(carried)
            assert carried.sync().state == "AGAIN"
            carried.road.every.clear()
    is_home_once(district, carried, changes)


def test_recording_goes_on_while_the_road_is_being_asked(district: District) -> None:
    """What is recorded during a meeting is not lost and not taken for sent."""
    carried = district.carry("A", "LY-1")
    first, during = work(carried), []

    def meanwhile(forward: object) -> object:
        assert callable(forward)
        during.extend(work(carried))
        return forward()

    carried.road.spoil("push", meanwhile)  # type: ignore[arg-type]
    assert carried.sync().synced
    assert seqs(carried.road) == [(1, 3), (4, 3)]
    is_home_once(district, carried, [*first, *during])


def test_killed_at_any_step_of_a_meeting_a_tablet_goes_on_as_if_it_had_not_been(district: District) -> None:
    """The power goes before, within and after every transaction, and between any two questions."""
    carried = district.carry("A", "LY-1")
    changes: list[Recorded] = []
    kills = [KillAt(number) for number in range(1, STEPS_OF_A_MEETING + 2)]
    for kill in kills:
        changes += work(carried)
        if kill.number % 5 == 0:
            district.settle(hours=1)
        with suppress(Killed):
            carried.restart(kill)
            carried.tablet.sync()
        carried.restart()
        assert {change.id for change in changes} == {told.id for told in carried.tablet.verdicts()}
    assert [len(kill.told) for kill in kills] == [*range(1, STEPS_OF_A_MEETING + 1), STEPS_OF_A_MEETING]
    steps = {step.split(".")[0] for step in kills[-1].told}
    assert steps == {"open", "moment", "contact", "receipt", "page", "synced"}
    is_home_once(district, carried, changes)


def test_a_second_meeting_does_not_begin_while_one_is_under_way(district: District) -> None:
    carried = district.carry("A", "LY-1")
    changes = work(carried)
    steps = carried.tablet.steps()
    first = next(steps)
    assert first.operation == "now"
    assert (carried.sync().state, carried.road.operations()) == ("AGAIN", [])
    for other in (carried.tablet.reset, carried.tablet.renew, carried.tablet.contact):
        with pytest.raises(Busy):
            other()
    steps.close()
    is_home_once(district, carried, changes)


def test_who_owns_the_network_may_drive_a_meeting_question_by_question(district: District) -> None:
    carried = district.carry("A", "LY-1")
    changes = work(carried)
    asked: list[str] = []

    def by_hand() -> Generator[Call, Any, None]:
        report = yield from carried.tablet.steps()
        assert report.synced

    steps, answer = by_hand(), None
    with suppress(StopIteration):
        while True:
            call = steps.send(answer)
            asked.append(call.operation)
            answer = carried.http.call(call.operation, call.variables, call.token)
    assert asked == ["now", "push", "pull"]
    is_home_once(district, carried, changes)


def test_what_the_tablet_thought_was_sent_and_never_arrived_is_sent_after_a_gap(district: District) -> None:
    carried = district.carry("A", "LY-1")
    changes = work(carried)
    carried.tablet._outbox.rewind(2)
    assert carried.sync().synced
    assert seqs(carried.road) == [(3, 1), (1, 3)]
    is_home_once(district, carried, changes)


def test_a_protocol_that_is_not_spoken_asks_for_an_update_and_keeps_the_outbox(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    carried = district.carry("A", "LY-1")
    changes = work(carried)
    with monkeypatch.context() as older:
        older.setattr("clients.python.exchange.PROTOCOL", 99)
        assert carried.sync().state == "UPDATE"
    assert carried.tablet.status().unsent == 3
    is_home_once(district, carried, changes)


def test_where_there_is_no_network_at_all_nothing_but_meeting_fails(district: District) -> None:
    carried = district.carry("A", "LY-1")
    for operation in MEETING:
        carried.road.every[operation] = request_lost
    work(carried)
    assert carried.sync().state == "AGAIN"
    with pytest.raises(Unreachable):
        carried.tablet.contact()
    assert len(carried.tablet.pending()) == 3
    assert carried.tablet.export(district.folder / "day.lianxin") == 3
    assert Path(district.folder / "day.lianxin").exists()

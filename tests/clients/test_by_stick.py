"""The same by USB stick: counted once however it travels, and refused when it is not what it should be."""

from pathlib import Path

import pytest

from clients.python.exchange import Report
from clients.python.failures import BadFile
from tests.clients.district import Carried, District, grid, member
from tests.clients.kit import DAY
from tests.clients.test_devices import copied, opened, titles_of


def travel(district: District, carried: Carried, name: str = "day") -> Path:
    """Export, carry to town, import there; the path of the answer."""
    out, back = district.folder / f"{name}.lianxin", district.folder / f"{name}.answer.lianxin"
    carried.tablet.export(out)
    imported = district.call(district.hub.import_file, out)
    back.write_bytes(imported.answer)
    return back


def come_back(carried: Carried, answer: Path) -> Report:
    return carried.tablet.import_answer(answer)


def test_a_tablet_without_any_network_lives_by_the_stick(district: District) -> None:
    carried = district.carry("V", "CG-1")
    ticket = carried.tablet.open_ticket(grid("CG-1"), "tyre", "换胎", contact={"telephone": "555 0100"})
    claimed = carried.tablet.claim(ticket.entity, member("901"))
    district.world.go_on(4 * DAY)
    assert come_back(carried, travel(district, carried)).synced
    assert carried.outcome(claimed.id) == "SENT"
    district.settle()
    assert come_back(carried, travel(district, carried, "next")).synced
    assert carried.outcome(ticket.id) == carried.outcome(claimed.id) == "APPLIED"
    view = carried.tablet.view("ticket", ticket.entity)
    assert view is not None
    assert (view.body["state"], view.provisional) == ("ACCEPTED", [])
    assert view.body["openedAt"] == "2026-11-22T23:30:00.000Z"
    assert carried.road.operations() == []


def test_imported_twice_and_pushed_later_it_counts_once(district: District) -> None:
    carried = district.carry("V", "CG-1")
    ticket = carried.tablet.open_ticket(grid("CG-1"), "tyre", "换胎")
    note = carried.tablet.note(ticket.entity, "备胎在后备箱")
    path = district.folder / "day.lianxin"
    assert carried.tablet.export(path) == 2
    taken = [district.call(district.hub.import_file, path).taken for _ in range(2)]
    assert taken == [2, 0]
    assert carried.sync().synced
    district.settle()
    carried.sync()
    assert carried.outcome(note.id) == "APPLIED"
    view = carried.tablet.view("ticket", ticket.entity)
    assert view is not None
    assert len(view.body["notes"]) == 1


def test_pushed_first_and_imported_later_it_counts_once(district: District) -> None:
    carried = district.carry("V", "CG-1")
    carried.tablet.open_ticket(grid("CG-1"), "tyre", "换胎")
    path = district.folder / "day.lianxin"
    carried.tablet.export(path)
    carried.sync()
    imported = district.call(district.hub.import_file, path)
    assert (imported.taken, imported.refused) == (0, None)
    district.settle()
    carried.sync()
    assert len(carried.held("ticket")) == 1


def test_an_answer_that_comes_late_takes_nothing_back(district: District) -> None:
    carried = district.carry("V", "CG-1")
    carried.tablet.open_ticket(grid("CG-1"), "tyre", "一")
    answer = travel(district, carried)
    second = carried.tablet.open_ticket(grid("CG-1"), "tyre", "二")
    carried.sync()
    district.settle()
    carried.sync()
    report = come_back(carried, answer)
    assert report.state == "AGAIN"
    assert carried.outcome(second.id) == "APPLIED"
    assert len(carried.held("ticket")) == 2
    assert carried.tablet.status().unsent == 0
    assert carried.sync().synced


def test_another_tablets_answer_is_refused(district: District) -> None:
    one, other = district.carry("V", "CG-1"), district.carry("W", "CG-1")
    answer = travel(district, one)
    with pytest.raises(BadFile):
        come_back(other, answer)


def test_more_than_a_push_may_carry_goes_on_one_stick(district: District) -> None:
    carried = district.carry("V", "CG-1")
    ticket = carried.tablet.open_ticket(grid("CG-1"), "tyre", "换胎").entity
    for number in range(700):
        carried.tablet.note(ticket, f"第{number}条")
    assert come_back(carried, travel(district, carried)).synced
    assert carried.tablet.status().unsent == 0
    district.settle()
    assert come_back(carried, travel(district, carried, "next")).synced
    assert carried.tablet.pending() == []


def test_a_stick_from_a_tablet_that_the_hub_has_more_of_tells_it_where_to_go_on(district: District) -> None:
    """The hub lost nothing, but the tablet thought it had sent what never arrived."""
    carried = district.carry("V", "CG-1")
    carried.tablet.open_ticket(grid("CG-1"), "tyre", "一")
    carried.tablet.open_ticket(grid("CG-1"), "tyre", "二")
    carried.tablet._outbox.rewind(1)
    report = come_back(carried, travel(district, carried))
    assert (report.state, report.reason) == ("AGAIN", "GAP")
    assert carried.tablet.status().unsent == 2
    assert come_back(carried, travel(district, carried, "next")).synced
    assert carried.tablet.status().unsent == 0


def test_a_move_to_another_grid_is_heard_by_stick_and_acknowledged_by_the_next(district: District) -> None:
    carried = district.carry("V", "LY-1")
    district.assign(carried, "LY-2")
    before = carried.tablet.open_ticket(grid("LY-1"), "parking", "听说之前")
    come_back(carried, travel(district, carried))
    assert [line["code"] for line in carried.tablet.status().scope] == ["LY-2"]
    after = carried.tablet.open_ticket(grid("LY-2"), "parking", "听说之后")
    come_back(carried, travel(district, carried, "next"))
    district.settle()
    come_back(carried, travel(district, carried, "third"))
    assert carried.outcome(before.id) == "APPLIED"
    assert carried.outcome(after.id) == "APPLIED"


def test_a_move_in_an_answer_of_many_pages_is_not_acknowledged_before_the_tablet_has_it(
    district: District,
) -> None:
    """The hub follows its own pages while it packs them; the tablet hears of them days later."""
    filler = district.carry("A", "LY-2")
    for number in range(1_001):
        filler.tablet.open_ticket(grid("LY-2"), "parking", f"第{number}张")
    filler.sync()
    district.settle()
    carried = district.carry("V", "LY-1")
    district.assign(carried, "LY-2")
    answer = travel(district, carried)
    before = carried.tablet.open_ticket(grid("LY-1"), "parking", "听说之前")
    come_back(carried, answer)
    assert carried.sync().synced
    district.settle()
    carried.sync()
    assert carried.outcome(before.id) == "APPLIED"


def test_what_is_done_while_the_stick_travels_keeps_its_deed(district: District) -> None:
    """Exported on Monday, imported on Thursday; what was done on Tuesday was done on Tuesday."""
    carried = district.carry("V", "CG-1")
    out = district.folder / "day.lianxin"
    carried.tablet.export(out)
    district.world.go_on(DAY)
    ticket = carried.tablet.open_ticket(grid("CG-1"), "tyre", "星期二的事")
    district.world.go_on(2 * DAY)
    district.call(district.hub.import_file, out)
    assert carried.sync().synced
    district.settle()
    carried.sync()
    view = carried.tablet.view("ticket", ticket.entity)
    assert view is not None
    assert view.body["openedAt"] == "2026-11-23T23:30:00.000Z"


def test_an_answer_to_an_empty_file_leaves_unsent_what_the_hub_has_of_a_copy(district: District) -> None:
    original = district.carry("A", "LY-1")
    opened(original, "共")
    assert original.sync().synced
    clone = copied(district, original)
    out = district.folder / "empty.lianxin"
    original.tablet.export(out)
    opened(original, "原一", "原二")
    opened(clone, "副一", "副二")
    assert clone.sync().synced
    back = district.folder / "empty.answer.lianxin"
    back.write_bytes(district.call(district.hub.import_file, out).answer)
    come_back(original, back)
    assert original.tablet.status().unsent == 2
    assert original.sync().synced
    district.settle()
    assert original.sync().synced
    assert titles_of(original) == sorted(["共", "原一", "原二", "副一", "副二"])

"""Whistles: one stands for a ticket's round; a department's last word stands and its clock stops at its first."""

from typing import Any

import pytest

from sync.kinds.kind import Office
from tests.sync.hub import Hub, Tablet
from tests.sync.world import CG, G1, G2, G3, LY, M1, U1, U2, U3, T, W, ident, named, whistle

W2, U4 = ident("a second whistle"), ident("unit 4 of LY")


def whistles(*, blown: bool = True) -> tuple[Hub, Tablet, Tablet]:
    """A ticket that two tablets hold, and a whistle of units 1 and 2 for it, until noon."""
    hub = Hub()
    hub.district("unit.put", U4, "-1/08:00", code="LY-U4", name=named("unit 4"), community=LY)
    a, b = hub.tablet("A", G1), hub.tablet("B", G1)
    hub.desk("ticket.open", T, "07:00", grid=G1, category="parking", title="a wall that leans")
    if blown:
        hub.desk("whistle.blow", W, "07:10", **whistle())
    for tablet in (a, b):
        tablet.pull("07:30")
    return hub, a, b


def answers(hub: Hub) -> dict[str | None, str | None]:
    return {call.unit: call.answer for call in hub.whistle(W).calls}


def two_blow() -> tuple[Hub, str, str]:
    """B blows at 08:50 with unit 1 in the lead; A, who has not heard of it, at 09:10 with unit 4."""
    hub, a, b = whistles(blown=False)
    second = a.does("whistle.blow", W2, "09:10", **whistle(lead=U4, departments=[U2, U4]))
    a.does("whistle.answer", W2, "09:20", department=U4, answer="COMING", part="lends a crane")
    first = b.does("whistle.blow", W, "08:50", **whistle())
    a.push("18:00")
    b.push("18:10")
    hub.night("18:30")
    return hub, first, second


def two_answer(*, seen: bool = False) -> tuple[Hub, str, str]:
    """A hears unit 1 decline at 09:00, B that it is coming at 10:00; B knows of it, or not."""
    hub, a, b = whistles()
    early = a.does("whistle.answer", W, "09:00", department=U1, answer="DECLINED")
    if seen:
        a.push("09:10")
        hub.night("09:11")
        b.pull("09:12")
    late = b.does("whistle.answer", W, "10:00", department=U1, answer="COMING", part="tows")
    b.push("11:00")
    hub.night("11:10")
    a.push("11:20")
    hub.night("11:30")
    return hub, early, late


def unit_says(unit: str, **data: Any) -> tuple[Hub, str]:
    """A unit's own office answers the whistle."""
    hub, _, _ = whistles()
    said = hub.office(Office.UNIT, "whistle.answer", W, {"answer": "COMING", **data}, "08:00", scope=(unit,))
    hub.settle([said], "08:00")
    return hub, said.change.id


def refused(office: Office = Office.DISPATCHER, **data: Any) -> Hub:
    hub, _, _ = whistles()
    hub.online(office, "whistle.answer", W, "08:00", {"answer": "COMING", **data})
    return hub


def codes(hub: Hub, kind: str) -> list[str]:
    return [one.code for one in hub.memory.outcomes.values() if one.kind == kind]


def test_a_whistle_calls_the_lead_and_the_others_each_once() -> None:
    hub, _, _ = whistles()
    found = hub.whistle(W)
    assert [call.unit for call in found.calls] == [U1, U2]
    assert (found.lead, found.state, hub.ticket(T).whistle) == (U1, "CALLED", W)


def test_two_tablets_blow_for_one_ticket_and_both_are_one_whistle_led_as_the_first_said() -> None:
    hub, first, second = two_blow()
    assert (hub.code(first), hub.code(second)) == ("APPLIED", "WHISTLED_TOGETHER")
    assert hub.verdict(second).stands == {"whistle": W, "lead": U1, "change": first}
    assert answers(hub) == {U1: None, U2: None, U4: "COMING"}
    assert (hub.whistle(W).lead, hub.whistle(W2).state, hub.whistle(W2).whistle) == (U1, "JOINED", W)
    assert hub.ticket(T).whistle == W
    conflict = hub.conflict(W, "lead")
    assert [one.value for one in conflict.candidates] == [U1, U4]
    assert (conflict.stands, conflict.close_call) == (first, False)


def test_whichever_was_confirmed_first_stands_though_the_other_was_blown_earlier() -> None:
    hub, a, b = whistles(blown=False)
    a.does("whistle.blow", W, "09:10", **whistle())
    b.does("whistle.blow", W2, "08:50", **whistle(lead=U2))
    a.push("18:00")
    hub.night("18:10")
    b.push("18:20")
    hub.night("18:30")
    assert (hub.whistle(W2).whistle, hub.whistle(W).lead) == (W, U1)


def test_whistles_blown_at_the_same_moment_are_a_close_call() -> None:
    hub, a, b = whistles(blown=False)
    a.does("whistle.blow", W, "09:00", **whistle())
    b.does("whistle.blow", W2, "09:00", **whistle(lead=U2))
    a.push("18:00")
    b.push("18:00")
    hub.night("18:10")
    (conflict,) = hub.conflicts()
    assert (conflict.field, conflict.close_call, conflict.state) == ("lead", True, "REVIEW")


def test_who_names_the_same_lead_joins_without_a_conflict() -> None:
    hub, _, _ = whistles()
    joined = hub.desk("whistle.blow", W2, "08:00", **whistle(departments=[U4]))
    assert hub.code(joined.change.id) == "WHISTLED_TOGETHER"
    assert (answers(hub), hub.conflicts()) == ({U1: None, U2: None, U4: None}, [])


def test_the_same_whistle_twice_is_blown_once() -> None:
    hub, _, _ = whistles()
    again = hub.desk("whistle.blow", W, "08:00", **whistle())
    assert hub.code(again.change.id) == "OPENED_BEFORE"


def test_the_next_round_of_a_ticket_and_what_comes_after_its_end_have_whistles_of_their_own() -> None:
    hub, _, _ = whistles()
    hub.desk("ticket.finish", T, "08:00", member=M1)
    hub.desk("ticket.reopen", T, "08:10", reason="it leans again")
    hub.desk("whistle.blow", W2, "08:20", **whistle())
    assert (hub.whistle(W2).whistle, hub.ticket(T).whistle) == (None, W2)
    for unit in (U1, U2):
        hub.desk("whistle.answer", W2, "08:30", department=unit, answer="DONE")
    hub.desk("whistle.blow", ident("third"), "08:40", **whistle())
    assert hub.whistle(ident("third")).whistle is None


def test_nobody_is_called_to_a_ticket_that_is_over_nor_from_another_community() -> None:
    hub, _, _ = whistles(blown=False)
    foreign = hub.desk("whistle.blow", W, "08:00", **whistle(departments=[U3]))
    hub.desk("ticket.cancel", T, "08:10", reason="r")
    over = hub.desk("whistle.blow", W, "08:20", **whistle())
    assert (hub.code(foreign.change.id), hub.code(over.change.id)) == ("NOT_FOUND", "NOT_POSSIBLE")


def test_a_whistle_for_a_ticket_that_is_still_on_a_tablet_waits_for_it() -> None:
    hub, a, b = whistles(blown=False)
    new = ident("new")
    a.does("ticket.open", new, "08:00", grid=G1, category="parking", title="u")
    blown = b.does("whistle.blow", W, "09:00", **whistle(ticket=new))
    b.push("18:00")
    hub.night("18:10")
    assert hub.code(blown) == "WAITS"
    a.push("18:20")
    hub.night("18:30")
    assert hub.code(blown) == "APPLIED"


def test_a_whistle_is_its_own_communitys() -> None:
    hub, _, _ = whistles()
    c = hub.tablet("C", G3)
    said = c.does("whistle.answer", W, "09:00", department=U1, answer="COMING")
    d = hub.tablet("D", G2)
    blown = d.does("whistle.blow", W2, "09:00", **whistle())
    c.push("10:00")
    d.push("10:00")
    hub.night("10:10")
    assert (hub.code(said), hub.code(blown)) == ("OUT_OF_SCOPE", "OUT_OF_SCOPE")
    assert CG not in hub.memory.documents["whistle", W].audience


def test_two_answers_for_one_department_the_later_stands_and_the_other_hears_of_it() -> None:
    hub, early, late = two_answer()
    assert answers(hub) == {U1: "COMING", U2: None}
    assert (hub.code(early), hub.code(late)) == ("LATER_DEED", "STANDS")
    conflict = hub.conflict(W, f"answer:{U1}")
    assert [one.value["answer"] for one in conflict.candidates] == ["DECLINED", "COMING"]


def test_in_one_night_too_the_later_answer_stands_and_the_other_hears_of_it() -> None:
    hub, a, b = whistles()
    early = a.does("whistle.answer", W, "09:00", department=U1, answer="DECLINED")
    late = b.does("whistle.answer", W, "10:00", department=U1, answer="COMING")
    b.push("11:00")
    a.push("11:20")
    hub.night("11:30")
    assert (answers(hub)[U1], hub.code(early), hub.code(late)) == ("COMING", "LATER_DEED", "APPLIED")


def test_two_who_say_the_same_do_not_disagree() -> None:
    hub, a, b = whistles()
    said = [t.does("whistle.answer", W, "09:00", department=U1, answer="COMING") for t in (a, b)]
    for tablet in (b, a):
        tablet.push("11:00")
        hub.night("11:10")
    assert [hub.code(one) for one in said] == ["APPLIED", "APPLIED"]
    assert hub.conflicts() == []


def test_who_has_seen_an_answer_replaces_it_without_a_conflict() -> None:
    hub, early, late = two_answer(seen=True)
    assert (hub.code(early), hub.code(late), hub.conflicts()) == ("APPLIED", "APPLIED", [])
    (call, _) = hub.whistle(W).calls
    assert (call.answer, call.part, call.answered) == ("COMING", "tows", hub.memory.changes[early].deed)


def test_whoever_was_not_called_does_not_answer_and_the_district_only_when_it_is() -> None:
    assert codes(refused(department=U4), "whistle.answer") == ["NOT_CALLED"]
    assert codes(refused(), "whistle.answer") == ["NOT_CALLED"]


def test_a_department_without_an_answer_is_overdue_once_a_night_has_found_it_so() -> None:
    hub, a, _ = whistles()
    hub.desk("whistle.answer", W, "08:00", department=U1, answer="COMING")
    hub.night("11:00")
    assert hub.whistle(W).state == "CALLED"
    hub.night("13:00")
    assert (hub.whistle(W).state, [call.overdue for call in hub.whistle(W).calls]) == (
        "OVERDUE",
        [False, True],
    )
    rev = hub.rev("whistle", W)
    hub.night("14:00")
    assert hub.rev("whistle", W) == rev, "it is said once"
    a.does("whistle.answer", W, "15:00", department=U2, answer="DECLINED")
    a.push("16:00")
    hub.night("16:10")
    (_, call) = hub.whistle(W).calls
    assert (hub.whistle(W).state, call.late, call.overdue) == ("ANSWERED", True, True)


def test_who_answered_in_time_was_not_overdue_though_it_was_heard_of_later() -> None:
    hub, a, b = whistles()
    a.does("whistle.answer", W, "11:00", department=U1, answer="COMING")
    b.does("whistle.answer", W, "13:00", department=U1, answer="DONE")
    b.push("13:10")
    hub.night("13:20")
    assert [call.late for call in hub.whistle(W).calls] == [True, False]
    a.push("14:00")
    hub.night("14:10")
    (call, other) = hub.whistle(W).calls
    assert (call.answer, call.late, call.overdue, other.overdue) == ("DONE", False, False, True)


def test_where_nobody_comes_in_time_the_district_is_called_and_answers() -> None:
    hub, _, _ = whistles()
    hub.desk("whistle.answer", W, "08:00", department=U2, answer="DECLINED")
    hub.night("13:00")
    assert (hub.whistle(W).state, answers(hub)) == ("ESCALATED", {U1: None, U2: "DECLINED", None: None})
    desk = hub.desk("whistle.answer", W, "13:10", answer="COMING")
    district = hub.district("whistle.answer", W, "13:20", answer="COMING", part="sends the engineers")
    assert (hub.code(desk.change.id), hub.code(district.change.id)) == ("ABOVE_OFFICE", "APPLIED")
    hub.desk("whistle.answer", W, "14:00", department=U1, answer="DECLINED")
    hub.district("whistle.answer", W, "15:00", answer="DONE")
    assert hub.whistle(W).state == "DONE"


def test_a_department_that_comes_after_all_takes_the_whistle_back_from_the_district() -> None:
    hub, _, _ = whistles()
    hub.night("13:00")
    hub.desk("whistle.answer", W, "13:10", department=U1, answer="COMING")
    assert hub.whistle(W).state == "OVERDUE"
    hub.desk("whistle.answer", W, "13:20", department=U2, answer="DECLINED")
    assert hub.whistle(W).state == "ANSWERED"
    hub.desk("whistle.answer", W, "13:30", department=U1, answer="DONE")
    assert hub.whistle(W).state == "DONE"


def test_a_ticket_that_was_done_meanwhile_leaves_nobody_overdue() -> None:
    hub, _, _ = whistles()
    hub.desk("ticket.finish", T, "09:00", member=M1)
    hub.night("13:00")
    assert (hub.whistle(W).state, hub.whistle(W).calls[0].overdue) == ("CALLED", False)
    rev = hub.rev("whistle", W)
    hub.night("14:00")
    assert (hub.rev("whistle", W), hub.whistle(W).rests) == (rev, True), "nobody looks again every night"
    hub.desk("whistle.blow", W2, "14:10", **whistle(departments=[U4]))
    assert not hub.whistle(W).rests


def test_a_ticket_that_a_ruling_opens_again_is_waited_for_again() -> None:
    hub, a, b = whistles()
    started = a.does("ticket.start", T, "09:00", member=M1)
    cancelled = b.does("ticket.cancel", T, "09:30", reason="it has fallen")
    for tablet, at in ((a, "10:00"), (b, "11:00")):
        tablet.push(at)
        hub.night(at)
    conflict = hub.conflict(T, "state", 1)
    hub.desk("conflict.rule", conflict.id, "11:30", stands=cancelled, reason="they say")
    hub.night("13:00")
    assert (hub.ticket(T).state, hub.whistle(W).rests) == ("CANCELLED", True)
    hub.desk("conflict.rule", conflict.id, "14:00", stands=started, reason="it leans still")
    hub.night("15:00")
    assert (hub.ticket(T).state, hub.whistle(W).state) == ("IN_PROGRESS", "ESCALATED")


def test_every_record_of_a_meeting_is_kept_under_the_whistle_that_stands() -> None:
    hub, _, _ = two_blow()
    for whistle_id, minute in ((W2, "20"), (W, "10")):
        data = {"met": "2026-11-23T08:00:00.000Z", "present": [U1, U1, U2], "record": f"at {minute}"}
        hub.desk("whistle.meet", whistle_id, f"19:{minute}", **data)
    assert [one.record for one in hub.whistle(W).meetings] == ["at 10", "at 20"]
    assert [one.present for one in hub.whistle(W).meetings] == [[U1, U2], [U1, U2]]


def test_a_ruling_says_who_leads() -> None:
    hub, _, second = two_blow()
    conflict = hub.conflict(W, "lead")
    hub.desk("conflict.rule", conflict.id, "1/09:00", stands=second, reason="they have the crane")
    assert (hub.whistle(W).lead, hub.code(second)) == (U4, "RULED_FOR")
    hub.desk("conflict.rule", conflict.id, "1/09:10", stands=None, reason="they will see")
    assert hub.whistle(W).lead == U4


def test_a_ruling_says_what_a_department_answered_or_that_it_has_not() -> None:
    hub, early, _ = two_answer()
    conflict = hub.conflict(W, f"answer:{U1}")
    hub.desk("conflict.rule", conflict.id, "1/09:00", stands=early, reason="they rang")
    (call, _) = hub.whistle(W).calls
    assert (call.answer, call.part, call.at) == ("DECLINED", None, hub.memory.changes[early].deed)
    hub.desk("conflict.rule", conflict.id, "1/09:10", stands=None, reason="neither was theirs")
    assert answers(hub)[U1] is None


def test_a_ruling_on_what_the_district_answered() -> None:
    hub, _, _ = whistles()
    hub.night("13:00")
    before = hub.memory.rev
    hub.district("whistle.answer", W, "13:10", answer="DONE")
    hub.district("whistle.answer", W, "13:20", saw=before, answer="COMING")
    conflict = hub.conflict(W, "answer:district")
    hub.district("conflict.rule", conflict.id, "13:30", stands=conflict.candidates[0].change, reason="r")
    assert answers(hub)[None] == "DONE"


def test_who_has_heard_that_an_answer_stands_is_not_told_so_again() -> None:
    hub, _, late = two_answer()
    c = hub.tablet("C", G1)
    earlier = c.does("whistle.answer", W, "08:30", saw=0, department=U1, answer="DONE")
    c.push("12:00")
    settled = hub.night("12:10")
    assert hub.code(earlier) == "LATER_DEED"
    assert ([one.change for one in settled.outcomes], hub.code(late)) == ([earlier], "STANDS")


# A unit answers for itself


def test_a_units_own_office_answers_for_it_and_its_last_word_stands_as_anybodys() -> None:
    hub, said = unit_says(U1, department=U1, part="tows")
    assert hub.code(said) == "APPLIED"
    assert answers(hub) == {U1: "COMING", U2: None}
    version = hub.whistle(W).versions[f"answer:{U1}"]
    assert version.office is Office.UNIT
    desk = hub.desk("whistle.answer", W, "09:00", department=U1, answer="DECLINED")
    assert (hub.code(desk.change.id), answers(hub)[U1]) == ("APPLIED", "DECLINED")


@pytest.mark.parametrize("data", [{"department": U2}, {}], ids=["another unit", "the district"])
def test_a_unit_answers_for_nobody_else(data: dict[str, Any]) -> None:
    hub, said = unit_says(U1, **data)
    assert (hub.code(said), answers(hub)) == ("OUT_OF_SCOPE", {U1: None, U2: None})


def test_a_unit_that_was_not_called_hears_so_and_it_may_do_nothing_else() -> None:
    hub, said = unit_says(U4, department=U4)
    assert hub.code(said) == "NOT_CALLED"
    meeting = {"met": "2026-11-23T01:00:00.000Z", "present": [U4], "record": "r"}
    other = hub.office(Office.UNIT, "whistle.meet", W, meeting, "09:00", scope=(U4,))
    hub.settle([other], "09:00")
    assert hub.code(other.change.id) == "FORBIDDEN"


def test_a_whistle_for_an_order_that_moves_in_the_same_night_is_blown_where_it_moves_to() -> None:
    hub, a, _ = whistles(blown=False)
    a.does("ticket.edit", T, "08:10", grid=G2)
    hub.lines["A"].scopes.append((len(a.changes) + 1, (G2,)))
    change = a.does("whistle.blow", W, "09:00", **whistle())
    a.push("18:00")
    hub.night()
    assert (hub.code(change), hub.ticket(T).whistle) == ("APPLIED", W)

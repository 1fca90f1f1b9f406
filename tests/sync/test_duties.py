"""The four ones: of a unit's duty one record counts for a period, whoever found a network first; further ones are kept."""

import pytest

from tests.sync.hub import Hub, Tablet
from tests.sync.world import CG, D2, D3, G1, G3, LY, M1, U1, U2, D, duty, ident, when


def two_tablets() -> tuple[Hub, Tablet, Tablet]:
    hub = Hub()
    return hub, hub.tablet("A", G1), hub.tablet("B", G1)


def two_record(first: str = "08:50", second: str = "09:10", **more: object) -> tuple[Hub, str, str]:
    """A records this month's contact at 09:10 and uploads first, B at 08:50."""
    hub, a, b = two_tablets()
    earlier = b.does("duty.record", D, first, by=M1, **{**duty(), **more})
    later = a.does("duty.record", D2, second, **duty())
    a.push("18:00")
    b.push("19:00")
    hub.night()
    return hub, earlier, later


def voided(*, seen: bool = True) -> tuple[Hub, str, str, str]:
    """Two record one duty; the one that counts was a mistake, and its author takes it back the next day."""
    hub, a, b = two_tablets()
    first = b.does("duty.record", D, "08:50", by=M1, **duty())
    further = a.does("duty.record", D2, "09:10", **duty())
    b.push("19:00")
    if seen:
        a.push("18:00")
        hub.night()
    void = b.does("duty.void", D, "1/09:00", reason="that was unit 2")
    a.push("1/09:30")
    b.push("1/10:00")
    hub.night("1/23:00")
    return hub, first, further, void


def states(hub: Hub) -> dict[str, str]:
    return {duty_id: hub.duty(duty_id).state for duty_id in sorted(hub.memory.things["duty"])}


def test_two_tablets_record_one_duty_offline_and_the_earlier_deed_counts() -> None:
    hub, earlier, later = two_record()
    assert (hub.duty(D).state, hub.duty(D2).state) == ("COUNTED", "FURTHER")
    assert hub.code(earlier) == "APPLIED"
    verdict = hub.verdict(later)
    assert (verdict.outcome, verdict.code, verdict.rule) == ("DUPLICATE", "DUTY_DONE", "first")
    assert verdict.sentence == {
        "zh": "2026-11的联系已由member 1于2026-11-23 08:50记下，一期计一次；这一份照样保留。",
        "en": "The contact of 2026-11 was recorded by member 1 at 2026-11-23 08:50; it counts once, and this one is kept beside it.",
    }
    assert verdict.stands == {"duty": D, "since": "2026-11-23T00:50:00.000Z", "change": earlier}
    conflict = hub.conflict(D, "state")
    assert (conflict.stands, conflict.state, conflict.thing) == (earlier, "SETTLED", "duty")
    assert [candidate.change for candidate in conflict.candidates] == [earlier, later]


def test_where_nobody_said_who_did_it_the_office_is_named() -> None:
    hub, a, _ = two_tablets()
    hub.desk("duty.record", D, "08:00", **duty())
    later = a.does("duty.record", D2, "09:00", **duty())
    a.push("18:00")
    hub.night()
    assert "by dispatcher at" in hub.verdict(later).sentence["en"]


def test_a_confirmed_record_goes_on_counting_when_an_earlier_one_comes_later() -> None:
    hub, a, b = two_tablets()
    a.does("duty.record", D, "09:10", **duty())
    a.push("18:00")
    hub.night()
    late = b.does("duty.record", D2, "08:50", **duty())
    b.push("1/09:00")
    hub.night("1/23:00")
    assert states(hub) == {D: "COUNTED", D2: "FURTHER"}
    assert hub.code(late) == "DUTY_DONE"


def test_two_that_cannot_be_told_apart_are_a_close_call_for_a_person() -> None:
    hub, a, b = two_tablets()
    a.does("duty.record", D, when("09:00"), **duty())
    b.does("duty.record", D2, when("09:00") + 40, **duty())
    a.push("18:00")
    b.push("18:00")
    hub.night()
    assert (hub.conflict(D, "state").state, hub.conflict(D, "state").close_call) == ("REVIEW", True)


def test_another_period_unit_kind_or_community_is_another_duty() -> None:
    hub, a, _ = two_tablets()
    for number, more in enumerate(
        ({}, {"on": "2026-10-31"}, {"unit": U2}, {"kind": "SURVEY"}, {"kind": "TALK"}, {"kind": "SUMMARY"})
    ):
        a.does("duty.record", ident(f"d{number}"), "09:00", **{**duty(), **more})
    a.push("18:00")
    hub.night()
    hub.district("duty.record", ident("elsewhere"), "1/09:00", **{**duty(), "community": CG})
    assert set(states(hub).values()) == {"COUNTED"}
    found = [hub.duty(ident(f"d{number}")).period for number in range(6)]
    assert found == ["2026-11", "2026-10", "2026-11", "2026-Q4", "2026-H2", "2026"]


def test_the_day_and_its_period_are_of_the_communitys_calendar() -> None:
    """00:30 of the first of December in LY is still November in Greenwich."""
    hub, a, _ = two_tablets()
    a.does("duty.record", D, "8/00:30", **duty())
    a.does("duty.record", D2, "8/00:40", **duty(on="2026-11-30"))
    a.push("8/18:00")
    hub.night("8/23:00")
    assert [(hub.duty(one).on, hub.duty(one).period) for one in (D, D2)] == [
        ("2026-12-01", "2026-12"),
        ("2026-11-30", "2026-11"),
    ]
    assert hub.duty(D2).at == when("7/00:00")


def test_a_day_that_is_still_to_come_is_refused() -> None:
    hub, a, _ = two_tablets()
    told = [a.does("duty.record", D, "09:00", **duty(on=day)) for day in ("2026-11-24", "9999-12-31")]
    a.push("18:00")
    hub.night()
    assert [hub.code(one) for one in told] == ["DAY_TO_COME"] * 2
    assert not hub.memory.things.get("duty")


def test_the_same_record_twice_is_one() -> None:
    hub, a, _ = two_tablets()
    a.does("duty.record", D, "09:00", **duty())
    again = a.does("duty.record", D, "09:10", **duty("TALK"))
    a.push("18:00")
    hub.night()
    assert hub.code(again) == "OPENED_BEFORE"
    assert hub.duty(D).kind == "CONTACT"


def test_a_record_waits_for_its_unit_and_then_counts() -> None:
    hub, a, _ = two_tablets()
    unit = ident("a new unit")
    early = a.does("duty.record", D, "09:00", **duty(unit=unit))
    a.push("10:00")
    hub.night("10:10")
    assert hub.code(early) == "WAITS"
    hub.district("unit.put", unit, "11:00", code="U9", name={"zh": "新", "en": "new"}, community=LY)
    assert (hub.code(early), hub.duty(D).on) == ("APPLIED", "2026-11-23")


def test_nobody_records_for_another_community() -> None:
    hub, a, _ = two_tablets()
    told = a.does("duty.record", D, "09:00", **{**duty(), "community": CG})
    a.push("18:00")
    hub.night()
    assert hub.code(told) == "OUT_OF_SCOPE"
    far = hub.tablet("F", G3, at="18:10")
    there = far.does("duty.record", D2, "19:00", **{**duty(), "community": CG})
    far.push("20:00")
    hub.night("21:00")
    assert hub.code(there) == "APPLIED"


@pytest.mark.parametrize("seen", [True, False])
def test_a_person_says_which_record_counts_or_that_none_does(seen: bool) -> None:
    """Also where the two records and the first ruling are of different nights."""
    hub, earlier, later = two_record()
    conflict = hub.conflict(D, "state").id
    hub.desk("conflict.rule", conflict, "1/09:00", stands=later, reason="the first was a mistake")
    assert states(hub) == {D: "FURTHER", D2: "COUNTED"}
    assert (hub.code(earlier), hub.code(later)) == ("RULED_AGAINST", "RULED_FOR")
    third = hub.desk("duty.record", D3, "1/10:00", saw=None if seen else 0, **duty()).change.id
    assert hub.verdict(third).stands["duty"] == D2  # type: ignore[index]
    hub.desk("conflict.rule", conflict, "1/11:00", stands=None, reason="neither")
    assert states(hub) == {D: "FURTHER", D2: "FURTHER", D3: "FURTHER"}
    fourth = hub.desk("duty.record", ident("fourth"), "1/12:00", **duty()).change.id
    assert hub.code(fourth) == "APPLIED"
    hub.desk("conflict.rule", conflict, "1/13:00", stands=earlier, reason="the first after all")
    assert [state for state in states(hub).values() if state == "COUNTED"] == ["COUNTED"]
    assert hub.duty(D).state == "COUNTED"
    hub.desk("conflict.rule", hub.conflict(D2, "state").id, "1/14:00", stands=None, reason="not that one")
    assert hub.duty(D).state == "COUNTED", "what counts is no candidate of that conflict"


def test_a_units_first_day_is_the_districts_word() -> None:
    hub = Hub()
    name = {"zh": "名", "en": "unit 1"}
    hub.district("unit.put", U1, "09:00", code="LY-U1", name=name, community=LY, since="2026-03-01")
    assert hub.memory.documents["unit", U1].body["since"] == "2026-03-01"


def test_everybody_in_the_community_sees_what_was_done() -> None:
    hub, _, _ = two_record(on="2026-11-02", topic="parking")
    found = hub.memory.documents["duty", D]
    assert found.audience == f"community:{LY}"
    assert found.body == {
        "id": D,
        "community": LY,
        "unit": U1,
        "kind": "CONTACT",
        "period": "2026-11",
        "on": "2026-11-02",
        "topic": "parking",
        "state": "COUNTED",
        "by": M1,
        "recordedAt": "2026-11-23T00:50:00.000Z",
        "reason": None,
    }


# Recorded by mistake


@pytest.mark.parametrize("seen", [True, False])
def test_when_the_one_that_counts_is_voided_the_next_counts_and_its_author_hears_so(seen: bool) -> None:
    hub, first, further, void = voided(seen=seen)
    assert states(hub) == {D: "VOID", D2: "COUNTED"}
    assert hub.duty(D).reason == "that was unit 2"
    assert (hub.code(void), hub.code(first)) == ("APPLIED", "APPLIED")
    verdict = hub.verdict(further)
    assert (verdict.outcome, verdict.code, verdict.rule) == ("APPLIED", "COUNTS_NOW", "first")
    assert verdict.sentence == {
        "zh": "2026-11先计的那次联系已作废；您记的这一份现在计数。",
        "en": "The contact of 2026-11 that counted was voided; the one that you recorded counts now.",
    }
    body = hub.memory.documents["duty", D].body
    assert (body["state"], body["reason"]) == ("VOID", "that was unit 2")


def test_the_earliest_of_several_others_is_the_next_and_one_that_is_void_never() -> None:
    hub, a, b = two_tablets()
    a.does("duty.record", D, "08:00", **duty())
    b.does("duty.record", D2, "09:00", **duty())
    a.does("duty.record", D3, "10:00", **duty())
    a.push("18:00")
    b.push("18:00")
    hub.night()
    hub.desk("duty.void", D2, "1/09:00", reason="r")
    assert states(hub) == {D: "COUNTED", D2: "VOID", D3: "FURTHER"}
    hub.desk("duty.void", D, "1/09:10", reason="r")
    assert states(hub) == {D: "VOID", D2: "VOID", D3: "COUNTED"}
    hub.desk("duty.void", D3, "1/09:20", reason="r")
    assert states(hub) == dict.fromkeys((D, D2, D3), "VOID")
    hub.desk("duty.record", ident("d4"), "1/09:30", **duty())
    assert hub.duty(ident("d4")).state == "COUNTED"


def test_only_its_author_or_a_desk_of_its_community_takes_a_duty_back() -> None:
    hub, _, b = two_tablets()
    b.does("duty.record", D, "09:00", **duty())
    b.push("18:00")
    hub.night()
    c, far = hub.tablet("C", G1, at="1/08:00"), hub.tablet("F", G3, at="1/08:00")
    told = [one.does("duty.void", D, "1/09:00", reason="r") for one in (c, far)]
    for one in (c, far):
        one.push("1/10:00")
    hub.night("1/23:00")
    assert [hub.code(one) for one in told] == ["NOT_YOURS", "OUT_OF_SCOPE"]
    assert hub.verdict(told[0]).sentence["en"] == "Only its author or a dispatcher can void a duty."
    foreign = hub.desk("duty.void", D, "2/09:00", reason="r", scope=(CG,))
    assert (hub.code(foreign.change.id), hub.duty(D).state) == ("OUT_OF_SCOPE", "COUNTED")


def test_two_who_void_one_duty_hear_that_once_is_enough_and_the_earlier_reason_stands_in_any_night() -> None:
    hub, a, b = two_tablets()
    hub.lines["B"].renews = ("A",)
    a.does("duty.record", D, "08:00", **duty())
    a.push("08:10")
    hub.night("08:20")
    earlier = b.does("duty.void", D, "09:00", reason="earlier")
    later = a.does("duty.void", D, "10:00", reason="later")
    a.push("18:00")
    hub.night("18:10")
    assert hub.duty(D).reason == "later"
    b.push("19:00")
    hub.night()
    assert hub.duty(D).reason == "earlier"
    again = a.does("duty.void", D, "1/10:00", reason="again")
    a.push("1/11:00")
    hub.night("1/23:00")
    assert [hub.code(one) for one in (earlier, later, again)] == ["APPLIED", "APPLIED", "VOIDED"]
    assert hub.verdict(again).sentence == {"zh": "该四个一已作废。", "en": "The duty is void already."}


def test_a_void_waits_for_its_duty() -> None:
    hub, a, _ = two_tablets()
    told = a.does("duty.void", D, "09:00", reason="r")
    a.push("18:00")
    hub.night()
    assert (hub.code(told), hub.verdict(told).waits) == ("WAITS", D)


def test_a_ruling_cannot_let_a_voided_record_count() -> None:
    hub, first, further, _ = voided()
    conflict = hub.conflict(D, "state")
    refused = hub.desk("conflict.rule", conflict.id, "2/09:00", stands=first, reason="r")
    assert hub.code(refused.change.id) == "VOIDED"
    confirmed = hub.desk("conflict.rule", conflict.id, "2/09:10", stands=further, reason="r")
    assert (hub.code(confirmed.change.id), states(hub)) == ("APPLIED", {D: "VOID", D2: "COUNTED"})
    none = hub.desk("conflict.rule", conflict.id, "2/09:20", stands=None, reason="r")
    assert (hub.code(none.change.id), states(hub)) == ("APPLIED", {D: "VOID", D2: "FURTHER"})


def test_a_void_that_waited_too_long_for_its_duty_is_ruled_on_by_a_person() -> None:
    """Its candidate says what it waits for, and is no duty itself."""
    hub, a, _ = two_tablets()
    told = a.does("duty.void", D, "09:00", reason="r")
    a.push("18:00")
    hub.night()
    hub.night("31/23:00")
    conflict = hub.conflict(D, f"held:{told}")
    kept = hub.desk("conflict.rule", conflict.id, "32/09:00", stands=told, reason="r")
    assert (hub.code(kept.change.id), hub.code(told)) == ("NOT_FOUND", "WAITED_TOO_LONG")
    against = hub.desk("conflict.rule", conflict.id, "32/09:10", stands=None, reason="r")
    assert (hub.code(against.change.id), hub.code(told)) == ("APPLIED", "RULED_AGAINST")

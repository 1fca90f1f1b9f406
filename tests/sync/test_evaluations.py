"""Evaluations: one per member, community and period; the last word until the period closes, then a person's."""

from itertools import permutations
from typing import Any

import pytest

from sync.evaluations import may_close
from sync.state import Outcome
from tests.sync.hub import Hub, Tablet
from tests.sync.world import (
    CG,
    E2,
    E3,
    E4,
    G1,
    G3,
    LY,
    M1,
    M2,
    M3,
    M5,
    U1,
    E,
    community,
    evaluation,
    ident,
    when,
)

CLOSING = "23/00:00"
"""Fifteen days after the end of November: the sixteenth of December begins."""


def two_tablets() -> tuple[Hub, Tablet, Tablet]:
    hub = Hub()
    return hub, hub.tablet("A", G1), hub.tablet("B", G1)


def two_evaluate(first: str = "08:50", second: str = "09:10", *, order: str = "AB") -> tuple[Hub, str, str]:
    """B finds M1 excellent at 08:50, A basically qualified at 09:10; neither hears of the other."""
    hub, a, b = two_tablets()
    told = {
        "B": b.does("evaluation.submit", E, first, by=M2, **evaluation("EXCELLENT")),
        "A": a.does("evaluation.submit", E2, second, private={"words": "seldom came"}, **evaluation("BASIC")),
    }
    for name in order:
        {"A": a, "B": b}[name].push("18:00")
    hub.night()
    return hub, told["B"], told["A"]


def late(**more: Any) -> tuple[Hub, str]:
    """An evaluation of November that reaches the hub when November has been closed."""
    hub, a, _ = two_tablets()
    told = a.does("evaluation.submit", E, "24/09:00", **{**evaluation(), **more})
    a.push("24/10:00")
    hub.night("24/23:00")
    return hub, told


def of_another_community() -> tuple[Hub, str]:
    """LY evaluates a member of CG."""
    hub, a, _ = two_tablets()
    told = a.does("evaluation.submit", E, "09:00", **evaluation(member=M5))
    a.push("18:00")
    hub.night()
    return hub, told


def said(outcome: Outcome) -> tuple[str, str, str | None]:
    return str(outcome.outcome), outcome.code, outcome.rule


@pytest.mark.parametrize("order", ["AB", "BA"])
def test_of_two_tablets_that_disagree_the_later_deed_stands_in_all_upload_orders(order: str) -> None:
    hub, excellent, basic = two_evaluate(order=order)
    found = hub.evaluation(E)
    assert (found.grade, found.words, found.state, found.by) == ("BASIC", "seldom came", "OPEN", None)
    assert E2 not in hub.memory.things["evaluation"], "there is one evaluation, under the id that came first"
    assert said(hub.verdict(basic)) == ("APPLIED", "STANDS", "latest")
    assert said(hub.verdict(excellent)) == ("SUPERSEDED", "LATER_DEED", "latest")
    assert hub.verdict(excellent).sentence == {
        "zh": "评价以2026-11-23 09:10的后一次修改为准，这一份已保留备查。",
        "en": "A later evaluation, of 2026-11-23 09:10, stands; this one is kept beside it.",
    }
    assert hub.verdict(excellent).stands == {"evaluation": E, "grade": "BASIC", "change": basic}
    conflict = hub.conflict(E, "grade")
    assert (conflict.rule, conflict.state, conflict.stands, conflict.grid) == ("latest", "SETTLED", basic, G1)
    assert [one.value for one in conflict.candidates] == ["EXCELLENT", "BASIC"], "words are not copied"


@pytest.mark.parametrize(
    ("desk_at", "grade", "heard"),
    [
        # The desk's is confirmed before anybody uploads, and it is the later deed: all three hear so.
        ("12:00", "EXCELLENT", {"A": "LATER_DEED", "B": "LATER_DEED", "C": "LATER_DEED"}),
        # It is confirmed, but the tablets judged later: the last of them stands.
        ("08:30", "BASIC", {"A": "LATER_DEED", "B": "STANDS", "C": "LATER_DEED"}),
    ],
)
def test_three_tablets_and_a_desk_come_to_the_same_in_every_order_of_uploads(
    desk_at: str, grade: str, heard: dict[str, str]
) -> None:
    found = set()
    for order in permutations("ABC"):
        hub = Hub()
        hub.audited = False
        tablets = {name: hub.tablet(name, G1) for name in "ABC"}
        hub.desk("evaluation.submit", E4, desk_at, **evaluation("EXCELLENT"))
        tablets["A"].does("evaluation.submit", E, "09:00", **evaluation("QUALIFIED"))
        tablets["B"].does("evaluation.submit", E2, "09:20", **evaluation("BASIC"))
        tablets["C"].does("evaluation.submit", E3, "09:10", **evaluation("UNQUALIFIED"))
        for name in order:
            tablets[name].push("18:00")
        settled = hub.night()
        told = [(one.device, one.seq, one.code) for one in settled.outcomes]
        found.add((settled.digest, tuple(told), hub.evaluation(E4).grade))
    ((_, outcomes, stands),) = found
    assert stands == grade
    assert {device: code for device, _, code in outcomes if device in heard} == heard


def test_an_earlier_deed_that_arrives_a_night_later_is_superseded_and_whoever_stands_hears_of_it() -> None:
    hub, a, b = two_tablets()
    standing = a.does("evaluation.submit", E, "09:10", **evaluation("BASIC"))
    a.push("18:00")
    hub.night()
    earlier = b.does("evaluation.submit", E2, "08:50", **evaluation("EXCELLENT"))
    b.push("1/09:00")
    hub.night("1/23:00")
    assert (hub.evaluation(E).grade, hub.code(earlier), hub.code(standing)) == (
        "BASIC",
        "LATER_DEED",
        "STANDS",
    )
    third = hub.desk("evaluation.submit", E3, "2/09:00", saw=0, **evaluation("BASIC")).change.id
    assert hub.code(third) == "APPLIED"
    same = b.does("evaluation.submit", ident("same"), "08:55", **evaluation("BASIC"))
    another = b.does("evaluation.submit", ident("another"), "08:56", **evaluation("QUALIFIED"))
    b.push("2/10:00")
    hub.night("2/23:00")
    assert [hub.code(one) for one in (third, same, another)] == ["STANDS", "APPLIED", "LATER_DEED"]
    last = b.does("evaluation.submit", ident("last"), "08:57", **evaluation("EXCELLENT"))
    b.push("3/10:00")
    hub.night("3/23:00")
    assert (hub.code(third), hub.code(last)) == ("STANDS", "LATER_DEED")


def test_who_has_seen_an_evaluation_changes_it_without_a_conflict() -> None:
    hub, a, b = two_tablets()
    a.does("evaluation.submit", E, "09:00", private={"words": "steady"}, **evaluation())
    a.push("10:00")
    hub.night("10:10")
    b.pull("11:00")
    again = b.does("evaluation.submit", E, "11:30", **evaluation("EXCELLENT"))
    b.push("12:00")
    hub.night("12:10")
    assert (hub.evaluation(E).grade, hub.evaluation(E).words) == ("EXCELLENT", None)
    assert hub.code(again) == "APPLIED"
    assert not hub.conflicts()


def test_two_that_say_the_same_make_no_conflict_but_two_that_give_words_do() -> None:
    hub, a, b = two_tablets()
    told = [
        a.does("evaluation.submit", E, "09:00", **evaluation()),
        b.does("evaluation.submit", E2, "09:10", **evaluation()),
    ]
    for tablet in (a, b):
        tablet.push("18:00")
    hub.night()
    assert [hub.code(one) for one in told] == ["APPLIED", "APPLIED"]
    assert not hub.conflicts()
    a.does("evaluation.submit", E3, "09:20", private={"words": "steady"}, **evaluation())
    a.push("19:00")
    hub.night("23:30")
    assert hub.conflict(E, "grade").state == "SETTLED"


def test_another_member_period_or_community_is_another_evaluation() -> None:
    hub, a, _ = two_tablets()
    others: tuple[dict[str, str], ...] = ({}, {"member": M2}, {"period": "2026-Q4"}, {"period": "2026"})
    for number, more in enumerate(others):
        a.does("evaluation.submit", ident(f"e{number}"), "09:00", **{**evaluation(), **more})
    a.push("18:00")
    hub.night()
    assert {one.grade for one in map(hub.evaluation, (ident(f"e{n}") for n in range(4)))} == {"QUALIFIED"}
    assert not hub.conflicts()


def test_the_same_id_for_another_period_is_refused() -> None:
    hub, a, _ = two_tablets()
    a.does("evaluation.submit", E, "09:00", **evaluation())
    wrong = a.does("evaluation.submit", E, "09:10", **evaluation(period="2026-10"))
    a.does("evaluation.submit", E2, "09:20", **evaluation(period="2026-Q4"))
    mixed = a.does("evaluation.submit", E2, "09:30", **evaluation("BASIC"))
    a.push("18:00")
    hub.night()
    assert [hub.code(one) for one in (wrong, mixed)] == ["OPENED_BEFORE"] * 2
    assert hub.evaluation(E).grade == "QUALIFIED"


def test_a_period_that_is_still_to_come_is_refused_and_one_that_has_begun_is_not() -> None:
    hub, a, _ = two_tablets()
    told = [
        a.does("evaluation.submit", ident(period), "09:00", **evaluation(period=period))
        for period in ("2026-12", "2027-Q1", "2027", "2026-Q4", "2026")
    ]
    a.push("18:00")
    hub.night()
    assert [hub.code(one) for one in told] == ["DAY_TO_COME"] * 3 + ["APPLIED"] * 2
    assert hub.verdict(told[1]).sentence["en"] == "2027-01-01 is still to come."


# A person who was registered twice


def test_whatever_names_an_alias_is_the_members_evaluation() -> None:
    """Two tablets register and evaluate one person: there is one evaluation, and the later word stands."""
    hub, a, b = two_tablets()
    first, second = ident("first"), ident("second")
    for tablet, who, at, grade in ((a, first, "08:00", "QUALIFIED"), (b, second, "08:30", "BASIC")):
        tablet.does("member.register", who, at, unit=U1, number="100", name="new", grid=G1)
        tablet.does("evaluation.submit", ident(tablet.name), at, **evaluation(grade, who))
        tablet.push("18:00")
    hub.night()
    assert hub.member(second).alias_of == first
    (found,) = hub.memory.things["evaluation"].values()
    assert (found.id, found.member, found.grade) == (ident("A"), first, "BASIC")  # type: ignore[attr-defined]


def test_who_is_merged_after_both_were_evaluated_keeps_both_and_the_members_own_goes_on() -> None:
    """A merge only moves the pointer."""
    hub = Hub()
    hub.desk("evaluation.submit", E, "09:00", **evaluation("QUALIFIED", M1))
    hub.desk("evaluation.submit", E2, "09:01", **evaluation("BASIC", M2))
    hub.desk("evaluation.submit", E3, "09:02", **evaluation("BASIC", M3, period="2026-Q4"))
    hub.desk("member.merge", M2, "09:10", into=M1)
    hub.desk("member.merge", M3, "09:10", into=M1)
    hub.desk("evaluation.submit", ident("e4"), "09:20", **evaluation("EXCELLENT", M2))
    assert (hub.evaluation(E).grade, hub.evaluation(E2).grade) == ("EXCELLENT", "BASIC")
    hub.desk("evaluation.submit", ident("e5"), "09:21", **evaluation("EXCELLENT", M1, period="2026-Q4"))
    assert hub.evaluation(E3).grade == "EXCELLENT", "what was given to an alias alone is the member's"


# Who is reached


def test_nobody_evaluates_in_another_community() -> None:
    hub, a, _ = two_tablets()
    told = a.does("evaluation.submit", E, "09:00", **evaluation(member=M5, community=CG))
    a.push("18:00")
    hub.night()
    assert hub.code(told) == "OUT_OF_SCOPE"
    far = hub.tablet("F", G3, at="18:10")
    there = far.does("evaluation.submit", E2, "19:00", **evaluation(member=M5, community=CG))
    far.push("20:00")
    hub.night("21:00")
    assert hub.code(there) == "APPLIED"


def test_a_member_who_serves_elsewhere_is_evaluated_by_a_ruling_alone() -> None:
    hub, told = of_another_community()
    assert said(hub.verdict(told)) == ("REVIEW", "SERVES_ELSEWHERE", "closing")
    assert (hub.evaluation(E).grade, hub.evaluation(E).state) == (None, "REVIEW")
    conflict = hub.conflict(E, "grade")
    assert (conflict.state, conflict.stands, conflict.community) == ("REVIEW", None, LY)
    hub.desk("conflict.rule", conflict.id, "1/09:00", stands=told, reason="served here until October")
    assert (hub.evaluation(E).grade, hub.evaluation(E).state) == ("QUALIFIED", "OPEN")
    assert hub.code(told) == "RULED_FOR"


def test_an_evaluation_waits_for_its_member() -> None:
    hub, a, b = two_tablets()
    new = ident("new")
    early = a.does("evaluation.submit", E, "09:00", **evaluation(member=new))
    a.push("10:00")
    hub.night("10:10")
    assert hub.code(early) == "WAITS"
    b.does("member.register", new, "08:00", unit=U1, number="100", name="new", grid=G1)
    b.push("11:00")
    hub.night("11:10")
    assert (hub.code(early), hub.evaluation(E).grid) == ("APPLIED", G1)


# The closing


def test_a_night_after_the_closing_day_closes_the_period_and_none_before_it() -> None:
    hub, a, _ = two_tablets()
    a.does("evaluation.submit", E, "09:00", **evaluation())
    a.does("evaluation.submit", E2, "09:01", **evaluation(period="2026-Q4"))
    a.push("18:00")
    hub.night()
    hub.night("22/23:59")
    assert hub.evaluation(E).state == "OPEN"
    hub.night("25/02:00")
    found = hub.evaluation(E)
    assert (found.state, found.closed) == ("CLOSED", when(CLOSING)), (
        "the moment is the rule's, not the night's"
    )
    assert hub.evaluation(E2).state == "OPEN"
    assert not may_close(found, when("999/00:00"))
    assert not hub.night("26/02:00").written
    assert hub.memory.documents["evaluation", E].body["closedAt"] == "2026-12-15T16:00:00.000Z"


def test_a_community_says_after_how_many_days_its_periods_close() -> None:
    hub, a, _ = two_tablets()
    hub.district("community.put", LY, "07:00", **{**community("LY"), "policies": {"evaluationDays": 40}})
    a.does("evaluation.submit", E, "09:00", **evaluation())
    a.push("18:00")
    hub.night()
    hub.night("46/23:00")
    assert hub.evaluation(E).state == "OPEN"
    told = hub.desk("evaluation.submit", E, "46/23:30", **evaluation("BASIC")).change.id
    hub.night("48/02:00")
    assert (hub.evaluation(E).state, hub.code(told)) == ("CLOSED", "APPLIED")
    hub.district("community.put", LY, "48/07:00", **{**community("LY"), "policies": {"evaluationDays": 366}})
    again = hub.desk("evaluation.submit", E, "48/09:00", **evaluation()).change.id
    assert hub.code(again) == "AFTER_CLOSING", "what was closed is not opened again by a longer time"


def test_what_comes_after_the_closing_goes_to_a_person_and_what_stands_stands() -> None:
    """Also what was done in time: the unit has been given what stood when the period was closed."""
    hub, a, b = two_tablets()
    confirmed = a.does("evaluation.submit", E, "09:00", **evaluation())
    a.push("18:00")
    hub.night()
    told = b.does("evaluation.submit", E2, "10/09:00", private={"words": "ill"}, **evaluation("BASIC"))
    b.push("24/09:00")
    hub.night("24/23:00")
    verdict = hub.verdict(told)
    assert said(verdict) == ("REVIEW", "AFTER_CLOSING", "closing")
    assert verdict.sentence["en"] == (
        "The evaluations of 2026-11 were closed at 2026-12-16 00:00; this one is kept, and a dispatcher will look."
    )
    assert verdict.stands == {"evaluation": E, "grade": "QUALIFIED"}
    found, conflict = hub.evaluation(E), hub.conflict(E, "grade")
    assert (found.grade, found.state, hub.code(confirmed)) == ("QUALIFIED", "CLOSED", "APPLIED")
    assert (conflict.rule, conflict.state, conflict.stands) == ("closing", "REVIEW", confirmed)
    hub.desk("conflict.rule", conflict.id, "25/09:00", stands=told, reason="heard the branch")
    found = hub.evaluation(E)
    assert (found.grade, found.words, found.state) == ("BASIC", "ill", "CLOSED")
    assert (hub.code(told), hub.code(confirmed)) == ("RULED_FOR", "RULED_AGAINST")


def test_a_first_evaluation_that_comes_after_the_closing_waits_and_is_closed_when_ruled() -> None:
    hub, told = late()
    assert (hub.code(told), hub.evaluation(E).state) == ("AFTER_CLOSING", "REVIEW")
    another = hub.desk("evaluation.submit", E2, "25/08:00", **evaluation("BASIC")).change.id
    conflict = hub.conflict(E, "grade")
    assert [one.change for one in conflict.candidates] == [told, another], "one conflict gathers all"
    hub.desk("conflict.rule", conflict.id, "25/09:00", stands=told, reason="the village had no network")
    found = hub.evaluation(E)
    assert (found.grade, found.state, found.closed) == ("QUALIFIED", "CLOSED", when(CLOSING))


def test_a_ruling_can_be_ruled_again_and_words_come_back_from_what_it_chose() -> None:
    hub, excellent, basic = two_evaluate()
    conflict = hub.conflict(E, "grade").id
    hub.desk("conflict.rule", conflict, "1/09:00", stands=None, reason="heard neither")
    assert (hub.evaluation(E).grade, hub.evaluation(E).state) == (None, "SET_ASIDE")
    third = hub.desk("evaluation.submit", E3, "1/10:00", saw=0, **evaluation("QUALIFIED")).change.id
    assert (hub.evaluation(E).grade, hub.evaluation(E).state) == ("QUALIFIED", "OPEN")
    nothing = hub.conflict(E, "grade").candidates[2].change
    hub.desk("conflict.rule", conflict, "1/11:00", stands=basic, reason="A after all")
    ruled = hub.evaluation(E).versions["grade"].change
    hub.desk("evaluation.submit", E3, "1/12:00", saw=0, **evaluation("QUALIFIED"))
    hub.desk("conflict.rule", conflict, "1/13:00", stands=ruled, reason="as it was ruled")
    assert (hub.evaluation(E).grade, hub.evaluation(E).words) == ("BASIC", "seldom came")
    hub.desk("conflict.rule", conflict, "1/14:00", stands=nothing, reason="nothing, as at first")
    assert (hub.evaluation(E).grade, hub.evaluation(E).closed) == (None, None)
    assert {hub.code(one) for one in (excellent, basic, third)} == {"RULED_AGAINST"}


# Who carries it


def test_the_tablets_of_the_community_carry_it_and_its_words_those_of_the_members_grid() -> None:
    hub, _, _ = two_evaluate()
    found = hub.memory.documents["evaluation", E]
    assert found.audience == f"community:{LY}"
    assert (found.private, found.private_grid) == ({"words": "seldom came"}, G1)
    assert found.body == {
        "id": E,
        "community": LY,
        "member": M1,
        "grid": G1,
        "period": "2026-11",
        "grade": "BASIC",
        "words": None,
        "state": "OPEN",
        "by": None,
        "decidedAt": "2026-11-23T01:10:00.000Z",
        "closedAt": None,
    }

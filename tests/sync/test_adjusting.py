"""Manual credits and debits: nothing counts without a second person, and whoever decides second hears who was first."""

from typing import Any

import pytest

from sync.kinds.kind import Office
from tests.sync.hub import Hub, Tablet
from tests.sync.world import ADJUSTMENT, CG, G1, G3, LY, M1, M2, M3, ident


def proposed(points: int = 5, **more: Any) -> tuple[Hub, Tablet, str]:
    """A tablet proposes at 09:00; the night has settled it."""
    hub = Hub()
    a = hub.tablet("A", G1)
    told = a.does(
        "points.adjust", ADJUSTMENT, "09:00", member=M1, points=points, reason="helped at the flood", **more
    )
    a.push("10:00")
    hub.night("10:10")
    return hub, a, told


def decide(hub: Hub, kind: str = "points.confirm", at: str = "11:00", **more: Any) -> str:
    """A dispatcher's decision, by the desk's second token unless said."""
    data = {"reason": "not so"} if kind == "points.withdraw" else {}
    return hub.desk(kind, ADJUSTMENT, at, **{"author": "second desk", **data, **more}).change.id


def both_desks(first: str, second: str) -> tuple[Hub, str, str, str]:
    """Two desks decide at once: neither has seen the other's."""
    hub, _, told = proposed()
    saw = hub.memory.rev
    one = decide(hub, first, "11:00", saw=saw)
    return hub, told, one, decide(hub, second, "11:01", saw=saw, author="third desk")


def points(hub: Hub, member: str = M1) -> int:
    return hub.member(member).points


def test_a_proposal_is_provisional_and_inflates_nothing() -> None:
    hub, _, told = proposed()
    verdict = hub.verdict(told)
    assert (verdict.outcome, verdict.code, verdict.rule) == ("REVIEW", "SECOND_PERSON", "second")
    assert verdict.sentence == {
        "zh": "已记为暂记，须由另一人确认；确认之前不计入积分。",
        "en": "Noted as provisional: a second person has to confirm it, and until then it counts for nothing.",
    }
    assert (hub.adjustment(ADJUSTMENT).state, points(hub), hub.memory.entries) == ("PROPOSED", 0, {})


def test_what_a_second_person_confirms_counts_and_who_proposed_it_hears_who_confirmed() -> None:
    hub, _, told = proposed()
    confirmed = decide(hub)
    assert (hub.code(confirmed), points(hub)) == ("APPLIED", 5)
    (entry,) = hub.memory.entries.values()
    assert (entry.kind, entry.points, entry.source, entry.rule) == ("CREDITED", 5, ADJUSTMENT, None)
    verdict = hub.verdict(told)
    assert (verdict.outcome, verdict.code) == ("APPLIED", "CONFIRMED")
    assert verdict.sentence == {
        "zh": "派单员已于2026-11-23 11:00确认，已计入积分。",
        "en": "The dispatcher confirmed it at 2026-11-23 11:00; it counts.",
    }
    assert verdict.stands == {"state": "CONFIRMED", "since": "2026-11-23T03:00:00.000Z", "change": confirmed}
    found = hub.memory.documents["adjustment", ADJUSTMENT]
    assert found.audience == f"grid:{G1}"
    assert found.body == {
        "id": ADJUSTMENT,
        "community": LY,
        "grid": G1,
        "member": M1,
        "points": 5,
        "reason": "helped at the flood",
        "state": "CONFIRMED",
        "by": None,
        "at": "2026-11-23T01:00:00.000Z",
        "decidedAt": "2026-11-23T03:00:00.000Z",
        "decider": None,
        "why": None,
    }


def test_who_proposed_it_can_never_confirm_it() -> None:
    hub = Hub()
    hub.desk("points.adjust", ADJUSTMENT, "09:00", member=M1, points=5, reason="r", author="desk 1")
    same = decide(hub, author="desk 1")
    assert hub.code(same) == "SAME_PERSON"
    assert (
        hub.verdict(same).sentence["en"] == "Who proposed it cannot confirm it; that takes a second person."
    )
    assert (points(hub), hub.adjustment(ADJUSTMENT).state) == (0, "PROPOSED")
    assert hub.code(decide(hub, author="desk 2", at="11:10")) == "APPLIED"


def test_who_is_named_for_both_is_the_same_person_whatever_they_work_on() -> None:
    hub, _, _ = proposed(by=M2)
    assert hub.code(decide(hub, by=M2)) == "SAME_PERSON"
    hub.desk("member.merge", M3, "11:10", into=M2)
    assert hub.code(decide(hub, by=M3, at="11:20")) == "SAME_PERSON"
    assert hub.code(decide(hub, by=M1, at="11:30")) == "OWN_POINTS"
    hub.desk("member.split", M3, "11:40")
    assert hub.code(decide(hub, by=M3, at="11:50")) == "APPLIED"


def test_only_a_desk_confirms_and_only_in_its_community() -> None:
    hub, a, _ = proposed()
    told = a.does("points.confirm", ADJUSTMENT, "12:00")
    a.push("13:00")
    hub.night()
    assert hub.code(told) == "FORBIDDEN"
    assert hub.code(decide(hub, at="1/09:00", scope=(CG,))) == "OUT_OF_SCOPE"
    assert hub.code(hub.district("points.confirm", ADJUSTMENT, "1/10:00").change.id) == "APPLIED"


@pytest.mark.parametrize(
    ("first", "second", "code", "english"),
    [
        ("confirm", "confirm", "CONFIRMED_BEFORE", "The dispatcher confirmed it at 2026-11-23 11:00; once is enough."),
        ("confirm", "withdraw", "CONFIRMED_FIRST", "The dispatcher had confirmed it at 2026-11-23 11:00 and it counts; to set it right, propose the opposite."),
        ("withdraw", "confirm", "WITHDRAWN_FIRST", "The dispatcher had withdrawn it at 2026-11-23 11:00 and it counts for nothing; where it is wanted, propose it anew."),
        ("withdraw", "withdraw", "WITHDRAWN_BEFORE", "The dispatcher withdrew it at 2026-11-23 11:00; once is enough."),
    ],
)  # fmt: skip
def test_two_desks_decide_at_once_and_the_second_hears_who_was_first(
    first: str, second: str, code: str, english: str
) -> None:
    hub, told, one, other = both_desks(f"points.{first}", f"points.{second}")
    assert (hub.code(one), hub.code(other)) == ("APPLIED", code)
    assert hub.verdict(other).sentence["en"] == english
    assert points(hub) == (5 if first == "confirm" else 0)
    assert hub.code(told) == ("CONFIRMED" if first == "confirm" else "WITHDRAWN")


def test_who_proposed_it_hears_why_it_was_withdrawn() -> None:
    hub, _, told = proposed()
    decide(hub, "points.withdraw", by=M2)
    assert hub.verdict(told).sentence == {
        "zh": "member 2已于2026-11-23 11:00撤回，不计积分：not so",
        "en": "The member 2 withdrew it at 2026-11-23 11:00, and it counts for nothing: not so",
    }
    assert (hub.adjustment(ADJUSTMENT).state, hub.adjustment(ADJUSTMENT).why) == ("WITHDRAWN", "not so")


def test_a_tablet_takes_back_its_own_and_no_other_tablet_does() -> None:
    hub, a, told = proposed()
    b = hub.tablet("B", G1)
    other = b.does("points.withdraw", ADJUSTMENT, "12:00", reason="r")
    b.push("13:00")
    hub.night("13:10")
    assert hub.code(other) == "NOT_YOURS"
    own = a.does("points.withdraw", ADJUSTMENT, "14:00", reason="wrong person")
    a.push("15:00")
    hub.night("15:10")
    assert (hub.code(own), hub.adjustment(ADJUSTMENT).state) == ("APPLIED", "WITHDRAWN")
    assert hub.code(told) == "SECOND_PERSON", "who takes it back knows"


def test_a_confirmation_that_finds_a_tablets_word_in_the_inbox_waits_for_the_night() -> None:
    hub, a, _ = proposed()
    a.does("points.withdraw", ADJUSTMENT, "10:30", reason="wrong person")
    a.push("10:40")
    late = decide(hub)
    assert points(hub) == 0
    hub.night()
    assert (hub.code(late), points(hub)) == ("WITHDRAWN_FIRST", 0)


def test_a_debit_takes_no_more_than_there_is() -> None:
    hub, a, _ = proposed(points=-3)
    short = decide(hub)
    assert (hub.code(short), hub.verdict(short).stands) == ("SHORT", {"balance": 0})
    assert hub.adjustment(ADJUSTMENT).state == "PROPOSED"
    a.serves(ident("s1"), M1, "12:00", "12:30")
    a.serves(ident("s2"), M1, "13:00", "13:30")
    a.push("14:00")
    hub.night("14:10")
    assert points(hub) >= 4
    before = points(hub)
    assert hub.code(decide(hub, at="15:00")) == "APPLIED"
    assert points(hub) == before - 3
    assert [one.kind for one in hub.memory.entries.values() if one.points < 0] == ["DEBITED"]


def test_what_is_credited_can_be_spent_and_in_one_night_the_order_of_deeds_says_by_whom() -> None:
    hub, a, _ = proposed()
    early = a.does("points.redeem", ident("r1"), "10:50", member=M1, points=5, reward="soap")
    late = a.does("points.redeem", ident("r2"), "11:10", member=M1, points=5, reward="soap")
    hub.inbox.append(
        hub.office(Office.DISPATCHER, "points.confirm", ADJUSTMENT, {}, "11:00", author="desk 2")
    )
    a.push("18:00")
    hub.night()
    assert (hub.code(early), hub.code(late), points(hub)) == ("SHORT", "APPLIED", 0)


def test_the_same_proposal_twice_is_one_and_who_is_elsewhere_is_not_theirs() -> None:
    hub, a, _ = proposed()
    again = a.does("points.adjust", ADJUSTMENT, "12:00", member=M2, points=1, reason="r")
    far = hub.tablet("F", G3)
    foreign = far.does("points.adjust", ident("x"), "12:00", member=M1, points=1, reason="r")
    a.push("13:00")
    far.push("13:00")
    hub.night()
    assert (hub.code(again), hub.code(foreign)) == ("OPENED_BEFORE", "OUT_OF_SCOPE")
    assert hub.adjustment(ADJUSTMENT).member == M1


def test_a_member_of_another_grid_is_carried_by_whoever_proposed_it() -> None:
    hub, a, _ = proposed()
    a.does("points.adjust", ident("x"), "12:00", member=M3, points=1, reason="r")
    a.push("13:00")
    hub.night()
    assert hub.adjustment(ident("x")).grid == G1


def test_a_confirmation_of_nothing_is_refused() -> None:
    hub, _, _ = proposed()
    gone = hub.desk("points.confirm", ident("nothing"), "11:00")
    assert hub.code(gone.change.id) == "NOT_FOUND"

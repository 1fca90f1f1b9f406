"""Points expire by the district's dated rule: what was earned first is spent first, and nothing depends on the network.

The last day of the year is day 38.
"""

from typing import Any

import pytest

from sync.expiring import bounds_of, cutoff_of, day_of
from sync.things import PointExpiry
from tests.sync.hub import Hub, Tablet
from tests.sync.world import (
    ADJUSTMENT,
    EXPIRY,
    G1,
    LY,
    M1,
    M2,
    PER_SERVICE,
    RECOUNT,
    ident,
    point_expiry,
    point_rule,
    when,
)


def earned(
    *, on: str = "2026-12-31", months: int = 1, services: tuple[str, ...] = ("09:00",)
) -> tuple[Hub, Tablet]:
    """M1 earns two points for each of these services; what is a month old expires on the last day of the year."""
    hub = Hub()
    hub.district("pointExpiry.put", EXPIRY, "06:00", **point_expiry(on, months))
    a = hub.tablet("A", G1)
    for number, at in enumerate(services):
        day = at.partition("/")[0] + "/" if "/" in at else ""
        hour = at.rpartition("/")[2][:2]
        a.serves(ident(f"s{number}"), M1, f"{day}{hour}:00", f"{day}{hour}:30")
        a.push(f"{day}23:00")
        hub.night(f"{day}23:10")
    return hub, a


def redeems(tablet: Tablet, name: str, at: str, points: int, member: str = M1) -> str:
    return tablet.does("points.redeem", ident(name), at, member=member, points=points, reward="soap")


def expired(hub: Hub) -> list[tuple[str, int]]:
    return [(one.source, one.points) for one in hub.memory.entries.values() if one.kind == "EXPIRED"]


def points(hub: Hub, member: str = M1) -> int:
    return hub.member(member).points


def put_for(on: str) -> Hub:
    """A rule that is written on the Monday, for a day."""
    hub = Hub()
    hub.district("pointExpiry.put", EXPIRY, "06:00", **point_expiry(on))
    return hub


def rule(on: str, months: int, name: str = "e") -> PointExpiry:
    return PointExpiry(ident(name), code="e", name={}, months=months, on=on, utc_offset=480)


@pytest.mark.parametrize(
    ("on", "months", "cutoff"),
    [("2026-12-31", 12, "2025-12-31"), ("2027-01-01", 1, "2026-12-01"), ("2028-03-31", 1, "2028-02-29"), ("2027-03-31", 25, "2025-02-28")],
)  # fmt: skip
def test_months_before_a_day_are_months_of_the_calendar(on: str, months: int, cutoff: str) -> None:
    assert cutoff_of(rule(on, months)) == day_of(cutoff)


def test_the_days_that_matter_are_the_cutoffs_and_the_days_of_rules() -> None:
    assert bounds_of([rule("2026-12-31", 12), rule("2027-12-31", 12)]) == [
        day_of("2025-12-31"),
        day_of("2026-12-31"),
        day_of("2027-12-31"),
    ]


def test_what_is_old_and_not_spent_expires_in_the_night_after_its_day_has_begun() -> None:
    hub, _ = earned(services=("09:00", "10/09:00"))
    hub.night("37/23:00")
    assert (points(hub), expired(hub)) == (4, [])
    hub.night("38/02:00")
    assert (points(hub), expired(hub)) == (2, [(EXPIRY, -2)])
    (entry,) = (one for one in hub.memory.entries.values() if one.kind == "EXPIRED")
    assert (entry.member, entry.rule, entry.day, entry.number) == (M1, None, day_of("2026-12-31"), 0)


def test_settling_again_posts_nothing_again_and_once_it_was_brought_no_night_looks() -> None:
    hub, _ = earned()
    for at in ("38/02:00", "39/02:00", "40/02:00", "41/02:00"):
        hub.night(at)
    assert expired(hub) == [(EXPIRY, -2)]
    assert hub.memory.things["pointExpiry"][EXPIRY].brought  # type: ignore[attr-defined]
    assert not hub.memory._timely["pointExpiry"]


def test_what_was_earned_first_is_spent_first() -> None:
    hub, a = earned(services=("09:00", "10/09:00"))
    redeems(a, "r", "11/09:00", 3)
    a.push("11/10:00")
    hub.night("11/23:00")
    hub.night("38/02:00")
    assert (points(hub), expired(hub)) == (1, []), "the old ones were spent, and one of the new"


def test_online_on_the_very_day_nobody_spends_what_has_expired() -> None:
    hub, _ = earned()
    spent = hub.desk("points.redeem", ident("r"), "38/09:00", member=M1, points=1, reward="soap")
    assert (hub.code(spent.change.id), hub.verdict(spent.change.id).stands) == ("SHORT", {"balance": 0})
    hub.night("39/02:00")
    assert (points(hub), expired(hub)) == (0, [(EXPIRY, -2)])


def test_who_spent_in_time_and_found_a_network_later_has_lost_nothing() -> None:
    hub, a = earned(services=("09:00", "10/09:00"))
    told = redeems(a, "r", "37/20:00", 4)
    hub.night("38/02:00")
    assert points(hub) == 2
    a.push("39/10:00")
    hub.night("39/23:00")
    assert (hub.code(told), points(hub)) == ("APPLIED", 0)
    assert expired(hub) == [(EXPIRY, -2), (EXPIRY, 2)], "it was spent, and did not expire after all"


def test_who_spends_more_in_time_than_there_was_is_told_what_there_was() -> None:
    hub, a = earned(services=("09:00",))
    hub.night("38/02:00")
    told = redeems(a, "r", "37/20:00", 3)
    a.push("39/10:00")
    hub.night("39/23:00")
    assert (hub.code(told), hub.verdict(told).stands) == ("SHORT", {"balance": 2})


def test_what_is_taken_back_from_before_has_not_expired_either() -> None:
    hub, a = earned(services=("09:00", "10/09:00"))
    hub.night("38/02:00")
    hub.night("40/02:00")
    a.does("service.void", ident("s0"), "41/09:00", reason="r")
    a.push("41/10:00")
    hub.night("41/23:00")
    assert (points(hub), expired(hub)) == (2, [(EXPIRY, -2), (EXPIRY, 2)])


def test_an_old_service_that_comes_late_expires_as_it_would_have() -> None:
    hub, a = earned()
    a.serves(ident("late"), M1, "1/09:00", "1/09:30")
    hub.night("38/02:00")
    hub.night("40/02:00")
    a.push("41/10:00")
    hub.night("41/23:00")
    assert (points(hub), expired(hub)) == (0, [(EXPIRY, -2), (EXPIRY, -2)])


def test_an_old_service_that_comes_in_the_very_night_of_the_rule_expires_in_it() -> None:
    hub, a = earned(services=())
    a.serves(ident("late"), M1, "1/09:00", "1/09:30")
    a.push("37/10:00")
    hub.night("38/02:00")
    assert (points(hub), expired(hub)) == (0, [(EXPIRY, -2)])


def test_credits_are_gains_and_debits_are_spent() -> None:
    hub, _ = earned()
    for name, points_, at in ((ADJUSTMENT, 6, "1/09:00"), (ident("minus"), -3, "2/09:00")):
        hub.desk("points.adjust", name, at, member=M1, points=points_, reason="r")
        hub.district("points.confirm", name, at)
    assert points(hub) == 5
    hub.night("38/02:00")
    assert (points(hub), expired(hub)) == (0, [(EXPIRY, -5)])


def test_two_rules_in_turn_take_each_point_once() -> None:
    second = ident("the next year")
    hub, _ = earned(services=("09:00", "10/09:00"))
    hub.district("pointExpiry.put", second, "11/06:00", **point_expiry("2027-01-31", 1))
    for day in (38, 39, 40, 69, 70, 71):
        hub.night(f"{day}/02:00")
    assert (points(hub), expired(hub)) == (0, [(EXPIRY, -2), (second, -2)])


def test_who_becomes_one_person_with_somebody_who_spent_more_gets_back_what_had_not_to_expire() -> None:
    hub, a = earned()
    a.serves(ident("new"), M2, "18/09:00", "18/09:30")
    a.push("18/10:00")
    hub.night("18/23:00")
    redeems(a, "r", "21/09:00", 2, M2)
    a.push("21/10:00")
    hub.night("21/23:00")
    for day in (38, 39, 40):
        hub.night(f"{day}/02:00")
    assert (points(hub), points(hub, M2), expired(hub)) == (0, 0, [(EXPIRY, -2)])
    hub.desk("member.merge", M2, "41/09:00", into=M1)
    assert (points(hub), expired(hub)) == (2, [(EXPIRY, -2), (EXPIRY, 2)])
    hub.desk("member.split", M2, "41/10:00")
    assert (points(hub), points(hub, M2)) == (0, 0)


def test_a_ruling_about_a_person_leaves_what_has_expired_alone() -> None:
    hub, a = earned()
    for day in (38, 39, 40):
        hub.night(f"{day}/02:00")
    told = a.does("member.edit", M1, "41/09:00", number="077")
    a.push("41/10:00")
    hub.night("41/23:00")
    hub.desk("conflict.rule", hub.conflict(M1, "number").id, "42/09:00", stands=told, reason="r")
    assert (hub.member(M1).number, points(hub), expired(hub)) == ("077", 0, [(EXPIRY, -2)])


def test_a_recount_of_old_days_has_what_it_posts_expire() -> None:
    hub, _ = earned()
    for day in (38, 39, 40):
        hub.night(f"{day}/02:00")
    hub.district("pointRule.put", PER_SERVICE, "41/08:00", **point_rule("SERVICE", 3, dailyCap=6))
    days: dict[str, Any] = {"from": "2026-11-01", "until": "2026-11-30"}
    hub.district("points.recount", RECOUNT, "41/09:00", community=LY, reason="r", **days)
    assert (points(hub), expired(hub)) == (0, [(EXPIRY, -2), (EXPIRY, -1)])


def test_a_rule_is_for_a_day_to_come_and_is_not_changed_when_that_has_come() -> None:
    hub, _ = earned()
    past = hub.district("pointExpiry.put", ident("x"), "1/06:00", **point_expiry("2026-11-24"))
    assert hub.code(past.change.id) == "DAY_COME"
    moved = hub.district("pointExpiry.put", EXPIRY, "1/06:00", **point_expiry("2027-01-31"))
    assert hub.code(moved.change.id) == "APPLIED"
    hub.night("38/02:00")
    assert expired(hub) == []
    late = hub.district("pointExpiry.put", EXPIRY, "69/06:00", **point_expiry("2027-06-30"))
    assert hub.verdict(late.change.id).sentence == {
        "zh": "2027-01-31已到；积分到期日须是将来的日子，到期了的规则不再改。",
        "en": "2027-01-31 has come: points expire on a day to come, and a rule whose day has come is not changed.",
    }


def test_a_tablet_only_proposes_a_rule() -> None:
    hub, a = earned()
    told = a.does("pointExpiry.put", ident("x"), "1/09:00", **point_expiry("2027-06-30"))
    a.push("1/10:00")
    hub.night("1/23:00")
    assert hub.code(told) == "PROPOSED"


def test_what_happened_in_whichever_nights_comes_to_the_same_in_the_end() -> None:
    """The expiry before or after the upload of what was done before it."""
    found = []
    for first in ("late", "early"):
        hub, a = earned(services=("09:00", "10/09:00"))
        redeems(a, "r", "37/20:00", 3)
        if first == "early":
            a.push("37/21:00")
            hub.night("37/23:00")
        hub.night("38/02:00")
        a.push("39/10:00")
        hub.night("39/23:00")
        hub.night("41/02:00")
        found.append((points(hub), sum(points for _, points in expired(hub))))
    assert found[0] == found[1] == (1, 0)
    assert when("38/00:00") > when("37/23:59")

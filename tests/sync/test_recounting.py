"""A rule that was changed for the past is applied there by an explicit recount, once, line by line, and by the district alone."""

from typing import Any

from sync.kinds.kind import Office
from tests.sync.hub import Hub
from tests.sync.invariants import replayed
from tests.sync.world import G1, LY, M1, M2, PER_SERVICE, RECOUNT, ident, point_rule

DAYS: dict[str, Any] = {"from": "2026-11-23", "until": "2026-11-24"}


def changed(points: int = 3) -> Hub:
    """M1 and M2 have two points each for a service on Monday, M1 two on Wednesday; then a service earns three."""
    hub = Hub()
    a = hub.tablet("A", G1)
    a.serves(ident("s1"), M1, "09:00", "09:30")
    a.serves(ident("s2"), M2, "09:00", "09:30")
    a.push("10:00")
    hub.night()
    a.serves(ident("s3"), M1, "2/09:00", "2/09:30")
    a.push("2/10:00")
    hub.night("2/23:00")
    hub.district("pointRule.put", PER_SERVICE, "3/08:00", **point_rule("SERVICE", points, dailyCap=6))
    return hub


def recounted(
    name: str = RECOUNT, at: str = "3/09:00", hub: Hub | None = None, **more: Any
) -> tuple[Hub, str]:
    hub = hub or changed()
    given = {"community": LY, "reason": "by the new rule from the beginning", **DAYS, **more}
    return hub, hub.district("points.recount", name, at, **given).change.id


def points(hub: Hub) -> tuple[int, int]:
    return hub.member(M1).points, hub.member(M2).points


def test_a_rule_changed_for_the_past_changes_nothing_by_itself() -> None:
    assert points(changed()) == (4, 2)


def test_a_recount_posts_the_difference_as_new_lines_and_says_how_much_that_was() -> None:
    hub = changed()
    before = dict(hub.memory.entries)
    hub, told = recounted(hub=hub)
    assert points(hub) == (5, 3)
    verdict = hub.verdict(told)
    assert (verdict.outcome, verdict.code, verdict.rule) == ("APPLIED", "RECOUNTED", "recount")
    assert verdict.sentence == {
        "zh": "已按现行规则重算：记2笔，合计2分。",
        "en": "Recounted by the rules as they are now: 2 entries were posted, 2 points in sum.",
    }
    assert verdict.stands == {"entries": 2, "points": 2}
    new = [entry for key, entry in hub.memory.entries.items() if key not in before]
    assert [(one.kind, one.points, one.number, one.rule) for one in new] == [
        ("EARNED", 1, 1, PER_SERVICE)
    ] * 2
    assert {key: hub.memory.entries[key] for key in before} == before, "no line is changed"


def test_a_second_recount_finds_nothing_to_post() -> None:
    hub, _ = recounted()
    hub, again = recounted(ident("again"), "3/10:00", hub)
    assert hub.verdict(again).stands == {"entries": 0, "points": 0}
    hub, same = recounted(at="3/11:00", hub=hub)
    assert hub.code(same) == "OPENED_BEFORE"


def test_a_rule_that_earns_less_is_posted_as_less() -> None:
    hub, told = recounted(hub=changed(1))
    assert (points(hub), hub.verdict(told).stands) == ((3, 1), {"entries": 2, "points": -2})


def test_one_rule_alone_may_be_recounted() -> None:
    other = ident("another rule")
    hub = changed()
    hub.district("pointRule.put", other, "3/08:10", **point_rule("SERVICE", 10))
    hub, told = recounted(hub=hub, rule=other)
    assert hub.verdict(told).stands == {"entries": 2, "points": 20}
    assert points(hub) == (14, 12)
    hub, told = recounted(ident("more"), "3/10:00", hub)
    assert hub.verdict(told).stands == {"entries": 2, "points": 2}


def test_days_that_the_settlement_touches_anyway_are_not_posted_twice() -> None:
    hub = changed()
    void = hub.office(Office.DISPATCHER, "service.void", ident("s1"), {"reason": "r"}, "3/09:00")
    given = {"community": LY, "reason": "r", **DAYS}
    told = hub.office(Office.DISTRICT, "points.recount", RECOUNT, given, "3/09:00")
    hub.settle([void, told], "3/09:00")
    assert (points(hub), hub.verdict(told.change.id).stands) == ((2, 3), {"entries": 1, "points": 1})


def test_a_recount_is_the_districts_alone_and_of_days_that_have_come() -> None:
    hub = changed()
    given = {"community": LY, "reason": "r", **DAYS}
    desk = hub.desk("points.recount", RECOUNT, "3/09:00", **given)
    assert hub.code(desk.change.id) == "FORBIDDEN"
    hub, told = recounted(hub=hub, at="3/10:00", until="2026-12-31")
    assert hub.code(told) == "DAY_TO_COME"
    hub, told = recounted(hub=hub, at="3/10:10", rule=ident("no rule"))
    assert hub.code(told) == "NOT_FOUND"
    assert points(hub) == (4, 2)


def test_a_replay_proves_a_recount() -> None:
    hub, _ = recounted()
    again = replayed(hub)
    assert (again.entries, again.things["recount"], again.digest) == (
        hub.memory.entries,
        hub.memory.things["recount"],
        hub.memory.digest,
    )

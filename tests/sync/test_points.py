"""Points are derived: cases one can count on one's fingers, then any history against an independent recount."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from sync.points import attendance_points, in_force, service_points
from sync.state import Day
from sync.things import Attendance, PointRule, Service
from tests.sync.hub import Hub, Tablet
from tests.sync.invariants import check
from tests.sync.test_seats import ticket
from tests.sync.world import (
    A1,
    CG,
    DISTRICT,
    G1,
    G2,
    HOUR,
    LY,
    M1,
    M2,
    M3,
    MINUTE,
    MONDAY,
    PER_HOUR,
    PER_RATING,
    PER_SERVICE,
    S2,
    S3,
    U1,
    S,
    T,
    ident,
    point_rule,
    when,
)

R1, R2 = ident("redemption 1"), ident("redemption 2")


def village() -> tuple[Hub, Tablet]:
    hub, a, _ = ticket(seats=2)
    return hub, a


def night_of(hub: Hub, tablet: Tablet, at: str = "22:00") -> None:
    tablet.push(at)
    hub.night(at)
    check(hub)


def posted(hub: Hub, source: str) -> list[tuple[str, int]]:
    """What was posted to a source, by rule, in the order it was posted."""
    entries = [entry for entry in hub.memory.entries.values() if entry.source == source]
    names = {PER_SERVICE: "SERVICE", PER_HOUR: "HOUR", PER_RATING: "RATING"}
    return [(names.get(entry.rule or "", "REDEMPTION"), entry.points) for entry in entries]


# By hand. Per service 2, at most 6 a day; per started hour out of hours 1, at most 4 a day; 3 for 4 stars and more


def test_a_service_earns_by_each_rule_that_is_about_it() -> None:
    hub, a = village()
    a.serves(S, M1, "09:00", "10:30")
    a.serves(S2, M1, "18:00", "19:30")
    night_of(hub, a)
    assert posted(hub, S) == [("SERVICE", 2)]
    assert sorted(posted(hub, S2)) == [("HOUR", 2), ("SERVICE", 2)]
    assert hub.member(M1).points == 6


def test_caps_fill_in_order_of_start() -> None:
    hub, a = village()
    for service, start, end in (("d", "21:00", "21:30"), ("c", "20:00", "20:30"), ("b", "19:00", "19:30"), ("a", "18:00", "18:30")):  # fmt: skip
        a.serves(ident(service), M1, start, end, at="21:40")
    night_of(hub, a)
    assert [sorted(posted(hub, ident(name))) for name in "abcd"] == [
        [("HOUR", 1), ("SERVICE", 2)],
        [("HOUR", 1), ("SERVICE", 2)],
        [("HOUR", 1), ("SERVICE", 2)],
        [("HOUR", 1)],
    ]


def test_what_is_posted_is_not_taken_back_because_an_earlier_service_arrives_late() -> None:
    hub, a = village()
    b = hub.tablet("B", G1)
    for n, start in enumerate(("10:00", "11:00", "14:00")):
        a.serves(ident(f"s{n}"), M1, start, f"{start[:2]}:30", at="15:00")
    night_of(hub, a, "16:00")
    b.serves(S, M1, "09:00", "09:30")
    night_of(hub, b)
    assert hub.member(M1).points == 6
    assert posted(hub, S) == []


def test_room_freed_by_a_void_fills_again_and_a_void_posts_the_reversal() -> None:
    hub, a = village()
    for n, start in enumerate(("09:00", "10:00", "11:00", "14:00")):
        a.serves(ident(f"s{n}"), M1, start, f"{start[:2]}:30", at="15:00")
    night_of(hub, a, "16:00")
    assert posted(hub, ident("s3")) == []
    a.does("service.void", ident("s0"), "17:00", reason="wrong member")
    night_of(hub, a)
    assert posted(hub, ident("s0")) == [("SERVICE", 2), ("SERVICE", -2)]
    assert posted(hub, ident("s3")) == [("SERVICE", 2)]
    assert hub.member(M1).points == 6


def test_settling_again_posts_nothing() -> None:
    hub, a = village()
    a.serves(S, M1, "09:00", "10:00")
    night_of(hub, a, "11:00")
    before = dict(hub.memory.entries)
    again = a.does("service.link", S, "12:00", ticket=T)
    night_of(hub, a)
    assert hub.code(again) == "APPLIED"
    assert hub.memory.entries == before
    assert hub.night("23:30").entries == []


def test_each_of_two_takers_is_given_the_rating() -> None:
    """Line 13: two seats."""
    hub, a = village()
    for n, member in enumerate((M1, M2)):
        a.does("ticket.start", T, f"08:0{n}", member=member)
        a.serves(ident(f"s{n}"), member, "09:10", "10:10", ticket=T)
    a.does("ticket.finish", T, "10:20", member=M1)
    a.does("ticket.close", T, "10:30", rating=4)
    night_of(hub, a)
    assert [hub.member(member).points for member in (M1, M2, M3)] == [5, 5, 0]


def test_too_few_stars_earn_nothing() -> None:
    hub, a = village()
    a.does("ticket.start", T, "08:00", member=M1)
    a.does("ticket.finish", T, "09:00", member=M1)
    a.does("ticket.close", T, "09:30", rating=3)
    night_of(hub, a)
    assert hub.memory.entries == {}
    assert len(hub.memory.things["rating"]) == 1


def test_what_waits_for_a_person_earns_when_ruled() -> None:
    hub, a = village()
    a.serves(S, M1, "09:00", "10:00")
    overlaps = a.serves(S2, M1, "09:30", "10:30")
    night_of(hub, a, "11:00")
    assert hub.member(M1).points == 2
    conflict = hub.conflict(S2, "time")
    hub.desk("conflict.rule", conflict.id, "12:00", stands=overlaps, reason="two half hours")
    check(hub)
    assert hub.member(M1).points == 4


# Redemptions


def test_a_redemption_beyond_the_balance_is_rejected_with_the_balance() -> None:
    """Line 13."""
    hub, a = village()
    a.serves(S, M1, "09:00", "10:00")
    first = a.does("points.redeem", R1, "08:00", member=M1, points=2, reward="soap")
    second = a.does("points.redeem", R2, "11:00", member=M1, points=1, reward="tea")
    night_of(hub, a)
    assert hub.code(first) == "APPLIED", "redemptions come after the settlement's earnings, in deed order"
    verdict = hub.verdict(second)
    assert (verdict.outcome, verdict.code, verdict.stands) == ("REJECTED", "SHORT", {"balance": 0})
    assert verdict.sentence["en"] == "Not enough points: the balance is 0."
    assert hub.member(M1).points == 0
    assert (hub.redemption(R1).state, hub.redemption(R1).reward) == ("REDEEMED", "soap")
    assert R2 not in hub.memory.things["redemption"]


def test_a_void_may_take_a_balance_below_zero_and_a_redemption_not() -> None:
    hub, a = village()
    a.serves(S, M1, "09:00", "10:00")
    a.does("points.redeem", R1, "11:00", member=M1, points=2, reward="soap")
    night_of(hub, a, "12:00")
    a.does("service.void", S, "13:00", reason="wrong member")
    short = a.does("points.redeem", R2, "14:00", member=M1, points=1, reward="soap")
    night_of(hub, a)
    assert (hub.member(M1).points, hub.code(short)) == (-2, "SHORT")


def test_the_same_redemption_is_made_once() -> None:
    hub, a = village()
    b = hub.tablet("B", G1)
    a.serves(S, M1, "09:00", "10:00")
    a.does("points.redeem", R1, "11:00", member=M1, points=1, reward="soap")
    again = b.does("points.redeem", R1, "11:30", member=M1, points=1, reward="soap")
    b.push("12:00")
    night_of(hub, a)
    assert (hub.member(M1).points, hub.code(again)) == (1, "OPENED_BEFORE")


def test_a_redemption_for_a_member_who_is_not_there_waits() -> None:
    hub, a = village()
    new = ident("new")
    change = a.does("points.redeem", R1, "11:00", member=new, points=1, reward="soap")
    night_of(hub, a, "12:00")
    assert hub.code(change) == "WAITS"
    a.does("member.register", new, "12:30", unit=U1, number="099", name="Li")
    a.serves(S, new, "14:00", "15:00")
    night_of(hub, a)
    assert (hub.code(change), hub.member(new).points) == ("APPLIED", 1)


# What rules say


def rule(**more: Any) -> PointRule:
    return PointRule(
        id="r", code="r", name={}, **{"per": "SERVICE", "points": 2, "starts_on": "2026-11-01", **more}
    )


def service(**more: Any) -> Service:
    day = (date(2026, 11, 23) - date(1970, 1, 1)).days
    return Service(
        id="s", **{"community": LY, "grid": G1, "member": M1, "day": day, "end": 90 * MINUTE, **more}
    )


@pytest.mark.parametrize(
    ("said", "done", "points"),
    [
        ({}, {}, 2),
        ({}, {"state": "REVIEW"}, 0),
        ({"starts_on": "2026-11-23", "ends_on": "2026-11-23"}, {}, 2),
        ({"starts_on": "2026-11-24"}, {}, 0),
        ({"ends_on": "2026-11-22"}, {}, 0),
        ({"community": LY}, {}, 2),
        ({"community": CG}, {}, 0),
        ({"categories": ["parking"]}, {"category": "parking"}, 2),
        ({"categories": ["parking"]}, {}, 0),
        ({"hours": "ON_DUTY"}, {"on_duty": True}, 2),
        ({"hours": "ON_DUTY"}, {"on_duty": False}, 0),
        ({"hours": "OUT_OF_HOURS"}, {"on_duty": False}, 2),
        ({"hours": "OUT_OF_HOURS"}, {"on_duty": True}, 0),
        ({"per": "HOUR"}, {}, 4),
        ({"per": "HOUR"}, {"end": HOUR}, 2),
        ({"per": "HOUR"}, {"end": 0}, 0),
        ({"per": "ACTIVITY"}, {}, 0),
        ({"per": "ACTIVITY"}, {"activity": "x"}, 0),
        ({"per": "RATING"}, {}, 0),
    ],
)
def test_a_service_is_due(said: dict[str, Any], done: dict[str, Any], points: int) -> None:
    assert service_points(rule(**said), service(**done)) == points


@pytest.mark.parametrize(
    ("said", "done", "points"),
    [
        ({"per": "ACTIVITY"}, {}, 2),
        ({"per": "SERVICE"}, {}, 0),
        ({"per": "ACTIVITY"}, {"state": "VOID"}, 0),
        ({"per": "ACTIVITY", "community": CG}, {}, 0),
        ({"per": "ACTIVITY", "categories": ["legal"]}, {}, 0),
        ({"per": "ACTIVITY", "hours": "OUT_OF_HOURS"}, {}, 0),
    ],
)
def test_it_is_the_sign_in_that_is_due_for_an_activity(
    said: dict[str, Any], done: dict[str, Any], points: int
) -> None:
    there = {"community": LY, "member": M1, "activity": A1, "category": "parking", "on_duty": True, **done}
    day = (date(2026, 11, 23) - date(1970, 1, 1)).days
    signed = Attendance(id="s", day=day, at=0, change="c", **there)
    assert attendance_points(rule(**said), signed) == points


def test_a_rating_is_due_only_in_its_community_and_category() -> None:
    hub, a = village()
    only = ident("only there")
    rows = [point_rule("RATING", 7, community=CG), point_rule("RATING", 9, categories=["legal"])]
    hub.load([("pointRule.put", ident(f"{only}{n}"), row) for n, row in enumerate(rows)], "07:55")
    a.does("ticket.start", T, "08:00", member=M1)
    a.does("ticket.finish", T, "09:00", member=M1)
    a.does("ticket.close", T, "09:30", rating=5)
    night_of(hub, a)
    assert hub.member(M1).points == 3


def test_the_rule_in_force_on_the_local_day_of_the_start_applies() -> None:
    hub, a = village()
    hub.load([("pointRule.put", PER_SERVICE, point_rule("SERVICE", 5, **{"from": "2026-11-24"}))], "07:50")
    a.serves(S, M1, "23:30", "1/00:30")
    a.serves(S2, M1, "1/00:40", "1/01:00")
    night_of(hub, a, "1/02:00")
    assert not [entry for entry in posted(hub, S) if entry[0] == "SERVICE"]
    assert ("SERVICE", 5) in posted(hub, S2)
    assert in_force(rule(), LY, (date(2026, 11, 30) - date(1970, 1, 1)).days)


def test_entries_have_the_same_ids_wherever_they_are_counted() -> None:
    hubs = []
    for night in ("12:00", "13:00"):
        hub, a = village()
        a.serves(S, M1, "09:00", "10:00")
        night_of(hub, a, night)
        hubs.append(hub)
    assert list(hubs[0].memory.entries) == list(hubs[1].memory.entries)


# Any history against a recount


class Did(Struct, frozen=True):
    """One thing done about points: a service, its end, a ruling, a merge, a redemption, or a night."""

    what: str
    who: int = 0
    start: int = 0
    quarters: int = 1
    which: int = 0


MEMBERS = (M1, M2, M3)
did = st.one_of(
    st.builds(Did, st.just("serve"), st.integers(0, 2), st.integers(0, 140), st.integers(0, 12)),
    st.builds(Did, st.just("serve"), st.integers(0, 2), st.integers(0, 140), st.integers(0, 12)),
    st.builds(Did, st.just("void"), which=st.integers(0, 9)),
    st.builds(Did, st.just("rule"), which=st.integers(0, 9)),
    st.builds(Did, st.just("set aside"), which=st.integers(0, 9)),
    st.builds(Did, st.sampled_from(["merge", "split"]), st.integers(0, 2), which=st.integers(0, 2)),
    st.builds(Did, st.just("redeem"), st.integers(0, 2), which=st.integers(1, 6)),
    st.builds(Did, st.just("rate"), st.integers(0, 2), which=st.integers(1, 5)),
    st.builds(Did, st.just("night")),
)


class Book:
    """An account of the same history, kept by other means: entries as a plain sum per source and rule."""

    def __init__(self) -> None:
        self.posted: dict[tuple[str, str], int] = {}

    def recount(self, hub: Hub, touched: set[Day]) -> None:
        """What each day that something happened on must have had posted since, by DESIGN.md 4."""
        people = {m.id: (m.alias_of or m.id) for m in map(hub.member, MEMBERS)}
        for person, day in sorted({(people[one.member], one.day) for one in touched}):
            sources = self._sources(hub, {one for one in MEMBERS if people[one] == person}, day)
            for name, cap in (("SERVICE", 6), ("HOUR", 4), ("RATING", 10**9)):
                due = [(start, key, points[name]) for start, key, points in sources]
                kept = {key: min(self.posted.get((name, key), 0), points) for _, key, points in due}
                left = max(0, cap - sum(kept.values()))
                for _, key, points in sorted(due):
                    more = min(points - kept[key], left)
                    left -= more
                    self.posted[name, key] = kept[key] + more

    @staticmethod
    def _sources(hub: Hub, kin: set[str], day: int) -> list[tuple[int, str, dict[str, int]]]:
        found = []
        for one in hub.memory.things.get("service", {}).values():
            assert isinstance(one, Service)
            local = one.start + 8 * HOUR
            if one.member in kin and local // (24 * HOUR) == day:
                minute, weekday = local % (24 * HOUR) // MINUTE, (local // (24 * HOUR) + 4) % 7
                working = 510 <= minute < 720 or 840 <= minute < 1050
                on_duty = working and weekday not in {0, 6}
                counted = one.state == "COUNTED"
                hours = len(range(one.start, one.end, HOUR))
                points = {"SERVICE": 2 * counted, "HOUR": hours * counted * (not on_duty), "RATING": 0}
                found.append((one.start, one.id, points))
        for rating in hub.memory.things.get("rating", {}).values():
            member, at, stars = (getattr(rating, name) for name in ("member", "at", "stars"))
            if member in kin and (at + 8 * HOUR) // (24 * HOUR) == day:
                found.append((at, rating.id, {"SERVICE": 0, "HOUR": 0, "RATING": 3 if stars >= 4 else 0}))
        return found


class History:
    """Plays what was done on a hub and tells the book which days it touched."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.hub.audited = False
        self.tablet = self.hub.tablet("A", G1, G2)
        self.book = Book()
        self.services: list[str] = []
        self.touched: set[Day] = set()
        self.now = when("3/00:00")

    def play(self, history: list[Did]) -> None:
        for number, one in enumerate([*history, Did("night")]):
            self.now += MINUTE
            getattr(self, one.what.replace(" ", "_"))(one, ident(f"made {number}"))

    def touch(self, member: str, at: int) -> None:
        """A day of a member that the coming night changes something on."""
        self.touched.add(Day(member, (at + 8 * HOUR) // (24 * HOUR)))

    def serve(self, one: Did, made: str) -> None:
        start = MONDAY + one.start * HOUR // 4
        member = MEMBERS[one.who]
        self.tablet.serves(made, member, start, start + one.quarters * HOUR // 4, at=self.now)
        self.services.append(made)
        self.touch(member, start)

    def void(self, one: Did, made: str) -> None:
        if self.services:
            service = self.services[one.which % len(self.services)]
            self.tablet.does("service.void", service, self.now, reason="r")
            if service in self.hub.memory.things.get("service", {}):
                found = self.hub.service(service)
                self.touch(found.member, found.start)

    def _rule(self, one: Did, chosen: bool) -> None:
        waiting = sorted((c for c in self.hub.conflicts() if c.thing == "service"), key=lambda c: c.id)
        if waiting:
            conflict = waiting[one.which % len(waiting)]
            found = [self.hub.service(candidate.value) for candidate in conflict.candidates]
            stands = next(c.change for c in conflict.candidates if c.value == conflict.entity)
            self.hub.desk(
                "conflict.rule", conflict.id, self.now, stands=stands if chosen else None, reason="r"
            )
            self.book.recount(self.hub, {Day(one.member, one.day) for one in found})

    def rule(self, one: Did, made: str) -> None:
        self._rule(one, True)

    def set_aside(self, one: Did, made: str) -> None:
        self._rule(one, False)

    def merge(self, one: Did, made: str) -> None:
        self.hub.desk("member.merge", MEMBERS[one.who], self.now, into=MEMBERS[one.which])

    def split(self, one: Did, made: str) -> None:
        self.hub.desk("member.split", MEMBERS[one.who], self.now)

    def redeem(self, one: Did, made: str) -> None:
        self.tablet.does(
            "points.redeem", made, self.now, member=MEMBERS[one.who], points=one.which, reward="tea"
        )

    def rate(self, one: Did, made: str) -> None:
        self.tablet.does("ticket.open", made, self.now, grid=G1, category="parking", title="t", saw=0)
        self.tablet.does("ticket.start", made, self.now, member=MEMBERS[one.who])
        self.tablet.does("ticket.finish", made, self.now, member=MEMBERS[one.who])
        self.tablet.does("ticket.close", made, self.now, rating=one.which)
        self.touch(MEMBERS[one.who], self.now)

    def night(self, one: Did, made: str) -> None:
        self.tablet.push(self.now)
        self.hub.night(self.now)
        self.book.recount(self.hub, self.touched)
        self.touched = set()
        check(self.hub)


@settings(max_examples=150)
@given(st.lists(did, max_size=25))
def test_any_history_is_counted_as_an_independent_recount_counts_it(history: list[Did]) -> None:
    played = History()
    played.play(history)
    earned: dict[tuple[str, str], int] = {}
    names = {PER_SERVICE: "SERVICE", PER_HOUR: "HOUR", PER_RATING: "RATING"}
    for entry in played.hub.memory.entries.values():
        if entry.rule is not None:
            key = (names[entry.rule], entry.source)
            earned[key] = earned.get(key, 0) + entry.points
    assert {key: points for key, points in earned.items() if points} == {
        key: points for key, points in played.book.posted.items() if points
    }


def test_the_history_tests_rules_are_those_of_the_small_district() -> None:
    rules = {entity: data for kind, entity, data in DISTRICT if kind == "pointRule.put"}
    assert [(row["points"], row.get("dailyCap")) for row in rules.values()] == [(2, 6), (1, 4), (3, None)]
    assert date(1970, 1, 1) + timedelta(days=(MONDAY + 8 * HOUR) // (24 * HOUR)) == date(2026, 11, 23)
    assert S3 != S

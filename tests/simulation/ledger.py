"""Invariants: the ledger is what an independent recount gives, and what the balances say."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from tests.simulation.evidence import Row, plain
from tests.simulation.scene import Scene

HOUR = 3_600_000


class Due(NamedTuple):
    """What a source would earn by a rule if there were no cap."""

    source: str
    member: str
    day: int
    points: int


def balances_are_the_sums_of_entries(scene: Scene) -> Iterator[str]:
    """A member's points: the sum of the entries of the member and its aliases; an alias has none of its own."""
    own: Counter[str] = Counter()
    person: Counter[str] = Counter()
    for entry in scene.evidence.entries:
        own[entry.member] += entry.points
        person[scene.evidence.root(entry.member)] += entry.points
    for member, row in scene.evidence.things["member"].items():
        if row.earned != own[member]:
            yield f"member {member} has earned {row.earned}, and the entries say {own[member]}"
        points = person[member] if row.alias_of is None else 0
        if row.points != points:
            yield f"member {member} has {row.points} points, and the entries say {points}"
    for member in own:
        if member not in scene.evidence.things["member"]:
            yield f"there are entries for {member}, who is not there"


def no_redemption_goes_below_zero(scene: Scene) -> Iterator[str]:
    """After a settlement in which somebody redeemed or was debited, their balance is not below zero."""
    sums: dict[str, Counter[int]] = defaultdict(Counter)
    redeemed: dict[str, int] = {}
    for entry in scene.evidence.entries:
        root = scene.evidence.root(entry.member)
        sums[root][entry.settlement] += entry.points
        if entry.kind in {"REDEEMED", "DEBITED"} and entry.settlement > scene.evidence.since:
            redeemed[root] = max(redeemed.get(root, 0), entry.settlement)
    joined = scene.evidence.joined
    for root, settlement in redeemed.items():
        balance = sum(points for number, points in sums[root].items() if number <= settlement)
        if balance < 0 and root not in joined:
            yield f"member {root} redeemed to {balance}"


def every_redemption_is_paid(scene: Scene) -> Iterator[str]:
    """One entry for each redemption, of just its points, and none without one."""
    paid: Counter[str] = Counter()
    for entry in scene.evidence.entries:
        if entry.kind == "REDEEMED":
            paid[entry.source] += entry.points
    redemptions = scene.evidence.things["redemption"]
    for redemption, row in redemptions.items():
        if paid[redemption] != -row.points:
            yield f"redemption {redemption} of {row.points} points was paid with {-paid[redemption]}"
    for source in paid:
        if source not in redemptions:
            yield f"{source} was paid for and is no redemption"


def no_points_are_adjusted_by_one_person(scene: Scene) -> Iterator[str]:
    """What was confirmed counts once, and was confirmed by another token than proposed it; nothing else counts."""
    posted: Counter[str] = Counter()
    for entry in scene.evidence.entries:
        if entry.kind in {"CREDITED", "DEBITED"}:
            posted[entry.source] += entry.points
    authors = {row.id: row.author for row in scene.evidence.others["confirmed"]}
    for adjustment, row in scene.evidence.things["adjustment"].items():
        expected = row.points if row.state == "CONFIRMED" else 0
        if posted.pop(adjustment, 0) != expected:
            yield f"adjustment {adjustment} is {row.state}, of {row.points} points, and the ledger says otherwise"
        if row.state == "CONFIRMED":
            second = authors.get(plain(row.versions)["state"][4])
            if second is None or second == row.author:
                yield f"adjustment {adjustment} was confirmed by {second}, and proposed by {row.author}"
    for source in posted:
        yield f"{source} was credited or debited, and is no adjustment"


def what_expired_was_old_and_not_spent(scene: Scene) -> Iterator[str]:
    """By each rule whose day is over: what was left of the oldest, when all that was spent had taken the oldest."""
    people: dict[str, list[Row]] = defaultdict(list)
    for entry in scene.evidence.entries:
        people[scene.evidence.root(entry.member)].append(entry)
    rules = sorted(scene.evidence.things["pointExpiry"].values(), key=lambda one: (one.on, one.id))
    for person, entries in people.items():
        gone = 0
        for rule in rules:
            on, cutoff = _days_of(rule)
            left: Counter[int] = Counter()
            for entry in entries:
                if entry.kind in {"EARNED", "CREDITED"}:
                    left[entry.day] += entry.points
            spent = gone - sum(
                one.points for one in entries if one.kind in {"REDEEMED", "DEBITED"} and one.day < on
            )
            for day in sorted(left):
                taken = min(left[day], spent)
                left[day], spent = left[day] - taken, spent - taken
            due = sum(points for day, points in left.items() if day < cutoff)
            expired = -sum(one.points for one in entries if one.kind == "EXPIRED" and one.source == rule.id)
            if rule.brought and expired != due:
                yield f"{expired} points of {person} expired by {rule.code}, and {due} were due"
            gone += expired


def _days_of(rule: Row) -> tuple[int, int]:
    """The day of an expiry rule and its cutoff, as days since 1970."""
    on = date.fromisoformat(rule.on)
    months = on.year * 12 + on.month - 1 - rule.months
    first, then = date(months // 12, months % 12 + 1, 1), date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    cutoff = min(first + timedelta(days=on.day - 1), then - timedelta(days=1))
    return (on - date(1970, 1, 1)).days, (cutoff - date(1970, 1, 1)).days


def no_reward_is_given_twice(scene: Scene) -> Iterator[str]:
    """Never more than there ever were; each redemption is counted once, and paid with a price that the reward had."""
    stocks: dict[str, int] = defaultdict(int)
    prices: dict[str, set[int]] = defaultdict(set)
    for change in scene.evidence.log.values():
        if change.kind == "reward.put":
            stocks[change.entity] = max(stocks[change.entity], change.data["stock"])
            prices[change.entity].add(change.data["points"])
    given: Counter[str] = Counter()
    for redemption, row in scene.evidence.things["redemption"].items():
        if row.item is not None:
            given[row.item] += 1
            if row.points not in prices[row.item]:
                yield f"redemption {redemption} was paid with {row.points} points, which was never the price"
    for reward, row in scene.evidence.things["reward"].items():
        if row.given != given[reward]:
            yield f"reward {reward} says that {row.given} were given, and there are {given[reward]} redemptions"
        if row.given > stocks[reward]:
            yield f"reward {reward} was given {row.given} times, and there were {stocks[reward]}"


def the_ledger_is_what_a_recount_gives(scene: Scene) -> Iterator[str]:
    """For each rule, person and day: each source has no more than it earns; together they fill the cap, or earn all."""
    posted: Counter[tuple[str, str]] = Counter()
    for entry in scene.evidence.entries:
        if entry.rule is not None:
            posted[entry.rule, entry.source] += entry.points
    joined = scene.evidence.joined
    known = set[tuple[str, str]]()
    for rule in scene.evidence.things["pointRule"].values():
        groups: dict[tuple[str, int], list[Due]] = defaultdict(list)
        for due in _dues(scene, rule):
            known.add((rule.id, due.source))
            groups[scene.evidence.root(due.member), due.day].append(due)
        for (person, day), dues in groups.items():
            reason = _wrong(rule, dues, posted, person in joined)
            if reason:
                yield f"{rule.code} of {person} on day {day}: {reason}"
    for rule_id, source in posted:
        if posted[rule_id, source] and (rule_id, source) not in known:
            yield f"{source} has points by {rule_id}, and is nothing that could earn them"


def _wrong(rule: Row, dues: list[Due], posted: Counter[tuple[str, str]], joined: bool) -> str | None:
    """What is wrong with the points of one person's day by one rule, or None."""
    has = {due.source: posted[rule.id, due.source] for due in dues}
    for due in dues:
        if not 0 <= has[due.source] <= due.points:
            return f"{due.source} earns {due.points} and has {has[due.source]}"
    everything, together = sum(due.points for due in dues), sum(has.values())
    if rule.daily_cap is None:
        return None if together == everything else f"{everything} are due and {together} posted"
    full = min(rule.daily_cap, everything)
    if together == full or joined:
        return None
    return f"{everything} are due, {rule.daily_cap} at most, and {together} posted"


def _dues(scene: Scene, rule: Row) -> Iterator[Due]:
    categories = plain(rule.categories)
    for service in scene.evidence.things["service"].values():
        hours = rule.hours == "ANY" or (rule.hours == "ON_DUTY") == bool(service.on_duty)
        fits = categories is None or service.category in categories
        counts = service.state == "COUNTED" and _in_force(rule, service.community, service.day)
        points = 0
        if counts and hours and fits:
            points = {"SERVICE": rule.points, "HOUR": rule.points * _hours(service)}.get(rule.per, 0)
        yield Due(service.id, service.member, service.day, points)
    for rating in scene.evidence.things["rating"].values():
        earns = rule.per == "RATING" and _in_force(rule, rating.community, rating.day)
        earns = earns and rating.stars >= (rule.at_least or 1)
        earns = earns and (categories is None or rating.category in categories)
        yield Due(rating.id, rating.member, rating.day, rule.points if earns else 0)

    for attendance in scene.evidence.things["attendance"].values():
        hours = rule.hours == "ANY" or (rule.hours == "ON_DUTY") == bool(attendance.on_duty)
        earns = rule.per == "ACTIVITY" and _in_force(rule, attendance.community, attendance.day)
        earns = earns and hours and (categories is None or attendance.category in categories)
        earns = earns and attendance.state == "COUNTED"
        yield Due(attendance.id, attendance.member, attendance.day, rule.points if earns else 0)


def a_teams_points_are_its_activities(scene: Scene) -> Iterator[str]:
    """What a team has is what was posted for sources in its activities, service by service and sign-in by sign-in."""
    activities = scene.evidence.things["activity"]
    sources = {
        row.id: activities[row.activity].team
        for collection in ("service", "attendance")
        for row in scene.evidence.things[collection].values()
        if row.activity is not None and row.activity in activities
    }
    earned: Counter[str | None] = Counter()
    for entry in scene.evidence.entries:
        if entry.team != sources.get(entry.source) and not _was_linked_since(scene, entry):
            yield f"entry {entry.id} counts for {entry.team}, and its source is of {sources.get(entry.source)}"
        earned[entry.team] += entry.points
    for team, row in scene.evidence.things["team"].items():
        if row.points != earned[team]:
            yield f"team {team} has {row.points} points and earned {earned[team]}"


def _was_linked_since(scene: Scene, entry: Row) -> bool:
    """Whether somebody said or ruled for what a service was after it had earned."""
    ruled = any(one.entity == entry.source for one in scene.evidence.things["conflict"].values())
    return ruled or bool(scene.evidence.changes_of("service.link", entry.source))


def _hours(service: Row) -> int:
    """Started hours."""
    lasted: int = service.end - service.start
    return (lasted + HOUR - 1) // HOUR


def _in_force(rule: Row, community: str, day: int) -> bool:
    on = (date(1970, 1, 1) + timedelta(days=day)).isoformat()
    here = rule.community is None or rule.community == community
    return bool(here and rule.starts_on <= on and (rule.ends_on is None or on <= rule.ends_on))


def time_is_counted_once(scene: Scene) -> Iterator[str]:
    """No two services that count are of one member at one time, unless a person ruled so."""
    ruled = {
        service
        for row in scene.evidence.things["conflict"].values()
        if row.ruling is not None
        for service in (row.entity, *(candidate["value"] for candidate in plain(row.candidates)))
        if isinstance(service, str)
    }
    counted: dict[str, list[Row]] = defaultdict(list)
    for service in scene.evidence.things["service"].values():
        if service.state == "COUNTED" and service.id not in ruled:
            counted[service.member].append(service)
    for services in counted.values():
        services.sort(key=lambda service: (service.start, service.end))
        for one, other in pairwise(services):
            if other.start < min(one.end, other.end) and one.start < one.end:
                yield f"the services {one.id} and {other.id} are of one member at one time"

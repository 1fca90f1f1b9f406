"""The points engine: what each source is due by the rules in force, and the difference to what was posted.

Points are derived, never written: entries are only added, and their ids follow from (rule,
source, number), so that settling twice posts nothing twice.
"""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple, cast

from sync.services import HOUR_MS
from sync.state import Day
from sync.things import Activity, Attendance, Entry, Member, PointRule, Rating, Service
from sync.work import Work, derived_id

EPOCH: Final = date(1970, 1, 1)


class Source(NamedTuple):
    """Something that may earn: `start` orders sources under a cap, in milliseconds."""

    start: int
    id: str
    member: str
    community: str
    day: int
    team: str | None = None


class Due(NamedTuple):
    """What one source would earn by one rule if there were no cap."""

    source: Source
    points: int


def in_force(rule: PointRule, community: str, day: int) -> bool:
    """Whether a rule applies in a community on a local day (counted since 1970)."""
    on = (EPOCH + timedelta(days=day)).isoformat()
    if rule.community not in {None, community}:
        return False
    return rule.starts_on <= on and (rule.ends_on is None or on <= rule.ends_on)


def _category_fits(rule: PointRule, category: str | None) -> bool:
    return rule.categories is None or category in rule.categories


def service_points(rule: PointRule, service: Service) -> int:
    """What a service earns by a rule before caps; 0 when the rule is not about it."""
    if service.state != "COUNTED" or not in_force(rule, service.community, service.day):
        return 0
    if not _category_fits(rule, service.category):
        return 0
    if rule.hours != "ANY" and (rule.hours == "ON_DUTY") != service.on_duty:
        return 0
    if rule.per == "SERVICE":
        return rule.points
    if rule.per == "HOUR":
        return rule.points * -(-(service.end - service.start) // HOUR_MS)
    return 0


def attendance_points(rule: PointRule, attendance: Attendance) -> int:
    """What a sign-in earns by a rule."""
    if rule.per != "ACTIVITY" or attendance.state != "COUNTED":
        return 0
    if not in_force(rule, attendance.community, attendance.day) or not _category_fits(
        rule, attendance.category
    ):
        return 0
    hours_fit = rule.hours == "ANY" or (rule.hours == "ON_DUTY") == attendance.on_duty
    return rule.points if hours_fit else 0


def rating_points(rule: PointRule, rating: Rating) -> int:
    """What a taker earns for a resident's rating by a rule."""
    if rule.per != "RATING" or not in_force(rule, rating.community, rating.day):
        return 0
    if rating.stars < (rule.at_least or 1) or not _category_fits(rule, rating.category):
        return 0
    return rule.points


class Earner(NamedTuple):
    """A kind of thing that may earn: the field that says when it began, and what it earns by a rule."""

    kind: type[Any]
    began: str
    earns: Callable[[PointRule, Any], int]


EARNERS: Final = (
    Earner(Service, "start", service_points),
    Earner(Rating, "at", rating_points),
    Earner(Attendance, "at", attendance_points),
)


def _team(work: Work, thing: Any) -> str | None:
    """The team in whose activity something was earned."""
    activity = work.known(Activity, getattr(thing, "activity", None) or "")
    return None if activity is None else activity.team


def post(work: Work) -> None:
    """Post the difference between due and posted for every day of a member that this settlement touched."""
    groups = {Day(root.id, day.day) for day in work.days if (root := work.root(day.member)) is not None}
    post_days(work, sorted(groups), work.point_rules())


def post_days(work: Work, groups: Sequence[Day], rules: Sequence[PointRule]) -> None:
    """Post the difference by these rules for these days of members who are no aliases."""
    for group in groups:
        days = [Day(member_id, group.day) for member_id in work.family(group.member)]
        for rule in rules:
            _post_rule(work, rule, days)


def _post_rule(work: Work, rule: PointRule, days: list[Day]) -> None:
    posted: dict[str, list[Entry]] = {}
    for day in days:
        for entry in work.entries_on(day):
            if entry.rule == rule.id:
                posted.setdefault(entry.source, []).append(entry)
    dues = sorted(due for due in _dues(work, rule, days) if due.points > 0 or due.source.id in posted)
    if not dues:
        return
    already = {key: sum(entry.points for entry in entries) for key, entries in posted.items()}
    for due, target in zip(dues, _targets(rule, dues, already), strict=True):
        difference = target - already.get(due.source.id, 0)
        if difference:
            number = len(posted.get(due.source.id, ()))
            post_entry(work, "EARNED", rule.id, due.source, number, difference)


def _dues(work: Work, rule: PointRule, days: list[Day]) -> list[Due]:
    dues: list[Due] = []
    for day in days:
        for kind, began, earns in EARNERS:
            for thing in work.on(kind, day):
                team = _team(work, thing)
                source = Source(
                    getattr(thing, began), thing.id, thing.member, thing.community, thing.day, team
                )
                dues.append(Due(source, earns(rule, thing)))
    return dues


def _targets(rule: PointRule, dues: list[Due], already: dict[str, int]) -> list[int]:
    """What each source shall have: what is posted and still due stays, free room fills in order of start."""
    targets = [min(already.get(due.source.id, 0), due.points) for due in dues]
    if rule.daily_cap is None:
        return [due.points for due in dues]
    room = max(rule.daily_cap - sum(targets), 0)
    for index, due in enumerate(dues):
        more = min(due.points - targets[index], room)
        targets[index] += more
        room -= more
    return targets


def post_entry(work: Work, kind: str, rule: str | None, source: Source, number: int, points: int) -> None:
    """Post one line for a source; its id follows from (rule, source, number)."""
    work.add_entry(
        Entry(
            id=derived_id("entry", rule or "", source.id, number),
            community=source.community,
            member=source.member,
            rule=rule,
            source=source.id,
            number=number,
            points=points,
            day=source.day,
            team=source.team,
            at=work.now,
            kind=kind,
        )
    )


def balance(work: Work, root: Member) -> int:
    """A member's points: the sum of the entries over the member and its aliases."""
    return sum(member.earned for member in work.kin(root.id))


def total(work: Work) -> None:
    """Bring the points of every touched member up to date: the whole person's on the root, none on aliases."""
    for member_id in sorted(work.touched_members):
        found = work.edit(cast(Member, work.get(Member, member_id)))
        found.points = balance(work, found) if found.alias_of is None else 0

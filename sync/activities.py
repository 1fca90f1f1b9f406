"""Deciding about activities: a session is opened, and each member is signed in once, on whichever tablet.

A service that is recorded for an activity is a sign-in too; a sign-in is what earns by activity.
"""

from typing import Any, Final, cast

from msgspec import UNSET

from sync import merge, sessions
from sync.editing import given
from sync.reach import OUT_OF_SCOPE, Decide, Missing, Named, grid_named, member_named, there
from sync.shapes import format_time, parse_time
from sync.state import Accepted, Day
from sync.things import PENDING, Activity, Attendance, Community, Service, Taker, Team
from sync.work import APPLIED, Decision, Work


def open_activity(work: Work, accepted: Accepted) -> Decision:
    """activity.open: creates; the same id twice is once."""
    change, data = accepted.change, accepted.change.data
    if work.get(Activity, change.entity) is not None:
        return Decision("OPENED_BEFORE")
    community = there(accepted, work.get(Community, data.community), Named("community", data.community))
    grid = None if data.grid is UNSET else grid_named(work, accepted, data.grid)
    if grid is not None and grid.community != community.id:
        return Decision("NOT_FOUND", None, {"thing": "grid"})
    if not work.may_reach(accepted, community.id, None if grid is None else [grid.id]):
        return OUT_OF_SCOPE
    team = (
        None if data.team is UNSET else there(accepted, work.get(Team, data.team), Named("team", data.team))
    )
    if team is not None and team.community != community.id:
        return Decision("NOT_FOUND", None, {"thing": "team"})
    start = parse_time(data.start)
    activity = Activity(
        id=change.entity,
        community=community.id,
        grid=None if grid is None else grid.id,
        team=None if team is None else team.id,
        start=start,
        end=parse_time(data.end),
        day=work.local_day(start, community.id),
        on_duty=work.calendar(community).is_on_duty(start),
        opened=accepted.deed,
        opener=change.by,
        versions={"*": merge.version_of(accepted)},
        **given(data, "title", "category", "place"),
    )
    first = sessions.alike(work, accepted, activity)
    work.add(activity)
    return APPLIED if first is None else sessions.contest(work, accepted, activity, first)


def join(work: Work, accepted: Accepted) -> Decision:
    """activity.join: signs a member in, once; at a session that was opened twice it counts once."""
    activity = reached(work, accepted, accepted.change.entity)
    member_named(work, accepted, accepted.change.data.member)
    found = _sign_ins(work, activity, accepted.change.data.member)
    for signed in found:
        if signed.kind == "activity.join":
            stands = {"member": signed.member, "since": format_time(signed.since), "change": signed.change}
            return _signed_in(work, activity, signed.since, "growing", stands)
    for signed in found:
        _take_out(work, activity, signed)  # a service said so; whoever saw the member there says it better
    sign_in(work, accepted, activity, accepted.change.data.member)
    counts = sessions.counted_elsewhere(work, activity, accepted.change.data.member)
    if counts is None:
        return APPLIED
    stands = {"member": counts.member, "since": format_time(counts.at), "change": counts.change}
    return _signed_in(work, activity, counts.at, "session", {**stands, "activity": counts.activity})


def _signed_in(work: Work, activity: Activity, since: int, rule: str, stands: dict[str, Any]) -> Decision:
    return Decision("SIGNED_IN", rule, {"since": work.local_time(since, activity.community)}, stands)


def reached(work: Work, accepted: Accepted, activity_id: str) -> Activity:
    """The activity, when it is in its author's communities: any tablet there may sign a member in."""
    activity = there(accepted, work.get(Activity, activity_id), Named("activity", activity_id))
    if not work.may_reach(accepted, activity.community):
        raise Missing(OUT_OF_SCOPE)
    return activity


def signed_in(work: Work, activity: Activity, member_id: str) -> Taker | None:
    """The sign-in of a member, under whichever of their ids."""
    return next(iter(_sign_ins(work, activity, member_id)), None)


def _sign_ins(work: Work, activity: Activity, member_id: str) -> list[Taker]:
    """The sign-ins of a member: one, or of each that they were before they were found to be one person."""
    root = work.root(member_id)
    others = ((taker, work.root(taker.member)) for taker in activity.members)
    return [t for t, other in others if root is not None and other is not None and other.id == root.id]


def sign_in(work: Work, accepted: Accepted, activity: Activity, member: str) -> None:
    """Sign in a member by a change; who was taken back with a void service is signed in anew."""
    change = accepted.change
    taker = Taker(
        member=member,
        change=change.id,
        device=accepted.device,
        seq=accepted.seq,
        since=accepted.deed,
        uncertainty_ms=accepted.uncertainty_ms,
        rev=PENDING,
        kind=change.kind,
        by=change.by,
        office=accepted.office,
    )
    _put_in(work, activity, taker)
    work.edit(activity).versions = {**activity.versions, "members": merge.version_of(accepted)}


def _put_in(work: Work, activity: Activity, taker: Taker) -> None:
    _count(work, activity, taker)
    edited = work.edit(activity)
    edited.members = [*edited.members, taker]


def _take_out(work: Work, activity: Activity, taker: Taker) -> None:
    counted = work.edit(
        cast(Attendance, work.get(Attendance, sessions.attendance_of(activity.id, taker.member)))
    )
    counted.state = "VOID"
    work.days.add(Day(counted.member, counted.day))
    edited = work.edit(activity)
    edited.members = [other for other in edited.members if other.change != taker.change]


def _count(work: Work, activity: Activity, taker: Taker) -> None:
    """The source of what a sign-in earns: on the activity's day, however late it was recorded."""
    attendance_id = sessions.attendance_of(activity.id, taker.member)
    elsewhere = sessions.counted_elsewhere(work, activity, taker.member)
    state = "COUNTED" if elsewhere is None else "DUPLICATE"
    found = work.known(Attendance, attendance_id)
    if found is None:
        work.add(
            Attendance(
                id=attendance_id,
                community=activity.community,
                member=taker.member,
                activity=activity.id,
                category=activity.category,
                on_duty=activity.on_duty,
                day=activity.day,
                at=taker.since,
                change=taker.change,
                state=state,
            )
        )
        return
    edited = work.edit(found)
    edited.state, edited.at, edited.change = state, taker.since, taker.change
    work.days.add(Day(found.member, found.day))


def withdraw(work: Work, service: Service) -> None:
    """A service that is taken back signs nobody in, unless another of that day does; its points go with it."""
    activity = None if service.activity is None else work.get(Activity, service.activity)
    said = {service.change, *(one.change for one in (service.versions.get("activity"),) if one)}
    signed = [] if activity is None else _sign_ins(work, activity, service.member)
    mine = next((one for one in signed if one.change in said), None)
    if activity is None or mine is None:
        return
    _take_out(work, activity, mine)
    if len(signed) == 1:
        _inherit(work, activity, service)
    session = sessions.together(work, activity)
    if len(session) > 1:
        sessions.count(work, session, service.member)


def _inherit(work: Work, activity: Activity, service: Service) -> None:
    """Another service of that day for the activity is the sign-in now."""
    root = work.root(service.member)
    others = [
        other
        for member_id in work.family(service.member if root is None else root.id)
        for other in work.on(Service, Day(member_id, service.day))
        if other.id != service.id and other.activity == activity.id and other.state != "VOID"
    ]
    if others:
        heir = min(others, key=lambda other: (other.deed, other.device, other.seq))
        _put_in(work, activity, _taker_of(heir))


def _taker_of(service: Service) -> Taker:
    """The sign-in that a service is."""
    version = service.versions.get("activity", service.versions["*"])
    return Taker(
        member=service.member,
        change=version.change,
        device=version.device,
        seq=version.seq,
        since=version.deed,
        uncertainty_ms=None,
        rev=version.rev,
        kind=version.kind,
        by=version.by,
        office=version.office,
    )


DECIDERS: Final[dict[str, Decide]] = {"activity.open": open_activity, "activity.join": join}

"""One session that was opened twice, without sight of each other: both are kept, each member counts once, a person rules.

Found by place, time and team or title. Until somebody finds that they are two, the later is taken for the first.
"""

from collections.abc import Sequence
from typing import Final, cast

from sync import merge
from sync.kinds.kind import Office
from sync.matching import likeness
from sync.reach import Named, there
from sync.state import Accepted, Day
from sync.things import PENDING, Activity, Attendance, Candidate, Conflict
from sync.work import APPLIED, Decision, Work, derived_id, standing_candidate

ALIKE: Final = 0.75
"""From this likeness on (0 to 1) two titles may mean one session."""


def attendance_of(activity: str, member: str) -> str:
    """The id of the one sign-in of this member id in an activity."""
    return derived_id("attendance", activity, member)


def alike(work: Work, accepted: Accepted, opened: Activity) -> Activity | None:
    """The session that a new one may be once more, as far as its opener had no sight of it."""
    others = [
        other
        for other in work.sessions(opened.community, opened.day)
        if other.id != opened.id and _looks_like(opened, other) and not _knew(accepted, other)
    ]
    if not others:
        return None
    first = min(others, key=lambda other: merge.order_of(other.versions["*"]))
    return first if first.same_as is None else work.get(Activity, first.same_as)


def _looks_like(one: Activity, other: Activity) -> bool:
    """Whether two are in one place, at one time, and of one team or under one title."""
    if one.grid != other.grid or max(one.start, other.start) >= min(one.end, other.end):
        return False
    teams = {one.team, other.team}
    if None not in teams:
        return len(teams) == 1
    return likeness(one.title, other.title) >= ALIKE


def _knew(accepted: Accepted, other: Activity) -> bool:
    """Whether who opens one has the other in sight: it is the same tablet's, or an office looks at what the hub has."""
    written = other.versions["*"]
    if accepted.office is not Office.LIAISON:
        return written.rev != PENDING or written.device == accepted.device
    return written.device in {accepted.device, *accepted.renews}


def contest(work: Work, accepted: Accepted, opened: Activity, first: Activity) -> Decision:
    """Take a new session for the first one, tell both who opened it, and ask a dispatcher."""
    opened.same_as = first.id
    written = first.versions["*"]
    work.conflict(
        rule="session",
        thing="activity",
        entity=first.id,
        field_name="sameAs",
        community=first.community,
        grid=first.grid,
        standing=[standing_candidate(written, first.id)],
        coming=work.candidate(accepted, opened.id),
        stands=written.change,
        review=True,
    )
    work.tell_again(standing_candidate(written), first.id, Decision("OPENED_TWICE", "session"))
    return Decision("SAME_SESSION", "session", {}, {"activity": first.id})


def together(work: Work, activity: Activity) -> list[Activity]:
    """A session under all the ids that it is taken to have."""
    first = activity.same_as or activity.id
    return [
        other
        for other in work.sessions(activity.community, activity.day)
        if first in {other.id, other.same_as}
    ]


def counted_elsewhere(work: Work, activity: Activity, member_id: str) -> Attendance | None:
    """What counts of a member's sign-ins at the same session under its other ids."""
    others = [other for other in together(work, activity) if other.id != activity.id]
    mine = _sign_ins(work, others, member_id)
    return next((one for one in mine if one.state == "COUNTED"), None)


def count(work: Work, session: Sequence[Activity], member_id: str) -> None:
    """Let a member count once at what is one session: where they count already, else where they were first."""
    mine = _sign_ins(work, session, member_id)
    if mine:
        stays = min(mine, key=lambda one: (one.state != "COUNTED", one.at, one.id))
        for one in mine:
            state = "COUNTED" if one.activity == stays.activity else "DUPLICATE"
            if one.state != state:
                work.edit(one).state = state
                work.days.add(Day(one.member, one.day))


def _sign_ins(work: Work, session: Sequence[Activity], member_id: str) -> list[Attendance]:
    """The sign-ins of a member, under whichever ids."""
    person = _person(work, member_id)
    takers = ((one.id, taker.member) for one in session for taker in one.members)
    return [
        cast(Attendance, work.get(Attendance, attendance_of(activity_id, signed)))
        for activity_id, signed in takers
        if _person(work, signed) == person
    ]


def _person(work: Work, member_id: str) -> str:
    root = work.root(member_id)
    return member_id if root is None else root.id


def rule(work: Work, accepted: Accepted, conflict: Conflict, chosen: Candidate | None) -> Decision:
    """A ruling: all are the chosen session; none: each is one of its own."""
    session: dict[str, Activity] = {}
    for candidate in conflict.candidates:
        opened = there(accepted, work.get(Activity, candidate.value), Named("activity", candidate.value))
        session.update({one.id: one for one in together(work, opened)})
    for one in session.values():
        edited = work.edit(one)
        edited.same_as = None if chosen is None or chosen.value == one.id else chosen.value
        edited.versions = {**edited.versions, "sameAs": merge.version_of(accepted)}
    for one in session.values():
        for taker in one.members:
            count(work, [one] if chosen is None else list(session.values()), taker.member)
    return APPLIED

"""Deciding about services: always kept; twice the same earns once; overlapping or endless ones are looked at."""

from typing import Final

from msgspec import UNSET

from sync import activities, merge
from sync.editing import given
from sync.kinds.kind import Office
from sync.reach import (
    OUT_OF_SCOPE,
    Decide,
    Missing,
    Named,
    carried_by,
    grids_coming,
    grids_known,
    member_named,
    there,
)
from sync.state import Accepted, Day
from sync.things import PENDING, Activity, Candidate, Community, Member, Service, Ticket, Version
from sync.work import APPLIED, DAY_MS, Decision, Work, standing_candidate

HOUR_MS: Final = 3_600_000
LONGEST_MS: Final = 12 * HOUR_MS
LIVE: Final = frozenset({"COUNTED", "REVIEW"})


def record(work: Work, accepted: Accepted) -> Decision:
    """service.record: one piece of work by one member, and its own check-in."""
    change, data = accepted.change, accepted.change.data
    if work.get(Service, change.entity) is not None:
        return Decision("OPENED_BEFORE")
    member = member_named(work, accepted, data.member)
    ticket = None
    if data.ticket is not UNSET:
        ticket = there(accepted, work.get(Ticket, data.ticket), Named("ticket", data.ticket))
    activity = None if data.activity is UNSET else activities.reached(work, accepted, data.activity)
    community = _community(work, accepted, member, ticket, activity)
    if community is None:
        return OUT_OF_SCOPE
    service = _service(work, accepted, member, ticket, activity, community)
    others = overlapping(work, service)
    work.add(service)
    if activity is not None and activities.signed_in(work, activity, data.member) is None:
        activities.sign_in(work, accepted, activity, data.member)
    return _judge(work, accepted, service, others)


def _community(
    work: Work, accepted: Accepted, member: Member, ticket: Ticket | None, activity: Activity | None
) -> str | None:
    """Where it was done, as far as that is its author's: the ticket's community, the activity's, the member's.

    Whom a desk has joined with somebody elsewhere meanwhile was still here when it was done.
    """
    if ticket is not None:
        grids = [*(grid for grid, _ in ticket.grids), *grids_coming(work, ticket)]
        reached = work.may_reach(accepted, ticket.community, grids)
        return ticket.community if reached else None
    if activity is not None:
        return activity.community
    row = accepted.change.data.member
    named = there(accepted, work.get(Member, row), Named("member", row))
    places = (member.community, named.community)
    return next((place for place in places if work.may_reach(accepted, place)), None)


def _service(
    work: Work,
    accepted: Accepted,
    member: Member,
    ticket: Ticket | None,
    activity: Activity | None,
    community: str,
) -> Service:
    change, data = accepted.change, accepted.change.data
    end = accepted.deed if accepted.end is None else accepted.end
    start = end if accepted.start is None else min(accepted.start, end)
    service = Service(
        id=change.entity,
        community=community,
        grid=_grid(accepted, member, ticket or activity),
        member=data.member,
        ticket=None if ticket is None else ticket.id,
        activity=None if activity is None else activity.id,
        category=getattr(ticket or activity, "category", None),
        start=start,
        end=end,
        day=work.local_day(start, community),
        on_duty=_is_on_duty(work, community, start),
        by=change.by,
        device=accepted.device,
        seq=accepted.seq,
        deed=accepted.deed,
        change=change.id,
        versions={"*": merge.version_of(accepted)},
    )
    for name, value in given(change.private, "summary", "place").items():
        setattr(service, name, value)
    return service


def _grid(accepted: Accepted, member: Member, work_for: Ticket | Activity | None) -> str | None:
    """Whose tablets carry it: the ticket's or activity's grid, else the member's, else the author's first."""
    return carried_by(accepted, member) if work_for is None else work_for.grid


def _is_on_duty(work: Work, community: str, at: int) -> bool:
    """Whether a moment falls into the working hours of where it was done."""
    place = work.get(Community, community)
    return place is not None and work.calendar(place).is_on_duty(at)


def overlapping(work: Work, service: Service) -> list[Service]:
    """The live services of the same person whose time meets this one's."""
    root = work.root(service.member)
    family = [service.member] if root is None else work.family(root.id)
    found = [
        other
        for member_id in family
        for day in days_around(service.start, service.end)
        for other in work.on(Service, Day(member_id, day))
        if other.id != service.id
        and other.state in LIVE
        and max(other.start, service.start) < min(other.end, service.end)
    ]
    return sorted(found, key=lambda other: (other.deed, other.device, other.seq))


def _judge(work: Work, accepted: Accepted, service: Service, others: list[Service]) -> Decision:
    same = [other for other in others if _is_the_same(service, other)]
    if same:
        service.state = "DUPLICATE"
        _contest(work, accepted, service, same, rule="duplicate")
        return Decision("SAME_SERVICE", "duplicate", {}, {"service": same[0].id})
    if others:
        service.state = "REVIEW"
        _contest(work, accepted, service, others, rule="overlap")
        return Decision("OVERLAPS", "overlap", {}, {"service": others[0].id})
    if service.end - service.start > LONGEST_MS:
        service.state = "REVIEW"
        _contest(work, accepted, service, [], rule="long")
        return Decision("TOO_LONG", "long")
    return APPLIED


def _is_the_same(service: Service, other: Service) -> bool:
    """Whether two services are for one ticket, or one activity."""
    if service.ticket is not None and other.ticket == service.ticket:
        return True
    return service.activity is not None and other.activity == service.activity


def _contest(work: Work, accepted: Accepted, service: Service, others: list[Service], *, rule: str) -> None:
    work.conflict(
        rule=rule,
        thing="service",
        entity=service.id,
        field_name="time",
        community=service.community,
        grid=service.grid,
        standing=[_candidate(other) for other in others],
        coming=work.candidate(accepted, service.id, service.member),
        stands=others[0].change if others else None,
        review=rule != "duplicate",
    )


def _candidate(service: Service) -> Candidate:
    version = service.versions["*"]
    return Candidate(
        change=service.change,
        device=service.device,
        seq=service.seq,
        kind="service.record",
        by=service.by,
        office=version.office,
        deed=service.deed,
        uncertainty_ms=None,
        value=service.id,
        member=service.member,
    )


def link(work: Work, accepted: Accepted) -> Decision:
    """service.link: to a ticket or an activity, where there was none; the first stands."""
    service, data = _reached(work, accepted), accepted.change.data
    if data.activity is not UNSET:
        return _link_activity(work, accepted, service)
    ticket = there(accepted, work.get(Ticket, data.ticket), Named("ticket", data.ticket))
    if not work.may_reach(accepted, ticket.community, grids_known(work, ticket, accepted)):
        return OUT_OF_SCOPE
    if service.ticket == ticket.id:
        return APPLIED
    if service.ticket is not None:
        return _linked_elsewhere(work, accepted, service, "ticket", ticket.id)
    link_to(work, service, ticket, merge.version_of(accepted))
    return APPLIED


def link_to(work: Work, service: Service, ticket: Ticket, written: Version) -> None:
    edited = work.edit(service)
    edited.ticket, edited.category = ticket.id, ticket.category
    edited.grid, edited.community = ticket.grid, ticket.community
    edited.versions = {**edited.versions, "ticket": written}
    work.days.add(Day(edited.member, edited.day))


def _link_activity(work: Work, accepted: Accepted, service: Service) -> Decision:
    activity = activities.reached(work, accepted, accepted.change.data.activity)
    if service.activity == activity.id:
        return APPLIED
    if service.activity is not None:
        return _linked_elsewhere(work, accepted, service, "activity", activity.id)
    link_activity(work, accepted, service, activity, merge.version_of(accepted))
    return APPLIED


def link_activity(
    work: Work, accepted: Accepted, service: Service, activity: Activity, written: Version
) -> None:
    """Say that a service was for an activity, and so that its member was there; `accepted` said it."""
    edited = work.edit(service)
    edited.activity = activity.id
    edited.versions = {**edited.versions, "activity": written}
    work.days.add(Day(edited.member, edited.day))
    if activities.signed_in(work, activity, service.member) is None:
        activities.sign_in(work, accepted, activity, service.member)


def _linked_elsewhere(
    work: Work, accepted: Accepted, service: Service, field_name: str, wanted: str
) -> Decision:
    standing = service.versions.get(field_name, service.versions["*"])
    stands = {field_name: getattr(service, field_name)}
    if merge.seen(accepted, standing):
        return Decision("LINKED", "first", {}, stands)
    work.conflict(
        rule="first",
        thing="service",
        entity=service.id,
        field_name=field_name,
        community=service.community,
        grid=service.grid,
        standing=[standing_candidate(standing, getattr(service, field_name))],
        coming=work.candidate(accepted, wanted),
        stands=standing.change,
        close_call=standing.rev == PENDING and merge.is_close(accepted, work.accepted(standing.change)),
    )
    return Decision("ALREADY_LINKED", "first", {}, stands)


def void(work: Work, accepted: Accepted) -> Decision:
    """service.void: by its author or a dispatcher; the reason is the earliest deed's, in whichever night it comes."""
    service = _reached(work, accepted)
    authors = {accepted.device, *accepted.renews}
    if accepted.office is Office.LIAISON and service.device not in authors:
        return Decision("NOT_YOURS", "growing", {"thing": "service"})
    if service.state == "VOID" and accepted.order > merge.order_of(service.versions["state"]):
        return Decision("VOIDED", "growing", {"thing": "service"})
    edited = work.edit(service)
    if service.state != "VOID":
        activities.withdraw(work, service)
    edited.state, edited.reason = "VOID", accepted.change.data.reason
    edited.versions = {**edited.versions, "state": merge.version_of(accepted)}
    work.days.add(Day(edited.member, edited.day))
    return APPLIED


def _reached(work: Work, accepted: Accepted) -> Service:
    entity = accepted.change.entity
    service = there(accepted, work.get(Service, entity), Named("service", entity))
    own = service.device in {accepted.device, *accepted.renews}
    if not own and not work.may_reach(accepted, service.community):
        raise Missing(OUT_OF_SCOPE)
    return service


def days_around(start: int, end: int) -> range:
    """The UTC days whose services may meet this time, in any local time."""
    first = start // DAY_MS - 4
    return range(first, min(end // DAY_MS + 2, first + 10) + 1)


DECIDERS: Final[dict[str, Decide]] = {
    "service.record": record,
    "service.link": link,
    "service.void": void,
}

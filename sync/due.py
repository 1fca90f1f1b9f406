"""What a ticket promised, and how far it is overdue: follows from the ticket, its community and the time; nobody writes it.

Time alone raises, at night; whatever moves the due time lowers at once, and while it is paused a
ticket is nobody's affair. A done ticket keeps what it had come to when it was done.
"""

from typing import Final, cast

from sync import pausing
from sync.calendar import Calendar
from sync.kinds.district import Policies
from sync.things import UNFINISHED, Community, Ticket
from sync.work import Work

HOUR_MS: Final = 3_600_000
IN_TIME, DESK, DISTRICT = 0, 1, 2
"""Whose affair it is that a ticket is overdue: nobody's, its community's desk's, the district's."""


def follow(work: Work) -> None:
    """Bring what follows from a ticket up to date in all that this settlement writes; raises nothing."""
    for ticket_id in sorted(work.written.get("ticket", {})):
        ticket = cast(Ticket, work.written["ticket"][ticket_id])
        _promise(work, ticket)
        _escalate(work, ticket, most=ticket.escalation)


def may_escalate(ticket: Ticket, now: int) -> bool:
    """Whether time brings a ticket something by now."""
    return ticket.next_at is not None and ticket.next_at <= now


def escalate(work: Work, ticket: Ticket) -> None:
    """What a night brings to a ticket whose time has come."""
    _escalate(work, work.edit(ticket), most=DISTRICT)


def _promise(work: Work, ticket: Ticket) -> None:
    """What its category promises is counted from the beginning of the round; once promised, it stays."""
    before = cast(Ticket | None, work.state.things.get("ticket", {}).get(ticket.id))
    if before is not None and _promised_by(before) == _promised_by(ticket):
        return
    community = cast(Community, work.get(Community, ticket.community))
    category = next((one for one in community.categories if one["code"] == ticket.category), {})
    hours = category.get("within")
    calendar = work.calendar(community)
    ticket.promised = None if hours is None else calendar.after(ticket.began, hours * HOUR_MS)


def _promised_by(ticket: Ticket) -> tuple[str, str, int, int]:
    return ticket.community, ticket.category, ticket.round, ticket.began


def _escalate(work: Work, ticket: Ticket, *, most: int) -> None:
    """The level that a ticket has come to, but no higher than `most` while it is unfinished."""
    community = cast(Community, work.get(Community, ticket.community))
    calendar = work.calendar(community)
    pausing.follow(ticket, calendar, work.now)
    due = ticket.due_at
    if due is None or ticket.paused is not None:
        ticket.escalation, ticket.district_at = IN_TIME, None
        return
    district_at = _district_at(calendar, community, due)
    ended = ticket.done if ticket.done is not None else ticket.closed
    at = work.now if ended is None else ended
    level = (at >= due) + (at >= district_at)
    ticket.escalation = min(level, most) if ticket.state in UNFINISHED else level
    ticket.district_at = district_at if ticket.escalation == DESK else None


def _district_at(calendar: Calendar, community: Community, due: int) -> int:
    hours: int = community.policies.get("escalateHours", Policies().escalate_hours)
    return calendar.after(due, hours * HOUR_MS)

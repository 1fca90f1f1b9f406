"""Pauses of a ticket: a reason, perhaps an end, and a resumption; what is kept only grows, and what holds follows from it.

A ticket is paused or not by the last of its round's events in the order of deeds, whichever nights they fell into.
"""

from itertools import zip_longest
from typing import Any, Final

from msgspec import UNSET

from sync.calendar import DAY_MS, HORIZON_DAYS, Calendar
from sync.shapes import parse_time
from sync.state import Accepted
from sync.things import UNFINISHED, Pause, Ticket

KINDS: Final = frozenset({"ticket.pause", "ticket.resume"})
HORIZON_MS: Final = HORIZON_DAYS * DAY_MS


def keep(ticket: Ticket, accepted: Accepted) -> None:
    """Keep a pause or a resumption, in the order of deeds; of a done ticket, too: it may have come before the end."""
    data: Any = accepted.change.data
    until = getattr(data, "until", UNSET)
    event = Pause(
        change=accepted.change.id,
        kind=accepted.change.kind,
        at=accepted.deed,
        device=accepted.device,
        seq=accepted.seq,
        round=ticket.round,
        by=accepted.change.by,
        reason=getattr(data, "reason", None),
        until=None if until is UNSET else parse_time(until),
    )
    ticket.pauses = sorted([*ticket.pauses, event], key=lambda one: (one.at, one.device, one.seq))


def before(ticket: Ticket, deed: int) -> Pause | None:
    """The pause that was standing when something was done, by what is known of this round."""
    return _standing([one for one in _of_round(ticket) if one.at <= deed], deed)


def _standing(events: list[Pause], at: int) -> Pause | None:
    """The last of the events, if it is a pause that is not over by this moment."""
    last = events[-1] if events else None
    if last is None or last.kind == "ticket.resume" or (last.until is not None and last.until <= at):
        return None
    return last


def _of_round(ticket: Ticket) -> list[Pause]:
    return [one for one in ticket.pauses if one.round == ticket.round]


def follow(ticket: Ticket, calendar: Calendar, now: int) -> None:
    """Whether the ticket is paused now, and its due time moved by the working time for which it was."""
    ended = None if ticket.state in UNFINISHED else ticket.done or ticket.closed
    # Whatever came was done by now, though a hub that is asked twice in a millisecond counts on.
    ticket.paused = _standing(_of_round(ticket), now) if ticket.state in UNFINISHED else None
    paused_ms = sum(calendar.working_ms(start, until) for start, until in _spans(ticket, ended))
    base = ticket.base
    ticket.extended = calendar.after(base, paused_ms) if base is not None and paused_ms else None


def _spans(ticket: Ticket, ended: int | None) -> list[tuple[int, int]]:
    """For which times it was paused: until it was resumed, paused anew, done, or the pause's own end."""
    events = _of_round(ticket)
    spans = []
    for event, following in zip_longest(events, events[1:]):
        ends = [None if following is None else following.at, event.until, ended]
        known = [end for end in ends if end is not None]
        if event.kind == "ticket.pause" and known:
            spans.append((event.at, min(*known, event.at + HORIZON_MS)))
    return spans

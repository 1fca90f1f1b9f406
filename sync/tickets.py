"""Deciding about tickets: opening, the life cycle in rounds, edits, notes and erasure."""

from collections.abc import Callable
from typing import Any, Final, cast

from msgspec import UNSET, to_builtins

from sync import merge, pausing, ratings
from sync.editing import Edited, created, decision_of, edit_fields, given, version
from sync.kinds.kind import Office
from sync.kinds.tickets import TicketEdit
from sync.reach import OUT_OF_SCOPE, Decide, Named, absent, grid_named, member_named, ticket_reached
from sync.rules.transitions import STATES, TRANSITIONS, Move, Transition
from sync.seats import (
    full,
    give_back,
    is_reserved_for_others,
    keep_for_the_others,
    meant,
    take_seat,
    taker_of,
)
from sync.state import Accepted, Erase
from sync.things import PENDING, Grid, Note, Ticket
from sync.work import APPLIED, Decision, Work, standing_candidate

PLAIN_FIELDS: Final = ("category", "title", "place", "priority", "due", "seats", "grid")
PRIVATE_FIELDS: Final = ("detail", "contact")


def open_ticket(work: Work, accepted: Accepted) -> Decision:
    """ticket.open: creates; the same id twice is once."""
    change, data = accepted.change, accepted.change.data
    if work.get(Ticket, change.entity) is not None:
        return Decision("OPENED_BEFORE")
    grid = grid_named(work, accepted, data.grid)
    if not work.may_reach(accepted, grid.community, [grid.id]):
        return OUT_OF_SCOPE
    private = given(change.private, *PRIVATE_FIELDS)
    ticket = Ticket(
        id=change.entity,
        community=grid.community,
        opened=accepted.deed,
        opener=change.by,
        grids=[(grid.id, 0)],
        versions=created(accepted, private),
        **given(data, *PLAIN_FIELDS),
        **private,
    )
    work.add(ticket)
    return APPLIED


def edit_ticket(work: Work, accepted: Accepted) -> Decision:
    """ticket.edit: each field by its rule."""
    change = accepted.change
    data: TicketEdit = change.data
    ticket = work.edit(ticket_reached(work, accepted, change.entity))
    if data.grid is not UNSET:
        grid = grid_named(work, accepted, data.grid)
        if not work.may_reach(accepted, grid.community):
            return OUT_OF_SCOPE
    values = {**given(data, *PLAIN_FIELDS), **given(change.private, *PRIVATE_FIELDS)}
    was = ticket.grid
    edited = edit_fields(work, accepted, "ticket", ticket, values)
    if ticket.grid != was:
        moved(work, ticket)
    _edit_tags(accepted, data, ticket, edited)
    return decision_of(edited)


def moved(work: Work, ticket: Ticket) -> None:
    """What follows from a ticket's new grid: its community, and where it has been."""
    ticket.community = cast(Grid, work.get(Grid, ticket.grid)).community
    ticket.grids = [*ticket.grids, (ticket.grid, PENDING)]


def _edit_tags(accepted: Accepted, data: TicketEdit, ticket: Ticket, edited: Edited) -> None:
    if data.remove_tags is not UNSET:
        ticket.tags = merge.remove_elements(ticket.tags, data.remove_tags, accepted)
        edited.stood.append("tags")
    if data.add_tags is not UNSET:
        ticket.tags = merge.add_elements(ticket.tags, data.add_tags, accepted)
        edited.stood.append("tags")


def note_ticket(work: Work, accepted: Accepted) -> Decision:
    """ticket.note: notes only grow; one that was written unaware of their erasure is kept without its text."""
    ticket = work.edit(ticket_reached(work, accepted, accepted.change.entity))
    redacted = ticket.versions.get("notes")
    text = accepted.change.private.text
    if not merge.seen(accepted, redacted):
        add_note(ticket, accepted, None)
        work.erase_change(accepted, "text")
        return Decision("REDACTED", "growing", {"field": "notes"})
    add_note(ticket, accepted, text)
    return APPLIED


def redact_ticket(work: Work, accepted: Accepted) -> Decision:
    """ticket.redact: erases for good, in the ticket and in the log."""
    ticket = work.edit(ticket_reached(work, accepted, accepted.change.entity))
    written = merge.version_of(accepted)
    fields = sorted(set(accepted.change.data.fields))
    for name in fields:
        if name == "notes":
            ticket.notes = [_without_text(note) for note in ticket.notes]
        else:
            setattr(ticket, name, None)
        ticket.versions = {**ticket.versions, name: written}
    logged = tuple("text" if name == "notes" else name for name in fields)
    work.erased.append(Erase(ticket.id, logged, until=accepted.order))
    return APPLIED


def _without_text(note: Note) -> Note:
    return Note(note.id, note.kind, note.at, note.by, None, note.reason)


def add_note(ticket: Ticket, accepted: Accepted, text: str | None) -> None:
    """Keep a note, or a step that came too late, in the order of deeds."""
    change = accepted.change
    note = Note(change.id, change.kind, accepted.deed, change.by, text, getattr(change.data, "reason", None))
    ticket.notes = sorted([*ticket.notes, note], key=lambda kept: (kept.at, kept.id))


def rate_ticket(work: Work, accepted: Accepted) -> Decision:
    """ticket.rate: the resident's own word on a round, which may come before the work is known to be done."""
    ticket = work.edit(ticket_reached(work, accepted, accepted.change.entity))
    asked = accepted.change.data.round
    if asked < ticket.round:
        add_note(ticket, accepted, None)
        return Decision("EARLIER_ROUND", "lifecycle", {}, state_of(ticket))
    if asked > ticket.round or ticket.state == "CANCELLED":
        return Decision("NOT_POSSIBLE", "lifecycle", {"state": ticket.state}, state_of(ticket))
    return ratings.rate(work, accepted, ticket)


# The life cycle


def step(work: Work, accepted: Accepted) -> Decision:
    """Any step of the life cycle, by the table of transitions."""
    change = accepted.change
    found = ticket_reached(work, accepted, change.entity)
    if hasattr(change.data, "member") and change.kind != "ticket.dispatch":
        member_named(work, accepted, change.data.member)
    ticket = work.edit(found)
    if not merge.seen(accepted, ticket.versions.get("round")):
        add_note(ticket, accepted, None)
        _contest_state(work, accepted, ticket)
        return Decision("EARLIER_ROUND", "lifecycle", {}, state_of(ticket))
    row = TRANSITIONS[change.kind, ticket.state]
    move = row.seen if merge.seen(accepted, version(ticket, "state")) else row.unseen
    return MOVES[move](work, accepted, ticket, row)


def state_of(ticket: Ticket) -> dict[str, Any]:
    """What stands now, for a verdict about the life cycle."""
    return {"state": ticket.state, "round": ticket.round}


def set_state(ticket: Ticket, accepted: Accepted, state: str) -> None:
    if ticket.state != state:
        ticket.state = state
        ticket.versions = {**ticket.versions, "state": merge.version_of(accepted)}


def _contest_state(
    work: Work, accepted: Accepted, ticket: Ticket, *, review: bool = False, stands: str | None = None
) -> None:
    """A step kept beside the state that stands (or, with `stands`, the other way round)."""
    standing = version(ticket, "state")
    change = accepted.change
    member = getattr(change.data, "member", UNSET)
    if change.kind in {"ticket.decline", "ticket.release", *pausing.KINDS}:
        return
    work.conflict(
        rule="lifecycle",
        thing="ticket",
        entity=ticket.id,
        field_name="state",
        round_number=ticket.round,
        community=ticket.community,
        grid=ticket.grid,
        standing=[standing_candidate(standing, ticket.state)],
        coming=work.candidate(accepted, TARGETS.get(change.kind), None if member is UNSET else member),
        stands=stands or standing.change,
        before=ticket.state,
        review=review,
    )


TARGETS: Final[dict[str, str]] = {
    "ticket.dispatch": "DISPATCHED",
    "ticket.claim": "ACCEPTED",
    "ticket.start": "IN_PROGRESS",
    "ticket.finish": "DONE",
    "ticket.close": "CLOSED",
    "ticket.cancel": "CANCELLED",
    "ticket.reopen": "OPEN",
}


def _apply(work: Work, accepted: Accepted, ticket: Ticket, row: Transition) -> Decision:
    return EFFECTS[row.kind](work, accepted, ticket)


def _reject(work: Work, accepted: Accepted, ticket: Ticket, row: Transition) -> Decision:
    return Decision("NOT_POSSIBLE", "lifecycle", {"state": ticket.state}, state_of(ticket))


def _desk(work: Work, accepted: Accepted, ticket: Ticket, row: Transition) -> Decision:
    if accepted.office is Office.LIAISON:
        return _reject(work, accepted, ticket, row)
    return _apply(work, accepted, ticket, row)


def _supersede(work: Work, accepted: Accepted, ticket: Ticket, row: Transition) -> Decision:
    _contest_state(work, accepted, ticket)
    return Decision("MOVED_ON", "lifecycle", {"state": ticket.state}, state_of(ticket))


def _note(work: Work, accepted: Accepted, ticket: Ticket, row: Transition) -> Decision:
    add_note(ticket, accepted, None)
    if row.kind in pausing.KINDS:
        pausing.keep(ticket, accepted)
    _contest_state(work, accepted, ticket)
    return Decision("KEPT_AS_NOTE", "lifecycle", {"state": ticket.state}, state_of(ticket))


def _done_already(work: Work, accepted: Accepted, ticket: Ticket, row: Transition) -> Decision:
    add_note(ticket, accepted, None)
    return Decision("ALREADY_DONE", "lifecycle", {}, state_of(ticket))


def _review(work: Work, accepted: Accepted, ticket: Ticket, row: Transition) -> Decision:
    _contest_state(work, accepted, ticket, review=True)
    return Decision("NOT_DONE_YET", "lifecycle", {"state": ticket.state}, state_of(ticket))


def _apply_and_review(work: Work, accepted: Accepted, ticket: Ticket, row: Transition) -> Decision:
    """Work done is never undone: it applies, and a dispatcher looks."""
    cancelled = version(ticket, "state")
    _contest_state(work, accepted, ticket, review=True, stands=accepted.change.id)
    _apply(work, accepted, ticket, row)
    told = Decision("DONE_ANYWAY", "lifecycle", {}, state_of(ticket))
    work.tell_again(standing_candidate(cancelled), ticket.id, told)
    return Decision("DONE_AFTER_CANCEL", "lifecycle", {}, state_of(ticket))


def _seat(work: Work, accepted: Accepted, ticket: Ticket, row: Transition) -> Decision:
    """claim and start: takes a seat while one is free."""
    member = member_named(work, accepted, accepted.change.data.member)
    if taker_of(work, ticket, member.id) is not None:
        if row.kind == "ticket.claim":
            return Decision("ALREADY_TAKER", "first", {}, state_of(ticket))
        set_state(ticket, accepted, row.to)
        return APPLIED
    if is_reserved_for_others(work, accepted, ticket, member):
        return Decision("RESERVED", "lifecycle", {}, state_of(ticket))
    if len(ticket.takers) >= ticket.seats:
        return full(work, accepted, ticket)
    take_seat(ticket, accepted)
    if STATES[row.to] > STATES[ticket.state]:
        set_state(ticket, accepted, row.to)
    return APPLIED


def _give_back(work: Work, accepted: Accepted, ticket: Ticket, row: Transition) -> Decision:
    several = "several" in (ticket.reserved or {})
    decision = give_back(work, accepted, ticket)
    if decision is not APPLIED:
        return decision
    keep_for_the_others(work, accepted, ticket)
    if not ticket.takers and row.to == "OPEN":
        ticket.reserved = ticket.reserved if several else None
        set_state(ticket, accepted, "OPEN" if ticket.reserved is None else "DISPATCHED")
    return decision


MOVES: Final[dict[Move, Callable[[Work, Accepted, Ticket, Transition], Decision]]] = {
    Move.APPLY: _apply,
    Move.SEAT: _seat,
    Move.GIVE_BACK: _give_back,
    Move.DESK: _desk,
    Move.NOTE: _note,
    Move.DONE_ALREADY: _done_already,
    Move.APPLY_AND_REVIEW: _apply_and_review,
    Move.SUPERSEDE: _supersede,
    Move.REVIEW: _review,
    Move.REJECT: _reject,
}


# What an accepted step does


def _dispatch(work: Work, accepted: Accepted, ticket: Ticket) -> Decision:
    reserved = to_builtins(accepted.change.data)
    for one in meant(reserved):
        for thing, thing_id in one.items():
            if work.find(thing, thing_id) is None:
                return absent(accepted, Named(thing, thing_id))
    standing = ticket.versions.get("reserved")
    if standing is not None and not merge.seen(accepted, standing) and ticket.reserved != reserved:
        work.conflict(
            rule="lifecycle",
            thing="ticket",
            entity=ticket.id,
            field_name="reserved",
            round_number=ticket.round,
            community=ticket.community,
            grid=ticket.grid,
            standing=[standing_candidate(standing, ticket.reserved)],
            coming=work.candidate(accepted, reserved),
            stands=accepted.change.id,
            before=ticket.reserved,
        )
    ticket.reserved = reserved
    ticket.versions = {**ticket.versions, "reserved": merge.version_of(accepted)}
    set_state(ticket, accepted, "DISPATCHED")
    return APPLIED


def _finish(work: Work, accepted: Accepted, ticket: Ticket) -> Decision:
    ticket.done, ticket.closed = accepted.deed, None
    set_state(ticket, accepted, "DONE")
    if ratings.own(ticket) is not None:
        ratings.give(work, accepted, ticket)
    return APPLIED


def close(work: Work, accepted: Accepted, ticket: Ticket) -> Decision:
    """Close a ticket and credit its rating to each taker."""
    ticket.closed = accepted.deed
    set_state(ticket, accepted, "CLOSED")
    return ratings.close(work, accepted, ticket)


def _cancel(work: Work, accepted: Accepted, ticket: Ticket) -> Decision:
    ticket.closed = accepted.deed
    add_note(ticket, accepted, None)
    set_state(ticket, accepted, "CANCELLED")
    return APPLIED


def _pause(work: Work, accepted: Accepted, ticket: Ticket) -> Decision:
    pausing.keep(ticket, accepted)
    return APPLIED


def _resume(work: Work, accepted: Accepted, ticket: Ticket) -> Decision:
    """Kept even where nothing seems to be paused: the pause may come later."""
    paused = pausing.before(ticket, accepted.deed)
    pausing.keep(ticket, accepted)
    return APPLIED if paused is not None else Decision("NOT_PAUSED", "growing")


def _reopen(work: Work, accepted: Accepted, ticket: Ticket) -> Decision:
    reopen(ticket, accepted)
    add_note(ticket, accepted, None)
    return APPLIED


def reopen(ticket: Ticket, accepted: Accepted) -> None:
    """A new round with empty seats."""
    written = merge.version_of(accepted)
    ticket.round += 1
    ticket.takers = []
    ticket.reserved = ticket.rating = ticket.words = ticket.done = ticket.closed = None
    ticket.state = "OPEN"
    kept = {name: version for name, version in ticket.versions.items() if name != ratings.RATING}
    ticket.versions = {**kept, "state": written, "takers": written, "round": written}


EFFECTS: Final[dict[str, Callable[[Work, Accepted, Ticket], Decision]]] = {
    "ticket.dispatch": _dispatch,
    "ticket.finish": _finish,
    "ticket.close": close,
    "ticket.cancel": _cancel,
    "ticket.reopen": _reopen,
    "ticket.pause": _pause,
    "ticket.resume": _resume,
}

DECIDERS: Final[dict[str, Decide]] = {
    "ticket.open": open_ticket,
    "ticket.edit": edit_ticket,
    "ticket.note": note_ticket,
    "ticket.redact": redact_ticket,
    "ticket.rate": rate_ticket,
    **dict.fromkeys({row_kind for row_kind, _ in TRANSITIONS}, step),
}

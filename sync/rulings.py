"""Deciding conflict.rule: a person confirms or overrides what the rules decided; itself a change, and reversible."""

from collections.abc import Callable
from typing import Any, Final, cast

from msgspec import to_builtins
from msgspec.structs import replace

from sync import activities, duties, evaluations, merge, posts, ratings, sessions, whistles
from sync.editing import Editable, given, stands_in_part
from sync.members import carry_identity, place_in_community
from sync.reach import OUT_OF_SCOPE, Decide, Named, there
from sync.register import Coded, holder_of, in_use, keeper_of
from sync.rules.fields import FIELDS
from sync.rules.transitions import STATES
from sync.seats import taker_of
from sync.services import link_activity, link_to
from sync.state import Accepted, Day
from sync.things import PENDING, Activity, Candidate, Conflict, Member, Post, Service, Taker, Ticket
from sync.tickets import close, moved, reopen, set_state
from sync.work import APPLIED, Decision, Work, conflict_of

RANKED: Final = frozenset({"ranked", "placed"})
"""Rules under which what a higher office wrote is not a lower one's to rule on."""

CLEARED: Final = frozenset({"place", "due", "detail", "contact", "phone", "words"})

Effect = Callable[[Work, Accepted, Conflict, Candidate | None], Decision]


def rule(work: Work, accepted: Accepted) -> Decision:
    """conflict.rule: one candidate stands, or none."""
    entity, data = accepted.change.entity, accepted.change.data
    conflict = there(accepted, work.known(Conflict, entity), Named("conflict", entity))
    if not work.may_reach(accepted, conflict.community):
        return OUT_OF_SCOPE
    if conflict.rev > accepted.saw:
        return Decision("CHANGED_SINCE")
    chosen = next((c for c in conflict.candidates if c.change == data.stands), None)
    if data.stands is not None and chosen is None:
        return Decision("NO_SUCH_CANDIDATE")
    if conflict.rule in RANKED and any(c.office > accepted.office for c in conflict.candidates):
        return Decision("ABOVE_OFFICE")
    decision = EFFECTS[conflict.rule](work, accepted, conflict, chosen)
    if decision is not APPLIED:
        return decision
    conflict = work.edit(conflict)
    conflict.state, conflict.stands = "RULED", data.stands
    conflict.ruling, conflict.reason = accepted.change.id, data.reason
    if conflict.rule not in TELL_THEMSELVES:
        _tell(work, conflict, chosen, data.reason)
    return APPLIED


def _tell(work: Work, conflict: Conflict, chosen: Candidate | None, reason: str) -> None:
    """Every candidate's author hears the ruling; who keeps what they had hears that it stands."""
    kept = [one for one in conflict.candidates if one is chosen or _keeps(work, conflict, one)]
    left = kept[0].change if kept else None
    for candidate in conflict.candidates:
        own = chosen is None and candidate in kept
        stands = {
            "change": candidate.change if own else conflict.stands or left,
            "ruling": conflict.ruling,
        }
        if candidate in kept:
            decision = Decision("RULED_FOR", conflict.rule, {"reason": reason}, stands)
        elif _stands_in_part(work, conflict, candidate):
            decision = Decision("MERGED", conflict.rule, {"field": conflict.field}, stands)
        else:
            decision = Decision("RULED_AGAINST", conflict.rule, {"reason": reason}, stands)
        work.tell_again(candidate, conflict.entity, decision)


def _keeps(work: Work, conflict: Conflict, candidate: Candidate) -> bool:
    """Whether a candidate that was not named still has its seat, its service still counts, or its word still stands."""
    if conflict.field == "takers":
        ticket = work.get(Ticket, conflict.entity)
        return ticket is not None and any(taker.change == candidate.change for taker in ticket.takers)
    if conflict.field == "holders":
        post = work.get(Post, conflict.entity)
        held = () if post is None else post.holders
        return any(one.change == candidate.change and one.until is None for one in held)
    if conflict.rule == "code":
        coded = cast(Coded, work.find(conflict.thing, conflict.entity))
        return coded.versions["*"].change == candidate.change
    if conflict.rule == "session":
        activity = work.get(Activity, candidate.value)
        return activity is not None and activity.same_as is None
    if conflict.field == "time":
        service = work.get(Service, candidate.value)
        return service is not None and service.state == "COUNTED"
    return conflict.stands is None and _is_left(work, conflict, candidate)


def _is_left(work: Work, conflict: Conflict, candidate: Candidate) -> bool:
    """Whether, where none is to stand, what this candidate said is what there is: the ruling left it alone."""
    if conflict.rule == "lifecycle":
        return bool(candidate.value == conflict.before)
    thing: Any = work.find(conflict.thing, conflict.entity)
    if conflict.field == "*":
        return thing is not None and thing.versions["*"].change == candidate.change
    row = FIELDS.get((conflict.thing, conflict.field))
    return row is not None and not row.private and getattr(thing, row.field) == candidate.value


def _stands_in_part(work: Work, conflict: Conflict, candidate: Candidate) -> bool:
    """Whether other fields that the candidate's change wrote still stand."""
    if conflict.rule not in {"latest", "ranked", "placed"}:
        return False
    return stands_in_part(cast(Editable, work.find(conflict.thing, conflict.entity)), candidate)


def _field(work: Work, accepted: Accepted, conflict: Conflict, chosen: Candidate | None) -> Decision:
    """A field of a ticket or member gets the chosen value; none: cleared where it may be empty."""
    row = FIELDS[conflict.thing, conflict.field]
    thing = work.edit(cast(Editable, work.find(conflict.thing, conflict.entity)))
    if chosen is not None:
        value = _private_value(work, chosen, row.field) if row.private else chosen.value
        setattr(thing, row.field, value)
    elif row.field in CLEARED:
        setattr(thing, row.field, None)
    written = merge.version_of(accepted)
    thing.versions = {**thing.versions, row.field: written}
    if row.rule in RANKED:
        thing.ranks = {**thing.ranks, row.field: [written]}
    if row.field == "grid" and isinstance(thing, Ticket):
        moved(work, thing)
    elif row.field == "grid" and isinstance(thing, Member):
        place_in_community(work, thing)
    return APPLIED


def _private_value(work: Work, chosen: Candidate, name: str) -> Any:
    """A private value is read from the change itself, so that what was erased stays erased."""
    return given(work.accepted(chosen.change).change.private, name).get(name)


def _identity_field(work: Work, accepted: Accepted, conflict: Conflict, chosen: Candidate | None) -> Decision:
    """A proposed unit or number: an identity must stay one person's."""
    root = work.get(Member, conflict.entity)
    if root is None or chosen is None:
        return APPLIED
    identity = {"unit": root.unit, "number": root.number, conflict.field: chosen.value}
    holder = work.identity(identity["unit"], identity["number"])
    if holder is not None and holder != root.id:
        return Decision("IDENTITY_TAKEN", "identity")
    before = (root.unit, root.number)
    decision = _field(work, accepted, conflict, chosen)
    carry_identity(work, work.edit(root), before)
    return decision


def _district(work: Work, accepted: Accepted, conflict: Conflict, chosen: Candidate | None) -> Decision:
    """What was put is taken up by deciding its change again in the ruler's name, about what the conflict is about."""
    if conflict.thing == "member":
        return _identity_field(work, accepted, conflict, chosen)
    if accepted.office < keeper_of(conflict.thing):
        return Decision("ABOVE_OFFICE")
    if chosen is None:
        return APPLIED
    kept = work.accepted(chosen.change)
    change = replace(kept.change, entity=conflict.entity)
    holder = holder_of(work, change)
    if holder is not None:
        return in_use(change, holder)
    author = {
        name: getattr(accepted, name)
        for name in ("device", "seq", "office", "scope", "deed", "saw", "author")
    }
    return work.decide(work, replace(kept, change=change, **author))


def _seats(work: Work, accepted: Accepted, conflict: Conflict, chosen: Candidate | None) -> Decision:
    """A seat of a ticket goes to the chosen claim; the other candidates of the conflict give theirs back."""
    ticket = there(accepted, work.get(Ticket, conflict.entity), Named("ticket", conflict.entity))
    if _is_past(ticket, conflict):
        return APPLIED
    ticket = work.edit(ticket)
    rivals = {candidate.change for candidate in conflict.candidates}
    before = [taker.member for taker in ticket.takers]
    if chosen is None:
        ticket.takers = [taker for taker in ticket.takers if taker.change not in rivals]
    elif not _is_seated(work, ticket, chosen):
        _seat(ticket, chosen, rivals)
    ticket.versions = {**ticket.versions, "takers": merge.version_of(accepted)}
    if not ticket.takers and STATES[ticket.state] < STATES["IN_PROGRESS"]:
        set_state(ticket, accepted, "OPEN")
    if ticket.takers and STATES[ticket.state] < STATES["ACCEPTED"]:
        set_state(ticket, accepted, "ACCEPTED")
    ratings.reseated(work, accepted, ticket, before)
    return APPLIED


def _is_past(ticket: Ticket, conflict: Conflict) -> bool:
    """Whether a conflict is about an earlier round: ruling on it settles it, and leaves the present round alone."""
    return conflict.id != conflict_of(ticket.id, conflict.field, ticket.round)


def _is_seated(work: Work, ticket: Ticket, candidate: Candidate) -> bool:
    root = None if candidate.member is None else work.root(candidate.member)
    return root is not None and taker_of(work, ticket, root.id) is not None


def _seat(ticket: Ticket, chosen: Candidate, rivals: set[str]) -> None:
    """The chosen one sits; where seats are short the rival who came last gives way."""
    seat = Taker(
        member=chosen.member or "",
        change=chosen.change,
        device=chosen.device,
        seq=chosen.seq,
        since=chosen.deed,
        uncertainty_ms=chosen.uncertainty_ms,
        rev=PENDING,
        kind=chosen.kind,
        by=chosen.by,
        office=chosen.office,
    )
    takers = list(ticket.takers)
    if len(takers) >= ticket.seats:
        rival = [taker for taker in takers if taker.change in rivals]
        takers.remove(max(rival or takers, key=lambda taker: (taker.since, taker.device, taker.seq)))
    ticket.takers = [*takers, seat]


def _linked(work: Work, accepted: Accepted, conflict: Conflict, chosen: Candidate | None) -> Decision:
    service = there(accepted, work.get(Service, conflict.entity), Named("service", conflict.entity))
    if conflict.field == "activity":
        return _linked_to_activity(work, accepted, service, chosen)
    ticket = None if chosen is None else work.get(Ticket, chosen.value)
    if ticket is not None:
        link_to(work, service, ticket, merge.version_of(accepted))
        return APPLIED
    edited = work.edit(service)
    edited.ticket = edited.category = None
    edited.versions = {**edited.versions, "ticket": merge.version_of(accepted)}
    work.days.add(Day(edited.member, edited.day))
    return APPLIED


def _linked_to_activity(
    work: Work, accepted: Accepted, service: Service, chosen: Candidate | None
) -> Decision:
    """The chosen activity, where the member then was; whom the service alone had signed in elsewhere was not."""
    activities.withdraw(work, service)
    edited = work.edit(service)
    edited.activity = None
    edited.versions = {**edited.versions, "activity": merge.version_of(accepted)}
    activity = None if chosen is None else work.get(Activity, chosen.value)
    if chosen is not None and activity is not None:
        link_activity(work, accepted, edited, activity, merge.version_of(accepted))
    return APPLIED


def _lifecycle(work: Work, accepted: Accepted, conflict: Conflict, chosen: Candidate | None) -> Decision:
    """The state that the chosen step leads to; none: what stood before."""
    found = there(accepted, work.get(Ticket, conflict.entity), Named("ticket", conflict.entity))
    if _is_past(found, conflict):
        return APPLIED
    ticket = work.edit(found)
    if conflict.field == "reserved":
        _reserve(ticket, accepted, conflict.before if chosen is None else chosen.value)
        return APPLIED
    state = conflict.before if chosen is None else chosen.value
    if state not in {"DONE", "CLOSED"}:
        ticket.done = None
    if state not in {"CLOSED", "CANCELLED"}:
        ticket.closed = None
    # What stood before is the first candidate of its conflict.
    step = chosen or next(candidate for candidate in conflict.candidates if candidate.value == state)
    _take_step(work, accepted, ticket, step)
    if state in {"CLOSED", "CANCELLED"} and ticket.closed is None:
        ticket.closed = accepted.deed
    ticket.state = state
    ticket.versions = {**ticket.versions, "state": merge.version_of(accepted)}
    ratings.ruled(work, accepted, ticket)
    whistles.wake(work, ticket)
    return APPLIED


def _reserve(ticket: Ticket, accepted: Accepted, reserved: dict[str, Any] | None) -> None:
    ticket.reserved = reserved
    ticket.versions = {**ticket.versions, "reserved": merge.version_of(accepted)}


def _take_step(work: Work, accepted: Accepted, ticket: Ticket, chosen: Candidate) -> None:
    """What the chosen step does besides leading to its state; `chosen` may have been taken long ago."""
    kept = work.accepted(chosen.change)
    if chosen.kind in {"ticket.claim", "ticket.start"} and chosen.member is not None:
        if len(ticket.takers) < ticket.seats and not _is_seated(work, ticket, chosen):
            _seat(ticket, chosen, set())
            ticket.versions = {**ticket.versions, "takers": merge.version_of(accepted)}
    elif chosen.kind == "ticket.reopen":
        opened = ticket.versions.get("round")
        if opened is None or opened.change != chosen.change:
            reopen(ticket, accepted)
    elif chosen.kind in STEPS_KEPT:
        STEPS_KEPT[chosen.kind](work, kept, accepted, ticket)


def _dispatched(work: Work, kept: Accepted, accepted: Accepted, ticket: Ticket) -> None:
    _reserve(ticket, accepted, to_builtins(kept.change.data))


def _done(work: Work, kept: Accepted, accepted: Accepted, ticket: Ticket) -> None:
    ticket.done = kept.deed


def _rated(work: Work, accepted: Accepted, conflict: Conflict, chosen: Candidate | None) -> Decision:
    """What a resident gave, as a person finds it: with the words it came with."""
    ticket = there(accepted, work.get(Ticket, conflict.entity), Named("ticket", conflict.entity))
    if not _is_past(ticket, conflict):
        words = None if chosen is None else _private_value(work, chosen, "words")
        ratings.rule(work, accepted, work.edit(ticket), None if chosen is None else chosen.value, words)
    return APPLIED


def _closed(work: Work, kept: Accepted, accepted: Accepted, ticket: Ticket) -> None:
    close(work, kept, ticket)


def _cancelled(work: Work, kept: Accepted, accepted: Accepted, ticket: Ticket) -> None:
    ticket.closed = kept.deed


STEPS_KEPT: Final[dict[str, Callable[[Work, Accepted, Accepted, Ticket], None]]] = {
    "ticket.dispatch": _dispatched,
    "ticket.finish": _done,
    "ticket.close": _closed,
    "ticket.cancel": _cancelled,
}


def _identity(work: Work, accepted: Accepted, conflict: Conflict, chosen: Candidate | None) -> Decision:
    """Two registrations of one identity are one person; two people need two numbers first."""
    root = work.get(Member, conflict.entity)
    if root is None or chosen is None or chosen.value != root.id:
        return Decision("SPLIT_INSTEAD", "identity")
    return APPLIED


def _services(work: Work, accepted: Accepted, conflict: Conflict, chosen: Candidate | None) -> Decision:
    """Which of the services counts. Of overlapping ones, those that were confirmed stay so."""
    for candidate in conflict.candidates:
        service = work.get(Service, candidate.value)
        if service is None or service.state == "VOID":
            continue
        if candidate is chosen:
            _set_state(work, service, accepted, "COUNTED")
        elif conflict.rule == "duplicate" and chosen is not None:
            _set_state(work, service, accepted, "DUPLICATE")
        elif service.id == conflict.entity:
            _set_state(work, service, accepted, "SET_ASIDE")
    return APPLIED


def _set_state(work: Work, service: Service, accepted: Accepted, state: str) -> None:
    if service.state == state:
        return
    edited = work.edit(service)
    edited.state = state
    edited.versions = {**edited.versions, "state": merge.version_of(accepted)}
    work.days.add(Day(edited.member, edited.day))


def _held(work: Work, accepted: Accepted, conflict: Conflict, chosen: Candidate | None) -> Decision:
    """A change that waited too long: decided again, or dropped."""
    if chosen is None:
        for candidate in conflict.candidates:
            decision = Decision("RULED_AGAINST", "held", {"reason": accepted.change.data.reason})
            work.tell_again(candidate, conflict.entity, decision)
        return APPLIED
    decision = work.decide(work, work.accepted(chosen.change))
    if decision.waits is not None:
        return Decision("NOT_FOUND", "held", decision.values)
    work.tell_again(chosen, conflict.entity, decision)
    return APPLIED


def _answered(work: Work, accepted: Accepted, conflict: Conflict, chosen: Candidate | None) -> Decision:
    """A request for correction: what is put right is put right by its own change; here only the answer is told."""
    return APPLIED


FIRST: Final[dict[str, Effect]] = {
    "ticket": _seats,
    "service": _linked,
    "post": posts.rule,
    "duty": duties.rule,
    "whistle": whistles.rule_lead,
}
"""What a ruling on who was first does, by the thing it is about."""

LATEST: Final[dict[str, Effect]] = {"whistle": whistles.rule_answer, "evaluation": evaluations.rule}
"""What a ruling on a last word does, where that is not a field."""

TELL_THEMSELVES: Final = frozenset({"held"})

EFFECTS: Final[dict[str, Effect]] = {
    "latest": lambda work, accepted, conflict, chosen: LATEST.get(conflict.thing, _field)(
        work, accepted, conflict, chosen
    ),
    "ranked": _field,
    "placed": _field,
    "district": _district,
    "first": lambda work, accepted, conflict, chosen: FIRST[conflict.thing](work, accepted, conflict, chosen),
    "lifecycle": _lifecycle,
    "identity": _identity,
    "overlap": _services,
    "duplicate": _services,
    "long": _services,
    "held": _held,
    "correction": _answered,
    "session": sessions.rule,
    "code": _district,
    "closing": evaluations.rule,
    "resident": _rated,
}

DECIDERS: Final[dict[str, Decide]] = {"conflict.rule": rule}

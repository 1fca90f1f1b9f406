"""The seats of a ticket: who takes one, who gives one back, and what those hear who came too late."""

from collections.abc import Sequence
from typing import Any

from sync import holding, merge
from sync.clock import Deed, is_close_call
from sync.reach import member_named
from sync.shapes import format_time
from sync.state import Accepted
from sync.things import COLLECTION, PENDING, Candidate, Member, Post, Taker, Ticket
from sync.work import APPLIED, Decision, Work


def taker_of(work: Work, ticket: Ticket, root_id: str) -> Taker | None:
    """The seat that a member holds, under whichever of their ids it was taken."""
    for taker in ticket.takers:
        root = work.root(taker.member)
        if root is not None and root.id == root_id:
            return taker
    return None


def meant(reserved: dict[str, Any] | None) -> list[dict[str, str]]:
    """Each of those for whom a dispatch keeps a ticket: a member, a unit or a post."""
    return [] if reserved is None else reserved.get("several", [reserved])


def is_reserved_for_others(work: Work, accepted: Accepted, ticket: Ticket, member: Member) -> bool:
    """A dispatch reserves a ticket against claimers who have seen it."""
    written = ticket.versions.get("reserved")
    if ticket.reserved is None or not merge.seen(accepted, written):
        return False
    return not any(_lets_in(work, accepted, one, member) for one in meant(ticket.reserved))


def _lets_in(work: Work, accepted: Accepted, one: dict[str, str], member: Member) -> bool:
    """Whether the member is one of those who are meant; a post that is no more keeps nobody out."""
    if "unit" in one:
        return one["unit"] == member.unit
    if "post" in one:
        post = work.get(Post, one["post"])
        return post is None or holding.holder_of(work, post, member.id, accepted.deed) is not None
    wanted = work.root(one["member"])
    return wanted is None or wanted.id == member.id


def keep_for_the_others(work: Work, accepted: Accepted, ticket: Ticket) -> None:
    """Whoever gives a ticket back that was dispatched to several is no longer one of them; the others still are."""
    if ticket.reserved is None or "several" not in ticket.reserved:
        return
    member = member_named(work, accepted, accepted.change.data.member)
    left = [one for one in meant(ticket.reserved) if not _lets_in(work, accepted, one, member)]
    ticket.reserved = {"several": left} if len(left) > 1 else next(iter(left), None)


def take_seat(ticket: Ticket, accepted: Accepted) -> None:
    taker = Taker(
        member=accepted.change.data.member,
        change=accepted.change.id,
        device=accepted.device,
        seq=accepted.seq,
        since=accepted.deed,
        uncertainty_ms=accepted.uncertainty_ms,
        rev=PENDING,
        kind=accepted.change.kind,
        by=accepted.change.by,
        office=accepted.office,
    )
    ticket.takers = [*ticket.takers, taker]
    ticket.versions = {**ticket.versions, "takers": merge.version_of(accepted)}


def full(work: Work, accepted: Accepted, ticket: Ticket) -> Decision:
    """No seat is free: who had seen that is refused; who had not hears who was first."""
    last = max(ticket.takers, key=lambda taker: (taker.since, taker.device, taker.seq))
    values = {"member": work.name_of(last.member), "since": work.local_time(last.since, ticket.community)}
    stands = {"member": last.member, "since": format_time(last.since), "change": last.change}
    if merge.seen(accepted, ticket.versions.get("takers")):
        return Decision("SEATS_FULL", "first", values, stands)
    contest_seats(work, accepted, ticket, ticket.takers, last)
    code = "SEAT_TAKEN" if accepted.change.kind == "ticket.claim" else "NO_SEAT"
    return Decision(code, "first", values, stands)


def contest_seats(
    work: Work, accepted: Accepted, thing: Ticket | Post, seated: Sequence[Taker], last: Taker
) -> None:
    """One conflict for the seats (of a round). Confirmed takers are beyond doubt; a close call is for a person."""
    deed = Deed(accepted.deed, accepted.uncertainty_ms)
    work.conflict(
        rule="first",
        thing=COLLECTION[type(thing)],
        entity=thing.id,
        field_name="takers" if isinstance(thing, Ticket) else "holders",
        round_number=thing.round if isinstance(thing, Ticket) else 0,
        community=thing.community,
        grid=thing.grid,
        standing=[candidate_of(taker) for taker in seated],
        coming=work.candidate(accepted, member=accepted.change.data.member),
        stands=last.change,
        close_call=last.rev == PENDING and is_close_call(deed, Deed(last.since, last.uncertainty_ms)),
    )


def candidate_of(taker: Taker) -> Candidate:
    return Candidate(
        change=taker.change,
        device=taker.device,
        seq=taker.seq,
        kind=taker.kind,
        by=taker.by,
        office=taker.office,
        deed=taker.since,
        uncertainty_ms=taker.uncertainty_ms,
        member=taker.member,
    )


def give_back(work: Work, accepted: Accepted, ticket: Ticket) -> Decision:
    """decline and release: frees the seat, or the dispatch that was meant for this member."""
    member_id = accepted.change.data.member
    root = work.root(member_id)
    taker = None if root is None else taker_of(work, ticket, root.id)
    if taker is not None:
        ticket.takers = [kept for kept in ticket.takers if kept is not taker]
        ticket.versions = {**ticket.versions, "takers": merge.version_of(accepted)}
        return APPLIED
    family = set() if root is None else work.family(root.id)
    if any(one.get("member") in family for one in meant(ticket.reserved)):
        return APPLIED
    stands = {"state": ticket.state, "round": ticket.round}
    if merge.seen(accepted, ticket.versions.get("takers")):
        return Decision("NOT_A_TAKER", "first", {}, stands)
    return Decision("MOVED_ON", "lifecycle", {"state": ticket.state}, stands)

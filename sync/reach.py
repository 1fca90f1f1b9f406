"""What a change names must be there, and must be its author's to touch."""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

from sync import merge
from sync.kinds import KINDS
from sync.kinds.kind import Office
from sync.state import Accepted
from sync.things import Grid, Member, Ticket
from sync.work import Decision, Work

T = TypeVar("T")
Decide = Callable[[Work, Accepted], Decision]

OUT_OF_SCOPE = Decision("OUT_OF_SCOPE")


class Missing(Exception):
    """A thing that a change names is not there, or is not its author's; carries the decision that follows."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.code)
        self.decision = decision


class Named(NamedTuple):
    """What kind of thing a change names, and which one."""

    thing: str
    id: str


def there(accepted: Accepted, found: T | None, named: Named) -> T:
    """The thing, or `Missing`: a tablet's change waits for it; an office at work can see that there is none."""
    if found is not None:
        return found
    raise Missing(absent(accepted, named))


def absent(accepted: Accepted, named: Named) -> Decision:
    """What becomes of a change whose thing is not there.

    An office's change is done when it comes. One that was done before it came was brought back by a
    restore, and waits like a tablet's: the tablet that made the thing sends it again.
    """
    if accepted.office is Office.LIAISON or accepted.deed < accepted.arrival:
        return Decision("WAITS", "held", {"thing": named.thing}, waits=named.id)
    return Decision("NOT_FOUND", None, {"thing": named.thing})


def member_named(work: Work, accepted: Accepted, member_id: str) -> Member:
    """The member that an id is read as."""
    return there(accepted, work.root(member_id), Named("member", member_id))


def grid_named(work: Work, accepted: Accepted, grid_id: str) -> Grid:
    return there(accepted, work.get(Grid, grid_id), Named("grid", grid_id))


def ticket_reached(work: Work, accepted: Accepted, ticket_id: str) -> Ticket:
    """The ticket, when it is there and in what its author knew to be theirs."""
    ticket = there(accepted, work.get(Ticket, ticket_id), Named("ticket", ticket_id))
    if not work.may_reach(accepted, ticket.community, grids_known(work, ticket, accepted)):
        raise Missing(OUT_OF_SCOPE)
    return ticket


def grids_known(work: Work, ticket: Ticket, accepted: Accepted) -> list[str]:
    """Where the ticket is, and where it was as far as its author could know.

    What creates is decided before what moves, and must not depend on which night that comes in: for it, also where
    this batch moves the ticket.
    """
    moved = ticket.versions.get("grid")
    known = [ticket.grid] if merge.seen(accepted, moved) else [grid for grid, _ in ticket.grids]
    return [*known, *grids_coming(work, ticket)] if KINDS[accepted.change.kind].creates else known


def grids_coming(work: Work, ticket: Ticket) -> list[str]:
    """Where this batch moves the ticket, by authors who reach it."""
    had = [grid for grid, _ in ticket.grids]
    coming: list[str] = []
    for move in work.moves.get(ticket.id, ()):
        if work.may_reach(move, ticket.community, [*had, *coming]):
            coming.append(move.change.data.grid)
    return coming


def carried_by(accepted: Accepted, member: Member) -> str | None:
    """Whose tablets carry what was recorded of a member: the member's grid's, else the author's first."""
    if accepted.office is not Office.LIAISON or member.grid in accepted.scope:
        return member.grid
    return accepted.scope[0]


def member_reached(work: Work, accepted: Accepted, member_id: str) -> Member:
    """The member that an id is read as, when it is of its author's communities."""
    member = member_named(work, accepted, member_id)
    if not work.may_reach(accepted, member.community):
        raise Missing(OUT_OF_SCOPE)
    return member

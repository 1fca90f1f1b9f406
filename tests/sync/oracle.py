"""A small oracle for two changes on one thing in one night, written from the rules' words alone.

It imports nothing of `sync`: it knows no table, no rev and no merge of the rule book. It says what
stands in the end and which outcomes an author may be told, and None where the words are silent.
"""

from typing import Final, NamedTuple

LIFE: Final = ["OPEN", "DISPATCHED", "ACCEPTED", "IN_PROGRESS", "DONE", "CLOSED", "CANCELLED"]
BEYOND: Final = {"DONE", "CLOSED", "CANCELLED"}


class Step(NamedTuple):
    """What somebody did. `informed`: they had seen the ticket as it was before the night began.

    stars: what was given, or said to have been given.
    """

    kind: str
    member: str
    informed: bool
    stars: int | None = None


class Seat(NamedTuple):
    """Who holds a seat, and whether they have it only since this night."""

    member: str
    tonight: bool


class Ticket:
    """A ticket as people speak of it.

    moved, reserved_tonight, again: what nobody who comes later has seen. done_anyway: that tonight's
    cancelling was overtaken by the work, which its author hears. stars: the rating of this round, and
    whether it is the resident's own; written_down: that tonight's closing brought some, until the resident's came.
    """

    def __init__(self, state: str, seats: int, takers: list[str], reserved: str | None) -> None:
        self.state = state
        self.seats = seats
        self.takers = [Seat(member, False) for member in takers]
        self.reserved = reserved
        self.round = 1
        self.paused = False
        self.stars: int | None = None
        self.own = self.written_down = self.outdone = False
        self.moved = self.reserved_tonight = self.again = self.done_anyway = False

    @property
    def standing(self) -> tuple[str, int, list[str]]:
        return self.state, self.round, [seat.member for seat in self.takers]

    def become(self, state: str) -> None:
        self.moved = self.moved or state != self.state
        self.state = state

    def has(self, member: str) -> bool:
        return any(seat.member == member for seat in self.takers)

    def impossible(self, step: Step) -> set[str]:
        """A move that cannot be: refused when its author had seen why, otherwise overtaken."""
        return {"REJECTED"} if step.informed and not self.moved else {"SUPERSEDED"}

    def is_kept_from(self, step: Step) -> bool:
        """A dispatch keeps a ticket for somebody, against those who claim a seat and had seen it."""
        kept = self.reserved not in {None, step.member} and not self.reserved_tonight
        return kept and step.informed

    def take(self, step: Step) -> None:
        self.takers.append(Seat(step.member, True))


def decide(ticket: Ticket, step: Step) -> set[str] | None:
    """Let a ticket live through a step; gives the outcomes that its author may be told."""
    if ticket.again:
        return {"SUPERSEDED"}  # The author speaks of the round before: kept as a note.
    return STEPS[step.kind](ticket, step)


def dispatch(ticket: Ticket, step: Step) -> set[str] | None:
    if ticket.state not in {"OPEN", "DISPATCHED"}:
        return ticket.impossible(step)
    ticket.become("DISPATCHED")
    ticket.reserved, ticket.reserved_tonight = step.member, True
    return {"APPLIED"}


def claim(ticket: Ticket, step: Step) -> set[str] | None:
    if ticket.state in BEYOND:
        return ticket.impossible(step)
    if ticket.has(step.member):
        return {"DUPLICATE"}
    if ticket.is_kept_from(step):
        return {"REJECTED"}
    if len(ticket.takers) >= ticket.seats:
        return _full(ticket, step, {"LOST"})
    ticket.take(step)
    if LIFE.index(ticket.state) < LIFE.index("ACCEPTED"):
        ticket.become("ACCEPTED")
    return {"APPLIED"}


def _full(ticket: Ticket, step: Step, unseen: set[str]) -> set[str]:
    """Every seat is taken: to those who had seen that, it is no surprise."""
    seen = [step.informed and not seat.tonight for seat in ticket.takers]
    if all(seen):
        return {"REJECTED"}
    return unseen if not any(seen) else unseen | {"REJECTED"}


def decline(ticket: Ticket, step: Step) -> set[str] | None:
    if ticket.state in BEYOND:
        return ticket.impossible(step)
    if not ticket.has(step.member):
        return None
    ticket.takers = [seat for seat in ticket.takers if seat.member != step.member]
    if not ticket.takers and ticket.state in {"DISPATCHED", "ACCEPTED"}:
        ticket.become("OPEN")
    return {"APPLIED"}


def release(ticket: Ticket, step: Step) -> set[str] | None:
    if ticket.state in BEYOND:
        return ticket.impossible(step)
    if not step.informed or ticket.moved:
        return None
    return decline(ticket, step)


def start(ticket: Ticket, step: Step) -> set[str] | None:
    if ticket.state in BEYOND:
        return ticket.impossible(step)
    if not ticket.has(step.member):
        if ticket.is_kept_from(step):
            return {"REJECTED"}
        if len(ticket.takers) >= ticket.seats:
            return _full(ticket, step, {"SUPERSEDED"})
        ticket.take(step)
    ticket.become("IN_PROGRESS")
    return {"APPLIED"}


def finish(ticket: Ticket, step: Step) -> set[str] | None:
    if ticket.state in {"DONE", "CLOSED"}:
        return {"DUPLICATE", "SUPERSEDED"}
    told = {"APPLIED"}
    if ticket.state == "CANCELLED":
        if step.informed and not ticket.moved:
            return {"REJECTED"}
        told, ticket.done_anyway = {"REVIEW"}, ticket.moved
    ticket.become("DONE")
    return told


def close(ticket: Ticket, step: Step) -> set[str] | None:
    if ticket.state != "DONE":
        return {"REJECTED"} if step.informed and not ticket.moved else {"REVIEW"}
    ticket.become("CLOSED")
    if ticket.own:
        return {"APPLIED"} if step.stars in {None, ticket.stars} else {"MERGED"}
    if step.stars is not None:
        ticket.stars, ticket.written_down = step.stars, True
    return {"APPLIED"}


def rate(ticket: Ticket, step: Step) -> set[str] | None:
    """The resident's own: over what was written down at a closing, and the first of their own."""
    if ticket.state == "CANCELLED":
        return {"REJECTED"}
    if ticket.own:
        return {"DUPLICATE"}
    ticket.outdone = ticket.written_down
    ticket.stars, ticket.own = step.stars, True
    return {"APPLIED"}


def cancel(ticket: Ticket, step: Step) -> set[str] | None:
    if LIFE.index(ticket.state) >= LIFE.index("IN_PROGRESS"):
        return ticket.impossible(step)
    ticket.become("CANCELLED")
    return {"APPLIED"}


def pause(ticket: Ticket, step: Step) -> set[str] | None:
    if ticket.state in BEYOND:
        return ticket.impossible(step)
    ticket.paused = True
    return {"APPLIED"}


def resume(ticket: Ticket, step: Step) -> set[str] | None:
    if ticket.state in BEYOND:
        return ticket.impossible(step)
    told = {"APPLIED"} if ticket.paused else {"DUPLICATE"}
    ticket.paused = False
    return told


def reopen(ticket: Ticket, step: Step) -> set[str] | None:
    if ticket.state not in BEYOND:
        return ticket.impossible(step)
    ticket.become("OPEN")
    ticket.takers, ticket.reserved, ticket.round, ticket.again = [], None, ticket.round + 1, True
    ticket.stars, ticket.own = None, False
    return {"APPLIED"}


STEPS: Final = {
    "ticket.dispatch": dispatch,
    "ticket.claim": claim,
    "ticket.decline": decline,
    "ticket.release": release,
    "ticket.start": start,
    "ticket.finish": finish,
    "ticket.close": close,
    "ticket.rate": rate,
    "ticket.cancel": cancel,
    "ticket.reopen": reopen,
    "ticket.pause": pause,
    "ticket.resume": resume,
}


# Fields. Both authors saw the thing as it was before the night, and neither saw the other.


class Write(NamedTuple):
    """A value that somebody gave a field: by an office (True) or on a tablet, in the order of their deeds."""

    value: str
    office: bool


def latest(first: Write, second: Write) -> str:
    return second.value


def ranked(first: Write, second: Write) -> str:
    """An office's stands over a tablet's that had not seen it; among equals the later."""
    return first.value if first.office and not second.office else second.value


def placed(first: Write, second: Write) -> str:
    """Among tablets the first stands; an office places as it ranks."""
    return second.value if second.office else first.value


def elements(held: set[str], adds: list[set[str]], removes: list[set[str]]) -> set[str]:
    """An add always adds; a remove removes what its author had seen, which is what was there before the night."""
    return (held - {name for names in removes for name in names}) | {name for names in adds for name in names}

"""THE TABLE of ticket transitions: (kind, state) -> what happens, seen and unseen.

`seen` is for an author who had seen the ticket's present state, `unseen` for one who had not.
"""

from enum import StrEnum
from typing import Final, NamedTuple

STATES: Final[dict[str, int]] = {
    "OPEN": 0,
    "DISPATCHED": 1,
    "ACCEPTED": 2,
    "IN_PROGRESS": 3,
    "DONE": 4,
    "CLOSED": 5,
    "CANCELLED": 6,
}
"""The order of states; CANCELLED counts as beyond DONE for everything but finish."""


class Move(StrEnum):
    """What a step does to a ticket in a state."""

    APPLY = "apply"
    SEAT = "seat"
    GIVE_BACK = "give back"
    DESK = "desk"
    NOTE = "note"
    DONE_ALREADY = "done already"
    APPLY_AND_REVIEW = "apply and review"
    SUPERSEDE = "supersede"
    REVIEW = "review"
    REJECT = "reject"


class Transition(NamedTuple):
    """One row: the kind of change, the state it meets, and what follows; `to` is the state afterwards."""

    kind: str
    state: str
    to: str
    seen: Move
    unseen: Move


MOVES: Final[dict[Move, tuple[str, str]]] = {
    Move.APPLY: ("生效", "applies"),
    Move.SEAT: ("有空位则占位；无则先到者得", "takes a seat while one is free; otherwise the first stands"),
    Move.GIVE_BACK: (
        "退回名额；无人接单时状态才变",
        "gives the seat back; the state changes only when no taker is left",
    ),
    Move.DESK: ("仅派单员可以", "by a dispatcher only"),
    Move.NOTE: ("不改变状态，作为备注保留", "changes nothing, and is kept as a note"),
    Move.DONE_ALREADY: ("已办结，作为备注保留", "done already, and is kept as a note"),
    Move.APPLY_AND_REVIEW: ("生效，并请派单员过目", "applies, and a dispatcher looks"),
    Move.SUPERSEDE: ("不改变状态", "changes nothing"),
    Move.REVIEW: ("转派单员确认", "goes to a dispatcher"),
    Move.REJECT: ("不可能，拒绝并说明原因", "is not possible, and is refused with the reason"),
}


def _rows(kind: str, states: str, to: str, seen: Move, unseen: Move) -> list[Transition]:
    return [Transition(kind, state, to or state, seen, unseen) for state in states.split()]


_TABLE: Final[list[Transition]] = [
    *_rows("ticket.dispatch", "OPEN DISPATCHED", "DISPATCHED", Move.APPLY, Move.APPLY),
    *_rows("ticket.dispatch", "ACCEPTED IN_PROGRESS DONE CLOSED CANCELLED", "", Move.REJECT, Move.SUPERSEDE),
    *_rows("ticket.claim", "OPEN DISPATCHED ACCEPTED", "ACCEPTED", Move.SEAT, Move.SEAT),
    *_rows("ticket.claim", "IN_PROGRESS", "IN_PROGRESS", Move.SEAT, Move.SEAT),
    *_rows("ticket.claim", "DONE CLOSED CANCELLED", "", Move.REJECT, Move.SUPERSEDE),
    *_rows("ticket.decline", "OPEN DISPATCHED ACCEPTED", "OPEN", Move.GIVE_BACK, Move.GIVE_BACK),
    *_rows("ticket.decline", "IN_PROGRESS", "IN_PROGRESS", Move.GIVE_BACK, Move.GIVE_BACK),
    *_rows("ticket.decline", "DONE CLOSED CANCELLED", "", Move.REJECT, Move.SUPERSEDE),
    *_rows("ticket.release", "OPEN DISPATCHED ACCEPTED", "OPEN", Move.GIVE_BACK, Move.GIVE_BACK),
    *_rows("ticket.release", "IN_PROGRESS", "IN_PROGRESS", Move.GIVE_BACK, Move.SUPERSEDE),
    *_rows("ticket.release", "DONE CLOSED CANCELLED", "", Move.REJECT, Move.SUPERSEDE),
    *_rows("ticket.start", "OPEN DISPATCHED ACCEPTED IN_PROGRESS", "IN_PROGRESS", Move.SEAT, Move.SEAT),
    *_rows("ticket.start", "DONE CLOSED CANCELLED", "", Move.REJECT, Move.SUPERSEDE),
    *_rows("ticket.finish", "OPEN DISPATCHED ACCEPTED IN_PROGRESS", "DONE", Move.APPLY, Move.APPLY),
    *_rows("ticket.finish", "DONE CLOSED", "", Move.DONE_ALREADY, Move.DONE_ALREADY),
    *_rows("ticket.finish", "CANCELLED", "DONE", Move.REJECT, Move.APPLY_AND_REVIEW),
    *_rows("ticket.close", "DONE", "CLOSED", Move.APPLY, Move.APPLY),
    *_rows(
        "ticket.close", "OPEN DISPATCHED ACCEPTED IN_PROGRESS CLOSED CANCELLED", "", Move.REJECT, Move.REVIEW
    ),
    *_rows("ticket.cancel", "OPEN DISPATCHED ACCEPTED", "CANCELLED", Move.APPLY, Move.APPLY),
    *_rows("ticket.cancel", "IN_PROGRESS", "CANCELLED", Move.DESK, Move.NOTE),
    *_rows("ticket.cancel", "DONE CLOSED CANCELLED", "", Move.REJECT, Move.NOTE),
    *_rows("ticket.pause", "OPEN DISPATCHED ACCEPTED IN_PROGRESS", "", Move.APPLY, Move.APPLY),
    *_rows("ticket.pause", "DONE CLOSED CANCELLED", "", Move.REJECT, Move.NOTE),
    *_rows("ticket.resume", "OPEN DISPATCHED ACCEPTED IN_PROGRESS", "", Move.APPLY, Move.APPLY),
    *_rows("ticket.resume", "DONE CLOSED CANCELLED", "", Move.REJECT, Move.NOTE),
    *_rows("ticket.reopen", "DONE CLOSED CANCELLED", "OPEN", Move.APPLY, Move.APPLY),
    *_rows("ticket.reopen", "OPEN DISPATCHED ACCEPTED IN_PROGRESS", "", Move.REJECT, Move.SUPERSEDE),
]

TRANSITIONS: Final[dict[tuple[str, str], Transition]] = {(row.kind, row.state): row for row in _TABLE}
STEPS: Final[frozenset[str]] = frozenset(row.kind for row in _TABLE)
ROWS: Final[tuple[Transition, ...]] = tuple(_TABLE)

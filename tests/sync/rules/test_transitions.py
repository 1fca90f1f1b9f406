"""Every row of the table of transitions, seen and unseen, against the design's table written down once more."""

from itertools import product
from typing import Any

import pytest

from sync.rules.transitions import MOVES, ROWS, STATES, STEPS, TRANSITIONS, Move
from sync.tickets import EFFECTS
from sync.tickets import MOVES as DONE_BY
from tests.sync.hub import Hub, Tablet
from tests.sync.world import G1, M1, M2, T

ORDER = ["OPEN", "DISPATCHED", "ACCEPTED", "IN_PROGRESS", "DONE", "CLOSED", "CANCELLED"]

EXAMPLES: dict[tuple[str, str], str] = {
    ("ticket.dispatch", "seen"): "=DISPATCHED =DISPATCHED NOT_POSSIBLE NOT_POSSIBLE NOT_POSSIBLE NOT_POSSIBLE NOT_POSSIBLE",
    ("ticket.dispatch", "unseen"): "=DISPATCHED =DISPATCHED MOVED_ON MOVED_ON MOVED_ON MOVED_ON MOVED_ON",
    ("ticket.claim", "seen"): "=ACCEPTED RESERVED =ACCEPTED =IN_PROGRESS NOT_POSSIBLE NOT_POSSIBLE NOT_POSSIBLE",
    ("ticket.claim", "unseen"): "=ACCEPTED =ACCEPTED =ACCEPTED =IN_PROGRESS MOVED_ON MOVED_ON MOVED_ON",
    ("ticket.decline", "seen"): "NOT_A_TAKER =OPEN =OPEN =IN_PROGRESS NOT_POSSIBLE NOT_POSSIBLE NOT_POSSIBLE",
    ("ticket.decline", "unseen"): "NOT_A_TAKER =OPEN =OPEN =IN_PROGRESS MOVED_ON MOVED_ON MOVED_ON",
    ("ticket.release", "seen"): "NOT_A_TAKER =OPEN =OPEN =IN_PROGRESS NOT_POSSIBLE NOT_POSSIBLE NOT_POSSIBLE",
    ("ticket.release", "unseen"): "NOT_A_TAKER =OPEN =OPEN MOVED_ON MOVED_ON MOVED_ON MOVED_ON",
    ("ticket.start", "seen"): "=IN_PROGRESS RESERVED =IN_PROGRESS =IN_PROGRESS NOT_POSSIBLE NOT_POSSIBLE NOT_POSSIBLE",
    ("ticket.start", "unseen"): "=IN_PROGRESS =IN_PROGRESS =IN_PROGRESS =IN_PROGRESS MOVED_ON MOVED_ON MOVED_ON",
    ("ticket.finish", "seen"): "=DONE =DONE =DONE =DONE ALREADY_DONE ALREADY_DONE NOT_POSSIBLE",
    ("ticket.finish", "unseen"): "=DONE =DONE =DONE =DONE ALREADY_DONE ALREADY_DONE DONE_AFTER_CANCEL=DONE",
    ("ticket.close", "seen"): "NOT_POSSIBLE NOT_POSSIBLE NOT_POSSIBLE NOT_POSSIBLE =CLOSED NOT_POSSIBLE NOT_POSSIBLE",
    ("ticket.close", "unseen"): "NOT_DONE_YET NOT_DONE_YET NOT_DONE_YET NOT_DONE_YET =CLOSED NOT_DONE_YET NOT_DONE_YET",
    ("ticket.cancel", "seen"): "=CANCELLED =CANCELLED =CANCELLED NOT_POSSIBLE NOT_POSSIBLE NOT_POSSIBLE NOT_POSSIBLE",
    ("ticket.cancel", "unseen"): "=CANCELLED =CANCELLED =CANCELLED KEPT_AS_NOTE KEPT_AS_NOTE KEPT_AS_NOTE KEPT_AS_NOTE",
    ("ticket.pause", "seen"): "=OPEN =DISPATCHED =ACCEPTED =IN_PROGRESS NOT_POSSIBLE NOT_POSSIBLE NOT_POSSIBLE",
    ("ticket.pause", "unseen"): "=OPEN =DISPATCHED =ACCEPTED =IN_PROGRESS KEPT_AS_NOTE KEPT_AS_NOTE KEPT_AS_NOTE",
    ("ticket.resume", "seen"): "NOT_PAUSED NOT_PAUSED NOT_PAUSED NOT_PAUSED NOT_POSSIBLE NOT_POSSIBLE NOT_POSSIBLE",
    ("ticket.resume", "unseen"): "NOT_PAUSED NOT_PAUSED NOT_PAUSED NOT_PAUSED KEPT_AS_NOTE KEPT_AS_NOTE KEPT_AS_NOTE",
    ("ticket.reopen", "seen"): "NOT_POSSIBLE NOT_POSSIBLE NOT_POSSIBLE NOT_POSSIBLE =OPEN =OPEN =OPEN",
    ("ticket.reopen", "unseen"): "MOVED_ON MOVED_ON MOVED_ON MOVED_ON =OPEN =OPEN =OPEN",
}  # fmt: skip
"""`=STATE`: applies and leads there; CODE: that verdict, the state stays; CODE=STATE: both.

The ticket has two seats; it was dispatched to M1, who sits from ACCEPTED on. M2 claims and starts, M1 does the rest.
In OPEN nobody sits, so there is nothing to give back. Steps by a liaison, where a liaison may.
"""

BY_DESK = {"ticket.dispatch", "ticket.release"}


def ticket_in(state: str) -> tuple[Hub, Tablet, int]:
    """A ticket of two seats in a state, a tablet, and the rev at which it had not come to that state.

    OPEN is come to by a decline, so that it too can be unseen.
    """
    hub = Hub()
    a = hub.tablet("A", G1)
    a.does("ticket.open", T, "06:10", grid=G1, category="parking", title="t", seats=2)
    a.sync("06:20")
    hub.night("06:30")
    a.pull("06:31")
    steps: list[tuple[str, dict[str, Any]]] = {
        "OPEN": [("ticket.dispatch", {"member": M1}), ("ticket.decline", {"member": M1})],
        "DISPATCHED": [("ticket.dispatch", {"member": M1})],
        "ACCEPTED": [("ticket.claim", {"member": M1})],
        "IN_PROGRESS": [("ticket.start", {"member": M1})],
        "DONE": [("ticket.start", {"member": M1}), ("ticket.finish", {"member": M1})],
        "CLOSED": [("ticket.start", {"member": M1}), ("ticket.finish", {"member": M1}), ("ticket.close", {})],
        "CANCELLED": [("ticket.cancel", {"reason": "not needed"})],
    }[state]
    before = 0
    for minute, (kind, data) in enumerate(steps):
        before = hub.memory.rev
        hub.desk(kind, T, f"07:{minute:02d}", **data)
    assert hub.ticket(T).state == state
    return hub, a, before


DATA: dict[str, dict[str, Any]] = {
    **{f"ticket.{step}": {"member": M2} for step in ("dispatch", "claim", "start")},
    "ticket.release": {"member": M1, "reason": "ill"},
    "ticket.close": {"rating": 5},
    "ticket.cancel": {"reason": "not needed"},
    "ticket.reopen": {"reason": "leaks again"},
    "ticket.pause": {"reason": "no parts"},
    "ticket.resume": {},
}


@pytest.mark.parametrize(("kind", "state", "view"), list(product(sorted(STEPS), ORDER, ["seen", "unseen"])))
def test_a_step_does_what_the_design_says(kind: str, state: str, view: str) -> None:
    expected = EXAMPLES[kind, view].split()[ORDER.index(state)]
    code, _, to = expected.partition("=")
    hub, a, before = ticket_in(state)
    saw = hub.memory.rev if view == "seen" else before
    data = DATA.get(kind, {"member": M1})
    if kind in BY_DESK:
        change = hub.desk(kind, T, "09:00", saw=saw, **data).change.id
    else:
        change = a.does(kind, T, "09:00", saw=saw, **data)
        a.push("10:00")
        hub.night("10:30")
    assert hub.code(change) == (code or "APPLIED")
    assert hub.ticket(T).state == (to or state)


def test_every_row_has_its_example_and_every_example_its_row() -> None:
    assert {(row.kind, row.state) for row in ROWS} == set(product(STEPS, ORDER))
    assert len(ROWS) == len(TRANSITIONS)
    assert {kind for kind, _ in EXAMPLES} == STEPS
    assert all(len(row.split()) == len(ORDER) for row in EXAMPLES.values())


def test_every_move_is_done_by_something_and_said_in_both_languages() -> None:
    assert set(DONE_BY) == set(MOVES) == set(Move)
    assert all(zh and en for zh, en in MOVES.values())
    moves = {move for row in ROWS for move in (row.seen, row.unseen)}
    assert moves == set(Move)


def test_whatever_applies_has_an_effect() -> None:
    applying = {Move.APPLY, Move.DESK, Move.APPLY_AND_REVIEW}
    assert {row.kind for row in ROWS if {row.seen, row.unseen} & applying} == set(EFFECTS)


def test_states_are_in_the_order_of_a_life() -> None:
    assert list(STATES) == ORDER
    assert list(STATES.values()) == list(range(7))


def test_only_a_dispatcher_who_has_seen_it_cancels_work_in_progress() -> None:
    for view, code in (("seen", "APPLIED"), ("unseen", "KEPT_AS_NOTE")):
        hub, _, before = ticket_in("IN_PROGRESS")
        saw = hub.memory.rev if view == "seen" else before
        assert hub.code(hub.desk("ticket.cancel", T, "09:00", saw=saw, reason="r").change.id) == code

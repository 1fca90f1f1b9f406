"""THE TABLE of what people do on a tablet in a day: a kind of deed is a row, how often it is done, and a function.

A new kind of change needs its row here, and its invariant in invariants.py; nothing else.
"""

from typing import Final, NamedTuple

from tests.simulation import deeds_foreign, deeds_people, deeds_tickets
from tests.simulation.hand import Deed, Hand, Nothing, Stopped


class Row(NamedTuple):
    name: str
    weight: float
    do: Deed


DEEDS: Final = (
    Row("open a ticket", 12, deeds_tickets.open_ticket),
    Row("claim", 9, deeds_tickets.claim),
    Row("claim what was heard of", 2, deeds_tickets.claim_unseen),
    Row("start", 4, deeds_tickets.start),
    Row("finish", 4, deeds_tickets.finish),
    Row("decline", 3, deeds_tickets.decline),
    Row("take, work and finish", 5, deeds_tickets.whole_course),
    Row("serve for a ticket", 7, deeds_tickets.serve_for_ticket),
    Row("serve for what was heard of", 2, deeds_tickets.serve_unseen),
    Row("serve without a ticket", 6, deeds_tickets.serve_without_ticket),
    Row("link a service", 2, deeds_tickets.link),
    Row("void a service", 2, deeds_tickets.void),
    Row("close", 4, deeds_tickets.close),
    Row("cancel", 2, deeds_tickets.cancel),
    Row("reopen", 2, deeds_tickets.reopen),
    Row("edit a ticket", 8, deeds_tickets.edit),
    Row("tag", 7, deeds_tickets.tag),
    Row("move a ticket", 2, deeds_tickets.move),
    Row("note", 3, deeds_tickets.note),
    Row("register", 6, deeds_people.register),
    Row("edit a member", 5, deeds_people.edit),
    Row("propose an identity", 1, deeds_people.correct_identity),
    Row("place a member", 2, deeds_people.assign),
    Row("redeem", 4, deeds_people.redeem),
)
WEIGHTS: Final = [row.weight for row in DEEDS]
TRIES: Final = 4


def do_something(hand: Hand) -> None:
    """One deed, drawn by weight; another one when there is nothing that it could be about."""
    faults = hand.world.faults
    for _ in range(TRIES):
        try:
            if faults.strikes("unreadable"):
                deeds_foreign.unreadable(hand)
                faults.came("unreadable")
            elif faults.strikes("hostile"):
                deeds_foreign.hostile(hand)
                faults.came("hostile")
            else:
                hand.chance.choices(DEEDS, WEIGHTS)[0].do(hand)
        except Nothing:
            continue
        except Stopped:
            pass
        return

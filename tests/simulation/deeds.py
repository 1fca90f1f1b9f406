"""THE TABLE of what people do on a tablet in a day: a kind of deed is a row, how often it is done, and a function.

A new kind of change needs its row here, and its invariant in invariants.py; nothing else.
"""

from typing import Final, NamedTuple

from tests.simulation import deeds_foreign, deeds_people, deeds_sessions, deeds_tickets, deeds_whistles
from tests.simulation.hand import Deed, Hand, Nothing, Stopped


class Row(NamedTuple):
    """`kinds`: the kinds of change that the deed makes, by their names with a space between."""

    name: str
    weight: float
    do: Deed
    kinds: str


DEEDS: Final = (
    Row("open a ticket", 12, deeds_tickets.open_ticket, "ticket.open"),
    Row("claim", 9, deeds_tickets.claim, "ticket.claim"),
    Row("claim what was heard of", 2, deeds_tickets.claim_unseen, "ticket.claim"),
    Row("start", 4, deeds_tickets.start, "ticket.start"),
    Row("finish", 4, deeds_tickets.finish, "ticket.finish"),
    Row("decline", 3, deeds_tickets.decline, "ticket.decline"),
    Row(
        "take, work and finish",
        5,
        deeds_tickets.whole_course,
        "ticket.claim ticket.start service.record ticket.finish",
    ),
    Row("serve for a ticket", 7, deeds_tickets.serve_for_ticket, "service.record"),
    Row("serve for what was heard of", 2, deeds_tickets.serve_unseen, "service.record"),
    Row("serve without a ticket", 6, deeds_tickets.serve_without_ticket, "service.record"),
    Row("link a service", 2, deeds_tickets.link, "service.link"),
    Row("void a service", 2, deeds_tickets.void, "service.void"),
    Row("close", 4, deeds_tickets.close, "ticket.close"),
    Row("cancel", 2, deeds_tickets.cancel, "ticket.cancel"),
    Row("reopen", 2, deeds_tickets.reopen, "ticket.reopen"),
    Row("pause", 3, deeds_tickets.pause, "ticket.pause"),
    Row("resume", 2, deeds_tickets.resume, "ticket.resume"),
    Row("edit a ticket", 8, deeds_tickets.edit, "ticket.edit"),
    Row("tag", 7, deeds_tickets.tag, "ticket.edit"),
    Row("move a ticket", 2, deeds_tickets.move, "ticket.edit"),
    Row("note", 3, deeds_tickets.note, "ticket.note"),
    Row("register", 6, deeds_people.register, "member.register"),
    Row("edit a member", 5, deeds_people.edit, "member.edit"),
    Row("propose an identity", 1, deeds_people.correct_identity, "member.edit"),
    Row("place a member", 2, deeds_people.assign, "member.assign"),
    Row("redeem", 4, deeds_people.redeem, "points.redeem"),
    Row("ask for a reward", 3, deeds_people.ask_for_reward, "points.redeem"),
    Row("propose a credit or debit", 3, deeds_people.adjust, "points.adjust"),
    Row("withdraw a credit or debit", 1, deeds_people.withdraw, "points.withdraw"),
    Row("ask for a correction", 1, deeds_people.ask, "member.request"),
    Row("take a post", 5, deeds_people.take_post, "post.take"),
    Row("leave a post", 2, deeds_people.leave_post, "post.leave"),
    Row("open an activity", 2, deeds_sessions.open_activity, "activity.open"),
    Row("sign in", 6, deeds_sessions.sign_in, "activity.join"),
    Row("serve in an activity", 3, deeds_sessions.serve, "service.record"),
    Row("link a service to an activity", 1, deeds_sessions.link, "service.link"),
    Row("join a team", 2, deeds_sessions.join_team, "team.join"),
    Row("leave a team", 1, deeds_sessions.leave_team, "team.leave"),
    Row("evaluate a member", 3, deeds_people.evaluate, "evaluation.submit"),
    Row("record a duty", 2, deeds_people.record_duty, "duty.record"),
    Row("void a duty", 1, deeds_people.void_duty, "duty.void"),
    Row("blow a whistle", 2, deeds_whistles.blow, "whistle.blow"),
    Row("answer a whistle", 4, deeds_whistles.answer, "whistle.answer"),
    Row("meet", 1, deeds_whistles.meet, "whistle.meet"),
)
WEIGHTS: Final = [row.weight for row in DEEDS]
KINDS: Final = frozenset(kind for row in DEEDS for kind in row.kinds.split())
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

"""What liaisons do about tickets, as in life: they open them, take them, work on them, correct each other."""

from typing import Any

from sync.shapes import format_time
from tests.simulation.clocks import HOUR, MINUTE
from tests.simulation.district import CATEGORIES
from tests.simulation.hand import Hand

TAGS = ("night", "lift", "dog")
PRIORITIES = ("LOW", "NORMAL", "HIGH", "URGENT")


def open_ticket(hand: Hand) -> None:
    grid = hand.grid()
    data: dict[str, Any] = {
        "grid": grid,
        "category": hand.among(CATEGORIES),
        "title": f"Order {hand.chance.randint(1, 999)}",
    }
    if hand.likely(0.3):
        data["place"] = f"House {hand.chance.randint(1, 40)}"
    if hand.likely(0.3):
        data["seats"] = hand.chance.randint(1, 3)
    if hand.likely(0.2):
        data["priority"] = hand.among(PRIORITIES)
    private: dict[str, Any] = {}
    if hand.likely(0.5):
        private["contact"] = {"name": "Z", "telephone": f"1{hand.chance.randint(10**9, 10**10 - 1)}"}
    if hand.likely(0.3):
        private["detail"] = "Ring twice."
    made = hand.record("ticket.open", None, data, private)
    hand.world.rumours.setdefault(grid, []).append(made.entity)
    hand.show("ticket", made.entity)


def claim(hand: Hand) -> None:
    ticket = hand.ticket("OPEN", "DISPATCHED", "ACCEPTED")
    _step(hand, "ticket.claim", ticket, hand.member())


def claim_unseen(hand: Hand) -> None:
    ticket = hand.heard_of()
    hand.record("ticket.claim", ticket, {"member": hand.member()})


def start(hand: Hand) -> None:
    ticket = hand.ticket("OPEN", "DISPATCHED", "ACCEPTED", "IN_PROGRESS")
    _step(hand, "ticket.start", ticket, hand.member(ticket))


def finish(hand: Hand) -> None:
    ticket = hand.ticket()
    _step(hand, "ticket.finish", ticket, hand.member(ticket))


def decline(hand: Hand) -> None:
    ticket = hand.ticket("DISPATCHED", "ACCEPTED", "IN_PROGRESS")
    _step(hand, "ticket.decline", ticket, hand.member(ticket))


def _step(hand: Hand, kind: str, ticket: str, member: str) -> None:
    hand.record(kind, ticket, {"member": member})
    hand.show("ticket", ticket)


def whole_course(hand: Hand) -> None:
    """Take it, work on it, have it done: what most tickets come to."""
    ticket = hand.ticket("OPEN", "DISPATCHED", "ACCEPTED")
    member = hand.member()
    _step(hand, "ticket.claim", ticket, member)
    hand.record("ticket.start", ticket, {"member": member})
    serve(hand, ticket, member)
    _step(hand, "ticket.finish", ticket, member)


def serve_for_ticket(hand: Hand) -> None:
    ticket = hand.ticket()
    serve(hand, ticket, hand.member(ticket))


def serve_unseen(hand: Hand) -> None:
    """Work on a ticket that this tablet, and perhaps the hub, has not got yet."""
    serve(hand, hand.heard_of(), hand.member())


def serve(hand: Hand, ticket: str | None, member: str) -> None:
    lasted = hand.chance.randint(10, 200) * MINUTE
    if hand.likely(0.03):
        lasted = hand.chance.randint(12, 20) * HOUR
    ended = hand.now() - (hand.chance.randint(0, 6 * 60) * MINUTE if hand.likely(0.3) else 0)
    data = {"member": member, "start": max(0, ended - lasted), "end": ended}
    if ticket is not None:
        data["ticket"] = ticket
    private = {"summary": "Done."} if hand.likely(0.3) else {}
    made = hand.record("service.record", None, data, private)
    if hand.likely(0.3):
        hand.show("service", made.entity)


def serve_without_ticket(hand: Hand) -> None:
    serve(hand, None, hand.member())


def link(hand: Hand) -> None:
    hand.record("service.link", hand.service(), {"ticket": hand.ticket()})


def void(hand: Hand) -> None:
    hand.record("service.void", hand.service(), {"reason": "Written twice."})


def close(hand: Hand) -> None:
    ticket = hand.ticket("DONE")
    data = {"rating": hand.chance.randint(1, 5)} if hand.likely(0.8) else {}
    hand.record("ticket.close", ticket, data, {"words": "Thanks."} if hand.likely(0.2) else None)
    hand.show("ticket", ticket)


def cancel(hand: Hand) -> None:
    hand.record("ticket.cancel", hand.ticket(), {"reason": "No longer needed."})


def reopen(hand: Hand) -> None:
    hand.record("ticket.reopen", hand.ticket("DONE", "CLOSED", "CANCELLED"), {"reason": "Not solved."})


def pause(hand: Hand) -> None:
    data = {"reason": "No parts."}
    if hand.likely(0.3):
        data["until"] = format_time(hand.now() + hand.chance.randint(1, 48) * HOUR)
    hand.record("ticket.pause", hand.ticket(), data)


def resume(hand: Hand) -> None:
    hand.record("ticket.resume", hand.ticket(), {})


def edit(hand: Hand) -> None:
    ticket = hand.ticket()
    data: dict[str, object] = {}
    if hand.likely(0.5):
        data["title"] = f"Order {hand.chance.randint(1, 999)}"
    if hand.likely(0.2):
        data["category"] = hand.among(CATEGORIES)
    if hand.likely(0.3):
        data["place"] = hand.among(("House 1", "House 2", "Gate"))
    if hand.likely(0.4):
        data["priority"] = hand.among(PRIORITIES)
    if hand.likely(0.2):
        data["seats"] = hand.chance.randint(1, 3)
    private: dict[str, Any] = {"detail": "Other side."} if hand.likely(0.2) else {}
    if hand.likely(0.1):
        private["contact"] = {"doorstep": "Red door"}
    if data or private:
        hand.record("ticket.edit", ticket, data, private)
        hand.show("ticket", ticket)


def tag(hand: Hand) -> None:
    """Add one, or remove one that the screen shows: somebody else may be adding it just then."""
    ticket = hand.ticket()
    shown = hand.screen.tickets[ticket]["tags"]
    if shown and hand.likely(0.6):
        hand.record("ticket.edit", ticket, {"removeTags": [hand.among(shown)]})
    else:
        hand.record("ticket.edit", ticket, {"addTags": [hand.among(TAGS)]})
    hand.show("ticket", ticket)


def move(hand: Hand) -> None:
    """To another grid: it leaves one tablet and comes to another."""
    ticket = hand.ticket()
    place = hand.world.district
    community = place.community_of(hand.screen.tickets[ticket]["grid"])
    hand.record("ticket.edit", ticket, {"grid": hand.among(place.grids[community])})


def note(hand: Hand) -> None:
    hand.record("ticket.note", hand.ticket(), {}, {"text": "Was there at noon."})

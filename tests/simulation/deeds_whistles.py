"""What liaisons do about whistles: they call departments to a ticket, write down answers, and what a meeting agreed."""

from typing import Any

from sync.shapes import format_time
from tests.simulation.clocks import HOUR
from tests.simulation.hand import Hand, Nothing


def _newest(hand: Hand) -> tuple[str, dict[str, Any]]:
    """One of the last few whistles, so that many answer it."""
    found = {view.id: view.body for view in hand.tablet.list("whistle")}
    if not found:
        raise Nothing
    whistle = hand.among(sorted(found)[-4:])
    return whistle, found[whistle]


def _units(hand: Hand) -> list[str]:
    place = hand.world.district
    return [*place.units[place.community_of(hand.grid())]]


def blow(hand: Hand) -> None:
    ticket = hand.ticket()
    units = _units(hand)
    data = {"ticket": ticket, "lead": hand.among(units), "departments": hand.chance.sample(units, 1)}
    # A person says a day and an hour, however wrong the tablet's clock is.
    deadline = format_time(hand.world.time.now + hand.chance.randint(1, 30) * HOUR)
    hand.record("whistle.blow", None, data | {"deadline": deadline})


def answer(hand: Hand) -> None:
    """By a department that was called, or by one that the screen does not know of."""
    whistle, body = _newest(hand)
    called = [call["unit"] for call in body["calls"] if call["unit"] is not None]
    unit = hand.among(called) if called and hand.likely(0.8) else hand.among(_units(hand))
    data = {"department": unit, "answer": hand.among(("COMING", "COMING", "DECLINED", "DONE"))}
    hand.record("whistle.answer", whistle, data | ({"part": "a ladder"} if hand.likely(0.3) else {}))


def meet(hand: Hand) -> None:
    whistle, _ = _newest(hand)
    data = {"met": format_time(hand.now()), "present": hand.chance.sample(_units(hand), 1)}
    hand.record("whistle.meet", whistle, data | {"record": f"agreed {hand.chance.randint(1, 99)}"})

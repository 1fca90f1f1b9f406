"""What liaisons do about people: they register them, twice and more, correct them, place them, redeem their points."""

from typing import Any

from tests.simulation.district import SKILLS
from tests.simulation.hand import Hand, Nothing


def _person(hand: Hand) -> tuple[str, str]:
    """An identity that is new these days: few of them, so that several tablets meet the same person."""
    place = hand.world.district
    community = place.community_of(hand.grid())
    units = place.units[community]
    number = hand.chance.randint(0, 3) + 3 * hand.world.day
    return units[number % len(units)], f"N{number:03d}"


def register(hand: Hand) -> None:
    unit, number = _person(hand)
    name = f"New {number}" if hand.likely(0.8) else f"Noo {number}"
    data = {"unit": unit, "number": number, "name": name}
    if hand.likely(0.7):
        data["grid"] = hand.grid()
    private = {"phone": f"139{hand.chance.randint(10**7, 10**8 - 1)}"} if hand.likely(0.4) else {}
    made = hand.record("member.register", None, data, private)
    hand.show("member", made.entity)


def edit(hand: Hand) -> None:
    member = hand.member()
    data: dict[str, object] = {}
    if hand.likely(0.4):
        data["name"] = f"Name {hand.chance.randint(1, 99)}"
    if hand.likely(0.3):
        data["standing"] = hand.among(("ACTIVE", "AWAY"))
    if hand.likely(0.4):
        shown = hand.screen.members[member]["skills"]
        if shown and hand.likely(0.5):
            data["removeSkills"] = [hand.among(shown)]
        else:
            data["addSkills"] = [hand.among(SKILLS[:2])]
    private = {"phone": f"137{hand.chance.randint(10**7, 10**8 - 1)}"} if hand.likely(0.3) else {}
    if data or private:
        hand.record("member.edit", member, data, private)


def correct_identity(hand: Hand) -> None:
    """A tablet may only propose it."""
    unit, number = _person(hand)
    hand.record("member.edit", hand.member(), {"number": number} if hand.likely(0.7) else {"unit": unit})


def assign(hand: Hand) -> None:
    hand.record("member.assign", hand.member(), {"grid": hand.grid()})


def ask(hand: Hand) -> None:
    """What a member says is wrong, written down for them."""
    hand.record("member.request", hand.member(), {"reason": "That was not me"})


def redeem(hand: Hand) -> None:
    rich = [member for member, body in hand.screen.members.items() if (body["points"] or 0) > 0]
    if not rich:
        raise Nothing
    member = hand.chance.choice(sorted(rich))
    has = hand.screen.members[member]["points"]
    points = max(1, has - hand.chance.randint(-2, 2)) if hand.likely(0.6) else hand.chance.randint(1, 4)
    hand.record("points.redeem", None, {"member": member, "points": points, "reward": "Towel"})


def ask_for_reward(hand: Hand) -> None:
    """One of the catalogue, at the price on the screen, be there one left or not."""
    rich = [member for member, body in hand.screen.members.items() if (body["points"] or 0) > 0]
    rewards = hand.tablet.list("reward")
    if not rich or not rewards:
        raise Nothing
    reward = hand.chance.choice(rewards)
    data = {"member": hand.chance.choice(sorted(rich)), "points": reward.body["points"], "reward": "Towel"}
    hand.record("points.redeem", None, {**data, "item": reward.id})


def take_post(hand: Hand) -> None:
    """A seat of a post on the screen, be it free there or not: the screen may be old."""
    hand.record("post.take", hand.among(_posts(hand)), {"member": hand.member()})


def leave_post(hand: Hand) -> None:
    held = {
        post: [seat["member"] for seat in body["holders"] if seat["until"] is None]
        for post, body in _posts(hand).items()
    }
    post = hand.among(sorted(post for post, members in held.items() if members) or sorted(held))
    member = hand.among(held[post]) if held[post] and hand.likely(0.8) else hand.member()
    hand.record("post.leave", post, {"member": member})


def record_duty(hand: Hand) -> None:
    """Few units and kinds, so that several tablets record the same; sometimes of a day in the month before."""
    place = hand.world.district
    community = place.community_of(hand.grid())
    data = {"community": place.communities[community], "unit": hand.among(place.units[community])}
    data["kind"] = hand.among(("CONTACT", "CONTACT", "SURVEY"))
    if hand.likely(0.3):
        data["on"] = hand.among(("2026-01-15", "2026-02-20"))
    hand.record("duty.record", None, data)


def adjust(hand: Hand) -> None:
    """A credit or a debit, for somebody else to confirm."""
    points = hand.chance.choice((-2, -1, 1, 2, 3))
    hand.record("points.adjust", None, {"member": hand.member(), "points": points, "reason": "Stood in."})


def withdraw(hand: Hand) -> None:
    """One on the screen, be it this tablet's or another's."""
    found = sorted(view.id for view in hand.tablet.list("adjustment"))
    if not found:
        raise Nothing
    hand.record("points.withdraw", hand.among(found), {"reason": "Not so."})


def void_duty(hand: Hand) -> None:
    """One on the screen, be it this tablet's or another's."""
    duties = sorted(view.id for view in hand.tablet.list("duty"))
    if not duties:
        raise Nothing
    hand.record("duty.void", hand.among(duties), {"reason": "Not so."})


def evaluate(hand: Hand) -> None:
    """Few members and periods, of which one closes in these days and one is closed; on what is held, or as if nothing were."""
    place = hand.world.district
    community = place.communities[place.community_of(hand.grid())]
    ours = sorted(one for one, body in hand.screen.members.items() if body["community"] == community)
    if not ours:
        raise Nothing
    member, period = hand.among(ours[:3]), hand.among(("2026-10", "2026-11", "2026-11", "2026-09"))
    data = {"member": member, "community": community, "period": period}
    data["grade"] = hand.among(("EXCELLENT", "QUALIFIED", "BASIC"))
    held = hand.tablet.evaluation_of(member, community, period) if hand.likely(0.6) else None
    hand.record("evaluation.submit", held, data)


def _posts(hand: Hand) -> dict[str, dict[str, Any]]:
    found = {view.id: view.body for view in hand.tablet.list("post")}
    if not found:
        raise Nothing
    return found

"""What liaisons do about activities and teams: they open sessions, sign members in, and serve in them."""

from typing import Any

from sync.shapes import format_time
from tests.simulation.clocks import HOUR, MINUTE
from tests.simulation.district import CATEGORIES
from tests.simulation.hand import Hand, Nothing


def _shown(hand: Hand, collection: str) -> dict[str, dict[str, Any]]:
    found = {view.id: view.body for view in hand.tablet.list(collection)}
    if not found:
        raise Nothing
    return found


def _newest(hand: Hand) -> str:
    """One of the last few activities, so that many meet there."""
    return hand.among(sorted(_shown(hand, "activity"))[-4:])


def open_activity(hand: Hand) -> None:
    grid = hand.grid()
    place = hand.world.district
    community = place.communities[place.community_of(grid)]
    start = hand.now() + hand.chance.randint(-3, 3) * HOUR
    data: dict[str, Any] = {"community": community, "title": f"Session {hand.chance.randint(1, 99)}"}
    data |= {"start": format_time(start), "end": format_time(start + hand.chance.randint(1, 4) * HOUR)}
    if hand.likely(0.4):
        data["grid"] = grid
    if hand.likely(0.7):
        teams = [team for team, body in _shown(hand, "team").items() if body["community"] == community]
        data |= {"team": hand.among(teams)} if teams else {}
    if hand.likely(0.5):
        data["category"] = hand.among(CATEGORIES)
    hand.record("activity.open", None, data)


def sign_in(hand: Hand) -> None:
    hand.record("activity.join", _newest(hand), {"member": hand.member()})


def serve(hand: Hand) -> None:
    """Recorded for an activity, whether its member has signed in or not."""
    lasted = hand.chance.randint(10, 150) * MINUTE
    data = {"member": hand.member(), "activity": _newest(hand), "start": max(0, hand.now() - lasted)}
    made = hand.record("service.record", None, data | {"end": hand.now()})
    if hand.likely(0.3):
        hand.show("service", made.entity)


def link(hand: Hand) -> None:
    hand.record("service.link", hand.service(), {"activity": _newest(hand)})


def join_team(hand: Hand) -> None:
    hand.record("team.join", hand.among(sorted(_shown(hand, "team"))), {"member": hand.member()})


def leave_team(hand: Hand) -> None:
    teams = _shown(hand, "team")
    team = hand.among(sorted(teams))
    inside = [one["member"] for one in teams[team]["members"] if one["until"] is None]
    member = hand.among(inside) if inside and hand.likely(0.8) else hand.member()
    hand.record("team.leave", team, {"member": member})

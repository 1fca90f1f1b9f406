"""Deciding about rewards: what one costs when, and whether there is one left (奖品). Nothing is handed out twice.

Redemptions are decided in deed order after the settlement's earnings, so the same rule is theirs: who
comes too late hears who took the last one, and keeps the points.
"""

from sync.reach import Missing, Named, there
from sync.shapes import format_time
from sync.state import Accepted
from sync.things import Member, Redemption, Reward
from sync.work import Decision, Work


def price(reward: Reward, deed: int) -> None:
    """Note a price from the deed on that set it."""
    if not reward.prices or reward.prices[-1][0] != reward.points:
        reward.prices = [*reward.prices, (reward.points, deed)]


def price_at(reward: Reward, at: int) -> int:
    """What a reward cost at a moment: a price that was raised since is not asked of who could not know it."""
    held = [points for points, since in reward.prices if since <= at]
    return held[-1] if held else reward.prices[0][0]


def offered(work: Work, accepted: Accepted, root: Member) -> Reward | None:
    """The reward of the catalogue that a redemption is for, None for a plain word; raises `Missing` where it is not to be had."""
    data = accepted.change.data
    if not isinstance(data.item, str):
        return None
    reward = there(accepted, work.get(Reward, data.item), Named("reward", data.item))
    if reward.community != root.community:
        raise Missing(Decision("NOT_FOUND", None, {"thing": "reward"}))
    day = work.local_date(accepted.deed, reward.community)
    if day < reward.starts_on or (reward.ends_on is not None and day > reward.ends_on):
        term = f"{reward.starts_on} – {reward.ends_on or '…'}"
        raise Missing(Decision("NOT_OFFERED", "stock", {"term": term}))
    cost = price_at(reward, accepted.deed)
    if data.points != cost:
        raise Missing(Decision("PRICE_DIFFERS", "stock", {"price": str(cost)}, {"points": cost}))
    if reward.stock is not None and reward.given >= reward.stock:
        raise Missing(_gone(work, reward))
    return reward


def _gone(work: Work, reward: Reward) -> Decision:
    """None is left: who took the last one, and when."""
    last = None if reward.last is None else work.get(Redemption, reward.last)
    if last is None:
        return Decision("NONE_LEFT", "stock")
    values = {"member": work.name_of(last.member), "since": work.local_time(last.at, reward.community)}
    stands = {"member": last.member, "since": format_time(last.at), "change": last.change}
    return Decision("LAST_TAKEN", "stock", values, stands)


def hand_out(work: Work, reward: Reward, redemption: Redemption) -> None:
    """One less is left."""
    edited = work.edit(reward)
    edited.given, edited.last = reward.given + 1, redemption.id

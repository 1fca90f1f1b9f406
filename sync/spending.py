"""Deciding what takes points or gives them otherwise than by earning: after the settlement's earnings, in deed order.

No balance falls below zero by it. What expired on a day after the deed was still there when it was done.
"""

from typing import Final

from sync import expiring, points, rewards
from sync.points import Source
from sync.reach import Decide, member_reached
from sync.state import Accepted
from sync.things import Adjustment, Member, Redemption
from sync.work import APPLIED, Decision, Work


def available(work: Work, root: Member, deed: int) -> int:
    """What a member could spend at a moment: the balance, and what has expired only since."""
    day = work.local_day(deed, root.community)
    return points.balance(work, root) + expiring.since(work, root, day)


def redeem(work: Work, accepted: Accepted) -> Decision:
    """points.redeem: points for a reward, never below zero."""
    change, data = accepted.change, accepted.change.data
    if work.get(Redemption, change.entity) is not None:
        return Decision("OPENED_BEFORE")
    root = member_reached(work, accepted, data.member)
    reward = rewards.offered(work, accepted, root)
    held = available(work, root, accepted.deed)
    if held < data.points:
        return Decision("SHORT", "balance", {"balance": str(held)}, {"balance": held})
    redemption = Redemption(
        id=change.entity,
        community=root.community,
        member=data.member,
        points=data.points,
        reward=data.reward,
        state="REDEEMED",
        at=accepted.deed,
        change=change.id,
        item=None if reward is None else reward.id,
    )
    work.add(redemption)
    if reward is not None:
        rewards.hand_out(work, reward, redemption)
    post(work, "REDEEMED", redemption, -data.points, accepted.deed)
    return APPLIED


def post(work: Work, kind: str, thing: Redemption | Adjustment, amount: int, deed: int) -> None:
    """Post what a redemption or an adjustment comes to; what was spent before its day has not expired on that."""
    day = work.local_day(deed, thing.community)
    source = Source(deed, thing.id, thing.member, thing.community, day)
    points.post_entry(work, kind, None, source, 0, amount)
    expiring.follow(work, thing.member)


DECIDERS: Final[dict[str, Decide]] = {"points.redeem": redeem}

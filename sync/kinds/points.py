"""What becomes of points; what earns them is derived, never written."""

from datetime import date
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from sync.kinds.kind import DESK, Kind, Nothing, Office, WithReason
from sync.shapes import Correction, Date, Id, Line, Points, Reason, Shape, check_term

MOST_DAYS: Final = 366
"""How many days one recount is about at most."""


class PointsRedeem(Shape, frozen=True):
    member: Id
    points: Points
    reward: Line
    item: Id | UnsetType = UNSET


class PointsAdjust(Shape, frozen=True):
    """A credit, or a debit where `points` is below zero, and why; it counts when a second person has confirmed it."""

    member: Id
    points: Correction
    reason: Reason

    def __post_init__(self) -> None:
        if self.points == 0:
            raise ValueError("nothing is credited or debited")


class PointsRecount(Shape, frozen=True):
    """What a community's sources of these local days earn by the rules as they are now, or by one rule."""

    community: Id
    starts_on: Date = msgspec.field(name="from")
    ends_on: Date = msgspec.field(name="until")
    reason: Reason
    rule: Id | UnsetType = UNSET

    def __post_init__(self) -> None:
        check_term(self.starts_on, self.ends_on)
        if (date.fromisoformat(self.ends_on) - date.fromisoformat(self.starts_on)).days >= MOST_DAYS:
            raise ValueError("more than a year")


KINDS: Final = (
    Kind("points.redeem", "redemption", PointsRedeem, creates=True),
    Kind("points.adjust", "adjustment", PointsAdjust, creates=True),
    Kind("points.confirm", "adjustment", Nothing, offices=DESK, identity=True),
    Kind("points.withdraw", "adjustment", WithReason, identity=True),
    Kind("points.recount", "recount", PointsRecount, creates=True, offices=frozenset({Office.DISTRICT})),
)

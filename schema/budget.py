"""What an operation costs, and what is left to the key that asks: announced with every answer.

An operation costs the fields that it may have to answer (limits.py). A key has a budget that it spends,
and that comes back by itself; who keeps it, the server says.
"""

from typing import Any, NamedTuple

from schema.errors import Fault
from schema.types.scalars import moment


class Budget(NamedTuple):
    """A key's budget: never more than `most`; what is left; what comes back in a second; when it is whole again."""

    most: int
    left: int
    per_second: int
    full_at: int

    def told(self) -> dict[str, Any]:
        return {
            "most": self.most,
            "left": self.left,
            "perSecond": self.per_second,
            "fullAt": moment(self.full_at),
        }


class Bill(NamedTuple):
    """What one operation costs, and what of that was taken from the key's budget; None where it has none."""

    requested: int
    charged: int
    budget: Budget | None = None

    def told(self) -> dict[str, Any]:
        """As it stands in the answer's `extensions`, under `cost`."""
        budget = None if self.budget is None else self.budget.told()
        return {"requested": self.requested, "charged": self.charged, "budget": budget}


class Spent(Fault):
    """A key has spent its budget: in `retry_after` seconds there is enough for this operation again."""

    def __init__(self, bill: Bill, retry_after: int) -> None:
        super().__init__("BUDGET_SPENT", retryAfter=retry_after, cost=bill.told())
        self.bill = bill


def unlimited(_: object, requested: int, charged: int) -> Bill:
    """Where nobody keeps budgets."""
    return Bill(requested, charged)

"""What time alone brings at night. Nobody writes it: it follows from `now`, so a replay brings it again.

A row says which things of a collection time may do something to by now, from the thing alone, and
what it does then. An online change brings nothing of the kind, however late it is.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

from sync import due, evaluations, expiring, retention, whistles
from sync.shapes import MAX_INTEGER
from sync.work import Work


class Timely(NamedTuple):
    """`may` holds for every thing that `bring` would change now, and perhaps for others."""

    may: Callable[[Any, int], bool]
    bring: Callable[[Work, Any], None]


TIMELY: Final[dict[str, tuple[Timely, ...]]] = {
    "ticket": (
        Timely(retention.may_expire, retention.expire),
        Timely(due.may_escalate, due.escalate),
    ),
    "whistle": (Timely(whistles.may_ring, whistles.ring),),
    "evaluation": (Timely(evaluations.may_close, evaluations.close),),
    "pointExpiry": (Timely(expiring.may_come, expiring.come),),
}


def may_ever(collection: str, thing: Any) -> bool:
    """Whether time may do anything to a thing, some night."""
    return may(collection, thing, MAX_INTEGER)


def may(collection: str, thing: Any, now: int) -> bool:
    """Whether time may do anything to a thing by now."""
    return any(row.may(thing, now) for row in TIMELY.get(collection, ()))


def bring(work: Work) -> None:
    """What this night brings to the things that were gathered for it, and to those that it wrote itself."""
    for collection, rows in sorted(TIMELY.items()):
        written = work.written.get(collection, {})
        for thing_id in sorted({*(work.state.timely or {}).get(collection, ()), *written}):
            for row in rows:
                thing = work.find(collection, thing_id)
                if row.may(thing, work.now):
                    row.bring(work, thing)

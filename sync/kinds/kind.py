"""What a kind of change is, and the shapes that several kinds share."""

from enum import IntEnum
from typing import Final, NamedTuple

from sync.shapes import Id, Private, Reason, Shape


class Office(IntEnum):
    """Who wrote: a higher office outranks a lower one under the rule `ranked`.

    UNIT: for itself, of nothing else. MEMBER: on one's own page.
    """

    UNIT = -1
    MEMBER = 0
    LIAISON = 1
    DISPATCHER = 2
    DISTRICT = 3


STAFF: Final = frozenset({Office.LIAISON, Office.DISPATCHER, Office.DISTRICT})
DESK: Final = frozenset({Office.DISPATCHER, Office.DISTRICT})


class Kind(NamedTuple):
    """One kind of change: on what thing, with which data, by which offices.

    `identity` marks kinds that touch a thing's state, takers or identity: an online one joins
    the night when the inbox already holds a change on the same thing.
    """

    name: str
    thing: str
    data: type[Shape]
    private: type[Private] | None = None
    creates: bool = False
    offices: frozenset[Office] = STAFF
    identity: bool = False


class Nothing(Shape, frozen=True):
    """ticket.resume, ticket.note, member.split, points.confirm."""


class WithReason(Shape, frozen=True):
    """ticket.cancel, ticket.reopen, service.void, duty.void, points.withdraw."""

    reason: Reason


class Who(Shape, frozen=True):
    """post.take, post.leave, team.join, team.leave, activity.join: which member."""

    member: Id

"""Departments called to a ticket, and what they say (吹哨)."""

from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, UnsetType

from sync.kinds.kind import STAFF, Kind, Office
from sync.shapes import Id, Line, Reason, Shape, Time, check_time

Departments = Annotated[list[Id], Meta(min_length=1, max_length=20)]


class WhistleBlow(Shape, frozen=True):
    """Calls units of the ticket's community, of which one leads; each is to answer by the deadline."""

    ticket: Id
    lead: Id
    departments: Departments
    deadline: Time

    def __post_init__(self) -> None:
        check_time(self.deadline)


class WhistleAnswer(Shape, frozen=True):
    """What one of the called units says, and the part it takes; without a unit: the district, once it is called."""

    answer: Literal["COMING", "DECLINED", "DONE"]
    department: Id | UnsetType = UNSET
    part: Line | UnsetType = UNSET


class WhistleMeet(Shape, frozen=True):
    """The record of a joint meeting: when, which units were there, what was agreed."""

    met: Time
    present: Departments
    record: Reason

    def __post_init__(self) -> None:
        check_time(self.met)


KINDS: Final = (
    Kind("whistle.blow", "whistle", WhistleBlow, creates=True),
    Kind("whistle.answer", "whistle", WhistleAnswer, offices=STAFF | {Office.UNIT}),
    Kind("whistle.meet", "whistle", WhistleMeet),
)

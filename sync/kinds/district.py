"""The district file's changes: communities, units, grids and the rules of points."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from sync.kinds.kind import Kind
from sync.shapes import Bilingual, Code, Codes, Date, Dates, Id, Line, Points, Shape, WorkingTime, check_date

Clock = Annotated[str, Meta(pattern=r"\A([01][0-9]|2[0-3]):[0-5][0-9]\Z|\A24:00\Z")]


class WorkingHours(Shape, frozen=True):
    """Local hours on duty on these ISO weekdays (1 is Monday)."""

    days: Annotated[list[Annotated[int, Meta(ge=1, le=7)]], Meta(min_length=1, max_length=7)]
    start: Clock = msgspec.field(name="from")
    end: Clock = msgspec.field(name="until")

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("until is not after from")


class Named(Shape, frozen=True):
    """A ticket category or a skill.

    `needs`: the skills that a category asks for, any of them. `within`: how many working hours it promises.
    """

    code: Code
    name: Bilingual
    icon: Code | UnsetType = UNSET
    needs: Codes | UnsetType = UNSET
    within: WorkingTime | UnsetType = UNSET


class Policies(Shape, frozen=True):
    """DESIGN.md 4, Policies: ranking of individuals is off unless switched on.

    After so many working hours overdue (`escalate_hours`) a ticket is the district's affair, too.
    So many days after its end (`evaluation_days`) a period's evaluations are closed.
    """

    rank_individuals: bool = False
    contact_days: Annotated[int, Meta(ge=1, le=3650)] = 90
    escalate_hours: WorkingTime = 16
    evaluation_days: Annotated[int, Meta(ge=1, le=366)] = 15


class CommunityPut(Shape, frozen=True):
    code: Code
    name: Bilingual
    kind: Literal["STREET", "VILLAGE"]
    utc_offset: Annotated[int, Meta(ge=-840, le=840)]
    working_hours: Annotated[list[WorkingHours], Meta(max_length=14)]
    categories: Annotated[list[Named], Meta(max_length=100)]
    skills: Annotated[list[Named], Meta(max_length=100)]
    policies: Policies | UnsetType = UNSET
    holidays: Dates | UnsetType = UNSET
    workdays: Dates | UnsetType = UNSET

    def __post_init__(self) -> None:
        for days in (self.holidays, self.workdays):
            for day in () if days is UNSET else days:
                check_date(day)


class UnitPut(Shape, frozen=True):
    """`since`: the local day from which it is linked, and owes the four ones."""

    code: Code
    name: Bilingual
    community: Id
    resources: Annotated[list[Line], Meta(max_length=50)] | UnsetType = UNSET
    linked_on: Date | UnsetType = msgspec.field(name="since", default=UNSET)

    def __post_init__(self) -> None:
        if self.linked_on is not UNSET:
            check_date(self.linked_on)


class GridPut(Shape, frozen=True):
    code: Code
    name: Bilingual
    community: Id


class PointRulePut(Shape, frozen=True):
    """Points for a service, a started hour of it, a rating of at least `at_least`, or an activity."""

    code: Code
    name: Bilingual
    per: Literal["SERVICE", "HOUR", "RATING", "ACTIVITY"]
    points: Points
    starts_on: Date = msgspec.field(name="from")
    ends_on: Date | UnsetType = msgspec.field(name="until", default=UNSET)
    community: Id | UnsetType = UNSET
    daily_cap: Points | UnsetType = UNSET
    hours: Literal["ANY", "ON_DUTY", "OUT_OF_HOURS"] | UnsetType = UNSET
    categories: Codes | UnsetType = UNSET
    at_least: Annotated[int, Meta(ge=1, le=5)] | UnsetType = UNSET

    def __post_init__(self) -> None:
        check_date(self.starts_on)
        if self.ends_on is not UNSET:
            check_date(self.ends_on)


class PointExpiryPut(Shape, frozen=True):
    """When a day to come begins by this local time, what was earned more than so many months before it expires."""

    code: Code
    name: Bilingual
    months: Annotated[int, Meta(ge=1, le=120)]
    on: Date
    utc_offset: Annotated[int, Meta(ge=-840, le=840)]

    def __post_init__(self) -> None:
        check_date(self.on)


KINDS: Final = (
    Kind("community.put", "community", CommunityPut, creates=True),
    Kind("unit.put", "unit", UnitPut, creates=True),
    Kind("grid.put", "grid", GridPut, creates=True),
    Kind("pointRule.put", "pointRule", PointRulePut, creates=True),
    Kind("pointExpiry.put", "pointExpiry", PointExpiryPut, creates=True),
)

"""Organised sessions with sign-in."""

from typing import Final

from msgspec import UNSET, UnsetType

from sync.kinds.kind import Kind, Who
from sync.shapes import Code, Id, Line, Shape, Time, Title, check_time


class ActivityOpen(Shape, frozen=True):
    """An organised session of a community, or of one of its grids; members sign in by `activity.join`."""

    community: Id
    title: Title
    start: Time
    end: Time
    grid: Id | UnsetType = UNSET
    team: Id | UnsetType = UNSET
    category: Code | UnsetType = UNSET
    place: Line | UnsetType = UNSET

    def __post_init__(self) -> None:
        check_time(self.start)
        check_time(self.end)
        if self.end < self.start:
            raise ValueError("end is before start")


KINDS: Final = (
    Kind("activity.open", "activity", ActivityOpen, creates=True),
    Kind("activity.join", "activity", Who, identity=True),
)

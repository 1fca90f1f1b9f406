"""A piece of work done by one member: when, where, for which ticket or activity."""

from typing import Annotated, Final

from msgspec import UNSET, Meta, UnsetType

from sync.kinds.kind import Kind, WithReason
from sync.shapes import Id, Moment, Private, Shape, Text, check_one


class Place(Shape, frozen=True):
    """Where a check-in was, in thousandths of a degree: about 100 m, never finer."""

    lat: Annotated[int, Meta(ge=-90_000, le=90_000)]
    lon: Annotated[int, Meta(ge=-180_000, le=180_000)]


class ServiceRecord(Shape, frozen=True):
    member: Id
    start: Moment
    end: Moment
    ticket: Id | UnsetType = UNSET
    activity: Id | UnsetType = UNSET


class ServicePrivate(Private, frozen=True):
    summary: Text | None | UnsetType = UNSET
    place: Place | None | UnsetType = UNSET


class ServiceLink(Shape, frozen=True):
    ticket: Id | UnsetType = UNSET
    activity: Id | UnsetType = UNSET

    def __post_init__(self) -> None:
        check_one(self.ticket, self.activity)


KINDS: Final = (
    Kind("service.record", "service", ServiceRecord, ServicePrivate, creates=True),
    Kind("service.link", "service", ServiceLink),
    Kind("service.void", "service", WithReason),
)

"""The four ones: what a unit did for its community (四个一)."""

from typing import Final, Literal

from msgspec import UNSET, UnsetType

from sync.kinds.kind import Kind, WithReason
from sync.shapes import Date, Id, Line, Shape, check_date


class DutyRecord(Shape, frozen=True):
    """What a unit did for a community (四个一): `on` which local day, that of the deed unless said."""

    unit: Id
    community: Id
    kind: Literal["CONTACT", "SURVEY", "TALK", "SUMMARY"]
    on: Date | UnsetType = UNSET
    topic: Line | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.on is not UNSET:
            check_date(self.on)


KINDS: Final = (
    Kind("duty.record", "duty", DutyRecord, creates=True),
    Kind("duty.void", "duty", WithReason),
)

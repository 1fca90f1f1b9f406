"""What the desk decides about conflicts, and what a tablet carries."""

from typing import Final

from sync.kinds.kind import DESK, Kind
from sync.shapes import ChangeId, Ids, Reason, Shape


class ConflictRule(Shape, frozen=True):
    stands: ChangeId | None
    reason: Reason


class DeviceAssign(Shape, frozen=True):
    grids: Ids


KINDS: Final = (
    Kind("conflict.rule", "conflict", ConflictRule, offices=DESK),
    Kind("device.assign", "device", DeviceAssign, offices=DESK),
)

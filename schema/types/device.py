"""Device: a tablet as the hub knows it: what it carries, and when it was last heard of."""

from typing import NamedTuple

import strawberry

from schema.fields import column, moment, shaped, to_one
from schema.loaders import shows
from schema.policies import STAFF
from schema.shapes import Many
from schema.types.lazy import ACommunity, ADevice, AGrid
from schema.types.node import Node
from schema.types.scalars import DateTime, Long
from schema.types.step import history
from schema.types.verdict_list import verdict_lists


class DeviceSeen(NamedTuple):
    """A device's scope and the hub's own notes about it, in one row."""

    id: str
    rev: int
    name: str
    app_version: str
    community: str | None
    grids: list[str]
    renews: str | None
    received_through: int
    enrolled_at: int
    last_push_at: int | None
    last_pull_at: int | None
    cloned_at: int | None
    revoked_at: int | None


@shows("device")
@strawberry.type(
    description="A tablet. Nobody's log-ins or hours are counted: these are the times of its uploads."
)
class Device(Node):
    row: strawberry.Private[DeviceSeen]

    rev: Long | None = column(STAFF, "The rev of its last assignment; the next says that it `saw` this.")
    history = history()
    name: str | None = column(STAFF, "What its people call it.")
    app_version: str | None = column(STAFF, "The version of the app it enrolled with.")
    community: ACommunity | None = to_one(STAFF, "The community it serves.", "community")
    renews: ADevice | None = to_one(
        STAFF, "The device it continues since that was cloned or rolled back.", "device"
    )
    received_through: Long | None = column(STAFF, "The seq of its last change that the hub has.")
    enrolled_at: DateTime | None = moment(STAFF, "When it was enrolled.")
    last_push_at: DateTime | None = moment(STAFF, "When it last uploaded.")
    last_pull_at: DateTime | None = moment(STAFF, "When it last asked for what is new.")
    cloned_at: DateTime | None = moment(STAFF, "When a second device with its identity was noticed.")
    revoked_at: DateTime | None = moment(STAFF, "When it was revoked.")

    verdicts = verdict_lists(STAFF, "What was decided about the changes that came from it.", "device")
    grids: list[AGrid] | None = shaped(
        STAFF, "The grids it carries, as last assigned.", Many("grids", "grid")
    )

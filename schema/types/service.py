"""Service: 服务记录, one piece of work done by one member. Recording it is the check-in."""

import strawberry

from schema.fields import choice, column, conflicts, moment, shaped, to_one
from schema.loaders import shows
from schema.policies import LOCAL, PERSONS, PRIVATE, SIGNED, WITHIN
from schema.shapes import Part, Person
from schema.types.enums import ServiceState
from schema.types.lazy import ACommunity, AGrid, AMember, AnActivity, ATicket
from schema.types.node import Node
from schema.types.point_entry_list import point_entries
from schema.types.scalars import DateTime, Long
from schema.types.step import history
from sync import things


@strawberry.type(
    description="Where a check-in was, to about 100 m; the worker's own act, and never asked for."
)
class Place:
    row: strawberry.Private[dict[str, int]]

    lat: int = column(WITHIN, "Degrees north, in thousandths: 30267 is 30.267°.")
    lon: int = column(WITHIN, "Degrees east, in thousandths.")


@shows("service")
@strawberry.type(
    description="服务记录. One piece of work done by one member: when, where, for which ticket or activity."
)
class Service(Node):
    row: strawberry.Private[things.Service]

    rev: Long = column(SIGNED, "The rev of its last change.")
    community: ACommunity = to_one(SIGNED, "The community it was done in.", "community")
    grid: AGrid | None = to_one(SIGNED, "The grid it was done in, if any.", "grid")
    ticket: ATicket | None = to_one(SIGNED, "The ticket it was done for, if any that you may see.", "ticket")
    activity: strawberry.ID | None = column(SIGNED, "The activity it was part of, if any.")
    session: AnActivity | None = to_one(
        SIGNED,
        "The activity it was part of, if any that you may see: `session { title }`.",
        "activity",
        "activity",
    )
    category: str | None = column(SIGNED, "The ticket's category, by its code.")
    start: DateTime = moment(SIGNED, "When it began.")
    end: DateTime = moment(SIGNED, "When it ended.")
    on_duty: bool = column(SIGNED, "Within working hours (八小时内), or out of them (八小时外).")
    state: ServiceState = choice(SIGNED, "Whether it counts.", ServiceState)
    summary: str | None = column(PRIVATE, "What was done, in words; null once erased.")
    by: AMember | None = to_one(PERSONS, "The member who recorded it, if said.", "member")
    recorded_at: DateTime = moment(SIGNED, "When it was recorded.", "deed")
    reason: str | None = column(PRIVATE, "Why it was made void.")
    point_entries = point_entries(PERSONS, "What it earned.", "source")
    conflicts = conflicts()
    history = history()

    member: AMember | None = shaped(
        SIGNED, "Who did it. Recorded under an alias, it is the member's all the same.", Person("member")
    )
    place: Place | None = shaped(
        LOCAL, "Where it was checked in, if the worker said so.", Part("place", Place)
    )

"""Activity: 活动, an organised session with sign-in, each member once."""

import strawberry

from schema.fields import column, conflicts, field, moment, shaped, to_one
from schema.loaders import shows
from schema.policies import PERSONS, PRIVATE, SIGNED, WITHIN
from schema.shapes import Parts, Person
from schema.types.lazy import ACommunity, AGrid, AMember, AnActivity, ATeam
from schema.types.node import Node
from schema.types.point_entry_list import point_entries
from schema.types.scalars import DateTime, Long
from schema.types.service_list import services
from schema.types.step import history
from sync import things


@strawberry.type(description="Who signed in at an activity, and when.")
class SignIn:
    row: strawberry.Private[things.Taker]

    since: DateTime = moment(WITHIN, "When: the time of the sign-in.")
    member: AMember | None = shaped(
        PERSONS, "Who. Signed in under an alias, it is the member's all the same.", Person("member")
    )


@shows("activity")
@strawberry.type(description="活动. An organised session of a community, grid or team, with sign-in.")
class Activity(Node):
    row: strawberry.Private[things.Activity]

    rev: Long = column(SIGNED, "The rev of its last change.")
    community: ACommunity = to_one(SIGNED, "The community it is in.", "community")
    grid: AGrid | None = to_one(SIGNED, "The grid it is in; null where it is the whole community's.", "grid")
    team: ATeam | None = to_one(SIGNED, "The team whose session it is, if it is one's.", "team")
    title: str = column(SIGNED, "What it is, in a line.")
    category: str | None = column(SIGNED, "Its category, by the community's code, if it has one.")
    place: str | None = column(SIGNED, "Where, in words.")
    start: DateTime = moment(SIGNED, "When it was announced to begin.")
    end: DateTime = moment(SIGNED, "When it was announced to end.")
    on_duty: bool = column(SIGNED, "Within working hours (八小时内), or out of them (八小时外).")
    opened_at: DateTime = moment(SIGNED, "When it was opened.", "opened")
    opener: AMember | None = to_one(PRIVATE, "The member who opened it, if said.", "member")
    same_as: AnActivity | None = to_one(
        SIGNED,
        "The session that it is once more, opened by another who had no sight of it; null where it is one of its own."
        " A dispatcher may find that they are two.",
        "activity",
    )
    services = services(SIGNED, "The services that were recorded for it.", "activity")
    point_entries = point_entries(
        PERSONS,
        "What was earned at it, by services and by signing in: `pointEntries { nodes { points day } }`.",
        "activity",
    )
    conflicts = conflicts()
    history = history()

    members: list[SignIn] = shaped(
        SIGNED, "Who signed in, each once, in the order they came.", Parts("members", SignIn)
    )

    @field(SIGNED, "How many signed in (人次).")
    def person_times(self) -> int:
        return len(self.row.members)

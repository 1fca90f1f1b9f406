"""Team: 先锋队, 志愿服务队, with members, sessions and points of its own."""

import strawberry

from schema.fields import bilingual, column, conflicts, moment, shaped, to_one
from schema.loaders import shows
from schema.policies import PERSONS, SIGNED, WITHIN
from schema.shapes import Parts, Person
from schema.types.activity_list import activities
from schema.types.groups import activity_groups, point_groups
from schema.types.lazy import ACommunity, AMember
from schema.types.node import Node
from schema.types.point_entry_list import point_entries
from schema.types.scalars import DateTime, Long
from schema.types.service_list import services
from schema.types.step import history
from sync import things


@strawberry.type(description="Who is or was in a team, and when.")
class TeamMember:
    row: strawberry.Private[things.Holder]

    since: DateTime = moment(WITHIN, "Since when.")
    until: DateTime | None = moment(WITHIN, "Until when, for who has left.")
    member: AMember | None = shaped(
        PERSONS, "Who. Joined under an alias, it is the member's all the same.", Person("member")
    )


@shows("team")
@strawberry.type(
    description="先锋队、志愿服务队. A themed team, with members, sessions and points of its own."
)
class Team(Node):
    row: strawberry.Private[things.Team]

    rev: Long = column(SIGNED, "The rev of its last change.")
    community: ACommunity = to_one(SIGNED, "The community it belongs to.", "community")
    code: str = column(SIGNED, "The code by which people name it: `green`.")
    name = bilingual(SIGNED, "Its name: `环保先锋队`.")
    theme: str | None = column(SIGNED, "What it is for, in a word.")
    points: Long = column(SIGNED, "What its activities earned, all of its members together.")
    activities = activities(SIGNED, "Its sessions.", "team")
    services = services(
        SIGNED,
        "What was done at its sessions, as far as you may see it: `services(filter: {states: [COUNTED]}) { totalCount }`.",
        "team",
    )
    point_entries = point_entries(
        SIGNED,
        "The lines of the ledger behind its points: `pointEntries(order: {field: DAY}) { nodes { day points } }`.",
        "team",
    )
    activity_groups = activity_groups(SIGNED, "Its sessions, told together.", "team")
    point_groups = point_groups(SIGNED, "What its activities earned, told together.", "team")
    conflicts = conflicts()
    history = history()

    members: list[TeamMember] = shaped(
        SIGNED, "All who are in it or ever were, in the order they came.", Parts("holders", TeamMember)
    )

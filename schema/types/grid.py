"""Grid: 网格, the smallest service area; a tablet carries one or a few."""

import strawberry

from schema.fields import bilingual, column, to_one
from schema.loaders import shows
from schema.policies import PERSONS, SIGNED, STAFF
from schema.types.activity_list import activities
from schema.types.conflict_list import conflict_lists
from schema.types.device_list import device_lists
from schema.types.evaluation_list import evaluations
from schema.types.groups import service_groups, ticket_groups
from schema.types.lazy import ACommunity
from schema.types.member_list import members
from schema.types.node import Node
from schema.types.point_entry_list import point_entries
from schema.types.post_list import posts
from schema.types.scalars import Long
from schema.types.service_list import services
from schema.types.step import history
from schema.types.ticket_list import tickets
from schema.types.whistle_list import whistles
from sync import things


@shows("grid")
@strawberry.type(description="网格. The smallest service area; a tablet carries one or a few.")
class Grid(Node):
    row: strawberry.Private[things.Grid]

    rev: Long = column(SIGNED, "The rev of its last change.")
    code: str = column(SIGNED, "The code by which the district file names it: `LY-1`.")
    name = bilingual(SIGNED, "Its name.")
    community: ACommunity = to_one(SIGNED, "The community it is a part of.", "community")
    members = members(SIGNED, "The members who report to it.", "grid")
    tickets = tickets(SIGNED, "The tickets to be served in it.", "grid")
    services = services(SIGNED, "The services done in it.", "grid")
    posts = posts(SIGNED, "Its own posts.", "grid")
    activities = activities(SIGNED, "The activities in it.", "grid")
    whistles = whistles(
        SIGNED,
        "The departments that were called to its tickets (吹哨): `whistles(filter: {states: [OVERDUE]}) { totalCount }`.",
        "grid",
    )
    evaluations = evaluations(
        SIGNED,
        "What was found of those who reported to it (定期评价); a reader sees none:"
        ' `evaluations(filter: {periods: ["2026-11"]}) { totalCount }`.',
        "grid",
    )
    point_entries = point_entries(
        PERSONS,
        "What was earned in it, by services, ratings of its tickets and sign-ins, as far as you may see those:"
        ' `pointEntries(filter: {dayFrom: "2026-11-01"}) { totalCount }`.',
        "grid",
    )
    devices_connection = device_lists(
        STAFF, "The tablets that carry it: `devicesConnection { nodes { name lastPushAt } }`.", "grid"
    )
    conflicts_connection = conflict_lists(SIGNED, "Its conflicts.", "grid")
    ticket_groups = ticket_groups(SIGNED, "The tickets to be served in it, told together.", "grid")
    service_groups = service_groups(SIGNED, "The services done in it, told together.", "grid")
    history = history()

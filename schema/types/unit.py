"""Unit: 联点单位, the workplace linked to a community; members belong to it."""

import strawberry

from schema.fields import bilingual, column, to_one
from schema.loaders import shows
from schema.policies import PERSONS, SIGNED
from schema.types.adjustment_list import adjustments
from schema.types.duty_list import duties
from schema.types.evaluation_list import evaluations
from schema.types.groups import duty_groups, member_groups
from schema.types.lazy import ACommunity
from schema.types.member_list import members
from schema.types.node import Node
from schema.types.point_entry_list import point_entries
from schema.types.redemption_list import redemption_lists
from schema.types.scalars import Date, Long
from schema.types.service_list import services
from schema.types.step import history
from schema.types.ticket_list import tickets
from schema.types.whistle_list import whistles
from sync import things


@shows("unit")
@strawberry.type(description="联点单位. The workplace linked to a community; members belong to it.")
class Unit(Node):
    row: strawberry.Private[things.Unit]

    rev: Long = column(SIGNED, "The rev of its last change.")
    code: str = column(SIGNED, "The code by which the district file names it: `LY-U01`.")
    name = bilingual(SIGNED, "Its name.")
    community: ACommunity = to_one(SIGNED, "The community it is linked to.", "community")
    resources: list[str] = column(SIGNED, "What it can lend: rooms, cars, tools.")
    linked_on: Date | None = column(
        SIGNED, "The local day from which it is linked, and owes the four ones (四个一).", name="since"
    )
    duties = duties(SIGNED, "What it did for communities (四个一).", "unit")
    members = members(SIGNED, "Its members.", "unit")
    tickets = tickets(
        SIGNED,
        "The tickets that its members have taken, as far as you may see them:"
        " `tickets(filter: {states: [ACCEPTED]}) { totalCount }`.",
        "unit",
    )
    services = services(
        SIGNED,
        'What its members have done, whatever they were registered as: `services(filter: {dayFrom: "2026-01-01"})'
        " { totalCount }`.",
        "unit",
    )
    whistles = whistles(
        SIGNED,
        "The whistles to which it was called (吹哨): `whistles(filter: {states: [OPEN]}) { nodes { deadline } }`.",
        "called",
    )
    evaluations = evaluations(
        SIGNED,
        "What was found of its members (定期评价), as far as you may see it; a reader sees none:"
        ' `evaluations(filter: {periods: ["2026"]}) { nodes { grade } }`.',
        "unit",
    )
    point_entries = point_entries(
        PERSONS,
        'The ledger of its members: `pointEntries(filter: {dayFrom: "2026-11-01"}) { nodes { points day } }`.',
        "unit",
    )
    redemptions_connection = redemption_lists(
        SIGNED,
        "What its members had for points; a reader sees none: `redemptionsConnection { nodes { reward points } }`.",
        "unit",
    )
    adjustments = adjustments(
        SIGNED,
        "Manual credits and debits of its members (手工加减分); a reader sees none:"
        " `adjustments(filter: {states: [PROPOSED]}) { totalCount }`.",
        "unit",
    )
    duty_groups = duty_groups(SIGNED, "What it did for communities, told together.", "unit")
    member_groups = member_groups(SIGNED, "Its members, told together.", "unit")
    history = history()

"""Member: 党员, who reports to one grid and serves there. Registered twice, one of both is an alias."""

import strawberry

from schema.fields import choice, column, conflicts, moment, shaped, to_one
from schema.loaders import shows
from schema.policies import PERSONS, PHONE, POINTS, SIGNED
from schema.shapes import Keys, Ranked, Scoped, Short
from schema.types.activity_list import activities
from schema.types.adjustment_list import adjustments
from schema.types.enums import Standing
from schema.types.evaluation_list import evaluations
from schema.types.lazy import ACommunity, AGrid, AMember, AUnit
from schema.types.node import Node
from schema.types.point_entry_list import point_entries
from schema.types.post_list import posts
from schema.types.redemption_list import redemption_lists
from schema.types.scalars import DateTime, Long
from schema.types.service_list import services
from schema.types.step import history
from schema.types.team_list import teams
from schema.types.ticket_list import tickets
from sync import things


@shows("member")
@strawberry.type(
    description=(
        "党员. A serving member: one person, known by unit and number, who reports to one grid and serves"
        " there."
    )
)
class Member(Node):
    row: strawberry.Private[things.Member]

    rev: Long = column(SIGNED, "The rev of the last change.")
    community: ACommunity = to_one(SIGNED, "The community of the member's unit.", "community")
    unit: AUnit | None = to_one(
        SIGNED, "The unit the member works in; null where you may not see it.", "unit"
    )
    number: str = column(SIGNED, "The number in that unit; both together are one person.")
    name: str = column(SIGNED, "The name.")
    grid: AGrid | None = to_one(
        SIGNED, "The one grid the member reports to; null before one is given.", "grid"
    )
    standing: Standing = choice(SIGNED, "Whether the member serves at present.", Standing)
    alias_of: AMember | None = to_one(
        SIGNED, "The member that this registration is read as; null for the member proper.", "member"
    )
    registered_at: DateTime = moment(SIGNED, "When the registration was made.", "registered")
    tickets = tickets(SIGNED, "The tickets that the member has taken.", "taker")
    services = services(SIGNED, "What the member has done, under this and every alias.", "person")
    point_entries = point_entries(PERSONS, "The entries behind the points, aliases included.", "person")
    posts = posts(
        PERSONS,
        "The posts that the member holds, or held at any time (定岗领办), as far as you may see them:"
        ' `posts(filter: {on: "2026-11-23"}) { nodes { code } }`.',
        "holder",
    )
    teams = teams(
        PERSONS,
        "The teams that the member is in, or was at any time: `teams { nodes { code points } }`.",
        "holder",
    )
    activities = activities(
        PERSONS,
        'The sessions at which the member signed in: `activities(filter: {dayFrom: "2026-11-01"}) { totalCount }`.',
        "attendant",
    )
    adjustments = adjustments(
        PERSONS,
        "Manual credits and debits of the member (手工加减分): `adjustments { nodes { points reason state } }`.",
        "person",
    )
    redemptions_connection = redemption_lists(
        PERSONS,
        "What the member had for points, aliases included: `redemptionsConnection { nodes { at points reward } }`.",
        "person",
    )
    evaluations = evaluations(SIGNED, "What was found of the member (定期评价), aliases included.", "person")
    conflicts = conflicts()
    history = history()

    skills: list[str] = shaped(
        SIGNED, "What the member can do, by the codes of the community's skills.", Keys("skills")
    )
    aliases: list[AMember] = shaped(
        SIGNED, "The registrations that are read as this member.", Short("member", "alias_of", "number")
    )
    phone: str | None = shaped(PHONE, "The telephone.", Scoped("phone"))
    points: Long | None = shaped(
        POINTS,
        "The points of the whole person: the sum of the entries of the member and all aliases.",
        Ranked("points"),
    )

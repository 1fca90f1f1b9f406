"""Community: 社区 or 村; holds grids and units, and says what may be ordered and when one is on duty."""

from typing import Any

import strawberry

from schema.fields import bilingual, choice, column, shaped
from schema.loaders import shows
from schema.policies import SIGNED, STAFF, WITHIN
from schema.shapes import Parts, Short, Whole
from schema.types.activity_list import activities
from schema.types.adjustment_list import adjustments
from schema.types.conflict_list import conflict_lists
from schema.types.device_list import device_lists
from schema.types.duty_list import duties
from schema.types.enums import CommunityKind
from schema.types.evaluation_list import evaluations
from schema.types.grid_list import grids
from schema.types.groups import (
    activity_groups,
    conflict_groups,
    duty_groups,
    evaluation_groups,
    member_groups,
    point_groups,
    service_groups,
    ticket_groups,
)
from schema.types.lazy import APointRule, AUnit
from schema.types.member_list import members
from schema.types.more_groups import (
    adjustment_groups,
    post_groups,
    redemption_groups,
    reward_groups,
    team_groups,
    verdict_groups,
    whistle_groups,
)
from schema.types.node import Node
from schema.types.point_entry_list import point_entries
from schema.types.post_list import posts
from schema.types.redemption_list import redemption_lists
from schema.types.reward_list import rewards
from schema.types.scalars import Date, Long
from schema.types.service_list import services
from schema.types.step import history
from schema.types.team_list import teams
from schema.types.ticket_list import tickets
from schema.types.unit_list import units as unit_lists
from schema.types.whistle_list import whistles
from sync import things


@strawberry.type(description="A category of tickets or a skill of members, as the community lists them.")
class Term:
    row: strawberry.Private[dict[str, Any]]

    code: str = column(WITHIN, "The code by which tickets and members name it: `parking`.")
    name = bilingual(WITHIN, "What people call it.")
    icon: str | None = column(WITHIN, "The icon that the tablet shows, if any.")
    needs: list[str] | None = column(
        WITHIN, "Of a category: the skills that it asks for, any of them, by code; null where none is said."
    )
    within: int | None = column(
        WITHIN, "Of a category: in how many working hours it is promised; null where nothing is."
    )


@strawberry.type(description="Hours on duty on some days of the week, local time.")
class WorkingHours:
    row: strawberry.Private[dict[str, Any]]

    days: list[int] = column(WITHIN, "The days of the week, 1 is Monday.")
    start: str = column(WITHIN, "From this time of day, `08:30`.", "from", name="from")
    end: str = column(WITHIN, "Until this time of day, `12:00`.", "until", name="until")


@strawberry.type(description="What a community has decided about people's data.")
class Policies:
    row: strawberry.Private[dict[str, Any]]

    rank_individuals: bool = column(
        WITHIN,
        "Whether individuals may be ranked by their points. Off unless switched on.",
        "rankIndividuals",
        otherwise=False,
    )
    contact_days: int = column(
        WITHIN, "For how many days after closing a ticket's contact is kept.", "contactDays", otherwise=90
    )
    escalate_hours: int = column(
        WITHIN,
        "After how many working hours overdue a ticket is the district's affair, too.",
        "escalateHours",
        otherwise=16,
    )
    evaluation_days: int = column(
        WITHIN,
        "So many days after its end a period's evaluations are closed.",
        "evaluationDays",
        otherwise=15,
    )


@shows("community")
@strawberry.type(description="社区 / 村. A community or village: holds grids; units are linked to it.")
class Community(Node):
    row: strawberry.Private[things.Community]

    rev: Long = column(SIGNED, "The rev of its last change.")
    code: str = column(SIGNED, "The code by which the district file names it: `LY`.")
    name = bilingual(SIGNED, "Its name: `乐邑社区`.")
    kind: CommunityKind = choice(SIGNED, "Community or village.", CommunityKind)
    utc_offset: int = column(SIGNED, "Minutes east of Greenwich: 480 is UTC+8. A local day begins by it.")

    working_hours: list[WorkingHours] = shaped(
        SIGNED,
        "When members are on duty; all other time is out of hours.",
        Parts("working_hours", WorkingHours),
    )
    holidays: list[Date] = column(SIGNED, "Local days off, whatever day of the week.")
    workdays: list[Date] = column(SIGNED, "Make-up days (调休), local: the working hours of Monday hold.")
    categories: list[Term] = shaped(SIGNED, "What residents may order.", Parts("categories", Term))
    skills: list[Term] = shaped(SIGNED, "What members may be able to do.", Parts("skills", Term))
    policies: Policies = shaped(
        SIGNED, "What it has decided about people's data.", Whole("policies", Policies)
    )
    units: list[AUnit] = shaped(SIGNED, "The units linked to it, by code.", Short("unit", "community"))
    point_rules: list[APointRule] = shaped(
        SIGNED, "The point rules that hold here and nowhere else, by code.", Short("pointRule", "community")
    )
    grids = grids(SIGNED, "Its grids.", "community")
    members = members(SIGNED, "Its members.", "community")
    tickets = tickets(SIGNED, "Its tickets.", "community")
    services = services(SIGNED, "The services done in it.", "community")
    posts = posts(SIGNED, "Its posts, those of its grids included.", "community")
    teams = teams(SIGNED, "Its teams.", "community")
    whistles = whistles(SIGNED, "Its whistles.", "community")
    activities = activities(SIGNED, "Its activities, those of its grids included.", "community")
    duties = duties(SIGNED, "What its linked units did for it (四个一).", "community")
    evaluations = evaluations(SIGNED, "The evaluations (定期评价) that it gave.", "community")
    rewards = rewards(SIGNED, "What it offers for points.", "community")
    adjustments = adjustments(
        SIGNED,
        "Manual credits and debits in it (手工加减分), as far as you may see them; a reader sees none:"
        " `adjustments(filter: {states: [PROPOSED]}) { totalCount }`.",
        "community",
    )
    redemptions_connection = redemption_lists(
        SIGNED,
        "What was exchanged for points in it, as far as you may see it; a reader sees none:"
        " `redemptionsConnection { totalCount nodes { at reward points } }`.",
        "community",
    )
    point_entries = point_entries(SIGNED, "Its part of the points ledger.", "community")
    units_connection = unit_lists(SIGNED, "The units linked to it.", "community")
    conflicts_connection = conflict_lists(SIGNED, "Its conflicts.", "community")
    devices_connection = device_lists(STAFF, "Its tablets.", "community")
    conflict_groups = conflict_groups(SIGNED, "Its conflicts, told together.", "community")
    ticket_groups = ticket_groups(SIGNED, "Its tickets, told together.", "community")
    service_groups = service_groups(SIGNED, "The services done in it, told together.", "community")
    point_groups = point_groups(SIGNED, "Its part of the ledger, told together.", "community")
    activity_groups = activity_groups(SIGNED, "Its activities, told together.", "community")
    duty_groups = duty_groups(SIGNED, "What its linked units did for it, told together.", "community")
    evaluation_groups = evaluation_groups(SIGNED, "The evaluations that it gave, told together.", "community")
    member_groups = member_groups(SIGNED, "Its members, told together.", "community")
    whistle_groups = whistle_groups(SIGNED, "Its whistles, told together.", "community")
    post_groups = post_groups(SIGNED, "Its posts, told together.", "community")
    team_groups = team_groups(SIGNED, "Its teams, told together.", "community")
    reward_groups = reward_groups(SIGNED, "What it offers for points, told together.", "community")
    redemption_groups = redemption_groups(
        SIGNED, "What was exchanged for points in it, told together.", "community"
    )
    adjustment_groups = adjustment_groups(
        SIGNED, "Its manual credits and debits, told together.", "community"
    )
    verdict_groups = verdict_groups(STAFF, "The verdicts on its changes, told together.", "community")
    history = history()

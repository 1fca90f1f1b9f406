"""Community: 社区 or 村; holds grids and units, and says what may be ordered and when one is on duty."""

from typing import Any

import strawberry
from strawberry.types.info import Info

from schema.fields import LanguageArgument, bilingual, choice, column, field
from schema.loaders import load_list, shows
from schema.policies import SIGNED, WITHIN
from schema.types.enums import CommunityKind
from schema.types.grid_list import grids
from schema.types.language import Language, said
from schema.types.lazy import APointRule, AUnit
from schema.types.member_list import members
from schema.types.node import Node
from schema.types.point_entry_list import point_entries
from schema.types.scalars import Long
from schema.types.service_list import services
from schema.types.ticket_list import tickets
from sync import things


@strawberry.type(description="A category of tickets or a skill of members, as the community lists them.")
class Term:
    row: strawberry.Private[dict[str, Any]]

    @field(WITHIN, "The code by which tickets and members name it: `parking`.")
    def code(self) -> str:
        return str(self.row["code"])

    @field(WITHIN, "What people call it.")
    def name(self, language: LanguageArgument = Language.ZH) -> str:
        return said(self.row["name"], language)

    @field(WITHIN, "The icon that the tablet shows, if any.")
    def icon(self) -> str | None:
        return self.row.get("icon")


@strawberry.type(description="Hours on duty on some days of the week, local time.")
class WorkingHours:
    row: strawberry.Private[dict[str, Any]]

    @field(WITHIN, "The days of the week, 1 is Monday.")
    def days(self) -> list[int]:
        return list(self.row["days"])

    @field(WITHIN, "From this time of day, `08:30`.", name="from")
    def start(self) -> str:
        return str(self.row["from"])

    @field(WITHIN, "Until this time of day, `12:00`.", name="until")
    def end(self) -> str:
        return str(self.row["until"])


@strawberry.type(description="What a community has decided about people's data.")
class Policies:
    row: strawberry.Private[dict[str, Any]]

    @field(WITHIN, "Whether individuals may be ranked by their points. Off unless switched on.")
    def rank_individuals(self) -> bool:
        return bool(self.row.get("rankIndividuals", False))

    @field(WITHIN, "For how many days after closing a ticket's contact is kept.")
    def contact_days(self) -> int:
        return int(self.row.get("contactDays", 90))


@shows("community")
@strawberry.type(description="社区 / 村. A community or village: holds grids; units are linked to it.")
class Community(Node):
    row: strawberry.Private[things.Community]

    rev: Long = column(SIGNED, "The rev of its last change.")
    code: str = column(SIGNED, "The code by which the district file names it: `LY`.")
    name = bilingual(SIGNED, "Its name: `乐邑社区`.")
    kind: CommunityKind = choice(SIGNED, "Community or village.", CommunityKind)
    utc_offset: int = column(SIGNED, "Minutes east of Greenwich: 480 is UTC+8. A local day begins by it.")

    @field(SIGNED, "When members are on duty; all other time is out of hours.")
    def working_hours(self) -> list[WorkingHours]:
        return [WorkingHours(row=one) for one in self.row.working_hours]

    @field(SIGNED, "What residents may order.")
    def categories(self) -> list[Term]:
        return [Term(row=one) for one in self.row.categories]

    @field(SIGNED, "What members may be able to do.")
    def skills(self) -> list[Term]:
        return [Term(row=one) for one in self.row.skills]

    @field(SIGNED, "What it has decided about people's data.")
    def policies(self) -> Policies:
        return Policies(row=self.row.policies)

    @field(SIGNED, "The units linked to it, by code.")
    async def units(self, info: Info) -> list[AUnit]:
        return await load_list(info.context, "unit", "community", self.row.id)

    @field(SIGNED, "The point rules that hold here and nowhere else, by code.")
    async def point_rules(self, info: Info) -> list[APointRule]:
        return await load_list(info.context, "pointRule", "community", self.row.id)

    grids = grids(SIGNED, "Its grids.", "community")
    members = members(SIGNED, "Its members.", "community")
    tickets = tickets(SIGNED, "Its tickets.", "community")
    services = services(SIGNED, "The services done in it.", "community")
    point_entries = point_entries(SIGNED, "Its part of the points ledger.", "community")

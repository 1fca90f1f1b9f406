"""Everything that can be asked: each thing by its id, by lists and by connections."""

from typing import Annotated, Any, cast

import strawberry
from strawberry.types.info import Info

from schema.context import Condition
from schema.errors import Fault
from schema.fields import LanguageArgument, field
from schema.loaders import Found, FoundAll, Listing
from schema.own_page import OwnRecord
from schema.policies import ADMIN, OPEN, SIGNED, STAFF
from schema.replication import Pulling
from schema.shapes import HubRev
from schema.types.activity_list import activities
from schema.types.adjustment_list import adjustments
from schema.types.code import Explaining
from schema.types.community import Community
from schema.types.community_list import communities as community_lists
from schema.types.conflict import Conflict
from schema.types.conflict_list import conflict_lists
from schema.types.counting import Counting
from schema.types.device import Device
from schema.types.device_list import device_lists
from schema.types.dispatching import Dispatching
from schema.types.division import Dividing
from schema.types.duty_list import Owing, duties
from schema.types.enums import ConflictState, OutcomeKind, SettlementKind
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
from schema.types.honours import Honouring
from schema.types.language import Language
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
from schema.types.point_expiry import PointExpiry
from schema.types.point_rule import PointRule
from schema.types.post_list import posts
from schema.types.reading import Reading
from schema.types.record import Recording
from schema.types.recount import Recount
from schema.types.redemption_list import redemption_lists
from schema.types.reward_list import rewards
from schema.types.rule import Rule
from schema.types.scalars import Long
from schema.types.service_list import services
from schema.types.settlement import Settlement
from schema.types.settlement_list import settlement_lists
from schema.types.team_list import teams
from schema.types.ticket_list import tickets
from schema.types.unit import Unit
from schema.types.unit_list import units as units_lists
from schema.types.verdict import Verdict
from schema.types.verdict_list import verdict_lists
from schema.types.whistle_list import whistles
from sync.rules.fields import ROWS

LONGEST = 500
MOST_IDS = 100

CommunityArgument = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only of this community.")
]
LimitArgument = Annotated[
    int, strawberry.argument(description=f"How many at most, 1 to {LONGEST}; the newest come first.")
]
NodeArgument = Annotated[
    strawberry.ID, strawberry.argument(description="The id: a plain UUID, or `device:seq`.")
]
NodesArgument = Annotated[
    list[strawberry.ID], strawberry.argument(description=f"The ids, at most {MOST_IDS}, as of `node`.")
]
StatesArgument = Annotated[
    list[ConflictState] | None, strawberry.argument(description="Only in one of these states.")
]
RuleArgument = Annotated[
    str | None, strawberry.argument(description="Only those decided by this rule: `first`.")
]
EntityArgument = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only about the thing with this id.")
]
KindsArgument = Annotated[
    list[SettlementKind] | None, strawberry.argument(description="Only of one of these kinds.")
]
TicketArgument = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only of this ticket's contact.")
]
OutcomesArgument = Annotated[
    list[OutcomeKind] | None, strawberry.argument(description="Only with one of these outcomes.")
]
DeviceArgument = Annotated[
    strawberry.ID | None, strawberry.argument(description="Only of changes from this tablet.")
]


def _listing(collection: str, limit: int = LONGEST, **asked: Any) -> list[Any]:
    """A plain list under equalities and memberships; what is None asks for nothing."""
    conditions = tuple(
        Condition(name, "in", tuple(one.value for one in value))
        if isinstance(value, list)
        else Condition(name, "is", value)
        for name, value in asked.items()
        if value is not None
    )
    return cast("list[Any]", Listing(collection, conditions, max(1, min(limit, LONGEST))))


@strawberry.type(description="Everything that can be asked.")
class Query(Pulling, OwnRecord, Dividing, Dispatching, Owing, Honouring, Recording, Counting, Explaining):
    grids = grids(SIGNED, "The grids that you may see.")
    members = members(SIGNED, "The members that you may see.")
    tickets = tickets(SIGNED, "The tickets that you may see.")
    services = services(SIGNED, "The services that you may see.")
    posts = posts(SIGNED, "The posts that you may see: who holds what, and what stands empty.")
    teams = teams(SIGNED, "The teams that you may see, each with the points of its own.")
    activities = activities(SIGNED, "The activities that you may see: organised sessions and who was there.")
    duties = duties(SIGNED, "What linked units did for communities (四个一), as far as you may see it.")
    evaluations = evaluations(
        SIGNED,
        "The evaluations (定期评价) that you may see: a unit's are its members', a member's their own; a reader sees none.",
    )
    rewards = rewards(SIGNED, "What communities offer for points, as far as you may see it.")
    whistles = whistles(SIGNED, "The whistles that you may see; a unit sees those to which it was called.")
    redemptions_connection = redemption_lists(
        SIGNED,
        "What was exchanged for points, as far as you may see it: a unit's are its members', a member's their own; a"
        ' reader sees none. `redemptionsConnection(filter: {forReward: {codes: ["towel"]}}) { totalCount }`.',
    )
    communities_connection = community_lists(SIGNED, "The communities that you may see.")
    units_connection = units_lists(SIGNED, "The units that you may see.")
    conflicts_connection = conflict_lists(SIGNED, "Whatever did not stand, beside what stands.")
    settlements_connection = settlement_lists(SIGNED, "The settlements.")
    verdicts_connection = verdict_lists(
        STAFF, "The verdicts on changes that you may see. A tablet sees its own."
    )
    devices_connection = device_lists(STAFF, "The tablets that you may see. A tablet sees itself.")
    conflict_groups = conflict_groups(SIGNED, "The conflicts that you may see, told together.")
    ticket_groups = ticket_groups(SIGNED, "The tickets that you may see, told together.")
    service_groups = service_groups(SIGNED, "The services that you may see, told together.")
    point_groups = point_groups(SIGNED, "The part of the ledger that you may see, told together.")
    activity_groups = activity_groups(SIGNED, "The activities that you may see, told together.")
    duty_groups = duty_groups(SIGNED, "The duties (四个一) that you may see, told together.")
    evaluation_groups = evaluation_groups(
        SIGNED, "The evaluations (定期评价) that you may see, told together."
    )
    member_groups = member_groups(SIGNED, "The members that you may see, told together; nobody twice.")
    whistle_groups = whistle_groups(
        SIGNED, "The whistles that you may see, told together: which departments answer, and which too late."
    )
    post_groups = post_groups(SIGNED, "The posts that you may see, told together.")
    team_groups = team_groups(SIGNED, "The teams that you may see, told together.")
    reward_groups = reward_groups(SIGNED, "What communities offer for points, told together.")
    redemption_groups = redemption_groups(
        SIGNED, "What was exchanged for points, told together, as far as you may see it; a reader sees none."
    )
    adjustment_groups = adjustment_groups(
        SIGNED, "The manual credits and debits that you may see, told together; a reader sees none."
    )
    verdict_groups = verdict_groups(
        STAFF, "The verdicts that you may see, told together. A tablet sees its own."
    )
    adjustments = adjustments(
        SIGNED, "The manual credits and debits that you may see; what is PROPOSED counts for nothing yet."
    )
    point_entries = point_entries(SIGNED, "The part of the points ledger that you may see.")

    @field(
        SIGNED,
        "How far the hub has come, in the snapshot that all else here is read from: go on from it by"
        " `ticketChanged(after: …)` and miss nothing.",
        shape=HubRev(),
    )
    async def rev(self, info: Info) -> Long:
        return Long(await HubRev().read(info.context, None))

    @field(SIGNED, "Whatever has this id; null where nothing has that you may see.")
    def node(self, id: NodeArgument) -> Node | None:
        return cast(Node, Found(id))

    @field(
        SIGNED,
        "Whatever has each of these ids, in their order; null for each that nothing has that you may see.",
    )
    def nodes(self, ids: NodesArgument) -> list[Node | None]:
        if len(ids) > MOST_IDS:
            raise Fault("LIMIT", f"At most {MOST_IDS} at once.", limit="ids", allowed=MOST_IDS)
        return cast("list[Node | None]", FoundAll(ids))

    @field(SIGNED, "The communities that you may see, by code.")
    def communities(self) -> list[Community]:
        return _listing("community")

    @field(SIGNED, "The units that you may see, by code.")
    def units(self, community: CommunityArgument = None) -> list[Unit]:
        return _listing("unit", community=community)

    @field(SIGNED, "The point rules, those of the whole district included, by code.")
    def point_rules(self, community: CommunityArgument = None) -> list[PointRule]:
        return _listing("pointRule", community=community)

    @field(SIGNED, "The rules by which points expire (积分到期), by code.")
    def point_expiries(self) -> list[PointExpiry]:
        return _listing("pointExpiry")

    @field(STAFF, "The recounts (重算) that you may see.")
    def recounts(self, community: CommunityArgument = None) -> list[Recount]:
        return _listing("recount", community=community)

    @field(SIGNED, "Whatever did not stand, beside what stands; the newest first.")
    def conflicts(
        self,
        states: StatesArgument = None,
        rule: RuleArgument = None,
        community: CommunityArgument = None,
        entity: EntityArgument = None,
        limit: LimitArgument = 100,
    ) -> list[Conflict]:
        return _listing("conflict", limit, state=states, rule=rule, community=community, entity=entity)

    @field(SIGNED, "The settlements, the newest first.")
    def settlements(self, kinds: KindsArgument = None, limit: LimitArgument = 30) -> list[Settlement]:
        return _listing("settlement", limit, kind=kinds)

    @field(STAFF, "The tablets that you may see, by name. A tablet sees itself.")
    def devices(self, community: CommunityArgument = None) -> list[Device]:
        return _listing("device", community=community)

    @field(STAFF, "The verdicts on changes that you may see, the newest first. A tablet sees its own.")
    def verdicts(
        self,
        outcomes: OutcomesArgument = None,
        device: DeviceArgument = None,
        entity: EntityArgument = None,
        limit: LimitArgument = 100,
    ) -> list[Verdict]:
        return _listing("verdict", limit, outcome=outcomes, device=device, entity=entity)

    @field(ADMIN, "Who read a resident's contact, and when; the newest first.")
    def readings(
        self,
        ticket: TicketArgument = None,
        community: CommunityArgument = None,
        limit: LimitArgument = 100,
    ) -> list[Reading]:
        return _listing("reading", limit, ticket=ticket, community=community)

    @field(OPEN, "The rule book: by which rule each field is decided, with the reasons.")
    def rules(self, language: LanguageArgument = Language.ZH) -> list[Rule]:
        return [Rule(row=row, language=language) for row in ROWS]

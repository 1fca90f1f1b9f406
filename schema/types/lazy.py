"""Names for types that refer to one another: a ticket has a grid, and a grid has tickets."""

from typing import TYPE_CHECKING, Annotated

import strawberry

if TYPE_CHECKING:
    from schema.types.activity import Activity
    from schema.types.activity_list import ActivityFilter
    from schema.types.adjustment import Adjustment
    from schema.types.community import Community
    from schema.types.community_list import CommunityFilter
    from schema.types.conflict import Conflict
    from schema.types.device import Device
    from schema.types.duty import Duty
    from schema.types.evaluation import Evaluation
    from schema.types.grid import Grid
    from schema.types.grid_list import GridFilter
    from schema.types.member import Member
    from schema.types.member_list import MemberFilter
    from schema.types.point_entry import PointEntry
    from schema.types.point_expiry import PointExpiry
    from schema.types.point_rule import PointRule
    from schema.types.post import Post
    from schema.types.post_list import PostFilter
    from schema.types.redemption import Redemption
    from schema.types.redemption_list import RedemptionFilter
    from schema.types.reward import Reward
    from schema.types.reward_list import RewardFilter
    from schema.types.service import Service
    from schema.types.service_list import ServiceFilter
    from schema.types.settlement import Settlement
    from schema.types.step import Step
    from schema.types.team import Team
    from schema.types.ticket import Ticket
    from schema.types.ticket_list import TicketFilter
    from schema.types.unit import Unit
    from schema.types.unit_list import UnitFilter
    from schema.types.verdict import Verdict
    from schema.types.whistle import Whistle

AnActivity = Annotated["Activity", strawberry.lazy("schema.types.activity")]
AnAdjustment = Annotated["Adjustment", strawberry.lazy("schema.types.adjustment")]
ACommunity = Annotated["Community", strawberry.lazy("schema.types.community")]
AConflict = Annotated["Conflict", strawberry.lazy("schema.types.conflict")]
ADevice = Annotated["Device", strawberry.lazy("schema.types.device")]
ADuty = Annotated["Duty", strawberry.lazy("schema.types.duty")]
AnEvaluation = Annotated["Evaluation", strawberry.lazy("schema.types.evaluation")]
AGrid = Annotated["Grid", strawberry.lazy("schema.types.grid")]
AMember = Annotated["Member", strawberry.lazy("schema.types.member")]
APointEntry = Annotated["PointEntry", strawberry.lazy("schema.types.point_entry")]
APointExpiry = Annotated["PointExpiry", strawberry.lazy("schema.types.point_expiry")]
APointRule = Annotated["PointRule", strawberry.lazy("schema.types.point_rule")]
APost = Annotated["Post", strawberry.lazy("schema.types.post")]
ARedemption = Annotated["Redemption", strawberry.lazy("schema.types.redemption")]
AReward = Annotated["Reward", strawberry.lazy("schema.types.reward")]
AService = Annotated["Service", strawberry.lazy("schema.types.service")]
ASettlement = Annotated["Settlement", strawberry.lazy("schema.types.settlement")]
AStep = Annotated["Step", strawberry.lazy("schema.types.step")]
ATeam = Annotated["Team", strawberry.lazy("schema.types.team")]
ATicket = Annotated["Ticket", strawberry.lazy("schema.types.ticket")]
AUnit = Annotated["Unit", strawberry.lazy("schema.types.unit")]
AVerdict = Annotated["Verdict", strawberry.lazy("schema.types.verdict")]
AWhistle = Annotated["Whistle", strawberry.lazy("schema.types.whistle")]

AActivityFilter = Annotated["ActivityFilter", strawberry.lazy("schema.types.activity_list")]
ACommunityFilter = Annotated["CommunityFilter", strawberry.lazy("schema.types.community_list")]
AGridFilter = Annotated["GridFilter", strawberry.lazy("schema.types.grid_list")]
AMemberFilter = Annotated["MemberFilter", strawberry.lazy("schema.types.member_list")]
APostFilter = Annotated["PostFilter", strawberry.lazy("schema.types.post_list")]
ARedemptionFilter = Annotated["RedemptionFilter", strawberry.lazy("schema.types.redemption_list")]
ARewardFilter = Annotated["RewardFilter", strawberry.lazy("schema.types.reward_list")]
AServiceFilter = Annotated["ServiceFilter", strawberry.lazy("schema.types.service_list")]
ATicketFilter = Annotated["TicketFilter", strawberry.lazy("schema.types.ticket_list")]
AUnitFilter = Annotated["UnitFilter", strawberry.lazy("schema.types.unit_list")]

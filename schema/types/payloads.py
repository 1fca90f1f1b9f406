"""What a mutation answers: the change's verdict and the thing as it stands now, or why not."""

from functools import reduce
from operator import or_
from typing import Annotated, Any, Final

import strawberry

from schema.fields import LanguageArgument, field
from schema.policies import WITHIN
from schema.types.activity import Activity
from schema.types.adjustment import Adjustment
from schema.types.community import Community
from schema.types.conflict import Conflict
from schema.types.device import Device
from schema.types.duty import Duty
from schema.types.evaluation import Evaluation
from schema.types.grid import Grid
from schema.types.language import Language
from schema.types.member import Member
from schema.types.point_expiry import PointExpiry
from schema.types.point_rule import PointRule
from schema.types.post import Post
from schema.types.recount import Recount
from schema.types.redemption import Redemption
from schema.types.reward import Reward
from schema.types.service import Service
from schema.types.team import Team
from schema.types.ticket import Ticket
from schema.types.unit import Unit
from schema.types.verdict import Verdict
from schema.types.whistle import Whistle

THINGS: Final[dict[str, type[Any]]] = {
    "community": Community,
    "unit": Unit,
    "grid": Grid,
    "pointRule": PointRule,
    "pointExpiry": PointExpiry,
    "member": Member,
    "ticket": Ticket,
    "service": Service,
    "post": Post,
    "team": Team,
    "activity": Activity,
    "duty": Duty,
    "evaluation": Evaluation,
    "reward": Reward,
    "whistle": Whistle,
    "redemption": Redemption,
    "adjustment": Adjustment,
    "recount": Recount,
    "conflict": Conflict,
    "device": Device,
}

QUEUED: Final = {
    "zh": "收件箱里已有关于同一事物、尚未结算的变更；此变更与它们一起在下次结算时处理。",
    "en": "The inbox holds unsettled changes on the same thing; this one is settled with them, in the next night.",
}


@strawberry.type(description="The rules refused the change; its verdict says why. Nothing has changed.")
class Rejected:
    told: strawberry.Private[Verdict]

    @field(WITHIN, "Why, and what stands.")
    def verdict(self) -> Verdict:
        return self.told


@strawberry.type(description="The change joins the night: its verdict comes with the next settlement.")
class Queued:
    id: strawberry.Private[str]

    @field(WITHIN, "The id of the change; sending it again asks what became of it.")
    def change(self) -> strawberry.ID:
        return strawberry.ID(self.id)

    @field(WITHIN, "Why it was not settled at once.")
    def sentence(self, language: LanguageArgument = Language.ZH) -> str:
        return QUEUED[str(language.value)]


@strawberry.type(
    description="Something the change names does not exist, or is not yours: the two look the same. Nothing was kept."
)
class NotFound:
    where: strawberry.Private[str]

    @field(WITHIN, "`NOT_FOUND`.")
    def code(self) -> str:
        return "NOT_FOUND"

    @field(WITHIN, "Where in the mutation's arguments it is named: `input.member`.")
    def path(self) -> str:
        return self.where


@strawberry.type(description="The input is outside the limits that its description states. Nothing was kept.")
class InvalidInput:
    reason: strawberry.Private[str]
    where: strawberry.Private[str]

    @field(WITHIN, "Which kind of trouble: `UNREADABLE`.")
    def code(self) -> str:
        return self.reason

    @field(WITHIN, "Where in the mutation's arguments: `input.title`.")
    def path(self) -> str:
        return self.where


@strawberry.type(
    description="The id belongs to another change, of this token or another. Make a new one. Nothing was kept."
)
class IdTaken:
    id: strawberry.Private[str]

    @field(WITHIN, "The id that is taken.")
    def change(self) -> strawberry.ID:
        return strawberry.ID(self.id)


@strawberry.type(description="A change of this kind is not yours to make. Nothing was kept.")
class NotAllowed:
    where: strawberry.Private[str]

    @field(WITHIN, "`FORBIDDEN`.")
    def code(self) -> str:
        return "FORBIDDEN"

    @field(WITHIN, "Which of the changes: `inputs.3.ticketCancel`.")
    def path(self) -> str:
        return self.where


ERRORS: Final = (Rejected, Queued, NotFound, InvalidInput, IdTaken)


def _changed(name: str, shown: type[Any]) -> type[Any]:
    """The type `TicketChanged`: the verdict, and the ticket."""

    def verdict(self: Any) -> Verdict:
        told: Verdict = self.told
        return told

    def thing(self: Any) -> Any:
        return self.now

    thing.__annotations__ = {"return": shown | None}
    thing.__name__ = name
    private: Any = strawberry.Private
    body = {
        "__annotations__": {"told": private[Verdict], "now": private[Any]},
        "verdict": field(WITHIN, "What was decided about the change.")(verdict),
        name: field(WITHIN, "The thing as it stands now; null while the change waits for another.")(thing),
    }
    title = name[0].upper() + name[1:]
    return strawberry.type(
        type(f"{title}Changed", (), body), description="The change was taken, and this is what came of it."
    )


CHANGED: Final[dict[str, type[Any]]] = {name: _changed(name, shown) for name, shown in THINGS.items()}
"""What a mutation on a thing answers when it was taken."""


def payload(title: str, thing: str) -> Any:
    """The union that a mutation answers."""
    members: Any = reduce(or_, (CHANGED[thing], *ERRORS))
    return Annotated[
        members,
        strawberry.union(
            f"{title}Payload",
            description="What came of the change, or why nothing did. Ask for `__typename`.",
        ),
    ]


def any_payload() -> Any:
    """The union that each of many changes answers."""
    members: Any = reduce(or_, (*CHANGED.values(), *ERRORS, NotAllowed))
    said = "What came of one of many changes, or why nothing did. Ask for `__typename`."
    return Annotated[members, strawberry.union("ChangePayload", description=said)]

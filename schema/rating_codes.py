"""One-time codes by which residents rate tickets: how the desk makes one to be printed. Making one is no change."""

from typing import Annotated

import strawberry
from strawberry.types.info import Info

from schema.context import Context
from schema.fields import field
from schema.loaders import load
from schema.policies import OFFICE, WITHIN
from schema.types.scalars import DateTime, moment
from schema.values import RatingCode as Made

MOST_DAYS = 180

Which = Annotated[strawberry.ID, strawberry.argument(description="The ticket's id.")]
Days = Annotated[int, strawberry.argument(description=f"For how many days it holds, at most {MOST_DAYS}.")]


@strawberry.type(
    description="A one-time code by which whoever has it can rate a ticket once, without a name."
)
class RatingCode:
    made: strawberry.Private[Made]

    @field(WITHIN, "The code. It is told this once; only its hash is kept.")
    def code(self) -> str:
        return self.made.code

    @field(WITHIN, "The page with the code filled in.")
    def url(self) -> str:
        return self.made.url

    @field(WITHIN, "The address as a QR code, in SVG.")
    def qr(self) -> str:
        return self.made.qr

    @field(WITHIN, "Until when it can be used.")
    def expires_at(self) -> DateTime:
        return moment(self.made.expires_at)


@strawberry.type
class RatingCodes:
    """The mutation that makes a code."""

    @field(
        OFFICE,
        "Make a one-time code by which the resident can rate a ticket, to be handed over on paper; one that was"
        " made before for it is no more good. Null where there is no such ticket that you may see, or it is"
        " cancelled.",
    )
    async def rating_code(self, info: Info, ticket: Which, days: Days = 30) -> RatingCode | None:
        context: Context = info.context
        if await load(context, "ticket", ticket) is None:
            return None
        await context.look_again()
        made = await context.hub.rating_code(context.signed(), ticket, max(1, min(days, MOST_DAYS)))
        return None if made is None else RatingCode(made=made)

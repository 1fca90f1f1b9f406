"""A member's own page: how the desk gives a code for one, how it is opened, and everything that is kept about them."""

from typing import Annotated

import strawberry
from strawberry.types.info import Info

from schema.context import Context
from schema.fields import field
from schema.loaders import load
from schema.policies import OFFICE, OPEN, OWN, WITHIN
from schema.types.scalars import JSON, DateTime, moment

PageCode = Annotated[str, strawberry.argument(description="The code, as the desk gave it.")]
Whose = Annotated[strawberry.ID, strawberry.argument(description="The member's id.")]


@strawberry.type(
    description="A one-time code for a member's own page. Whoever has it can open the page once."
)
class MemberCode:
    said: strawberry.Private[str]
    ends: strawberry.Private[int]

    @field(WITHIN, "The code. It is told this once.")
    def code(self) -> str:
        return self.said

    @field(WITHIN, "Until when it can be used.")
    def expires_at(self) -> DateTime:
        return moment(self.ends)


@strawberry.type(description="A member's own page, open for a day.")
class MemberPage:
    secret: strawberry.Private[str]
    whose: strawberry.Private[str]
    ends: strawberry.Private[int]

    @field(WITHIN, "The bearer token, of the role `member`. It is not told again.")
    def token(self) -> str:
        return self.secret

    @field(WITHIN, "The member's id.")
    def member(self) -> strawberry.ID:
        return strawberry.ID(self.whose)

    @field(WITHIN, "Until when the token is good.")
    def expires_at(self) -> DateTime:
        return moment(self.ends)


@strawberry.type
class OwnPages:
    """The mutations about a member's own page; none of them is a change."""

    @field(
        OFFICE,
        "Make a one-time code for a member's own page, good for 15 minutes: hand it to nobody else. Null where"
        " there is no such member that you may see.",
    )
    async def member_code(self, info: Info, member: Whose) -> MemberCode | None:
        context: Context = info.context
        if await load(context, "member", member) is None:
            return None
        await context.look_again()
        made = await context.hub.member_code(member)
        return MemberCode(said=made.code, ends=made.expires_at)

    @field(OPEN, "Open a member's own page by a one-time code. CODE_INVALID where it is not good.")
    async def open_page(self, info: Info, code: PageCode) -> MemberPage:
        page = await info.context.hub.open_page(code)
        return MemberPage(secret=page.token, whose=page.member, ends=page.expires_at)


@strawberry.type
class OwnRecord:
    """The query of a member's own page."""

    @field(
        OWN,
        "Everything that is kept about you, by what it is: registrations, posts and teams (now and before), services,"
        " tickets taken and reserved for you, sign-ins, duties that you recorded, ratings, evaluations, points,"
        " redemptions, requests, changes with their verdicts, what waits to be settled, contacts you read, and the"
        " tokens of this page."
        " Rows as they are kept; moments in milliseconds since 1970.",
    )
    async def mine(self, info: Info) -> JSON:
        context: Context = info.context
        return JSON(await context.hub.record_of(context.signed()))

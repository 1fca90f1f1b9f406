"""Subscriptions: what is said again and again, and goes on from a rev, so that nobody who was away misses anything.

Each is read from the tables when the hub has moved, never from what was said to somebody: a rev that was
read is never followed by a smaller one. Before anything is said, who asks is looked up again.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Final

import strawberry
from strawberry.types.info import Info

from schema.context import Context, News
from schema.errors import Fault
from schema.fields import choice, column, field, subscription
from schema.loaders import load, shown
from schema.policies import LISTENING, SIGNED, WITHIN
from schema.replication import Changed
from schema.types.enums import DocumentState, SettlementKind
from schema.types.lazy import ATicket
from schema.types.scalars import Long
from schema.types.settlement import Settlement
from schema.values import Author, Refused, Role
from sync.wire import EPOCH_SIZE

PAGE: Final = 100
"""How much is read at once of what somebody has missed."""

AfterArgument = Annotated[
    Long | None,
    strawberry.argument(
        description="The last rev that you have heard or read (`rev`): all that is newer comes, in order; 0 for"
        " all there is. Null for what happens from now on. Over server-sent events `Last-Event-ID` says the same."
    ),
]
GridArgument = Annotated[strawberry.ID, strawberry.argument(description="The grid whose tickets are meant.")]
KindsArgument = Annotated[
    list[SettlementKind] | None,
    strawberry.argument(description="Only of one of these kinds: `[NIGHT]`."),
]


@strawberry.type(description="A ticket of a grid has changed, or is no longer that grid's.")
class TicketNews:
    row: strawberry.Private[News]

    rev: Long = column(WITHIN, "The rev of this change: go on from it by `after`.")
    id: strawberry.ID = column(WITHIN, "The ticket's id.")
    state: DocumentState = choice(
        WITHIN, "LIVE: it is this grid's. LEFT: another's now. GONE: nobody's.", DocumentState
    )

    @field(WITHIN, "The ticket as it is now, which may be newer than this change; null where it is not LIVE.")
    async def ticket(self, info: Info) -> ATicket | None:
        return await load(info.context, "ticket", self.row.id) if self.row.state == "LIVE" else None


@strawberry.type(
    description="What is said again and again, over WebSocket (graphql-transport-ws) or server-sent events (graphql-sse, distinct"
    " connections; each event's id is its rev). Every result says its rev in `extensions.rev`, too."
)
class Subscription:
    @subscription(
        SIGNED,
        "There is something to pull: the hub's rev, at once and whenever it has moved. What happened in between is"
        " one word; `changed(after: 10000000042)` says nothing before that is over.",
    )
    async def changed(self, info: Info, after: AfterArgument = None) -> AsyncGenerator[Changed, None]:
        context: Context = info.context
        since = await _since(context, after)
        async with aclosing(_heard(context, -1 if since is None else since)) as heard:
            async for rev in heard:
                context.said = rev
                yield Changed(latest=rev)

    @subscription(
        LISTENING,
        "The tickets of a grid as they change: each with what it is now, in the order of revs, none left out."
        " One that changed twice while you were away comes once. NOT_FOUND where there is no such grid whose"
        " tickets you may see; REV_UNKNOWN where you were away for too long.",
    )
    async def ticket_changed(
        self, info: Info, grid: GridArgument, after: AfterArgument = None
    ) -> AsyncGenerator[TicketNews, None]:
        context: Context = info.context
        await _listens(context, grid)
        at = await _from(context, after, tombstones=True)
        floor = (await context.store.standing()).rev if at == 0 else 0
        async with aclosing(_heard(context, at)) as heard:
            async for rev in heard:
                more = True
                while more:
                    await _listens(context, grid)
                    found = await context.store.news("ticket", f"grid:{grid}", at, floor, PAGE)
                    more = len(found) == PAGE
                    for one in found:
                        at = context.said = one.rev
                        yield TicketNews(row=one)
                    if more:
                        await _look_again(context)
                at = max(at, rev)

    @subscription(
        SIGNED,
        "Settlements as they are finished, the oldest first: nights, imports, and what offices do online."
        " `settlementFinished(kinds: [NIGHT])` for the morning's report.",
    )
    async def settlement_finished(
        self, info: Info, kinds: KindsArgument = None, after: AfterArgument = None
    ) -> AsyncGenerator[Settlement, None]:
        context: Context = info.context
        wanted = None if kinds is None else [str(one.value) for one in kinds]
        at = await _from(context, after, tombstones=False)
        async with aclosing(_heard(context, at)) as heard:
            async for rev in heard:
                more = True
                while more:
                    found = await context.store.settled(wanted, at, PAGE)
                    more = len(found) == PAGE
                    for one in found:
                        at = context.said = one.last_rev
                        yield shown("settlement", one)
                    if more:
                        await _look_again(context)
                at = max(at, rev)


async def _heard(context: Context, told: int) -> AsyncGenerator[int, None]:
    """The hub's rev, whenever it is above the last that was told, for as long as whoever asks may hear it.

    Nothing is held while one waits: there are more who listen than there are connections to the database.
    """
    await context.look_again()
    async with aclosing(context.hub.listen()) as moves:
        async for rev in moves:
            await _look_again(context)
            if rev > told:
                told = rev
                yield rev
                await context.look_again()


async def _look_again(context: Context) -> None:
    """Who asks, as of now; raises Refused UNAUTHENTICATED, REVOKED. What is read from here on is read anew."""
    if context.token is None:
        raise Refused("UNAUTHENTICATED")
    await context.look_again()
    context.author = await context.hub.authenticate(context.token)
    await context.look_again()


async def _since(context: Context, after: int | None) -> int | None:
    """From which rev on; raises Fault REV_UNKNOWN for one that this hub has not come to."""
    given = [one for one in (after, context.resumed) if one is not None]
    if not given:
        return None
    since = max(given)
    if not 0 <= since <= (await context.store.standing()).rev:
        raise Fault("REV_UNKNOWN")
    return since


async def _from(context: Context, after: int | None, *, tombstones: bool) -> int:
    """The same, now unless said; raises Fault REV_UNKNOWN where what was undone since is not told, or what left."""
    since = await _since(context, after)
    standing = await context.store.standing()
    if since is None:
        return standing.rev
    forgotten = tombstones and since < standing.horizon
    if since and (forgotten or since // EPOCH_SIZE != standing.epoch):
        raise Fault("REV_UNKNOWN")
    return since


async def _listens(context: Context, grid: str) -> None:
    """Nothing, where the caller may see this grid's tickets; else raises Fault NOT_FOUND."""
    author: Author = context.signed()
    if await load(context, "grid", grid) is None or not _carries(author, grid):
        raise Fault("NOT_FOUND")


def _carries(author: Author, grid: str) -> bool:
    return author.role is not Role.LIAISON or grid in author.scope

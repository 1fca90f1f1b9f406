"""Subscriptions: `changed`, by which a tablet with a network hears that there is something to pull."""

from collections.abc import AsyncGenerator

import strawberry
from strawberry.types.info import Info

from schema.context import Context
from schema.fields import subscription
from schema.policies import SIGNED
from schema.replication import Changed
from schema.values import Refused


@strawberry.type(description="What is said again and again, over WebSocket (graphql-transport-ws).")
class Subscription:
    @subscription(SIGNED, "There is something to pull: the hub's rev, at once and whenever it has moved.")
    async def changed(self, info: Info) -> AsyncGenerator[Changed, None]:
        context: Context = info.context
        async for rev in context.hub.changes():
            if context.token is None:
                raise Refused("UNAUTHENTICATED")
            await context.hub.authenticate(context.token)  # a revoked token hears no more
            yield Changed(latest=rev)

"""The usual way in Python: the same part of the schema in Strawberry over SQLModel objects with dataloaders.

It signs nobody in, measures nothing and hides nothing: it is asked for what a reader may see. Its
session is on the event loop's own thread, which with few connections is faster than threads are.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Final, TypeAlias, cast

import strawberry
from sqlalchemy import Engine, create_engine, make_url
from sqlmodel import Session, SQLModel, col, select
from starlette.applications import Starlette
from starlette.routing import Route
from strawberry.asgi import GraphQL
from strawberry.dataloader import DataLoader
from strawberry.types import Info

from schema.tables.grid import GridRow
from schema.tables.member import MemberRow
from schema.tables.ticket import TicketRow, TicketTakerRow
from sync.rules.transitions import STATES

DAY_MS: Final = 86_400_000
OFFSET_MS: Final = 8 * 3_600_000

State = Enum("State", {state: state for state in STATES})  # type: ignore[misc]
TicketState = strawberry.enum(State, name="TicketState")


class Loaders:
    """What one request reads of several at once."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.grids = DataLoader(self._by_id(GridRow))
        self.members = DataLoader(self._by_id(MemberRow))
        self.takers = DataLoader(self._takers)

    def _by_id(self, table: type[Any]) -> Callable[[list[str]], Any]:
        async def load(ids: list[str]) -> Sequence[SQLModel | None]:
            rows = self.session.exec(select(table).where(col(table.id).in_(ids)))
            found = {row.id: row for row in rows}
            return [found.get(one) for one in ids]

        return load

    async def _takers(self, tickets: list[str]) -> list[list[TicketTakerRow]]:
        found = defaultdict(list)
        asked = select(TicketTakerRow).where(col(TicketTakerRow.ticket).in_(tickets))
        for row in self.session.exec(asked.order_by(col(TicketTakerRow.position))):
            found[row.ticket].append(row)
        return [found[one] for one in tickets]


Asked: TypeAlias = Info[Loaders, None]


@strawberry.type
class Member:
    name: str


@strawberry.type
class Grid:
    @strawberry.field
    def name(self) -> str:
        return cast(str, cast(GridRow, self).name["zh"])


@strawberry.type
class Taker:
    @strawberry.field
    async def member(self, info: Asked) -> Member:
        return cast(Member, await info.context.members.load(cast(TicketTakerRow, self).member))


@strawberry.type
class Ticket:
    id: strawberry.ID
    rev: int
    category: str
    title: str
    place: str | None
    priority: str
    seats: int
    round: int

    @strawberry.field
    def state(self) -> TicketState:  # type: ignore[valid-type]
        return State(cast(TicketRow, self).state)

    @strawberry.field
    def opened_at(self) -> str:
        """The beginning of its day: a reader is told no moment."""
        opened = cast(TicketRow, self).opened + OFFSET_MS
        return iso(opened - opened % DAY_MS - OFFSET_MS)

    @strawberry.field
    async def grid(self, info: Asked) -> Grid:
        return cast(Grid, await info.context.grids.load(cast(TicketRow, self).grid))

    @strawberry.field
    async def takers(self, info: Asked) -> list[Taker]:
        return cast(list[Taker], await info.context.takers.load(cast(TicketRow, self).id))


@strawberry.type
class TicketEdge:
    node: Ticket


@strawberry.type
class TicketConnection:
    edges: list[TicketEdge]


@strawberry.input
class TicketFilter:
    grid: strawberry.ID
    states: list[TicketState]  # type: ignore[valid-type]


@strawberry.type
class Query:
    @strawberry.field
    def tickets(self, info: Asked, filter: TicketFilter, first: int) -> TicketConnection:
        states = [cast(Enum, one).value for one in filter.states]
        rows = info.context.session.exec(
            select(TicketRow)
            .where(TicketRow.grid == filter.grid, col(TicketRow.state).in_(states))
            .order_by(col(TicketRow.opened).desc(), col(TicketRow.id).desc())
            .limit(first)
        )
        return TicketConnection(edges=[TicketEdge(node=cast(Ticket, row)) for row in rows])


class Door(GraphQL[Loaders, None]):
    """A session and new loaders for each request."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(strawberry.Schema(Query), graphql_ide=None)
        self.engine = engine

    async def run(self, request: Any, *_: Any) -> Any:
        with Session(self.engine) as session:
            return await super().run(request, Loaders(session))


def app(url: str) -> Starlette:
    """The server, over a database that something else writes."""
    named = make_url(url)
    if named.get_backend_name() == "postgresql":
        engine = create_engine(named.set(drivername="postgresql+psycopg"))
    else:
        engine = create_engine(f"sqlite:///file:{named.database}?mode=ro&uri=true")
    return Starlette(routes=[Route("/graphql", Door(engine))])


def iso(moment_ms: int) -> str:
    return datetime.fromtimestamp(moment_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")

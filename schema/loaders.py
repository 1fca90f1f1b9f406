"""From ids and parents to things: what one operation asks for in one breath is one statement.

A type registers the collection that it shows; the loaders live as long as the operation.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, Final, NamedTuple, TypeVar

from strawberry.dataloader import DataLoader

from schema.context import Ask, Condition, Context, Slice, Sort, Window

T = TypeVar("T")

SHORT: Final = 500
"""How long a list may be that has no pages: units of a community, aliases of a member."""

SHOWN_AS: Final[dict[str, type[Any]]] = {}
"""The GraphQL type of each collection; filled by `shows`."""


def shows(collection: str) -> Callable[[type[T]], type[T]]:
    """Register a type as the one that shows the rows of this collection."""

    def register(shown: type[T]) -> type[T]:
        SHOWN_AS[collection] = shown
        return shown

    return register


def shown(collection: str, row: Any) -> Any:
    """A row as its GraphQL type."""
    return SHOWN_AS[collection](row=row)


def load(context: Context, collection: str, id: str) -> Awaitable[Any]:
    """One thing by its id; None where there is none that the caller may see."""

    async def things(ids: list[str]) -> Sequence[Any]:
        found = await context.store.things(collection, ids)
        return [shown(collection, found[one]) if one in found else None for one in ids]

    return _load(context, ("thing", collection), things, id)


async def load_all(context: Context, collection: str, ids: Sequence[str]) -> list[Any]:
    """Those of some things that the caller may see, in the order of their ids as given."""
    found = await asyncio.gather(*(load(context, collection, id) for id in ids))
    return [one for one in found if one is not None]


async def load_person(context: Context, id: str) -> Any:
    """The member proper that an id means: whatever names an alias is read as the member."""
    member = await load(context, "member", id)
    if member is None or member.row.alias_of is None:
        return member
    return await load(context, "member", member.row.alias_of)


def load_slice(context: Context, ask: Ask, parent: str | None) -> Awaitable[Slice]:
    """One window on a list; the windows of all parents that ask the same are one statement."""

    async def slices(parents: list[str | None]) -> Sequence[Slice]:
        found = await context.store.slices(ask, parents)
        return [found[one] for one in parents]

    return _load(context, ("slice", ask), slices, parent)


async def load_list(
    context: Context,
    collection: str,
    within: str,
    parent: str,
    by: str = "code",
    conditions: tuple[Condition, ...] = (),
) -> list[Any]:
    """All of a short list: what belongs to a parent, in the order of a column."""
    ask = Ask(collection, conditions, (Sort(by, False),), Window(SHORT), within)
    return [shown(collection, row) for row, _ in (await load_slice(context, ask, parent)).rows]


class Listing(NamedTuple):
    """The first of a plain list under some conditions: what a resolver may answer instead of rows."""

    collection: str
    conditions: tuple[Condition, ...]
    limit: int

    async def read(self, context: Context) -> list[Any]:
        rows = await context.store.listing(self.collection, self.conditions, self.limit)
        return [shown(self.collection, row) for row in rows]


GROUPED_AS: Final[dict[str, type[Any]]] = {}
"""The GraphQL type of each collection's groups; filled by `groups_of`."""


def groups_of(collection: str) -> Callable[[type[T]], type[T]]:
    """Register a type as the one that shows groups of this collection's rows."""

    def register(shown: type[T]) -> type[T]:
        GROUPED_AS[collection] = shown
        return shown

    return register


class Grouped(NamedTuple):
    """Rows told together by what they have in common, of a parent where `within` names the column of its id.

    by: names of server/groups.py; none for all in one. largest: those of the most rows first. skip: how many
    groups come before the first of these.
    """

    collection: str
    conditions: tuple[Condition, ...]
    by: tuple[str, ...]
    limit: int
    largest: bool = False
    within: str | None = None
    parent: str | None = None
    skip: int = 0

    async def read(self, context: Context) -> list[Any]:
        ask = self._replace(parent=None)

        async def groups(parents: list[str | None]) -> Sequence[Sequence[Any]]:
            found = await context.store.groups(ask, parents)
            return [found[one] for one in parents]

        rows = await _load(context, ("groups", ask), groups, self.parent)
        return [GROUPED_AS[self.collection](row=row) for row in rows]


class Found(NamedTuple):
    """Whatever has this id, or nothing: what a resolver may answer instead of it."""

    id: str

    async def read(self, context: Context) -> Any:
        found = await context.store.find([self.id])
        return shown(*found[self.id]) if self.id in found else None


class FoundAll(NamedTuple):
    """Whatever has each of these ids, in their order, or nothing."""

    ids: Sequence[str]

    async def read(self, context: Context) -> list[Any]:
        found = await context.store.find([*dict.fromkeys(self.ids)])
        return [shown(*found[id]) if id in found else None for id in self.ids]


def load_count(context: Context, ask: Ask, parent: str | None) -> Awaitable[int]:
    """How many rows a list has in all."""

    async def counts(parents: list[str | None]) -> Sequence[int]:
        found = await context.store.counts(ask, parents)
        return [found[one] for one in parents]

    return _load(context, ("count", ask), counts, parent)


def load_writer(context: Context, rev: int) -> Awaitable[Any]:
    """The settlement that gave out this rev; None where none did."""

    async def writers(revs: list[int]) -> Sequence[Any]:
        found = await context.store.writers(revs)
        return [shown("settlement", found[one]) if one in found else None for one in revs]

    return _load(context, "writer", writers, rev)


def load_called(context: Context, ticket: str) -> Awaitable[Any]:
    """What whoever may see a whistle is to know of its ticket, as columns by name."""

    async def called(tickets: list[str]) -> Sequence[Any]:
        found = await context.store.called(tickets)
        return [found.get(one) for one in tickets]

    return _load(context, "called", called, ticket)


def load_contact(context: Context, ticket: str) -> Awaitable[dict[str, Any] | None]:
    """A ticket's contact, read in the very transaction that notes who read it; None where there is none."""

    async def contacts(tickets: list[str]) -> Sequence[dict[str, Any] | None]:
        found = await context.hub.read_contacts(context.signed(), tickets)
        return [found.get(one) for one in tickets]

    return _load(context, "contact", contacts, ticket)


def _load(
    context: Context,
    name: Hashable,
    load_many: Callable[[list[Any]], Awaitable[Sequence[Any]]],
    key: Any,
) -> Awaitable[Any]:
    """One key's value."""
    if name not in context.loaders:
        context.loaders[name] = DataLoader(load_fn=load_many)
    loader: DataLoader[Any, Any] = context.loaders[name]
    return begun(loader.load(key))


def begun(reading: Awaitable[T]) -> Awaitable[T]:
    """A reading that goes on whether anybody waits for it or not.

    An error beside a field ends the waiting of its neighbours, and some of those before they began.
    """
    found = asyncio.ensure_future(reading)
    waiting = asyncio.shield(found)
    for one in (found, waiting):
        one.add_done_callback(_looked_at)
    return waiting


def _looked_at(found: asyncio.Future[Any]) -> None:
    """Nobody may be left to hear of a failure: then there was another, and that is told."""
    if not found.cancelled():
        found.exception()

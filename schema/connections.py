"""Relay connections: filters, order and pages as arguments, one statement for the page, one for the count.

A cursor holds the values that its row is ordered by, so a page follows its predecessor even when
rows came or went between them.
"""

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Any, Final, Generic, TypeVar

import msgspec
import strawberry
from strawberry.types.info import Info

from schema.context import Ask, Condition, Context, Slice, Sort, Window
from schema.errors import Fault
from schema.fields import field
from schema.loaders import load_count, load_slice, shown
from schema.policies import WITHIN

T = TypeVar("T")

DEFAULT_PAGE: Final = 50
MAX_PAGE: Final = 200
LARGEST: Final = 2**53
PERSONS_OWN: Final = frozenset({"person", "taker", "holder", "attendant"})

First = Annotated[
    int | None,
    strawberry.argument(
        description=f"The page's size, at most {MAX_PAGE}; {DEFAULT_PAGE} where neither `first` nor `last` is said."
    ),
]
Last = Annotated[
    int | None, strawberry.argument(description=f"The last so many instead, at most {MAX_PAGE}.")
]
After = Annotated[str | None, strawberry.argument(description="Begin after the row of this cursor.")]
Before = Annotated[str | None, strawberry.argument(description="End before the row of this cursor.")]


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    found: strawberry.Private[Slice]

    @field(WITHIN, "Whether more follows this page.")
    def has_next_page(self) -> bool:
        return self.found.has_next

    @field(WITHIN, "Whether something comes before this page.")
    def has_previous_page(self) -> bool:
        return self.found.has_previous

    @field(WITHIN, "The cursor of the first edge; null on an empty page.")
    def start_cursor(self) -> str | None:
        return cursor(self.found.rows[0][1]) if self.found.rows else None

    @field(WITHIN, "The cursor of the last edge; null on an empty page.")
    def end_cursor(self) -> str | None:
        return cursor(self.found.rows[-1][1]) if self.found.rows else None


@strawberry.type(description="One row of a page.")
class Edge(Generic[T]):
    shown: strawberry.Private[Any]
    values: strawberry.Private[tuple[Any, ...]]

    @field(WITHIN, "The row itself.")
    def node(self) -> T:
        return self.shown  # type: ignore[no-any-return]

    @field(WITHIN, "Where this row stands, for `after` and `before`.")
    def cursor(self) -> str:
        return cursor(self.values)


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    context: strawberry.Private[Context]
    ask: strawberry.Private[Ask]
    parent: strawberry.Private[str | None]

    @field(WITHIN, "The rows of this page, in order.")
    async def edges(self) -> list[Edge[T]]:
        found = await load_slice(self.context, self.ask, self.parent)
        return [Edge(shown=shown(self.ask.collection, row), values=values) for row, values in found.rows]

    @field(
        WITHIN, "The rows of this page without their cursors, in order: the short way for whoever needs none."
    )
    async def nodes(self) -> list[T]:
        found = await load_slice(self.context, self.ask, self.parent)
        return [shown(self.ask.collection, row) for row, _ in found.rows]

    @field(WITHIN, "Where this page stands in the list.")
    async def page_info(self) -> PageInfo:
        return PageInfo(found=await load_slice(self.context, self.ask, self.parent))

    @field(WITHIN, "How many rows the list has in all, on every page, under this filter.")
    async def total_count(self) -> int:
        return await load_count(self.context, self.ask._replace(order=(), window=Window(0)), self.parent)


def parent(within: str | None, root: Any) -> tuple[str, str] | None:
    """The column that ties a list to its parent, and the parent's id: for a person, the member proper's."""
    if within is None:
        return None
    person = root.row.alias_of if within in PERSONS_OWN else None
    return within, person or root.row.id


def connect(
    info: Info,
    collection: str,
    conditions: Sequence[Condition],
    order: Sequence[Sort],
    *,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
    within: tuple[str, str] | None = None,
) -> Any:
    """A connection on a collection, or on the part of it whose column `within[0]` holds `within[1]`.

    Raises Fault LIMIT for a page too large, BAD_USER_INPUT for one that makes no sense and
    BAD_CURSOR. Nothing is read before a field of the connection is asked for.
    """
    column, parent = within or (None, None)
    window = _window(len(order) + 1, first, after, last, before)
    ask = Ask(collection, tuple(conditions), tuple(order), window, column)
    return Connection(context=info.context, ask=ask, parent=parent)


def _window(width: int, first: int | None, after: str | None, last: int | None, before: str | None) -> Window:
    if first is not None and last is not None:
        raise Fault("BAD_USER_INPUT", "Say first or last, not both.")
    size = first if last is None else last
    size = DEFAULT_PAGE if size is None else size
    if size < 0:
        raise Fault("BAD_USER_INPUT", "A page's size is not below zero.")
    if size > MAX_PAGE:
        raise Fault("LIMIT", f"A page has at most {MAX_PAGE} rows.", limit="page", allowed=MAX_PAGE)
    return Window(size, last is not None, _values(after, width), _values(before, width))


def cursor(values: Sequence[Any]) -> str:
    """The values that a row is ordered by, as an opaque word."""
    return _word(msgspec.json.encode(values))


def cursor_of(values: str) -> str:
    """The same for values that are JSON already, as a database gives them."""
    return _word(values.encode())


def _word(values: bytes) -> str:
    return base64.urlsafe_b64encode(values).rstrip(b"=").decode()


def _values(text: str | None, width: int) -> tuple[Any, ...] | None:
    """The values of a cursor; raises Fault BAD_CURSOR when it has others than the order asks for."""
    if text is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        values: list[str | int] = msgspec.json.decode(raw, type=list[str | int])
    except (binascii.Error, ValueError, msgspec.DecodeError):
        raise Fault("BAD_CURSOR") from None
    if len(values) != width or any(isinstance(one, int) and abs(one) > LARGEST for one in values):
        raise Fault("BAD_CURSOR")
    return tuple(values)

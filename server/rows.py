"""The tables as a compiled selection uses them: the rows that somebody may see, and what names mean in them."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    and_,
    cast,
    func,
    literal_column,
    select,
)

from schema.context import Condition, Sort
from schema.tables.catalogue import MAPPINGS, METADATA
from schema.tables.meta import META
from schema.tables.reading import READING
from schema.tables.settlement import SETTLEMENT
from schema.tables.step import newer_outcome
from schema.tables.tablet import TABLET
from schema.tables.token import TOKEN
from schema.types.device import DeviceSeen
from schema.types.reading import ReadingSeen
from schema.values import Author
from server import columns, ties
from server.columns import TABLES, Key
from server.groups import Grouping, grouping
from server.meta import REV
from server.visible import visible

UNREAD: Final = frozenset(
    {"versions", "ranks", "grids", "before_version", "prices", "contact", "contact_since"}
)
"""Columns that only settlement needs; and contacts, which are read where their reading is noted (readings.py)."""

NODES: Final = (
    "ticket",
    "member",
    "service",
    "pointEntry",
    "conflict",
    "grid",
    "unit",
    "post",
    "team",
    "activity",
    "duty",
    "evaluation",
    "whistle",
    "community",
    "pointRule",
    "reward",
    "redemption",
    "adjustment",
    "recount",
    "pointExpiry",
    "device",
    "reading",
)
"""The collections in which whatever has a plain id is looked for."""

_ANYTHING: Final[ColumnElement[Any]] = literal_column("1")

SHORT_ORDERS: Final[dict[str, tuple[str, ...]]] = {
    "recount": ("-at", "id"),
    "conflict": ("-opened", "id"),
    "duty": ("-at", "id"),
    "evaluation": ("-ends", "id"),
    "settlement": ("-number",),
    "verdict": ("-settlement", "-position"),
    "device": ("name", "device"),
    "reading": ("-at", "id"),
}


def seen(collection: str, author: Author | None) -> Select[Any]:
    """The rows of a collection that somebody may see, with the columns that its type shows."""
    return _narrowed(collection, author, [one.label(name) for name, one in shown(collection).items()])


def _narrowed(collection: str, author: Author | None, columns: Sequence[Any]) -> Select[Any]:
    return select(*columns).select_from(TABLES[collection]).where(listed(collection, author))


def listed(collection: str, author: Author | None) -> ColumnElement[bool]:
    """Whether a row stands in a list for somebody: of the outcomes of a change the newest is its verdict."""
    there = visible(collection, author)
    return and_(there, ~newer_outcome()) if collection == "verdict" else there


@cache
def shown(collection: str) -> Mapping[str, ColumnElement[Any]]:
    """The columns that a type shows, under the names of its row."""
    if collection == "device":
        return _device()
    if collection == "reading":
        return _reading()
    if collection == "settlement":
        told = {one.name: one for one in SETTLEMENT.c if one.name not in {"effects", "seals"}}
        return {"id": SETTLEMENT.c.number, **told}
    found = {one.name: one for one in TABLES[collection].c if one.name not in UNREAD}
    if collection == "verdict":
        return {"id": columns.id_of(collection), **found}
    return found


def usual_order(collection: str) -> list[Key]:
    """The order of a plain list."""
    table = TABLES[collection]
    return [
        Key(table.c[name.lstrip("-")], name.startswith("-"), numeric=False)
        for name in SHORT_ORDERS.get(collection, ("code", "id"))
    ]


def _device() -> Mapping[str, ColumnElement[Any]]:
    device = MAPPINGS["device"].table
    mine = device.c.id == TABLET.c.device
    return {
        "id": TABLET.c.device,
        "rev": func.coalesce(select(device.c.rev).where(mine).scalar_subquery(), 0),
        "grids": select(device.c.grids).where(mine).scalar_subquery(),
        **{name: TABLET.c[name] for name in DeviceSeen._fields if name in TABLET.c},
    }


def _reading() -> Mapping[str, ColumnElement[Any]]:
    key = select(func.nullif(TOKEN.c.name, "")).where(TOKEN.c.id == READING.c.token).scalar_subquery()
    return {"key": key, **{name: READING.c[name] for name in ReadingSeen._fields if name in READING.c}}


class TableRows:
    """`schema.sources.Rows` over the tables."""

    nodes: Sequence[str] = NODES

    def visible(self, collection: str, author: Author) -> Select[Any]:
        return _narrowed(collection, author, [_ANYTHING])

    def columns(self, collection: str) -> Mapping[str, ColumnElement[Any]]:
        return shown(collection)

    def table(self, name: str) -> FromClause:
        return METADATA.tables[name]

    def id_of(self, collection: str) -> ColumnElement[Any]:
        found: ColumnElement[Any] = columns.id_of(collection)
        return found

    def where(self, collection: str, condition: Condition, author: Author) -> ColumnElement[bool]:
        return columns.where(collection, condition, author)

    def belongs(
        self, collection: str, within: str, parent: ColumnElement[Any], author: Author
    ) -> ColumnElement[bool]:
        return ties.belongs(collection, within, parent, author)

    def keys(self, collection: str, order: Sequence[Sort], day_offset_ms: int | None) -> Sequence[Key]:
        return columns.keys(collection, order, day_offset_ms)

    def beyond(self, keys: Any, values: Sequence[Any], *, backward: bool) -> ColumnElement[bool]:
        return columns.beyond(keys, values, backward=backward)

    def seen(self, collection: str, author: Author) -> ColumnElement[bool]:
        return listed(collection, author)

    def grouping(self, collection: str, by: Sequence[str], *, largest: bool) -> Grouping:
        return grouping(collection, by, largest=largest)

    def rev(self) -> ColumnElement[Any]:
        return cast(select(META.c.value).where(META.c.key == REV).scalar_subquery(), BigInteger)

    def usual_order(self, collection: str) -> Sequence[Key]:
        return usual_order(collection)

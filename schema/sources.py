"""Where the values of a compiled selection stand: rows under an alias, or JSON objects inside them.

`Rows` is what the server knows of the tables: which rows somebody may see, and what names mean in them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from sqlalchemy import Column, ColumnElement, FromClause, Select, literal_column

from schema.asking import NotCompiled
from schema.context import Condition, Sort
from schema.json_sql import Json, Sql, plain
from schema.values import Author

KEY: Final = "key_"


class Key(Protocol):
    """One thing to order by."""

    @property
    def sql(self) -> ColumnElement[Any]: ...
    @property
    def descending(self) -> bool: ...
    @property
    def moment(self) -> ColumnElement[Any] | None:
        """The column of which `sql` is the local day, where it is one and never null."""


class Grouping(Protocol):
    """Rows told together: from where they come, what may be asked of a group, by what, and in which order."""

    @property
    def source(self) -> FromClause: ...
    @property
    def columns(self) -> Mapping[str, ColumnElement[Any]]: ...
    @property
    def by(self) -> Sequence[ColumnElement[Any]]: ...
    @property
    def keys(self) -> Sequence[Key]: ...


class Rows(Protocol):
    """The tables, as one statement may use them. `nodes` are the collections whose things have an id of their own."""

    @property
    def nodes(self) -> Sequence[str]: ...

    def visible(self, collection: str, author: Author) -> Select[Any]:
        """The rows of a collection that the author may see."""

    def columns(self, collection: str) -> Mapping[str, ColumnElement[Any]]: ...
    def table(self, name: str) -> FromClause: ...
    def id_of(self, collection: str) -> ColumnElement[Any]: ...
    def where(self, collection: str, condition: Condition, author: Author) -> ColumnElement[bool]: ...
    def belongs(self, collection: str, within: str, parent: Sql, author: Author) -> ColumnElement[bool]:
        """Whether a row belongs to this parent by `within`: a column of its own, or what the tables say of it."""

    def keys(self, collection: str, order: Sequence[Sort], day_offset_ms: int | None) -> Sequence[Key]: ...
    def beyond(self, keys: Any, values: Sequence[Any], *, backward: bool) -> ColumnElement[bool]: ...
    def usual_order(self, collection: str) -> Sequence[Key]: ...
    def seen(self, collection: str, author: Author) -> ColumnElement[bool]:
        """Whether the author may see a row."""

    def grouping(self, collection: str, by: Sequence[str], *, largest: bool) -> Grouping: ...
    def rev(self) -> Sql:
        """How far the hub has come."""


class Source(Protocol):
    """Where a type's values stand."""

    def value(self, name: str, kind: type[Any] = str) -> Sql: ...


class RowSource:
    """A row of a table, under an alias; what is asked of it is what the statement selects."""

    def __init__(self, alias: str, columns: Mapping[str, ColumnElement[Any]]) -> None:
        self.alias = alias
        self.columns = columns
        self.asked: dict[str, ColumnElement[Any]] = {}

    def value(self, name: str, kind: type[Any] = str) -> Sql:
        if name not in self.columns:
            raise NotCompiled(f"no column {name}")
        self.asked[name] = self.columns[name].label(plain(name))
        return self.own(name, self.columns[name].type)

    def own(self, name: str, type_: Any = None) -> Sql:
        """A column of this row. As text: a name would bring the row's table into every statement that says it."""
        return literal_column(f'{self.alias}."{plain(name)}"', type_)

    def selected(self, keys: Sequence[Key] = ()) -> list[ColumnElement[Any]]:
        """What the rows are to be selected with: all that was asked, and what they are ordered by."""
        labels = [key.sql.label(f"{KEY}{index}") for index, key in enumerate(keys)]
        return [*self.asked.values(), *labels] or [literal_column("1").label("alone")]

    def order(self, keys: Sequence[Key], *, backward: bool = False) -> list[ColumnElement[Any]]:
        """The order of the selected rows, by what they were selected with."""
        return _directed([self.key(index, key) for index, key in enumerate(keys)], keys, backward)

    def key(self, index: int, key: Key) -> Sql:
        return self.own(f"{KEY}{index}", key.sql.type)


def order_by(keys: Sequence[Key], *, backward: bool = False) -> list[ColumnElement[Any]]:
    """The order in which rows are to be selected."""
    return _directed([key.sql for key in keys], keys, backward)


def _directed(
    values: Sequence[ColumnElement[Any]], keys: Sequence[Key], backward: bool
) -> list[ColumnElement[Any]]:
    return [
        value.desc() if key.descending is not backward else value.asc()
        for value, key in zip(values, keys, strict=True)
    ]


class BareSource:
    """A row of a table under the table's own name, for columns alone: what is selected within would hide it."""

    def __init__(self, columns: Mapping[str, ColumnElement[Any]]) -> None:
        self.columns = columns

    def value(self, name: str, kind: type[Any] = str) -> Sql:
        column = self.columns.get(name)
        if not isinstance(column, Column):
            raise NotCompiled(f"no column {name}")
        return literal_column(f'{plain(column.table.name)}."{plain(column.name)}"', column.type)


class ObjectSource:
    """A JSON object."""

    def __init__(self, json: Json, whole: Sql) -> None:
        self.json = json
        self.whole = whole

    def value(self, name: str, kind: type[Any] = str) -> Sql:
        return self.json.member(self.whole, name, kind)


class PairSource:
    """A name and its value in a JSON object."""

    def __init__(self, found: Mapping[str, Sql]) -> None:
        self.found = found

    def value(self, name: str, kind: type[Any] = str) -> Sql:
        return self.found[name]

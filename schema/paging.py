"""A connection in SQL: the rows of its page once, whatever is asked of them, and its count beside them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from graphql import FieldNode, get_named_type
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    Text,
    bindparam,
    case,
    func,
    literal,
    literal_column,
    select,
)

from schema.context import DAY_MS, Ask
from schema.json_sql import Sql
from schema.sources import RowSource, order_by

if TYPE_CHECKING:
    from schema.selection import Selection

PLACE: Final = "row_place"
NUMBER: Final = "row_count"


class Page:
    """One connection. Where it is `counted`, a row more than the page is selected to know whether more follows."""

    def __init__(
        self,
        selection: "Selection",
        ask: Ask,
        wheres: Sequence[ColumnElement[bool]],
        name: str,
        *,
        counted: bool,
    ) -> None:
        self.selection = selection
        self.ask = ask
        self.wheres = wheres
        self.counted = counted
        self.inner = RowSource(selection.alias(), selection.rows.columns(ask.collection))
        self.keys = selection.rows.keys(ask.collection, ask.order, selection.day_offset_ms)
        self.size: Sql = bindparam(f"{name}_size", None, type_=BigInteger)
        self.one_more: Sql = bindparam(f"{name}_more", None, type_=BigInteger)
        self.place = self.inner.own(PLACE, BigInteger())
        self.number = self.inner.own(NUMBER, BigInteger())

    def field(self, type_: Any, nodes: list[FieldNode]) -> Sql:
        """One field of the connection."""
        match nodes[0].name.value:
            case "totalCount":
                return self._total()
            case "edges":
                return self._edges(get_named_type(type_.fields["edges"].type), nodes)
            case "nodes":
                node = get_named_type(type_.fields["nodes"].type)
                return self._rows_as(self.selection.object(node, self.inner, nodes))
            case "pageInfo":
                return self._parts(get_named_type(type_.fields["pageInfo"].type), nodes, self._info)
            case name:
                return self.selection.type_name(type_, name)

    def rows(self) -> FromClause:
        """The page's rows, in the list's order."""
        window = self.ask.window
        rows = self.selection.visible(self.ask.collection).with_only_columns(*self.inner.selected(self.keys))
        rows = rows.where(*self.wheres)
        for values, backward in ((window.after, False), (window.before, True)):
            if values is not None:
                rows = rows.where(self.selection.rows.beyond(self.keys, values, backward=backward))
        if self.keys[0].moment is not None:
            rows = rows.where(self._near(rows, self.keys[0].moment))
        rows = rows.order_by(*order_by(self.keys, backward=window.backward))
        if not self.counted:
            return rows.limit(self.size).subquery(self.inner.alias)
        found = RowSource(self.selection.alias(), {})
        from_here = found.order(self.keys, backward=window.backward)
        place = func.row_number().over(order_by=from_here).label(PLACE)
        number = func.count().over().label(NUMBER)
        names = [*self.inner.asked, *(f"key_{index}" for index in range(len(self.keys)))]
        numbered = (
            select(*(found.own(name).label(name) for name in names), place, number)
            .select_from(rows.limit(self.one_more).subquery(found.alias))
            .order_by(*found.order(self.keys))
            .limit(self.one_more)
        )
        return numbered.subquery(self.inner.alias)

    def _near(self, rows: Select[Any], moment: ColumnElement[Any]) -> ColumnElement[bool]:
        """Where days are ordered by: not beyond the day on which the page's last row can be.

        An index gives the moments in order, and so the day of the row after that one with no more rows
        read than a page has; by days alone all the list would have to be sorted.
        """
        selection = self.selection
        descending = self.keys[0].descending is not self.ask.window.backward
        last = (
            rows.with_only_columns(moment)
            .order_by(moment.desc() if descending else moment.asc())
            .limit(1)
            .offset(self.one_more if self.counted else self.size)
            .correlate(None)
            .scalar_subquery()
        )
        day = selection.json.floored(last, selection.day_offset_ms or 0)
        if descending:
            return moment >= func.coalesce(day, literal_column("0"))
        return moment < func.coalesce(day + literal_column(str(DAY_MS)), literal_column(str(2**62)))

    def _total(self) -> Sql:
        rows = self.selection.visible(self.ask.collection)
        return rows.with_only_columns(func.count()).where(*self.wheres).scalar_subquery()

    def _parts(self, type_: Any, nodes: Sequence[FieldNode], part: Any) -> Sql:
        fields = self.selection.collected(type_, nodes)
        return self.selection.json.object([(key, part(type_, many)) for key, many in fields.items()])

    def _edges(self, type_: Any, nodes: Sequence[FieldNode]) -> Sql:
        return self._rows_as(self._parts(type_, nodes, self._edge))

    def _rows_as(self, value: Sql) -> Sql:
        only = self.place <= self.size if self.counted else None
        return self.selection.json.array(value, self.inner.order(self.keys), only)

    def _edge(self, type_: Any, nodes: list[FieldNode]) -> Sql:
        match nodes[0].name.value:
            case "node":
                node = get_named_type(type_.fields["node"].type)
                return self.selection.object(node, self.inner, nodes)
            case "cursor":
                return self._cursor()
            case name:
                return self.selection.type_name(type_, name)

    def _cursor(self) -> Sql:
        return self.selection.json.cursor([self.inner.key(index, key) for index, key in enumerate(self.keys)])

    def _info(self, type_: Any, nodes: list[FieldNode]) -> Sql:
        window = self.ask.window
        more: Sql = func.count() > self.size
        ends = {"hasNextPage": window.before, "hasPreviousPage": window.after}
        last = case((self.number < self.size, self.number), else_=self.size)
        match nodes[0].name.value:
            case "hasNextPage" | "hasPreviousPage" as name:
                known = literal(ends[name] is not None)
                ours = (name == "hasPreviousPage") is window.backward
                return self.selection.json.value(more if ours else known)
            case "startCursor":
                return self._at(last if window.backward else literal(1))
            case "endCursor":
                return self._at(literal(1) if window.backward else last)
            case name:
                return self.selection.type_name(type_, name)

    def _at(self, place: Sql) -> Sql:
        """The cursor of the row at this place, counted from where the page begins."""
        here = (self.place == place) & (self.place <= self.size)
        return func.max(case((here, self._cursor())), type_=Text)

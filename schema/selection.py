"""A GraphQL selection as one SQL statement that returns the JSON of its answer.

The same declarations serve resolvers and this: shapes (schema/shapes.py) say how fields come from rows,
policies who may read them, connections what a list asks for. How rows are narrowed to what somebody may
see, the server says (`Rows`). Whatever cannot be said in one statement, or would be an error, is
`NotCompiled` and goes the ordinary way, which gives the same answer.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLIncludeDirective,
    GraphQLNamedType,
    GraphQLSchema,
    GraphQLSkipDirective,
    OperationDefinitionNode,
    SelectionSetNode,
    get_argument_values,
    get_directive_values,
    get_named_type,
    is_abstract_type,
    is_list_type,
    is_non_null_type,
)
from sqlalchemy import (
    Column,
    FromClause,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    null,
    select,
)

from schema import shapes
from schema.asking import Asking, NotCompiled, Site, bound
from schema.connections import PERSONS_OWN
from schema.context import Ask
from schema.fields import Guarded
from schema.json_sql import Json, Sql, quoted
from schema.loaders import GROUPED_AS, SHORT, SHOWN_AS, Found, Grouped, Listing
from schema.paging import Page
from schema.sources import BareSource, ObjectSource, PairSource, Rows, RowSource, Source, order_by
from schema.values import Role

PAIRS: Final = 50
"""How many fields an object may have: SQLite takes 127 arguments, PostgreSQL 100."""

MANY: Final = 2**31 - 1
BARE: Final = (shapes.Plain, shapes.Moment, shapes.Day, shapes.Word, shapes.Said)
"""What comes from one column of the row, and selects nothing by itself."""

KINDS: Final[dict[str, type[Any]]] = {"Int": int, "Long": int, "Boolean": bool, "JSON": dict}


class Answer(NamedTuple):
    """One root field: the key it answers under, and the expression of its value; None for its type's name."""

    key: str
    sql: Sql | None
    constant: str = ""


class Selection:
    """One operation being compiled for one kind of author."""

    def __init__(
        self,
        schema: GraphQLSchema,
        fragments: Mapping[str, FragmentDefinitionNode],
        rows: Rows,
        json: Json,
        asking: Asking,
        day_offset_ms: int | None,
    ) -> None:
        self.schema = schema
        self.fragments = fragments
        self.rows = rows
        self.json = json
        self.asking = asking
        self.role = asking.author.role
        self.author = asking.symbolic
        self.day_offset_ms = day_offset_ms
        self.sites: list[Site] = []
        self.policies: set[str] = set()
        self.collections: set[str] = set()
        self.aliases = 0
        self.shows = {shown: collection for collection, shown in SHOWN_AS.items()}

    def answers(self, operation: OperationDefinitionNode) -> list[Answer]:
        """The root fields, in order; raises NotCompiled."""
        query: Any = self.schema.query_type
        return [self._root(key, query, nodes) for key, nodes in self.collected(query, [operation]).items()]

    def _root(self, key: str, query: Any, nodes: list[FieldNode]) -> Answer:
        if nodes[0].name.value == "__typename":
            return Answer(key, None, f'"{query.name}"')
        return Answer(key, self._field(query, None, nodes))

    # Selections

    def collected(self, type_: Any, nodes: Sequence[Any]) -> dict[str, list[FieldNode]]:
        """The fields that are asked of an object type, by the keys they answer under."""
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for node in nodes:
            if node.selection_set:
                self._collect(type_, node.selection_set, found, seen)
        if len(found) > PAIRS:
            raise NotCompiled("too many fields in one object")
        return found

    def _collect(
        self, type_: Any, sets: SelectionSetNode, found: dict[str, list[FieldNode]], seen: set[str]
    ) -> None:
        for node in sets.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                found.setdefault((node.alias or node.name).value, []).append(node)
                continue
            fragment: Any = node
            if isinstance(node, FragmentSpreadNode):
                if node.name.value in seen:
                    continue
                seen.add(node.name.value)
                fragment = self.fragments[node.name.value]
            if self._applies(type_, fragment.type_condition):
                self._collect(type_, fragment.selection_set, found, seen)

    def _included(self, node: Any) -> bool:
        if not node.directives:
            return True
        skip = get_directive_values(GraphQLSkipDirective, node, self.asking.variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self.asking.variables)
        return not (skip and skip["if"]) and not (include and not include["if"])

    def _applies(self, type_: GraphQLNamedType, condition: Any) -> bool:
        if condition is None or condition.name.value == type_.name:
            return True
        named: Any = self.schema.get_type(condition.name.value)
        return is_abstract_type(named) and self.schema.is_sub_type(named, type_)

    def object(self, type_: Any, source: Source, nodes: Sequence[FieldNode]) -> Sql:
        """An object of a type, with what is asked of it."""
        fields = self.collected(type_, nodes)
        return self.json.object([(key, self._field(type_, source, many)) for key, many in fields.items()])

    def _field(self, type_: Any, source: Source | None, nodes: list[FieldNode]) -> Sql:
        """One field's value. What the author may not read is null, or an error and not for here."""
        name = nodes[0].name.value
        declared: GraphQLField | None = type_.fields.get(name)
        if declared is None:
            return self.type_name(type_, name)
        guarded = declared.extensions["strawberry-definition"]
        if not guarded.policy.allows(self.asking.author):
            if source is None or is_non_null_type(declared.type):
                raise NotCompiled("refused")
            return null()
        self.policies.add(guarded.policy.name)
        shape = guarded.shape
        if isinstance(shape, shapes.HubRev):
            return cast(self.rows.rev(), Text)
        if shape is None or source is None:
            return self._asked(type_, declared, guarded, source, nodes)
        compile_: Any = _SHAPES.get(type(shape))
        if compile_ is None:
            raise NotCompiled(f"no SQL for {type(shape).__name__}")
        return compile_(self, shape, declared, source, nodes)  # type: ignore[no-any-return]

    def type_name(self, type_: Any, name: str) -> Sql:
        """What `__typename` answers; nothing else is left to ask here."""
        if name != "__typename":
            raise NotCompiled(f"{type_.name}.{name}")
        return quoted(type_.name)

    # Shapes

    def _plain(self, shape: shapes.Plain, declared: GraphQLField, source: Source, _: Any) -> Sql:
        inner = declared.type.of_type if is_non_null_type(declared.type) else declared.type
        kind = dict if is_list_type(inner) else KINDS.get(get_named_type(declared.type).name, str)
        value = self.json.value(source.value(shape.name, kind))
        if shape.otherwise is None:
            return value
        return func.coalesce(value, self.json.value(literal(shape.otherwise)), type_=value.type)

    def _moment(self, shape: shapes.Moment, _: Any, source: Source, __: Any) -> Sql:
        at = source.value(shape.name, int)
        if self.day_offset_ms is not None:
            at = self.json.floored(at, self.day_offset_ms)
        return self.json.moment(at)

    def _day(self, shape: shapes.Day, _: Any, source: Source, __: Any) -> Sql:
        return self.json.day(source.value(shape.name, int))

    def _word(self, shape: shapes.Word, declared: GraphQLField, source: Source, _: Any) -> Sql:
        enum = get_named_type(declared.type)
        if not isinstance(enum, GraphQLEnumType):
            raise NotCompiled("no enum")
        names = {one.value: name for name, one in enum.values.items()}
        numeric = any(isinstance(value, int) for value in names)
        value = source.value(shape.name, int if numeric else str)
        if all(word == name for word, name in names.items()):
            return value
        return case(*((value == word, quoted(name)) for word, name in names.items()))

    def _said(self, shape: shapes.Said, declared: GraphQLField, source: Source, nodes: Any) -> Sql:
        language = get_argument_values(declared, nodes[0], self.asking.variables)["language"]
        return self.json.member(source.value(shape.name, dict), language.value, str)

    def _keys(self, shape: shapes.Keys, _: Any, source: Source, __: Any) -> Sql:
        found = self.json.pairs(source.value(shape.name, dict), self.alias())
        alias = self.alias()
        rows = select(found.key.label("key")).select_from(found.rows).order_by(found.key).limit(MANY)
        key = literal_column(f"{alias}.key", Text)
        return self._scalar(self.json.array(key), rows.subquery(alias))

    def _one(self, shape: shapes.One, declared: GraphQLField, source: Source, nodes: Any) -> Sql:
        return self._thing(get_named_type(declared.type), shape.collection, source.value(shape.name), nodes)

    def _wrote(self, shape: shapes.Wrote, declared: GraphQLField, source: Source, nodes: Any) -> Sql:
        columns, rev = self.rows.columns("settlement"), source.value(shape.name, int)
        whose = case((columns["last_rev"] >= rev, columns["number"]))
        newest = (
            self.visible("settlement")
            .with_only_columns(whose)
            .where(columns["first_rev"] <= rev)
            .order_by(columns["first_rev"].desc(), columns["number"].desc())
            .limit(1)
        )
        return self._thing(get_named_type(declared.type), "settlement", newest.scalar_subquery(), nodes)

    def _person(self, shape: shapes.Person, declared: GraphQLField, source: Source, nodes: Any) -> Sql:
        columns = self.rows.columns("member")
        whose = self.visible("member").with_only_columns(func.coalesce(columns["alias_of"], columns["id"]))
        whose = whose.where(columns["id"] == source.value(shape.name))
        return self._thing(get_named_type(declared.type), "member", whose.scalar_subquery(), nodes)

    def _subject(self, shape: shapes.Subject, declared: GraphQLField, source: Source, nodes: Any) -> Sql:
        word, id = source.value(shape.by), source.value(shape.name)
        choices = []
        for collection in self.rows.nodes:
            words = [collection]
            if shape.things is not None:
                words = [one for one, thing in shape.things.items() if thing == collection]
            if words:
                test = word.in_([quoted(one) for one in words])
                choices.append((test, self._thing(self._type_of(collection), collection, id, nodes)))
        return case(*choices)

    def _many(self, shape: shapes.Many, declared: GraphQLField, source: Source, nodes: Any) -> Sql:
        found = self.json.elements(source.value(shape.name, dict), self.alias())
        inner = RowSource(self.alias(), self.rows.columns(shape.collection))
        value = self.object(get_named_type(declared.type), inner, nodes)
        id = self.json.element(found.value, str)
        rows = (
            self.visible(shape.collection)
            .with_only_columns(*inner.selected(), found.key.label("row_place"))
            .select_from(found.rows)
            .where(self.rows.id_of(shape.collection) == id)
            .order_by(found.key)
            .limit(MANY)
        )
        place = inner.own("row_place")
        return self._scalar(self.json.array(value, [place]), rows.subquery(inner.alias))

    def _short(self, shape: shapes.Short, declared: GraphQLField, source: Source, nodes: Any) -> Sql:
        inner = RowSource(self.alias(), self.rows.columns(shape.collection))
        value = self.object(get_named_type(declared.type), inner, nodes)
        keys = self.rows.keys(shape.collection, shape.order, self.day_offset_ms)
        rows = (
            self.visible(shape.collection)
            .with_only_columns(*inner.selected(keys))
            .where(self.rows.belongs(shape.collection, shape.within, source.value("id"), self.author))
            .order_by(*order_by(keys))
            .limit(SHORT)
        )
        order = inner.order(keys)
        return self._scalar(self.json.array(value, order), rows.subquery(inner.alias))

    def _part(self, shape: shapes.Part, declared: GraphQLField, source: Source, nodes: Any) -> Sql:
        whole = source.value(shape.name, dict)
        value = self.object(get_named_type(declared.type), ObjectSource(self.json, whole), nodes)
        return case((and_(whole.is_not(None), cast(whole, Text) != quoted("{}")), value))

    def _whole(self, shape: shapes.Whole, declared: GraphQLField, source: Source, nodes: Any) -> Sql:
        whole = source.value(shape.name, dict)
        return self.object(get_named_type(declared.type), ObjectSource(self.json, whole), nodes)

    def _parts(self, shape: shapes.Parts, declared: GraphQLField, source: Source, nodes: Any) -> Sql:
        found = self.json.elements(source.value(shape.name, dict), self.alias())
        value = self.object(get_named_type(declared.type), ObjectSource(self.json, found.value), nodes)
        return self._scalar(self.json.array(value, [found.key]), found.rows)

    def _pairs(self, shape: shapes.Pairs, declared: GraphQLField, source: Source, nodes: Any) -> Sql:
        found = self.json.pairs(source.value(shape.name, dict), self.alias())
        pair = {shape.key: found.key, shape.value: self.json.element(found.value, int)}
        value = self.object(get_named_type(declared.type), PairSource(pair), nodes)
        return self._scalar(self.json.array(value), found.rows)

    def _held(self, shape: shapes.Held, declared: GraphQLField, source: Source, nodes: Any) -> Sql:
        table = self.rows.table(shape.table)
        inner = RowSource(self.alias(), dict(table.c))
        value = self.object(get_named_type(declared.type), inner, nodes)
        place = inner.value("position")
        rows = (
            select(*inner.selected())
            .where(table.c[shape.within] == source.value("id"))
            .order_by(table.c.position)
            .limit(MANY)
        )
        return self._scalar(self.json.array(value, [place]), rows.subquery(inner.alias))

    def _inside(self, shape: shapes.Inside, declared: GraphQLField, source: Source, nodes: Any) -> Sql:
        compile_: Any = _SHAPES[type(shape.shape)]
        inside = ObjectSource(self.json, source.value(shape.name, dict))
        return compile_(self, shape.shape, declared, inside, nodes)  # type: ignore[no-any-return]

    def _scoped(self, shape: shapes.Scoped, _: Any, source: Source, __: Any) -> Sql:
        value = source.value(shape.name)
        if self.role is not Role.LIAISON:
            return value
        carried = source.value(shape.within).in_(self.author.scope) if self.author.scope else false()
        return case((carried, value))

    def _ranked(self, shape: shapes.Ranked, _: Any, source: Source, __: Any) -> Sql:
        value = source.value(shape.name, int)
        if self.role is not Role.READER:
            return value
        columns = self.rows.columns("community")
        ranks = self.json.member(columns["policies"], "rankIndividuals", bool)
        asked = self.visible("community").with_only_columns(ranks)
        where = self.rows.id_of("community") == source.value("community")
        return case((asked.where(where).scalar_subquery(), value))

    # Things and lists

    def _type_of(self, collection: str) -> Any:
        return self.schema.get_type(SHOWN_AS[collection].__name__)

    def _thing(self, type_: Any, collection: str, id: Sql, nodes: Sequence[FieldNode]) -> Sql:
        """The thing with this id, if the author may see it.

        Where columns alone are asked of it, they are selected directly: SQLite's parser counts every level.
        """
        found = self.visible(collection).where(self.rows.id_of(collection) == id)
        bare = BareSource(self.rows.columns(collection))
        if self._is_bare(type_, bare, nodes):
            return found.with_only_columns(self.object(type_, bare, nodes)).scalar_subquery()
        source = RowSource(self.alias(), self.rows.columns(collection))
        value = self.object(type_, source, nodes)
        rows = found.with_only_columns(*source.selected())
        return self._scalar(value, rows.subquery(source.alias))

    def _is_bare(self, type_: Any, source: BareSource, nodes: Sequence[FieldNode]) -> bool:
        """Whether columns of its own are all that is asked of a thing."""
        declared = [type_.fields.get(many[0].name.value) for many in self.collected(type_, nodes).values()]
        shapes_ = [None if one is None else one.extensions["strawberry-definition"].shape for one in declared]
        return all(
            isinstance(shape, BARE) and isinstance(source.columns.get(shape.name), Column)
            for shape in shapes_
        )

    def _asked(
        self, type_: Any, declared: GraphQLField, guarded: Guarded, source: Source | None, nodes: Any
    ) -> Sql:
        """A field whose resolver says what it asks for: a connection, a plain list, or one thing by its id."""
        named: Any = get_named_type(declared.type)
        lists = {"edges", "pageInfo", "totalCount"} <= set(getattr(named, "fields", ()))
        lists = lists or self._origin_of(named) in GROUPED_AS.values()
        if not lists and not (source is None and (is_abstract_type(named) or self._collection_of(named))):
            raise NotCompiled(f"a resolver of its own: {type_.name}.{nodes[0].name.value}")
        site = Site(declared, guarded, nodes[0])
        asked = self.asking.ask(site)
        name = f"s{len(self.sites)}"
        self.sites.append(site)
        if isinstance(asked, Found):
            id = bindparam(f"{name}_0", None, type_=Text)
            found = [self._thing(self._type_of(one), one, id, nodes) for one in self.rows.nodes]
            return func.coalesce(*found, type_=found[0].type)
        ask = bound(asked, name)
        if isinstance(ask, Listing):
            return self._listing(named, ask, nodes)
        if isinstance(ask, Grouped):
            return self._groups(named, ask, source, nodes)
        return self._connection(named, ask, source, name, nodes)

    def _collection_of(self, named: Any) -> str | None:
        return self.shows.get(self._origin_of(named))

    def _origin_of(self, named: Any) -> Any:
        """The class that declares a type; None for what is declared by none of ours."""
        return getattr(named.extensions.get("strawberry-definition"), "origin", None)

    def _groups(self, type_: Any, ask: Grouped, source: Source | None, nodes: Any) -> Sql:
        """Rows told together, each group an object; of what is not asked nothing is reckoned."""
        self.collections.add(ask.collection)
        grouping = self.rows.grouping(ask.collection, ask.by, largest=ask.largest)
        inner = RowSource(self.alias(), grouping.columns)
        inner.value("count")
        value = self.object(type_, inner, nodes)
        wheres = [self.rows.seen(ask.collection, self.author)]
        wheres += [self.rows.where(ask.collection, one, self.author) for one in ask.conditions]
        if ask.within is not None:
            if source is None:
                raise NotCompiled("groups within nothing")
            wheres.append(self.rows.belongs(ask.collection, ask.within, source.value("id"), self.author))
        rows = (
            select(*inner.selected(grouping.keys))
            .select_from(grouping.source)
            .where(*wheres)
            .group_by(*grouping.by)
            .order_by(*order_by(grouping.keys))
            .limit(ask.limit)
            .offset(ask.skip)
        )
        order = inner.order(grouping.keys)
        return self._scalar(self.json.array(value, order), rows.subquery(inner.alias))

    def _listing(self, type_: Any, ask: Listing, nodes: Any) -> Sql:
        inner = RowSource(self.alias(), self.rows.columns(ask.collection))
        value = self.object(type_, inner, nodes)
        keys = self.rows.usual_order(ask.collection)
        rows = (
            self.visible(ask.collection)
            .with_only_columns(*inner.selected(keys))
            .where(*(self.rows.where(ask.collection, one, self.author) for one in ask.conditions))
            .order_by(*order_by(keys))
            .limit(ask.limit)
        )
        return self._scalar(self.json.array(value, inner.order(keys)), rows.subquery(inner.alias))

    def _connection(self, type_: Any, ask: Ask, source: Source | None, name: str, nodes: Any) -> Sql:
        """A page of a list: its rows once, whatever is asked of them; the count beside them."""
        wheres = [self.rows.where(ask.collection, one, self.author) for one in ask.conditions]
        if ask.within is not None:
            if source is None:
                raise NotCompiled("a list within nothing")
            parent = source.value("id")
            if ask.within in PERSONS_OWN:
                parent = func.coalesce(source.value("alias_of"), parent)
            wheres.append(self.rows.belongs(ask.collection, ask.within, parent, self.author))
        fields = self.collected(type_, nodes)
        named = {many[0].name.value for many in fields.values()}
        counted = ask.window.backward or "pageInfo" in named
        page = Page(self, ask, wheres, name, counted=counted)
        value = self.json.object([(key, page.field(type_, many)) for key, many in fields.items()])
        if not named & {"edges", "nodes", "pageInfo"}:
            return value
        if not named & {"edges", "nodes"}:
            # Of no rows and of many it is one value, also where nothing in it is made of all of them.
            value = case((func.count() >= 0, value))
        return self._scalar(value, page.rows())

    def visible(self, collection: str) -> Select[Any]:
        """The rows of a collection that the author may see."""
        self.collections.add(collection)
        return self.rows.visible(collection, self.author)

    def alias(self) -> str:
        self.aliases += 1
        return f"t{self.aliases}"

    def _scalar(self, value: Sql, rows: FromClause) -> Sql:
        return select(value).select_from(rows).scalar_subquery()


_SHAPES: Final[dict[type[Any], Any]] = {
    shapes.Plain: Selection._plain,
    shapes.Moment: Selection._moment,
    shapes.Day: Selection._day,
    shapes.Word: Selection._word,
    shapes.Said: Selection._said,
    shapes.Keys: Selection._keys,
    shapes.One: Selection._one,
    shapes.Wrote: Selection._wrote,
    shapes.Person: Selection._person,
    shapes.Subject: Selection._subject,
    shapes.Many: Selection._many,
    shapes.Short: Selection._short,
    shapes.Part: Selection._part,
    shapes.Whole: Selection._whole,
    shapes.Parts: Selection._parts,
    shapes.Pairs: Selection._pairs,
    shapes.Held: Selection._held,
    shapes.Inside: Selection._inside,
    shapes.Scoped: Selection._scoped,
    shapes.Ranked: Selection._ranked,
}

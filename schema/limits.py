"""What one operation may ask for: source, tokens, depth, aliases, fields, directives, root fields, cost.

Each fragment is measured once and counted as often as it is spread, so a chain of 90 doubling
fragments is refused as fast as it is read. Measured before the rules of GraphQL look at a
document, because some of them take time in the square of what is in it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from graphql import (
    ArgumentNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLField,
    GraphQLSchema,
    IntValueNode,
    ListValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
)

from schema.connections import DEFAULT_PAGE, MAX_PAGE
from schema.errors import CODES
from schema.loaders import SHORT


class Limits(NamedTuple):
    """The most of each that one operation may have.

    `cost` counts fields times the rows they may be of. `pairs` counts pairs of fields that answer
    under one name anywhere in the document: GraphQL asks of each pair whether it can be merged.
    """

    source: int = 60_000
    tokens: int = 8_000
    nodes: int = 600
    pairs: int = 20_000
    depth: int = 20
    fragments: int = 60
    aliases: int = 60
    fields: int = 1_500
    directives: int = 60
    root_fields: int = 25
    cost: int = 60_000


LIMITS: Final = Limits()


class Given(NamedTuple):
    """The most that one operation may be given: values in all, values in one list, lists and objects within
    one another, and letters in one text.
    """

    values: int
    list: int
    depth: int
    text: int

    def of(self, limit: str) -> int:
        """What is allowed of this, by the name that an error has for it."""
        return self.depth if limit == "valueDepth" else int(getattr(self, limit))


READ: Final = Given(values=1_000, list=200, depth=20, text=100_000)
"""Of what is read: a list of ids is as long as a page, and a checkpoint names all grids of a tablet."""

WRITTEN: Final = Given(values=10_000, list=2_000, depth=20, text=10_000_000)
"""Of what is written. The most that is good has 8,600: an upload of 500 changes, each in a run of its own, with
1,000 openings. Mutations have smaller measures of their own, and words for what is beyond them.
"""

STRANGERS: Final = Given(values=50, list=20, depth=8, text=1_000)
"""Of whoever has no good token: to enrol, or to open one's own page, takes three values."""


def allowed(operation: OperationDefinitionNode) -> Given:
    """The most that this kind of operation may be given by whoever has a token."""
    return WRITTEN if operation.operation is OperationType.MUTATION else READ


FREE: Final = 500
"""What an operation of the protocol may cost without its being charged: a tablet asks for a hundred."""

PROTOCOL: Final = frozenset({"push", "pull", "renew", "enrol", "now", "changed", "openPage"})
"""What is asked by the protocol, or by a one-time code: whoever has one gets in whatever others have spent."""

GROUPING: Final = 100
"""What telling rows together costs, besides the groups: all of them have to be read."""

LIST: Final = 5
"""How many rows a list without pages is reckoned to have that is part of one thing: a ticket's takers."""

ROWS: Final[dict[str, int]] = {
    "Community": 10,
    "Unit": 100,
    "Community.units": 20,
    "Device": 100,
    "PointRule": 50,
    "PointExpiry": 20,
    "Recount": 50,
    "Term": 20,
    "GridShare": 50,
    "DivisionMove": 200,
    "PlannedDispatch": 200,
    "OwedDuty": 100,
    "MemberRecord": 100,
    "EvaluationCount": 100,
    "DuplicateHint": 10,
    "SignIn": 20,
    "TeamMember": 20,
    "Rule": 100,
    "Code": 200,
}
"""How many rows any other list without pages is reckoned to have, by its field or by what it is a list of.

Such a list never has more than 500. It is reckoned as long as a large district's, not as long as it may get:
the units of all communities are together no more than the list of all units has, so that 500 times 500 would
refuse whoever asks for the units of each community, who are a hundred or two. Communities are ten, because what
front-ends ask is of each community its grids, and of each grid its tickets told together.
"""

MANY: Final = frozenset({"ids", "inputs"})
"""The arguments for each of which there is one row: what is asked for, or what is to be changed."""

INTROSPECTION: Final = 1_000
"""What `__schema` or `__type` costs: what is said of the schema is long."""


class Size(NamedTuple):
    """What a selection comes to, its fragments counted as often as they are spread."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0

    def beside(self, other: "Size") -> "Size":
        return Size(
            max(self.depth, other.depth),
            self.fields + other.fields,
            self.aliases + other.aliases,
            self.directives + other.directives,
        )


class TooDeep(Exception):
    """The document nests deeper than is measured."""


class _Measure:
    """The sizes of one document's fragments, each measured once."""

    def __init__(self, document: DocumentNode, limits: Limits) -> None:
        self.fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        self.sizes: dict[str, Size] = {}
        self.limits = limits
        self.nodes = 0
        self.longest = 0
        self.names: Counter[str] = Counter()

    def selection(self, selected: SelectionSetNode | None, depth: int, hops: int) -> Size:
        if depth > self.limits.depth or hops > self.limits.fragments:
            raise TooDeep
        size = Size()
        for node in () if selected is None else selected.selections:
            size = size.beside(self._node(node, depth, hops))
        return size

    def _node(self, node: Any, depth: int, hops: int) -> Size:
        self.nodes += 1
        self.written(node)
        own = Size(directives=len(node.directives or ()))
        if isinstance(node, FragmentSpreadNode):
            return own.beside(self._fragment(node.name.value, depth, hops + 1))
        if not isinstance(node, FieldNode):
            return own.beside(self.selection(node.selection_set, depth, hops + 1))
        self.names[(node.alias or node.name).value] += 1
        inner = self.selection(node.selection_set, depth + 1, hops)
        return own.beside(Size(1, 1, 1 if node.alias else 0)).beside(inner._replace(depth=inner.depth + 1))

    def written(self, node: Any) -> None:
        """Note how long the lists are that stand in the arguments or defaults of this."""
        stack: list[Any] = [*(getattr(node, "arguments", None) or ())]
        stack += [one.default_value for one in getattr(node, "variable_definitions", None) or ()]
        for directive in node.directives or ():
            stack.extend(directive.arguments or ())
        while stack:
            one = stack.pop()
            if isinstance(one, ListValueNode):
                self.longest = max(self.longest, len(one.values))
                stack.extend(one.values)
            elif isinstance(one, ObjectValueNode):
                stack.extend(one.fields)
            elif isinstance(one, ArgumentNode | ObjectFieldNode):
                stack.append(one.value)

    @property
    def pairs(self) -> int:
        return sum(count * count for count in self.names.values())

    def _fragment(self, name: str, depth: int, hops: int) -> Size:
        """A fragment's size; one that spreads itself is left to the rule that forbids it."""
        if name not in self.sizes:
            self.sizes[name] = Size()
            fragment = self.fragments.get(name)
            self.sizes[name] = self.selection(fragment.selection_set if fragment else None, depth, hops)
        if depth + self.sizes[name].depth > self.limits.depth:
            raise TooDeep
        return self.sizes[name]


def check_size(document: DocumentNode, limits: Limits = LIMITS) -> list[GraphQLError]:
    """Errors LIMIT for what the first operation or fragment that has too much has too much of."""
    measure = _Measure(document, limits)
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode | FragmentDefinitionNode):
            errors = _excesses(node, measure, limits)
            if errors:
                return errors
    return []


def _excesses(
    node: OperationDefinitionNode | FragmentDefinitionNode, measure: _Measure, limits: Limits
) -> list[GraphQLError]:
    try:
        size = measure.selection(node.selection_set, 1, 0)
    except TooDeep:
        return [limit_error("depth", limits.depth, node)]
    measure.written(node)
    given = allowed(node) if isinstance(node, OperationDefinitionNode) else READ
    roots = _roots(node, measure) if isinstance(node, OperationDefinitionNode) else 0
    return [
        limit_error(name, most, node)
        for name, found, most in (
            ("depth", size.depth, limits.depth),
            ("fields", size.fields, limits.fields),
            ("aliases", size.aliases, limits.aliases),
            ("directives", size.directives + len(node.directives or ()), limits.directives),
            ("rootFields", roots, limits.root_fields),
            ("nodes", measure.nodes, limits.nodes),
            ("pairs", measure.pairs, limits.pairs),
            ("list", measure.longest, given.list),
        )
        if found > most
    ]


def _roots(operation: OperationDefinitionNode, measure: _Measure) -> int:
    """How many fields stand at an operation's root, those of its fragments included."""
    counted: dict[str, int] = {}

    def count(selected: SelectionSetNode) -> int:
        return sum(one(node) for node in selected.selections)

    def one(node: Any) -> int:
        if isinstance(node, FieldNode):
            return 1
        if not isinstance(node, FragmentSpreadNode):
            return count(node.selection_set)
        name = node.name.value
        if name not in counted:
            counted[name] = 0
            fragment = measure.fragments.get(name)
            counted[name] = count(fragment.selection_set) if fragment else 0
        return counted[name]

    return count(operation.selection_set)


def limit_error(limit: str, allowed: int, node: Any = None) -> GraphQLError:
    """What is said of whatever there is too much of."""
    return GraphQLError(
        CODES["LIMIT"], nodes=node, extensions={"code": "LIMIT", "limit": limit, "allowed": allowed}
    )


def cost(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
) -> int:
    """How many fields an operation may have to answer: each as often as the lists it stands in are long.

    A value in a list that is given counts as a field does. The document is valid by now, and its size within limits.
    """
    return _Cost(schema, document, variables).selection(
        operation.selection_set, schema.get_root_type(operation.operation)
    )


def price(operation: OperationDefinitionNode, cost: int) -> int:
    """What of an operation's cost its key's budget is charged: nothing for what tablets ask by the protocol.

    Whoever asks for more beside it, or for much behind it, pays for all.
    """
    fields = operation.selection_set.selections
    ours = all(isinstance(one, FieldNode) and one.name.value in PROTOCOL for one in fields)
    return 0 if ours and cost <= FREE else cost


def listed(value: Any) -> int:
    """How many values stand in lists, at any depth."""
    if isinstance(value, list):
        return len(value) + sum(listed(one) for one in value)
    return sum(listed(one) for one in value.values()) if isinstance(value, Mapping) else 0


class _Cost:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        self.schema = schema
        self.variables = variables
        self.fragments = {
            one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
        }
        self.costs: dict[str, int] = {}
        self.listed: dict[str, int] = {}

    def selection(self, selected: SelectionSetNode | None, type_: Any, page: int = 1) -> int:
        return sum(self._costs(selected, type_, page))

    def _costs(self, selected: SelectionSetNode | None, type_: Any, page: int) -> Iterator[int]:
        for node in () if selected is None else selected.selections:
            if isinstance(node, FieldNode):
                yield self._field(node, type_, page)
            elif isinstance(node, FragmentSpreadNode):
                yield self._fragment(node.name.value, page)
            else:
                condition: Any = node
                named = condition.type_condition
                inner = self.schema.get_type(named.name.value) if named else type_
                yield self.selection(condition.selection_set, inner, page)

    def _field(self, node: FieldNode, type_: Any, page: int) -> int:
        given = (
            0 if node.name.value in PROTOCOL else sum(self._listed(one.value) for one in node.arguments or ())
        )
        return given + self._answers(node, type_, page)

    def _listed(self, value: Any) -> int:
        """How many values stand in the lists that an argument is given: each is looked for in each row."""
        if isinstance(value, VariableNode):
            name = value.name.value
            if name not in self.listed:
                self.listed[name] = listed(self.variables.get(name))
            return self.listed[name]
        if isinstance(value, ListValueNode):
            return len(value.values) + sum(self._listed(one) for one in value.values)
        if isinstance(value, ObjectValueNode):
            return sum(self._listed(one.value) for one in value.fields)
        return 0

    def _answers(self, node: FieldNode, parent: Any, page: int) -> int:
        declared: GraphQLField | None = getattr(parent, "fields", {}).get(node.name.value)
        if node.name.value in {"__schema", "__type"}:
            return INTROSPECTION
        if declared is None or node.selection_set is None:
            return 1
        inner = get_named_type(declared.type)
        if "first" in declared.args and "last" in declared.args:
            return 1 + self.selection(node.selection_set, inner, self._page(node))
        type_ = declared.type.of_type if is_non_null_type(declared.type) else declared.type
        rows = self._rows(node, declared, page, parent.name) if is_list_type(type_) else 1
        own = GROUPING if "by" in declared.args else 1
        return own + rows * self.selection(node.selection_set, inner)

    def _rows(self, node: FieldNode, declared: GraphQLField, page: int, parent: str) -> int:
        """How many rows a list may have: a page's, or one for each id that is asked for."""
        if node.name.value in {"edges", "nodes"} and not declared.args:
            return page
        if "first" in declared.args:
            return self._page(node)
        if "limit" in declared.args:
            return self._limit(node, declared)
        for name in MANY & declared.args.keys():
            return self._given(node, name)
        by_type = ROWS.get(get_named_type(declared.type).name, LIST)
        return ROWS.get(f"{parent}.{node.name.value}", by_type)

    def _limit(self, node: FieldNode, declared: GraphQLField) -> int:
        """What `limit` says, or what it is where nothing is said."""
        found = declared.args["limit"].default_value
        for argument in node.arguments or ():
            value = argument.value
            if argument.name.value != "limit":
                continue
            if isinstance(value, IntValueNode):
                found = int(value.value) if len(value.value) < 10 else SHORT
            elif isinstance(value, VariableNode):
                found = self.variables.get(value.name.value, found)
        return max(1, min(found, SHORT)) if isinstance(found, int) else SHORT

    def _given(self, node: FieldNode, name: str) -> int:
        """How many there are in a list that a field is given."""
        for argument in node.arguments or ():
            value = argument.value
            if argument.name.value == name and isinstance(value, ListValueNode):
                return len(value.values)
            if argument.name.value == name and isinstance(value, VariableNode):
                given = self.variables.get(value.name.value)
                return len(given) if isinstance(given, list) else 1
        return 1

    def _fragment(self, name: str, page: int) -> int:
        key = f"{name}:{page}"
        if key not in self.costs:
            fragment = self.fragments[name]
            inner = self.schema.get_type(fragment.type_condition.name.value)
            self.costs[key] = self.selection(fragment.selection_set, inner, page)
        return self.costs[key]

    def _page(self, node: FieldNode) -> int:
        """The size of a connection's page, as far as its arguments say one."""
        for argument in node.arguments or ():
            if argument.name.value in {"first", "last"}:
                value = argument.value
                if isinstance(value, IntValueNode):
                    return max(1, min(int(value.value), MAX_PAGE)) if len(value.value) < 10 else MAX_PAGE
                if isinstance(value, VariableNode):
                    given = self.variables.get(value.name.value)
                    return max(1, min(given, MAX_PAGE)) if isinstance(given, int) else DEFAULT_PAGE
        return DEFAULT_PAGE

"""Random valid queries, made from the schema as it is served: every field, argument and filter, in every dress.

A query is drawn with its variables; fields come under aliases, twice, in fragments, skipped and included.
"""

import random
from typing import Any, Final, NamedTuple

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    Undefined,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

APART: Final = frozenset(
    {
        "Query.pull",
        "Query.now",
        "Query.rules",
        "Query.codes",
        "Query.mine",
        "Query.division",
        "Query.suggestDispatch",
        "Query.planDispatch",
        "Query.duplicateHints",
        "Query.statistics",
        "Query.nodes",
        "Post.heldBy",
        "Post.vacant",
        "Activity.personTimes",
        "Query.dutiesOwed",
        "Query.honourRoll",
        "Query.evaluationDraft",
        "Query.unitRecord",
        "Query.evaluationCounts",
    }
)
"""What is no reading of the tables, or never the same twice."""

PAGE_INFO: Final = ("hasNextPage", "hasPreviousPage", "startCursor", "endCursor", "__typename")
INPUT: Final = GraphQLInputObjectType
DEEP: Final = 8
WIDE: Final = 3
NUMBERS: Final = (0, 1, 2, 3, 4)
REVS: Final = (10_000_000_030, 10_000_000_120)
TEXTS: Final = (
    "parking",
    "legal",
    "定单",
    "东 单",
    "%",
    "tyre",
    "law",
    "first-aid",
    "LY-1",
    "LY",
    "first",
    "001",
    "a",
    'x"y',
    "",
)
MOMENTS: Final = (
    "2026-11-23T00:00:00.000Z",
    "2026-11-23T03:30:00.000Z",
    "2026-11-24T00:00:00.000Z",
    "1999-01-01T00:00:00.000Z",
)
DAYS: Final = ("2026-11-23", "2026-11-24", "1999-01-01")


class Drawn(NamedTuple):
    """A query and the variables it came with."""

    query: str
    variables: dict[str, Any]


class Pen:
    """Writes queries. What ids there are, and cursors that were seen, make its values meet something."""

    def __init__(self, schema: GraphQLSchema, chance: random.Random, ids: list[str]) -> None:
        self.schema = schema
        self.chance = chance
        self.ids = ids
        self.cursors: list[str] = []

    def draw(self) -> Drawn:
        """A new query."""
        self._fragments: list[str] = []
        self._variables: dict[str, tuple[str, Any]] = {}
        self._names = 0
        root: Any = self.schema.query_type
        body = self._selection(root, DEEP, self.chance.randint(1, 2))
        declared = ", ".join(f"${name}: {type_}" for name, (type_, _) in self._variables.items())
        head = f"query ({declared}) " if declared else ""
        given = {name: value for name, (_, value) in self._variables.items() if value is not ...}
        return Drawn("\n".join([f"{head}{body}", *self._fragments]), given)

    def again(self, drawn: Drawn) -> Drawn:
        """The same query with cursors from an answer where it left room for them."""
        if not self.cursors:
            return drawn
        ends = {name for name in drawn.variables if name.startswith("cursor")}
        return drawn._replace(
            variables={**drawn.variables, **{name: self.chance.choice(self.cursors) for name in ends}}
        )

    def _name(self, kind: str) -> str:
        self._names += 1
        return f"{kind}{self._names}"

    def _selection(self, type_: Any, deep: int, wide: int) -> str:
        fields = [self._field(type_, name, deep) for name in self._fields(type_, deep, wide)]
        if is_abstract_type(type_):
            fields.append(self._condition(self.chance.choice(self.schema.get_possible_types(type_)), deep))
        if self.chance.random() < 0.1:
            fields.append("__typename")
        if fields and self.chance.random() < 0.1:
            fields.append(fields[0])
        if self.chance.random() < 0.1:
            fields.append(self._condition(type_, deep))
        return "{ " + " ".join(fields or ["__typename"]) + " }"

    def _fields(self, type_: Any, deep: int, wide: int) -> list[str]:
        names = [
            name
            for name, declared in type_.fields.items()
            if f"{type_.name}.{name}" not in APART
            and (deep > 1 or is_leaf_type(get_named_type(declared.type)))
        ]
        return self.chance.sample(names, min(wide, len(names)))

    def _condition(self, type_: Any, deep: int) -> str:
        """A fragment, inline or by its name, on the type or on what it implements."""
        on = self.chance.choice([type_, *getattr(type_, "interfaces", ())])
        inner = self._selection(type_ if on is type_ else on, min(deep, 2), 2)
        if self.chance.random() < 0.5:
            return f"... on {on.name}{self._directive()} {inner}"
        name = self._name("Part")
        self._fragments.append(f"fragment {name} on {on.name} {inner}")
        return f"...{name}{self._directive()}"

    def _field(self, type_: Any, name: str, deep: int) -> str:
        declared = type_.fields[name]
        given = self._arguments(declared)
        alias = f"{self._name(name)}: " if given or self.chance.random() < 0.2 else ""
        text = f"{alias}{name}{given}{self._directive()}"
        named = get_named_type(declared.type)
        if is_leaf_type(named):
            return text
        if "edges" in getattr(named, "fields", ()):
            return f"{text} {self._connection(named, deep)}"
        return f"{text} {self._selection(named, deep - 1, self.chance.randint(1, WIDE))}"

    def _connection(self, type_: Any, deep: int) -> str:
        node: Any = get_named_type(get_named_type(type_.fields["edges"].type).fields["node"].type)
        parts = []
        if self.chance.random() < 0.4:
            parts.append("totalCount")
        if self.chance.random() < 0.4:
            chosen = self.chance.sample(PAGE_INFO, self.chance.randint(1, len(PAGE_INFO)))
            parts.append(f"pageInfo {{ {' '.join(chosen)} }}")
        if self.chance.random() < 0.8 or not parts:
            inner = self._selection(node, deep - 3, self.chance.randint(1, WIDE))
            parts.append(f"edges {{ {self.chance.choice(['cursor ', ''])}node {inner} }}")
        self.chance.shuffle(parts)
        return "{ " + " ".join(parts) + " }"

    def _directive(self) -> str:
        if self.chance.random() > 0.04:
            return ""
        word = self.chance.choice(["skip", "include"])
        given = self.chance.choice(["true", "false"])
        if self.chance.random() < 0.5:
            name = self._name("flag")
            self._variables[name] = ("Boolean!", self.chance.random() < 0.5)
            given = f"${name}"
        return f" @{word}(if: {given})"

    # Values

    def _arguments(self, declared: Any) -> str:
        given = []
        ends = self.chance.choice([("first", "after"), ("last", "before")])
        for name, argument in declared.args.items():
            page = name in {"first", "after", "last", "before"}
            if name in {"first", "last"} and name in ends:
                wanted = self.chance.random() < 0.8
            else:
                wanted = self.chance.random() < 0.5 and (not page or name in ends)
            wanted = wanted or (is_non_null_type(argument.type) and not self._has_default(argument))
            if wanted:
                given.append(f"{name}: {self._argument(name, argument.type)}")
        return f"({', '.join(given)})" if given else ""

    def _has_default(self, argument: Any) -> bool:
        return argument.default_value is not Undefined

    def _argument(self, name: str, type_: Any) -> str:
        if name in {"after", "before"}:
            variable = self._name("cursor")
            self._variables[variable] = ("String", None)
            return f"${variable}"
        if self.chance.random() < 0.4:
            variable = self._name("v")
            self._variables[variable] = (str(type_), self._value(name, type_, 4))
            return f"${variable}"
        return _literal(self._value(name, type_, 4), type_)

    def _value(self, name: str, type_: Any, deep: int) -> Any:
        """A value in JSON."""
        if not is_non_null_type(type_) and self.chance.random() < 0.05:
            return None
        return self._some(name, type_, deep)

    def _some(self, name: str, type_: Any, deep: int) -> Any:
        if is_non_null_type(type_):
            return self._some(name, type_.of_type, deep)
        if is_list_type(type_):
            return [self._some(name, type_.of_type, deep) for _ in range(self.chance.randint(0, 2))]
        if isinstance(type_, GraphQLEnumType):
            return self.chance.choice(list(type_.values))
        if isinstance(type_, GraphQLInputObjectType):
            return self._input(type_, deep)
        assert isinstance(type_, GraphQLScalarType)
        if type_.name == "ID":
            return self.chance.choice(self.ids)
        choices: dict[str, Any] = {
            "Boolean": (True, False),
            "Int": NUMBERS,
            "Long": (*NUMBERS, *REVS),
            "DateTime": MOMENTS,
            "Date": DAYS,
        }
        return self.chance.choice(choices.get(type_.name, TEXTS))

    def _input(self, type_: GraphQLInputObjectType, deep: int) -> dict[str, Any]:
        must = [name for name, one in type_.fields.items() if is_non_null_type(one.type)]
        may = [name for name in type_.fields if name not in must]
        if deep <= 0:
            may = [one for one in may if not isinstance(get_named_type(type_.fields[one].type), INPUT)]
        chosen = [*must, *self.chance.sample(may, min(len(may), self.chance.choice([0, 1, 1, 2])))]
        return {name: self._some(name, type_.fields[name].type, deep - 1) for name in chosen}


def _literal(value: Any, type_: Any) -> str:
    """A JSON value as GraphQL writes it: enums without quotes, keys too."""
    if is_non_null_type(type_):
        return _literal(value, type_.of_type)
    if value is None:
        return "null"
    if is_list_type(type_):
        return "[" + ", ".join(_literal(one, type_.of_type) for one in value) + "]"
    if isinstance(type_, GraphQLEnumType):
        return str(value)
    if isinstance(type_, GraphQLInputObjectType):
        inner = [f"{name}: {_literal(one, type_.fields[name].type)}" for name, one in value.items()]
        return "{" + ", ".join(inner) + "}"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int) else '"' + value.replace('"', '\\"') + '"'

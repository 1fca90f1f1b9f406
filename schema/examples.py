"""An example for each type, field and argument that has none in its own words: of its value, or of how it is asked for.

What holds for a name holds wherever the name does: `code` is `"LY-1"` of a grid and in a filter. Examples of things are made
from the schema itself, so that they cannot fall behind it; the tests hold each against its type.
"""

from collections import deque
from collections.abc import Iterator
from typing import Any, Final

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_required_argument,
    is_required_input_field,
)

from schema.examples_said import BY_NAME, BY_PLACE, BY_TYPE

Given = GraphQLArgument | GraphQLInputField
Fields = GraphQLObjectType | GraphQLInterfaceType

FIRST: Final = ("code", "id", "number", "name", "title", "rev", "totalCount", "count")
"""What is asked of a thing in an example, the first that it has."""

LAST: Final = frozenset({"and", "or", "not", "ids", "revFrom"})
"""What is given in an example of a filter only where there is nothing else."""


WAYS: Final = "lianxin-ways"
"""Where the ways to each type are kept with their schema: they are looked for once."""


def illustrate(schema: GraphQLSchema) -> None:
    """Add an example to each description that has none in it."""
    for type_ in schema.type_map.values():
        if type_.name.startswith("__"):
            continue
        for one, example in _examples(schema, type_):
            if example is not None and "`" not in (one.description or ""):
                one.description = f"{one.description or ''} For example `{example}`.".strip()


def _examples(schema: GraphQLSchema, type_: GraphQLNamedType) -> Iterator[tuple[Any, str | None]]:
    """A type and all in it, each with what could be said as its example."""
    if isinstance(type_, GraphQLInputObjectType):
        yield type_, literal(type_)
        for name, given in type_.fields.items():
            yield given, value(name, given.type, type_.name)
    elif isinstance(type_, GraphQLEnumType):
        yield type_, next(iter(type_.values))
    elif isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        yield type_, _way_to(schema, type_)
        for name, field in type_.fields.items():
            leaf = is_leaf_type(get_named_type(field.type))
            yield field, value(name, field.type, type_.name) if leaf else asked(name, field)
            for argument, given in field.args.items():
                yield given, value(argument, given.type, f"{type_.name}.{name}")
    elif not isinstance(type_, GraphQLScalarType):
        yield type_, "{ __typename }"


def value(name: str, type_: GraphQLInputType | GraphQLOutputType, place: str) -> str | None:
    """A value of what is called so: as it is given, which for what is answered is how it reads, but for enums' quotes."""
    bare = get_nullable_type(type_)
    if is_list_type(bare):
        one = value(name, bare.of_type, place)
        return None if one is None else f"[{one}]"
    if isinstance(bare, GraphQLEnumType):
        return str(next(iter(bare.values)))
    if isinstance(bare, GraphQLInputObjectType):
        return literal(bare)
    if not isinstance(bare, GraphQLScalarType):
        return None
    said = BY_PLACE.get(f"{place}.{name}") or BY_NAME.get(str(bare.name), {}).get(name)
    return said or BY_TYPE.get(str(bare.name))


def literal(type_: GraphQLInputObjectType) -> str:
    """What has to be given of an input, or one of what may be."""
    fields = type_.fields
    needed = [name for name, one in fields.items() if is_required_input_field(one)]
    chosen = needed or [next((name for name in fields if name not in LAST), next(iter(fields)))]
    return "{" + ", ".join(_given(name, fields[name], type_.name) for name in chosen) + "}"


def asked(name: str, field: GraphQLField, inside: str | None = None) -> str:
    """A field with the arguments that it needs, and one thing of what it is."""
    needed = [
        _given(argument, one, name) for argument, one in field.args.items() if is_required_argument(one)
    ]
    if "first" in field.args and not needed:
        needed = ["first: 10"]
    arguments = f"({', '.join(needed)})" if needed else ""
    inside = _one_of(get_named_type(field.type)) if inside is None else inside
    return f"{name}{arguments}{inside and f' {inside}'}"


def _given(name: str, one: Given, place: str) -> str:
    return f"{name}: {value(name, one.type, place)}"


def _one_of(type_: GraphQLNamedType) -> str:
    """The selection of one thing; nothing of what has no fields."""
    if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        return "" if is_leaf_type(type_) else "{ __typename }"
    plain = {
        name: one
        for name, one in type_.fields.items()
        if not any(is_required_argument(each) for each in one.args.values())
    }
    leaves = [name for name, one in plain.items() if is_leaf_type(get_named_type(one.type))]
    chosen = next((name for name in FIRST if name in leaves), leaves[0] if leaves else None)
    if chosen is not None:
        return f"{{ {chosen} }}"
    if not plain:
        return "{ __typename }"
    name, one = next(iter(plain.items()))
    return f"{{ {asked(name, one)} }}"


def _way_to(schema: GraphQLSchema, wanted: Fields) -> str:
    """The shortest query that comes to a thing of this type; where none does, the part that is about it."""
    if wanted in (schema.query_type, schema.mutation_type, schema.subscription_type):
        name, field = next(iter(wanted.fields.items()))
        word = "" if wanted is schema.query_type else f"{wanted.name.lower()} "
        return f"{word}{{ {asked(name, field)} }}"
    way = _ways(schema).get(wanted.name)
    inside = _one_of(wanted)
    if way is None:
        return f"... on {wanted.name} {inside}"
    for name, field in reversed(way):
        inside = f"{{ {asked(name, field, inside)} }}"
    return inside


def _ways(schema: GraphQLSchema) -> dict[str, list[tuple[str, GraphQLField]]]:
    """By type, the fields from a query's root to it: the fewest there are."""
    found: dict[str, list[tuple[str, GraphQLField]]] = schema.extensions.get(WAYS) or {}
    if found or schema.query_type is None:
        return found
    waiting: deque[tuple[Fields, list[tuple[str, GraphQLField]]]] = deque([(schema.query_type, [])])
    later: deque[tuple[Fields, list[tuple[str, GraphQLField]]]] = deque()
    while waiting or later:
        # What asks for an argument, an id mostly, comes where there is no way without.
        type_, way = waiting.popleft() if waiting else later.popleft()
        if way:
            if type_.name in found:
                continue
            found[type_.name] = way
        for name, field in type_.fields.items():
            one = get_named_type(field.type)
            if isinstance(one, GraphQLObjectType | GraphQLInterfaceType) and one.name not in found:
                needs = any(is_required_argument(each) for each in field.args.values())
                (later if needs else waiting).append((one, [*way, (name, field)]))
    schema.extensions[WAYS] = found
    return found

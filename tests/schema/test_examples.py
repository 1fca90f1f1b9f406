"""Every type, field and argument has an example, and what was made from the schema fits it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    parse,
    parse_value,
    validate,
)
from graphql.utilities import value_from_ast

from schema.build import DoorSchema
from schema.examples_said import BY_NAME, BY_PLACE

SCHEMA = DoorSchema()._schema
OURS = [type_ for type_ in SCHEMA.type_map.values() if not type_.name.startswith("__")]
MADE = re.compile(r"For example `(.*)`\.$", re.DOTALL)


def parts() -> Iterator[tuple[str, Any, Any]]:
    """Each field and argument by its place, with its type's name."""
    for type_ in OURS:
        if isinstance(type_, GraphQLInputObjectType):
            yield from ((f"{type_.name}.{name}", one, one.type) for name, one in type_.fields.items())
        elif isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
            for name, field in type_.fields.items():
                yield f"{type_.name}.{name}", field, field.type
                yield from (
                    (f"{type_.name}.{name}.{argument}", one, one.type) for argument, one in field.args.items()
                )


def made(one: Any) -> str | None:
    """The example that was made for it; None where its own words have one."""
    found = MADE.search(one.description or "")
    return None if found is None else found[1]


def test_nothing_is_without_an_example() -> None:
    told = [*((type_.name, type_) for type_ in OURS), *((place, one) for place, one, _ in parts())]
    assert [place for place, one in told if "`" not in (one.description or "")] == []


@pytest.mark.parametrize("place", [place for place, *_ in parts()])
def test_an_example_fits_its_type(place: str) -> None:
    one, type_ = next((one, type_) for each, one, type_ in parts() if each == place)
    example = made(one)
    if example is None:
        return
    named = get_named_type(type_)
    if not is_leaf_type(named) and not isinstance(named, GraphQLInputObjectType):
        owner = place.split(".", maxsplit=1)[0]
        document = parse(f"fragment Example on {owner} {{ {example} }}")
        assert _faults(document) == []
    else:
        node = parse_value(example)
        assert value_from_ast(node, type_) is not None or example == "null"


@pytest.mark.parametrize("name", [type_.name for type_ in OURS])
def test_an_example_of_a_type_is_good(name: str) -> None:
    type_ = SCHEMA.type_map[name]
    example = made(type_)
    if example is None:
        return
    if isinstance(type_, GraphQLInputObjectType):
        assert value_from_ast(parse_value(example), type_) is not None
    elif isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        whole = (
            example
            if not example.startswith("...")
            else f"fragment Example on {name} {example.split(name, 1)[1]}"
        )
        assert _faults(parse(whole)) == []


def _faults(document: Any) -> list[GraphQLError]:
    return [error for error in validate(SCHEMA, document) if "never used" not in error.message]


def test_no_value_is_kept_for_what_there_is_not() -> None:
    places = {place for place, *_ in parts()}
    assert set(BY_PLACE) <= places
    names = {(get_named_type(type_).name, place.rpartition(".")[2]) for place, _, type_ in parts()}
    assert {(type_, name) for type_, by_name in BY_NAME.items() for name in by_name} <= names

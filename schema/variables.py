"""An operation's variables, checked before anything runs: where a value does not fit, never which value.

How much is given is looked at first, by a walk that ends where it is too much: to see whether a value fits
takes a hundred times as long.
"""

from collections.abc import Mapping
from typing import Any, Final

from graphql import (
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableDefinitionNode,
    VariableValues,
    get_variable_values,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    type_from_ast,
)
from graphql.utilities import validate_input_value

from schema.errors import CODES
from schema.limits import Given, limit_error

MOST_ERRORS: Final = 20
FREE: Final = "JSON"
"""The scalar whose values are looked into by whoever takes them."""


class TooMuch(Exception):
    """More is given than one operation may be; `error` says of what."""

    def __init__(self, limit: str, allowed: int, node: Any) -> None:
        super().__init__(limit)
        self.error = limit_error(limit, allowed, node)


class BadVariables(Exception):
    """Variables that do not fit; `errors` say which, and where."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        super().__init__(f"{len(errors)} variables do not fit")
        self.errors = errors


def check_amount(
    schema: GraphQLSchema, operation: OperationDefinitionNode, given: Mapping[str, Any], most: Given
) -> None:
    """Raise TooMuch where the variables that an operation takes have more of anything than they may."""
    walk = _Walk(most)
    for node in operation.variable_definitions or ():
        if node.variable.name.value in given:
            walk.node = node
            walk.into(given[node.variable.name.value], type_from_ast(schema, node.type), 1)


class _Walk:
    """Counts what is given. What is free JSON counts once: whoever takes it has a measure of its own."""

    def __init__(self, most: Given) -> None:
        self.most = most
        self.values = 0
        self.node: Any = None

    def into(self, value: Any, type_: Any, depth: int) -> None:
        self.values += 1
        self._hold("values", self.values)
        if is_non_null_type(type_):
            type_ = type_.of_type
        if isinstance(value, str):
            self._hold("text", len(value))
        elif isinstance(value, list) and is_list_type(type_):
            self._hold("list", len(value))
            self._hold("valueDepth", depth)
            for one in value:
                self.into(one, type_.of_type, depth + 1)
        elif is_list_type(type_):
            self.into(value, type_.of_type, depth)
        elif isinstance(value, dict) and is_input_object_type(type_):
            self._hold("valueDepth", depth)
            self._hold("values", self.values + len(value))
            for name, one in value.items():
                if name in type_.fields:
                    self.into(one, type_.fields[name].type, depth + 1)

    def _hold(self, limit: str, found: int) -> None:
        allowed = self.most.of(limit)
        if found > allowed:
            raise TooMuch(limit, allowed, self.node)


def coerced(
    schema: GraphQLSchema, operation: OperationDefinitionNode, given: Mapping[str, Any]
) -> VariableValues:
    """The variables as the resolvers will see them, defaults included; raises BadVariables."""
    errors = [
        error for node in operation.variable_definitions or () for error in _errors(schema, node, given)
    ]
    if errors:
        raise BadVariables(errors[:MOST_ERRORS])
    try:
        values = get_variable_values(schema, operation.variable_definitions or (), dict(given))
    except Exception:
        raise BadVariables([_error(None, [], operation)]) from None
    if isinstance(values, list):
        raise BadVariables([_error(None, [], operation)])
    return values


def _errors(
    schema: GraphQLSchema, node: VariableDefinitionNode, given: Mapping[str, Any]
) -> list[GraphQLError]:
    name = node.variable.name.value
    type_ = type_from_ast(schema, node.type)
    if name not in given:
        missing = is_non_null_type(type_) and node.default_value is None
        return [_error(name, [], node)] if missing else []
    found: list[GraphQLError] = []

    def note(_: GraphQLError, path: list[str | int]) -> None:
        found.append(_error(name, path, node))

    validate_input_value(given[name], type_, note, hide_suggestions=True)  # type: ignore[arg-type]
    return found or ([] if is_text(given[name], type_) else [_error(name, [], node)])


def is_text(value: Any, type_: Any) -> bool:
    """Whether every text in a value can be stored anywhere. What is free JSON is not looked into."""
    if is_non_null_type(type_):
        return is_text(value, type_.of_type)
    if is_list_type(type_):
        return all(is_text(one, type_.of_type) for one in (value if isinstance(value, list) else [value]))
    if is_input_object_type(type_) and isinstance(value, dict):
        return all(is_text(one, type_.fields[name].type) for name, one in value.items())
    if type_.name == FREE or not isinstance(value, str):
        return True
    return is_storable(value)


def is_storable(text: str) -> bool:
    """Whether a text can be written in UTF-8 and has no NUL, which not every database takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def _error(name: str | None, path: list[str | int], node: Any) -> GraphQLError:
    where = ".".join(str(step) for step in [*([f"${name}"] if name else []), *path])
    said = f"The value at {where} is not what its type asks for." if where else CODES["BAD_USER_INPUT"]
    return GraphQLError(said, nodes=node, extensions={"code": "BAD_USER_INPUT", "at": where})

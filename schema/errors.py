"""Every error of the door: a stable code and one sentence. No error echoes a value or names internals.

Expected failures are `Fault`s, and the hub's `Refused`. Whatever else goes wrong is answered INTERNAL with an id, under which the server
logs its type and place.
"""

from collections.abc import Callable
from typing import Any, Final

from graphql import GraphQLError, GraphQLSyntaxError

from schema.codes import ERRORS
from schema.values import Refused

CODES: Final[dict[str, str]] = {code: row.says[1] for code, row in ERRORS.items()}
"""The sentence of each of `errors[].extensions.code`; `codes.py` says what to do about it."""

Report = Callable[[BaseException], str]
"""Notes an unexpected exception where operators look, and gives the id it is found under."""


class Fault(Exception):
    """An expected failure: a code of `CODES`, and what else the caller may know about it."""

    def __init__(self, code: str, message: str | None = None, **details: Any) -> None:
        super().__init__(message or CODES[code])
        self.code = code
        self.details = details


def coded(error: GraphQLError, code: str, message: str | None = None, **details: Any) -> GraphQLError:
    """The same error at the same place, with a code and a message that echoes nothing."""
    return GraphQLError(
        message or error.message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions={"code": code, **details},
    )


def syntax_error(error: GraphQLSyntaxError) -> GraphQLError:
    """What was expected and where, without what was found there."""
    expected, found, _ = error.message.partition(", found")
    said = expected if found else expected.partition("'")[0].rstrip(" :,.")
    return coded(error, "GRAPHQL_PARSE_FAILED", f"{said}.")


def masked(error: GraphQLError, report: Report) -> GraphQLError:
    """The error as the caller may see it."""
    if "code" in (error.extensions or {}):
        return error
    original = error.original_error
    while isinstance(original, GraphQLError) and original.original_error is not None:
        original = original.original_error
    refusal = _refusal(original)
    if refusal is not None:
        return coded(error, *refusal[:2], **refusal[2])
    if original is None or (isinstance(original, GraphQLError) and original.nodes):
        return coded(error, "BAD_USER_INPUT", CODES["BAD_USER_INPUT"])
    return coded(error, "INTERNAL", CODES["INTERNAL"], id=report(original))


def _refusal(original: BaseException | None) -> tuple[str, str, dict[str, Any]] | None:
    """Code, message and details of an expected failure; None for whatever was not expected."""
    if isinstance(original, Fault):
        return original.code, str(original), original.details
    if isinstance(original, Refused):
        return original.code, CODES.get(original.code, CODES["RETRY"]), original.details
    return None


def formatted(error: GraphQLError) -> dict[str, Any]:
    """An error as JSON: message, locations, path and extensions."""
    return dict(error.formatted)

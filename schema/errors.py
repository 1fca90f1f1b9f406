"""Every error of the door: a stable code and one sentence. No error echoes a value or names internals.

Expected failures are `Fault`s, and the hub's `Refused`. Whatever else goes wrong is answered INTERNAL with an id, under which the server
logs its type and place.
"""

from collections.abc import Callable
from typing import Any, Final

from graphql import GraphQLError, GraphQLSyntaxError

from schema.values import Refused
from sync.verdicts import SENTENCES

CODES: Final[dict[str, str]] = {
    # Not a GraphQL request
    "BAD_JSON": "The body is not JSON: an object in UTF-8, each key once, no NaN, no absurd depth or number.",
    "BAD_REQUEST": "The body is not a GraphQL request: an object with a text `query`, or a `documentId`.",
    "BAD_ENCODING": "The body is not whole, or in an encoding other than gzip and identity.",
    "UNSUPPORTED_MEDIA_TYPE": "Send application/json in UTF-8.",
    "NOT_ACCEPTABLE": "Answers are application/graphql-response+json or application/json.",
    "METHOD_NOT_ALLOWED": "POST operations; GET is for queries only.",
    "BODY_TOO_LARGE": "The body is larger than is taken here.",
    "BODY_TIMEOUT": "The body did not arrive in time.",
    "NO_BATCHING": "One operation per request; many changes go into one operation.",
    "DOCUMENT_UNKNOWN": "No document is known by this id; register it, or send it as `query`.",
    "DOCUMENTS_ONLY": "Only registered documents are taken here, by their `documentId`.",
    # A request whose document or variables do not fit
    "GRAPHQL_PARSE_FAILED": "The document is not GraphQL.",
    "GRAPHQL_VALIDATION_FAILED": "The document does not fit the schema.",
    "OPERATION_RESOLUTION_FAILURE": "Name one operation that the document has.",
    "BAD_USER_INPUT": "A value is not what its type asks for.",
    "LIMIT": "The operation asks for more than one request may.",
    "BUDGET_SPENT": "This key has spent its budget for now; ask again in `retryAfter` seconds, or for less.",
    "TIME_LIMIT": "The operation took longer than one request may.",
    "SUBSCRIPTION_TRANSPORT": "Subscriptions go by WebSocket (graphql-transport-ws), or `Accept: text/event-stream`.",
    "REV_UNKNOWN": "Nobody can say what is newer than this rev: it is not this hub's, too old, or of before a restore."
    " Read anew, and go on from `rev`.",
    # Who may
    "FORBIDDEN": "This token may not do that.",
    "RANKING_OFF": "Ranking individuals is off: no order, filter or count by a person's points or evaluations.",
    "BAD_PERIOD": "A period is a month `2026-11`, a quarter `2026-Q4` or a year `2026`.",
    "BAD_CURSOR": "This cursor is not of this list in this order.",
    # Attachments
    "NOT_FOUND": "There is no such thing here, or not for this token.",
    "BAD_RANGE": "Send `Content-Range: bytes first-last/total` for a piece, `bytes */total` to ask how far it came.",
    "ATTACHMENT_KIND": "Photos are taken as JPEG or WebP, spoken notes as WebM, Ogg or MP4, and are what they say.",
    "ATTACHMENT_METADATA": "Take out of a photo where, when and with what it was taken before it is sent.",
    "ATTACHMENT_DIGEST": "The bytes are not those of this SHA-256; begin again.",
    "ATTACHMENT_DIFFERS": "This file was announced with another kind or size.",
    "ATTACHMENT_GAP": "Go on from the byte that `received` says.",
    "ATTACHMENT_ERASED": "This file was erased with what it belonged to; it is not taken again.",
    "TOO_MANY_ATTACHMENTS": "A ticket has as many files as one may have.",
    "INTERNAL": "Something went wrong here; it is logged under this id.",
    "CLOCK_BEHIND": "The hub's clock is behind its last settlement; nothing is settled until it is right.",
    # The protocol's refusals, as sync/verdicts.py says them
    **{code: row.en for code, row in SENTENCES.items() if row.outcome is None},
}
"""The stable codes of `errors[].extensions.code`, added to and never renamed."""

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

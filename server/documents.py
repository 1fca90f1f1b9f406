"""Trusted documents: what front-end teams have registered, each by its id; and whether anything else is taken.

The manifest is a file of JSON as GraphQL Code Generator and Relay write it, `{"id": "query …"}`, or as Apollo's
tools do, `{"operations": [{"id": …, "body": …}]}`. It is read at the start.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from graphql import FieldNode, GraphQLSyntaxError, OperationDefinitionNode, SelectionSetNode, parse

from server.guard import Malformed, parse_json
from server.settings import BadSetting

PREFIX: Final = "sha256:"
PROTOCOL: Final = frozenset({"enrol", "renew", "push", "pull", "now", "changed"})
"""What tablets ask, in whatever words their makers have chosen (DESIGN.md 6)."""

PROTOCOL_DEPTH: Final = 3
SHORT: Final = 400
"""So many tokens are enough for what the protocol asks."""

MOST_BYTES: Final = 20_000_000


class Documents:
    """The documents by their ids; with `only` no other is taken, but for the protocol's own."""

    def __init__(self, known: Mapping[str, str] | None = None, *, only: bool = False) -> None:
        self.known = dict(known or {})
        self.only = only

    def source(self, query: str | None, id: str | None) -> str:
        """The document that is meant; raises Malformed."""
        if id is None and query is not None:
            if self.only and not _of_protocol(query):
                raise Malformed(403, "DOCUMENTS_ONLY")
            return query
        if id is None or query is not None:
            raise Malformed(400, "BAD_REQUEST")
        found = self.known.get(id) or self.known.get(id.removeprefix(PREFIX))
        if found is None:
            raise Malformed(404, "DOCUMENT_UNKNOWN")
        return found


def read(path: Path | None) -> dict[str, str]:
    """The documents of a manifest by their ids; raises BadSetting."""
    if path is None:
        return {}
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadSetting(f"LIANXIN_DOCUMENTS is to name a file of at most {MOST_BYTES} bytes")
        return _documents(parse_json(path.read_bytes()))
    except OSError as error:
        raise BadSetting(f"LIANXIN_DOCUMENTS cannot be read ({error.strerror})") from error
    except (Malformed, TypeError, KeyError, ValueError) as error:
        raise BadSetting("LIANXIN_DOCUMENTS is to be a manifest: an object of ids and documents") from error


def _documents(found: Any) -> dict[str, str]:
    if isinstance(found, dict) and isinstance(found.get("operations"), list):
        found = {one["id"]: one["body"] for one in found["operations"]}
    if not isinstance(found, dict) or not all(isinstance(one, str) for pair in found.items() for one in pair):
        raise TypeError
    return {id.removeprefix(PREFIX): document for id, document in found.items()}


@lru_cache(200)
def _of_protocol(query: str) -> bool:
    """Whether a document asks nothing but what the protocol has, and no more of it than a tablet needs."""
    try:
        document = parse(query, max_tokens=SHORT)
    except GraphQLSyntaxError:
        return False
    return all(
        isinstance(one, OperationDefinitionNode) and _within(one.selection_set, PROTOCOL_DEPTH, PROTOCOL)
        for one in document.definitions
    )


def _within(selected: SelectionSetNode, deep: int, names: frozenset[str] | None = None) -> bool:
    return deep > 0 and all(
        isinstance(one, FieldNode)
        and (names is None or one.name.value in names)
        and (one.selection_set is None or _within(one.selection_set, deep - 1))
        for one in selected.selections
    )

"""A compiled operation: one statement for each root field, and how its parameters are filled."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec
from graphql import FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode
from sqlalchemy import Select, select

from schema.asking import Asking, Form, NotWithThese, Site, form, values, values_of
from schema.errors import Fault
from schema.json_sql import Json, Words, words
from schema.remembered import size_of
from schema.selection import Selection
from schema.sources import Rows

SITE: Final = 2_000
"""How many bytes a place takes where a resolver says what it asks for."""


class Statement(NamedTuple):
    """A statement as text, and how it is bound."""

    words: Words

    @property
    def sql(self) -> str:
        return self.words.sql

    def parameters(self, given: Mapping[str, Any]) -> Any:
        """What the driver takes: a tuple or a mapping."""
        _, names, constants, positional = self.words
        found = [given[name] if name in given else constants[name] for name in names]
        return tuple(found) if positional else dict(zip(names, found, strict=True))


class Part(NamedTuple):
    """One root field: the key with its colon, and its statement; or the whole of it as it is."""

    key: bytes
    statement: Statement | None


class Compiled(NamedTuple):
    """An operation for one kind of author and one form of its variables.

    policies and collections: what is asked of whom, for whoever decides how long the answer may be kept.
    """

    parts: tuple[Part, ...]
    sites: tuple[Site, ...]
    forms: tuple[Form, ...]
    policies: frozenset[str]
    collections: frozenset[str]

    @property
    def size(self) -> int:
        """About how many bytes it takes: its statements, what they bind, and where that comes from."""
        texts = [(part.key, part.statement and part.statement.words) for part in self.parts]
        return size_of(texts) + size_of(self.forms) + SITE * len(self.sites)

    def given(self, asking: Asking) -> dict[str, Any]:
        """The values to bind; raises NotWithThese."""
        asked = [asking.ask(site) for site in self.sites]
        if tuple(form(one) for one in asked) != self.forms:
            raise NotWithThese("another form")
        found = values_of(asking.author)
        for index, one in enumerate(asked):
            found.update(values(one, f"s{index}"))
        return found


def compile_operation(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Mapping[str, FragmentDefinitionNode],
    rows: Rows,
    json: Json,
    asking: Asking,
    day_offset_ms: int | None,
) -> Compiled:
    """The operation's statements; raises NotCompiled. With `day_offset_ms` moments are days that begin there."""
    selection = Selection(schema, fragments, rows, json, asking, day_offset_ms)
    try:
        answers = selection.answers(operation)
    except Fault as error:
        raise NotWithThese("an error") from error
    parts = [
        Part(
            msgspec.json.encode(one.key) + b":" + one.constant.encode(),
            None if one.sql is None else statement(json, select(json.text(one.sql))),
        )
        for one in answers
    ]
    forms = tuple(form(asking.ask(site)) for site in selection.sites)
    return Compiled(
        tuple(parts),
        tuple(selection.sites),
        forms,
        frozenset(selection.policies),
        frozenset(selection.collections),
    )


def statement(json: Json, asked: Select[Any]) -> Statement:
    """A statement as text, for this kind of database."""
    return Statement(words(json, asked))

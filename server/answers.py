"""Compiled answers: a query is one statement for each of its root fields, on one snapshot, in one worker thread.

Who asks, how far the hub has come and what is answered are read from that same snapshot. What is
not compiled is left to the ordinary way, which gives the same answer.
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from graphql import FragmentDefinitionNode, OperationType, VariableValues
from sqlalchemy import Connection, bindparam, select

from schema.asking import Asking, NotCompiled, NotWithThese, kind_of, signature
from schema.build import DoorSchema
from schema.compiled import Compiled, Part, Statement, compile_operation, statement
from schema.context import Context
from schema.json_sql import Json
from schema.tables.meta import META
from schema.tables.tablet import TABLET
from schema.tables.token import TOKEN
from schema.values import Author, Refused, Role
from server import identity, meta
from server.database import Statements
from server.rows import TableRows
from server.store import Hub

KEPT: Final = 2_000
"""How many compiled operations are kept; one that cannot be compiled is remembered as well."""

AUTHORS: Final = 5_000
TOO_DEEP: Final = "deeper than the database reads"


class Query(NamedTuple):
    """A query that may run: its document, which operation, and its variables as resolvers see them."""

    source: str
    name: str | None
    variables: VariableValues


class Plans:
    """The compiled operations of one schema on one kind of database."""

    def __init__(self, schema: DoorSchema, json: Json) -> None:
        self.schema = schema
        self.json = json
        self.rows = TableRows()
        self._kept: OrderedDict[Any, Compiled | str] = OrderedDict()

    def plan(self, query: Query, context: Context) -> tuple[Compiled, Mapping[str, Any]]:
        """The compiled operation and the values to bind; raises NotCompiled."""
        asking = Asking(
            context, query.variables, self.schema.config, self.schema.schema_converter.scalar_registry
        )
        key = self._key(query, asking.author)
        if key in self._kept:
            compiled = self._kept[key]
        else:
            compiled = self._compiled(query, asking, context)
            _keep(self._kept, key, compiled, KEPT)
        if isinstance(compiled, str):
            raise NotCompiled(compiled)
        return compiled, compiled.given(asking)

    def give_up(self, query: Query, author: Author) -> None:
        """Leave this one to the ordinary way from here on."""
        _keep(self._kept, self._key(query, author), TOO_DEEP, KEPT)

    def _key(self, query: Query, author: Author) -> Any:
        return query.source, query.name, kind_of(author), signature(query.variables.coerced)

    def _compiled(self, query: Query, asking: Asking, context: Context) -> Compiled | str:
        """The compiled operation, or why there is none whatever its values are; raises NotWithThese."""
        prepared = self.schema.prepare(query.source)
        operation = prepared.operation(query.name)
        if prepared.document is None or operation is None:
            return "no operation"
        fragments = {
            one.name.value: one
            for one in prepared.document.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        offset = context.offset_ms if asking.author.role is Role.READER else None
        try:
            return compile_operation(
                self.schema._schema, operation, fragments, self.rows, self.json, asking, offset
            )
        except NotWithThese:
            raise
        except NotCompiled as why:
            return str(why)


def _keep(kept: OrderedDict[Any, Any], key: Any, value: Any, most: int) -> None:
    kept[key] = value
    if len(kept) > most:
        kept.popitem(last=False)


class Answers:
    """What is answered without a resolver; None wherever the ordinary way is to answer."""

    def __init__(self, hub: Hub, schema: DoorSchema) -> None:
        self.hub = hub
        self.schema = schema
        self.plans = Plans(schema, hub.database.kind.json)
        self._stamp = _stamp(self.plans.json)
        self.left: Counter[str] = Counter()
        """Why what was left to the ordinary way was."""
        self._authors: OrderedDict[str, tuple[Any, Author]] = OrderedDict()

    async def answer(
        self, source: str, variables: dict[str, Any] | None, name: str | None, context: Context, token: str
    ) -> bytes | None:
        """The data of a query as JSON; None for what is not compiled. Raises Refused RETRY, TimeoutError."""
        admitted = self.schema.admit(source, name, variables)
        operation, values = admitted.operation, admitted.variables
        if operation is None or values is None or operation.operation is not OperationType.QUERY:
            return None
        query = Query(source, name, values)
        now = self.hub.clock.now()

        def work(connection: Connection, run: Statements) -> tuple[bytes, Author, bool] | None:
            seen = self._who(connection, run, token, now)
            if seen is None or seen.author.revoked:
                return None
            body = self._read(query, replace(context, author=seen.author), run)
            return None if body is None else (body, seen.author, seen.stale)

        async with asyncio.timeout(self.schema.seconds):
            found = await self.hub.database.answer(work)
        if found is None:
            return None
        body, author, stale = found
        if stale:
            await self.hub.database.write(identity.saw, author.id, now)
        return body

    def _who(self, connection: Connection, run: Statements, token: str, now: int) -> identity.Seen | None:
        """Who asks. Whatever an author is made of, other than being revoked, moves the hub's rev."""
        hashed = identity.hash_of(token)
        row = run(self._stamp.sql, self._stamp.parameters({"hash": hashed})).fetchone()
        if row is None:
            return None
        stale = row[-1] is None or row[-1] < now - identity.SEEN_EVERY_MS
        known = self._authors.get(hashed)
        stamp = tuple(row[:-1])
        if known is not None and known[0] == stamp:
            return identity.Seen(known[1], stale)
        try:
            author = identity.look_up(connection, token, now).author
        except Refused:
            return None
        _keep(self._authors, hashed, (stamp, author), AUTHORS)
        return identity.Seen(author, stale)

    def _read(self, query: Query, context: Context, run: Statements) -> bytes | None:
        try:
            compiled, given = self.plans.plan(query, context)
        except NotCompiled as why:
            self.left[str(why)] += 1
            return None
        try:
            return b"{" + b",".join(_part(one, given, run) for one in compiled.parts) + b"}"
        except Exception as error:
            if not self.hub.database.kind.cannot_say(error):
                raise
            self.plans.give_up(query, context.signed())
            self.left[TOO_DEEP] += 1
            return None


def _part(part: Part, given: Mapping[str, Any], run: Statements) -> bytes:
    """A root field: its key, and the JSON that its statement gives."""
    if part.statement is None:
        return part.key
    (text,) = run(part.statement.sql, part.statement.parameters(given)).fetchone()
    return part.key + (b"null" if text is None else text.encode())


def _stamp(json: Json) -> Statement:
    """Of a token's hash: how far the hub has come, whether it was revoked, when it was last used."""
    rev = select(META.c.value).where(META.c.key == meta.REV).scalar_subquery()
    asked = (
        select(rev, TOKEN.c.revoked_at, TABLET.c.revoked_at, TOKEN.c.last_used_at)
        .join(TABLET, TABLET.c.device == TOKEN.c.device, isouter=True)
        .where(TOKEN.c.hash == bindparam("hash"))
    )
    return statement(json, asked)

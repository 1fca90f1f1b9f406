"""Compiled answers: a query is one statement for each of its root fields, on one snapshot, in one worker thread.

Who asks, how far the hub has come and what is answered are read from that same snapshot. What is
not compiled is left to the ordinary way, which gives the same answer. An answer is kept for as
long as it is true (kept.py).
"""

import asyncio
from collections import Counter, OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final, NamedTuple

from graphql import FragmentDefinitionNode, OperationType, VariableValues
from sqlalchemy import Connection, bindparam, func, select

from schema.asking import Asking, NotCompiled, NotWithThese, kind_of, signature
from schema.build import DoorSchema
from schema.compiled import Compiled, Part, Statement, compile_operation, statement
from schema.context import Context
from schema.json_sql import Json
from schema.remembered import EACH, Remembered, size_of
from schema.tables.meta import META
from schema.tables.settlement import SETTLEMENT
from schema.tables.tablet import TABLET
from schema.tables.token import TOKEN
from schema.values import Author, Refused, Role
from server import identity, meta
from server.answering import Statements
from server.kept import UNSTAMPED, Answer, Kept, Key, Stamp, answer_of, is_small, key_of
from server.rows import TableRows
from server.store import Hub

KEPT: Final = 2_000
"""How many compiled operations are kept; one that cannot be compiled is remembered as well."""

KEPT_BYTES: Final = 64_000_000

AUTHORS: Final = 5_000
TOO_DEEP: Final = "deeper than the database reads"


class Query(NamedTuple):
    """A query that may run: its document, which operation, and its variables as resolvers see them."""

    source: str
    name: str | None
    variables: VariableValues
    cost: int
    price: int


class Plans:
    """The compiled operations of one schema on one kind of database."""

    def __init__(self, schema: DoorSchema, json: Json) -> None:
        self.schema = schema
        self.json = json
        self.rows = TableRows()
        self.kept: Remembered[Compiled | str] = Remembered(KEPT, KEPT_BYTES)

    def plan(self, query: Query, context: Context) -> tuple[Compiled, Mapping[str, Any]]:
        """The compiled operation and the values to bind; raises NotCompiled."""
        asking = Asking(
            context, query.variables, self.schema.config, self.schema.schema_converter.scalar_registry
        )
        key = self._key(query, asking.author)
        compiled = self.kept.get(key)
        if compiled is None:
            compiled = self._compiled(query, asking, context)
            self._keep(key, compiled)
        if isinstance(compiled, str):
            raise NotCompiled(compiled)
        return compiled, compiled.given(asking)

    def give_up(self, query: Query, author: Author) -> None:
        """Leave this one to the ordinary way from here on."""
        self._keep(self._key(query, author), TOO_DEEP)

    def _keep(self, key: Any, compiled: Compiled | str) -> None:
        size = 0 if isinstance(compiled, str) else compiled.size
        self.kept.put(key, compiled, EACH + size_of(key) + size)

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


class Read(NamedTuple):
    """What came of a snapshot: who asked at which stamp, and the answer unless it is for the ordinary way."""

    stamp: Stamp
    author: Author
    stale: bool
    answer: Answer | None
    keep: bool


class Answers:
    """What is answered without a resolver; None wherever the ordinary way is to answer."""

    def __init__(self, hub: Hub, schema: DoorSchema) -> None:
        self.hub = hub
        self.schema = schema
        self.plans = Plans(schema, hub.database.kind.json)
        self._stamp = _stamp(self.plans.json)
        self.left: Counter[str] = Counter()
        """Why what was left to the ordinary way was."""
        self.kept = Kept()
        self._authors: OrderedDict[str, tuple[Any, Author]] = OrderedDict()

    async def answer(
        self, source: str, variables: dict[str, Any] | None, name: str | None, context: Context, token: str
    ) -> Answer | None:
        """The data of a query as JSON; None for what is not compiled. Raises Refused RETRY, TimeoutError, Spent.

        What the caller's key was charged is put into the context; an answer that is kept costs nothing.
        """
        now = self.hub.clock.now()
        hashed = identity.hash_of(token)
        known = self._known(hashed, now)
        small = is_small(variables)

        def key(author: Author) -> Key | None:
            return key_of(source, name, variables, author) if small else None

        if known is not None:
            found = self.kept.get(known.stamp, key(known.author))
            if found is not None:
                context.bill = context.spend(known.author, found.cost, 0)
                await self._note(known, now)
                return found
        meant = self.schema.prepare(source).operation(name)
        if meant is None or meant.operation is not OperationType.QUERY:
            return None
        admitted = self.schema.admit(source, name, variables)
        operation, values = admitted.operation, admitted.variables
        if operation is None or values is None:
            return None
        query = Query(source, name, values, admitted.cost, admitted.price)

        def work(connection: Connection, run: Statements) -> Read | None:
            read = self._who(connection, run, token, now)
            if read is None or read.author.revoked:
                return None
            found = self.kept.get(read.stamp, key(read.author))
            if found is not None:
                context.bill = context.spend(read.author, found.cost, 0)
                return read._replace(answer=found)
            return self._read(query, context, run, read)

        async with asyncio.timeout(self.schema.seconds):
            read = await self.hub.database.answer(work)
        if read is None or read.answer is None:
            return None
        if read.keep:
            self.kept.put(read.stamp, key(read.author), read.answer)
        await self._note(read, now)
        return read.answer

    async def _note(self, read: Read, now: int) -> None:
        """Write down that the token was used, where that was not written lately."""
        if read.stale:
            await self.hub.database.write(identity.saw, read.author.id, now)

    def knows(self, token: str) -> bool:
        """Whether this token was good when it was last looked up here. Whether it is now is looked up by `answer`."""
        return identity.hash_of(token) in self._authors

    def _known(self, hashed: str, now: int) -> Read | None:
        """Who asks and how far the hub has come, as far as a glance tells: None where more is to be looked up."""
        row = self.hub.database.glance(self._stamp.sql, self._stamp.parameters({"hash": hashed}))
        return None if row is None else self._seen(row, hashed, now)

    def _seen(self, row: Any, hashed: str, now: int) -> Read | None:
        """Who asks, if they are known and nothing has happened since. An expired token goes the ordinary way."""
        rev, settlement, _, _, expires_at, last_used_at = row
        over = expires_at is not None and expires_at <= now
        known = self._authors.get(hashed)
        if over or known is None or known[0] != tuple(row[:-1]):
            return None
        stale = last_used_at is None or last_used_at < now - identity.SEEN_EVERY_MS
        return Read(Stamp(int(rev), settlement or 0), known[1], stale, None, keep=False)

    def _who(self, connection: Connection, run: Statements, token: str, now: int) -> Read | None:
        """Who asks. Whatever an author is made of, other than being revoked, moves the hub's rev."""
        hashed = identity.hash_of(token)
        row = run(self._stamp.sql, self._stamp.parameters({"hash": hashed})).fetchone()
        if row is None:
            return None
        seen = self._seen(row, hashed, now)
        if seen is not None:
            return seen
        try:
            author = identity.look_up(connection, token, now).author
        except Refused:
            return None
        _keep(self._authors, hashed, (tuple(row[:-1]), author), AUTHORS)
        return self._seen(row, hashed, now)

    def _read(self, query: Query, asked: Context, run: Statements, who: Read) -> Read | None:
        context = replace(asked, author=who.author)
        try:
            compiled, given = self.plans.plan(query, context)
        except NotCompiled as why:
            self.left[str(why)] += 1
            return None
        asked.bill = context.spend(who.author, query.cost, query.price)
        try:
            body = b"{" + b",".join(_part(one, given, run) for one in compiled.parts) + b"}"
            keep = not compiled.collections & UNSTAMPED
            return who._replace(answer=answer_of(body, compiled.policies, query.cost), keep=keep)
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
    """Of a token's hash: how far the hub has come, whether it was revoked, until when it holds, when it was used."""
    rev = select(META.c.value).where(META.c.key == meta.REV).scalar_subquery()
    settled = select(func.max(SETTLEMENT.c.number)).scalar_subquery()
    held = (TOKEN.c.revoked_at, TABLET.c.revoked_at, TOKEN.c.expires_at, TOKEN.c.last_used_at)
    asked = (
        select(rev, settled, *held)
        .join(TABLET, TABLET.c.device == TOKEN.c.device, isouter=True)
        .where(TOKEN.c.hash == bindparam("hash"))
    )
    return statement(json, asked)

"""Loading what a settlement needs, in bulk: one statement or a few for each set that `sync` asks for.

The same answers as sync.memory gives; what is not there is remembered as absent.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, case, func, literal, select, tuple_

from schema.tables.catalogue import MAPPINGS
from schema.tables.change import CHANGE, accepted_of
from schema.tables.columns import Row
from schema.tables.member import MEMBER
from schema.tables.outcome import OUTCOME
from schema.tables.point_entry import POINT_ENTRY
from schema.tables.ticket import TICKET_TAKER, ticket_of
from server.timely import due
from server.write import chunks
from sync.expiring import bounds_of
from sync.settle import wanted
from sync.state import Accepted, Code, Day, Outcome, Span, State, Sum, Wanted
from sync.things import CODED, DATED, PointExpiry, Thing

NEVER = -1_000_000
"""A day before all others."""

PAIRS = 5_000
"""How many pairs fit into one statement."""


def gathered(connection: Connection, batch: Sequence[Accepted], night: int | None = None) -> State:
    """Everything that deciding this batch will read, on this connection's snapshot; for a night with its `now`."""
    state = State(night=night)
    while missing := wanted(batch, state):
        gather(connection, missing, state)
    return state


def gather(connection: Connection, missing: Wanted, state: State) -> None:
    """Answer one round of what is missing."""
    for collection, ids in missing.things.items():
        load(connection, state, collection, ids)
    _identities(connection, missing.identities, state)
    _aliases(connection, missing.aliases, state)
    _days(connection, missing.days, state)
    _held(connection, missing.held, state)
    _changes(connection, missing.changes, state)
    _outcomes(connection, missing.outcomes, state)
    _conflicts(connection, missing.conflicts, state)
    if missing.point_rules:
        state.point_rules = True
        for collection in ("pointRule", "pointExpiry"):
            mapping = MAPPINGS[collection]
            found = [mapping.thing(row) for row in _rows(connection, select(mapping.table))]
            _keep(state, collection, found)
    _ledgers(connection, missing.ledgers, state)
    for day in missing.elders:
        state.elders[day] = _elders(connection, day)
    for span in missing.spans:
        state.spans[span] = _within(connection, span)
    _codes(connection, missing.codes, state)
    for span in missing.sessions:
        _sessions(connection, span, state)
    if missing.timely:
        state.timely = due(connection, state.night or 0)
        for collection, found in state.timely.items():
            load(connection, state, collection, found)


def load(connection: Connection, state: State, collection: str, ids: Iterable[str]) -> None:
    """Load things that are not loaded yet."""
    known = state.things.setdefault(collection, {})
    missing = [thing_id for thing_id in ids if thing_id not in known]
    known.update(dict.fromkeys(missing))
    table = MAPPINGS[collection].table
    _keep(state, collection, _things(connection, collection, _by(connection, table, "id", missing)))


def _things(connection: Connection, collection: str, rows: list[Row]) -> list[Thing]:
    if collection != "ticket":
        return [MAPPINGS[collection].thing(row) for row in rows]
    takers: dict[str, list[Row]] = {}
    for row in _by(connection, TICKET_TAKER.table, "ticket", [row["id"] for row in rows], "position"):
        takers.setdefault(row["ticket"], []).append(row)
    return [ticket_of(row, takers.get(row["id"], [])) for row in rows]


def _keep(state: State, collection: str, things: Iterable[Thing]) -> None:
    state.things.setdefault(collection, {}).update({thing.id: thing for thing in things})


def _rows(connection: Connection, statement: Any) -> list[Row]:
    return [*connection.execute(statement).mappings()]


def _by(
    connection: Connection, table: Table, column: str, values: Iterable[str], order: str | None = None
) -> list[Row]:
    """All rows with one of these values, chunk by chunk."""
    found: list[Row] = []
    for chunk in chunks(values):
        rows = connection.execute(_having(table, column, order), {"wanted": list(chunk)})
        found += rows.mappings()
    return found


@cache
def _having(table: Table, column: str, order: str | None) -> Select[Any]:
    """The statement for `_by`, built once: it is asked at every change that is made online."""
    statement = select(table).where(table.c[column].in_(bindparam("wanted", expanding=True)))
    return statement if order is None else statement.order_by(table.c[order])


def _identities(connection: Connection, wanted_pairs: set[tuple[str, str]], state: State) -> None:
    """The root of whoever has a unit and number, be it a member or an alias."""
    state.identities.update(dict.fromkeys(wanted_pairs))
    table = MEMBER.table
    for chunk in chunks(wanted_pairs, PAIRS):
        pairs = tuple_(table.c.unit, table.c.number).in_(chunk)
        columns = select(table.c.id, table.c.unit, table.c.number, table.c.alias_of)
        for row in _rows(connection, columns.where(pairs).order_by(table.c.id.desc())):
            state.identities[row["unit"], row["number"]] = row["alias_of"] or row["id"]


def _aliases(connection: Connection, roots: set[str], state: State) -> None:
    state.aliases.update({root: [] for root in roots})
    rows = _by(connection, MEMBER.table, "alias_of", roots, "id")
    for row in rows:
        state.aliases[row["alias_of"]].append(row["id"])
    _keep_new(state, "member", [MEMBER.thing(row) for row in rows])


def _days(connection: Connection, days: set[Day], state: State) -> None:
    """What is recorded under these members on these local days."""
    for day in days:
        state.entries[day] = []
        state.dated.update({(collection, day): [] for collection in DATED})
    for chunk in chunks(days, PAIRS):
        for collection in DATED:
            table = MAPPINGS[collection].table
            rows = _rows(connection, _on(table, chunk).order_by(table.c.id))
            for row in rows:
                state.dated[collection, Day(row["member"], row["day"])].append(row["id"])
            _keep_new(state, collection, [MAPPINGS[collection].thing(row) for row in rows])
        table = POINT_ENTRY.table
        for row in _rows(connection, _on(table, chunk).order_by(table.c.settlement, table.c.id)):
            state.entries[Day(row["member"], row["day"])].append(POINT_ENTRY.thing(row))


def _on(table: Table, days: Sequence[Day]) -> Any:
    return select(table).where(tuple_(table.c.member, table.c.day).in_([tuple(day) for day in days]))


def _keep_new(state: State, collection: str, things: Iterable[Thing]) -> None:
    known = state.things.setdefault(collection, {})
    for thing in things:
        known.setdefault(thing.id, thing)


def _ledgers(connection: Connection, members: set[str], state: State) -> None:
    """What each has of each kind between the days at which a rule of expiry tells entries apart."""
    state.ledgers.update({member: [] for member in members})
    rules = [rule for rule in state.things.get("pointExpiry", {}).values() if isinstance(rule, PointExpiry)]
    table = POINT_ENTRY.table
    steps = [(table.c.day >= bound, bound) for bound in reversed(bounds_of(rules))]
    day: Any = case(*steps, else_=NEVER) if steps else literal(NEVER)
    source: Any = case((table.c.kind == "EXPIRED", table.c.source), else_=None)
    for chunk in chunks(members):
        sums = (
            select(
                table.c.member,
                table.c.kind,
                source.label("source"),
                day.label("day"),
                func.sum(table.c.points).label("points"),
                func.count().label("entries"),
            )
            .where(table.c.member.in_(chunk))
            .group_by(table.c.member, table.c.kind, source, day)
            .order_by(table.c.member, table.c.kind, source, day)
        )
        for row in connection.execute(sums):
            found = Sum(row.kind, row.source, row.day, int(row.points), row.entries)
            state.ledgers[row.member].append(found)


def _elders(connection: Connection, day: int) -> list[str]:
    """Who has any entry of before a day."""
    table = POINT_ENTRY.table
    older = select(table.c.member).where(table.c.day < day).distinct().order_by(table.c.member)
    return [*connection.execute(older).scalars()]


def _within(connection: Connection, span: Span) -> list[Day]:
    """The days of members on which anything was recorded or posted in a community."""
    found: set[Day] = set()
    for table in (*(MAPPINGS[collection].table for collection in DATED), POINT_ENTRY.table):
        here = table.c.community == span.community
        days = select(table.c.member, table.c.day).where(here, table.c.day.between(span.first, span.last))
        found.update(Day(row.member, row.day) for row in connection.execute(days.distinct()))
    return sorted(found)


def _codes(connection: Connection, codes: set[Code], state: State) -> None:
    """What has these codes in their communities."""
    state.codes.update(dict.fromkeys(codes))
    for collection in CODED:
        table = MAPPINGS[collection].table
        pairs = sorted((one.community, one.code) for one in codes if one.collection == collection)
        for chunk in chunks(pairs, PAIRS):
            columns = select(table.c.id, table.c.community, table.c.code)
            found = columns.where(tuple_(table.c.community, table.c.code).in_(chunk))
            for row in _rows(connection, found.order_by(table.c.id.desc())):
                state.codes[Code(collection, row["community"], row["code"])] = row["id"]


def _sessions(connection: Connection, span: Span, state: State) -> None:
    """The activities of a community's days."""
    mapping = MAPPINGS["activity"]
    table = mapping.table
    here = (table.c.community == span.community) & table.c.day.between(span.first, span.last)
    rows = _rows(connection, select(table).where(here).order_by(table.c.id))
    state.sessions[span] = [row["id"] for row in rows]
    _keep_new(state, "activity", [mapping.thing(row) for row in rows])


def _held(connection: Connection, waited_for: set[str], state: State) -> None:
    state.held.update({thing_id: [] for thing_id in waited_for})
    for row in _by(connection, CHANGE, "held", waited_for, "id"):
        state.held[row["held"]].append(accepted_of(row))


def _changes(connection: Connection, ids: set[str], state: State) -> None:
    state.changes.update(dict.fromkeys(ids))
    for row in _by(connection, CHANGE, "id", ids):
        if row["settlement"] is not None:
            state.changes[row["id"]] = accepted_of(row)


def _outcomes(connection: Connection, ids: set[str], state: State) -> None:
    state.outcomes.update(dict.fromkeys(ids))
    state.outcomes.update(newest_outcomes(connection, ids))


def newest_outcomes(connection: Connection, ids: Iterable[str]) -> dict[str, Outcome]:
    """The newest outcome of each change that was settled."""
    rows = _by(connection, OUTCOME.table, "change", ids, "settlement")
    return {row["change"]: OUTCOME.thing(row) for row in rows}


def _conflicts(connection: Connection, entities: set[str], state: State) -> None:
    state.conflicts.update(entities)
    mapping = MAPPINGS["conflict"]
    rows = _by(connection, mapping.table, "entity", entities)
    _keep_new(state, "conflict", [mapping.thing(row) for row in rows])

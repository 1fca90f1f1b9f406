"""Settling: gather, decide, plan, write. The night decides outside the writer's lock and writes in one transaction.

When something was committed meanwhile, the night is only planned again if it has nothing to do
with what was read, else decided again; the third time under the lock.
"""

import logging
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete, exists, func, select, update

from schema.tables.change import CHANGE, accepted_of
from schema.tables.columns import Row
from schema.tables.conflict import CONFLICT
from schema.tables.hole import HOLE
from schema.tables.repeat import REPEAT
from schema.tables.settlement import SETTLEMENT
from schema.tables.ticket import TICKET_TAKER
from schema.values import Refused, SettlementKind
from server import meta
from server.effects import Effects, unpacked
from server.erase import erase
from server.gather import gathered, newest_outcomes
from server.plan import Base, Coming, Plan, planned
from server.timely import due
from server.write import chunks, write
from sync.settle import HELD_MS, Crash, settle
from sync.state import Accepted, Code, Result, Settled, Span, State
from sync.things import CODED, THINGS
from sync.timely import TIMELY, may

logger = logging.getLogger(__name__)

MOST_CRASHES: Final = 20
"""More than this in one night is no single bad change: the night fails and says so."""

TOLERANCE_MS: Final = 2_000
"""How far the hub's clock may be behind its last settlement before that is more than a correction."""

UNRELATED: Final = frozenset(
    {
        "ticket",
        "device",
        "unit",
        "grid",
        "community",
        "post",
        "team",
        "activity",
        "duty",
        "dutyPeriod",
        "reward",
        "whistle",
        "adjustment",
        "recount",
    }
)
"""Things that are read by their ids, or found as `_is_found` says: one that was not read cannot have mattered."""


# Asked at every change that is made online: built once.
_NEWEST: Final = (
    select(SETTLEMENT.c.number, SETTLEMENT.c.digest, SETTLEMENT.c.at, SETTLEMENT.c.now)
    .order_by(SETTLEMENT.c.number.desc())
    .limit(1)
)
_LINES: Final = select(CHANGE).where(CHANGE.c.id.in_(bindparam("ids", expanding=True)))
_ANY_REPEAT: Final = select(REPEAT.c.seq).limit(1)
_MINE: Final = CHANGE.c.settlement.is_(None) & (CHANGE.c.position <= bindparam("through"))
_MARK_ALL: Final = update(CHANGE).where(_MINE).values(settlement=bindparam("settled_by"))
_MARK_THESE: Final = _MARK_ALL.where(CHANGE.c.id.in_(bindparam("ids", expanding=True)))
_HOLES: Final = update(HOLE).where(HOLE.c.settlement.is_(None)).values(settlement=bindparam("settled_by"))


class Decided(Struct):
    """A batch, what was read for it, and what was decided."""

    base: Base
    coming: Coming
    state: State
    settled: Settled


def base_of(connection: Connection) -> Base:
    """What the next settlement comes after."""
    row = connection.execute(_NEWEST).one_or_none()
    rev = meta.number(connection, meta.REV)
    return Base(0, "", 0, 0, rev) if row is None else Base(row.number, row.digest, row.at, row.now, rev)


def clocked(base: Base, now: int) -> int:
    """The settlement's `now`; raises Refused CLOCK_BEHIND when the hub's clock is behind its last settlement."""
    if now < base.now - TOLERANCE_MS:
        raise Refused("CLOCK_BEHIND", behindMs=base.now - now)
    return max(now, base.now)


def waiting(connection: Connection, now: int) -> list[Row]:
    """Every line that waits for a night: what is unsettled, what was held too long, and rulings that are held."""
    due = (CHANGE.c.held_since <= now - HELD_MS) | (CHANGE.c.kind == "conflict.rule")
    overdue = CHANGE.c.held.is_not(None) & due
    lines = select(CHANGE).where(CHANGE.c.settlement.is_(None) | overdue).order_by(CHANGE.c.position)
    return [*connection.execute(lines).mappings()]


def decide_night(connection: Connection, now: int) -> Decided | None:
    """Decide everything that waits, on this snapshot; None when nothing does."""
    base = base_of(connection)
    now = clocked(base, now)
    rows = waiting(connection, now)
    repeats = untold(connection)
    if not repeats and not _is_news(connection, rows, now) and not any(due(connection, now).values()):
        return None
    return _decide(connection, base, rows, now, "NIGHT", repeats)


def _is_news(connection: Connection, rows: Sequence[Row], now: int) -> bool:
    """Whether anything waits but rulings that go on waiting: they alone make no night."""
    if any(row["settlement"] is None or row["held_since"] <= now - HELD_MS for row in rows):
        return True
    table = CONFLICT.table
    return any(
        connection.execute(select(table.c.id).where(table.c.id.in_(chunk)).limit(1)).first() is not None
        for chunk in chunks(row["held"] for row in rows)
    )


def decide_lines(connection: Connection, ids: Sequence[str], now: int, kind: SettlementKind) -> Decided:
    """Decide just these lines of the inbox."""
    rows: list[Row] = []
    for chunk in chunks(ids):
        rows += connection.execute(_LINES, {"ids": list(chunk)}).mappings()
    base = base_of(connection)
    return _decide(connection, base, rows, clocked(base, now), kind, [])


def _decide(
    connection: Connection,
    base: Base,
    rows: Sequence[Row],
    now: int,
    kind: SettlementKind,
    repeats: list[Row],
) -> Decided:
    batch = [accepted_of(row) for row in rows]
    state = gathered(connection, batch, now if kind == "NIGHT" else None)
    settled = without_crashes(state, batch, now, base.digest)
    told = {outcome.change for outcome in settled.outcomes}
    repeats = [*(row for row in repeats if row["change"] not in told), *_repeats(connection, told)]
    heard = told | {row["change"] for row in repeats}
    communities = {row["id"]: row["community"] for row in rows}
    communities.update(_communities(connection, heard - communities.keys()))
    coming = Coming(
        kind=kind,
        position=max((row["position"] for row in rows), default=0),
        communities=communities,
        repeats=repeats,
        untold=newest_outcomes(connection, heard - told),
    )
    return Decided(base, coming, state, settled)


def without_crashes(state: State, batch: Sequence[Accepted], now: int, previous: str) -> Settled:
    """Decide; a change that crashes its rule is set apart with the rule's name, and the rest decided without it."""
    crashed: dict[str, str] = {}
    while True:
        try:
            return settle(state, batch, now, previous, crashed)
        except Crash as crash:
            logger.exception("a rule failed")
            if len(crashed) == MOST_CRASHES:
                raise
            crashed[crash.change] = crash.kind


def untold(connection: Connection) -> list[Row]:
    """Repeats of changes that are settled, whose own author has not heard the verdict."""
    settled = exists().where(CHANGE.c.id == REPEAT.c.change, CHANGE.c.settlement.is_not(None))
    return [*connection.execute(select(REPEAT).where(REPEAT.c.told.is_(None), settled)).mappings()]


def _repeats(connection: Connection, changes: Iterable[str]) -> list[Row]:
    rows: list[Row] = []
    if connection.execute(_ANY_REPEAT).first() is not None:
        for chunk in chunks(changes):
            rows += connection.execute(select(REPEAT).where(REPEAT.c.change.in_(chunk))).mappings()
    return rows


def _communities(connection: Connection, changes: Iterable[str]) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for chunk in chunks(changes):
        rows = connection.execute(select(CHANGE.c.id, CHANGE.c.community).where(CHANGE.c.id.in_(chunk)))
        found.update((row.id, row.community) for row in rows)
    return found


def plan(decided: Decided) -> Plan:
    """Everything that will be written, encoded."""
    return planned(decided.settled, decided.state, decided.base, decided.coming)


# Whether what was read has moved


def touched(connection: Connection, decided: Decided) -> bool:
    """Whether anything that this settlement read, or might have read, was committed since.

    So it was where the base itself is gone: the hub was restored meanwhile.
    """
    base = select(SETTLEMENT.c.digest).where(SETTLEMENT.c.number == decided.base.number)
    if (connection.execute(base).scalar_one_or_none() or "") != decided.base.digest:
        return True
    newer = connection.execute(
        select(SETTLEMENT.c.effects, SETTLEMENT.c.kind).where(SETTLEMENT.c.number > decided.base.number)
    )
    return any(row.kind != "ONLINE" or _matters(unpacked(row.effects), decided) for row in newer)


def _matters(effects: Effects, decided: Decided) -> bool:
    state, heard = decided.state, {row["change"] for row in decided.coming.repeats}
    if effects.entries or effects.erased or effects.written.keys() - UNRELATED:
        return True
    for outcome in effects.outcomes:
        if outcome.outcome is Result.HELD or outcome.change in state.outcomes or outcome.change in heard:
            return True
    return any(
        thing["id"] in state.things.get(collection, {})
        or _is_found(collection, thing, state)
        or _is_due(collection, thing, decided)
        for collection, things in effects.written.items()
        for thing in things
    )


def _is_found(collection: str, thing: Any, state: State) -> bool:
    """Whether a thing that was not read is one that would be found otherwise than by its id, now."""
    if collection == "activity":
        return Span(thing["community"], thing["day"], thing["day"]) in state.sessions
    return collection in CODED and Code(collection, thing["community"], thing["code"]) in state.codes


def _is_due(collection: str, thing: Any, decided: Decided) -> bool:
    """Whether a thing that a night did not read is one to which that night has something to bring, now."""
    if decided.state.night is None or collection not in TIMELY:
        return False
    return may(collection, msgspec.convert(thing, THINGS[collection]), decided.state.night)


# Writing


def apply(connection: Connection, plan: Plan) -> None:
    """Write a settlement, inside the writer's transaction, whose base is what `plan` says it is."""
    if plan.takers_gone:
        for chunk in chunks(plan.takers_gone):
            connection.execute(delete(TICKET_TAKER.table).where(TICKET_TAKER.table.c.ticket.in_(chunk)))
    for rows in plan.rows:
        write(connection, rows)
    _mark(connection, plan)
    if plan.erased:
        erase(connection, plan.erased, plan.number)
    if plan.told:
        told = [{"to": device, "as": seq, "number": plan.number} for device, seq in plan.told]
        line = (REPEAT.c.device == bindparam("to")) & (REPEAT.c.seq == bindparam("as"))
        connection.execute(update(REPEAT).where(line).values(told=bindparam("number")), told)
    connection.execute(_HOLES, {"settled_by": plan.number})
    meta.store(connection, {meta.REV: plan.last_rev})


def _mark(connection: Connection, plan: Plan) -> None:
    """The lines of the log learn by which settlement they were settled, and what they wait for."""
    mine = {"through": plan.position, "settled_by": plan.number}
    if plan.lines is None:
        connection.execute(_MARK_ALL, mine)
    for chunk in chunks(plan.lines or ()):
        connection.execute(_MARK_THESE, mine | {"ids": list(chunk)})
    for chunk in chunks(plan.free):
        connection.execute(update(CHANGE).where(CHANGE.c.id.in_(chunk)).values(held=None, held_since=None))
    if plan.held:
        since = func.coalesce(CHANGE.c.held_since, plan.settled.now)
        connection.execute(
            update(CHANGE)
            .where(CHANGE.c.id == bindparam("line"))
            .values(held=bindparam("waits"), held_since=since),
            [{"line": change, "waits": waits} for waits, change in plan.held],
        )

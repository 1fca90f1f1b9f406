"""The night's report: what a dispatcher wants to know in the morning, as data.

Who lost what to whom and by which rule; what waits for a person; which tickets are overdue, and whose
affair that is, and which are paused and why; who was whistled for and has not answered, and what units owe
of the four ones; the points of the day by grid and unit (never by person); which tablets were not
heard; what is missing or set apart. Shown as text by server/report_text.py.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from msgspec import Struct, field
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.tables.change import CHANGE
from schema.tables.columns import Row
from schema.tables.conflict import CONFLICT
from schema.tables.hole import HOLE
from schema.tables.quarantine import QUARANTINE
from schema.tables.settlement import SETTLEMENT
from schema.tables.tablet import TABLET
from schema.values import Night
from server import report_due, report_kept
from server.effects import things_of, unpacked
from server.lookup import rows
from server.named import Names, conflict_line, names
from server.store import Hub
from sync.shapes import format_time
from sync.state import Outcome, Result
from sync.things import Conflict, Entry, Service, Thing
from sync.verdicts import sentence

DAY_MS: Final = 86_400_000
SILENT_DAYS: Final = 1
MOST_LINES: Final = 200
"""Longer lists are cut in the report; `totals` are whole, and `lianxin conflicts` lists all."""


class Facts(Struct):
    """What one settlement decided and wrote: of a night just settled, of a dry run, or read again from its row."""

    number: int | None
    now: int
    digest: str | None = None
    changes: set[str] = field(default_factory=set)
    outcomes: list[Outcome] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    written: dict[str, dict[str, Thing]] = field(default_factory=dict)


async def night_report(hub: Hub, night: Night, *, silent_days: int = SILENT_DAYS) -> dict[str, Any]:
    """The report of a night that was just settled, or that a dry run foretells."""
    settled = night.settled
    facts = Facts(night.number, hub.clock.now())
    if settled is not None:
        changes = {accepted.change.id for accepted in settled.changes}
        facts = Facts(
            night.number,
            settled.now,
            settled.digest,
            changes,
            settled.outcomes,
            settled.entries,
            settled.written,
        )
    return await _report(hub, facts, silent_days)


async def past_report(
    hub: Hub, number: int | None = None, *, silent_days: int = SILENT_DAYS
) -> dict[str, Any] | None:
    """The report of an earlier settlement (else of the last night); None when there is no such one.

    What waits, and who was not heard, is as of now.
    """
    query = select(SETTLEMENT).order_by(SETTLEMENT.c.number.desc()).limit(1)
    query = query.where(SETTLEMENT.c.kind == "NIGHT" if number is None else SETTLEMENT.c.number == number)
    async with hub.read() as connection:
        found = await rows(connection, query)
        if not found:
            return None
        row = found[0]
        log = select(CHANGE.c.id).where(CHANGE.c.settlement == row["number"])
        changes = {line["id"] for line in await rows(connection, log)}
    effects = unpacked(row["effects"])
    written = things_of(effects, lambda _: None)
    facts = Facts(
        row["number"], row["now"], row["digest"], changes, effects.outcomes, effects.entries, written
    )
    return await _report(hub, facts, silent_days)


async def _report(hub: Hub, facts: Facts, silent_days: int) -> dict[str, Any]:
    tonight: list[Any] = list(facts.written.get("conflict", {}).values())
    foretold = tonight if facts.number is None else []
    unwritten = facts.written if facts.number is None else {}
    told_first = {conflict.id for conflict in foretold}
    async with hub.read() as connection:
        waiting = [one for one in await open_conflicts(connection) if one.id not in told_first]
        waiting += [one for one in foretold if one.state == "REVIEW"]
        known = await names(
            connection,
            [*tonight, *waiting],
            written=facts.written,
            outcomes=facts.outcomes,
            members={entry.member for entry in facts.entries},
        )
        held = await _held(connection, facts.outcomes if facts.number is None else [], known)
        overdue = await report_due.overdue(connection, unwritten, known)
        paused = await report_due.paused(connection, unwritten, known)
        whistles = await report_due.whistles(connection, unwritten, known)
        duties = await report_due.duties(connection, unwritten, known, hub.clock.now())
        silent = await _silent(connection, hub.clock.now(), silent_days)
        since = await _night_before(connection, facts)
        holes = await _holes(connection, known, since, facts.now)
        apart = [
            *await _quarantine(connection, known, since, facts.now),
            *_set_apart(facts.outcomes, known),
        ]
        restores = await report_kept.restores(connection, since, facts.now)
        flipped = await report_kept.flipped(connection, facts.changes, since, facts.now)
        failures = await report_kept.failures(connection, since, facts.now)
    lists = {
        "conflicts": _lines(tonight, known),
        "waiting": _lines(waiting, known),
        "held": held,
        "overdue": overdue,
        "paused": paused,
        "whistles": whistles,
        "duties": duties,
        "silent": silent,
        "holes": holes,
        "quarantine": apart,
        "restores": restores,
        "flipped": flipped,
        "failures": failures,
    }
    return {
        "settlement": facts.number,
        "now": format_time(facts.now),
        "utcOffset": hub.settings.utc_offset,
        "changes": len(facts.changes),
        "results": dict(sorted(Counter(str(one.outcome.value) for one in facts.outcomes).items())),
        "outcomes": dict(sorted(Counter(one.code for one in facts.outcomes).items())),
        "digest": facts.digest,
        "points": _points(facts.entries, known) | {"services": _services(facts)},
        "silentDays": silent_days,
        **{name: lines[:MOST_LINES] for name, lines in lists.items()},
        "totals": {name: len(lines) for name, lines in lists.items()},
    }


async def open_conflicts(connection: AsyncConnection, community: str | None = None) -> list[Conflict]:
    """The conflicts that wait for a person, the oldest first."""
    table = CONFLICT.table
    query = select(table).where(table.c.state == "REVIEW").order_by(table.c.opened, table.c.id)
    if community is not None:
        query = query.where(table.c.community == community)
    return [CONFLICT.thing(row) for row in await rows(connection, query)]


def _lines(conflicts: Sequence[Conflict], known: Names) -> list[dict[str, Any]]:
    ordered = sorted(conflicts, key=lambda one: (one.grid or "", one.opened, one.id))
    return [conflict_line(conflict, known) for conflict in ordered]


async def _held(
    connection: AsyncConnection, outcomes: Iterable[Outcome], known: Names
) -> list[dict[str, Any]]:
    """What waits for a thing that has not come, with what a dry run would add and take away."""
    table = CHANGE
    query = select(table.c.id, table.c.device, table.c.kind, table.c.held, table.c.held_since)
    query = query.where(table.c.held.is_not(None)).order_by(table.c.held_since, table.c.id)
    lines = {row["id"]: (row["device"], row["kind"], row["held"]) for row in await rows(connection, query)}
    for one in outcomes:
        lines.pop(one.change, None)
        if one.outcome is Result.HELD and one.waits:
            lines[one.change] = (one.device, one.kind, one.waits)
    return [
        {"change": change, "kind": kind, "tablet": known.tablets.get(device), "waitsFor": waits}
        for change, (device, kind, waits) in lines.items()
    ]


def _points(entries: Sequence[Entry], known: Names) -> dict[str, Any]:
    """What was posted, by the grid and the unit of whom it was posted to."""
    grids: Counter[str] = Counter()
    units: Counter[str] = Counter()
    for entry in entries:
        person = known.person(entry.member)
        if entry.kind == "EARNED" and person is not None:
            grids[known.grids.get(person.grid or "", "–")] += entry.points
            units[known.units.get(person.unit, "–")] += entry.points
    return {
        "earned": sum(entry.points for entry in entries if entry.kind == "EARNED"),
        "redeemed": -sum(entry.points for entry in entries if entry.kind == "REDEEMED"),
        "adjusted": sum(entry.points for entry in entries if entry.kind in {"CREDITED", "DEBITED"}),
        "expired": -sum(entry.points for entry in entries if entry.kind == "EXPIRED"),
        "grids": dict(sorted(grids.items())),
        "units": dict(sorted(units.items())),
    }


def _services(facts: Facts) -> int:
    """How many services of this night count."""
    services = facts.written.get("service", {}).values()
    return sum(
        isinstance(one, Service) and one.state == "COUNTED" and one.change in facts.changes
        for one in services
    )


async def _silent(connection: AsyncConnection, now: int, days: int) -> list[dict[str, Any]]:
    """The tablets in service that have not uploaded for so many days, the longest first."""
    renewed = select(TABLET.c.renews).where(TABLET.c.renews.is_not(None))
    query = select(TABLET).where(TABLET.c.revoked_at.is_(None), TABLET.c.device.not_in(renewed))
    heard = func.coalesce(TABLET.c.last_push_at, TABLET.c.enrolled_at)
    query = query.where(heard <= now - days * DAY_MS)
    return [
        {
            "device": row["device"],
            "tablet": row["name"],
            "lastUpload": row["last_push_at"] and format_time(row["last_push_at"]),
            "days": (now - (row["last_push_at"] or row["enrolled_at"])) // DAY_MS,
        }
        for row in sorted(await rows(connection, query), key=lambda row: (_last(row), row["device"]))
    ]


def _last(row: Row) -> int:
    return int(row["last_push_at"] or row["enrolled_at"])


async def _night_before(connection: AsyncConnection, facts: Facts) -> int:
    """When the night before this one was settled; 0 when this is the first."""
    nights = select(func.max(SETTLEMENT.c.now).label("now")).where(SETTLEMENT.c.kind == "NIGHT")
    if facts.number is not None:
        nights = nights.where(SETTLEMENT.c.number < facts.number)
    return int((await rows(connection, nights))[0]["now"] or 0)


async def _holes(connection: AsyncConnection, known: Names, since: int, until: int) -> list[dict[str, Any]]:
    """What tablets no longer have and the hub never got, as far as it was learned since the night before."""
    query = select(HOLE).where(HOLE.c.at > since, HOLE.c.at <= until)
    return [
        {
            "tablet": known.tablets.get(row["device"], row["device"]),
            "from": row["first"],
            "through": row["last"],
        }
        for row in await rows(connection, query.order_by(HOLE.c.at, HOLE.c.device, HOLE.c.first))
    ]


async def _quarantine(
    connection: AsyncConnection, known: Names, since: int, until: int
) -> list[dict[str, Any]]:
    """What came since the night before and could not be read, or came from a revoked tablet."""
    table = QUARANTINE.c
    query = select(table.device, table.seq, table.code).where(table.arrival > since, table.arrival <= until)
    return [
        {
            "tablet": known.tablets.get(row["device"], row["device"]),
            "seq": row["seq"],
            "code": row["code"],
            "sentence": sentence(row["code"]),
        }
        for row in await rows(connection, query.order_by(table.arrival, table.device, table.seq))
    ]


def _set_apart(outcomes: Iterable[Outcome], known: Names) -> list[dict[str, Any]]:
    """What could be read but was not its author's to do."""
    return [
        {
            "tablet": known.tablets.get(one.device, one.device),
            "seq": one.seq,
            "code": one.code,
            "sentence": one.sentence,
        }
        for one in outcomes
        if one.outcome is Result.QUARANTINED
    ]

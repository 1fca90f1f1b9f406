"""Names for ids, looked up in bulk: what a person would call a ticket, a member, a tablet, a grid.

Settled things that are not written yet (a dry run) may be laid over what the tables say. No
contact, no phone and no private text is read here.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from msgspec.structs import asdict
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.tables.catalogue import MAPPINGS
from schema.tables.columns import Row
from schema.tables.community import COMMUNITY
from schema.tables.evaluation import EVALUATION
from schema.tables.grid import GRID
from schema.tables.member import MEMBER
from schema.tables.outcome import OUTCOME
from schema.tables.service import SERVICE
from schema.tables.tablet import TABLET
from schema.tables.ticket import TICKET
from schema.tables.unit import UNIT
from schema.tables.whistle import WHISTLE
from server.lookup import rows
from sync.rules.duties import DUTIES
from sync.shapes import UUID_PATTERN, format_time
from sync.state import Outcome
from sync.things import Candidate, Conflict, Member, Service, Thing, Ticket

CHUNK = 500
"""How many ids one statement asks for; SQLite takes some thousand variables."""

Written = Mapping[str, Mapping[str, Thing]]


class Person(NamedTuple):
    """A member as reports name them. `root` is who they are read as."""

    name: str
    grid: str | None
    unit: str
    root: str


class Names:
    """The names of what was asked for; an id that nobody knows is named by itself."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.tablets: dict[str, str] = {}
        self.tickets: dict[str, str] = {}
        self.services: dict[str, str] = {}
        self.grids: dict[str, str] = {}
        self.units: dict[str, str] = {}
        self.communities: dict[str, str] = {}
        self.titles: dict[str, str] = {}
        self.periods: dict[str, tuple[str, str]] = {}
        self.outcomes: dict[str, Row] = {}

    def member(self, member_id: str | None) -> str | None:
        person = self.people.get(member_id or "")
        return person.name if person else member_id

    def person(self, member_id: str) -> Person | None:
        """The member, or whom an alias is read as."""
        found = self.people.get(member_id)
        return self.people.get(found.root, found) if found else None

    def value(self, value: Any) -> Any:
        """A value as people read it: ids by name, and an id that has none left out."""
        if not isinstance(value, str) or not re.match(UUID_PATTERN, value):
            return value
        for names in (self.grids, self.units, self.communities, self.tickets):
            if value in names:
                return names[value]
        return self.people[value].name if value in self.people else None

    def title(self, thing: str, entity: str) -> str:
        """What a conflict is about, in a few words."""
        if entity in self.periods:
            member, period = self.periods[entity]
            return f"{self.member(member)} {period}"
        if entity in self.titles:
            return self.titles[entity]
        if thing == "ticket":
            return self.tickets.get(entity, entity)
        if thing == "member":
            return self.member(entity) or entity
        if thing == "service":
            return self.member(self.services.get(entity)) or entity
        codes = {"grid": self.grids, "unit": self.units, "community": self.communities}.get(thing, {})
        return codes.get(entity, entity)


async def by_ids(connection: AsyncConnection, table: Table, ids: Iterable[str], key: str = "id") -> list[Row]:
    """The rows whose `key` is one of these."""
    found: list[Row] = []
    wanted = sorted(set(ids))
    for start in range(0, len(wanted), CHUNK):
        found += await rows(connection, select(table).where(table.c[key].in_(wanted[start : start + CHUNK])))
    return found


async def names(
    connection: AsyncConnection,
    conflicts: Sequence[Conflict],
    *,
    written: Written,
    outcomes: Sequence[Outcome] = (),
    members: Iterable[str] = (),
) -> Names:
    """Names for these conflicts, with the verdicts their authors were told, and for further members."""
    found = Names()
    for table, target in ((GRID, found.grids), (UNIT, found.units), (COMMUNITY, found.communities)):
        for row in await rows(connection, select(table.table.c.id, table.table.c.code)):
            target[row["id"]] = row["code"]
    for row in await rows(connection, select(TABLET.c.device, TABLET.c.name)):
        found.tablets[row["device"]] = row["name"]
    await _things(connection, found, conflicts, written)
    evaluated = {member for member, _ in found.periods.values()}
    people = {person for conflict in conflicts for person in _people(conflict)}
    await _people_named(connection, found, {*people, *members, *found.services.values(), *evaluated}, written)
    changes = {candidate.change for conflict in conflicts for candidate in conflict.candidates}
    for row in sorted(await by_ids(connection, OUTCOME.table, changes, "change"), key=_told):
        found.outcomes[row["change"]] = row
    found.outcomes |= {
        one.change: {"code": one.code, "sentence": one.sentence} for one in outcomes if one.change in changes
    }
    return found


def _told(row: Row) -> tuple[int, int]:
    return row["settlement"], row["position"]


def _people(conflict: Conflict) -> Iterator[str]:
    for candidate in conflict.candidates:
        yield from (person for person in (candidate.member, candidate.by) if person)
        if conflict.thing == "member" and isinstance(candidate.value, str):
            yield candidate.value
    if conflict.thing == "member":
        yield conflict.entity


async def _things(
    connection: AsyncConnection, found: Names, conflicts: Sequence[Conflict], written: Written
) -> None:
    def entities(thing: str) -> list[str]:
        return [conflict.entity for conflict in conflicts if conflict.thing == thing]

    for row in await by_ids(connection, TICKET.table, entities("ticket")):
        found.tickets[row["id"]] = row["title"]
    for row in await by_ids(connection, SERVICE.table, entities("service")):
        found.services[row["id"]] = row["member"]
    for collection, titled in TITLED.items():
        for row in await by_ids(connection, MAPPINGS[collection].table, entities(collection)):
            found.titles[row["id"]] = titled(found, dict(row))
        for one in written.get(collection, {}).values():
            found.titles[one.id] = titled(found, asdict(one))
    called = {
        row["id"]: row["ticket"] for row in await by_ids(connection, WHISTLE.table, entities("whistle"))
    }
    called |= {one.id: one.ticket for one in written.get("whistle", {}).values()}  # type: ignore[attr-defined]
    for row in await by_ids(connection, TICKET.table, called.values()):
        found.tickets.setdefault(row["id"], row["title"])
    for row in await by_ids(connection, EVALUATION.table, entities("evaluation")):
        found.periods[row["id"]] = row["member"], row["period"]
    for one in written.get("evaluation", {}).values():
        found.periods[one.id] = one.member, one.period  # type: ignore[attr-defined]
    for thing in (*written.get("ticket", {}).values(), *written.get("service", {}).values()):
        if isinstance(thing, Ticket):
            found.tickets[thing.id] = thing.title
        elif isinstance(thing, Service):
            found.services[thing.id] = thing.member
    found.titles |= {whistle: found.tickets.get(ticket, whistle) for whistle, ticket in called.items()}


def _name(_: Names, row: dict[str, Any]) -> str:
    return f"{row['name']['zh']} {row['name']['en']}"


def _duty(found: Names, row: dict[str, Any]) -> str:
    duty = DUTIES[row["kind"]]
    return f"{found.units.get(row['unit'], row['unit'])} {row['period']} {duty.zh} {duty.en}"


def _title(_: Names, row: dict[str, Any]) -> str:
    return str(row["title"])


TITLED: Final[dict[str, Callable[[Names, dict[str, Any]], str]]] = {
    "team": _name,
    "activity": _title,
    "post": _name,
    "reward": _name,
    "duty": _duty,
}
"""By what people know a thing, from its row."""


async def _people_named(
    connection: AsyncConnection, found: Names, ids: Iterable[str], written: Written
) -> None:
    lines = await by_ids(connection, MEMBER.table, ids)
    roots = [row["alias_of"] for row in lines if row["alias_of"]]
    for row in [*lines, *await by_ids(connection, MEMBER.table, roots)]:
        found.people[row["id"]] = Person(row["name"], row["grid"], row["unit"], row["alias_of"] or row["id"])
    for thing in written.get("member", {}).values():
        if isinstance(thing, Member):
            found.people[thing.id] = Person(thing.name, thing.grid, thing.unit, thing.alias_of or thing.id)


def conflict_line(conflict: Conflict, known: Names) -> dict[str, Any]:
    """A conflict as people read it: what it is about, what stands, and what else was said by whom."""
    sides = {candidate.change: _side(candidate, known) for candidate in conflict.candidates}
    stands = sides.pop(conflict.stands or "", None)
    return {
        "id": conflict.id,
        "rule": conflict.rule,
        "kind": conflict.kind,
        "thing": conflict.thing,
        "entity": conflict.entity,
        "title": known.title(conflict.thing, conflict.entity),
        "field": conflict.field,
        "community": known.communities.get(conflict.community, conflict.community),
        "grid": known.grids.get(conflict.grid or "", conflict.grid),
        "state": conflict.state,
        "closeCall": conflict.close_call,
        "since": format_time(conflict.opened),
        "stands": stands,
        "others": list(sides.values()),
    }


def _side(candidate: Candidate, known: Names) -> dict[str, Any]:
    told = known.outcomes.get(candidate.change)
    return {
        "change": candidate.change,
        "kind": candidate.kind,
        "office": candidate.office.name,
        "tablet": known.tablets.get(candidate.device),
        "member": known.member(candidate.member or candidate.by),
        "deed": format_time(candidate.deed),
        "uncertaintyMs": candidate.uncertainty_ms,
        "value": known.value(candidate.value),
        "verdict": told and {"code": told["code"], "sentence": dict(told["sentence"])},
    }

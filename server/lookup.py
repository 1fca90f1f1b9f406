"""What the command line looks up: ids of codes, the tablets, and what a district file is compared with.

Reads only, each in one or a few statements on one snapshot.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.tables.columns import Row
from schema.tables.community import COMMUNITY
from schema.tables.device import DEVICE
from schema.tables.grid import GRID
from schema.tables.mapping import Mapping
from schema.tables.member import MEMBER
from schema.tables.point_expiry import POINT_EXPIRY
from schema.tables.point_rule import POINT_RULE
from schema.tables.tablet import TABLET
from schema.tables.team import TEAM
from schema.tables.unit import UNIT
from server.district_changes import Current
from server.store import Hub
from sync.shapes import format_time


class UnknownCode(Exception):
    """A code that nothing has; says what it was to be, and where to look."""

    def __init__(self, thing: str, code: str, known: Iterable[str]) -> None:
        there = ", ".join(sorted(known)) or "none yet; load a district file with `lianxin load`"
        super().__init__(f"There is no {thing} with the code {code}. There are: {there}.")


class DeviceLine(NamedTuple):
    """One tablet. `received` is the last seq that came; times are milliseconds since 1970."""

    id: str
    name: str
    grids: list[str]
    last_contact: int | None
    received: int
    state: str

    def as_dict(self) -> dict[str, Any]:
        contact = None if self.last_contact is None else format_time(self.last_contact)
        return {
            "device": self.id,
            "name": self.name,
            "grids": self.grids,
            "lastContact": contact,
            "receivedThrough": self.received,
            "state": self.state,
        }


async def rows(connection: AsyncConnection, query: Select[Any]) -> Sequence[Row]:
    """All rows of a query."""
    return [row._mapping for row in await connection.execute(query)]


async def ids_of(hub: Hub, table: Table, thing: str, codes: Iterable[str]) -> list[str]:
    """The ids of these codes, in their order; raises UnknownCode."""
    async with hub.read() as connection:
        found = {row["code"]: row["id"] for row in await rows(connection, select(table.c.code, table.c.id))}
    for code in codes:
        if code not in found:
            raise UnknownCode(thing, code, found)
    return [found[code] for code in codes]


async def grid_ids(hub: Hub, codes: Iterable[str]) -> list[str]:
    return await ids_of(hub, GRID.table, "grid", codes)


async def community_id(hub: Hub, code: str) -> str:
    return (await ids_of(hub, COMMUNITY.table, "community", [code]))[0]


async def unit_id(hub: Hub, code: str) -> str:
    return (await ids_of(hub, UNIT.table, "unit", [code]))[0]


async def team_id(hub: Hub, code: str) -> str:
    return (await ids_of(hub, TEAM.table, "team", [code]))[0]


async def devices(hub: Hub) -> list[DeviceLine]:
    """All tablets by name; those that were renewed or revoked last."""
    async with hub.read() as connection:
        codes = {row["id"]: row["code"] for row in await rows(connection, select(GRID.table))}
        carried = {row["id"]: row["grids"] for row in await rows(connection, select(DEVICE.table))}
        tablets = await rows(connection, select(TABLET))
    renewed = {row["renews"] for row in tablets}
    lines = [
        _line(row, renewed, [codes.get(one, one) for one in carried.get(row["device"], [])])
        for row in tablets
    ]
    return sorted(lines, key=lambda line: (line.state in ("REVOKED", "RENEWED"), line.name, line.id))


def _line(row: Row, renewed: set[str], grids: list[str]) -> DeviceLine:
    contacts = [at for at in (row["last_push_at"], row["last_pull_at"]) if at is not None]
    if row["revoked_at"] is not None:
        state = "REVOKED"
    elif row["device"] in renewed:
        state = "RENEWED"
    else:
        state = "ACTIVE" if row["cloned_at"] is None else "CLONED"
    return DeviceLine(
        row["device"], row["name"], grids, max(contacts, default=None), row["received_through"], state
    )


async def current(hub: Hub) -> Current:
    """What the hub has of whatever a district file may name."""
    async with hub.read() as connection:
        members: list[Any] = await _things(connection, MEMBER, MEMBER.table.c.alias_of.is_(None))
        return Current(
            communities=_by_code(await _things(connection, COMMUNITY)),
            units=_by_code(await _things(connection, UNIT)),
            grids=_by_code(await _things(connection, GRID)),
            point_rules=_by_code(await _things(connection, POINT_RULE)),
            point_expiries=_by_code(await _things(connection, POINT_EXPIRY)),
            members={(member.unit, member.number): member for member in members},
        )


async def _things(connection: AsyncConnection, mapping: Mapping[Any], *where: Any) -> list[Any]:
    found = await rows(connection, select(mapping.table).where(*where))
    return [mapping.thing(row) for row in found]


def _by_code(things: list[Any]) -> dict[str, Any]:
    return {thing.code: thing for thing in things}


async def count_of(connection: AsyncConnection, table: Table, *where: Any) -> int:
    """How many rows there are."""
    return int((await connection.execute(select(func.count()).select_from(table).where(*where))).scalar_one())

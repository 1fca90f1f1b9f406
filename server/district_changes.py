"""What a district file asks of the hub: the changes for whatever differs from what the hub has.

Pure: the hub's things, the time and the ids are arguments. Loading the same file twice makes no
change. Nothing is ever removed by a file, and what people have changed since is left as it is
unless `overwrite` says so.
"""

import uuid
from collections.abc import Callable, Iterator
from typing import Any, Final

import msgspec
from msgspec import UNSET, Struct, UnsetType, field

from server.district import District, MemberEntry
from server.district_check import Known
from sync.kinds.district import CommunityPut, GridPut, PointExpiryPut, PointRulePut, UnitPut
from sync.kinds.kind import Office
from sync.kinds.members import MemberAssign, MemberEdit, MemberRegister
from sync.shapes import Shape, format_time
from sync.things import Community, Grid, Member, PointExpiry, PointRule, Thing, Unit

NAMESPACE: Final = uuid.UUID("5d0c2f6e-0b0f-5d4e-9a59-7a3f4a0b1c2d")

Raw = dict[str, Any]


class Current(Struct):
    """What the hub has of what a file may name: by code; members by (unit's id, number), roots only."""

    communities: dict[str, Community] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    grids: dict[str, Grid] = field(default_factory=dict)
    point_rules: dict[str, PointRule] = field(default_factory=dict)
    point_expiries: dict[str, PointExpiry] = field(default_factory=dict)
    members: dict[tuple[str, str], Member] = field(default_factory=dict)

    def known(self) -> Known:
        """The codes alone, for the check of a file."""
        codes = {one.id: code for code, one in self.communities.items()}
        return Known(
            categories={
                code: {one["code"] for one in item.categories} for code, item in self.communities.items()
            },
            skills={code: {one["code"] for one in item.skills} for code, item in self.communities.items()},
            units={code: codes.get(unit.community, "") for code, unit in self.units.items()},
            grids={code: codes.get(grid.community, "") for code, grid in self.grids.items()},
            point_rules=set(self.point_rules),
        )


class Plan(Struct):
    """The changes a file asks for; `kept` counts the values that people have changed since and that stay."""

    changes: list[Raw] = field(default_factory=list)
    kept: int = 0


def entity_id(thing: str, code: str) -> str:
    """The id of a thing with this code: the same in every district file, for ever."""
    return str(uuid.uuid5(NAMESPACE, f"{thing}:{code}"))


class Author(Struct):
    """Who writes the changes down: the time, a source of UUIDv7s and one of salts (32 hex digits)."""

    now: int
    new_id: Callable[[], str]
    new_salt: Callable[[], str]

    def change(self, kind: str, entity: str, saw: int, data: Shape, private: Raw | None = None) -> Raw:
        raw = {
            "id": self.new_id(),
            "at": format_time(self.now),
            "run": 0,
            "saw": saw,
            "kind": kind,
            "entity": entity,
            "by": None,
            "data": msgspec.to_builtins(data),
        }
        return raw if private is None else raw | {"private": {"salt": self.new_salt(), **private}}


def plan(district: District, current: Current, author: Author, *, overwrite: bool = False) -> Plan:
    """What has to be written so that the hub has what the file says."""
    ids = _Ids(district, current)
    result = Plan(list(_puts(district, current, ids, author)))
    for entry in district.members:
        changes, kept = _member(entry, current, ids, author, overwrite)
        result.changes += changes
        result.kept += kept
    return result


class _Ids:
    """Ids by code: the hub's where it has the code, else those that the codes give."""

    def __init__(self, district: District, current: Current) -> None:
        self.communities = _ids("community", district.communities, current.communities)
        self.units = _ids("unit", district.units, current.units)
        self.grids = _ids("grid", district.grids, current.grids)
        self.point_rules = _ids("pointRule", district.point_rules, current.point_rules)
        self.point_expiries = _ids("pointExpiry", district.point_expiries, current.point_expiries)


def _ids(thing: str, entries: list[Any], current: dict[str, Any]) -> dict[str, str]:
    new = {entry.code: entity_id(thing, entry.code) for entry in entries}
    return new | {code: item.id for code, item in current.items()}


def _puts(district: District, current: Current, ids: _Ids, author: Author) -> Iterator[Raw]:
    """Communities first, then what refers to them."""
    for community in district.communities:
        yield from _put("community", community, ids.communities, current.communities, author)
    for unit in district.units:
        resolved = _resolve(unit, UnitPut, ids.communities)
        yield from _put("unit", resolved, ids.units, current.units, author)
    for grid in district.grids:
        resolved = _resolve(grid, GridPut, ids.communities)
        yield from _put("grid", resolved, ids.grids, current.grids, author)
    for rule in district.point_rules:
        resolved = _resolve(rule, PointRulePut, ids.communities)
        yield from _put("pointRule", resolved, ids.point_rules, current.point_rules, author)
    for expiry in district.point_expiries:
        yield from _put("pointExpiry", expiry, ids.point_expiries, current.point_expiries, author)


def _resolve(entry: Shape, put: type[Shape], communities: dict[str, str]) -> Any:
    """The entry as the data of its put: the community's code becomes its id."""
    values = msgspec.to_builtins(entry)
    if "community" in values:
        values["community"] = communities[values["community"]]
    return msgspec.convert(values, put)


def _put(
    thing: str, data: Any, ids: dict[str, str], current: dict[str, Any], author: Author
) -> Iterator[Raw]:
    there: Thing | None = current.get(data.code)
    if there is None:
        yield author.change(f"{thing}.put", ids[data.code], 0, data)
    elif _as_put(there) != _complete(data):
        yield author.change(f"{thing}.put", there.id, there.rev, data)


_PUTS: Final[dict[type[Thing], type[Shape]]] = {
    Community: CommunityPut,
    Unit: UnitPut,
    Grid: GridPut,
    PointRule: PointRulePut,
    PointExpiry: PointExpiryPut,
}
_EMPTY: Final[dict[type[Shape], Raw]] = {
    CommunityPut: {"policies": {}, "holidays": [], "workdays": []},
    UnitPut: {"resources": []},
    PointRulePut: {"hours": "ANY"},
}


def _as_put(thing: Thing) -> Shape:
    """The data of a put that would give this thing, defaults written out."""
    put = _PUTS[type(thing)]
    names = {one.name: one.encode_name for one in msgspec.structs.fields(put)}
    values = {names[name]: getattr(thing, name) for name in names}
    given = {name: value for name, value in values.items() if value is not None}
    return _complete(msgspec.convert(given, put))


def _complete(data: Shape) -> Shape:
    """With the defaults that a file may leave out, so that what means the same is the same."""
    values = _EMPTY.get(type(data), {}) | msgspec.to_builtins(data)
    return msgspec.convert(values, type(data))


def _member(
    entry: MemberEntry, current: Current, ids: _Ids, author: Author, overwrite: bool
) -> tuple[list[Raw], int]:
    unit = ids.units[entry.unit]
    grid = UNSET if entry.grid is UNSET else ids.grids[entry.grid]
    there = current.members.get((unit, entry.number))
    if there is None:
        return list(_newcomer(entry, unit, grid, author)), 0
    return _known_member(entry, grid, there, author, overwrite)


def _newcomer(entry: MemberEntry, unit: str, grid: str | UnsetType, author: Author) -> Iterator[Raw]:
    member = entity_id("member", f"{entry.unit}:{entry.number}")
    private = None if entry.phone is UNSET else {"phone": entry.phone}
    data = MemberRegister(unit=unit, number=entry.number, name=entry.name, grid=grid)
    yield author.change("member.register", member, 0, data, private)
    rest = MemberEdit(standing=entry.standing, add_skills=entry.skills)
    if rest != MemberEdit():
        yield author.change("member.edit", member, 0, rest)


def _known_member(
    entry: MemberEntry, grid: str | UnsetType, there: Member, author: Author, overwrite: bool
) -> tuple[list[Raw], int]:
    """An edit and a placing where file and hub differ; the hub's value stays where people changed it since."""
    kept = 0

    def differs(name: str, wanted: object) -> bool:
        nonlocal kept
        if wanted is UNSET or wanted == getattr(there, name):
            return False
        version = there.versions.get(name)
        if overwrite or version is None or version.office == Office.DISTRICT:
            return True
        kept += 1
        return False

    skills = [] if entry.skills is UNSET else [code for code in entry.skills if not there.skills.get(code)]
    edit = MemberEdit(
        name=entry.name if differs("name", entry.name) else UNSET,
        standing=entry.standing if differs("standing", entry.standing) else UNSET,
        add_skills=skills or UNSET,
    )
    private = {"phone": entry.phone} if differs("phone", entry.phone) else None
    changes = []
    if edit != MemberEdit() or private is not None:
        changes.append(author.change("member.edit", there.id, there.rev, edit, private))
    if differs("grid", grid):
        changes.append(author.change("member.assign", there.id, there.rev, MemberAssign(grid=str(grid))))
    return changes, kept

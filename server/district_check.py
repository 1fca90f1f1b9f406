"""What must hold between the parts of a district file: references, codes, dates and hours.

Works on what could be read, so that a wrong reference is reported together with a wrong key
elsewhere. It decides nothing about the hub; codes that the hub already has come in as `Known`.
"""

from collections.abc import Collection, Iterator
from typing import Any, Final, NamedTuple

from msgspec import Struct, field

from server.district_problems import Problem, problem

Item = dict[str, Any]

_FOR_EVER: Final = "9999-12-31"
_WORDS: Final = {
    "community": ("社区", "community"),
    "unit": ("单位", "unit"),
    "grid": ("网格", "grid"),
    "categories": ("定单类别", "ticket category"),
    "skills": ("技能", "skill"),
    "needs": ("技能", "skill"),
}


class Known(Struct):
    """Codes that the hub already has: categories and skills by community, units and grids with theirs."""

    categories: dict[str, set[str]] = field(default_factory=dict)
    skills: dict[str, set[str]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    grids: dict[str, str] = field(default_factory=dict)
    point_rules: set[str] = field(default_factory=set)


class _File(NamedTuple):
    """The readable part of a file, its lines, and all codes that may be referred to."""

    data: Item
    lines: dict[str, int]
    codes: Known

    def items(self, part: str) -> Iterator[tuple[str, Item]]:
        for number, item in enumerate(self.data.get(part, [])):
            if isinstance(item, dict):
                yield f"{part}[{number}]", item


def check(data: Item, lines: dict[str, int], known: Known) -> Iterator[Problem]:
    """All problems between the parts of a file, in no particular order."""
    file = _File(data, lines, _codes(data, known))
    for part in ("communities", "units", "grids", "pointRules", "pointExpiries"):
        yield from _repeated_codes(file, list(file.items(part)))
    for path, community in file.items("communities"):
        yield from _community(file, path, community)
    for part in ("units", "grids"):
        for path, item in file.items(part):
            yield from _unknown(file, path, item, "community", file.codes.categories)
    yield from _point_rules(file)
    yield from _members(file)


def _codes(data: Item, known: Known) -> Known:
    """The codes of the hub and of the file together; the file's own communities replace the hub's."""
    codes = Known(
        {**known.categories}, {**known.skills}, {**known.units}, {**known.grids}, {*known.point_rules}
    )
    for item in _readable(data.get("communities", [])):
        if "code" in item:
            for name, target in (("categories", codes.categories), ("skills", codes.skills)):
                target[item["code"]] = {one["code"] for one in _readable(item.get(name, [])) if "code" in one}
    for name, places in (("units", codes.units), ("grids", codes.grids)):
        for item in _readable(data.get(name, [])):
            if "code" in item:
                places[item["code"]] = item.get("community", "")
    return codes


def _readable(items: list[Any]) -> list[Item]:
    return [item for item in items if isinstance(item, dict)]


def _repeated_codes(file: _File, items: list[tuple[str, Item]]) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for path, item in items:
        if "code" not in item:
            continue
        code, line = item["code"], file.lines[f"{path}.code"]
        if code in first:
            yield problem(line, f"{path}.code", "REPEATED_CODE", code=code, first=first[code])
        first.setdefault(code, line)


def _unknown(file: _File, path: str, item: Item, key: str, among: Collection[str]) -> Iterator[Problem]:
    """A code under `key`, or each of a list of them, that names nothing."""
    value = item.get(key, [])
    codes = [(f"{path}.{key}", value)] if isinstance(value, str) else []
    if isinstance(value, list):
        codes = [(f"{path}.{key}[{n}]", code) for n, code in enumerate(value) if isinstance(code, str)]
    thing_zh, thing_en = _WORDS[key]
    for at, code in codes:
        if code not in among:
            yield problem(file.lines[at], at, "UNKNOWN_CODE", code=code, thing_zh=thing_zh, thing_en=thing_en)


def _community(file: _File, path: str, community: Item) -> Iterator[Problem]:
    for key in ("categories", "skills"):
        items = enumerate(community.get(key, []))
        named = [(f"{path}.{key}[{number}]", item) for number, item in items if isinstance(item, dict)]
        yield from _repeated_codes(file, named)
        for at, item in named:
            yield from _unknown(file, at, item, "needs", file.codes.skills.get(community.get("code", ""), ()))
    taken: list[tuple[int, str, str, int]] = []
    for number, hours in enumerate(community.get("workingHours", [])):
        if not isinstance(hours, dict) or not {"days", "from", "until"} <= hours.keys():
            continue
        at, start, until = f"{path}.workingHours[{number}]", hours["from"], hours["until"]
        line = file.lines[at]
        if until <= start:
            yield problem(line, at, "BACKWARD_HOURS")
            continue
        for day in {day for day in hours["days"] if isinstance(day, int)}:
            for other, other_start, other_until, first in taken:
                if day == other and start < other_until and other_start < until:
                    yield problem(line, at, "OVERLAPPING_HOURS", day=day, first=first)
            taken.append((day, start, until, line))


def _point_rules(file: _File) -> Iterator[Problem]:
    earlier: list[tuple[Item, int]] = []
    for path, rule in file.items("pointRules"):
        yield from _unknown(file, path, rule, "community", file.codes.categories)
        yield from _unknown(file, path, rule, "categories", _categories(file, rule))
        if "atLeast" in rule and rule.get("per", "RATING") != "RATING":
            yield problem(file.lines[f"{path}.atLeast"], f"{path}.atLeast", "RATING_ONLY")
        if "from" not in rule or "per" not in rule:
            continue
        if rule.get("until", rule["from"]) < rule["from"]:
            at = f"{path}.until"
            yield problem(file.lines[at], at, "BACKWARD", start=rule["from"], until=rule["until"])
            continue
        for other, first in earlier:
            if _pays_for(rule) == _pays_for(other) and _meet(rule, other):
                code = other.get("code", "")
                yield problem(file.lines[path], path, "OVERLAPPING_RULES", code=code, first=first)
        earlier.append((rule, file.lines[path]))


def _categories(file: _File, rule: Item) -> set[str]:
    """The categories a rule may name: those of its community, or of any when it holds everywhere."""
    everywhere = set().union(*file.codes.categories.values())
    return file.codes.categories.get(rule.get("community", ""), everywhere)


def _pays_for(rule: Item) -> tuple[object, ...]:
    categories = frozenset(code for code in rule.get("categories", []) if isinstance(code, str))
    return rule["per"], rule.get("community"), rule.get("hours", "ANY"), categories, rule.get("atLeast")


def _meet(one: Item, other: Item) -> bool:
    ends = min(one.get("until", _FOR_EVER), other.get("until", _FOR_EVER))
    return bool(max(one["from"], other["from"]) <= ends)


def _members(file: _File) -> Iterator[Problem]:
    first: dict[tuple[str, str], int] = {}
    for path, member in file.items("members"):
        yield from _unknown(file, path, member, "unit", file.codes.units)
        yield from _unknown(file, path, member, "grid", file.codes.grids)
        unit, number = member.get("unit", ""), member.get("number", "")
        here = file.codes.units.get(unit, "")
        if here in file.codes.skills:
            skills = file.codes.skills[here]
            yield from _unknown(file, path, member, "skills", skills)
        there = file.codes.grids.get(member.get("grid", ""), "")
        if here and there and here != there:
            at = f"{path}.grid"
            yield problem(
                file.lines[at], at, "FOREIGN_GRID", grid=member["grid"], there=there, unit=unit, here=here
            )
        if unit and number:
            line = file.lines[path]
            if (unit, number) in first:
                earlier = first[unit, number]
                yield problem(line, path, "REPEATED_MEMBER", unit=unit, number=number, first=earlier)
            first.setdefault((unit, number), line)

"""The district file: communities, units, grids, rules of points and members, written by people.

YAML 1.2 with comments, or JSON. `read` gives the whole file as frozen structs, or raises
`BadDistrict` with every problem in it, each with its line and key. References are by code; what
becomes of the file in the hub is in server/district_changes.py.
"""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType, field

from server.district_check import Known, check
from server.district_problems import Problem
from server.district_yaml import Reader, compose
from sync.kinds.district import CommunityPut, GridPut, PointExpiryPut, PointRulePut, UnitPut
from sync.kinds.members import Standing
from sync.shapes import Code, Codes, Shape, Word


class UnitEntry(UnitPut, frozen=True, kw_only=True):
    """A `unit.put`, with its community by code."""

    community: Code


class GridEntry(GridPut, frozen=True, kw_only=True):
    """A `grid.put`, with its community by code."""

    community: Code


class PointRuleEntry(PointRulePut, frozen=True, kw_only=True):
    """A `pointRule.put`, with its community by code; without one it holds in the whole district."""

    community: Code | UnsetType = UNSET


class MemberEntry(Shape, frozen=True):
    """A member: who they are to their unit, where they serve and what they can do."""

    unit: Code
    number: Code
    name: Word
    grid: Code | UnsetType = UNSET
    skills: Codes | UnsetType = UNSET
    standing: Standing | UnsetType = UNSET
    phone: Annotated[str, Meta(min_length=1, max_length=30)] | UnsetType = UNSET


class District(Shape, frozen=True):
    """A whole district file. Every part may be left out, so that a file can bring members alone."""

    communities: list[CommunityPut] = field(default_factory=list)
    units: list[UnitEntry] = field(default_factory=list)
    grids: list[GridEntry] = field(default_factory=list)
    point_rules: list[PointRuleEntry] = field(default_factory=list)
    point_expiries: list[PointExpiryPut] = field(default_factory=list)
    members: list[MemberEntry] = field(default_factory=list)


class BadDistrict(Exception):
    """A district file with something wrong in it; nothing of it may be loaded."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__(f"{len(problems)} problems in the district file")
        self.problems = problems


def read(source: bytes, known: Known | None = None) -> District:
    """Read a district file. `known` are the codes that the hub already has and the file may refer to.

    Raises `BadDistrict` with all problems, in the order of the file.
    """
    root, problems = compose(source)
    if root is None:
        raise BadDistrict(problems)
    reader = Reader()
    data: dict[str, Any] = reader.read(root, District)
    found = [*reader.problems, *check(data, reader.lines, known or Known())]
    if found:
        raise BadDistrict(sorted(found, key=lambda problem: (problem.line, problem.path)))
    return msgspec.convert(data, District)

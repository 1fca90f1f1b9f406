"""The small district in which the runs take place: two communities, their units, grids and members, point rules.

Everything has an id that follows from its code, so that the same run has the same ids.
"""

from typing import Any, Final
from uuid import UUID, uuid5

from msgspec import Struct

from sync.shapes import format_time
from tests.simulation.chance import Ids
from tests.simulation.clocks import MONDAY

SPACE: Final = UUID("5b1b7a52-1f5e-5d0c-9c2e-0d2b6a1c7e11")
CATEGORIES: Final = ("parking", "tyre", "legal", "safety")
SKILLS: Final = ("law", "medicine", "driving", "cooking")
UNITS: Final = {"LY": ("LY-U1", "LY-U2", "LY-U3"), "CG": ("CG-U1",)}
POSTS: Final = 3
"""In each community: the first of one seat, the others of two, the last of the first grid only."""
TEAMS: Final = 2
MEMBERS: Final = {"LY": 18, "CG": 6}


def code_id(kind: str, code: str) -> str:
    return str(uuid5(SPACE, f"{kind}:{code}"))


class District(Struct, frozen=True):
    """Ids by code. `grids` lists each community's; `persons` are identities whom nobody has registered yet."""

    communities: dict[str, str]
    grids: dict[str, list[str]]
    units: dict[str, list[str]]
    members: dict[str, list[str]]

    def community_of(self, grid: str) -> str:
        return next(code for code, grids in self.grids.items() if grid in grids)


def district(tablets: int) -> District:
    """A district in which this many tablets meet each other's work: about one grid for three of them."""
    streets = max(2, tablets // 4)
    codes = {"LY": [f"LY-{n + 1}" for n in range(streets)], "CG": ["CG-1"]}
    return District(
        communities={code: code_id("community", code) for code in codes},
        grids={code: [code_id("grid", grid) for grid in grids] for code, grids in codes.items()},
        units={code: [code_id("unit", unit) for unit in units] for code, units in UNITS.items()},
        members={code: [code_id("member", f"{code}:{n}") for n in range(MEMBERS[code])] for code in codes},
    )


def changes(place: District, ids: Ids) -> list[dict[str, Any]]:
    """The changes that load it, as the district's office makes them."""
    return [
        *(_change(ids, "community.put", place.communities[code], _community(code)) for code in UNITS),
        *(_change(ids, "unit.put", *_unit(place, code, unit)) for code in UNITS for unit in UNITS[code]),
        *(
            _change(ids, "grid.put", grid, _named(f"{code}-{n + 1}") | {"community": place.communities[code]})
            for code, grids in place.grids.items()
            for n, grid in enumerate(grids)
        ),
        *(_change(ids, "pointRule.put", code_id("pointRule", rule["code"]), rule) for rule in _rules(place)),
        *(
            _change(ids, "post.put", code_id("post", f"{code}:{n}"), _post(place, code, n))
            for code in UNITS
            for n in range(POSTS)
        ),
        *(_change(ids, "reward.put", code_id("reward", code), _reward(place, code)) for code in UNITS),
        *(
            _change(ids, "team.put", code_id("team", f"{code}:{n}"), _team(place, code, n))
            for code in UNITS
            for n in range(TEAMS)
        ),
        *(
            _change(ids, "member.register", member, _member(place, code, n), "13800000000" if n % 3 else None)
            for code, members in place.members.items()
            for n, member in enumerate(members)
        ),
    ]


def _change(
    ids: Ids, kind: str, entity: str, data: dict[str, Any], phone: str | None = None
) -> dict[str, Any]:
    private = {} if phone is None else {"private": {"salt": ids.salt(), "phone": phone}}
    at = format_time(MONDAY)
    return {
        "id": ids.uuid7(),
        "at": at,
        "run": 0,
        "saw": 0,
        "kind": kind,
        "entity": entity,
        "by": None,
        "data": data,
        **private,
    }


def _named(code: str) -> dict[str, Any]:
    return {"code": code, "name": {"zh": code, "en": code}}


def _community(code: str) -> dict[str, Any]:
    hours = {"days": [1, 2, 3, 4, 5], "from": "08:30", "until": "17:30"}
    return _named(code) | {
        "kind": "STREET" if code == "LY" else "VILLAGE",
        "utcOffset": 480,
        "workingHours": [hours],
        "categories": [_named(category) | {"within": 9} for category in CATEGORIES],
        "skills": [_named(skill) for skill in SKILLS],
        "policies": {"evaluationDays": 25},
    }


def _unit(place: District, community: str, unit: str) -> tuple[str, dict[str, Any]]:
    return code_id("unit", unit), _named(unit) | {"community": place.communities[community]}


def _post(place: District, community: str, n: int) -> dict[str, Any]:
    whole = _named(f"{community}-P{n + 1}") | {"community": place.communities[community]}
    whole |= {"seats": 1 if n == 0 else 2, "from": "2026-01-01", "until": "2026-12-31"}
    return whole | ({"grid": place.grids[community][0]} if n == POSTS - 1 else {})


def _team(place: District, community: str, n: int) -> dict[str, Any]:
    return _named(f"{community}-T{n + 1}") | {"community": place.communities[community]}


def _reward(place: District, community: str) -> dict[str, Any]:
    """Few and cheap, so that the last ones are wanted by many."""
    whole = _named(f"{community}-R") | {"community": place.communities[community]}
    return whole | {"points": 2, "stock": 3, "from": "2026-01-01"}


def _member(place: District, community: str, n: int) -> dict[str, Any]:
    units, grids = place.units[community], place.grids[community]
    return {
        "unit": units[n % len(units)],
        "number": f"{n + 1:03d}",
        "name": f"Member {community} {n + 1}",
        "grid": grids[n % len(grids)],
    }


def _rules(place: District) -> list[dict[str, Any]]:
    """Caps that two or three services of a day already meet."""
    return [
        _named("service") | {"per": "SERVICE", "points": 2, "from": "2026-01-01", "dailyCap": 5},
        _named("hour-out")
        | {"per": "HOUR", "points": 1, "from": "2026-01-01", "hours": "OUT_OF_HOURS", "dailyCap": 4},
        _named("legal") | {"per": "SERVICE", "points": 1, "from": "2026-01-01", "categories": ["legal"]},
        _named("rating") | {"per": "RATING", "points": 2, "from": "2026-01-01", "atLeast": 4, "dailyCap": 4},
        _named("session") | {"per": "ACTIVITY", "points": 2, "from": "2026-01-01", "dailyCap": 3},
        _named("village")
        | {
            "per": "SERVICE",
            "points": 1,
            "from": "2026-11-25",
            "dailyCap": 2,
            "community": place.communities["CG"],
        },
    ]

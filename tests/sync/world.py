"""Names, times and a small district that the tests of sync/ share: two communities, three grids, six members."""

import hashlib
import re
from typing import Any, Final

from sync.shapes import format_time, parse_time

MINUTE: Final = 60_000
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
OFFSET: Final = 8 * HOUR
MONDAY: Final = parse_time("2026-11-23T00:00:00.000Z") - OFFSET
"""Day 0 begins, by the local time of both communities."""


def ident(name: str) -> str:
    """The same UUID for the same name, in the form of a version 7."""
    h = hashlib.sha256(name.encode()).hexdigest()
    return f"0193{h[:4]}-{h[4:8]}-7{h[8:11]}-8{h[11:14]}-{h[14:26]}"


def when(moment: str | int) -> int:
    """`09:10` on day 0, `3/09:10` on day 3, in local time; milliseconds are taken as they are."""
    if isinstance(moment, int):
        return moment
    found = re.fullmatch(r"(?:(-?\d+)/)?(\d\d):(\d\d)(?::(\d\d))?", moment)
    assert found, moment
    day, hour, minute, second = (int(part or 0) for part in found.groups())
    return MONDAY + day * DAY + hour * HOUR + minute * MINUTE + second * 1000


def named(english: str) -> dict[str, str]:
    return {"zh": "名", "en": english}


LY, CG = ident("LY"), ident("CG")
U1, U2, U3 = ident("unit 1"), ident("unit 2"), ident("unit 3 of CG")
G1, G2, G3 = ident("LY-1"), ident("LY-2"), ident("CG-1")
M1, M2, M3, M4, M5, M6 = (ident(f"member {n}") for n in range(1, 7))
T, T2 = ident("ticket"), ident("another ticket")
S, S2, S3 = ident("service"), ident("another service"), ident("a third service")
P, P2 = ident("post"), ident("another post")
TEAM, A1, A2 = ident("team"), ident("the activity"), ident("another activity")
D, D2, D3 = ident("duty"), ident("another duty"), ident("a third duty")
R, R2 = ident("reward"), ident("another reward")
W = ident("whistle")
E, E2, E3 = ident("evaluation"), ident("another evaluation"), ident("a third evaluation")
E4 = ident("a fourth evaluation")
ADJUSTMENT, RECOUNT, EXPIRY = ident("adjustment"), ident("recount"), ident("expiry")
PER_SERVICE, PER_HOUR, PER_RATING = ident("per service"), ident("per hour"), ident("per rating")
PER_ACTIVITY = ident("per activity")

WORKING_HOURS: Final = [
    {"days": [1, 2, 3, 4, 5], "from": "08:30", "until": "12:00"},
    {"days": [1, 2, 3, 4, 5], "from": "14:00", "until": "17:30"},
]


def community(code: str) -> dict[str, Any]:
    return {
        "code": code,
        "name": named(code),
        "kind": "STREET",
        "utcOffset": 480,
        "workingHours": WORKING_HOURS,
        "categories": [{"code": "parking", "name": named("parking")}],
        "skills": [{"code": "legal", "name": named("legal aid")}],
    }


def point_rule(per: str, points: int, **more: Any) -> dict[str, Any]:
    return {
        "code": per,
        "name": named(per),
        "per": per,
        "points": points,
        "from": "2026-01-01",
        **more,
    }


def point_expiry(on: str = "2026-12-31", months: int = 1) -> dict[str, Any]:
    return {"code": "year-end", "name": named("year's end"), "months": months, "on": on, "utcOffset": 480}


def post(code: str = "help", seats: int = 1, **more: Any) -> dict[str, Any]:
    """A post of the whole community LY, this year."""
    whole = {"code": code, "name": named(code), "community": LY, "seats": seats, "from": "2026-01-01"}
    return {**whole, "until": "2026-12-31", **more}


def team(code: str = "vanguard", **more: Any) -> dict[str, Any]:
    return {"code": code, "name": named(code), "community": LY, **more}


def activity(start: str = "09:00", end: str = "11:00", **more: Any) -> dict[str, Any]:
    """A session of the whole community LY on day 0."""
    times = {"start": format_time(when(start)), "end": format_time(when(end))}
    return {"community": LY, "title": "cleaning day", **times, **more}


def duty(kind: str = "CONTACT", unit: str = U1, **more: Any) -> dict[str, Any]:
    """What a unit did for LY."""
    return {"unit": unit, "community": LY, "kind": kind, **more}


def reward(code: str = "towel", points: int = 2, **more: Any) -> dict[str, Any]:
    """A reward of LY, this year."""
    whole = {"code": code, "name": named(code), "community": LY, "points": points, "from": "2026-01-01"}
    return {**whole, "until": "2026-12-31", **more}


def evaluation(grade: str = "QUALIFIED", member: str = M1, **more: Any) -> dict[str, Any]:
    """What LY found of a member in this month."""
    return {"member": member, "community": LY, "period": "2026-11", "grade": grade, **more}


def whistle(lead: str = U1, **more: Any) -> dict[str, Any]:
    """Units 1 and 2 of LY, called to the ticket until noon of day 0."""
    whole = {"ticket": T, "lead": lead, "departments": [U1, U2], "deadline": format_time(when("12:00"))}
    return {**whole, **more}


def member(unit: str, number: int, **more: Any) -> dict[str, Any]:
    return {"unit": unit, "number": f"{number:03d}", "name": f"member {number}", **more}


DISTRICT: Final[list[tuple[str, str, dict[str, Any]]]] = [
    ("community.put", LY, community("LY")),
    ("community.put", CG, community("CG")),
    ("unit.put", U1, {"code": "LY-U1", "name": named("unit 1"), "community": LY}),
    ("unit.put", U2, {"code": "LY-U2", "name": named("unit 2"), "community": LY}),
    ("unit.put", U3, {"code": "CG-U1", "name": named("unit 3"), "community": CG}),
    ("grid.put", G1, {"code": "LY-1", "name": named("grid 1"), "community": LY}),
    ("grid.put", G2, {"code": "LY-2", "name": named("grid 2"), "community": LY}),
    ("grid.put", G3, {"code": "CG-1", "name": named("grid 3"), "community": CG}),
    ("pointRule.put", PER_SERVICE, point_rule("SERVICE", 2, dailyCap=6)),
    ("pointRule.put", PER_HOUR, point_rule("HOUR", 1, dailyCap=4, hours="OUT_OF_HOURS")),
    ("pointRule.put", PER_RATING, point_rule("RATING", 3, atLeast=4)),
    ("member.register", M1, member(U1, 1, grid=G1)),
    ("member.register", M2, member(U1, 2, grid=G1)),
    ("member.register", M3, member(U2, 3, grid=G2)),
    ("member.register", M4, member(U2, 4)),
    ("member.register", M5, member(U3, 5, grid=G3)),
    ("member.register", M6, member(U1, 6, grid=G1)),
]
"""What the district file would load, in an order in which everything comes after what it names."""

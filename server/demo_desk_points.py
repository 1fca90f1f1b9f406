"""At the demo's offices: points are withdrawn, recounted and made to expire; the honour roll, and how it all stands."""

from typing import Any, Final

from server.demo_desk import COMMUNITY, NAMES, Both, Offices, days
from server.demo_house import Refusal

DESK, VILLAGE, DISTRICT = "desk", "village", "district"

POINTS: Final = "query ($id: ID!) { node(id: $id) { ... on Member { points } } }"
ROLL: Final = f"""query ($community: ID!, $from: Date!, $until: Date!, $by: HonourBy!) {{
  honourRoll(community: $community, from: $from, until: $until, by: $by, first: 3) {{
    place points members team {{ {NAMES} }} unit {{ {NAMES} }} grid {{ {NAMES} }}
  }}
}}"""
OWED: Final = "query ($community: ID!) { dutiesOwed(community: $community) { state } }"
POSTS: Final = f"""query ($community: ID!, $on: Date!) {{
  posts(filter: {{community: $community}}) {{ nodes {{ {NAMES} seats vacant(on: $on) }} }}
}}"""
FIGURES: Final = """query ($community: ID!) { statistics(filter: {community: $community}) {
  figures { name value zh: title(language: ZH) en: title(language: EN) } waiting { state count }
} }"""
SHOWN: Final = (
    "ticketsOpened",
    "deeds",
    "minutesToAccept",
    "minutesToFinish",
    "hoursOnDuty",
    "hoursOutOfHours",
)

CREDIT, NOTEBOOK, TEA = "@thing:desk-credit", "@thing:notebook", "@thing:tea"
RULE, RECOUNT, EXPIRY = "@thing:environment-rule", "@thing:recount", "@thing:expiry"
GREEN: Final = "@thing:green"
WORKER: Final = "@member:133"
MARCH: Final = days("2026-03-01", "2026-03-31")
MONDAY: Final = "2026-03-16"


def withdrawn(offices: Offices) -> None:
    """A credit that its proposer takes back, before a second person has looked."""
    offices.at("16:00")
    offices.do(DESK, "points.adjust", CREDIT, member="@member:013", points=20, reason="值夜 A night's watch")
    reason = "已按服务记过 It was recorded as a service"
    offices.do(DESK, "points.withdraw", CREDIT, reason=reason)
    offices.tell(DESK, "withdrawn", n=20, reason=reason)


def expiring(offices: Offices) -> None:
    """An old notebook counts by the rules of its day; what of it is not spent by tonight expires."""
    offices.at("16:10")
    times = {"start": "2026-01-10T01:00:00.000Z", "end": "2026-01-10T02:30:00.000Z"}
    before = _points(offices)
    offices.do(VILLAGE, "service.record", NOTEBOOK, member=WORKER, **times)
    earned = _points(offices) - before
    offices.tell(VILLAGE, "notebook", n=earned)
    name = {"zh": "1 月 18 日以前的积分到期", "en": "Points from before 18 January expire"}
    rule = {"code": "before-18-january", "name": name, "months": 2, "on": "2026-03-18", "utcOffset": 480}
    offices.do(DISTRICT, "pointExpiry.put", EXPIRY, **rule)
    offices.tell(DISTRICT, "expiry")
    spent = 3
    offices.do(VILLAGE, "points.redeem", TEA, member=WORKER, points=spent, reward="茶叶 Tea")
    offices.tell(VILLAGE, "spent", n=spent)
    offices.facts["expiring"] = {"earned": earned, "spent": spent, "evening": _points(offices)}


def expired(offices: Offices) -> None:
    """What the night took of the notebook's points."""
    offices.at("02:00", day=2)
    gone = offices.facts["expiring"]["evening"] - _points(offices)
    offices.tell("night", "expired", n=gone)
    offices.facts["expiring"]["expired"] = gone


def _points(offices: Offices) -> int:
    return int(offices.ask(VILLAGE, POINTS, id=WORKER)["points"])


def recounted(offices: Offices) -> None:
    """A rule for days that are over changes nothing by itself; the district has them recounted."""
    offices.at("16:30")
    name = {"zh": "环境整治一次", "en": "A service for the environment"}
    rule = {"code": "environment", "name": name, "per": "SERVICE", "points": 2, "from": MONDAY}
    rule |= {"community": COMMUNITY, "categories": ["environment"]}
    offices.do(DISTRICT, "pointRule.put", RULE, **rule)
    asked = {"community": COMMUNITY, **days(MONDAY, MONDAY), "rule": RULE}
    reason = "新规则自周一起算 The new rule holds from Monday on"
    heard = offices.do(DISTRICT, "points.recount", RECOUNT, **asked, reason=reason)
    offices.tell(DISTRICT, "recounted", verdict=heard)
    offices.facts["recount"] = heard


def honoured(offices: Offices) -> None:
    """Who leaves a team leaves it the points; teams, units and grids have a roll, and persons none."""
    offices.at("17:00")
    offices.do(DESK, "team.leave", GREEN, member="@member:018")
    offices.tell(DESK, "left")
    rolls: dict[str, list[dict[str, Any]]] = {}
    for by in ("TEAM", "UNIT", "GRID"):
        lines = offices.ask(DESK, ROLL, community=COMMUNITY, **MARCH, by=by)
        offices.tell(DESK, f"roll_{by}", lines=_roll(lines, by.lower()))
        rolls[by] = [{"place": one["place"], "points": one["points"]} for one in lines]
    try:
        offices.ask(DESK, ROLL, community=COMMUNITY, **MARCH, by="MEMBER")
    except Refusal as refusal:
        offices.tell(DESK, "no_roll", code=refusal.code)
        offices.facts["ranking"] = refusal.code
    offices.facts["honours"] = rolls


def _roll(lines: list[dict[str, Any]], by: str) -> Both:
    def told(language: str, form: str, between: str) -> str:
        return between.join(form.format(name=one[by][language], **one) for one in lines)

    return {
        "zh": told("zh", "{place}. {name} {points} 分（{members} 人）", "，"),
        "en": told("en", "{place}. {name} {points} ({members} of its members)", ", "),
    }


def stands(offices: Offices) -> None:
    """How the community stands in the evening: what is owed, what was done, what waits."""
    offices.at("17:20")
    owed = [one["state"] for one in offices.ask(DESK, OWED, community=COMMUNITY)]
    counts = {state.lower(): owed.count(state) for state in ("DONE", "DUE", "OVERDUE")}
    offices.tell(DESK, "owed", **counts)
    posts = offices.ask(DESK, POSTS, community=COMMUNITY, on="2026-03-17")["nodes"]
    empty = sum(one["vacant"] for one in posts)
    names = {
        language: between.join(one[language] for one in posts if one["vacant"])
        for language, between in (("zh", "、"), ("en", ", "))
    }
    offices.tell(DESK, "posts", n=len(posts), empty=empty, names=names)
    offices.facts["posts"] = {"posts": len(posts), "empty": empty}
    counted = offices.ask(DESK, FIGURES, community=COMMUNITY)
    figures = {one["name"]: one for one in counted["figures"]}
    shown = [figures[name] for name in SHOWN]
    told = {
        language: between.join(f"{one[language]} {one['value']}" for one in shown)
        for language, between in (("zh", "，"), ("en", ", "))
    }
    waiting = sum(one["count"] for one in counted["waiting"])
    offices.tell(DESK, "figures", figures=told, waiting=waiting)
    offices.facts["owed"] = counts
    offices.facts["figures"] = {name: figures[name]["value"] for name in SHOWN}

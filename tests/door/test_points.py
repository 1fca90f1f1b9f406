"""Points by hand, recounted and expired, at the door: two persons, typed answers, and every figure opened into its records."""

from typing import Any

import pytest

from sync.shapes import parse_time
from tests.door.house import COMMUNITY, GRID, HOUR, MEMBER, MEMBER_2, MEMBER_3, UNIT, UNIT_2, VILLAGE, House

DAY = 24 * HOUR
LISTED = """query ($filter: AdjustmentFilter) { adjustments(filter: $filter) { totalCount edges { node {
    id points reason state why decidedAt member { number } by { number } decider { number } } } } }"""
ENTRIES = """query ($filter: PointEntryFilter) { pointEntries(filter: $filter) { totalCount edges { node {
    kind points number adjustment { id } expiry { code } redemption { id } rule { code } } } } }"""
FIGURES = """query ($filter: StatisticsFilter) { statistics(filter: $filter) { figures { name value reason
    records(first: 50) { totalCount edges { node { id __typename
        ... on PointEntry { points } ... on Reward { stock given } ... on Service { start end }
        ... on Ticket { openedAt doneAt takers { since } } } } } } } }"""


async def done(house: House, kind: str, entity: str, role: str = "dispatcher", /, **given: Any) -> None:
    answer = await house.do(kind, entity, role, **given)
    assert answer.get("verdict", {}).get("outcome") in {"APPLIED", "REVIEW"}, answer


async def proposed(house: House, member: str = MEMBER, points: int = 5, **more: Any) -> str:
    adjustment = house.ids.uuid7()
    await done(house, "points.adjust", adjustment, member=member, points=points, reason="抗洪时代班", **more)
    return adjustment


async def balance(house: House, member: str = MEMBER) -> int:
    found = await house.ask("query ($id: ID!) { node(id: $id) { ... on Member { points } } }", id=member)
    points: int = found["node"]["points"]
    return points


async def test_a_credit_takes_two_persons_and_each_hears_what_became_of_it(house: House) -> None:
    before, adjustment = await balance(house), await proposed(house, by=MEMBER_2)
    assert await balance(house) == before
    same = await house.do("points.confirm", adjustment)
    assert (same["__typename"], same["verdict"]["code"]) == ("Rejected", "SAME_PERSON")
    own = await house.do("points.confirm", adjustment, "second dispatcher", by=MEMBER)
    assert (own["__typename"], own["verdict"]["code"]) == ("Rejected", "OWN_POINTS")
    far = await house.do("points.confirm", adjustment, "far dispatcher")
    assert (far["__typename"], far["path"]) == ("NotFound", "input.entity")
    confirmed = await house.do("points.confirm", adjustment, "second dispatcher", by=MEMBER_3)
    assert (confirmed["__typename"], confirmed["verdict"]["code"]) == ("AdjustmentChanged", "APPLIED")
    assert await balance(house) == before + 5
    late = await house.do("points.withdraw", adjustment, reason="不对")
    assert (late["__typename"], late["verdict"]["code"]) == ("Rejected", "CONFIRMED_FIRST")
    found = (await house.ask(LISTED, "dispatcher", filter={"member": MEMBER, "states": ["CONFIRMED"]}))[
        "adjustments"
    ]
    (edge,) = found["edges"]
    assert (edge["node"]["id"], edge["node"]["points"], edge["node"]["member"]) == (
        adjustment,
        5,
        {"number": "001"},
    )
    assert (edge["node"]["by"], edge["node"]["decider"]) == ({"number": "002"}, {"number": "003"})
    (line,) = (await house.ask(ENTRIES, "dispatcher", filter={"kinds": ["CREDITED"]}))["pointEntries"][
        "edges"
    ]
    assert line["node"] == {
        "kind": "CREDITED",
        "points": 5,
        "number": 0,
        "adjustment": {"id": adjustment},
        "expiry": None,
        "redemption": None,
        "rule": None,
    }


async def test_what_waits_or_was_withdrawn_is_listed_and_counts_for_nothing(house: House) -> None:
    before, adjustment = await balance(house, MEMBER_3), await proposed(house, MEMBER_3, -2)
    short = await house.do("points.confirm", adjustment, "second dispatcher")
    assert (short["__typename"], short["verdict"]["code"]) == ("Rejected", "SHORT")
    (edge,) = (await house.ask(LISTED, "second dispatcher", filter={"states": ["PROPOSED"]}))["adjustments"][
        "edges"
    ]
    assert edge["node"]["id"] == adjustment
    await done(house, "points.withdraw", adjustment, "second dispatcher", reason="没有这回事")
    again = await house.do("points.withdraw", adjustment, reason="再撤")
    assert (again["__typename"], again["verdict"]["code"]) == ("AdjustmentChanged", "WITHDRAWN_BEFORE")
    asked = {"community": COMMUNITY, "states": ["WITHDRAWN"], "proposedFrom": "2026-11-23T00:00:00.000Z"}
    (edge,) = (await house.ask(LISTED, "dispatcher", filter=asked))["adjustments"]["edges"]
    assert (edge["node"]["why"], edge["node"]["decidedAt"] is not None) == ("没有这回事", True)
    assert (
        await house.ask(LISTED, "dispatcher", filter={**asked, "proposedUntil": "2026-11-23T00:00:00.000Z"})
    )["adjustments"]["totalCount"] == 0
    assert await balance(house, MEMBER_3) == before


NOTHING: list[tuple[str, dict[str, Any], str]] = [
    ("points.adjust", {"member": MEMBER, "points": 0, "reason": "r"}, "input"),
    ("points.adjust", {"member": MEMBER, "points": 100_001, "reason": "r"}, "input.points"),
    ("points.adjust", {"member": MEMBER, "points": 1, "reason": ""}, "input.reason"),
    (
        "points.recount",
        {"community": COMMUNITY, "from": "2026-01-02", "until": "2026-01-01", "reason": "r"},
        "input",
    ),
]


@pytest.mark.parametrize(("kind", "given", "path"), NOTHING)
async def test_what_is_outside_its_limits_is_named(
    house: House, kind: str, given: dict[str, Any], path: str
) -> None:
    answer = await house.do(kind, house.ids.uuid7(), "admin", **given)
    assert (answer["__typename"], answer["path"]) == ("InvalidInput", path)


async def test_a_recount_is_the_districts_and_says_what_it_posted(house: House) -> None:
    rule, recount = house.ids.uuid7(), house.ids.uuid7()
    whole = {"code": "extra", "name": {"zh": "加", "en": "Extra"}, "per": "SERVICE", "from": "2026-01-01"}
    await house.service(MEMBER_2)
    await done(house, "pointRule.put", rule, "admin", points=2, **whole)
    before = await balance(house, MEMBER_2)
    days = {"community": COMMUNITY, "from": "2026-11-01", "until": "2026-11-23", "reason": "补加分"}
    desk = await house.do("points.recount", recount, **days)
    assert desk["__typename"] == "NotFound"
    gone = await house.do("points.recount", recount, "admin", **days, rule=house.ids.uuid7())
    assert (gone["__typename"], gone["path"]) == ("NotFound", "input.rule")
    answer = await house.do("points.recount", recount, "admin", **days, rule=rule)
    assert (answer["__typename"], answer["verdict"]["code"]) == ("RecountChanged", "RECOUNTED")
    assert await balance(house, MEMBER_2) == before + 2
    query = "{ recounts { id from until entries points reason rule { code } } }"
    (found,) = (await house.ask(query, "dispatcher"))["recounts"]
    assert (found["id"], found["entries"], found["points"], found["rule"]) == (
        recount,
        1,
        2,
        {"code": "extra"},
    )
    again = await house.do("points.recount", house.ids.uuid7(), "admin", **days)
    assert again["verdict"]["code"] == "RECOUNTED"
    assert await balance(house, MEMBER_2) == before + 2, "twice posts nothing twice"
    assert (await house.hub.verify()).ok


async def test_points_expire_by_a_dated_rule_and_every_figure_opens_into_its_records(house: House) -> None:
    item = house.ids.uuid7()
    towel = {"code": "towel", "name": {"zh": "毛巾", "en": "Towel"}, "community": COMMUNITY, "points": 1}
    await done(house, "reward.put", item, **towel, stock=3, **{"from": "2026-01-01"})
    await house.service(MEMBER_2)
    await done(house, "points.redeem", house.ids.uuid7(), member=MEMBER_2, points=1, reward="毛巾", item=item)
    rule = house.ids.uuid7()
    whole = {
        "code": "year-end",
        "name": {"zh": "年底到期", "en": "Year's end"},
        "months": 1,
        "utcOffset": 480,
    }
    past = await house.do("pointExpiry.put", rule, "admin", **whole, on="2026-11-23")
    assert (past["__typename"], past["verdict"]["code"]) == ("Rejected", "DAY_COME")
    await done(house, "pointExpiry.put", rule, "admin", **whole, on="2026-12-31")
    had = await balance(house, MEMBER_2)
    assert had > 0
    house.clock.go_on(38 * DAY)
    await house.hub.settle()
    assert await balance(house, MEMBER_2) == 0
    house.clock.go_on(DAY)
    await house.hub.settle()
    assert (await house.ask("{ pointExpiries { code months on brought } }", "tablet"))["pointExpiries"] == [
        {"code": "year-end", "months": 1, "on": "2026-12-31", "brought": True}
    ]
    lines = (await house.ask(ENTRIES, "dispatcher", filter={"member": MEMBER_2, "kinds": ["EXPIRED"]}))[
        "pointEntries"
    ]
    assert [(one["node"]["points"], one["node"]["expiry"]) for one in lines["edges"]] == [
        (-had, {"code": "year-end"})
    ]
    assert (await house.hub.verify()).ok
    figures = await opened(house)
    assert figures["pointsExpired"]["value"] > 0
    assert (figures["rewardsGiven"]["value"], figures["rewardsLeft"]["value"]) == (1, 2)
    assert figures["pointsRedeemed"]["value"] == 1
    assert figures["points"]["value"] == (
        figures["pointsEarned"]["value"]
        + figures["pointsAdjusted"]["value"]
        - figures["pointsRedeemed"]["value"]
        - figures["pointsExpired"]["value"]
    )


def minutes(name: str, ticket: dict[str, Any]) -> float:
    done = ticket["doneAt"] if name == "minutesToFinish" else min(one["since"] for one in ticket["takers"])
    return (parse_time(done) - parse_time(ticket["openedAt"])) / 60_000


def said_by(name: str, records: list[dict[str, Any]]) -> int | None:
    """What the records behind a figure come to."""
    if name.startswith("points"):
        sign = -1 if name in {"pointsRedeemed", "pointsExpired"} else 1
        return sign * sum(int(record["points"]) for record in records)
    if name == "rewardsLeft":
        return sum(int(record["stock"] - record["given"]) for record in records)
    if name.startswith("hours"):
        return round(sum(parse_time(one["end"]) - parse_time(one["start"]) for one in records) / HOUR)
    if name.startswith("minutes"):
        return round(sum(minutes(name, one) for one in records) / len(records)) if records else None
    return len(records)


async def opened(house: House, **given: Any) -> dict[str, Any]:
    """The figures by name; each is what its records say, or says why it cannot be had."""
    found = (await house.ask(FIGURES, "admin", filter=given))["statistics"]["figures"]
    for one in found:
        records = [edge["node"] for edge in one["records"]["edges"]]
        assert one["records"]["totalCount"] == len(records), one["name"]
        if one["reason"] is None:
            assert one["value"] == said_by(one["name"], records), (one["name"], given)
        else:
            assert (one["value"], records) == (None, []), (one["name"], given)
    return {one["name"]: one for one in found}


async def test_every_figure_opens_into_its_records_wherever_it_is_asked_of(house: House) -> None:
    team, activity = house.ids.uuid7(), house.ids.uuid7()
    name = {"zh": "先锋队", "en": "Vanguard"}
    rule = {"code": "sign", "name": name, "per": "ACTIVITY", "points": 4, "from": "2026-01-01"}
    await done(house, "pointRule.put", house.ids.uuid7(), "admin", **rule)
    await done(house, "team.put", team, code="V1", name=name, community=COMMUNITY)
    times = {"start": "2026-12-01T05:00:00.000Z", "end": "2026-12-01T06:00:00.000Z"}
    whole = {"community": COMMUNITY, "title": "清扫", "team": team, "grid": GRID, "category": "parking"}
    await done(house, "activity.open", activity, **whole, **times)
    await done(house, "activity.join", activity, member=MEMBER)
    await house.service(MEMBER_2, activity=activity)
    empty = house.ids.uuid7()
    await done(house, "activity.open", empty, **{**whole, "title": "没人来"}, **times)
    for given, sessions in (
        ({}, 1),
        ({"community": COMMUNITY}, 1),
        ({"community": VILLAGE}, 0),
        ({"grid": GRID}, 1),
        ({"unit": UNIT}, 1),
        ({"unit": UNIT_2}, 0),
        ({"category": "parking"}, 1),
        ({"category": "legal"}, 0),
        ({"team": team}, 1),
        ({"team": house.ids.uuid7()}, 0),
        ({"from": "2026-12-02T00:00:00.000Z"}, 0),
        ({"from": "2026-12-01T00:00:00.000Z", "until": "2026-12-02T00:00:00.000Z"}, 1),
    ):
        figures = await opened(house, **given)
        assert figures["sessions"]["value"] == sessions, given
    figures = await opened(house, team=team)
    assert figures["personTimes"]["value"] == 1
    assert figures["pointsEarned"]["value"] >= 8, "two sign-ins, and what the service earned"
    assert figures["pointsOfTeams"]["value"] == figures["pointsEarned"]["value"] == figures["points"]["value"]
    assert (figures["teams"]["value"], figures["sessionsOfTeams"]["value"]) == (1, 1)
    for absent in ("deeds", "duties", "rewardsGiven", "pointsRedeemed"):
        assert figures[absent]["value"] is None, absent


NOWHERE = {
    "grid": {"pointsRedeemed", "pointsAdjusted", "pointsExpired", "points", "duties", "teams", "rewardsGiven", "rewardsLeft"},
    "category": {
        "pointsRedeemed", "pointsAdjusted", "pointsExpired", "points", "duties", "evaluations", "teams", "rewardsGiven", "rewardsLeft",
    },
    "team": {
        "pointsRedeemed", "pointsAdjusted", "pointsExpired", "duties", "evaluations", "rewardsGiven", "rewardsLeft", "ticketsOpened",
        "deeds", "enterpriseProblems", "deedsLate", "overdue", "paused", "minutesToAccept", "minutesToFinish",
    },
    "unit": {"teams", "rewardsLeft"},
    "community": set(),
}  # fmt: skip


@pytest.mark.parametrize("by", NOWHERE)
async def test_what_cannot_be_had_of_a_place_is_null_and_says_why(house: House, by: str) -> None:
    """Points are earned in a grid and spent by a member: nought would say that nobody there had spent any."""
    value = {
        "grid": GRID,
        "category": "parking",
        "team": house.ids.uuid7(),
        "unit": UNIT,
        "community": COMMUNITY,
    }
    figures = await opened(house, **{by: value[by]})
    assert {name for name, one in figures.items() if one["reason"] is not None} == NOWHERE[by]
    for language, words in (("ZH", "积分"), ("EN", "Points are earned")):
        asked = FIGURES.replace("reason", f"reason(language: {language})")
        answer = (await house.ask(asked, "admin", filter={"grid": GRID}))["statistics"]["figures"]
        (said,) = [one["reason"] for one in answer if one["name"] == "pointsExpired"]
        assert words in said


async def test_by_unit_what_its_members_spent_is_theirs(house: House) -> None:
    """Wherever it was earned: the parts add up to the community's."""
    whole = await opened(house, community=COMMUNITY)
    parts = [await opened(house, community=COMMUNITY, unit=unit) for unit in (UNIT, UNIT_2)]
    for name in (
        "points",
        "pointsEarned",
        "pointsRedeemed",
        "pointsAdjusted",
        "pointsExpired",
        "rewardsGiven",
    ):
        assert whole[name]["value"] == sum(part[name]["value"] for part in parts), name
    assert whole["pointsRedeemed"]["value"] > 0

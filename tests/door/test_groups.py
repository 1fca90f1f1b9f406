"""Rows told together: counted as their list has them, by the community's own days, and by nobody's person."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from graphql import GraphQLEnumType

from schema.build import DoorSchema
from schema.limits import GROUPING
from tests.door.house import (
    COMMUNITY,
    FAR_GRID,
    FAR_MEMBER,
    GRID,
    GRID_2,
    HOUR,
    MEMBER,
    MEMBER_2,
    MEMBER_3,
    UNIT,
    UNIT_2,
    VILLAGE,
    House,
)

DAY = 24 * HOUR
ROLES = ("tablet", "dispatcher", "far dispatcher", "unit", "member", "reader", "admin")


@pytest.fixture(scope="module", autouse=True)
async def weeks(house: House) -> None:
    """Three weeks over the end of a month: tickets in three grids, done and rated, services at all hours, a team's days."""
    team = house.ids.uuid7()
    name = {"zh": "绿", "en": "Green"}
    await house.do("team.put", team, code="green", name=name, community=COMMUNITY)
    await house.do("team.join", team, member=MEMBER)
    alias = house.ids.uuid7()
    await house.do("member.register", alias, unit=UNIT_2, number="777", name="党员 001 又一", grid=GRID_2)
    await house.do("member.merge", alias, into=MEMBER)
    people = [MEMBER, MEMBER_2, MEMBER_3, alias]
    for step in range(12):
        # From 23:50 local on Monday: every other step crosses a midnight.
        house.clock.go_on(2 * DAY - HOUR if step else 14 * HOUR + 20 * HOUR // 60)
        far = step % 4 == 3
        role, grid = ("far dispatcher", FAR_GRID) if far else ("dispatcher", (GRID, GRID_2)[step % 2])
        given = {} if far or step % 3 else {"category": "legal"}
        ticket = await house.ticket(role, grid, priority=("LOW", "HIGH")[step % 2], **given)
        mine = FAR_MEMBER if far else people[step % 4]
        await house.do("ticket.claim", ticket, role, member=mine)
        house.clock.go_on(HOUR)
        await house.service(mine, role, ticket=ticket)
        if step % 2:
            await house.do("ticket.finish", ticket, role, member=mine)
            await house.do("ticket.close", ticket, role, rating=step % 5 + 1)
    start, end = "2026-11-23T01:00:00.000Z", "2026-11-23T03:00:00.000Z"
    activity = house.ids.uuid7()
    whole = {"community": COMMUNITY, "team": team, "title": "清洁日", "start": start, "end": end}
    await house.do("activity.open", activity, **whole)
    for member in (MEMBER, MEMBER_2):
        await house.do("activity.join", activity, member=member)
    for unit, kind in ((UNIT, "TALK"), (UNIT, "CONTACT"), (UNIT_2, "CONTACT")):
        await house.do("duty.record", house.ids.uuid7(), unit=unit, community=COMMUNITY, kind=kind)
    await house.do("points.redeem", house.ids.uuid7(), member=MEMBER, points=2, reward="毛巾")
    for role in ROLES:
        await house.token(role)


def local(moment: str) -> date:
    """The day of a moment by the clock of both communities."""
    return date.fromisoformat(moment[:10]) + timedelta(days=int(moment[11:13]) >= 16)


def monday(day: date) -> str:
    return (day - timedelta(days=day.weekday())).isoformat()


async def rows(house: House, query: str, role: str) -> list[dict[str, Any]]:
    (found,) = (await house.ask(query, role)).values()
    return [edge["node"] for edge in found["edges"]]


async def groups(house: House, query: str, role: str = "admin", **given: Any) -> list[dict[str, Any]]:
    (found,) = (await house.ask(query, role, **given)).values()
    return list(found)


TICKETS = """{ tickets(first: 200) { edges { node { state category priority rating seats openedAt doneAt closedAt
    community { id } grid { id } } } } }"""


@pytest.mark.parametrize("role", ["admin", "dispatcher", "tablet", "far dispatcher", "unit", "member"])
async def test_groups_of_tickets_count_what_the_list_has(house: House, role: str) -> None:
    listed = await rows(house, TICKETS, role)
    found = await groups(
        house, "{ ticketGroups(by: [GRID, STATE]) { count grid { id } state seats rated } }", role
    )
    expected = Counter((one["grid"]["id"], one["state"]) for one in listed)
    assert {(one["grid"]["id"], one["state"]): one["count"] for one in found} == expected
    assert sum(one["seats"] for one in found) == sum(one["seats"] for one in listed)
    (whole,) = await groups(house, "{ ticketGroups(by: []) { count rated state grid { id } since } }", role)
    rated = sum(one["rating"] is not None for one in listed)
    assert whole == {"count": len(listed), "rated": rated, "state": None, "grid": None, "since": None}


@pytest.mark.parametrize(("by", "field"), [("OPENED", "openedAt"), ("DONE", "doneAt")])
async def test_days_weeks_and_months_are_the_communitys_own(house: House, by: str, field: str) -> None:
    listed = await rows(house, TICKETS, "admin")
    days = [None if one[field] is None else local(one[field]) for one in listed]
    assert len({day.month for day in days if day is not None}) == 2
    shown = {
        "DAY": [day and day.isoformat() for day in days],
        "WEEK": [day and monday(day) for day in days],
        "MONTH": [day and day.replace(day=1).isoformat() for day in days],
    }
    for period, expected in shown.items():
        found = await groups(house, f"{{ ticketGroups(by: [{by}_{period}], first: 200) {{ since count }} }}")
        assert {one["since"]: one["count"] for one in found} == Counter(expected)
        there = [one["since"] for one in found if one["since"]]
        assert there == sorted(there)
        assert [one["since"] for one in found].index(None) == 0 if None in expected else True


async def test_ratings_are_reckoned_and_how_long_it_took_is_not_for_readers(house: House) -> None:
    listed = await rows(house, TICKETS, "admin")
    query = """{ ticketGroups(by: [CATEGORY]) { category count rated averageRating lowestRating highestRating late
        minutesToFinish } }"""
    for one in await groups(house, query):
        mine = [row for row in listed if row["category"] == one["category"]]
        ratings = [row["rating"] for row in mine if row["rating"] is not None]
        assert (one["count"], one["rated"]) == (len(mine), len(ratings))
        assert one["averageRating"] == (round(sum(ratings) / len(ratings), 2) if ratings else None)
        assert (one["lowestRating"], one["highestRating"]) == (
            (min(ratings), max(ratings)) if ratings else (None, None)
        )
        assert one["minutesToFinish"] == (60 if ratings else None)
    assert {one["minutesToFinish"] for one in await groups(house, query, "reader")} == {None}


SERVICES = """{ services(first: 200) { edges { node { start end onDuty state category
    member { id unit { code } } grid { id } community { id } } } } }"""


async def test_services_are_counted_by_unit_and_month_with_people_and_minutes(house: House) -> None:
    listed = await rows(house, SERVICES, "dispatcher")
    found = await groups(
        house,
        """{ serviceGroups(by: [UNIT, MONTH]) { unit { code } since count people minutes averageMinutes shortestMinutes
            longestMinutes } }""",
        "dispatcher",
    )
    expected = Counter(
        (one["member"]["unit"]["code"], local(one["start"]).replace(day=1).isoformat()) for one in listed
    )
    assert {(one["unit"]["code"], one["since"]): one["count"] for one in found} == expected
    for one in found:
        mine = {row["member"]["id"] for row in listed if row["member"]["unit"] == one["unit"]}
        assert one["people"] <= len(mine)
        assert (one["minutes"], one["averageMinutes"]) == (60 * one["count"], 60)
        assert one["shortestMinutes"] == one["longestMinutes"] == 60
    (whole,) = await groups(house, "{ serviceGroups(by: []) { people count minutes } }", "dispatcher")
    assert whole == {"people": 3, "count": len(listed), "minutes": 60 * len(listed)}


async def test_the_ledger_is_told_by_rule_and_what_was_redeemed_beside_it(house: House) -> None:
    found = await groups(
        house, "{ pointGroups(by: [RULE]) { rule { code } count points earned redeemed people } }"
    )
    by_rule = {one["rule"] and one["rule"]["code"]: one for one in found}
    assert by_rule[None]["redeemed"] == -by_rule[None]["points"] == 2
    assert by_rule[None]["earned"] == 0
    assert by_rule["once"]["earned"] == by_rule["once"]["points"] == 3 * by_rule["once"]["count"]
    (whole,) = await groups(house, "{ pointGroups(by: []) { points earned redeemed } }")
    assert whole["points"] == whole["earned"] - whole["redeemed"] == sum(one["points"] for one in found)
    largest = await groups(house, "{ pointGroups(by: [RULE], largestFirst: true, first: 2) { points } }")
    points = sorted((one["points"] for one in found), reverse=True)[:2]
    assert [one["points"] for one in largest] == points


async def test_activities_duties_and_members_are_told_together_too(house: House) -> None:
    (team,) = await groups(house, "{ activityGroups(by: [TEAM]) { team { code } count signIns onDuty } }")
    assert team == {"team": {"code": "green"}, "count": 1, "signIns": 2, "onDuty": None}
    duties = await groups(house, "{ dutyGroups(by: [KIND, PERIOD]) { kind period count units } }")
    assert [(one["kind"], one["count"], one["units"]) for one in duties] == [
        ("CONTACT", 2, 2),
        ("TALK", 1, 1),
    ]
    members = await groups(house, "{ memberGroups(by: [UNIT]) { unit { code } count active } }", "dispatcher")
    counts = {one["unit"]["code"]: (one["count"], one["active"]) for one in members}
    assert counts == {"U1": (2, 2), "U2": (1, 1)}


async def test_evaluations_are_told_by_period_and_grade_and_a_readers_are_none(house: House) -> None:
    for member, grade in ((MEMBER, "EXCELLENT"), (MEMBER_2, "QUALIFIED"), (MEMBER_3, "BASIC")):
        given = {"community": COMMUNITY, "period": "2026-Q4", "grade": grade}
        await house.do("evaluation.submit", house.ids.uuid7(), member=member, **given)
    (whole,) = await groups(
        house, "{ evaluationGroups(by: [PERIOD]) { period count people given qualified } }"
    )
    assert whole == {"period": "2026-Q4", "count": 3, "people": 3, "given": 3, "qualified": 2}
    query = "{ evaluationGroups(by: [UNIT, GRADE]) { unit { code } grade count state } }"
    found = {(one["unit"]["code"], one["grade"]): one["count"] for one in await groups(house, query)}
    assert found == {("U1", "EXCELLENT"): 1, ("U1", "QUALIFIED"): 1, ("U2", "BASIC"): 1}
    mine = {one["unit"]["code"] for one in await groups(house, query, "unit")}
    assert mine == {"U1"}
    for role in ("reader", "far dispatcher"):
        assert await groups(house, query, role) == []
    (here,) = (await house.ask("{ communities { code evaluationGroups(by: []) { count } } }", "dispatcher"))[
        "communities"
    ]
    assert here == {"code": "LY", "evaluationGroups": [{"count": 3}]}


async def test_each_side_tells_its_own_together(house: House) -> None:
    query = """{ communities { code ticketGroups(by: []) { count } grids(first: 9) { edges { node { code
        ticketGroups(by: [STATE], first: 9, filter: {not: {states: [CLOSED]}}) { state count }
        serviceGroups(by: [ON_DUTY]) { onDuty count } } } } } }"""
    found = {one["code"]: one for one in (await house.ask(query))["communities"]}
    listed = await rows(house, TICKETS, "admin")
    for code, id in (("LY", COMMUNITY), ("CG", VILLAGE)):
        mine = [one for one in listed if one["community"]["id"] == id]
        assert found[code]["ticketGroups"] == [{"count": len(mine)}]
    grids = {edge["node"]["code"]: edge["node"] for edge in found["LY"]["grids"]["edges"]}
    here = Counter(one["state"] for one in listed if one["grid"]["id"] == GRID and one["state"] != "CLOSED")
    assert {one["state"]: one["count"] for one in grids["LY-1"]["ticketGroups"]} == here


async def test_a_filter_narrows_what_is_told_together(house: House) -> None:
    query = "query ($f: TicketFilter) { ticketGroups(by: [PRIORITY], filter: $f) { priority count } }"
    everything = await groups(house, query)
    assert [one["priority"] for one in everything] == ["LOW", "HIGH"]
    some = await groups(house, query, f={"takers": {"unit": UNIT_2}, "categories": ["parking"]})
    assert sum(one["count"] for one in some) < sum(one["count"] for one in everything)
    assert await groups(house, query, f={"grid": "nothing"}) == []


REFUSED: list[tuple[str, str, str]] = [
    ("reader", "{ pointGroups(by: [UNIT]) { count } }", "FORBIDDEN"),
    ("reader", "{ pointGroups(by: [GRID, DAY]) { count } }", "FORBIDDEN"),
    ("reader", f'{{ pointGroups(by: [DAY], filter: {{member: "{MEMBER}"}}) {{ count }} }}', "FORBIDDEN"),
    (
        "reader",
        f'{{ pointGroups(by: [], filter: {{or: [{{source: "{MEMBER}"}}]}}) {{ count }} }}',
        "FORBIDDEN",
    ),
    ("admin", "{ ticketGroups(by: [OPENED_DAY, DONE_WEEK]) { count } }", "BAD_USER_INPUT"),
    ("admin", "{ ticketGroups(by: [COMMUNITY, GRID, CATEGORY, STATE, PRIORITY]) { count } }", "LIMIT"),
    (
        "admin",
        "{ evaluationGroups(by: [], filter: {grades: [BASIC]}) { count } }",
        "BAD_USER_INPUT",
    ),
    ("admin", "{ ticketGroups(by: [GRID], first: 201) { count } }", "LIMIT"),
]


@pytest.mark.parametrize(("role", "query", "code"), REFUSED)
async def test_what_may_not_be_told_together_is_refused(
    house: House, role: str, query: str, code: str
) -> None:
    assert await house.code(query, role) == code


async def test_a_reader_hears_totals_and_nobodys_own(house: House) -> None:
    for query in (
        "{ pointGroups(by: [TEAM, MONTH]) { count points people } }",
        "{ serviceGroups(by: [UNIT]) { count people minutes averageMinutes shortestMinutes longestMinutes } }",
    ):
        for one in await groups(house, query, "reader"):
            hidden = {"minutes", "averageMinutes", "shortestMinutes", "longestMinutes"} & one.keys()
            assert one["count"] > 0
            assert {one[name] for name in hidden} <= {None}
            assert one["people"] is None or "points" not in one


def test_no_person_is_a_dimension_and_no_reading_is_told_together() -> None:
    types = DoorSchema()._schema.type_map
    by = [type_ for name, type_ in types.items() if name.endswith("GroupBy")]
    assert len(by) > 5
    for one in by:
        assert isinstance(one, GraphQLEnumType)
        persons = {"MEMBER", "TAKER", "PERSON", "BY", "OPENER", "DEVICE", "AUTHOR", "HOLDER", "TICKET"}
        assert not persons & set(one.values)
    assert not any("Reading" in name or "Contact" in name for name in types if name.endswith("Group"))


async def test_telling_together_costs_more_than_a_field(house: House) -> None:
    answer = await house.post("{ ticketGroups(by: [GRID], first: 10) { count grid { code } } }")
    assert answer["extensions"]["cost"]["requested"] == 1 + GROUPING + 10 * 3


async def test_it_is_one_statement(house: House) -> None:
    query = "{ grids { edges { node { code ticketGroups(by: [STATE]) { state count grid { code } } } } } }"
    await house.ask("{ __typename }", "dispatcher")
    with house.statements() as asked:
        await house.ask(query, "dispatcher")
    assert len([one for one in asked if "WHERE token.hash = " not in one]) == 1

"""What an evaluation is drawn up from, and a unit's export: the numbers, the evidence behind them, and who may have them."""

import csv
import io
import zipfile
from typing import Any

import pytest

from tests.door.house import (
    COMMUNITY,
    FAR_UNIT,
    HOUR,
    MEMBER,
    MEMBER_3,
    UNIT,
    UNIT_2,
    VILLAGE,
    House,
)

RECORD = """member { number } period from until services minutesOnDuty minutesOutOfHours ticketsFinished ratings stars
    activities posts duties points pointsByRule { rule { code } points } evaluations { period grade words }"""
DRAFT = f"""query ($member: ID!, $community: ID!, $period: String!) {{
    evaluationDraft(member: $member, community: $community, period: $period) {{ {RECORD} }} }}"""
UNIT_RECORD = (
    f"query ($unit: ID!, $period: String!) {{ unitRecord(unit: $unit, period: $period) {{ {RECORD} }} }}"
)
COUNTS = """query ($community: ID!, $period: String!) {
    evaluationCounts(community: $community, period: $period) { unit { code } grade evaluations } }"""
FORMULA = "=HYPERLINK(1)"


@pytest.fixture(scope="module")
async def worked(house: House) -> House:
    """A month's work of MEMBER: a ticket with four stars, a service out of hours under an alias, a session, a post, a duty."""
    ticket = await house.ticket()
    await house.do("ticket.claim", ticket, member=MEMBER)
    house.clock.go_on(HOUR)
    await house.service(MEMBER, ticket=ticket)
    await house.do("ticket.finish", ticket, member=MEMBER)
    await house.do("ticket.close", ticket, rating=4)
    open_ticket = await house.ticket()
    await house.do("ticket.claim", open_ticket, member=MEMBER)
    twin = house.ids.uuid7()
    await house.do("member.register", twin, unit=UNIT, number="881", name="又一号")
    house.clock.go_on(12 * HOUR)
    await house.service(twin)
    await house.do("member.merge", twin, into=MEMBER)
    times = {"start": "2026-11-23T01:00:00.000Z", "end": "2026-11-23T03:00:00.000Z"}
    activity, post = house.ids.uuid7(), house.ids.uuid7()
    await house.do("activity.open", activity, community=COMMUNITY, title=FORMULA, **times)
    await house.do("activity.join", activity, member=MEMBER)
    named = {"code": "help", "name": {"zh": "帮办岗", "en": "Help desk"}, "community": COMMUNITY}
    await house.do("post.put", post, **named, seats=1, **{"from": "2026-01-01"})
    await house.do("post.take", post, member=MEMBER)
    for unit, on in ((UNIT, "2026-11-02"), (UNIT_2, "2026-10-02")):
        given = {"unit": unit, "community": COMMUNITY, "kind": "CONTACT", "on": on, "by": MEMBER}
        await house.do("duty.record", house.ids.uuid7(), **given)
    for member, period, grade, words in (
        (MEMBER, "2026-11", "QUALIFIED", "-1 常来"),
        (MEMBER, "2026-Q4", "BASIC", "少来"),
        (MEMBER, "2026", "EXCELLENT", "好"),
        (MEMBER_3, "2026-11", "QUALIFIED", "常来"),
    ):
        given = {"member": member, "community": COMMUNITY, "period": period, "grade": grade}
        await house.do("evaluation.submit", house.ids.uuid7(), **given, words=words)
    return house


async def draft(house: House, role: str = "dispatcher", period: str = "2026-11", **more: Any) -> Any:
    asked = {"member": MEMBER, "community": COMMUNITY, "period": period, **more}
    return (await house.ask(DRAFT, role, **asked))["evaluationDraft"]


async def test_an_evaluation_is_drawn_up_from_the_record(worked: House) -> None:
    found = await draft(worked)
    points = {one["rule"]["code"]: one["points"] for one in found.pop("pointsByRule")}
    assert sum(points.values()) == found.pop("points") > 0
    evaluations = found.pop("evaluations")
    assert [(one["period"], one["grade"], one["words"]) for one in evaluations] == [
        ("2026-11", "QUALIFIED", "-1 常来")
    ]
    on_duty, out_of_hours = found.pop("minutesOnDuty"), found.pop("minutesOutOfHours")
    assert (on_duty > 0, out_of_hours > 0, on_duty + out_of_hours) == (True, True, 120)
    assert found == {
        "member": {"number": "001"},
        "period": "2026-11",
        "from": "2026-11-01",
        "until": "2026-11-30",
        "services": 2,
        "ticketsFinished": 1,
        "ratings": 1,
        "stars": 4,
        "activities": 1,
        "posts": 1,
        "duties": 1,
    }
    quarter = await draft(worked, period="2026-Q4")
    assert [one["period"] for one in quarter["evaluations"]] == ["2026-11", "2026-Q4"]
    assert quarter["duties"] == 2, "a duty of October, for another unit"
    nothing = await draft(worked, period="2026-09")
    assert (nothing["services"], nothing["points"], nothing["posts"]) == (0, 0, 0)
    elsewhere = await draft(worked, community=VILLAGE, role="admin")
    assert elsewhere["services"] == 0


async def test_a_draft_is_for_those_who_answer_for_the_member(worked: House) -> None:
    for role, may in {
        "dispatcher": True,
        "admin": True,
        "unit": True,
        "tablet": True,
        "member": True,
        "other tablet": False,
        "far dispatcher": False,
    }.items():
        assert (await draft(worked, role) is not None) is may, role
    assert await draft(worked, "unit", member=MEMBER_3) is None
    assert await draft(worked, "dispatcher", community=worked.ids.uuid7()) is None
    assert (
        await worked.code(DRAFT, "reader", member=MEMBER, community=COMMUNITY, period="2026") == "FORBIDDEN"
    )
    assert (
        await worked.code(DRAFT, "dispatcher", member=MEMBER, community=COMMUNITY, period="2026-H2")
        == "BAD_PERIOD"
    )


async def test_a_unit_has_the_record_of_its_members(worked: House) -> None:
    for role, unit, numbers in (
        ("unit", UNIT, ["001", "002"]),
        ("dispatcher", UNIT_2, ["003"]),
        ("admin", UNIT, ["001", "002"]),
    ):
        found = (await worked.ask(UNIT_RECORD, role, unit=unit, period="2026"))["unitRecord"]
        assert [one["member"]["number"] for one in found] == numbers
    for role, unit in (("unit", UNIT_2), ("dispatcher", FAR_UNIT), ("far dispatcher", UNIT)):
        assert (await worked.ask(UNIT_RECORD, role, unit=unit, period="2026"))["unitRecord"] is None, role
    for role in ("reader", "tablet", "member"):
        assert await worked.code(UNIT_RECORD, role, unit=UNIT, period="2026") == "FORBIDDEN"


async def test_grades_are_counted_only_where_individuals_are_ranked(worked: House) -> None:
    asked = {"community": COMMUNITY, "period": "2026-11"}
    for role in ("dispatcher", "admin", "reader"):
        assert await worked.code(COUNTS, role, **asked) == "RANKING_OFF"
    assert (await worked.ask(COUNTS, "far dispatcher", **asked))["evaluationCounts"] is None


async def get(house: House, role: str | None, kind: str = "zip", method: str = "GET", **query: str) -> Any:
    headers = {} if role is None else {"Authorization": f"Bearer {await house.token(role)}"}
    params = {"unit": UNIT, "period": "2026-11", **query}
    return await house.http.request(method, f"/export/unit.{kind}", params=params, headers=headers)


async def test_a_units_export_holds_the_evidence_behind_each_number_and_no_formula(worked: House) -> None:
    answer = await get(worked, "unit")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    assert answer.headers["cache-control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        tables = {
            name.partition("-")[2].removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(packed.read(name).decode("utf-8-sig")))
            )
            for name in packed.namelist()
        }
    summary = {row["编号 Number"]: row for row in tables["Summary"]}
    first = summary["001"]
    for column, table in {
        "服务次数 Services": "Services",
        "办结定单 Tickets finished": "Tickets",
        "评分数 Ratings": "Ratings",
        "活动 Activities": "Activities",
        "岗位 Posts": "Posts",
        "四个一 Duties": "Duties",
    }.items():
        assert int(first[column]) == sum(row["编号 Number"] == "001" for row in tables[table]) > 0, table
    lines = [row for row in tables["Points"] if row["编号 Number"] == "001"]
    assert int(first["积分 Points"]) == sum(int(row["积分 Points"]) for row in lines)
    assert first["评价 Evaluation 2026-11"] == "合格 qualified"
    assert first["评语 Words"] == "'-1 常来", "no text is a formula"
    assert [row["名称 Title"] for row in tables["Activities"]] == [f"'{FORMULA}"]
    assert set(summary) == {"001", "002"}
    assert b"13800000000" not in answer.content


async def test_the_same_is_a_workbook(worked: House) -> None:
    answer = await get(worked, "dispatcher", "xlsx", period="2026")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == 'attachment; filename="unit-2026.xlsx"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        pages = [name for name in packed.namelist() if name.startswith("xl/worksheets/sheet")]
        assert len(pages) == 9
        assert not any(b"<f>" in packed.read(page) for page in pages)


async def test_an_export_is_refused_with_a_code(worked: House) -> None:
    for role, more, status, code in (
        (None, {}, 401, "UNAUTHENTICATED"),
        ("reader", {}, 403, "FORBIDDEN"),
        ("tablet", {}, 403, "FORBIDDEN"),
        ("unit", {"unit": UNIT_2}, 404, "NOT_FOUND"),
        ("far dispatcher", {}, 404, "NOT_FOUND"),
        ("unit", {"period": "2026-13"}, 404, "NOT_FOUND"),
        ("unit", {"period": "2026\n"}, 404, "NOT_FOUND"),
        ("unit", {"kind": "ods"}, 404, "NOT_FOUND"),
        ("unit", {"method": "POST"}, 405, "METHOD_NOT_ALLOWED"),
    ):
        answer = await get(worked, role, **more)
        assert answer.status_code == status, (role, more)
        assert answer.json()["errors"][0]["extensions"]["code"] == code


async def test_grades_are_counted_by_unit_where_the_community_ranks_individuals(
    house: House, worked: House
) -> None:
    """Last: it switches ranking on."""
    asked = "{ communities { id code name kind utcOffset categories { code name } skills { code name } } }"
    place = next(one for one in (await house.ask(asked))["communities"] if one["id"] == COMMUNITY)
    whole = {"code": place["code"], "name": {"zh": place["name"], "en": "LY"}, "kind": place["kind"]}
    terms = [
        {"code": one["code"], "name": {"zh": one["name"], "en": one["code"]}} for one in place["categories"]
    ]
    ranked = {"policies": {"rankIndividuals": True}, "workingHours": [], "categories": terms, "skills": []}
    await house.do("community.put", COMMUNITY, "admin", **whole, **ranked, utcOffset=place["utcOffset"])
    found = (await house.ask(COUNTS, "reader", community=COMMUNITY, period="2026-11"))["evaluationCounts"]
    assert [(one["unit"]["code"], one["grade"], one["evaluations"]) for one in found] == [
        ("U1", "QUALIFIED", 1),
        ("U2", "QUALIFIED", 1),
    ]
    query = "query ($filter: EvaluationFilter) { evaluations(filter: $filter) { totalCount } }"
    given = {"community": COMMUNITY, "grades": ["QUALIFIED"]}
    assert (await house.ask(query, "dispatcher", filter=given))["evaluations"]["totalCount"] == 2
    assert (await house.ask(query, "reader", filter=given))["evaluations"]["totalCount"] == 0

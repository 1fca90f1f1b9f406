"""Whistles, posts, teams, rewards, points by hand and verdicts told together, counted as their lists have them."""

from collections import Counter
from typing import Any

import pytest

from sync.shapes import format_time
from tests.door.house import (
    COMMUNITY,
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

NAME = {"zh": "名", "en": "name"}


async def groups(house: House, query: str, role: str = "admin", **given: Any) -> list[dict[str, Any]]:
    (found,) = (await house.ask(query, role, **given)).values()
    return list(found)


async def listed(house: House, query: str, role: str = "admin") -> list[dict[str, Any]]:
    (found,) = (await house.ask(query, role)).values()
    return list(found["nodes"])


@pytest.fixture(scope="module", autouse=True)
async def works(house: House) -> None:
    """Three whistles of which one is answered late and one by nobody, and two of everything else."""
    deadline, late, post, team = "2026-11-24T01:00:00.000Z", "", "", ""
    for number, (lead, others) in enumerate(((UNIT, [UNIT_2]), (UNIT, []), (UNIT_2, [UNIT]))):
        whistle = house.ids.uuid7()
        ticket = await house.ticket(grid=(GRID, GRID_2)[number % 2])
        given = {"ticket": ticket, "lead": lead, "departments": others or [lead], "deadline": deadline}
        await house.do("whistle.blow", whistle, **given)
        if number == 0:
            await house.do("whistle.answer", whistle, department=UNIT, answer="DONE", part="吊车")
            met = {"met": "2026-11-23T02:00:00.000Z", "present": [UNIT], "record": "周一动工"}
            await house.do("whistle.meet", whistle, **met)
            late = whistle
    house.clock.go_on(48 * HOUR)
    await house.hub.settle()
    await house.do("whistle.answer", late, department=UNIT_2, answer="COMING")
    for code, grid, seats in (("help", GRID, 2), ("news", None, 3)):
        whole = {"code": code, "name": NAME, "community": COMMUNITY, "seats": seats, "from": "2026-01-01"}
        post = house.ids.uuid7()
        await house.do("post.put", post, **whole, **({"grid": grid} if grid else {}))
        for member in (MEMBER, MEMBER_2):
            await house.do("post.take", post, member=member)
    await house.do("post.leave", post, member=MEMBER)
    for theme in ("green", "law"):
        team = house.ids.uuid7()
        await house.do("team.put", team, code=theme, name=NAME, community=COMMUNITY, theme=theme)
        await house.do("team.join", team, member=MEMBER)
    await house.do("team.join", team, member=MEMBER_3)
    await house.do("team.leave", team, member=MEMBER)
    await house.service(MEMBER)
    for code, stock in (("towel", {"stock": 1}), ("soap", {"stock": 5}), ("thanks", {})):
        reward = house.ids.uuid7()
        whole = {"code": code, "name": NAME, "community": COMMUNITY, "points": 1, "from": "2026-01-01"}
        await house.do("reward.put", reward, **whole, **stock)
        redeemed = {"member": MEMBER, "points": 1, "reward": code, "item": reward}
        await house.do("points.redeem", house.ids.uuid7(), **redeemed)
    for member, points in ((MEMBER, 5), (MEMBER_2, -1), (MEMBER_3, 2)):
        await house.do("points.adjust", house.ids.uuid7(), member=member, points=points, reason="补记")
    adjustment = house.ids.uuid7()
    await house.do("points.adjust", adjustment, member=MEMBER, points=1, reason="补记")
    await house.do("points.confirm", adjustment, "second dispatcher")


async def test_whistles_are_told_by_who_leads_and_how_they_stand(house: House) -> None:
    query = "{ whistles { nodes { lead { code } state calls { answered late overdue answer } meetings { id } } } }"
    rows = await listed(house, query)
    assert len(rows) == 3
    found = await groups(
        house,
        """{ whistleGroups(by: [LEAD, STATE]) { lead { code } state count called answered late overdue coming declined
            finished meetings } }""",
    )
    assert {(one["lead"]["code"], one["state"]): one["count"] for one in found} == Counter(
        (one["lead"]["code"], one["state"]) for one in rows
    )
    calls = [call for one in rows for call in one["calls"]]
    for name, many in {
        "called": len(calls),
        "answered": sum(call["answered"] is not None for call in calls),
        "late": sum(call["late"] for call in calls),
        "overdue": sum(call["overdue"] and call["answered"] is None for call in calls),
        "coming": sum(call["answer"] == "COMING" for call in calls),
        "declined": 0,
        "finished": sum(call["answer"] == "DONE" for call in calls),
        "meetings": sum(len(one["meetings"]) for one in rows),
    }.items():
        assert sum(one[name] for one in found) == many, name
    assert sum(one["late"] for one in found) == sum(one["finished"] for one in found) == 1


async def test_each_department_hears_how_it_answers_and_the_district_where_it_was_called(
    house: House,
) -> None:
    found = await groups(
        house,
        "{ whistleGroups(by: [DEPARTMENT]) { department { code } count called answered late overdue } }",
    )
    told = {one["department"] and one["department"]["code"]: one for one in found}
    assert {code: (one["count"], one["called"]) for code, one in told.items()} == {
        None: (2, 2),
        "U1": (3, 3),
        "U2": (2, 2),
    }
    assert (told["U1"]["answered"], told["U1"]["late"], told["U1"]["overdue"]) == (1, 0, 2)
    assert (told["U2"]["answered"], told["U2"]["late"], told["U2"]["overdue"]) == (1, 1, 1)
    by_answer = await groups(house, "{ whistleGroups(by: [ANSWER]) { answer count called meetings } }")
    assert [(one["answer"], one["called"]) for one in by_answer] == [(None, 5), ("COMING", 1), ("DONE", 1)]
    assert {one["meetings"] for one in by_answer} == {None}
    mine = await groups(house, "{ whistleGroups(by: [DEPARTMENT]) { department { code } called } }", "unit")
    assert {one["department"] and one["department"]["code"] for one in mine} == {"U1", None}
    assert await groups(house, "{ whistleGroups(by: [LEAD]) { count } }", "far dispatcher") == []


async def test_posts_and_teams_are_told_with_who_is_in_them(house: House) -> None:
    found = await groups(house, "{ postGroups(by: [GRID]) { grid { code } count seats held } }")
    assert found == [
        {"grid": None, "count": 1, "seats": 3, "held": 1},
        {"grid": {"code": "LY-1"}, "count": 1, "seats": 2, "held": 2},
    ]
    query = "query ($f: PostFilter) { postGroups(by: [CODE], filter: $f) { code } }"
    assert await groups(house, query, f={"vacantOn": "2026-11-26"}) == [{"code": "news"}]
    teams = await groups(house, "{ teamGroups(by: [THEME]) { theme count members } }")
    assert teams == [{"theme": "green", "count": 1, "members": 1}, {"theme": "law", "count": 1, "members": 1}]


async def test_rewards_and_points_by_hand_are_told_together(house: House) -> None:
    (reward,) = await groups(
        house, "{ rewardGroups(by: [COMMUNITY]) { community { code } count stock given left gone } }"
    )
    assert reward == {"community": {"code": "LY"}, "count": 3, "stock": 6, "given": 3, "left": 4, "gone": 1}
    query = "{ adjustmentGroups(by: [STATE]) { state count points credited debited people } }"
    confirmed, proposed = await groups(house, query)
    assert confirmed == {
        "state": "CONFIRMED",
        "count": 1,
        "points": 1,
        "credited": 1,
        "debited": 0,
        "people": 1,
    }
    assert proposed == {
        "state": "PROPOSED",
        "count": 3,
        "points": 6,
        "credited": 7,
        "debited": 1,
        "people": 3,
    }
    mine = await groups(
        house, "{ adjustmentGroups(by: [UNIT, GRID]) { unit { code } grid { code } count } }", "unit"
    )
    assert mine == [{"unit": {"code": "U1"}, "grid": {"code": "LY-1"}, "count": 3}]
    assert await groups(house, query, "reader") == []


async def test_redemptions_are_told_by_reward_and_unit(house: House) -> None:
    found = await groups(house, "{ redemptionGroups(by: [ITEM]) { item { code } count points people } }")
    told = {one["item"]["code"]: (one["count"], one["points"], one["people"]) for one in found}
    assert told == dict.fromkeys(("towel", "soap", "thanks"), (1, 1, 1))
    query = "{ redemptionGroups(by: [UNIT, GRID]) { unit { code } grid { code } count points people } }"
    mine = {"unit": {"code": "U1"}, "grid": {"code": "LY-1"}, "count": 3, "points": 3, "people": 1}
    for role in ("admin", "dispatcher", "unit", "member"):
        assert await groups(house, query, role) == [mine]
    for role in ("reader", "far dispatcher"):
        assert await groups(house, query, role) == []
    narrowed = '{ redemptionGroups(by: [MONTH], filter: {forReward: {codes: ["towel"]}}) { since count } }'
    assert await groups(house, narrowed) == [{"since": "2026-11-01", "count": 1}]


async def test_verdicts_are_told_by_kind_and_outcome_and_not_to_readers(house: House) -> None:
    rows = await listed(
        house, "{ verdictsConnection(first: 200) { nodes { kind outcome code } } }", "dispatcher"
    )
    found = await groups(
        house, "{ verdictGroups(by: [KIND, OUTCOME], first: 200) { kind outcome count } }", "dispatcher"
    )
    assert {(one["kind"], one["outcome"]): one["count"] for one in found} == Counter(
        (one["kind"], one["outcome"]) for one in rows
    )
    (refused,) = await groups(
        house,
        '{ verdictGroups(by: [CODE], filter: {codes: ["NOT_CALLED"]}) { code count } }'.replace(
            "NOT_CALLED", "APPLIED"
        ),
        "dispatcher",
    )
    assert refused["count"] == sum(one["code"] == "APPLIED" for one in rows)
    assert (await house.post("{ verdictGroups(by: [KIND]) { count } }", "reader"))["data"] == {
        "verdictGroups": None
    }


async def test_a_community_tells_its_own_together(house: House) -> None:
    query = """{ communities { id whistleGroups(by: []) { count called } postGroups(by: []) { count }
        teamGroups(by: []) { count } rewardGroups(by: []) { count } adjustmentGroups(by: []) { count }
        verdictGroups(by: [COMMUNITY]) { community { id } } } }"""
    found = {one.pop("id"): one for one in (await house.ask(query))["communities"]}
    assert {name: rows[0]["count"] for name, rows in found[COMMUNITY].items() if name != "verdictGroups"} == {
        "whistleGroups": 3,
        "postGroups": 2,
        "teamGroups": 2,
        "rewardGroups": 3,
        "adjustmentGroups": 4,
    }
    assert found[COMMUNITY]["whistleGroups"][0]["called"] == 7
    assert found[COMMUNITY]["verdictGroups"] == [{"community": {"id": COMMUNITY}}]
    assert found[VILLAGE]["whistleGroups"] == [{"count": 0, "called": 0}]


@pytest.mark.parametrize(
    "asked",
    [
        'posts(filter: {holder: "%s"})',
        'posts(filter: {holders: {ids: ["%s"]}})',
        'posts(filter: {not: {not: {holder: "%s"}}})',
        'teams(filter: {member: "%s"})',
        'teams(filter: {members: {ids: ["%s"]}})',
        'grids(filter: {posts: {holder: "%s"}})',
        'activities(filter: {member: "%s"})',
        'members(filter: {posts: {codes: ["news", "help"]}, ids: ["%s"]})',
    ],
)
async def test_a_reader_does_not_find_by_filters_what_one_person_did_or_has(house: House, asked: str) -> None:
    """Who holds a post is null for them; so is who is in a team, and who signed in."""
    activity = house.ids.uuid7()
    start, end = format_time(house.clock.now() - HOUR), format_time(house.clock.now())
    whole = {"title": "Sweeping", "community": COMMUNITY, "start": start, "end": end}
    await house.do("activity.open", activity, **whole)
    await house.do("activity.join", activity, member=MEMBER)
    query = f"{{ {asked} {{ totalCount }} }}" % MEMBER
    found = {role: [*(await house.ask(query, role)).values()] for role in ("admin", "reader")}
    assert found["reader"] == [{"totalCount": 0}]
    assert found["admin"] != found["reader"]

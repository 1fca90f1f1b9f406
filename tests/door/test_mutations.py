"""What an office does online: each kind once, and every way in which it can come to nothing."""

from pathlib import Path
from typing import Any

import pytest

from schema.inputs import graphql_name
from sync.kinds import KINDS
from sync.kinds.kind import Office
from sync.shapes import format_time
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

TICKET = """query ($id: ID!) { node(id: $id) { ... on Ticket { title state round seats priority place due tags
    grid { id } takers { member { id } } reserved { member { id } unit { id } post } rating words detail
    contact { name telephone doorstep } notes { text reason kind } rev } } }"""


async def ticket_of(house: House, id: str) -> Any:
    return (await house.ask(TICKET, "dispatcher", id=id))["node"]


async def done(house: House, kind: str, entity: str, role: str = "dispatcher", /, **given: Any) -> None:
    payload = await house.do(kind, entity, role, **given)
    assert payload["__typename"].endswith("Changed"), payload
    assert payload["verdict"]["outcome"] == "APPLIED", payload
    house.clock.go_on()


async def test_a_ticket_goes_its_whole_course(house: House) -> None:
    contact = {"name": "老王", "telephone": "13800000000"}
    ticket = await house.ticket(
        contact=contact, detail="门牌在后", seats=2, place="东门", due="2026-11-24T00:00:00.000Z"
    )
    await done(house, "ticket.edit", ticket, title="新标题", addTags=["夜间"], place=None, priority="HIGH")
    await done(house, "ticket.dispatch", ticket, to={"unit": UNIT})
    reserved = (await ticket_of(house, ticket))["reserved"]
    assert reserved == {"member": None, "unit": {"id": UNIT}, "post": None}
    await done(house, "ticket.claim", ticket, member=MEMBER, by=MEMBER)
    await done(house, "ticket.claim", ticket, member=MEMBER_2)
    await done(house, "ticket.decline", ticket, member=MEMBER_2)
    await done(house, "ticket.claim", ticket, member=MEMBER_2)
    await done(house, "ticket.release", ticket, member=MEMBER_2, reason="另有任务")
    await done(house, "ticket.start", ticket, member=MEMBER)
    await done(house, "ticket.note", ticket, text="带上梯子")
    found = await ticket_of(house, ticket)
    assert (found["state"], found["takers"]) == ("IN_PROGRESS", [{"member": {"id": MEMBER}}])
    assert (found["title"], found["place"], found["tags"], found["seats"]) == ("新标题", None, ["夜间"], 2)
    assert found["contact"] == {**contact, "doorstep": None}
    await done(house, "ticket.finish", ticket, member=MEMBER)
    await done(house, "ticket.close", ticket, rating=5, words="谢谢")
    await done(house, "ticket.reopen", ticket, reason="又坏了")
    found = await ticket_of(house, ticket)
    assert (found["state"], found["round"], found["takers"]) == ("OPEN", 2, [])
    await done(house, "ticket.cancel", ticket, reason="不需要了")
    await done(house, "ticket.redact", ticket, fields=["CONTACT", "DETAIL", "NOTES", "WORDS"])
    found = await ticket_of(house, ticket)
    assert (found["contact"], found["detail"], found["words"]) == (None, None, None)
    assert [note["text"] for note in found["notes"] if note["kind"] == "ticket.note"] == [None]


async def test_members_are_registered_edited_placed_merged_and_split(house: House) -> None:
    one, two = house.ids.uuid7(), house.ids.uuid7()
    await done(house, "member.register", one, unit=UNIT, number="101", name="党员 101", phone="5551")
    await done(house, "member.register", two, unit=UNIT, number="102", name="党员 102", grid=GRID)
    await done(house, "member.edit", one, name="党员甲", addSkills=["law"], standing="AWAY", phone=None)
    await done(house, "member.assign", one, grid=GRID_2)
    query = """query ($id: ID!) { node(id: $id) { ... on Member { name standing skills phone grid { id }
        aliasOf { id } } } }"""
    assert (await house.ask(query, "dispatcher", id=one))["node"] == {
        "name": "党员甲",
        "standing": "AWAY",
        "skills": ["law"],
        "phone": None,
        "grid": {"id": GRID_2},
        "aliasOf": None,
    }
    await done(house, "member.merge", two, into=one)
    assert (await house.ask(query, "dispatcher", id=two))["node"]["aliasOf"] == {"id": one}
    await done(house, "member.split", two)
    assert (await house.ask(query, "dispatcher", id=two))["node"]["aliasOf"] is None


async def test_services_are_recorded_linked_voided_and_points_redeemed(house: House) -> None:
    ticket = await house.ticket()
    house.clock.go_on(2 * HOUR)
    service = await house.service(MEMBER_3, summary="修好了", place={"lat": 30267, "lon": 120153})
    await done(house, "service.link", service, to={"ticket": ticket})
    query = """query ($id: ID!, $member: ID!) {
        service: node(id: $id) { ... on Service { state ticket { id } summary reason } }
        member: node(id: $member) { ... on Member { points pointEntries { edges { node { points redemption {
            reward points state at member { id } } } } } } } }"""
    found = await house.ask(query, "dispatcher", id=service, member=MEMBER_3)
    assert found["service"] == {
        "state": "COUNTED",
        "ticket": {"id": ticket},
        "summary": "修好了",
        "reason": None,
    }
    assert found["member"]["points"] == 3
    redeemed = house.ids.uuid7()
    await done(house, "points.redeem", redeemed, member=MEMBER_3, points=2, reward="毛巾")
    short = await house.do("points.redeem", house.ids.uuid7(), member=MEMBER_3, points=2, reward="毛巾")
    assert (short["__typename"], short["verdict"]["code"]) == ("Rejected", "SHORT")
    found = await house.ask(query, "dispatcher", id=service, member=MEMBER_3)
    entries = [edge["node"] for edge in found["member"]["pointEntries"]["edges"]]
    assert {
        "points": -2,
        "redemption": {
            "reward": "毛巾",
            "points": 2,
            "state": "REDEEMED",
            "at": entries[0]["redemption"]["at"],
            "member": {"id": MEMBER_3},
        },
    } in entries
    await done(house, "service.void", service, reason="记错了")
    found = await house.ask(query, "dispatcher", id=service, member=MEMBER_3)
    assert (found["service"]["state"], found["service"]["reason"]) == ("VOID", "记错了")
    assert found["member"]["points"] == -2


async def test_the_district_writes_its_own_register(house: House) -> None:
    named = {"zh": "三村", "en": "Three"}
    community, unit, grid, rule = (house.ids.uuid7() for _ in range(4))
    whole = {
        "code": "SC",
        "name": named,
        "kind": "VILLAGE",
        "utcOffset": 480,
        "workingHours": [{"days": [1, 2], "from": "08:00", "until": "24:00"}],
        "categories": [{"code": "tyre", "name": named}],
        "skills": [],
        "policies": {"rankIndividuals": True},
    }
    await done(house, "community.put", community, "admin", **whole)
    await done(
        house, "unit.put", unit, "admin", code="SC-U", name=named, community=community, resources=["车"]
    )
    await done(house, "grid.put", grid, "admin", code="SC-1", name=named, community=community)
    rules = {
        "code": "sc",
        "name": named,
        "per": "HOUR",
        "points": 1,
        "from": "2026-01-01",
        "hours": "ON_DUTY",
    }
    await done(house, "pointRule.put", rule, "admin", community=community, dailyCap=5, **rules)
    query = """query ($id: ID!) { node(id: $id) { ... on Community { name(language: EN) policies { rankIndividuals
        contactDays } units { resources } grids { edges { node { code } } } pointRules { hours dailyCap until }
        workingHours { until } } } }"""
    assert (await house.ask(query, id=community))["node"] == {
        "name": "Three",
        "policies": {"rankIndividuals": True, "contactDays": 90},
        "units": [{"resources": ["车"]}],
        "grids": {"edges": [{"node": {"code": "SC-1"}}]},
        "pointRules": [{"hours": "ON_DUTY", "dailyCap": 5, "until": None}],
        "workingHours": [{"until": "24:00"}],
    }


async def test_a_tablet_is_given_other_grids(house: House) -> None:
    await house.token("tablet")
    device = (await house.ask("{ devices { id name } }"))["devices"][0]["id"]
    await done(house, "device.assign", device, grids=[GRID, GRID_2])
    (seen,) = (await house.ask("{ devices { grids { id } } }", "tablet"))["devices"]
    assert {one["id"] for one in seen["grids"]} == {GRID, GRID_2}
    foreign = await house.do("device.assign", device, grids=[FAR_GRID])
    assert foreign == {"__typename": "NotFound", "code": "NOT_FOUND", "path": "input.grids"}


async def test_a_conflict_is_ruled_upon(house: House) -> None:
    ticket = await house.ticket()
    saw = await house.rev()
    for role, seq, title in (("tablet", 1, "甲"), ("second tablet", 1, "乙")):
        change = house.change("ticket.edit", ticket, {"title": title}, saw=saw)
        upload = {"protocol": 1, "from": seq, "oldest": seq, "runs": [], "changes": [change]}
        await house.ask("mutation ($u: UploadInput!) { push(upload: $u) { epoch } }", role, u=upload)
        house.clock.go_on()
    await house.hub.settle()
    query = "query ($id: ID!) { conflicts(entity: $id) { id rev state stands reason ruling candidates { change value } } }"
    (conflict,) = (await house.ask(query, "dispatcher", id=ticket))["conflicts"]
    assert conflict["state"] == "SETTLED"
    of_ticket = "query ($id: ID!) { node(id: $id) { ... on Ticket { conflicts { id } } } verdicts(limit: 1) { subject { id } } }"
    seen = await house.ask(of_ticket, "dispatcher", id=ticket)
    assert seen == {
        "node": {"conflicts": [{"id": conflict["id"]}]},
        "verdicts": [{"subject": {"id": ticket}}],
    }
    other = next(one for one in conflict["candidates"] if one["change"] != conflict["stands"])
    await done(
        house, "conflict.rule", conflict["id"], saw=conflict["rev"], stands=other["change"], reason="属实"
    )
    (ruled,) = (await house.ask(query, "dispatcher", id=ticket))["conflicts"]
    assert (ruled["state"], ruled["stands"], ruled["reason"]) == ("RULED", other["change"], "属实")
    assert (await ticket_of(house, ticket))["title"] == other["value"]
    stale = await house.do("conflict.rule", conflict["id"], saw=conflict["rev"], reason="都不对")
    assert (stale["__typename"], stale["verdict"]["code"]) == ("Rejected", "CHANGED_SINCE")


async def test_the_same_mutation_twice_counts_once_and_answers_the_same(house: House) -> None:
    ticket, id = house.ids.uuid7(), house.ids.uuid7()
    given: dict[str, Any] = {
        "id": id,
        "grid": GRID,
        "category": "parking",
        "title": "停车",
        "detail": "门牌在后",
        "saw": 0,
    }
    first = await house.do("ticket.open", ticket, **given)
    rev = await house.rev()
    house.clock.go_on()
    again = await house.do("ticket.open", ticket, **given)
    assert again == first
    assert await house.rev() == rev


async def test_another_content_under_the_same_id_is_refused(house: House) -> None:
    ticket, id = house.ids.uuid7(), house.ids.uuid7()
    given: dict[str, Any] = {"id": id, "grid": GRID, "category": "parking", "title": "停车", "saw": 0}
    await house.do("ticket.open", ticket, **given)
    for other in ({"title": "别的"}, {"detail": "另外"}, {"saw": 1}):
        taken = await house.do("ticket.open", ticket, **{**given, **other})
        assert taken == {"__typename": "IdTaken", "change": id}


async def test_an_impossible_move_is_rejected_with_its_verdict(house: House) -> None:
    ticket = await house.ticket()
    rejected = await house.do("ticket.close", ticket, rating=3)
    assert rejected["__typename"] == "Rejected"
    assert (rejected["verdict"]["outcome"], rejected["verdict"]["code"]) == ("REJECTED", "NOT_POSSIBLE")


async def test_what_did_not_stand_is_an_outcome_and_no_error(house: House) -> None:
    ticket = await house.ticket()
    await done(house, "ticket.claim", ticket, member=MEMBER)
    lost = await house.do("ticket.claim", ticket, member=MEMBER_2, saw=0)
    assert (lost["__typename"], lost["verdict"]["outcome"]) == ("TicketChanged", "LOST")


FOREIGN = [
    ("ticket.open", {"grid": FAR_GRID, "category": "tyre", "title": "x"}, "input.grid"),
    ("member.register", {"unit": FAR_GRID, "number": "1", "name": "x"}, "input.unit"),
    ("service.record", {"member": FAR_MEMBER, "start": "-", "end": "-"}, "input.member"),
    ("points.redeem", {"member": FAR_MEMBER, "points": 1, "reward": "x"}, "input.member"),
]


@pytest.mark.parametrize(("kind", "given", "path"), FOREIGN)
async def test_what_is_foreign_and_what_is_not_there_answer_the_same(
    house: House, kind: str, given: dict[str, Any], path: str
) -> None:
    now = format_time(house.clock.now())
    known = {key: now if value == "-" else value for key, value in given.items()}
    field = path.removeprefix("input.")
    for id in (known[field], house.ids.uuid7()):
        answer = await house.do(kind, house.ids.uuid7(), **{**known, field: id})
        assert answer == {"__typename": "NotFound", "code": "NOT_FOUND", "path": path}


async def test_a_foreign_ticket_cannot_be_told_from_none(house: House) -> None:
    far = await house.ticket("far dispatcher", FAR_GRID)
    near = await house.ticket()
    for id in (far, house.ids.uuid7()):
        for kind, given in (
            ("ticket.cancel", {"reason": "x"}),
            ("ticket.claim", {"member": MEMBER}),
            ("ticket.dispatch", {"to": {"unit": UNIT}}),
        ):
            answer = await house.do(kind, id, **given)
            assert answer == {"__typename": "NotFound", "code": "NOT_FOUND", "path": "input.entity"}
    answer = await house.do("ticket.claim", near, member=FAR_MEMBER)
    assert answer["path"] == "input.member"
    answer = await house.do("ticket.dispatch", near, to={"member": FAR_MEMBER})
    assert answer["path"] == "input.to.member"
    answer = await house.do("ticket.note", near, text="x", by=FAR_MEMBER)
    assert answer["path"] == "input.by"


POST = """query ($id: ID!, $on: Date) { node(id: $id) { ... on Post { code name seats skills from until
    vacant(on: $on) heldBy(on: $on) { member { id } since until term } holders { member { id } } grid { id } } } }"""


async def test_a_post_is_written_taken_left_and_taken_by_another(house: House) -> None:
    post = house.ids.uuid7()
    whole = {"code": "help", "name": {"zh": "帮办岗", "en": "Help desk"}, "community": COMMUNITY, "seats": 1}
    whole |= {"skills": ["law"], "from": "2026-01-01", "until": "2026-12-31", "grid": GRID}
    await done(house, "post.put", post, **whole)
    await done(house, "post.take", post, member=MEMBER)
    full = await house.do("post.take", post, member=MEMBER_2)
    assert (full["__typename"], full["verdict"]["code"]) == ("Rejected", "POST_FULL")
    await done(house, "post.leave", post, member=MEMBER)
    await done(house, "post.take", post, member=MEMBER_2)
    await done(house, "post.put", post, **{**whole, "seats": 2})
    found = (await house.ask(POST, "dispatcher", id=post))["node"]
    assert (found["seats"], found["vacant"], found["until"]) == (2, 1, "2026-12-31")
    assert [one["member"]["id"] for one in found["heldBy"]] == [MEMBER_2]
    assert [one["member"]["id"] for one in found["holders"]] == [MEMBER, MEMBER_2]
    today = (await house.ask(POST, "dispatcher", id=post, on="2026-11-23"))["node"]
    assert [one["member"]["id"] for one in today["heldBy"]] == [MEMBER, MEMBER_2]
    later = (await house.ask(POST, "dispatcher", id=post, on="2027-01-01"))["node"]
    assert (later["heldBy"], later["vacant"]) == ([], 2)
    query = "query ($filter: PostFilter) { posts(filter: $filter) { edges { node { id } } } }"
    for given in ({"holder": MEMBER_2}, {"grid": GRID, "codes": ["help"]}):
        (edge,) = (await house.ask(query, "dispatcher", filter=given))["posts"]["edges"]
        assert edge["node"]["id"] == post
    nobody = await house.ask(query, "dispatcher", filter={"holder": MEMBER_3})
    assert nobody["posts"]["edges"] == []


WHISTLE = """query ($id: ID!) { node(id: $id) { ... on Whistle { state lead { code } ticket { id whistles { totalCount } }
    calledFor { id title category place state grid { code } }
    calls { unit { id } answer part late overdue } meetings { record present } } } }"""


async def test_departments_are_called_answer_and_meet_and_who_is_silent_is_found(house: House) -> None:
    ticket, whistle = await house.ticket("dispatcher", GRID), house.ids.uuid7()
    whole = {"ticket": ticket, "lead": UNIT, "departments": [UNIT_2], "deadline": "2026-11-25T01:00:00.000Z"}
    await done(house, "whistle.blow", whistle, **whole)
    together = await house.do("whistle.blow", house.ids.uuid7(), **{**whole, "lead": UNIT_2})
    assert (together["verdict"]["outcome"], together["verdict"]["code"]) == ("MERGED", "WHISTLED_TOGETHER")
    await done(house, "whistle.answer", whistle, department=UNIT, answer="COMING", part="出吊车")
    met = {"met": "2026-11-24T01:00:00.000Z", "present": [UNIT], "record": "周一动工"}
    await done(house, "whistle.meet", whistle, **met)
    found = (await house.ask(WHISTLE, "dispatcher", id=whistle))["node"]
    first, second = found["calls"]
    assert (first["unit"]["id"], first["answer"], first["part"]) == (UNIT, "COMING", "出吊车")
    assert (second["unit"]["id"], second["answer"], found["state"]) == (UNIT_2, None, "CALLED")
    assert found["meetings"] == [{"record": "周一动工", "present": [UNIT]}]
    assert found["ticket"] == {"id": ticket, "whistles": {"totalCount": 2}}
    wanted = {"id": ticket, "category": "parking", "state": "OPEN", "grid": {"code": "LY-1"}}
    assert found["calledFor"].items() >= wanted.items()
    seen = (await house.ask(WHISTLE, "unit", id=whistle))["node"]
    assert (seen["ticket"], seen["calledFor"]) == (None, found["calledFor"]), (
        "a unit sees what it was called for"
    )
    own = await house.do("whistle.answer", whistle, "unit", department=UNIT, answer="DONE", part="吊完了")
    assert (own["__typename"], own["verdict"]["code"]) == ("WhistleChanged", "APPLIED")
    assert (await house.ask(WHISTLE, "unit", id=whistle))["node"]["calls"][0]["answer"] == "DONE"
    other = await house.do("whistle.answer", whistle, "unit", department=UNIT_2, answer="COMING")
    assert (other["__typename"], other["path"]) == ("NotFound", "input.department")
    district = await house.do("whistle.answer", whistle, "unit", answer="COMING")
    assert district["__typename"] == "NotFound"
    early = await house.do("whistle.answer", whistle, answer="COMING")
    assert (early["__typename"], early["verdict"]["code"]) == ("Rejected", "NOT_CALLED")
    nowhere = await house.do("whistle.blow", house.ids.uuid7(), **{**whole, "lead": house.ids.uuid7()})
    assert (nowhere["__typename"], nowhere["path"]) == ("NotFound", "input.lead")
    query = "query ($filter: WhistleFilter) { whistles(filter: $filter) { edges { node { id } } } }"
    given = {"called": UNIT_2, "states": ["CALLED"], "deadlineUntil": "2026-11-26T00:00:00.000Z"}
    (edge,) = (await house.ask(query, "dispatcher", filter=given))["whistles"]["edges"]
    assert edge["node"]["id"] == whistle


ACTIVITY = """query ($id: ID!) { node(id: $id) { ... on Activity { title onDuty personTimes members { member { id } since }
    services { edges { node { id } } } team { id points name members { member { id } until } activities { edges
    { node { id } } } } } } }"""


async def test_an_activity_is_opened_members_sign_in_once_and_its_team_has_the_points(house: House) -> None:
    team, activity = house.ids.uuid7(), house.ids.uuid7()
    name = {"zh": "环保先锋队", "en": "Green vanguard"}
    rule = {"code": "session", "name": name, "per": "ACTIVITY", "points": 3, "from": "2026-01-01"}
    await done(house, "pointRule.put", house.ids.uuid7(), "admin", **rule)
    await done(house, "team.put", team, code="green", name=name, community=COMMUNITY, theme="environment")
    await done(house, "team.join", team, member=MEMBER)
    times = {"start": "2026-11-23T01:00:00.000Z", "end": "2026-11-23T03:00:00.000Z"}
    whole = {"community": COMMUNITY, "title": "清洁日", "team": team, **times}
    await done(house, "activity.open", activity, **whole)
    await done(house, "activity.join", activity, member=MEMBER)
    again = await house.do("activity.join", activity, member=MEMBER)
    assert (again["verdict"]["outcome"], again["verdict"]["code"]) == ("DUPLICATE", "SIGNED_IN")
    service = await house.service(MEMBER_2, activity=activity)
    found = (await house.ask(ACTIVITY, "dispatcher", id=activity))["node"]
    assert [one["member"]["id"] for one in found["members"]] == [MEMBER, MEMBER_2]
    assert (found["personTimes"], found["onDuty"]) == (2, True)
    assert [edge["node"]["id"] for edge in found["services"]["edges"]] == [service]
    assert found["team"]["name"] == "环保先锋队"
    assert found["team"]["points"] >= 6
    assert [edge["node"]["id"] for edge in found["team"]["activities"]["edges"]] == [activity]
    await done(house, "team.leave", team, member=MEMBER)
    outside = await house.do("team.leave", team, member=MEMBER)
    assert (outside["__typename"], outside["verdict"]["code"]) == ("Rejected", "NOT_IN_TEAM")
    nowhere = await house.do("activity.join", house.ids.uuid7(), member=MEMBER)
    assert nowhere["__typename"] == "NotFound"
    query = "query ($filter: ActivityFilter) { activities(filter: $filter) { edges { node { id } } } }"
    given = {"team": team, "member": MEMBER_2, "dayFrom": "2026-11-23", "dayUntil": "2026-11-24"}
    (edge,) = (await house.ask(query, "dispatcher", filter=given))["activities"]["edges"]
    assert edge["node"]["id"] == activity
    ordered = "{ teams(order: [{field: POINTS, direction: DESC}]) { edges { node { id } } } }"
    assert (await house.ask(ordered, "reader"))["teams"]["edges"][0]["node"]["id"] == team


REWARDS = "query ($filter: RewardFilter) { rewards(filter: $filter) { edges { node { code points stock given } } } }"


async def test_a_reward_is_written_redeemed_and_gone(house: House) -> None:
    item, redemption = house.ids.uuid7(), house.ids.uuid7()
    whole = {
        "code": "cup",
        "name": {"zh": "杯子", "en": "A cup"},
        "community": COMMUNITY,
        "points": 1,
        "stock": 1,
    }
    await done(house, "reward.put", item, **whole, **{"from": "2026-01-01", "until": "2026-12-31"})
    await house.service(MEMBER_3)
    await done(house, "points.redeem", redemption, member=MEMBER_3, points=1, reward="杯子", item=item)
    found = await house.ask(
        "query ($id: ID!) { node(id: $id) { ... on Redemption { item { code given } } } }", id=redemption
    )
    assert found["node"]["item"] == {"code": "cup", "given": 1}
    gone = await house.do(
        "points.redeem", house.ids.uuid7(), member=MEMBER_3, points=1, reward="杯子", item=item
    )
    assert (gone["verdict"]["outcome"], gone["verdict"]["code"]) == ("LOST", "LAST_TAKEN")
    cup = {"node": {"code": "cup", "points": 1, "stock": 1, "given": 1}}
    for asked, edges in (
        ({"codes": ["cup"]}, [cup]),
        ({"codes": ["cup"], "left": True}, []),
        ({"codes": ["cup"], "left": False, "on": "2026-12-31"}, [cup]),
        ({"codes": ["cup"], "on": "2027-01-01"}, []),
    ):
        assert (await house.ask(REWARDS, "dispatcher", filter=asked))["rewards"]["edges"] == edges, asked


OWED = """query ($community: ID!, $on: Date, $states: [OwedState!], $unit: ID) {
    dutiesOwed(community: $community, unit: $unit, on: $on, states: $states) {
        unit { code } kind period from until state record { id } } }"""
DUTY = "query ($id: ID!) { node(id: $id) { ... on Duty { state reason } } }"
DUTIES = "query ($filter: DutyFilter) { duties(filter: $filter) { totalCount edges { node { id state } } } }"


async def test_a_duty_is_recorded_and_what_is_owed_follows(house: House) -> None:
    unit, first, second = house.ids.uuid7(), house.ids.uuid7(), house.ids.uuid7()
    given = {"code": "U8", "name": {"zh": "八局", "en": "Bureau Eight"}, "community": COMMUNITY}
    await done(house, "unit.put", unit, "admin", **given, since="2026-09-15")
    what = {"unit": unit, "community": COMMUNITY, "kind": "CONTACT", "topic": "停车"}
    await done(house, "duty.record", first, **what, by=MEMBER)
    again = await house.do("duty.record", second, **what)
    assert (again["verdict"]["outcome"], again["verdict"]["code"]) == ("DUPLICATE", "DUTY_DONE")
    await done(house, "duty.record", house.ids.uuid7(), **what, on="2026-09-30")
    ahead = await house.do("duty.record", house.ids.uuid7(), **what, on="2027-01-01")
    assert (ahead["__typename"], ahead["verdict"]["code"]) == ("Rejected", "DAY_TO_COME")
    found = await house.ask(OWED, "dispatcher", community=COMMUNITY, unit=unit)
    assert [(one["kind"], one["period"], one["state"]) for one in found["dutiesOwed"]] == [
        ("CONTACT", "2026-10", "OVERDUE"),
        ("CONTACT", "2026-11", "DONE"),
        ("SURVEY", "2026-Q3", "OVERDUE"),
        ("SURVEY", "2026-Q4", "DUE"),
        ("TALK", "2026-H2", "DUE"),
        ("SUMMARY", "2026", "DUE"),
    ]
    assert [one["record"] for one in found["dutiesOwed"] if one["record"]] == [{"id": first}]
    before = await house.ask(
        OWED, "dispatcher", community=COMMUNITY, unit=unit, on="2026-10-01", states=["OVERDUE", "DONE"]
    )
    assert [(one["period"], one["state"]) for one in before["dutiesOwed"]] == [("2026-Q3", "OVERDUE")]
    (last,) = (await house.ask(OWED, "unit", community=COMMUNITY, on="9999-12-31", states=["DUE"]))[
        "dutiesOwed"
    ][:1]
    assert (last["unit"], last["until"]) == ({"code": "U1"}, "9999-12-31")
    await done(house, "duty.void", first, reason="记错了单位")
    found = await house.ask(DUTY, id=first)
    assert found["node"] == {"state": "VOID", "reason": "记错了单位"}
    assert (await house.ask(DUTY, id=second))["node"]["state"] == "COUNTED"
    twice = await house.do("duty.void", first, reason="再来一次")
    assert (twice["__typename"], twice["verdict"]["code"]) == ("Rejected", "VOIDED")
    for asked, many in (
        ({"unit": unit}, 3),
        ({"unit": unit, "kinds": ["CONTACT"], "periods": ["2026-11"]}, 2),
        ({"unit": unit, "states": ["FURTHER"]}, 0),
        ({"unit": unit, "states": ["VOID"]}, 1),
        ({"unit": unit, "kinds": ["TALK"]}, 0),
        ({"unit": unit, "doneFrom": "2026-11-01T00:00:00.000Z"}, 2),
    ):
        assert (await house.ask(DUTIES, "dispatcher", filter=asked))["duties"]["totalCount"] == many, asked
    assert (await house.ask(OWED, "far dispatcher", community=COMMUNITY))["dutiesOwed"] is None


EVALUATIONS = """query ($filter: EvaluationFilter) { evaluations(filter: $filter, order: [{field: PERIOD}]) {
    totalCount edges { node { id grade words state period by { id } conflicts { rule state } history { totalCount } } } } }"""


async def test_a_member_is_evaluated_once_a_period_and_what_comes_after_its_closing_waits(
    house: House,
) -> None:
    ours, own = house.ids.uuid7(), house.ids.uuid7()
    found = {"member": MEMBER_3, "community": COMMUNITY, "period": "2026-11", "grade": "QUALIFIED"}
    await done(house, "evaluation.submit", ours, **found, words="常来", by=MEMBER)
    unseen = await house.do("evaluation.submit", own, **{**found, "grade": "EXCELLENT"}, saw=0)
    assert (unseen["verdict"]["outcome"], unseen["verdict"]["code"]) == ("APPLIED", "STANDS")
    late = await house.do("evaluation.submit", house.ids.uuid7(), **{**found, "period": "2026-10"})
    assert (late["verdict"]["outcome"], late["verdict"]["code"]) == ("REVIEW", "AFTER_CLOSING")
    ahead = await house.do("evaluation.submit", house.ids.uuid7(), **{**found, "period": "2027-Q1"})
    assert (ahead["__typename"], ahead["verdict"]["code"]) == ("Rejected", "DAY_TO_COME")
    wrong = await house.do("evaluation.submit", house.ids.uuid7(), **{**found, "period": "2026-H2"})
    assert (wrong["__typename"], wrong["path"]) == ("InvalidInput", "input.period")
    nobody = await house.do("evaluation.submit", house.ids.uuid7(), **{**found, "member": house.ids.uuid7()})
    assert (nobody["__typename"], nobody["path"]) == ("NotFound", "input.member")
    foreign = await house.do("evaluation.submit", house.ids.uuid7(), "far dispatcher", **found)
    assert foreign["__typename"] == "NotFound"
    listed = (await house.ask(EVALUATIONS, "dispatcher", filter={"member": MEMBER_3}))["evaluations"]
    assert [
        (one["node"]["period"], one["node"]["grade"], one["node"]["state"]) for one in listed["edges"]
    ] == [
        ("2026-10", None, "REVIEW"),
        ("2026-11", "EXCELLENT", "OPEN"),
    ]
    kept = listed["edges"][1]["node"]
    assert (kept["id"], kept["words"], kept["by"], kept["history"]["totalCount"]) == (ours, None, None, 1)
    assert kept["conflicts"] == [{"rule": "latest", "state": "SETTLED"}]
    for asked, many in (
        ({"member": MEMBER_3, "states": ["OPEN"]}, 1),
        ({"member": MEMBER_3, "periods": ["2026-10"]}, 1),
        ({"unit": UNIT_2}, 2),
        ({"member": MEMBER_3, "grid": GRID}, 0),
        ({"member": MEMBER_3, "decidedFrom": "2026-11-01T00:00:00.000Z"}, 1),
    ):
        assert (await house.ask(EVALUATIONS, "dispatcher", filter=asked))["evaluations"][
            "totalCount"
        ] == many, asked


async def test_a_dispatcher_writes_no_register_of_another_community(house: House) -> None:
    named = {"zh": "x", "en": "x"}
    answer = await house.do("grid.put", FAR_GRID, code="CG-1", name=named, community=VILLAGE)
    assert answer["__typename"] == "NotFound"
    for id in (FAR_GRID, house.ids.uuid7()):
        moved = await house.do("grid.put", id, code="CG-1", name=named, community=COMMUNITY)
        assert (moved["__typename"], moved["verdict"]["code"]) == ("GridChanged", "PROPOSED")
    (grid,) = (
        await house.ask('{ grids(filter: {codes: ["CG-1"]}) { edges { node { community { id } } } } }')
    )["grids"]["edges"]
    assert grid["node"]["community"]["id"] == VILLAGE


async def test_the_desk_passes_on_what_a_member_says_is_wrong(house: House) -> None:
    asked = await house.do("member.request", MEMBER, reason="电话写错了")
    assert (asked["__typename"], asked["verdict"]["outcome"]) == ("MemberChanged", "REVIEW")


INVALID = [
    ("ticket.open", {"grid": GRID, "category": "parking", "title": ""}, "input.title"),
    ("ticket.open", {"grid": GRID, "category": "parking", "title": "x" * 121}, "input.title"),
    ("ticket.open", {"grid": GRID, "category": "no code", "title": "x"}, "input.category"),
    ("ticket.open", {"grid": GRID, "category": "parking", "title": "x", "seats": 0}, "input.seats"),
    ("ticket.open", {"grid": "LY-1", "category": "parking", "title": "x"}, "input.grid"),
    ("ticket.open", {"grid": GRID, "category": "parking", "title": "x", "id": "1"}, "input.id"),
    ("ticket.open", {"grid": GRID, "category": "parking", "title": "x", "saw": -1}, "input.saw"),
    ("ticket.open", {"grid": GRID, "category": "parking", "title": "x", "by": "me"}, "input.by"),
    (
        "ticket.open",
        {"grid": GRID, "category": "parking", "title": "x", "contact": {"telephone": ""}},
        "input.contact.telephone",
    ),
    ("ticket.edit", {"title": None}, "input.title"),
    ("ticket.edit", {"addTags": []}, "input.addTags"),
    ("ticket.redact", {"fields": []}, "input.fields"),
    ("ticket.close", {"rating": 6}, "input.rating"),
    (
        "service.record",
        {"member": MEMBER, "start": "-", "end": "-", "place": {"lat": 90001, "lon": 0}},
        "input.place.lat",
    ),
    ("device.assign", {"grids": ["x"]}, "input.grids"),
]


@pytest.mark.parametrize(("kind", "given", "path"), INVALID)
async def test_what_is_outside_its_limits_is_named_by_its_place(
    house: House, kind: str, given: dict[str, Any], path: str
) -> None:
    now = format_time(house.clock.now())
    known = {key: now if value == "-" else value for key, value in given.items()}
    before = await house.rev()
    answer = await house.do(kind, house.ids.uuid7(), **known)
    assert answer["__typename"] == "InvalidInput"
    assert answer["code"] == "UNREADABLE"
    assert answer["path"].startswith(path)
    assert await house.rev() == before


async def test_a_change_joins_the_night_when_the_inbox_holds_one_on_the_same_thing(house: House) -> None:
    ticket = await house.ticket()
    house.clock.go_on()
    claim = house.change("ticket.claim", ticket, {"member": MEMBER}, saw=await house.rev())
    upload = {"protocol": 1, "from": 2, "oldest": 2, "runs": [], "changes": [claim]}
    await house.ask("mutation ($u: UploadInput!) { push(upload: $u) { epoch } }", "tablet", u=upload)
    house.clock.go_on()
    id = house.ids.uuid7()
    queued = await house.do("ticket.claim", ticket, member=MEMBER_2, id=id, saw=1)
    assert (queued["__typename"], queued["change"]) == ("Queued", id)
    assert "下次结算" in queued["sentence"]
    assert (await house.do("ticket.claim", ticket, member=MEMBER_2, id=id, saw=1))["__typename"] == "Queued"
    assert (await ticket_of(house, ticket))["state"] == "OPEN"
    await house.hub.settle()
    answered = await house.do("ticket.claim", ticket, member=MEMBER_2, id=id, saw=1)
    assert answered["verdict"]["outcome"] == "LOST"


async def test_several_changes_in_one_operation_are_made_one_after_another(house: House) -> None:
    ticket = await house.ticket()
    steps = {"start": house.ids.uuid7(), "finish": house.ids.uuid7()}
    answer = await house.ask(
        """mutation ($start: TicketStartInput!, $finish: TicketFinishInput!) {
            a: ticketStart(input: $start) { ... on TicketChanged { ticket { state rev } } }
            b: ticketFinish(input: $finish) { ... on TicketChanged { ticket { state rev } } } }""",
        "dispatcher",
        **{
            step: {"id": id, "entity": ticket, "saw": await house.rev(), "member": MEMBER}
            for step, id in steps.items()
        },
    )
    assert answer["a"]["ticket"]["state"] == "IN_PROGRESS"
    assert answer["b"]["ticket"]["state"] == "DONE"
    assert answer["b"]["ticket"]["rev"] > answer["a"]["ticket"]["rev"]


async def test_a_contact_in_a_mutations_answer_is_a_reading_too(house: House) -> None:
    ticket = await house.ticket(contact={"telephone": "13800000000"})
    query = """mutation ($input: TicketEditInput!) { ticketEdit(input: $input) { ... on TicketChanged {
        ticket { contact { telephone } } } } }"""
    given = {"id": house.ids.uuid7(), "entity": ticket, "saw": await house.rev(), "seats": 2}
    answer = await house.ask(query, "dispatcher", input=given)
    assert answer["ticketEdit"]["ticket"]["contact"]["telephone"] == "13800000000"
    async with house.hub.read() as connection:
        rows = (await connection.exec_driver_sql("select ticket from reading")).all()
    assert (ticket,) in [tuple(row) for row in rows]


def test_every_kind_was_done_here() -> None:
    """Add a kind, and add what an office does with it above, or beside: what is done to points by hand has its file."""
    here = Path(__file__)
    source = here.read_text("utf-8") + here.with_name("test_points.py").read_text("utf-8")
    for kind in KINDS.values():
        if kind.offices & {Office.DISPATCHER, Office.DISTRICT}:
            done_here = f'"{kind.name}"' in source
            assert done_here or f"house.{kind.name.split('.')[0]}(" in source, graphql_name(kind)


MANY = """mutation ($inputs: [ChangeInput!]!) { changes(inputs: $inputs) { __typename
    ... on TicketChanged { verdict { outcome } ticket { title state } } ... on Rejected { verdict { code } }
    ... on NotFound { code path } ... on InvalidInput { code path } ... on NotAllowed { code path }
    ... on Queued { change } ... on IdTaken { change } } }"""


async def test_many_changes_in_one_request_have_each_their_own_verdict(house: House) -> None:
    ticket, other = house.ids.uuid7(), house.ids.uuid7()
    opened = {"grid": GRID, "category": "parking", "title": "停车难"}
    claim = {"entity": ticket, "saw": await house.rev(), "member": MEMBER}
    inputs = [
        {"ticketOpen": {"id": house.ids.uuid7(), "entity": ticket, **opened}},
        {"ticketClaim": {"id": house.ids.uuid7(), **claim, "member": "0193a000-0000-7000-8000-0000000000ff"}},
        {"ticketClaim": {"id": house.ids.uuid7(), **claim}},
        {"ticketClose": {"id": house.ids.uuid7(), "entity": other, "saw": 0}},
        {"ticketEdit": {"id": "no id", "entity": ticket, "saw": 0, "title": "改"}},
        {"ticketFinish": {"id": house.ids.uuid7(), **claim}},
    ]
    found = (await house.ask(MANY, "dispatcher", inputs=inputs))["changes"]
    assert [one["__typename"] for one in found] == [
        *("TicketChanged", "NotFound", "TicketChanged", "NotFound", "InvalidInput", "TicketChanged")
    ]
    assert [one["path"] for one in found if "path" in one] == [
        *("inputs.1.ticketClaim.member", "inputs.3.ticketClose.entity", "inputs.4.ticketEdit.id")
    ]
    assert found[-1]["ticket"]["state"] == "DONE"
    again = (await house.ask(MANY, "dispatcher", inputs=inputs))["changes"]
    assert [one.get("verdict") for one in again] == [one.get("verdict") for one in found]
    notes = "query ($id: ID!) { node(id: $id) { ... on Ticket { history { totalCount } } } }"
    assert (await house.ask(notes, id=ticket))["node"]["history"]["totalCount"] == 3


async def test_of_many_changes_each_is_for_whom_its_own_mutation_is(house: House) -> None:
    ticket = await house.ticket()
    cancel = {"id": house.ids.uuid7(), "entity": ticket, "saw": await house.rev(), "reason": "重复"}
    (found,) = (await house.ask(MANY, "unit", inputs=[{"ticketCancel": cancel}]))["changes"]
    assert found == {"__typename": "NotAllowed", "code": "FORBIDDEN", "path": "inputs.0.ticketCancel"}
    for role in ("reader", "tablet"):
        assert await house.code(MANY, role, inputs=[]) == "FORBIDDEN"
    assert (await house.ask(MANY, "dispatcher", inputs=[]))["changes"] == []


async def test_many_changes_are_at_most_five_hundred_and_cost_as_many_as_they_are(house: House) -> None:
    note = {"entity": "x", "saw": 0, "text": "x"}
    many = [{"ticketNote": {"id": house.ids.uuid7(), **note}} for _ in range(501)]
    whole = await house.post(MANY, "dispatcher", inputs=many)
    assert whole["errors"][0]["extensions"] == {"code": "LIMIT", "limit": "changes", "allowed": 500}
    costs = [
        (await house.post(MANY, "dispatcher", inputs=many[:number]))["extensions"]["cost"]["requested"]
        for number in (1, 2, 3)
    ]
    assert costs[2] - costs[1] == costs[1] - costs[0] > 10
    assert (
        await house.code(MANY, "dispatcher", inputs=[{**many[0], "ticketCancel": None}]) == "BAD_USER_INPUT"
    )

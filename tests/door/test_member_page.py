"""A member's own page at /me: the code from its address, everything kept about them in words, and a request answered."""

import re
from typing import Any

import pytest

from server import member_page
from server.form_page import hash_of
from server.guessing import MOST_BY_ADDRESS
from server.member_words import PARTS
from server.own_page import ABOUT, WITHIN
from sync.shapes import format_time
from tests.door.house import COMMUNITY, GRID, HOUR, MEMBER, MEMBER_2, UNIT, House

CONTACT = {"name": "老王", "telephone": "13800000000"}


async def opened(house: House, member: str = MEMBER) -> Any:
    code = await house.hub.member_code(member)
    return await house.http.post("/me", data={"code": code.code})


def hidden(page: Any, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', page.text)
    assert found is not None
    return found[1]


def part(page: Any, key: str) -> str:
    """The text of one part of the page, without its marks."""
    found = re.search(f'<details id="{key}".*?</details>', page.text, re.DOTALL)
    assert found is not None, key
    return re.sub(r"<[^>]+>", "", found[0])


@pytest.fixture(scope="module")
async def lived(house: House) -> str:
    """What the member of the page did and what was said of them; the ticket they took."""
    ids, now = house.ids, house.clock.now()
    ticket = await house.ticket(contact=CONTACT, detail="门牌在后")
    await house.do("ticket.claim", ticket, member=MEMBER)
    reserved = await house.ticket(title="换灯泡")
    await house.do("ticket.dispatch", reserved, to={"member": MEMBER})
    for member, start in ((MEMBER, now - 4 * HOUR), (MEMBER_2, now - 4 * HOUR), (MEMBER, now - 3 * HOUR)):
        times = {"start": format_time(start), "end": format_time(start + 2 * HOUR)}
        await house.do("service.record", ids.uuid7(), member=member, by=MEMBER, summary="扶梯", **times)
    post, team, activity, duty = (ids.uuid7() for _ in range(4))
    names = {"zh": "咨询台", "en": "Help desk"}
    await house.do(
        "post.put",
        post,
        "admin",
        community=COMMUNITY,
        code="help",
        name=names,
        seats=2,
        **{"from": "2026-01-01"},
    )
    await house.do("post.take", post, member=MEMBER)
    await house.do("post.take", post, member=MEMBER_2)
    house.clock.go_on(HOUR)
    await house.do("post.leave", post, member=MEMBER)
    await house.do("team.put", team, community=COMMUNITY, code="red", name={"zh": "先锋队", "en": "Vanguard"})
    await house.do("team.join", team, member=MEMBER)
    times = {"start": format_time(now), "end": format_time(now + HOUR)}
    await house.do("activity.open", activity, community=COMMUNITY, grid=GRID, title="清河日", **times)
    await house.do("activity.join", activity, member=MEMBER)
    await house.do(
        "duty.record", duty, unit=UNIT, community=COMMUNITY, kind="CONTACT", on="2026-11-20", by=MEMBER
    )
    await house.do(
        "evaluation.submit",
        ids.uuid7(),
        member=MEMBER,
        community=COMMUNITY,
        period="2026-11",
        grade="QUALIFIED",
    )
    await house.do("points.adjust", ids.uuid7(), member=MEMBER, points=7, reason="补记春节值守")
    await house.do("points.redeem", ids.uuid7(), member=MEMBER, points=2, reward="soap")
    return ticket


async def test_everything_kept_about_a_member_is_said_in_words(house: House, lived: str) -> None:
    page = await opened(house)
    assert page.status_code == 200, page.text
    for key, words in {
        "registrations": ("党员 001", "一局", "一格", "在岗", "法律", "5550001"),
        "posts": ("咨询台", "Help desk", "2026-11-23 – 2026-11-23"),
        "teams": ("先锋队", "至今"),
        "tickets": ("停车难", "接单于"),
        "reserved": ("换灯泡", "已派单"),
        "services": ("计入", "待人工审定", "扶梯", "我替别人记的"),
        "signIns": ("清河日",),
        "duties": ("2026-11-20", "联系", "一局"),
        "evaluations": ("2026-11", "合格"),
        "points": ("+3", "一次", "-2"),
        "adjustments": ("+7", "待第二人确认", "补记春节值守"),
        "redemptions": ("soap", "−2"),
        "changes": ("登记",),
        "verdicts": ("生效",),
        "tokens": ("打开于",),
    }.items():
        for word in words:
            assert word in part(page, key), (key, word)
    assert "老王" not in page.text
    assert "13800000000" not in page.text
    assert part(page, "posts").count("2026-11-23 –") == 1, "the post's other holder is not told"


async def test_points_that_stand_are_told_apart_from_what_is_not_confirmed(house: House, lived: str) -> None:
    page = await opened(house)
    sums = re.findall(r"<p><b>(\d+)</b>", page.text)
    query = "query ($id: ID!) { node(id: $id) { ... on Member { points } } }"
    points = (await house.ask(query, "dispatcher", id=MEMBER))["node"]["points"]
    # One service counts; one overlaps it and waits, and so does the credit.
    assert sums == [str(points), "1", "2"]


async def test_another_members_page_holds_none_of_it(house: House, lived: str) -> None:
    page = await opened(house, MEMBER_2)
    assert "党员 001" not in page.text
    for key in ("reserved", "teams", "signIns", "duties", "evaluations", "adjustments", "redemptions"):
        assert "没有" in part(page, key), key


def test_every_part_of_the_record_has_its_words() -> None:
    assert {*PARTS} == {*(one.name for one in (*ABOUT, *WITHIN)), "verdicts"}


async def test_a_request_goes_to_the_desk_and_its_answer_is_on_the_page(house: House, lived: str) -> None:
    page = await opened(house)
    token = hidden(page, "token")
    (about,) = re.findall(r'<option value="([^"]+)">评价 evaluation 2026-11', page.text)
    form = {"token": token, "id": hidden(page, "id"), "reason": "我的电话<b>不对", "about": about}
    for _ in range(2):
        asked = await house.http.post("/me", data=form)
        assert asked.status_code == 200
        assert "我的电话&lt;b&gt;不对" in asked.text
        assert "待人工审定" in part(asked, "requests")
    query = """{ conflicts(rule: "correction") { id rev candidates { change value } } }"""
    (waiting,) = (await house.ask(query, "dispatcher"))["conflicts"]
    assert waiting["candidates"][0]["value"] == {"reason": "我的电话<b>不对", "about": about}
    stands = waiting["candidates"][0]["change"]
    await house.do("conflict.rule", waiting["id"], saw=waiting["rev"], stands=stands, reason="电话已改")
    again = await house.http.post("/me", data={"token": token})
    assert "已裁定" in part(again, "requests")
    assert "电话已改" in part(again, "requests")


async def test_what_cannot_be_asked_is_said_and_what_was_typed_stays(house: House, lived: str) -> None:
    token = hidden(await opened(house), "token")
    for reason, about in (("", ""), ("长" * 501, ""), ("a\0b", ""), ("对", "no id")):
        form = {"token": token, "id": house.ids.uuid7(), "reason": reason, "about": about}
        assert (await house.http.post("/me", data=form)).status_code == 400, reason
    bad = await house.http.post("/me", data={"token": token, "id": "x", "reason": "留着"})
    assert (bad.status_code, ">留着</textarea>" in bad.text) == (400, True)


async def test_a_code_opens_the_page_once_and_only_for_a_day(house: House, lived: str) -> None:
    code = (await house.hub.member_code(MEMBER)).code
    page = await house.http.post("/me", data={"code": code.lower()})
    token = hidden(page, "token")
    used = await house.http.post("/me", data={"code": code})
    assert (used.status_code, "或已用过" in used.text) == (400, True)
    assert (await house.http.post("/me", data={"token": token})).status_code == 200
    closed = await house.http.post("/me", data={"token": token, "do": "close"})
    assert (closed.status_code, 'data-shown="closed"' in closed.text) == (200, True)
    assert (await house.http.post("/me", data={"token": token})).status_code == 401
    late = hidden(await opened(house), "token")
    house.clock.go_on(24 * HOUR)
    ended = await house.http.post("/me", data={"token": late})
    assert (ended.status_code, "这一页的一天已过" in ended.text) == (401, True)


async def test_nobody_elses_key_opens_a_page(house: House) -> None:
    for role in ("dispatcher", "admin", "reader", "tablet", "unit"):
        answer = await house.http.post("/me", data={"token": await house.token(role)})
        assert (answer.status_code, "<details" in answer.text) == (401, False), role


async def test_an_address_has_so_many_wrong_tries(house: House) -> None:
    for _ in range(MOST_BY_ADDRESS):
        assert (await house.http.post("/me", data={"code": "WRONG"})).status_code == 400
    waits = await house.http.post("/me", data={"code": "WRONG"})
    assert (waits.status_code, int(waits.headers["retry-after"]) > 0) == (429, True)
    house.clock.go_on(HOUR)


async def test_the_page_is_ours_alone_and_sets_no_cookie(house: House) -> None:
    page = await house.http.get("/me")
    policy = page.headers["content-security-policy"]
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert re.findall(r"script-src ([^;]+);", policy) == [f"'sha256-{hash_of(member_page.SCRIPT)}'"]
    assert "unsafe" not in policy
    assert not re.search(r"https?://|\ssrc=|\sstyle=|\son\w+=", page.text)
    assert "set-cookie" not in page.headers
    assert page.text.index("我的记录") < page.text.index("What is kept about me</span>")
    assert (await house.http.head("/me")).status_code == 200
    for method, body, kind, status in (
        ("PUT", b"", "text/plain", 405),
        ("POST", b"{}", "application/json", 415),
        ("POST", b"a" * 30_000, "application/x-www-form-urlencoded", 413),
    ):
        answer = await house.http.request(method, "/me", content=body, headers={"Content-Type": kind})
        assert answer.status_code == status


async def test_a_fault_is_said_in_words(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(house.hub, "open_page", broken)
    answer = await opened(house)
    assert (answer.status_code, "Busy just now" in answer.text) == (503, True)

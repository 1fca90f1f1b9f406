"""A resident rates by a one-time code on paper: a plain page without names or JavaScript; once, and beyond guessing."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from schema.tables.change import CHANGE
from schema.tables.rating_code import RATING_CODE
from server import prune, rating_codes
from server.guessing import MOST_BY_ADDRESS
from tests.door.house import MEMBER, House

CODE = """mutation ($ticket: ID!, $days: Int!) { ratingCode(ticket: $ticket, days: $days) { code url qr expiresAt } }"""
TICKET = """query ($id: ID!) { node(id: $id) { ... on Ticket { state rating words
    history { edges { node { kind office by { id } data } } } conflicts { rule state } } } }"""
DAY = 86_400_000


async def done_ticket(house: House, *, close: int | None = None) -> str:
    ticket = await house.ticket()
    await house.do("ticket.claim", ticket, member=MEMBER)
    await house.do("ticket.finish", ticket, member=MEMBER)
    if close is not None:
        await house.do("ticket.close", ticket, rating=close, words="说还行")
    return ticket


async def code_for(house: House, ticket: str, role: str = "dispatcher", days: int = 30) -> Any:
    return (await house.ask(CODE, role, ticket=ticket, days=days))["ratingCode"]


async def enter(house: House, **given: str) -> Any:
    return await house.http.post("/rate", data=given)


async def shown(house: House, ticket: str) -> Any:
    return (await house.ask(TICKET, "dispatcher", id=ticket))["node"]


async def points_of(house: House) -> int:
    query = "query ($id: ID!) { node(id: $id) { ... on Member { points } } }"
    return int((await house.ask(query, "dispatcher", id=MEMBER))["node"]["points"])


async def test_a_resident_rates_by_the_code_on_paper_once_and_the_points_follow(house: House) -> None:
    ticket, before = await done_ticket(house), await points_of(house)
    made = await code_for(house, ticket)
    assert re.fullmatch(r"[0-9A-Z]{5}-[0-9A-Z]{5}", made["code"])
    assert made["url"].endswith(f"/rate?code={made['code'].replace('-', '')}")
    assert made["qr"].startswith("<svg")
    answer = await enter(house, code=made["code"].lower(), stars="5", words="来得很快\r\n谢谢")
    assert (answer.status_code, "谢谢！您的评分已记下。" in answer.text) == (200, True)
    found = await shown(house, ticket)
    assert (found["state"], found["rating"], found["words"]) == ("DONE", 5, "来得很快\n谢谢")
    step = found["history"]["edges"][-1]["node"]
    assert (step["kind"], step["by"], step["data"]) == ("ticket.rate", None, {"rating": 5, "round": 1})
    assert await points_of(house) > before, "a rating of five stars is worth points"
    again = await enter(house, code=made["code"], stars="1")
    assert (again.status_code, "或已用过" in again.text) == (400, True)
    assert (await shown(house, ticket))["rating"] == 5


async def test_the_residents_own_stands_over_what_was_written_down_at_the_closing(house: House) -> None:
    ticket = await done_ticket(house, close=5)
    made = await code_for(house, ticket)
    await enter(house, code=made["code"], stars="2")
    found = await shown(house, ticket)
    assert (found["state"], found["rating"], found["words"]) == ("CLOSED", 2, None)
    assert found["conflicts"] == [{"rule": "resident", "state": "SETTLED"}]
    second = await code_for(house, ticket)
    answer = await enter(house, code=second["code"], stars="5")
    assert (answer.status_code, "以先评的为准" in answer.text) == (200, True)
    assert (await shown(house, ticket))["rating"] == 2


async def test_a_code_is_of_one_round_and_a_new_one_ends_the_one_before(house: House) -> None:
    ticket = await done_ticket(house)
    old, made = await code_for(house, ticket), await code_for(house, ticket)
    assert (await enter(house, code=old["code"], stars="5")).status_code == 400
    await house.do("ticket.reopen", ticket, reason="又漏了")
    answer = await enter(house, code=made["code"], stars="1")
    assert (answer.status_code, "只作留存" in answer.text) == (200, True)
    assert (await shown(house, ticket))["rating"] is None


async def test_a_code_is_the_desks_to_make_and_for_what_it_may_see(house: House) -> None:
    ticket = await done_ticket(house)
    assert await code_for(house, ticket, "far dispatcher") is None
    for role in ("tablet", "unit", "reader", "member"):
        assert await house.code(CODE, role, ticket=ticket, days=1) == "FORBIDDEN"
    gone = await house.ticket()
    await house.do("ticket.cancel", gone, reason="不要了")
    assert await code_for(house, gone) is None


async def test_only_the_hash_of_a_code_is_kept_and_it_expires(house: House) -> None:
    ticket = await done_ticket(house)
    made = await code_for(house, ticket, days=2)
    plain = made["code"].replace("-", "")
    async with house.hub.read() as connection:
        rows = (await connection.execute(select(RATING_CODE).where(RATING_CODE.c.ticket == ticket))).all()
    assert len(rows) == 1
    assert plain not in str(rows)
    house.clock.go_on(2 * DAY)
    assert (await enter(house, code=plain, stars="5")).status_code == 400
    house.clock.go_on(60_000)
    await house.hub.database.write(prune.prune, house.clock.now())
    async with house.hub.read() as connection:
        left = select(RATING_CODE).where(RATING_CODE.c.ticket == ticket)
        assert (await connection.execute(left)).all() == []


async def test_a_code_has_so_many_tries_and_an_address_so_many_in_a_while(house: House) -> None:
    house.clock.go_on(DAY)
    ticket = await done_ticket(house)
    plain = (await code_for(house, ticket))["code"].replace("-", "")
    wrong = plain[:4] + ("000000" if plain[4:] != "000000" else "111111")
    for _ in range(MOST_BY_ADDRESS):
        assert (await enter(house, code=wrong, stars="5")).status_code == 400
    waits = await enter(house, code=plain, stars="5")
    assert (waits.status_code, int(waits.headers["retry-after"]) > 0) == (429, True)
    assert "Too many wrong tries" in waits.text
    house.clock.go_on(11 * 60_000)
    spent = await enter(house, code=plain, stars="5")
    assert spent.status_code == 400, "its tries are used up"
    async with house.hub.read() as connection:
        mine = select(RATING_CODE.c.tries).where(RATING_CODE.c.ticket == ticket)
        assert (await connection.execute(mine)).scalar_one() > rating_codes.TRIES - 1
    house.clock.go_on(11 * 60_000)


async def test_the_page_is_plain_in_both_languages_and_keeps_what_was_typed(house: House) -> None:
    page = await house.http.get("/rate", params={"code": '"><script>alert(1)</script>'})
    assert (page.status_code, page.headers["cache-control"]) == (200, "no-store")
    assert "script-src" not in page.headers["content-security-policy"]
    assert "<script" not in page.text
    assert page.text.index("给服务评分") < page.text.index("Rate the service</span>")
    assert "set-cookie" not in page.headers
    assert (await house.http.head("/rate")).status_code == 200
    nothing = await enter(house, code="ABC", words="<b>谢谢</b>")
    assert (nothing.status_code, "Choose one to five stars." in nothing.text) == (400, True)
    assert "&lt;b&gt;谢谢&lt;/b&gt;" in nothing.text
    for given, status in (
        ({"code": "ABC", "stars": "6"}, 400),
        ({"code": "ABC", "stars": "5", "words": "长" * 501}, 400),
        ({"code": "ABC", "stars": "5", "words": "a\0b"}, 400),
        ({"code": "长" * 40, "stars": "5"}, 400),
        ({"code": ""}, 400),
    ):
        assert (await enter(house, **given)).status_code == status, given
    for method, body, kind, status in (
        ("PUT", b"", "text/plain", 405),
        ("POST", b"{}", "application/json", 415),
        ("POST", b"code=%ff&stars=5", "application/x-www-form-urlencoded", 400),
        ("POST", b"a=1&" * 30, "application/x-www-form-urlencoded", 400),
        ("POST", b"a" * 30_000, "application/x-www-form-urlencoded", 413),
    ):
        answer = await house.http.request(method, "/rate", content=body, headers={"Content-Type": kind})
        assert answer.status_code == status, (method, kind)


async def test_the_words_are_private_and_are_erased_like_all_such(house: House) -> None:
    house.clock.go_on(11 * 60_000)
    ticket = await done_ticket(house)
    made = await code_for(house, ticket)
    await enter(house, code=made["code"], stars="4", words="老王")
    assert "老王" not in str((await shown(house, ticket))["history"])
    reader = await house.ask(
        "query ($id: ID!) { node(id: $id) { ... on Ticket { rating words } } }", "reader", id=ticket
    )
    assert reader["node"] == {"rating": 4, "words": None}
    await house.do("ticket.redact", ticket, fields=["WORDS"])
    assert (await shown(house, ticket))["words"] is None
    async with house.hub.read() as connection:
        line = select(CHANGE).where(CHANGE.c.entity == ticket, CHANGE.c.kind == "ticket.rate")
        row = (await connection.execute(line)).mappings().one()
    assert (row["private"], row["erased"]) == (None, ["words"])
    assert (await house.hub.verify()).ok


async def test_a_fault_is_said_in_words_and_the_code_is_still_good(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    ticket = await done_ticket(house)
    made = await code_for(house, ticket)

    def broken(*_: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(rating_codes, "_change", broken)
    answer = await enter(house, code=made["code"], stars="5")
    assert (answer.status_code, "Your code is still good." in answer.text) == (503, True)
    monkeypatch.undo()
    assert (await enter(house, code=made["code"], stars="5")).status_code == 200

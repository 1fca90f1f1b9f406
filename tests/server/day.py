"""A full day and the next, for tests that need every table to have rows: all kinds of changes and outcomes."""

from typing import Any

from sqlalchemy import select

from schema.tables.conflict import CONFLICT
from sync.shapes import format_time
from tests.server.house import House, Paper
from tests.sync.world import (
    A1,
    ADJUSTMENT,
    EXPIRY,
    G1,
    G2,
    LY,
    M1,
    M2,
    M3,
    M4,
    PER_ACTIVITY,
    RECOUNT,
    S2,
    T2,
    TEAM,
    U1,
    D,
    P,
    R,
    S,
    T,
    W,
    activity,
    duty,
    evaluation,
    ident,
    point_expiry,
    point_rule,
    post,
    reward,
    team,
    when,
    whistle,
)

ORDER = {"grid": G1, "category": "parking", "title": "Widen the entrance"}
CONTACT = {"contact": {"name": "Mrs Li", "telephone": "5550100"}, "detail": "the blue door"}
T3, T4 = ident("a third ticket"), ident("a fourth ticket")


def served(start: str, end: str, member: str = M1, **more: str) -> dict[str, Any]:
    moments = {name: {"at": format_time(when(at)), "run": 1} for name, at in (("start", start), ("end", end))}
    return {"member": member, **moments, **more}


async def two_days(house: House) -> list[Paper]:
    """Conflicts of several kinds, held and repeated changes, points, rulings, a move, an erasure."""
    a, b = await house.tablet("A", G1), await house.tablet("B", G1)
    await house.submit(LY, ("ticket.open", T, ORDER), ("ticket.open", T2, {**ORDER, "grid": G2, "seats": 2}))
    await house.submit(LY, ("post.put", P, post(skills=["legal"])))
    await house.submit(LY, ("whistle.blow", W, whistle()))
    await house.submit(LY, ("reward.put", R, reward(stock=3)))
    await house.submit("district", ("pointExpiry.put", EXPIRY, point_expiry()))
    meeting = activity("18:00", "20:30", team=TEAM, grid=G1)
    await house.submit(LY, ("team.put", TEAM, team()), ("activity.open", A1, meeting))
    await house.submit("district", ("pointRule.put", PER_ACTIVITY, point_rule("ACTIVITY", 2)))
    for tablet in (a, b):
        await tablet.pull()
    await _monday(house, a, b)
    house.clock.set("1/02:00")
    await house.hub.settle()
    for tablet in (a, b):
        await tablet.pull()
    await _tuesday(house, a, b)
    house.clock.set("2/02:00")
    await house.hub.settle()
    return [a, b]


async def _monday(house: House, a: Paper, b: Paper) -> None:
    a.record("ticket.claim", T, {"member": M1}, at="09:10")
    a.record("ticket.edit", T, {"title": "by A", "addTags": ["urgent"]}, at="09:11", private=CONTACT)
    a.record("service.record", S, served("18:15", "20:15", ticket=T), at="20:20", private={"summary": "dug"})
    a.record("ticket.open", T3, {**ORDER, "title": "A tyre"}, at="20:21", private=CONTACT)
    a.record("member.register", ident("again"), {"unit": U1, "number": "077", "name": "one"}, at="20:30")
    a.record("post.take", P, {"member": M1}, at="20:30")
    a.record("activity.join", A1, {"member": M1}, at="20:30")
    a.record("whistle.answer", W, {"department": U1, "answer": "DECLINED"}, at="20:30")
    a.record("whistle.blow", ident("joined"), whistle(U1, deadline="2026-11-24T04:00:00.000Z"), at="20:30")
    a.record(
        "whistle.meet", W, {"met": "2026-11-23T01:00:00.000Z", "present": [U1], "record": "r"}, at="20:30"
    )
    a.record("team.join", TEAM, {"member": M1}, at="20:30")
    for who, at, grade in ((a, "20:29", "BASIC"), (b, "18:58", "EXCELLENT")):
        who.record("evaluation.submit", ident(at), evaluation(grade), at=at, private={"words": "steady"})
    a.record("duty.record", D, duty(topic="parking"), at="20:30")
    a.record("points.adjust", ADJUSTMENT, {"member": M1, "points": 2, "reason": "r"}, at="20:30")
    a.record("points.adjust", ident("twice"), {"member": M1, "points": 1, "reason": "r"}, at="20:30")
    a.record("duty.record", ident("further"), duty(), at="20:30")
    a.record("duty.record", ident("mistake"), duty("TALK"), at="20:30")
    a.record("duty.void", ident("mistake"), {"reason": "another unit"}, at="20:30")
    a.record("ticket.note", T, {}, at="20:31", private={"text": "Mrs Li says thanks"})
    b.record("ticket.claim", T, {"member": M2}, at="08:50")
    b.record("ticket.edit", T, {"title": "by B"}, at="08:51")
    b.record("ticket.claim", T4, {"member": M2}, at="08:52")
    b.record("member.register", ident("first"), {"unit": U1, "number": "077", "name": "1"}, at="08:53")
    b.record("member.edit", M2, {"addSkills": ["legal"]}, at="08:54", private={"phone": "5550102"})
    b.record("service.record", S2, served("18:00", "19:00", M2), at="19:01")
    b.changes.append({"unreadable": True})
    house.clock.set("21:00")
    for tablet in (a, b):
        await tablet.push()


async def _tuesday(house: House, a: Paper, b: Paper) -> None:
    a.record("ticket.open", T4, {**ORDER, "title": "Late"}, at="1/08:00")
    a.record("ticket.finish", T, {"member": M2}, at="1/09:00")
    a.record("points.redeem", ident("soap"), {"member": M1, "points": 1, "reward": "soap"}, at="1/09:30")
    a.record("points.withdraw", ident("twice"), {"reason": "twice"}, at="1/09:30")
    b.record("service.void", S2, {"reason": "another day"}, at="1/09:00")
    house.clock.set("1/10:00")
    await a.push()
    again = await Paper.of(house, "B again", await house.hub.renew(b.author))
    again.changes = list(b.changes)
    await again.push()
    await house.submit(LY, ("ticket.edit", T2, {"grid": G1}), ("member.assign", M4, {"grid": G2}))
    await house.submit(LY, ("ticket.claim", T2, {"member": M3}))
    await house.hub.settle()
    house.clock.set("1/11:00")
    close = house.raw("ticket.close", T, {"rating": 5}, saw=await house.rev())
    close["private"] = {"salt": "7" * 32, "words": "well done"}
    await house.hub.submit(await house.desk(LY), [close])
    days = {"community": LY, "from": "2026-11-23", "until": "2026-11-23", "reason": "r", "rule": PER_ACTIVITY}
    await house.submit("district", ("pointRule.put", PER_ACTIVITY, point_rule("ACTIVITY", 3)))
    await house.submit("district", ("points.recount", RECOUNT, days))
    await house.submit("district", ("points.confirm", ADJUSTMENT, {}))
    await house.submit(LY, ("ticket.redact", T3, {"fields": ["contact"]}))
    conflicts = await house.rows(select(CONFLICT.table).where(CONFLICT.table.c.field == "title"))
    if conflicts:
        ruling = {"stands": conflicts[0]["candidates"][0]["change"], "reason": "B was there"}
        await house.submit("district", ("conflict.rule", conflicts[0]["id"], ruling))

"""One ticket with all that can be private, one far away, and what was done for them: who may read which of it?"""

from typing import Final

from tests.door.house import (
    COMMUNITY,
    FAR_GRID,
    FAR_MEMBER,
    HOUR,
    MEMBER,
    MEMBER_2,
    UNIT,
    House,
)

CONTACT: Final = {"name": "老王", "telephone": "13800000000", "doorstep": "3 栋 2 单元"}


class World:
    """One ticket in LY-1 with all that can be private, one far away, and what was done for them."""

    def __init__(self) -> None:
        self.adjustment = self.recount = self.expiry = ""
        self.evaluation = self.whistle = self.team = self.activity = self.reward = self.duty = self.post = (
            self.near
        ) = self.far = self.service = self.entry = self.conflict = self.device = ""


async def furnished(house: House) -> World:
    """The house with all that, by offices and a tablet."""
    world = World()
    world.near = await house.ticket(contact=CONTACT, detail="门牌在后", place="小区东门")
    world.far = await house.ticket("far dispatcher", FAR_GRID, contact=CONTACT)
    world.post = house.ids.uuid7()
    name = {"zh": "帮办岗", "en": "Help desk"}
    whole = {"code": "help", "name": name, "community": COMMUNITY, "seats": 1, "from": "2026-01-01"}
    await house.do("post.put", world.post, **whole)
    await house.do("post.take", world.post, member=MEMBER)
    world.whistle = house.ids.uuid7()
    deadline = {"deadline": "2026-11-25T01:00:00.000Z"}
    await house.do(
        "whistle.blow", world.whistle, ticket=world.near, lead=UNIT, departments=[UNIT], **deadline
    )
    world.team, world.activity = house.ids.uuid7(), house.ids.uuid7()
    await house.do("team.put", world.team, code="dawn", name=name, community=COMMUNITY)
    await house.do("team.join", world.team, member=MEMBER)
    times = {"start": "2026-11-23T01:00:00.000Z", "end": "2026-11-23T03:00:00.000Z"}
    await house.do("activity.open", world.activity, community=COMMUNITY, title="清洁日", by=MEMBER, **times)
    await house.do("activity.join", world.activity, member=MEMBER)
    world.reward = house.ids.uuid7()
    name = {"zh": "毛巾", "en": "Towel"}
    whole = {"code": "towel", "name": name, "community": COMMUNITY, "points": 1, "from": "2026-01-01"}
    await house.do("reward.put", world.reward, **whole)
    world.evaluation = house.ids.uuid7()
    given = {"member": MEMBER, "community": COMMUNITY, "period": "2026-11", "grade": "QUALIFIED"}
    await house.do("evaluation.submit", world.evaluation, **given, words="常来", by=MEMBER_2)
    world.adjustment, world.recount, world.expiry = (house.ids.uuid7() for _ in range(3))
    await house.do("points.adjust", world.adjustment, member=MEMBER, points=2, reason="代班", by=MEMBER_2)
    whole = {"code": "end", "name": name, "months": 12, "utcOffset": 480, "on": "2027-12-31"}
    await house.do("pointExpiry.put", world.expiry, "admin", **whole)
    days = {"community": COMMUNITY, "from": "2026-11-01", "until": "2026-11-22", "reason": "核对"}
    await house.do("points.recount", world.recount, "admin", **days)
    world.duty = house.ids.uuid7()
    await house.do("duty.record", world.duty, unit=UNIT, community=COMMUNITY, kind="TALK", by=MEMBER)
    await house.do("ticket.note", world.near, text="带上梯子", by=MEMBER)
    await house.do("ticket.claim", world.near, member=MEMBER, by=MEMBER)
    house.clock.go_on(HOUR + 1234)
    world.service = await house.service(
        MEMBER, ticket=world.near, summary="换好了", place={"lat": 1, "lon": 2}, by=MEMBER
    )
    await house.do("ticket.finish", world.near, member=MEMBER)
    await house.do("ticket.close", world.near, rating=5, words="谢谢")
    await house.service(FAR_MEMBER, "far dispatcher")
    await house.do("points.redeem", house.ids.uuid7(), member=MEMBER, points=1, reward="毛巾")
    await house.token("tablet")
    found = await house.ask("{ devices { id name } pointEntries { edges { node { id member { id } } } } }")
    world.device = next(one["id"] for one in found["devices"] if one["name"] == "tablet")
    entries = [edge["node"] for edge in found["pointEntries"]["edges"]]
    world.entry = next(one["id"] for one in entries if one["member"]["id"] == MEMBER)
    return world

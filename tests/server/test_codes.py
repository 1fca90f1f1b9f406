"""Codes on real databases: found by what they are called, and by a night that is decided meanwhile."""

from server.settlement import decide_night, touched
from tests.server.house import House
from tests.sync.world import CG, G1, LY, P2, P, ident, post


async def test_a_code_names_one_post_of_a_community_and_that_follows_from_the_log(house: House) -> None:
    (first,) = await house.submit(LY, ("post.put", P, post("help")))
    (second,) = await house.submit(LY, ("post.put", P2, post("help")))
    (third,) = await house.submit("district", ("post.put", ident("a third post"), post("help", community=CG)))
    codes = [one.outcome.code for one in (first, second, third) if one.outcome is not None]
    assert codes == ["APPLIED", "CODE_TAKEN", "APPLIED"]
    await house.verified()


async def test_a_code_that_a_desk_gives_while_a_night_is_decided_makes_it_decide_again(house: House) -> None:
    a = await house.tablet("A", G1)
    a.record("post.put", P, post("help"), at="09:00")
    await a.push()
    house.clock.set("23:00")
    database, now = house.hub.database, house.clock.now()
    decided = await database.read_in_thread(lambda connection: decide_night(connection, now))
    assert decided is not None
    await house.submit(LY, ("post.put", ident("other"), post("other")))
    assert not await database.read_in_thread(lambda connection: touched(connection, decided))
    await house.submit(LY, ("post.put", P2, post("help")))
    assert await database.read_in_thread(lambda connection: touched(connection, decided))

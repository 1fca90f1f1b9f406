"""Rewards: neither the same points nor the last item are handed out twice, and each tablet hears plainly which it was."""

import pytest

from tests.sync.hub import Hub, Tablet
from tests.sync.world import CG, G1, G3, LY, M1, M2, M5, R2, R, ident, reward, when


def earned(**more: object) -> tuple[Hub, Tablet, Tablet]:
    """M1 and M2 have two points each, and two tablets hold the catalogue: one towel for two points."""
    hub = Hub()
    a, b = hub.tablet("A", G1), hub.tablet("B", G1)
    hub.desk("reward.put", R, "07:00", **{**reward(stock=1), **more})
    a.serves(ident("s1"), M1, "09:00", "09:30")
    b.serves(ident("s2"), M2, "09:00", "09:30")
    a.sync("10:00")
    b.sync("10:00")
    hub.night("10:10")
    a.pull("10:20")
    b.pull("10:20")
    return hub, a, b


def wants(tablet: Tablet, name: str, at: str | int, member: str = M1, points: int = 2, item: str = R) -> str:
    return tablet.does(
        "points.redeem", ident(name), at, member=member, points=points, reward="a towel", item=item
    )


def two_want_one() -> tuple[Hub, str, str]:
    """A at 11:20 and uploads first, B at 11:00."""
    hub, a, b = earned()
    earlier, later = wants(b, "rb", "11:00", M2), wants(a, "ra", "11:20", M1)
    a.push("18:00")
    b.push("19:00")
    hub.night()
    return hub, earlier, later


def asked(**more: object) -> Hub:
    hub, a, _ = earned(**more)
    wants(a, "r", "11:00")
    a.push("18:00")
    hub.night()
    return hub


def codes(hub: Hub) -> list[str]:
    return [one.code for one in hub.memory.outcomes.values() if one.kind == "points.redeem"]


def points(hub: Hub) -> tuple[int, int]:
    return hub.member(M1).points, hub.member(M2).points


def test_two_tablets_want_the_last_one_offline_and_the_earlier_deed_has_it() -> None:
    hub, earlier, later = two_want_one()
    assert hub.code(earlier) == "APPLIED"
    verdict = hub.verdict(later)
    assert (verdict.outcome, verdict.code, verdict.rule) == ("LOST", "LAST_TAKEN", "stock")
    assert verdict.sentence == {
        "zh": "最后一件已由member 2于2026-11-23 11:00兑走；您的积分未扣。",
        "en": "member 2 took the last one at 2026-11-23 11:00; no points of yours were spent.",
    }
    assert verdict.stands == {"member": M2, "since": "2026-11-23T03:00:00.000Z", "change": earlier}
    assert (hub.reward(R).given, points(hub)) == (1, (2, 0))


def test_two_tablets_spend_the_same_points_and_the_later_hears_that_they_are_gone() -> None:
    hub, a, b = earned(stock=5)
    earlier, later = wants(b, "rb", "11:00"), wants(a, "ra", "11:20")
    a.push("18:00")
    b.push("19:00")
    hub.night()
    assert (hub.code(earlier), hub.code(later)) == ("APPLIED", "SHORT")
    assert hub.verdict(later).stands == {"balance": 0}
    assert (hub.reward(R).given, points(hub)) == (1, (0, 2))


def test_what_was_handed_out_is_not_taken_back_for_an_earlier_deed_that_comes_later() -> None:
    hub, a, b = earned()
    confirmed = wants(a, "ra", "11:20")
    a.push("18:00")
    hub.night()
    late = wants(b, "rb", "11:00", M2)
    b.push("1/09:00")
    hub.night("1/23:00")
    assert (hub.code(confirmed), hub.code(late)) == ("APPLIED", "LAST_TAKEN")
    assert hub.reward(R).given == 1


def test_online_and_offline_share_one_stock() -> None:
    hub, a, _ = earned()
    offline = wants(a, "ra", "11:00")
    online = hub.desk("points.redeem", ident("r"), "12:00", member=M2, points=2, reward="a towel", item=R)
    a.push("18:00")
    hub.night()
    assert (hub.code(online.change.id), hub.code(offline)) == ("APPLIED", "LAST_TAKEN")


def test_a_plain_word_works_as_before_and_takes_nothing_from_the_catalogue() -> None:
    hub, a, _ = earned()
    word = a.does("points.redeem", ident("r"), "11:00", member=M1, points=1, reward="a towel")
    a.push("18:00")
    hub.night()
    assert hub.code(word) == "APPLIED"
    assert (hub.reward(R).given, hub.redemption(ident("r")).item) == (0, None)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"stock": 0}, "NONE_LEFT"),
        ({"until": "2026-11-22"}, "NOT_OFFERED"),
        ({"from": "2026-11-24"}, "NOT_OFFERED"),
        ({"points": 3}, "PRICE_DIFFERS"),
        ({}, "APPLIED"),
    ],
)
def test_what_is_not_to_be_had_costs_nothing(more: dict[str, object], code: str) -> None:
    hub = asked(**more)
    assert codes(hub) == [code]
    assert points(hub)[0] == (0 if code == "APPLIED" else 2)


def test_without_a_stock_there_is_no_end_of_them() -> None:
    hub = Hub()
    whole = {name: value for name, value in reward().items() if name not in {"stock", "until"}}
    hub.desk("reward.put", R, "07:00", **whole)
    assert hub.memory.documents["reward", R].body["stock"] is None
    a = hub.tablet("A", G1, at="07:10")
    a.serves(ident("s1"), M1, "09:00", "09:30")
    wants(a, "r", "11:00")
    a.push("18:00")
    hub.night()
    assert codes(hub) == ["APPLIED"]


def test_a_price_raised_meanwhile_is_not_asked_of_who_could_not_know_it() -> None:
    hub, a, b = earned(stock=5)
    hub.desk("reward.put", R, "11:10", **reward(points=3, stock=5))
    knew_the_old = wants(a, "ra", "11:00")
    too_late = wants(b, "rb", "11:20", M2)
    a.push("18:00")
    b.push("18:00")
    hub.night()
    assert (hub.code(knew_the_old), hub.code(too_late)) == ("APPLIED", "PRICE_DIFFERS")
    assert hub.verdict(too_late).stands == {"points": 3}
    assert [price for price, _ in hub.reward(R).prices] == [2, 3]


def test_a_redemption_from_before_the_reward_was_written_pays_its_first_price() -> None:
    hub = Hub()
    a = hub.tablet("A", G1)
    a.serves(ident("s1"), M1, "07:00", "07:30")
    early = wants(a, "r", "08:00")
    a.push("09:00")
    hub.night("09:10")
    assert hub.code(early) == "WAITS"
    hub.desk("reward.put", R, "10:00", **reward(stock=1))
    assert hub.code(early) == "APPLIED"
    assert hub.reward(R).given == 1


def test_writing_a_reward_anew_leaves_what_was_given_alone() -> None:
    hub, _, _ = two_want_one()
    hub.desk("reward.put", R, "1/09:00", **reward(stock=3))
    again = hub.desk("points.redeem", ident("r"), "1/10:00", member=M1, points=2, reward="a towel", item=R)
    assert hub.code(again.change.id) == "APPLIED"
    assert (hub.reward(R).given, hub.reward(R).stock) == (2, 3)
    hub.desk("reward.put", R, "1/11:00", **reward(stock=1))
    assert hub.reward(R).given == 2, "a smaller stock takes nothing back"


def test_a_tablet_proposes_a_reward_and_the_desk_takes_it_up() -> None:
    hub, a, _ = earned()
    told = a.does("reward.put", R2, "11:00", **reward("kettle", 30))
    a.push("18:00")
    hub.night()
    assert hub.code(told) == "PROPOSED"
    assert R2 not in hub.memory.things["reward"]
    hub.desk("conflict.rule", hub.conflict(R2, "*").id, "1/09:00", stands=told, reason="good")
    assert hub.reward(R2).prices == [(30, when("1/09:00"))]


def test_the_catalogue_of_another_community_is_not_theirs() -> None:
    hub = Hub()
    hub.desk("reward.put", R, "07:00", **reward())
    far = hub.tablet("F", G3, at="07:10")
    far.serves(ident("s1"), M5, "09:00", "09:30")
    wants(far, "r", "11:00", M5)
    far.push("18:00")
    hub.night()
    assert codes(hub) == ["NOT_FOUND"]
    foreign = hub.desk("reward.put", R2, "1/09:00", **{**reward("kettle"), "community": CG})
    assert hub.code(foreign.change.id) == "OUT_OF_SCOPE"


def test_everybody_in_the_community_sees_the_catalogue() -> None:
    hub, _, _ = two_want_one()
    found = hub.memory.documents["reward", R]
    assert found.audience == f"community:{LY}"
    assert found.body == {
        "id": R,
        "community": LY,
        "code": "towel",
        "name": {"zh": "名", "en": "towel"},
        "points": 2,
        "stock": 1,
        "given": 1,
        "from": "2026-01-01",
        "until": "2026-12-31",
    }

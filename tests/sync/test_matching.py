"""Who fits a ticket: by skill, grid, load and fairness, with reasons; and which tickets look alike."""

import random

import pytest

from sync.matching import (
    ALIKE_DAYS,
    CAPACITY,
    WEIGHTS,
    Held,
    Hint,
    Looked,
    Order,
    Server,
    Suggestion,
    Unit,
    alike,
    fitness,
    suggest,
)
from tests.sync.world import DAY

PLAIN = Server("m", "u", "elsewhere", recent=1)
ORDER = Order("t", "g", ("law", "tea"))

BETTER: list[tuple[str, Server, Server]] = [
    ("a skill that is needed", PLAIN._replace(skills=("law",)), PLAIN._replace(skills=("car",))),
    ("the ticket's own grid", PLAIN._replace(grid="g"), PLAIN),
    ("nothing in hand", PLAIN, PLAIN._replace(held=1)),
    ("less in hand", PLAIN._replace(held=1), PLAIN._replace(held=2)),
    ("not asked for a month", PLAIN._replace(recent=0), PLAIN),
    ("asked less often", PLAIN, PLAIN._replace(recent=4)),
    (
        "a skill from the next grid before none from here",
        PLAIN._replace(skills=("law",)),
        PLAIN._replace(grid="g"),
    ),
]


@pytest.mark.parametrize(("what", "better", "worse"), BETTER, ids=[what for what, *_ in BETTER])
def test_the_better_of_two_is_suggested_first(what: str, better: Server, worse: Server) -> None:
    servers = [worse._replace(member="a"), better._replace(member="b")]
    found = [one.id for one in suggest(ORDER, servers, working=True) if one.collection == "member"]
    assert found == ["b", "a"]


def test_every_suggestion_is_the_sum_of_its_reasons() -> None:
    found = fitness(ORDER, Server("m", "u", "g", ("law", "car"), held=2, recent=20))
    assert [(one.code, one.count, one.skills, one.points) for one in found.reasons] == [
        ("SKILL", 1, ("law",), 40),
        ("GRID", 1, (), 20),
        ("LOAD", 2, (), -24),
        ("OFTEN", 8, (), -16),
    ]
    assert found.fit == 20
    rested = fitness(Order("t", "g"), Server("m", "u", None))
    assert [one.code for one in rested.reasons] == ["FREE", "RESTED"]
    lacking = fitness(ORDER, PLAIN)
    assert (lacking.reasons[0].code, lacking.reasons[0].skills) == ("NO_SKILL", ("law", "tea"))


DESK = Held("p", ("帮办岗", "Help desk"), None, ("law", "art"), frozenset({"m"}))


def test_whoever_holds_a_post_that_is_for_it_fits_better_and_the_reason_names_the_post() -> None:
    found = fitness(ORDER, PLAIN, [DESK, DESK._replace(post="o", name=("岗", "Post"))])
    (reason,) = [one for one in found.reasons if one.code == "POST"]
    assert (reason.post, reason.points) == (("岗", "Post"), 25), "one says as much as two"
    servers = [PLAIN._replace(member="a"), PLAIN]
    members = [
        one.id for one in suggest(ORDER, servers, working=True, posts=[DESK]) if one.collection == "member"
    ]
    assert members == ["m", "a"]


@pytest.mark.parametrize(
    "post",
    [DESK._replace(skills=("art",)), DESK._replace(grid="elsewhere"), DESK._replace(holders=frozenset())],
    ids=["for something else", "in another grid", "held by others"],
)
def test_a_post_that_is_not_for_it_or_not_theirs_is_no_reason(post: Held) -> None:
    assert "POST" not in {one.code for one in fitness(ORDER, PLAIN, [post]).reasons}
    assert "POST" not in {one.code for one in fitness(Order("t", "g"), PLAIN, [DESK]).reasons}


def test_posts_that_match_are_suggested_by_who_of_their_holders_is_free() -> None:
    there = DESK._replace(post="q", grid="g", holders=frozenset({"m", "n"}))
    busy = PLAIN._replace(member="n", held=CAPACITY)
    other = DESK._replace(post="r", skills=("art",))
    found = suggest(ORDER, [PLAIN, busy], working=True, posts=[DESK, there, other])
    posts = {
        one.id: [(reason.code, reason.count, reason.skills) for reason in one.reasons]
        for one in found
        if one.collection == "post"
    }
    assert posts == {
        "q": [("FOR_IT", 1, ("law",)), ("GRID", 1, ()), ("HELD", 1, ()), ("WORKING_HOURS", 1, ())],
        "p": [("FOR_IT", 1, ("law",)), ("HELD", 1, ()), ("WORKING_HOURS", 1, ())],
    }
    (empty,) = [
        one for one in suggest(ORDER, [busy], working=False, posts=[DESK]) if one.collection == "post"
    ]
    assert [one.code for one in empty.reasons] == ["FOR_IT", "EMPTY", "OUT_OF_HOURS"]


def test_nobody_hoards() -> None:
    full = PLAIN._replace(held=CAPACITY, skills=("law",), grid="g")
    assert suggest(ORDER, [full], working=True) == []


def units(found: list[Suggestion]) -> dict[str, list[str]]:
    return {one.id: [reason.code for reason in one.reasons] for one in found if one.collection == "unit"}


def test_a_unit_fits_by_those_of_its_members_who_do_and_by_the_hour() -> None:
    servers = [
        Server("a", "able", "g", ("law",)),
        Server("b", "able", "g", ("tea",)),
        Server("c", "other", "g", ("car",)),
    ]
    found = suggest(ORDER, servers, working=True)
    assert units(found) == {"able": ["ABLE", "WORKING_HOURS"], "other": ["NOBODY", "WORKING_HOURS"]}
    assert next(one.fit for one in found if one.id == "able") == 26
    assert units(suggest(ORDER, servers, working=False))["able"] == ["ABLE", "OUT_OF_HOURS"]
    assert units(suggest(Order("t", "g"), servers, working=True))["other"] == ["ABLE", "WORKING_HOURS"]


def test_the_order_of_those_who_are_asked_about_makes_no_difference() -> None:
    servers = [Server(f"m{n}", f"u{n % 3}", "g", ("law",) * (n % 2), n % 3, n % 5) for n in range(20)]
    chance = random.Random(7)
    first = suggest(ORDER, servers, working=True)
    for _ in range(5):
        chance.shuffle(servers)
        assert suggest(ORDER, servers, working=True) == first


def test_every_reason_is_said_in_both_languages_about_the_same() -> None:
    for weight in WEIGHTS.values():
        for part in ("{skill}", "{count}", "{days}", "{resource}"):
            assert (part in weight.zh) is (part in weight.en)


WANTED: list[tuple[str, Order, Server, str | None]] = [
    ("who gave it back", ORDER._replace(declined=frozenset({"m"})), PLAIN, "DECLINED"),
    ("who was taken off it", ORDER._replace(released=frozenset({"m"})), PLAIN, "RELEASED"),
    ("on duty", ORDER._replace(on_duty=True), PLAIN._replace(on_duty=1), "ON_DUTY"),
    ("off duty", ORDER._replace(on_duty=False), PLAIN, "OFF_DUTY"),
    ("not at such hours", ORDER._replace(on_duty=True), PLAIN, None),
    ("nobody knows when", ORDER._replace(on_duty=True), PLAIN._replace(recent=0), None),
]


@pytest.mark.parametrize(("what", "order", "server", "code"), WANTED, ids=[what for what, *_ in WANTED])
def test_what_somebody_did_with_it_and_at_which_hours_they_serve_is_a_reason(
    what: str, order: Order, server: Server, code: str | None
) -> None:
    extra = [one.code for one in fitness(order, server).reasons[3:]]
    assert extra == ([] if code is None else [code])


def test_who_has_it_is_not_suggested_and_who_gave_it_back_comes_last() -> None:
    order = ORDER._replace(takers=frozenset({"a"}), declined=frozenset({"b"}))
    servers = [PLAIN._replace(member=one, skills=("law",)) for one in "abc"]
    found = suggest(order, servers, working=True, posts=[DESK._replace(holders=frozenset("b"))])
    assert [one.id for one in found][-1] == "b"
    assert {one.id for one in found if one.collection == "member"} == {"b", "c"}
    assert "EMPTY" in {reason.code for one in found if one.id == "p" for reason in one.reasons}


def test_a_unit_that_lends_what_is_called_alike_is_suggested_though_all_are_busy() -> None:
    order = Order("t", "g", called=("停车难", "Parking"))
    lenders = [Unit("u", ("停车划线车 1 辆", "会议室")), Unit("v", ("Parking cones",)), Unit("w", ("拖车",))]
    found = units(suggest(order, [], working=True, lenders=lenders))
    assert found == {one: ["RESOURCE", "NOBODY", "WORKING_HOURS"] for one in "uv"}


# Tickets that look alike

T = Looked("t", "parking", "g", "三号楼门前停车难", "小区东门", 20 * DAY)

SAME: list[tuple[str, Looked, Hint | None]] = [
    ("the same place", T._replace(title="x"), Hint("o", 100, True, 0)),
    (
        "the same place, written otherwise",
        T._replace(place="小区 东门！", title="x"),
        Hint("o", 100, True, 0),
    ),
    (
        "nearly the same title",
        T._replace(title="三号楼前停车难", place=None, opened=18 * DAY),
        Hint("o", 93, False, 2),
    ),
    ("neither", T._replace(title="x", place="y"), None),
    ("no place on either", T._replace(title="x", place=None), None),
    ("another category", T._replace(category="tyre"), None),
    ("another grid", T._replace(grid="h"), None),
    ("long ago", T._replace(opened=(20 - ALIKE_DAYS - 1) * DAY), None),
]


@pytest.mark.parametrize(("what", "other", "hint"), SAME, ids=[what for what, *_ in SAME])
def test_orders_for_the_same_thing_are_hinted_at(what: str, other: Looked, hint: Hint | None) -> None:
    other = other._replace(ticket="o")
    assert alike(T, [other]) == ([] if hint is None else [hint])
    assert [one.percent for one in alike(other, [T])] == ([] if hint is None else [hint.percent])


def test_a_ticket_is_no_hint_to_itself_and_the_likest_come_first() -> None:
    near, nearer = T._replace(ticket="a", place="小区东门口", title="x"), T._replace(ticket="b")
    assert [one.ticket for one in alike(T, [T, near, nearer])] == ["b", "a"]

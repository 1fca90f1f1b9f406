"""A code names one post, team or reward of a community: the first to have it stands, and nothing written is lost."""

from typing import Any, NamedTuple

import pytest

from sync.state import Code
from sync.things import Conflict
from sync.work import conflict_of
from tests.sync.hub import Hub
from tests.sync.test_rulings import rule
from tests.sync.world import CG, G1, G2, LY, M1, P2, R2, TEAM, P, R, ident, named, post, reward, team

TEAM2 = ident("another team")


class Coded(NamedTuple):
    """What is put under one code, by two who do not know of each other."""

    collection: str
    one: str
    other: str
    data: dict[str, Any]

    @property
    def kind(self) -> str:
        return f"{self.collection}.put"


KINDS = [
    Coded("post", P, P2, post("help")),
    Coded("team", TEAM, TEAM2, team("vanguard")),
    Coded("reward", R, R2, reward("towel")),
]
each = pytest.mark.parametrize("coded", KINDS, ids=lambda coded: str(coded.collection))


def there(hub: Hub, coded: Coded) -> dict[str, Any]:
    """What has the code, with its name."""
    found: dict[str, Any] = hub.memory.things.get(coded.collection, {})
    return {one: thing.name["en"] for one, thing in found.items() if thing.code == coded.data["code"]}


def conflict(hub: Hub, coded: Coded) -> Conflict:
    return hub.conflict(coded.one, "code")


def two_put(coded: Coded, *, upwards: bool = True) -> tuple[Hub, str, str]:
    """Two desks put the same code at 09:00 and 09:10, and both wait for one night, in whichever order."""
    hub = Hub()
    first = hub.office_change(coded.kind, coded.one, "09:00", **{**coded.data, "name": named("first")})
    second = hub.office_change(coded.kind, coded.other, "09:10", **{**coded.data, "name": named("second")})
    hub.inbox = [first, second] if upwards else [second, first]
    hub.night()
    return hub, first.change.id, second.change.id


def taken() -> Hub:
    return two_put(KINDS[0])[0]


def in_use() -> Hub:
    hub = Hub()
    hub.desk("post.put", P, "09:00", **post("help"))
    hub.desk("post.put", P2, "09:10", **post("other"))
    hub.desk("post.put", P2, "09:20", **post("help"))
    return hub


@each
@pytest.mark.parametrize("upwards", [True, False])
def test_of_two_that_are_put_under_one_code_the_earlier_deed_stands_in_whichever_order_they_come(
    coded: Coded, upwards: bool
) -> None:
    hub, first, second = two_put(coded, upwards=upwards)
    assert there(hub, coded) == {coded.one: "first"}
    assert (hub.code(first), hub.code(second)) == ("APPLIED", "CODE_TAKEN")
    verdict = hub.verdict(second)
    assert (verdict.outcome, verdict.rule, verdict.stands) == ("LOST", "code", {coded.collection: coded.one})
    assert [candidate.change for candidate in conflict(hub, coded).candidates] == [first, second]
    assert conflict(hub, coded).stands == first


@each
def test_what_was_confirmed_keeps_its_code(coded: Coded) -> None:
    hub = Hub()
    hub.desk(coded.kind, coded.one, "09:10", **coded.data)
    late = hub.desk(coded.kind, coded.other, "09:20", **coded.data)
    assert [*there(hub, coded)] == [coded.one]
    assert hub.code(late.change.id) == "CODE_TAKEN"


@each
def test_another_communitys_code_is_its_own(coded: Coded) -> None:
    hub = Hub()
    hub.district(coded.kind, coded.one, "09:00", **coded.data)
    hub.district(coded.kind, coded.other, "09:10", **{**coded.data, "community": CG})
    assert {*there(hub, coded)} == {coded.one, coded.other}


@each
def test_what_is_there_cannot_take_anothers_code_and_a_code_that_was_given_up_is_free(coded: Coded) -> None:
    hub = Hub()
    hub.desk(coded.kind, coded.one, "09:00", **coded.data)
    hub.desk(coded.kind, coded.other, "09:10", **{**coded.data, "code": "other"})
    edit = hub.desk(coded.kind, coded.other, "09:20", **coded.data)
    assert (hub.code(edit.change.id), [*there(hub, coded)]) == ("CODE_IN_USE", [coded.one])
    renamed = hub.office_change(coded.kind, coded.one, "09:30", **{**coded.data, "code": "new"})
    again = hub.office_change(coded.kind, coded.other, "09:40", **coded.data)
    hub.settle([renamed, again], "09:40")
    assert [*there(hub, coded)] == [coded.other]
    assert hub.code(again.change.id) == "APPLIED"


def test_what_had_one_code_before_there_was_this_rule_may_be_edited() -> None:
    hub = in_use()
    hub.post(P2).code = "help"
    hub.memory._codes = {Code("post", LY, "help"): {P, P2}}
    edit = hub.desk("post.put", P2, "09:30", **post("help", seats=3))
    assert (hub.code(edit.change.id), hub.post(P2).seats) == ("APPLIED", 3)
    moved = hub.desk("post.put", P2, "09:40", **post("new"))
    assert hub.code(moved.change.id) == "APPLIED"
    assert (
        hub.code(hub.desk("post.put", ident("a third post"), "09:50", **post("help")).change.id)
        == "CODE_TAKEN"
    )


@each
@pytest.mark.parametrize("order", [("A", "desk"), ("desk", "A")])
def test_a_tablets_proposal_under_a_code_that_a_desk_has_given_is_about_what_the_desk_put(
    coded: Coded, order: tuple[str, str]
) -> None:
    hub = Hub()
    a = hub.tablet("A", G1)
    proposal = a.does(coded.kind, coded.other, "08:00", **{**coded.data, "name": named("from A")})
    for who in order:
        if who == "desk":
            hub.desk(coded.kind, coded.one, "10:00", **coded.data)
        else:
            a.push("09:00" if order[0] == "A" else "18:00")
            hub.night("09:30" if order[0] == "A" else "23:00")
    assert [*there(hub, coded)] == [coded.one]
    assert hub.verdict(proposal).outcome == "REVIEW"
    if order[0] == "desk":
        assert conflict(hub, coded).state == "REVIEW"
        rule(hub, conflict(hub, coded), "1/09:00", proposal)
        assert there(hub, coded) == {coded.one: "from A"}
        assert hub.code(proposal) == "RULED_FOR"


@each
def test_of_two_tablets_proposals_under_one_code_one_can_be_taken_up_and_the_other_then_not(
    coded: Coded,
) -> None:
    hub = Hub()
    proposals = {}
    for name, grid, entity, at in (("A", G1, coded.one, "08:10"), ("B", G2, coded.other, "08:00")):
        tablet = hub.tablet(name, grid)
        proposals[name] = tablet.does(coded.kind, entity, at, **{**coded.data, "name": named(name)})
        tablet.push("18:00")
    hub.night()
    rule(hub, hub.conflict(coded.one, "*"), "1/09:00", proposals["A"])
    assert there(hub, coded) == {coded.one: "A"}
    refused = rule(hub, hub.conflict(coded.other, "*"), "1/10:00", proposals["B"])
    assert hub.code(refused) == "CODE_IN_USE"
    assert hub.code(proposals["B"]) == "PROPOSED"
    rule(hub, hub.conflict(coded.other, "*"), "1/11:00", None)
    assert hub.code(proposals["B"]) == "RULED_AGAINST"


@each
def test_a_dispatcher_takes_up_what_came_second_and_takes_that_back(coded: Coded) -> None:
    hub, first, second = two_put(coded)
    rule(hub, conflict(hub, coded), "1/09:00", second)
    assert there(hub, coded) == {coded.one: "second"}
    assert (hub.code(first), hub.code(second)) == ("RULED_AGAINST", "RULED_FOR")
    rule(hub, conflict(hub, coded), "1/10:00", first)
    assert there(hub, coded) == {coded.one: "first"}
    rule(hub, conflict(hub, coded), "1/11:00", None)
    assert there(hub, coded) == {coded.one: "first"}
    assert (hub.code(first), hub.code(second)) == ("RULED_FOR", "RULED_AGAINST")


def test_what_a_post_has_besides_stays_when_another_put_is_taken_up() -> None:
    hub, _, second = two_put(KINDS[0])
    hub.desk("post.take", P, "2/09:00", member=M1)
    rule(hub, hub.conflict(P, "code"), "2/10:00", second)
    assert [holder.member for holder in hub.post(P).holders] == [M1]
    assert hub.post(P).community == LY


def test_a_ruling_that_came_back_before_its_conflict_is_heard_with_it() -> None:
    """After a restore a ruling may be there before the changes whose conflict it rules on."""
    hub = Hub()
    hub.desk("post.put", P, "09:00", **post("help", name=named("first")))
    first = hub.post(P).versions["*"].change
    again = hub.office_change("post.put", P2, "09:10", **post("help"))
    ruling = hub.office_change("conflict.rule", conflict_of(P, "code"), "09:20", stands=first, reason="r")
    hub.settle([again, ruling], "09:30")
    assert hub.code(ruling.change.id) == "APPLIED"
    assert hub.code(again.change.id) == "RULED_AGAINST"

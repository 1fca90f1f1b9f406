"""Each pair of kinds on one team or activity against an oracle, in all orders; the others are in test_oracle_things.py."""

import inspect
from itertools import product
from typing import Any, Final

import pytest

from tests.sync import oracle_sessions as oracle
from tests.sync.oracle_things import Said
from tests.sync.test_oracle_things import HOURS, at_rest, expected, played
from tests.sync.world import A1, M1, M2, TEAM, activity, named, team

FLAGS: Final = (True, False)
WORDS: Final[dict[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "team.put": (team(name=named("one")), team(name=named("two"))),
    "team.join": ({"member": M1}, {"member": M2}),
    "team.leave": ({"member": M1}, {"member": M1}),
    "activity.open": (activity(title="one"), activity(title="two")),
    "activity.join": ({"member": M2}, {"member": M2}),
}
"""What the first and the second of two say."""


def pairs(thing: str) -> list[tuple[str, str]]:
    kinds = [kind for kind in WORDS if kind.startswith(thing)]
    return [*product(kinds, kinds)]


def two_said(first: str, second: str) -> list[list[tuple[Said, str, dict[str, Any]]]]:
    """Both, by tablets and offices, who had seen the thing and who had not."""
    entity = TEAM if first.startswith("team") else A1
    found = []
    for office, other, knows, knew in product(FLAGS, FLAGS, FLAGS, FLAGS):
        one, another = WORDS[first][0], WORDS[second][1]
        found.append(
            [
                (Said(first, 0, HOURS[0], office, knows, one | {"value": one.get("name")}), entity, one),
                (
                    Said(second, 1, HOURS[1], other, knew, another | {"value": another.get("name")}),
                    entity,
                    another,
                ),
            ]
        )
    return found


@pytest.mark.parametrize(("first", "second"), pairs("team"))
def test_two_changes_about_one_team_come_to_what_the_oracle_says(first: str, second: str) -> None:
    for two in two_said(first, second):
        one = oracle.Team(at_rest().team(TEAM).name, {M1})
        says = expected(one, oracle.TEAMS, [said for said, _, _ in two])
        for upwards in FLAGS:
            night = played(two, upwards)
            found = night.thing("team", TEAM)
            inside = {holder.member for holder in found.holders if holder.until is None}
            assert (found.name, inside) == (one.written.value, one.members), two
            for number, may in enumerate(says):
                assert night.told(number) in may, (two, night.told(number), may)


@pytest.mark.parametrize(("first", "second"), pairs("activity"))
def test_two_changes_about_one_activity_come_to_what_the_oracle_says(first: str, second: str) -> None:
    for two in two_said(first, second):
        one = oracle.Activity({M1})
        says = expected(one, oracle.ACTIVITIES, [said for said, _, _ in two])
        for upwards in FLAGS:
            night = played(two, upwards)
            found = night.thing("activity", A1)
            assert found.title == "cleaning day", two
            assert {taker.member for taker in found.members} == one.members, two
            for number, may in enumerate(says):
                assert night.told(number) in may, (two, night.told(number), may)


def test_the_oracle_knows_nothing_of_the_rule_code() -> None:
    assert "sync." not in inspect.getsource(oracle).replace("tests.sync.oracle_things", "")

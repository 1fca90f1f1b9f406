"""Each pair of kinds on one team, activity or whistle against an oracle, in all orders; the others are in test_oracle_things.py."""

import inspect
from itertools import product
from typing import Any, Final

import pytest

from tests.sync import oracle_sessions as oracle
from tests.sync.oracle_things import Said
from tests.sync.test_oracle_things import HOURS, at_rest, expected, played
from tests.sync.world import A1, M1, M2, TEAM, U1, U2, W, activity, named, team, whistle

FLAGS: Final = (True, False)
WORDS: Final[dict[str, tuple[dict[str, Any], dict[str, Any]]]] = {
    "team.put": (team(name=named("one")), team(name=named("two"))),
    "team.join": ({"member": M1}, {"member": M2}),
    "team.leave": ({"member": M1}, {"member": M1}),
    "activity.open": (activity(title="one"), activity(title="two")),
    "activity.join": ({"member": M2}, {"member": M2}),
    "whistle.blow": (whistle(U1), whistle(U2)),
    "whistle.answer": ({"department": U1, "answer": "COMING"}, {"department": U1, "answer": "DECLINED"}),
    "whistle.meet": (
        {"met": "2026-11-23T01:00:00.000Z", "present": [U1], "record": "one"},
        {"met": "2026-11-23T02:00:00.000Z", "present": [U2], "record": "two"},
    ),
}
"""What the first and the second of two say."""


def told(data: dict[str, Any]) -> Any:
    """What a change says about that which is compared."""
    return data.get("name", data.get("answer"))


def pairs(thing: str) -> list[tuple[str, str]]:
    kinds = [kind for kind in WORDS if kind.startswith(thing)]
    return [*product(kinds, kinds)]


def two_said(first: str, second: str) -> list[list[tuple[Said, str, dict[str, Any]]]]:
    """Both, by tablets and offices, who had seen the thing and who had not."""
    entity = {"team": TEAM, "activity": A1, "whistle": W}[first.partition(".")[0]]
    found = []
    for office, other, knows, knew in product(FLAGS, FLAGS, FLAGS, FLAGS):
        one, another = WORDS[first][0], WORDS[second][1]
        found.append(
            [
                (Said(first, 0, HOURS[0], office, knows, {"value": told(one), **one}), entity, one),
                (
                    Said(second, 1, HOURS[1], other, knew, {"value": told(another), **another}),
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


@pytest.mark.parametrize(("first", "second"), pairs("whistle"))
def test_two_changes_about_one_whistle_come_to_what_the_oracle_says(first: str, second: str) -> None:
    for two in two_said(first, second):
        one = oracle.Whistle(None)
        says = expected(one, oracle.WHISTLES, [said for said, _, _ in two])
        for upwards in FLAGS:
            night = played(two, upwards)
            found = night.thing("whistle", W)
            assert found.calls[0].answer == one.written.value, two
            assert {meeting.record for meeting in found.meetings} == one.records, two
            for number, may in enumerate(says):
                assert night.told(number) in may, (two, night.told(number), may)


def test_the_oracle_knows_nothing_of_the_rule_code() -> None:
    assert "sync." not in inspect.getsource(oracle).replace("tests.sync.oracle_things", "")

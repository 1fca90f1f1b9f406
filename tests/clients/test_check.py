"""In sync is checked, never assumed: a sum that does not agree brings one reset, then an alarm."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.clients.district import Carried, District, grid
from tests.clients.road import Answer, Forward, answer_lost


@pytest.fixture
def carried(district: District) -> Carried:
    made = district.carry("A", "LY-1")
    for number in range(3):
        made.tablet.open_ticket(grid("LY-1"), "parking", f"第{number}张")
    made.sync()
    district.settle()
    assert made.sync().synced
    made.road.asked.clear()
    return made


def spoil(carried: Carried, statement: str) -> None:
    with carried.tablet._store.step("a fault of the file") as connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM document WHERE id = (SELECT max(id) FROM document WHERE collection = 'ticket')",
        "DELETE FROM document WHERE collection = 'member'",
        "UPDATE document SET rev = rev + 5 WHERE collection = 'unit'",
        "INSERT INTO document VALUES ('ticket', 'a stranger', 5, '{}', 1, NULL)",
        "INSERT INTO document VALUES ('whistle', 'of another time', 5, '{}', 1, NULL)",
    ],
)
def test_what_is_held_wrongly_is_found_and_mended_by_one_reset(carried: Carried, statement: str) -> None:
    before = carried.tablet._store.rows("SELECT collection, id, rev FROM document ORDER BY 1, 2")
    spoil(carried, statement)
    report = carried.sync()
    after = carried.tablet._store.rows("SELECT collection, id, rev FROM document ORDER BY 1, 2")
    assert report.synced
    assert after == before
    assert carried.road.operations() == ["now", "push", "pull", "pull"]
    assert not carried.tablet.status().alarm


def changed(**fields: Any) -> Callable[[Forward], Answer]:
    """A hub that says something else about what there should be."""

    def change(forward: Forward) -> Answer:
        status, headers, content = forward()
        answer = json.loads(content)
        if answer["data"]["pull"]["check"]:
            answer["data"]["pull"]["check"][0].update(fields)
        return status, headers, json.dumps(answer).encode()

    return change


@pytest.mark.parametrize("fields", [{"count": 99}, {"digest": "0" * 32}])
def test_what_a_reset_does_not_mend_is_an_alarm_until_it_agrees_again(
    carried: Carried, fields: dict[str, Any]
) -> None:
    carried.road.every["pull"] = changed(**fields)
    report = carried.sync()
    assert (report.state, report.synced) == ("ALARM", False)
    assert carried.road.operations() == ["now", "push", "pull", "pull"]
    assert carried.tablet.status().alarm
    assert len(carried.held("ticket")) == 3
    carried.restart()
    assert carried.tablet.status().alarm
    carried.road.every.clear()
    assert carried.sync().synced
    assert not carried.tablet.status().alarm


def test_a_last_page_without_its_check_is_never_called_synced(carried: Carried) -> None:
    def forget(forward: Forward) -> Answer:
        status, headers, content = forward()
        answer = json.loads(content)
        answer["data"]["pull"]["check"] = None
        return status, headers, json.dumps(answer).encode()

    carried.road.every["pull"] = forget
    assert carried.sync().state == "AGAIN"


def test_a_page_that_leads_nowhere_does_not_keep_a_tablet_for_ever(carried: Carried) -> None:
    def again(forward: Forward) -> Answer:
        status, headers, content = forward()
        answer = json.loads(content)
        answer["data"]["pull"].update(
            more=True, check=None, checkpoint=carried.tablet._store.get("checkpoint")
        )
        return status, headers, json.dumps(answer).encode()

    carried.road.every["pull"] = again
    assert carried.sync().state == "AGAIN"


def test_a_reset_by_hand_brings_everything_again_and_keeps_the_outbox(carried: Carried) -> None:
    waiting = carried.tablet.open_ticket(grid("LY-1"), "parking", "未传")
    carried.tablet.reset()
    carried.road.spoil("pull", answer_lost)
    assert carried.sync().state == "AGAIN"
    assert len(carried.held("ticket")) == 4
    assert carried.sync().synced
    assert carried.outcome(waiting.id) == "SENT"
    afters = [said["after"] for name, said in carried.road.asked if name == "pull"]
    assert afters == [None, None]


def test_a_checkpoint_that_the_hub_does_not_know_brings_a_reset(carried: Carried) -> None:
    with carried.tablet._store.step("a foreign checkpoint"):
        carried.tablet._store.put(checkpoint="bm90IG9uZSBvZiBvdXJz")
    spoil(carried, "DELETE FROM document WHERE collection = 'ticket'")
    assert carried.sync().synced
    assert len(carried.held("ticket")) == 3
    assert carried.road.operations() == ["now", "push", "pull"]

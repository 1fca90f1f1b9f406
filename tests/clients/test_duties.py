"""What units owe, in a tablet's list of the day: from what the hub said and what was recorded here, without a network."""

from clients.python.tablet import Tablet
from tests.clients.district import District, unit


def states(tablet: Tablet) -> dict[str, str]:
    return {one.kind: one.state for one in tablet.owed() if one.unit == unit("U1")}


def test_a_duty_recorded_offline_is_done_in_the_days_list_at_once_and_the_hub_agrees(
    district: District,
) -> None:
    carried = district.carry("平板 A", "LY-1")
    carried.sync()
    tablet = carried.tablet
    assert states(tablet) == dict.fromkeys(("CONTACT", "SURVEY", "TALK", "SUMMARY"), "DUE")
    community = tablet.list("community")[0].id
    recorded = tablet.record_duty(unit("U1"), community, "CONTACT", topic="停车")
    assert states(tablet)["CONTACT"] == "DONE"
    guessed = tablet.view("duty", recorded.entity)
    assert guessed is not None
    assert "state" in guessed.provisional, "whether another tablet did it before, only the hub knows"
    carried.sync()
    district.settle()
    carried.sync()
    said = tablet.view("duty", recorded.entity)
    assert said is not None
    assert (said.body.keys(), said.provisional) == (guessed.body.keys(), [])
    assert states(tablet)["CONTACT"] == "DONE"

"""What a settlement is given: what is wanted, and the order of what was accepted."""

import pytest

from sync.clock import Order
from sync.state import Day, Wanted
from sync.things import THINGS, Thing
from tests.sync.hub import Hub
from tests.sync.world import LY, M1, U1, T, community


def test_nothing_is_wanted_when_nothing_is_named() -> None:
    assert not Wanted()
    assert not Wanted(things={"ticket": set()})


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(things={"ticket": {T}}),
        Wanted(identities={(U1, "1")}),
        Wanted(aliases={M1}),
        Wanted(days={Day(M1, 1)}),
        Wanted(held={T}),
        Wanted(changes={T}),
        Wanted(outcomes={T}),
        Wanted(conflicts={T}),
        Wanted(point_rules=True),
        Wanted(timely=True),
    ],
)
def test_whatever_is_missing_is_wanted(wanted: Wanted) -> None:
    assert wanted


def test_what_is_accepted_is_ordered_by_its_deed() -> None:
    hub = Hub(district=False)
    (accepted,) = hub.load([("community.put", LY, community("LY"))], "06:00").changes
    assert accepted.order == Order(accepted.deed, "hub", 1)


def test_every_collection_is_a_thing_with_an_id_and_a_rev() -> None:
    assert all(issubclass(kind, Thing) for kind in THINGS.values())
    assert Thing("x").rev == 0

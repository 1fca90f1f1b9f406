"""The field rules as functions, each on the smallest values that tell it from another."""

import pytest

from sync.changes import Change
from sync.kinds.kind import Office
from sync.merge import (
    Stand,
    add_elements,
    has_seen,
    latest,
    order_of,
    ranked,
    ranks_after,
    remove_elements,
    seen,
    version_of,
)
from sync.state import Accepted
from sync.things import PENDING, Add, Version

L, D, S = Office.LIAISON, Office.DISPATCHER, Office.DISTRICT


def accepted(deed: int, saw: int = 0, office: Office = L, device: str = "a", seq: int = 5) -> Accepted:
    change = Change("c", deed, 1, saw, "ticket.edit", "t", None, None)
    return Accepted(change, device, seq, "", office, (), saw, deed, deed, 0)


def version(rev: int, deed: int, office: Office = L, device: str = "b", seq: int = 1) -> Version:
    return Version(rev, deed, device, seq, "v", office, "ticket.edit", None)


def test_a_write_is_seen_by_its_rev_or_because_the_same_tablet_made_it_before() -> None:
    assert has_seen(accepted(1, saw=7), 7, "b", 1)
    assert not has_seen(accepted(1, saw=6), 7, "b", 1)
    assert has_seen(accepted(1), 7, "a", 4)
    assert not has_seen(accepted(1), 7, "a", 6)
    assert not has_seen(accepted(1, office=D), 7, "a", 4), "an office sees what the hub has, and only that"
    assert seen(accepted(1), None)


@pytest.mark.parametrize(
    ("standing", "change", "expected"),
    [
        (None, accepted(5), Stand.INFORMED),
        (version(7, 9), accepted(5, saw=7), Stand.INFORMED),
        (version(7, 4), accepted(5), Stand.LATER),
        (version(7, 6), accepted(5), Stand.EARLIER),
        (version(7, 5, device="A"), accepted(5), Stand.LATER),
        (version(7, 5, device="b"), accepted(5), Stand.EARLIER),
        (version(PENDING, 4), accepted(5, saw=10**12), Stand.LATER),
    ],
)
def test_latest(standing: Version | None, change: Accepted, expected: Stand) -> None:
    assert latest(standing, change) is expected


DESK = version(7, 4, D)
DISTRICT = version(3, 2, S)


@pytest.mark.parametrize(
    ("writes", "change", "expected"),
    [
        ([], accepted(5), Stand.INFORMED),
        ([DESK], accepted(5), Stand.OUTRANKED),
        ([DESK], accepted(5, saw=7), Stand.INFORMED),
        ([DESK], accepted(3, office=D), Stand.EARLIER),
        ([DESK], accepted(5, office=D), Stand.LATER),
        ([DESK], accepted(3, office=S), Stand.LATER),
        ([DISTRICT, DESK], accepted(5, saw=2), Stand.OUTRANKED),
        ([DISTRICT, DESK], accepted(5, saw=3, office=D), Stand.LATER),
        ([DISTRICT, DESK], accepted(5, saw=3), Stand.OUTRANKED),
        ([DISTRICT, DESK], accepted(5, saw=7), Stand.INFORMED),
    ],
)
def test_ranked(writes: list[Version], change: Accepted, expected: Stand) -> None:
    standing = writes[-1] if writes else None
    assert ranked(writes, standing, change) is expected


def test_a_write_leaves_only_those_of_higher_offices_beside_it() -> None:
    mine = version(PENDING, 9, D, device="hub")
    assert ranks_after([DISTRICT, DESK, version(8, 8)], mine) == [DISTRICT, mine]
    assert ranks_after([], mine) == [mine]


def test_two_of_the_four_stand() -> None:
    assert [stand for stand in Stand if stand.stands] == [Stand.INFORMED, Stand.LATER]


def test_the_version_that_a_change_writes_waits_for_its_rev() -> None:
    written = version_of(accepted(5))
    assert (written.rev, written.change, written.office) == (PENDING, "c", L)
    assert order_of(written) == accepted(5).order


def test_an_add_always_adds_once_for_each_name() -> None:
    held = add_elements({"x": [Add(3, "b", 1)]}, ["x", "y", "y"], accepted(5))
    assert held == {"x": [Add(3, "b", 1), Add(PENDING, "a", 5)], "y": [Add(PENDING, "a", 5)]}


def test_a_remove_takes_away_only_the_adds_that_its_author_had_seen() -> None:
    held = {"x": [Add(3, "b", 1), Add(9, "b", 2)], "y": [Add(3, "b", 1)], "z": [Add(3, "b", 1)]}
    left = remove_elements(held, ["x", "y", "never there"], accepted(5, saw=5))
    assert left == {"x": [Add(9, "b", 2)], "z": [Add(3, "b", 1)]}
    assert held["x"] == [Add(3, "b", 1), Add(9, "b", 2)], "what was held is not altered"

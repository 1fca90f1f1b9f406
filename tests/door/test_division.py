"""A division at the door: proposed with its reasons, taken up as changes, and nobody else's business."""

from typing import Any

import pytest

from server.dividing import MOST
from tests.door.house import (
    COMMUNITY,
    FAR_MEMBER,
    FAR_UNIT,
    GRID,
    GRID_2,
    MEMBER,
    MEMBER_2,
    UNIT,
    VILLAGE,
    House,
)

PROPOSE = """query ($community: ID!, $unit: ID) { division(community: $community, unit: $unit) {
    grids { grid { id } before after skills { skill before after } }
    moves { member { id number } leaves { id } joins { id } saw zh: reasons en: reasons(language: EN) } } }"""
DIVIDE = """mutation ($input: DivideInput!) { divide(input: $input) { __typename
    ... on DivisionApplied { verdicts { outcome code } queued }
    ... on NotFound { path } ... on InvalidInput { path } } }"""


async def proposed(house: House, role: str = "dispatcher", **given: Any) -> Any:
    return (await house.ask(PROPOSE, role, **{"community": COMMUNITY, **given}))["division"]


def move(house: House, **given: Any) -> dict[str, Any]:
    return {"id": house.ids.uuid7(), "saw": 0, "member": MEMBER, "grid": GRID_2, **given}


async def test_a_unit_that_is_all_in_one_grid_is_divided_and_the_reasons_are_told(house: House) -> None:
    found = await proposed(house, unit=UNIT)
    counts = {one["grid"]["id"]: (one["before"], one["after"]) for one in found["grids"]}
    assert counts == {GRID: (2, 1), GRID_2: (0, 1)}
    (one,) = found["moves"]
    assert one["member"]["id"] in {MEMBER, MEMBER_2}
    assert (one["leaves"]["id"], one["joins"]["id"]) == (GRID, GRID_2)
    assert one["en"][:2] == ["the grid has 2, and its share is 1", "that grid has 0 of its share of 1"]
    assert one["zh"][0] == "原网格有2人，超过应有的1人"
    skills = {one["skill"]: one["after"] for grid in found["grids"] for one in grid["skills"]}
    assert set(skills.values()) <= {0, 1}


async def test_a_community_that_is_even_stays_as_it_is(house: House) -> None:
    found = await proposed(house)
    assert found["moves"] == []
    assert sorted(one["after"] for one in found["grids"]) == [1, 2]


async def test_what_is_taken_up_is_changes_and_by_whom_it_was_seen(house: House) -> None:
    (one,) = (await proposed(house, unit=UNIT))["moves"]
    whole = move(house, member=one["member"]["id"], saw=one["saw"])
    for _ in range(2):  # the same again is once
        answer = (await house.ask(DIVIDE, "dispatcher", input={"moves": [whole]}))["divide"]
        assert answer["verdicts"] == [{"outcome": "APPLIED", "code": "APPLIED"}]
        assert answer["queued"] == []
    assert (await proposed(house, unit=UNIT))["moves"] == []
    back = move(house, member=one["member"]["id"], grid=GRID, saw=await house.rev())
    await house.ask(DIVIDE, "dispatcher", input={"moves": [back]})


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("a member of elsewhere", {"member": FAR_MEMBER}, "input.moves.0.member"),
    ("no such grid", {"grid": UNIT}, "input.moves.0.grid"),
    ("no id", {"id": "x"}, "input.moves.0"),
]


@pytest.mark.parametrize(("what", "given", "path"), WRONG, ids=[what for what, _, _ in WRONG])
async def test_what_cannot_be_taken_up_is_said_and_nothing_is_kept(
    house: House, what: str, given: dict[str, Any], path: str
) -> None:
    before = await house.rev()
    answer = (await house.ask(DIVIDE, "dispatcher", input={"moves": [move(house, **given)]}))["divide"]
    assert answer["path"] == path
    assert (await house.ask(DIVIDE, "dispatcher", input={"moves": []}))["divide"]["path"] == "input.moves"
    assert await house.rev() == before


async def test_a_division_is_for_the_desk_of_the_community(house: House) -> None:
    assert await proposed(house, "far dispatcher") is None
    assert await proposed(house, community=VILLAGE) is None
    assert await proposed(house, unit=FAR_UNIT) is None
    assert await proposed(house, "admin") is not None
    for role in ("tablet", "unit", "reader"):
        assert await house.code(PROPOSE, role, community=COMMUNITY) == "FORBIDDEN"
        assert await house.code(DIVIDE, role, input={"moves": [move(house)]}) == "FORBIDDEN"


async def test_too_many_at_once_are_refused(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST == 1_000
    monkeypatch.setattr("server.dividing.MOST", 2)
    assert await house.code(PROPOSE, "dispatcher", community=COMMUNITY) == "TOO_LARGE"

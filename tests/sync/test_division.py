"""Even division: even in number, the fewest possible moves, skills spread, the same for the same members."""

import random
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.division import REASONS, Division, Placed, Why, divide

GRIDS = ("a", "b", "c", "d")


def squares(members: list[Placed], place: dict[str, str | None]) -> int:
    """The sum over skills and grids of the squared number of those who have it."""
    skills = {skill for member in members for skill in member.skills}
    return sum(
        sum(skill in member.skills and place[member.id] == grid for member in members) ** 2
        for skill, grid in product(skills, GRIDS)
    )


def placed(members: list[Placed], division: Division) -> dict[str, str | None]:
    moves = {move.member: move.joins for move in division.moves}
    return {member.id: moves.get(member.id, member.grid) for member in members}


def crowd(*sizes: int, skills: int = 0) -> list[Placed]:
    """So many in each grid, and with `skills` each n-th of them has a skill, all in the first grid."""
    members, number = [], 0
    for grid, size in zip((*GRIDS, None), (*sizes, 0, 0, 0, 0, 0), strict=False):
        for _ in range(size):
            number += 1
            members.append(Placed(f"m{number:03d}", grid, ("law",) if number <= skills else ()))
    return members


SIZES: list[tuple[str, tuple[int, ...], list[int], int]] = [
    ("even already", (3, 3, 3, 3), [3, 3, 3, 3], 0),
    ("as even as it can be", (4, 3, 3, 4), [4, 3, 3, 4], 0),
    ("all in one", (8, 0, 0, 0), [2, 2, 2, 2], 6),
    ("nobody placed", (0, 0, 0, 0, 6), [2, 2, 1, 1], 6),
    ("one too many", (5, 3, 3, 3), [4, 4, 3, 3], 1),
    ("some placed", (4, 0, 0, 0, 4), [2, 2, 2, 2], 6),
    ("nobody at all", (0, 0, 0, 0), [0, 0, 0, 0], 0),
    ("fewer than grids", (2, 0, 0, 0), [1, 1, 0, 0], 1),
]


@pytest.mark.parametrize(("what", "sizes", "after", "moves"), SIZES, ids=[what for what, *_ in SIZES])
def test_grids_are_even_and_nobody_moves_without_need(
    what: str, sizes: tuple[int, ...], after: list[int], moves: int
) -> None:
    division = divide(crowd(*sizes), GRIDS)
    assert [share.after for share in division.shares] == after
    assert [share.share for share in division.shares] == after
    assert len(division.moves) == moves


def test_whoever_has_a_rare_skill_goes_where_there_is_none() -> None:
    division = divide(crowd(8, 2, 2, skills=4)[:12], GRIDS[:3])
    assert [share.skills_after.get("law", 0) for share in division.shares] in (
        [2, 1, 1],
        [1, 2, 1],
        [1, 1, 2],
    )
    assert [share.skills_before for share in division.shares] == [{"law": 4}, {}, {}]
    moved = {move.member for move in division.moves}
    assert len(moved) == 4
    assert len({"m001", "m002", "m003", "m004"} & moved) >= 2
    why = {move.member: [one.code for one in move.why] for move in division.moves}
    assert why[min(moved)] == ["OVER_SHARE", "ROOM", "SKILL"]


def test_every_move_says_why() -> None:
    members = [*crowd(4, 0), Placed("new", None, ("law",)), Placed("far", "of another community")]
    division = divide(members, GRIDS[:2])
    told = {move.member: move for move in division.moves}
    assert told["new"].why == (Why("UNPLACED"), Why("ROOM", 0, 3), Why("SKILL", skill="law"))
    assert told["far"].leaves is None
    (other,) = [move for move in division.moves if move.member not in {"new", "far"}]
    assert other.why == (Why("OVER_SHARE", 4, 3), Why("ROOM", 0, 3))
    assert all(code in REASONS for move in division.moves for code in [one.code for one in move.why])


def test_where_shares_cannot_be_equal_the_larger_goes_where_fewer_others_serve() -> None:
    division = divide(crowd(0, 0, 0, 0, 3), GRIDS, {"a": 9, "b": 9, "c": 1, "d": 9})
    assert [share.after for share in division.shares] == [1, 1, 1, 0]
    division = divide(crowd(0, 0, 0, 0, 1), GRIDS, {"a": 9, "b": 9, "c": 1, "d": 9})
    assert [share.after for share in division.shares] == [0, 0, 1, 0]


def test_without_grids_there_is_nothing_to_divide_over() -> None:
    with pytest.raises(ValueError, match="no grid"):
        divide(crowd(1), ())


skills = st.lists(st.sampled_from(("law", "tea", "car")), max_size=2, unique=True).map(tuple)
crowds = st.lists(st.tuples(st.sampled_from((*GRIDS, None)), skills), max_size=16).map(
    lambda rows: [Placed(f"m{number:02d}", grid, held) for number, (grid, held) in enumerate(rows)]
)


@given(crowds, st.randoms(use_true_random=False))
@settings(max_examples=150)
def test_any_crowd_is_divided_evenly_with_the_fewest_moves_and_no_exchange_left(
    members: list[Placed], chance: random.Random
) -> None:
    division = divide(members, GRIDS)
    after = placed(members, division)
    sizes = [sum(grid == one for one in after.values()) for grid in GRIDS]
    assert sum(sizes) == len(members)
    assert max(sizes) - min(sizes) <= 1
    before = [sum(member.grid == grid for member in members) for grid in GRIDS]
    overflow = sum(max(0, had - share.share) for had, share in zip(before, division.shares, strict=True))
    assert len(division.moves) == overflow + sum(member.grid is None for member in members)
    unplaced = sum(member.grid is None for member in members)
    assert overflow == min(
        sum(max(0, had - size) for had, size in zip(before, chosen, strict=True))
        for chosen in product({min(sizes), max(sizes)}, repeat=len(GRIDS))
        if sum(chosen) == len(members)
    ) or unplaced == len(members)
    shuffled = members[:]
    chance.shuffle(shuffled)
    assert divide(shuffled, GRIDS[::-1]) == division
    _no_better_exchange(members, division, after)


def _no_better_exchange(members: list[Placed], division: Division, after: dict[str, str | None]) -> None:
    """No two who move, and nobody with a neighbour who stays, would spread the skills better."""
    before = {member.id: member.grid for member in members}
    moving = {move.member for move in division.moves}
    now = squares(members, after)
    for one in moving:
        for other, grid in after.items():
            both = other in moving and before[one] != grid and before[other] != after[one]
            instead = other not in moving and before[other] == before[one]
            if both or instead:
                exchanged = {**after, one: grid, other: after[one]}
                assert squares(members, exchanged) >= now


def test_a_division_of_what_was_divided_moves_nobody() -> None:
    members = crowd(20, 1, 3, 0, 9, skills=7)
    division = divide(members, GRIDS)
    again = [
        Placed(m.id, grid, m.skills)
        for m, grid in zip(members, placed(members, division).values(), strict=True)
    ]
    assert divide(again, GRIDS).moves == []

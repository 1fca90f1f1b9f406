"""Even division (定点): members over grids, even in number, their skills spread, nobody moved without need.

Proposes and says why; what is taken up of it are changes (`member.assign`) like all others. Pure,
and the same for the same members, in whatever order they come.

How many move is the least there can be: whoever is in a grid that has its share or less stays. Who
of a grid that has too many goes, and where to, is chosen so that each skill is spread as evenly as
that allows: the sum over skills and grids of the squared number of those who have it is made small,
one step after another and then by exchanges, until no single exchange makes it smaller.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple, cast

from msgspec import Struct

REASONS: Final[dict[str, tuple[str, str]]] = {
    "UNPLACED": ("尚未分到网格", "has no grid yet"),
    "OVER_SHARE": ("原网格有{size}人，超过应有的{share}人", "the grid has {size}, and its share is {share}"),
    "ROOM": ("该网格有{size}人，应有{share}人", "that grid has {size} of its share of {share}"),
    "SKILL": ("该网格缺{skill}", "that grid is short of {skill}"),
}
"""Why somebody is to be moved, in Chinese and English."""


class Placed(NamedTuple):
    """A member to be divided: where they are, and what they can do."""

    id: str
    grid: str | None
    skills: tuple[str, ...] = ()


class Why(Struct, frozen=True):
    """One reason: a key of `REASONS` and what fills it; `skill` is a code."""

    code: str
    size: int = 0
    share: int = 0
    skill: str = ""


class Move(Struct, frozen=True):
    """One member goes to another grid; `leaves` is None for whoever had none."""

    member: str
    leaves: str | None
    joins: str
    why: tuple[Why, ...]


class Share(Struct, frozen=True):
    """One grid: how many of those divided it has, is to have, and its share; and how many have each skill."""

    grid: str
    before: int
    after: int
    share: int
    skills_before: dict[str, int]
    skills_after: dict[str, int]


class Division(Struct, frozen=True):
    """A proposal. `moves` are in the order of the members' ids."""

    shares: list[Share]
    moves: list[Move]


def divide(
    members: Iterable[Placed], grids: Sequence[str], others: Mapping[str, int] | None = None
) -> Division:
    """Propose a division over these grids.

    others: how many serve in each grid who are not divided here; where shares cannot be equal, a
    grid with fewer of them gets the larger one. ValueError where there is no grid to divide over.
    """
    if not grids:
        raise ValueError("there is no grid to divide over")
    return _Dividing(members, grids, others or {}).division()


class _Dividing:
    """The members in their places, while they are moved."""

    def __init__(self, members: Iterable[Placed], grids: Sequence[str], others: Mapping[str, int]) -> None:
        self.members = {member.id: member for member in sorted(members)}
        self.grids = sorted(set(grids))
        known = set(self.grids)
        self.before = {m.id: m.grid if m.grid in known else None for m in self.members.values()}
        self.place = dict(self.before)
        self.sizes = Counter(grid for grid in self.before.values() if grid is not None)
        self.sizes_before = Counter(self.sizes)
        self.skills = {grid: Counter[str]() for grid in self.grids}
        for member_id, grid in self.before.items():
            if grid is not None:
                self.skills[grid].update(self.members[member_id].skills)
        self.skills_before = {grid: Counter(held) for grid, held in self.skills.items()}
        self.shares = self._shares(others)

    def _shares(self, others: Mapping[str, int]) -> dict[str, int]:
        """Equal shares; the larger ones go where fewest would have to move, then where fewest serve."""
        least, larger = divmod(len(self.members), len(self.grids))
        full = sorted(self.grids, key=lambda g: (-min(self.sizes[g], least + 1), others.get(g, 0), g))
        return {grid: least + (grid in full[:larger]) for grid in self.grids}

    def division(self) -> Division:
        for member_id, grid in self._leaving():
            self._move(member_id, grid)
        while self._exchange():
            pass
        moved = [member_id for member_id in self.members if self.place[member_id] != self.before[member_id]]
        return Division([self._share(grid) for grid in self.grids], [self._told(one) for one in moved])

    def _leaving(self) -> Iterable[tuple[str, str]]:
        """Those who must be placed, one after another, each time the one whose going helps most."""
        while True:
            free = [grid for grid in self.grids if self.sizes[grid] < self.shares[grid]]
            if not free:
                return
            may = [
                m for m, grid in self.place.items() if grid is None or self.sizes[grid] > self.shares[grid]
            ]
            _, member_id, grid = min((self._gain(one, to), one, to) for one in may for to in free)
            yield member_id, grid

    def _gain(self, member_id: str, to: str) -> int:
        """By how much a move changes the sum of squares; less is better."""
        leaves = self.place[member_id]
        change = 0
        for skill in set(self.members[member_id].skills):
            change += 2 * self.skills[to][skill] + 1
            if leaves is not None:
                change -= 2 * self.skills[leaves][skill] - 1
        return change

    def _move(self, member_id: str, to: str) -> None:
        leaves, skills = self.place[member_id], set(self.members[member_id].skills)
        if leaves is not None:
            self.sizes[leaves] -= 1
            self.skills[leaves].subtract(skills)
        self.sizes[to] += 1
        self.skills[to].update(skills)
        self.place[member_id] = to

    def _exchange(self) -> bool:
        """The first exchange that spreads skills better and moves nobody more; False when there is none.

        Two who move change where they go; or somebody stays and another of the same grid goes instead.
        """
        moving = [m for m in self.members if self.place[m] != self.before[m]]
        for one in moving:
            for other in self.members:
                if self._may_exchange(one, other) and self._gained(one, other) < 0:
                    self._swap(one, other)
                    return True
        return False

    def _may_exchange(self, one: str, other: str) -> bool:
        if self.place[one] == self.place[other]:
            return False
        other_moves = self.place[other] != self.before[other]
        if other_moves:
            return (
                one < other
                and self.before[one] != self.place[other]
                and self.before[other] != self.place[one]
            )
        return self.before[other] is not None and self.before[other] == self.before[one]

    def _gained(self, one: str, other: str) -> int:
        """By how much exchanging two places changes the sum of squares."""
        here, there = self._placed(one), self._placed(other)
        only_one = set(self.members[one].skills) - set(self.members[other].skills)
        only_other = set(self.members[other].skills) - set(self.members[one].skills)
        change = 0
        for gives, takes, skills in ((here, there, only_one), (there, here, only_other)):
            change += sum(2 * (self.skills[takes][s] - self.skills[gives][s] + 1) for s in skills)
        return change

    def _placed(self, member_id: str) -> str:
        """Where somebody is, once everybody has a grid."""
        return cast(str, self.place[member_id])

    def _swap(self, one: str, other: str) -> None:
        here, there = self._placed(one), self._placed(other)
        self._move(one, there)
        self._move(other, here)

    def _share(self, grid: str) -> Share:
        return Share(
            grid=grid,
            before=self.sizes_before[grid],
            after=self.sizes[grid],
            share=self.shares[grid],
            skills_before=_counted(self.skills_before[grid]),
            skills_after=_counted(self.skills[grid]),
        )

    def _told(self, member_id: str) -> Move:
        leaves, joins = self.before[member_id], self._placed(member_id)
        first = (
            Why("UNPLACED")
            if leaves is None
            else Why("OVER_SHARE", self.sizes_before[leaves], self.shares[leaves])
        )
        short = [
            skill
            for skill in sorted(set(self.members[member_id].skills))
            if (leaves is not None and self.skills_before[joins][skill] < self.skills_before[leaves][skill])
            or (leaves is None and self.skills_before[joins][skill] == 0)
        ]
        room = Why("ROOM", self.sizes_before[joins], self.shares[joins])
        return Move(member_id, leaves, joins, (first, room, *(Why("SKILL", skill=skill) for skill in short)))


def _counted(held: Counter[str]) -> dict[str, int]:
    return {skill: held[skill] for skill in sorted(held) if held[skill]}

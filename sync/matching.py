"""Ordered service (点单、派单): who fits a ticket and why, by skill, post, grid, load, hours and fairness; and which tickets look alike.

Suggests only: a dispatcher dispatches. Points, ratings and evaluations play no part in it, so it
ranks nobody but for this one ticket. Pure; the same for the same values, in whatever order they come.
"""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Final, NamedTuple

from msgspec import Struct

CAPACITY: Final = 3
"""Whoever holds so many tickets is given no more: nobody hoards."""

RECENT_DAYS: Final = 30
OFTEN: Final = 8
"""More services than this in the recent days are looked at no closer."""


class Weight(NamedTuple):
    """What one reason is worth, and how it is said in Chinese and English."""

    points: int
    zh: str
    en: str


WEIGHTS: Final[dict[str, Weight]] = {
    "SKILL": Weight(40, "会{skill}", "can do {skill}"),
    "NO_SKILL": Weight(-40, "不会所需的{skill}", "has none of what is needed: {skill}"),
    "POST": Weight(25, "任“{post}”，正对此事", "holds the post “{post}”, which is for this"),
    "FOR_IT": Weight(30, "此岗正是为{skill}而设", "the post is for what is needed: {skill}"),
    "GRID": Weight(20, "就在本网格", "reports to this grid"),
    "FREE": Weight(10, "手上没有定单", "holds no ticket now"),
    "LOAD": Weight(-12, "手上已有{count}单", "holds {count} tickets already"),
    "RESTED": Weight(15, "近{days}天没有服务过", "has not served in the last {days} days"),
    "OFTEN": Weight(-2, "近{days}天已服务{count}次", "served {count} times in the last {days} days"),
    "ABLE": Weight(8, "有{count}名合适的在册党员有空", "{count} of its members fit and are free"),
    "NOBODY": Weight(-40, "没有合适的党员有空", "none of its members fits and is free"),
    "HELD": Weight(8, "{count}名任岗人有空", "{count} of its holders are free"),
    "EMPTY": Weight(-40, "没有任岗人有空", "none of its holders is free"),
    "DECLINED": Weight(-100, "此前退回过这一单", "gave this ticket back before"),
    "RELEASED": Weight(-100, "此前已从这一单上换下", "was taken off this ticket before"),
    "ON_DUTY": Weight(6, "常在上班时间服务", "often serves within working hours, as is wanted here"),
    "OFF_DUTY": Weight(6, "常在下班时间服务", "often serves out of working hours, as is wanted here"),
    "RESOURCE": Weight(30, "可提供{resource}", "can lend what it may take: {resource}"),
    "WORKING_HOURS": Weight(10, "现在是上班时间", "these are working hours"),
    "OUT_OF_HOURS": Weight(-10, "现在是下班时间", "these are not working hours"),
}
"""Every reason. LOAD, OFTEN, ABLE and HELD count once for each."""


class Order(NamedTuple):
    """What is asked: a ticket's grid and what its category needs.

    `called`: what that and its needs are called, in words. `on_duty`: whether it falls into working hours; None where
    nobody can say. `takers` have it already, `declined` gave it back, `released` were taken off it.
    """

    ticket: str
    grid: str
    needs: tuple[str, ...] = ()
    called: tuple[str, ...] = ()
    on_duty: bool | None = None
    takers: frozenset[str] = frozenset()
    declined: frozenset[str] = frozenset()
    released: frozenset[str] = frozenset()


class Server(NamedTuple):
    """Somebody who may serve: `held` tickets now, `recent` services in the last `RECENT_DAYS`, so many `on_duty`."""

    member: str
    unit: str
    grid: str | None
    skills: tuple[str, ...] = ()
    held: int = 0
    recent: int = 0
    on_duty: int = 0


class Unit(NamedTuple):
    """A unit and what it can lend, a line each."""

    unit: str
    resources: tuple[str, ...] = ()

    def lends(self, order: Order) -> tuple[str, ...]:
        """What of it is named as what is asked for is: by two Han letters in a row, or a word of three or more."""
        asked = _runs(order.called)
        return tuple(line for line in self.resources if _runs((line,)) & asked)


def _runs(texts: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for part in re.findall(r"[一-鿿]{2,}|[a-z]{3,}", " ".join(texts).casefold()):
        found.update({part} if part.isascii() else {part[n : n + 2] for n in range(len(part) - 1)})
    return found


class Held(NamedTuple):
    """A post that is in its term: in a grid or the whole community's, for some skills, and who holds it."""

    post: str
    name: tuple[str, str]
    grid: str | None
    skills: tuple[str, ...] = ()
    holders: frozenset[str] = frozenset()

    def able(self, order: Order) -> tuple[str, ...]:
        """The skills that it is for and that are needed."""
        return tuple(sorted(set(order.needs) & set(self.skills)))

    def matches(self, order: Order) -> bool:
        """Whether it is for a ticket: for what that needs, there or for the whole community."""
        return bool(self.able(order)) and self.grid in {None, order.grid}


class Reason(Struct, frozen=True):
    """One reason: a key of `WEIGHTS` with what fills it; `post` in Chinese and English; `resources` as written."""

    code: str
    count: int = 1
    skills: tuple[str, ...] = ()
    post: tuple[str, str] = ("", "")
    resources: tuple[str, ...] = ()

    @property
    def points(self) -> int:
        return WEIGHTS[self.code].points * (self.count if self.code in COUNTED else 1)


COUNTED: Final = frozenset({"LOAD", "OFTEN", "ABLE", "HELD"})


class Suggestion(Struct, frozen=True):
    """Who, in which collection (`member`, `unit` or `post`), and how well they fit, with the reasons."""

    collection: str
    id: str
    fit: int
    reasons: tuple[Reason, ...]


def fitness(order: Order, server: Server, posts: Sequence[Held] = ()) -> Suggestion:
    """How well a member fits a ticket; one post that matches says as much as several."""
    reasons = []
    able = tuple(sorted(set(order.needs) & set(server.skills)))
    if able:
        reasons.append(Reason("SKILL", skills=able))
    elif order.needs:
        reasons.append(Reason("NO_SKILL", skills=tuple(sorted(set(order.needs)))))
    held = [post for post in posts if server.member in post.holders and post.matches(order)]
    if held:
        reasons.append(Reason("POST", post=min(held).name))
    if server.grid == order.grid:
        reasons.append(Reason("GRID"))
    reasons.append(Reason("LOAD", server.held) if server.held else Reason("FREE"))
    if server.recent:
        reasons.append(Reason("OFTEN", min(server.recent, OFTEN)))
    else:
        reasons.append(Reason("RESTED"))
    reasons += _hours(order, server)
    if server.member in order.declined:
        reasons.append(Reason("DECLINED"))
    elif server.member in order.released:
        reasons.append(Reason("RELEASED"))
    return _suggestion("member", server.member, reasons)


def _hours(order: Order, server: Server) -> list[Reason]:
    """Whether somebody serves at such hours, as far as they served of late: half of the times or more."""
    if order.on_duty is None or not server.recent:
        return []
    then = server.on_duty if order.on_duty else server.recent - server.on_duty
    return [Reason("ON_DUTY" if order.on_duty else "OFF_DUTY")] if then * 2 >= server.recent else []


def suggest(
    order: Order,
    servers: Iterable[Server],
    *,
    working: bool,
    posts: Sequence[Held] = (),
    lenders: Sequence[Unit] = (),
) -> list[Suggestion]:
    """Members who can take one more, units, and posts that match, the best first.

    working: whether these are working hours. lenders: units with what they can lend; one whose members are all
    busy is suggested for that alone. Who gave the ticket back, or was taken off it, comes after all others.
    """
    free = [server for server in servers if server.held < CAPACITY and server.member not in order.takers]
    members = [fitness(order, server, posts) for server in free]
    out = order.declined | order.released
    fits = {
        server.member
        for server in free
        if server.member not in out and (not order.needs or set(order.needs) & set(server.skills))
    }
    lent = {lender.unit: lends for lender in lenders if (lends := lender.lends(order))}
    units = dict.fromkeys(lent, 0)
    for server in free:
        units[server.unit] = units.get(server.unit, 0) + (server.member in fits)
    hours = Reason("WORKING_HOURS" if working else "OUT_OF_HOURS")
    found = members + [
        _suggestion("unit", unit, _unit_reasons(lent.get(unit, ()), able, hours))
        for unit, able in units.items()
    ]
    able = {server.member for server in free} - out
    found += [_post(order, post, len(post.holders & able), hours) for post in posts if post.matches(order)]
    return sorted(found, key=lambda one: (one.id in out, -one.fit, one.collection, one.id))


def _unit_reasons(lends: tuple[str, ...], able: int, hours: Reason) -> list[Reason]:
    lent = [Reason("RESOURCE", resources=lends)] if lends else []
    return [*lent, Reason("ABLE", min(able, 5)) if able else Reason("NOBODY"), hours]


def _post(order: Order, post: Held, free: int, hours: Reason) -> Suggestion:
    reasons = [Reason("FOR_IT", skills=post.able(order))]
    if post.grid == order.grid:
        reasons.append(Reason("GRID"))
    reasons += [Reason("HELD", min(free, 5)) if free else Reason("EMPTY"), hours]
    return _suggestion("post", post.post, reasons)


def _suggestion(collection: str, id: str, reasons: Sequence[Reason]) -> Suggestion:
    return Suggestion(collection, id, sum(reason.points for reason in reasons), tuple(reasons))


# What looks like the same order twice

ALIKE_DAYS: Final = 14
ALIKE: Final = 0.6
"""From this likeness on (0 to 1) two lines of text may mean the same."""


class Looked(NamedTuple):
    """What is compared of a ticket: nothing of whoever ordered it."""

    ticket: str
    category: str
    grid: str
    title: str
    place: str | None
    opened: int


class Hint(Struct, frozen=True):
    """A ticket that may be the same order again. `percent`: how like the other it is."""

    ticket: str
    percent: int
    same_place: bool
    days_apart: int


def alike(one: Looked, others: Iterable[Looked]) -> list[Hint]:
    """The tickets of the same category, grid and fortnight whose place or title is much the same, the likest first."""
    found = [hint for other in others if (hint := _compared(one, other)) is not None]
    return sorted(found, key=lambda hint: (-hint.percent, hint.days_apart, hint.ticket))


def _compared(one: Looked, other: Looked) -> Hint | None:
    apart = abs(one.opened - other.opened) // 86_400_000
    if other.ticket == one.ticket or apart > ALIKE_DAYS:
        return None
    if (other.category, other.grid) != (one.category, one.grid):
        return None
    place = likeness(one.place, other.place)
    how = max(place, likeness(one.title, other.title))
    if how < ALIKE:
        return None
    return Hint(other.ticket, round(how * 100), place >= ALIKE, apart)


def likeness(one: str | None, other: str | None) -> float:
    """How like two lines of text are, 0 to 1, spaces and marks aside."""
    if not one or not other:
        return 0.0
    # In one order, so that two tickets are as like as each other.
    first, second = sorted((_plain(one), _plain(other)))
    return SequenceMatcher(None, first, second, autojunk=False).ratio()


def _plain(text: str) -> str:
    """A text without spaces and marks, which people write otherwise each time."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())

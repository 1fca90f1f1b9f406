"""A small oracle for two changes on one thing that is no ticket, written from the rules' words alone.

It imports nothing of `sync`, as oracle.py. A night decides what creates before all else, and each of
both in the order of deeds; the oracle is told the changes in that order, with the hour of each deed.
Each function changes what stands and gives the outcomes that the author may be told.
"""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

Told = set[str]


TABLET, DESK, DISTRICT = 0, 1, 2
OVERTAKEN: Final[Told] = {"LOST", "SUPERSEDED", "MERGED"}
"""What those may hear whose value does not stand, or not all of it."""


class Said(NamedTuple):
    """What somebody did at an hour.

    informed: they had seen the thing as it was before the night. tells: what they said.
    """

    kind: str
    number: int
    hour: int
    office: int
    informed: bool
    tells: dict[str, Any]


class Written(NamedTuple):
    """A value and the hour of the deed that gave it (-1: before the night).

    wrote: the last hour at which each office wrote. over: the hours of those whose values gave way tonight.
    """

    value: Any
    hour: int = -1
    wrote: tuple[tuple[int, int], ...] = ((DISTRICT, -1),)
    over: frozenset[int] = frozenset()

    def give_way(self, said: Said, value: Any) -> "Written":
        over = self.over | ({self.hour} if self.hour >= 0 and self.value != value else set())
        return Written(value, said.hour, (*self.wrote, (said.office, said.hour)), over)

    def outranks(self, said: Said) -> bool:
        """Whether a higher office wrote what this author had not seen."""
        return any(office > said.office and (hour >= 0 or not said.informed) for office, hour in self.wrote)


def latest(held: Written, said: Said, value: Any) -> tuple[Written, bool]:
    """The later deed's value stands, whoever did it; and whether that is this one's."""
    if said.hour > held.hour:
        return held.give_way(said, value), True
    return held, held.value == value


def ranked(held: Written, said: Said, value: Any) -> tuple[Written, bool]:
    """A higher office's value that somebody had not seen stands over theirs; otherwise as latest."""
    if held.outranks(said):
        return held, held.value == value
    own = max((hour for office, hour in held.wrote if office == said.office), default=-1)
    return (held.give_way(said, value), True) if said.hour > own else (held, held.value == value)


class Person:
    """One who was registered before the night, without a grid, knowing the law; and another one beside them."""

    def __init__(self, name: str, skills: set[str], grid: str | None) -> None:
        self.name = Written(name)
        self.standing = Written("ACTIVE")
        self.grid = Written(grid) if grid else None
        self.skills = skills
        self.confirmed = set(skills)
        self.aliases = self.proposals = self.requests = 0

    @property
    def overtaken(self) -> set[int]:
        """The hours of those whose values others took the place of."""
        fields = (self.name, self.standing, *([self.grid] if self.grid else []))
        return {hour for field in fields for hour in field.over}

    @property
    def standing_now(self) -> tuple[Any, ...]:
        grid = self.grid.value if self.grid else None
        return self.name.value, self.standing.value, grid, frozenset(self.skills)


class People:
    """The one whom both changes are about, and those into whom they may be merged."""

    def __init__(self, one: Person, others: dict[str, Person]) -> None:
        self.one, self.others = one, others
        self.joined: str | None = None

    @property
    def root(self) -> Person:
        """Whatever names an alias is read as the member."""
        return self.others[self.joined] if self.joined else self.one

    @property
    def overtaken(self) -> set[int]:
        return self.one.overtaken.union(*(other.overtaken for other in self.others.values()))


def register(people: People, said: Said) -> Told:
    """Somebody who is registered already: an alias, whose fields are an edit."""
    root = people.root
    root.aliases += 1
    root.name, _ = latest(root.name, said, said.tells["name"])
    place(people, said)
    return {"DUPLICATE"}


def edit(people: People, said: Said) -> Told:
    """name: latest; standing: ranked; skills: elements; a tablet's number is a proposal."""
    root, lost = people.root, False
    for field, rule in (("name", latest), ("standing", ranked)):
        if field in said.tells:
            held, stands = rule(getattr(root, field), said, said.tells[field])
            setattr(root, field, held)
            lost = lost or not stands
    seen = root.confirmed if said.informed else set()
    for name in said.tells.get("removeSkills", ()):
        root.skills -= {name} & seen
        root.confirmed -= {name} & seen
    for name in said.tells.get("addSkills", ()):
        root.skills.add(name)
        root.confirmed.discard(name)
    if "number" in said.tells and said.office == TABLET:
        root.proposals += 1
        return {"REVIEW"}
    return OVERTAKEN if lost else {"APPLIED"}


def place(people: People, said: Said) -> Told:
    """One member, one grid: the first among tablets stands and the later is looked at; an office places as it ranks."""
    root, grid = people.root, said.tells["grid"]
    if root.grid is None:
        root.grid = Written(grid, said.hour, ((said.office, said.hour),))
    if root.grid.value == grid:
        return {"APPLIED"}
    if said.office > TABLET:
        root.grid, stands = ranked(root.grid, said, grid)
        return {"APPLIED"} if stands else OVERTAKEN
    return OVERTAKEN if root.grid.outranks(said) else {"REVIEW"}


def merge(people: People, said: Said) -> Told:
    into = said.tells["into"]
    if people.joined == into:
        return {"REJECTED"}
    people.joined = into
    return {"APPLIED"}


def split(people: People, said: Said) -> Told:
    if people.joined is None:
        return {"REJECTED"}
    people.joined = None
    return {"APPLIED"}


def request(people: People, said: Said) -> Told:
    """Whatever is asked reaches a person."""
    people.root.requests += 1
    return {"REVIEW"}


PEOPLE: Final[dict[str, Callable[[People, Said], Told]]] = {
    "member.register": register,
    "member.edit": edit,
    "member.assign": place,
    "member.merge": merge,
    "member.split": split,
    "member.request": request,
}


class Post:
    """A post with so many seats; who sits there, and since which hour."""

    def __init__(self, seats: int, holders: dict[str, int]) -> None:
        self.seats = Written(seats)
        self.holders = dict(holders)
        self.left: dict[str, int] = {}

    @property
    def overtaken(self) -> set[int]:
        return {*self.seats.over}


def put_post(post: Post, said: Said) -> Told:
    """A desk's stands, the later of two; a tablet's is a proposal."""
    if not said.office:
        return {"REVIEW"}
    post.seats, stands = latest(post.seats, said, said.tells["seats"])
    return {"APPLIED"} if stands else OVERTAKEN


def take(post: Post, said: Said) -> Told:
    """The earliest deed has the seat; who had seen that all are taken is refused."""
    if said.tells["member"] in post.holders:
        return {"DUPLICATE"}
    if len(post.holders) >= post.seats.value:
        seen = [said.informed and hour < 0 for hour in post.holders.values()]
        return {"REJECTED"} if all(seen) else {"LOST"}
    post.holders[said.tells["member"]] = said.hour
    return {"APPLIED"}


def leave(post: Post, said: Said) -> Told:
    if said.tells["member"] not in post.holders:
        return {"REJECTED"} if said.tells["member"] not in post.left else {"SUPERSEDED", "REJECTED", "LOST"}
    post.left[said.tells["member"]] = said.hour
    del post.holders[said.tells["member"]]
    return {"APPLIED"}


POSTS: Final[dict[str, Callable[[Post, Said], Told]]] = {
    "post.put": put_post,
    "post.take": take,
    "post.leave": leave,
}


class Service:
    """A service that somebody else's tablet recorded, for no ticket."""

    def __init__(self) -> None:
        self.ticket: str | None = None
        self.void = False
        self.overtaken = set[int]()


def record(service: Service, said: Said) -> Told:
    """The same service again: it was there before."""
    return {"DUPLICATE"}


def link(service: Service, said: Said) -> Told:
    """Where there was none; the first stands."""
    if service.ticket in {None, said.tells["ticket"]}:
        service.ticket = said.tells["ticket"]
        return {"APPLIED"}
    return OVERTAKEN


def void(service: Service, said: Said) -> Told:
    """By its author or a desk; once."""
    if not said.office:
        return {"REJECTED"}
    told = {"DUPLICATE", "REJECTED"} if service.void else {"APPLIED"}
    service.void = True
    return told


SERVICES: Final[dict[str, Callable[[Service, Said], Told]]] = {
    "service.record": record,
    "service.link": link,
    "service.void": void,
}


class Duties:
    """What one unit did in one period, each record by its own id; the first that is decided counts."""

    def __init__(self, counts: str | None = None) -> None:
        self.counts = counts
        self.kept = set[str]()
        self.further: dict[str, Told] = {}
        self.void = False
        self.overtaken = set[int]()


def record_duty(duties: Duties, said: Said) -> Told:
    """Each record once; one counts, and the others are kept."""
    if said.tells["id"] in duties.kept:
        return {"DUPLICATE"}
    duties.kept.add(said.tells["id"])
    if duties.counts is None:
        duties.counts = said.tells["id"]
        return {"APPLIED"}
    return duties.further.setdefault(said.tells["id"], {"DUPLICATE"})


def void_duty(duties: Duties, said: Said) -> Told:
    """By a desk, once, of the one that somebody else's tablet recorded; the next counts, and its author hears so."""
    if not said.office or duties.void:
        return {"REJECTED"}
    duties.void, duties.counts = True, next(iter(duties.further), None)
    if duties.counts is not None:
        duties.further.pop(duties.counts).symmetric_difference_update({"DUPLICATE", "APPLIED"})
    return {"APPLIED"}


DUTIES: Final[dict[str, Callable[[Duties, Said], Told]]] = {
    "duty.record": record_duty,
    "duty.void": void_duty,
}


class Evaluated:
    """What was found of one member in one period, under whichever id it came: the later word stands."""

    def __init__(self) -> None:
        self.written = Written(None)

    @property
    def overtaken(self) -> set[int]:
        return {*self.written.over}


def evaluate(evaluated: Evaluated, said: Said) -> Told:
    """Who had seen the other's, and who had not: of two new ones the later deed stands."""
    evaluated.written, stands = latest(evaluated.written, said, said.tells["grade"])
    return {"APPLIED"} if stands else OVERTAKEN


EVALUATIONS: Final[dict[str, Callable[[Evaluated, Said], Told]]] = {"evaluation.submit": evaluate}


class Rated:
    """What the resident gave for a ticket's round."""

    def __init__(self) -> None:
        self.stars: int | None = None
        self.overtaken = set[int]()


def rate(rated: Rated, said: Said) -> Told:
    """The first of their own stands."""
    if said.office != DISTRICT:
        return {"QUARANTINED"}
    if rated.stars is not None:
        return {"DUPLICATE"}
    rated.stars = said.tells["rating"]
    return {"APPLIED"}


RATINGS: Final[dict[str, Callable[[Rated, Said], Told]]] = {"ticket.rate": rate}


class Kept:
    """What an office keeps: an entry of the register by its name, a tablet by its grids."""

    def __init__(self, value: Any, keeper: int = DISTRICT) -> None:
        self.written = Written(value)
        self.keeper = keeper

    @property
    def overtaken(self) -> set[int]:
        return {*self.written.over}


def put(kept: Kept, said: Said) -> Told:
    """The word of the office that keeps it stands, the later of two; a lower office's is a proposal."""
    if said.office < kept.keeper:
        return {"REVIEW"}
    kept.written, stands = latest(kept.written, said, said.tells["value"])
    return {"APPLIED"} if stands else OVERTAKEN


def give(kept: Kept, said: Said) -> Told:
    """A tablet carries what it was given last."""
    kept.written = Written(said.tells["value"], said.hour)
    return {"APPLIED"}


class Purse:
    """What somebody has to redeem, and what they have redeemed already, each by its own id."""

    def __init__(self, points: int) -> None:
        self.points = points
        self.redeemed: dict[str, int] = {}
        self.overtaken = set[int]()


def redeem(purse: Purse, said: Said) -> Told:
    """Each once, in the order of deeds, and never below zero."""
    if said.tells["id"] in purse.redeemed:
        return {"DUPLICATE"}
    if said.tells["points"] > purse.points:
        return {"REJECTED"}
    purse.points -= said.tells["points"]
    purse.redeemed[said.tells["id"]] = said.tells["points"]
    return {"APPLIED"}


class Proposal:
    """A credit that somebody else proposed before the night, and what became of it; others are proposed beside it."""

    def __init__(self) -> None:
        self.state = "PROPOSED"
        self.others = set[str]()
        self.overtaken = set[int]()


def propose(proposal: Proposal, said: Said) -> Told:
    """Each once; it waits for a second person."""
    if said.tells["id"] in proposal.others:
        return {"DUPLICATE"}
    proposal.others.add(said.tells["id"])
    return {"REVIEW"}


def confirm(proposal: Proposal, said: Said) -> Told:
    """A desk's word alone; what was decided stays so."""
    if not said.office:
        return {"QUARANTINED"}
    before, proposal.state = proposal.state, "WITHDRAWN" if proposal.state == "WITHDRAWN" else "CONFIRMED"
    return {"PROPOSED": {"APPLIED"}, "CONFIRMED": {"DUPLICATE"}, "WITHDRAWN": {"REJECTED"}}[before]


def withdraw(proposal: Proposal, said: Said) -> Told:
    """Not by a tablet that did not propose it."""
    if not said.office:
        return {"REJECTED"}
    before, proposal.state = proposal.state, "CONFIRMED" if proposal.state == "CONFIRMED" else "WITHDRAWN"
    return {"PROPOSED": {"APPLIED"}, "CONFIRMED": {"REJECTED"}, "WITHDRAWN": {"DUPLICATE"}}[before]


PROPOSALS: Final[dict[str, Callable[[Proposal, Said], Told]]] = {
    "points.adjust": propose,
    "points.confirm": confirm,
    "points.withdraw": withdraw,
}


class Shelf(Purse):
    """What is left of a reward, and what somebody has to pay it with."""

    def __init__(self, left: int, points: int) -> None:
        super().__init__(points)
        self.left = left


def ask_for(shelf: Shelf, said: Said) -> Told:
    """As long as there is one; who comes too late keeps their points."""
    if said.tells["id"] not in shelf.redeemed and not shelf.left:
        return {"LOST"}
    told = redeem(shelf, said)
    shelf.left -= told == {"APPLIED"}
    return told


class Dispute:
    """A conflict that waits, or was settled by a rule."""

    def __init__(self) -> None:
        self.ruling: int | None = None
        self.overtaken = set[int]()


def rule(dispute: Dispute, said: Said) -> Told:
    """Who rules must have seen what they rule on; a ruling is reversible, so that the later one stands."""
    if not said.informed:
        return {"REJECTED"}
    dispute.ruling = said.number
    return {"APPLIED"}

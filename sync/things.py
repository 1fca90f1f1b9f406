"""What the log adds up to: tickets, members, services and the rest, as plain values with their versions.

Settlement copies a thing before it changes it and replaces containers instead of changing them,
so a state that was handed in is never altered.
"""

from typing import Any, Final

from msgspec import Struct, field

from sync.kinds.kind import Office
from sync.shapes import parse_time

PENDING: Final = 2**53 - 1
"""The rev of whatever this settlement writes, until the hub has allocated its real ones."""


UNFINISHED: Final = frozenset({"OPEN", "DISPATCHED", "ACCEPTED", "IN_PROGRESS"})
"""The states of a ticket whose work is still to be done."""


class Version(Struct, frozen=True, array_like=True):
    """Who last wrote a field: `rev` is the first rev of the commit that wrote it."""

    rev: int
    deed: int
    device: str
    seq: int
    change: str
    office: Office
    kind: str
    by: str | None


class Thing(Struct):
    """Base of all things. `rev` is the rev of the thing's document, 0 before its first commit."""

    id: str
    rev: int = 0


class Community(Thing, kw_only=True):
    """`holidays` and `workdays` are local dates: days off, and make-up days on which the hours of Monday hold."""

    code: str
    name: dict[str, str]
    kind: str
    utc_offset: int
    working_hours: list[dict[str, Any]]
    categories: list[dict[str, Any]]
    skills: list[dict[str, Any]]
    policies: dict[str, Any]
    holidays: list[str] = field(default_factory=list)
    workdays: list[str] = field(default_factory=list)
    versions: dict[str, Version] = field(default_factory=dict)


class Unit(Thing, kw_only=True):
    code: str
    name: dict[str, str]
    community: str
    resources: list[str]
    linked_on: str | None = None
    versions: dict[str, Version] = field(default_factory=dict)


class Grid(Thing, kw_only=True):
    code: str
    name: dict[str, str]
    community: str
    versions: dict[str, Version] = field(default_factory=dict)


class PointRule(Thing, kw_only=True):
    """`per`: SERVICE, HOUR, RATING or ACTIVITY; dates are local and inclusive."""

    code: str
    name: dict[str, str]
    per: str
    points: int
    starts_on: str
    ends_on: str | None = None
    community: str | None = None
    daily_cap: int | None = None
    hours: str = "ANY"
    categories: list[str] | None = None
    at_least: int | None = None
    versions: dict[str, Version] = field(default_factory=dict)


class PointExpiry(Thing, kw_only=True):
    """What was earned more than `months` before the local day `on` expires when that day begins.

    `brought`: a night has brought it to everybody; before, it is brought to whoever spends.
    """

    code: str
    name: dict[str, str]
    months: int
    on: str
    utc_offset: int
    brought: bool = False
    versions: dict[str, Version] = field(default_factory=dict)


class Add(Struct, frozen=True, array_like=True):
    """One add of an element; a remove takes away the adds its author had seen."""

    rev: int
    device: str
    seq: int


class Member(Thing, kw_only=True):
    """`earned` sums the entries under this very id; `points` is the whole person's, on the root only."""

    unit: str
    number: str
    name: str
    community: str
    grid: str | None = None
    standing: str = "ACTIVE"
    skills: dict[str, list[Add]] = field(default_factory=dict)
    phone: str | None = None
    alias_of: str | None = None
    earned: int = 0
    points: int = 0
    registered: int = 0
    versions: dict[str, Version] = field(default_factory=dict)
    ranks: dict[str, list[Version]] = field(default_factory=dict)


class Taker(Struct, frozen=True):
    """Who holds a seat of a ticket: `since` is the deed of the claim."""

    member: str
    change: str
    device: str
    seq: int
    since: int
    uncertainty_ms: int | None
    rev: int
    kind: str
    by: str | None
    office: Office


class Holder(Taker, frozen=True):
    """Who holds or held a place: until they left it, or to the end of the term (a local day) they took it in."""

    until: int | None = None
    term: str | None = None


class Post(Thing, kw_only=True):
    """`starts_on` and `ends_on` are the present term, local days; `holders` are all there ever were."""

    community: str
    grid: str | None
    code: str
    name: dict[str, str]
    seats: int
    skills: list[str]
    starts_on: str
    ends_on: str | None = None
    holders: list[Holder] = field(default_factory=list)
    versions: dict[str, Version] = field(default_factory=dict)


class Team(Thing, kw_only=True):
    """`holders` are all who ever were in it; `points` sums the entries that its activities earned."""

    community: str
    code: str
    name: dict[str, str]
    theme: str | None = None
    holders: list[Holder] = field(default_factory=list)
    points: int = 0
    versions: dict[str, Version] = field(default_factory=dict)


class Activity(Thing, kw_only=True):
    """A session: `members` have signed in, each once. `day` counts local days since 1970.

    `same_as` is the session of that day that it is taken for, until a person finds that they are two.
    """

    community: str
    grid: str | None
    team: str | None
    title: str
    category: str | None = None
    place: str | None = None
    start: int = 0
    end: int = 0
    day: int = 0
    on_duty: bool = False
    opened: int = 0
    opener: str | None = None
    members: list[Taker] = field(default_factory=list)
    same_as: str | None = None
    versions: dict[str, Version] = field(default_factory=dict)


class Attendance(Thing, kw_only=True):
    """One sign-in: a source of points on the day of its activity. `state`: COUNTED, VOID with its service,
    or DUPLICATE where the member was signed in at the same session under its other id.
    """

    community: str
    member: str
    activity: str
    category: str | None
    on_duty: bool
    day: int
    at: int
    change: str
    state: str = "COUNTED"


class Duty(Thing, kw_only=True):
    """One record of a duty of a unit (四个一). `state`: COUNTED, FURTHER or VOID; `at` is when its local day `on` began."""

    community: str
    unit: str
    kind: str
    period: str
    on: str
    topic: str | None = None
    state: str = "COUNTED"
    by: str | None = None
    at: int = 0
    deed: int = 0
    device: str = ""
    seq: int = 0
    change: str = ""
    reason: str | None = None
    versions: dict[str, Version] = field(default_factory=dict)


class DutyPeriod(Thing, kw_only=True):
    """Which record counts for a unit, community, kind and period; its id follows from these.

    `further` are the others that are not void, by id.
    """

    community: str
    counted: str | None = None
    further: list[str] = field(default_factory=list)


class Evaluation(Thing, kw_only=True):
    """What a branch found of a member in a period. `state`: OPEN, CLOSED, or without a grade REVIEW or SET_ASIDE.

    `grid` is where the member reported when it was first given; `ends` is when its period is over, `closed`
    when it was closed, once a night has found that; `decided` is the deed of the word that stands.
    """

    community: str
    member: str
    grid: str | None
    period: str
    ends: int
    grade: str | None = None
    words: str | None = None
    state: str = "REVIEW"
    by: str | None = None
    decided: int | None = None
    closed: int | None = None
    versions: dict[str, Version] = field(default_factory=dict)


class EvaluationPeriod(Thing, kw_only=True):
    """Which evaluation was given to a member's id in a community and period; its id follows from these."""

    community: str
    evaluation: str


class Call(Struct, frozen=True):
    """One department of a whistle; `unit` null is the district. `answer`: COMING, DECLINED or DONE, as last said.

    `answered` is when it first answered, `late` whether that was after the deadline, `overdue` whether a night
    found it without an answer.
    """

    unit: str | None
    answer: str | None = None
    part: str | None = None
    at: int | None = None
    by: str | None = None
    answered: int | None = None
    late: bool = False
    overdue: bool = False


class Meeting(Struct, frozen=True):
    """The record of a joint meeting; `id` is the change's that made it."""

    id: str
    met: int
    present: list[str]
    record: str
    at: int
    by: str | None


class Whistle(Thing, kw_only=True):
    """A call to departments for one ticket. `state`: CALLED, ANSWERED, OVERDUE, ESCALATED, DONE, or JOINED.

    `whistle` is the one that it joined, whose calls and meetings are its own. `rests`: a night after the deadline
    found its ticket over, so that nobody is waited for.
    """

    community: str
    ticket: str
    round: int
    lead: str
    deadline: int
    state: str = "CALLED"
    whistle: str | None = None
    calls: list[Call] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    blown: int = 0
    blower: str | None = None
    rests: bool = False
    versions: dict[str, Version] = field(default_factory=dict)


class Note(Struct, frozen=True):
    """A note on a ticket, or a step that came too late and is kept as one (`kind` says which)."""

    id: str
    kind: str
    at: int
    by: str | None
    text: str | None = None
    reason: str | None = None


class Pause(Struct, frozen=True):
    """A pause of a ticket, or its resumption (`kind` says which; that has neither reason nor end)."""

    change: str
    kind: str
    at: int
    device: str
    seq: int
    round: int
    by: str | None
    reason: str | None = None
    until: int | None = None


class Ticket(Thing, kw_only=True):
    """`grids` is where it has been: [grid, rev since] in order; `reserved` holds member, unit or post, or
    under `several` a list of such.

    `promised`: until when the category promises this round. `escalation`: 0 in time, 1 for the desk, 2 for the
    district; `district_at`: when what is at 1 comes to 2. `paused`: the pause that holds; `extended`: the due
    time as moved by this round's pauses. All these follow from the rest (sync/due.py, sync/pausing.py).
    `whistle` is the one that was blown last for it.
    """

    community: str
    grid: str
    category: str
    title: str
    place: str | None = None
    priority: str = "NORMAL"
    due: str | None = None
    seats: int = 1
    tags: dict[str, list[Add]] = field(default_factory=dict)
    detail: str | None = None
    contact: dict[str, Any] | None = None
    notes: list[Note] = field(default_factory=list)
    state: str = "OPEN"
    round: int = 1
    takers: list[Taker] = field(default_factory=list)
    reserved: dict[str, Any] | None = None
    rating: int | None = None
    words: str | None = None
    opened: int = 0
    opener: str | None = None
    done: int | None = None
    closed: int | None = None
    grids: list[tuple[str, int]] = field(default_factory=list)
    whistle: str | None = None
    versions: dict[str, Version] = field(default_factory=dict)
    ranks: dict[str, list[Version]] = field(default_factory=dict)
    promised: int | None = None
    escalation: int = 0
    district_at: int | None = None
    pauses: list[Pause] = field(default_factory=list)
    paused: Pause | None = None
    extended: int | None = None

    @property
    def began(self) -> int:
        """When this round began."""
        return self.opened if self.round == 1 else self.versions["round"].deed

    @property
    def due_at(self) -> int | None:
        """Until when it is promised, its pauses counted."""
        return self.base if self.extended is None else self.extended

    @property
    def base(self) -> int | None:
        """Until when it was promised: by the last word on it, else by its category.

        A word of an earlier round that was over when this one began promises nothing any more.
        """
        given = None if self.due is None else parse_time(self.due)
        if given is None or (self.round > 1 and given <= self.began):
            return self.promised
        return given

    @property
    def next_at(self) -> int | None:
        """When time alone has something to bring to it next."""
        if self.state not in UNFINISHED:
            return None
        if self.paused is not None:
            return self.paused.until
        return self.due_at if self.escalation == 0 else self.district_at


class Rating(Thing, kw_only=True):
    """What one taker of a closed ticket was given: a source of points, like a service."""

    community: str
    member: str
    ticket: str
    round: int
    category: str
    stars: int
    day: int
    at: int


class Service(Thing, kw_only=True):
    """`state`: COUNTED, DUPLICATE, REVIEW, SET_ASIDE or VOID. `day` counts local days since 1970."""

    community: str
    grid: str | None
    member: str
    ticket: str | None = None
    activity: str | None = None
    category: str | None = None
    start: int = 0
    end: int = 0
    day: int = 0
    on_duty: bool = False
    state: str = "COUNTED"
    summary: str | None = None
    place: dict[str, int] | None = None
    by: str | None = None
    device: str = ""
    seq: int = 0
    deed: int = 0
    change: str = ""
    reason: str | None = None
    versions: dict[str, Version] = field(default_factory=dict)


class Entry(Struct, frozen=True):
    """One immutable line of the points ledger. `rule` is the point rule that earned it.

    `kind`: EARNED by a rule for a source, or its correction; REDEEMED; CREDITED or DEBITED by an adjustment;
    EXPIRED by the rule that is its source. `team` is the team whose activity earned it.
    """

    id: str
    community: str
    member: str
    rule: str | None
    source: str
    number: int
    points: int
    day: int
    at: int
    team: str | None = None
    kind: str = "EARNED"


class Redemption(Thing, kw_only=True):
    community: str
    member: str
    points: int
    reward: str
    state: str
    at: int
    change: str
    item: str | None = None


class Adjustment(Thing, kw_only=True):
    """A manual credit or debit. `state`: PROPOSED, CONFIRMED by a second person (only then it counts), or WITHDRAWN.

    `author` is the token it was proposed by; `decided` and `decider`: when, and by which member, if that was said;
    `why`: why it was withdrawn.
    """

    community: str
    grid: str | None
    member: str
    points: int
    reason: str
    state: str = "PROPOSED"
    author: str = ""
    by: str | None = None
    at: int = 0
    device: str = ""
    seq: int = 0
    change: str = ""
    decided: int | None = None
    decider: str | None = None
    why: str | None = None
    versions: dict[str, Version] = field(default_factory=dict)


class Recount(Thing, kw_only=True):
    """A recount of a community's local days, by one point rule or all: how many `entries` it posted, of how many `points`."""

    community: str
    rule: str | None
    starts_on: str
    ends_on: str
    reason: str
    at: int = 0
    change: str = ""
    entries: int = 0
    points: int = 0


class Reward(Thing, kw_only=True):
    """A reward of a catalogue: `stock` is how many there ever were, `given` how many were handed out.

    prices: each price with the deed from which it held. last: the redemption that was given last.
    """

    community: str
    code: str
    name: dict[str, str]
    points: int
    starts_on: str
    ends_on: str | None = None
    stock: int | None = None
    given: int = 0
    last: str | None = None
    prices: list[tuple[int, int]] = field(default_factory=list)
    versions: dict[str, Version] = field(default_factory=dict)


class Candidate(Struct, frozen=True):
    """One value or claim in a conflict. A private value is not copied here: it is in its change."""

    change: str
    device: str
    seq: int
    kind: str
    by: str | None
    office: Office
    deed: int
    uncertainty_ms: int | None
    value: Any = None
    member: str | None = None


class Conflict(Thing, kw_only=True):
    """All candidates for one thing and field. `state`: SETTLED, REVIEW or RULED; `before` is what stood first."""

    rule: str
    kind: str
    thing: str
    entity: str
    field: str
    community: str
    grid: str | None
    state: str
    candidates: list[Candidate]
    stands: str | None
    before: Any = None
    close_call: bool = False
    opened: int = 0
    ruling: str | None = None
    reason: str | None = None


class Device(Thing, kw_only=True):
    """What a tablet carries, as last assigned (its own `community` follows from its grids)."""

    grids: list[str]
    versions: dict[str, Version] = field(default_factory=dict)


THINGS: Final[dict[str, type[Thing]]] = {
    "community": Community,
    "unit": Unit,
    "grid": Grid,
    "pointRule": PointRule,
    "pointExpiry": PointExpiry,
    "member": Member,
    "ticket": Ticket,
    "service": Service,
    "post": Post,
    "team": Team,
    "activity": Activity,
    "attendance": Attendance,
    "duty": Duty,
    "dutyPeriod": DutyPeriod,
    "evaluation": Evaluation,
    "evaluationPeriod": EvaluationPeriod,
    "whistle": Whistle,
    "rating": Rating,
    "reward": Reward,
    "redemption": Redemption,
    "adjustment": Adjustment,
    "recount": Recount,
    "conflict": Conflict,
    "device": Device,
}
COLLECTION: Final[dict[type[Thing], str]] = {shape: name for name, shape in THINGS.items()}

CODED: Final = ("post", "team", "reward")
"""What a community has under a `code` each; of communities, units, grids and rules the district's file has one each."""

DATED: Final = ("service", "rating", "attendance")
"""The things that may earn: each has a `member` and a local `day`, and is found by them."""

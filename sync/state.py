"""What a settlement is given and what it gives: accepted changes, the state it reads, outcomes, documents.

`State` is gathered by the server: `sync.settle.wanted` names what is still missing, the server
loads it in bulk, until nothing is missing. Absent things are remembered as absent.
"""

from enum import StrEnum
from typing import Any, NamedTuple

from msgspec import Struct, field

from sync.changes import Change
from sync.clock import Order
from sync.kinds.kind import Office
from sync.things import Entry, Thing


class Accepted(Struct, frozen=True):
    """A change as the hub accepted it: everything about its coming that a decision may use, fixed for ever.

    `scope` is what its author knew to be theirs: grids for a liaison, communities for a
    dispatcher, empty for the district. `start` and `end` are a service's corrected moments.
    `saw` is the change's own, but never above the hub's rev at its arrival: nobody has seen the
    future. `renews` are the devices that this one continues, `author` is the token that its author showed. `digest` is the change's own.
    `held_since` marks one that was settled before and waits for the thing `waits`.
    """

    change: Change
    device: str
    seq: int
    digest: str
    office: Office
    scope: tuple[str, ...]
    saw: int
    arrival: int
    deed: int
    uncertainty_ms: int | None
    start: int | None = None
    end: int | None = None
    held_since: int | None = None
    waits: str | None = None
    renews: tuple[str, ...] = ()
    author: str = ""

    @property
    def order(self) -> Order:
        return Order(self.deed, self.device, self.seq)


class Result(StrEnum):
    """DESIGN.md 4, Outcomes."""

    APPLIED = "APPLIED"
    MERGED = "MERGED"
    SUPERSEDED = "SUPERSEDED"
    LOST = "LOST"
    DUPLICATE = "DUPLICATE"
    HELD = "HELD"
    REVIEW = "REVIEW"
    REJECTED = "REJECTED"
    QUARANTINED = "QUARANTINED"


class Outcome(Struct, frozen=True):
    """What settlement decided about one change. `stands` says what stands now; `waits` the thing it waits for."""

    change: str
    device: str
    seq: int
    outcome: Result
    code: str
    rule: str | None
    sentence: dict[str, str]
    stands: dict[str, Any] | None = None
    waits: str | None = None
    entity: str = ""
    kind: str = ""
    held_since: int | None = None


class Day(NamedTuple):
    """One member's local day, the unit of caps and of overlap."""

    member: str
    day: int


class Span(NamedTuple):
    """A community's local days, both included."""

    community: str
    first: int
    last: int


class Code(NamedTuple):
    """What a thing of the register is called in its community."""

    collection: str
    community: str
    code: str


class Sum(NamedTuple):
    """What a member has of one kind of entry (of one source, where that matters) by a day.

    `day` is a day at or before that of the entries, such that no expiry tells the two apart.
    """

    kind: str
    source: str | None
    day: int
    points: int
    entries: int


class Wanted(Struct):
    """What must be loaded before a batch can be decided; each set is loaded by one or a few statements."""

    things: dict[str, set[str]] = field(default_factory=dict)
    identities: set[tuple[str, str]] = field(default_factory=set)
    aliases: set[str] = field(default_factory=set)
    days: set[Day] = field(default_factory=set)
    held: set[str] = field(default_factory=set)
    changes: set[str] = field(default_factory=set)
    outcomes: set[str] = field(default_factory=set)
    conflicts: set[str] = field(default_factory=set)
    ledgers: set[str] = field(default_factory=set)
    elders: set[int] = field(default_factory=set)
    spans: set[Span] = field(default_factory=set)
    sessions: set[Span] = field(default_factory=set)
    codes: set[Code] = field(default_factory=set)
    point_rules: bool = False
    timely: bool = False

    def __bool__(self) -> bool:
        return bool(
            any(self.things.values())
            or self.identities
            or self.aliases
            or self.days
            or self.held
            or self.changes
            or self.outcomes
            or self.conflicts
            or self.ledgers
            or self.elders
            or self.spans
            or self.sessions
            or self.codes
            or self.point_rules
            or self.timely
        )


class State(Struct):
    """What is known of the hub, as far as it was gathered.

    things[collection][id] is the thing, or None where there is none. identities maps (unit,
    number) to the root of the members who have it (roots and aliases alike). aliases[root] lists
    the ids of members that are aliases of it. dated[collection, day] (ids; the things themselves
    are in `things`) and entries[day] hold what is recorded under that very member id on that
    local day. ledgers[member id] sums all entries under that very id, elders[day] lists the member ids that have any
    of before that day, spans[span] the days of members on which anything is recorded or posted there, sessions[span]
    the ids of the activities of a community's days. codes[code] is the id of the thing that has it, or None. held[thing id] lists the held changes that wait for it. changes and outcomes
    are of the log, by change id: the accepted change, and its latest outcome. night is the `now` of
    a night, None for what is settled at once; timely[collection] lists the ids of the things to which
    that night may bring something by itself (sync/timely.py).
    """

    things: dict[str, dict[str, Thing | None]] = field(default_factory=dict)
    identities: dict[tuple[str, str], str | None] = field(default_factory=dict)
    aliases: dict[str, list[str]] = field(default_factory=dict)
    dated: dict[tuple[str, Day], list[str]] = field(default_factory=dict)
    entries: dict[Day, list[Entry]] = field(default_factory=dict)
    held: dict[str, list[Accepted]] = field(default_factory=dict)
    changes: dict[str, Accepted | None] = field(default_factory=dict)
    outcomes: dict[str, Outcome | None] = field(default_factory=dict)
    conflicts: set[str] = field(default_factory=set)
    ledgers: dict[str, list[Sum]] = field(default_factory=dict)
    elders: dict[int, list[str]] = field(default_factory=dict)
    spans: dict[Span, list[Day]] = field(default_factory=dict)
    sessions: dict[Span, list[str]] = field(default_factory=dict)
    codes: dict[Code, str | None] = field(default_factory=dict)
    point_rules: bool = False
    night: int | None = None
    timely: dict[str, list[str]] | None = None


class Erase(Struct, frozen=True):
    """Private fields to erase from the log: of one change, or of all of an entity's changes up to `until`.

    `until` bounds those of this very settlement; all of earlier settlements are meant too.
    """

    entity: str
    fields: tuple[str, ...]
    change: str | None = None
    until: Order | None = None


class Settled(Struct):
    """One settlement's result, before the hub has given it its revs.

    changes are in the order they were decided, outcomes in the same order followed by the
    outcomes that were told anew to authors of earlier changes. written holds every thing that is
    new or changed, by collection; erased says which private fields leave the log.
    """

    now: int
    version: int
    changes: list[Accepted]
    outcomes: list[Outcome]
    written: dict[str, dict[str, Thing]]
    entries: list[Entry]
    erased: list[Erase]
    counts: dict[str, int]
    digest: str

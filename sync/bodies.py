"""What stands in a document, by collection: the shapes that a tablet receives, as a client may declare them.

Only described here; sync/documents.py makes the bodies, and a test holds the two together. A body
may gain a field at any time, so a client leaves alone what it does not know.
"""

from typing import Any, Final, Literal

from msgspec import Struct, field

from sync.kinds.district import Named, Policies, WorkingHours
from sync.kinds.evaluations import GradeWord, PeriodCode
from sync.kinds.members import Standing
from sync.kinds.services import Place
from sync.kinds.tickets import Contact, Priority, TicketDispatch
from sync.shapes import Bilingual, ChangeId, Code, Count, Date, Dates, Id, Time
from sync.state import Result


class Body(Struct, frozen=True, rename="camel"):
    """Base of all bodies; every field is always there, and null where there is nothing."""

    id: Id


class CommunityBody(Body, frozen=True):
    """`utcOffset` in minutes; of `policies` only what differs from the default is there."""

    code: Code
    name: Bilingual
    kind: Literal["STREET", "VILLAGE"]
    utc_offset: int
    working_hours: list[WorkingHours]
    categories: list[Named]
    skills: list[Named]
    policies: Policies
    holidays: Dates
    workdays: Dates


class UnitBody(Body, frozen=True):
    code: Code
    name: Bilingual
    community: Id
    resources: list[str]
    linked_on: Date | None = field(name="since")


class GridBody(Body, frozen=True):
    code: Code
    name: Bilingual
    community: Id


class MemberBody(Body, frozen=True):
    """`phone` is null outside the member's grid. An alias (`aliasOf`) is read as the member it points to."""

    community: Id
    unit: Id
    number: Code
    name: str
    grid: Id | None
    standing: Standing
    skills: list[Code]
    phone: str | None
    alias_of: Id | None
    points: int
    registered_at: Time


class NoteBody(Struct, frozen=True):
    """A note, or a step that is kept as one; `kind` says which kind of change it was."""

    id: ChangeId
    kind: str
    at: Time
    by: Id | None
    text: str | None
    reason: str | None


class TakerBody(Struct, frozen=True):
    """Who holds a seat, since which deed, by which change."""

    member: Id
    since: Time
    change: ChangeId


class PauseBody(Struct, frozen=True):
    """A pause, or a resumption (`kind`), by which change; `until` the end that was said with it."""

    change: ChangeId
    kind: Literal["ticket.pause", "ticket.resume"]
    at: Time
    by: Id | None
    reason: str | None
    until: Time | None


class TicketBody(Body, frozen=True):
    """`due` is what somebody said; `dueAt` what holds: that, else what the category promises.

    `pause` is the one that holds, `pauses` all there ever were, in the order of deeds. `escalation`: 0 in time, 1 overdue and the desk's affair, 2 the district's; of a done ticket when it was done.
    """

    community: Id
    grid: Id
    category: Code
    title: str
    place: str | None
    priority: Priority
    due: Time | None
    seats: int
    tags: list[str]
    detail: str | None
    contact: Contact | None
    notes: list[NoteBody]
    state: Literal["OPEN", "DISPATCHED", "ACCEPTED", "IN_PROGRESS", "DONE", "CLOSED", "CANCELLED"]
    round: int
    takers: list[TakerBody]
    reserved: TicketDispatch | None
    rating: int | None
    words: str | None
    opened_at: Time
    opener: Id | None
    done_at: Time | None
    closed_at: Time | None
    due_at: Time | None
    escalation: Literal[0, 1, 2]
    pause: PauseBody | None
    pauses: list[PauseBody]


class ServiceBody(Body, frozen=True):
    """Only COUNTED earns; `recordedAt` is the deed of the record."""

    community: Id
    grid: Id | None
    member: Id
    ticket: Id | None
    activity: Id | None
    category: Code | None
    start: Time
    end: Time
    on_duty: bool
    state: Literal["COUNTED", "DUPLICATE", "REVIEW", "SET_ASIDE", "VOID"]
    summary: str | None
    place: Place | None
    by: Id | None
    recorded_at: Time
    reason: str | None


class HolderBody(Struct, frozen=True, rename="camel"):
    """Who holds or held a seat; `until` when they left it, `term` the last local day of the term."""

    member: Id
    since: Time
    until: Time | None
    term: Date | None
    change: ChangeId


class PostBody(Body, frozen=True):
    """`from` and `until` are the present term. `holders` are all there ever were, in the order they came."""

    community: Id
    grid: Id | None
    code: Code
    name: Bilingual
    seats: int
    skills: list[Code]
    starts_on: Date = field(name="from")
    ends_on: Date | None = field(name="until")
    holders: list[HolderBody]


class TeamBody(Body, frozen=True):
    """`members` are all who ever were in it; `points` what its activities earned."""

    community: Id
    code: Code
    name: Bilingual
    theme: str | None
    members: list[HolderBody]
    points: int


class ActivityBody(Body, frozen=True):
    """`members` have signed in, each once. `sameAs`: the session that it is once more, under another id."""

    community: Id
    grid: Id | None
    team: Id | None
    title: str
    category: Code | None
    place: str | None
    start: Time
    end: Time
    on_duty: bool
    members: list[TakerBody]
    same_as: Id | None
    opened_at: Time
    opener: Id | None


class DutyBody(Body, frozen=True):
    """What a unit did for a community; of a period only the COUNTED one counts. `on` is a local day. `reason`: of a void."""

    community: Id
    unit: Id
    kind: Literal["CONTACT", "SURVEY", "TALK", "SUMMARY"]
    period: str
    on: Date
    topic: str | None
    state: Literal["COUNTED", "FURTHER", "VOID"]
    by: Id | None
    recorded_at: Time
    reason: str | None


class RewardBody(Body, frozen=True):
    """What a community offers for points. `stock` less `given` are left; without `stock` there is no end of them."""

    community: Id
    code: Code
    name: Bilingual
    points: int
    stock: int | None
    given: int
    starts_on: Date = field(name="from")
    ends_on: Date | None = field(name="until")


class AdjustmentBody(Body, frozen=True):
    """A manual credit or debit: it counts when it is CONFIRMED by a second person, and is provisional before."""

    community: Id
    grid: Id | None
    member: Id
    points: int
    reason: str
    state: Literal["PROPOSED", "CONFIRMED", "WITHDRAWN"]
    by: Id | None
    at: Time
    decided_at: Time | None
    decider: Id | None
    why: str | None


class CallBody(Struct, frozen=True):
    """One department and its last answer; `unit` null is the district. `answered` is when it first answered."""

    unit: Id | None
    answer: Literal["COMING", "DECLINED", "DONE"] | None
    part: str | None
    at: Time | None
    by: Id | None
    answered: Time | None
    late: bool
    overdue: bool


class MeetingBody(Struct, frozen=True):
    """The record of a joint meeting; `id` is the change's that made it."""

    id: ChangeId
    met: Time
    present: list[Id]
    record: str
    at: Time
    by: Id | None


class WhistleBody(Body, frozen=True):
    """A call to departments for a ticket. One that was JOINED to another (`whistle`) has no calls of its own."""

    community: Id
    ticket: Id
    round: int
    lead: Id
    deadline: Time
    state: Literal["CALLED", "ANSWERED", "OVERDUE", "ESCALATED", "DONE", "JOINED"]
    whistle: Id | None
    calls: list[CallBody]
    meetings: list[MeetingBody]
    blown_at: Time
    blower: Id | None


class EvaluationBody(Body, frozen=True):
    """What a branch found of a member in a period. `words` are null outside the grid in which it was given.

    OPEN until the period is closed; without a grade it waits for a person (REVIEW), or was ruled out (SET_ASIDE).
    """

    community: Id
    member: Id
    grid: Id | None
    period: PeriodCode
    grade: GradeWord | None
    words: str | None
    state: Literal["OPEN", "CLOSED", "REVIEW", "SET_ASIDE"]
    by: Id | None
    decided_at: Time | None
    closed_at: Time | None


class Said(Struct, frozen=True):
    """One sentence in both languages."""

    zh: str
    en: str


class VerdictBody(Struct, frozen=True):
    """What became of one change; its id is `device:seq`. `stands` says what stands now, as far as it may."""

    id: str
    change: ChangeId
    seq: Count
    outcome: Result
    code: str
    rule: str | None
    sentence: Said
    stands: dict[str, Any] | None


BODIES: Final[dict[str, type[Struct]]] = {
    "community": CommunityBody,
    "unit": UnitBody,
    "grid": GridBody,
    "member": MemberBody,
    "ticket": TicketBody,
    "service": ServiceBody,
    "post": PostBody,
    "team": TeamBody,
    "activity": ActivityBody,
    "duty": DutyBody,
    "reward": RewardBody,
    "whistle": WhistleBody,
    "evaluation": EvaluationBody,
    "adjustment": AdjustmentBody,
    "verdict": VerdictBody,
}

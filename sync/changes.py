"""Every kind of change, one frozen struct each, with its limits; and a change's digest.

A change is one thing somebody did. Whatever a tablet, a desk or a district file writes is
one of these and goes through the same rule book. Nothing here decides; nothing here keeps.
"""

import hashlib
import json
import re
from datetime import UTC, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Annotated, Any, Final, Literal, NamedTuple

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

MAX_INTEGER: Final = 2**53 - 1
MAX_DEPTH: Final = 8
MAX_CHANGE_BYTES: Final = 65_536

UUID_PATTERN: Final = r"\A[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z"
UUID7_PATTERN: Final = r"\A[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\Z"
TIME_PATTERN: Final = r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z\Z"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Id = Annotated[str, Meta(pattern=UUID_PATTERN)]
ChangeId = Annotated[str, Meta(pattern=UUID7_PATTERN)]
Time = Annotated[str, Meta(pattern=TIME_PATTERN)]
Count = Annotated[int, Meta(ge=0, le=MAX_INTEGER)]
Code = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9][A-Za-z0-9_.-]{0,31}\Z")]
Word = Annotated[str, Meta(min_length=1, max_length=60)]
Title = Annotated[str, Meta(min_length=1, max_length=120)]
Line = Annotated[str, Meta(min_length=1, max_length=200)]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]
Text = Annotated[str, Meta(min_length=1, max_length=4000)]
Tags = Annotated[list[Word], Meta(min_length=1, max_length=20)]
Codes = Annotated[list[Code], Meta(min_length=1, max_length=20)]
Ids = Annotated[list[Id], Meta(max_length=200)]
Seats = Annotated[int, Meta(ge=1, le=50)]
Priority = Literal["LOW", "NORMAL", "HIGH", "URGENT"]
Standing = Literal["ACTIVE", "AWAY", "LEFT"]
Clock = Annotated[str, Meta(pattern=r"\A([01][0-9]|2[0-3]):[0-5][0-9]\Z|\A24:00\Z")]
Date = Annotated[str, Meta(pattern=r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")]
Dates = Annotated[list[Date], Meta(max_length=400)]
Points = Annotated[int, Meta(ge=1, le=100_000)]
WorkingTime = Annotated[int, Meta(ge=1, le=2000)]
"""Working hours."""


class Office(IntEnum):
    """Who wrote: a higher office outranks a lower one under the rule `ranked`. MEMBER: on one's own page."""

    MEMBER = 0
    LIAISON = 1
    DISPATCHER = 2
    DISTRICT = 3


class UnreadableCode(StrEnum):
    """Why a change cannot be read; the sentences are in sync/verdicts.py."""

    UNREADABLE = "UNREADABLE"
    UNKNOWN_KIND = "UNKNOWN_KIND"


class Unreadable(Exception):
    """A change that cannot be read. Carries a code and a path, never a value."""

    def __init__(self, code: UnreadableCode, path: str) -> None:
        super().__init__(f"{code} at {path}")
        self.code = code
        self.path = path


def parse_time(text: str) -> int:
    """Milliseconds since 1970 (UTC) of `YYYY-MM-DDTHH:MM:SS.sssZ`; ValueError when there is no such time."""
    if not re.match(TIME_PATTERN, text):
        raise ValueError("not a time")
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(milliseconds=1)


def format_time(milliseconds: int) -> str:
    """`YYYY-MM-DDTHH:MM:SS.sssZ` of milliseconds since 1970 (UTC)."""
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


class Shape(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, rename="camel"):
    """Base of everything that stands inside a change: camelCase on the wire, no unknown key."""


class Bilingual(Shape, frozen=True):
    zh: Line
    en: Line


class Contact(Shape, frozen=True):
    """Whom to ask for and where; erased a set time after the ticket closes."""

    name: Word | UnsetType = UNSET
    telephone: Annotated[str, Meta(min_length=1, max_length=30)] | UnsetType = UNSET
    doorstep: Line | UnsetType = UNSET


class Moment(Shape, frozen=True):
    """A raw reading of the tablet's wall clock and the run it was read in."""

    at: Time
    run: Count

    def __post_init__(self) -> None:
        parse_time(self.at)


class Place(Shape, frozen=True):
    """Where a check-in was, in thousandths of a degree: about 100 m, never finer."""

    lat: Annotated[int, Meta(ge=-90_000, le=90_000)]
    lon: Annotated[int, Meta(ge=-180_000, le=180_000)]


Salt = Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]


class Private(Shape, frozen=True):
    """What must be erasable. The salt keeps its digest beyond guessing; erased fields read as null."""

    salt: Salt


# Tickets


class TicketOpen(Shape, frozen=True):
    grid: Id
    category: Code
    title: Title
    place: Line | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    due: Time | UnsetType = UNSET
    seats: Seats | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check_time(self.due)


class TicketPrivate(Private, frozen=True):
    detail: Text | None | UnsetType = UNSET
    contact: Contact | None | UnsetType = UNSET


class TicketEdit(Shape, frozen=True):
    category: Code | UnsetType = UNSET
    title: Title | UnsetType = UNSET
    place: Line | None | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    due: Time | None | UnsetType = UNSET
    seats: Seats | UnsetType = UNSET
    grid: Id | UnsetType = UNSET
    add_tags: Tags | UnsetType = UNSET
    remove_tags: Tags | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check_time(self.due)


class TicketDispatch(Shape, frozen=True):
    member: Id | UnsetType = UNSET
    unit: Id | UnsetType = UNSET
    post: Id | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check_one(self.member, self.unit, self.post)


class TicketStep(Shape, frozen=True):
    """claim, decline, start, finish: by whom."""

    member: Id


class TicketRelease(Shape, frozen=True):
    member: Id
    reason: Reason


class TicketClose(Shape, frozen=True):
    rating: Annotated[int, Meta(ge=1, le=5)] | UnsetType = UNSET


class TicketClosePrivate(Private, frozen=True):
    words: Text | None | UnsetType = UNSET


class WithReason(Shape, frozen=True):
    """ticket.cancel, ticket.reopen, service.void."""

    reason: Reason


class TicketPause(Shape, frozen=True):
    """Why its clock stands still, and until when, if that is known."""

    reason: Reason
    until: Time | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check_time(self.until)


class Nothing(Shape, frozen=True):
    """ticket.resume, ticket.note, member.split."""


class NotePrivate(Private, frozen=True):
    text: Text | None


RedactField = Literal["detail", "contact", "notes", "words"]


class TicketRedact(Shape, frozen=True):
    fields: Annotated[list[RedactField], Meta(min_length=1, max_length=4)]


# Members


class MemberRegister(Shape, frozen=True):
    unit: Id
    number: Code
    name: Word
    grid: Id | UnsetType = UNSET


class MemberEdit(Shape, frozen=True):
    name: Word | UnsetType = UNSET
    unit: Id | UnsetType = UNSET
    number: Code | UnsetType = UNSET
    standing: Standing | UnsetType = UNSET
    add_skills: Codes | UnsetType = UNSET
    remove_skills: Codes | UnsetType = UNSET


class MemberPrivate(Private, frozen=True):
    phone: Annotated[str, Meta(min_length=1, max_length=30)] | None | UnsetType = UNSET


class MemberAssign(Shape, frozen=True):
    grid: Id


class MemberMerge(Shape, frozen=True):
    into: Id


class MemberRequest(Shape, frozen=True):
    """What is wrong in what is kept about a member, and in which thing, if it is in one."""

    reason: Reason
    about: Id | UnsetType = UNSET


# Services and points


class ServiceRecord(Shape, frozen=True):
    member: Id
    start: Moment
    end: Moment
    ticket: Id | UnsetType = UNSET
    activity: Id | UnsetType = UNSET


class ServicePrivate(Private, frozen=True):
    summary: Text | None | UnsetType = UNSET
    place: Place | None | UnsetType = UNSET


class ServiceLink(Shape, frozen=True):
    ticket: Id | UnsetType = UNSET
    activity: Id | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check_one(self.ticket, self.activity)


class PointsRedeem(Shape, frozen=True):
    member: Id
    points: Points
    reward: Line
    item: Id | UnsetType = UNSET


# Posts, teams and activities


class Who(Shape, frozen=True):
    """post.take, post.leave, team.join, team.leave, activity.join: which member."""

    member: Id


class PostPut(Shape, frozen=True):
    """A post of a community, or of one of its grids; whoever takes a seat holds it to the end of the term."""

    code: Code
    name: Bilingual
    community: Id
    seats: Seats
    starts_on: Date = msgspec.field(name="from")
    ends_on: Date | UnsetType = msgspec.field(name="until", default=UNSET)
    grid: Id | UnsetType = UNSET
    skills: Codes | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check_term(self.starts_on, self.ends_on)


class TeamPut(Shape, frozen=True):
    """A vanguard or volunteer team, for a theme."""

    code: Code
    name: Bilingual
    community: Id
    theme: Word | UnsetType = UNSET


class ActivityOpen(Shape, frozen=True):
    """An organised session of a community, or of one of its grids; members sign in by `activity.join`."""

    community: Id
    title: Title
    start: Time
    end: Time
    grid: Id | UnsetType = UNSET
    team: Id | UnsetType = UNSET
    category: Code | UnsetType = UNSET
    place: Line | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check_time(self.start)
        _check_time(self.end)
        if self.end < self.start:
            raise ValueError("end is before start")


# The four ones


class DutyRecord(Shape, frozen=True):
    """What a unit did for a community (四个一): `on` which local day, that of the deed unless said."""

    unit: Id
    community: Id
    kind: Literal["CONTACT", "SURVEY", "TALK", "SUMMARY"]
    on: Date | UnsetType = UNSET
    topic: Line | UnsetType = UNSET

    def __post_init__(self) -> None:
        if self.on is not UNSET:
            _check_date(self.on)


class RewardPut(Shape, frozen=True):
    """A reward of a community's catalogue: its price, and how many there are in all; without `stock` no end of them."""

    code: Code
    name: Bilingual
    community: Id
    points: Points
    starts_on: Date = msgspec.field(name="from")
    ends_on: Date | UnsetType = msgspec.field(name="until", default=UNSET)
    stock: Annotated[int, Meta(ge=0, le=100_000)] | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check_term(self.starts_on, self.ends_on)


# Whistles


Departments = Annotated[list[Id], Meta(min_length=1, max_length=20)]


class WhistleBlow(Shape, frozen=True):
    """Calls units of the ticket's community, of which one leads; each is to answer by the deadline."""

    ticket: Id
    lead: Id
    departments: Departments
    deadline: Time

    def __post_init__(self) -> None:
        _check_time(self.deadline)


class WhistleAnswer(Shape, frozen=True):
    """What one of the called units says, and the part it takes; without a unit: the district, once it is called."""

    answer: Literal["COMING", "DECLINED", "DONE"]
    department: Id | UnsetType = UNSET
    part: Line | UnsetType = UNSET


class WhistleMeet(Shape, frozen=True):
    """The record of a joint meeting: when, which units were there, what was agreed."""

    met: Time
    present: Departments
    record: Reason

    def __post_init__(self) -> None:
        _check_time(self.met)


# Rulings, scope and the district file


class ConflictRule(Shape, frozen=True):
    stands: ChangeId | None
    reason: Reason


class DeviceAssign(Shape, frozen=True):
    grids: Ids


class WorkingHours(Shape, frozen=True):
    """Local hours on duty on these ISO weekdays (1 is Monday)."""

    days: Annotated[list[Annotated[int, Meta(ge=1, le=7)]], Meta(min_length=1, max_length=7)]
    start: Clock = msgspec.field(name="from")
    end: Clock = msgspec.field(name="until")

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise ValueError("until is not after from")


class Named(Shape, frozen=True):
    """A ticket category or a skill.

    `needs`: the skills that a category asks for, any of them. `within`: how many working hours it promises.
    """

    code: Code
    name: Bilingual
    icon: Code | UnsetType = UNSET
    needs: Codes | UnsetType = UNSET
    within: WorkingTime | UnsetType = UNSET


class Policies(Shape, frozen=True):
    """DESIGN.md 4, Policies: ranking of individuals is off unless switched on.

    After so many working hours overdue (`escalate_hours`) a ticket is the district's affair, too.
    """

    rank_individuals: bool = False
    contact_days: Annotated[int, Meta(ge=1, le=3650)] = 90
    escalate_hours: WorkingTime = 16


class CommunityPut(Shape, frozen=True):
    code: Code
    name: Bilingual
    kind: Literal["STREET", "VILLAGE"]
    utc_offset: Annotated[int, Meta(ge=-840, le=840)]
    working_hours: Annotated[list[WorkingHours], Meta(max_length=14)]
    categories: Annotated[list[Named], Meta(max_length=100)]
    skills: Annotated[list[Named], Meta(max_length=100)]
    policies: Policies | UnsetType = UNSET
    holidays: Dates | UnsetType = UNSET
    workdays: Dates | UnsetType = UNSET

    def __post_init__(self) -> None:
        for days in (self.holidays, self.workdays):
            for day in () if days is UNSET else days:
                _check_date(day)


class UnitPut(Shape, frozen=True):
    """`since`: the local day from which it is linked, and owes the four ones."""

    code: Code
    name: Bilingual
    community: Id
    resources: Annotated[list[Line], Meta(max_length=50)] | UnsetType = UNSET
    linked_on: Date | UnsetType = msgspec.field(name="since", default=UNSET)

    def __post_init__(self) -> None:
        if self.linked_on is not UNSET:
            _check_date(self.linked_on)


class GridPut(Shape, frozen=True):
    code: Code
    name: Bilingual
    community: Id


class PointRulePut(Shape, frozen=True):
    """Points for a service, a started hour of it, a rating of at least `at_least`, or an activity."""

    code: Code
    name: Bilingual
    per: Literal["SERVICE", "HOUR", "RATING", "ACTIVITY"]
    points: Points
    starts_on: Date = msgspec.field(name="from")
    ends_on: Date | UnsetType = msgspec.field(name="until", default=UNSET)
    community: Id | UnsetType = UNSET
    daily_cap: Points | UnsetType = UNSET
    hours: Literal["ANY", "ON_DUTY", "OUT_OF_HOURS"] | UnsetType = UNSET
    categories: Codes | UnsetType = UNSET
    at_least: Annotated[int, Meta(ge=1, le=5)] | UnsetType = UNSET

    def __post_init__(self) -> None:
        _check_date(self.starts_on)
        if self.ends_on is not UNSET:
            _check_date(self.ends_on)


def _check_time(value: str | None | UnsetType) -> None:
    if isinstance(value, str):
        parse_time(value)


def _check_date(value: str) -> None:
    datetime.fromisoformat(value)


def _check_term(starts_on: str, ends_on: str | UnsetType) -> None:
    _check_date(starts_on)
    if ends_on is not UNSET:
        _check_date(ends_on)
        if ends_on < starts_on:
            raise ValueError("until is before from")


def _check_one(*values: object) -> None:
    if sum(value is not UNSET for value in values) != 1:
        raise ValueError("exactly one is meant")


_STAFF: Final = frozenset({Office.LIAISON, Office.DISPATCHER, Office.DISTRICT})


class Kind(NamedTuple):
    """One kind of change: on what thing, with which data, by which offices.

    `identity` marks kinds that touch a thing's state, takers or identity: an online one joins
    the night when the inbox already holds a change on the same thing.
    """

    name: str
    thing: str
    data: type[Shape]
    private: type[Private] | None = None
    creates: bool = False
    offices: frozenset[Office] = _STAFF
    identity: bool = False


_DESK: Final = frozenset({Office.DISPATCHER, Office.DISTRICT})

KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind("community.put", "community", CommunityPut, creates=True),
        Kind("unit.put", "unit", UnitPut, creates=True),
        Kind("grid.put", "grid", GridPut, creates=True),
        Kind("pointRule.put", "pointRule", PointRulePut, creates=True),
        Kind("member.register", "member", MemberRegister, MemberPrivate, creates=True, identity=True),
        Kind("member.edit", "member", MemberEdit, MemberPrivate, identity=True),
        Kind("member.assign", "member", MemberAssign),
        Kind("member.merge", "member", MemberMerge, offices=_DESK, identity=True),
        Kind("member.split", "member", Nothing, offices=_DESK, identity=True),
        Kind("member.request", "member", MemberRequest, offices=frozenset(Office)),
        Kind("ticket.open", "ticket", TicketOpen, TicketPrivate, creates=True, identity=True),
        Kind("ticket.edit", "ticket", TicketEdit, TicketPrivate),
        Kind("ticket.dispatch", "ticket", TicketDispatch, offices=_DESK, identity=True),
        Kind("ticket.claim", "ticket", TicketStep, identity=True),
        Kind("ticket.decline", "ticket", TicketStep, identity=True),
        Kind("ticket.release", "ticket", TicketRelease, offices=_DESK, identity=True),
        Kind("ticket.start", "ticket", TicketStep, identity=True),
        Kind("ticket.finish", "ticket", TicketStep, identity=True),
        Kind("ticket.close", "ticket", TicketClose, TicketClosePrivate, identity=True),
        Kind("ticket.cancel", "ticket", WithReason, identity=True),
        Kind("ticket.reopen", "ticket", WithReason, identity=True),
        Kind("ticket.pause", "ticket", TicketPause),
        Kind("ticket.resume", "ticket", Nothing),
        Kind("ticket.note", "ticket", Nothing, NotePrivate),
        Kind("ticket.redact", "ticket", TicketRedact, offices=_DESK),
        Kind("service.record", "service", ServiceRecord, ServicePrivate, creates=True),
        Kind("service.link", "service", ServiceLink),
        Kind("service.void", "service", WithReason),
        Kind("points.redeem", "redemption", PointsRedeem, creates=True),
        Kind("post.put", "post", PostPut, creates=True),
        Kind("post.take", "post", Who, identity=True),
        Kind("post.leave", "post", Who, identity=True),
        Kind("team.put", "team", TeamPut, creates=True),
        Kind("team.join", "team", Who, identity=True),
        Kind("team.leave", "team", Who, identity=True),
        Kind("activity.open", "activity", ActivityOpen, creates=True),
        Kind("activity.join", "activity", Who, identity=True),
        Kind("duty.record", "duty", DutyRecord, creates=True),
        Kind("reward.put", "reward", RewardPut, creates=True),
        Kind("whistle.blow", "whistle", WhistleBlow, creates=True),
        Kind("whistle.answer", "whistle", WhistleAnswer),
        Kind("whistle.meet", "whistle", WhistleMeet),
        Kind("conflict.rule", "conflict", ConflictRule, offices=_DESK),
        Kind("device.assign", "device", DeviceAssign, offices=_DESK),
    )
}


class Change(Struct, frozen=True):
    """One change, read. `at` is milliseconds of the raw wall clock."""

    id: str
    at: int
    run: int
    saw: int
    kind: str
    entity: str
    by: str | None
    data: Any
    private: Any = None


class Envelope(Struct, frozen=True, forbid_unknown_fields=True):
    """A change as it travels; `data` and `private` are read by the shapes of its kind."""

    id: ChangeId
    at: Time
    run: Count
    saw: Count
    kind: str
    entity: Id
    by: Id | None
    data: dict[str, Any]
    private: dict[str, Any] | UnsetType = UNSET


def decode(raw: object) -> Change:
    """Read one change as it came in an upload; raises `Unreadable`."""
    if not is_plain(raw):
        raise Unreadable(UnreadableCode.UNREADABLE, "$")
    envelope = _convert(raw, Envelope, "$")
    kind = KINDS.get(envelope.kind)
    if kind is None:
        raise Unreadable(UnreadableCode.UNKNOWN_KIND, "$.kind")
    if envelope.private is UNSET:
        private = None
    elif kind.private is None:
        raise Unreadable(UnreadableCode.UNREADABLE, "$.private")
    else:
        private = _convert(envelope.private, kind.private, "$.private")
    if kind.private is NotePrivate and private is None:
        raise Unreadable(UnreadableCode.UNREADABLE, "$.private")
    try:
        at = parse_time(envelope.at)
    except ValueError:
        raise Unreadable(UnreadableCode.UNREADABLE, "$.at") from None
    return Change(
        envelope.id,
        at,
        envelope.run,
        envelope.saw,
        envelope.kind,
        envelope.entity,
        envelope.by,
        _convert(envelope.data, kind.data, "$.data"),
        private,
    )


def _convert(raw: object, shape: type[Any], root: str) -> Any:
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        found = re.search(r" - at `\$([^`]*)`\Z", str(error))
        raise Unreadable(UnreadableCode.UNREADABLE, root + (found[1] if found else "")) from None


def is_plain(value: object, depth: int = MAX_DEPTH) -> bool:
    """Whether a value is what a change may hold: no floating point, ASCII keys, no lone surrogate, no NUL."""
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, int):
        return -MAX_INTEGER <= value <= MAX_INTEGER
    if isinstance(value, str):
        return _encodable(value)
    if depth == 0:
        return False
    if isinstance(value, list):
        return all(is_plain(item, depth - 1) for item in value)
    if isinstance(value, dict):
        return all(
            isinstance(key, str) and key.isascii() and is_plain(item, depth - 1)
            for key, item in value.items()
        )
    return False


def _encodable(text: str) -> bool:
    """Whether every database can hold a text: no lone surrogate, no NUL."""
    if "\0" in text:
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def canonical(value: object) -> bytes:
    """RFC 8785 for plain values: keys sorted, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256_hex(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def private_digest(raw: dict[str, Any]) -> str | None:
    """SHA-256 of the private part, or None where a change has none."""
    return sha256_hex(canonical(raw["private"])) if "private" in raw else None


def digest(raw: dict[str, Any]) -> str:
    """A change's digest: SHA-256 over its JSON as sent, `private` replaced by its own SHA-256."""
    return digest_with(raw, private_digest(raw))


def digest_with(raw: dict[str, Any], private: str | None) -> str:
    """The digest from what the log keeps: the change, and the digest of its (perhaps erased) private part."""
    if private is None:
        return sha256_hex(canonical(raw))
    return sha256_hex(canonical({**raw, "private": private}))


def encode(change: Change) -> dict[str, Any]:
    """The JSON of a change that one of our own clients makes (never used to check a foreign one)."""
    raw: dict[str, Any] = {
        "id": change.id,
        "at": format_time(change.at),
        "run": change.run,
        "saw": change.saw,
        "kind": change.kind,
        "entity": change.entity,
        "by": change.by,
        "data": msgspec.to_builtins(change.data),
    }
    if change.private is not None:
        raw["private"] = msgspec.to_builtins(change.private)
    return raw

"""What the hub is told and what it answers, as plain values that resolvers and the server share.

Who speaks (`Author`), what is refused (`Refused`) and what an enrolment, an online change, a
night and a verification give. Nothing here opens anything.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Literal, NamedTuple

from sync.division import Division
from sync.kinds.kind import Office
from sync.matching import Suggestion
from sync.state import Outcome, Settled
from sync.verdicts import SENTENCES


class Role(StrEnum):
    """DESIGN.md 9: who may. `liaison` is a tablet."""

    LIAISON = "liaison"
    DISPATCHER = "dispatcher"
    UNIT = "unit"
    ADMIN = "admin"
    READER = "reader"
    MEMBER = "member"


class Author(NamedTuple):
    """Who holds the token that was shown.

    id: the token's own id. communities: those they may read; with `everywhere`, the whole
    district. scope is what a change of theirs is judged by: the grids a tablet carries, the
    community of a dispatcher, a unit itself, empty for the district. office is None for those who write nothing.
    revoked: a tablet that was revoked; only `push` takes anything from it, into quarantine.
    """

    role: Role
    id: str
    device: str | None = None
    communities: tuple[str, ...] = ()
    everywhere: bool = False
    unit: str | None = None
    member: str | None = None
    office: Office | None = None
    scope: tuple[str, ...] = ()
    revoked: bool = False


class Refused(Exception):
    """A request that is refused as a whole. `code` is one of sync.verdicts.SENTENCES.

    details are what a client needs to go on: GAP has `expected`, PROTOCOL has `oldest` and
    `newest`, REVOKED after a push has `receivedThrough`. Never a resident's data.
    """

    def __init__(self, code: str, **details: int | str) -> None:
        row = SENTENCES.get(code)
        super().__init__(f"{code}: {row.en}" if row else code)
        self.code = code
        self.details = details


class Enrolment(NamedTuple):
    """A tablet's new identity. `scope` holds the bodies of its grids; the token is told once and never kept."""

    device: str
    token: str
    scope: tuple[dict[str, Any], ...]
    epoch: int


class Kept(NamedTuple):
    """What a tablet that enrols anew still keeps of the device that it was: the checkpoint it holds (None where it has
    none), the seq of the oldest change that it keeps, which becomes its first, and that of the next one to come."""

    device: str
    after: str | None
    oldest: int
    next: int


class EnrolmentCode(NamedTuple):
    """A one-time code; `expires_at` in milliseconds since 1970."""

    code: str
    url: str
    expires_at: int


class RatingCode(NamedTuple):
    """A code by which a resident rates a ticket, with its page and QR code; `expires_at` in milliseconds since 1970."""

    code: str
    url: str
    qr: str
    expires_at: int


class OwnPage(NamedTuple):
    """A member's own page, opened by a one-time code; `expires_at` in milliseconds since 1970."""

    member: str
    token: str
    expires_at: int


class Proposed(NamedTuple):
    """A division that was proposed, and the rev of each member it was built on."""

    community: str
    unit: str | None
    division: Division
    revs: dict[str, int]


class Planned(NamedTuple):
    """One seat of a plan: the ticket with the rev it was read at, and who is to take it, with the reasons.

    also: who is to take the ticket's further seats, where one dispatch takes up all of them.
    """

    ticket: str
    rev: int
    fit: Suggestion
    step: str = "ticketDispatch"
    also: tuple[Suggestion, ...] = ()


class Honour(NamedTuple):
    """A line of the honour roll: whose (a unit's, grid's or member's id), with how many points of how many people.

    qualified: how many evaluations of the period found them so; None of teams, which nobody evaluates.
    """

    place: int
    id: str
    points: int
    members: int
    qualified: int | None


class ListProblem(NamedTuple):
    """What does not fit in a unit's list: where, a stable code, and a sentence in zh and en. Never what it says."""

    line: int
    column: str
    code: str
    sentence: dict[str, str]


class RegisteredList(NamedTuple):
    """What came of a unit's list of members: how many were registered, placed, known before, or join the night."""

    registered: int
    placed: int
    known: int
    queued: int
    problems: list[ListProblem]


class ListRefused(Exception):
    """A unit's list that cannot be taken as a whole; `code` says why, and nothing of what it says."""

    def __init__(self, code: str) -> None:
        super().__init__(f"the list cannot be taken: {code}")
        self.code = code


Line = Mapping[str, Any]
"""One line of a record, under plain names: ids, codes, local days and numbers; nothing of a resident."""


class Evidence(NamedTuple):
    """All that is on record of one person in a period, line by line; the evaluations are those that lie within it."""

    member: str
    number: str
    name: str
    standing: str
    services: Sequence[Line] = ()
    tickets: Sequence[Line] = ()
    ratings: Sequence[Line] = ()
    activities: Sequence[Line] = ()
    posts: Sequence[Line] = ()
    duties: Sequence[Line] = ()
    entries: Sequence[Line] = ()
    evaluations: Sequence[Line] = ()

    def minutes(self, *, on_duty: bool) -> int:
        """Minutes of service within working hours, or out of them."""
        return sum(line["minutes"] for line in self.services if line["on_duty"] is on_duty)

    @property
    def stars(self) -> int:
        return sum(line["stars"] for line in self.ratings)

    @property
    def points(self) -> int:
        return sum(line["points"] for line in self.entries)


class Grading(NamedTuple):
    """How many members of a unit were given a grade."""

    unit: str
    grade: str
    evaluations: int


class IssuedToken(NamedTuple):
    """A token that was just made; it is told once, only its hash is kept."""

    id: str
    token: str


class Submitted(NamedTuple):
    """What became of one online change: its outcome and the rev of the commit, or that it joins the night."""

    change: str
    outcome: Outcome | None
    queued: bool
    rev: int


SettlementKind = Literal["NIGHT", "ONLINE", "IMPORT"]


class Night(NamedTuple):
    """A settlement's number (None for a dry run, or when nothing waited), its result and its report."""

    number: int | None
    settled: Settled | None
    report: dict[str, Any]


class Verification(NamedTuple):
    """Whether the tables are what the log adds up to. Differences name table, key and column, never values."""

    ok: bool
    settlements: int
    changes: int
    differences: list[str]


class Imported(NamedTuple):
    """What an upload on a stick came to: the answer file's bytes, and how many of its changes were new."""

    device: str
    taken: int
    answer: bytes
    refused: str | None

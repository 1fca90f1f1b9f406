"""What the hub is told and what it answers, as plain values that resolvers and the server share.

Who speaks (`Author`), what is refused (`Refused`) and what an enrolment, an online change, a
night and a verification give. Nothing here opens anything.
"""

from enum import StrEnum
from typing import Any, Literal, NamedTuple

from sync.changes import Office
from sync.division import Division
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
    community of a dispatcher, empty for the district. office is None for those who write nothing.
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


class EnrolmentCode(NamedTuple):
    """A one-time code; `expires_at` in milliseconds since 1970."""

    code: str
    url: str
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
    """One seat of a plan: the ticket with the rev it was read at, and who is to take it, with the reasons."""

    ticket: str
    rev: int
    fit: Suggestion


class Honour(NamedTuple):
    """A line of the honour roll: whose (a unit's, grid's or member's id), with how many points of how many people."""

    place: int
    id: str
    points: int
    members: int


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

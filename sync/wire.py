"""What travels between a tablet and the hub: upload, receipt, page; the protocol's version and history.

Shapes only, and the two sums that both sides must agree on. Names here are the protocol's
(camelCase on the wire); others build clients from them, so they are added to and never renamed.
"""

import hashlib
from collections.abc import Iterable
from typing import Any, Final

from msgspec import Struct, field

from sync.clock import RunOffset
from sync.shapes import ChangeId, Count, Id, Time, parse_time

PROTOCOL: Final = 2
OLDEST_PROTOCOL: Final = 1
HISTORY: Final[dict[int, str]] = {
    1: "The first: enrol, push, renew, pull, changed.",
    2: "`member.request`, a request for correction; `openings` of contacts beside an upload's changes;"
    " posts: `post.put`, `post.take`, `post.leave` and the collection `post`; activities and teams: `activity.open`,"
    " `activity.join`, `team.put`, `team.join`, `team.leave` and their collections; duties: `duty.record`, the collection `duty`"
    " and a unit's `since`; rewards: `reward.put`, the `item` of a redemption and the collection `reward`; whistles: `whistle.blow`,"
    " `whistle.answer`, `whistle.meet` and the collection `whistle`; evaluations:"
    " `evaluation.submit`, the collection `evaluation` and the policy `evaluationDays`; `duty.void`; `ticket.rate`; points:"
    " `points.adjust`, `points.confirm`, `points.withdraw`, `points.recount`, `pointExpiry.put` and the collection"
    " `adjustment`; `renew` says the copy's checkpoint and the oldest change that it keeps, `enrol` what a tablet was before (`kept`);"
    " `several` of `ticket.dispatch`. Whoever speaks 1 needs nothing new.",
}

MAX_CHANGES: Final = 500
MAX_UPLOAD_BYTES: Final = 8_000_000
MAX_PAGE: Final = 1000
MAX_OPENINGS: Final = 1000
COLLECTIONS: Final = (
    "community",
    "unit",
    "grid",
    "member",
    "ticket",
    "service",
    "post",
    "team",
    "activity",
    "duty",
    "reward",
    "whistle",
    "evaluation",
    "adjustment",
    "verdict",
)
EPOCH_SIZE: Final = 10**10


class Opening(Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Somebody opened a ticket's contact on a tablet: not a change, but noted. `id` is made on the tablet."""

    id: ChangeId
    ticket: Id
    at: Time
    run: Count
    by: Id | None = None

    def __post_init__(self) -> None:
        parse_time(self.at)


class Upload(Struct, frozen=True, rename="camel"):
    """`from` is the seq of the first change; position gives the rest."""

    protocol: int
    from_seq: int = field(name="from")
    oldest: int
    runs: tuple[RunOffset, ...]
    changes: tuple[Any, ...]


class Quarantined(Struct, frozen=True, rename="camel"):
    seq: int
    id: str | None
    code: str


class Receipt(Struct, frozen=True, rename="camel"):
    received_through: int
    settled_through: int
    durable_through: int
    quarantined: tuple[Quarantined, ...]
    settles_at: str | None
    epoch: int


class Document(Struct, frozen=True, rename="camel"):
    """One document of a page; `state` is LIVE, LEFT (out of your scope) or GONE."""

    collection: str
    id: str
    rev: int
    state: str
    body: Any


class Check(Struct, frozen=True, rename="camel"):
    collection: str
    count: int
    digest: str


class Page(Struct, frozen=True, rename="camel"):
    documents: tuple[Document, ...]
    checkpoint: str
    more: bool
    reset: bool
    epoch: int
    scope: tuple[Any, ...]
    check: tuple[Check, ...] | None
    remaining: int | None = None


def fingerprint(document_id: str, rev: int) -> int:
    """The first 16 bytes, big-endian, of SHA-256("id:rev")."""
    return int.from_bytes(hashlib.sha256(f"{document_id}:{rev}".encode()).digest()[:16], "big")


def check_digest(held: Iterable[tuple[str, int]]) -> str:
    """The sum modulo 2^128 of the fingerprints of all (id, rev) held, in 32 hex digits."""
    return f"{sum(fingerprint(document_id, rev) for document_id, rev in held) % 2**128:032x}"

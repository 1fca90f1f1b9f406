"""What a resolver may use: who asks, the hub, one snapshot to read from, and nothing else.

The server implements `Store` (server/reads.py) and `Hub` (server/store.py); nothing here opens anything.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from schema.budget import Bill, unlimited
from schema.errors import Report
from schema.types.scalars import DateTime, moment
from schema.values import (
    Author,
    Enrolment,
    EnrolmentCode,
    Evidence,
    Grading,
    Honour,
    Kept,
    OwnPage,
    Planned,
    Proposed,
    RatingCode,
    Refused,
    RegisteredList,
    Role,
    Submitted,
)
from sync.matching import Hint, Suggestion
from sync.wire import Opening, Page, Receipt, Upload

if TYPE_CHECKING:
    from schema.figures import Counted, Period
    from schema.loaders import Grouped

DAY_MS: Final = 86_400_000


NESTED: Final = frozenset({"all", "any", "none", "some"})


class Condition(NamedTuple):
    """One test on a collection's rows. `test`: is, in, from (at or after), until (before), has, lists, names, null, there, words.

    all, any and none (not all) hold conditions on the same row, some those on a row that `name` relates it to.
    """

    name: str
    test: str
    value: Any


class Sort(NamedTuple):
    """One column to order by, named as in the collection's rows."""

    name: str
    descending: bool


class Window(NamedTuple):
    """A slice of an ordered list: `size` rows after (or, backward, before) a cursor's values."""

    size: int
    backward: bool = False
    after: tuple[Any, ...] | None = None
    before: tuple[Any, ...] | None = None


class Ask(NamedTuple):
    """What a connection asks of a collection. `within` names the row's column that holds its parent's id."""

    collection: str
    conditions: tuple[Condition, ...] = ()
    order: tuple[Sort, ...] = ()
    window: Window = Window(0)
    within: str | None = None


class Slice(NamedTuple):
    """Rows with the values their cursors hold, in order, and whether there is more on either side."""

    rows: list[tuple[Any, tuple[Any, ...]]]
    has_next: bool
    has_previous: bool


class Standing(NamedTuple):
    """How far the hub has come: its rev and epoch, and up to which rev it knows no more what left whom."""

    rev: int
    epoch: int
    horizon: int


class News(NamedTuple):
    """That a thing changed for an audience: at which rev, which thing, and what it is to that audience now."""

    rev: int
    id: str
    state: str


class Store(Protocol):
    """One snapshot of the hub as one author may see it. Each method is one statement, or a few."""

    async def things(self, collection: str, ids: Sequence[str]) -> Mapping[str, Any]: ...
    async def find(self, ids: Sequence[str]) -> Mapping[str, tuple[str, Any]]: ...
    async def listing(
        self, collection: str, conditions: Sequence[Condition], limit: int
    ) -> Sequence[Any]: ...
    async def slices(self, ask: Ask, parents: Sequence[str | None]) -> Mapping[str | None, Slice]: ...
    async def counts(self, ask: Ask, parents: Sequence[str | None]) -> Mapping[str | None, int]: ...
    async def groups(
        self, ask: "Grouped", parents: Sequence[str | None]
    ) -> Mapping[str | None, Sequence[Any]]: ...
    async def writers(self, revs: Sequence[int]) -> Mapping[int, Any]: ...
    async def called(self, tickets: Sequence[str]) -> Mapping[str, Any]: ...
    async def ranking(self, community: str | None) -> bool: ...
    async def standing(self) -> Standing: ...
    async def news(
        self, collection: str, audience: str, after: int, floor: int, limit: int
    ) -> Sequence[News]: ...
    async def settled(self, kinds: Sequence[str] | None, after: int, limit: int) -> Sequence[Any]: ...
    async def look_again(self, author: Author | None) -> None: ...


class Hub(Protocol):
    """The hub's verbs. Refusals are exceptions that carry a code of schema/errors.py."""

    async def enrol(self, code: str, name: str, app_version: str, kept: Kept | None = None) -> Enrolment: ...
    async def authenticate(self, token: str, *, admit_revoked: bool = False) -> Author: ...
    async def push(self, author: Author, upload: Upload, openings: Sequence[Opening] = ()) -> Receipt: ...
    async def renew(
        self, author: Author, after: str | None = None, oldest: int | None = None
    ) -> Enrolment: ...
    async def pull(self, author: Author, after: str | None, next_seq: int, limit: int = 1000) -> Page: ...
    async def submit(self, author: Author, raws: Sequence[dict[str, Any]]) -> list[Submitted]: ...
    async def read_contacts(self, author: Author, tickets: Sequence[str]) -> Mapping[str, dict[str, Any]]: ...
    async def member_code(self, member: str) -> EnrolmentCode: ...
    async def open_page(self, code: str) -> OwnPage: ...
    async def rating_code(self, author: Author, ticket: str, days: int) -> RatingCode | None: ...
    async def record_of(self, author: Author) -> dict[str, Any]: ...
    async def propose_division(self, author: Author, community: str, unit: str | None) -> Proposed | None: ...
    async def suggest_dispatch(
        self, author: Author, ticket: str, limit: int
    ) -> Sequence[Suggestion] | None: ...
    async def plan_dispatch(self, author: Author, community: str) -> Sequence[Planned] | None: ...
    async def duplicate_hints(self, author: Author, ticket: str) -> Sequence[Hint] | None: ...
    async def register_list(
        self, author: Author, unit: str, source: bytes, *, yaml: bool = False, check: bool = False
    ) -> RegisteredList | None: ...
    async def honour_roll(
        self, author: Author, community: str, by: str, days: tuple[int, int], most: int
    ) -> Sequence[Honour]: ...
    async def member_record(
        self, author: Author, member: str, community: str, period: str
    ) -> Evidence | None: ...
    async def unit_record(self, author: Author, unit: str, period: str) -> Sequence[Evidence] | None: ...
    async def gradings(self, community: str, period: str) -> Sequence[Grading]: ...
    async def count(self, author: Author, period: "Period") -> "Counted": ...
    def changes(self) -> AsyncIterator[int]: ...
    def listen(self) -> AsyncGenerator[int, None]: ...


def _undrawn(*_: object) -> None:
    """Where nobody keeps budgets."""


@dataclass
class Context:
    """One operation, or before it the request that it came with.

    `refusal` is the code for a caller whose token is not good where one is needed; `revoked` is
    the tablet that still may upload, into quarantine; `address` where the request comes from. Readers see days that begin at `offset_ms`.
    spend takes what an operation costs (as a whole, and of that from the budget) from whoever asks; draw
    takes it without ever refusing; `bill` is what came of it. Of a subscription: `resumed` is the rev that its
    caller heard last, `said` the one of what is being told.
    """

    hub: Hub
    opened: Callable[[Author | None], AbstractAsyncContextManager[Store]]
    now: Callable[[], int]
    salt: Callable[[], str]
    report: Report
    offset_ms: int = 0
    author: Author | None = None
    revoked: Author | None = None
    address: str | None = None
    refusal: str = "UNAUTHENTICATED"
    token: str | None = None
    connection_params: dict[str, object] | None = None
    loaders: dict[Any, Any] = field(default_factory=dict)
    snapshot: Store | None = None
    spend: Callable[[Author | None, int, int], Bill] = unlimited
    draw: Callable[[Author | None, int], None] = _undrawn
    bill: Bill | None = None
    resumed: int | None = None
    said: int | None = None

    @property
    def store(self) -> Store:
        if self.snapshot is None:
            raise RuntimeError("read outside of an operation")
        return self.snapshot

    def signed(self) -> Author:
        """Who asks; refused where nobody does."""
        if self.author is None:
            raise Refused(self.refusal)
        return self.author

    def uploader(self) -> Author:
        """Who uploads: also a revoked tablet, whose upload goes into quarantine."""
        return self.revoked or self.signed()

    @property
    def stranger(self) -> str | None:
        """Why whoever asks has no token that is good for anything; None where they have one."""
        return self.refusal if self.author is None and self.revoked is None else None

    async def look_again(self) -> None:
        """Read from here on what the hub holds now, as whoever asks now."""
        self.loaders.clear()
        await self.store.look_again(self.author)

    def moment(self, at: int) -> DateTime:
        """A moment as the caller may see it: readers get the beginning of its local day."""
        if self.author is not None and self.author.role is Role.READER:
            at = (at + self.offset_ms) // DAY_MS * DAY_MS - self.offset_ms
        return moment(at)

    @asynccontextmanager
    async def operation(self) -> AsyncIterator["Context"]:
        """This request's next operation: its own snapshot and loaders."""
        async with self.opened(self.author) as snapshot:
            yield replace(self, loaders={}, snapshot=snapshot)

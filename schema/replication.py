"""The protocol's fields, exactly as DESIGN.md 6 prints them: enrol, push, renew, pull, now.

Others build clients from them: they are added to and never renamed. Refusals are in
`errors[].extensions.code`.
"""

from collections.abc import Mapping, Sequence
from string import Formatter
from typing import Annotated, Any, Final

import msgspec
import strawberry
from strawberry.types.info import Info

from schema.context import Context
from schema.errors import Fault
from schema.fields import LanguageArgument, choice, column, field
from schema.loaders import load_all
from schema.policies import OPEN, TABLET, UPLOAD, WITHIN
from schema.types.enums import DocumentState
from schema.types.grid import Grid
from schema.types.language import Language, said
from schema.types.scalars import JSON, DateTime, Long, moment
from schema.values import Enrolment as Values
from schema.values import Kept, Refused
from sync import wire
from sync.clock import RunOffset
from sync.verdicts import SENTENCES, sentence

LONGEST_NAME: Final = 60

CodeArgument = Annotated[str, strawberry.argument(description="The code, as `lianxin enrol` shows it.")]
NameArgument = Annotated[str, strawberry.argument(description="What its people call the tablet.")]
AppVersion = Annotated[str, strawberry.argument(description="The version of the app.")]
UploadArgument = Annotated["UploadInput", strawberry.argument(description="What the tablet has done.")]
AfterArgument = Annotated[
    str | None, strawberry.argument(description="The checkpoint of the last page; null to begin.")
]
KnownBy = Annotated[
    str | None,
    strawberry.argument(
        description="The checkpoint that this copy holds: it says of which grids it had heard when it made its changes."
    ),
]
OldestKept = Annotated[
    Long | None,
    strawberry.argument(
        description="The seq of the oldest change that this copy still has, which becomes its first; the next one to"
        " come where it has none."
    ),
]
NextArgument = Annotated[
    Long,
    strawberry.argument(
        description="The seq that the tablet's next change will have; this pull is a contact before it."
    ),
]
KeptArgument = Annotated[
    "KeptInput | None",
    strawberry.argument(
        description="What a tablet that enrols anew still keeps of the device that it was: those changes are judged by"
        " the grids that it had then. Null for a new one."
    ),
]
LimitArgument = Annotated[
    int, strawberry.argument(description=f"How many documents at most, 1 to {wire.MAX_PAGE}.")
]


@strawberry.type(
    description="A tablet's new identity. The token is told this once; the hub keeps only its hash."
)
class Enrolment:
    given: strawberry.Private[Any]

    @field(WITHIN, "The device's id: the first half of every verdict's id.")
    def device(self) -> strawberry.ID:
        return strawberry.ID(self.given.device)

    @field(WITHIN, "The bearer token. Keep it; it is not told again.")
    def token(self) -> str:
        return str(self.given.token)

    @field(WITHIN, "The grids it carries.")
    async def scope(self, info: Info) -> list[Grid]:
        return await _grids(info.context, self.given.scope)

    @field(WITHIN, "The hub's epoch: one more after each restore from a backup.")
    def epoch(self) -> int:
        return int(self.given.epoch)


@strawberry.type(description="A change that could not be taken; it is kept as it came, under its seq.")
class Quarantined:
    row: strawberry.Private[wire.Quarantined]

    seq: Long = column(WITHIN, "Its number on the device.")
    id: str | None = column(WITHIN, "Its id, where one could be read.")
    code: str = column(WITHIN, "Why, as a stable code: `UNKNOWN_KIND`.")

    @field(WITHIN, "Why, in a sentence.")
    def sentence(self, language: LanguageArgument = Language.ZH) -> str:
        return said(_filled(self.row.code), language)


@strawberry.type(
    description="How far an upload has come. Keep each change until both of the last have passed it."
)
class Receipt:
    row: strawberry.Private[wire.Receipt]

    received_through: Long = column(WITHIN, "The hub has every change up to this seq.")
    settled_through: Long = column(WITHIN, "Every change up to this seq has its verdict.")
    durable_through: Long = column(
        WITHIN, "Every change up to this seq is in a verified backup (where none are scheduled: settled)."
    )
    settles_at: DateTime | None = column(WITHIN, "When the next settlement is due.")
    epoch: int = column(WITHIN, "The hub's epoch.")

    @field(WITHIN, "The changes of this upload that could not be taken.")
    def quarantined(self) -> list[Quarantined]:
        return [Quarantined(row=one) for one in self.row.quarantined]


@strawberry.type(description="One document of a page, or the word that it is no longer yours.")
class Document:
    row: strawberry.Private[wire.Document]

    collection: str = column(
        WITHIN, "`community`, `unit`, `grid`, `member`, `ticket`, `service` or `verdict`."
    )
    id: strawberry.ID = column(WITHIN, "The thing's id.")
    rev: Long = column(WITHIN, "Its rev: ignore a document at or below the one you hold, but in a reset.")
    state: DocumentState = choice(WITHIN, "What it is to you now.", DocumentState)
    body: JSON | None = column(
        WITHIN,
        "The fields of the GraphQL type under the same names, to-one relations as ids; null unless LIVE.",
    )


@strawberry.type(description="What you should hold of one collection once you have this page.")
class Check:
    row: strawberry.Private[wire.Check]

    collection: str = column(WITHIN, "The collection.")
    count: int = column(WITHIN, "How many LIVE documents.")
    digest: str = column(
        WITHIN,
        "The sum modulo 2^128, in 32 hex digits, of the first 16 bytes of SHA-256(`id:rev`) over them.",
    )


@strawberry.type(description="What is new to a tablet, in the order of revs; anew, the most useful first.")
class Page:
    row: strawberry.Private[wire.Page]

    checkpoint: str = column(WITHIN, "Where to go on: the next pull's `after`. Keep it as it is.")
    more: bool = column(WITHIN, "Whether there is more now.")
    reset: bool = column(
        WITHIN, "Begin anew: from here to the last page replace what you hold, and sweep what was not sent."
    )
    epoch: int = column(WITHIN, "The hub's epoch.")
    remaining: Long | None = column(
        WITHIN, "While all is sent anew and there is more: about how many documents are still to come."
    )

    @field(WITHIN, "The documents.")
    def documents(self) -> list[Document]:
        return [Document(row=one) for one in self.row.documents]

    @field(WITHIN, "The grids you carry now.")
    async def scope(self, info: Info) -> list[Grid]:
        return await _grids(info.context, self.row.scope)

    @field(WITHIN, "On the last page: what you should hold, per collection.")
    def check(self) -> list[Check] | None:
        return None if self.row.check is None else [Check(row=one) for one in self.row.check]


@strawberry.input(description="A tablet's clock in one run: what to add to it to get the hub's.")
class RunInput:
    run: int = strawberry.field(description="The run.")
    offset_ms: Long | None = strawberry.field(
        description="Milliseconds to add; null where there was no contact.", default=None
    )
    uncertainty_ms: Long | None = strawberry.field(
        description="How far that may be wrong: half of the exchange's round trip.", default=None
    )


@strawberry.input(description="Somebody opened a ticket's contact on this tablet: no change, but noted.")
class OpeningInput:
    id: strawberry.ID = strawberry.field(
        description="A UUIDv7 made on the tablet: the same again is noted once."
    )
    ticket: strawberry.ID = strawberry.field(description="The ticket whose contact was opened.")
    at: DateTime = strawberry.field(description="When, by the tablet's own clock.")
    run: Long = strawberry.field(description="In which run of that clock.")
    by: strawberry.ID | None = strawberry.field(
        description="The member who opened it, if said.", default=None
    )


@strawberry.input(description="What a tablet has done. It may be empty: so one asks for a receipt.")
class UploadInput:
    protocol: int = strawberry.field(description=f"The protocol's version: {wire.PROTOCOL}.")
    from_: Long = strawberry.field(
        name="from", description="The seq of the first change; position gives the rest."
    )
    oldest: Long = strawberry.field(description="The seq of the oldest change that the tablet still has.")
    runs: list[RunInput] = strawberry.field(
        description="The clock journal for the runs of these changes, and the nearest contacts around them."
    )
    changes: list[JSON | None] = strawberry.field(
        description=f"The changes, at most {wire.MAX_CHANGES}. What cannot be read still is its seq."
    )
    openings: list[OpeningInput] | None = strawberry.field(
        description=(
            f"The contacts that were opened on the tablet since the last receipt, at most {wire.MAX_OPENINGS}."
        ),
        default=None,
    )


@strawberry.input(description="What a tablet that enrols anew still keeps of the device that it was.")
class KeptInput:
    device: strawberry.ID = strawberry.field(description="The device that it was.")
    after: str | None = strawberry.field(
        description="The checkpoint that it holds: its seal says which grids were the tablet's own. Null where it"
        " never heard of any; its changes are judged by the new grids then.",
        default=None,
    )
    oldest: Long = strawberry.field(
        description="The seq of the oldest change that it still has, which becomes its first; that of the next one to"
        " come where it has none."
    )
    next: Long = strawberry.field(description="The seq that its next change would have had.")


def _filled(code: str) -> dict[str, str]:
    """A code's sentence; what its verdict alone knows is left open."""
    places = {name: "…" for _, name, _, _ in Formatter().parse(SENTENCES[code].en) if name}
    return sentence(code, **places)


async def _grids(context: Context, bodies: Sequence[Mapping[str, Any]]) -> list[Grid]:
    return await load_all(context, "grid", [body["id"] for body in bodies])


async def _enrolled(context: Context, given: Values) -> Enrolment:
    """The answer is the new device's to read."""
    context.author = await context.hub.authenticate(given.token)
    await context.look_again()
    return Enrolment(given=given)


def _upload(given: UploadInput) -> wire.Upload:
    runs = (RunOffset(run.run, run.offset_ms, run.uncertainty_ms) for run in given.runs)
    return wire.Upload(given.protocol, given.from_, given.oldest, tuple(runs), tuple(given.changes))


def _openings(given: UploadInput) -> list[wire.Opening]:
    """What the tablet noted; refused as a whole where it is not in the form of the protocol."""
    raws = [
        {"id": one.id, "ticket": one.ticket, "at": one.at, "run": one.run, "by": one.by}
        for one in given.openings or ()
    ]
    try:
        openings = msgspec.convert(raws, list[wire.Opening])
    except msgspec.ValidationError:
        raise Fault("BAD_USER_INPUT", "An opening has an id (UUIDv7), a ticket, a time and a run.") from None
    if len(openings) > wire.MAX_OPENINGS:
        raise Refused("TOO_LARGE", openings=wire.MAX_OPENINGS)
    return openings


@strawberry.type
class Replication:
    """The mutations of the protocol."""

    @field(OPEN, "Become a tablet of this district, by a one-time code. CODE_INVALID where it is not good.")
    async def enrol(
        self,
        info: Info,
        code: CodeArgument,
        name: NameArgument,
        app_version: AppVersion,
        kept: KeptArgument = None,
    ) -> Enrolment:
        context: Context = info.context
        if not all(0 < len(text) <= LONGEST_NAME for text in (code, name, app_version)):
            raise Fault("BAD_USER_INPUT", f"Code, name and version have 1 to {LONGEST_NAME} characters each.")
        before = None if kept is None else Kept(kept.device, kept.after, kept.oldest, kept.next)
        return await _enrolled(context, await context.hub.enrol(code, name, app_version, before))

    @field(
        UPLOAD,
        "Hand over what the tablet has done. Durable before it answers, and idempotent. Refused as a whole:"
        " GAP (with `expected`), FORKED, PROTOCOL (with `oldest` and `newest`), TOO_LARGE, REVOKED.",
    )
    async def push(self, info: Info, upload: UploadArgument) -> Receipt:
        context: Context = info.context
        openings = _openings(upload)
        return Receipt(row=await context.hub.push(context.uploader(), _upload(upload), openings))

    @field(TABLET, "Become a new device with the same scope, after FORKED or when rolled back.")
    async def renew(self, info: Info, after: KnownBy = None, oldest: OldestKept = None) -> Enrolment:
        context: Context = info.context
        return await _enrolled(context, await context.hub.renew(context.signed(), after, oldest))


@strawberry.type
class Pulling:
    """The queries of the protocol."""

    @field(
        TABLET,
        "What is new to this tablet since `after`, in the order of revs; page and check of one moment.",
    )
    async def pull(
        self,
        info: Info,
        next: NextArgument,
        after: AfterArgument = None,
        limit: LimitArgument = wire.MAX_PAGE,
    ) -> Page:
        context: Context = info.context
        size = max(1, min(limit, wire.MAX_PAGE))
        return Page(row=await context.hub.pull(context.signed(), after, next, size))

    @field(OPEN, "The hub's clock, for measuring an offset.")
    def now(self, info: Info) -> DateTime:
        return moment(info.context.now())


@strawberry.type(description="There is something to pull.")
class Changed:
    latest: strawberry.Private[int]

    @field(WITHIN, "The hub's rev now.")
    def rev(self) -> Long:
        return Long(self.latest)

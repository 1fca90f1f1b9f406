"""A ticket's life, from the order to its closing."""

from typing import Annotated, Final, Literal

from msgspec import UNSET, Meta, UnsetType

from sync.kinds.kind import DESK, Kind, Nothing, Office, WithReason
from sync.shapes import (
    Code,
    Id,
    Line,
    Private,
    Reason,
    Seats,
    Shape,
    Tags,
    Text,
    Time,
    Title,
    Word,
    check_one,
    check_time,
)

Priority = Literal["LOW", "NORMAL", "HIGH", "URGENT"]


class Contact(Shape, frozen=True):
    """Whom to ask for and where; erased a set time after the ticket closes."""

    name: Word | UnsetType = UNSET
    telephone: Annotated[str, Meta(min_length=1, max_length=30)] | UnsetType = UNSET
    doorstep: Line | UnsetType = UNSET


class TicketOpen(Shape, frozen=True):
    grid: Id
    category: Code
    title: Title
    place: Line | UnsetType = UNSET
    priority: Priority | UnsetType = UNSET
    due: Time | UnsetType = UNSET
    seats: Seats | UnsetType = UNSET

    def __post_init__(self) -> None:
        check_time(self.due)


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
        check_time(self.due)


class DispatchTarget(Shape, frozen=True):
    """One of several for whom a ticket is kept."""

    member: Id | UnsetType = UNSET
    unit: Id | UnsetType = UNSET
    post: Id | UnsetType = UNSET

    def __post_init__(self) -> None:
        check_one(self.member, self.unit, self.post)


class TicketDispatch(Shape, frozen=True):
    """For whom it is kept: for one, or for several at once where several members are wanted."""

    member: Id | UnsetType = UNSET
    unit: Id | UnsetType = UNSET
    post: Id | UnsetType = UNSET
    several: Annotated[list[DispatchTarget], Meta(min_length=2, max_length=50)] | UnsetType = UNSET

    def __post_init__(self) -> None:
        check_one(self.member, self.unit, self.post, self.several)


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


class TicketRate(Shape, frozen=True):
    """A resident's own rating of a round, given by a one-time code on paper; nobody knows by whom."""

    rating: Annotated[int, Meta(ge=1, le=5)]
    round: Annotated[int, Meta(ge=1, le=1_000_000)]


class TicketPause(Shape, frozen=True):
    """Why its clock stands still, and until when, if that is known."""

    reason: Reason
    until: Time | UnsetType = UNSET

    def __post_init__(self) -> None:
        check_time(self.until)


class NotePrivate(Private, frozen=True):
    text: Text | None


RedactField = Literal["detail", "contact", "notes", "words"]


class TicketRedact(Shape, frozen=True):
    fields: Annotated[list[RedactField], Meta(min_length=1, max_length=4)]


KINDS: Final = (
    Kind("ticket.open", "ticket", TicketOpen, TicketPrivate, creates=True, identity=True),
    Kind("ticket.edit", "ticket", TicketEdit, TicketPrivate),
    Kind("ticket.dispatch", "ticket", TicketDispatch, offices=DESK, identity=True),
    Kind("ticket.claim", "ticket", TicketStep, identity=True),
    Kind("ticket.decline", "ticket", TicketStep, identity=True),
    Kind("ticket.release", "ticket", TicketRelease, offices=DESK, identity=True),
    Kind("ticket.start", "ticket", TicketStep, identity=True),
    Kind("ticket.finish", "ticket", TicketStep, identity=True),
    Kind("ticket.close", "ticket", TicketClose, TicketClosePrivate, identity=True),
    Kind("ticket.rate", "ticket", TicketRate, TicketClosePrivate, offices=frozenset({Office.DISTRICT})),
    Kind("ticket.cancel", "ticket", WithReason, identity=True),
    Kind("ticket.reopen", "ticket", WithReason, identity=True),
    Kind("ticket.pause", "ticket", TicketPause),
    Kind("ticket.resume", "ticket", Nothing),
    Kind("ticket.note", "ticket", Nothing, NotePrivate),
    Kind("ticket.redact", "ticket", TicketRedact, offices=DESK),
)

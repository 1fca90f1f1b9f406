"""Tickets, and who holds their seats. `detail`, `contact`, `words` and the notes' texts are private.

`contact_since` is from when the time counts for which its contact is kept; `due_at` until when it is
promised, `next_at` when time alone brings something to it next, `is_paused` for who looks for those.
"""

from operator import attrgetter
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from schema.tables.columns import Row, big, json, long_text, partial
from schema.tables.mapping import Mapping
from sync import things
from sync.retention import retained_since


class TicketRow(SQLModel, table=True):
    __tablename__ = "ticket"
    __table_args__ = (
        Index("ix_ticket_community_state", "community", "state", "opened", "id"),
        Index("ix_ticket_community", "community", "opened", "id"),
        Index("ix_ticket_grid_state", "grid", "state", "opened", "id"),
        Index("ix_ticket_grid", "grid", "opened", "id"),
        Index("ix_ticket_opened", "opened", "id"),
        partial("ix_ticket_contact_since", "contact_since", where="contact_since IS NOT NULL"),
        partial("ix_ticket_next_at", "next_at", where="next_at IS NOT NULL"),
    )

    id: str = Field(primary_key=True)
    rev: int = big(index=True)
    community: str
    grid: str
    category: str
    title: str
    place: str | None
    priority: str
    due: str | None
    seats: int
    tags: dict[str, Any] = json()
    detail: str | None = long_text(nullable=True)
    contact: dict[str, Any] | None = json(nullable=True)
    notes: list[Any] = json()
    state: str
    round: int
    reserved: dict[str, Any] | None = json(nullable=True)
    rating: int | None
    words: str | None = long_text(nullable=True)
    opened: int = big()
    opener: str | None
    done: int | None = big(nullable=True)
    closed: int | None = big(nullable=True)
    grids: list[Any] = json()
    whistle: str | None
    versions: dict[str, Any] = json()
    ranks: dict[str, Any] = json()
    promised: int | None = big(nullable=True)
    escalation: int
    district_at: int | None = big(nullable=True)
    pauses: list[Any] = json()
    paused: dict[str, Any] | None = json(nullable=True)
    extended: int | None = big(nullable=True)
    contact_since: int | None = big(nullable=True)
    due_at: int | None = big(nullable=True)
    next_at: int | None = big(nullable=True)
    is_paused: bool


class TicketTakerRow(SQLModel, table=True):
    __tablename__ = "ticket_taker"

    ticket: str = Field(primary_key=True)
    position: int = big(primary_key=True)
    community: str
    member: str = Field(index=True)
    change: str
    device: str
    seq: int = big()
    since: int = big()
    uncertainty_ms: int | None = big(nullable=True)
    rev: int = big()
    kind: str
    by: str | None
    office: int


TICKET = Mapping(
    things.Ticket,
    TicketRow,
    elsewhere=frozenset({"takers"}),
    computed={
        "contact_since": retained_since,
        "due_at": attrgetter("due_at"),
        "next_at": attrgetter("next_at"),
        "is_paused": lambda ticket: ticket.paused is not None,
    },
)
TICKET_TAKER = Mapping(things.Taker, TicketTakerRow, extra=frozenset({"ticket", "position", "community"}))


def takers_of(ticket: things.Ticket) -> list[dict[str, Any]]:
    """The rows of a ticket's takers, in their order."""
    return [
        TICKET_TAKER.row(taker, ticket=ticket.id, position=position, community=ticket.community)
        for position, taker in enumerate(ticket.takers)
    ]


def ticket_of(row: Row, takers: list[Row]) -> things.Ticket:
    """A ticket of its row and its takers' rows, which come in the order of their positions."""
    return TICKET.thing(row, takers=[TICKET_TAKER.thing(taker) for taker in takers])

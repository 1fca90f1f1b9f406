"""Ticket: 定单, a resident's order for a service, with its life cycle. Contacts are given out and logged."""

from typing import Any

import strawberry
from strawberry.types.info import Info

from schema.fields import choice, column, conflicts, field, moment, shaped, to_one
from schema.loaders import load_contact, shows
from schema.policies import CONCERNED, CONTACT, PERSONS, PRIVATE, SIGNED, WITHIN
from schema.shapes import Held, Keys, Part, Parts
from schema.types.enums import Priority, TicketState
from schema.types.lazy import ACommunity, AGrid, AMember, AUnit
from schema.types.node import Node
from schema.types.point_entry_list import point_entries
from schema.types.scalars import DateTime, Long
from schema.types.service_list import services
from schema.types.step import history
from schema.types.whistle_list import whistles
from sync import things


@strawberry.type(description="Who holds a seat of a ticket, and since when.")
class Taker:
    row: strawberry.Private[things.Taker]

    member: AMember | None = to_one(WITHIN, "The member; null where you may not see them.", "member")
    since: DateTime = moment(WITHIN, "Since when: the time of the claim.")
    change: strawberry.ID = column(WITHIN, "The change by which the seat was taken.")


@strawberry.type(
    description="What was noted on a ticket; also a step that came too late and is kept as a note."
)
class Note:
    row: strawberry.Private[things.Note]

    id: strawberry.ID = column(WITHIN, "The id of the change that made it.")
    kind: str = column(WITHIN, "The kind of that change: `ticket.note`, or the step that came too late.")
    at: DateTime = moment(WITHIN, "When it was made.")
    by: AMember | None = to_one(PRIVATE, "The member who made it, if said.", "member")
    text: str | None = column(PRIVATE, "What was noted; null once erased.")
    reason: str | None = column(PRIVATE, "The reason that the step gave.")


@strawberry.type(description="One of several for whom a ticket is kept.")
class ReservedFor:
    row: strawberry.Private[dict[str, str]]

    member: AMember | None = to_one(WITHIN, "For this member.", "member")
    unit: AUnit | None = to_one(WITHIN, "For the members of this unit.", "unit")
    post: strawberry.ID | None = column(WITHIN, "For whoever holds this post.")


@strawberry.type(
    description="For whom a ticket is kept, against claimers who have seen that it is: one of three."
)
class Reservation:
    row: strawberry.Private[dict[str, Any]]

    member: AMember | None = to_one(WITHIN, "For this member.", "member")
    unit: AUnit | None = to_one(WITHIN, "For the members of this unit.", "unit")
    post: strawberry.ID | None = column(WITHIN, "For whoever holds this post.")
    several: list[ReservedFor] = shaped(
        WITHIN,
        "For each of these, where it was dispatched to several at once.",
        Parts("several", ReservedFor),
    )


@strawberry.type(description="Whom to ask for and where. Erased a set time after the ticket closes.")
class Contact:
    row: strawberry.Private[dict[str, Any]]

    name: str | None = column(WITHIN, "The name to ask for.")
    telephone: str | None = column(WITHIN, "The telephone.")
    doorstep: str | None = column(WITHIN, "The door to knock at.")


@strawberry.type(description="A pause of a ticket, or its resumption.")
class Pause:
    row: strawberry.Private[things.Pause]

    kind: str = column(WITHIN, "`ticket.pause` or `ticket.resume`.")
    at: DateTime = moment(WITHIN, "When it was paused, or resumed.")
    by: AMember | None = to_one(PRIVATE, "The member who did it, if said.", "member")
    reason: str | None = column(CONCERNED, "Why it was paused.")
    until: DateTime | None = moment(WITHIN, "Until when, where that was said.")
    change: strawberry.ID = column(WITHIN, "The change by which it was done.")


@shows("ticket")
@strawberry.type(
    description=(
        "定单. A resident's order for a service: residents order, the community dispatches, members accept"
        " (点单、派单、接单)."
    )
)
class Ticket(Node):
    row: strawberry.Private[things.Ticket]

    rev: Long = column(SIGNED, "The rev of its last change; an edit says which it `saw`.")
    community: ACommunity = to_one(SIGNED, "The community it was opened in.", "community")
    grid: AGrid | None = to_one(SIGNED, "The grid that serves it; null where you may not see it.", "grid")
    category: str = column(SIGNED, "What is wanted, by the code of the community's categories: `parking`.")
    title: str = column(SIGNED, "What is wanted, in a line.")
    place: str | None = column(SIGNED, "Where, in words; never a resident's door.")
    priority: Priority = choice(SIGNED, "How urgent it is.", Priority)
    due: DateTime | None = column(SIGNED, "Until when somebody promised it.")
    due_at: DateTime | None = moment(
        SIGNED, "Until when it is promised: by what somebody said, else by its category in working hours."
    )
    escalation: int = column(
        SIGNED,
        "0: in time. 1: overdue, the desk's affair. 2: overdue for so many working hours that it is the"
        " district's. Raised at night; of a done ticket what it had come to when it was done.",
    )
    seats: int = column(SIGNED, "How many members are wanted.")
    detail: str | None = column(CONCERNED, "What else there is to know; null once erased.")
    state: TicketState = choice(SIGNED, "How far it has come.", TicketState)
    round: int = column(SIGNED, "1, and one more each time it was reopened.")
    rating: int | None = column(SIGNED, "What the resident gave at closing, 1 to 5.")
    words: str | None = column(PRIVATE, "What the resident said at closing; null once erased.")
    opened_at: DateTime = moment(SIGNED, "When it was opened.", "opened")
    opener: AMember | None = to_one(PRIVATE, "The member who opened it, if said.", "member")
    done_at: DateTime | None = moment(SIGNED, "When the work was done.", "done")
    closed_at: DateTime | None = moment(SIGNED, "When it was closed.", "closed")
    services = services(SIGNED, "What was done for it.", "ticket")
    whistles = whistles(SIGNED, "The departments that were called to it (吹哨).", "ticket")
    point_entries = point_entries(
        PERSONS,
        "What was earned by it: by services for it, and by its rating: `pointEntries { nodes { points kind } }`.",
        "ticket",
    )
    conflicts = conflicts()
    history = history()

    tags: list[str] = shaped(SIGNED, "Its tags, from A to Z.", Keys("tags"))
    takers: list[Taker] = shaped(
        SIGNED,
        "Who has taken it, in the order of the seats.",
        Held("takers", Taker, "ticket_taker", "ticket"),
    )
    reserved: Reservation | None = shaped(
        SIGNED, "For whom it is kept since it was dispatched.", Part("reserved", Reservation)
    )
    pause: Pause | None = shaped(
        SIGNED, "The pause that holds; null where its clock runs.", Part("paused", Pause)
    )
    pauses: list[Pause] = shaped(
        SIGNED, "Every pause and resumption, in the order of deeds.", Parts("pauses", Pause)
    )
    notes: list[Note] = shaped(
        SIGNED, "What was noted, in order: the whole course of the ticket.", Parts("notes", Note)
    )

    @field(CONTACT, "Whom to ask for and where; null once erased.")
    async def contact(self, info: Info) -> Contact | None:
        found = await load_contact(info.context, self.row.id)
        return None if found is None else Contact(row=found)

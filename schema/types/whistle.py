"""Whistle: 吹哨, a call to departments for one ticket; each answers by its own clock."""

from typing import Any

import strawberry
from strawberry.types.info import Info

from schema.fields import choice, column, conflicts, field, moment, shaped, to_one
from schema.loaders import load_called, shows
from schema.policies import PRIVATE, SIGNED, WITHIN
from schema.shapes import Parts
from schema.types.enums import DepartmentAnswer, Priority, TicketState, WhistleState
from schema.types.lazy import ACommunity, AGrid, AMember, ATicket, AUnit, AWhistle
from schema.types.node import Node
from schema.types.scalars import DateTime, Long
from schema.types.step import history
from sync import things


@strawberry.type(description="One department that was called, and what it answered last.")
class DepartmentCall:
    row: strawberry.Private[things.Call]

    unit: AUnit | None = to_one(
        WITHIN, "The department; null for the district, or where you may not see it.", "unit"
    )
    answer: DepartmentAnswer | None = choice(
        WITHIN, "Its last answer; null while it has none.", DepartmentAnswer
    )
    part: str | None = column(WITHIN, "The part it takes.")
    at: DateTime | None = moment(WITHIN, "When it gave this answer.")
    by: AMember | None = to_one(PRIVATE, "The member who wrote it down, if said.", "member")
    answered: DateTime | None = moment(WITHIN, "When it first answered: its clock stopped then.")
    late: bool = column(WITHIN, "Whether that was after the deadline.")
    overdue: bool = column(WITHIN, "Whether a night found it without an answer after the deadline.")


@strawberry.type(description="The record of a joint meeting.")
class WhistleMeeting:
    row: strawberry.Private[things.Meeting]

    id: strawberry.ID = column(WITHIN, "The id of the change that made it.")
    met: DateTime = moment(WITHIN, "When they met.")
    present: list[strawberry.ID] = column(WITHIN, "The ids of the units that were there.")
    record: str = column(WITHIN, "What was agreed.")
    at: DateTime = moment(WITHIN, "When it was written down.")
    by: AMember | None = to_one(PRIVATE, "The member who wrote it down, if said.", "member")


@strawberry.type(description="What a called department is to know of the ticket; whose it is, is not told.")
class CalledTicket:
    row: strawberry.Private[Any]

    id: strawberry.ID = column(SIGNED, "The ticket's id.")
    grid: AGrid | None = to_one(SIGNED, "Where: the grid.", "grid")
    category: str = column(SIGNED, "What is wanted, by the code of the community's categories.")
    title: str = column(SIGNED, "What is wanted, in a line.")
    place: str | None = column(SIGNED, "Where, in words; never a resident's door.")
    priority: Priority = choice(SIGNED, "How urgent it is.", Priority)
    state: TicketState = choice(SIGNED, "How far it has come.", TicketState)
    due_at: DateTime | None = moment(SIGNED, "Until when it is promised.")


@shows("whistle")
@strawberry.type(
    description="吹哨. A call to departments for a ticket that one member cannot do: one leads, each answers."
)
class Whistle(Node):
    row: strawberry.Private[things.Whistle]

    rev: Long = column(SIGNED, "The rev of its last change.")
    community: ACommunity = to_one(SIGNED, "The community it was blown in.", "community")
    ticket: ATicket | None = to_one(SIGNED, "The ticket; null where you may not see it.", "ticket")
    round: int = column(SIGNED, "The ticket's round for which it was blown.")
    lead: AUnit | None = to_one(SIGNED, "The department that leads; null where you may not see it.", "unit")
    deadline: DateTime = moment(SIGNED, "Until when each is to answer.")
    state: WhistleState = choice(SIGNED, "How it stands.", WhistleState)
    whistle: AWhistle | None = to_one(SIGNED, "The one that it joined, if it did.", "whistle")
    blown_at: DateTime = moment(SIGNED, "When it was blown.", "blown")
    blower: AMember | None = to_one(PRIVATE, "The member who blew it, if said.", "member")
    conflicts = conflicts()
    history = history()

    calls: list[DepartmentCall] = shaped(
        SIGNED, "Who was called: the lead first, the district last.", Parts("calls", DepartmentCall)
    )
    meetings: list[WhistleMeeting] = shaped(
        SIGNED, "The records of joint meetings, the earliest first.", Parts("meetings", WhistleMeeting)
    )

    @field(SIGNED, "What those who were called are to know of the ticket, also where they may not see it.")
    async def called_for(self, info: Info) -> CalledTicket | None:
        found = await load_called(info.context, self.row.ticket)
        return None if found is None else CalledTicket(row=found)

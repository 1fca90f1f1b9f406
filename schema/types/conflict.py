"""Conflict: whenever somebody's value or claim did not stand, or a person must look."""

import strawberry

from schema.fields import choice, column, moment, shaped, to_one
from schema.loaders import shows
from schema.policies import CONCERNED, PERSONS, SIGNED, STAFF, WITHIN
from schema.shapes import Parts, Subject, Wrote
from schema.types.enums import ConflictState, Office
from schema.types.lazy import ACommunity, ADevice, AGrid, AMember, ASettlement
from schema.types.node import Node
from schema.types.scalars import JSON, DateTime, Long
from schema.types.step import history
from sync import things


@strawberry.type(description="One of the values or claims that met, with what is known of when it was made.")
class Candidate:
    row: strawberry.Private[things.Candidate]

    change: strawberry.ID = column(WITHIN, "The change that brought it; a ruling names it by this id.")
    kind: str = column(WITHIN, "The kind of that change: `ticket.claim`.")
    office: Office = choice(WITHIN, "Who wrote it.", Office)
    at: DateTime = moment(WITHIN, "When the deed was done, as the hub understands it.", "deed")
    uncertainty_ms: Long | None = column(
        STAFF, "How far that may be wrong, in milliseconds; null where nobody can say."
    )
    device: ADevice | None = to_one(STAFF, "The tablet it came from; null for the desk.", "device")
    seq: Long | None = column(STAFF, "Its number on that device.")
    by: AMember | None = to_one(PERSONS, "The member who did it, if said.", "member")
    member: AMember | None = to_one(
        PERSONS, "The member it is about: who claimed, who was registered.", "member"
    )
    value: JSON | None = column(CONCERNED, "The value; null for what is private.")


@shows("conflict")
@strawberry.type(
    description=(
        "冲突. All candidates for one thing and field, of which one stands. It can be confirmed or overridden by"
        " `conflictRule`."
    )
)
class Conflict(Node):
    row: strawberry.Private[things.Conflict]

    candidates: list[Candidate] = shaped(
        SIGNED, "All that met, in the order of their deeds.", Parts("candidates", Candidate)
    )
    subject: Node | None = shaped(
        SIGNED, "The thing it is about; null where you may not see it.", Subject("entity", "thing")
    )
    rev: Long = column(SIGNED, "The rev of its last change; a ruling says which it `saw`.")
    history = history()
    rule: str = column(SIGNED, "The rule by which it was decided: `first`. See `rules`.")
    kind: str = column(SIGNED, "What kind of conflict it is.")
    thing: str = column(SIGNED, "What it is about: `ticket`, `member`, `service` …")
    entity: strawberry.ID = column(SIGNED, "The id of the thing it is about.")
    field: str = column(SIGNED, "The field it is about: `title`, `takers` …")
    community: ACommunity = to_one(SIGNED, "The community it belongs to.", "community")
    grid: AGrid | None = to_one(SIGNED, "The grid it belongs to, if any.", "grid")
    settlement: ASettlement | None = shaped(
        SIGNED, "The settlement that last changed it: `settlement { number at }`.", Wrote("rev")
    )
    state: ConflictState = choice(SIGNED, "Whether it still waits for a person.", ConflictState)
    stands: strawberry.ID | None = column(SIGNED, "The change that stands; null for none of them.")
    before: JSON | None = column(STAFF, "What stood before any of them; null for what is private.")
    close_call: bool = column(SIGNED, "Whether the first two are closer than their clocks can tell.")
    opened_at: DateTime = moment(SIGNED, "When it came up.", "opened")
    ruling: strawberry.ID | None = column(SIGNED, "The change by which a person ruled, if one did.")
    reason: str | None = column(CONCERNED, "The reason of that ruling.")

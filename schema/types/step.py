"""Step: one change in the history of a thing, with what settlement decided about it (全程纪实)."""

from enum import Enum
from typing import Any

import strawberry

from schema.context import Sort
from schema.fields import LanguageArgument, choice, column, field, moment, shaped, to_one
from schema.filters import by, by_moment, combined
from schema.loaders import shows
from schema.policies import PRIVATE, SIGNED, STAFF
from schema.shapes import Inside, One, Plain, Said
from schema.types.enums import Direction, Office, OutcomeKind
from schema.types.language import Language
from schema.types.lazy import ADevice, AMember, AStep
from schema.types.listing import lists
from schema.types.scalars import JSON, DateTime, Long

SENTENCE = Said("sentence")
BODY = "body"
"""The change as it was sent, without its private part: what is private is in no history."""


@shows("step")
@strawberry.type(
    description=(
        "One change in the history of a thing, and what settlement decided about it. What is private is in no"
        " history; nor, for readers, is a person."
    )
)
class Step:
    row: strawberry.Private[Any]

    change: strawberry.ID = column(SIGNED, "The id of the change.", "id")
    kind: str = column(SIGNED, "The kind of the change: `ticket.claim`.")
    at: DateTime = moment(SIGNED, "When the deed was done, as the hub understands it.", "deed")
    uncertainty_ms: Long | None = column(
        STAFF, "How far that may be wrong, in milliseconds; null where nobody can say."
    )
    arrived_at: DateTime = moment(
        SIGNED, "When it reached the hub: days later, where there was no network.", "arrival"
    )
    settlement: Long = column(SIGNED, "The number of the settlement that decided it.")
    office: Office = choice(SIGNED, "Who wrote it.", Office)
    outcome: OutcomeKind = choice(SIGNED, "What was decided.", OutcomeKind)
    code: str = column(SIGNED, "Why, as a stable code: `SEAT_TAKEN`.")
    rule: str | None = column(SIGNED, "The rule that decided it, if one did: `first`. See `rules`.")
    device: ADevice | None = to_one(STAFF, "The tablet it came from; null for the desk.", "device")
    seq: Long | None = column(STAFF, "Its number on that device.")
    by: AMember | None = shaped(PRIVATE, "The member who did it, if said.", Inside(BODY, One("by", "member")))
    data: JSON | None = shaped(
        STAFF, "What it said, by its kind: `{member}` of a claim.", Inside(BODY, Plain("data"))
    )

    @field(STAFF, "Why, in a sentence.", shape=SENTENCE)
    def sentence(self, language: LanguageArgument = Language.ZH) -> str | None:
        return SENTENCE.said(self.row, language)


@strawberry.input(description="Which steps. All that is said must hold; null asks for nothing.")
class StepFilter:
    kinds: list[str] | None = by("kind", 'Of one of these kinds: `["ticket.claim"]`.', "in")
    outcomes: list[OutcomeKind] | None = by("outcome", "With one of these outcomes.", "in")
    at_from: DateTime | None = by_moment("deed", "Done at this moment or later.", "from")
    at_until: DateTime | None = by_moment("deed", "Done before this moment.", "until")
    ids: list[strawberry.ID] | None = by("id", "By one of the changes with these ids.", "in")
    rev_from: Long | None = by(
        "rev", "Decided by a settlement that wrote at this rev or later: what is new.", "from"
    )
    and_: "list[StepFilter] | None" = combined("and", "all")
    or_: "list[StepFilter] | None" = combined("or", "any")
    not_: "StepFilter | None" = combined("not", "none")


@strawberry.enum(description="What steps can be ordered by.")
class StepOrderField(Enum):
    AT = strawberry.enum_value("deed", description="When it was done.")
    SETTLEMENT = strawberry.enum_value("settlement", description="When it was decided.")


@strawberry.input(description="One thing to order steps by.")
class StepOrder:
    field: StepOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


_ORDER = tuple(Sort(name, False) for name in ("deed", "settlement", "position"))
_steps = lists("step", "steps", AStep, StepFilter, StepOrder, *_ORDER)


def history() -> Any:
    """The history of a thing: each change about it that was decided, the earliest deed first."""
    return _steps(SIGNED, "Change by change what became of it, the earliest first.", "entity")

"""Lists of evaluations. Nobody is sought by their grade where ranking individuals is off."""

from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types.info import Info

from schema.connections import After, Before, Connection, First, Last, connect, parent
from schema.context import Condition, Sort
from schema.errors import Fault
from schema.fields import field
from schema.filters import by, by_moment, combined, conditions, each, related, sorts
from schema.policies import Policy
from schema.types.enums import Direction, EvaluationGrade, EvaluationState
from schema.types.lazy import AGridFilter, AMemberFilter, AnEvaluation
from schema.types.scalars import DateTime, Long

GRADE = "grade"


@strawberry.input(description="Which evaluations. All that is said must hold; null asks for nothing.")
class EvaluationFilter:
    community: strawberry.ID | None = by("community", "Given by this community.")
    member: strawberry.ID | None = by("person", "Of this member (or an alias of theirs).")
    unit: strawberry.ID | None = by("unit", "Of members of this unit.")
    grid: strawberry.ID | None = by("grid", "Of members who reported to this grid.")
    periods: list[str] | None = by("period", 'For one of these periods: `["2026-11", "2026-Q4"]`.', "in")
    states: list[EvaluationState] | None = by("state", "In one of these states.", "in")
    grades: list[EvaluationGrade] | None = by(
        GRADE, "With one of these grades. Refused with RANKING_OFF while ranking individuals is off.", "in"
    )
    decided_from: DateTime | None = by_moment("decided", "Given at this moment or later.", "from")
    decided_until: DateTime | None = by_moment("decided", "Given before this moment.", "until")
    ids: list[strawberry.ID] | None = by("id", "With one of these ids.", "in")
    rev_from: Long | None = by(
        "rev", "Changed at this rev or later: what is new since a screen was built.", "from"
    )
    of_member: AMemberFilter | None = related(
        "of_member", "Of such a member: `{ofMember: {standings: [ACTIVE]}}`."
    )
    in_grid: AGridFilter | None = related("in_grid", "Of members who reported to such a grid.")
    and_: "list[EvaluationFilter] | None" = combined("and", "all")
    or_: "list[EvaluationFilter] | None" = combined("or", "any")
    not_: "EvaluationFilter | None" = combined("not", "none")


@strawberry.enum(description="What evaluations can be ordered by.")
class EvaluationOrderField(Enum):
    PERIOD = strawberry.enum_value("ends", description="The end of their period.")
    DECIDED_AT = strawberry.enum_value("decided", description="When they were given.")
    REV = strawberry.enum_value("rev", description="When they last changed, by the rev.")


@strawberry.input(description="One thing to order evaluations by.")
class EvaluationOrder:
    field: EvaluationOrderField = strawberry.field(description="What to order by.")
    direction: Direction = strawberry.field(description="Which way.", default=Direction.ASC)


Filter = Annotated[EvaluationFilter | None, strawberry.argument(description="Which evaluations.")]
Order = Annotated[
    list[EvaluationOrder] | None,
    strawberry.argument(
        description="In which order, the first counts most; the newest period first unless said."
    ),
]


def evaluations(policy: Policy, description: str, within: str | None = None) -> Any:
    """A field with a list of evaluations: all of them, or those whose column `within` holds the parent's id."""

    async def read(
        root: Any,
        info: Info,
        filter: Filter = None,
        order: Order = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[AnEvaluation]:
        asked = conditions(info.context, filter)
        if any(one.name == GRADE for one in each(asked)):
            await refuse_ranking(info, asked)
        found: Connection[AnEvaluation] = connect(
            info,
            "evaluation",
            asked,
            sorts(order, Sort("ends", True)),
            first=first,
            after=after,
            last=last,
            before=before,
            within=parent(within, root),
        )
        return found

    return field(policy, description)(read)


async def refuse_ranking(info: Info, asked: tuple[Condition, ...]) -> None:
    """Raise Fault RANKING_OFF unless every community that the list may reach has switched it on."""
    community = next((one.value for one in asked if one.name == "community"), None)
    if not await info.context.store.ranking(community):
        raise Fault("RANKING_OFF")

"""Fields that tell rows together: by what, the largest first or in order, under the filter of their list."""

from collections.abc import Callable
from typing import Annotated, Any, Final

import strawberry
from strawberry.types.info import Info

from schema.connections import DEFAULT_PAGE, MAX_PAGE
from schema.context import Condition, Context
from schema.errors import Fault
from schema.fields import column, field, to_one
from schema.filters import conditions
from schema.loaders import Grouped
from schema.policies import OPEN, SIGNED, WITHIN, Policy

MOST_BY: Final = 4
TIMES: Final = ("day", "week", "month")
_ALWAYS: Final = (OPEN, SIGNED, WITHIN)
"""Of what these say everybody gets groups; of all else some get null."""

First = Annotated[
    int,
    strawberry.argument(
        description=f"How many groups at most, up to {MAX_PAGE}. Where it is as many, there may be more: ask for the next"
        f" by `skip`, `(by: [UNIT], first: {MAX_PAGE}, skip: {MAX_PAGE})`."
    ),
]
Skip = Annotated[
    int,
    strawberry.argument(
        description="How many groups to pass over: those that earlier answers told, as `0`, `200`, `400`."
    ),
]
Largest = Annotated[
    bool, strawberry.argument(description="The largest groups first, instead of in the order of `by`.")
]
Look = Callable[[Context, tuple[Condition, ...], tuple[str, ...]], tuple[Condition, ...]]


def by_value(value: str, description: str) -> Any:
    """One of the things by which rows can be told together."""
    return strawberry.enum_value(value, description=description)


def how_many(what: str) -> Any:
    return column(SIGNED, f"How many {what}.")


def their_community() -> Any:
    return to_one(SIGNED, "The community they are in.", "community")


def first_day(description: str = "The first local day of the day, week or month.") -> Any:
    return column(SIGNED, description)


def _as_they_are(_: Context, asked: tuple[Condition, ...], __: tuple[str, ...]) -> tuple[Condition, ...]:
    return asked


def groups(
    collection: str, what: str, shown: Any, filter: Any, by: Any, look: Look = _as_they_are
) -> Callable[..., Any]:
    """A maker of fields: a policy, a description and, for those of a parent, the column of the parent's id.

    look: what the list itself looks at in a filter, and refuses.
    """

    def made(policy: Policy, description: str, within: str | None = None) -> Any:
        def read(
            root: Any,
            info: Info,
            by: Any,
            filter: Any = None,
            largest_first: Largest = False,
            first: First = DEFAULT_PAGE,
            skip: Skip = 0,
        ) -> Any:
            names = _names([one.value for one in by])
            if not 0 <= first <= MAX_PAGE:
                said = f"At most {MAX_PAGE} groups at once; those that follow come by `skip`."
                raise Fault("LIMIT", said, limit="page", allowed=MAX_PAGE)
            if skip < 0:
                raise Fault("BAD_USER_INPUT", "How many groups to skip is not below zero.")
            asked = look(info.context, conditions(info.context, filter), names)
            parent = None if within is None else root.row.id
            return Grouped(collection, asked, names, first, largest_first, within, parent, skip)

        read.__annotations__ |= {
            "by": Annotated[
                list[by],
                strawberry.argument(
                    description=f"What the {what} of a group have in common, at most {MOST_BY}; `[]` for all in"
                    " one. Of days, weeks and months one."
                ),
            ],
            "filter": Annotated[filter | None, strawberry.argument(description=f"Which {what}.")],
            "return": list[shown] if policy in _ALWAYS else list[shown] | None,
        }
        return field(policy, description)(read)

    return made


def _names(by: list[str]) -> tuple[str, ...]:
    """What is grouped by, each once; raises Fault for more than can be told apart."""
    names = tuple(dict.fromkeys(by))
    if len(names) > MOST_BY:
        raise Fault("LIMIT", f"By at most {MOST_BY} things.", limit="by", allowed=MOST_BY)
    if sum(name.endswith(TIMES) for name in names) > 1:
        raise Fault("BAD_USER_INPUT", "By one of days, weeks and months.")
    return names

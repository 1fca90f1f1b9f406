"""Lists of things with filter, order and pages, made of a filter, an order and the type that is shown.

A list's own file says what can be asked for; how it is asked is said here once.
"""

from collections.abc import Callable
from typing import Annotated, Any

import strawberry
from strawberry.types.info import Info

from schema.connections import After, Before, Connection, First, Last, connect, parent
from schema.context import Sort
from schema.fields import field
from schema.filters import conditions, sorts
from schema.policies import OPEN, SIGNED, WITHIN, Policy

Lists = Callable[..., Any]
_ALWAYS = (OPEN, SIGNED, WITHIN)
"""Of what these say everybody gets a list; of all else some get null."""


def lists(collection: str, what: str, shown: Any, filter: Any, order: Any, *otherwise: Sort) -> Lists:
    """A maker of fields: a policy, a description and, for those of a parent, the column of the parent's id.

    what: the things in plain words, plural. otherwise: the order unless one is asked for.
    """

    def made(policy: Policy, description: str, within: str | None = None) -> Any:
        def read(
            root: Any,
            info: Info,
            filter: Any = None,
            order: Any = None,
            first: First = None,
            after: After = None,
            last: Last = None,
            before: Before = None,
        ) -> Any:
            return connect(
                info,
                collection,
                conditions(info.context, filter),
                sorts(order, *otherwise),
                first=first,
                after=after,
                last=last,
                before=before,
                within=parent(within, root),
            )

        read.__annotations__ |= {
            "filter": Annotated[filter | None, strawberry.argument(description=f"Which {what}.")],
            "order": Annotated[
                list[order] | None,
                strawberry.argument(
                    description="In which order, the first counts most; the usual one unless said."
                ),
            ],
            "return": Connection[shown] if policy in _ALWAYS else Connection[shown] | None,
        }
        return field(policy, description)(read)

    return made

"""How a type declares its fields: who may read it, what it is, and where in the row it stands.

Every field of the schema is `Guarded`; the policy is the first argument and not to be forgotten.
What a caller may not see is null, as if it were not there; what they may not call is refused.
"""

from collections.abc import Callable
from enum import Enum
from typing import Annotated, Any, Final

import strawberry
from graphql import is_non_null_type
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from schema.context import Context
from schema.errors import Fault
from schema.loaders import load, load_list
from schema.policies import SIGNED, Policy
from schema.types.language import Language, said
from schema.types.lazy import AConflict

Read = Callable[[Context, Any], Any]

POLICY: Final = "policy"
COLUMN: Final = "column"
READ: Final = "read"
ROOTS: Final = frozenset({"Query", "Mutation", "Subscription"})

LanguageArgument = Annotated[
    Language, strawberry.argument(description="The language of the answer; `ZH` unless said.")
]


class Guarded(StrawberryField):
    """A field with a policy. Without a resolver it reads its column of the source's row."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.init = self.repr = self.compare = False

    @property
    def is_basic_field(self) -> bool:
        return False

    @property
    def policy(self) -> Policy:
        return self.metadata[POLICY]  # type: ignore[no-any-return]

    def get_result(self, source: Any, info: Info | None, args: list[Any], kwargs: Any) -> Any:
        if info is None:
            raise RuntimeError("a guarded field needs to know who asks")
        context: Context = info.context
        if not self.policy.allows(context.author):
            return _refuse(info, context)
        if self.base_resolver is not None:
            return self.base_resolver(*args, **kwargs)
        value = getattr(source.row, self.metadata[COLUMN] or self.python_name)
        read: Read | None = self.metadata[READ]
        return value if read is None or value is None else read(context, value)


def _refuse(info: Info, context: Context) -> None:
    """Null where a field is part of something; a refusal where it is called."""
    if info._raw_info.parent_type.name not in ROOTS and not is_non_null_type(info._raw_info.return_type):
        return
    context.signed()
    raise Fault("FORBIDDEN")


def _described(policy: Policy, description: str) -> str:
    return f"{description} {policy.sentence}".rstrip()


def column(policy: Policy, description: str, name: str | None = None, read: Read | None = None) -> Any:
    """A field that stands in the row, under its own name unless another is given."""
    return Guarded(
        description=_described(policy, description), metadata={POLICY: policy, COLUMN: name, READ: read}
    )


def moment(policy: Policy, description: str, name: str | None = None) -> Any:
    """A column of milliseconds, shown as a moment (to readers as a day)."""
    return column(policy, description, name, Context.moment)


def choice(policy: Policy, description: str, words: type[Enum], name: str | None = None) -> Any:
    """A column that holds one of a closed list of words."""
    return column(policy, description, name, lambda _, value: words(value))


def to_one(policy: Policy, description: str, collection: str, name: str | None = None) -> Any:
    """The thing whose id stands in the row; null where there is none, or none that the caller may see."""
    return column(policy, description, name, lambda context, id: load(context, collection, id))


def conflicts() -> Any:
    """The conflicts about a thing, in the order in which they came up."""

    async def read(root: Any, info: Info) -> list[AConflict]:
        return await load_list(info.context, "conflict", "entity", root.row.id, "opened")

    return field(SIGNED, "Whatever about it did not stand, beside what stands; the oldest first.")(read)


def bilingual(policy: Policy, description: str, name: str = "name") -> Any:
    """A text that the row holds in both languages."""

    def read(root: Any, language: LanguageArgument = Language.ZH) -> str:
        return said(getattr(root.row, name), language)

    return field(policy, description)(read)


def field(
    policy: Policy, description: str, *, name: str | None = None
) -> Callable[[Callable[..., Any]], Any]:
    """A field with a resolver of its own."""
    return Guarded(graphql_name=name, description=_described(policy, description), metadata={POLICY: policy})


def subscription(policy: Policy, description: str) -> Callable[[Callable[..., Any]], Any]:
    """A field that answers again and again."""
    return Guarded(
        is_subscription=True, description=_described(policy, description), metadata={POLICY: policy}
    )

"""How a type declares its fields: who may read it, what it is, and how it comes from the row.

Every field of the schema is `Guarded`; the policy is the first argument and not to be forgotten.
What a caller may not see is null, as if it were not there; what they may not call is refused.
A field with a shape (schema/shapes.py) is compiled; one with a resolver of its own is not.
"""

from collections.abc import Callable
from enum import Enum
from functools import cached_property
from inspect import iscoroutine
from typing import Annotated, Any, Final

import strawberry
from graphql import is_non_null_type
from strawberry.types.field import StrawberryField
from strawberry.types.info import Info

from schema import shapes
from schema.context import Context
from schema.errors import Fault
from schema.loaders import Found, FoundAll, Grouped, Listing, begun
from schema.policies import SIGNED, Policy
from schema.shapes import Shape
from schema.types.language import Language
from schema.types.lazy import AConflict

POLICY: Final = "policy"
SHAPE: Final = "shape"
COLUMN: Final = "column"
ROOTS: Final = frozenset({"Query", "Mutation", "Subscription"})

LanguageArgument = Annotated[
    Language, strawberry.argument(description="The language of the answer; `ZH` unless said.")
]


class Guarded(StrawberryField):
    """A field with a policy. Without a resolver it reads the source's row by its shape."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.init = self.repr = self.compare = False

    @property
    def is_basic_field(self) -> bool:
        return False

    @property
    def policy(self) -> Policy:
        return self.metadata[POLICY]  # type: ignore[no-any-return]

    @cached_property
    def shape(self) -> Shape | None:
        """How it comes from the row, where that is declared."""
        make: Callable[[str], Shape] | None = self.metadata.get(SHAPE)
        return None if make is None else make(self.metadata.get(COLUMN) or self.python_name)

    def get_result(self, source: Any, info: Info | None, args: list[Any], kwargs: Any) -> Any:
        result = self._result(source, info, args, kwargs)
        return begun(result) if iscoroutine(result) and not self.is_async else result

    def _result(self, source: Any, info: Info | None, args: list[Any], kwargs: Any) -> Any:
        if info is None:
            raise RuntimeError("a guarded field needs to know who asks")
        context: Context = info.context
        if not self.policy.allows(context.author):
            return _refuse(info, context)
        if self.base_resolver is not None:
            result = self.base_resolver(*args, **kwargs)
            return (
                result.read(context) if isinstance(result, Listing | Grouped | Found | FoundAll) else result
            )
        if self.shape is None:
            raise RuntimeError("a field without a resolver has a shape")
        return self.shape.read(context, source.row)


def _refuse(info: Info, context: Context) -> None:
    """Null where a field is part of something; a refusal where it is called."""
    if info._raw_info.parent_type.name not in ROOTS and not is_non_null_type(info._raw_info.return_type):
        return
    context.signed()
    raise Fault("FORBIDDEN")


def _described(policy: Policy, description: str) -> str:
    return f"{description} {policy.sentence}".rstrip()


def shaped(policy: Policy, description: str, shape: Shape, *, name: str | None = None) -> Any:
    """A field that comes from the row by this shape; `name` is its GraphQL name where Python has another."""
    return _shaped(policy, description, lambda _: shape, None, name)


def column(
    policy: Policy,
    description: str,
    column: str | None = None,
    otherwise: Any = None,
    *,
    name: str | None = None,
) -> Any:
    """A field that stands in the row, under its own name unless another is given."""
    return _shaped(policy, description, lambda column: shapes.Plain(column, otherwise), column, name)


def moment(policy: Policy, description: str, column: str | None = None) -> Any:
    """A column of milliseconds, shown as a moment (to readers as a day)."""
    return _shaped(policy, description, shapes.Moment, column)


def choice(policy: Policy, description: str, words: type[Enum], column: str | None = None) -> Any:
    """A column that holds one of a closed list of words."""
    return _shaped(policy, description, lambda column: shapes.Word(column, words), column)


def to_one(policy: Policy, description: str, collection: str, column: str | None = None) -> Any:
    """The thing whose id stands in the row; null where there is none, or none that the caller may see."""
    return _shaped(policy, description, lambda column: shapes.One(column, collection), column)


def _shaped(
    policy: Policy,
    description: str,
    make: Callable[[str], Shape],
    column: str | None,
    name: str | None = None,
) -> Any:
    return Guarded(
        graphql_name=name,
        description=_described(policy, description),
        metadata={POLICY: policy, SHAPE: make, COLUMN: column},
    )


def conflicts() -> Any:
    """The conflicts about a thing, in the order in which they came up."""
    shape = shapes.Short("conflict", "entity", "opened")

    def read(root: Any, info: Info) -> list[AConflict]:
        return shape.read(info.context, root.row)  # type: ignore[no-any-return]

    return field(
        SIGNED, "Whatever about it did not stand, beside what stands; the oldest first.", shape=shape
    )(read)


def bilingual(policy: Policy, description: str, column: str = "name") -> Any:
    """A text that the row holds in both languages."""
    shape = shapes.Said(column)

    def read(root: Any, language: LanguageArgument = Language.ZH) -> str:
        return shape.said(root.row, language)

    return field(policy, description, shape=shape)(read)


def field(
    policy: Policy, description: str, *, name: str | None = None, shape: Shape | None = None
) -> Callable[[Callable[..., Any]], Any]:
    """A field with a resolver of its own; where it has a shape, the resolver is to do what that says."""
    metadata: dict[object, Any] = {POLICY: policy}
    if shape is not None:
        metadata[SHAPE] = lambda _: shape
    return Guarded(graphql_name=name, description=_described(policy, description), metadata=metadata)


def subscription(policy: Policy, description: str) -> Callable[[Callable[..., Any]], Any]:
    """A field that answers again and again."""
    return Guarded(
        is_subscription=True, description=_described(policy, description), metadata={POLICY: policy}
    )

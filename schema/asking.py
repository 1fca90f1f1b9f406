"""What the resolvers of an operation ask for, before anything is read: the values that a compiled statement is bound to.

Lists, conditions, orders and pages are made by the very resolvers that serve the ordinary way; here they
are called with nothing to read from. What they ask for is taken apart into a form, which decides how
the statement reads, and values, which are bound to it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import Enum
from inspect import iscoroutine
from types import SimpleNamespace
from typing import Any, Final, NamedTuple

from graphql import FieldNode, GraphQLError, GraphQLField, VariableValues, get_argument_values
from sqlalchemy import BigInteger, Text, bindparam
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.schema_converter import get_arguments

from schema.connections import Connection
from schema.context import NESTED, Ask, Condition, Context, Window
from schema.errors import Fault
from schema.fields import Guarded
from schema.loaders import Found, FoundAll, Grouped, Listing
from schema.values import Author, Refused

Asked = Ask | Listing | Grouped | Found


class NotCompiled(Exception):
    """This goes the ordinary way: it is an error, or cannot be said in one statement."""


class NotWithThese(NotCompiled):
    """With these values it is an error, or another statement; with others it may be compiled."""


class Site(NamedTuple):
    """One place in an operation where a resolver says what it asks for."""

    declared: GraphQLField
    guarded: Guarded
    node: FieldNode


class Form(NamedTuple):
    """All of what is asked for that is no value: two that have the same form are the same statement."""

    collection: str
    conditions: tuple[tuple[str, str, Any], ...] = ()
    rest: tuple[Any, ...] = ()


class _Unread:
    """In place of a snapshot: who reads from it does not only ask."""

    def __getattr__(self, name: str) -> Any:
        raise NotCompiled(f"a resolver reads: {name}")


_NOTHING: Final = SimpleNamespace(row=SimpleNamespace(id="", alias_of=None))


class Asking:
    """Who asks, and with which variables."""

    def __init__(
        self,
        context: Context,
        variables: VariableValues,
        config: StrawberryConfig,
        scalars: Mapping[object, Any],
    ) -> None:
        self.author = context.signed()
        self.symbolic = symbolic(self.author)
        self.variables = variables
        self._info: Any = SimpleNamespace(context=replace(context, snapshot=_Unread(), loaders={}))
        self._config = config
        self._scalars = scalars

    def ask(self, site: Site) -> Asked:
        """What the resolver there asks for; raises NotCompiled where it answers an error, or reads."""
        try:
            found = self._called(site)
        except (Fault, Refused, GraphQLError) as error:
            raise NotWithThese("an error") from error
        if isinstance(found, Connection):
            return found.ask
        if isinstance(found, Found) and ":" in found.id:
            raise NotWithThese("a verdict's id")
        if isinstance(found, FoundAll):
            raise NotCompiled("many ids")
        if isinstance(found, Listing | Grouped | Found):
            return found
        raise NotCompiled("a resolver that does not only ask")

    def _called(self, site: Site) -> Any:
        resolver = site.guarded.base_resolver
        if resolver is None:
            raise NotCompiled("nothing to call")
        given = get_argument_values(site.declared, site.node, self.variables)
        arguments, keywords = get_arguments(
            field=site.guarded,
            source=_NOTHING,
            info=self._info,
            kwargs=given,
            config=self._config,
            scalar_registry=self._scalars,
        )
        found = resolver(*arguments, **keywords)
        if not iscoroutine(found):
            return found
        try:
            found.send(None)
        except StopIteration as end:
            return end.value
        finally:
            found.close()
        raise NotCompiled("a resolver waits")


def symbolic(author: Author) -> Author:
    """An author of the same kind, with bound values in place of what is this one's own."""

    def bind(name: str, value: str | None) -> Any:
        return None if value is None else bindparam(name, None, type_=Text)

    def binds(name: str, values: tuple[str, ...]) -> Any:
        return tuple(bindparam(f"{name}_{index}", None, type_=Text) for index in range(len(values)))

    return author._replace(
        id="",
        device=bind("author_device", author.device),
        unit=bind("author_unit", author.unit),
        member=bind("author_member", author.member),
        communities=binds("author_communities", author.communities),
        scope=binds("author_scope", author.scope),
    )


def kind_of(author: Author) -> tuple[Any, ...]:
    """All authors of one kind have the same statements."""
    own = (author.device is None, author.unit is None, author.member is None)
    return (author.role, author.everywhere, len(author.communities), len(author.scope), *own)


def values_of(author: Author) -> dict[str, Any]:
    """What `symbolic` has bound, of this author."""
    return {
        "author_device": author.device,
        "author_unit": author.unit,
        "author_member": author.member,
        **{f"author_communities_{index}": one for index, one in enumerate(author.communities)},
        **{f"author_scope_{index}": one for index, one in enumerate(author.scope)},
    }


def form(asked: Asked) -> Form:
    """What decides how the statement of what is asked for reads."""
    if isinstance(asked, Found):
        return Form("")
    conditions = tuple(_formed(one) for one in asked.conditions)
    if isinstance(asked, Listing):
        return Form(asked.collection, conditions)
    if isinstance(asked, Grouped):
        return Form(asked.collection, conditions, (asked.by, asked.largest, asked.within))
    window = asked.window
    ends = tuple(end and tuple(isinstance(one, int) for one in end) for end in (window.after, window.before))
    return Form(asked.collection, conditions, (asked.order, window.backward, ends, asked.within))


def values(asked: Asked, name: str) -> Iterator[tuple[str, Any]]:
    """What is bound, by the names that `bound` has given."""
    if isinstance(asked, Found):
        yield f"{name}_0", asked.id
        return
    for index, one in enumerate(asked.conditions):
        yield from _valued(one, f"{name}_{index}")
    if isinstance(asked, Listing | Grouped):
        yield f"{name}_limit", asked.limit
        if isinstance(asked, Grouped):
            yield f"{name}_skip", asked.skip
        return
    yield f"{name}_size", asked.window.size
    yield f"{name}_more", asked.window.size + 1
    for side in ("after", "before"):
        end = getattr(asked.window, side) or ()
        yield from ((f"{name}_{side}_{index}", value) for index, value in enumerate(end))


def bound(asked: Ask | Listing | Grouped, name: str) -> Any:
    """The same with parameters in place of its values."""
    conditions = tuple(_condition(one, f"{name}_{index}") for index, one in enumerate(asked.conditions))
    if isinstance(asked, Listing | Grouped):
        limit: Any = bindparam(f"{name}_limit", None, type_=BigInteger)
        if isinstance(asked, Listing):
            return asked._replace(conditions=conditions, limit=limit)
        skip: Any = bindparam(f"{name}_skip", None, type_=BigInteger)
        return asked._replace(conditions=conditions, limit=limit, skip=skip)
    return asked._replace(
        conditions=conditions,
        window=Window(
            size=0,
            backward=asked.window.backward,
            after=_end(asked.window.after, f"{name}_after"),
            before=_end(asked.window.before, f"{name}_before"),
        ),
    )


def _formed(condition: Condition) -> tuple[str, str, Any]:
    name, test, value = condition
    if test in NESTED:
        return name, test, tuple(_formed(one) for one in value)
    return name, test, len(value) if isinstance(value, tuple) else None


def _valued(condition: Condition, name: str) -> Iterator[tuple[str, Any]]:
    value = condition.value
    for place, one in enumerate(value if isinstance(value, tuple) else (value,)):
        if condition.test in NESTED:
            yield from _valued(one, f"{name}_{place}")
        else:
            yield f"{name}_{place}", one


def _condition(condition: Condition, name: str) -> Condition:
    if condition.test in NESTED:
        inner = (_condition(one, f"{name}_{place}") for place, one in enumerate(condition.value))
        return condition._replace(value=tuple(inner))
    if isinstance(condition.value, tuple):
        many: Any = tuple(bindparam(f"{name}_{place}", None) for place in range(len(condition.value)))
        return condition._replace(value=many)
    return condition._replace(value=bindparam(f"{name}_0", None))


def _end(end: tuple[Any, ...] | None, name: str) -> tuple[Any, ...] | None:
    if end is None:
        return None
    return tuple(
        bindparam(f"{name}_{index}", None, type_=BigInteger if isinstance(value, int) else Text)
        for index, value in enumerate(end)
    )


def signature(value: Any) -> Any:
    """A value as far as it can decide how a statement reads: texts and numbers only say what they are."""
    if value is None or isinstance(value, bool | Enum):
        return value
    if isinstance(value, Mapping):
        return tuple((key, signature(one)) for key, one in value.items())
    if isinstance(value, list):
        said = [signature(one) for one in value]
        # A list of ids is as long as it is, and no two of them differ.
        return (len(said), said[0]) if said and said.count(said[0]) == len(said) else tuple(said)
    return type(value)

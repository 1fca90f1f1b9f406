"""How a field comes from its row: said once, read by resolvers one row at a time and by `selection.py` in SQL.

Each shape names columns of the row, never how they are fetched; `read` may give an awaitable.
"""

from collections.abc import Mapping
from enum import Enum
from typing import Any, NamedTuple, Protocol

from schema.context import Context, Sort
from schema.loaders import SHOWN_AS, load, load_all, load_list, load_person, load_writer
from schema.types.language import Language, said
from schema.types.scalars import day
from schema.values import Role


class Shape(Protocol):
    """One way from a row to a field's value."""

    def read(self, context: Context, row: Any) -> Any: ...


def value_of(row: Any, name: str) -> Any:
    """What stands in a row, or in an object inside one, under this name."""
    return row.get(name) if isinstance(row, Mapping) else getattr(row, name)


class Plain(NamedTuple):
    """What stands there, as it is; `otherwise` where nothing does."""

    name: str
    otherwise: Any = None

    def read(self, _: Context, row: Any) -> Any:
        value = value_of(row, self.name)
        return self.otherwise if value is None else value


class Moment(NamedTuple):
    """Milliseconds, as a moment (to readers as the beginning of its day)."""

    name: str

    def read(self, context: Context, row: Any) -> Any:
        value = value_of(row, self.name)
        return None if value is None else context.moment(value)


class Day(NamedTuple):
    """A local day counted from 1970."""

    name: str

    def read(self, _: Context, row: Any) -> Any:
        value = value_of(row, self.name)
        return None if value is None else day(value)


class Word(NamedTuple):
    """One of a closed list of words."""

    name: str
    words: type[Enum]

    def read(self, _: Context, row: Any) -> Any:
        value = value_of(row, self.name)
        return None if value is None else self.words(value)


class Said(NamedTuple):
    """A text kept in both languages, in the one that the field's argument asks for."""

    name: str

    def read(self, context: Context, row: Any) -> Any:
        return self.said(row, Language.ZH)

    def said(self, row: Any, language: Language) -> str:
        return said(value_of(row, self.name), language)


class Keys(NamedTuple):
    """The names of an object's elements, from A to Z."""

    name: str

    def read(self, _: Context, row: Any) -> Any:
        return sorted(value_of(row, self.name))


class One(NamedTuple):
    """The thing whose id stands there, if the caller may see it."""

    name: str
    collection: str

    def read(self, context: Context, row: Any) -> Any:
        id = value_of(row, self.name)
        return None if id is None else load(context, self.collection, id)


class Wrote(NamedTuple):
    """The settlement among whose revs is the one that stands there."""

    name: str

    def read(self, context: Context, row: Any) -> Any:
        return load_writer(context, value_of(row, self.name))


class Person(NamedTuple):
    """The member whose id stands there; where that is an alias, the member proper."""

    name: str

    def read(self, context: Context, row: Any) -> Any:
        return load_person(context, value_of(row, self.name))


class Subject(NamedTuple):
    """The thing whose id stands in one column, of the collection in column `by` (or that `things` has for it)."""

    name: str
    by: str
    things: Mapping[str, str] | None = None

    def read(self, context: Context, row: Any) -> Any:
        word = value_of(row, self.by)
        collection = word if self.things is None else self.things.get(word)
        return load(context, collection, value_of(row, self.name)) if collection in SHOWN_AS else None


class Many(NamedTuple):
    """The things whose ids stand there in a list, in its order, as far as the caller may see them."""

    name: str
    collection: str

    def read(self, context: Context, row: Any) -> Any:
        return load_all(context, self.collection, value_of(row, self.name))


class Short(NamedTuple):
    """All of a short list: what names this row in its column `within`, in the order of a column."""

    collection: str
    within: str
    by: str = "code"

    @property
    def order(self) -> tuple[Sort, ...]:
        return (Sort(self.by, False),)

    def read(self, context: Context, row: Any) -> Any:
        return load_list(context, self.collection, self.within, row.id, self.by)


class Part(NamedTuple):
    """An object inside the row, shown as a type of its own."""

    name: str
    type: type[Any]

    def read(self, _: Context, row: Any) -> Any:
        value = value_of(row, self.name)
        return self.type(row=value) if value else None


class Whole(NamedTuple):
    """An object inside the row that is always there, empty or not."""

    name: str
    type: type[Any]

    def read(self, _: Context, row: Any) -> Any:
        return self.type(row=value_of(row, self.name))


class Parts(NamedTuple):
    """A list of objects inside the row, each shown as a type of its own."""

    name: str
    type: type[Any]

    def read(self, _: Context, row: Any) -> Any:
        return [self.type(row=one) for one in value_of(row, self.name) or ()]


class Held(NamedTuple):
    """Objects of the row that stand in a table of their own, in the order of their `position` there."""

    name: str
    type: type[Any]
    table: str
    within: str

    def read(self, _: Context, row: Any) -> Any:
        return [self.type(row=one) for one in value_of(row, self.name)]


class Pairs(NamedTuple):
    """An object of the row as a list: each name with its value, under the names that the type gives them."""

    name: str
    type: type[Any]
    key: str
    value: str

    def read(self, _: Context, row: Any) -> Any:
        found = value_of(row, self.name).items()
        return [self.type(row={self.key: key, self.value: value}) for key, value in found]


class Inside(NamedTuple):
    """What comes by another shape from an object inside the row that is always there."""

    name: str
    shape: Any

    def read(self, context: Context, row: Any) -> Any:
        return self.shape.read(context, value_of(row, self.name))


class Scoped(NamedTuple):
    """What a tablet is told only of rows whose column `within` names a grid that it carries."""

    name: str
    within: str = "grid"

    def read(self, context: Context, row: Any) -> Any:
        author = context.signed()
        if author.role is Role.LIAISON and value_of(row, self.within) not in author.scope:
            return None
        return value_of(row, self.name)


class HubRev(NamedTuple):
    """How far the hub has come, in the snapshot that all else of an operation is read from."""

    async def read(self, context: Context, _: Any) -> int:
        return (await context.store.standing()).rev


class Ranked(NamedTuple):
    """What readers are told only where the row's community ranks individuals."""

    name: str

    async def read(self, context: Context, row: Any) -> Any:
        if context.signed().role is Role.READER:
            community = await load(context, "community", row.community)
            if community is None or not community.row.policies.get("rankIndividuals", False):
                return None
        return value_of(row, self.name)

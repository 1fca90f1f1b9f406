"""From a row to its struct and back, for everything that settlement writes. Pure; opens nothing.

A table mirrors its struct field by field under the same names; the takers of a ticket alone are
rows of their own.
"""

from collections.abc import Callable
from collections.abc import Mapping as Columns
from types import MappingProxyType
from typing import Any, Final, Generic, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import fields
from sqlalchemy import Table
from sqlmodel import SQLModel

from schema.tables.columns import Row, table_of

T = TypeVar("T", bound=Struct)

NOTHING: Final[Columns[str, Callable[[Any], Any]]] = MappingProxyType({})


class Mapping(Generic[T]):
    """One struct and the table that holds it. `extra` are columns of the table that are not the struct's.

    `computed` are columns that follow from the struct: what is looked for and stands in no field of its own.
    """

    def __init__(
        self,
        struct: type[T],
        model: type[SQLModel],
        *,
        elsewhere: frozenset[str] = frozenset(),
        extra: frozenset[str] = frozenset(),
        computed: Columns[str, Callable[[T], Any]] = NOTHING,
    ) -> None:
        self.struct = struct
        self.table: Table = table_of(model)
        self.elsewhere = elsewhere
        self.extra = extra
        self.computed = computed
        self.columns = tuple(f.name for f in fields(struct) if f.name not in elsewhere)

    def row(self, thing: T, **extra: Any) -> dict[str, Any]:
        """The columns of a struct; structs inside JSON columns are left to the encoder."""
        row = {name: getattr(thing, name) for name in self.columns}
        row.update({name: compute(thing) for name, compute in self.computed.items()})
        row.update(extra)
        return row

    def thing(self, row: Row, **elsewhere: Any) -> T:
        """The struct of a row, whose JSON columns are decoded already."""
        values = {name: row[name] for name in self.columns}
        values.update(elsewhere)
        return msgspec.convert(values, self.struct)

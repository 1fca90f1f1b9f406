"""The column types that are not SQLModel's own guess, the same on SQLite and PostgreSQL."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import JSON, BigInteger, Index, LargeBinary, Table, Text, inspect, text
from sqlmodel import Field, SQLModel

Row = Mapping[Any, Any]

JSON_OR_NULL: Any = JSON(none_as_null=True)


def json(*, nullable: bool = False) -> Any:
    """A column that holds a list or an object."""
    return Field(sa_type=JSON_OR_NULL, nullable=nullable)


def big(*, primary_key: bool = False, nullable: bool = False, index: bool = False) -> Any:
    """A column for milliseconds, revs and positions: 64 bits everywhere, never numbered by the database."""
    more = {"autoincrement": False} if primary_key else {}
    return Field(
        sa_type=BigInteger,
        primary_key=primary_key,
        nullable=nullable,
        index=index,
        sa_column_kwargs=more,
    )


def long_text(*, nullable: bool = False) -> Any:
    """A column for text of any length."""
    return Field(sa_type=Text, nullable=nullable)


def binary() -> Any:
    """A column for bytes."""
    return Field(sa_type=LargeBinary, nullable=False)


def partial(name: str, *columns: str, where: str) -> Index:
    """An index over the few rows for which `where` holds."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


def table_of(model: type[SQLModel]) -> Table:
    """The Core table of a SQLModel class."""
    table = inspect(model).local_table
    if not isinstance(table, Table):
        raise TypeError(f"{model.__name__} is no table")
    return table

"""What is particular to a kind of database in making JSON: everything else of a compiled read is the same SQL.

SQLite marks a value as JSON for as long as it passes from function to function; PostgreSQL has a type for it.
Times are milliseconds since 1970 and become wire times, days become YYYY-MM-DD.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, Protocol

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    case,
    cast,
    column,
    func,
    literal_column,
    type_coerce,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType

Sql = ColumnElement[Any]

CURSOR: Final = "lianxin_cursor"
"""The function by which SQLite makes a cursor of a JSON array; the server registers it."""

LAST_MS: Final = 253402300799999
DAY_S: Final = 86_400


class Made(NullType):
    """JSON that a function has made: it goes into an object as it is."""


class parsed(FunctionElement[Any]):  # noqa: N801 - named as functions of SQL are
    """JSON that stands in a column of text."""

    type = JSON()
    inherit_cache = True


@compiles(parsed)
def _as_it_is(element: Any, compiler: Any, **more: Any) -> str:
    return str(compiler.process(element.clauses, **more))


@compiles(parsed, "postgresql")
def _cast(element: Any, compiler: Any, **more: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **more)} AS JSON)"


class local_date(FunctionElement[Any]):  # noqa: N801
    """A day counted from 1970 as YYYY-MM-DD; on either kind of database, and the same each time it is said."""

    type = Text()
    inherit_cache = True


@compiles(local_date)
def _by_strftime(element: Any, compiler: Any, **more: Any) -> str:
    return f"strftime('%Y-%m-%d', ({compiler.process(element.clauses, **more)}) * {DAY_S}, 'unixepoch')"


@compiles(local_date, "postgresql")
def _by_to_char(element: Any, compiler: Any, **more: Any) -> str:
    number = compiler.process(element.clauses, **more)
    return f"to_char(date '1970-01-01' + CAST({number} AS INTEGER), 'YYYY-MM-DD')"


class zh_of(FunctionElement[Any]):  # noqa: N801
    """A text that is kept in both languages, in Chinese; ordered by its letters, on either kind of database."""

    type = Text()
    inherit_cache = True
    language = "zh"


class en_of(zh_of):  # noqa: N801
    """The same in English."""

    inherit_cache = True
    language = "en"


@compiles(zh_of)
def _by_json_extract(element: Any, compiler: Any, **more: Any) -> str:
    return f"json_extract({compiler.process(element.clauses, **more)}, '$.{element.language}')"


@compiles(zh_of, "postgresql")
def _by_arrow(element: Any, compiler: Any, **more: Any) -> str:
    return f"(({compiler.process(element.clauses, **more)}) ->> '{element.language}') COLLATE \"C\""


class each_of(FunctionElement[Any]):  # noqa: N801
    """The elements of a list as rows with one column, `value`; on either kind of database."""

    inherit_cache = True


@compiles(each_of)
def _by_json_each(element: Any, compiler: Any, **more: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **more)})"


@compiles(each_of, "postgresql")
def _by_array_elements(element: Any, compiler: Any, **more: Any) -> str:
    return f"json_array_elements({compiler.process(element.clauses, **more)})"


class each_word_of(each_of):  # noqa: N801
    """The same of a list of words, as texts."""

    inherit_cache = True


@compiles(each_word_of)
def _words_by_json_each(element: Any, compiler: Any, **more: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **more)})"


@compiles(each_word_of, "postgresql")
def _by_array_elements_text(element: Any, compiler: Any, **more: Any) -> str:
    return f"json_array_elements_text({compiler.process(element.clauses, **more)})"


def said(value: Sql, name: str) -> Sql:
    """What an object has under a name, as text (null where nothing): on either kind of database, the same each time it
    is said, and with nothing bound that a compiled statement would have to bind as JSON is bound."""
    return value.op("->>", return_type=Text())(quoted(plain(name)))


class Elements(NamedTuple):
    """The elements of a list, or of an object, as rows: key or place, and value."""

    rows: FromClause
    key: Sql
    value: Sql


class Json(Protocol):
    """How one kind of database makes JSON, and reads what is in it."""

    dialect: Dialect

    def object(self, pairs: Sequence[tuple[str, Sql]]) -> Sql: ...
    def array(self, value: Sql, order: Sequence[Sql] = (), only: Sql | None = None) -> Sql:
        """All rows' values. SQLite takes the rows as they come, so they are to come in this order."""

    def value(self, value: Sql) -> Sql:
        """A column's value as it goes into an object."""

    def text(self, value: Sql) -> Sql:
        """JSON as text, for the answer."""

    def moment(self, at: Sql) -> Sql: ...
    def day(self, number: Sql) -> Sql: ...
    def floored(self, at: Sql, offset_ms: int) -> Sql:
        """The beginning of a moment's local day."""

    def member(self, whole: Sql, name: str, kind: type[Any]) -> Sql:
        """What an object has under a name: str, int, bool, or dict for whatever JSON is there."""

    def element(self, value: Sql, kind: type[Any]) -> Sql:
        """An element's value as what it is."""

    def elements(self, whole: Sql, alias: str) -> Elements: ...
    def pairs(self, whole: Sql, alias: str) -> Elements: ...
    def cursor(self, values: Sequence[Sql]) -> Sql: ...


class SQLiteJson:
    """JSON1, as SQLite 3.38 and later have it."""

    dialect: Dialect = sqlite.dialect(paramstyle="qmark")

    def object(self, pairs: Sequence[tuple[str, Sql]]) -> Sql:
        return func.json_object(*_flat(pairs), type_=Made)

    def array(self, value: Sql, order: Sequence[Sql] = (), only: Sql | None = None) -> Sql:
        made: Any = func.json_group_array(value, type_=Made)
        return made if only is None else made.filter(only)  # type: ignore[no-any-return]

    def value(self, value: Sql) -> Sql:
        if isinstance(value.type, Boolean):
            return func.json(case((value, _TRUE), (~value, _FALSE)), type_=Made)
        return func.json(value, type_=Made) if isinstance(value.type, JSON) else value

    def text(self, value: Sql) -> Sql:
        return value

    def moment(self, at: Sql) -> Sql:
        at = func.max(_int(0), func.min(at, _int(LAST_MS)), type_=BigInteger)
        seconds: Sql = func.strftime(quoted("%Y-%m-%dT%H:%M:%S"), at // _int(1000), _UNIX, type_=Text)
        return seconds + func.printf(quoted(".%03dZ"), at % _int(1000), type_=Text)

    def day(self, number: Sql) -> Sql:
        return func.strftime(quoted("%Y-%m-%d"), number * _int(DAY_S), _UNIX, type_=Text)

    def floored(self, at: Sql, offset_ms: int) -> Sql:
        return _floored(at, offset_ms)

    def member(self, whole: Sql, name: str, kind: type[Any]) -> Sql:
        path = quoted(f"$.{plain(name)}")
        if kind is dict:
            return func.json(whole.op("->")(path), type_=Made)
        return func.json_extract(whole, path, type_=_TYPES[kind])

    def element(self, value: Sql, kind: type[Any]) -> Sql:
        return type_coerce(value, _TYPES[kind])

    def elements(self, whole: Sql, alias: str) -> Elements:
        return _elements(func.json_each(whole).table_valued("key", "value").alias(alias), alias)

    pairs = elements

    def cursor(self, values: Sequence[Sql]) -> Sql:
        return getattr(func, CURSOR)(func.json_array(*values), type_=Text)  # type: ignore[no-any-return]


class PostgreSQLJson:
    """`json`, never `jsonb`: keys stay in the order in which they were asked for."""

    dialect: Dialect = postgresql.psycopg.dialect()  # type: ignore[no-untyped-call]

    def object(self, pairs: Sequence[tuple[str, Sql]]) -> Sql:
        return func.json_build_object(*_flat(pairs), type_=Made)

    def array(self, value: Sql, order: Sequence[Sql] = (), only: Sql | None = None) -> Sql:
        made: Any = func.json_agg(aggregate_order_by(value, *order) if order else value, type_=Made)
        made = made if only is None else made.filter(only)
        return func.coalesce(made, literal_column("'[]'::json"), type_=Made)

    def value(self, value: Sql) -> Sql:
        return value

    def text(self, value: Sql) -> Sql:
        return cast(value, Text)

    def moment(self, at: Sql) -> Sql:
        at = case((at < _int(0), _int(0)), (at > _int(LAST_MS), _int(LAST_MS)), else_=at)
        since = at.op("*", precedence=8)(literal_column("interval '1 millisecond'"))
        when = literal_column("timestamp 'epoch'").op("+")(since)
        return func.to_char(when, quoted('YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), type_=Text)

    def day(self, number: Sql) -> Sql:
        day = literal_column("date '1970-01-01'").op("+")(cast(number, Integer))
        return func.to_char(day, quoted("YYYY-MM-DD"), type_=Text)

    def floored(self, at: Sql, offset_ms: int) -> Sql:
        return _floored(at, offset_ms)

    def member(self, whole: Sql, name: str, kind: type[Any]) -> Sql:
        key = quoted(plain(name))
        if kind is dict:
            return whole.op("->", return_type=Made())(key)
        found = whole.op("->>", return_type=Text())(key)
        return found if kind is str else cast(found, _TYPES[kind])

    def element(self, value: Sql, kind: type[Any]) -> Sql:
        found = value.op("#>>", return_type=Text())(quoted("{}"))
        return found if kind is str else cast(found, _TYPES[kind])

    def elements(self, whole: Sql, alias: str) -> Elements:
        rows = (
            func.json_array_elements(whole)
            .table_valued(column("value", Made), with_ordinality="key")
            .render_derived(name=alias)
        )
        return _elements(rows, alias)

    def pairs(self, whole: Sql, alias: str) -> Elements:
        rows = (
            func.json_each(whole)
            .table_valued(column("key", Text), column("value", Made))
            .render_derived(name=alias)
        )
        found = _elements(rows, alias)
        return found._replace(key=found.key.collate("C"))

    def cursor(self, values: Sequence[Sql]) -> Sql:
        parts = [part for value in values for part in (quoted(","), cast(func.to_json(value), Text))]
        array = func.concat(quoted("["), *parts[1:], quoted("]"))
        encoded = func.encode(func.convert_to(array, quoted("UTF8")), quoted("base64"))
        return func.translate(encoded, literal_column("E'+/=\\n'"), quoted("-_"), type_=Text)


class Words(NamedTuple):
    """A statement as text, its parameters' names in order, their constants; whether they go by their places."""

    sql: str
    names: tuple[str, ...]
    constants: Mapping[str, Any]
    positional: bool


def words(json: Json, asked: Select[Any]) -> Words:
    """A statement as this kind of database is told it."""
    compiled: Any = asked.compile(dialect=json.dialect, compile_kwargs={"render_postcompile": True})
    positional: Sequence[str] | None = compiled.positiontup
    names = compiled.params if positional is None else positional
    return Words(str(compiled), tuple(names), compiled.params, positional is not None)


JSONS: Final[dict[str, Json]] = {"sqlite": SQLiteJson(), "postgresql": PostgreSQLJson()}


def _elements(rows: FromClause, alias: str) -> Elements:
    """Key and value as text: their names would bring the rows into every statement that says them."""
    return Elements(rows, literal_column(f"{alias}.key", Text), literal_column(f"{alias}.value", Made))


def _flat(pairs: Sequence[tuple[str, Sql]]) -> list[Sql]:
    return [one for name, value in pairs for one in (quoted(plain(name)), value)]


def quoted(words: str) -> Sql:
    """A text that stands in the statement; only ever our own words."""
    return literal_column("'" + words.replace("'", "''") + "'", Text)


def plain(name: str) -> str:
    """A name as GraphQL and Python have them: letters, digits and underscores."""
    if not name.isidentifier() or not name.isascii():
        raise ValueError("not a plain name")
    return name


def _floored(at: Sql, offset_ms: int) -> Sql:
    offset, day = _int(offset_ms), _int(DAY_S * 1000)
    return (at + offset) // day * day - offset


def _int(number: int) -> Sql:
    """A number that stands in the statement."""
    return literal_column(str(number), BigInteger)


_TYPES: Final[dict[type[Any], Any]] = {str: Text(), int: BigInteger(), bool: Boolean()}
_TRUE, _FALSE, _UNIX = quoted("true"), quoted("false"), quoted("unixepoch")

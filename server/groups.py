"""Rows told together: by what, what is reckoned of each group, and in which order groups come.

THE TABLES: `BY` says what a group's rows have in common, `MEASURES` what is said of them. A person is no
dimension: what single members did is told one by one, or by the honour roll where a community ranks them.
Days, weeks (from Monday) and months are those of the community's own clock.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    ColumnElement,
    Float,
    FromClause,
    Integer,
    Text,
    and_,
    case,
    cast,
    column,
    func,
    literal_column,
    null,
    select,
    true,
    type_coerce,
)

from schema.context import DAY_MS
from schema.json_sql import each_of, local_date, said
from schema.tables.activity import ATTENDANCE
from schema.tables.community import COMMUNITY
from schema.tables.member import MEMBER
from server.columns import RANKS, TABLES, Key
from server.honours import QUALIFIED

Sql = ColumnElement[Any]

# Not the tables themselves: what may be seen is asked of those, inside the same statement.
_LOCAL: Final = COMMUNITY.table.alias("local")
_OWN: Final = MEMBER.table.alias("own")
_ROOT: Final = MEMBER.table.alias("root")
_PERSON: Final = MEMBER.table.alias("person")

SINCE: Final = "since"
"""Under this name stands the first day of a group's day, week or month."""


class Grouping(NamedTuple):
    """How some rows are told together (schema.sources.Grouping)."""

    source: FromClause
    columns: Mapping[str, Sql]
    by: Sequence[Sql]
    keys: Sequence[Key]


class By(NamedTuple):
    """One thing that rows may have in common: the name it stands under, and what the rows are joined with for it."""

    name: str
    sql: Sql
    join: str = ""


def grouping(collection: str, by: Sequence[str], *, largest: bool) -> Grouping:
    """Rows of a collection told together by these names of `BY`; all in one group where there are none."""
    every, chosen = BY[collection], [BY[collection][one] for one in by]
    table = TABLES[collection]
    source = table
    for join in dict.fromkeys(one.join for one in chosen if one.join):
        source = _JOINS[join](source, table)
    columns: dict[str, Sql] = {one.name: type_coerce(null(), one.sql.type) for one in every.values()}
    columns |= {one.name: one.sql for one in chosen}
    columns |= MEASURES[collection]
    for one in chosen:
        columns |= _BY_PARTS.get(one.join, {})
    keys = [_key(collection, one) for one in chosen]
    most = [Key(columns[MOST.get(collection, "count")], descending=True, numeric=True)] if largest else []
    return Grouping(source, columns, [one.sql for one in chosen], [*most, *keys])


def _key(collection: str, by: By) -> Key:
    """In the order of what they have in common; those that lack it first."""
    if by.name in RANKS and collection == "ticket":
        return Key(case(RANKS[by.name], value=by.sql, else_=99), descending=False, numeric=True)
    if isinstance(by.sql.type, Boolean):
        return Key(by.sql, descending=False, numeric=True)
    numeric = isinstance(by.sql.type, Integer)
    return Key(func.coalesce(by.sql, 0 if numeric else ""), descending=False, numeric=numeric)


def _number(value: int) -> Sql:
    """A number that stands in the statement: what is grouped by is to read the same wherever it is said."""
    return literal_column(str(value), BigInteger)


def _with_local(source: FromClause, table: FromClause) -> FromClause:
    return source.join(_LOCAL, _LOCAL.c.id == table.c.community)


def _with_person(source: FromClause, table: FromClause) -> FromClause:
    """Whoever the row's member is read as."""
    own = source.join(_OWN, _OWN.c.id == table.c.member)
    return own.join(_ROOT, _ROOT.c.id == func.coalesce(_OWN.c.alias_of, _OWN.c.id))


_CALL: Final = each_of(TABLES["whistle"].c.calls).table_valued(column("value", JSON))


def _with_calls(source: FromClause, _: FromClause) -> FromClause:
    """A whistle once for each department that it called."""
    return source.join(_CALL, true())


_JOINS: Final[dict[str, Callable[[FromClause, FromClause], FromClause]]] = {
    "local": _with_local,
    "person": _with_person,
    "calls": _with_calls,
}


def _plain(collection: str, *names: str) -> dict[str, By]:
    """What stands in the rows, under its own name."""
    return {name: By(name, TABLES[collection].c[name]) for name in names}


def _local_day(column: Sql) -> Sql:
    """The local day, counted from 1970, of a moment."""
    return (column + _LOCAL.c.utc_offset * _number(60_000)) // _number(DAY_MS)


def _periods(day: Sql, prefix: str = "", join: str = "") -> dict[str, By]:
    """The day, week and month that a local day is in, each by its first day."""
    monday = (day + _number(3)) // _number(7) * _number(7) - _number(3)
    of_month: Sql = func.substr(local_date(day), _number(1), _number(8), type_=Text)
    return {
        f"{prefix}day": By(SINCE, local_date(day), join),
        f"{prefix}week": By(SINCE, local_date(monday), join),
        f"{prefix}month": By(SINCE, of_month + literal_column("'01'", Text), join),
    }


_TICKET, _SERVICE, _ENTRY = (TABLES[one] for one in ("ticket", "service", "pointEntry"))
_ACTIVITY, _DUTY, _MEMBER, _CONFLICT = (TABLES[one] for one in ("activity", "duty", "member", "conflict"))
_EVALUATION: Final = TABLES["evaluation"]
_WHISTLE, _POST, _ADJUSTMENT = (TABLES[one] for one in ("whistle", "post", "adjustment"))
_REWARD, _REDEMPTION = (TABLES[one] for one in ("reward", "redemption"))

BY: Final[dict[str, dict[str, By]]] = {
    "ticket": {
        **_plain("ticket", "community", "grid", "category", "state", "priority", "rating"),
        **_periods(_local_day(_TICKET.c.opened), "opened_", "local"),
        **_periods(_local_day(_TICKET.c.done), "done_", "local"),
    },
    "service": {
        **_plain("service", "community", "grid", "category", "state", "on_duty"),
        "unit": By("unit", _ROOT.c.unit, "person"),
        **_periods(_SERVICE.c.day),
    },
    "pointEntry": {
        **_plain("pointEntry", "community", "team", "rule"),
        "unit": By("unit", _ROOT.c.unit, "person"),
        "grid": By("grid", _ROOT.c.grid, "person"),
        **_periods(_ENTRY.c.day),
    },
    "activity": {
        **_plain("activity", "community", "grid", "team", "category", "on_duty"),
        **_periods(_ACTIVITY.c.day),
    },
    "duty": {
        **_plain("duty", "community", "unit", "kind", "state", "period"),
        **_periods(_local_day(_DUTY.c.at), join="local"),
    },
    "evaluation": {
        **_plain("evaluation", "community", "grid", "period", "grade", "state"),
        "unit": By("unit", _ROOT.c.unit, "person"),
    },
    "member": _plain("member", "community", "unit", "grid", "standing"),
    "conflict": {
        **_plain("conflict", "community", "grid", "rule", "thing", "state", "close_call"),
        **_periods(_local_day(_CONFLICT.c.opened), join="local"),
    },
    "whistle": {
        **_plain("whistle", "community", "lead", "state"),
        "department": By("department", said(_CALL.c.value, "unit"), "calls"),
        "answer": By("answer", said(_CALL.c.value, "answer"), "calls"),
        **_periods(_local_day(_WHISTLE.c.blown), join="local"),
    },
    "post": _plain("post", "community", "grid", "code"),
    "team": _plain("team", "community", "theme"),
    "reward": _plain("reward", "community"),
    "adjustment": {
        **_plain("adjustment", "community", "grid", "state"),
        "unit": By("unit", _ROOT.c.unit, "person"),
        **_periods(_local_day(_ADJUSTMENT.c.at), join="local"),
    },
    "redemption": {
        **_plain("redemption", "community", "item"),
        "unit": By("unit", _ROOT.c.unit, "person"),
        "grid": By("grid", _ROOT.c.grid, "person"),
        **_periods(_local_day(_REDEMPTION.c.at), join="local"),
    },
    "verdict": _plain("verdict", "community", "outcome", "code", "rule", "kind", "settlement"),
}
"""By what the rows of each collection may be told together."""


def _sum(value: Any) -> Sql:
    return cast(func.coalesce(func.sum(value), 0), BigInteger)


def _many(condition: Any) -> Sql:
    """How many rows are such."""
    return _sum(case((condition, 1), else_=0))


def _people(member: Any) -> Sql:
    """How many persons, whatever they were registered as."""
    whose = select(func.coalesce(_PERSON.c.alias_of, _PERSON.c.id)).where(_PERSON.c.id == member)
    return func.count(whose.scalar_subquery().distinct())


def _minutes(milliseconds: Any) -> Sql:
    """Whole minutes."""
    return cast(func.round(milliseconds / 60_000), BigInteger)


def _average(value: Any) -> Sql:
    """To the hundredth."""
    return func.round(func.avg(value), 2, type_=Float)


def _signed_in() -> Any:
    """How many signed in; who did so at one session under two ids counts once."""
    there = ATTENDANCE.table.c
    here = (there.activity == _ACTIVITY.c.id) & (there.state == "COUNTED")
    return select(func.count()).where(here).scalar_subquery()


def _called(call: FromClause) -> dict[str, Sql]:
    """What is said of departments that were called: when they answered, if they did, and what a night found."""
    answered, answer = cast(said(call.c.value, "answered"), BigInteger), said(call.c.value, "answer")
    return {
        "called": func.count(),
        "answered": func.count(answered),
        "late": _many(answered > _WHISTLE.c.deadline),
        "overdue": _many(and_(answered.is_(None), _true(said(call.c.value, "overdue")))),
        "coming": _many(answer == "COMING"),
        "declined": _many(answer == "DECLINED"),
        "finished": _many(answer == "DONE"),
    }


def _true(text: Sql) -> Sql:
    """Whether a text is how either kind of database says what is so."""
    return cast(text, Text).in_((literal_column("'1'"), literal_column("'true'")))


def _of_each(measure: Sql, parts: FromClause) -> Sql:
    """The sum, over rows, of what is reckoned from each row's own parts."""
    return _sum(select(measure).select_from(parts).scalar_subquery())


def _each(collection: str, name: str) -> FromClause:
    return each_of(TABLES[collection].c[name]).table_valued(column("value", JSON))


def _inside(collection: str) -> Sql:
    """How many are in it and have not left."""
    each = _each(collection, "holders")
    here = select(func.count()).select_from(each).where(said(each.c.value, "until").is_(None))
    return _sum(here.scalar_subquery())


_PARTS: Final = _each("whistle", "calls")
_TOOK: Final = _SERVICE.c.end - _SERVICE.c.start

MEASURES: Final[dict[str, dict[str, Sql]]] = {
    "ticket": {
        "count": func.count(),
        "seats": _sum(_TICKET.c.seats),
        "late": _many(_TICKET.c.escalation >= 1),
        "rated": func.count(_TICKET.c.rating),
        "average_rating": _average(_TICKET.c.rating),
        "lowest_rating": func.min(_TICKET.c.rating),
        "highest_rating": func.max(_TICKET.c.rating),
        "minutes_to_finish": _minutes(func.avg(_TICKET.c.done - _TICKET.c.opened)),
    },
    "service": {
        "count": func.count(),
        "people": _people(_SERVICE.c.member),
        "activities": func.count(_SERVICE.c.activity.distinct()),
        "minutes": _minutes(_sum(_TOOK)),
        "average_minutes": _minutes(func.avg(_TOOK)),
        "shortest_minutes": _minutes(func.min(_TOOK)),
        "longest_minutes": _minutes(func.max(_TOOK)),
    },
    "pointEntry": {
        "count": func.count(),
        "points": _sum(_ENTRY.c.points),
        "earned": _sum(case((_ENTRY.c.kind == "EARNED", _ENTRY.c.points), else_=0)),
        "redeemed": _sum(case((_ENTRY.c.kind == "REDEEMED", -_ENTRY.c.points), else_=0)),
        "adjusted": _sum(case((_ENTRY.c.kind.in_(("CREDITED", "DEBITED")), _ENTRY.c.points), else_=0)),
        "expired": _sum(case((_ENTRY.c.kind == "EXPIRED", -_ENTRY.c.points), else_=0)),
        "people": _people(_ENTRY.c.member),
    },
    "activity": {
        "count": func.count(),
        "sign_ins": _sum(_signed_in()),
    },
    "duty": {"count": func.count(), "units": func.count(_DUTY.c.unit.distinct())},
    "evaluation": {
        "count": func.count(),
        "people": _people(_EVALUATION.c.member),
        "given": func.count(_EVALUATION.c.grade),
        "qualified": _many(_EVALUATION.c.grade.in_(QUALIFIED)),
    },
    "member": {"count": func.count(), "active": _many(_MEMBER.c.standing == "ACTIVE")},
    "conflict": {"count": func.count()},
    "whistle": {
        "count": func.count(),
        **{name: _of_each(measure, _PARTS) for name, measure in _called(_PARTS).items()},
        "meetings": _of_each(func.count(), _each("whistle", "meetings")),
    },
    "post": {"count": func.count(), "seats": _sum(_POST.c.seats), "held": _inside("post")},
    "team": {"count": func.count(), "members": _inside("team")},
    "reward": {
        "count": func.count(),
        "stock": _sum(_REWARD.c.stock),
        "given": _sum(_REWARD.c.given),
        "left": _sum(case((_REWARD.c.stock > _REWARD.c.given, _REWARD.c.stock - _REWARD.c.given), else_=0)),
        "gone": _many(and_(_REWARD.c.stock.is_not(None), _REWARD.c.given >= _REWARD.c.stock)),
    },
    "adjustment": {
        "count": func.count(),
        "points": _sum(_ADJUSTMENT.c.points),
        "credited": _sum(case((_ADJUSTMENT.c.points > 0, _ADJUSTMENT.c.points), else_=0)),
        "debited": _sum(case((_ADJUSTMENT.c.points < 0, -_ADJUSTMENT.c.points), else_=0)),
        "people": _people(_ADJUSTMENT.c.member),
    },
    "redemption": {
        "count": func.count(),
        "points": _sum(_REDEMPTION.c.points),
        "people": _people(_REDEMPTION.c.member),
    },
    "verdict": {"count": func.count()},
}
"""What is said of a group."""

_BY_PARTS: Final[dict[str, dict[str, Sql]]] = {
    "calls": {
        **_called(_CALL),
        "count": func.count(_WHISTLE.c.id.distinct()),
        "meetings": type_coerce(null(), BigInteger),
    },
}
"""What is said otherwise of a group whose rows are joined with their parts: of those parts, and of no other."""

MOST: Final = {"pointEntry": "points"}
"""By what the largest groups are the largest, where that is not how many rows they have."""

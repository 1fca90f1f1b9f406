"""What the names in filters, orders and lists are in SQL: plain columns, and the few that are not."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    JSON,
    BigInteger,
    BindParameter,
    Boolean,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    String,
    Text,
    and_,
    case,
    cast,
    column,
    exists,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    true,
    union_all,
)

from schema.context import DAY_MS, NESTED, Condition, Sort
from schema.errors import Fault
from schema.json_sql import each_of, each_word_of, en_of, said, zh_of
from schema.tables.catalogue import MAPPINGS
from schema.tables.outcome import OUTCOME
from schema.tables.point_entry import POINT_ENTRY
from schema.tables.reading import READING
from schema.tables.settlement import SETTLEMENT
from schema.tables.step import STEP
from schema.tables.tablet import TABLET
from schema.tables.ticket import TICKET_TAKER
from schema.values import Author, Role
from server.visible import visible
from sync.rules.transitions import STATES

TABLES: Final[dict[str, FromClause]] = {
    **{name: mapping.table for name, mapping in MAPPINGS.items()},
    "pointEntry": POINT_ENTRY.table,
    "verdict": OUTCOME.table,
    "settlement": SETTLEMENT,
    "device": TABLET,
    "reading": READING,
    "step": STEP,
}

IDS: Final = {"device": "device", "settlement": "number"}
"""The collections whose id stands in a column of another name."""

MOMENTS: Final = frozenset(
    {"opened", "blown", "deadline", "done", "due_at", "start", "deed", "registered", "at", "decided"}
)
RANKS: Final[Mapping[str, Mapping[str, int]]] = {
    "priority": {"LOW": 0, "NORMAL": 1, "HIGH": 2, "URGENT": 3},
    "state": STATES,
}

_MEMBER: Final = MAPPINGS["member"].table
_TAKER: Final = TICKET_TAKER.table


class Key(NamedTuple):
    """One thing to order by: its SQL, its direction, and whether a cursor holds a number for it.

    moment: the column whose local day it is, where that is never null; an index knows the moment, not the day.
    """

    sql: ColumnElement[Any]
    descending: bool
    numeric: bool
    moment: ColumnElement[Any] | None = None


def id_of(collection: str) -> Any:
    """The column that holds the ids of a collection; of verdicts what makes theirs."""
    if collection == "verdict":
        table = OUTCOME.table.c
        return table.device + literal_column("':'") + cast(table.seq, String)
    return TABLES[collection].c[IDS.get(collection, "id")]


def person(id: str) -> Any:
    """The ids that are read as this member."""
    return select(_MEMBER.c.id).where(or_(_MEMBER.c.id == id, _MEMBER.c.alias_of == id))


_FOREIGN: Final = {
    ("service", "ticket"): "ticket",
    ("service", "activity"): "activity",
    ("whistle", "lead"): "unit",
    ("whistle", "called"): "unit",
    ("pointEntry", "team"): "team",
    ("redemption", "item"): "reward",
    ("ticket", "grid"): "grid",
    ("ticket", "community"): "community",
    ("evaluation", "grid"): "grid",
    ("evaluation", "community"): "community",
}
"""By which filters whoever sees a row could find out that it names a thing that they do not see."""

_PERSONS: Final = frozenset(
    {
        ("post", "holders"),
        ("team", "holders"),
        ("team", "members"),
        ("activity", "members"),
        ("member", "posts"),
    }
)
"""Which filters say what one person did or has: of a reader, to whom that is null, none is true of any row."""


def where(collection: str, condition: Condition, author: Author | None = None) -> ColumnElement[bool]:
    """One condition of a filter as SQL. What a row is related to counts as far as the author may see it."""
    if (collection, condition.name) in _PERSONS and author is not None and author.role is Role.READER:
        return false()
    other = _FOREIGN.get((collection, condition.name))
    if other is None or condition.test in NESTED or author is None or author.everywhere:
        return _where(collection, condition, author)
    named_there = TABLES[collection].c[condition.name] if condition.test == "in" else condition.value
    seen = exists().where(id_of(other) == named_there, visible(other, author))
    return and_(_where(collection, condition, author), seen)


def _where(collection: str, condition: Condition, author: Author | None) -> ColumnElement[bool]:
    table = TABLES[collection]
    name, test, value = condition
    if test in NESTED:
        return _nested(collection, condition, author)
    if test == "words":
        return and_(*(_said(collection, one) for one in value))
    if name == "person":
        return table.c.member.in_(person(value))
    if name == "taker":
        taken = select(_TAKER.c.ticket).where(_TAKER.c.member.in_(person(value)))
        return table.c.id.in_(taken)
    if collection == "pointEntry" and name in {"grid", "category"}:
        return table.c.source.in_(_sources(name, value))
    if name in _ELSEWHERE and name not in table.c:
        return _ELSEWHERE[name](collection, value)
    column = id_of(collection) if name == "id" else table.c[name]
    if test == "has":
        return _has(column, value)
    if test == "lists":
        words = each_word_of(column).table_valued("value")
        return exists(select(1).select_from(words).where(words.c.value == value))
    if test == "names":
        return exists().where(
            named(column, _MEMBER.c.id), or_(_MEMBER.c.id == value, _MEMBER.c.alias_of == value)
        )
    tests = {
        "is": lambda: column == value,
        "in": lambda: column.in_(value),
        "from": lambda: column >= value,
        "until": lambda: column < value,
        "null": lambda: column.is_(None),
        "there": lambda: case((column.is_not(None), true()), else_=false()) == value,
    }
    return tests[test]()  # type: ignore[no-untyped-call, no-any-return]


def _nested(collection: str, condition: Condition, author: Author | None) -> ColumnElement[bool]:
    name, test, value = condition
    if test == "some":
        other, tie = _RELATED[collection, name]
        table = TABLES[other]
        tests = [where(other, one, author) for one in value]
        return tie(select(table.c.id).where(visible(other, author), *tests))
    parts = [where(collection, one, author) for one in value]
    if test == "any":
        return or_(false(), *parts)
    # What is not known is not so: a service without a category is of none.
    return and_(true(), *parts) if test == "all" else not_(func.coalesce(and_(true(), *parts), false()))


def _said(collection: str, pattern: Any) -> ColumnElement[bool]:
    """Whether a word stands in what may be searched: of closed tickets that is category and title (DESIGN.md 9)."""
    table = TABLES[collection]
    if collection != "ticket":
        return or_(*(_like(one, pattern) for one in _SEARCHED[collection]))
    still = table.c.state.not_in(("CLOSED", "CANCELLED"))
    place = and_(still, table.c.place.is_not(None), _like(table.c.place, pattern))
    return or_(_like(table.c.title, pattern), _like(table.c.category, pattern), place)


def _named_in_both(collection: str) -> tuple[Any, ...]:
    table = TABLES[collection].c
    return (table.code, zh_of(table.name), en_of(table.name))


_SEARCHED: Final[dict[str, tuple[Any, ...]]] = {
    "member": (_MEMBER.c.name, _MEMBER.c.number),
    "activity": (TABLES["activity"].c.title, TABLES["activity"].c.category, TABLES["activity"].c.place),
    **{one: _named_in_both(one) for one in ("community", "unit", "grid", "post", "team", "reward")},
}
"""In what of a collection words are looked for: nothing that is private, and of residents nothing at all."""


def _like(column: Any, pattern: Any) -> ColumnElement[bool]:
    return func.lower(column).like(pattern, escape="/")


def _persons(members: Select[Any]) -> Select[Any]:
    """The ids that are read as these members."""
    return select(_MEMBER.c.id).where(func.coalesce(_MEMBER.c.alias_of, _MEMBER.c.id).in_(members))


def _with_takers(members: Select[Any]) -> ColumnElement[bool]:
    taken = select(_TAKER.c.ticket).where(_TAKER.c.member.in_(_persons(members)))
    return TABLES["ticket"].c.id.in_(taken)


def _with_services(services: Select[Any]) -> ColumnElement[bool]:
    table = TABLES["service"]
    return TABLES["ticket"].c.id.in_(select(table.c.ticket).where(table.c.id.in_(services)))


def _takers_of(tickets: Select[Any]) -> ColumnElement[bool]:
    taking = select(_TAKER.c.member).where(_TAKER.c.ticket.in_(tickets))
    return _MEMBER.c.id.in_(_roots(taking))


def _servers_of(services: Select[Any]) -> ColumnElement[bool]:
    table = TABLES["service"]
    return _MEMBER.c.id.in_(_roots(select(table.c.member).where(table.c.id.in_(services))))


def _owning(collection: str, other: str, column: str) -> Callable[[Select[Any]], ColumnElement[bool]]:
    """Rows that are named in this column by one of those found in another collection."""
    table = TABLES[other]
    return lambda ids: id_of(collection).in_(select(table.c[column]).where(table.c.id.in_(ids)))


def named(holders: Any, member: Any) -> ColumnElement[bool]:
    """Whether this member holds one of the places of a list. Who wrote that down stands there as well, and is no answer.

    Lists are kept as `encode_json` writes them, without a space, on either kind of database.
    """
    return cast(holders, Text).contains(literal('"member":"') + member + literal('"'))


def _held(members: Any, posts: Select[Any]) -> ColumnElement[bool]:
    """Members who are named among the holders of one of these posts, by their own id or an alias."""
    post, holder = TABLES["post"].alias("held"), _MEMBER.alias("holder")
    whose = func.coalesce(holder.c.alias_of, holder.c.id)
    held = named(post.c.holders, holder.c.id)
    return members.c.id.in_(select(whose).where(post.c.id.in_(posts), held))  # type: ignore[no-any-return]


def _holding(collection: str) -> Callable[[Select[Any]], ColumnElement[bool]]:
    """Posts or teams among whose holders one of some members is named, by their own id or an alias."""
    holders, holder = TABLES[collection].c.holders, _MEMBER.alias("holder")
    whose = func.coalesce(holder.c.alias_of, holder.c.id)
    return lambda members: exists().where(whose.in_(members), named(holders, holder.c.id))


def _of_persons(collection: str) -> Callable[[Select[Any]], ColumnElement[bool]]:
    """What is some members', whatever they were registered as."""
    return lambda members: TABLES[collection].c.member.in_(_persons(members))


def _roots(ids: Select[Any]) -> Select[Any]:
    """The members proper that some ids are read as."""
    return select(func.coalesce(_MEMBER.c.alias_of, _MEMBER.c.id)).where(_MEMBER.c.id.in_(ids))


_RELATED: Final[dict[tuple[str, str], tuple[str, Callable[[Select[Any]], ColumnElement[bool]]]]] = {
    ("ticket", "takers"): ("member", _with_takers),
    ("ticket", "services"): ("service", _with_services),
    ("service", "member"): ("member", _of_persons("service")),
    ("evaluation", "of_member"): ("member", _of_persons("evaluation")),
    ("adjustment", "of_member"): ("member", _of_persons("adjustment")),
    ("redemption", "of_member"): ("member", _of_persons("redemption")),
    ("redemption", "for_reward"): ("reward", TABLES["redemption"].c.item.in_),
    ("reward", "redemptions"): ("redemption", _owning("reward", "redemption", "item")),
    ("whistle", "for_ticket"): ("ticket", TABLES["whistle"].c.ticket.in_),
    ("service", "ticket"): ("ticket", TABLES["service"].c.ticket.in_),
    ("service", "at"): ("activity", TABLES["service"].c.activity.in_),
    ("member", "of_unit"): ("unit", _MEMBER.c.unit.in_),
    ("member", "posts"): ("post", lambda posts: _held(_MEMBER, posts)),
    ("post", "holders"): ("member", _holding("post")),
    ("team", "members"): ("member", _holding("team")),
    ("team", "activities"): ("activity", _owning("team", "activity", "team")),
    ("duty", "of_unit"): ("unit", TABLES["duty"].c.unit.in_),
    ("unit", "members"): ("member", _owning("unit", "member", "unit")),
    ("unit", "duties"): ("duty", _owning("unit", "duty", "unit")),
    ("grid", "members"): ("member", _owning("grid", "member", "grid")),
    ("grid", "tickets"): ("ticket", _owning("grid", "ticket", "grid")),
    ("grid", "posts"): ("post", _owning("grid", "post", "grid")),
    ("grid", "in_community"): ("community", TABLES["grid"].c.community.in_),
    ("community", "grids"): ("grid", _owning("community", "grid", "community")),
    ("community", "units"): ("unit", _owning("community", "unit", "community")),
    ("activity", "services"): ("service", _owning("activity", "service", "activity")),
    **{
        (one, "in_grid"): ("grid", TABLES[one].c.grid.in_)
        for one in ("ticket", "service", "member", "post", "activity", "conflict", "evaluation")
    },
    ("member", "tickets"): ("ticket", _takers_of),
    ("member", "services"): ("service", _servers_of),
}
"""What a row is related to: the collection, and how the ids found there narrow the rows."""


def _of_unit(collection: str, unit: str) -> ColumnElement[bool]:
    """What the members of a unit did; tickets that one of them has taken, sessions at which one was."""
    people = select(_MEMBER.c.id).where(_MEMBER.c.unit == unit)
    table = TABLES[collection]
    if collection == "ticket":
        return table.c.id.in_(select(_TAKER.c.ticket).where(_TAKER.c.member.in_(people)))
    if collection == "activity":
        there = TABLES["attendance"]
        signed = select(there.c.activity).where(there.c.state != "VOID", there.c.member.in_(people))
        return table.c.id.in_(signed)
    if "member" not in table.c:
        return false()
    return table.c.member.in_(people)


def _called(_: str, unit: str) -> ColumnElement[bool]:
    """Whistles to which a unit was called; those that joined another have no calls."""
    return cast(TABLES["whistle"].c.calls, Text).contains(unit)


def _of_team(collection: str, team: str) -> ColumnElement[bool]:
    """Services for a team's sessions; nothing else is any team's."""
    activity, table = TABLES["activity"], TABLES[collection]
    if "activity" not in table.c:
        return false()
    return table.c.activity.in_(select(activity.c.id).where(activity.c.team == team))


def _taken(_: str, taken: bool) -> ColumnElement[bool]:
    """Tickets that somebody has, or had when it was done."""
    ids = TABLES["ticket"].c.id.in_(select(_TAKER.c.ticket))
    return ids if taken else not_(ids)


def held_sessions() -> Select[tuple[str]]:
    """The ids of sessions at which anybody was, each once."""
    activity, there = TABLES["activity"].alias("held"), TABLES["attendance"]
    once = select(func.coalesce(activity.c.same_as, activity.c.id)).join(
        there, there.c.activity == activity.c.id
    )
    return once.where(there.c.state == "COUNTED")


def _attended(_: str, held: bool) -> ColumnElement[bool]:
    """Sessions at which anybody was; one that was opened twice is the first of them."""
    ids = TABLES["activity"].c.id.in_(held_sessions())
    return ids if held else not_(ids)


def _nowhere(_: str, __: Any) -> ColumnElement[bool]:
    """What is the whole community's is of no grid and of no category."""
    return false()


def _left(_: str, left: Any) -> ColumnElement[bool]:
    """Rewards of which there is one to be had, or none."""
    reward = MAPPINGS["reward"].table.c
    some = case((or_(reward.stock.is_(None), reward.given < reward.stock), true()), else_=false())
    return some == left  # type: ignore[no-any-return]


def _offered(collection: str, day: str) -> ColumnElement[bool]:
    """Rewards that can be had on a local day; posts of whose term it is a part."""
    row = TABLES[collection].c
    return and_(row.starts_on <= day, or_(row.ends_on.is_(None), row.ends_on >= day))


def _vacant(_: str, on: Any) -> ColumnElement[bool]:
    """Posts with a free seat on a local day (its word, when it begins, when it is over): as `Post.vacant` counts them."""
    day, begins, over = on
    post = TABLES["post"].c
    each = each_of(post.holders).table_valued(column("value", JSON))
    since, until, term = (said(each.c.value, name) for name in ("since", "until", "term"))
    here = (
        cast(since, BigInteger) < over,
        or_(until.is_(None), cast(until, BigInteger) >= begins),
        or_(term.is_(None), term >= day),
    )
    return post.seats > select(func.count()).select_from(each).where(*here).scalar_subquery()


def _news(collection: str, rev: Any) -> ColumnElement[bool]:
    """What has no rev of its own, by the settlement that wrote it: that of this rev or a later one.

    The revs of settlements begin in their order, by which an index finds the one that this rev is of.
    """
    if collection == "device":
        assigned = MAPPINGS["device"].table.c
        last = select(assigned.rev).where(assigned.id == TABLET.c.device).scalar_subquery()
        return func.coalesce(last, 0) >= rev  # type: ignore[no-any-return]
    wrote = SETTLEMENT.c
    first = select(case((wrote.last_rev < rev, wrote.number + 1), else_=wrote.number))
    newest = (
        first.where(wrote.first_rev <= rev).order_by(wrote.first_rev.desc(), wrote.number.desc()).limit(1)
    )
    return TABLES[collection].c.settlement >= func.coalesce(newest.scalar_subquery(), 0)


_ELSEWHERE: Final[dict[str, Callable[[str, Any], ColumnElement[bool]]]] = {
    "unit": _of_unit,
    "team": _of_team,
    "taken": _taken,
    "held": _attended,
    "left": _left,
    "offered": _offered,
    "vacant": _vacant,
    "rev": _news,
    "grid": _nowhere,
    "category": _nowhere,
    "called": _called,
}
"""Conditions on what stands in no column of the collection's own."""


def _sources(name: str, value: Any) -> Any:
    """What earned points in a grid or category: services, ratings of its tickets, sign-ins of its activities."""
    service, ticket, activity = (TABLES[one] for one in ("service", "ticket", "activity"))
    rating, attendance = TABLES["rating"], TABLES["attendance"]
    tickets = select(ticket.c.id).where(ticket.c[name] == value)
    activities = select(activity.c.id).where(activity.c[name] == value)
    return union_all(
        select(service.c.id).where(service.c[name] == value),
        select(rating.c.id).where(rating.c.ticket.in_(tickets)),
        select(attendance.c.id).where(attendance.c.activity.in_(activities)),
    )


def _has(column: Any, key: Any) -> ColumnElement[bool]:
    """Whether an object of elements has this key, with any add left."""
    each = func.json_each(column).table_valued("key", "value")
    return exists(select(1).select_from(each).where(each.c.key == key, cast(each.c.value, String) != "[]"))


def keys(collection: str, order: Sequence[Sort], day_offset_ms: int | None) -> list[Key]:
    """What to order by; the id comes last, so that no two rows stand on one place.

    With `day_offset_ms` moments are ordered by their local day only, so that no cursor tells more.
    """
    found = [_key(collection, sort, day_offset_ms) for sort in order if sort.name != "id"]
    id = id_of(collection)
    return [*found, Key(id, order[-1].descending if order else False, isinstance(id.type, Integer))]


def _key(collection: str, sort: Sort, day_offset_ms: int | None) -> Key:
    if sort.name in {"name_zh", "name_en"}:
        of = zh_of if sort.name == "name_zh" else en_of
        return Key(func.coalesce(of(TABLES[collection].c.name), ""), sort.descending, numeric=False)
    column = TABLES[collection].c[sort.name]
    numeric = isinstance(column.type, Integer | Boolean)
    if sort.name in RANKS and collection == "ticket":
        return Key(case(RANKS[sort.name], value=column, else_=99), sort.descending, numeric=True)
    if sort.name in MOMENTS and day_offset_ms is not None:
        day = (column + day_offset_ms) // DAY_MS
        if column.nullable:
            return Key(func.coalesce(day, 0), sort.descending, numeric=True)
        return Key(day, sort.descending, numeric=True, moment=column)
    return Key(
        func.coalesce(column, 0 if numeric else "") if column.nullable else column, sort.descending, numeric
    )


def beyond(keys: Sequence[Key], values: Sequence[Any], *, backward: bool) -> ColumnElement[bool]:
    """The rows after (or, backward, before) the row of a cursor; raises Fault BAD_CURSOR for a foreign one."""
    if any(_is_number(value) is not key.numeric for key, value in zip(keys, values, strict=True)):
        raise Fault("BAD_CURSOR")
    bound = [_bound(value) for value in values]
    steps = []
    for index, key in enumerate(keys):
        same = [one.sql == value for one, value in zip(keys[:index], bound, strict=False)]
        value = bound[index]
        steps.append(and_(*same, key.sql < value if key.descending is not backward else key.sql > value))
    return or_(*steps)


def _bound(value: Any) -> Any:
    """A cursor's number as one of 64 bits, whatever it is compared with: it may come from another list."""
    return literal(value, BigInteger) if isinstance(value, int) else value


def _is_number(value: Any) -> bool:
    """Whether a cursor's value is a number; of a parameter its type says so."""
    return isinstance(value.type, Integer) if isinstance(value, BindParameter) else isinstance(value, int)

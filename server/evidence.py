"""What is on record of members in a period, line by line: what an evaluation is drawn up from, and a unit's export.

Only what counts is read, and nothing of a resident: no contact, no private text, no place.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, Text, and_, cast, func, or_, select, true

from schema.tables.activity import ACTIVITY, ATTENDANCE
from schema.tables.community import COMMUNITY
from schema.tables.duty import DUTY
from schema.tables.evaluation import EVALUATION
from schema.tables.member import MEMBER
from schema.tables.point_entry import POINT_ENTRY
from schema.tables.point_rule import POINT_RULE
from schema.tables.post import POST
from schema.tables.rating import RATING
from schema.tables.service import SERVICE
from schema.tables.ticket import TICKET, TICKET_TAKER
from schema.tables.unit import UNIT
from schema.values import Author, Evidence, Grading, Line
from server.visible import answered_for
from sync.rules.duties import Period
from sync.rules.evaluations import period_named
from sync.shapes import format_time, parse_time
from sync.work import DAY_MS

EPOCH: Final = date(1970, 1, 1).toordinal()
MINUTE_MS: Final = 60_000


class Span(NamedTuple):
    """A period's local days (both included, counted from 1970) and its moments in one community's time."""

    period: Period
    days: tuple[int, int]
    moments: tuple[int, int]
    offset_ms: int


def span_of(code: str, utc_offset: int) -> Span:
    """The span of a period's code; raises ValueError for what is none."""
    period = period_named(code)
    first, last = (date.fromisoformat(day).toordinal() - EPOCH for day in (period.first, period.last))
    offset_ms = utc_offset * MINUTE_MS
    moments = first * DAY_MS - offset_ms, (last + 1) * DAY_MS - offset_ms
    return Span(period, (first, last), moments, offset_ms)


def of_member(
    connection: Connection, author: Author, member: str, community: str, code: str
) -> Evidence | None:
    """What an evaluation of a member by a community is drawn up from; None for whom the author may not see so."""
    table = MEMBER.table
    whole = select(func.coalesce(table.c.alias_of, table.c.id)).where(table.c.id == member).scalar_subquery()
    seen = select(table).where(table.c.id == whole, answered_for(author))
    offset = connection.execute(
        select(COMMUNITY.table.c.utc_offset).where(COMMUNITY.table.c.id == community)
    ).scalar_one_or_none()
    row = connection.execute(seen).mappings().one_or_none()
    if row is None or offset is None:
        return None
    return _gathered(connection, [row], span_of(code, offset), community)[0]


def of_unit(connection: Connection, author: Author, unit: str, code: str) -> list[Evidence] | None:
    """What is on record of a unit's members, by number; None for a unit that is not the author's to answer for."""
    place = COMMUNITY.table
    found = connection.execute(
        select(place.c.utc_offset)
        .join(UNIT.table, UNIT.table.c.community == place.c.id)
        .where(UNIT.table.c.id == unit, _may(author))
    ).scalar_one_or_none()
    if found is None:
        return None
    table = MEMBER.table
    roots = select(table).where(table.c.unit == unit, table.c.alias_of.is_(None))
    rows = connection.execute(roots.order_by(table.c.number, table.c.id)).mappings().all()
    return _gathered(connection, rows, span_of(code, found), None)


def _may(author: Author) -> ColumnElement[bool]:
    """The units whose export somebody may have: their own, those of their community, or all."""
    if author.unit is not None:
        return UNIT.table.c.id == author.unit
    return true() if author.everywhere else UNIT.table.c.community.in_(author.communities)


def gradings(connection: Connection, community: str, code: str) -> list[Grading]:
    """How many members of each unit were given each grade in a period, by a community."""
    own, root, given = MEMBER.table.alias("own"), MEMBER.table.alias("root"), EVALUATION.table
    people = given.join(own, own.c.id == given.c.member).join(
        root, root.c.id == func.coalesce(own.c.alias_of, own.c.id)
    )
    counted = (
        select(root.c.unit, given.c.grade, func.count(root.c.id.distinct()).label("evaluations"))
        .select_from(people)
        .where(given.c.community == community, given.c.period == code, given.c.grade.is_not(None))
        .group_by(root.c.unit, given.c.grade)
        .order_by(root.c.unit, given.c.grade)
    )
    return [Grading(row.unit, row.grade, row.evaluations) for row in connection.execute(counted)]


# Gathering


def _gathered(
    connection: Connection, roots: Sequence[Mapping[Any, Any]], span: Span, community: str | None
) -> list[Evidence]:
    """The evidence of each of these members, aliases included; in one community, or wherever it was."""
    whose = {row["id"]: row["id"] for row in roots}
    table = MEMBER.table
    aliases = select(table.c.id, table.c.alias_of).where(table.c.alias_of.in_([*whose]))
    whose |= {row.id: row.alias_of for row in connection.execute(aliases)}
    lines = {name: read(connection, whose, span, community) for name, read in _READERS.items()}
    return [
        Evidence(
            row["id"],
            row["number"],
            row["name"],
            row["standing"],
            **{name: found.get(row["id"], []) for name, found in lines.items()},
        )
        for row in roots
    ]


Found = dict[str, list[Line]]


def _by_person(whose: Mapping[str, str], lines: Iterable[tuple[str, Line]]) -> Found:
    found: Found = {}
    for member, line in lines:
        found.setdefault(whose[member], []).append(line)
    return found


def _rows(
    connection: Connection,
    source: Any,
    table: Table,
    community: str | None,
    *wheres: ColumnElement[bool],
    columns: Sequence[Any] = (),
    order: Sequence[Any] = (),
) -> Sequence[Any]:
    here = true() if community is None else table.c.community == community
    return (
        connection.execute(select(table, *columns).select_from(source).where(here, *wheres).order_by(*order))
        .mappings()
        .all()
    )


def _day(number: int) -> str:
    return date.fromordinal(EPOCH + number).isoformat()


def _local(at: int, span: Span) -> str:
    """A moment as local time, to the minute."""
    return format_time(at + span.offset_ms)[:16].replace("T", " ")


def _services(connection: Connection, whose: Mapping[str, str], span: Span, community: str | None) -> Found:
    table = SERVICE.table
    wheres = table.c.member.in_([*whose]), table.c.state == "COUNTED", table.c.day.between(*span.days)
    order = table.c.start, table.c.id
    return _by_person(
        whose,
        (
            (
                row["member"],
                {
                    "id": row["id"],
                    "from": _local(row["start"], span),
                    "until": _local(row["end"], span),
                    "minutes": (row["end"] - row["start"]) // MINUTE_MS,
                    "on_duty": bool(row["on_duty"]),
                    "category": row["category"],
                    "ticket": row["ticket"],
                    "activity": row["activity"],
                },
            )
            for row in _rows(connection, table, table, community, *wheres, order=order)
        ),
    )


def _tickets(connection: Connection, whose: Mapping[str, str], span: Span, community: str | None) -> Found:
    """Tickets on which a member sat, finished in the period."""
    table, taker = TICKET.table, TICKET_TAKER.table
    first, after = span.moments
    rows = _rows(
        connection,
        table.join(taker, taker.c.ticket == table.c.id),
        table,
        community,
        taker.c.member.in_([*whose]),
        table.c.state.in_(("DONE", "CLOSED")),
        table.c.done >= first,
        table.c.done < after,
        columns=(taker.c.member,),
        order=(table.c.done, table.c.id, taker.c.position),
    )
    return _by_person(
        whose,
        (
            (
                row["member"],
                {"id": row["id"], "category": row["category"], "done": _local(row["done"], span)},
            )
            for row in rows
        ),
    )


def _ratings(connection: Connection, whose: Mapping[str, str], span: Span, community: str | None) -> Found:
    table = RATING.table
    wheres = table.c.member.in_([*whose]), table.c.stars > 0, table.c.day.between(*span.days)
    order = table.c.day, table.c.id
    return _by_person(
        whose,
        (
            (
                row["member"],
                {
                    "id": row["id"],
                    "ticket": row["ticket"],
                    "stars": row["stars"],
                    "day": _day(row["day"]),
                    "category": row["category"],
                },
            )
            for row in _rows(connection, table, table, community, *wheres, order=order)
        ),
    )


def _activities(connection: Connection, whose: Mapping[str, str], span: Span, community: str | None) -> Found:
    table, activity = ATTENDANCE.table, ACTIVITY.table
    rows = _rows(
        connection,
        table.join(activity, activity.c.id == table.c.activity),
        table,
        community,
        table.c.member.in_([*whose]),
        table.c.state == "COUNTED",
        table.c.day.between(*span.days),
        columns=(activity.c.title,),
        order=(table.c.day, table.c.id),
    )
    return _by_person(
        whose,
        (
            (
                row["member"],
                {
                    "id": row["activity"],
                    "title": row["title"],
                    "day": _day(row["day"]),
                    "on_duty": bool(row["on_duty"]),
                },
            )
            for row in rows
        ),
    )


def _posts(connection: Connection, whose: Mapping[str, str], span: Span, community: str | None) -> Found:
    """Posts held on any day of the period."""
    table = POST.table
    held = or_(*(cast(table.c.holders, Text).contains(member) for member in whose)) if whose else true()
    lines: list[tuple[str, Line]] = []
    for row in _rows(connection, table, table, community, held, order=(table.c.code, table.c.id)):
        for seat in row["holders"]:
            until = seat["until"]
            over = until is not None and until < span.moments[0]
            ended = seat["term"] is not None and seat["term"] < span.period.first
            if seat["member"] in whose and seat["since"] < span.moments[1] and not over and not ended:
                line = {
                    "id": row["id"],
                    "code": row["code"],
                    "name": row["name"],
                    "from": _local(seat["since"], span)[:10],
                    "until": seat["term"] if until is None else _local(until, span)[:10],
                }
                lines.append((seat["member"], line))
    return _by_person(whose, lines)


def _duties(connection: Connection, whose: Mapping[str, str], span: Span, community: str | None) -> Found:
    """The four ones that count and that a member did."""
    table = DUTY.table
    within = table.c.on.between(span.period.first, span.period.last)
    wheres = table.c.by.in_([*whose]), table.c.state == "COUNTED", within
    rows = _rows(connection, table, table, community, *wheres, order=(table.c.on, table.c.id))
    return _by_person(
        whose,
        (
            (
                row["by"],
                {"id": row["id"], "kind": row["kind"], "period": row["period"], "day": row["on"]},
            )
            for row in rows
        ),
    )


def _entries(connection: Connection, whose: Mapping[str, str], span: Span, community: str | None) -> Found:
    """What was earned, by rule; what was redeemed is not taken off."""
    table, rule = POINT_ENTRY.table, POINT_RULE.table
    rows = _rows(
        connection,
        table.join(rule, rule.c.id == table.c.rule),
        table,
        community,
        table.c.member.in_([*whose]),
        table.c.day.between(*span.days),
        columns=(rule.c.code, rule.c.name),
        order=(table.c.day, rule.c.code, table.c.id),
    )
    return _by_person(
        whose,
        (
            (
                row["member"],
                {
                    "id": row["id"],
                    "rule": row["rule"],
                    "code": row["code"],
                    "name": row["name"],
                    "points": row["points"],
                    "day": _day(row["day"]),
                    "source": row["source"],
                },
            )
            for row in rows
        ),
    )


def _evaluations(
    connection: Connection, whose: Mapping[str, str], span: Span, community: str | None
) -> Found:
    """What was found of the member in this period, and in those that lie within it."""
    table = EVALUATION.table
    first, after = span.moments
    within = and_(table.c.ends > first, table.c.ends <= after, table.c.grade.is_not(None))
    rows = _rows(
        connection,
        table,
        table,
        community,
        table.c.member.in_([*whose]),
        within,
        order=(table.c.ends, table.c.period, table.c.id),
    )
    lines = [
        (
            row["member"],
            {
                "id": row["id"],
                "period": row["period"],
                "grade": row["grade"],
                "words": row["words"],
                "state": row["state"],
                "decided": _local(row["decided"], span),
            },
        )
        for row in rows
        if parse_time(f"{period_named(row['period']).first}T00:00:00.000Z") - span.offset_ms >= first
    ]
    return _by_person(whose, lines)


_READERS: Final = {
    "services": _services,
    "tickets": _tickets,
    "ratings": _ratings,
    "activities": _activities,
    "posts": _posts,
    "duties": _duties,
    "entries": _entries,
    "evaluations": _evaluations,
}

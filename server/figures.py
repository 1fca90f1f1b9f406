"""Counting what schema/figures.py declares: one statement a figure, over the rows that its author may see."""

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, select

from schema.figures import AGES, FIGURES, UNFINISHED, Counted, Figure, Period, Waiting
from schema.tables.ticket import TICKET_TAKER
from schema.values import Author
from server.columns import TABLES, where
from server.visible import visible

MINUTE_MS = 60_000
HOUR_MS = 3_600_000


def count(connection: Connection, author: Author, period: Period, now: int) -> Counted:
    """Every figure of a period, and the unfinished tickets by state and age as of now."""
    figures = {name: _figure(connection, author, figure, period) for name, figure in FIGURES.items()}
    waiting = [
        one._replace(tickets=_rows(connection, author, one, period, now))
        for state in UNFINISHED
        for one in (Waiting(state, days, below, 0) for days, below in AGES)
    ]
    return Counted(period, now, figures, [one for one in waiting if one.tickets])


def _figure(connection: Connection, author: Author, figure: Figure, period: Period) -> int | None:
    if period.unasked(figure):
        return None
    conditions = [where(figure.collection, one) for one in period.conditions(figure)]
    statement = _measured(figure).where(visible(figure.collection, author), *conditions)
    value = connection.execute(statement).scalar_one()
    if figure.measure == "MINUTES":
        return None if value is None else round(float(value) / MINUTE_MS)
    if figure.measure == "HOURS":
        return round(float(value or 0) / HOUR_MS)
    return -int(value or 0) if figure.measure == "LOST" else int(value or 0)


def _measured(figure: Figure) -> Select[Any]:
    table = TABLES[figure.collection]
    measure: ColumnElement[Any]
    if figure.measure == "COUNT":
        measure = func.count()
    elif figure.measure == "LEFT":
        measure = func.sum(case((table.c.stock > table.c.given, table.c.stock - table.c.given), else_=0))
    elif figure.measure in {"SUM", "LOST"}:
        measure = func.sum(table.c[figure.column])
    elif figure.measure == "HOURS":
        measure = func.sum(table.c.end - table.c.start)
    elif figure.column == "accepted":
        taker = TICKET_TAKER.table
        first = (
            select(taker.c.ticket, func.min(taker.c.since).label("since")).group_by(taker.c.ticket).subquery()
        )
        return select(func.avg(first.c.since - table.c.opened)).join(first, first.c.ticket == table.c.id)
    else:
        measure = func.avg(table.c[figure.column] - table.c.opened)
    return select(measure).select_from(table)


def _rows(connection: Connection, author: Author, waiting: Waiting, period: Period, now: int) -> int:
    conditions = [where("ticket", one) for one in waiting.conditions(period, now)]
    counted = select(func.count()).select_from(TABLES["ticket"])
    return int(connection.execute(counted.where(visible("ticket", author), *conditions)).scalar_one())

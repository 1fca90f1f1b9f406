"""What does not follow from the log is found and named: every column of every derived table, every line of the log."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, ColumnElement, Connection, Integer, Table, and_, delete, select, text, update

from schema.tables.catalogue import MAPPINGS
from schema.tables.change import CHANGE
from schema.tables.document import DOCUMENT
from schema.tables.outcome import OUTCOME
from schema.tables.point_entry import POINT_ENTRY
from schema.tables.settlement import SETTLEMENT
from schema.tables.ticket import TICKET_TAKER
from server.replay import verify
from server.store import Hub
from tests.databases import Databases, looking_into
from tests.server.day import two_days
from tests.server.house import CountedIds, HandClock, opened, settings
from tests.sync.world import M1, S, T

DERIVED: list[Table] = [
    *(mapping.table for mapping in MAPPINGS.values()),
    TICKET_TAKER.table,
    OUTCOME.table,
    POINT_ENTRY.table,
    DOCUMENT,
]
KEYS = [(table, column.name) for table in DERIVED for column in table.primary_key]


@pytest.fixture(scope="module")
def kept(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database after two days, closed."""
    with databases.fresh(tmp_path_factory.mktemp("kept")) as url:
        asyncio.run(_lived_in(url))
        yield url


async def _lived_in(url: str) -> None:
    async with opened(url) as house:
        await two_days(house)
        await house.verified()


@pytest.fixture(scope="module")
def connection(kept: str) -> Iterator[Connection]:
    with looking_into(kept) as connection:
        yield connection


@pytest.fixture
def inside(connection: Connection) -> Iterator[Connection]:
    """A connection on which anything may be altered and then verified: nothing of it is committed."""
    yield connection
    connection.rollback()


def altered(inside: Connection, *statements: str) -> None:
    for statement in statements:
        inside.execute(text(statement))


def one_row(inside: Connection, table: Table, *columns: Any, where: Any = None) -> tuple[Any, ...]:
    """Some columns of the first row of a table, by its key."""
    wanted = select(*columns).order_by(*table.primary_key).limit(1)
    return tuple(inside.execute(wanted if where is None else wanted.where(where)).one())


def this_row(table: Table, key: Sequence[Any]) -> ColumnElement[bool]:
    return and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))


async def test_two_days_follow_from_their_log(kept: str) -> None:
    async with await Hub.open(settings(kept), HandClock(), CountedIds("again")) as hub:
        found = await hub.verify()
    assert found.differences == []
    assert found.ok
    assert found.settlements > 10


def test_every_derived_table_has_rows_to_be_altered(inside: Connection) -> None:
    assert [table.name for table in DERIVED if inside.execute(select(table)).first() is None] == []


@pytest.mark.parametrize("table", DERIVED, ids=lambda table: table.name)
def test_each_changed_cell_of_a_row_is_named_by_table_key_and_column(
    inside: Connection, table: Table
) -> None:
    row = inside.execute(select(table).order_by(*table.primary_key).limit(1)).mappings().one()
    key = [row[column.name] for column in table.primary_key]
    other = {
        column.name: other_than(table, column.name, row[column.name])
        for column in table.columns
        if not column.primary_key
    }
    inside.execute(update(table).where(this_row(table, key)).values(other))
    named = " ".join(map(str, key))
    assert verify(inside).differences == [f"{table.name} {named}: {column} differs" for column in other]


@pytest.mark.parametrize(("table", "column"), KEYS, ids=lambda value: getattr(value, "name", value))
def test_a_row_with_another_key_is_named_as_missing(inside: Connection, table: Table, column: str) -> None:
    *key, value = one_row(inside, table, *table.primary_key, table.c[column])
    inside.execute(
        update(table).where(this_row(table, key)).values({column: other_than(table, column, value)})
    )
    assert f"{table.name} {' '.join(map(str, key))}: is missing" in verify(inside).differences


def other_than(table: Table, column: str, value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(table.c[column].type, JSON):
        return {"other": 1} if value != {"other": 1} else []
    if isinstance(value, bool):
        return not value
    if isinstance(value, int) or (value is None and isinstance(table.c[column].type, Integer)):
        return (value or 0) + 1_000
    return "other" if value != "other" else "another"


@pytest.mark.parametrize("table", DERIVED, ids=lambda table: table.name)
def test_a_removed_row_is_named(inside: Connection, table: Table) -> None:
    key = one_row(inside, table, *table.primary_key)
    inside.execute(delete(table).where(this_row(table, key)))
    assert verify(inside).differences == [f"{table.name} {' '.join(map(str, key))}: is missing"]


def test_a_row_that_no_change_made_is_named(inside: Connection) -> None:
    altered(
        inside,
        f"INSERT INTO point_entry SELECT 'invented', community, member, rule, source, 9, 500, day, at, settlement, team, kind"
        f" FROM point_entry WHERE member = '{M1}' LIMIT 1",
    )
    assert verify(inside).differences == ["point_entry invented: is not in the log"]


@pytest.mark.parametrize("column", [column.name for column in SETTLEMENT.columns])
def test_a_changed_cell_of_a_settlement_is_named(inside: Connection, column: str) -> None:
    wrong = {"kind": "IMPORT", "effects": b"\0", "digest": "other", "previous": "other"}
    json: dict[str, Any] = {name: {"other": 1} for name in ("counts", "report", "seals")}
    known = wrong | json
    value = known[column] if column in known else SETTLEMENT.c[column] + 1000
    inside.execute(update(SETTLEMENT).where(SETTLEMENT.c.number == 4).values({column: value}))
    named = "settlement 4: is missing" if column == "number" else f"settlement 4: {column} differs"
    assert named in verify(inside).differences


@pytest.mark.parametrize("column", [column.name for column in CHANGE.columns])
def test_a_changed_cell_of_the_log_is_named_by_its_line(inside: Connection, column: str) -> None:
    said = CHANGE.c.private.is_not(None) & (CHANGE.c.settlement > 4)
    line, old = one_row(inside, CHANGE, CHANGE.c.position, CHANGE.c[column], where=said)
    known = {"erased": ["contact"], "scope": [], "renews": ["x"], "body": '{"id":1}', "private": "{}"}
    value = known[column] if column in known else other_than(CHANGE, column, old)
    inside.execute(update(CHANGE).where(CHANGE.c.position == line).values({column: value}))
    found = verify(inside)
    assert any(f"line {line}" in difference for difference in found.differences[:3]), found.differences[:5]


def test_a_removed_line_is_named(inside: Connection) -> None:
    for line in (20, "(SELECT max(position) FROM change)"):
        altered(inside, f"DELETE FROM change WHERE position = {line}")
    found = verify(inside)
    assert found.differences[0] == "change line 20: is missing"
    assert sum("is missing" in difference and "line" in difference for difference in found.differences) == 2


def test_two_lines_in_each_others_place_are_named(inside: Connection) -> None:
    altered(
        inside,
        "UPDATE change SET position = -1 WHERE position = 20",
        "UPDATE change SET position = 20 WHERE position = 21",
        "UPDATE change SET position = 21 WHERE position = -1",
    )
    found = verify(inside)
    assert {"change line 20: link differs", "change line 21: link differs"} <= set(found.differences)


def test_a_lost_repeat_or_quarantined_seq_is_named(inside: Connection) -> None:
    altered(inside, "DELETE FROM quarantine")
    assert any("seq 8: is missing" in difference for difference in verify(inside).differences)


def test_a_lost_last_settlement_is_named(inside: Connection) -> None:
    last = inside.execute(text("SELECT max(number) FROM settlement")).scalar_one()
    altered(inside, f"DELETE FROM settlement WHERE number = {last}")
    assert f"settlement {last}: is missing" in verify(inside).differences


def test_differences_never_quote_a_value(inside: Connection) -> None:
    altered(inside, "UPDATE ticket SET title = 'Mrs Li, 5550100'", "UPDATE member SET name = 'somebody'")
    found = verify(inside)
    assert not found.ok
    assert "5550100" not in str(found.differences)
    assert "somebody" not in str(found.differences)


def test_nights_of_an_older_rule_book_are_rebuilt_from_their_effects(inside: Connection) -> None:
    """The rows stay as they are, but their nights now say that they were settled by another version."""
    altered(inside, "UPDATE settlement SET version = version + 1 WHERE number % 2 = 0")
    assert {line.partition(": ")[2] for line in verify(inside).differences} == {"version differs"}


async def test_what_was_erased_stays_erased_and_the_log_stays_provable(
    database_url: str, tmp_path: Path
) -> None:
    async with opened(database_url) as house:
        await two_days(house)
        (ticket,) = await house.rows(
            select(MAPPINGS["ticket"].table).where(MAPPINGS["ticket"].table.c.id == T)
        )
        assert ticket["contact"] is not None
        fields = ["contact", "detail", "notes", "words"]
        await house.submit("district", ("ticket.redact", T, {"fields": fields}))
        await house.verified()
        lines = await house.rows(
            select(CHANGE).where(CHANGE.c.entity == T, CHANGE.c.private_digest.is_not(None))
        )
        assert {name for line in lines for name in line["erased"]} == {"contact", "detail", "text", "words"}
        assert {line["private"] for line in lines} == {None}
        services = await house.rows(select(CHANGE).where(CHANGE.c.entity == S))
        assert services[0]["private"] is not None
    if "sqlite" in database_url:
        assert b"5550100" not in (tmp_path / "hub.db").read_bytes()

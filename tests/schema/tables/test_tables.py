"""The tables mirror the structs, and rows come back as what was written."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import fields
from sqlalchemy import JSON

from schema.tables.catalogue import MAPPINGS, METADATA, OTHERS
from schema.tables.change import LINKED, ChangeRow, link, private_of
from schema.tables.columns import Row, table_of
from schema.tables.mapping import Mapping
from schema.tables.outcome import OUTCOME
from schema.tables.point_entry import POINT_ENTRY
from schema.tables.ticket import TICKET_TAKER, takers_of, ticket_of
from sync.kinds.kind import Office
from sync.things import THINGS, Add, Note, Taker, Ticket, Version

ALL: dict[str, Mapping[Any]] = {
    **MAPPINGS,
    "outcome": OUTCOME,
    "pointEntry": POINT_ENTRY,
    "taker": TICKET_TAKER,
}


@pytest.mark.parametrize("name", ALL)
def test_a_table_mirrors_its_struct_field_by_field(name: str) -> None:
    mapping = ALL[name]
    columns = {column.name for column in mapping.table.columns}
    assert {
        f.name for f in fields(mapping.struct)
    } - mapping.elsewhere == columns - mapping.extra - mapping.computed.keys()
    assert mapping.elsewhere <= {f.name for f in fields(mapping.struct)}


def test_every_thing_has_a_table() -> None:
    assert MAPPINGS.keys() == THINGS.keys()
    assert {mapping.struct for mapping in MAPPINGS.values()} == set(THINGS.values())
    named = {mapping.table.name for mapping in MAPPINGS.values()} | {table.name for table in OTHERS}
    assert named == METADATA.tables.keys()


@pytest.mark.parametrize("table", METADATA.tables.values(), ids=str)
def test_milliseconds_seqs_and_revs_have_64_bits(table: Any) -> None:
    wide = {"rev", "first_rev", "last_rev", "seq", "at", "now", "deed", "arrival", "since", "position"}
    assert {c.name: str(c.type) for c in table.columns if c.name in wide and str(c.type) != "BIGINT"} == {}


GROWING = {"ticket", "ticket_taker", "member", "service", "rating", "redemption", "conflict", "point_entry"}
GROWING |= {"post", "team", "activity", "attendance", "whistle", "evaluation", "rating_code"}
GROWING |= {"change", "quarantine", "fork", "repeat", "hole", "outcome", "document", "contact", "scope"}


@pytest.mark.parametrize("name", sorted(GROWING))
def test_every_table_that_grows_carries_its_community(name: str) -> None:
    assert "community" in METADATA.tables[name].columns


VERSION = Version(7, 8, "device", 9, "change", Office.DISPATCHER, "ticket.edit", None)
TAKER = Taker("member", "change", "device", 1, 2, None, 3, "ticket.claim", None, Office.LIAISON)
TICKET = Ticket(
    id="ticket",
    rev=5,
    community="community",
    grid="grid",
    category="parking",
    title="Widen the entrance",
    tags={"soon": [Add(1, "device", 2)]},
    contact={"telephone": "5550100"},
    notes=[Note("note", "ticket.note", 3, None, "text")],
    takers=[TAKER],
    reserved={"member": "member"},
    grids=[("grid", 4)],
    versions={"title": VERSION},
    ranks={"priority": [VERSION]},
)


def test_a_ticket_comes_back_as_it_was_written() -> None:
    row = decoded(MAPPINGS["ticket"], TICKET)
    takers: list[Row] = [{**taker, "office": int(taker["office"])} for taker in takers_of(TICKET)]
    assert takers[0]["ticket"] == "ticket"
    assert ticket_of(row, takers) == TICKET


def decoded(mapping: Mapping[Any], thing: Any) -> dict[str, Any]:
    """A row as the database gives it: JSON columns went through JSON."""
    row = mapping.row(thing)
    json = {column.name for column in mapping.table.columns if isinstance(column.type, JSON)}
    return {
        name: msgspec.json.decode(msgspec.json.encode(value)) if name in json else value
        for name, value in row.items()
    }


def test_a_lines_link_covers_everything_that_is_fixed_at_acceptance() -> None:
    moving = {"body", "private", "private_digest", "erased", "link", "settlement", "held", "held_since"}
    assert set(LINKED) == {column.name for column in table_of(ChangeRow).columns} - moving
    line = dict.fromkeys(LINKED)
    links = {link("", line), link("before", line), *(link("", {**line, name: 1}) for name in LINKED)}
    assert len(links) == len(LINKED) + 2


PRIVATE = [
    ({"private_digest": None, "private": None, "erased": []}, None),
    ({"private_digest": "x", "private": '{"salt":"a","text":"b"}', "erased": []}, {"salt": "a", "text": "b"}),
    ({"private_digest": "x", "private": None, "erased": ["text"]}, {"salt": "0" * 32, "text": None}),
    (
        {"private_digest": "x", "private": '{"detail":"d"}', "erased": ["contact"]},
        {"salt": "0" * 32, "detail": "d", "contact": None},
    ),
]


@pytest.mark.parametrize(("row", "private"), PRIVATE)
def test_what_was_erased_of_a_line_reads_as_null(row: dict[str, Any], private: Any) -> None:
    assert private_of(row) == private

"""Who may read each field is declared beside it, and everything is described."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLScalarType,
    build_schema,
    is_non_null_type,
    is_specified_scalar_type,
)

from schema.build import DoorSchema, sdl, unguarded
from schema.fields import ROOTS, Guarded
from schema.policies import OPEN, POLICIES, SIGNED, WITHIN
from schema.values import Author, Role
from tests.door import readable

SCHEMA = DoorSchema()
TYPES = {
    name: type_
    for name, type_ in SCHEMA._schema.type_map.items()
    if not name.startswith("__") and not is_specified_scalar_type(type_)
}
OUTPUTS = {
    name: type_
    for name, type_ in TYPES.items()
    if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType)
}


def fields() -> Iterator[tuple[str, str, Any, Guarded]]:
    for name, type_ in OUTPUTS.items():
        for field_name, declared in type_.fields.items():
            yield name, field_name, declared, declared.extensions["strawberry-definition"]


def test_every_field_says_who_may_read_it() -> None:
    assert unguarded(SCHEMA) == []


def test_a_field_without_a_policy_would_be_found() -> None:
    lame = DoorSchema()
    declared = lame._schema.type_map["Ticket"].fields["title"]  # type: ignore[attr-defined]
    declared.extensions = {}
    assert unguarded(lame) == ["Ticket.title"]


def test_every_field_has_its_line_in_the_table_of_who_reads_what() -> None:
    """`python -m tests.door.readable` writes it; `tests/door/test_readable.py` compares it with what is answered."""
    assert set(readable.kept(readable.TABLE.read_text("utf-8"))) == readable.fields_to_prove()


def test_what_some_may_not_read_can_be_null() -> None:
    """So that a field one may not see hides itself, and not everything around it."""
    for name, field_name, declared, guarded in fields():
        if name not in ROOTS and guarded.policy not in {OPEN, SIGNED, WITHIN}:
            assert not is_non_null_type(declared.type), f"{name}.{field_name}"


def test_a_part_is_within_a_field_that_is_guarded() -> None:
    """A type whose fields are all `within` is reached only through fields that have a policy of their own."""
    for name in ROOTS:
        for field_name, declared in OUTPUTS[name].fields.items():
            assert declared.extensions["strawberry-definition"].policy is not WITHIN, f"{name}.{field_name}"


def test_every_policy_allows_exactly_the_roles_it_names() -> None:
    for policy in POLICIES:
        allowed = {role for role in Role if policy.allows(Author(role=role, id="x"))}
        assert allowed == policy.roles
        assert policy.allows(None) is policy.tokenless


def test_only_what_is_meant_to_be_open_needs_no_token() -> None:
    opened = {
        field_name for name, field_name, _, guarded in fields() if name in ROOTS and guarded.policy.tokenless
    }
    # `push` looks at its token itself: it takes a revoked tablet's upload into quarantine.
    assert opened == {"enrol", "openPage", "rules", "codes", "now", "push"}


def described() -> Iterator[tuple[str, str | None]]:
    for name, type_ in TYPES.items():
        yield name, type_.description
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field_name, declared in type_.fields.items():
                yield f"{name}.{field_name}", declared.description
                for argument, given in getattr(declared, "args", {}).items():
                    yield f"{name}.{field_name}({argument})", given.description
        if isinstance(type_, GraphQLEnumType):
            for value_name, value in type_.values.items():
                yield f"{name}.{value_name}", value.description


def test_everything_is_described() -> None:
    assert [where for where, text in described() if not text or len(text.strip()) < 4] == []
    assert isinstance(TYPES["Long"], GraphQLScalarType)


def test_a_restricted_field_says_so_in_its_description() -> None:
    for name, field_name, declared, guarded in fields():
        if guarded.policy.sentence:
            assert guarded.policy.sentence in declared.description, f"{name}.{field_name}"


def test_the_printed_schema_is_the_one_that_is_served() -> None:
    """Print it anew with `lianxin schema > schema/schema.graphql`."""
    kept = (Path(__file__).parent.parent.parent / "schema" / "schema.graphql").read_text("utf-8")
    assert kept == sdl()


PROTOCOL = """
scalar Long
enum Language { ZH EN }
enum DocumentState { LIVE LEFT GONE }
scalar JSON
scalar DateTime
type Grid { id: ID! }
type Mutation {
  enrol(code: String!, name: String!, appVersion: String!, kept: KeptInput): Enrolment!
  push(upload: UploadInput!): Receipt!
  renew(after: String, oldest: Long): Enrolment!
}
type Query { pull(after: String, next: Long!, limit: Int! = 1000): Page!, now: DateTime! }
type Subscription { changed(after: Long): Changed! }
type Changed { rev: Long! }
type Enrolment { device: ID!, token: String!, scope: [Grid!]!, epoch: Int! }
input KeptInput { device: ID!, after: String, oldest: Long!, next: Long! }
input UploadInput { protocol: Int!, from: Long!, oldest: Long!, runs: [RunInput!]!, changes: [JSON]! }
input RunInput { run: Int!, offsetMs: Long, uncertaintyMs: Long }
type Receipt { receivedThrough: Long!, settledThrough: Long!, durableThrough: Long!,
  quarantined: [Quarantined!]!, settlesAt: DateTime, epoch: Int! }
type Quarantined { seq: Long!, id: String, code: String!, sentence(language: Language! = ZH): String! }
type Page { documents: [Document!]!, checkpoint: String!, more: Boolean!, reset: Boolean!, epoch: Int!, scope: [Grid!]!, check: [Check!] }
type Document { collection: String!, id: ID!, rev: Long!, state: DocumentState!, body: JSON }
type Check { collection: String!, count: Int!, digest: String! }
"""
"""The protocol as DESIGN.md 6 prints it, and what was added since. Others build clients from it: add to it, never rename."""


def shape(declared: Any) -> tuple[str, dict[str, tuple[str, Any]]]:
    arguments = {
        name: (str(given.type), getattr(given, "default_value", None))
        for name, given in getattr(declared, "args", {}).items()
    }
    return str(declared.type), arguments


def test_the_protocol_is_as_it_is_printed() -> None:
    printed = build_schema(PROTOCOL)
    served = build_schema(sdl())
    for name, type_ in printed.type_map.items():
        if name.startswith("__") or is_specified_scalar_type(type_):
            continue
        ours = served.type_map[name]
        assert type(ours) is type(type_)
        if isinstance(type_, GraphQLEnumType):
            assert isinstance(ours, GraphQLEnumType)
            assert list(ours.values) == list(type_.values)
        if isinstance(type_, GraphQLObjectType | GraphQLInputObjectType):
            for field_name, declared in type_.fields.items():
                found = ours.fields[field_name]  # type: ignore[attr-defined]
                assert shape(found) == shape(declared), f"{name}.{field_name}"


BODIES = {
    "Community": "id code name kind utcOffset workingHours categories skills policies",
    "Unit": "id code name community resources",
    "Grid": "id code name community",
    "Member": "id community unit number name grid standing skills phone aliasOf points registeredAt",
    "Ticket": "id community grid category title place priority due seats tags detail contact notes state round"
    " takers reserved rating words openedAt opener doneAt closedAt",
    "Service": "id community grid member ticket activity category start end onDuty state summary place by"
    " recordedAt reason",
    "Post": "id community grid code name seats skills from until holders",
    "Whistle": "id community ticket round lead deadline state whistle calls meetings blownAt blower",
    "Evaluation": "id community member grid period grade words state by decidedAt closedAt",
    "Team": "id community code name theme members points",
    "Activity": "id community grid team title category place start end onDuty members openedAt opener",
    "Verdict": "id change seq outcome code rule sentence stands",
}


@pytest.mark.parametrize("name", BODIES)
def test_types_have_the_fields_of_the_feeds_bodies(name: str) -> None:
    assert set(BODIES[name].split()) <= set(OUTPUTS[name].fields)


AUTHORS = {"by", "author", "opener", "device", "tablet", "token", "key", "office", "recordedBy", "openedBy"}
"""What names whoever did something, or what they did it on."""


@pytest.mark.parametrize("end", ["Filter", "Order"])
def test_nobody_can_filter_or_order_by_author(end: str) -> None:
    asked = [type_ for name, type_ in build_schema(sdl()).type_map.items() if name.endswith(end)]
    names = {name for type_ in asked for name in getattr(type_, "fields", {})}
    names |= {name.lower() for type_ in asked if end == "Order" for name in enum_of(type_)}
    assert len(asked) > 4
    assert names & AUTHORS == set()


def enum_of(order: Any) -> list[str]:
    """What an order may be by."""
    return list(order.fields["field"].type.of_type.values)


def test_no_name_is_an_abbreviation_of_anothers() -> None:
    """A ticket is never a task, an order or a job (STYLE.md, Words)."""
    words = re.compile(r"^(task|job|user|village|order[A-Z]?)")
    assert [name for _, name, _, _ in fields() if words.match(name)] == []

"""Every synced field has exactly one rule, and every rule says why in both languages."""

from collections import Counter

import msgspec
import pytest

from sync.documents import BODIES
from sync.kinds import KINDS
from sync.kinds.district import PointExpiryPut, PointRulePut
from sync.kinds.kind import Office
from sync.rules import VERSION
from sync.rules.fields import FIELDS, ROWS, RULES
from sync.rulings import EFFECTS
from tests.sync.test_documents import bodies

SYNCED = [*BODIES]
"""The collections whose documents a tablet holds, verdicts aside."""


@pytest.mark.parametrize("collection", SYNCED)
def test_every_field_of_a_document_has_exactly_one_rule_and_no_rule_is_about_nothing(collection: str) -> None:
    rows = [row.field for row in ROWS if row.thing == collection]
    assert Counter(rows) == Counter(name for name in bodies()[collection] if name != "id")


def test_every_field_of_a_point_rule_has_exactly_one_rule() -> None:
    rows = [row.field for row in ROWS if row.thing == "pointRule"]
    assert Counter(rows) == Counter(field.encode_name for field in msgspec.structs.fields(PointRulePut))


def test_every_field_of_an_expiry_rule_has_exactly_one_rule() -> None:
    rows = [row.field for row in ROWS if row.thing == "pointExpiry"]
    assert Counter(rows) == Counter(field.encode_name for field in msgspec.structs.fields(PointExpiryPut))


def test_no_row_is_hidden_by_another() -> None:
    assert len(FIELDS) == len(ROWS)
    assert {row.thing for row in ROWS} == {*SYNCED, "pointRule", "pointExpiry", "recount"}


def test_every_row_names_a_rule_and_says_why_in_both_languages() -> None:
    for row in ROWS:
        assert row.rule in RULES
        assert row.zh.endswith("。")
        assert row.en.endswith(".")
    for rule in RULES.values():
        assert rule.zh.endswith("。")
        assert rule.en.endswith(".")


DESIGNED = {
    "latest": "ticket.title ticket.category ticket.place ticket.detail ticket.contact member.name member.phone"
    " team.members whistle.calls evaluation.grade evaluation.words",
    "ranked": "ticket.priority ticket.due ticket.grid ticket.seats member.standing",
    "growing": "ticket.notes ticket.pauses service.state service.reason duty.reason activity.members whistle.meetings",
    "elements": "ticket.tags member.skills",
    "district": "member.unit member.number",
    "placed": "member.grid",
    "first": "ticket.takers service.ticket service.activity post.holders duty.state whistle.lead",
}
"""DESIGN.md 4, Tickets and Members, read once more. The register's own fields are `district` throughout."""


HELD = {("post", "holders"), ("team", "members"), ("team", "points")}
"""What stands in the register and is not put there."""


@pytest.mark.parametrize("rule", DESIGNED)
def test_the_table_says_what_the_design_says(rule: str) -> None:
    register = {"community", "unit", "grid", "pointRule", "post", "team", "reward", "pointExpiry"}
    put = [
        row
        for row in ROWS
        if row.thing in register and (row.thing, row.field) not in HELD | {("reward", "given")}
    ]
    rows = {f"{row.thing}.{row.field}" for row in ROWS if row.rule == rule and row not in put}
    assert rows == set(DESIGNED[rule].split())
    assert {row.rule for row in put} == {"district"}


def test_what_is_erasable_is_what_travels_in_a_private_part() -> None:
    private = {f"{row.thing}.{row.field}" for row in ROWS if row.private}
    travels = {
        f"{kind.thing}.{field.encode_name}"
        for kind in KINDS.values()
        if kind.private is not None
        for field in msgspec.structs.fields(kind.private)
        if field.name not in {"salt", "text"}
    }
    assert private == travels


def test_who_may_write_is_an_office() -> None:
    assert FIELDS["member", "number"].by is Office.DISPATCHER
    assert FIELDS["grid", "name"].by is Office.DISTRICT
    assert FIELDS["ticket", "title"].by is Office.LIAISON


def test_every_rule_that_makes_a_conflict_is_a_rule_of_the_book() -> None:
    assert set(EFFECTS) <= set(RULES)


def test_the_rule_book_has_a_version() -> None:
    assert VERSION >= 1

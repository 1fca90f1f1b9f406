"""From a district file to changes: only what differs, with ids that the codes give."""

from collections import Counter
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from server.district import read
from server.district_changes import Author, Current, Plan, entity_id, plan
from sync.changes import decode, digest
from sync.kinds import KINDS
from sync.kinds.kind import Office
from sync.memory import Memory
from sync.shapes import parse_time
from sync.state import Accepted, Settled
from sync.things import Add, Community, Grid, Member, PointExpiry, PointRule, Unit, Version

EXAMPLE = Path("server/examples/red-cell.yaml").read_bytes()
SMALL = """
communities:
  - code: LY
    name: {zh: 乐邑, en: Leyi}
    kind: STREET
    utcOffset: 480
    workingHours: [{days: [1, 2], from: 08:30, until: 12:00}]
    categories: [{code: parking, name: {zh: 停车, en: Parking}}]
    skills: [{code: law, name: {zh: 法律, en: Law}}]
units: [{code: U1, name: {zh: 局, en: Bureau}, community: LY}]
grids: [{code: LY-1, name: {zh: 一, en: One}, community: LY}, {code: LY-2, name: {zh: 二, en: Two}, community: LY}]
pointRules: [{code: s, name: {zh: 次, en: Once}, per: SERVICE, points: 1, from: 2026-01-01}]
pointExpiries: [{code: e, name: {zh: 到期, en: Expiry}, months: 12, on: 2027-12-31, utcOffset: 480}]
members: [{unit: U1, number: 007, name: 党员 007, grid: LY-1, skills: [law], phone: 10001}]
"""
LY, U1, LY1 = entity_id("community", "LY"), entity_id("unit", "U1"), entity_id("grid", "LY-1")
SEVEN = entity_id("member", "U1:007")


def author() -> Author:
    numbers = count(1)
    return Author(
        now=parse_time("2026-03-16T00:00:00.000Z"),
        new_id=lambda: f"0195a000-0000-7000-8000-{next(numbers):012x}",
        new_salt=lambda: f"{next(numbers):032x}",
    )


def planned(text: str, current: Current, *, overwrite: bool = False) -> Plan:
    return plan(read(text.encode(), current.known()), current, author(), overwrite=overwrite)


def written(office: Office) -> Version:
    return Version(rev=5, deed=1, device="d", seq=1, change="c", office=office, kind="member.edit", by=None)


@pytest.fixture
def current() -> Current:
    """What a hub has after SMALL was loaded: defaults written out where the rule book does so."""
    return Current(
        communities={
            "LY": Community(
                id=LY,
                rev=5,
                code="LY",
                name={"zh": "乐邑", "en": "Leyi"},
                kind="STREET",
                utc_offset=480,
                working_hours=[{"days": [1, 2], "from": "08:30", "until": "12:00"}],
                categories=[{"code": "parking", "name": {"zh": "停车", "en": "Parking"}}],
                skills=[{"code": "law", "name": {"zh": "法律", "en": "Law"}}],
                policies={"rankIndividuals": False, "contactDays": 90},
            )
        },
        units={"U1": Unit(U1, 6, code="U1", name={"zh": "局", "en": "Bureau"}, community=LY, resources=[])},
        grids={
            code: Grid(entity_id("grid", code), 7, code=code, name={"zh": zh, "en": en}, community=LY)
            for code, zh, en in (("LY-1", "一", "One"), ("LY-2", "二", "Two"))
        },
        point_rules={
            "s": PointRule(
                id=entity_id("pointRule", "s"),
                rev=5,
                code="s",
                name={"zh": "次", "en": "Once"},
                per="SERVICE",
                points=1,
                starts_on="2026-01-01",
            )
        },
        point_expiries={
            "e": PointExpiry(
                id=entity_id("pointExpiry", "e"),
                rev=5,
                code="e",
                name={"zh": "到期", "en": "Expiry"},
                months=12,
                on="2027-12-31",
                utc_offset=480,
            )
        },
        members={
            (U1, "007"): Member(
                id=SEVEN,
                rev=9,
                unit=U1,
                number="007",
                name="党员 007",
                community=LY,
                grid=LY1,
                skills={"law": [Add(5, "hub", 1)]},
                phone="10001",
                versions={"name": written(Office.DISTRICT), "grid": written(Office.DISTRICT)},
            )
        },
    )


def test_a_new_district_becomes_changes_that_the_rule_book_can_read() -> None:
    changes = plan(read(EXAMPLE), Current(), author()).changes
    kinds = Counter(decode(raw).kind for raw in changes)
    assert kinds == {
        "community.put": 2,
        "unit.put": 17,
        "grid.put": 5,
        "pointRule.put": 8,
        "pointExpiry.put": 1,
        "member.register": 150,
        "member.edit": 150,
    }
    assert all(Office.DISTRICT in KINDS[kind].offices for kind in kinds)
    assert len({raw["id"] for raw in changes}) == len(changes)
    assert {raw["saw"] for raw in changes} == {0}


def test_what_is_referred_to_comes_before_what_refers_to_it() -> None:
    seen: set[str] = set()
    for raw in plan(read(EXAMPLE), Current(), author()).changes:
        references = {raw["data"][key] for key in ("community", "unit", "grid") if key in raw["data"]}
        assert references <= seen
        seen.add(raw["entity"])


def test_a_thing_has_the_same_id_in_every_file_and_for_ever() -> None:
    changes = planned(SMALL, Current()).changes
    assert [raw["entity"] for raw in changes if raw["kind"] == "community.put"] == [LY]
    assert entity_id("community", "LY") == "206d28ec-4db4-5260-88b3-244763cf5a2c"


def test_a_phone_travels_in_the_private_part_with_a_salt() -> None:
    register = next(raw for raw in planned(SMALL, Current()).changes if raw["kind"] == "member.register")
    assert register["private"]["phone"] == "10001"
    assert len(register["private"]["salt"]) == 32
    assert "phone" not in register["data"]


def test_a_file_that_is_loaded_already_makes_no_change(current: Current) -> None:
    assert planned(SMALL, current) == Plan()


CHANGED = [
    ("en: Leyi", "en: Leyi Community", {"community.put": (LY, 5)}),
    ("community: LY}]\ngrids", "community: LY, resources: [a hall]}]\ngrids", {"unit.put": (U1, 6)}),
    ("en: One", "en: First", {"grid.put": (LY1, 7)}),
    ("points: 1, from: 2026-01-01", "points: 1, from: 2026-01-01, until: 2026-12-31", {"pointRule.put": None}),
    ("skills: [{code: law", "policies: {contactDays: 30}\n    skills: [{code: law", {"community.put": (LY, 5)}),
    ("name: 党员 007", "name: 党员 七", {"member.edit": (SEVEN, 9)}),
    ("phone: 10001", "phone: 10002", {"member.edit": (SEVEN, 9)}),
    ("phone: 10001", "standing: AWAY", {"member.edit": (SEVEN, 9)}),
    ("grid: LY-1, skills", "grid: LY-2, skills", {"member.assign": (SEVEN, 9)}),
    ("grid: LY-1, skills: [law], ", "", {}),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), CHANGED)
def test_only_what_differs_is_written_by_an_author_who_saw_what_is_there(
    current: Current, old: str, new: str, expected: dict[str, Any]
) -> None:
    assert old in SMALL
    changes = planned(SMALL.replace(old, new), current).changes
    assert [decode(raw).kind for raw in changes] == list(expected)
    for raw in changes:
        assert expected[raw["kind"]] in (None, (raw["entity"], raw["saw"]))


def test_an_added_skill_is_added_and_a_missing_one_is_left(current: Current) -> None:
    member = current.members[U1, "007"]
    member.skills = {"law": [], "cooking": [Add(5, "tablet", 1)]}
    (change,) = planned(SMALL, current).changes
    assert change["data"] == {"addSkills": ["law"]}


def test_what_people_changed_since_stays_unless_the_file_is_to_overwrite_it(current: Current) -> None:
    member = current.members[U1, "007"]
    member.name, member.grid = "党员 柒", entity_id("grid", "LY-2")
    member.versions = {"name": written(Office.LIAISON), "grid": written(Office.DISPATCHER)}
    assert planned(SMALL, current) == Plan([], kept=2)
    overwritten = planned(SMALL, current, overwrite=True)
    assert [raw["kind"] for raw in overwritten.changes] == ["member.edit", "member.assign"]
    assert overwritten.kept == 0


def test_a_member_whom_a_tablet_registered_first_is_not_registered_again(current: Current) -> None:
    member = current.members[U1, "007"]
    member.id = "0195a000-0000-7000-8000-0000000000ff"
    assert planned(SMALL, current).changes == []


def test_a_thing_that_the_hub_knows_by_another_id_keeps_it(current: Current) -> None:
    current.point_rules["s"].id = "0195a000-0000-7000-8000-0000000000ee"
    (change,) = planned(SMALL.replace("points: 1", "points: 2"), current).changes
    assert change["entity"] == "0195a000-0000-7000-8000-0000000000ee"


def test_another_day_of_expiry_is_put_on_what_was_seen(current: Current) -> None:
    (change,) = planned(SMALL.replace("2027-12-31", "2028-01-31"), current).changes
    assert (change["kind"], change["saw"], change["data"]["on"]) == ("pointExpiry.put", 5, "2028-01-31")
    current.point_expiries["e"].brought = True
    assert planned(SMALL, current).changes == []


def loaded(memory: Memory, changes: list[dict[str, Any]]) -> Settled:
    """Settle changes as the district's own."""
    at = parse_time("2026-03-16T00:00:00.000Z")
    batch = [
        Accepted(
            change=decode(raw),
            device="0195a000-0000-7000-8000-00000000d157",
            seq=seq,
            digest=digest(raw),
            office=Office.DISTRICT,
            scope=(),
            saw=raw["saw"],
            arrival=at,
            deed=at,
            uncertainty_ms=0,
        )
        for seq, raw in enumerate(changes, start=1)
    ]
    return memory.settle(batch, at)


def remembered(memory: Memory) -> Current:
    members: list[Any] = list(memory.things["member"].values())
    by_code: dict[str, dict[str, Any]] = {
        name: {thing.code: thing for thing in things.values()}  # type: ignore[attr-defined]
        for name, things in memory.things.items()
        if name != "member"
    }
    return Current(
        communities=by_code["community"],
        units=by_code["unit"],
        grids=by_code["grid"],
        point_rules=by_code["pointRule"],
        point_expiries=by_code["pointExpiry"],
        members={(member.unit, member.number): member for member in members},
    )


def test_the_rule_book_takes_the_whole_example_and_a_second_load_changes_nothing() -> None:
    memory = Memory()
    settled = loaded(memory, plan(read(EXAMPLE), Current(), author()).changes)
    assert {outcome.code for outcome in settled.outcomes} == {"APPLIED"}
    assert len(memory.things["member"]) == 150
    member = memory.things["member"][entity_id("member", "LY-U01:004")]
    assert isinstance(member, Member)
    assert sorted(code for code, adds in member.skills.items() if adds) == ["law", "mediation"]
    assert plan(read(EXAMPLE), remembered(memory), author()) == Plan()

"""The district file: what it may say, and that everything wrong with it is said, line and key."""

import json
from pathlib import Path
from typing import Any

import pytest

from server.district import BadDistrict, District, read
from server.district_check import Known
from server.district_problems import SENTENCES

EXAMPLE = Path("server/examples/red-cell.yaml")

COMMUNITY = """\
communities:
  - code: LY
    name: {zh: 乐邑, en: Leyi}
    kind: STREET
    utcOffset: 480
    workingHours: [{days: [1, 2], from: 08:30, until: 12:00}]
    categories: [{code: parking, name: {zh: 停车, en: Parking}}]
    skills: [{code: law, name: {zh: 法律, en: Law}}]
"""
UNIT = "units: [{code: U1, name: {zh: 局, en: Bureau}, community: LY}]\n"
GRID = "grids: [{code: LY-1, name: {zh: 格, en: Grid}, community: LY}]\n"
HOUSE = COMMUNITY + UNIT + GRID
RULE = "{code: s, name: {zh: 次, en: Once}, per: SERVICE, points: 1, from: 2026-01-01, until: 2026-06-30}"
EXPIRY = "{code: e, name: {zh: 到期, en: Expiry}, months: 12, on: 2027-12-31, utcOffset: 480}"
LINES = HOUSE.count("\n")


def problems(text: str, known: Known | None = None) -> list[tuple[int, str, str]]:
    with pytest.raises(BadDistrict) as caught:
        read(text.encode(), known)
    return [(problem.line, problem.path, problem.code) for problem in caught.value.problems]


def test_the_example_district_has_the_sizes_of_the_published_account() -> None:
    district = read(EXAMPLE.read_bytes())
    ly = {unit.code for unit in district.units if unit.community == "LY"}
    members = [member for member in district.members if member.unit in ly]
    assert (len(ly), len(members)) == (15, 132)
    assert {grid.code for grid in district.grids} == {"LY-1", "LY-2", "LY-3", "LY-4", "CG-1"}
    assert {sum(member.grid == grid for member in members) for grid in ("LY-1", "LY-2", "LY-3", "LY-4")} == {
        33
    }
    assert len(members) < len(district.members)


def test_the_example_numbers_people_and_names_everything_else_in_two_languages() -> None:
    district = read(EXAMPLE.read_bytes())
    assert all(member.name == f"党员 {member.number}" for member in district.members)
    named: list[Any] = [*district.communities, *district.units, *district.grids]
    named += [*district.point_rules, *district.point_expiries]
    named += [one for community in district.communities for one in (*community.categories, *community.skills)]
    assert all(one.name.zh and one.name.en and one.name.zh != one.name.en for one in named)


def test_the_example_has_the_deeds_hours_and_capped_dated_rules_of_such_a_scheme() -> None:
    district = read(EXAMPLE.read_bytes())
    ly = next(community for community in district.communities if community.code == "LY")
    deeds = {"parking", "entrance", "tyre", "food", "health", "legal", "safety", "environment", "enterprise"}
    assert deeds <= {category.code for category in ly.categories}
    assert ly.utc_offset == 480
    hours = [(one.days, one.start, one.end) for one in ly.working_hours]
    assert hours == [([1, 2, 3, 4, 5], "08:30", "12:00"), ([1, 2, 3, 4, 5], "14:00", "17:30")]
    assert {rule.per for rule in district.point_rules} == {"SERVICE", "HOUR", "RATING", "ACTIVITY"}
    assert {rule.hours for rule in district.point_rules} >= {"ON_DUTY", "OUT_OF_HOURS"}
    assert all(isinstance(rule.daily_cap, int) for rule in district.point_rules)


def test_json_is_read_as_well_rare_characters_and_tabs_included() -> None:
    text = json.dumps(
        {"units": [{"code": "U1", "name": {"zh": "😀", "en": "x"}, "community": "LY"}]}, indent="\t"
    )
    assert read(text.encode(), Known(categories={"LY": set()})).units[0].name.zh == "😀"


def test_a_number_may_be_written_without_quotes_and_keeps_its_zeros() -> None:
    district = read((HOUSE + "members: [{unit: U1, number: 007, name: 党员 007}]").encode())
    assert district.members[0].number == "007"


def test_a_file_may_refer_to_what_the_hub_already_has() -> None:
    known = Known(categories={"LY": set()}, skills={"LY": {"law"}}, units={"U1": "LY"}, grids={"LY-1": "LY"})
    member = "members: [{unit: U1, number: 007, name: 党员 007, grid: LY-1, skills: [law]}]"
    assert len(read(member.encode(), known).members) == 1
    assert [code for _, _, code in problems(member)] == ["UNKNOWN_CODE", "UNKNOWN_CODE"]


def test_what_is_left_out_is_empty() -> None:
    assert read(b"units: []") == District()


FAULTS = [
    ("", [(1, "", "EMPTY_FILE")]),
    ("# nothing\n", [(1, "", "EMPTY_FILE")]),
    ("a: b: c", [(1, "", "NOT_YAML")]),
    ("units:\n  - [1, 2", [(2, "", "NOT_YAML")]),
    ("units: \0", [(1, "", "NOT_YAML")]),
    ("[" * 2000, [(1, "", "NOT_YAML")]),
    ("- 1", [(1, "", "WRONG_TYPE")]),
    ("units: []\nteams: []", [(2, "", "UNKNOWN_KEY")]),
    ("units: []\n? [1]\n: 2", [(2, "", "UNKNOWN_KEY")]),
    ("units: []\nunits: []", [(2, "", "REPEATED_KEY")]),
    ("units: {}", [(1, "units", "WRONG_TYPE")]),
    ("units:\ngrids: []", [(1, "units", "NO_VALUE")]),
    ("units: [~]", [(1, "units[0]", "NO_VALUE")]),
    ("units: !!python/object:os.system [x]", [(1, "units", "TAG")]),
    ("units: &all []\ngrids: *all", [(2, "grids", "ALIAS")]),
    (COMMUNITY + "units:\n  - {code: U1, community: LY}", [(10, "units[0]", "MISSING_KEY")]),
    (COMMUNITY.replace("STREET", "TOWN"), [(4, "communities[0].kind", "NOT_ONE_OF")]),
    (COMMUNITY.replace("STREET", "true"), [(4, "communities[0].kind", "WRONG_TYPE")]),
    (COMMUNITY.replace("480", "eight"), [(5, "communities[0].utcOffset", "WRONG_TYPE")]),
    (COMMUNITY.replace("480", "8.5"), [(5, "communities[0].utcOffset", "WRONG_TYPE")]),
    (COMMUNITY.replace("480", "4800"), [(5, "communities[0].utcOffset", "OUT_OF_RANGE")]),
    (COMMUNITY.replace("480", "9" * 17), [(5, "communities[0].utcOffset", "OUT_OF_RANGE")]),
    (COMMUNITY.replace("480", "-" + "9" * 5000), [(5, "communities[0].utcOffset", "OUT_OF_RANGE")]),
    (COMMUNITY.replace("LY", "L Y"), [(2, "communities[0].code", "NOT_A_CODE")]),
    (COMMUNITY.replace("乐邑", "乐" * 201), [(3, "communities[0].name.zh", "TOO_LONG")]),
    (COMMUNITY.replace("乐邑", '""'), [(3, "communities[0].name.zh", "TOO_SHORT")]),
    (COMMUNITY.replace("乐邑", '"\\ud800"'), [(3, "communities[0].name.zh", "NOT_WRITABLE")]),
    (COMMUNITY.replace("乐邑", "yes"), []),
    (COMMUNITY.replace("乐邑", "true"), [(3, "communities[0].name.zh", "WRONG_TYPE")]),
    (COMMUNITY.replace("08:30", "8:30"), [(6, "communities[0].workingHours[0].from", "NOT_A_CLOCK")]),
    (COMMUNITY.replace("08:30", "12:30"), [(6, "communities[0].workingHours[0]", "BACKWARD_HOURS")]),
    (COMMUNITY.replace("[1, 2]", "[0, 8]"), [
        (6, "communities[0].workingHours[0].days[0]", "OUT_OF_RANGE"),
        (6, "communities[0].workingHours[0].days[1]", "OUT_OF_RANGE"),
    ]),
    (COMMUNITY.replace("12:00}]", "12:00}, {days: [2, 3], from: 11:00, until: 13:00}]"), [
        (6, "communities[0].workingHours[1]", "OVERLAPPING_HOURS")
    ]),
    (COMMUNITY.replace("12:00}]", "12:00}, {days: [2, 3], from: 12:00, until: 13:00}]"), []),
    (COMMUNITY + "    policies: {rankIndividuals: 1}", [(9, "communities[0].policies.rankIndividuals", "WRONG_TYPE")]),
    (COMMUNITY.replace("[{code: law,", "[{code: law, name: {zh: 法, en: L}}, {code: law,"), [
        (8, "communities[0].skills[1].code", "REPEATED_CODE")
    ]),
    (HOUSE.replace("U1, name: {zh: 局, en: Bureau}, community: LY", "U1, name: {zh: 局, en: B}, community: XX"), [
        (9, "units[0].community", "UNKNOWN_CODE")
    ]),
    (HOUSE + f"pointRules:\n  - {RULE}\n  - {RULE}", [
        (LINES + 3, "pointRules[1]", "OVERLAPPING_RULES"),
        (LINES + 3, "pointRules[1].code", "REPEATED_CODE"),
    ]),
    (HOUSE + f"pointRules:\n  - {RULE}\n  - {RULE.replace('code: s', 'code: t').replace('-01-01', '-06-30')}", [
        (LINES + 3, "pointRules[1]", "OVERLAPPING_RULES")
    ]),
    (HOUSE + f"pointRules:\n  - {RULE}\n  - {RULE.replace('code: s', 'code: t, hours: ON_DUTY')}", []),
    (HOUSE + f"pointRules:\n  - {RULE.replace('2026-06-30', '2025-06-30')}", [
        (LINES + 2, "pointRules[0].until", "BACKWARD")
    ]),
    (HOUSE + f"pointRules:\n  - {RULE.replace('2026-06-30', '2026-06-31')}", [
        (LINES + 2, "pointRules[0].until", "NOT_A_DATE")
    ]),
    (HOUSE + f"pointRules:\n  - {RULE.replace('per: SERVICE', 'per: SERVICE, atLeast: 4')}", [
        (LINES + 2, "pointRules[0].atLeast", "RATING_ONLY")
    ]),
    (HOUSE + f"pointRules:\n  - {RULE.replace('per:', 'community: LY, categories: [parking, tyre], per:')}", [
        (LINES + 2, "pointRules[0].categories[1]", "UNKNOWN_CODE")
    ]),
    (HOUSE + f"pointExpiries:\n  - {EXPIRY}\n  - {EXPIRY}", [
        (LINES + 3, "pointExpiries[1].code", "REPEATED_CODE")
    ]),
    (HOUSE + f"pointExpiries:\n  - {EXPIRY.replace('12-31', '12-32').replace('months: 12', 'months: 0')}", [
        (LINES + 2, "pointExpiries[0].months", "OUT_OF_RANGE"),
        (LINES + 2, "pointExpiries[0].on", "NOT_A_DATE"),
    ]),
    (HOUSE + "members: [{unit: U2, number: 1, name: a}]", [(LINES + 1, "members[0].unit", "UNKNOWN_CODE")]),
    (HOUSE + "members: [{unit: U1, number: 1, name: a, grid: LY-9}]", [
        (LINES + 1, "members[0].grid", "UNKNOWN_CODE")
    ]),
    (HOUSE + "members: [{unit: U1, number: 1, name: a, skills: [law, cooking]}]", [
        (LINES + 1, "members[0].skills[1]", "UNKNOWN_CODE")
    ]),
    (HOUSE + "members:\n- {unit: U1, number: 1, name: a}\n- {unit: U1, number: 1, name: b}", [
        (LINES + 3, "members[1]", "REPEATED_MEMBER")
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), FAULTS)
def test_a_fault_is_named_with_its_line_and_key(text: str, expected: list[tuple[int, str, str]]) -> None:
    if expected:
        assert problems(text) == expected
    else:
        read(text.encode())


def test_a_member_in_a_grid_of_another_community_is_refused() -> None:
    other = COMMUNITY.replace("communities:\n", "").replace("LY", "CG")
    text = COMMUNITY + other + UNIT + GRID.replace("community: LY", "community: CG")
    text += "members: [{unit: U1, number: 1, name: a, grid: LY-1}]"
    assert problems(text) == [(text.count("\n") + 1, "members[0].grid", "FOREIGN_GRID")]


def test_all_problems_are_said_at_once_in_the_order_of_the_file() -> None:
    text = HOUSE.replace("480", "x").replace("Bureau}, community: LY", "Bureau}, community: XX, colour: red")
    text += "members: [{unit: U7, number: '', name: 3}]\n"
    assert problems(text) == [
        (5, "communities[0].utcOffset", "WRONG_TYPE"),
        (9, "units[0]", "UNKNOWN_KEY"),
        (9, "units[0].community", "UNKNOWN_CODE"),
        (11, "members[0].number", "NOT_A_CODE"),
        (11, "members[0].unit", "UNKNOWN_CODE"),
    ]


def test_a_file_that_is_not_utf_8_is_refused_with_the_line_of_the_first_wrong_byte() -> None:
    with pytest.raises(BadDistrict) as caught:
        read(b"units: []\n# " + "党员".encode("gb18030"))
    assert [(one.line, one.code) for one in caught.value.problems] == [(2, "NOT_TEXT")]


def test_no_sentence_repeats_what_the_file_says_about_a_person() -> None:
    member = "members: [{unit: U9, number: 1, name: 张三丰" + "x" * 60 + ", phone: [13800000000], grid: Q}]"
    with pytest.raises(BadDistrict) as caught:
        read((HOUSE + member).encode())
    said = "".join(text for one in caught.value.problems for text in one.sentence.values())
    assert "张三丰" not in said
    assert "138" not in said
    assert "U9" in said


def test_every_problem_has_a_sentence_in_both_languages_and_is_tested() -> None:
    tested = {code for _, expected in FAULTS for _, _, code in expected} | {"FOREIGN_GRID", "NOT_TEXT"}
    assert tested == set(SENTENCES)
    assert all(zh and en and zh != en for zh, en in SENTENCES.values())

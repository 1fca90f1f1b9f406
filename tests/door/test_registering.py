"""Double check-in (双报到) at the door: a unit's list registers its members, what does not fit is named, and twice is once."""

from typing import Any

from server import registering, unit_list
from server.district_changes import Author as Writer
from tests.door.house import DISTRICT, FAR_UNIT, GRID, UNIT, UNIT_2, House

REGISTER = """mutation ($input: UnitRegisterInput!) { unitRegister(input: $input) { __typename
    ... on UnitRegistered { registered placed known queued problems { line column code sentence(language: EN) } }
    ... on NotFound { path } ... on InvalidInput { code path } } }"""
LIST = """编号,姓名,网格,电话,技能
201,新来甲,LY-1,5550201,law
202,新来乙,,,
203,新来丙,LY-9,,
204,新来丁,LY-2,,law;flying
201,又一个,LY-2,,
,没有编号,,,
001,党员 001,LY-1,,
002,改了名,LY-1,,
"""


async def register(house: House, text: str, role: str = "dispatcher", **more: Any) -> dict[str, Any]:
    given = {"unit": UNIT, "list": text, **more}
    answer: dict[str, Any] = (await house.ask(REGISTER, role, input=given))["unitRegister"]
    return answer


async def numbers(house: House, unit: str = UNIT) -> dict[str, Any]:
    query = """query ($filter: MemberFilter) { members(filter: $filter, first: 100) { edges { node {
        number name grid { code } skills phone } } } }"""
    found = await house.ask(query, "dispatcher", filter={"unit": unit})
    return {edge["node"]["number"]: edge["node"] for edge in found["members"]["edges"]}


MISFITS = [
    (4, "grid", "UNKNOWN_GRID"),
    (5, "skills", "UNKNOWN_SKILL"),
    (6, "number", "DUPLICATE_NUMBER"),
    (7, "number", "NO_VALUE"),
    (9, "name", "NAME_DIFFERS"),
]


async def test_a_list_registers_whom_it_fits_and_names_the_rest_line_by_line(house: House) -> None:
    rev = await house.rev()
    looked = await register(house, LIST, check=True)
    assert (looked["registered"], looked["known"], await house.rev()) == (2, 1, rev), "only looked at"
    assert "201" not in await numbers(house)
    done = await register(house, LIST)
    assert done["problems"] == looked["problems"]
    assert (done["registered"], done["placed"], done["known"], done["queued"]) == (2, 0, 1, 0)
    assert [(one["line"], one["column"], one["code"]) for one in done["problems"]] == MISFITS
    said = str(done["problems"])
    assert not any(word in said for word in ("新来", "又一个", "没有编号", "改了名", "555", "LY-9", "flying"))
    found = await numbers(house)
    assert found["201"] == {
        "number": "201",
        "name": "新来甲",
        "grid": {"code": "LY-1"},
        "skills": ["law"],
        "phone": "5550201",
    }
    assert (found["202"]["grid"], found["002"]["name"]) == (None, "党员 002")


async def test_the_same_list_again_changes_nothing_and_a_grid_that_was_missing_is_filled_in(
    house: House,
) -> None:
    await register(house, LIST)
    rev = await house.rev()
    again = await register(house, LIST)
    assert (again["registered"], again["placed"], again["known"], await house.rev()) == (0, 0, 3, rev)
    placed = await register(house, "number,name,grid\n202,新来乙,LY-2\n")
    assert (placed["placed"], placed["problems"]) == (1, [])
    assert (await numbers(house))["202"]["grid"] == {"code": "LY-2"}
    moved = await register(house, "number,name,grid\n202,新来乙,LY-1\n")
    assert [(one["line"], one["code"]) for one in moved["problems"]] == [(2, "REGISTERED_ELSEWHERE")]
    assert (await numbers(house))["202"]["grid"] == {"code": "LY-2"}


async def test_whoever_is_read_as_another_is_the_other_and_a_number_that_was_corrected_is_free(
    house: House,
) -> None:
    await register(house, "number,name\n301,甲\n302,甲\n")
    ids = await house.ask(
        "query ($filter: MemberFilter) { members(filter: $filter) { edges { node { id number } } } }",
        "dispatcher",
        filter={"unit": UNIT},
    )
    known = {edge["node"]["number"]: edge["node"]["id"] for edge in ids["members"]["edges"]}
    await house.do("member.merge", known["302"], into=known["301"])
    again = await register(house, "number,name\n302,甲\n")
    assert (again["known"], again["problems"]) == (1, [])
    await house.do("member.edit", known["301"], number="303")
    newcomer = await register(house, "number,name\n301,乙\n")
    assert (newcomer["registered"], newcomer["problems"]) == (1, [])


async def test_a_list_may_be_yaml_and_one_that_is_neither_is_refused_with_its_reason(house: House) -> None:
    done = await register(house, "- {number: 401, name: 新}\n", format="YAML", unit=UNIT_2)
    assert done["registered"] == 1
    for text, code in (("", "EMPTY_LIST"), ("姓名\n李\n", "NO_HEADER"), ("x" * 1_000_001, "TOO_LARGE")):
        refused = await register(house, text)
        assert (refused["__typename"], refused["code"], refused["path"]) == (
            "InvalidInput",
            code,
            "input.list",
        )


async def test_it_is_the_desks_of_the_units_community(house: House) -> None:
    for role, unit in (("dispatcher", FAR_UNIT), ("far dispatcher", UNIT), ("dispatcher", GRID)):
        foreign = await register(house, LIST, role, unit=unit)
        assert (foreign["__typename"], foreign["path"]) == ("NotFound", "input.unit")
    for role in ("unit", "reader", "tablet"):
        given = {"unit": UNIT, "list": LIST}
        assert await house.code(REGISTER, role, input=given) == "FORBIDDEN"


async def test_a_long_list_is_settled_a_portion_at_a_time_and_says_how_far_it_is(house: House) -> None:
    rows = "".join(f"{n},某人 {n}\n" for n in range(1000, 1450))
    steps: list[tuple[int, int]] = []
    done = await house.hub.register_list(
        DISTRICT, UNIT_2, f"编号,姓名\n{rows}".encode("gb18030"), progress=lambda *step: steps.append(step)
    )
    assert done is not None
    assert (done.registered, done.problems) == (450, [])
    assert steps == [(0, 450), (200, 450), (400, 450), (450, 450)]
    assert (await house.hub.verify()).ok


async def test_a_registration_that_a_tablet_sent_already_joins_the_night(house: House) -> None:
    change = house.change("member.register", house.ids.uuid7(), {"unit": UNIT, "number": "501", "name": "新"})
    upload = {"protocol": 1, "from": 1, "oldest": 1, "runs": [], "changes": [change]}
    await house.ask("mutation ($u: UploadInput!) { push(upload: $u) { epoch } }", "second tablet", u=upload)
    done = await register(house, "number,name\n501,新\n")
    assert (done["registered"], done["queued"], done["problems"]) == (0, 1, [])
    await house.hub.settle()
    again = await register(house, "number,name\n501,新\n")
    assert (again["known"], again["problems"]) == (1, [])


async def test_what_settlement_decides_otherwise_is_said_by_its_code(house: House) -> None:
    """Somebody registers the same person between the look and the settlement."""
    listed = unit_list.read(b"number,name,grid\n601,new,LY-1\n")
    there = await house.hub.database.read_in_thread(
        lambda c: registering.known(c, DISTRICT, UNIT, listed.lines)
    )
    assert there is not None
    writer = Writer(now=house.clock.now(), new_id=house.ids.uuid7, new_salt=house.ids.secret)
    asked, problems = registering.plan(listed, there, writer)
    await house.do("member.register", house.ids.uuid7(), unit=UNIT, number="601", name="别人")
    raws = [raw for one in asked for raw in one.changes]
    outcomes = {one.change: one for one in await house.hub.submit(DISTRICT, raws, "IMPORT")}
    told = registering.told(asked, problems, outcomes)
    (problem,) = told.problems
    assert (problem.line, problem.code, told.registered) == (2, "SETTLED_OTHERWISE", 0)
    assert "NAMES_DIFFER" in problem.sentence["en"]

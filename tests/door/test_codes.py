"""The codes as a query: what a front-end shows its own people when the door says no."""

from schema.codes import ERRORS, VERDICTS
from tests.door.house import House

ALL = "query ($kind: CodeKind, $language: Language! = ZH) { codes(kind: $kind, language: $language) { kind code again } }"


async def test_every_code_is_told_to_anybody(house: House) -> None:
    told = (await house.post(ALL, None))["data"]["codes"]
    assert [row["code"] for row in told] == [*ERRORS, *VERDICTS]
    for kind, table in (("ERROR", ERRORS), ("VERDICT", VERDICTS)):
        only = (await house.post(ALL, None, kind=kind))["data"]["codes"]
        assert only == [row for row in told if row["kind"] == kind]
        assert [row["code"] for row in only] == list(table)


async def test_a_code_that_was_met_is_looked_up(house: House) -> None:
    refused = await house.post("{ settlements { number } }", None)
    code = refused["errors"][0]["extensions"]["code"]
    query = "query ($code: String) { codes(code: $code, language: EN) { sentence remedy again outcome } }"
    (told,) = (await house.post(query, None, code=code))["data"]["codes"]
    assert code == "UNAUTHENTICATED"
    assert told["sentence"] == refused["errors"][0]["message"]
    assert (told["again"], told["outcome"]) == (False, None)
    error, verdict = (await house.post(query, None, code="NOT_FOUND"))["data"]["codes"]
    assert (error["outcome"], verdict["outcome"]) == (None, "REJECTED")
    assert verdict["remedy"].startswith("Mend what the sentence says")
    assert (await house.post(query, None, code="NEVER"))["data"]["codes"] == []


async def test_in_chinese_unless_said(house: House) -> None:
    (told,) = (await house.post('{ codes(code: "RETRY") { sentence remedy } }', None))["data"]["codes"]
    assert told == {"sentence": "请稍后再试。", "remedy": "稍后把同样的请求再发一次。"}

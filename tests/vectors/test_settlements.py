"""Whole settlements as data: what was accepted, and what came of it."""

import json
from pathlib import Path
from typing import Any

import pytest

from sync.changes import decode, digest
from sync.documents import document
from sync.kinds import KINDS
from sync.kinds.kind import Office
from sync.memory import Memory
from sync.rules.fields import RULES
from sync.shapes import parse_time
from sync.state import Accepted, Outcome, Settled
from sync.things import Conflict

FILE = json.loads((Path(__file__).parent / "settlements.json").read_text("utf-8"))
IDS: dict[str, str] = FILE["ids"]
CASES: list[dict[str, Any]] = FILE["cases"]

UNSAID = {
    "elements": "an add and a remove both apply, so that no verdict names it; a case of its own shows what is left",
    "derived": "nobody can write such a field, so that there is nothing to decide; every entry and balance is one",
}
"""The rules by which nothing is decided, and why."""


def read(value: Any) -> Any:
    """The same with every name of an id replaced by the id."""
    if isinstance(value, dict):
        return {read(key): read(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [read(inner) for inner in value]
    return IDS[value] if isinstance(value, str) and value.startswith("@") else value


def moment(text: str | None) -> int | None:
    return None if text is None else parse_time(text)


def accepted(row: dict[str, Any], revs: list[int]) -> Accepted:
    raw = {**row["raw"], "saw": revs[row["seen"]]}
    return Accepted(
        change=decode(raw),
        device=row["device"],
        seq=row["seq"],
        digest=digest(raw),
        office=Office[row["office"]],
        scope=tuple(row["scope"]),
        saw=raw["saw"],
        arrival=parse_time(row["arrival"]),
        deed=parse_time(row["deed"]),
        uncertainty_ms=row["uncertaintyMs"],
        start=moment(row["start"]),
        end=moment(row["end"]),
        author=row.get("author", ""),
    )


def told(outcome: Outcome) -> dict[str, Any]:
    names = ("code", "rule", "stands", "waits")
    return {"outcome": outcome.outcome.value, **{name: getattr(outcome, name) for name in names}}


def shown(conflict: Conflict) -> dict[str, Any]:
    names = ("id", "rule", "thing", "entity", "field", "state", "stands")
    return {
        **{name: getattr(conflict, name) for name in names},
        "closeCall": conflict.close_call,
        "candidates": [candidate.change for candidate in conflict.candidates],
    }


def check(memory: Memory, settled: Settled, expected: dict[str, Any]) -> None:
    assert [one.change.id for one in settled.changes] == expected["order"]
    assert {outcome.change: told(outcome) for outcome in settled.outcomes} == expected["outcomes"]
    for collection, things in expected["things"].items():
        for thing_id, fields in things.items():
            body = document(collection, memory.things[collection][thing_id], 0).body
            assert {name: body[name] for name in fields} == fields
    conflicts = [one for one in settled.written.get("conflict", {}).values() if isinstance(one, Conflict)]
    by_id = {conflict.id: shown(conflict) for conflict in conflicts}
    assert by_id == {conflict["id"]: conflict for conflict in expected["conflicts"]}
    names = ("id", "member", "rule", "source", "number", "points")
    entries = [{name: getattr(entry, name) for name in names} for entry in settled.entries]
    key = "id"
    assert sorted(entries, key=lambda one: str(one[key])) == sorted(
        expected["entries"], key=lambda one: str(one[key])
    )


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_settlement_comes_to_what_the_rule_book_says(case: dict[str, Any]) -> None:
    memory, revs = Memory(), [0]
    for settlement in [FILE["district"], *case["settlements"]]:
        told_to_settle = read(settlement)
        batch = [accepted(row, revs) for row in told_to_settle["changes"]]
        night = settlement.get("night", False)
        settled = memory.settle(batch, parse_time(settlement["now"]), night=night)
        revs.append(memory.rev)
        if "expected" in told_to_settle:
            check(memory, settled, told_to_settle["expected"])
        else:
            assert {outcome.code for outcome in settled.outcomes} == {"APPLIED"}


def test_every_case_has_a_name_of_its_own_and_every_id_is_named_once() -> None:
    assert len({case["name"] for case in CASES}) == len(CASES) >= 12
    assert len(set(IDS.values())) == len(IDS)


def test_every_kind_of_change_is_in_a_settlement() -> None:
    settlements = [FILE["district"], *(one for case in CASES for one in case["settlements"])]
    assert {row["raw"]["kind"] for one in settlements for row in one["changes"]} == set(KINDS)


def test_by_every_rule_something_is_decided() -> None:
    """As an outcome or a conflict says; a rule by which nothing ever is has its reason here."""
    expected = [one["expected"] for case in CASES for one in case["settlements"] if "expected" in one]
    said = {outcome["rule"] for one in expected for outcome in one["outcomes"].values()}
    said |= {conflict["rule"] for one in expected for conflict in one["conflicts"]}
    assert said - {None} == set(RULES) - set(UNSAID)

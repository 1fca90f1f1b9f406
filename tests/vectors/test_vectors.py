"""The shared truth, run against the Python core and the Python client; other languages run the same files."""

import hashlib
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from clients.python import duties
from clients.python.view import View, views
from sync.changes import canonical, decode, digest, digest_with, private_digest
from sync.clock import Bounds, Deed, Order, RunOffset, correction, deed, is_close_call, moment
from sync.kinds import KINDS
from sync.rules import duties as rules
from sync.shapes import parse_time
from sync.wire import COLLECTIONS

HERE = Path(__file__).parent


def load(name: str) -> Any:
    return json.loads((HERE / name).read_text("utf-8"))


DIGESTS = load("digests.json")
DEEDS = load("deeds.json")
ORDERS = load("orders.json")
OWED = load("owed.json")
VIEWS = load("views.json")


def named(cases: list[dict[str, Any]]) -> pytest.MarkDecorator:
    names = [case["name"] for case in cases]
    assert len(set(names)) == len(names), "two vectors have the same name"
    return pytest.mark.parametrize("case", cases, ids=names)


def moment_of(text: str | None) -> int | None:
    return None if text is None else parse_time(text)


def journal_of(case: dict[str, Any]) -> list[RunOffset]:
    return [RunOffset(line["run"], line["offsetMs"], line["uncertaintyMs"]) for line in case["journal"]]


@named(DIGESTS)
def test_a_change_has_the_digest_that_its_bytes_give(case: dict[str, Any]) -> None:
    raw = json.loads(case["raw"])
    kept = {key: value for key, value in raw.items() if key != "private"}
    erased = case.get("erased", False)
    assert private_digest(raw) == (None if erased else case["privateDigest"])
    if case["private"] is not None and not erased:
        assert canonical(raw["private"]) == case["private"].encode()
    with_digest = kept if case["privateDigest"] is None else {**kept, "private": case["privateDigest"]}
    assert canonical(with_digest) == case["canonical"].encode()
    assert digest_with(kept, case["privateDigest"]) == case["digest"]
    if not erased:
        assert digest(raw) == case["digest"]


@named(DIGESTS)
def test_the_digests_in_the_file_are_those_of_the_bytes_in_the_file(case: dict[str, Any]) -> None:
    assert hashlib.sha256(case["canonical"].encode()).hexdigest() == case["digest"]
    if case["private"] is not None:
        assert hashlib.sha256(case["private"].encode()).hexdigest() == case["privateDigest"]


@named(DEEDS["deeds"])
def test_a_deed_is_when_it_was_done_as_the_hub_understands_it(case: dict[str, Any]) -> None:
    said = case["bounds"]
    bounds = Bounds(
        parse_time(said["arrival"]),
        moment_of(said["previous"]),
        moment_of(said["seen"]),
        moment_of(said["contact"]),
    )
    done = deed(parse_time(case["at"]), correction(case["run"], journal_of(case)), bounds)
    assert done == Deed(parse_time(case["deed"]), case["uncertaintyMs"])


@named(DEEDS["moments"])
def test_a_service_begins_and_ends_by_its_own_runs_clock(case: dict[str, Any]) -> None:
    corrected = correction(case["run"], journal_of(case))
    assert moment(parse_time(case["at"]), corrected, parse_time(case["deed"])) == parse_time(case["moment"])


@named(DEEDS["closeCalls"])
def test_two_deeds_closer_than_their_uncertainty_are_a_close_call(case: dict[str, Any]) -> None:
    one, other = (
        Deed(parse_time(case[name]["deed"]), case[name]["uncertaintyMs"]) for name in ("one", "other")
    )
    assert is_close_call(one, other) is case["closeCall"]


@named(ORDERS)
def test_there_is_one_order_over_all_changes(case: dict[str, Any]) -> None:
    ordered = sorted(
        case["changes"], key=lambda line: Order(parse_time(line["deed"]), line["device"], line["seq"])
    )
    assert [line["change"] for line in ordered] == case["order"]


@named(OWED)
def test_a_tablet_lists_what_each_unit_owes_on_a_day(case: dict[str, Any]) -> None:
    today = {unit["community"]: case["today"] for unit in case["units"]}
    listed = duties.owed(case["units"], case["duties"], today)
    assert [msgspec.to_builtins(one) for one in listed] == case["owed"]


@named(OWED)
def test_the_rule_book_owes_the_same(case: dict[str, Any]) -> None:
    for unit in case["units"]:
        done = {
            (one["kind"], one["period"]): one["id"] for one in case["duties"] if one["unit"] == unit["id"]
        }
        owes = rules.owed(done, unit["since"], case["today"])
        assert [(one.kind, *one.period, one.state, one.record) for one in owes] == [
            tuple(line[key] for key in ("kind", "period", "first", "last", "state", "duty"))
            for line in case["owed"]
            if line["unit"] == unit["id"]
        ]


def seen(case: dict[str, Any]) -> dict[tuple[str, str], View]:
    """Every view of a case: held documents, and the pending changes on top."""
    documents = {(line["collection"], line["id"]): line for line in case["documents"]}

    def look(collection: str, thing_id: str) -> dict[str, Any] | None:
        line = documents.get((collection, thing_id))
        return None if line is None else line["body"]

    shown = {}
    for collection in COLLECTIONS[:-1]:
        held = {
            key: (line["rev"], line["body"]) for (name, key), line in documents.items() if name == collection
        }
        for key, view in views(collection, held, case["pending"], look).items():
            shown[collection, key] = view
    return shown


@named(VIEWS)
def test_a_screen_shows_what_the_hub_said_and_what_waits_on_top(case: dict[str, Any]) -> None:
    before = json.dumps(case)
    shown = seen(case)
    assert json.dumps(case) == before, "a view altered what it was made from"
    for line in case["shows"]:
        key = (line["collection"], line["id"])
        if line.get("absent"):
            assert key not in shown
            continue
        view = shown[key]
        held = next((one for one in case["documents"] if (one["collection"], one["id"]) == key), None)
        assert view.body == {**(held["body"] if held else {}), **line["fields"]}
        assert view.provisional == line["provisional"]
        assert view.rev == (held["rev"] if held else 0)
        if "waiting" in line:
            assert msgspec.to_builtins(view.waiting) == line["waiting"]


def test_every_kind_of_change_waits_in_some_view() -> None:
    assert {change["kind"] for case in VIEWS for change in case["pending"]} == set(KINDS)


def test_what_waits_in_a_view_is_what_the_hub_can_read() -> None:
    """As far as a kind's own data goes; some views hold ids and times that are no more than marks."""
    last = VIEWS[-3:]
    for change in (change for case in last for change in case["pending"]):
        decode(change)


@named(VIEWS)
def test_what_no_pending_change_touches_is_as_the_hub_said(case: dict[str, Any]) -> None:
    told = {(line["collection"], line["id"]) for line in case["shows"]}
    for key, view in seen(case).items():
        if key not in told:
            held = next(one for one in case["documents"] if (one["collection"], one["id"]) == key)
            assert view.body == held["body"]
            assert view.provisional == []


@named(VIEWS)
def test_applying_again_what_the_hub_has_applied_shows_no_note_and_no_taker_twice(
    case: dict[str, Any],
) -> None:
    """Documents come before verdicts, so for a moment a change is both confirmed and pending."""
    again = {**case, "pending": [*case["pending"], *case["pending"]]}
    for key, view in seen(again).items():
        if key[0] == "ticket":
            for name in ("notes", "takers"):
                marks = [line.get("id") or line["member"] for line in view.body[name]]
                assert len(marks) == len(set(marks))

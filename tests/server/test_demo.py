"""`lianxin demo`: the whole day through the real door, and what the other commands say of it afterwards."""

import json
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from subprocess import Popen
from typing import Any

import httpx
import pytest
from rich.console import Console

from clients.python.http import HttpTransport
from clients.python.system import SystemClock, SystemIds
from clients.python.tablet import Tablet
from server import pages
from server.cli_demo import FIRST_QUERY, TABLET_GRID, invite
from server.demo import Played
from server.demo_story import SCENES
from server.district_changes import entity_id
from tests.server.processes import ask, run, running


def heard(played: Played, scene: str) -> list[tuple[str, str, str]]:
    found = next(one for one in played.scenes if one["scene"] == scene)
    return [(one["tablet"], one["kind"].split(".")[1], one["code"]) for one in found["heard"]]


def test_who_claimed_first_has_the_ticket_though_the_other_uploaded_first(played: Played) -> None:
    """Line 1."""
    uploads = played.result["uploads"]
    assert uploads.index("A") < uploads.index("B")
    assert heard(played, "one seat") == [
        ("B", "claim", "APPLIED"),
        ("A", "claim", "SEAT_TAKEN"),
        ("A", "record", "APPLIED"),
    ]
    (conflict,) = [
        one
        for one in played.result["conflicts"]
        if one["rule"] == "first" and one["title"].startswith("门口停车难")
    ]
    assert (conflict["kind"], conflict["stands"]["member"]) == ("ticket.claim", "党员 005")
    assert [(one["member"], one["verdict"]["code"]) for one in conflict["others"]] == [
        ("党员 009", "SEAT_TAKEN")
    ]


def test_a_claim_confirmed_online_stands_against_an_earlier_one_that_came_later(played: Played) -> None:
    """Line 9."""
    assert heard(played, "online claim") == [("E", "claim", "SEAT_TAKEN"), ("E", "record", "APPLIED")]


def test_who_is_registered_twice_is_one_member(played: Played) -> None:
    """Line 3."""
    assert heard(played, "registered twice") == [
        ("A", "register", "REGISTERED_TWICE"),
        ("C", "register", "REGISTERED_BEFORE"),
        ("C", "record", "APPLIED"),
    ]
    assert played.result["stats"]["members"] == 157


def test_a_resident_rates_by_a_code_on_paper_once(played: Played) -> None:
    paper = played.result["paper"]
    assert (paper["answers"], paper["rating"]) == ([200, 400], 5)


def test_a_unit_takes_its_month_home_with_the_evidence_behind_it(played: Played) -> None:
    export = played.result["export"]
    assert (export["unit"], export["period"], export["members"]) == ("LY-U02", "2026-03", 11)
    assert export["xlsx_bytes"] > 0
    evidence = export["evidence"]
    assert (evidence["Evaluations"], evidence["Activities"], evidence["Posts"]) == (1, 2, 2)
    assert evidence["Services"] > 0
    assert evidence["Points"] > 0


def test_the_later_title_stands_and_both_authors_hear_of_it(played: Played) -> None:
    """Line 4."""
    assert heard(played, "two titles") == [("A", "edit", "LATER_DEED"), ("B", "edit", "STANDS")]
    assert heard(played, "slow clock") == [("D", "edit", "APPLIED")]


def test_the_desks_priority_stands_against_who_had_not_seen_it(played: Played) -> None:
    """Line 5."""
    assert heard(played, "priority") == [("C", "edit", "HIGHER_OFFICE"), ("D", "edit", "APPLIED")]


def test_what_is_done_in_the_village_is_done_though_the_office_cancelled_it(played: Played) -> None:
    """Line 7."""
    assert ("V", "finish", "DONE_AFTER_CANCEL") in heard(played, "cancelled and done")


def test_what_names_a_thing_that_has_not_come_waits_for_it(played: Played) -> None:
    """Line 12."""
    assert [one["kind"] for one in played.reports[0]["held"]] == ["service.record"]
    assert played.reports[1]["held"] == []
    assert heard(played, "opener later") == [("V", "record", "APPLIED")]
    assert heard(played, "same night") == [("B", "record", "APPLIED"), ("A", "open", "APPLIED")]
    assert heard(played, "linked later") == [("D", "record", "APPLIED"), ("D", "link", "APPLIED")]


def test_points_follow_services_and_are_redeemed_as_far_as_they_reach(played: Played) -> None:
    """Line 13."""
    assert heard(played, "redeem")[-2:] == [("F", "redeem", "APPLIED"), ("F", "redeem", "SHORT")]
    assert heard(played, "overlap") == [
        ("A", "record", "APPLIED"),
        ("B", "record", "SAME_SERVICE"),
        ("A", "record", "RULED_FOR"),
        ("B", "record", "RULED_FOR"),
    ]
    counted = played.result["stats"]
    spent = counted["pointsRedeemed"] + counted["pointsExpired"]
    assert played.result["points_total"] == counted["pointsEarned"] + 3 - spent
    assert counted["pointsAdjusted"] == 3
    assert heard(played, "second person") == [("C", "adjust", "CONFIRMED")]
    assert counted["pointsRedeemed"] == 8
    grids = played.reports[0]["points"]
    assert sum(grids["grids"].values()) == sum(grids["units"].values()) == grids["earned"]


def test_the_unreadable_and_the_forbidden_are_set_apart_and_the_queue_goes_on(played: Played) -> None:
    """Line 10."""
    assert [code for _, _, code in heard(played, "set apart")] == [
        "UNKNOWN_KIND",
        "FORBIDDEN",
        "OUT_OF_SCOPE",
    ]
    assert {one["code"] for one in played.reports[0]["quarantine"]} == {
        "UNKNOWN_KIND",
        "FORBIDDEN",
        "OUT_OF_SCOPE",
    }


def test_the_road_really_broke_and_everything_came_home_once(played: Played) -> None:
    """Line 8."""
    assert "A (cut off in the answer)" in played.result["uploads"]
    assert "D (cut off in the request)" in played.result["uploads"]
    assert "V (by stick, twice)" in played.result["uploads"]
    assert played.result["outcomes"].get("REPEATED", 0) == 0


def test_other_orders_and_pieces_give_the_same_digest(played: Played) -> None:
    """Line 2."""
    assert played.result["orders_tried"] >= 4
    assert played.result["digests_equal"] is True
    assert played.result["verify"] is True


def test_deeds_are_right_though_clocks_are_days_and_hours_wrong(played: Played) -> None:
    """Line 6."""
    clocks = played.result["clocks"]
    assert clocks["deeds"] > 100
    assert clocks["within_uncertainty"] is True
    assert clocks["largest_error_ms"] < 5_000


def test_every_scene_is_heard_of_by_its_tablets(played: Played) -> None:
    assert [scene["scene"] for scene in played.scenes] == list(SCENES)
    for scene in played.scenes:
        assert scene["heard"]
        for one in scene["heard"]:
            assert one["outcome"] not in {"SAVED", "SENT"}, scene["scene"]
            assert one["sentence"]["zh"]
            assert one["sentence"]["en"]


def test_a_units_list_registers_whom_it_fits_and_names_the_rest(played: Played) -> None:
    listed = played.result["unit_list"]
    assert (listed["registered"], listed["known"]) == (1, 1)
    assert [(one["line"], one["code"]) for one in listed["problems"]] == [(4, "UNKNOWN_GRID")]


def test_a_duty_recorded_by_mistake_gives_way_to_the_next_and_a_pause_is_shown(played: Played) -> None:
    assert heard(played, "mistake") == [
        ("E", "record", "APPLIED"),
        ("F", "record", "COUNTS_NOW"),
        ("E", "void", "APPLIED"),
    ]
    assert heard(played, "pause") == [("C", "pause", "APPLIED"), ("D", "resume", "APPLIED")]


def test_what_is_overdue_is_named(played: Played) -> None:
    """The lamps were promised within a working day; nobody had finished them by the night."""
    assert "两盏路灯不亮 Two dark lamps" in {one["title"] for one in played.reports[0]["overdue"]}
    assert {one["escalation"] for one in played.reports[0]["overdue"]} == {1}


def test_who_was_not_heard_is_named(played: Played) -> None:
    assert [one["tablet"] for one in played.result["silent"]] == ["平板 G"]
    assert played.reports[0]["silent"][0]["days"] == 3


def test_progress_is_told_along_the_way(played: Played, told: list[str]) -> None:
    assert len(told) >= 5
    assert any("settled" in line for line in told)


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Popen[str], dict[str, Any]]]:
    """The command itself, serving, and its result with the addresses and tokens."""
    with running(tmp_path_factory.mktemp("demo"), "demo", "--json", "--port", "0", "--seed", "1") as process:
        assert process.stdout is not None
        yield process, json.loads(process.stdout.readline())


@pytest.fixture(scope="module")
def demo(serving: tuple[Popen[str], dict[str, Any]]) -> dict[str, Any]:
    return serving[1]


@pytest.fixture(scope="module")
def tablet(tmp_path_factory: pytest.TempPathFactory, demo: dict[str, Any]) -> Iterator[Tablet]:
    """A tablet in the hands of somebody who has nothing but what the demo said."""
    http = HttpTransport(demo["served"]["url"])
    file = tmp_path_factory.mktemp("visitor") / "visitor.tablet"
    with Tablet(file, http, SystemClock(), SystemIds()) as tablet:
        tablet.enrol(demo["served"]["code"], "看热闹的平板")
        assert tablet.sync().synced
        yield tablet
    http.close()


def test_the_same_seed_gives_the_same_day_and_the_command_says_so_as_data(
    played: Played, demo: dict[str, Any]
) -> None:
    result = {key: value for key, value in demo.items() if key not in {"seconds", "served"}}
    assert result == json.loads(json.dumps(played.result))
    assert {"changes", "outcomes", "conflicts", "points_total", "orders_tried"} <= result.keys()
    assert demo["seconds"] < 60


def test_the_demo_serves_what_the_day_left(demo: dict[str, Any]) -> None:
    served = demo["served"]
    answer = ask(served["url"], served["reader"], "{ units { code } settlements { number } }")
    assert "errors" not in answer
    assert len(answer["data"]["units"]) == 17
    assert "errors" not in ask(served["url"], served["reader"], FIRST_QUERY)
    conflicts = ask(served["url"], served["dispatcher"], "{ conflicts { rule } }")
    assert "errors" not in conflicts
    assert {"rule": "overlap"} in conflicts["data"]["conflicts"]


def test_the_tablet_address_of_the_demo_opens_the_app(demo: dict[str, Any]) -> None:
    page = httpx.get(demo["served"]["tablet"], trust_env=False)
    if pages.TABLET.is_dir():
        assert page.status_code == 200
        assert "<title>连心</title>" in page.text
    else:
        assert (page.status_code, "`make tablet` builds it" in page.text) == (404, True)


def test_a_visitor_enrols_by_the_code_works_offline_and_watches_the_night_settle(
    serving: tuple[Popen[str], dict[str, Any]], tablet: Tablet
) -> None:
    """The code of the demo, an upload, Enter in its terminal: the night is told there, the verdict on the tablet."""
    process, _ = serving
    assert process.stdin is not None
    assert process.stdout is not None
    opened = tablet.open_ticket(entity_id("grid", TABLET_GRID), "parking", "门前停车难")
    assert tablet.sync().synced
    process.stdin.write("\n")
    process.stdin.flush()
    night = json.loads(process.stdout.readline())["night"]
    assert night["changes"] == 1
    assert tablet.sync().synced
    assert {one.id: one.outcome for one in tablet.verdicts()}[opened.id] == "APPLIED"


def test_the_command_that_the_demo_says_settles_beside_it(demo: dict[str, Any], tablet: Tablet) -> None:
    opened = tablet.open_ticket(entity_id("grid", TABLET_GRID), "parking", "院内停车难")
    assert tablet.sync().synced
    assert run(Path(demo["served"]["data"]), "settle").returncode == 0
    assert tablet.sync().synced
    assert {one.id: one.outcome for one in tablet.verdicts()}[opened.id] == "APPLIED"


@pytest.mark.parametrize("by_enter", [True, False])
def test_the_demo_says_in_words_where_the_tablet_is_and_how_the_night_comes(
    demo: dict[str, Any], by_enter: bool
) -> None:
    said = StringIO()
    keys = demo["served"]
    invite(Console(file=said, width=200), keys, by_enter=by_enter, kept=False)
    told = said.getvalue()
    assert f"{keys['tablet']}   (enrol it with the code {keys['code']}, for LY-1" in told
    assert ("press Enter here to settle now" in told) is by_enter
    assert re.search(rf"LIANXIN_DATA={re.escape(keys['data'])} \S+ settle", told)
    assert "they go when the demo ends" in told


def test_the_demo_shows_graphiql_with_ready_queries_that_run(demo: dict[str, Any]) -> None:
    served = demo["served"]
    page = httpx.get(served["graphiql"], trust_env=False)
    assert page.status_code == 200
    assert "GraphiQL" in page.text
    examples = httpx.get(f"{served['graphiql']}/examples.graphql", trust_env=False)
    assert examples.status_code == 200
    assert examples.text.count("# ---") >= 2


def test_the_tokens_of_the_demo_are_real_secrets(demo: dict[str, Any]) -> None:
    served = demo["served"]
    refused = ask(served["url"], "x" * len(served["reader"]), "{ units { code } }")
    assert refused["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"

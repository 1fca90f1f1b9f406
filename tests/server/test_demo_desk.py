"""The demo's next day at the offices: every part of the scheme is played online, and what came of it is told."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest

from server.demo import Played
from server.demo_desk_text import TEXT
from sync.kinds import KINDS

NOT_PLAYED: Final[dict[str, str]] = {}
"""Kinds of change that the demo leaves out, each with the reason."""


@pytest.fixture(scope="module")
def facts(played: Played) -> dict[str, Any]:
    found: dict[str, Any] = played.result["offices"]["facts"]
    return found


def said(played: Played, key: str) -> list[str]:
    return [line["en"] for line in played.result["offices"]["lines"] if line["told"] == key]


def logged(folder: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(folder / "lianxin.db")) as database:
        return [row[0] for row in database.execute(query)]


def test_every_kind_of_change_of_the_rule_book_is_played(played: Played, demo_folder: Path) -> None:
    kinds = set(logged(demo_folder, "SELECT DISTINCT kind FROM change"))
    assert KINDS.keys() - kinds == NOT_PLAYED.keys()
    assert all(NOT_PLAYED.values())


def test_every_line_of_the_day_is_told_in_both_languages_in_the_order_of_the_clock(played: Played) -> None:
    lines = played.result["offices"]["lines"]
    assert {line["told"] for line in lines} == TEXT.keys()
    assert all(line["zh"] and line["en"] and line["office"]["zh"] and line["office"]["en"] for line in lines)
    *day, night = [line["at"] for line in lines]
    assert day == sorted(day)
    assert night == "02:00"


def test_a_list_without_grids_is_divided_evenly_with_reasons_and_then_nobody_moves(
    played: Played, facts: dict[str, Any]
) -> None:
    division = facts["division"]
    assert (division["registered"], division["applied"], division["again"]) == (5, 5, 0)
    assert max(division["after"]) - min(division["after"]) <= 1
    assert sum(division["after"]) == sum(division["before"]) + 5
    moves = said(played, "move")
    assert len(moves) == 5
    assert all("has no grid yet" in move for move in moves)
    assert any("short of Law" in move for move in moves)


def test_two_of_one_name_are_two_again(facts: dict[str, Any]) -> None:
    assert facts["apart"] == [None, None]


def test_who_fits_is_proposed_with_reasons_and_who_gave_it_back_comes_last(
    played: Played, facts: dict[str, Any]
) -> None:
    suggested = facts["suggested"]
    assert (len(suggested["first"]), suggested["again"]) == (3, False)
    assert all("can do" in line and "reports to this grid" in line for line in said(played, "fits"))
    assert suggested["first"][0] in said(played, "declined")[0]


def test_all_open_tickets_are_planned_and_dispatched_in_one_request(
    played: Played, facts: dict[str, Any], demo_folder: Path
) -> None:
    assert facts["plan"]["planned"] == facts["plan"]["dispatched"] > 2
    assert len(said(played, "plan")) == 3
    assert facts["alike"] >= 60
    assert "DISPATCHED" in logged(demo_folder, "SELECT state FROM ticket")


def test_a_contact_that_was_read_is_in_the_log_of_readings_and_a_note_is_erased(
    facts: dict[str, Any], demo_folder: Path
) -> None:
    assert facts["readings"] == 1
    assert facts["notes"] == [None]
    notes = logged(demo_folder, "SELECT private FROM change WHERE kind = 'ticket.note'")
    assert notes == [None]


def test_a_whistle_that_nobody_answered_ends_with_a_meeting_and_all_parts_done(facts: dict[str, Any]) -> None:
    assert facts["whistle"] == {"state": "DONE", "meetings": 1}


def test_a_closed_ticket_has_a_second_round(facts: dict[str, Any]) -> None:
    assert facts["reopened"] == {"state": "DONE", "round": 2}


def test_a_member_asks_on_the_own_page_and_the_desk_puts_it_right(facts: dict[str, Any]) -> None:
    request = facts["request"]
    assert (request["outcome"], request["gained"]) == ("REVIEW", 2)
    assert request["answer"].endswith("put right")


def test_an_evaluation_has_its_record_and_a_person_decides(facts: dict[str, Any], demo_folder: Path) -> None:
    assert facts["draft"]["services"] == facts["draft"]["ticketsFinished"] == 1
    assert "EXCELLENT" in logged(demo_folder, "SELECT grade FROM evaluation WHERE period = '2026-03'")


def test_what_is_not_spent_by_the_day_expires_and_what_is_recounted_is_posted(facts: dict[str, Any]) -> None:
    expiring = facts["expiring"]
    assert expiring["expired"] == expiring["earned"] - expiring["spent"] == 4
    assert facts["recount"]["code"] == "RECOUNTED"
    assert "4 entries were posted, 8 points" in facts["recount"]["en"]


def test_the_honour_roll_is_of_teams_units_and_grids_and_not_of_persons(facts: dict[str, Any]) -> None:
    rolls = facts["honours"]
    assert rolls.keys() == {"TEAM", "UNIT", "GRID"}
    assert [one["place"] for one in rolls["GRID"]] == [1, 2, 3]
    assert all(one["points"] > 0 for lines in rolls.values() for one in lines)
    assert facts["ranking"] == "RANKING_OFF"


def test_the_day_ends_with_its_figures(played: Played, facts: dict[str, Any]) -> None:
    assert facts["owed"]["done"] >= 4
    assert facts["owed"]["overdue"] > 0
    assert facts["posts"] == {"posts": 2, "empty": 1}
    assert "Health guard" in said(played, "posts")[0]
    assert all(value for value in facts["figures"].values())
    assert played.result["stats"]["pointsExpired"] == 4

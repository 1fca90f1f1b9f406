"""Every failure that the simulator found, by the name of what went wrong: its run holds now, and goes on to hold.

Whoever alters the generator alters all runs, and an example may then no longer come to the point that
it was found for. So each row says where else its point is held, in a test of its own.
"""

import ast
from pathlib import Path
from typing import Final, NamedTuple

import pytest

from tests.simulation.options import Options
from tests.simulation.run import run
from tests.simulation.test_simulation import explained

ROOT: Final = Path(__file__).parents[2]


class Example(NamedTuple):
    """`held_by`: the test of just this, as `file::name`, from the top of the project."""

    name: str
    options: Options
    held_by: str


EXAMPLES: Final = (
    Example(
        "a pull that a slow network brought after the upload bounded the deeds in it",
        Options(tablets=6, days=1, seed=63, faults=("cut_request", "reordered", "overlap")),
        "tests/server/test_deeds.py::"
        "test_a_contact_that_a_slow_network_brought_after_an_upload_bounds_nothing_in_it",
    ),
    Example(
        "a seat that a ruling gave was taken for one that the loser had seen",
        Options(tablets=6, days=3, seed=26),
        "tests/simulation/test_invariants.py::test_a_seat_that_a_ruling_gave_is_none_that_the_loser_had_seen",
    ),
    Example(
        "a contact whose time was over when an older copy came back had gone under the rev it was told with",
        Options(tablets=6, days=3, seed=68),
        "tests/server/test_retention.py::"
        "test_a_tablet_that_held_a_contact_before_the_backup_loses_it_with_the_restore",
    ),
    Example(
        "who had held a seat to the end of last year's term was taken for one who held it still",
        Options(tablets=6, days=3, seed=16),
        "tests/simulation/test_invariants.py::test_who_left_or_whose_term_is_over_holds_no_seat",
    ),
    Example(
        "what one copy of a revoked tablet had sent stood in the log under another's seqs, and was not asked for",
        Options(tablets=2, days=6, seed=100019, deeds=8, door="app"),
        "tests/server/test_restore.py::"
        "test_two_copies_of_a_revoked_tablet_hand_over_all_they_have_whoever_comes_first",
    ),
    Example(
        "the GraphQL door remembered answers of a hub whose process had died",
        Options(tablets=6, days=3, seed=84, door="app"),
        "tests/simulation/test_network.py::test_the_door_of_another_process_knows_nothing_of_the_one_before",
    ),
    Example(
        "a copy of a tablet that was being told of its new scope was taken for one that had been told",
        Options(tablets=8, days=12, seed=920023, deeds=8),
        "tests/simulation/test_network.py::test_the_copy_of_a_tablet_that_waits_for_pages_waits_for_them_too",
    ),
    Example(
        "a clock before 1970 put a deed at the very beginning, where nothing had been seen before it",
        Options(tablets=20, days=3, seed=100100, deeds=8),
        "tests/simulation/test_invariants.py::"
        "test_a_clock_before_1970_puts_a_deed_at_its_beginning_and_whoever_saw_nothing_is_bound_by_nothing",
    ),
    Example(
        "an old service that came in the very night of an expiry rule did not expire",
        Options(tablets=6, days=4, seed=39, deeds=45),
        "tests/sync/test_expiring.py::test_an_old_service_that_comes_in_the_very_night_of_the_rule_expires_in_it",
    ),
    Example(
        "a service for a ticket of another grid was taken for a lost one when the ticket was moved later",
        Options(tablets=3, days=12, seed=136, deeds=30),
        "tests/simulation/test_invariants.py::"
        "test_a_service_for_a_ticket_that_came_to_its_grid_only_later_was_foreign_when_it_was_decided",
    ),
    Example(
        "a desk that asked again after an erasure was told that its own id is another's",
        Options(tablets=6, days=4, seed=446, deeds=30),
        "tests/server/test_retention.py::"
        "test_an_office_that_asks_again_after_the_erasure_hears_what_it_would_have_heard",
    ),
    Example(
        "a close whose rating was ruled against was taken for one that did not stand",
        Options(tablets=6, days=4, seed=437, deeds=8, door="app"),
        "tests/simulation/test_invariants.py::test_who_closes_and_is_ruled_against_for_the_rating_has_closed",
    ),
    Example(
        "a click in the millisecond of what a restore did again was taken for one after its arrival",
        Options(tablets=6, days=3, seed=806, deeds=20, door="app"),
        "tests/simulation/test_invariants.py::"
        "test_what_was_done_again_after_a_restore_is_seen_and_so_comes_before_the_click_that_saw_it",
    ),
)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_what_was_found_once_holds_now(example: Example) -> None:
    result = run(example.options)
    assert result.ok, explained(result)


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.name for example in EXAMPLES])
def test_what_was_found_once_is_held_by_a_test_of_its_own(example: Example) -> None:
    file, _, name = example.held_by.partition("::")
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name in {
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_no_two_examples_are_called_the_same() -> None:
    assert len({example.name for example in EXAMPLES}) == len(EXAMPLES)

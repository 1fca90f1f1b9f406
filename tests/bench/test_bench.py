"""The bench itself, in small: it still runs, and its parts are parts of what it measured."""

from pathlib import Path

from tests.bench.pull import PARTS as PULLED
from tests.bench.run import run
from tests.bench.settlement import PARTS as SETTLED


def test_the_parts_of_what_is_measured_are_all_there_and_no_more_than_the_whole(tmp_path: Path) -> None:
    found = run("sqlite", tmp_path, changes=40, seed=1)
    night, pull = found["settlement"], found["pull"]
    assert (night["changes"], night["tickets"], night["verified"]) == (40, 10, True)
    assert tuple(night["parts_s"]) == SETTLED
    assert all(took > 0 for took in night["parts_s"].values()), night
    assert sum(night["parts_s"].values()) <= night["night_s"]
    assert tuple(pull["parts_s"]) == PULLED
    assert all(took > 0 for took in pull["parts_s"].values()), pull
    assert pull["bytes"] > 0
    assert pull["documents"] > 500

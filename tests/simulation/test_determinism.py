"""The same options, the same run: to the last step and the last byte, in this process and in another."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.simulation.faults import FAULTS
from tests.simulation.options import Options
from tests.simulation.run import run

ROOT = Path(__file__).parents[2]


def test_the_same_run_twice_is_the_same_to_the_last_step() -> None:
    options = Options(tablets=4, days=2, seed=11)
    one, other = run(options), run(options)
    assert (one.trace, one.digest) == (other.trace, other.digest)
    assert one == other


def test_another_seed_is_another_run() -> None:
    assert run(Options(tablets=3, days=1, seed=1)).trace != run(Options(tablets=3, days=1, seed=2)).trace


def test_a_run_does_not_depend_on_how_a_process_hashes() -> None:
    said = [_in_a_process_that_hashes_by(hashing) for hashing in ("1", "2")]
    assert said[0] == said[1]
    assert _is_as_promised(said[0])
    assert said[0]["changes"] > 50


def _is_as_promised(said: dict[str, Any]) -> bool:
    """What `--json` prints of a run that holds, for whoever reads it by a program."""
    numbers = {"lost": 0, "diverged": 0, "ledger_drift": 0, "undrained": 0, "seed": 12}
    assert said["violations"] == []
    assert {name: said[name] for name in numbers} == numbers
    assert set(said["faults"]) <= set(FAULTS)
    assert all(isinstance(count, int) and count > 0 for count in said["faults"].values())
    assert len(bytes.fromhex(said["digest"])) == 32
    return True


def _in_a_process_that_hashes_by(hashing: str) -> dict[str, Any]:
    command = [
        sys.executable,
        "-m",
        "tests.simulation",
        "--tablets",
        "3",
        "--days",
        "1",
        "--seed",
        "12",
        "--json",
    ]
    environment = {**os.environ, "PYTHONHASHSEED": hashing}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer

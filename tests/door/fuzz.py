"""Fuzzing as long as wanted: `make fuzz ARGS="--minutes 60 --seed 7"`.

Each round has a seed of its own, which is printed: random operations both ways (test_compiled.py), every root
field from the printed schema (test_fuzz.py), talks with the hub (test_stateful.py), on both databases. It ends
with the first failure, or when its time is over.
"""

import argparse
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
TESTS: Final = tuple(f"tests/door/test_{name}.py" for name in ("compiled", "fuzz", "stateful", "failing"))
ROUND: Final = {"DOCUMENTS": "500", "TALKS": "60"}
"""How much a round draws: documents of each of three series, each asked by eight roles both ways on both databases; talks of 25 steps."""


def command(seed: int) -> list[str]:
    """What runs one round."""
    pytest = [sys.executable, "-m", "pytest", "-q", "-x", "-n", "2", "--dist", "worksteal"]
    return [
        *pytest,
        "-p",
        "no:cacheprovider",
        "--timeout",
        "0",
        f"--hypothesis-seed={seed}",
        "--hypothesis-profile=dev",
        *TESTS,
    ]


def main() -> int:
    """Run rounds until the time is over; the exit code of the first that fails."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30, help="for how long (30); 0 for ever")
    parser.add_argument("--seed", type=int, default=secrets.randbits(31), help="of the first round (random)")
    given = parser.parse_args()
    until = time.monotonic() + given.minutes * 60 if given.minutes else float("inf")
    seed = given.seed
    while True:
        print(f"fuzz: seed {seed} (again: make fuzz ARGS='--seed {seed}')", flush=True)
        environment = {**ROUND, **os.environ, "SEED": str(seed)}
        code = subprocess.run(command(seed), cwd=ROOT, env=environment, check=False).returncode
        if code or time.monotonic() >= until:
            return code
        seed += 1


if __name__ == "__main__":
    sys.exit(main())

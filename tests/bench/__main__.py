"""`make bench`: prints what was measured, each figure beside what it is measured against in the same run."""

import argparse
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.bench.run import run
from tests.databases import NAMES


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument("--changes", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", action="append", choices=NAMES, help="only this one")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found: dict[str, Any] = {}
    for name in given.database or NAMES:
        with tempfile.TemporaryDirectory() as folder:
            found[name] = run(name, Path(folder), given.changes, given.seed)
        if not given.json:
            show(name, found[name])
    if given.json:
        print(json.dumps(found))


def show(name: str, found: Mapping[str, Any]) -> None:
    """One database's figures, as ratios first."""
    night, pull = found["settlement"], found["pull"]
    floor, file = night["floor_s"], pull["file_s"]
    print(f"{name}: a night of {night['changes']} changes over {night['tickets']} tickets")
    line("the bare floor (decode, sort, bulk insert, upsert)", 1.0, floor)
    line("the night, whole", night["night_s"] / floor, night["night_s"])
    for part, took in night["parts_s"].items():
        line(f"  {part}", took / floor, took)
    rest = night["night_s"] - sum(night["parts_s"].values())
    line("  what is none of these", rest / floor, rest)
    print(f"  verified by replay: {night['verified']}")
    megabytes = pull["bytes"] / 1_000_000
    print(
        f"{name}: a first pull of {pull['documents']} documents, {megabytes:.1f} MB in {pull['pages']} pages"
    )
    line("the same bytes as a file", 1.0, file)
    line("the pull", pull["pull_s"] / file, pull["pull_s"])
    for part, took in pull["parts_s"].items():
        line(f"  {part}", took / file, took)
    rest = pull["pull_s"] - sum(pull["parts_s"].values())
    line("  what is none of these", rest / file, rest)


def line(what: str, ratio: float, took: float) -> None:
    print(f"  {what:<52} {ratio:7.2f}  {took:8.3f} s")


if __name__ == "__main__":
    main()

"""`make bench`: prints what was measured, each figure beside what it is measured against."""

import argparse
import asyncio
import json
import tempfile
from pathlib import Path

from tests.bench.settlement import measure


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument("--changes", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(measure(Path(folder), given.changes, given.seed))
    if given.json:
        print(json.dumps(found))
        return
    print(f"A night of {given.changes} changes over {given.changes // 4} tickets, SQLite, seed {given.seed}")
    print(f"  bare floor (decode, sort, insert, upsert; median of 3)  {found['floor_s']:.2f} s")
    print(f"  the night, whole                                        {found['night_s']:.2f} s")
    print(
        f"  ratio                                                   {found['night_s'] / found['floor_s']:.1f}"
    )
    for name, part in found["parts_s"].items():
        print(f"    {name:<20} {part:.2f} s  {part / found['floor_s']:.2f} of the floor")
    rest = found["night_s"] - sum(found["parts_s"].values())
    print(f"    {'write, feed, commit':<20} {rest:.2f} s  {rest / found['floor_s']:.2f} of the floor")
    print(f"  verified by replay: {found['verify']}")


if __name__ == "__main__":
    main()

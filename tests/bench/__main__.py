"""`make bench`: prints what was measured, each figure beside what it is measured against in the same run."""

import argparse
import json
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tests.bench.reads import CONNECTIONS
from tests.bench.run import run, run_reads
from tests.databases import NAMES

PARTS: Final = ("writing", "reading")
PEER_WORDS: Final = {
    "loaders": "mercurius, JIT, its loaders, better-sqlite3",
    "joins": "mercurius, JIT, joins by hand, better-sqlite3",
    "postgraphile": "PostGraphile",
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="tests.bench", description=__doc__)
    parser.add_argument("--changes", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tickets", type=int, default=100_000, help="as many are asked about")
    parser.add_argument(
        "--seconds", type=int, default=5, help="so long each reading is asked for, three times"
    )
    parser.add_argument("--only", choices=PARTS, help="only this part")
    parser.add_argument("--database", action="append", choices=NAMES, help="only this one")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found: dict[str, Any] = {}
    for name in given.database or NAMES:
        with tempfile.TemporaryDirectory() as folder:
            found[name] = measured(name, Path(folder), given)
        if not given.json:
            show(name, found[name])
    if given.json:
        print(json.dumps(found))


def measured(name: str, folder: Path, given: argparse.Namespace) -> dict[str, Any]:
    """One database's figures: writing, in a database of its own, and reading, in another."""
    found: dict[str, Any] = {}
    for part in PARTS:
        if given.only not in {None, part}:
            continue
        (folder / part).mkdir()
        if part == "writing":
            found |= run(name, folder / part, given.changes, given.seed)
        else:
            found["reading"] = run_reads(
                name, folder / part, given.tickets, given.changes, given.seconds, given.seed
            )
    return found


def show(name: str, found: Mapping[str, Any]) -> None:
    """One database's figures, as ratios first."""
    if "settlement" in found:
        show_writing(name, found)
    if "reading" in found:
        show_reading(name, found["reading"])


def show_reading(name: str, found: Mapping[str, Any]) -> None:
    """What is asked of the door, each figure beside what it is measured against."""
    ordinary, floor, nested, larger, new = (
        found[part] for part in ("ordinary", "floor", "nested", "larger", "new")
    )
    print(f"{name}: 100 of {found['tickets']} tickets, {found['bytes']} bytes, in requests per second")
    rate("the way of Strawberry's resolvers and dataloaders", 1.0, ordinary["ordinary"])
    rate("compiled", ordinary["hub"] / ordinary["ordinary"], ordinary["hub"])
    rate("the same in Strawberry over SQLModel objects", 1.0, ordinary["orm"])
    rate("compiled, against that", ordinary["hub"] / ordinary["orm"], ordinary["hub"])
    for kind, rates in found["peers"].items():
        if isinstance(rates, str):
            print(f"  {PEER_WORDS[kind]}: not measured, {rates}")
            continue
        rate(PEER_WORDS[kind], 1.0, rates["peer"])
        rate("compiled, against that", rates["hub"] / rates["peer"], rates["hub"])
    rate("the same bytes from memory by Starlette", 1.0, floor["floor"])
    rate("compiled, against that", floor["hub"] / floor["floor"], floor["hub"])
    rate("kept, and asked of the database whether it holds", floor["kept"] / floor["floor"], floor["kept"])
    rate("the same, by GET with its tag: 304", floor["polled"] / floor["floor"], floor["polled"])
    print(f"{name}: lists of 20 x 10 x 5 within one another, in requests per second")
    rate("the way of the resolvers", 1.0, nested["ordinary"])
    rate("compiled, one statement", nested["hub"] / nested["ordinary"], nested["hub"])
    more = (larger["floor"] / larger["hub"]) / (floor["floor"] / floor["hub"])
    print(f"{name}: {larger['times']} times as many tickets, the answer as long")
    print(f"  {'time for an answer, measured by the floor':<52} {more:7.2f}")
    print(f"{name}: a document never seen before")
    line("parsed and validated by graphql-core", 1.0, new["graphql_core_ms"] / 1000)
    line("parsed, validated, compiled by us", new["ours_ms"] / new["graphql_core_ms"], new["ours_ms"] / 1000)
    if night := found.get("night"):
        quiet, busy = night["quiet_p99_ms"], night["busy_p99_ms"]
        print(f"{name}: the 99th percentile of {CONNECTIONS} connections")
        line("while nothing happens", 1.0, quiet / 1000)
        line(f"while a night of {night['changes']} changes is settled", busy / quiet, busy / 1000)


def show_writing(name: str, found: Mapping[str, Any]) -> None:
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


def rate(what: str, ratio: float, per_second: float) -> None:
    print(f"  {what:<52} {ratio:7.2f}  {per_second:8.1f} /s")


def line(what: str, ratio: float, took: float) -> None:
    print(f"  {what:<52} {ratio:7.2f}  {took:8.3f} s")


if __name__ == "__main__":
    main()

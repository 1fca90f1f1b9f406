"""The power goes at any moment: what was acknowledged as recorded is there, and the seqs have no gaps."""

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from clients.python.failures import NotKept, NotRecorded
from clients.python.store import Store
from clients.python.tablet import Tablet
from sync.changes import decode
from tests.clients.kit import CountingIds, KillAt, Killed, named, tablet_at

STEPS_OF_A_LIFE = 34
TICKET, MEMBER = named("ticket"), named("member")


def live(path: Path, life: int, kill: int = 0, lines: int = 0) -> list[tuple[str, int]]:
    """One life of a tablet: what it said was kept before it was killed, by itself or after so many lines."""
    command = [sys.executable, "-m", "tests.clients.crashing", str(path), str(life), str(kill)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if lines and len(said) >= lines:
                process.kill()
                break
        said += process.stdout.readlines()
    assert process.returncode == -9
    whole = [line.split() for line in said if line.endswith("\n")]
    return [(one, int(seq)) for one, seq in whole]


def check(path: Path, acknowledged: list[tuple[str, int]]) -> None:
    """Nothing that was acknowledged is missing, nothing is torn, and seqs and runs only go on."""
    with tablet_at(path) as tablet:
        kept = tablet._outbox.waiting()
        assert [line.seq for line in kept] == list(range(1, len(kept) + 1))
        held = {(line.id, line.seq) for line in kept}
        assert set(acknowledged) <= held
        changes = [decode(json.loads(line.body or "")) for line in kept]
        assert [change.id for change in changes] == [line.id for line in kept]
        runs = [change.run for change in changes]
        assert runs == sorted(runs)
        known = {line.run for line in tablet._journal.lines()}
        assert known == set(range(1, max(known) + 1))
        assert set(runs) <= known
        assert tablet._store.one("PRAGMA integrity_check") == "ok"


def test_killed_in_and_between_its_steps_a_tablet_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    """Each life of the same tablet is killed one step later than the one before."""
    path = tmp_path / "tablet.db"
    acknowledged: list[tuple[str, int]] = []
    for kill in range(1, STEPS_OF_A_LIFE + 1):
        acknowledged += live(path, life=kill, kill=kill)
    assert len(acknowledged) > 100
    check(path, acknowledged)


def test_killed_from_outside_at_any_moment_a_tablet_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "tablet.db"
    chance = random.Random(20261123)
    acknowledged: list[tuple[str, int]] = []
    for life in range(12):
        acknowledged += live(path, life, lines=chance.randrange(1, 200))
    assert len(acknowledged) > 500
    check(path, acknowledged)


@pytest.mark.parametrize("number", range(1, 10))
def test_a_step_that_was_killed_before_its_commit_never_began(tmp_path: Path, number: int) -> None:
    path = tmp_path / "tablet.db"
    kill = KillAt(number)
    with pytest.raises(Killed):
        _record_for_ever(path, kill)
    committed = kill.told.count("record.done")
    with tablet_at(path, ids=CountingIds("next life")) as again:
        assert len(again.pending()) == committed
        assert again.claim(TICKET, MEMBER).seq == committed + 1


def _record_for_ever(path: Path, kill: KillAt) -> None:
    with tablet_at(path, step=kill) as tablet:
        while True:
            tablet.claim(TICKET, MEMBER)


def test_a_full_disk_is_said_before_anybody_walks_on(tmp_path: Path) -> None:
    path = tmp_path / "tablet.db"
    with tablet_at(path) as tablet:
        pages = tablet._store.one("PRAGMA page_count")
        assert tablet._store.one(f"PRAGMA max_page_count = {pages + 4}") == pages + 4
        acknowledged: list[int] = []
        with pytest.raises(NotKept, match="full"):
            _write_for_ever(tablet, acknowledged)
        assert len(tablet.pending()) == len(acknowledged) > 0
        tablet._store.one("PRAGMA max_page_count = 100000")
        assert tablet.note(TICKET, "又有地方了").seq == acknowledged[-1] + 1


def _write_for_ever(tablet: Tablet, acknowledged: list[int]) -> None:
    while True:
        acknowledged.append(tablet.note(TICKET, "字" * 1000).seq)


def test_what_is_refused_leaves_no_trace_even_of_a_jump(tmp_path: Path) -> None:
    with tablet_at(tmp_path / "tablet.db") as tablet:
        before = tablet._store.rows("SELECT * FROM run")
        with pytest.raises(NotRecorded):
            tablet.note(TICKET, "")
        assert tablet._store.rows("SELECT * FROM run") == before


def test_a_file_that_was_being_made_when_the_power_went_is_made_again(tmp_path: Path) -> None:
    for number in range(1, 4):
        path = tmp_path / f"{number}.db"
        with pytest.raises(Killed):
            Store(path, KillAt(number))
        Store(path).close()

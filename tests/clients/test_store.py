"""The tablet's file: one connection, whole steps, and nothing left of what was deleted."""

import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from clients.python.failures import InUse
from clients.python.store import Store


def test_a_step_is_kept_whole(tmp_path: Path) -> None:
    store = Store(tmp_path / "tablet.db")
    with store.step("one"):
        store.put(device="d", scope=[{"id": "g"}])
    store.close()
    again = Store(tmp_path / "tablet.db")
    assert again.get("device") == "d"
    assert again.get("scope") == [{"id": "g"}]
    again.close()


def test_a_step_that_fails_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "tablet.db")
    with pytest.raises(ZeroDivisionError):
        _fail(store)
    assert store.get("device") is None
    with store.step("two"):
        store.put(device="e")
    assert store.get("device") == "e"
    store.close()


def _fail(store: Store) -> None:
    with store.step("one"):
        store.put(device="d")
        raise ZeroDivisionError


def test_a_value_that_is_put_as_none_is_forgotten(tmp_path: Path) -> None:
    store = Store(tmp_path / "tablet.db")
    with store.step("one"):
        store.put(heard=3)
        store.put(heard=None)
    assert store.get("heard", "nothing") == "nothing"
    store.close()


def test_steps_are_told_before_within_and_after(tmp_path: Path) -> None:
    told: list[str] = []
    store = Store(tmp_path / "tablet.db", told.append)
    with store.step("record"):
        told.append("inside")
    assert told[-4:] == ["record.begin", "inside", "record.commit", "record.done"]
    store.close()


def test_the_file_is_written_durably_and_ahead(tmp_path: Path) -> None:
    store = Store(tmp_path / "tablet.db")
    assert store.one("PRAGMA journal_mode") == "wal"
    assert store.one("PRAGMA synchronous") == 2
    assert store.one("PRAGMA secure_delete") == 1
    store.close()


def test_a_second_process_is_told_that_the_file_is_in_use(tmp_path: Path) -> None:
    path = tmp_path / "tablet.db"
    store = Store(path)
    program = (
        "import sys\n"
        "from clients.python.failures import InUse\n"
        "from clients.python.store import Store\n"
        "try:\n    Store(sys.argv[1])\nexcept InUse:\n    sys.exit(7)\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], check=False, capture_output=True)
    assert done.returncode == 7, done.stderr
    with pytest.raises(InUse):
        Store(path)
    store.close()
    Store(path).close()


def test_a_file_of_a_newer_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "tablet.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(ValueError, match="version 99"):
        Store(path)


def test_nothing_of_what_was_deleted_is_left_in_the_file(tmp_path: Path) -> None:
    store = Store(tmp_path / "tablet.db")
    secret = "a telephone 555 0100"
    with store.step("one"):
        store.put(secret=secret)
    with store.step("two"):
        store.put(secret=None)
    store.shrink()
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert secret.encode() not in kept
    store.close()

"""What is kept is of one stamp: whoever reads on an older snapshot neither gets what is newer nor leaves what is older."""

import pytest

from schema.values import Author, Role
from server import kept
from server.kept import Kept, Stamp, answer_of, key_of

READER = Author(role=Role.READER, id="one", everywhere=True)
KEY = key_of("{ now }", None, {"b": 1, "a": [2]}, READER)
OLD, NEW = Stamp(10_000_000_001, 1), Stamp(10_000_000_002, 2)
BEFORE, AFTER = (answer_of(body, frozenset({"signed"}), 1) for body in (b'{"now":1}', b'{"now":2}'))


def test_what_was_read_before_a_change_and_is_told_after_it_is_not_kept() -> None:
    answers = Kept()
    assert answers.get(NEW, KEY) is None
    answers.put(OLD, KEY, BEFORE)
    assert answers.get(NEW, KEY) is None


def test_who_still_reads_what_was_before_gets_nothing_newer() -> None:
    answers = Kept()
    answers.put(NEW, KEY, AFTER)
    assert answers.get(OLD, KEY) is None
    assert answers.get(NEW, KEY) == AFTER


@pytest.mark.parametrize("stamp", [NEW, Stamp(OLD.rev, 2)])
def test_nothing_is_left_in_memory_when_something_has_changed(stamp: Stamp) -> None:
    """A night without effects moves no rev, yet it is a settlement that can be asked for."""
    answers = Kept()
    answers.put(OLD, KEY, BEFORE)
    answers.get(stamp, KEY)
    assert not answers._answers
    assert answers._bytes == 0


def test_the_same_is_asked_by_whoever_sees_the_same_in_whatever_order_the_variables_come() -> None:
    assert key_of("{ now }", None, {"a": [2], "b": 1}, READER._replace(id="another")) == KEY
    assert key_of("{ now }", None, {"a": [2], "b": 1}, READER._replace(everywhere=False)) != KEY


def test_what_is_kept_has_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 3)
    monkeypatch.setattr(kept, "MOST_BYTES", 20)
    monkeypatch.setattr(kept, "LARGEST", 15)
    answers = Kept()
    for number in range(100):
        answers.put(
            NEW, key_of(str(number), None, None, READER), answer_of(b"1" * (number % 18), frozenset(), 1)
        )
        assert len(answers._answers) <= 3
        assert answers._bytes == sum(len(one.body) for one in answers._answers.values()) <= 20
        assert all(len(one.body) <= 15 for one in answers._answers.values())

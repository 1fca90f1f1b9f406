"""What is kept is of one stamp: whoever reads on an older snapshot neither gets what is newer nor leaves what is older."""

import tracemalloc
from typing import Any

import pytest
from graphql import parse

from schema.asking import signature
from schema.build import PARSED, DoorSchema
from schema.remembered import Remembered, size_of
from schema.values import Author, Role
from server import kept
from server.kept import Kept, Stamp, answer_of, is_small, key_of, weight

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
    one = weight(KEY, BEFORE)
    monkeypatch.setattr(kept, "MOST", 3)
    monkeypatch.setattr(kept, "MOST_BYTES", 3 * one + 20)
    monkeypatch.setattr(kept, "LARGEST", one + 15)
    answers = Kept()
    for number in range(100):
        answers.put(
            NEW, key_of(str(number), None, None, READER), answer_of(b"1" * (number % 30), frozenset(), 1)
        )
        assert len(answers._answers) <= 3
        assert answers._bytes == sum(weight(*kept) for kept in answers._answers.items()) <= 3 * one + 20
        assert all(weight(*kept) <= one + 15 for kept in answers._answers.items())


LARGE = [
    ("a document", {"source": "{ now }" + "#" * 1_000_000}),
    ("variables", {"variables": {"a": "x" * 1_000_000}}),
    ("a reach", {"author": READER._replace(scope=tuple(f"{one:036}" for one in range(20_000)))}),
]


@pytest.mark.parametrize(("what", "given"), LARGE, ids=[what for what, _ in LARGE])
def test_all_that_an_answer_is_kept_by_counts(what: str, given: dict[str, Any]) -> None:
    answers = Kept()
    answers.put(
        NEW, key_of(**{"source": "", "name": None, "variables": None, "author": READER} | given), AFTER
    )
    assert not answers._answers, what


def test_only_small_variables_are_remembered() -> None:
    for small in (None, {}, {"n": 5, "f": {"ids": ["x" * 36] * 100}}, {"a": "x" * 9_000}):
        assert is_small(small)
    for large in (
        {"f": {"ids": ["x"] * 201}},
        {"a": "x" * 10_001},
        {"a": [[["x" * 200] * 60]]},
        {"n": 10**40_000},
    ):
        assert not is_small(large)
    assert not is_small({"x" * 10_001: 1})
    assert not is_small({str(one): None for one in range(201)})


def test_a_plan_is_remembered_by_the_form_of_its_variables_and_not_by_their_length() -> None:
    assert size_of(signature({"ids": ["x"] * 200})) < 1_000
    assert signature({"ids": ["x"] * 200}) == signature({"ids": ["y"] * 200})
    assert signature(["x"] * 199) != signature(["x"] * 200)
    assert signature(["x", 1]) != signature([1, "x"])
    assert (
        len({repr(signature(one)) for one in ([], ["a"], ["a", "a"], [1, 1], [["a"], ["a"]], [{"a": 1}] * 2)})
        == 6
    )


def test_what_is_remembered_has_bounds_and_what_was_not_asked_for_longest_goes() -> None:
    found: Remembered[int] = Remembered(3, 100)
    for number in range(10):
        found.put(number, number, 10)
        found.get(0)
    assert ([found.get(one) for one in range(10)].count(None), found.get(0), found.bytes) == (7, 0, 30)
    found.put(10, 10, 95)
    assert (len(found), found.bytes) == (1, 95)
    found.put(11, 11, 101)
    assert (found.get(11), found.get(10), found.bytes) == (None, 10, 95)
    found.put(10, 12, 5)
    assert (found.get(10), found.bytes) == (12, 5)


def test_whoever_asks_for_a_new_document_each_time_fills_no_memory() -> None:
    dense = "{ " + "a " * 7_000 + "}"
    tracemalloc.start()
    parsed = parse(dense)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert parsed.definitions
    assert held < PARSED * len(dense)
    schema = DoorSchema()
    schema._prepared.most_bytes = PARSED * 150_000
    for number in range(10):
        assert not schema.prepare(f"{{ a{number}: rev }} # " + "x" * 59_000).errors
    assert len(schema._prepared) == 2

"""Nothing that may be asked for is taken away or narrowed without a version that says so."""

import pytest

from schema.build import sdl
from schema.versions import VERSION, VERSIONS
from tests.schema.released import FILE, HEAD, Breaking, broken, wordless, written

RELEASED = FILE.read_text()
NOW = sdl()
PLAIN = wordless(NOW)

BREAKS = [
    ("a field is gone", "  closedAt: DateTime\n", ""),
    ("a field may be null", "  title: String!\n", "  title: String\n"),
    ("an argument is gone", "node(id: ID!): Node", "node: Node"),
    ("an argument is asked for", "nodes(ids: [ID!]!)", "nodes(ids: [ID!]!, more: Int!)"),
    ("a word is gone", "enum Priority {\n  LOW\n", "enum Priority {\n"),
    ("a filter is gone", "  dueUntil: DateTime\n", ""),
    ("a type is no node", "type Ticket implements Node {", "type Ticket {"),
]


def test_what_was_released_can_still_be_asked_for() -> None:
    assert RELEASED.startswith(f"{HEAD}{VERSION}\n"), "run `make fix`"
    assert broken(RELEASED, NOW) == []


def test_what_is_added_is_written_down() -> None:
    """So that it cannot be taken away again unseen."""
    assert written(RELEASED, NOW, VERSION) == RELEASED, "run `make fix`"


@pytest.mark.parametrize(("was", "becomes"), [case[1:] for case in BREAKS], ids=[case[0] for case in BREAKS])
def test_what_breaks_who_asks_needs_a_version(was: str, becomes: str) -> None:
    assert was in PLAIN
    narrower = PLAIN.replace(was, becomes, 1)
    with pytest.raises(Breaking):
        written(RELEASED, narrower, VERSION)
    assert written(RELEASED, narrower, VERSION + 1).startswith(f"{HEAD}{VERSION + 1}\n")


def test_what_is_added_breaks_nobody() -> None:
    wider = PLAIN.replace("  dueUntil: DateTime\n", "  dueUntil: DateTime\n  another: Int\n", 1)
    assert wider != PLAIN
    assert written(RELEASED, wider, VERSION) != RELEASED


def test_every_version_has_its_line() -> None:
    assert list(VERSIONS) == list(range(1, VERSION + 1))
    assert all(VERSIONS.values())

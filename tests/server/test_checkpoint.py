"""A checkpoint is a word that only this hub can make."""

from msgspec.structs import replace

from server import checkpoint
from server.checkpoint import Checkpoint, Fill, Scope

SECRET, OTHER = "5" * 64, "6" * 64
SCOPE = Scope(("grid",), ("community",), 7)
HERE = Checkpoint(1, 10_000_000_042, "root", SCOPE, "digest", fill=Fill(SCOPE, arriving=True, rev=3))


def test_a_checkpoint_reads_as_it_was_written() -> None:
    word = checkpoint.written(HERE, SECRET)
    assert checkpoint.read(word, SECRET) == HERE
    assert word.isascii()


def test_what_another_hub_made_is_not_read() -> None:
    assert checkpoint.read(checkpoint.written(HERE, OTHER), SECRET) is None


def test_no_letter_of_it_can_be_changed() -> None:
    word = checkpoint.written(HERE, SECRET)
    for place in range(0, len(word) - 4, 7):
        other = "A" if word[place] != "A" else "B"
        assert checkpoint.read(word[:place] + other + word[place + 1 :], SECRET) is None


def test_nonsense_is_not_read() -> None:
    for word in (None, "", "=", "ü", "not base64!", "AAAA", checkpoint.written(HERE, SECRET)[:20]):
        assert checkpoint.read(word, SECRET) is None


def test_a_scope_is_the_same_by_what_it_covers() -> None:
    assert SCOPE.covers_the_same(replace(SCOPE, assigned=9))
    assert not SCOPE.covers_the_same(replace(SCOPE, grids=()))

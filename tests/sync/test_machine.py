"""Any work by anybody, in any order of uploads and nights: nothing fails, and what always holds, holds."""

from hypothesis import given, settings

from tests.sync.drawing import Move, Play, moves
from tests.sync.invariants import replayed


@settings(max_examples=200)
@given(moves)
def test_whatever_is_done_can_be_settled_and_everything_adds_up(drawn: list[Move]) -> None:
    Play().all(drawn)


@settings(max_examples=30)
@given(moves)
def test_the_same_batches_give_the_same_hub_to_the_byte(drawn: list[Move]) -> None:
    hub = Play().all(drawn)
    again = replayed(hub)
    assert again.digest == hub.memory.digest
    assert again.things == hub.memory.things
    assert again.entries == hub.memory.entries
    assert again.outcomes == hub.memory.outcomes
    assert again.documents == hub.memory.documents

"""What the hub said: pages, resets that are killed half-way, and a sum that is checked and never assumed."""

from pathlib import Path
from typing import Any

import pytest

from clients.python.failures import Unreachable
from clients.python.holdings import Holdings
from clients.python.store import Store
from sync.wire import COLLECTIONS, Check, Document, Page, check_digest
from tests.clients.kit import KillAt, Killed

GRIDS = ({"id": "g1", "code": "LY-1"},)


def live(document_id: str, rev: int, collection: str = "ticket", **body: Any) -> Document:
    return Document(collection, document_id, rev, "LIVE", {"id": document_id, **body})


def gone(document_id: str, rev: int, state: str = "LEFT") -> Document:
    return Document("ticket", document_id, rev, state, None)


def page(
    *documents: Document,
    checkpoint: str = "c",
    more: bool = True,
    reset: bool = False,
    epoch: int = 1,
    scope: tuple[Any, ...] = GRIDS,
    held: dict[str, list[tuple[str, int]]] | None = None,
) -> Page:
    """One page; `held` is what the hub says there should be, on a last page."""
    check = None
    if held is not None:
        more = False
        check = tuple(Check(c, len(held.get(c, [])), check_digest(held.get(c, []))) for c in COLLECTIONS)
    return Page(documents, checkpoint, more, reset, epoch, scope, check)


class Shelf:
    """Holdings on a file, and a hand to put pages on it."""

    def __init__(self, path: Path, kill: KillAt | None = None) -> None:
        self.store = Store(path, kill or KillAt(0))
        self.holdings = Holdings(self.store)
        if self.store.get("scope") is None:
            with self.store.step("enrol"):
                self.store.put(scope=list(GRIDS), epoch=1, checkpoint="start")

    def take(self, said: Page, next_seq: int = 1) -> Any:
        after = self.store.get("checkpoint")
        return self.holdings.take(said, after, next_seq, lambda connection: None)

    @property
    def held(self) -> dict[str, int]:
        return {document.id: document.rev for document in self.holdings.all("ticket")}


@pytest.fixture
def shelf(tmp_path: Path) -> Any:
    made = Shelf(tmp_path / "tablet.db")
    yield made
    made.store.close()


def test_documents_are_held_as_they_come(shelf: Shelf) -> None:
    shelf.take(page(live("a", 10, title="一"), live("b", 11)))
    shelf.take(page(live("a", 12, title="二")))
    assert shelf.held == {"a": 12, "b": 11}
    document = shelf.holdings.get("ticket", "a")
    assert document is not None
    assert document.body == {"id": "a", "title": "二"}
    assert shelf.holdings.counts() == {"ticket": 2}


def test_a_document_at_or_below_the_held_rev_is_ignored(shelf: Shelf) -> None:
    shelf.take(page(live("a", 10, title="新")))
    shelf.take(page(live("a", 10, title="同"), live("a", 9, title="旧"), gone("a", 8)))
    document = shelf.holdings.get("ticket", "a")
    assert document is not None
    assert (document.rev, document.body["title"]) == (10, "新")


@pytest.mark.parametrize("state", ["LEFT", "GONE"])
def test_what_left_is_removed_and_its_rev_forgotten(shelf: Shelf, state: str) -> None:
    shelf.take(page(live("a", 10), live("b", 11)))
    shelf.take(page(gone("a", 20, state)))
    assert shelf.held == {"b": 11}
    assert shelf.holdings.rev("ticket", "a") == 0
    shelf.take(page(live("a", 10)))
    assert shelf.held == {"a": 10, "b": 11}


def test_a_reset_replaces_whatever_the_rev_and_sweeps_what_was_not_sent(shelf: Shelf) -> None:
    shelf.take(page(live("a", 90), live("b", 91), live("c", 92)))
    shelf.take(page(live("a", 10, title="旧"), reset=True))
    assert shelf.held == {"a": 10, "b": 91, "c": 92}
    shelf.take(page(live("d", 11)))
    assert shelf.held == {"a": 10, "b": 91, "c": 92, "d": 11}
    shelf.take(page(live("c", 12), held={"ticket": [("a", 10), ("c", 12), ("d", 11)]}))
    assert shelf.held == {"a": 10, "c": 12, "d": 11}
    shelf.take(page(live("a", 9)))
    assert shelf.held["a"] == 10


def test_a_reset_that_begins_again_half_way_sweeps_what_the_first_half_brought(shelf: Shelf) -> None:
    shelf.take(page(live("a", 10), reset=True))
    shelf.take(page(live("b", 11), reset=True))
    shelf.take(page(held={"ticket": [("b", 11)]}))
    assert shelf.held == {"b": 11}


def test_a_first_pull_is_a_reset_whether_or_not_the_hub_says_so(shelf: Shelf) -> None:
    shelf.take(page(live("a", 10), live("b", 11)))
    shelf.holdings.start_over()
    shelf.take(page(live("b", 5), held={"ticket": [("b", 5)]}))
    assert shelf.held == {"b": 5}


def test_a_reset_killed_at_any_step_goes_on_where_it_was(tmp_path: Path) -> None:
    pages = [
        page(live("a", 10), reset=True, checkpoint="r1"),
        page(live("d", 11), checkpoint="r2"),
        page(live("c", 12), checkpoint="r3", held={"ticket": [("a", 10), ("c", 12), ("d", 11)]}),
    ]
    total = _count_of_steps(tmp_path / "counted.db", pages)
    for number in range(1, total + 1):
        path = tmp_path / f"killed at {number}.db"
        before = Shelf(path)
        before.take(page(live("a", 90), live("b", 91)))
        before.store.close()
        kill = KillAt(number)
        try:
            killed = Shelf(path, kill)
        except Killed:
            killed = None
        if killed is not None:
            with pytest.raises(Killed):
                _resume(killed, pages)
            killed.store.close()
        again = Shelf(path)
        _resume(again, pages)
        assert again.held == {"a": 10, "c": 12, "d": 11}, f"killed at {kill.told[-1]}"
        assert again.store.get("resetting") is None
        again.store.close()


def _resume(shelf: Shelf, pages: list[Page]) -> None:
    """What a hub does: the page that follows the checkpoint, or the first for one it does not know."""
    following = {None: 0, "r1": 1, "r2": 2, "r3": 3}
    for said in pages[following.get(shelf.store.get("checkpoint"), 0) :]:
        shelf.take(said)


def _count_of_steps(path: Path, pages: list[Page]) -> int:
    shelf = Shelf(path)
    shelf.store.close()
    counting = KillAt(0)
    shelf = Shelf(path, counting)
    _resume(shelf, pages)
    shelf.store.close()
    return len(counting.told)


def test_the_sum_of_the_last_page_is_compared_with_what_is_held(shelf: Shelf) -> None:
    right = {"ticket": [("a", 10)], "member": [("m", 11)]}
    assert shelf.take(page(live("a", 10), live("m", 11, "member"))).agrees is None
    assert shelf.take(page(held=right)).agrees is True
    assert shelf.take(page(held={**right, "ticket": [("a", 12)]})).agrees is False
    assert shelf.take(page(held={**right, "ticket": []})).agrees is False
    assert shelf.take(page(held={**right, "unit": [("u", 1)]})).agrees is False
    assert shelf.take(page(held={"ticket": [("a", 10)]})).agrees is False


def test_a_collection_that_the_hub_does_not_name_must_be_empty(shelf: Shelf) -> None:
    shelf.take(page(live("w", 10, "whistle")))
    assert shelf.take(page(held={})).agrees is False
    named = Page((), "c", False, False, 1, GRIDS, (Check("whistle", 1, check_digest([("w", 10)])),))
    assert shelf.take(named).agrees is True


def test_a_changed_scope_is_heard_with_the_seq_from_which_it_holds(shelf: Shelf) -> None:
    moved = ({"id": "g2", "code": "LY-2"},)
    assert shelf.take(page(), next_seq=4).scope_changed is False
    assert shelf.take(page(scope=moved), next_seq=5).scope_changed is True
    assert shelf.store.get("heard") == 5
    assert shelf.take(page(scope=moved), next_seq=9).scope_changed is False
    assert shelf.store.get("heard") is None
    assert shelf.store.get("scope") == list(moved)


def test_a_new_epoch_is_noticed(shelf: Shelf) -> None:
    assert shelf.take(page()).epoch_changed is False
    assert shelf.take(page(epoch=2)).epoch_changed is True
    assert shelf.take(page(epoch=2)).epoch_changed is False


def test_a_page_for_a_checkpoint_that_is_not_held_any_more_is_not_taken(shelf: Shelf) -> None:
    before = shelf.held
    with pytest.raises(Unreachable):
        shelf.holdings.take(page(live("a", 10)), "another", 1, lambda connection: None)
    assert shelf.held == before
    assert shelf.store.get("checkpoint") == "start"

"""What is kept until the hub has answered for it, and what is let go."""

from pathlib import Path
from typing import Any

import pytest

from clients.python.tablet import Tablet
from sync.wire import Document, Page, Quarantined, Receipt
from tests.clients.kit import named, tablet_at


@pytest.fixture
def tablet(tmp_path: Path) -> Any:
    """Five changes under seqs 1 to 5, all received."""
    with tablet_at(tmp_path / "tablet.db") as made:
        for number in range(5):
            made.claim(named(f"ticket {number}"), named("member"))
        with made._store.step("enrol"):
            made._store.put(device="d", token="t", epoch=1, checkpoint="c", scope=[])
        hear(made, settled=0)
        yield made


def hear(tablet: Tablet, settled: int, durable: int | None = None, apart: tuple[int, ...] = ()) -> None:
    """A receipt."""
    marks = [(seq, '{"code": "UNKNOWN_KIND", "sentence": {"zh": "…", "en": "…"}}') for seq in apart]
    quarantined = tuple(Quarantined(seq, None, "UNKNOWN_KIND") for seq in apart)
    through = settled if durable is None else durable
    tablet._outbox.answered(Receipt(5, settled, through, quarantined, None, 1), marks)


def tell(
    tablet: Tablet, outcomes: dict[int, str], rev: int = 10, code: str = "SOME", device: str = "d"
) -> None:
    """A page of verdicts, by seq."""
    ids = {verdict.seq: verdict.id for verdict in tablet.verdicts()}
    documents = tuple(
        Document("verdict", f"{device}:{seq}", rev + seq, "LIVE", _body(ids[seq], seq, outcome, code))
        for seq, outcome in outcomes.items()
    )
    page = Page(documents, "c", True, False, 1, (), None)
    tablet._holdings.take(page, "c", 6, tablet._outbox.release)


def _body(change: str, seq: int, outcome: str, code: str) -> dict[str, Any]:
    sentence = {"zh": "…", "en": "…"}
    return {
        "change": change,
        "seq": seq,
        "outcome": outcome,
        "code": code,
        "rule": None,
        "sentence": sentence,
    }


def kept(tablet: Tablet) -> list[int | None]:
    return [line.seq for line in tablet._outbox.all() if line.body is not None]


def test_a_verdict_alone_lets_nothing_go(tablet: Tablet) -> None:
    tell(tablet, {1: "APPLIED", 2: "LOST"})
    assert kept(tablet) == [1, 2, 3, 4, 5]


def test_durability_alone_lets_nothing_go(tablet: Tablet) -> None:
    hear(tablet, settled=5)
    assert kept(tablet) == [1, 2, 3, 4, 5]


def test_what_has_its_verdict_and_is_durable_is_let_go(tablet: Tablet) -> None:
    tell(tablet, {1: "APPLIED", 2: "LOST", 3: "REVIEW"})
    hear(tablet, settled=3, durable=2)
    assert kept(tablet) == [3, 4, 5]
    hear(tablet, settled=3)
    assert kept(tablet) == [4, 5]
    assert (tablet._outbox.oldest(), tablet._outbox.next_seq()) == (4, 6)


def test_what_is_kept_is_one_stretch_to_the_end(tablet: Tablet) -> None:
    """Change 2 waits for a thing to come; what follows it stays, so that all of it could be sent again."""
    tell(tablet, {1: "APPLIED", 2: "HELD", 3: "APPLIED"})
    hear(tablet, settled=3)
    assert kept(tablet) == [2, 3, 4, 5]
    assert [line.seq for line in tablet._outbox.waiting()] == [2, 4, 5]
    tell(tablet, {2: "APPLIED"}, rev=20)
    assert kept(tablet) == [4, 5]


def test_what_was_set_apart_has_its_answer(tablet: Tablet) -> None:
    tell(tablet, {2: "APPLIED"})
    hear(tablet, settled=2, apart=(1,))
    assert kept(tablet) == [3, 4, 5]
    first = tablet.verdicts()[0]
    assert (first.outcome, first.code) == ("QUARANTINED", "UNKNOWN_KIND")


def test_a_verdict_that_comes_after_all_is_told_instead_of_the_quarantine(tablet: Tablet) -> None:
    hear(tablet, settled=1, apart=(1,))
    tell(tablet, {1: "APPLIED"})
    assert tablet.verdicts()[0].outcome == "APPLIED"


def test_a_verdict_outlives_the_document_that_told_it(tablet: Tablet) -> None:
    tell(tablet, {1: "LOST"})
    hear(tablet, settled=1)
    tablet.reset()
    page = Page((), "c", False, False, 1, (), ())
    tablet._holdings.take(page, None, 6, tablet._outbox.release)
    assert tablet.verdicts()[0].outcome == "LOST"


def test_what_is_kept_and_loses_its_verdict_waits_again(tablet: Tablet) -> None:
    """After a restore the hub may not know of a night that it once told."""
    tell(tablet, {1: "APPLIED"})
    assert [line.seq for line in tablet._outbox.waiting()] == [2, 3, 4, 5]
    tablet.reset()
    tablet._holdings.take(Page((), "c", False, False, 1, (), ()), None, 6, tablet._outbox.release)
    assert [line.seq for line in tablet._outbox.waiting()] == [1, 2, 3, 4, 5]


def test_a_word_that_it_was_received_before_does_not_hide_what_was_decided(tablet: Tablet) -> None:
    tell(tablet, {1: "APPLIED"}, rev=10)
    tell(tablet, {1: "DUPLICATE"}, rev=50, code="REPEATED", device="e")
    assert tablet.verdicts()[0].outcome == "APPLIED"
    tell(tablet, {2: "DUPLICATE"}, rev=50, code="REPEATED", device="e")
    assert tablet.verdicts()[1].outcome == "DUPLICATE"
    tell(tablet, {1: "SUPERSEDED"}, rev=90)
    assert tablet.verdicts()[0].outcome == "SUPERSEDED"


def test_under_a_new_device_what_is_kept_begins_at_one(tablet: Tablet) -> None:
    tell(tablet, {1: "APPLIED", 2: "APPLIED"})
    hear(tablet, settled=2, apart=(4,))
    ids = [line.id for line in tablet._outbox.all()]
    with tablet._store.step("renew") as connection:
        tablet._store.put(heard=5)
        tablet._outbox.renumber(connection)
    assert [(line.id, line.seq) for line in tablet._outbox.all() if line.body] == [
        (ids[2], 1),
        (ids[3], 2),
        (ids[4], 3),
    ]
    assert tablet._outbox.received() == 0
    assert tablet._outbox.batch(500, 8_000_000).first == 1
    assert tablet._store.get("heard") == 3
    assert [verdict.outcome for verdict in tablet.verdicts()] == ["APPLIED", "APPLIED", *["SAVED"] * 3]


def test_a_batch_is_cut_by_number_and_by_size_and_holds_one_at_least(tablet: Tablet) -> None:
    tablet._outbox.rewind(0)
    assert len(tablet._outbox.batch(3, 8_000_000).changes) == 3
    size = len(tablet._outbox.all()[0].body or "")
    assert len(tablet._outbox.batch(500, 100_000 + 2 * size + 2).changes) == 2
    assert len(tablet._outbox.batch(500, 10).changes) == 1
    tablet._outbox.rewind(5)
    empty = tablet._outbox.batch(500, 8_000_000)
    assert (empty.first, empty.oldest, empty.changes) == (6, 1, [])

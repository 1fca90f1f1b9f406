"""What travels: the names on the wire, and the sums that both sides agree on."""

import hashlib

import msgspec
import pytest

from sync.clock import RunOffset
from sync.wire import (
    COLLECTIONS,
    HISTORY,
    OLDEST_PROTOCOL,
    PROTOCOL,
    Opening,
    Receipt,
    Upload,
    check_digest,
    fingerprint,
)
from tests.sync.world import T, ident


def test_an_upload_has_the_names_of_the_protocol() -> None:
    upload = Upload(1, 7, 3, (RunOffset(2, -5, None),), ({"id": "x"},))
    assert msgspec.json.decode(msgspec.json.encode(upload)) == {
        "protocol": 1,
        "from": 7,
        "oldest": 3,
        "runs": [{"run": 2, "offsetMs": -5, "uncertaintyMs": None}],
        "changes": [{"id": "x"}],
    }


def test_a_receipt_has_the_names_of_the_protocol() -> None:
    receipt = Receipt(3, 2, 1, (), None, 1)
    assert list(msgspec.to_builtins(receipt)) == [
        "receivedThrough",
        "settledThrough",
        "durableThrough",
        "quarantined",
        "settlesAt",
        "epoch",
    ]


def test_every_version_of_the_protocol_has_its_line_of_history() -> None:
    assert list(HISTORY) == list(range(1, PROTOCOL + 1))
    assert OLDEST_PROTOCOL in HISTORY
    assert COLLECTIONS[-1] == "verdict"


def test_a_check_is_the_sum_of_the_fingerprints_in_any_order() -> None:
    held = [("a", 1), ("b", 2), ("c", 3)]
    by_hand = sum(int(hashlib.sha256(f"{i}:{r}".encode()).hexdigest()[:32], 16) for i, r in held) % 2**128
    assert check_digest(held) == check_digest(reversed(held)) == f"{by_hand:032x}"
    assert check_digest([]) == "0" * 32
    assert fingerprint("a", 1) != fingerprint("a", 2)


def test_an_opening_was_at_a_time_that_there_is() -> None:
    said = {"id": ident("opening"), "ticket": T, "at": "2026-02-28T09:00:00.000Z", "run": 1}
    assert msgspec.convert(said, Opening).ticket == T
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(said | {"at": "2026-02-30T09:00:00.000Z"}, Opening)

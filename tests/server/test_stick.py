"""The same as a file: carried in a pocket, imported twice, and pushed over the network besides: once."""

import gzip
import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from schema.tables.change import CHANGE
from schema.tables.contact import CONTACT
from schema.tables.quarantine import QUARANTINE
from schema.tables.scope import SCOPE
from schema.values import Imported, Refused
from server.stick import MAX_FILE_BYTES, BadFile
from sync.wire import MAX_CHANGES
from tests.server.house import House, Paper
from tests.sync.world import G1, G2, T, when

ORDER = {"grid": G1, "category": "parking", "title": "Widen the entrance"}


def packed(tablet: Paper, changes: list[Any], **head: Any) -> bytes:
    body = b"".join(json.dumps(change).encode() + b"\n" for change in changes)
    key = hashlib.sha256(tablet.token.encode()).digest()
    first = {
        "protocol": 1,
        "from": 1,
        "oldest": 1,
        "runs": [{"run": 1, "offsetMs": 0, "uncertaintyMs": 10}],
        "device": tablet.device,
        "after": tablet.after,
        "next": len(changes) + 1,
        "mac": hmac.new(key, body, hashlib.sha256).hexdigest(),
        **head,
    }
    return gzip.compress(json.dumps(first).encode() + b"\n" + body)


def unpacked(tablet: Paper, answer: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    first, _, body = gzip.decompress(answer).partition(b"\n")
    head = json.loads(first)
    key = hashlib.sha256(tablet.token.encode()).digest()
    assert head["mac"] == hmac.new(key, body, hashlib.sha256).hexdigest()
    return head, [json.loads(line) for line in body.splitlines()]


async def imported(house: House, folder: Path, data: bytes) -> Imported:
    file = folder / "day.lianxin"
    file.write_bytes(data)
    return await house.hub.import_file(file)


async def tablet_with(house: House, count: int) -> Paper:
    tablet = await house.tablet("A", G1)
    tablet.record("ticket.open", T, ORDER, at="08:00")
    for number in range(count - 1):
        tablet.record("ticket.note", T, {}, at="08:30", private={"text": f"note {number}"})
    house.clock.set("4/18:00")
    return tablet


async def count(house: House) -> int:
    statement = (
        select(func.count()).select_from(CHANGE).where(CHANGE.c.kind.in_(["ticket.open", "ticket.note"]))
    )
    async with house.hub.read() as connection:
        return int((await connection.execute(statement)).scalar_one())


async def test_a_file_imported_twice_and_pushed_later_counts_once(house: House, tmp_path: Path) -> None:
    tablet = await tablet_with(house, 5)
    data = packed(tablet, tablet.changes)
    first = await imported(house, tmp_path, data)
    again = await imported(house, tmp_path, data)
    assert (first.device, first.taken, again.taken, again.refused) == (tablet.device, 5, 0, None)
    assert (await tablet.push()).received_through == 5
    await house.hub.settle()
    assert await count(house) == 5
    (line,) = await house.rows(select(CHANGE).where(CHANGE.c.kind == "ticket.open"))
    assert line["deed"] == when("08:00")
    await house.verified()


async def test_the_answer_holds_the_receipt_and_the_pages(house: House, tmp_path: Path) -> None:
    tablet = await tablet_with(house, 5)
    await imported(house, tmp_path, packed(tablet, tablet.changes))
    await house.hub.settle()
    head, pages = unpacked(tablet, (await imported(house, tmp_path, packed(tablet, tablet.changes))).answer)
    assert (head["device"], head["after"], head["error"]) == (tablet.device, None, None)
    assert head["receipt"]["receivedThrough"] == head["receipt"]["settledThrough"] == 5
    assert pages[0]["reset"]
    assert not pages[-1]["more"]
    collections = [document["collection"] for page in pages for document in page["documents"]]
    assert collections.count("verdict") == 5
    assert {check["collection"] for check in pages[-1]["check"]} >= {"ticket", "verdict"}


async def test_a_file_is_no_contact_but_says_which_scope_was_heard_of(house: House, tmp_path: Path) -> None:
    """Between writing the file and carrying it to town the tablet went on recording."""
    tablet = await tablet_with(house, 2)
    await tablet.pull()
    await house.hub.assign(tablet.device, [G2])
    unheard = packed(tablet, tablet.changes)
    await imported(house, tmp_path, unheard)
    assert len(await house.rows(select(SCOPE))) == 1
    _, pages = unpacked(tablet, (await imported(house, tmp_path, unheard)).answer)
    tablet.after = pages[-1]["checkpoint"]
    contacts = await house.rows(select(CONTACT))
    await imported(house, tmp_path, packed(tablet, tablet.changes))
    known = await house.rows(select(SCOPE).order_by(SCOPE.c.from_seq))
    assert [(row["from_seq"], row["grids"]) for row in known] == [(1, [G1]), (3, [G2])]
    assert await house.rows(select(CONTACT)) == contacts


async def test_a_long_file_is_taken_in_portions(house: House, tmp_path: Path) -> None:
    tablet = await tablet_with(house, MAX_CHANGES + 20)
    assert (await imported(house, tmp_path, packed(tablet, tablet.changes))).taken == MAX_CHANGES + 20


async def test_an_empty_file_asks_for_an_answer(house: House, tmp_path: Path) -> None:
    tablet = await tablet_with(house, 1)
    found = await imported(house, tmp_path, packed(tablet, []))
    assert (found.taken, found.refused) == (0, None)


async def test_a_line_that_cannot_be_read_is_set_apart(house: House, tmp_path: Path) -> None:
    tablet = await tablet_with(house, 3)
    tablet.changes[1] = {"unreadable": 0.5}
    found = await imported(house, tmp_path, packed(tablet, tablet.changes))
    assert found.taken == 3
    assert [row["seq"] for row in await house.rows(select(QUARANTINE))] == [2]


@pytest.mark.parametrize(
    "head",
    [
        {"from": 10**30},
        {"oldest": -(10**30)},
        {"next": 2**53},
        {"protocol": 10**30},
        {"runs": [{"run": 10**30, "offsetMs": 0, "uncertaintyMs": 10}]},
        {"runs": [{"run": 1, "offsetMs": -(10**30), "uncertaintyMs": 10}]},
        {"runs": [{"run": 1, "offsetMs": 0, "uncertaintyMs": 10**30}]},
    ],
)
async def test_a_head_with_a_number_beyond_the_protocols_is_no_upload(
    house: House, tmp_path: Path, head: dict[str, Any]
) -> None:
    tablet = await tablet_with(house, 2)
    with pytest.raises(BadFile):
        await imported(house, tmp_path, packed(tablet, tablet.changes, **head))
    assert await count(house) == 0


async def test_a_gap_is_said_in_the_answer(house: House, tmp_path: Path) -> None:
    tablet = await tablet_with(house, 3)
    data = packed(tablet, tablet.changes, **{"from": 4})
    found = await imported(house, tmp_path, data)
    assert (found.refused, found.taken) == ("GAP", 0)
    head, pages = unpacked(tablet, found.answer)
    assert (head["receipt"], head["error"]) == (None, {"code": "GAP", "expected": 1})
    assert pages


async def test_a_revoked_tablets_file_goes_to_quarantine_and_it_gets_no_pages(
    house: House, tmp_path: Path
) -> None:
    tablet = await tablet_with(house, 3)
    await house.hub.revoke(tablet.device)
    found = await imported(house, tmp_path, packed(tablet, tablet.changes))
    head, pages = unpacked(tablet, found.answer)
    assert (found.refused, head["error"]["code"], pages) == ("REVOKED", "REVOKED", [])
    assert len(await house.rows(select(QUARANTINE))) == 3


async def test_a_file_of_nobody_is_refused(house: House, tmp_path: Path) -> None:
    tablet = await tablet_with(house, 1)
    tablet.device = "00000000-0000-7000-8000-000000000000"
    with pytest.raises(Refused, match="UNAUTHENTICATED"):
        await imported(house, tmp_path, packed(tablet, []))


async def test_a_file_that_is_none_is_refused_and_says_why(house: House, tmp_path: Path) -> None:
    tablet = await tablet_with(house, 2)
    whole = packed(tablet, tablet.changes)
    head, _, body = gzip.decompress(whole).partition(b"\n")
    bad = {
        "gzip": b"not gzip",
        "cut": whole[:-10],
        "head": gzip.compress(b"{}\n" + body),
        "seal": gzip.compress(head + b"\n" + body.replace(b"note 0", b"note 9")),
        "larger": gzip.compress(head + b"\n" + b"0" * (MAX_FILE_BYTES + 1), 1),
    }
    for why, data in bad.items():
        with pytest.raises(BadFile, match=why):
            await imported(house, tmp_path, data)
    assert await count(house) == 0

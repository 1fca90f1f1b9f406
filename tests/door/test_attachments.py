"""Photos and spoken notes: taken whole or in pieces, by who may see the ticket, and as what they are."""

import hashlib
from typing import Any, Final

import httpx
import pytest

from server.attachments import MAX_BYTES, MAX_OF_TICKET, MAX_PART_BYTES
from tests.door.house import FAR_GRID, GRID, GRID_2, MEMBER, House

JPEG: Final = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20 + b"\xff\xd9"
WEBM: Final = b"\x1a\x45\xdf\xa3" + b"words" * 100
WEBP: Final = b"RIFF\x00\x00\x00\x00WEBPVP8 " + b"picture" * 50
PHOTO: Final = "image/jpeg"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def ask(
    house: House, method: str, ticket: str, sha: str = "", role: str | None = "tablet", **more: Any
) -> httpx.Response:
    headers = more.pop("headers", {})
    if role is not None:
        headers["Authorization"] = f"Bearer {await house.token(role)}"
    path = f"/attachments/{sha}" if sha else "/attachments"
    return await house.http.request(method, path, params={"ticket": ticket}, headers=headers, **more)


async def put(
    house: House,
    ticket: str,
    data: bytes,
    kind: str = PHOTO,
    *,
    part: str | None = None,
    sha: str | None = None,
    role: str | None = "tablet",
) -> httpx.Response:
    headers = {"Content-Type": kind} | ({} if part is None else {"Content-Range": f"bytes {part}"})
    return await ask(house, "PUT", ticket, sha or sha256(data), role, content=data, headers=headers)


def code(answer: httpx.Response) -> tuple[int, str]:
    (error,) = answer.json()["errors"]
    assert error["message"]
    return answer.status_code, error["extensions"]["code"]


async def listed(house: House, ticket: str, role: str = "tablet") -> list[str]:
    answer = await ask(house, "GET", ticket, role=role)
    assert answer.status_code == 200
    return [one["sha256"] for one in answer.json()["attachments"]]


async def test_a_photo_is_taken_once_and_given_as_it_came(house: House) -> None:
    ticket = await house.ticket()
    first, again = await put(house, ticket, JPEG), await put(house, ticket, JPEG)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json() == {"received": len(JPEG), "bytes": len(JPEG)}
    found = await ask(house, "GET", ticket, sha256(JPEG))
    assert (found.status_code, found.content) == (200, JPEG)
    assert found.headers["content-type"] == PHOTO
    assert found.headers["cache-control"] == "no-store"
    assert found.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in found.headers["content-security-policy"]
    answer = (await ask(house, "GET", ticket)).json()["attachments"]
    assert [(one["type"], one["bytes"]) for one in answer] == [(PHOTO, len(JPEG))]


async def test_what_was_cut_off_goes_on_where_it_was(house: House) -> None:
    ticket, sha, total = await house.ticket(), sha256(JPEG), len(JPEG)
    asked = await put(house, ticket, b"", part=f"*/{total}", sha=sha)
    assert (asked.status_code, asked.json()["received"]) == (202, 0)
    begun = await put(house, ticket, JPEG[:1000], part=f"0-999/{total}", sha=sha)
    assert (begun.status_code, begun.json()["received"]) == (202, 1000)
    assert (await ask(house, "GET", ticket, sha)).status_code == 404, "half a photo is none"
    assert await listed(house, ticket) == []
    gap = await put(house, ticket, JPEG[2000:], part=f"2000-{total - 1}/{total}", sha=sha)
    assert code(gap) == (409, "ATTACHMENT_GAP")
    assert gap.json()["errors"][0]["extensions"]["received"] == 1000
    asked = await put(house, ticket, b"", part=f"*/{total}", sha=sha)
    assert asked.json() == {"received": 1000, "bytes": total}
    rest = await put(house, ticket, JPEG[1000:], part=f"1000-{total - 1}/{total}", sha=sha)
    assert rest.status_code == 201
    assert (await ask(house, "GET", ticket, sha)).content == JPEG


@pytest.mark.parametrize(
    ("role", "put_there", "seen_there"),
    [
        ("dispatcher", 200, 200),
        ("second tablet", 200, 200),
        ("admin", 200, 200),
        ("member", 404, 200),
        ("reader", 404, 404),
        ("unit", 404, 404),
        ("other tablet", 404, 404),
        ("far tablet", 404, 404),
        ("far dispatcher", 404, 404),
    ],
)
async def test_who_may_see_the_ticket_may_see_its_photos_and_to_others_it_is_not_there(
    house: House, role: str, put_there: int, seen_there: int
) -> None:
    ticket = await house.ticket()
    await house.do("ticket.claim", ticket, member=MEMBER)
    await put(house, ticket, JPEG)
    assert (await ask(house, "GET", ticket, sha256(JPEG), role)).status_code == seen_there
    assert (await ask(house, "GET", ticket, role=role)).status_code == seen_there
    assert (await put(house, ticket, JPEG, role=role)).status_code == put_there


async def test_nobody_and_a_token_that_is_none_are_sent_away(house: House) -> None:
    ticket = await house.ticket()
    assert code(await put(house, ticket, JPEG, role=None)) == (401, "UNAUTHENTICATED")
    answer = await house.http.get("/attachments", headers={"Authorization": "Bearer nonsense"})
    assert code(answer) == (401, "UNAUTHENTICATED")


async def test_a_tablets_own_ticket_takes_photos_before_its_night(house: House) -> None:
    ticket = house.ids.uuid7()
    opened = house.change("ticket.open", ticket, {"grid": GRID, "category": "parking", "title": "停车难"})
    push = """mutation ($upload: UploadInput!) { push(upload: $upload) { receivedThrough } }"""
    upload = {"protocol": 1, "from": 1, "oldest": 1, "runs": [], "changes": [opened]}
    assert code(await put(house, ticket, JPEG)) == (404, "NOT_FOUND")
    await house.ask(push, "tablet", upload=upload)
    assert (await put(house, ticket, JPEG)).status_code == 201
    assert await listed(house, ticket) == [sha256(JPEG)]
    assert code(await put(house, ticket, WEBP, "image/webp", role="second tablet")) == (404, "NOT_FOUND")
    await house.hub.settle()
    assert await listed(house, ticket, "second tablet") == [sha256(JPEG)]


async def test_a_ticket_that_moved_takes_photos_of_whoever_had_it_and_shows_them_none(house: House) -> None:
    ticket = await house.ticket()
    await house.do("ticket.edit", ticket, grid=GRID_2)
    assert (await put(house, ticket, JPEG)).status_code == 201
    assert code(await ask(house, "GET", ticket)) == (404, "NOT_FOUND")
    assert code(await put(house, ticket, WEBP, "image/webp", role="far tablet")) == (404, "NOT_FOUND")
    assert code(await put(house, house.ids.uuid7(), JPEG)) == (404, "NOT_FOUND")
    assert await listed(house, ticket, "other tablet") == [sha256(JPEG)]


@pytest.mark.parametrize(
    ("data", "kind", "expected"),
    [
        (b"<html>", "text/html", (415, "ATTACHMENT_KIND")),
        (b"<svg>", PHOTO, (415, "ATTACHMENT_KIND")),
        (WEBM, PHOTO, (415, "ATTACHMENT_KIND")),
        (JPEG[:20] + b"Exif\0\0" + JPEG[20:], PHOTO, (422, "ATTACHMENT_METADATA")),
        (JPEG[:20] + b"http://ns.adobe.com/xap/1.0/" + JPEG[20:], PHOTO, (422, "ATTACHMENT_METADATA")),
        (WEBP[:12] + b"VP8X\x0a\0\0\0\x08\0\0\0" + WEBP[12:], "image/webp", (422, "ATTACHMENT_METADATA")),
        (b"", PHOTO, (400, "BAD_RANGE")),
    ],
)
async def test_what_is_no_photo_or_says_where_it_was_taken_is_refused_and_not_kept(
    house: House, data: bytes, kind: str, expected: tuple[int, str]
) -> None:
    ticket = await house.ticket()
    assert code(await put(house, ticket, data, kind)) == expected
    assert await listed(house, ticket) == []


@pytest.mark.parametrize(("data", "kind"), [(WEBM, "audio/webm;codecs=opus"), (WEBP, "image/webp")])
async def test_spoken_notes_and_newer_photos_are_taken(house: House, data: bytes, kind: str) -> None:
    ticket = await house.ticket()
    assert (await put(house, ticket, data, kind)).status_code == 201
    found = await ask(house, "GET", ticket, sha256(data))
    assert found.headers["content-type"] == kind.partition(";")[0]


async def test_bytes_of_another_hash_are_let_go_and_may_be_sent_again(house: House) -> None:
    ticket, sha, total = await house.ticket(), sha256(JPEG), len(JPEG)
    await put(house, ticket, JPEG[:10], part=f"0-9/{total}", sha=sha)
    spoilt = b"x" * (total - 10)
    answer = await put(house, ticket, spoilt, part=f"10-{total - 1}/{total}", sha=sha)
    assert code(answer) == (422, "ATTACHMENT_DIGEST")
    assert (await put(house, ticket, JPEG)).status_code == 201


@pytest.mark.parametrize(
    "part", ["0-9/5", "0-9", "9-0/100", "x", "0-8/100", "*/0", f"0-9/{'9' * 12}", "5-14/12"]
)
async def test_a_range_that_is_none_is_refused(house: House, part: str) -> None:
    ticket = await house.ticket()
    assert code(await put(house, ticket, JPEG[:10], part=part))[1] in {"BAD_RANGE", "ATTACHMENT_GAP"}


async def test_more_than_a_ticket_or_a_piece_may_have_is_refused(house: House) -> None:
    ticket = await house.ticket()
    large = await put(house, ticket, JPEG[:3], part=f"0-2/{MAX_BYTES + 1}")
    assert code(large) == (413, "TOO_LARGE")
    assert code(await put(house, ticket, b"x" * (MAX_PART_BYTES + 1)))[0] == 413
    for number in range(MAX_OF_TICKET):
        assert (await put(house, ticket, JPEG + bytes([number]))).status_code == 201
    assert code(await put(house, ticket, JPEG)) == (409, "TOO_MANY_ATTACHMENTS")


async def test_another_kind_or_size_under_the_same_hash_is_refused(house: House) -> None:
    ticket, sha = await house.ticket(), sha256(JPEG)
    await put(house, ticket, JPEG[:10], part=f"0-9/{len(JPEG)}", sha=sha)
    other = await put(house, ticket, JPEG[10:20], part="10-19/20", sha=sha)
    assert code(other) == (409, "ATTACHMENT_DIFFERS")


async def test_other_methods_and_names_are_not_there(house: House) -> None:
    ticket = await house.ticket()
    assert code(await ask(house, "DELETE", ticket, sha256(JPEG))) == (405, "METHOD_NOT_ALLOWED")
    assert code(await ask(house, "PUT", ticket)) == (405, "METHOD_NOT_ALLOWED")
    assert code(await ask(house, "GET", ticket, "0" * 63)) == (404, "NOT_FOUND")
    assert code(await ask(house, "GET", "not an id", sha256(JPEG))) == (404, "NOT_FOUND")
    far = await house.ticket("far dispatcher", FAR_GRID)
    assert code(await put(house, far, JPEG)) == (404, "NOT_FOUND")


async def test_what_was_erased_with_the_notes_is_not_taken_again(house: House) -> None:
    ticket = await house.ticket()
    await put(house, ticket, JPEG)
    await house.do("ticket.redact", ticket, fields=["DETAIL"])
    assert await listed(house, ticket) == [sha256(JPEG)]
    await house.do("ticket.redact", ticket, fields=["NOTES"])
    assert await listed(house, ticket) == []
    assert (await ask(house, "GET", ticket, sha256(JPEG))).status_code == 404
    assert code(await put(house, ticket, JPEG)) == (410, "ATTACHMENT_ERASED")

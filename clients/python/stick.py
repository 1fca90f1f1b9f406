"""The same as a file for a USB stick: what a push says, and what comes back (DESIGN.md 6).

Gzip around lines of JSON. Going out: a head line with the upload less its changes, `device`,
`after`, `next` and `mac`, then one change per line. Coming back: a head line with `device`,
`after`, `receipt` or `error` (a code and its details) and `mac`, then one page per line. `mac` is
HMAC-SHA-256, keyed by SHA-256(token), over all bytes after the head line.
"""

import gzip
import hashlib
import hmac
import os
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from clients.python.failures import BadFile

MAX_ANSWER_BYTES: Final = 512_000_000


class Answer(NamedTuple):
    """What an answer file holds: for which device, from which checkpoint, and what the hub said.

    `receipt` is None where the upload was refused; `error` then has the code and its details.
    """

    device: str
    after: str | None
    receipt: Any
    error: dict[str, Any]
    pages: list[Any]
    attachments: list[dict[str, Any]]


def mac(token: str, lines: bytes) -> str:
    """The seal of a file: only this device and the hub can make it."""
    return hmac.new(hashlib.sha256(token.encode()).digest(), lines, hashlib.sha256).hexdigest()


def pack(head: dict[str, Any], lines: Iterable[Any], token: str) -> bytes:
    """The bytes of a file; the same content gives the same bytes."""
    body = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
    first = msgspec.json.encode({**head, "mac": mac(token, body)}) + b"\n"
    return gzip.compress(first + body, 6, mtime=0)


def unpack(packed: bytes, token: str) -> tuple[dict[str, Any], list[Any]]:
    """The head and the lines of a file whose seal is right; raises `BadFile`."""
    try:
        inflater = zlib.decompressobj(wbits=31)
        plain = inflater.decompress(packed, MAX_ANSWER_BYTES)
        if not inflater.eof:
            raise BadFile("the file is cut off, or too large")
        first, _, body = plain.partition(b"\n")
        head = msgspec.json.decode(first, type=dict[str, Any])
        if not hmac.compare_digest(str(head.get("mac")), mac(token, body)):
            raise BadFile("the seal is not right: the file was changed, or is not for this tablet")
        return head, [msgspec.json.decode(line) for line in body.splitlines()]
    except (zlib.error, msgspec.DecodeError) as error:
        raise BadFile("this is not a file of Lianxin's, or it is damaged") from error


def write(path: str | os.PathLike[str], packed: bytes) -> None:
    """The whole file, on the stick when this returns, or what was there before."""
    target = Path(path)
    part = target.with_name(target.name + ".part")
    with part.open("wb") as file:
        file.write(packed)
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)


def read_answer(path: str | os.PathLike[str], token: str) -> Answer:
    """An answer file; raises `BadFile`."""
    head, pages = unpack(Path(path).read_bytes(), token)
    receipt, error = head.get("receipt"), head.get("error") or {}
    if not isinstance(head.get("device"), str) or (receipt is None and "code" not in error):
        raise BadFile("this is not an answer from the hub")
    return Answer(head["device"], head.get("after"), receipt, error, pages, head.get("attachments") or [])

"""The protocol as files for a USB stick: reading what a tablet packed, packing what the hub answers. Pure but for gzip.

A file is gzip around lines of JSON: a head line, then one change (or page) per line. `mac` seals
everything after the head line with a key that only the tablet and the hub have.
"""

import gzip
import hashlib
import hmac
import io
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta, Struct, field

from sync.clock import RunOffset
from sync.shapes import MAX_INTEGER
from sync.wire import MAX_CHANGES, MAX_UPLOAD_BYTES, Opening, Page, Receipt, Upload

MAX_ATTACHMENTS: Final = 1_000
ID: Final = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
SHA256: Final = "^[0-9a-f]{64}$"

MAX_FILE_BYTES: Final = 64_000_000
"""How much a file may be when inflated: years of a tablet's work."""

Number = Annotated[int, Meta(ge=-MAX_INTEGER, le=MAX_INTEGER)]
"""A Long of the protocol."""


class BadFile(ValueError):
    """A file that is no upload of a tablet's. Says why, never what is in it."""


class Run(Struct, frozen=True, rename="camel"):
    run: Number
    offset_ms: Number | None
    uncertainty_ms: Number | None


class Head(Struct, frozen=True):
    """The first line: the upload without its changes, and a pull."""

    protocol: Number
    first: Number = field(name="from")
    oldest: Number
    runs: list[Run]
    device: str
    after: str | None
    next: Number
    mac: str
    openings: list[Opening] = []
    attachments: Annotated[int, Meta(ge=0, le=MAX_ATTACHMENTS)] = 0


class Carried(Struct, frozen=True):
    """A line after the changes: a photo or spoken note, whole. `data` is base64 in the file."""

    ticket: Annotated[str, Meta(pattern=ID)]
    sha256: Annotated[str, Meta(pattern=SHA256)]
    type: str
    data: bytes


class Packed(Struct, frozen=True):
    """A file as it was read; whether its seal is right is asked with the hash of each of the device's tokens."""

    head: Head
    body: bytes

    def is_sealed_by(self, token_hash: str) -> bool:
        """Whether the holder of this token packed it."""
        return hmac.compare_digest(self.head.mac, seal(token_hash, self.body))

    def uploads(self) -> Iterator[Upload]:
        """The file as uploads that the hub takes; at least one, which may be empty."""
        runs = tuple(RunOffset(run.run, run.offset_ms, run.uncertainty_ms) for run in self.head.runs)
        seq = self.head.first
        for lines in _portions(self._lines()[0]):
            changes = tuple(_decoded(line) for line in lines)
            yield Upload(self.head.protocol, seq, self.head.oldest, runs, changes)
            seq += len(changes)

    def carried(self) -> list[Carried | None]:
        """The photos and spoken notes after the changes; None for a line that is none."""
        return [_carried(line) for line in self._lines()[1]]

    def _lines(self) -> tuple[list[bytes], list[bytes]]:
        lines = [line for line in self.body.split(b"\n") if line]
        changes = max(0, len(lines) - self.head.attachments)
        return lines[:changes], lines[changes:]


def _carried(line: bytes) -> Carried | None:
    try:
        return msgspec.json.decode(line, type=Carried)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def seal(token_hash: str, body: bytes) -> str:
    """HMAC-SHA-256, keyed by SHA-256(token), which is what the hub keeps of a token."""
    return hmac.new(bytes.fromhex(token_hash), body, hashlib.sha256).hexdigest()


def unpacked(data: bytes) -> Packed:
    """Read a file; raises BadFile."""
    first, _, body = _inflated(data).partition(b"\n")
    try:
        return Packed(msgspec.json.decode(first, type=Head), body)
    except msgspec.DecodeError:
        raise BadFile("its first line is not the head of an upload") from None


def _inflated(data: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as file:
            inflated = file.read(MAX_FILE_BYTES + 1)
    except (OSError, EOFError, zlib.error):
        raise BadFile("it is not gzip, or it was cut off") from None
    if len(inflated) > MAX_FILE_BYTES:
        raise BadFile(f"it is larger than {MAX_FILE_BYTES // 1_000_000} MB")
    return inflated


def _portions(lines: Sequence[bytes]) -> Iterator[list[bytes]]:
    """The lines in portions that the limits of a push allow."""
    portion: list[bytes] = []
    size = 0
    for line in lines:
        if portion and (len(portion) == MAX_CHANGES or size + len(line) > MAX_UPLOAD_BYTES):
            yield portion
            portion, size = [], 0
        portion.append(line)
        size += len(line)
    yield portion


def _decoded(line: bytes) -> Any:
    """One change; a line that is no JSON is kept as the text it is, and will be set apart."""
    try:
        return msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return line.decode(errors="replace")


def answered(
    head: Head,
    token_hash: str,
    receipt: Receipt | None,
    error: dict[str, Any] | None,
    pages: Iterable[Page],
    attachments: Sequence[dict[str, str | None]] = (),
) -> bytes:
    """The answer file: receipt or error in its head, then a page per line."""
    body = b"".join(msgspec.json.encode(page) + b"\n" for page in pages)
    first = {
        "device": head.device,
        "after": head.after,
        "receipt": receipt,
        "error": error,
        **({"attachments": attachments} if attachments else {}),
        "mac": seal(token_hash, body),
    }
    return gzip.compress(msgspec.json.encode(first) + b"\n" + body, 6, mtime=0)

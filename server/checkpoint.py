"""How far a tablet has read the feed, told to the tablet as a word that only this hub can make. Pure."""

import base64
import binascii
import hashlib
import hmac

import msgspec
from msgspec import Struct

MAC_BYTES = 16


class Scope(Struct, frozen=True):
    """What a page was served for: grids, their communities, and the rev of the assignment."""

    grids: tuple[str, ...]
    communities: tuple[str, ...]
    assigned: int

    def covers_the_same(self, other: "Scope") -> bool:
        return (self.grids, self.communities) == (other.grids, other.communities)


class Fill(Struct, frozen=True):
    """A change of scope half told: first what left (`arriving` false), then what came; `rev` of the last row told."""

    before: Scope
    arriving: bool = False
    rev: int = 0


class Checkpoint(Struct, frozen=True):
    """`rev`: all up to it was sent. `digest`: the last settlement then, a witness for later.

    resetting: everything is being sent anew. floor: tombstones up to it need not be sent, because
    nothing older is held. root: the first of the devices that continue one another. first: while
    everything is sent anew, up to which rev what is most useful was sent before the rest (the floor,
    once it all was; None where that was not done). total, sent: documents of this sending, as counted at
    its beginning.
    """

    epoch: int
    rev: int
    root: str
    scope: Scope
    digest: str
    resetting: bool = False
    floor: int = 0
    fill: Fill | None = None
    first: int | None = None
    total: int = 0
    sent: int = 0


def written(checkpoint: Checkpoint, secret: str) -> str:
    """The checkpoint as a tablet carries it."""
    body = msgspec.json.encode(checkpoint)
    return base64.urlsafe_b64encode(_mac(body, secret) + body).decode()


def read(text: str | None, secret: str) -> Checkpoint | None:
    """The checkpoint in a word; None when this hub did not make it."""
    try:
        raw = base64.urlsafe_b64decode((text or "").encode("ascii"))
    except (binascii.Error, ValueError):
        return None
    mac, body = raw[:MAC_BYTES], raw[MAC_BYTES:]
    if not hmac.compare_digest(mac, _mac(body, secret)):
        return None
    try:
        return msgspec.json.decode(body, type=Checkpoint)
    except msgspec.DecodeError:
        return None


def _mac(body: bytes, secret: str) -> bytes:
    return hmac.digest(bytes.fromhex(secret), body, hashlib.sha256)[:MAC_BYTES]

"""One element of an upload, looked at before anything is written: is it a change, and which. Pure."""

import json
import re
from typing import Any, NamedTuple

from sync.changes import (
    MAX_CHANGE_BYTES,
    Change,
    Unreadable,
    UnreadableCode,
    canonical,
    decode,
    digest_with,
    is_plain,
    private_digest,
    sha256_hex,
)
from sync.shapes import UUID7_PATTERN


class Examined(NamedTuple):
    """`text` is what is kept of it when it is set apart, `size` its bytes; `change` is None when it cannot be read.

    `digest` is the same whether or not this version can read it, so that a newer hub knows it again.
    """

    text: str
    size: int
    digest: str
    id: str | None
    change: Change | None = None
    body: str = ""
    private: str | None = None
    private_digest: str | None = None
    code: str = ""
    path: str = ""


def examine(raw: Any) -> Examined:
    """Read one element of an upload, or say why it cannot be read."""
    if not isinstance(raw, dict) or not is_plain(raw):
        text = json.dumps(raw, sort_keys=True, separators=(",", ":"))
        unread = Examined(text, len(text), sha256_hex(text.encode()), _id_of(raw))
        return unread._replace(code=UnreadableCode.UNREADABLE, path="$")
    canonical_text = canonical(raw)
    hidden = private_digest(raw)
    body = {key: value for key, value in raw.items() if key != "private"}
    seen = Examined(canonical_text.decode(), len(canonical_text), digest_with(body, hidden), _id_of(raw))
    if seen.size > MAX_CHANGE_BYTES:
        return seen._replace(code=UnreadableCode.UNREADABLE, path="$")
    try:
        change = decode(raw)
    except Unreadable as error:
        return seen._replace(code=error.code, path=error.path)
    return seen._replace(
        change=change,
        body=canonical(body).decode(),
        private=canonical(raw["private"]).decode() if hidden is not None else None,
        private_digest=hidden,
    )


def _id_of(raw: Any) -> str | None:
    """The id that an element claims, when it has the form of one."""
    value = raw.get("id") if isinstance(raw, dict) else None
    return value if isinstance(value, str) and re.match(UUID7_PATTERN, value) else None

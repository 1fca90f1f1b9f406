"""The rows of the rule book that an optimistic view looks up, read off the manifest.

What a pending step shows is decided here and nowhere else: (kind, state) -> the state it leads
to, and what it does for an author who had, and who had not, seen the ticket's newest state.
"""

from typing import Any, Final, NamedTuple

from sync.manifest import manifest

_MANIFEST: Final[dict[str, Any]] = manifest()

SHOWN: Final = {
    "apply": "apply",
    "apply and review": "apply",
    "seat": "seat",
    "give back": "give back",
    "note": "note",
    "done already": "note",
}
"""What a move of the table does to what a screen shows; every other one shows nothing before the verdict."""


class Step(NamedTuple):
    """`seen` and `unseen` say what the step does; an empty word, that it changes nothing to be shown."""

    to: str
    seen: str
    unseen: str


STATES: Final[dict[str, int]] = _MANIFEST["states"]
STEPS: Final[dict[tuple[str, str], Step]] = {
    (row["kind"], row["state"]): Step(row["to"], SHOWN.get(row["seen"], ""), SHOWN.get(row["unseen"], ""))
    for row in _MANIFEST["transitions"]
}
PROPOSED: Final = frozenset(
    row["field"] for row in _MANIFEST["fields"] if row["thing"] == "member" and row["rule"] == "district"
)
"""Fields of a member that a tablet can only propose."""
MONTHS: Final[dict[str, int]] = {kind: row["months"] for kind, row in _MANIFEST["duties"].items()}
"""Every how many months a unit owes each duty (四个一)."""
SENTENCES: Final[dict[str, dict[str, str]]] = {
    code: {"zh": row["zh"], "en": row["en"]} for code, row in _MANIFEST["codes"].items() if not row["values"]
}
"""What the hub's codes mean, where a code says it all."""

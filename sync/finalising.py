"""Putting a commit's real rev where a settlement could only say PENDING."""

from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from sync.state import Settled
from sync.things import PENDING

HELD: tuple[str, ...] = ("versions", "ranks", "skills", "tags", "takers", "holders", "members", "grids")
"""The fields of things in which a rev may stand: of a version, an add, a seat, a place."""


def finalise(settled: Settled, first_rev: int) -> None:
    """Every version written by this settlement gets the first rev of its commit."""
    for things in settled.written.values():
        for thing in things.values():
            for name in HELD:
                held = getattr(thing, name, None)
                if held:
                    setattr(thing, name, _final(held, first_rev))


def _final(held: Any, rev: int) -> Any:
    """The same with the rev in place of PENDING, however deep."""
    if isinstance(held, dict):
        return {key: _final(value, rev) for key, value in held.items()}
    if isinstance(held, list):
        return [_final(value, rev) for value in held]
    if isinstance(held, tuple):
        return tuple(_final(value, rev) for value in held)
    if isinstance(held, Struct):
        return replace(held, rev=rev) if held.rev == PENDING else held  # type: ignore[attr-defined]
    return rev if held == PENDING else held

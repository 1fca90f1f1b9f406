"""Putting a commit's real rev where a settlement could only say PENDING."""

from msgspec.structs import replace

from sync.state import Settled
from sync.things import PENDING, Add, Member, Taker, Thing, Ticket, Version


def finalise(settled: Settled, first_rev: int) -> None:
    """Every version written by this settlement gets the first rev of its commit."""
    for things in settled.written.values():
        for thing in things.values():
            _finalise(thing, first_rev)


def _finalise(thing: Thing, rev: int) -> None:
    versions: dict[str, Version] | None = getattr(thing, "versions", None)
    if versions is not None:
        thing.versions = {  # type: ignore[attr-defined]
            name: _version(version, rev) for name, version in versions.items()
        }
    if isinstance(thing, Ticket | Member):
        thing.ranks = {
            name: [_version(write, rev) for write in writes] for name, writes in thing.ranks.items()
        }
    if isinstance(thing, Member):
        thing.skills = _elements(thing.skills, rev)
    if isinstance(thing, Ticket):
        thing.tags = _elements(thing.tags, rev)
        thing.takers = [_taker(taker, rev) for taker in thing.takers]
        thing.grids = [(grid, rev if since == PENDING else since) for grid, since in thing.grids]


def _version(version: Version, rev: int) -> Version:
    return replace(version, rev=rev) if version.rev == PENDING else version


def _taker(taker: Taker, rev: int) -> Taker:
    return replace(taker, rev=rev) if taker.rev == PENDING else taker


def _elements(held: dict[str, list[Add]], rev: int) -> dict[str, list[Add]]:
    return {
        name: [replace(add, rev=rev) if add.rev == PENDING else add for add in adds]
        for name, adds in held.items()
    }

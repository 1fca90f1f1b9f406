"""What a settlement wrote, kept with its row: nights of an older rule book are rebuilt from it.

Private values are left out, because what is erased must be erased everywhere; when a night is
rebuilt they are read from the log, where erased ones are gone.
"""

import zlib
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sync.changes import Change
from sync.state import Erase, Outcome, Settled
from sync.things import THINGS, Entry, Member, Note, Service, Thing, Ticket

LEVEL: Final = 1
"""A night's effects are large and read seldom: fast rather than small."""

Lookup = Callable[[str], Change | None]


class Effects(Struct, frozen=True):
    """As written, by collection and id; private values are null. `changes` are in the order of deciding."""

    changes: list[str]
    written: dict[str, list[Any]]
    entries: list[Entry]
    outcomes: list[Outcome]
    erased: list[Erase]


def packed(settled: Settled) -> bytes:
    """The effects of a settlement whose revs are final."""
    written: dict[str, list[Any]] = {
        collection: [without_private(thing) for thing in things.values()]
        for collection, things in settled.written.items()
    }
    changes = [accepted.change.id for accepted in settled.changes]
    effects = Effects(changes, written, settled.entries, settled.outcomes, settled.erased)
    return zlib.compress(msgspec.json.encode(effects), LEVEL)


def unpacked(data: bytes) -> Effects:
    """The effects as they were packed; raises ValueError when they are not."""
    try:
        effects = msgspec.json.decode(zlib.decompress(data), type=Effects)
    except (zlib.error, msgspec.DecodeError) as error:
        raise ValueError("no effects") from error
    return replace(effects, entries=[_told_apart(entry) for entry in effects.entries])


def _told_apart(entry: Entry) -> Entry:
    """Before lines of the ledger said what they were, whatever no rule had earned was redeemed."""
    older = entry.rule is None and entry.kind == "EARNED"
    return replace(entry, kind="REDEEMED") if older else entry


def things_of(effects: Effects, lookup: Lookup) -> dict[str, dict[str, Thing]]:
    """The written things, with the private values that the log still has."""
    return {
        collection: {
            thing.id: with_private(thing, lookup)
            for thing in (msgspec.convert(one, THINGS[collection]) for one in things)
        }
        for collection, things in effects.written.items()
    }


def without_private(thing: Thing) -> Thing:
    """A thing without what must be erasable."""
    if isinstance(thing, Ticket):
        notes = [replace(note, text=None) for note in thing.notes]
        return replace(thing, detail=None, contact=None, words=None, notes=notes)
    if isinstance(thing, Member):
        return replace(thing, phone=None)
    if isinstance(thing, Service):
        return replace(thing, summary=None, place=None)
    return thing


def with_private(thing: Thing, lookup: Lookup) -> Thing:
    """A thing with the private values of the changes that wrote them."""
    if isinstance(thing, Ticket):
        return replace(
            thing,
            detail=_written(thing.versions, "detail", "detail", lookup),
            contact=_written(thing.versions, "contact", "contact", lookup),
            words=_written(thing.versions, "state", "words", lookup) if thing.state == "CLOSED" else None,
            notes=[_note(note, lookup) for note in thing.notes],
        )
    if isinstance(thing, Member):
        return replace(thing, phone=_written(thing.versions, "phone", "phone", lookup))
    if isinstance(thing, Service):
        return replace(
            thing,
            summary=_value(thing.change, "summary", lookup),
            place=_value(thing.change, "place", lookup),
        )
    return thing


def _note(note: Note, lookup: Lookup) -> Note:
    return replace(note, text=_value(note.id, "text", lookup))


def _written(versions: Mapping[str, Any], field: str, name: str, lookup: Lookup) -> Any:
    """The private value of whoever last wrote a field."""
    version = versions.get(field)
    return None if version is None else _value(version.change, name, lookup)


def _value(change_id: str, name: str, lookup: Lookup) -> Any:
    """A private value of a change; a ruling's is that of the change that it let stand."""
    change = lookup(change_id)
    if change is not None and change.kind == "conflict.rule":
        change = None if change.data.stands is None else lookup(change.data.stands)
    if change is None or change.private is None:
        return None
    value = getattr(change.private, name, None)
    return None if value is msgspec.UNSET else msgspec.to_builtins(value)

"""The field rules as functions of what stands and what comes. Whichever nights changes fall into, the same stands.

`latest` is a maximum over (deed, device, seq), because a deed is always later than the commit its
author had seen. `ranked` keeps the last write of each office that no higher office has since
overridden unseen. `elements` keeps every add until a remove by somebody who had seen it.
"""

from collections.abc import Mapping, Sequence
from enum import Enum

from sync.clock import Deed, Order, is_close_call
from sync.kinds.kind import Office
from sync.state import Accepted
from sync.things import PENDING, Add, Version


class Stand(Enum):
    """How a value fares against what stands."""

    INFORMED = "replaces what its author had seen"
    LATER = "replaces what its author had not seen"
    EARLIER = "a later deed stands"
    OUTRANKED = "a higher office stands"

    @property
    def stands(self) -> bool:
        return self in {Stand.INFORMED, Stand.LATER}


def has_seen(accepted: Accepted, rev: int, device: str, seq: int) -> bool:
    """Whether the author had seen a write: by its rev, or because the same tablet made it before.

    An office works online and sees what the hub has, so for an office only the rev counts.
    """
    if rev <= accepted.saw:
        return True
    return accepted.office is Office.LIAISON and device == accepted.device and seq < accepted.seq


def seen(accepted: Accepted, version: Version | None) -> bool:
    """Whether the author had seen this version; what was never written counts as seen."""
    return version is None or has_seen(accepted, version.rev, version.device, version.seq)


def version_of(accepted: Accepted) -> Version:
    """The version of a field that this change writes."""
    change = accepted.change
    return Version(
        PENDING,
        accepted.deed,
        accepted.device,
        accepted.seq,
        change.id,
        accepted.office,
        change.kind,
        change.by,
    )


def is_close(one: Accepted, other: Accepted) -> bool:
    """Whether nobody can say which of two was done first. What was confirmed before is beyond doubt."""
    return is_close_call(Deed(one.deed, one.uncertainty_ms), Deed(other.deed, other.uncertainty_ms))


def order_of(version: Version) -> Order:
    return Order(version.deed, version.device, version.seq)


def latest(standing: Version | None, accepted: Accepted) -> Stand:
    """Later deed wins; informed beats what it saw."""
    if standing is None or seen(accepted, standing):
        return Stand.INFORMED
    return Stand.LATER if accepted.order > order_of(standing) else Stand.EARLIER


def ranked(writes: Sequence[Version], standing: Version | None, accepted: Accepted) -> Stand:
    """Loses to a higher office's unseen write, or to a later one of its own office; beats all below.

    writes: the last write of each office that still counts against newcomers (see `ranks_after`).
    """
    if outranking(writes, accepted):
        return Stand.OUTRANKED
    own = next((write for write in writes if write.office is accepted.office), None)
    if own is not None and not seen(accepted, own) and accepted.order < order_of(own):
        return Stand.EARLIER
    return Stand.INFORMED if seen(accepted, standing) else Stand.LATER


def outranking(writes: Sequence[Version], accepted: Accepted) -> list[Version]:
    """The writes of higher offices that the author had not seen, the highest first."""
    unseen = [w for w in writes if w.office > accepted.office and not seen(accepted, w)]
    return sorted(unseen, key=lambda write: -write.office)


def ranks_after(writes: Sequence[Version], version: Version) -> list[Version]:
    """The writes that count after `version` stood: its own, and those of higher offices.

    Lower offices' writes are dropped: they had not seen this one, so nothing of theirs can return.
    """
    return sorted(
        [write for write in writes if write.office > version.office] + [version],
        key=lambda write: -write.office,
    )


def add_elements(
    held: Mapping[str, list[Add]], names: Sequence[str], accepted: Accepted
) -> dict[str, list[Add]]:
    """Every element with one more add of each named one."""
    added = Add(PENDING, accepted.device, accepted.seq)
    return {**held, **{name: [*held.get(name, ()), added] for name in dict.fromkeys(names)}}


def remove_elements(
    held: Mapping[str, list[Add]], names: Sequence[str], accepted: Accepted
) -> dict[str, list[Add]]:
    """The elements without those adds of the named ones that the author had seen."""
    left = {
        name: [add for add in held.get(name, ()) if not has_seen(accepted, add.rev, add.device, add.seq)]
        for name in names
    }
    kept = {name: left.get(name, adds) for name, adds in held.items()}
    return {name: adds for name, adds in kept.items() if adds}

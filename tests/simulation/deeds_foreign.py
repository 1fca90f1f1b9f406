"""What nobody should send: changes that cannot be read, and changes that are not their author's to make.

The tablet's own file holds a harmless note under the same id; what goes over the network in its
place is always the same, however often it is sent.
"""

from collections.abc import Callable
from typing import Any, Final

from sync.shapes import MAX_INTEGER
from tests.simulation.hand import Hand, Nothing
from tests.simulation.witness import Record

Raw = dict[str, Any]


def smuggle(hand: Hand, make: Callable[[Hand, Raw], Any]) -> Record:
    """Record a note, and send something else in its place."""
    ticket = hand.ticket()
    record = hand.record("ticket.note", ticket, {}, {"text": "Nothing."}, honest=False)
    raw: Raw = {
        "id": record.change,
        "at": "2026-11-23T00:00:00.000Z",
        "run": 1,
        "saw": 0,
        "kind": "ticket.note",
        "entity": ticket,
        "by": None,
        "data": {},
        "private": {"salt": "0" * 32, "text": "Nothing."},
    }
    hand.carrier.smuggled[record.change] = sent = make(hand, raw)
    if not isinstance(sent, dict) or sent.get("id") != record.change:
        # Under no id, or another's: only its seq can be looked for.
        hand.world.witness.away.pop(record.change)
        hand.world.witness.untraceable.add(record.change)
    return record


# Unreadable


def _unknown_kind(hand: Hand, raw: Raw) -> Any:
    return {**raw, "kind": "ticket.teleport"}


def _unknown_key(hand: Hand, raw: Raw) -> Any:
    return {**raw, "mood": "fine"}


def _unknown_data(hand: Hand, raw: Raw) -> Any:
    return {**raw, "data": {"colour": "red"}}


def _missing(hand: Hand, raw: Raw) -> Any:
    return {key: value for key, value in raw.items() if key != "entity"}


def _fraction(hand: Hand, raw: Raw) -> Any:
    return {**raw, "saw": 1.5}


def _too_large_number(hand: Hand, raw: Raw) -> Any:
    return {**raw, "run": MAX_INTEGER + 1}


def _too_large(hand: Hand, raw: Raw) -> Any:
    return {**raw, "private": {"salt": "0" * 32, "text": "x" * 70_000}}


def _too_deep(hand: Hand, raw: Raw) -> Any:
    deep: Any = []
    for _ in range(20):
        deep = [deep]
    return {**raw, "data": {"deep": deep}}


def _no_object(hand: Hand, raw: Raw) -> Any:
    return hand.chance.choice(["note", 7, [], True])


def _no_such_time(hand: Hand, raw: Raw) -> Any:
    return {**raw, "at": "2026-02-30T25:00:00.000Z"}


def _other_id(hand: Hand, raw: Raw) -> Any:
    return {**raw, "id": "11111111-1111-4111-8111-111111111111"}


UNREADABLE: Final = (
    _unknown_kind,
    _unknown_key,
    _unknown_data,
    _missing,
    _fraction,
    _too_large_number,
    _too_large,
    _too_deep,
    _no_object,
    _no_such_time,
    _other_id,
)


def unreadable(hand: Hand) -> None:
    smuggle(hand, hand.chance.choice(UNREADABLE))


# Hostile


def _without_text(raw: Raw) -> Raw:
    return {key: value for key, value in raw.items() if key != "private"}


def _foreign_ticket(hand: Hand, raw: Raw) -> Any:
    """Another community's ticket."""
    return {**_without_text(raw), "kind": "ticket.edit", "entity": _foreign(hand), "data": {"title": "Mine"}}


def _foreign_service(hand: Hand, raw: Raw) -> Any:
    moment = {"at": raw["at"], "run": 1}
    data = {"member": hand.member(), "ticket": _foreign(hand), "start": moment, "end": moment}
    return {**_without_text(raw), "kind": "service.record", "entity": hand.carrier.ids.uuid7(), "data": data}


def _foreign_member(hand: Hand, raw: Raw) -> Any:
    place = hand.world.district
    mine = {place.community_of(grid) for grid in hand.carrier.scope}
    others = [member for code, members in place.members.items() if code not in mine for member in members]
    if not others:
        raise Nothing
    return {
        **_without_text(raw),
        "kind": "member.edit",
        "entity": hand.chance.choice(others),
        "data": {"name": "Mine"},
    }


def _desk_only(hand: Hand, raw: Raw) -> Any:
    return {**_without_text(raw), "kind": "ticket.dispatch", "data": {"member": hand.member()}}


def _more_grids(hand: Hand, raw: Raw) -> Any:
    grids = [grid for grids in hand.world.district.grids.values() for grid in grids]
    data = {"grids": sorted(grids)}
    return {**_without_text(raw), "kind": "device.assign", "entity": hand.carrier.device, "data": data}


def _all_seeing(hand: Hand, raw: Raw) -> Any:
    """It says that it has seen everything that will ever be."""
    return {**_without_text(raw), "kind": "ticket.edit", "saw": MAX_INTEGER, "data": {"priority": "URGENT"}}


def _from_the_past(hand: Hand, raw: Raw) -> Any:
    """It says that it was first, long ago."""
    at = "1970-01-01T00:00:00.000Z"
    return {**_without_text(raw), "kind": "ticket.claim", "at": at, "data": {"member": hand.member()}}


def _from_the_future(hand: Hand, raw: Raw) -> Any:
    at = "9999-12-31T23:59:59.999Z"
    return {**_without_text(raw), "kind": "ticket.edit", "at": at, "data": {"title": "Last word"}}


def _anothers_id(hand: Hand, raw: Raw) -> Any:
    """The id of a change that the hub has told of, with another content."""
    known = list(hand.world.evidence.log)[-40:]
    if not known:
        raise Nothing
    return {**raw, "id": hand.chance.choice(known)}


def _rich(hand: Hand, raw: Raw) -> Any:
    data = {"member": hand.member(), "points": 99_999, "reward": "Car"}
    return {**_without_text(raw), "kind": "points.redeem", "entity": hand.carrier.ids.uuid7(), "data": data}


def _anothers_service(hand: Hand, raw: Raw) -> Any:
    return {
        **_without_text(raw),
        "kind": "service.void",
        "entity": hand.service(),
        "data": {"reason": "Not mine"},
    }


def _own_district(hand: Hand, raw: Raw) -> Any:
    grid = hand.grid()
    place = hand.world.district
    community = place.communities[place.community_of(grid)]
    data = {"code": "MINE", "name": {"zh": "我", "en": "mine"}, "community": community}
    return {**_without_text(raw), "kind": "grid.put", "entity": grid, "data": data}


def _foreign(hand: Hand) -> str:
    others = [
        ticket
        for grid, tickets in sorted(hand.world.rumours.items())
        for ticket in tickets
        if grid not in hand.carrier.scope
    ]
    if not others:
        raise Nothing
    return hand.chance.choice(others)


HOSTILE: Final = (
    _foreign_ticket,
    _foreign_service,
    _foreign_member,
    _desk_only,
    _more_grids,
    _all_seeing,
    _from_the_past,
    _from_the_future,
    _anothers_id,
    _rich,
    _anothers_service,
    _own_district,
)


def hostile(hand: Hand) -> None:
    smuggle(hand, hand.chance.choice(HOSTILE))

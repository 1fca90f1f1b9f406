"""Invariants: whatever stands has its ground, a change in the log that said so, and what was said to stand does."""

from collections.abc import Iterator

import msgspec

from tests.simulation.evidence import Change, plain
from tests.simulation.scene import Scene
from tests.simulation.standing import DISTRICT, ruled_on

STEPS = {
    "DISPATCHED": "ticket.dispatch",
    "ACCEPTED": "ticket.claim",
    "IN_PROGRESS": "ticket.start",
    "DONE": "ticket.finish",
    "CLOSED": "ticket.close",
    "CANCELLED": "ticket.cancel",
}
"""The change that brings a ticket into each state; OPEN is where all begin."""
WITHOUT_TAKERS = {"OPEN", "DISPATCHED"}
ERASED = {"notes": "text"}
"""What a redacting names otherwise than the change that brought it."""


def applied(scene: Scene, change: Change) -> bool:
    """Whether its author was told that it stands, be it that somebody must look."""
    return any(
        row.outcome == "APPLIED" or row.code in {"DONE_AFTER_CANCEL", "RATED_BY_RESIDENT"}
        for row in scene.evidence.outcomes.get(change.id, ())
    )


def _ruled_against(scene: Scene, change: Change) -> bool:
    newest = scene.evidence.newest(change.id)
    return newest is not None and newest.code == "RULED_AGAINST"


def _last_applied(scene: Scene, kind: str) -> dict[str, Change]:
    """The last change of a kind that applied to each thing, in the order of settlements."""
    last: dict[str, Change] = {}
    for entity, changes in scene.evidence.by_entity(kind).items():
        decided = [change for change in changes if applied(scene, change)]
        if decided:
            last[entity] = max(decided, key=lambda one: (scene.evidence.decided_rev(one), one.order))
    return last


def every_state_has_its_step(scene: Scene) -> Iterator[str]:
    """A ticket is in no state into which nobody brought it, and has takers only where there can be some."""
    ruled = ruled_on(scene)
    for ticket, row in scene.evidence.things["ticket"].items():
        if {(ticket, "state"), (ticket, "takers")} & ruled:
            continue
        takers = scene.evidence.takers.get(ticket, [])
        if takers and row.state in WITHOUT_TAKERS:
            yield f"ticket {ticket} is {row.state} and has {len(takers)} takers"
        if row.state == "ACCEPTED" and not takers:
            yield f"ticket {ticket} is ACCEPTED by nobody"
        step = STEPS.get(row.state)
        # Who closes and rates is told against whom it was ruled, and it was about the rating alone.
        rated = (ticket, "rating") in ruled
        if step is not None and not any(
            applied(scene, change) or (rated and _ruled_against(scene, change))
            for change in scene.evidence.changes_of(step, ticket)
        ):
            yield f"ticket {ticket} is {row.state}, and no {step} of it stands"


def links_stand(scene: Scene) -> Iterator[str]:
    """A service is for the ticket that it was recorded for, or linked to by a link that stands."""
    ruled = ruled_on(scene)
    recorded = scene.evidence.by_entity("service.record")
    for service, row in scene.evidence.things["service"].items():
        if (service, "ticket") in ruled or (service, "link") in ruled or (service, "takers") in ruled:
            continue
        said = {record.data.get("ticket") for record in recorded.get(service, ())} - {None}
        links = [link for link in scene.evidence.changes_of("service.link", service) if applied(scene, link)]
        linked = {link.data.get("ticket") for link in links}
        if row.ticket is not None and row.ticket not in said | linked:
            yield f"the service {service} is for {row.ticket}, and nobody said so"
        if row.ticket is None and linked - {None}:
            yield f"the service {service} was linked, and is for nothing"


def what_was_voided_is_void(scene: Scene) -> Iterator[str]:
    """A service that somebody voided, and was told so, is void; a duty likewise, and no ruling brings that back."""
    ruled = {entity for entity, _ in ruled_on(scene)}
    for service in _last_applied(scene, "service.void"):
        row = scene.evidence.things["service"].get(service)
        if row is not None and row.state != "VOID" and service not in ruled:
            yield f"the service {service} was voided and is {row.state}"
    voided = set(_last_applied(scene, "duty.void"))
    for duty, row in scene.evidence.things["duty"].items():
        if (row.state == "VOID") is not (duty in voided):
            yield f"the duty {duty} is {row.state}, and was {'' if duty in voided else 'not '}voided"


def who_is_placed_was_placed(scene: Scene) -> Iterator[str]:
    """A member's grid is one that somebody put them into; an office's word stands over a tablet's that had not seen it."""
    ruled = ruled_on(scene)
    for member, row in scene.evidence.things["member"].items():
        if row.grid is None or row.alias_of is not None or member in scene.evidence.joined:
            continue
        family = [one.id for one in scene.evidence.things["member"].values() if one.alias_of == member]
        if {(one, "grid") for one in [member, *family]} & ruled:
            continue
        placings = [
            change
            for one in [member, *family]
            for kind in ("member.register", "member.assign")
            for change in scene.evidence.changes_of(kind, one)
        ]
        if row.grid not in {change.data.get("grid") for change in placings}:
            yield f"member {member} is in grid {row.grid}, and nobody placed them there"


def tablets_carry_what_they_were_given(scene: Scene) -> Iterator[str]:
    """A device's grids are those of its last assignment, and nobody assigns a tablet but an office."""
    for device, change in _last_applied(scene, "device.assign").items():
        row = scene.evidence.things["device"].get(device)
        if row is None or sorted(plain(row.grids)) != sorted(change.data["grids"]):
            yield f"device {device} does not carry what {change.id} gave it"
        if change.office == 1:
            yield f"device {device} was assigned by a tablet, {change.id}"


def the_district_is_its_offices(scene: Scene) -> Iterator[str]:
    """What a tablet or a desk says of communities, units, grids or point rules stands only when the district rules so."""
    kinds = ("community.put", "unit.put", "grid.put", "pointRule.put")
    ruled = {entity for entity, _ in ruled_on(scene)}
    for changes in scene.evidence.by_entity(*kinds).values():
        for change in changes:
            if change.office != DISTRICT and applied(scene, change) and change.entity not in ruled:
                yield f"{change.kind} {change.id} stands, and is not the district's"


def what_was_redacted_is_gone(scene: Scene) -> Iterator[str]:
    """No change of before a redacting has in the log what was redacted: it is erased for good."""
    redacted = [
        change
        for changes in scene.evidence.by_entity("ticket.redact").values()
        for change in changes
        if applied(scene, change)
    ]
    for row in scene.evidence.others["private"] if redacted else ():
        written = scene.evidence.log[row.id]
        held = msgspec.json.decode(row.private)
        for change in redacted:
            names = {ERASED.get(name, name) for name in change.data["fields"]}
            before = scene.evidence.decided_rev(written) < scene.evidence.decided_rev(change)
            if change.entity == row.entity and before and names & held.keys():
                yield f"{written.kind} {row.id} still has its {sorted(names & held.keys())}, which {change.id} erased"


def rulings_stand(scene: Scene) -> Iterator[str]:
    """A conflict is as the last ruling on it says, unless there is more to rule on since."""
    for conflict, change in _last_applied(scene, "conflict.rule").items():
        row = scene.evidence.things["conflict"].get(conflict)
        if row is None or row.ruling is None:
            yield f"the ruling {change.id} on {conflict} does not stand"
        elif row.state == "RULED" and row.stands != change.data["stands"]:
            yield f"the conflict {conflict} stands otherwise than {change.id} says"

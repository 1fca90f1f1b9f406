"""Invariants: nothing that was recorded or acknowledged is lost, everything is decided, and its author can hear it."""

from collections import defaultdict
from collections.abc import Iterator

from tests.simulation.evidence import Change, plain
from tests.simulation.scene import Scene


def nothing_recorded_is_lost(scene: Scene) -> Iterator[str]:
    """What a tablet said it had kept is in its outbox, or at the hub: taken, or set apart with a code.

    The copy of a fork is no place for a change: its tablet must send it again under a new device.
    Only a revoked one cannot.
    """
    hub = {*scene.evidence.log, *(row.id for row in scene.evidence.others["quarantine"])}
    set_aside = [plain(row.raw) for row in scene.evidence.others["set aside"]]
    hub.update(raw["id"] for raw in set_aside if isinstance(raw, dict) and "id" in raw)
    away = scene.witness.away
    for change in [change for change in away if change in hub]:
        del away[change]
    if not away:
        return
    kept = set[str]()
    for carrier in scene.active:
        kept.update(row[0] for row in carrier.rows("SELECT id FROM change WHERE body IS NOT NULL"))
    for change, record in away.items():
        if change not in kept:
            yield f"{record.carrier}'s {record.kind} {change} (seq {record.seq}) is nowhere"


def what_was_acknowledged_is_there(scene: Scene) -> Iterator[str]:
    """The hub has every seq that it said it had received, each of them once."""
    places: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for change in scene.evidence.log.values():
        places[change.device].append((change.seq, change.seq))
    for name in ("quarantine", "repeat"):
        for row in scene.evidence.others[name]:
            places[row.device].append((row.seq, row.seq))
    for row in scene.evidence.others["hole"]:
        places[row.device].append((row.first, row.last))
    for tablet in scene.evidence.others["tablet"]:
        said = scene.witness.acknowledged.get(tablet.device, 0)
        if tablet.received_through < said:
            yield f"device {tablet.device} was told {said}, and the hub has {tablet.received_through}"
        expected = 1
        for first, last in sorted(places[tablet.device]):
            if first != expected and expected <= tablet.received_through:
                yield f"device {tablet.device}: seq {expected} is not there once, but {first} comes next"
                break
            expected = last + 1
        else:
            if expected <= tablet.received_through:
                yield f"device {tablet.device}: seq {expected} was received and is nowhere"


def requests_reach_a_person(scene: Scene) -> Iterator[str]:
    """A request for correction that was passed on is a conflict of its own, waiting or answered."""
    waiting = {row.field for row in scene.evidence.things["conflict"].values()}
    for change in scene.evidence.log.values():
        if change.kind == "member.request":
            newest = scene.evidence.newest(change.id)
            asked = newest is not None and newest.code in {"ASKED", "RULED_FOR", "RULED_AGAINST"}
            if asked and f"correction:{change.id}" not in waiting:
                yield f"the request {change.id} was passed on, and nobody can answer it"


def what_a_desk_heard_is_there(scene: Scene) -> Iterator[str]:
    """An online change that was answered is in the log, and whatever was said of it was decided.

    After a restore it may be decided otherwise, and then what was said is kept for the next report.
    Only where the journal was gone as well may it be missing, if it was of the days since the copy.
    """
    for change, answers in scene.witness.submissions.items():
        lasting = [answer.said for answer in answers if not scene.witness.may_be_lost(change, answer)]
        if lasting and change not in scene.evidence.log:
            yield f"the online change {change} was answered {lasting[0] or 'QUEUED'} and is nowhere"
            continue
        decided = {row.code for row in scene.evidence.outcomes.get(change, ())}
        decided |= scene.evidence.confirmed_before(change)
        for said in lasting:
            if said is not None and said not in decided:
                yield f"the online change {change} was answered {said}, which was never decided"


def everything_is_decided(scene: Scene) -> Iterator[str]:
    """What waited at the last look is settled now, with an outcome."""
    for change in scene.evidence.log.values():
        if change.settlement is None and change.id in scene.evidence.unsettled_before:
            yield f"{change.kind} {change.id} has waited for more than one settlement"
        if change.settlement is not None and scene.evidence.newest(change.id) is None:
            yield f"{change.kind} {change.id} was settled without an outcome"


def what_waits_waits_for_something(scene: Scene) -> Iterator[str]:
    """A held change waits for a thing that is not there."""
    things = scene.evidence.things
    for change in scene.evidence.log.values():
        if change.held is None:
            continue
        there = [
            name for name in ("ticket", "member", "service", "grid", "unit") if change.held in things[name]
        ]
        if there:
            yield f"{change.kind} {change.id} waits for a {there[0]} that is there: {change.held}"


def no_service_is_lost(scene: Scene) -> Iterator[str]:
    """Whoever lost the claim: work within what its tablet knew to be its own is kept, once it was decided."""
    services = scene.evidence.things["service"]
    for change in scene.evidence.log.values():
        record = scene.witness.records.get(change.id)
        if change.kind != "service.record" or record is None or not record.honest or record.cloned:
            continue
        newest = scene.evidence.newest(change.id)
        if newest is None or newest.outcome == "HELD" or newest.code == "WAITED_TOO_LONG":
            continue
        if change.entity not in services and newest.code not in {"RULED_AGAINST"}:
            if newest.code == "OUT_OF_SCOPE" and (
                _may_be_foreign(scene, change, record.scope, newest.settlement)
                or not _scope_was_kept(scene, record.at)
            ):
                continue
            yield f"the service {change.entity} of {record.carrier} is not there: {newest.code}"


def _may_be_foreign(scene: Scene, change: Change, scope: frozenset[str], by: int) -> bool:
    """Whether it was for a ticket or an activity, or by a member, that had never been, when that was decided, in
    what its tablet knew to be its own."""
    ticket, activity = change.data.get("ticket"), change.data.get("activity")
    if ticket is not None:
        return scene.evidence.grids_of(ticket, by).isdisjoint(scope)
    if activity is not None:
        held = scene.evidence.things["activity"].get(activity)
        return held is None or held.community not in scene.evidence.communities_of(scope)
    own = scene.evidence.communities_of(scope)
    return scene.evidence.communities_of_member(change.data["member"], by).isdisjoint(own)


def nobody_reaches_beyond_their_own(scene: Scene) -> Iterator[str]:
    """What was taken of a tablet's, or of a dispatcher's, is about what was theirs at some time."""
    evidence = scene.evidence
    for row in evidence.new_outcomes:
        change = evidence.log[row.change]
        if change.office == 3 or not evidence.taken(change):
            continue
        thing, _, _ = change.kind.partition(".")
        ticket = change.entity if thing == "ticket" else change.data.get("ticket")
        member = {"member": change.entity, "points": change.data.get("member")}.get(thing)
        reach = set(change.scope) if change.office == 2 else evidence.communities_of(change.scope)
        if ticket is not None and change.kind != "service.void":
            grids = evidence.grids_of(ticket)
            near = (
                not grids.isdisjoint(change.scope)
                if change.office == 1
                else bool(reach & evidence.communities_of(grids))
            )
            if not near:
                yield f"{change.kind} {change.id} is about a ticket that never was its author's"
        elif member is not None and reach.isdisjoint(evidence.communities_of_person(member)):
            yield f"{change.kind} {change.id} is about a member who never was its author's"


def the_scope_is_the_one_it_knew(scene: Scene) -> Iterator[str]:
    """A change is judged by the grids that its tablet knew to be its own when it was made."""
    cloned = {row.device for row in scene.evidence.others["tablet"] if row.cloned_at is not None}
    for change in scene.evidence.log.values():
        record = scene.witness.records.get(change.id)
        if record is None or record.device != change.device or record.cloned or change.device in cloned:
            continue
        if frozenset(change.scope) != record.scope and _scope_was_kept(scene, record.at):
            yield f"{record.carrier}'s {change.kind} {change.id} is judged by other grids than it knew"


def _scope_was_kept(scene: Scene, at: int) -> bool:
    """Whether the hub still has what the tablets had heard of their scopes at this moment."""
    since = scene.witness.lost_since()
    return since is None or at < since


def who_was_revoked_stays_revoked(scene: Scene) -> Iterator[str]:
    """Whoever was revoked is so for good, with all that continue it, whatever copy the hub goes on from."""
    for tablet in scene.evidence.others["tablet"]:
        if tablet.revoked_at is None and scene.witness.revoked & {tablet.device, *plain(tablet.ancestors)}:
            yield f"device {tablet.device} was revoked and is not"


def what_a_restore_lost_is_told(scene: Scene) -> Iterator[str]:
    """Each epoch tells whether work of offices is missing: never where the journal was there, always where it was gone."""
    told = [row.missing is not None for row in scene.evidence.others["epoch"]]
    gone = [one.bare for one in scene.witness.put_back_to]
    if len(told) > len(gone):
        yield f"there were {len(gone)} restores, and {len(told)} epochs began with one"
    if any(told) and not any(gone):
        yield "an epoch tells that work is missing, and the journal was there"
    if gone and gone[-1] and len(told) == len(gone) and not told[-1]:
        yield "the journal was gone, and the epoch does not tell that work is missing"


def what_was_opened_is_there(scene: Scene) -> Iterator[str]:
    """An applied change that creates has created."""
    makes = {
        "ticket.open": "ticket",
        "member.register": "member",
        "points.redeem": "redemption",
        "duty.record": "duty",
        "points.adjust": "adjustment",
        "points.recount": "recount",
    }
    for row in scene.evidence.new_outcomes:
        change = scene.evidence.log[row.change]
        collection = makes.get(change.kind)
        if collection is None or row.outcome != "APPLIED":
            continue
        if change.entity not in scene.evidence.things[collection]:
            yield f"{change.kind} {change.id} was applied and there is no {collection} {change.entity}"


def pauses_only_grow(scene: Scene) -> Iterator[str]:
    """Every pause and resumption that was taken is on its ticket, and the last of them says whether it is paused."""
    for ticket, events in scene.evidence.by_entity("ticket.pause", "ticket.resume").items():
        row = scene.evidence.things["ticket"].get(ticket)
        kept = [] if row is None else plain(row.pauses)
        for event in events:
            codes = {row.code for row in scene.evidence.outcomes.get(event.id, ())}
            taken = scene.evidence.taken(event) and "EARLIER_ROUND" not in codes
            if taken and event.id not in {one["change"] for one in kept}:
                yield f"the pause {event.id} is not on ticket {ticket}"
        if row is not None and row.is_paused:
            last = max(
                (one for one in kept if one["round"] == row.round),
                key=lambda one: (one["at"], one["device"], one["seq"]),
            )
            if last["kind"] != "ticket.pause" or row.state in {"DONE", "CLOSED", "CANCELLED"}:
                yield f"ticket {ticket} is paused and should not be"


def notes_only_grow(scene: Scene) -> Iterator[str]:
    """Every applied note is on its ticket, and no note that was there is gone."""
    for ticket, notes in scene.evidence.by_entity("ticket.note").items():
        row = scene.evidence.things["ticket"].get(ticket)
        for note in notes:
            if scene.evidence.taken(note) and (
                row is None or note.id not in {kept["id"] for kept in plain(row.notes)}
            ):
                yield f"the note {note.id} is not on ticket {ticket}"
    for ticket, row in scene.evidence.before["ticket"].items():
        now = scene.evidence.things["ticket"].get(ticket)
        if now is None or len(plain(now.notes)) < len(plain(row.notes)):
            yield f"ticket {ticket} has lost a note, or itself"

"""Invariants: what counted, was held or was told once is so still, unless somebody whose it is to say so said otherwise."""

from collections import defaultdict
from collections.abc import Iterator

from tests.simulation.evidence import Row, plain
from tests.simulation.grounds import applied
from tests.simulation.scene import Scene
from tests.simulation.standing import DISPATCHER, DISTRICT, LIAISON, ruled_on

HOUR = 3_600_000
LONGEST = 12 * HOUR
OF_OFFICES = {
    "ticket.dispatch": DISPATCHER,
    "ticket.release": DISPATCHER,
    "ticket.redact": DISPATCHER,
    "ticket.rate": DISTRICT,
    "member.merge": DISPATCHER,
    "member.split": DISPATCHER,
    "conflict.rule": DISPATCHER,
    "device.assign": DISPATCHER,
    "points.confirm": DISPATCHER,
    "points.recount": DISTRICT,
}
"""What no tablet does, and from which office on."""
TAKES_BACK = {
    "service.void": "service.record",
    "duty.void": "duty.record",
    "points.withdraw": "points.adjust",
}
"""What is its author's or an office's to take back, and the change that made it."""
LEAVES = {"post.leave", "team.leave"}
RULED = {"RULED_FOR", "RULED_AGAINST"}
FIELDS = {
    *("ticket.open", "ticket.edit", "member.register", "member.edit", "member.assign", "evaluation.submit"),
    *("whistle.answer", "conflict.rule", "community.put", "unit.put", "grid.put", "pointRule.put"),
    *("pointExpiry.put", "post.put", "team.put", "reward.put"),
}
"""What writes fields, where a later deed of another night is told to whom it came after."""
TOLD_AGAIN = {
    "STANDS": FIELDS,
    "LATER_DEED": FIELDS,
    "HIGHER_OFFICE": FIELDS,
    "MERGED": FIELDS,
    "REGISTERED_TWICE": {"member.register"},
    "OPENED_TWICE": {"activity.open"},
    "COUNTS_NOW": {"duty.record"},
    "CONFIRMED": {"points.adjust"},
    "WITHDRAWN": {"points.adjust"},
    "DONE_ANYWAY": {"ticket.cancel", "conflict.rule"},
    "RATED_BY_RESIDENT": {"ticket.close"},
}
"""What an author may be told after another word was their last, and for which kinds. A ruling may say more."""


def only_offices_do_what_is_theirs(scene: Scene) -> Iterator[str]:
    """What is an office's to do was taken of nobody below it."""
    for row in scene.evidence.new_outcomes:
        change = scene.evidence.log[row.change]
        if change.office < OF_OFFICES.get(change.kind, change.office) and scene.evidence.taken(change):
            yield f"{change.kind} {change.id} of office {change.office} was taken: {row.code}"


def nobody_takes_back_anothers(scene: Scene) -> Iterator[str]:
    """A service, a duty and a proposal of points: their own tablet takes them back, or an office."""
    lineage = {row.device: {row.device, *plain(row.ancestors)} for row in scene.evidence.others["tablet"]}
    for row in scene.evidence.new_outcomes:
        change = scene.evidence.log[row.change]
        made = TAKES_BACK.get(change.kind)
        if made is None or change.office != LIAISON or not applied(scene, change):
            continue
        authors = {one.device for one in scene.evidence.changes_of(made, change.entity)}
        if authors.isdisjoint(lineage[change.device]):
            yield f"{change.kind} {change.id} took back what another made"


# Services


def a_service_counts_unless_somebody_doubts_it(scene: Scene) -> Iterator[str]:
    """Whoever lost the claim, work counts: but for the same work twice, an overlap, a very long one, a void, a ruling."""
    ruled = _ruled_services(scene)
    persons: dict[str, list[Row]] = defaultdict(list)
    services = scene.evidence.things["service"]
    for service in services.values():
        persons[scene.evidence.root(service.member)].append(service)
    joined = scene.evidence.joined
    for service in services.values():
        person = scene.evidence.root(service.member)
        if service.id in ruled or person in joined:
            continue
        others = [other for other in persons[person] if _overlap(service, other)]
        reason = {
            "COUNTED": service.end - service.start <= LONGEST,
            "VOID": any(
                applied(scene, change) for change in scene.evidence.changes_of("service.void", service.id)
            ),
            "DUPLICATE": any(other.id in ruled or _is_the_same(service, other) for other in others),
            "REVIEW": bool(others) or service.end - service.start > LONGEST,
        }
        if not reason.get(service.state, False):
            yield f"the service {service.id} is {service.state} without a reason"


def counted_services_stay(scene: Scene) -> Iterator[str]:
    """What counted after one night counts after the next, unless it was voided or ruled on."""
    ruled = _ruled_services(scene)
    for service, before in scene.evidence.before["service"].items():
        now = scene.evidence.things["service"].get(service)
        if before.state != "COUNTED" or service in ruled:
            continue
        if now is None or now.state not in {"COUNTED", "VOID"}:
            yield f"the service {service} counted, and is {now and now.state}"


def _overlap(one: Row, other: Row) -> bool:
    return bool(one.id != other.id and max(one.start, other.start) < min(one.end, other.end))


def _is_the_same(one: Row, other: Row) -> bool:
    same_ticket = one.ticket is not None and one.ticket == other.ticket
    return bool(same_ticket or (one.activity is not None and one.activity == other.activity))


def _ruled_services(scene: Scene) -> set[str]:
    """The services on which a person ruled, by themselves or as one of several."""
    return {
        service
        for row in scene.evidence.things["conflict"].values()
        if row.ruling is not None
        for service in (row.entity, *(candidate["value"] for candidate in plain(row.candidates)))
        if isinstance(service, str)
    }


# Places and words


def confirmed_holders_stay(scene: Scene) -> Iterator[str]:
    """Who held a post or was in a team is so still, until they leave or a person rules."""
    left = {row.entity for row in scene.evidence.new_outcomes if row.kind in LEAVES and row.code == "APPLIED"}
    ruled = {entity for entity, _ in ruled_on(scene)}
    for collection in ("post", "team"):
        for thing, before in scene.evidence.before[collection].items():
            now = scene.evidence.things[collection].get(thing)
            held = {one["change"]: one["until"] for one in plain(now.holders)} if now is not None else {}
            for one in plain(before.holders):
                if one["change"] not in held:
                    yield f"{collection} {thing} has forgotten who came by {one['change']}"
                elif one["until"] != held[one["change"]] and thing not in left | ruled:
                    yield f"{collection} {thing}: who came by {one['change']} is out without a reason"


def what_was_told_is_told_otherwise_with_a_reason_only(scene: Scene) -> Iterator[str]:
    """A seat, a place, a service, a payment that was confirmed is taken back by a person's ruling alone."""
    rulings = {
        row.settlement
        for row in scene.evidence.new_outcomes
        if row.kind == "conflict.rule" and row.outcome == "APPLIED"
    }
    for row in scene.evidence.new_outcomes:
        before = [one for one in scene.evidence.outcomes[row.change] if one.settlement < row.settlement]
        if all(one.outcome == "HELD" for one in before):
            continue
        by_ruling = row.settlement in rulings and row.code in {*RULED, "MERGED"}
        if not by_ruling and row.kind not in TOLD_AGAIN.get(row.code, ()):
            yield f"{row.kind} {row.change} was told {before[-1].code}, and now {row.code}"


def the_log_and_the_ledger_only_grow(scene: Scene) -> Iterator[str]:
    """Every line of the log, verdict and entry that was ever seen is there, and there is no point more or less."""
    (now,) = scene.evidence.others["sums"]
    seen = {
        "changes": len(scene.evidence.log),
        "outcomes": sum(map(len, scene.evidence.outcomes.values())),
        "entries": len(scene.evidence.entries),
        "points": sum(entry.points for entry in scene.evidence.entries),
    }
    for name, number in seen.items():
        if getattr(now, name) != number:
            yield f"there were {number} {name}, and there are {getattr(now, name)}"

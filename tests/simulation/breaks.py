"""THE TABLE of broken promises: for each invariant, the least that must make it speak.

Each is done to what a real run left behind: the rows that were read from its hub, a tablet's own file,
or what the onlooker saw. An invariant that keeps silent over its break looks at nothing.
"""

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any, Final, NamedTuple, cast

import msgspec

from tests.simulation.carrier import Carrier
from tests.simulation.evidence import Change, Row, plain
from tests.simulation.grounds import applied
from tests.simulation.lasting import LEAVES as LEAVES_A_POST
from tests.simulation.lasting import OF_OFFICES
from tests.simulation.scene import Scene
from tests.simulation.standing import LEAVES, SIGN_INS, WRITES, ruled_on
from tests.simulation.witness import Record

ELSEWHERE: Final = "elsewhere"
FAR: Final = 10**9
"""In milliseconds: eleven days."""


class Break(NamedTuple):
    """`invariant` is its name in INVARIANTS; `says` is what somebody did."""

    invariant: str
    says: str
    do: Callable[[Scene], None]


def altered(row: Row, **values: Any) -> Row:
    """A row that was read, with other values."""
    known = row._mapping if hasattr(row, "_mapping") else vars(row)
    return SimpleNamespace(**{**known, **values})


def _put(scene: Scene, collection: str, row: Row, **values: Any) -> None:
    scene.evidence.things[collection] = {
        **scene.evidence.things[collection],
        row.id: altered(row, **values),
    }


def first(found: Iterable[Any]) -> Any:
    """The first of them; a run that has none is no ground for a break."""
    one = next(iter(found), None)
    assert one is not None, "the run has nothing of this sort: take another seed"
    return one


def _of(scene: Scene, *kinds: str) -> list[Change]:
    """The changes of these kinds that were taken, each on a thing that is there and on which nobody ruled."""
    ruled = {entity for entity, _ in ruled_on(scene)}
    evidence = scene.evidence
    things = {thing for rows in evidence.things.values() for thing in rows}
    return [
        change
        for changes in evidence.by_entity(*kinds).values()
        for change in changes
        if evidence.taken(change) and change.entity not in ruled and change.entity in things
    ]


def _thing(scene: Scene, change: Change) -> Row:
    collection = change.kind.partition(".")[0]
    return scene.evidence.things[collection][change.entity]


def _recorded(scene: Scene) -> list[tuple[Change, Record]]:
    """What tablets recorded and the log has, as their authors meant it."""
    records = scene.witness.records
    return [
        (change, records[change.id])
        for change in scene.evidence.log.values()
        if change.id in records and records[change.id].honest and records[change.id].device == change.device
    ]


def _forget(scene: Scene, change: Change) -> None:
    """The log has never heard of it."""
    del scene.evidence.log[change.id]
    scene.evidence._by_entity.clear()


# Nothing is lost


def _lose(scene: Scene) -> None:
    change, record = first(_recorded(scene))
    scene.witness.away[change.id] = record
    _forget(scene, change)


def _lose_a_seq(scene: Scene) -> None:
    change, _ = first(pair for pair in _recorded(scene) if pair[0].seq > 1)
    _forget(scene, change)


def _lose_a_desks(scene: Scene) -> None:
    log = scene.evidence.log
    _forget(scene, first(log[change] for change in scene.witness.submissions if change in log))


def _lose_a_service(scene: Scene) -> None:
    services = scene.evidence.things["service"]
    change, _ = first(pair for pair in _recorded(scene) if pair[0].entity in services)
    del services[change.entity]


def _lose_a_ticket(scene: Scene) -> None:
    change = first(_of(scene, "ticket.open"))
    del scene.evidence.things["ticket"][change.entity]


def _lose_a_note(scene: Scene) -> None:
    change = first(_of(scene, "ticket.note"))
    _put(scene, "ticket", _thing(scene, change), notes=[])


def _lose_a_pause(scene: Scene) -> None:
    change = first(_of(scene, "ticket.pause"))
    _put(scene, "ticket", _thing(scene, change), pauses=[], is_paused=False)


def _lose_a_request(scene: Scene) -> None:
    conflicts = scene.evidence.things["conflict"]
    del conflicts[first(row.id for row in conflicts.values() if row.field.startswith("correction:"))]


def _admit_again(scene: Scene) -> None:
    scene.witness.revoked.add(first(row.device for row in scene.evidence.others["tablet"]))


def _begin_an_epoch(scene: Scene) -> None:
    row = SimpleNamespace(number=2, reason="RESTORED", began_at=0, missing={}, confirmed={})
    scene.evidence.others["epoch"].append(row)


def _let_go_undecided(scene: Scene) -> None:
    carrier, change = _settled(scene)
    carrier.rows("DELETE FROM document WHERE about = ?", change)
    carrier.rows("UPDATE change SET word = NULL, quarantine = NULL, body = NULL WHERE id = ?", change)


def _settled(scene: Scene) -> tuple[Carrier, str]:
    """A tablet and a change of its that has its verdict."""
    return cast(
        tuple[Carrier, str],
        first(
            (carrier, row[0])
            for carrier in scene.active
            for row in carrier.rows("SELECT id FROM told WHERE settled AND quarantine IS NULL")
        ),
    )


def _count_nothing(state: str) -> Callable[[Scene], None]:
    """A service that nobody doubted earns nothing."""

    def do(scene: Scene) -> None:
        _put(scene, "service", _undoubted(scene), state=state)

    return do


def _undoubted(scene: Scene) -> Row:
    """A service that counts, and overlaps no other of its person."""
    services = [*scene.evidence.things["service"].values()]
    ruled, joined, root = ruled_on(scene), scene.evidence.joined, scene.evidence.root
    return first(
        row
        for row in services
        if row.state == "COUNTED"
        and root(row.member) not in joined
        and row.id not in {entity for entity, _ in ruled}
        and not any(
            root(other.member) == root(row.member)
            and max(other.start, row.start) < min(other.end, row.end)
            and other.id != row.id
            for other in services
        )
    )


def _count_no_more(scene: Scene) -> None:
    _put(scene, "service", _undoubted(scene), state="REVIEW")


def _lose_a_line(scene: Scene) -> None:
    (sums,) = scene.evidence.others["sums"]
    scene.evidence.others["sums"] = [altered(sums, outcomes=sums.outcomes - 1)]


# Everything is decided


def _wait_for_ever(scene: Scene) -> None:
    change = first(scene.evidence.log.values())
    change.settlement = None
    scene.evidence.unsettled_before.add(change.id)


def _wait_for_what_is_there(scene: Scene) -> None:
    first(scene.evidence.log.values()).held = first(scene.evidence.things["ticket"])


# Scope


def _judge_by_another_scope(scene: Scene) -> None:
    change, _ = first(_recorded(scene))
    change.scope = [ELSEWHERE]


def _reach_beyond(scene: Scene) -> None:
    change = first(change for change in _of(scene, "ticket.claim") if change.office == 1)
    change.scope = [ELSEWHERE]


def _dispatch_by_a_tablet(scene: Scene) -> None:
    change = first(_of(scene, *OF_OFFICES))
    change.office = min(change.office, 1)


def _void_anothers(scene: Scene) -> None:
    change = first(one for one in _of(scene, "service.void") if one.office == 1 and applied(scene, one))
    for made in scene.evidence.changes_of("service.record", change.entity):
        made.device = ELSEWHERE


def _hold_what_is_foreign(scene: Scene) -> None:
    body = msgspec.json.encode({"grid": ELSEWHERE, "community": ELSEWHERE}).decode()
    row = ("ticket", "T", 1, body, 1)
    scene.active[0].rows(
        "INSERT INTO document (collection, id, rev, body, generation) VALUES (?, ?, ?, ?, ?)", *row
    )


def _disagree(scene: Scene) -> None:
    scene.active[0].disagreed = True


# Seats and persons


def _seat_one_too_many(scene: Scene) -> None:
    ticket, takers = first((ticket, takers) for ticket, takers in scene.evidence.takers.items() if takers)
    more = [altered(takers[0], member=f"M{number}") for number in range(60)]
    scene.evidence.takers[ticket] = [*takers, *more]


def _unseat(scene: Scene) -> None:
    ticket = first(ticket for ticket, takers in scene.evidence.takers_before.items() if takers)
    scene.evidence.takers[ticket] = []
    scene.evidence.new_outcomes = [
        row for row in scene.evidence.new_outcomes if scene.evidence.log[row.change].kind not in LEAVES
    ]


def _hold_a_post_twice(scene: Scene) -> None:
    row = first(
        row
        for row in scene.evidence.things["post"].values()
        if plain(row.holders) and row.id not in {entity for entity, _ in ruled_on(scene)}
    )
    one = {**plain(row.holders)[0], "until": None, "term": None}
    _put(scene, "post", row, holders=[one] * 60)


def _leave_unsaid(scene: Scene) -> None:
    scene.evidence.new_outcomes = [
        row for row in scene.evidence.new_outcomes if row.kind not in LEAVES_A_POST
    ]
    row = first(
        row
        for row in scene.evidence.things["post"].values()
        if any(one["until"] is None for one in plain(row.holders))
        and row.id not in {entity for entity, _ in ruled_on(scene)}
    )
    _put(scene, "post", row, holders=[{**one, "until": 1} for one in plain(row.holders)])


def _take_back_a_seat(scene: Scene) -> None:
    """Who was told that a claim stands is told, another night, that somebody else has the seat."""
    row = first(
        row for row in scene.evidence.new_outcomes if row.kind == "ticket.claim" and row.code == "APPLIED"
    )
    later = altered(row, settlement=row.settlement + 1, outcome="LOST", code="SEAT_TAKEN")
    scene.evidence.new_outcomes = [later]
    scene.evidence.outcomes[row.change] = [row, later]


def _evaluate_twice(scene: Scene) -> None:
    row = first(scene.evidence.things["evaluation"].values())
    scene.evidence.things["evaluation"]["again"] = altered(row, id="again")


def _alter_what_is_closed(scene: Scene) -> None:
    row = first(scene.evidence.things["evaluation"].values())
    scene.evidence.before["evaluation"] = {row.id: altered(row, closed=1)}
    _put(scene, "evaluation", row, closed=1, grade=ELSEWHERE)


def _alter_what_a_resident_gave(scene: Scene) -> None:
    change = first(one for one in _of(scene, "ticket.rate") if one.data["round"] == _thing(scene, one).round)
    _put(scene, "ticket", _thing(scene, change), rating=9)


def _count_a_duty_twice(scene: Scene) -> None:
    change = first(_of(scene, "duty.record"))
    _put(scene, "duty", _thing(scene, change), state="REPEATED")


def _sign_in_twice(scene: Scene) -> None:
    row = first(row for row in scene.evidence.things["activity"].values() if plain(row.members))
    one = first(one for one in plain(row.members) if scene.evidence.log[one["change"]].kind in SIGN_INS)
    _put(scene, "activity", row, members=[one, one])


def _join_twice(scene: Scene) -> None:
    row = first(
        row
        for row in scene.evidence.things["team"].values()
        if any(one["until"] is None for one in plain(row.holders))
    )
    one = first(one for one in plain(row.holders) if one["until"] is None)
    _put(scene, "team", row, holders=[one, one])


def _two_of_one_number(scene: Scene) -> None:
    row, other = (one for one in [*scene.evidence.things["member"].values()][:2])
    for member in (row, other):
        _put(scene, "member", member, unit=row.unit, number=row.number, alias_of=None)


def _become_somebody_else(scene: Scene) -> None:
    row = first(scene.evidence.before["member"].values())
    scene.evidence.new_outcomes = []
    _put(scene, "member", row, alias_of=ELSEWHERE)


# Whistles


def _standing_whistle(scene: Scene) -> Row:
    return first(row for row in scene.evidence.things["whistle"].values() if row.whistle is None)


def _call_nobody(scene: Scene) -> None:
    _put(scene, "whistle", _standing_whistle(scene), calls=[])


def _answer_otherwise(scene: Scene) -> None:
    row = _standing_whistle(scene)
    _put(scene, "whistle", row, calls=[{**call, "part": ELSEWHERE} for call in plain(row.calls)])


def _meet_unrecorded(scene: Scene) -> None:
    row = _standing_whistle(scene)
    _put(scene, "whistle", row, meetings=[*plain(row.meetings), {"id": ELSEWHERE}])


def _overdue_too_early(scene: Scene) -> None:
    row = _standing_whistle(scene)
    _put(
        scene,
        "whistle",
        row,
        deadline=2**52,
        calls=[{**call, "overdue": True} for call in plain(row.calls)],
    )


# What stands


def _undo_what_is_done(scene: Scene) -> None:
    applied_ones = [one for one in _of(scene, "ticket.finish") if applied(scene, one)]
    change = first(
        one
        for one in applied_ones
        if not scene.evidence.changes_of("ticket.reopen", one.entity)
        and _thing(scene, one).state in {"DONE", "CLOSED"}
    )
    _put(scene, "ticket", _thing(scene, change), state="OPEN")


def _title_otherwise(scene: Scene) -> None:
    _put(scene, "ticket", _thing(scene, first(_of(scene, "ticket.open"))), title=ELSEWHERE)


def _rank_otherwise(scene: Scene) -> None:
    for change in _of(scene, *WRITES):
        row = _thing(scene, change)
        versions = plain(row.versions)
        if "priority" in change.data and versions.get("priority", versions["*"])[4] == change.id:
            _put(scene, "ticket", row, priority=ELSEWHERE)
            return
    first(())


def _tag_otherwise(scene: Scene) -> None:
    _put(scene, "ticket", _thing(scene, first(_of(scene, "ticket.edit"))), tags=[ELSEWHERE])


def _lost_to(scene: Scene) -> Row:
    """A verdict that somebody lost a ticket's one seat to somebody, whom they had not seen."""
    evidence = scene.evidence
    ruled = ruled_on(scene)
    for row in evidence.new_outcomes:
        loser = evidence.log[row.change]
        wanted = [change.data.get("seats", 1) for change in evidence.by_entity(*WRITES).get(loser.entity, ())]
        alone = max(wanted, default=2) == 1 and (loser.entity, "takers") not in ruled
        winner = (plain(row.stands) or {}).get("change")
        told = [one.code for one in evidence.outcomes.get(winner or "", ())]
        if row.code == "SEAT_TAKEN" and alone and winner in evidence.log and "RULED_FOR" not in told:
            return row
    return first(())


def _lose_to_nobody(scene: Scene) -> None:
    scene.evidence.new_outcomes = [altered(_lost_to(scene), stands=None)]


def _refuse_the_unseeing(scene: Scene) -> None:
    scene.evidence.new_outcomes = [altered(_lost_to(scene), code="SEATS_FULL")]


def _outrank_by_nobody(scene: Scene) -> None:
    change = first(
        change
        for changes in scene.evidence.by_entity(*WRITES).values()
        for change in changes
        if all(one.office <= change.office for one in changes) and change in _of(scene, *WRITES)
    )
    said = altered(scene.evidence.outcomes[change.id][0], code="HIGHER_OFFICE", stands={"field": "priority"})
    scene.evidence.new_outcomes = [said]


# Grounds


def _close_unsaid(scene: Scene) -> None:
    closed = scene.evidence.by_entity("ticket.close")
    change = first(one for one in _of(scene, "ticket.open") if one.entity not in closed)
    _put(scene, "ticket", _thing(scene, change), state="CLOSED")


def _link_unsaid(scene: Scene) -> None:
    _put(scene, "service", _thing(scene, first(_of(scene, "service.record"))), ticket=ELSEWHERE)


def _void_and_count(scene: Scene) -> None:
    change = first(one for one in _of(scene, "service.void") if applied(scene, one))
    _put(scene, "service", _thing(scene, change), state="COUNTED")


def _place_unsaid(scene: Scene) -> None:
    change = first(
        one
        for one in _of(scene, "member.register")
        if one.entity not in scene.evidence.joined and _thing(scene, one).alias_of is None
    )
    _put(scene, "member", _thing(scene, change), grid=ELSEWHERE)


def _carry_nothing(scene: Scene) -> None:
    change = first(
        one
        for changes in scene.evidence.by_entity("device.assign").values()
        for one in changes
        if applied(scene, one)
    )
    _put(scene, "device", scene.evidence.things["device"][change.entity], grids=[])


def _put_by_a_tablet(scene: Scene) -> None:
    first(one for one in _of(scene, "grid.put") if applied(scene, one)).office = 1


def _keep_what_is_redacted(scene: Scene) -> None:
    redaction = first(one for one in _of(scene, "ticket.redact") if applied(scene, one))
    opening = first(scene.evidence.changes_of("ticket.open", redaction.entity))
    private = {"detail": "x", "contact": {}, "text": "x", "words": "x"}
    row = SimpleNamespace(id=opening.id, entity=opening.entity, private=msgspec.json.encode(private).decode())
    scene.evidence.others["private"].append(row)


def _unrule(scene: Scene) -> None:
    change = first(
        one
        for changes in scene.evidence.by_entity("conflict.rule").values()
        for one in changes
        if applied(scene, one)
    )
    _put(scene, "conflict", scene.evidence.things["conflict"][change.entity], ruling=None)


# Deeds


def _do_it_later(scene: Scene) -> None:
    change, _ = first(_recorded(scene))
    change.deed = change.arrival + FAR


def _do_it_otherwise(scene: Scene) -> None:
    change, _ = first(pair for pair in _recorded(scene) if pair[1].process in scene.witness.met_processes)
    change.deed, change.uncertainty_ms = change.deed + FAR, 0


# The ledger


def _entry(scene: Scene) -> Row:
    return first(entry for entry in scene.evidence.entries if entry.rule is not None)


def _post_beside(scene: Scene) -> None:
    entry = _entry(scene)
    scene.evidence.entries = [*scene.evidence.entries, altered(entry, id="more", points=FAR)]


def _points_of(collection: str) -> Callable[[Scene], None]:
    def do(scene: Scene) -> None:
        row = first(scene.evidence.things[collection].values())
        _put(scene, collection, row, points=row.points + 1)

    return do


def _redeem_too_much(scene: Scene) -> None:
    joined, root = scene.evidence.joined, scene.evidence.root
    entry = first(one for one in scene.evidence.entries if root(one.member) not in joined)
    scene.evidence.entries = [*scene.evidence.entries, altered(entry, rule=None, points=-FAR)]


def _credit_by_nobody(scene: Scene) -> None:
    more = altered(_entry(scene), id="more", kind="CREDITED", source=ELSEWHERE, points=1)
    scene.evidence.entries = [*scene.evidence.entries, more]


def _let_nothing_expire(scene: Scene) -> None:
    """A rule whose day is so far off that everything is old on it."""
    rule = SimpleNamespace(id=ELSEWHERE, code=ELSEWHERE, on="2100-01-01", months=1, brought=True)
    scene.evidence.things["pointExpiry"] = {**scene.evidence.things["pointExpiry"], rule.id: rule}


def _give_one_more(scene: Scene) -> None:
    row = first(scene.evidence.things["reward"].values())
    _put(scene, "reward", row, given=row.given + 1)


def _count_twice(scene: Scene) -> None:
    def named(conflict: Row) -> list[Any]:
        return [candidate["value"] for candidate in plain(conflict.candidates)]

    row = first(
        row
        for row in scene.evidence.things["service"].values()
        if row.state == "COUNTED"
        and row.start < row.end
        and not any(row.id in (one.entity, *named(one)) for one in scene.evidence.things["conflict"].values())
    )
    scene.evidence.things["service"]["again"] = altered(row, id="again")


# In the end


def _hold_one_too_few(scene: Scene) -> None:
    scene.active[0].rows("DELETE FROM document WHERE rowid = (SELECT min(rowid) FROM document)")


def _hear_nothing(scene: Scene) -> None:
    carrier, change = _settled(scene)
    carrier.rows("DELETE FROM document WHERE about = ?", change)
    carrier.rows("UPDATE change SET word = NULL WHERE id = ?", change)


BREAKS: Final = (
    Break("nothing recorded is lost", "the hub let go of a change that its tablet had let go of", _lose),
    Break("what was acknowledged is there", "a seq of a tablet's is missing", _lose_a_seq),
    Break("what a desk heard is there", "an online change was answered and not kept", _lose_a_desks),
    Break("no service is lost", "a service was taken and is not there", _lose_a_service),
    Break("what was opened is there", "an opened ticket is not there", _lose_a_ticket),
    Break(
        "a service counts unless somebody doubts it",
        "a service that overlaps no other is one of two",
        _count_nothing("DUPLICATE"),
    ),
    Break("counted services stay", "a service that counted waits for a person", _count_no_more),
    Break("the log and the ledger only grow", "a verdict is gone", _lose_a_line),
    Break("notes only grow", "a ticket has lost its notes", _lose_a_note),
    Break("pauses only grow", "a ticket has lost its pauses", _lose_a_pause),
    Break("requests reach a person", "a request for correction is no conflict", _lose_a_request),
    Break("who was revoked stays revoked", "a revoked tablet is admitted", _admit_again),
    Break("what a restore lost is told", "an epoch began where nothing was restored", _begin_an_epoch),
    Break("outboxes keep what is undecided", "a tablet let go of what has no verdict", _let_go_undecided),
    Break("everything is decided", "a change waits after the night", _wait_for_ever),
    Break(
        "what waits, waits for something",
        "a change waits for a ticket that is there",
        _wait_for_what_is_there,
    ),
    Break(
        "scope is what was known",
        "a change is judged by grids of which its tablet never heard",
        _judge_by_another_scope,
    ),
    Break("nobody reaches beyond their own", "a claim of another grid's ticket was taken", _reach_beyond),
    Break("only offices do what is theirs", "a tablet's dispatch was taken", _dispatch_by_a_tablet),
    Break("nobody takes back another's", "a tablet voided another's service", _void_anothers),
    Break("tablets hold their own only", "a tablet holds another grid's ticket", _hold_what_is_foreign),
    Break("tablets and hub agree", "a tablet had to begin anew", _disagree),
    Break("one holder per seat", "a ticket has more takers than seats", _seat_one_too_many),
    Break("confirmed seats stay", "a taker is gone and nobody said so", _unseat),
    Break("no post's seat is held twice", "a post has more holders than seats", _hold_a_post_twice),
    Break("confirmed holders stay", "who held a post is out and never left", _leave_unsaid),
    Break(
        "what was told is told otherwise with a reason only",
        "a claim that stood is lost another night",
        _take_back_a_seat,
    ),
    Break("one evaluation a period", "somebody was evaluated twice for one period", _evaluate_twice),
    Break("what is closed stays", "an evaluation changed after its closing", _alter_what_is_closed),
    Break(
        "what residents gave stands",
        "a ticket has other stars than the resident gave",
        _alter_what_a_resident_gave,
    ),
    Break("one duty counts a period", "of a period's duties none counts", _count_a_duty_twice),
    Break("nobody signs in twice", "somebody is at an activity twice", _sign_in_twice),
    Break("nobody is in a team twice", "somebody is in a team twice", _join_twice),
    Break("everybody who was named is called", "a whistle calls nobody", _call_nobody),
    Break("every department's last answer stands", "a department's part is another", _answer_otherwise),
    Break("every meeting is on record", "there is a meeting that nobody recorded", _meet_unrecorded),
    Break("who is overdue was silent", "a department is overdue before the deadline", _overdue_too_early),
    Break("a team's points are its activities'", "a team has a point more", _points_of("team")),
    Break("work done is never undone", "a finished ticket is open", _undo_what_is_done),
    Break("the latest stands", "a title is nobody's", _title_otherwise),
    Break("the higher office stands", "a priority is not its author's", _rank_otherwise),
    Break("elements are those nobody removed", "a tag is nobody's", _tag_otherwise),
    Break("who lost, lost to an earlier one", "somebody lost to nobody", _lose_to_nobody),
    Break(
        "who is told full had seen it", "somebody is refused for what they had not seen", _refuse_the_unseeing
    ),
    Break("who was outranked had not seen it", "somebody is outranked by nobody", _outrank_by_nobody),
    Break("one member per person", "two members are one person", _two_of_one_number),
    Break(
        "confirmed members stay", "a member became another's alias by nobody's word", _become_somebody_else
    ),
    Break("every state has its step", "a ticket is closed and nobody closed it", _close_unsaid),
    Break("links stand", "a service is for a ticket of which nobody spoke", _link_unsaid),
    Break("what was voided is void", "a voided service counts", _void_and_count),
    Break("who is placed was placed", "a member is in a grid and nobody placed them", _place_unsaid),
    Break("tablets carry what they were given", "a tablet carries nothing", _carry_nothing),
    Break("the district is its offices'", "a tablet made a grid", _put_by_a_tablet),
    Break("what was redacted is gone", "the log has what was redacted", _keep_what_is_redacted),
    Break("rulings stand", "a ruling is forgotten", _unrule),
    Break("deeds keep their bounds", "a deed is after its arrival", _do_it_later),
    Break("deeds are when they were done", "a deed is eleven days off", _do_it_otherwise),
    Break("balances are sums", "a member has a point more", _points_of("member")),
    Break("no redemption goes below zero", "somebody redeemed what they had not", _redeem_too_much),
    Break("every redemption is paid", "a redemption cost a point less", _points_of("redemption")),
    Break("no points are adjusted by one person", "somebody was credited by nobody", _credit_by_nobody),
    Break("what expired was old and not spent", "points that were old did not expire", _let_nothing_expire),
    Break("no reward is given twice", "a reward counts one redemption more", _give_one_more),
    Break("the ledger is a recount", "a service was posted twice", _post_beside),
    Break("time is counted once", "the same hour counts twice", _count_twice),
    Break("tablets hold what the hub has", "a tablet lacks a document", _hold_one_too_few),
    Break("every author has heard", "a tablet has no word on a change", _hear_nothing),
)

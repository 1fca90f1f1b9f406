"""THE TABLE of deliberate defects: each takes something away that the design rests on, in the tests only.

The simulator must find every one of them; one that it does not find shows what it cannot see.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any, Final, NamedTuple
from unittest.mock import patch

from msgspec.structs import replace

from clients.python.exchange import Exchange, Report, State
from clients.python.outbox import Outbox
from schema.values import Author, Refused
from server import epochs, examine, feed, inbox, settlement
from server import plan as server_plan
from server.deeds import Known
from server.feed import Paging
from server.store import Hub
from sync import adjusting, clock, documents, holding, merge, points, posts, services, settle, spending
from sync.clock import Correction, Deed
from sync.merge import Stand
from sync.reach import Missing
from sync.rules.transitions import TRANSITIONS, Move
from sync.seats import take_seat
from sync.state import Accepted
from sync.things import Holder, Member, Post, Service, Ticket
from sync.wire import Receipt, Upload
from sync.work import APPLIED, Decision, Work
from tests.simulation.district import code_id
from tests.simulation.faults import FAULTS

Patch = Callable[[], AbstractContextManager[Any]]

OLDER_HUB: Final = ("restored", "copied_back", "lost_request", "kill_hub", "away")


class Mutant(NamedTuple):
    """`says` is what somebody forgot; `faults` are those without which it cannot be seen.

    deeds: a tablet's changes a day; more where it takes many around one thing to show it.
    """

    name: str
    says: str
    mutate: Patch
    faults: tuple[str, ...] = tuple(FAULTS)
    deeds: int = 30


# Receiving


async def _ack_before_commit(hub: Hub, author: Author, upload: Upload) -> Receipt:
    """The receipt is for what will be written with the next upload."""
    late: list[tuple[Author, Upload]] = hub.__dict__.setdefault("_late", [])
    for earlier in late:
        await _PUSH(hub, *earlier)
    late.clear()
    receipt = await _PUSH(hub, author, replace(upload, changes=()))
    late.append((author, upload))
    through = upload.from_seq + len(upload.changes) - 1
    return replace(receipt, received_through=max(receipt.received_through, through))


_PUSH: Final = Hub.push


def _refuse_the_unreadable(raw: Any) -> Any:
    """An upload with a change that cannot be read is refused as a whole."""
    examined = _EXAMINE(raw)
    if examined.change is None:
        raise Refused("TOO_LARGE")
    return examined


_EXAMINE: Final = examine.examine


def _drop_what_is_revoked(connection: Any, tablet: Any, upload: Any, elements: Any, now: int) -> Refused:
    return Refused("REVOKED", receivedThrough=max([0, *(element.seq for element in elements)]))


def _scope_of_today(taking: inbox.Taking, upload: Upload) -> Known:
    """A deed is judged by what its tablet carries now."""
    return _KNOWN(taking, upload)._replace(scopes=[(1, taking.author.scope)])


_KNOWN: Final = inbox.Taking._known


# Deciding


def _backwards(batch: Any) -> list[Accepted]:
    return sorted(batch, key=lambda accepted: (settle._tier(accepted.change.kind), *_minus(accepted)))


def _minus(accepted: Accepted) -> tuple[int, str, int]:
    return -accepted.deed, accepted.device, -accepted.seq


def _latest_turned_round(standing: Any, accepted: Accepted) -> Stand:
    stand = _LATEST(standing, accepted)
    return {Stand.LATER: Stand.EARLIER, Stand.EARLIER: Stand.LATER}.get(stand, stand)


_LATEST: Final = merge.latest


def _offices_are_equal(writes: Any, standing: Any, accepted: Accepted) -> Stand:
    return _LATEST(standing, accepted)


def _remove_all(held: Any, names: Any, accepted: Accepted) -> Any:
    return {name: adds for name, adds in held.items() if name not in names}


def _one_more_seat(work: Work, accepted: Accepted, ticket: Ticket) -> Decision:
    take_seat(ticket, accepted)
    return APPLIED


def _services_of_takers_only(work: Work, accepted: Accepted) -> Decision:
    """Who lost the claim worked in vain."""
    ticket = work.state.things.get("ticket", {}).get(getattr(accepted.change.data, "ticket", "") or "")
    takers = ticket.takers if isinstance(ticket, Ticket) else []
    if takers and all(taker.member != accepted.change.data.member for taker in takers):
        return Decision("OUT_OF_SCOPE")
    return services.record(work, accepted)


def _losers_earn_nothing(work: Work, accepted: Accepted) -> Decision:
    """The work of who lost the claim is kept, and waits for a person."""
    decision = services.record(work, accepted)
    service = work.get(Service, accepted.change.entity)
    ticket = None if service is None or service.ticket is None else work.get(Ticket, service.ticket)
    takers = [] if ticket is None else [taker.member for taker in ticket.takers]
    if service is not None and takers and service.member not in takers and service.state == "COUNTED":
        service.state = "REVIEW"
    return decision


def _void_anybodys(work: Work, accepted: Accepted) -> Decision:
    """A tablet takes back what another recorded."""
    service = work.get(Service, accepted.change.entity)
    own = accepted if service is None else replace(accepted, renews=(*accepted.renews, service.device))
    return services.void(work, own)


def _newcomer_has_the_post(work: Work, accepted: Accepted, post: Post, taken: list[Holder]) -> Decision:
    """Who comes last has the seat, and whoever had it is out."""
    holders = holding.without(post.holders, {taken[-1].change}, accepted.deed)
    claim = work.candidate(accepted, member=accepted.change.data.member)
    seat = holding.seated(claim, accepted.deed, post.ends_on)
    holding.set_holders(work, accepted, post, [*holders, seat])
    return APPLIED


def _whatever_office(work: Work, accepted: Accepted) -> Decision:
    """What is an office's to do, a tablet may do."""
    try:
        return settle.DECIDERS[accepted.change.kind](work, accepted)
    except Missing as missing:
        return missing.decision


def _void_and_keep(work: Work, accepted: Accepted) -> Decision:
    """What is voided keeps its points."""
    before = set(work.days)
    decision = services.void(work, accepted)
    work.days = before
    return decision


def _redeem_anything(work: Work, accepted: Accepted) -> Decision:
    with patch.object(spending, "available", lambda *_: 10**9):
        return spending.redeem(work, accepted)


def _confirm_alone(work: Work, accepted: Accepted) -> Decision:
    """Whoever proposed it may confirm it."""
    with patch.object(adjusting, "_is_same_person", lambda *_: False):
        return adjusting.confirm(work, accepted)


def _forget_what_is_due(rule: Any, dues: list[Any], already: Any) -> list[int]:
    return [due.points for due in dues]


def _raw_deed(at: int, corrected: Correction, bounds: Any) -> Deed:
    return Deed(at + corrected.offset_ms, corrected.uncertainty_ms)


def _offset_turned_round(wall_ms: int, hub_ms: int, round_trip_ms: int) -> Correction:
    right = _OFFSET(wall_ms, hub_ms, round_trip_ms)
    return Correction(right.offset_ms + 2 * round_trip_ms + 60_000, right.uncertainty_ms)


_OFFSET: Final = clock.same_instant_offset


def _cancel_what_is_done() -> AbstractContextManager[Any]:
    key = ("ticket.cancel", "DONE")
    row = TRANSITIONS[key]._replace(to="CANCELLED", seen=Move.APPLY, unseen=Move.APPLY)
    return patch.dict(TRANSITIONS, {key: row})


def _decider(kind: str, decide: Any) -> Patch:
    return lambda: patch.dict(settle.DECIDERS, {kind: decide})


# Writing


def _in_two_halves(connection: Any, plan: server_plan.Plan) -> None:
    """The night is committed before its changes are marked as settled."""
    driver = connection.connection.driver_connection
    driver.execute("COMMIT")
    connection.exec_driver_sql("SELECT 1")
    driver.execute("BEGIN IMMEDIATE")
    _MARK(connection, plan)


_MARK: Final = settlement._mark


def _without_verdicts(settled: Any, first_rev: int) -> list[documents.Doc]:
    return [doc for doc in _DOCUMENTS(settled, first_rev) if doc.collection != "verdict"]


_DOCUMENTS: Final = documents.documents


def _hold_for_ever(connection: Any, waited_for: set[str], state: Any) -> None:
    state.held.update({thing: [] for thing in waited_for})


# Sending


def _by_time(paging: Paging, wanted: Any, limit: int, **values: int) -> Any:
    """Pages in the order of something else than revs."""
    ordered = wanted.order_by("id").limit(max(limit, 0))
    return [*paging.connection.execute(ordered, {"audiences": paging.audiences, **values}).mappings()]


def _one_too_few(paging: Paging, at: Any, limit: int) -> Any:
    """The cursor goes past a document that was not sent."""
    rows = _NEWER(paging, at, limit)
    return [*rows[:2], *rows[3:]] if at.rev and len(rows) > 3 else rows


_NEWER: Final = Paging._newer


def _everything(scope: Any) -> list[str]:
    everywhere = [f"grid:{code_id('grid', code)}" for code in ("LY-1", "LY-2", "LY-3", "CG-1")]
    return [*dict.fromkeys([*_AUDIENCES(scope), *everywhere])]


_AUDIENCES: Final = feed._audiences


def _with_telephones(paging: Paging, row: Any) -> Any:
    body = row["body"]
    if row["private"] is not None:
        body = {**body, **row["private"]}
    return _DOCUMENT(paging, {**row, "body": body})


_DOCUMENT: Final = Paging._document


# Epochs


def _epoch_not_noticed() -> AbstractContextManager[Any]:
    """An older copy of the hub goes on as if nothing had been."""
    stack = ExitStack()
    for name in ("noticed", "witnessed"):
        stack.enter_context(patch.object(epochs, name, lambda *_: None))
    return stack


# Tablets


def _let_go_undurable(outbox: Outbox, connection: Any) -> None:
    """A verdict is enough: no backup needs to have it."""
    outbox._store.put(durable=2**53 - 1)
    _RELEASE(outbox, connection)


_RELEASE: Final = Outbox.release


def _always_synced(exchange: Exchange) -> Any:
    report: Report = yield from _SYNC(exchange)
    return replace(report, state=State.SYNCED) if report.state is State.AGAIN else report


_SYNC: Final = Exchange.sync


def _let_go_early(outbox: Outbox, connection: Any) -> None:
    """What was received needs no keeping."""
    connection.execute("UPDATE change SET body = NULL WHERE seq <= ?", (outbox.received(),))


def _of(target: str, replacement: Any) -> Patch:
    return lambda: patch(target, replacement)


def _on(owner: Any, name: str, replacement: Any) -> Patch:
    return lambda: patch.object(owner, name, replacement)


MUTANTS: Final = (
    Mutant("dedup skipped", "an id is not looked for in the log", _on(inbox, "digests_of", lambda *_: {})),
    Mutant(
        "ack before commit", "a receipt for what is not written yet", _on(Hub, "push", _ack_before_commit)
    ),
    Mutant("fork unnoticed", "two copies of one device", _on(inbox.Taking, "_fork", lambda *_: None)),
    Mutant("bad change blocks", "one unreadable change", _on(inbox, "examine", _refuse_the_unreadable)),
    Mutant(
        "revoked and dropped", "a stolen tablet's outbox", _on(inbox, "quarantine_all", _drop_what_is_revoked)
    ),
    Mutant("scope of today", "what a tablet knew", _on(inbox.Taking, "_known", _scope_of_today)),
    Mutant("order turned round", "who was first", _on(settle, "ordered", _backwards)),
    Mutant("latest turned round", "who was last", _on(merge, "latest", _latest_turned_round)),
    Mutant("offices equal", "who decides", _on(merge, "ranked", _offices_are_equal)),
    Mutant("remove removes all", "adds nobody saw", _on(merge, "remove_elements", _remove_all), deeds=90),
    Mutant("saw ignored", "what an author had seen", _on(merge, "has_seen", lambda *_: False)),
    Mutant("saw believed", "what an author had not seen", _on(merge, "has_seen", lambda *_: True)),
    Mutant("reach unchecked", "whose thing it is", _on(Work, "may_reach", lambda *_: True)),
    Mutant("one more seat", "a full ticket", _of("sync.tickets.full", _one_more_seat)),
    Mutant("cancelled when done", "work that was done", _cancel_what_is_done),
    Mutant(
        "services of takers only", "who lost the claim", _decider("service.record", _services_of_takers_only)
    ),
    Mutant("losers earn nothing", "that work is work", _decider("service.record", _losers_earn_nothing)),
    Mutant("void anybody's", "whose service it is", _decider("service.void", _void_anybodys)),
    Mutant("newcomer has the post", "who had the seat", _on(posts, "_full", _newcomer_has_the_post)),
    Mutant("office unchecked", "whose office it is", _on(settle, "decide", _whatever_office)),
    Mutant("twice is two", "a service recorded twice", _on(services, "overlapping", lambda *_: [])),
    Mutant("void keeps points", "the reversal", _decider("service.void", _void_and_keep)),
    Mutant("cap ignored", "the daily cap", _on(points, "_targets", _forget_what_is_due)),
    Mutant("confirmed alone", "the second person", _decider("points.confirm", _confirm_alone)),
    Mutant("redemption unchecked", "the balance", _decider("points.redeem", _redeem_anything)),
    Mutant(
        "alias not followed", "who somebody is", _on(Work, "root", lambda work, one: work.get(Member, one))
    ),
    Mutant("registered twice", "that they are one", _on(Work, "identity", lambda *_: None)),
    Mutant("deed unbounded", "a wrong clock's bounds", _on(clock, "deed", _raw_deed)),
    Mutant(
        "offset wrong",
        "the clock's correction",
        _of("clients.python.journal.same_instant_offset", _offset_turned_round),
    ),
    Mutant("night in two halves", "one transaction", _on(settlement, "_mark", _in_two_halves)),
    Mutant("moved meanwhile", "what was committed meanwhile", _of("server.nights.touched", lambda *_: False)),
    Mutant("verdicts untold", "the authors", _on(server_plan, "documents", _without_verdicts)),
    Mutant("repeats untold", "who renewed", _on(server_plan, "repeated", lambda *_: [])),
    Mutant("tombstone missing", "who held it before", _on(server_plan, "moved", lambda *_: [])),
    Mutant("held for ever", "who waits for it", _of("server.gather._held", _hold_for_ever)),
    Mutant("cursor by id", "the order of revs", _on(Paging, "_rows", _by_time)),
    Mutant("cursor skips", "one document", _on(Paging, "_newer", _one_too_few)),
    Mutant("everything to everybody", "whose grid it is", _of("server.feed._audiences", _everything)),
    Mutant("telephones to everybody", "whose telephone it is", _on(Paging, "_document", _with_telephones)),
    Mutant("always synced", "that it failed", _on(Exchange, "sync", _always_synced)),
    Mutant("epoch not noticed", "that the hub is older than it was", _epoch_not_noticed, OLDER_HUB),
    Mutant(
        "journal not replayed", "what offices did since", _on(epochs.Again, "do", lambda *_: None), OLDER_HUB
    ),
    Mutant("durable without backup", "that disks die", _on(Outbox, "release", _let_go_undurable), OLDER_HUB),
    Mutant("outbox lets go early", "the verdict", _on(Outbox, "release", _let_go_early)),
)

"""Meeting the hub: measure the clock, push what waits, pull what is new; resumed after any failure.

Written as generators that yield each question and are sent its answer, so that whoever drives
them owns the network: a real one, or a simulated one that stops between any two steps. Nothing
is remembered between two meetings but what is in the file.
"""

from collections.abc import Generator
from enum import StrEnum
from typing import Any, Final, TypeVar

from msgspec import Struct

from clients.python import operations
from clients.python.failures import Refused, Unreachable
from clients.python.holdings import Holdings, Taken
from clients.python.journal import Journal
from clients.python.operations import Call, Enrolment, Transport
from clients.python.outbox import Batch, Outbox
from clients.python.pace import Pace
from clients.python.stick import Answer
from clients.python.store import Store
from sync.wire import MAX_CHANGES, MAX_OPENINGS, MAX_PAGE, MAX_UPLOAD_BYTES, PROTOCOL, Page

T = TypeVar("T")
Steps = Generator[Call, Any, T]

RENEWALS: Final = 2
STALLS: Final = 3
ROUNDS: Final = 3
MOVES: Final = 10
SMALLEST_PAGE: Final = 50
"""So few documents are asked for at once on the weakest road."""


class State(StrEnum):
    """How a meeting ended. Only SYNCED says that everything is here and everything is there."""

    SYNCED = "SYNCED"
    AGAIN = "AGAIN"
    ENROL = "ENROL"
    UPDATE = "UPDATE"
    REVOKED = "REVOKED"
    ALARM = "ALARM"


STATES: Final = {"UNAUTHENTICATED": State.ENROL, "PROTOCOL": State.UPDATE}
"""What a code of the hub's means for a tablet; any other one means to try again."""


class Report(Struct, frozen=True):
    """What a meeting came to: changes the hub took, documents that came, and why it ended early."""

    state: State
    sent: int = 0
    received: int = 0
    reason: str | None = None

    @property
    def synced(self) -> bool:
        return self.state is State.SYNCED


class Disagreement(Exception):
    """After a reset, what is held still is not what the hub says. Somebody has to look."""


class Exchange:
    """One meeting with the hub. A new object for each."""

    def __init__(
        self, store: Store, journal: Journal, outbox: Outbox, holdings: Holdings, pages: Pace | None = None
    ) -> None:
        self._store = store
        self._journal = journal
        self._outbox = outbox
        self._holdings = holdings
        self._pages = pages or Pace(MAX_PAGE, SMALLEST_PAGE)
        self._sent = 0
        self._received = 0
        self._known = 0
        """The hub has everything up to this seq, as far as was heard in this meeting."""

    def sync(self) -> Steps[Report]:
        """Push, then pull to the end. Whatever happens, ends with a report."""
        if self._store.get("device") is None:
            return self._report(State.REVOKED if self._store.get("revoked") else State.ENROL)
        try:
            return (yield from self._renewing())
        except Unreachable as failure:
            return self._report(State.AGAIN, str(failure))
        except Disagreement:
            return self._report(State.ALARM, "what is held is not what the hub says, even after a reset")
        except Refused as refusal:
            if refusal.code != "REVOKED":
                return self._report(STATES.get(refusal.code, State.AGAIN), refusal.code)
        return (yield from self._surrender())

    def _report(self, state: State, reason: str | None = None) -> Report:
        return Report(state, self._sent, self._received, reason)

    def _renewing(self) -> Steps[Report]:
        """Where this device is forked, go on as a new one."""
        for _ in range(RENEWALS):
            try:
                return (yield from self._meet())
            except Refused as refusal:
                if refusal.code != "FORKED":
                    raise
            yield from self.renew()
        return (yield from self._meet())

    def _meet(self) -> Steps[Report]:
        yield from self.contact()
        self._known = self._outbox.received()
        if self._store.get("heard") is not None:
            yield from self._page()
        for _ in range(ROUNDS):
            yield from self._push()
            if not (yield from self._pull()):
                return self._report(State.SYNCED)
        raise Unreachable("the hub begins one epoch after another")

    def _call(self, operation: str, **variables: Any) -> Call:
        return Call(operation, variables, self._store.get("token"))

    def contact(self) -> Steps[None]:
        """One tiny exchange, to learn how far the clocks are apart."""
        before = self._journal.now()
        answer = yield self._call("now")
        self._journal.met(before, operations.hub_time(answer))

    # Devices

    def enrol(self, code: str, name: str, app_version: str) -> Steps[Enrolment]:
        """Join with a one-time code; what is kept in the outbox goes along."""
        variables = {"code": code, "name": name, "appVersion": app_version, "kept": self._kept()}
        enrolment = operations.enrolment((yield Call("enrol", variables, None)))
        with self._store.step("enrol") as connection:
            self._outbox.renumber(connection)
            self._store.put(
                checkpoint=None,
                heard=None,
                lineage=None,
                revoked=None,
                lostFiles=None,
                alarm=None,
                syncedAt=None,
            )
            self._store.put(scope=enrolment.scope, name=name)
            self._become(enrolment)
        return enrolment

    def _kept(self) -> dict[str, Any] | None:
        """What the device was that enrols anew, and which of its changes are still here: they were made for its grids."""
        device = self._store.get("device")
        if device is None:
            return None
        return {"device": device, "next": self._outbox.next_seq(), **self._known_by()}

    def _known_by(self) -> dict[str, Any]:
        return {"after": self._store.get("checkpoint"), "oldest": self._outbox.oldest()}

    def renew(self) -> Steps[Enrolment]:
        """Go on as a new device of the same scope: the same changes under new seqs, made where they were made."""
        known = self._known_by()
        enrolment = operations.enrolment((yield self._call("renew", **known)))
        with self._store.step("renew") as connection:
            self._outbox.renumber(connection)
            self._store.put(lineage=[*self._store.get("lineage", []), self._store.get("device")])
            self._become(enrolment)
        return enrolment

    def _become(self, enrolment: Enrolment) -> None:
        self._store.put(device=enrolment.device, token=enrolment.token, epoch=enrolment.epoch)

    def _surrender(self) -> Steps[Report]:
        """Revoked: hand over what was recorded here, then erase everything."""
        try:
            yield from self._hand_over()
        except (Unreachable, Refused) as failure:
            return self._report(State.AGAIN, f"revoked, and the outbox was not taken yet: {failure}")
        with self._store.step("erase") as connection:
            lost = self._store.one("SELECT count(*) FROM attachment WHERE state != 'SENT'")
            for table in ("meta", "change", "document", "attachment"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names of our own
            self._store.put(revoked=True, lostFiles=lost or None)
        self._store.shrink()
        return self._report(State.REVOKED)

    # Push

    def _push(self) -> Steps[None]:
        """Send batch after batch until the hub has everything; at least one, for its receipt."""
        changes, size, stalls = MAX_CHANGES, MAX_UPLOAD_BYTES, 0
        while stalls <= STALLS:
            batch = self._outbox.batch(changes, size)
            try:
                received = yield from self._send(batch)
            except Refused as refusal:
                if refusal.code == "GAP":
                    self._rewind(refusal)
                    stalls += 1
                elif refusal.code == "TOO_LARGE" and len(batch.changes) > 1:
                    changes, size = len(batch.changes) // 2, size // 2
                else:
                    raise
                continue
            if received >= self._outbox.next_seq() - 1:
                return
            stalls = 0 if received >= batch.first else stalls + 1
        raise Unreachable("the hub takes nothing")

    def _hand_over(self) -> Steps[None]:
        """The outbox of a revoked tablet: what it sends is taken, and answered with REVOKED.

        The hub may have less than it said once, where it was restored since: its word now counts.
        """
        stalls = 0
        while stalls <= STALLS:
            batch = self._outbox.batch(MAX_CHANGES, MAX_UPLOAD_BYTES)
            try:
                received = yield from self._send(batch)
            except Refused as refusal:
                if refusal.code != "REVOKED":
                    raise
                told = refusal.number("receivedThrough")
                received = batch.first + len(batch.changes) - 1 if told is None else told
                self._outbox.rewind(received)
            if received >= self._outbox.next_seq() - 1:
                return
            stalls = 0 if received >= batch.first else stalls + 1
        raise Unreachable("the hub takes nothing")

    def _send(self, batch: Batch) -> Steps[int]:
        upload = self.upload(batch)
        answer = yield self._call("push", upload=upload)
        receipt, marks = operations.receipt(answer)
        if receipt.received_through >= self._outbox.next_seq():
            raise Refused("FORKED")
        self._sent += max(0, receipt.received_through - max(batch.first - 1, self._known))
        self._known = max(self._known, receipt.received_through)
        self._outbox.answered(receipt, marks, batch)
        self._noted({one["id"] for one in upload.get("openings", ())})
        return self._outbox.received()

    def _noted(self, openings: set[str]) -> None:
        """The hub has these openings of contacts; those since then are sent with the next upload."""
        if openings:
            with self._store.step("openings"):
                left = [one for one in self._store.get("openings", []) if one["id"] not in openings]
                self._store.put(openings=left or None)

    def upload(self, batch: Batch) -> dict[str, Any]:
        """What a push says, and the first line of a stick's file."""
        openings = self._store.get("openings", [])[:MAX_OPENINGS]
        return {
            **({"openings": openings} if openings else {}),
            "protocol": PROTOCOL,
            "from": batch.first,
            "oldest": batch.oldest,
            "runs": [
                {"run": line.run, "offsetMs": line.offset_ms, "uncertaintyMs": line.uncertainty_ms}
                for line in self._journal.around(batch.runs)
            ],
            "changes": batch.changes,
        }

    def _rewind(self, refusal: Refused) -> None:
        """The hub expects another seq. More than was ever made here means that this file is an old copy."""
        expected = refusal.number("expected")
        if expected is None or expected < 1:
            raise Unreachable("a gap, without what is expected")
        if expected > self._outbox.next_seq():
            raise Refused("FORKED")
        self._known = expected - 1
        self._outbox.rewind(min(expected, self._outbox.oldest()) - 1)

    # Pull

    def _pull(self) -> Steps[bool]:
        """Page after page to the end and a matching sum. True when the epoch changed on the way.

        A page with a changed scope is answered at once by one more pull, which acknowledges it.
        """
        epoch_changed, was_reset, moves = False, False, 0
        while True:
            taken = yield from self._page()
            epoch_changed = epoch_changed or taken.epoch_changed
            moves += taken.scope_changed
            if moves > MOVES:
                raise Unreachable("the scope changes with every page")
            if taken.more or taken.scope_changed:
                continue
            if taken.agrees is None:
                raise Unreachable("a last page without its check")
            if taken.agrees:
                with self._store.step("synced"):
                    self._store.put(alarm=None, syncedAt=self._store.get("metAt"))
                return epoch_changed
            if was_reset:
                with self._store.step("alarm"):
                    self._store.put(alarm=True)
                raise Disagreement
            was_reset = True
            self._holdings.start_over()

    def _page(self) -> Steps[Taken]:
        """One page. It announces the next seq, or while a new scope is unacknowledged, where work in it began."""
        after = self._store.get("checkpoint")
        next_seq = self._store.get("heard") or self._outbox.next_seq()
        try:
            answer = yield self._call("pull", after=after, next=next_seq, limit=self._pages.size)
            page = operations.page(answer)
        except Unreachable:
            self._pages.broke()
            raise
        if page.more and page.checkpoint == after:
            raise Unreachable("more, but nothing further")
        taken = self._take(page, after)
        self._pages.passed()
        return taken

    def _take(self, page: Page, after: str | None) -> Taken:
        self._received += len(page.documents)
        believed = self._outbox.believed(page.epoch)
        if believed < self._outbox.received():
            self._outbox.rewind(believed)
        return self._holdings.take(page, after, self._outbox.next_seq(), self._outbox.release)

    # By stick

    def answered_by_stick(self, answer: Answer) -> Report:
        """A receipt and pages that came as a file, taken as a push's and a pull's answers are.

        An older word than what was heard meanwhile changes nothing. What the file's head says is not
        sealed, so nothing is renewed or erased on its word alone: that is left to the next meeting.
        """
        if answer.error.get("code") == "GAP":
            self._rewind(Refused("GAP", answer.error))
        if answer.receipt is not None:
            said, marks = operations.receipt(answer.receipt)
            if said.received_through >= self._outbox.received() and said.epoch >= self._store.get("epoch", 0):
                self._outbox.answered(said, marks)
        if answer.after != self._store.get("checkpoint"):
            return self._report(State.AGAIN, "the pages go on from what is not held any more")
        after, taken = answer.after, None
        for page in [operations.page(one) for one in answer.pages]:
            taken = self._take(page, after)
            after = page.checkpoint
        if answer.error:
            return self._report(State.AGAIN, str(answer.error.get("code")))
        if taken is None or not taken.agrees:
            return self._report(State.AGAIN, "the pages end before the last one, or do not agree")
        return self._report(State.SYNCED)


def drive(steps: Steps[T], transport: Transport) -> T:
    """Ask each question over a transport and hand back its answer, until the steps end."""
    try:
        call = next(steps)
        while True:
            try:
                answer = transport.call(call.operation, call.variables, call.token)
            except (Unreachable, Refused) as failure:
                call = steps.throw(failure)
            else:
                call = steps.send(answer)
    except StopIteration as stop:
        value: T = stop.value
        return value

"""What an onlooker saw: everything that was recorded on a tablet, every answer that the hub gave, every failure.

It asks nobody's code; what it saw is what the invariants hold the tables and the tablets to.
"""

from collections import Counter
from collections.abc import Set
from itertools import accumulate, repeat
from operator import or_
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from clients.python.exchange import Report, State
from clients.python.operations import Call
from schema.values import Submitted
from tests.simulation.carrier import Carrier

if TYPE_CHECKING:
    from tests.simulation.house import House

MAY_GO: Final = {
    "ticket": frozenset({"detail", "contact", "words", "text"}),
    "service": frozenset({"summary", "place"}),
    "verdict": frozenset({"value"}),
}
"""What of a body may be told at one time and not at another, under one rev."""


class Record(Struct, frozen=True):
    """One change that a tablet said it had kept. `at` is when that really was.

    process: the carrier's name and which run of its program it was. honest: what its author might
    do, as far as the tablet could know.
    """

    change: str
    carrier: str
    process: tuple[str, int]
    device: str | None
    seq: int
    kind: str
    entity: str
    at: int
    scope: frozenset[str]
    honest: bool
    cloned: bool


class PutBack(Struct, frozen=True):
    """That the hub went back to a copy of itself as of `until`; `bare`: the journal since was gone."""

    until: int
    bare: bool


class Answer(Struct, frozen=True):
    """What an office was told of an online change, when, and after how many restores; `said`: None while it waits."""

    said: str | None
    at: int
    after: int


class Told(Struct, frozen=True):
    """What the hub said of a thing at one rev, and in which epoch it said so first."""

    epoch: int
    body: Any


class Violation(Struct, frozen=True):
    """Something that must never be. `invariant` is its name in tests/simulation/invariants.py."""

    invariant: str
    says: str


class Witness:
    """Collects while the run goes on; `violations` are those that it saw with its own eyes."""

    def __init__(self) -> None:
        self.records: dict[str, Record] = {}
        self.away: dict[str, Record] = {}
        """Records that have not been seen at the hub yet."""
        self.gone: set[str] = set()
        """What was in a newer backup than the one that took the hub's place, and in no outbox any more."""
        self.untraceable: set[str] = set()
        """Changes that were sent under no id, or another's: only their seq can be looked for."""
        self.revoked: set[str] = set()
        self.put_back_to: list[PutBack] = []
        self.epoch = 0
        self._bodies: dict[tuple[str, str, int], Told] = {}
        self.acknowledged: dict[str, int] = {}
        self.submissions: dict[str, list[Answer]] = {}
        self.parents: dict[str, str] = {}
        self.met_processes: set[tuple[str, int]] = set()
        self.violations: list[Violation] = []
        self.meetings: Counter[str] = Counter()
        self.kinds: Counter[str] = Counter()
        self._devices: dict[str, str] = {}
        self.house: House | None = None

    def violated(self, invariant: str, says: str) -> None:
        self.violations.append(Violation(invariant, says))

    def recorded(self, record: Record) -> None:
        self.records[record.change] = record
        self.away[record.change] = record
        self.kinds[record.kind] += 1

    def answered(self, carrier: Carrier, call: Call, answer: Any) -> None:
        """The hub gave this answer; whether anybody hears it is another question."""
        if call.operation in {"enrol", "renew"}:
            self._devices[answer["token"]] = answer["device"]
            if call.operation == "renew":
                self.parents[answer["device"]] = self._devices[call.token or ""]
        elif call.operation == "push":
            device = self._devices[call.token or ""]
            self.acknowledged[device] = max(self.acknowledged.get(device, 0), answer["receivedThrough"])
        elif call.operation == "pull":
            self._page(carrier, self._devices[call.token or ""], answer)

    def submitted(self, raw: dict[str, Any], submitted: Submitted, at: int) -> None:
        """A desk's change was answered: with an outcome, or (None) with the word that it joins the night."""
        change = raw["id"]
        if change not in self.submissions:
            self.kinds[raw["kind"]] += 1
        said = None if submitted.outcome is None else submitted.outcome.code
        self.submissions.setdefault(change, []).append(Answer(said, at, len(self.put_back_to)))

    def put_back(self, until: int, received: dict[str, int], retired: set[str], *, bare: bool) -> None:
        """The hub went back to a copy of this moment. What was lost with it is looked for again, at their tablets.

        received: how much of each tablet it has now. What a revoked tablet had handed over is lost with it.
        """
        self.put_back_to.append(PutBack(until, bare))
        self.acknowledged = {
            device: min(known, received.get(device, 0)) for device, known in self.acknowledged.items()
        }
        self.away = {
            change: record
            for change, record in self.records.items()
            if change not in self.untraceable | self.gone and record.carrier not in retired
        }
        if bare:
            self.revoked.clear()

    def lost_since(self) -> int | None:
        """From when on work of offices may be missing, because a journal was; None: never.

        Once a journal was gone, a still older copy that comes back finds none of those days either.
        """
        bare = list(accumulate((one.bare for one in self.put_back_to), or_))
        return min(
            (one.until for one, gone in zip(self.put_back_to, bare, strict=True) if gone), default=None
        )

    def may_be_lost(self, change: str, answer: Answer) -> bool:
        """Whether what was answered may be gone: it is older than the journal, and newer than a copy that came later.

        A repeated answer is about what is kept since the first one: the journal of those days may have been
        gone already, when the hub went back to a newer copy that had it.
        """
        for first in self.submissions[change]:
            bare = False
            for number, one in enumerate(self.put_back_to[first.after :], first.after):
                bare |= one.bare
                if bare and number >= answer.after and one.until <= first.at:
                    return True
            if first is answer:
                break
        return False

    def lineage(self, device: str) -> list[str]:
        """A device and those it continues."""
        found = [device]
        while found[-1] in self.parents:
            found.append(self.parents[found[-1]])
        return found

    def _page(self, carrier: Carrier, device: str, page: Any) -> None:
        """Nothing on a page but what is its tablet's; no rev twice for different things; and no epoch comes again."""
        if page["epoch"] < self.epoch:
            self.violated("epochs", f"epoch {page['epoch']} came after {self.epoch}")
        self.epoch = page["epoch"]
        grids = {grid["id"] for grid in page["scope"]}
        devices = self.lineage(device)
        for document in page["documents"]:
            if document["state"] == "LIVE":
                self._once(document)
                reason = _foreign(document["collection"], document["body"], grids, devices)
                if reason:
                    where = f"{document['collection']} {document['id']}"
                    self.violated("scope", f"{carrier.name} was sent {where}: {reason}")

    def _once(self, document: Any) -> None:
        """A rev of a thing is one content, for ever: members' are told with or without a telephone.

        What was erased goes without a new rev where an epoch begins, for then every tablet begins anew.
        A verdict says what a thing holds only while that is its author's.
        """
        collection, rev, body = document["collection"], document["rev"], document["body"]
        if collection in MAY_GO:
            told = self._bodies.setdefault((collection, document["id"], rev), Told(self.epoch, body))
            goes = MAY_GO[collection] if collection == "verdict" or told.epoch < self.epoch else frozenset()
            if not _same(told.body, body, goes):
                self.violated("epochs", f"{collection} {document['id']} was told in two ways under rev {rev}")

    def heard_the_time(self, carrier: Carrier) -> None:
        self.met_processes.add((carrier.name, carrier.processes))

    def met(self, carrier: Carrier, report: Report, recorded: int, last_page: bool) -> None:
        """A meeting is over. `recorded`: the newest seq when it began; last_page: whether there came a last one."""
        self.meetings[report.state] += 1
        acknowledged = self.acknowledged.get(carrier.device or "", 0)
        if report.synced and (not last_page or acknowledged < recorded):
            self.violated("synced is true", f"{carrier.name} says that it is synced and it is not")
        if report.state is State.ALARM:
            self.violated("agreement", f"{carrier.name} rings an alarm: {report.reason}")

    def failed(self, operation: str, error: Exception) -> None:
        """The hub failed by itself; only a full disk is an excuse."""
        if self.house is not None and (self.house.excused() or _is_of_a_full_disk(error)):
            return
        place = "?"
        trace = error.__traceback__
        while trace is not None:
            place = f"{trace.tb_frame.f_code.co_filename.rpartition('/')[2]}:{trace.tb_lineno}"
            trace = trace.tb_next
        self.violated("no failure", f"{operation} failed with {type(error).__name__} at {place}: {error}")


def _is_of_a_full_disk(error: BaseException | None) -> bool:
    """Whether SQLite's own error is behind it: of two jobs that overlap, both may meet the full disk."""
    return error is not None and ("disk is full" in str(error) or _is_of_a_full_disk(error.__cause__))


def _foreign(collection: str, body: Any, grids: set[str], devices: list[str]) -> str | None:
    """Why a document is not for a tablet with these grids, or None."""
    if collection in {"ticket", "service"} and body["grid"] is not None and body["grid"] not in grids:
        return f"it is of grid {body['grid']}"
    if collection == "member" and body["phone"] is not None and body["grid"] not in grids:
        return "it has the telephone of another grid's member"
    if collection == "verdict" and body["id"].rpartition(":")[0] not in devices:
        return "it is another device's"
    return None


def _same(one: Any, other: Any, goes: Set[str]) -> bool:
    """Whether two bodies are one, but for what one of them may say and the other not."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = one.keys() | other.keys()
        gone = {name for name in goes & names if one.get(name) is None or other.get(name) is None}
        return all(_same(one.get(name), other.get(name), goes) for name in names - gone)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other, repeat(goes)))
    return bool(one == other)

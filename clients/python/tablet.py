"""A tablet: a cache of what the hub said, and an outbox of what was done here.

Everything works without a network but `enrol`, `sync` and `renew`. Each method that writes is one
or more steps, each of them durable before the next; a tablet that is killed anywhere is opened
again as if the last unfinished step had never begun.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from threading import Lock
from typing import Any, Final, Protocol

import msgspec
from msgspec import Struct

from clients.python import stick
from clients.python.attachments import Attachments, Way
from clients.python.deeds import Deeds
from clients.python.duties import Owed, owed
from clients.python.exchange import SMALLEST_PAGE, Exchange, Report, State, Steps, drive
from clients.python.failures import BadFile, Busy, Erased, NotRecorded, Unreachable
from clients.python.holdings import Held, Holdings
from clients.python.journal import Clock, Journal, Reading
from clients.python.operations import Enrolment, Transport
from clients.python.outbox import Kept, Outbox, Recorded, check
from clients.python.pace import Pace
from clients.python.store import Step, Store, nothing
from clients.python.view import View, views
from sync.kinds import KINDS
from sync.shapes import Moment, format_time
from sync.wire import MAX_PAGE

APP_VERSION: Final = "python 0.1"
SAVED: Final = {"zh": "已保存在本机，尚未上传。", "en": "Saved here, and not sent yet."}
Views = list[View]
Verdicts = list["Verdict"]
Owing = list[Owed]
SENT: Final = {"zh": "已上传，等待结算。", "en": "Sent; the settlement will decide."}


class Ids(Protocol):
    """Where ids and salts come from."""

    def uuid7(self) -> str: ...

    def salt(self) -> str: ...


class Verdict(Struct, frozen=True):
    """What became of one change. `outcome` is SAVED, SENT, or one of the hub's (DESIGN.md 4)."""

    id: str
    seq: int | None
    kind: str
    entity: str
    at: str
    outcome: str
    code: str
    sentence: dict[str, str]
    rule: str | None = None
    stands: Any = None


class Status(Struct, frozen=True):
    """Is it safe to leave? `synced_at` is when, by the hub's clock, everything agreed for the last time."""

    device: str | None
    scope: list[dict[str, Any]]
    epoch: int | None
    unsent: int
    unsettled: int
    synced_at: str | None
    settles_at: str | None
    alarm: bool
    revoked: bool
    clock_offset_ms: int | None
    clock_uncertainty_ms: int | None
    held: dict[str, int]
    lost_files: int = 0
    """Photos and spoken notes that were erased at revocation, and that no hub has."""


class Tablet(Deeds):
    """One tablet on one file. Every dependency on the outer world is an argument.

    transport: the way to the hub. clock, ids: see clients/python/system.py. step: told before and
    after each step by name (a simulator kills there). files: the way of photos and spoken notes, if any. Raises `InUse` when the file is open elsewhere.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        transport: Transport,
        clock: Clock,
        ids: Ids,
        *,
        app_version: str = APP_VERSION,
        step: Step = nothing,
        files: Way | None = None,
    ) -> None:
        self._transport = transport
        self._files = files
        self._ids = ids
        self._app_version = app_version
        self._meeting = Lock()
        self._store = Store(path, step)
        try:
            self._journal = Journal(self._store, clock)
        except BaseException:
            self._store.close()
            raise
        self._outbox = Outbox(self._store)
        self._holdings = Holdings(self._store)
        self._pages = Pace(MAX_PAGE, SMALLEST_PAGE)
        self.attachments = Attachments(self._store)

    def __enter__(self) -> "Tablet":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        self._store.close()

    @property
    def device(self) -> str | None:
        """The device this tablet is to the hub, or None before it is enrolled."""
        device: str | None = self._store.get("device")
        return device

    # Recording

    def moment(self) -> Moment:
        """A reading of the clock now, to be the start or the end of a service."""
        reading = self._journal.now()
        return Moment(format_time(reading.wall_ms), reading.run)

    def record(
        self,
        kind: str,
        entity: str | None,
        data: dict[str, Any],
        private: dict[str, Any] | None = None,
        by: str | None = None,
        saw: int | None = None,
    ) -> Recorded:
        """Keep one change, durably, to be sent when there is a network.

        entity: None makes a new thing's id. private gets its salt here. saw: the rev on which the
        screen was built; what is held now unless said. Raises `NotRecorded`, `NotKept` or `Erased`.
        """
        with self._store.step("record") as connection:
            if self._store.get("revoked"):
                raise Erased("this tablet was revoked; enrol it anew")
            reading = self._journal.read(connection)
            entity = entity or self._ids.uuid7()
            raw: dict[str, Any] = {
                "id": self._ids.uuid7(),
                "at": format_time(reading.wall_ms),
                "run": reading.run,
                "saw": self._rev(kind, entity) if saw is None else saw,
                "kind": kind,
                "entity": entity,
                "by": by,
                "data": _with_moments(data, reading) if kind == "service.record" else data,
            }
            if private:
                raw["private"] = {"salt": self._ids.salt(), **private}
            return self._outbox.keep(connection, raw, check(raw))

    def _rev(self, kind: str, entity: str) -> int:
        known = KINDS.get(kind)
        return 0 if known is None else self._holdings.rev(known.thing, entity)

    def attach(self, ticket: str, type_: str, data: bytes) -> str:
        """Keep a photo or a spoken note of a ticket, to be sent after the changes. Its SHA-256."""
        return self.attachments.add(ticket, type_, data)

    # Looking

    def view(self, collection: str, thing_id: str) -> View | None:
        """One thing as its screen shows it, or None when it is neither held nor recorded here."""
        held = self._holdings.get(collection, thing_id)
        return self._views(collection, [held] if held else []).get(thing_id)

    def open_contact(self, ticket: str, by: str | None = None) -> dict[str, Any] | None:
        """A ticket's contact as its screen shows it; that it was opened is noted first, and goes with the next upload.

        None, and nothing noted, where there is no contact. by: the member who looks, when a tablet is shared.
        """
        seen = self.view("ticket", ticket)
        if seen is None or seen.body.get("contact") is None:
            return None
        with self._store.step("opening") as connection:
            reading = self._journal.read(connection)
            opened = {
                "id": self._ids.uuid7(),
                "ticket": ticket,
                "at": format_time(reading.wall_ms),
                "run": reading.run,
                "by": by,
            }
            self._store.put(openings=[*self._store.get("openings", []), opened])
        contact: dict[str, Any] = seen.body["contact"]
        return contact

    def list(self, collection: str) -> Views:
        """Everything of a collection, by id."""
        return [view for _, view in sorted(self._views(collection, self._holdings.all(collection)).items())]

    def _views(self, collection: str, held: Iterable[Held]) -> dict[str, View]:
        pending = [msgspec.json.decode(kept.body or "") for kept in self._outbox.waiting()]
        return views(collection, {one.id: (one.rev, one.body) for one in held}, pending, self._look)

    def _look(self, collection: str, thing_id: str) -> dict[str, Any] | None:
        held = self._holdings.get(collection, thing_id)
        return None if held is None else held.body

    def owed(self, at: int | None = None) -> Owing:
        """What units owe the communities that are held (四个一), on the local day of a moment; today unless said.

        For the list of the day: what is done, what is due until when, and what is overdue.
        """
        if at is None:
            at = self._journal.now().wall_ms + (self._journal.lines()[-1].offset_ms or 0)
        communities = {view.id: view.body for view in self.list("community")}
        today = {key: format_time(at + body["utcOffset"] * 60_000)[:10] for key, body in communities.items()}
        units = [view.body for view in self.list("unit") if view.body["community"] in today]
        counted = [view.body for view in self.list("duty") if view.body["state"] == "COUNTED"]
        return owed(units, counted, today)

    def evaluation_of(self, member: str, community: str, period: str) -> str | None:
        """The id of the evaluation that is held of a member and period, as it is shown here."""
        wanted = member, community, period
        for view in self.list("evaluation"):
            if (view.body["member"], view.body["community"], view.body["period"]) == wanted:
                return view.id
        return None

    def pending(self) -> Verdicts:
        """What waits: recorded and without a verdict, or held for a thing that has not come."""
        return [self._verdict(kept) for kept in self._outbox.waiting()]

    def verdicts(self) -> Verdicts:
        """What became of everything that was recorded here, in that order."""
        return [self._verdict(kept) for kept in self._outbox.all()]

    def _verdict(self, kept: Kept) -> Verdict:
        about = (kept.id, kept.seq, kept.kind, kept.entity, kept.at)
        if kept.verdict is not None:
            said = msgspec.json.decode(kept.verdict)
            return Verdict(
                *about, said["outcome"], said["code"], said["sentence"], said.get("rule"), said.get("stands")
            )
        if kept.quarantine is not None:
            said = msgspec.json.decode(kept.quarantine)
            return Verdict(*about, "QUARANTINED", said["code"], said["sentence"])
        if kept.body is None or (kept.seq or 0) <= self._outbox.received():
            return Verdict(*about, "SENT", "SENT", SENT)
        return Verdict(*about, "SAVED", "SAVED", SAVED)

    def status(self) -> Status:
        """All that a screen needs to say whether it is safe to leave."""
        line = self._journal.lines()[-1]
        synced_at = self._store.get("syncedAt")
        return Status(
            device=self.device,
            scope=self._store.get("scope", []),
            epoch=self._store.get("epoch"),
            unsent=max(0, self._outbox.next_seq() - 1 - self._outbox.received()),
            unsettled=len(self._outbox.waiting()),
            synced_at=None if synced_at is None else format_time(synced_at),
            settles_at=self._store.get("settlesAt"),
            alarm=bool(self._store.get("alarm")),
            revoked=bool(self._store.get("revoked")),
            clock_offset_ms=line.offset_ms,
            clock_uncertainty_ms=line.uncertainty_ms,
            held=self._holdings.counts(),
            lost_files=self._store.get("lostFiles", 0),
        )

    # Meeting the hub: one meeting at a time, a second one is `Busy`

    @contextmanager
    def _exchange(self) -> Iterator[Exchange]:
        if not self._meeting.acquire(blocking=False):
            raise Busy("a meeting with the hub is under way")
        try:
            yield Exchange(self._store, self._journal, self._outbox, self._holdings, self._pages)
        finally:
            self._meeting.release()

    def enrol(self, code: str, name: str) -> Enrolment:
        """Join with a one-time code; also again, with the outbox kept. Raises `Unreachable`, `Refused`."""
        with self._exchange() as exchange:
            return drive(exchange.enrol(code, name, self._app_version), self._transport)

    def sync(self) -> Report:
        """Push what waits and pull what is new. Never raises for what a network or a hub may do."""
        report = drive(self.steps(), self._transport)
        if report.synced and self._files is not None:
            self._send_files(self._files)
        return report

    def _send_files(self, files: Way) -> None:
        """What is not a change goes last. What does not get through waits for the next meeting."""
        with suppress(Unreachable, Busy), self._exchange():
            token = self._store.get("token")
            self.attachments.send(files, token, self._store.get("epoch", 0))
            self.attachments.compare(files, token, self._journal.now().wall_ms)

    def steps(self) -> Steps[Report]:
        """The same, one question at a time: whoever drives it asks each `Call` and sends its answer."""
        try:
            with self._exchange() as exchange:
                return (yield from exchange.sync())
        except Busy as busy:
            return Report(State.AGAIN, reason=str(busy))

    def contact(self) -> None:
        """Compare clocks with the hub, once. Raises `Unreachable`, `Refused`."""
        with self._exchange() as exchange:
            drive(exchange.contact(), self._transport)

    def renew(self) -> Enrolment:
        """Go on as a new device: for a tablet that was cloned, or set back to an old copy of itself."""
        with self._exchange() as exchange:
            return drive(exchange.renew(), self._transport)

    def reset(self) -> None:
        """Have everything sent again at the next sync. What was recorded here stays."""
        with self._exchange():
            self._holdings.start_over()

    # By stick

    def export(self, path: str | os.PathLike[str]) -> int:
        """Write everything that the hub has not yet to a file for a stick. Returns how many changes."""
        with self._exchange() as exchange:
            token = self._token()
            batch = self._outbox.batch(self._outbox.next_seq(), 2**53)
            head = exchange.upload(batch)
            changes = head.pop("changes")
            if "openings" in head:  # an answer does not say which it was for, so all are carried each time
                head["openings"] = self._store.get("openings")
            head |= {"device": self.device, "after": self._store.get("checkpoint")}
            head |= {"next": self._store.get("heard") or self._outbox.next_seq()}
            if files := self.attachments.lines():
                head["attachments"] = len(files)
            stick.write(path, stick.pack(head, [*changes, *files], token))
            return len(changes)

    def import_answer(self, path: str | os.PathLike[str]) -> Report:
        """Take what the hub sent back on a stick. Raises `BadFile` when it is not for this tablet.

        News that was fetched in another way meanwhile is left alone.
        """
        with self._exchange() as exchange:
            answer = stick.read_answer(path, self._token())
            if answer.device != self.device:
                raise BadFile("the answer is for another device")
            report = exchange.answered_by_stick(answer)
            for one in answer.attachments:
                self.attachments.told(one["ticket"], one["sha256"], one["code"], self._store.get("epoch", 0))
            return report

    def _token(self) -> str:
        token: str | None = self._store.get("token")
        if token is None:
            raise Erased("this tablet is not enrolled")
        return token


def _with_moments(data: dict[str, Any], reading: Reading) -> dict[str, Any]:
    """A service's start and end as raw readings: a typed time takes this change's run, none means now."""
    return {**data, **{name: _moment(data.get(name), reading) for name in ("start", "end")}}


def _moment(value: Any, reading: Reading) -> Any:
    if value is None:
        value = reading.wall_ms
    if isinstance(value, Moment):
        return {"at": value.at, "run": value.run}
    if isinstance(value, int):
        try:
            return {"at": format_time(value), "run": reading.run}
        except OverflowError:
            raise NotRecorded("UNREADABLE", "$.data") from None
    return value

"""The hub: everything the doors, the command line and the night may ask of one district's database.

It wires the parts (inbox, settlement, feed, identity, replay) and decides nothing itself.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from functools import partial
from pathlib import Path
from typing import Any, Final, Self

import anyio
from msgspec import structs
from sqlalchemy import Connection, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from schema.errors import Fault
from schema.figures import Counted, Period
from schema.tables.change import CHANGE
from schema.tables.rating_code import RATING_CODE
from schema.tables.reading import READING
from schema.tables.scope import SCOPE
from schema.tables.tablet import TABLET
from schema.tables.token import TOKEN
from schema.values import (
    Author,
    Enrolment,
    EnrolmentCode,
    Evidence,
    Grading,
    Honour,
    Imported,
    IssuedToken,
    Kept,
    Night,
    OwnPage,
    Planned,
    Proposed,
    RatingCode,
    Refused,
    RegisteredList,
    Role,
    SettlementKind,
    Submitted,
    Verification,
)
from server import (
    attachments,
    backup,
    dividing,
    enrolling,
    epochs,
    evidence,
    feed,
    figures,
    files,
    honours,
    identity,
    inbox,
    matching,
    meta,
    own_page,
    prune,
    rating_codes,
    rating_sheet,
    readings,
    registering,
    replay,
    stick,
    unit_list,
)
from server.backup import Backup
from server.database import Database, Unavailable
from server.deeds import Commits
from server.district_changes import Author as Writer
from server.health import Health, Readiness, has_failures, readiness, reason_of, write_failures
from server.journal import Entry, Journal
from server.keeping import Keeping, add_rows
from server.moving import refuse_if_moved
from server.news import News
from server.nights import Nights
from server.online import Submission, read_all, told_again
from server.rating_codes import Printed
from server.receipt import receipt
from server.scrub_backups import scrub_backups
from server.settings import Settings
from server.standing import Marker, marker_of, standing
from server.system import Clock, Ids
from sync import wire
from sync.kinds import KINDS
from sync.matching import Hint, Suggestion

MAX_ANSWER_PAGES: Final = 1_000

Hearing = Callable[[Connection, str, str | None, int, int], dict[str, Any] | None]


class Hub:
    """One district's database and everything that may be done with it. Made by `open`, closed by `close`."""

    def __init__(self, settings: Settings, clock: Clock, ids: Ids, database: Database) -> None:
        self.settings = settings
        self.clock = clock
        self.ids = ids
        self.health = Health()
        self.database = database
        self.journal = Journal(settings.backups, database.place)
        self.marker = Marker(marker_of(database, settings.backups))
        self._kept = Keeping(database, self.journal, clock)
        self._commits = Commits()
        self._nights = Nights(database)
        self._failure: Exception | None = None
        self.news = News(self._rev)
        self._uploaded = anyio.Event()

    @classmethod
    async def open(cls, settings: Settings, clock: Clock, ids: Ids) -> Self:
        """Open, or make, the database that the settings name; an older one is copied and upgraded.

        One that was put back from an older copy goes on in a new epoch.
        """
        database = await Database.open(settings.database_url)
        hub = cls(settings, clock, ids, database)
        try:
            await database.write(hub._begin)
        except BaseException:
            with anyio.CancelScope(shield=True):
                await database.close()
            raise
        return hub

    def _begin(self, connection: Connection) -> None:
        refuse_if_moved(connection)
        meta.prepare(connection, self.ids)
        epochs.noticed(connection, self.journal, self.marker.read(), self.clock.now())
        if self.settings.backup and not self.journal.is_on(connection):
            with suppress(Unavailable):
                self.journal.begin(connection, self.clock.now())
        self.database.before_commit = self._mark

    def _mark(self, connection: Connection) -> Callable[[], None]:
        """The marker beside the database remembers each commit; nothing is committed where the hub has left."""
        refuse_if_moved(connection)
        return partial(self.marker.write, standing(connection))

    async def close(self) -> None:
        await self.database.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    # Who is who

    async def authenticate(self, token: str, *, admit_revoked: bool = False) -> Author:
        """Who holds this token; raises Refused UNAUTHENTICATED or REVOKED.

        With `admit_revoked` a revoked tablet is let in with `author.revoked` set: its push is
        taken into quarantine and answered with REVOKED; everything else refuses it.
        """
        now = self.clock.now()
        async with self.read() as connection:
            author, stale = await connection.run_sync(identity.look_up, token, now)
        if author.revoked and not admit_revoked:
            raise Refused("REVOKED")
        if stale:
            await self.database.write(identity.saw, author.id, now)
        return author

    async def enrol(self, code: str, name: str, app_version: str, kept: Kept | None = None) -> Enrolment:
        """Make a tablet's identity of a one-time code; `kept` is what it was before. Raises Refused CODE_INVALID."""
        asking = enrolling.Asking(code, name, app_version, kept)

        def joined(connection: Connection, made: Enrolment | None, entry: Entry) -> None:
            if made is not None:
                _add_tablet(connection, made, entry)
                entry.used = identity.hash_of(identity.plain_code(code))

        made = await self._kept.write(lambda c: enrolling.enrol(c, self._desk(), asking), joined)
        if made is None:
            raise Refused("CODE_INVALID")
        self._notify()
        return made

    async def renew(self, author: Author, after: str | None = None, oldest: int | None = None) -> Enrolment:
        """A new device with the same scope, for a tablet that was cloned or rolled back."""
        device = _tablet(author)
        made = await self._kept.write(
            lambda c: enrolling.renew(c, self._desk(), device, after, oldest), _add_tablet
        )
        self._notify()
        return made

    async def code(self, grids: Sequence[str], minutes: int = 15) -> EnrolmentCode:
        """A one-time code for a tablet that will carry these grids; ValueError when there is no such grid."""
        code, expires_at = self.ids.code(), self.clock.now() + minutes * 60_000
        await self.database.write(enrolling.add_code, code, grids, expires_at)
        return EnrolmentCode(code, f"{self.settings.public_url}/enrol#{code}", expires_at)

    async def issue_token(
        self,
        role: Role,
        community: str | None = None,
        *,
        unit: str | None = None,
        member: str | None = None,
        name: str = "",
    ) -> IssuedToken:
        """A token for a desk, a unit, a reader; ValueError when the role needs something that is not given."""
        who = {"community": community, "unit": unit, "member": member}
        lacking = [need for need in identity.NEEDS.get(role, ()) if who[need] is None]
        if role is Role.LIAISON or lacking:
            raise ValueError(f"a token for {role} needs {', '.join(lacking) or 'an enrolment code'}")
        issued = IssuedToken(self.ids.uuid7(), self.ids.token())
        now = self.clock.now()
        await self._kept.write(
            lambda c: identity.add_token(c, issued.id, issued.token, role, now, name=name, **who),
            lambda c, _, entry: add_rows(c, entry, TOKEN, "id", [issued.id]),
        )
        return issued

    async def member_code(self, member: str, minutes: int = 15) -> EnrolmentCode:
        """A one-time code for a member's own page; ValueError when there is no such member."""
        code, expires_at = self.ids.code(), self.clock.now() + minutes * 60_000
        await self.database.write(own_page.add_code, code, member, expires_at)
        return EnrolmentCode(code, f"{self.settings.public_url}/me#{code}", expires_at)

    async def open_page(self, code: str) -> OwnPage:
        """A member's own page for a one-time code, for a day; raises Refused CODE_INVALID."""

        made = await self.database.write(lambda c: own_page.open_page(c, self._desk(), code))
        if made is None:
            raise Refused("CODE_INVALID")
        return made

    async def print_codes(self, author: Author, tickets: Sequence[str], days: int) -> list[Printed]:
        """One-time codes by which residents rate these tickets; those that are not the author's are left out."""

        def work(connection: Connection) -> list[Printed]:
            made = (
                rating_codes.add_code(connection, self._desk(), author, ticket, days) for ticket in tickets
            )
            return [one for one in made if one is not None]

        return await self._kept.write(
            work,
            lambda c, made, entry: add_rows(c, entry, RATING_CODE, "ticket", [one.ticket for one in made]),
        )

    async def rating_code(self, author: Author, ticket: str, days: int) -> RatingCode | None:
        """A code for one ticket, ready to be printed; None where there is no such ticket."""
        for one in await self.print_codes(author, [ticket], days):
            url = rating_sheet.url_of(self.settings.public_url, one.code)
            return RatingCode(rating_sheet.spoken(one.code), url, rating_sheet.qr_svg(url), one.expires_at)
        return None

    async def rate(self, entered: rating_codes.Entered) -> Submitted | None:
        """A resident's rating by a code, which is used up by this; None when the code is not valid."""

        def used(_: Connection, submitted: Submitted | None, entry: Entry) -> None:
            if submitted is not None:
                entry.used = identity.hash_of(identity.plain_code(entered.code))

        submitted = await self._kept.write(lambda c: rating_codes.rate(c, self._desk(), entered), used)
        if submitted is not None:
            self._notify()
        return submitted

    async def record_of(self, author: Author) -> dict[str, Any]:
        """Everything that is kept about the member whose page this is."""
        async with self.read() as connection:
            return await connection.run_sync(own_page.record, author)

    async def page_of(self, author: Author) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
        """The same, and what the things in it are called, for people to read."""

        def work(connection: Connection) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
            found = own_page.record(connection, author)
            return found, own_page.names(connection, found)

        return await self.database.read_in_thread(work)

    async def revoke(self, identifier: str) -> bool:
        """Revoke a device (with all that continue it) or one token; False when there is none."""

        def told(_: Connection, done: bool, entry: Entry) -> None:
            entry.revoked = [identifier] if done else []

        done = await self._kept.write(lambda c: identity.revoke(c, identifier, self.clock.now()), told)
        self.news.cut()
        return done

    async def assign(self, device: str, grids: Sequence[str], author: Author | None = None) -> Submitted:
        """Give a tablet other grids: a `device.assign` by this author, or by the district itself."""
        async with self.read() as connection:
            raw = await connection.run_sync(enrolling.assignment, self._desk(), device, grids)
            district = await connection.run_sync(enrolling.hub_author)
        return (await self.submit(district if author is None else author, [raw]))[0]

    # The protocol

    async def push(
        self, author: Author, upload: wire.Upload, openings: Sequence[wire.Opening] = ()
    ) -> wire.Receipt:
        """Take an upload, durably; raises Refused GAP, FORKED, REVOKED, PROTOCOL, TOO_LARGE.

        What the tablet noted of contacts that were opened on it is taken whatever becomes of its changes.
        """
        return (await self._push(author, upload, openings))[1]

    async def _push(
        self, author: Author, upload: wire.Upload, openings: Sequence[wire.Opening]
    ) -> tuple[int, wire.Receipt]:
        device, now = _tablet(author), self.clock.now()
        elements = inbox.examine_upload(upload)
        settles_at = self.settings.settles_at(now)

        def take(connection: Connection) -> tuple[int, wire.Receipt | Refused]:
            tablet = identity.tablet_of(connection, device)
            if openings:
                opened = readings.note_openings(
                    connection, author, tablet["community"], openings, upload.runs, now
                )
                entry = Entry(now)
                add_rows(connection, entry, READING, "id", opened)
                self.journal.add(connection, entry)
            if author.revoked or tablet["revoked_at"] is not None:
                return 0, inbox.quarantine_all(connection, tablet, upload, elements, now)
            taking = inbox.Taking(connection, author, tablet, self._commits, now)
            taking.take(upload, elements)
            return taking.taken, taking.refused or receipt(
                connection, device, upload.oldest, settles_at, backed_up=self.settings.backup != ""
            )

        taken, answer = await self.database.write(take)
        if isinstance(answer, Refused):
            raise answer
        if taken:
            self._uploaded.set()
        return taken, answer

    async def pull(self, author: Author, after: str | None, next_seq: int, limit: int = 1000) -> wire.Page:
        """The next page of what is new to this tablet; raises Refused REVOKED, UNAUTHENTICATED."""
        device = _tablet(author)
        if author.revoked:
            raise Refused("REVOKED")
        await self._hear(feed.contact, device, after, next_seq)
        async with self.read() as connection:
            return await connection.run_sync(feed.page, device, after, limit)

    async def _hear(self, note: Hearing, device: str, after: str | None, next_seq: int) -> None:
        """Take note of a tablet's checkpoint: what it acknowledges, and that it may know more than the hub."""
        now = self.clock.now()

        def work(connection: Connection) -> bool:
            witnessed = epochs.witnessed(connection, self.journal, after, now)
            known = note(connection, device, after, max(next_seq, 1), now)
            if known is not None:
                self.journal.add(connection, Entry(now, rows={SCOPE.name: [known]}))
            return witnessed is not None

        if await self.database.write(work):
            self._notify()

    async def import_file(self, path: Path) -> Imported:
        """Take an upload that was carried on a stick; raises Refused, or ValueError when it is no such file."""
        packed = stick.unpacked(await anyio.Path(path).read_bytes())
        async with self.read() as connection:
            author, key = await connection.run_sync(enrolling.packer_of, packed)
        if not author.revoked:
            # What the file acknowledges was heard before its later changes were made.
            await self._hear(feed.acknowledge, packed.head.device, packed.head.after, packed.head.next)
        taken, given, refused = 0, None, None
        try:
            openings: Sequence[wire.Opening] = packed.head.openings
            for upload in packed.uploads():
                new, given = await self._push(author, upload, openings)
                openings = ()
                taken += new
                # What the hub has beyond this file may be another copy's: the tablet has not shown that it is its own.
                shown = max(upload.from_seq, 1) + len(upload.changes) - 1
                given = structs.replace(given, received_through=min(given.received_through, shown))
        except Refused as refusal:
            refused = refusal
        pages = [] if author.revoked else await self._pages(author, packed.head)
        files = [] if author.revoked or refused else await self._files(author, packed)
        error = None if refused is None else {"code": refused.code, **refused.details}
        answer = stick.answered(packed.head, key, None if refused else given, error, pages, files)
        return Imported(packed.head.device, taken, answer, refused.code if refused else None)

    async def _files(self, author: Author, packed: stick.Packed) -> list[dict[str, str | None]]:
        """Take the photos and spoken notes of a stick, each by itself; of each, why it was not taken."""
        told: list[dict[str, str | None]] = []
        for one in packed.carried():
            if one is None:
                continue
            key, piece = (one.ticket, one.sha256), attachments.Piece(one.type, len(one.data), 0, one.data)
            taken = await self.database.write(attachments.take_whole, author, key, piece, self.clock.now())
            code = taken.code if isinstance(taken, Fault) else None
            told.append({"ticket": one.ticket, "sha256": one.sha256, "code": code})
        return told

    async def _pages(self, author: Author, head: stick.Head) -> list[wire.Page]:
        """The pages of an answer. They are no contact: nobody knows when the tablet wrote what it asks."""
        device, after = _tablet(author), head.after
        pages: list[wire.Page] = []
        while len(pages) < MAX_ANSWER_PAGES:
            async with self.read() as connection:
                pages.append(await connection.run_sync(feed.page, device, after, wire.MAX_PAGE))
            after = pages[-1].checkpoint
            if not pages[-1].more:
                break
        return pages

    # Offices

    async def submit(
        self, author: Author, raws: Sequence[dict[str, Any]], kind: SettlementKind = "ONLINE"
    ) -> list[Submitted]:
        """Settle an office's changes at once, all in one settlement; raw changes as in an upload, without seq.

        Raises sync.changes.Unreadable (nothing is taken then), Refused FORBIDDEN for those who write
        nothing and CLOCK_BEHIND for a hub whose clock is behind its last settlement. An id that was
        received before gives what its author would hear now, or QUARANTINED ID_TAKEN when it says
        something else. A change that joins the night comes back with `queued`.
        """
        if author.office is None or author.role is Role.LIAISON:
            raise Refused("FORBIDDEN")
        changes = read_all(raws)
        if any(author.office not in KINDS[one.change.kind].offices for one in changes) and (
            author.role in {Role.MEMBER, Role.UNIT}
        ):
            raise Refused("FORBIDDEN")
        answers = await self._kept.write(
            lambda c: Submission(c, author, self._commits, self.clock.now()).submit(changes, kind), told_again
        )
        self._notify()
        return answers

    async def read_contacts(self, author: Author, tickets: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The contacts of those of these tickets that the author may see; given and noted in one transaction."""
        async with self.read() as connection:
            if not await connection.run_sync(readings.there_is_any, author, tickets):
                return {}
        given = await self._kept.write(
            lambda c: readings.give(c, self._desk(), author, tickets),
            lambda c, given, entry: add_rows(c, entry, READING, "id", given.notes),
        )
        return given.contacts

    async def propose_division(self, author: Author, community: str, unit: str | None) -> Proposed | None:
        """How members could be spread over grids; None where there is nothing of these that the author may see."""
        return await self.database.read_in_thread(lambda c: dividing.propose(c, author, community, unit))

    async def suggest_dispatch(self, author: Author, ticket: str, limit: int) -> list[Suggestion] | None:
        """Who fits a ticket, the best first; None where there is no such ticket that the author may see."""
        now = self.clock.now()
        return await self.database.read_in_thread(
            lambda c: matching.suggestions(c, author, ticket, now, limit)
        )

    async def plan_dispatch(self, author: Author, community: str) -> list[Planned] | None:
        """Somebody for each free seat of all open tickets; None where there is no such community."""
        now = self.clock.now()
        return await self.database.read_in_thread(lambda c: matching.plan(c, author, community, now))

    async def duplicate_hints(self, author: Author, ticket: str) -> list[Hint] | None:
        """The tickets that may be the same order; None where there is no such ticket that the author may see."""
        return await self.database.read_in_thread(lambda c: matching.hints(c, author, ticket))

    async def register_list(
        self,
        author: Author,
        unit: str,
        source: bytes,
        *,
        yaml: bool = False,
        check: bool = False,
        progress: registering.Progress = lambda done, total: None,
    ) -> RegisteredList | None:
        """Register the members on a unit's list, a portion at a time; None where there is no such unit to see.

        check: only say what would be done. Raises ListRefused for a list that cannot be taken as a whole.
        """
        listed = await anyio.to_thread.run_sync(lambda: unit_list.read(source, yaml=yaml))
        there = await self.database.read_in_thread(lambda c: registering.known(c, author, unit, listed.lines))
        if there is None:
            return None
        writer = Writer(now=self.clock.now(), new_id=self.ids.uuid7, new_salt=self.ids.secret)
        asked, problems = registering.plan(listed, there, writer)
        outcomes: dict[str, Submitted] = {}
        total = sum(bool(one.changes) for one in asked)
        progress(0, total)
        for portion in () if check else registering.portions(asked):
            raws = [raw for one in portion for raw in one.changes]
            outcomes.update((one.change, one) for one in await self.submit(author, raws, "IMPORT"))
            progress(sum(raw["id"] in outcomes for one in asked for raw in one.changes[:1]), total)
        return registering.told(asked, problems, outcomes)

    async def honour_roll(
        self, author: Author, community: str, by: str, days: tuple[int, int], most: int
    ) -> list[Honour]:
        """Who earned most in a period, as far as the author may see it."""
        return await self.database.read_in_thread(
            lambda c: honours.roll(c, author, community, by, days, most)
        )

    async def member_record(
        self, author: Author, member: str, community: str, period: str
    ) -> Evidence | None:
        """What an evaluation is drawn up from; None for a member of whom the author may not see so much."""
        return await self.database.read_in_thread(
            lambda c: evidence.of_member(c, author, member, community, period)
        )

    async def unit_record(self, author: Author, unit: str, period: str) -> list[Evidence] | None:
        """What a unit's members did in a period; None for a unit that is not the author's to answer for."""
        return await self.database.read_in_thread(lambda c: evidence.of_unit(c, author, unit, period))

    async def gradings(self, community: str, period: str) -> list[Grading]:
        """How many members of each unit were given each grade; only where the community ranks individuals."""
        return await self.database.read_in_thread(lambda c: evidence.gradings(c, community, period))

    async def count(self, author: Author, period: Period) -> Counted:
        """The figures of a period, over the rows that the author may see."""
        now = self.clock.now()
        return await self.database.read_in_thread(lambda c: figures.count(c, author, period, now))

    # The night

    async def settle(self, *, dry_run: bool = False) -> Night:
        """Settle everything that waits; with dry_run tell what it would be and write nothing."""
        if dry_run:
            return await self._nights.foretell(self.clock.now())
        self._uploaded = anyio.Event()
        try:
            night = await self._nights.settle(self.clock.now)
        except Exception as error:
            await self.failed(error)
            raise
        if night.settled is not None and night.settled.erased:
            erased = {one.entity for one in night.settled.erased}
            await self.database.write(self.journal.erase, erased)
            await self._scrub_backups()
        await self._succeeded()
        if night.number is not None:
            self._notify()
        return night

    async def failed(self, error: Exception) -> str:
        """Keep, and give, the reason of a night that failed: for /readyz and the next report."""
        reason = reason_of(error)
        if error is not self._failure:
            self._failure = error
            self.health.failed(reason, self.clock.now())
            with suppress(Unavailable):
                await self.database.write(write_failures, self.health.unwritten, None)
                self.health.unwritten.clear()
        return reason

    async def _succeeded(self) -> None:
        now = self.clock.now()
        self.health.succeeded(now)
        with suppress(Unavailable):
            known = await self.database.read_in_thread(has_failures)
            if known or self.health.unwritten:
                await self.database.write(write_failures, self.health.unwritten, now)
                self.health.unwritten.clear()

    async def uploaded(self) -> None:
        """Return when an upload has been taken since the last night began."""
        await self._uploaded.wait()

    async def missed(self) -> bool:
        """Whether something in the inbox came before a settlement that was due, and still waits."""
        oldest = select(func.min(CHANGE.c.arrival)).where(CHANGE.c.settlement.is_(None))
        async with self.read() as connection:
            arrival = (await connection.execute(oldest)).scalar_one()
        return arrival is not None and arrival <= self.settings.settled_before(self.clock.now())

    async def back_up(self) -> Backup:
        """Make a backup and prove it; raises BackupFailed."""
        hub = await self._id()
        kept = self.settings.backups_kept
        return await backup.back_up(self.database, self.journal, self.clock.now(), kept=kept, hub=hub)

    async def backed_up_at(self) -> int | None:
        """When the newest backup was begun."""
        return backup.newest_at(self.settings.backups, await self._id())

    async def _id(self) -> str:
        async with self.read() as connection:
            return await connection.run_sync(meta.text, meta.HUB)

    async def prune(self) -> None:
        """Let go of what is kept for a time only: old tombstones, copies, codes."""
        now = self.clock.now()
        swept = await self.database.write(prune.prune, now)
        if swept:
            await self.database.write(self.journal.erase, swept)
            await self._scrub_backups()
        if self.database.path is not None:
            await anyio.to_thread.run_sync(files.let_go_of_old, self.database.path, now)

    async def _scrub_backups(self) -> None:
        """What was erased is not to be had from the backups that are kept, either."""
        if self.settings.backups is not None:
            await scrub_backups(self.database, self.settings.backups, await self._id())

    async def verify(self) -> Verification:
        """Replay the log and compare every derived table with it."""
        return await self.database.read_in_thread(replay.verify)

    # Reading

    def read(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A read-only connection on one snapshot."""
        return self.database.read()

    async def changes(self) -> AsyncIterator[int]:
        """The hub's rev now, and again whenever it has moved."""
        told = -1
        async for rev in self.listen():
            if rev != told:
                told = rev
                yield rev

    def listen(self) -> AsyncGenerator[int, None]:
        """The same; and again at each beat, and when somebody is revoked, for whoever looks whether they still may."""
        return self.news.listen()

    async def _rev(self) -> int:
        async with self.read() as connection:
            return await connection.run_sync(meta.number, meta.REV)

    async def readiness(self) -> Readiness:
        """What /readyz says."""
        return await readiness(self.database, self.health, self.settings, self.clock.now())

    def _desk(self) -> enrolling.Desk:
        return enrolling.Desk(self.ids, self._commits, self.clock.now())

    def _notify(self) -> None:
        self.news.moved()


def _add_tablet(connection: Connection, made: Enrolment, entry: Entry) -> None:
    """What a restore needs of a new tablet: only hashes of its secrets."""
    for table in (TABLET, TOKEN, SCOPE):
        add_rows(connection, entry, table, "device", [made.device])


def _tablet(author: Author) -> str:
    """The device of a tablet's token; only tablets speak the protocol."""
    if author.device is None:
        raise Refused("UNAUTHENTICATED")
    return author.device

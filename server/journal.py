"""The journal beside the backups: what offices did since, each entry durable before its answer.

A tablet keeps what it did and sends it again; an office's change, a token, a revocation are nowhere
else. Written at the end of the writer's transaction. What is erased in the log is erased here too.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
from msgspec import Struct, field
from sqlalchemy import Connection, select

from schema.tables.change import CHANGE
from server import files, meta
from server.database import Unavailable
from server.standing import standing
from server.write import chunks
from sync.changes import sha256_hex

FORM: Final = 1
SUM_LENGTH: Final = 16
SUFFIX: Final = ".journal"


class Head(Struct, frozen=True):
    """The first line of a segment: where the hub stood when it began. `entries` counts those before it."""

    journal: int
    hub: str
    epoch: int
    entries: int
    rev: int
    at: int


class Entry(Struct):
    """One accepted writing. `lines` are of the log, `outcomes` what their authors were told, by change.

    number: counted in the hub, so that a gap is seen; the same number twice in one epoch means that
    the first was rolled back. rows: new rows by table. revoked: devices and tokens. used: a code's hash.
    """

    at: int
    number: int = 0
    epoch: int = 0
    rev: int = 0
    first_rev: int | None = None
    kind: str = "ONLINE"
    lines: list[dict[str, Any]] = field(default_factory=list)
    outcomes: dict[str, str] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    revoked: list[str] = field(default_factory=list)
    used: str | None = None


class Segment(NamedTuple):
    """One file of the journal, read."""

    path: Path
    head: Head
    entries: list[Entry]

    @property
    def order(self) -> tuple[int, int, str]:
        return self.head.epoch, self.head.entries, self.path.name


class Journal:
    """The journal of one database, in a folder. Where none was begun, entries are only counted.

    place: what tells this database from a copy of it, which is not to write into its journal.
    """

    def __init__(self, folder: Path | None, place: str) -> None:
        self.folder = folder
        self.place = place

    def is_on(self, connection: Connection) -> bool:
        """Whether this database writes a journal."""
        begun = meta.text(connection, meta.SEGMENT) != ""
        return begun and meta.text(connection, meta.SEGMENT_OF) == self.place

    def begin(self, connection: Connection, now: int) -> str:
        """Begin a segment, inside the writer's transaction; gives its stem, which a backup shares."""
        if self.folder is None:
            raise Unavailable("there is no folder for backups: set LIANXIN_BACKUPS")
        hub, at = meta.text(connection, meta.HUB), standing(connection)
        entries = meta.number(connection, meta.JOURNAL)
        stem = files.new_stem(self.folder, hub, now)
        head = Head(FORM, hub, at.epoch, entries, at.rev, now)
        try:
            files.make_folder(self.folder)
            path = self.folder.resolve() / f"{stem}{SUFFIX}"
            files.write_whole(path, _line(head))
        except OSError as error:
            raise Unavailable(f"the journal cannot be written: {error.strerror}") from error
        meta.store(connection, {meta.SEGMENT: str(path), meta.SEGMENT_OF: self.place})
        return stem

    def add(self, connection: Connection, entry: Entry) -> None:
        """Number an entry and append it, durably; raises Unavailable, so that nothing is answered without it."""
        entry.number = meta.number(connection, meta.JOURNAL) + 1
        entry.epoch, entry.rev = meta.number(connection, meta.EPOCH), meta.number(connection, meta.REV)
        meta.store(connection, {meta.JOURNAL: entry.number})
        if not self.is_on(connection):
            return
        try:
            files.append(Path(meta.text(connection, meta.SEGMENT)), _line(entry))
        except OSError as error:
            raise Unavailable(
                f"the journal cannot be written: {error.strerror}; a backup begins a new one"
            ) from error

    def erase(self, connection: Connection, entities: Iterable[str] | None = None) -> None:
        """Take out of all segments what the log no longer has (about these things, or about any)."""
        if not self.is_on(connection):
            return
        wanted = None if entities is None else [entity.encode() for entity in entities]
        folder = Path(meta.text(connection, meta.SEGMENT)).parent
        for path in files.of_hub(folder, meta.text(connection, meta.HUB), SUFFIX):
            data = path.read_bytes()
            segment = read(path) if wanted is None or any(entity in data for entity in wanted) else None
            if segment is not None:
                self._erase(connection, path, segment)

    def _erase(self, connection: Connection, path: Path, segment: Segment) -> None:
        lines = [line for entry in segment.entries for line in entry.lines if line["private"] is not None]
        kept = _kept(connection, [line["id"] for line in lines])
        stale = [line for line in lines if kept.get(line["id"], line["private"]) != line["private"]]
        if not stale:
            return
        for line in stale:
            private = kept[line["id"]]
            gone = _names(line["private"]) - _names(private) - {"salt"}
            line["private"], line["erased"] = private, sorted({*line["erased"], *gone})
        files.replace(path, b"".join([_line(segment.head), *map(_line, segment.entries)]))


def read(path: Path) -> Segment | None:
    """One segment; None when even its first line cannot be read. A line that was torn or spoilt is left out."""
    first, *rest = path.read_bytes().split(b"\n")
    head = _read(first, Head)
    if head is None or head.journal != FORM:
        return None
    found = [_read(line, Entry) for line in rest if line]
    return Segment(path, head, _last_words(entry for entry in found if entry is not None))


def segments(folders: Sequence[Path | None], hub: str) -> list[Segment]:
    """All segments of a hub in these folders, each once, in the order they were begun."""
    paths: dict[str, Path] = {}
    for folder in folders:
        if folder is not None:
            for path in files.of_hub(folder, hub, SUFFIX):
                paths.setdefault(path.name, path)
    found = [one for one in map(read, paths.values()) if one is not None]
    return sorted(found, key=lambda one: one.order)


def _line(record: Struct) -> bytes:
    data = msgspec.json.encode(record)
    return sha256_hex(data)[:SUM_LENGTH].encode() + b" " + data + b"\n"


def _read(line: bytes, form: type[Any]) -> Any:
    written, _, data = line.partition(b" ")
    if written.decode(errors="replace") != sha256_hex(data)[:SUM_LENGTH]:
        return None
    try:
        return msgspec.json.decode(data, type=form)
    except msgspec.DecodeError:
        return None


def _last_words(entries: Iterable[Entry]) -> list[Entry]:
    """Of entries with the same number only the last: those before were rolled back."""
    return list({(entry.epoch, entry.number): entry for entry in entries}.values())


def _kept(connection: Connection, changes: Iterable[str]) -> dict[str, str | None]:
    """What the log still has of the private parts of these changes."""
    kept: dict[str, str | None] = {}
    for chunk in chunks(set(changes)):
        rows = connection.execute(select(CHANGE.c.id, CHANGE.c.private).where(CHANGE.c.id.in_(chunk)))
        kept.update((row.id, row.private) for row in rows)
    return kept


def _names(private: str | None) -> set[str]:
    return set() if private is None else set(msgspec.json.decode(private, type=dict[str, Any]))


# What a copy of the hub lacks


class Gap(Struct, frozen=True, rename="camel"):
    """Work of offices that the journal has not: after this rev and time, up to those (None: up to the loss)."""

    from_rev: int
    from_at: int
    until_rev: int | None = None
    until_at: int | None = None


class Lacking(NamedTuple):
    """The entries that a copy does not have, in order, what lacks between them, and the newest epoch known.

    begun: for each epoch the rev at which it went on, after all before it had been done again.
    """

    entries: list[Entry]
    gaps: list[Gap]
    epoch: int
    begun: dict[int, int]


def lacking(connection: Connection, found: Sequence[Segment]) -> Lacking:
    """What the journal says happened after the state that this connection sees."""
    at = standing(connection)
    entries = meta.number(connection, meta.JOURNAL)
    segment = Path(meta.text(connection, meta.SEGMENT)).name
    later = [
        one
        for one in found
        if one.path.name == segment or (one.head.epoch, one.head.entries) >= (at.epoch, entries)
    ]
    epoch = max((one.head.epoch for one in found), default=0)
    if not later:
        return Lacking([], [Gap(at.rev, at.at)], epoch, {})
    new: list[Entry] = []
    gaps: list[Gap] = []
    have, rev, hour = entries, at.rev, at.at
    head = later[0].head
    if head.epoch > at.epoch and segment not in {one.path.name for one in later}:
        # It says where a restore began, perhaps one that was never done, and not what was before that.
        gaps.append(Gap(rev, hour, head.rev, head.at))
    for number, one_rev, one_at, entry in _steps(later):
        if entry is not None and (entry.epoch, entry.number) <= (at.epoch, entries):
            continue
        if number > have + (entry is not None):
            gaps.append(Gap(rev, hour, one_rev, one_at))
        have, rev, hour = max(have, number), max(rev, one_rev), max(hour, one_at)
        if entry is not None:
            new.append(entry)
    begun = {one.head.epoch: one.head.rev for one in reversed(found)}
    return Lacking(new, gaps, epoch, begun)


def _steps(found: Sequence[Segment]) -> Iterator[tuple[int, int, int, Entry | None]]:
    """Heads and entries as (entries so far, rev, time, entry)."""
    for segment in found:
        yield segment.head.entries, segment.head.rev, segment.head.at, None
        for entry in segment.entries:
            yield entry.number, entry.rev, entry.at, entry

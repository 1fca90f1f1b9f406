"""The day that sync/README.md tells, really settled: its examples are what comes of it.

Tablet A is three days and two seconds fast, and is restarted in the village. It claims a ticket at
09:10, serves, and meets a network in the evening; tablet B had claimed it at 08:50.
"""

import hashlib
import hmac
import json
from typing import Any, Final

import msgspec

from sync.changes import canonical, digest, private_digest
from sync.clock import RunOffset
from sync.shapes import format_time, parse_time
from sync.verdicts import sentence
from sync.wire import (
    COLLECTIONS,
    PROTOCOL,
    Check,
    Document,
    Page,
    Quarantined,
    Receipt,
    Upload,
    check_digest,
)
from tests.sync.hub import Hub, Line

Json = dict[str, Any]

EPOCH_1: Final = 10**10
WIDTH: Final = 110
TOKEN: Final = "a token"
FAST_MS: Final = 3 * 86_400_000 + 2_000
NIGHT: Final = "2026-11-23T18:00:00.000Z"


def thing(tail: str) -> str:
    return f"0193a000-0000-7000-8000-{tail:0>12}"


LY, UNIT, GRID, RULE = thing("c1"), thing("e1"), thing("f1"), thing("9001")
ONE, TWO = thing("a1"), thing("a2")
TICKET, SERVICE = thing("b1"), thing("5001")
A, B = thing("d1"), thing("d2")

REGISTER: Final[list[tuple[str, str, Json]]] = [
    (
        "community.put",
        LY,
        {
            "code": "LY",
            "name": {"zh": "连源社区", "en": "Lianyuan"},
            "kind": "STREET",
            "utcOffset": 480,
            "workingHours": [{"days": [1, 2, 3, 4, 5], "from": "08:30", "until": "17:30"}],
            "categories": [{"code": "PARKING", "name": {"zh": "停车", "en": "Parking"}}],
            "skills": [],
        },
    ),
    ("unit.put", UNIT, {"code": "LY-U01", "name": {"zh": "一号单位", "en": "Unit 1"}, "community": LY}),
    ("grid.put", GRID, {"code": "LY-1", "name": {"zh": "一网格", "en": "Grid 1"}, "community": LY}),
    (
        "pointRule.put",
        RULE,
        {
            "code": "SERVICE",
            "name": {"zh": "服务一次", "en": "A service"},
            "per": "SERVICE",
            "points": 10,
            "from": "2026-01-01",
        },
    ),
    ("member.register", ONE, {"unit": UNIT, "number": "001", "name": "党员001", "grid": GRID}),
    ("member.register", TWO, {"unit": UNIT, "number": "002", "name": "党员002", "grid": GRID}),
    ("ticket.open", TICKET, {"grid": GRID, "category": "PARKING", "title": "三号楼门前停车难"}),
]


def change(
    at: str, run: int, saw: int, kind: str, entity: str, data: Json, private: Json | None = None
) -> Json:
    """A change as its tablet made it: its UUIDv7 carries the tablet's own clock."""
    hexed = f"{parse_time(at):012x}"
    raw: Json = {
        "id": f"{hexed[:8]}-{hexed[8:]}-7000-8000-{run:012x}",
        "at": at,
        "run": run,
        "saw": saw,
        "kind": kind,
        "entity": entity,
        "by": None,
        "data": data,
    }
    return raw if private is None else raw | {"private": private}


def wall(run: int, at: str) -> str:
    """What tablet A's wall clock says at a moment of 23 November."""
    offset = {12: -FAST_MS, 13: -FAST_MS + 800}[run]
    return format_time(parse_time(f"2026-11-23T{at}Z") - offset)


class Day:
    """The whole day; `upload`, `receipt` and `page` are what travels between tablet A and the hub."""

    def __init__(self) -> None:
        self.hub = Hub(district=False)
        self.hub.memory.rev = EPOCH_1
        self.hub.load(REGISTER, parse_time("2026-11-22T10:00:00.000Z"))
        self.saw = self.hub.rev("ticket", TICKET)
        self.before = self.hub.memory.rev
        for device in (A, B):
            self.hub.lines[device] = Line([(1, (GRID,))])
        self.upload = Upload(PROTOCOL, 1, 1, JOURNAL, (*self._changes(),))
        self.hub.receive(A, self.upload, parse_time("2026-11-23T10:00:03.000Z"))
        self.receipt = self._receipt()
        claim = change("2026-11-23T00:50:00.000Z", 4, self.saw, "ticket.claim", TICKET, {"member": TWO})
        offsets = (RunOffset(4, 0, 60),)
        self.hub.receive(B, Upload(PROTOCOL, 1, 1, offsets, (claim,)), parse_time("2026-11-23T11:00:00.000Z"))
        self.hub.night(parse_time(NIGHT))
        self.page = self._page()

    def _changes(self) -> list[Json]:
        moments = {
            "start": {"at": wall(12, "01:20:00.000"), "run": 12},
            "end": {"at": wall(12, "03:05:00.000"), "run": 12},
        }
        private = {
            "salt": "3f7a1c0b9d2e4f658790a1b2c3d4e5f6",
            "summary": "划了四个车位",
            "place": {"lat": 27690, "lon": 111670},
        }
        note = {"salt": "00112233445566778899aabbccddeeff", "text": "住户已同意"}
        return [
            change(wall(12, "01:10:00.000"), 12, self.saw, "ticket.claim", TICKET, {"member": ONE}),
            change(
                wall(12, "03:06:00.000"),
                12,
                0,
                "service.record",
                SERVICE,
                {"member": ONE, "ticket": TICKET, **moments},
                private,
            ),
            change(wall(13, "09:58:00.000"), 13, self.saw, "ticket.note", TICKET, {}, note),
            change(wall(13, "09:59:00.000"), 13, 0, "post.take", thing("7001"), {"member": ONE}),
        ]

    def _receipt(self) -> Receipt:
        apart = tuple(
            Quarantined(seq, self.upload.changes[seq - 1]["id"], code)
            for (device, seq), code in self.hub.quarantine.items()
            if device == A
        )
        through = self.hub.lines[A].received_through
        return Receipt(through, 0, 0, apart, NIGHT, 1)

    def _page(self) -> Page:
        mine = {f"community:{LY}", f"grid:{GRID}", f"device:{A}"}
        held = [doc for doc in self.hub.memory.documents.values() if doc.audience in mine]
        new = sorted((doc for doc in held if doc.rev > self.before), key=lambda doc: doc.rev)
        sums = {name: [(doc.id, doc.rev) for doc in held if doc.collection == name] for name in COLLECTIONS}
        return Page(
            documents=tuple(Document(doc.collection, doc.id, doc.rev, "LIVE", doc.body) for doc in new),
            checkpoint="Q2hlY2twb2ludA==",
            more=False,
            reset=False,
            epoch=1,
            scope=({"id": GRID, "code": "LY-1"},),
            check=tuple(Check(name, len(rows), check_digest(rows)) for name, rows in sums.items()),
        )

    def verdict(self, seq: int) -> Json:
        """What the author of one change hears."""
        bodies = [doc.body for doc in self.page.documents if doc.collection == "verdict"]
        return next(body for body in bodies if body["seq"] == seq)


JOURNAL: Final = (
    RunOffset(11, -FAST_MS, 46),
    RunOffset(12, None, None),
    RunOffset(13, -FAST_MS + 800, 38),
)
"""Run 11 ended when the tablet was restarted in the village; run 13 is the one that met the hub."""


def examples() -> dict[str, str]:
    """Each example of README.md by the words behind its fence."""
    day = Day()
    claim, service = day.upload.changes[:2]
    receipt = msgspec.to_builtins(day.receipt)
    for line in receipt["quarantined"]:
        line["sentence"] = sentence(line["code"])["zh"]
    page = msgspec.to_builtins(day.page)
    line = json.dumps(claim, separators=(",", ":"))
    head = msgspec.to_builtins(day.upload) | {"device": A, "after": None, "next": 2}
    del head["changes"]
    return {
        "json change claim": pretty(claim),
        "text canonical claim": canonical(claim).decode(),
        "text digest claim": digest(claim),
        "json change service": pretty(service),
        "text private service": canonical(service["private"]).decode(),
        "text private-digest service": private_digest(service) or "",
        "text digest service": digest(service),
        "json upload": pretty(msgspec.to_builtins(day.upload)),
        "json receipt": pretty(receipt),
        "json page": pretty(page),
        "json verdict": pretty(day.verdict(1)),
        "json stick": pretty(head | {"mac": seal(f"{line}\n")}),
        "text line stick": line,
    }


def seal(lines: str) -> str:
    """The `mac` of a stick's file."""
    return hmac.new(hashlib.sha256(TOKEN.encode()).digest(), lines.encode(), hashlib.sha256).hexdigest()


def pretty(value: object, indent: int = 0) -> str:
    """JSON in which whatever fits into a line is one."""
    line = json.dumps(value, ensure_ascii=False)
    if indent + len(line) <= WIDTH or not isinstance(value, dict | list | tuple):
        return line
    inner = indent + 2
    if isinstance(value, dict):
        parts = [f"{json.dumps(key)}: {pretty(item, inner)}" for key, item in value.items()]
    else:
        parts = [pretty(item, inner) for item in value]
    lines = ",\n".join(" " * inner + part for part in parts)
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}\n{lines}\n{' ' * indent}{closing}"

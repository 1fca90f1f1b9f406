"""A district that a test in another language leads: a line of JSON in, what it came to out.

`python -m tests.clients.led FOLDER [FILE]` serves a fresh district (of FILE, else the tests' own small one) by
the machine's clock until its input ends. A line is `{"do": …}` with the arguments of a method of `Led`.
"""

import json
import math
import shutil
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import segno
from sqlalchemy import text

from schema.values import Role
from server import pages
from server.store import Hub
from tests.clients import road
from tests.clients.district import DISTRICT_FILE, District, World, grid, member, serving, unit

FAULTS: Final = {fault.__name__: fault for fault in (*road.PASSING, road.too_large)}
NAMED: Final = {"grid": grid, "unit": unit, "member": member}


class Running(World):
    """The machine's time, and ahead of it by what a test lets pass."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead_ms = 0

    def now(self) -> int:
        return time.time_ns() // 1_000_000 + self.ahead_ms

    def go_on(self, milliseconds: int = 60_000) -> None:
        self.ahead_ms += milliseconds


class Led:
    """What a test may ask of the district. Every method's answer is plain JSON."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._world = Running()
        self._stack = ExitStack()
        self._ways = ExitStack()
        self._port = 0
        self._show_a_copy(folder / "app")
        self._road: road.Road | None = None
        self.district: District = self._serve()

    def _serve(self) -> District:
        served = self._stack.enter_context(serving(self._folder, self._world, at=self._port))
        self._port = int(served.url.rsplit(":", 1)[1].split("/")[0])
        return served

    def _show_a_copy(self, copy: Path) -> None:
        """The tablet app is served from a copy of what was built, so that a test may bring a newer one."""
        if pages.TABLET.is_dir():
            shutil.copytree(pages.TABLET, copy)
            pages.TABLET = copy  # type: ignore[misc]

    def newer_app(self) -> None:
        """Somebody has installed a newer version of the app."""
        with (pages.TABLET / "sw.js").open("a", encoding="utf-8") as file:
            file.write("\n// a newer one\n")

    def load(self, file: bytes) -> dict[str, str]:
        self.district.load(file)
        self._road = self._ways.enter_context(road.road_to(self.district.url))
        return {"url": self.district.url, "road": self._road.url}

    def code(self, grids: list[str]) -> str:
        return self.district.code(*grids)

    def token(self, role: str) -> str:
        """A token of the whole district, of a program or an office."""
        return str(self.district.call(self.district.hub.issue_token, Role(role)).token)

    def page(self, number: str) -> str:
        """The address of a member's own page, with its one-time code, as `lianxin page` prints it."""
        member = self.district.call(self._id, "member", "number", number)
        return str(self.district.call(self.district.hub.member_code, member).url)

    def film(self, file: str, grids: list[str]) -> str:
        """What a camera sees that is held before the QR code of `lianxin enrol`; the code that is in it."""
        made = self.district.call(self.district.hub.code, [grid(code) for code in grids])
        Path(file).write_bytes(film_of(made.url))
        return str(made.code)

    def ids(self, names: list[list[str]]) -> list[str]:
        """The ids of things of the small district, each by its kind and code."""
        return [NAMED[kind](code) for kind, code in names]

    def settle(self, hours: int = 0) -> None:
        self.district.settle(hours)

    def assign(self, device: str, grids: list[str]) -> None:
        """Give a tablet, by its id or its name, other grids."""
        identifier = self.district.call(self._device, device)
        self.district.call(self.district.hub.assign, identifier, [grid(code) for code in grids])

    async def _device(self, name: str) -> str:
        async with self.district.hub.read() as connection:
            found = text("SELECT device FROM tablet WHERE device = :name OR name = :name")
            return str((await connection.execute(found, {"name": name})).scalar_one())

    def revoke(self, device: str) -> None:
        self.district.call(self.district.hub.revoke, device)

    def office(self, kind: str, entity: str, data: dict[str, Any], saw: int = 0) -> Any:
        submitted = self.district.office(kind, entity, saw, **data)
        return None if submitted.outcome is None else str(submitted.outcome.outcome)

    def post(self, code: str, zh: str, seats: int) -> None:
        """The district puts up a post of its first community."""
        data = {"code": code, "name": {"zh": zh, "en": code}, "seats": seats, "from": "2026-01-01"}
        community = self.district.call(self._community)
        self.office("post.put", self.district.ids.uuid7(), {**data, "community": community})

    def reward(self, code: str, zh: str, points: int, stock: int) -> None:
        """The district puts something into the catalogue of its first community."""
        data = {"code": code, "name": {"zh": zh, "en": code}, "points": points, "from": "2026-01-01"}
        community = self.district.call(self._community)
        self.office("reward.put", self.district.ids.uuid7(), {**data, "stock": stock, "community": community})

    def redeem(self, number: str, code: str, points: int) -> None:
        """The desk hands a reward of the catalogue to a member, online."""
        member = self.district.call(self._id, "member", "number", number)
        item = self.district.call(self._id, "reward", "code", code)
        data = {"member": member, "points": points, "reward": code, "item": item}
        self.office("points.redeem", self.district.ids.uuid7(), data)

    async def _id(self, table: str, column: str, value: str) -> str:
        async with self.district.hub.read() as connection:
            found = text(f"SELECT id FROM {table} WHERE {column} = :value")
            return str((await connection.execute(found, {"value": value})).scalar_one())

    async def _community(self) -> str:
        async with self.district.hub.read() as connection:
            found = text("SELECT id FROM community ORDER BY code DESC")
            return str((await connection.execute(found)).scalars().first())

    def spoil(self, operation: str, fault: str, number: int = 1) -> None:
        self._way().spoil(operation, FAULTS[fault], number)

    def asked(self) -> list[str]:
        return self._way().operations()

    def carry_in(self, file: str) -> dict[str, Any]:
        """`lianxin import` of a stick's file; the answer lies beside it."""
        imported = self.district.call(self.district.hub.import_file, Path(file))
        answer = Path(f"{file}.answer")
        answer.write_bytes(imported.answer)
        return {"taken": imported.taken, "answer": str(answer)}

    def log(self) -> list[list[Any]]:
        """Every change of a tablet that the hub has taken: its id, device and seq."""
        return self.district.call(self._log)

    async def _log(self) -> list[list[Any]]:
        tablets = text(
            "SELECT id, device, seq FROM change WHERE device IN (SELECT device FROM tablet) ORDER BY seq"
        )
        async with self.district.hub.read() as connection:
            return [list(row) for row in await connection.execute(tablets)]

    def readings(self) -> list[list[Any]]:
        """Every opening of a contact that tablets told of: its ticket and who looked."""
        return self.district.call(self._readings)

    async def _readings(self) -> list[list[Any]]:
        told = text(
            "SELECT ticket, member FROM reading WHERE device IN (SELECT device FROM tablet) ORDER BY at"
        )
        async with self.district.hub.read() as connection:
            return [list(row) for row in await connection.execute(told)]

    def attachments(self) -> list[list[Any]]:
        """Every whole photo and spoken note that the hub has: its ticket and how many bytes it is."""
        return self.district.call(whole_attachments, self.district.hub)

    def _way(self) -> road.Road:
        assert self._road is not None
        return self._road

    def stop(self) -> None:
        """The door is shut; who knocks hears nothing."""
        self._stack.close()

    def start(self) -> None:
        self.district = self._serve()

    def close(self) -> None:
        self._ways.close()
        self._stack.close()


def film_of(text: str, width: int = 640, height: int = 480, turned: float = 0.2) -> bytes:
    """A QR code on a grey wall, held at a slant by so many radians, as a film without colours (YUV4MPEG2)."""
    rows = [list(row) for row in segno.make(text, error="m").matrix_iter(border=4)]
    size, half = height * 2 // 3 // len(rows), len(rows) / 2
    cosine, sine = math.cos(turned) / size, math.sin(turned) / size
    light = bytearray()
    for y in range(height):
        for x in range(width):
            across, down = x - width / 2, y - height / 2
            column, row = across * cosine + down * sine + half, down * cosine - across * sine + half
            inside = 0 <= column < len(rows) and 0 <= row < len(rows)
            light.append((40 if rows[int(row)][int(column)] else 225) if inside else 150)
    frame = b"FRAME\n" + bytes(light) + bytes([128]) * (width * height // 2)
    return f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 10


async def whole_attachments(hub: Hub) -> list[list[Any]]:
    """Of every photo and spoken note that a hub has whole: its ticket and how many bytes it is."""
    whole = text("SELECT ticket, bytes FROM attachment WHERE whole IS NOT NULL ORDER BY ticket, at")
    async with hub.read() as connection:
        return [list(row) for row in await connection.execute(whole)]


def main(folder: str, file: str | None = None) -> None:
    led = Led(Path(folder))
    said = DISTRICT_FILE.encode() if file is None else Path(file).read_bytes()
    print(json.dumps(led.load(said)), flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        answer = getattr(led, asked.pop("do"))(**asked)
        print(json.dumps(answer), flush=True)
    led.close()


if __name__ == "__main__":
    main(*sys.argv[1:])

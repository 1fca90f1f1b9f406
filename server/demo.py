"""`lianxin demo`: a district's day from end to end, through the real door and by real tablets.

The only file of server/ that may speak for tablets. It loads the example district, plays
server/demo_story.py on tablets that are really offline, uploads over a road that breaks, settles
the night, proves it, and settles the same uploads again in other orders. The next day the offices
work online (server/demo_desk.py), and a second night follows. Everything but the time and the ids
of the story is real: HTTP, files, settlements.
"""

import gzip
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct, field

from clients.python.http import HttpTransport
from clients.python.tablet import Tablet, Verdict
from schema.values import RegisteredList, Role
from server import demo_desk_people as people
from server import demo_desk_points as points
from server import demo_desk_service as service
from server import demo_story as story
from server.demo_desk import Offices
from server.demo_house import DeskClient, House, deeds, district, key, register
from server.demo_orders import Uploaded, copied, copy_database, settle_again
from server.demo_papers import Paper, exported
from server.demo_road import Break, Road
from server.demo_story import Step
from server.demo_things import Things
from server.demo_world import MINUTE, Chance, DemoIds, HubClock, TabletClock, World, moment
from server.district import District, read
from server.district_changes import Current, entity_id
from server.loading import load, planned
from server.report import night_report
from server.stats import stats

EXAMPLE: Final = Path(__file__).parent / "examples" / "red-cell.yaml"
ORDERS: Final = 6
BREAKS: Final[dict[str, Break]] = {"A": "answer", "D": "request"}
"""Whose first upload of the evening is cut off, and where."""

OFFICE_DAY: Final[tuple[Callable[[Offices], None], ...]] = (
    people.divided,
    people.joined_and_parted,
    service.suggested,
    service.ordered_twice,
    service.planned,
    service.reopened,
    service.met,
    people.asked,
    people.evaluated,
    points.withdrawn,
    points.expiring,
    points.recounted,
    points.honoured,
    points.stands,
)

Tell = Callable[[str], None]


class Played(Struct):
    """What the day came to: what --json prints, the reports of the nights, and what each scene's tablets heard."""

    result: dict[str, Any]
    reports: list[dict[str, Any]]
    scenes: list[dict[str, Any]]


class Line:
    """A tablet's way to the hub, over the road. Notes what the hub heard; lets another program's changes in."""

    def __init__(self, road: Road) -> None:
        self._road = road
        url = f"{road.url}/graphql"
        self._http = HttpTransport(url, wait_initial=0.05, wait_max=0.5, wait_jitter=0.05)
        self._impatient = HttpTransport(url, attempts=1)
        self.breaks: Break | None = None
        self.foreign: dict[str, dict[str, Any]] = {}
        self.heard: list[Uploaded] = []
        self.token = ""

    def call(self, operation: str, variables: Mapping[str, Any], token: str | None) -> Any:
        self.token = token or self.token
        if operation != "push" or not variables["upload"]["changes"]:
            return self._http.call(operation, variables, token)
        changes = [raw | self.foreign.get(raw["id"], {}) for raw in variables["upload"]["changes"]]
        upload = {**variables["upload"], "changes": changes}
        where, self.breaks = self.breaks, None
        if where != "request":
            self.heard.append(Uploaded(self.token, upload))
        if where is None:
            return self._http.call(operation, {"upload": upload}, token)
        self._road.break_next(where)
        return self._impatient.call(operation, {"upload": upload}, token)

    def close(self) -> None:
        self._http.close()
        self._impatient.close()


class Carried(Struct):
    """One tablet in somebody's hands, and what was done on it, by change."""

    tablet: Tablet
    line: Line
    clock: TabletClock
    changes: dict[str, Step] = field(default_factory=dict)

    def sync(self) -> None:
        """Meet the hub; RuntimeError when that does not end in sync."""
        report = self.tablet.sync()
        if not report.synced:
            raise RuntimeError(f"a tablet could not meet the hub: {report.state} {report.reason}")

    def told(self) -> dict[str, Verdict]:
        return {verdict.id: verdict for verdict in self.tablet.verdicts()}


class Demo:
    """One day, in an empty folder. Whatever is opened is closed by `stack`."""

    def __init__(self, seed: int, folder: Path, tell: Tell, stack: ExitStack) -> None:
        self.seed = seed
        self.folder = folder
        self.tell = tell
        self.world = World(moment("-3 09:00"))
        self.clock = HubClock(self.world)
        self.ids = self._ids("hub")
        self.chance = Chance(seed, "story")
        self.district: District = read(EXAMPLE.read_bytes())
        self.things = Things(self.district, self._ids("things"))
        self.stack = stack
        self.house: House = stack.enter_context(district(folder, self.clock, self.ids))
        self.road = Road(("127.0.0.1", self.house.settings.port))
        stack.callback(self.road.close)
        self.desks: dict[str, DeskClient] = {}
        self.carried: dict[str, Carried] = {}
        self.uploads: list[str] = []
        self.listed = RegisteredList(0, 0, 0, 0, [])

    def _ids(self, name: str) -> DemoIds:
        return DemoIds(self.world, Chance(self.seed, name))

    # Before and during the day

    def begin(self) -> None:
        """Three days before: the district is loaded, and one tablet enrolled that will stay silent."""
        asked = planned(self.clock, self.ids, self.district, Current())
        self.house.call(load, self.house.hub, asked)
        self.tell(f"loaded a district with {len(self.district.members)} members")
        unit, listed = story.UNIT_LIST
        self.listed = self.house.call(register, self.house.hub, entity_id("unit", unit), listed)
        misfits = ", ".join(f"line {one.line} {one.code}" for one in self.listed.problems)
        self.tell(f"a unit's list registered {self.listed.registered} more; what does not fit: {misfits}")
        self._enrol(story.SILENT)

    def leave(self) -> None:
        """Monday morning: the desks open tickets; tablets are enrolled and leave with them."""
        for name, community in story.DESKS.items():
            token = self._key(Role.DISPATCHER, community, "")
            desk = DeskClient(self.house, token, self._ids(name).uuid7)
            self.stack.callback(desk.close)
            self.desks[name] = desk
        for step in story.MORNING:
            self.do(step)
        self._go_on(moment("07:50"))
        for name in story.TABLETS:
            if name != story.SILENT:
                self._enrol(name)
        self.tell(
            f"enrolled {len(self.carried)} tablets over HTTP; from here on none of them hears of another"
        )

    def _key(self, role: Role, community: str, unit: str) -> str:
        """A token for an office of this community, or of this unit."""
        whose = [
            entity_id(name, code) if code else None
            for name, code in (("community", community), ("unit", unit))
        ]
        return self.house.call(key, self.house.hub, role, *whose)

    def _enrol(self, name: str) -> None:
        grid, minutes = story.TABLETS[name]
        clock, line = TabletClock(self.world, minutes * MINUTE), Line(self.road)
        tablet = Tablet(self.folder / f"{name}.tablet", line, clock, self._ids(f"tablet {name}"))
        self.stack.callback(line.close)
        self.stack.callback(tablet.close)
        code = self.house.call(self.house.hub.code, [entity_id("grid", grid)])
        tablet.enrol(code.code, f"平板 {name}")
        self.carried[name] = Carried(tablet, line, clock)
        self.carried[name].sync()

    def steps(self) -> list[Step]:
        """What will be done today, in order."""
        members: dict[str, list[str]] = {}
        for member in self.district.members:
            members.setdefault(str(member.grid), []).append(member.number)
        steps = [*story.DAY, *story.ordinary(self.chance, members)]
        return sorted(steps, key=lambda step: (moment(step.at), step.tablet))

    def do(self, step: Step) -> None:
        """One step: at the desk online, on a tablet offline."""
        self._go_on(moment(step.at))
        data, entity = self.things.data(step.data), self.things.thing(step.thing)
        if step.tablet in self.desks:
            self.desks[step.tablet].do(step.kind, entity, data)
            return
        carried = self.carried[step.tablet]
        if step.kind == "service.record":
            end = carried.clock.wall_ms()
            data |= {"start": end - step.minutes * MINUTE, "end": end}
        if step.kind in story.NEWER_APP:
            done = carried.tablet.record("ticket.claim", entity, {"member": entity})
            carried.line.foreign[done.id] = {"kind": step.kind, "data": data}
        else:
            private = None if step.private is None else dict(step.private)
            done = carried.tablet.record(step.kind, entity, data, private)
        carried.changes[done.id] = step

    def _go_on(self, until: int) -> None:
        """Time goes on; clocks are set wrong and right, and who passes a network at noon uses it."""
        due: list[tuple[int, str, int | None]]
        due = [(moment(at), name, minutes) for at, name, minutes in story.CLOCKS]
        due += [(moment(at), name, None) for name, times in story.LUNCH.items() for at in times]
        for at, name, minutes in sorted(due, key=lambda one: one[:2]):
            if self.world.now < at <= until:
                self.world.go_on(at)
                if minutes is None:
                    self.carried[name].sync()
                else:
                    self.carried[name].clock.set_wall(minutes * MINUTE)
        self.world.go_on(until)

    # The evening

    def evening(self) -> None:
        """Uploads in an order of chance (but A, who claimed later, before B), over a road that breaks."""
        self._go_on(moment("17:40"))
        recorded = sum(len(one.changes) for one in self.carried.values())
        self.tell(f"the day is over: {recorded} changes were recorded on tablets without a network")
        copy_database(self.folder / "lianxin.db", self.folder / "before.db")
        order = [name for name in story.TABLETS if name not in (story.SILENT, story.LATE)]
        self.chance.shuffle(order)
        first, second = sorted((order.index("A"), order.index("B")))
        order[first], order[second] = "A", "B"
        for number, name in enumerate(order):
            self._go_on(moment("18:00") + number * 5 * MINUTE)
            if name == story.BY_STICK:
                self._by_stick(name)
            else:
                self._upload(name)

    def _upload(self, name: str) -> None:
        carried = self.carried[name]
        if name in BREAKS:
            carried.line.breaks = BREAKS[name]
            if carried.tablet.sync().synced:
                raise RuntimeError(f"the road did not break under tablet {name}")
            self.uploads.append(f"{name} (cut off in the {BREAKS[name]})")
        carried.sync()
        self.uploads.append(name)

    def _by_stick(self, name: str) -> None:
        """The upload as a file, imported twice, and its answer carried back."""
        carried, file = self.carried[name], self.folder / f"{name}.lianxin"
        sent = carried.tablet.export(file)
        carried.line.heard.append(Uploaded(carried.line.token, _stick(file)))
        taken = [self.house.call(self.house.hub.import_file, file) for _ in range(2)]
        if [one.taken for one in taken] != [sent, 0]:
            raise RuntimeError("a stick that was imported twice did not count once")
        answer = self.folder / f"{name}.answer.lianxin"
        answer.write_bytes(taken[1].answer)
        carried.tablet.import_answer(answer)
        self.uploads.append(f"{name} (by stick, twice)")

    # The night, and after

    def night(self, at: str) -> dict[str, Any]:
        """Settle, and prove it; the night's report."""
        self._go_on(moment(at))
        night = self.house.call(self.house.hub.settle)
        report = self.house.call(night_report, self.house.hub, night)
        verified = self.house.call(self.house.hub.verify)
        if not verified.ok:
            raise RuntimeError(f"verify found differences: {verified.differences}")
        self.tell(f"settled {report['changes']} changes; a replay of the whole log gives the same tables")
        return report | {"verify": verified.ok}

    def other_orders(self) -> list[str]:
        """The digests of the same night, each from other pieces in another order on a fresh database."""
        heard = [upload for one in self.carried.values() for upload in one.line.heard]
        digests = []
        for number in range(ORDERS):
            settings = copied(
                self.house.settings, self.folder / "before.db", self.folder / f"order-{number}.db"
            )
            chance = Chance(self.seed, f"order {number}")
            work = (settings, self.clock, self._ids(f"order {number}"), heard, chance)
            digests.append(self.house.call(settle_again, *work))
        self.tell(f"settled the same uploads in {ORDERS} other orders")
        return digests

    def clocks(self) -> dict[str, Any]:
        """How far the hub's deeds are from when things were really done, on clocks that were days off."""
        known = self.house.call(deeds, self.house.hub)
        errors = []
        for _, step, change in self._done():
            if change in known:
                deed, uncertainty = known[change]
                errors.append((abs(deed - moment(step.at)), uncertainty))
        return {
            "deeds": len(errors),
            "largest_error_ms": max(error for error, _ in errors),
            "within_uncertainty": all(
                uncertainty is not None and error <= uncertainty for error, uncertainty in errors
            ),
        }

    def morning(self, at: str, *, late: bool) -> None:
        """Everybody hears the verdicts; who found no network yesterday brings the day before now."""
        self._go_on(moment(at))
        for name, carried in self.carried.items():
            if name != story.SILENT and (late or name != story.LATE):
                carried.sync()

    def offices(self) -> Offices:
        """The day at the offices, online, after the night that they have seen."""
        self._go_on(moment("+1 09:00"))
        keys = {name: self._key(*whose) for name, whose in story.OFFICES.items()}
        offices = Offices(
            self.house, self.things, keys, self._ids, lambda at: self._go_on(moment(at)), self.stack
        )
        for scene in OFFICE_DAY:
            scene(offices)
        self.tell(f"the offices worked a day online: {len(offices.lines)} lines of it below")
        return offices

    def paper(self) -> Paper:
        """A resident rates what was done yesterday, by a code on paper; and tries the same code once more."""
        self._go_on(moment("+1 18:00"))
        paper = Paper(self.desks[story.DESK], entity_id("community", story.DESKS[story.DESK]))
        for _ in range(2):
            paper.rate()
        self.tell("a resident rated a ticket by a code on paper, once")
        return paper

    def exported(self) -> dict[str, Any]:
        """What a unit takes home of its members' month."""
        unit, period = story.EXPORTED
        return {"unit": unit, **exported(self.desks[story.DESK], entity_id("unit", unit), period)}

    def scenes(self) -> list[dict[str, Any]]:
        """What the tablets of each scene heard of what they did."""
        told = {name: one.told() for name, one in self.carried.items()}
        heard: dict[str, list[dict[str, Any]]] = {scene: [] for scene in story.SCENES}
        for name, step, change in self._done():
            verdict = told[name][change]
            if step.scene:
                heard[step.scene].append(
                    {
                        "tablet": name,
                        "at": step.at,
                        "kind": step.kind,
                        "outcome": verdict.outcome,
                        "code": verdict.code,
                        "sentence": verdict.sentence,
                    }
                )
        titles = story.SCENES.items()
        return [
            {"scene": key, "title": {"zh": zh, "en": en}, "heard": heard[key]} for key, (zh, en) in titles
        ]

    def _done(self) -> Iterator[tuple[str, Step, str]]:
        """Every tablet's steps and changes, in the order of the day."""
        done = [(step, name, id) for name, one in self.carried.items() for id, step in one.changes.items()]
        for step, name, change in sorted(done, key=lambda one: (moment(one[0].at), one[1])):
            yield name, step, change


def _stick(file: Path) -> dict[str, Any]:
    """What a stick's file says, as an upload."""
    head, *changes = (msgspec.json.decode(line) for line in gzip.decompress(file.read_bytes()).splitlines())
    return {**head, "changes": changes}


def play(seed: int, folder: Path, tell: Tell) -> Played:
    """The whole day, in an empty folder; RuntimeError where something does not hold."""
    with ExitStack() as stack:
        demo = Demo(seed, folder, tell, stack)
        demo.begin()
        demo.leave()
        for step in demo.steps():
            demo.do(step)
        demo.evening()
        first = demo.night("+1 02:00")
        digests = demo.other_orders()
        demo.morning("+1 07:30", late=False)
        demo.morning("+1 08:00", late=True)
        for step in story.NEXT_MORNING:
            demo.do(step)
        offices = demo.offices()
        paper = demo.paper()
        second = demo.night("+2 02:00")
        points.expired(offices)
        demo.morning("+2 07:30", late=True)
        counted = demo.house.call(stats, demo.house.hub)
        papers = {
            "paper": paper.told(),
            "export": demo.exported(),
            "offices": {"lines": offices.lines, "facts": offices.facts},
        }
        return _played(demo, [first, second], digests, counted, papers)


def _list(listed: RegisteredList) -> dict[str, Any]:
    """What came of the unit's list, as data."""
    return {**listed._asdict(), "problems": [one._asdict() for one in listed.problems]}


def _sum(counts: Iterable[dict[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return dict(sorted(total.items()))


def _played(
    demo: Demo,
    reports: list[dict[str, Any]],
    digests: list[str],
    counted: dict[str, Any],
    papers: dict[str, Any],
) -> Played:
    first = reports[0]
    result = {
        "seed": demo.seed,
        "tablets": len(demo.carried),
        "uploads": demo.uploads,
        "changes": sum(report["changes"] for report in reports),
        "outcomes": _sum(report["outcomes"] for report in reports),
        "results": _sum(report["results"] for report in reports),
        "conflicts": [line for report in reports for line in report["conflicts"]],
        "waiting": reports[-1]["totals"]["waiting"],
        "quarantine": first["quarantine"],
        "silent": first["silent"],
        "points_total": counted["total"]["points"],
        "orders_tried": len(digests),
        "digests_equal": all(digest == first["digest"] for digest in digests),
        "digest": first["digest"],
        "verify": all(report["verify"] for report in reports),
        "clocks": demo.clocks(),
        "stats": counted["total"],
        "unit_list": _list(demo.listed),
        **papers,
        "scenes": demo.scenes(),
    }
    return Played(result, reports, result["scenes"])

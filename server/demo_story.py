"""The demo's day, as a table: who did what, when and where, in the example district.

Each scene is one of the things that go wrong between tablets which cannot hear each other. What
came of them is in nobody's script: the rule book decides.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from schema.values import Role
from server.demo_world import Chance

TABLETS: Final[dict[str, tuple[str, int]]] = {
    "A": ("LY-1", 0),
    "B": ("LY-1", 0),
    "C": ("LY-2", 0),
    "D": ("LY-2", -120),
    "E": ("LY-3", 0),
    "F": ("LY-4", 0),
    "G": ("LY-3", 0),
    "V": ("CG-1", 3 * 24 * 60),
    "W": ("CG-1", 7),
}
"""Each tablet's grid, and by how many minutes its wall clock is wrong."""

SILENT: Final = "G"
"""Was enrolled some days ago and has not been heard of since."""
LATE: Final = "W"
"""Finds no network tonight."""
BY_STICK: Final = "V"
"""Its upload is carried to town on a USB stick."""
LUNCH: Final = {"D": ("10:30", "12:30")}
"""Who meets a network during the day, and when."""

SCENES: Final[dict[str, tuple[str, str]]] = {
    "one seat": ("两台平板离线接同一单", "Two tablets take the same one-seat ticket offline"),
    "online claim": ("网上已接，离线也接了", "Claimed online at 10:00, claimed offline at 09:00"),
    "registered twice": ("同一人在两台平板上登记", "The same person is registered on two tablets"),
    "two titles": ("两个标题", "Two titles for one ticket"),
    "slow clock": ("钟慢两小时，但看过再改", "A clock two hours slow, changing what it had seen"),
    "priority": ("派单台与联络员各定缓急", "The desk and two liaisons set a priority"),
    "cancelled and done": ("办公室取消，村里办成", "Cancelled in the office, finished in the village"),
    "opener later": ("开单的平板还没上传", "A service on a ticket whose opener has not uploaded"),
    "same night": ("先记服务，后开单，同一晚到", "A service before its ticket, both in one night"),
    "linked later": ("服务后补关联", "A service that is linked to its ticket later"),
    "overlap": ("同一人同一时段记了两次", "One member's hour recorded twice"),
    "caps": ("一天五次，有上限", "Five services in a day, with a cap"),
    "void": ("作废一条服务", "A service that is voided"),
    "redeem": ("兑换积分，够与不够", "Points redeemed, and more than there are"),
    "last seat": ("两台平板离线领同一岗", "Two tablets take a post's last seat offline"),
    "sign-in": ("一人在两台平板签到", "One member signs in on two tablets"),
    "last item": ("两台平板离线兑最后一件", "Two tablets ask for the last reward offline"),
    "pause": ("暂停要说明原因，时钟停走", "A pause says why, and the clock stands still"),
    "second person": ("手工加分，须第二人确认", "A credit by hand takes a second person"),
    "mistake": ("四个一记错了，次早的补上", "A duty recorded by mistake, and the next counts"),
    "duty": ("两台平板离线记同一单位的联系", "Two tablets record one unit's contact offline"),
    "evaluation": ("两台平板离线评价同一人", "Two tablets evaluate one member offline"),
    "whistle": ("两台平板为同一单吹哨", "Two tablets blow a whistle for one ticket"),
    "set apart": ("读不懂的与越权的", "One unreadable and two forbidden changes"),
}


class Step(NamedTuple):
    """One thing somebody did. `data` and `private` name things as `@grid:LY-1`, `@member:017`, `@thing:parking`.

    A service lasts `minutes` and ends at `at`. A desk does it online.
    """

    at: str
    tablet: str
    kind: str
    thing: str
    data: Mapping[str, Any] = {}
    private: Mapping[str, Any] | None = None
    minutes: int = 0
    scene: str = ""


DESK, DESK_CG = "the desk of LY", "the desk of CG"
DESKS: Final[dict[str, str]] = {DESK: "LY", DESK_CG: "CG"}
"""Who works online, for which community."""
_LEGAL, _PARKING, _ENTRANCE = "@thing:legal", "@thing:parking", "@thing:entrance"


def _open(grid: str, category: str, title: str, **more: Any) -> dict[str, Any]:
    return {"grid": f"@grid:{grid}", "category": category, "title": title, **more}


def _post(name: str, seats: int, **more: Any) -> dict[str, Any]:
    zh, _, en = name.partition(" ")
    whole = {"code": en.lower().replace(" ", "-"), "name": {"zh": zh, "en": en}, "seats": seats}
    return {**whole, "community": "@community:LY", "from": "2026-01-01", "until": "2026-12-31", **more}


def _team(name: str, **more: Any) -> dict[str, Any]:
    zh, _, en = name.partition(" ")
    whole = {"code": en.lower().replace(" ", "-"), "name": {"zh": zh, "en": en}}
    return {**whole, "community": "@community:LY", **more}


def _session(title: str, team: str) -> dict[str, Any]:
    """On the demo's day, two hours from nine in the morning."""
    times = {"start": "2026-03-16T01:00:00.000Z", "end": "2026-03-16T03:00:00.000Z"}
    return {"community": "@community:LY", "title": title, "team": team, "category": "environment", **times}


def _reward(name: str, points: int, **more: Any) -> dict[str, Any]:
    zh, _, en = name.partition(" ")
    whole = {"code": en.lower(), "name": {"zh": zh, "en": en}, "points": points}
    return {**whole, "community": "@community:LY", "from": "2026-01-01", **more}


_KETTLE: Final = {"points": 2, "reward": "水壶 Kettle", "item": "@thing:kettle"}


def _duty(unit: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"unit": f"@unit:{unit}", "community": "@community:LY", "kind": kind, **more}


def _evaluation(number: str, period: str, grade: str) -> dict[str, Any]:
    return _by(number, community="@community:LY", period=period, grade=grade)


def _whistle(lead: str, other: str) -> dict[str, Any]:
    """To be answered by five in the afternoon."""
    called = {"lead": f"@unit:{lead}", "departments": [f"@unit:{other}"]}
    return {"ticket": _ENTRANCE, **called, "deadline": "2026-03-16T09:00:00.000Z"}


def _declines(unit: str) -> dict[str, Any]:
    return {"department": f"@unit:{unit}", "answer": "DECLINED", "part": "不归我们 Not ours"}


def _by(number: str, **more: Any) -> dict[str, Any]:
    return {"member": f"@member:{number}", **more}


MORNING: Final[tuple[Step, ...]] = (
    Step("07:40", DESK, "ticket.open", "parking", _open("LY-1", "parking", "门口停车难 Parking at the gate")),
    Step("07:40", DESK, "ticket.open", "entrance", _open("LY-1", "entrance", "路口太窄 A narrow entrance")),
    Step("07:41", DESK, "ticket.open", "health", _open("LY-2", "health", "健康宣传 Health publicity")),
    Step("07:41", DESK, "ticket.open", "lamp", _open("LY-2", "safety", "路灯 Street lamp")),
    Step("07:42", DESK, "ticket.open", "legal", _open("LY-3", "legal", "合同咨询 About a contract")),
    Step("07:42", DESK_CG, "ticket.open", "tyre", _open("CG-1", "tyre", "来客换胎 A visitor's tyre")),
    Step("07:44", DESK, "post.put", "help", _post("帮办岗 Help desk", 1, skills=["law"])),
    Step("07:44", DESK, "team.put", "green", _team("环保先锋队 Green vanguard", theme="environment")),
    Step("07:45", DESK, "activity.open", "cleaning", _session("清洁日 Cleaning day", "@thing:green")),
    Step("07:44", DESK, "post.put", "guard", _post("健康卫士岗 Health guard", 2, grid="@grid:LY-2")),
    Step("07:45", DESK, "reward.put", "kettle", _reward("水壶 Kettle", 2, stock=1)),
    Step(
        "07:43",
        DESK,
        "ticket.open",
        "permit",
        _open("LY-4", "enterprise", "企业办证难 A permit for an enterprise"),
    ),
)
"""What the desk opens before the tablets leave."""

DAY: Final[tuple[Step, ...]] = (
    # One seat: B at 08:50, A at 09:10; A uploads first.
    Step("08:50", "B", "ticket.claim", "parking", _by("005"), scene="one seat"),
    Step("09:10", "A", "ticket.claim", "parking", _by("009"), scene="one seat"),
    Step("10:20", "A", "service.record", "a-parking", _by("009", ticket=_PARKING), minutes=60, scene="one seat"),
    Step("10:00", "B", "ticket.start", "parking", _by("005")),
    Step("11:00", "B", "ticket.finish", "parking", _by("005")),
    Step("11:00", "B", "service.record", "b-parking", _by("005", ticket=_PARKING), minutes=60),
    # Claimed offline at 09:00, online at 10:00.
    Step("09:00", "E", "ticket.claim", "legal", _by("003"), scene="online claim"),
    Step("09:50", "E", "service.record", "e-legal", _by("003", ticket=_LEGAL), minutes=40, scene="online claim"),
    Step("10:00", DESK, "ticket.claim", "legal", _by("007")),
    # One person, two tablets.
    Step(
        "09:40",
        "A",
        "member.register",
        "a-201",
        {"unit": "@unit:LY-U05", "number": "201", "name": "党员 201", "grid": "@grid:LY-1"},
        scene="registered twice",
    ),
    Step(
        "10:20",
        "C",
        "member.register",
        "c-201",
        {"unit": "@unit:LY-U05", "number": "201", "name": "党员 201", "grid": "@grid:LY-2"},
        scene="registered twice",
    ),
    Step(
        "11:20", "C", "service.record", "c-201-service", {"member": "@thing:c-201"}, minutes=45, scene="registered twice"
    ),
    # Two titles.
    Step("09:50", "A", "ticket.edit", "entrance", {"title": "路口拓宽 Widen the entrance"}, scene="two titles"),
    Step(
        "10:40", "B", "ticket.edit", "entrance", {"title": "路口拓宽一米 One metre more"}, scene="two titles"
    ),
    # The desk's priority: C has not seen it, D has.
    Step("10:00", DESK, "ticket.edit", "health", {"priority": "HIGH"}),
    Step("11:00", "C", "ticket.edit", "health", {"priority": "LOW"}, scene="priority"),
    Step("11:30", "D", "ticket.edit", "health", {"priority": "URGENT"}, scene="priority"),
    # D's clock is two hours slow; at 12:30 it sees the desk's title and changes it.
    Step("12:00", DESK, "ticket.edit", "lamp", {"title": "路灯不亮 A dark street lamp"}),
    Step("13:00", "D", "ticket.edit", "lamp", {"title": "两盏路灯不亮 Two dark lamps"}, scene="slow clock"),
    # Cancelled in the office at 14:00, finished in the village at 15:00.
    Step("13:30", "V", "ticket.claim", "tyre", _by("133"), scene="cancelled and done"),
    Step("14:00", DESK_CG, "ticket.cancel", "tyre", {"reason": "来客已离开 The visitor has left"}),
    Step("15:00", "V", "ticket.finish", "tyre", _by("133"), scene="cancelled and done"),
    Step(
        "15:00", "V", "service.record", "v-tyre", _by("133", ticket="@thing:tyre"), minutes=50, scene="cancelled and done"
    ),
    # W opens a ticket and finds no network tonight; V helps there.
    Step("09:30", "W", "ticket.open", "food", _open("CG-1", "food", "为旅客送餐 Food for travellers")),
    Step("10:30", "V", "service.record", "v-food", _by("135", ticket="@thing:food"), minutes=30, scene="opener later"),
    # B writes its service down before A opens the ticket.
    Step("10:55", "B", "service.record", "b-bins", _by("001", ticket="@thing:bins"), minutes=25, scene="same night"),
    Step(
        "11:10",
        "A",
        "ticket.open",
        "bins",
        _open("LY-1", "environment", "垃圾分类点 The recycling bins"),
        {"contact": {"name": "住户甲", "telephone": "100-0001", "doorstep": "3-2-101"}},
        scene="same night",
    ),
    Step("15:00", "D", "service.record", "d-lamp", _by("010"), minutes=40, scene="linked later"),
    Step("16:00", "D", "service.link", "d-lamp", {"ticket": "@thing:lamp"}, scene="linked later"),
    # 013's hour on one ticket twice; 017's on two different things.
    Step("15:00", "A", "service.record", "a-013", _by("013", ticket="@thing:bins"), minutes=60, scene="overlap"),
    Step("15:05", "B", "service.record", "b-013", _by("013", ticket="@thing:bins"), minutes=55, scene="overlap"),
    Step("16:00", "A", "service.record", "a-017", _by("017", ticket=_ENTRANCE), minutes=60, scene="overlap"),
    Step("16:30", "B", "service.record", "b-017", _by("017"), minutes=60, scene="overlap"),
    *(
        Step(at, "F", "service.record", f"f-008-{at}", _by("008"), minutes=20, scene="caps")
        for at in ("09:00", "09:30", "10:00", "10:30", "11:00")
    ),
    Step("14:30", "C", "service.record", "c-014", _by("014"), minutes=30, scene="void"),
    Step("16:20", "C", "service.void", "c-014", {"reason": "记错了人 The wrong member"}, scene="void"),
    # A permit for an enterprise, from claim to closing; what it earned is redeemed.
    Step("08:40", "F", "ticket.claim", "permit", _by("004"), scene="redeem"),
    Step("08:45", "F", "ticket.start", "permit", _by("004")),
    Step("11:30", "F", "service.record", "f-permit", _by("004", ticket="@thing:permit"), minutes=150, scene="redeem"),
    Step("11:35", "F", "ticket.finish", "permit", _by("004")),
    Step("11:40", "F", "ticket.close", "permit", {"rating": 5}, {"words": "办得快 Quickly done"}, scene="redeem"),
    Step("17:00", "F", "points.redeem", "f-towel", _by("004", points=3, reward="毛巾 A towel"), scene="redeem"),
    Step("17:05", "F", "points.redeem", "f-kettle", _by("008", points=500, reward="水壶 A kettle"), scene="redeem"),
    # The help desk has one seat: C at 09:05 and A at 09:20; A uploads first. Two for the health guard, one left again.
    Step("09:05", "C", "post.take", "help", _by("018"), scene="last seat"),
    Step("09:20", "A", "post.take", "help", _by("021"), scene="last seat"),
    Step("09:30", "C", "post.take", "guard", _by("022")),
    Step("09:35", "C", "post.take", "guard", _by("026")),
    Step("16:45", "C", "post.leave", "guard", _by("026")),
    # The team's cleaning day: 018 signs in with C, and on the way home with A; 022's service is a sign-in too.
    Step("09:10", "C", "team.join", "green", _by("018")),
    Step("09:15", "C", "activity.join", "cleaning", _by("018"), scene="sign-in"),
    Step("10:45", "A", "activity.join", "cleaning", _by("018"), scene="sign-in"),
    Step("11:00", "C", "service.record", "c-022", _by("022", activity="@thing:cleaning"), minutes=90, scene="sign-in"),
    # The last kettle: B at 17:05, E at 17:20; both have earned it today, and E uploads first.
    Step("17:05", "B", "points.redeem", "b-kettle", _by("005", **_KETTLE), scene="last item"),
    Step("17:20", "E", "points.redeem", "e-kettle", _by("003", **_KETTLE), scene="last item"),
    # The bureau's contact of March: A at 10:40, C at 15:20. Two more units do what they owe.
    Step("10:40", "A", "duty.record", "a-contact", _duty("LY-U01", "CONTACT", topic="停车难 Parking"), scene="duty"),
    Step("15:20", "C", "duty.record", "c-contact", _duty("LY-U01", "CONTACT", topic="停车难 Parking"), scene="duty"),
    Step("15:25", "C", "duty.record", "c-survey", _duty("LY-U04", "SURVEY", topic="路口拓宽 A wider entrance")),
    Step("16:20", "B", "duty.record", "b-talk", _duty("LY-U07", "TALK", topic="消防 Fire safety")),
    # C proposes a credit; the desk looks the next morning, and only then it counts.
    Step("16:50", "C", "points.adjust", "c-credit", _by("026", points=3, reason="抗洪时代班 Stood in at the flood"), scene="second person"),
    # C waits for leaflets and the ticket's clock stands still; D has them, and it runs again.
    Step("15:30", "C", "ticket.pause", "health", {"reason": "等宣传册 Waiting for leaflets"}, scene="pause"),
    Step("16:20", "D", "ticket.resume", "health", {}, scene="pause"),
    # E's survey was another unit's; F, who made one too, hears that its own counts now.
    Step("10:05", "E", "duty.record", "e-survey", _duty("LY-U09", "SURVEY", topic="菜场 The market"), scene="mistake"),
    Step("14:10", "F", "duty.record", "f-survey", _duty("LY-U09", "SURVEY", topic="电梯 Lifts"), scene="mistake"),
    Step("16:30", "E", "duty.void", "e-survey", {"reason": "记错了单位 The wrong unit"}, scene="mistake"),
    Step("16:21", "B", "duty.record", "b-late", _duty("LY-U07", "CONTACT", on="2026-02-26")),
    # Quarter's end: A finds 018 excellent at 16:30, C qualified at 17:10. January has been closed for a month.
    Step("16:30", "A", "evaluation.submit", "a-018", _evaluation("018", "2026-Q1", "EXCELLENT"), scene="evaluation"),
    Step("17:10", "C", "evaluation.submit", "c-018", _evaluation("018", "2026-Q1", "QUALIFIED"), scene="evaluation"),
    Step("17:12", "C", "evaluation.submit", "c-022", _evaluation("022", "2026-03", "QUALIFIED"), scene="evaluation"),
    Step("17:15", "C", "evaluation.submit", "c-january", _evaluation("018", "2026-01", "QUALIFIED"), scene="evaluation"),
    # Both see that one member cannot widen the entrance. Nobody has come by 17:00, so the district is called.
    Step("11:30", "B", "whistle.blow", "b-whistle", _whistle("LY-U01", "LY-U02"), scene="whistle"),
    Step("11:50", "A", "whistle.blow", "a-whistle", _whistle("LY-U03", "LY-U02"), scene="whistle"),
    Step("11:55", "A", "whistle.answer", "a-whistle", _declines("LY-U03"), scene="whistle"),
    # E runs a newer app than the hub; F edits what is not its own.
    Step("16:00", "E", "ticket.photograph", "legal", {"photo": "@thing:photo"}, scene="set apart"),
    Step("16:05", "E", "device.assign", "e-device", {"grids": ["@grid:LY-1"]}, scene="set apart"),
    Step("16:10", "F", "ticket.edit", "parking", {"title": "别人的定单 Somebody else's ticket"}, scene="set apart"),
)  # fmt: skip
"""What happens while nobody hears of anybody else."""

UNIT_LIST: Final = ("LY-U15", "编号,姓名,网格\n126,党员 126,LY-2\n301,党员 301,LY-4\n302,党员 302,LY-9\n")
"""A unit and its list (双报到): one known, one new, and one for a grid that there is not."""

EXPORTED: Final = ("LY-U02", "2026-03")
"""The unit that asks what its members did, and for which month."""

NEXT_MORNING: Final[tuple[Step, ...]] = (Step("+1 09:00", DESK, "points.confirm", "c-credit", {}),)
"""What the desks do when they have seen the night."""

OFFICES: Final[dict[str, tuple[Role, str, str]]] = {
    "desk": (Role.DISPATCHER, "LY", ""),
    "village": (Role.DISPATCHER, "CG", ""),
    "district": (Role.ADMIN, "", ""),
    "lead": (Role.UNIT, "", "LY-U01"),
    "hospital": (Role.UNIT, "", "LY-U02"),
}
"""Who works online the next day: their role, and their community or unit."""

CLOCKS: Final[tuple[tuple[str, str, int], ...]] = (("13:00", "B", -300), ("17:30", "B", 0))
"""B's wall clock is set back five hours at lunch; in the evening the phone network puts it right."""

NEWER_APP: Final = ("ticket.photograph", "device.assign")
"""Kinds that our own tablets would not record: another program wrote them."""

DEEDS: Final[dict[str, tuple[str, ...]]] = {
    "parking": ("划停车线 Marking bays", "疏导车辆 Directing cars"),
    "environment": ("清理楼道 Clearing a stairway", "种花 Planting flowers"),
    "safety": ("检查灭火器 Checking extinguishers", "查电线 Checking wires"),
    "health": ("量血压 Taking blood pressure", "发宣传册 Handing out leaflets"),
    "food": ("给老人送饭 Meals for the old", "送热水 Bringing hot water"),
    "legal": ("解释合同 Explaining a contract",),
    "tyre": ("换胎 Changing a tyre", "搭电 A jump start"),
}


def ordinary(chance: Chance, members: Mapping[str, list[str]]) -> Iterator[Step]:
    """The day's other tickets, from opening to closing: members by grid, each for one ticket at most."""
    for tablet, (grid, _) in TABLETS.items():
        if tablet in (SILENT, LATE):
            continue
        spare = [number for number in members[grid] if f"@member:{number}" not in _BUSY]
        chance.shuffle(spare)
        for order in range(2 + chance.number(3)):
            yield from _ticket(chance, tablet, grid, f"{tablet}-{order}", spare.pop())


_BUSY: Final = frozenset(step.data["member"] for step in DAY if "member" in step.data)


def _ticket(chance: Chance, tablet: str, grid: str, name: str, number: str) -> Iterator[Step]:
    opened = 8 * 60 + 40 + chance.number(6 * 60)
    category = chance.choice(sorted(DEEDS))
    title = chance.choice(DEEDS[category])
    contact = {"contact": {"name": "住户", "telephone": f"100-{chance.number(10_000):04d}"}}
    yield Step(_clock(opened), tablet, "ticket.open", name, _open(grid, category, title), contact)
    steps = ("ticket.claim", "ticket.start", "ticket.finish")[: 1 + chance.number(3)]
    for index, kind in enumerate(steps):
        yield Step(_clock(opened + 5 + 40 * index), tablet, kind, name, _by(number))
    if len(steps) == 3:
        end = opened + 5 + 80
        service = _by(number, ticket=f"@thing:{name}")
        yield Step(_clock(end), tablet, "service.record", f"{name}-service", service, minutes=40)
        rating = 3 + chance.number(3)
        yield Step(_clock(end + 5), tablet, "ticket.close", name, {"rating": rating})


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"

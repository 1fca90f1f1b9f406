"""The desks: a dispatcher in each community and the district's office, online, each on a screen that may be old.

THE TABLE of what they do is at the end. A desk that hears nothing asks again, with the same id.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from schema.values import Refused, Role, Submitted
from server.store import Hub
from sync.shapes import format_time
from tests.simulation.carrier import pick
from tests.simulation.chance import Ids
from tests.simulation.clocks import MINUTE
from tests.simulation.deeds_tickets import PRIORITIES, TAGS
from tests.simulation.district import CATEGORIES, SKILLS
from tests.simulation.evidence import plain
from tests.simulation.hand import Nothing
from tests.simulation.house import Down, Job

if TYPE_CHECKING:
    from tests.simulation.world import World

SCREENS: Final = {
    "ticket": "SELECT id, rev, state, grid, community, round FROM ticket",
    "member": "SELECT id, rev, alias_of, grid, community, points, unit, number FROM member",
    "service": "SELECT id, rev, state, grid, community FROM service",
    "conflict": "SELECT id, rev, state, grid, community, candidates FROM conflict",
    "post": "SELECT id, rev, community, grid, code, name, seats FROM post",
    "team": "SELECT id, rev, community, code FROM team",
    "reward": "SELECT id, rev, community, code, stock FROM reward",
    "whistle": "SELECT id, rev, community, calls FROM whistle",
    "adjustment": "SELECT id, rev, community, state FROM adjustment",
    "pointExpiry": "SELECT id, rev FROM point_expiry",
    "duty": "SELECT id, rev, community, state FROM duty",
    "device": "SELECT id, rev, grids FROM device",
}
Raw = dict[str, Any]


class Desk:
    """One office's desk. `community` is None for the district's."""

    def __init__(self, world: "World", name: str, token: str, community: str | None) -> None:
        self.world = world
        self.name = name
        self.community = community
        self.chance = world.stream(f"desk {name}")
        self.ids = Ids(world.stream(f"ids {name}"), world.time)
        self._token = token
        self._screen: dict[str, list[Any]] = {}
        self.waits: dict[str, Raw] = {}

    # The screen

    def look(self) -> None:
        """Have the screen show what the hub has now; it stays so until somebody looks again."""
        self._screen = {
            name: [row for row in self.world.look(sql) if self._is_ours(row)] for name, sql in SCREENS.items()
        }

    def _is_ours(self, row: Any) -> bool:
        return self.community is None or getattr(row, "community", self.community) == self.community

    def one(self, collection: str, fits: Callable[[Any], bool] = lambda _: True, few: float = 0.3) -> Any:
        """Something on the screen, the newest ones first."""
        found = {row.id: row for row in self._screen.get(collection, ()) if fits(row)}
        if not found:
            raise Nothing
        return found[pick(self.chance, list(found), few)]

    def ticket(self, *states: str) -> Any:
        return self.one("ticket", lambda row: not states or row.state in states)

    def member(self) -> Any:
        return self.one("member", few=0.2)

    def among(self, words: Iterable[str]) -> str:
        return self.chance.choice([*words])

    # Doing something

    def act(self) -> None:
        """One deed of the table, or once more what was not answered."""
        if not self._screen or self.chance.random() < 0.6:
            self.look()
        if self.waits and self.chance.random() < 0.5:
            self.ask_again()
            return
        for _ in range(4):
            try:
                self.does(self.chance.choices(ROWS, WEIGHTS)[0])
            except Nothing:
                continue
            return

    def does(self, row: "Row") -> None:
        """One deed of the table; raises Nothing when the screen shows nothing that it could be about."""
        self._send(row.make(self))

    def ask_again(self) -> None:
        """What was not answered, once more."""
        raw = self.waits.pop(next(iter(self.waits)))
        self._send(_again(raw, self.world.time.now, self.ids.salt()))

    def load(self, raws: list[Raw]) -> None:
        """Load the district, all at once."""

        async def work(hub: Hub) -> Any:
            return await hub.submit(await hub.authenticate(self._token), raws, "IMPORT")

        self.world.house.do("load", work)

    def raw(self, kind: str, entity: str, saw: int, data: Raw, private: dict[str, Any] | None = None) -> Raw:
        hidden = {"private": {"salt": self.ids.salt(), **private}} if private else {}
        return {
            "id": self.ids.uuid7(),
            "at": format_time(self.world.time.now),
            "run": 0,
            "saw": saw,
            "kind": kind,
            "entity": entity,
            "by": None,
            "data": data,
            **hidden,
        }

    def _send(self, raw: Raw) -> None:
        async def work(hub: Hub) -> Submitted:
            return (await hub.submit(await hub.authenticate(self._token), [raw]))[0]

        self.world.trace.say(self.name, f"asks for {raw['kind']} {raw['id']}")
        try:
            job = self.world.house.start(raw["kind"], work)
        except Down:
            self.waits[raw["id"]] = raw
            return
        self._follow(raw, job)

    def _follow(self, raw: Raw, job: Job) -> None:
        if job.done:
            self._heard(raw, job)
            return

        def later() -> None:
            self.world.house.go_on(job)
            self._follow(raw, job)

        self.world.after(self.chance.randint(1, 3 * MINUTE), later)

    def _heard(self, raw: Raw, job: Job) -> None:
        world = self.world
        try:
            submitted: Submitted = job.result()
        except Down:
            self.waits[raw["id"]] = raw
            world.trace.say(self.name, f"hears nothing of {raw['kind']}")
            return
        except Refused as refused:
            world.trace.say(self.name, f"is refused {raw['kind']}: {refused.code}")
            if refused.code == "RETRY":
                self.waits[raw["id"]] = raw
                world.witness.failed(raw["kind"], refused)
            return
        except Exception as error:
            self.waits[raw["id"]] = raw
            world.witness.failed(raw["kind"], error)
            return
        world.witness.submitted(raw, submitted, world.time.now)
        said = "queued" if submitted.outcome is None else submitted.outcome.code
        world.trace.say(self.name, f"hears of {raw['kind']}: {said} at {submitted.rev}")
        if world.faults.comes("lost_answer"):
            self.waits[raw["id"]] = raw
        else:
            self.waits.pop(raw["id"], None)


def _again(raw: Raw, now: int, salt: str) -> Raw:
    """The same once more, as a desk's app builds it anew."""
    again = {**raw, "at": format_time(now)}
    if "private" in raw:
        again["private"] = {**raw["private"], "salt": salt}
    return again


# What a desk does


def _dispatch(desk: Desk) -> Raw:
    ticket = desk.ticket("OPEN", "DISPATCHED")
    member = desk.member()
    data = {"member": member.id} if desk.chance.random() < 0.7 else {"unit": member.unit}
    return desk.raw("ticket.dispatch", ticket.id, ticket.rev, data)


def _open(desk: Desk) -> Raw:
    grids = [grid for grids in desk.world.district.grids.values() for grid in grids]
    ours = [grid for grid in grids if desk.world.community_of(grid) in {desk.community, None}] or grids
    data = {"grid": desk.among(ours), "category": desk.among(CATEGORIES), "title": "By telephone"}
    return desk.raw("ticket.open", desk.ids.uuid7(), 0, data, {"contact": {"telephone": "110"}})


def _claim(desk: Desk) -> Raw:
    ticket = desk.ticket("OPEN", "DISPATCHED", "ACCEPTED")
    return desk.raw("ticket.claim", ticket.id, ticket.rev, {"member": desk.member().id})


def _release(desk: Desk) -> Raw:
    ticket = desk.ticket("ACCEPTED", "IN_PROGRESS")
    takers = desk.world.look("SELECT member FROM ticket_taker WHERE ticket = :ticket", ticket=ticket.id)
    member = takers[0].member if takers else desk.member().id
    return desk.raw("ticket.release", ticket.id, ticket.rev, {"member": member, "reason": "Is ill."})


def _cancel(desk: Desk) -> Raw:
    ticket = desk.ticket()
    return desk.raw("ticket.cancel", ticket.id, ticket.rev, {"reason": "Asked twice."})


def _reopen(desk: Desk) -> Raw:
    ticket = desk.ticket("DONE", "CLOSED", "CANCELLED")
    return desk.raw("ticket.reopen", ticket.id, ticket.rev, {"reason": "Came again."})


def _pause(desk: Desk) -> Raw:
    ticket = desk.ticket("OPEN", "DISPATCHED", "ACCEPTED", "IN_PROGRESS")
    return desk.raw("ticket.pause", ticket.id, ticket.rev, {"reason": "The road is closed."})


def _resume(desk: Desk) -> Raw:
    ticket = desk.ticket("OPEN", "DISPATCHED", "ACCEPTED", "IN_PROGRESS")
    return desk.raw("ticket.resume", ticket.id, ticket.rev, {})


def _close(desk: Desk) -> Raw:
    ticket = desk.ticket("DONE")
    return desk.raw("ticket.close", ticket.id, ticket.rev, {"rating": desk.chance.randint(1, 5)})


def _rate(desk: Desk) -> Raw:
    """What a resident gave by a code on paper, be the ticket known to be done or not: the district alone may."""
    if desk.community is not None:
        raise Nothing
    ticket = desk.ticket("ACCEPTED", "IN_PROGRESS", "DONE", "CLOSED")
    return desk.raw(
        "ticket.rate", ticket.id, ticket.rev, {"rating": desk.chance.randint(1, 5), "round": ticket.round}
    )


def _edit(desk: Desk) -> Raw:
    ticket = desk.ticket()
    data: Raw = {"priority": desk.among(PRIORITIES)}
    if desk.chance.random() < 0.3:
        data["title"] = f"Desk {desk.chance.randint(1, 99)}"
    if desk.chance.random() < 0.2:
        data["seats"] = desk.chance.randint(1, 3)
    if desk.chance.random() < 0.2:
        data["addTags"] = [desk.among(TAGS)]
    return desk.raw("ticket.edit", ticket.id, ticket.rev, data)


def _move(desk: Desk) -> Raw:
    ticket = desk.ticket()
    grids = desk.world.district.grids[desk.world.district.community_of(ticket.grid)]
    return desk.raw("ticket.edit", ticket.id, ticket.rev, {"grid": desk.among(grids)})


def _note(desk: Desk) -> Raw:
    ticket = desk.ticket()
    return desk.raw("ticket.note", ticket.id, ticket.rev, {}, {"text": "Was called."})


def _redact(desk: Desk) -> Raw:
    ticket = desk.ticket()
    fields = desk.chance.sample(["detail", "contact", "notes", "words"], 2)
    return desk.raw("ticket.redact", ticket.id, ticket.rev, {"fields": fields})


def _rule(desk: Desk) -> Raw:
    conflict = desk.one("conflict")
    candidates = [candidate["change"] for candidate in plain(conflict.candidates)]
    stands = None if desk.chance.random() < 0.15 else desk.chance.choice(candidates)
    data = {"stands": stands, "reason": "Asked both."}
    return desk.raw("conflict.rule", conflict.id, conflict.rev, data)


def _edit_member(desk: Desk) -> Raw:
    member = desk.member()
    data: Raw = {"standing": desk.among(("ACTIVE", "AWAY", "LEFT"))}
    if desk.chance.random() < 0.3:
        data["number"] = f"N{desk.chance.randint(0, 3 + 3 * desk.world.day):03d}"
    if desk.chance.random() < 0.3:
        data["addSkills"] = [desk.among(SKILLS)]
    return desk.raw("member.edit", member.id, member.rev, data)


def _assign_member(desk: Desk) -> Raw:
    member = desk.member()
    grids = [grid for grid in desk.world.grids if desk.world.community_of(grid) == member.community]
    return desk.raw("member.assign", member.id, member.rev, {"grid": desk.among(grids)})


def _merge(desk: Desk) -> Raw:
    member = desk.member()
    into = desk.one("member", lambda row: row.community == member.community, few=0.2)
    return desk.raw("member.merge", member.id, member.rev, {"into": into.id})


def _split(desk: Desk) -> Raw:
    member = desk.one("member", lambda row: row.alias_of is not None)
    return desk.raw("member.split", member.id, member.rev, {})


def _register(desk: Desk) -> Raw:
    place = desk.world.district
    community = desk.among(place.units)
    number = desk.chance.randint(0, 3) + 3 * desk.world.day
    units = place.units[community]
    data = {"unit": units[number % len(units)], "number": f"N{number:03d}", "name": f"New {number}"}
    return desk.raw("member.register", desk.ids.uuid7(), 0, data)


def _void(desk: Desk) -> Raw:
    service = desk.one("service", lambda row: row.state != "VOID")
    return desk.raw("service.void", service.id, service.rev, {"reason": "Did not happen."})


def _adjust(desk: Desk) -> Raw:
    points = desk.chance.choice((-2, -1, 1, 2))
    data = {"member": desk.member().id, "points": points, "reason": "Counted wrong."}
    return desk.raw("points.adjust", desk.ids.uuid7(), 0, data)


def _confirm(desk: Desk) -> Raw:
    """Mostly what waits, be it this desk's own or another's."""
    adjustment = desk.one("adjustment", lambda row: row.state == "PROPOSED" or desk.chance.random() < 0.2)
    return desk.raw("points.confirm", adjustment.id, adjustment.rev, {})


def _withdraw(desk: Desk) -> Raw:
    adjustment = desk.one("adjustment")
    return desk.raw("points.withdraw", adjustment.id, adjustment.rev, {"reason": "Not so."})


def _recount(desk: Desk) -> Raw:
    """Whoever asks: only the district's counts."""
    community = desk.world.district.communities[desk.among(desk.world.district.communities)]
    today = format_time(desk.world.time.now)[:10]
    data = {
        "community": community,
        "from": "2026-02-01",
        "until": min(today, "2026-12-31"),
        "reason": "To be sure.",
    }
    return desk.raw("points.recount", desk.ids.uuid7(), 0, data)


def _put_expiry(desk: Desk) -> Raw:
    """For a day soon; another day for one that is there."""
    soon = format_time(desk.world.time.now + desk.chance.randint(1, 4) * 24 * 60 * MINUTE)[:10]
    data = {"code": "soon", "name": {"zh": "到期", "en": "Expiry"}, "months": 1, "on": soon, "utcOffset": 480}
    known = desk._screen.get("pointExpiry", ())
    there = desk.chance.choice(known) if known and desk.chance.random() < 0.5 else None
    entity, rev = (desk.ids.uuid7(), 0) if there is None else (there.id, there.rev)
    return desk.raw("pointExpiry.put", entity, rev, data)


def _void_duty(desk: Desk) -> Raw:
    duty = desk.one("duty", lambda row: row.state != "VOID")
    return desk.raw("duty.void", duty.id, duty.rev, {"reason": "Did not happen."})


def _redeem(desk: Desk) -> Raw:
    member = desk.one("member", lambda row: row.points > 0)
    points = member.points + desk.chance.randint(-3, 1)
    data = {"member": member.id, "points": max(1, points), "reward": "Kettle"}
    return desk.raw("points.redeem", desk.ids.uuid7(), 0, data)


def _put_post(desk: Desk) -> Raw:
    """With more seats or fewer, and another word for it."""
    post = desk.one("post")
    name = {"zh": f"岗 {desk.chance.randint(1, 9)}", "en": f"Post {desk.chance.randint(1, 9)}"}
    data = {"code": post.code, "name": name, "community": post.community, "seats": desk.chance.randint(1, 3)}
    grid = {} if post.grid is None else {"grid": post.grid}
    return desk.raw("post.put", post.id, post.rev, {**data, **grid, "from": "2026-01-01"})


def _leave_post(desk: Desk) -> Raw:
    post = desk.one("post")
    return desk.raw("post.leave", post.id, post.rev, {"member": desk.member().id})


def _put_team(desk: Desk) -> Raw:
    """Under another name."""
    team = desk.one("team")
    n = desk.chance.randint(1, 9)
    data = {"code": team.code, "name": {"zh": f"队 {n}", "en": f"Team {n}"}, "community": team.community}
    return desk.raw("team.put", team.id, team.rev, data)


def _put_reward(desk: Desk) -> Raw:
    """At another price, and with a few more of them."""
    reward = desk.one("reward")
    name = {"zh": "毛巾", "en": "Towel"}
    data = {"code": reward.code, "name": name, "community": reward.community, "from": "2026-01-01"}
    more = {"points": desk.chance.randint(1, 3), "stock": reward.stock + desk.chance.randint(-1, 2)}
    return desk.raw("reward.put", reward.id, reward.rev, {**data, **more, "stock": max(0, more["stock"])})


def _answer(desk: Desk) -> Raw:
    """For a department; or for the district, where it was called."""
    whistle = desk.one("whistle", lambda row: plain(row.calls))
    unit = desk.chance.choice(plain(whistle.calls))["unit"]
    data = {"answer": desk.among(("COMING", "DECLINED", "DONE"))} | ({"department": unit} if unit else {})
    return desk.raw("whistle.answer", whistle.id, whistle.rev, data)


def _evaluate(desk: Desk) -> Raw:
    """Of a member on the screen, by whoever knows of an evaluation and whoever does not."""
    member = desk.one("member", lambda row: row.alias_of is None)
    data = {"member": member.id, "community": member.community, "period": desk.among(("2026-10", "2026-11"))}
    return desk.raw(
        "evaluation.submit", desk.ids.uuid7(), 0, {**data, "grade": desk.among(("BASIC", "QUALIFIED"))}
    )


class Row(NamedTuple):
    """`kinds`: the kind of change that the deed makes."""

    name: str
    weight: float
    make: Callable[[Desk], Raw]
    kinds: str


ROWS: Final = (
    Row("dispatch", 5, _dispatch, "ticket.dispatch"),
    Row("rate by a code", 3, _rate, "ticket.rate"),
    Row("evaluate", 2, _evaluate, "evaluation.submit"),
    Row("open a ticket", 4, _open, "ticket.open"),
    Row("claim for somebody", 2, _claim, "ticket.claim"),
    Row("free a seat", 2, _release, "ticket.release"),
    Row("cancel", 3, _cancel, "ticket.cancel"),
    Row("reopen", 2, _reopen, "ticket.reopen"),
    Row("close", 2, _close, "ticket.close"),
    Row("pause", 1, _pause, "ticket.pause"),
    Row("resume", 1, _resume, "ticket.resume"),
    Row("edit a ticket", 6, _edit, "ticket.edit"),
    Row("move a ticket", 2, _move, "ticket.edit"),
    Row("note", 1, _note, "ticket.note"),
    Row("redact", 0.5, _redact, "ticket.redact"),
    Row("rule on a conflict", 5, _rule, "conflict.rule"),
    Row("edit a member", 2, _edit_member, "member.edit"),
    Row("place a member", 2, _assign_member, "member.assign"),
    Row("merge members", 1, _merge, "member.merge"),
    Row("split members", 1, _split, "member.split"),
    Row("register", 1, _register, "member.register"),
    Row("void a service", 2, _void, "service.void"),
    Row("propose a credit or debit", 2, _adjust, "points.adjust"),
    Row("confirm a credit or debit", 4, _confirm, "points.confirm"),
    Row("withdraw a credit or debit", 1, _withdraw, "points.withdraw"),
    Row("recount", 0.5, _recount, "points.recount"),
    Row("write an expiry rule", 0.3, _put_expiry, "pointExpiry.put"),
    Row("void a duty", 1, _void_duty, "duty.void"),
    Row("redeem", 3, _redeem, "points.redeem"),
    Row("write a post", 1, _put_post, "post.put"),
    Row("write a reward", 1, _put_reward, "reward.put"),
    Row("leave a post for somebody", 1, _leave_post, "post.leave"),
    Row("answer a whistle for somebody", 2, _answer, "whistle.answer"),
    Row("write a team", 1, _put_team, "team.put"),
)
WEIGHTS: Final = [row.weight for row in ROWS]
KINDS: Final = frozenset(kind for row in ROWS for kind in row.kinds.split())
BY_OTHER_DOORS: Final = frozenset({"device.assign"})
"""What the hub makes of its own accord: enrolling and assigning a tablet (days.py) are changes, too."""
OFFICES: Final = {"LY": Role.DISPATCHER, "CG": Role.DISPATCHER, "district": Role.ADMIN}

"""Random work for Hypothesis: any kind of change on a few things, by any tablet or office, however informed."""

from typing import Any, Final

from hypothesis import strategies as st
from msgspec import Struct

from sync.kinds import KINDS
from sync.kinds.kind import Office
from sync.shapes import format_time
from tests.sync.hub import Hub, Tablet
from tests.sync.invariants import check, check_settled
from tests.sync.world import (
    A1,
    A2,
    ADJUSTMENT,
    CG,
    D2,
    D3,
    E2,
    E3,
    EXPIRY,
    G1,
    G2,
    G3,
    HOUR,
    LY,
    M1,
    M2,
    M3,
    M5,
    MINUTE,
    P2,
    PER_ACTIVITY,
    PER_HOUR,
    PER_SERVICE,
    R2,
    RECOUNT,
    S2,
    S3,
    T2,
    TEAM,
    U1,
    U2,
    D,
    E,
    P,
    R,
    S,
    T,
    W,
    activity,
    community,
    duty,
    evaluation,
    ident,
    named,
    point_expiry,
    point_rule,
    post,
    reward,
    team,
    when,
    whistle,
)

NEW: Final = ident("a new member"), ident("another new member")
TICKETS: Final = (T, T2)
POSTS: Final = (P, P2)
REWARDS: Final = (R, R2)
DUTIES: Final = (D, D2, D3)
MEMBERS: Final = (M1, M1, M2, M2, M3, M5, *NEW)
SERVICES: Final = (S, S2, S3, ident("a fourth service"))
REDEMPTIONS: Final = ident("redemption"), ident("another redemption")
GRIDS: Final = (G1, G2, G3)
DEVICES: Final = ("A", "B", "C")
SCOPES: Final = {"A": (G1,), "B": (G1, G2), "C": (G2, G3)}

tickets, members, services = (st.sampled_from(pool) for pool in (TICKETS, MEMBERS, SERVICES))
activities = st.sampled_from((A1, A2))
grids, units = st.sampled_from(GRIDS), st.sampled_from((U1, U2))
numbers = st.sampled_from(("001", "002", "003", "009"))
names = st.sampled_from(("Li", "Wang"))
words = st.sampled_from(("one", "two", "three"))
codes = st.sampled_from(("legal", "electric"))
reason = st.just({"reason": "so it is"})
nothing: st.SearchStrategy[dict[str, Any]] = st.just({})


class Span(Struct, frozen=True):
    """A service's time, told from the moment it is recorded: hours before, and hours long."""

    ago: int
    long: int


spans = st.builds(Span, st.integers(0, 6), st.sampled_from((0, 1, 2, 3, 13)))


def fields(required: dict[str, Any], **optional: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


one_member = fields({"member": members})
put = st.sampled_from((community("LY"), community("LY-renamed")))

DATA: Final[dict[str, st.SearchStrategy[dict[str, Any]]]] = {
    "community.put": put,
    "unit.put": st.fixed_dictionaries(
        {"code": codes, "name": st.builds(named, words), "community": st.just(LY)}
    ),
    "grid.put": st.fixed_dictionaries(
        {"code": codes, "name": st.builds(named, words), "community": st.sampled_from((LY, CG))}
    ),
    "pointRule.put": st.builds(
        point_rule, st.sampled_from(("SERVICE", "HOUR", "RATING", "ACTIVITY")), st.integers(1, 5)
    ),
    "member.register": fields({"unit": units, "number": numbers, "name": names}, grid=grids),
    "member.edit": fields(
        {},
        name=names,
        unit=units,
        number=numbers,
        standing=st.sampled_from(("ACTIVE", "AWAY", "LEFT")),
        addSkills=st.lists(codes, min_size=1, max_size=2),
        removeSkills=st.lists(codes, min_size=1, max_size=2),
    ),
    "member.assign": fields({"grid": grids}),
    "member.merge": fields({"into": members}),
    "member.split": nothing,
    "member.request": reason,
    "ticket.open": fields(
        {"grid": grids, "category": codes, "title": words},
        place=words,
        priority=st.sampled_from(("LOW", "HIGH")),
        seats=st.integers(1, 3),
    ),
    "ticket.edit": fields(
        {},
        category=codes,
        title=words,
        place=st.none() | words,
        priority=st.sampled_from(("LOW", "HIGH", "URGENT")),
        due=st.none() | st.just("2026-12-01T00:00:00.000Z"),
        seats=st.integers(1, 3),
        grid=grids,
        addTags=st.lists(words, min_size=1, max_size=2),
        removeTags=st.lists(words, min_size=1, max_size=2),
    ),
    "ticket.dispatch": st.one_of(
        one_member,
        fields({"unit": units}),
        st.just({"post": ident("post")}),
        fields({"several": st.lists(st.one_of(one_member, fields({"unit": units})), min_size=2, max_size=3)}),
    ),
    **dict.fromkeys(("ticket.claim", "ticket.decline", "ticket.start", "ticket.finish"), one_member),
    "ticket.release": fields({"member": members, "reason": words}),
    "ticket.close": fields({}, rating=st.integers(1, 5)),
    "ticket.cancel": reason,
    "ticket.reopen": reason,
    "ticket.pause": fields({"reason": words}, until=st.just("2026-11-24T04:00:00.000Z")),
    "ticket.resume": nothing,
    "ticket.note": nothing,
    "ticket.redact": fields(
        {"fields": st.lists(st.sampled_from(("detail", "contact", "notes", "words")), min_size=1, max_size=2)}
    ),
    "service.record": fields({"member": members, "span": spans}, ticket=tickets, activity=activities),
    "service.link": st.one_of(fields({"ticket": tickets}), fields({"activity": activities})),
    "service.void": reason,
    "points.adjust": fields({"member": members, "points": st.sampled_from((-3, -1, 1, 4)), "reason": words}),
    "points.confirm": nothing,
    "points.withdraw": reason,
    "points.recount": fields(
        {
            "community": st.sampled_from((LY, CG)),
            "from": st.just("2026-11-20"),
            "until": st.sampled_from(("2026-11-23", "2026-11-24", "2026-12-31")),
            "reason": words,
        },
        rule=st.sampled_from((PER_SERVICE, PER_HOUR)),
    ),
    "pointExpiry.put": st.builds(
        point_expiry, st.sampled_from(("2026-11-25", "2026-12-24", "2027-01-20")), st.integers(1, 2)
    ),
    "points.redeem": fields(
        {"member": members, "points": st.integers(1, 4), "reward": words}, item=st.sampled_from(REWARDS)
    ),
    "reward.put": st.builds(
        reward,
        codes,
        st.integers(1, 2),
        stock=st.integers(0, 2),
        until=st.sampled_from(("2026-11-24", "2026-12-31")),
    ),
    "post.put": st.builds(
        post, codes, st.integers(1, 2), until=st.sampled_from(("2026-11-24", "2026-12-31"))
    ),
    **dict.fromkeys(("post.take", "post.leave"), one_member),
    "team.put": st.builds(team, codes),
    **dict.fromkeys(("team.join", "team.leave", "activity.join"), one_member),
    "activity.open": st.builds(
        activity, st.sampled_from(("09:00", "20:00")), st.just("23:00"), team=st.just(TEAM), category=codes
    ),
    "duty.record": st.builds(
        duty,
        st.sampled_from(("CONTACT", "TALK")),
        st.sampled_from((U1, U2)),
        on=st.sampled_from(("2026-11-22", "2026-10-31", "2026-12-31")),
    )
    | st.builds(duty, st.just("CONTACT"), st.just(U1)),
    "duty.void": reason,
    "ticket.rate": fields({"rating": st.integers(1, 5), "round": st.integers(1, 2)}),
    "evaluation.submit": st.builds(
        evaluation,
        st.sampled_from(("EXCELLENT", "QUALIFIED")),
        members,
        community=st.sampled_from((LY, CG)),
        period=st.sampled_from(("2026-11", "2026-10", "2026-Q3", "2027")),
    )
    | st.builds(evaluation, st.sampled_from(("EXCELLENT", "BASIC")), st.sampled_from((M1, M2, *NEW))),
    "whistle.blow": st.builds(
        whistle,
        units,
        ticket=tickets,
        departments=st.lists(units, min_size=1, max_size=2),
        deadline=st.sampled_from(("2026-11-23T04:00:00.000Z", "2026-11-24T04:00:00.000Z")),
    ),
    "whistle.answer": fields(
        {"answer": st.sampled_from(("COMING", "DECLINED", "DONE"))}, department=units, part=words
    ),
    "whistle.meet": fields(
        {"met": st.just("2026-11-23T04:00:00.000Z"), "present": st.lists(units, min_size=1), "record": words}
    ),
    "conflict.rule": fields({"stands": st.none() | st.integers(0, 3), "reason": words}),
    "device.assign": fields({"grids": st.lists(grids, max_size=2)}),
}

PRIVATE: Final[dict[str, st.SearchStrategy[dict[str, Any]]]] = {
    "ticket.open": fields({}, detail=words, contact=st.fixed_dictionaries({"name": words})),
    "ticket.edit": fields(
        {}, detail=st.none() | words, contact=st.none() | st.fixed_dictionaries({"name": words})
    ),
    "ticket.close": fields({}, words=words),
    "ticket.rate": fields({}, words=words),
    "evaluation.submit": fields({}, words=words),
    "ticket.note": fields({"text": words}),
    "member.register": fields({}, phone=words),
    "member.edit": fields({}, phone=st.none() | words),
    "service.record": fields({}, summary=words, place=st.just({"lat": 26_500, "lon": 111_600})),
}

ENTITIES: Final[dict[str, st.SearchStrategy[str]]] = {
    "community": st.just(LY),
    "unit": units,
    "grid": grids,
    "pointRule": st.sampled_from((PER_SERVICE, PER_HOUR)),
    "member": members,
    "ticket": tickets,
    "service": services,
    "redemption": st.sampled_from(REDEMPTIONS),
    "adjustment": st.sampled_from((ADJUSTMENT, ident("another adjustment"))),
    "recount": st.sampled_from((RECOUNT, ident("another recount"))),
    "pointExpiry": st.sampled_from((EXPIRY, ident("another expiry"))),
    "post": st.sampled_from(POSTS),
    "team": st.just(TEAM),
    "activity": activities,
    "duty": st.sampled_from(DUTIES),
    "evaluation": st.sampled_from((E, E2, E3)),
    "reward": st.sampled_from(REWARDS),
    "whistle": st.sampled_from((W, ident("a second whistle"))),
    "conflict": st.integers(0, 5).map(str),
    "device": st.sampled_from([ident(name) for name in DEVICES]),
}


class Deed(Struct, frozen=True):
    """A change before anybody makes it. For a ruling, `entity` counts conflicts and `stands` candidates."""

    kind: str
    entity: str
    data: dict[str, Any]
    private: dict[str, Any] | None


class Move(Struct, frozen=True):
    """What happens next: `who` does a deed, pushes, pulls; or the hub settles. `after` is in minutes."""

    who: str
    what: str
    after: int
    deed: Deed | None = None
    seen: str = "held"


def about(*things: str) -> tuple[str, ...]:
    """The kinds about these things, those that make one person of two or rule on a conflict twice."""
    often = {"member.register", "member.merge", "conflict.rule"}
    return tuple(
        kind.name for kind in KINDS.values() if kind.thing in things for _ in range(1 + (kind.name in often))
    )


THEMES: Final = (
    tuple(KINDS),
    about("ticket", "conflict"),
    about("member", "service", "conflict"),
    about("service", "redemption", "member", "ticket", "conflict"),
    about("member", "conflict"),
    about("post", "conflict"),
    (*about("whistle"), "ticket.open", "ticket.finish", "ticket.reopen", "conflict.rule"),
    about("team", "activity", "service", "member"),
    about("duty", "conflict", "unit"),
    (*about("evaluation"), *about("evaluation", "conflict", "member"), "community.put"),
    about("service", "redemption", "reward", "conflict"),
    about("service", "redemption", "adjustment", "recount", "pointExpiry", "pointRule", "member"),
    about("service", "adjustment", "redemption", "pointExpiry"),
    (
        "ticket.claim",
        "ticket.start",
        "ticket.decline",
        "ticket.finish",
        "ticket.close",
        "ticket.reopen",
        "conflict.rule",
    ),
    ("ticket.edit", "ticket.redact", "ticket.note", "conflict.rule"),
)
"""Kinds that are drawn together, so that they meet."""


@st.composite
def deeds(draw: st.DrawFn, kinds: tuple[str, ...]) -> Deed:
    kind = draw(st.sampled_from(kinds))
    private = draw(st.none() | PRIVATE[kind]) if kind in PRIVATE else None
    if kind == "ticket.note" and private is None:
        private = {"text": "one"}
    return Deed(kind, draw(ENTITIES[KINDS[kind].thing]), draw(DATA[kind]), private)


minutes = st.integers(0, 300)
seen_as = st.sampled_from(("held", "nothing", "everything"))
offices = st.sampled_from(("DISPATCHER", "DISTRICT"))
does_or_queues = st.sampled_from(("does", "queues"))
meetings = st.builds(Move, st.sampled_from(DEVICES), st.sampled_from(("pushes", "pulls")), minutes)
nights = st.builds(
    Move, st.just("hub"), st.just("settles"), st.sampled_from((60, 60, 600, 600, 600, 31 * 24 * 60))
)


def work(kinds: tuple[str, ...]) -> st.SearchStrategy[Move]:
    """What somebody records on a tablet."""
    return st.builds(Move, st.sampled_from(DEVICES), st.just("does"), minutes, deeds(kinds), seen_as)


def online(kinds: tuple[str, ...]) -> st.SearchStrategy[Move]:
    """What an office does."""
    return st.builds(Move, offices, does_or_queues, minutes, deeds(kinds), seen_as)


def stretches(kinds: tuple[str, ...]) -> st.SearchStrategy[list[Move]]:
    tablets, desks = work(kinds), online(kinds)
    move = st.one_of(tablets, tablets, tablets, desks, desks, meetings, nights)
    parts = st.lists(st.lists(move, max_size=20), max_size=8)
    return parts.map(lambda parts: [one for part in parts for one in part])


moves = st.sampled_from(THEMES).flatmap(stretches)


class Play:
    """Plays moves on a hub with three tablets. Nothing that they do may make it fail."""

    def __init__(self) -> None:
        self.hub = Hub()
        self.hub.watch = check_settled
        self.now = when("06:00")
        for ticket in TICKETS:
            self.hub.desk(
                "ticket.open", ticket, "-1/07:00", grid=G1, category="parking", title="one", seats=2
            )
        self.hub.desk("team.put", TEAM, "-1/07:00", **team())
        self.hub.district("pointRule.put", PER_ACTIVITY, "-1/07:00", **point_rule("ACTIVITY", 2, dailyCap=3))
        self.tablets: dict[str, Tablet] = {name: self.hub.tablet(name, *SCOPES[name]) for name in DEVICES}

    def all(self, moves: list[Move]) -> Hub:
        for move in moves:
            self.now += move.after * MINUTE
            getattr(self, move.what)(move)
            if move.what == "settles":
                check(self.hub)
        for tablet in self.tablets.values():
            tablet.push(self.now)
        self.hub.night(self.now)
        check(self.hub)
        assert not self.hub.quarantine, "every change that is drawn here can be read"
        return self.hub

    def does(self, move: Move) -> None:
        made = self._made(move)
        if made is None:
            return
        deed, saw = made
        if move.who in self.tablets:
            tablet = self.tablets[move.who]
            seen = tablet.held.get(deed.entity, 0) if saw is None else saw
            tablet.does(deed.kind, deed.entity, self.now, saw=seen, private=deed.private, **deed.data)
        else:
            self.hub.online(Office[move.who], deed.kind, deed.entity, self.now, self._more(deed, saw))

    def queues(self, move: Move) -> None:
        """An office's change that waits for the night, whether or not it had to."""
        made = self._made(move)
        if made is not None:
            deed, saw = made
            more = self._more(deed, saw)
            options = {name: more.pop(name) for name in ("saw", "private")}
            accepted = self.hub.office(Office[move.who], deed.kind, deed.entity, more, self.now, **options)
            self.hub.inbox.append(accepted)

    def _more(self, deed: Deed, saw: int | None) -> dict[str, Any]:
        return {**deed.data, "saw": saw, "private": deed.private}

    def _made(self, move: Move) -> tuple[Deed, int | None] | None:
        """The deed with what only now can be known filled in, and what its author saw."""
        assert move.deed is not None
        deed = move.deed
        saw = {"held": None, "nothing": 0, "everything": self.hub.memory.rev}[move.seen]
        if deed.kind == "conflict.rule":
            conflicts = sorted(self.hub.conflicts(), key=lambda conflict: conflict.id)
            if not conflicts:
                return None
            conflict = conflicts[int(deed.entity) % len(conflicts)]
            index = deed.data["stands"]
            stands = None if index is None else conflict.candidates[index % len(conflict.candidates)].change
            return Deed(deed.kind, conflict.id, {**deed.data, "stands": stands}, None), self.hub.memory.rev
        if deed.kind == "service.record":
            data = dict(deed.data)
            span: Span = data.pop("span")
            end = self.now - span.ago * HOUR
            for name, at in (("start", end - span.long * HOUR), ("end", end)):
                data[name] = {"at": format_time(at), "run": 1}
            return Deed(deed.kind, deed.entity, data, deed.private), saw
        return deed, saw

    def pushes(self, move: Move) -> None:
        self.tablets[move.who].push(self.now)

    def pulls(self, move: Move) -> None:
        self.tablets[move.who].pull(self.now)

    def settles(self, move: Move) -> None:
        self.hub.night(self.now)

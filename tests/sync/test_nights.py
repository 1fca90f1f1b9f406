"""Across settlements `latest`, `ranked`, `elements` and `growing` come to the same whichever nights the changes fall into.

A history is a list of days. Whoever writes has seen everything that was settled in some days before and nothing
since; tablets upload when they like, offices are online. Within a day the nights may lie anywhere: two hubs live the
same history with different nights, and after each day every field must be the same on both.
"""

import random
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct

from sync import merge
from sync.kinds.kind import Office
from sync.things import Version
from tests.sync.hub import Hub, Tablet
from tests.sync.test_due import PROMISED
from tests.sync.world import DAY, G1, LY, M1, MINUTE, MONDAY, S, T, community

TABLETS: Final = ("A", "B", "C")
OFFICES: Final = ("DISPATCHER", "DISTRICT")
DAYS: Final = 3
NIGHT: Final = 23 * 60

WRITES: Final[dict[str, tuple[str, str, list[dict[str, Any]]]]] = {
    "title": ("ticket.edit", T, [{"title": word} for word in ("one", "two", "three")]),
    "place": ("ticket.edit", T, [{"place": "gate 1"}, {"place": "gate 2"}, {"place": None}]),
    "detail": ("ticket.edit", T, [{"private": {"detail": word}} for word in ("x", "y", None)]),
    "priority": ("ticket.edit", T, [{"priority": word} for word in ("LOW", "HIGH", "URGENT")]),
    "due": ("ticket.edit", T, [{"due": f"2026-11-{day}T04:00:00.000Z"} for day in (23, 24)] + [{"due": None}]),
    "category": ("ticket.edit", T, [{"category": code} for code in ("parking", "lamp", "other")]),
    "pause": ("ticket.pause", T, [{"reason": "parts"}, {"reason": "rain", "until": "2026-11-24T04:00:00.000Z"}, {"reason": "ill"}]),
    "resume": ("ticket.resume", T, [{}, {}, {}]),
    "seats": ("ticket.edit", T, [{"seats": seats} for seats in (1, 2, 3)]),
    "tags": ("ticket.edit", T, [{"addTags": ["x"]}, {"removeTags": ["x"]}, {"addTags": ["y"], "removeTags": ["x"]}]),
    "both": ("ticket.edit", T, [{"title": "four", "priority": "LOW"}, {"place": "gate 3", "seats": 2}, {"addTags": ["y"]}]),
    "note": ("ticket.note", T, [{"private": {"text": word}} for word in ("rang", "nobody", "came")]),
    "name": ("member.edit", M1, [{"name": word} for word in ("Li", "Wang", "Zhao")]),
    "standing": ("member.edit", M1, [{"standing": word} for word in ("ACTIVE", "AWAY", "LEFT")]),
    "skills": ("member.edit", M1, [{"addSkills": ["x"]}, {"removeSkills": ["x"]}, {"addSkills": ["y"]}]),
    "void": ("service.void", S, [{"reason": word} for word in ("twice", "wrong day", "wrong member")]),
}  # fmt: skip


class Write(Struct, frozen=True):
    """One change: by whom, what, on which day and minute, with what seen, and how many days later it is sent."""

    who: str
    field: str
    value: int
    day: int
    minute: int
    unseen_days: int
    late: int

    @property
    def at(self) -> int:
        return MONDAY + self.day * DAY + self.minute * MINUTE


writes = st.builds(
    Write,
    st.sampled_from((*TABLETS, *TABLETS, *OFFICES)),
    st.sampled_from(sorted(WRITES)),
    st.integers(0, 2),
    st.integers(0, DAYS - 1),
    st.integers(60, NIGHT - 60),
    st.integers(0, DAYS),
    st.integers(0, DAYS),
)
histories = st.lists(writes, min_size=1, max_size=14)


class Life:
    """One hub living a history, with nights of its own choosing."""

    def __init__(self, history: list[Write], chance: random.Random | None) -> None:
        self.hub = Hub()
        self.hub.audited = False
        self.hub.district("community.put", LY, "-1/06:30", **community("LY") | PROMISED)
        self.hub.desk("ticket.open", T, "-1/07:00", grid=G1, category="parking", title="t")
        self.tablets = {name: self.hub.tablet(name, G1, at="-1/08:00") for name in TABLETS}
        self.tablets["A"].serves(S, M1, "-1/08:10", "-1/09:00")
        self.tablets["A"].push("-1/09:10")
        self.hub.night("-1/09:20")
        self.history = sorted(history, key=lambda write: (write.at, write.who, history.index(write)))
        self.chance = chance
        self.seen = [self.hub.memory.rev]
        self.sent = {name: len(tablet.changes) for name, tablet in self.tablets.items()}
        self.sendable: dict[str, list[int]] = {name: [] for name in TABLETS}

    def live(self) -> list[dict[str, Any]]:
        """The fields after each day."""
        days = []
        for day in range(2 * DAYS):
            for minute in self._nights(day):
                self._until(day, minute)
                self._night(day, minute)
            self.seen.append(self.hub.memory.rev)
            days.append(self.fields())
        return days

    def _nights(self, day: int) -> list[int]:
        """The minutes of a day at which this hub settles; always at its end."""
        if self.chance is None:
            return [NIGHT]
        return [*sorted(self.chance.sample(range(1, NIGHT), self.chance.randint(0, 6))), NIGHT]

    def _until(self, day: int, minute: int) -> None:
        """Everything that is done by this minute, in its order; what an office does is settled at once."""
        while self.history and self.history[0].at <= MONDAY + day * DAY + minute * MINUTE:
            write = self.history.pop(0)
            kind, entity, values = WRITES[write.field]
            saw = self.seen[max(0, day - write.unseen_days)]
            if write.who in OFFICES:
                self.hub.online(
                    Office[write.who], kind, entity, write.at, {**values[write.value], "saw": saw}
                )
            else:
                tablet = self.tablets[write.who]
                tablet.does(kind, entity, write.at, saw=saw, **values[write.value])
                before = self.sendable[write.who][-1:] or [0]
                self.sendable[write.who].append(max(*before, write.day + write.late))

    def _night(self, day: int, minute: int) -> None:
        """Tablets upload what is to be sent by this day: all of it at its end, before that as chance has it."""
        at = MONDAY + day * DAY + minute * MINUTE
        for name, tablet in self.tablets.items():
            due = sum(sendable <= day for sendable in self.sendable[name])
            first = len(tablet.changes) - len(self.sendable[name])
            already = self.hub.lines[name].received_through - first
            through = (
                due
                if minute == NIGHT or self.chance is None
                else self.chance.randint(already, max(already, due))
            )
            if through > already:
                tablet.push(at, through=first + through)
        self.hub.night(at)

    def fields(self) -> dict[str, Any]:
        ticket, member = self.hub.ticket(T), self.hub.member(M1)
        return {
            **{
                name: getattr(ticket, name)
                for name in (
                    *("title", "place", "detail", "priority", "seats", "notes"),
                    *("category", "due", "due_at", "escalation", "next_at"),
                    *("pauses", "paused", "extended"),
                )
            },
            "tags": sorted(ticket.tags),
            "name": member.name,
            "standing": member.standing,
            "skills": sorted(member.skills),
            "void": (self.hub.service(S).state, self.hub.service(S).reason),
        }


def differs(history: list[Write], seed: int) -> bool:
    """Whether two hubs with different nights come to different things after any day."""
    return Life(history, random.Random(seed)).live() != Life(history, None).live()


@settings(max_examples=150)
@given(histories, st.integers(0, 1_000_000))
def test_whichever_nights_the_changes_fall_into_the_same_stands(history: list[Write], seed: int) -> None:
    assert not differs(history, seed)


LATE_AND_EARLY = [Write("A", "title", 0, 0, 100, 0, 0), Write("B", "title", 1, 0, 90, 0, 0)]
UNSEEN_DESK = [
    Write("DISPATCHER", "priority", 2, 1, 100, 0, 0),
    Write("A", "priority", 0, 0, 700, 0, 2),
    Write("B", "priority", 1, 2, 100, 0, 0),
]
THREE_OFFICES = [
    Write("DISTRICT", "priority", 2, 0, 100, 0, 0),
    Write("DISPATCHER", "priority", 1, 1, 200, 0, 0),
    Write("A", "priority", 0, 1, 300, 0, 1),
    Write("B", "priority", 1, 1, 400, 1, 0),
]

PAUSED = [
    Write("A", "pause", 0, 0, 700, 0, 1),
    Write("B", "resume", 0, 0, 760, 0, 0),
    Write("C", "pause", 1, 0, 730, 0, 2),
    Write("DISPATCHER", "resume", 0, 2, 800, 1, 0),
]
OVERDUE = [
    Write("A", "due", 0, 0, 700, 0, 1),
    Write("DISPATCHER", "due", 1, 0, 800, 1, 0),
    Write("B", "category", 1, 1, 90, 1, 2),
]
TWO_VOIDS = [
    Write("DISPATCHER", "void", 0, 0, 200, 0, 0),
    Write("A", "void", 1, 0, 100, 0, 0),
    Write("A", "void", 2, 0, 110, 0, 0),
]


@pytest.mark.parametrize("history", [LATE_AND_EARLY, UNSEEN_DESK, THREE_OFFICES, OVERDUE, PAUSED, TWO_VOIDS])
def test_named_histories_come_to_the_same_in_many_nights(history: list[Write]) -> None:
    assert not any(differs(history, seed) for seed in range(20))


def test_a_history_is_settled_wholly_and_in_causal_order() -> None:
    life = Life(THREE_OFFICES, random.Random(1))
    life.live()
    assert not life.hub.inbox
    assert not life.hub.quarantine
    assert {name: len(tablet.changes) for name, tablet in life.tablets.items()} == {"A": 2, "B": 1, "C": 0}
    outcomes = life.hub.memory.outcomes
    assert all(str(change["id"]) in outcomes for tablet in life.tablets.values() for change in tablet.changes)
    assert isinstance(life.tablets["A"], Tablet)


def test_a_rule_that_minded_arrival_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """If whatever comes last stood, two titles would depend on their nights."""

    def last_to_arrive(standing: Version | None, accepted: object) -> merge.Stand:
        return merge.Stand.LATER

    monkeypatch.setattr(merge, "latest", last_to_arrive)
    assert any(differs([*LATE_AND_EARLY, Write("C", "title", 2, 0, 95, 0, 0)], seed) for seed in range(50))

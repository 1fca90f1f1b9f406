"""Every outcome and refusal: each code that settlement can say is said by something, in both languages."""

import re
from collections.abc import Callable

import pytest

from sync.kinds.kind import Office
from sync.rules.fields import RULES
from sync.state import Result
from sync.things import Conflict
from sync.verdicts import OUTCOMES, SENTENCES, WORDS, sentence
from tests.sync import test_activities as activities
from tests.sync import test_adjusting as adjusting
from tests.sync import test_codes as codes_of
from tests.sync import test_duties as duties
from tests.sync import test_evaluations as evaluations
from tests.sync import test_expiring as expiring
from tests.sync import test_posts as posts
from tests.sync import test_ratings as ratings
from tests.sync import test_recounting as recounting
from tests.sync import test_rewards as rewards
from tests.sync import test_rulings as rulings
from tests.sync import test_sessions as sessions
from tests.sync import test_teams as teams
from tests.sync import test_whistles as whistles
from tests.sync.hub import Hub
from tests.sync.rules.test_transitions import ticket_in
from tests.sync.test_seats import ticket
from tests.sync.world import G1, G2, G3, M1, M2, M4, S2, T2, U1, U2, D, S, T, duty, ident

NEW = ident("new")

ELSEWHERE = {
    "UNREADABLE": "the reading of a change",
    "UNKNOWN_KIND": "the reading of a change",
    "ID_TAKEN": "the inbox",
    "REVOKED": "the door",
    "CRASHED": "a defect; see test_settle.py",
    "GAP": "the inbox",
    "FORKED": "the inbox",
    "UNAUTHENTICATED": "the door",
    "CODE_INVALID": "the door",
    "PROTOCOL": "the door",
    "TOO_LARGE": "the door",
    "CLOCK_BEHIND": "the hub",
    "RETRY": "the door",
}
"""Codes that no rule decides."""


def codes(hub: Hub) -> set[str]:
    return {outcome.code for outcome in hub.memory.outcomes.values()}


def at_once(kind: str, entity: str, /, **data: object) -> Hub:
    """One office's change."""
    hub, _, _ = ticket()
    hub.desk(kind, entity, "09:00", **data)
    return hub


def both(kind: str, entity: str, first: dict[str, object], second: dict[str, object]) -> Hub:
    return rulings.two(kind, entity, first, second)[0]


def ruled(make: Callable[[], tuple[Hub, object]]) -> Hub:
    hub, conflict = make()
    assert isinstance(conflict, Conflict)
    rulings.rule(hub, conflict, "40/09:00", conflict.candidates[0].change)
    return hub


def in_state(state: str, kind: str, *, seen: bool, **data: object) -> Hub:
    hub, _, before = ticket_in(state)
    hub.desk(kind, T, "09:00", saw=hub.memory.rev if seen else before, **data)
    return hub


def registered(name: str) -> Hub:
    hub, a, _ = ticket()
    a.does("member.register", NEW, "09:00", unit=U1, number="001", name=name)
    a.push("18:00")
    hub.night()
    return hub


def by_tablet(kind: str, entity: str, *grids: str, **data: object) -> Hub:
    hub, _, _ = ticket()
    c = hub.tablet("C", *(grids or (G1,)))
    c.does(kind, entity, "09:00", **data)  # type: ignore[arg-type]
    c.push("18:00")
    hub.night()
    return hub


def served(*services: tuple[str, str, str, dict[str, str]]) -> Hub:
    hub, a, _ = ticket()
    a.does("ticket.open", T2, "07:40", grid=G1, category="legal", title="u")
    for service, start, end, more in services:
        a.serves(service, M1, start, end, **more)
    a.push("22:00")
    hub.night()
    return hub


def voided(*, times: int, by: str = "A") -> Hub:
    hub = served((S, "08:00", "09:00", {}))
    hub.lines["B"] = hub.lines["A"] if by == "A" else hub.lines["B"]
    tablet = hub.tablet("D", G1)
    if by == "A":
        hub.lines["D"].renews = ("A",)
    for n in range(times):
        tablet.does("service.void", S, f"22:1{n}", reason="r")
    tablet.push("22:30")
    hub.night()
    return hub


def linked(*, seen: bool) -> Hub:
    hub = served((S, "08:00", "09:00", {"ticket": T}))
    hub.desk("service.link", S, "22:30", saw=hub.memory.rev if seen else 0, ticket=T2)
    return hub


def too_late() -> Hub:
    return rulings.held()[0]


def redacted() -> Hub:
    hub, a, _ = ticket()
    a.does("ticket.note", T, "09:10", private={"text": "x"})
    hub.desk("ticket.redact", T, "09:00", fields=["notes"])
    a.push("18:00")
    hub.night()
    return hub


def ruled_by(office: str) -> Hub:
    hub, conflict = rulings.communities()
    rulings.rule(hub, conflict, "40/09:00", None, by=Office[office])
    return hub


def reopened() -> Hub:
    hub, a, b = ticket()
    a.does("ticket.finish", T, "08:00", member=M1)
    b.does("ticket.finish", T, "08:10", member=M2)
    a.push("08:20")
    hub.night("08:30")
    hub.desk("ticket.reopen", T, "09:00", reason="r")
    b.push("18:00")
    hub.night()
    return hub


def seats(*, seen: bool) -> Hub:
    hub, _, _ = ticket()
    before = hub.memory.rev
    hub.desk("ticket.claim", T, "08:00", member=M1)
    hub.desk("ticket.claim", T, "08:10", saw=hub.memory.rev if seen else before, member=M2)
    return hub


def overruled() -> Hub:
    hub, _, _ = ticket()
    hub.district("ticket.edit", T, "08:00", priority="URGENT")
    hub.desk("ticket.edit", T, "09:00", saw=1, priority="LOW")
    return hub


def stale() -> Hub:
    hub, conflict = rulings.titles()
    hub.desk("conflict.rule", conflict.id, "1/09:00", saw=1, stands=None, reason="r")
    return hub


def unknown_candidate() -> Hub:
    hub, conflict = rulings.titles()
    rulings.rule(hub, conflict, "1/09:00", ident("none"))
    return hub


def shared_identity() -> Hub:
    hub, conflict = rulings.registrations()
    rulings.rule(hub, conflict, "1/09:00", None)
    return hub


def decided(*kinds: str, by: str | None = None) -> Hub:
    """Member 2 proposes a credit of member 1; desks decide, one after another."""
    hub, _, _ = adjusting.proposed(by=M2)
    for minute, kind in enumerate(kinds):
        adjusting.decide(hub, kind, f"11:{minute:02d}", by=by)
    return hub


EXAMPLES: dict[str, Callable[[], Hub]] = {
    "APPLIED": lambda: ticket()[0],
    "STANDS": lambda: rulings.titles()[0],
    "REGISTERED_TWICE": lambda: registered("member 1"),
    "RULED_FOR": lambda: ruled(rulings.titles),
    "MERGED": lambda: both("ticket.edit", T, {"title": "a", "place": "p"}, {"title": "b"}),
    "LATER_DEED": lambda: rulings.titles()[0],
    "HIGHER_OFFICE": overruled,
    "MOVED_ON": lambda: in_state("DONE", "ticket.claim", seen=False, member=M1),
    "NO_SEAT": lambda: both("ticket.start", T, {"member": M1}, {"member": M2}),
    "DONE_ANYWAY": lambda: rulings.finishes()[0],
    "KEPT_AS_NOTE": lambda: in_state("DONE", "ticket.cancel", seen=False, reason="r"),
    "EARLIER_ROUND": reopened,
    "NOT_PAUSED": lambda: in_state("OPEN", "ticket.resume", seen=True),
    "REDACTED": redacted,
    "ALREADY_LINKED": lambda: linked(seen=False),
    "RULED_AGAINST": lambda: ruled(rulings.titles),
    "SEAT_TAKEN": lambda: seats(seen=False),
    "POST_TAKEN": lambda: posts.two_take()[0],
    "LATER_STANDS": posts.left_before,
    "ALREADY_HOLDER": lambda: posts.twice("post.take"),
    "IN_TEAM": lambda: teams.joined("team.join", "team.join"),
    "WHISTLED_TOGETHER": lambda: whistles.two_blow()[0],
    "NOT_CALLED": whistles.refused,
    "SIGNED_IN": lambda: activities.two_sign_in()[0],
    "CODE_TAKEN": codes_of.taken,
    "CODE_IN_USE": codes_of.in_use,
    "OPENED_TWICE": lambda: sessions.both_at_both()[0],
    "SAME_SESSION": lambda: sessions.both_at_both()[0],
    "ALREADY_DONE": lambda: both("ticket.finish", T, {"member": M1}, {"member": M2}),
    "ALREADY_TAKER": lambda: both("ticket.claim", T, {"member": M1}, {"member": M1}),
    "OPENED_BEFORE": lambda: at_once("ticket.open", T, grid=G1, category="parking", title="t"),
    "REGISTERED_BEFORE": lambda: registered("member 1"),
    "NAMES_DIFFER": lambda: registered("Li"),
    "SAME_SERVICE": lambda: served(
        (S, "08:00", "09:00", {"ticket": T}), (S2, "08:30", "09:30", {"ticket": T})
    ),
    "WAITS": lambda: by_tablet("ticket.claim", T2, member=M1),
    "PROPOSED": lambda: rulings.numbers()[0],
    "ASKED": lambda: at_once("member.request", M1, reason="that was not me"),
    "PLACED_ELSEWHERE": lambda: rulings.placings()[0],
    "OVERLAPS": lambda: served((S, "08:00", "09:00", {}), (S2, "08:30", "09:30", {})),
    "TOO_LONG": lambda: served((S, "08:00", "21:00", {})),
    "DONE_AFTER_CANCEL": lambda: rulings.finishes()[0],
    "NOT_DONE_YET": lambda: in_state("ACCEPTED", "ticket.close", seen=False),
    "WAITED_TOO_LONG": too_late,
    "NOT_POSSIBLE": lambda: in_state("DONE", "ticket.claim", seen=True, member=M1),
    "SEATS_FULL": lambda: seats(seen=True),
    "RESERVED": lambda: in_state("DISPATCHED", "ticket.claim", seen=True, member=M2),
    "NOT_A_TAKER": lambda: at_once("ticket.release", T, member=M1, reason="r"),
    "NOT_FOUND": lambda: at_once("ticket.claim", T2, member=M1),
    "IDENTITY_TAKEN": lambda: at_once("member.edit", M1, number="002"),
    "SAME_MEMBER": lambda: at_once("member.merge", M1, into=M1),
    "NOT_AN_ALIAS": lambda: at_once("member.split", M1),
    "LINKED": lambda: linked(seen=True),
    "VOIDED": lambda: voided(times=2),
    "NOT_YOURS": lambda: voided(times=1, by="D"),
    "POST_FULL": lambda: posts.two_take(seen=True)[0],
    "NOT_A_HOLDER": lambda: posts.twice("post.leave"),
    "NOT_IN_TEAM": lambda: teams.joined("team.leave"),
    "OUT_OF_TERM": lambda: posts.taken_on("2025-12-31"),
    "SECOND_PERSON": lambda: adjusting.proposed()[0],
    "CONFIRMED": lambda: decided("points.confirm"),
    "WITHDRAWN": lambda: decided("points.withdraw"),
    "CONFIRMED_BEFORE": lambda: decided("points.confirm", "points.confirm"),
    "WITHDRAWN_BEFORE": lambda: decided("points.withdraw", "points.withdraw"),
    "CONFIRMED_FIRST": lambda: decided("points.confirm", "points.withdraw"),
    "WITHDRAWN_FIRST": lambda: decided("points.withdraw", "points.confirm"),
    "SAME_PERSON": lambda: decided("points.confirm", by=M2),
    "OWN_POINTS": lambda: decided("points.confirm", by=M1),
    "RECOUNTED": lambda: recounting.recounted()[0],
    "DAY_COME": lambda: expiring.put_for("2026-11-22"),
    "COUNTS_NOW": lambda: duties.voided()[0],
    "RATED_BEFORE": lambda: ratings.rated("DONE", 2)[0],
    "RATED_BY_RESIDENT": lambda: ratings.written_down_and_rated()[0],
    "AFTER_CLOSING": lambda: evaluations.late()[0],
    "SERVES_ELSEWHERE": lambda: evaluations.of_another_community()[0],
    "DUTY_DONE": lambda: duties.two_record()[0],
    "DAY_TO_COME": lambda: at_once("duty.record", D, **duty(on="2026-12-31")),
    "LAST_TAKEN": lambda: rewards.two_want_one()[0],
    "NONE_LEFT": lambda: rewards.asked(stock=0),
    "NOT_OFFERED": lambda: rewards.asked(until="2026-11-22"),
    "PRICE_DIFFERS": lambda: rewards.asked(points=3),
    "SHORT": lambda: at_once("points.redeem", ident("r"), member=M1, points=1, reward="tea"),
    "NO_SUCH_CANDIDATE": unknown_candidate,
    "CHANGED_SINCE": stale,
    "ABOVE_OFFICE": lambda: ruled_by("DISPATCHER"),
    "SPLIT_INSTEAD": shared_identity,
    "FORBIDDEN": lambda: by_tablet("ticket.dispatch", T, unit=U2),
    "OUT_OF_SCOPE": lambda: by_tablet("member.edit", M4, G3, name="Li"),
}


def test_every_code_has_an_example_or_is_said_elsewhere() -> None:
    assert set(EXAMPLES) | set(ELSEWHERE) == set(SENTENCES)
    assert not set(EXAMPLES) & set(ELSEWHERE)


@pytest.mark.parametrize("code", EXAMPLES)
def test_every_code_is_said_by_something_and_every_rule_that_is_named_can_be_looked_up(code: str) -> None:
    hub = EXAMPLES[code]()
    assert code in codes(hub)
    named = {outcome.rule for outcome in hub.memory.outcomes.values()} - {None}
    assert named <= set(RULES)


@pytest.mark.parametrize("code", SENTENCES)
def test_every_code_has_one_sentence_in_each_language_about_the_same(code: str) -> None:
    row = SENTENCES[code]
    assert re.search(r"[一-鿿]", row.zh)
    assert not re.search(r"[一-鿿]", row.en)
    assert row.en[-1] in ".}"
    assert set(re.findall(r"{\w+}", row.zh)) == set(re.findall(r"{\w+}", row.en))


def test_every_outcome_of_the_design_has_its_codes() -> None:
    assert set(OUTCOMES.values()) == set(Result)
    assert all(SENTENCES[code].outcome is outcome for code, outcome in OUTCOMES.items())


def test_a_sentence_says_words_of_ours_in_its_language_and_lists_with_commas() -> None:
    said = sentence("MERGED", field="title,place")
    assert said == {
        "zh": "部分生效；标题、地点以他人的为准。",
        "en": "Part of it stands; for title, place another's stands.",
    }
    assert sentence("MERGED", field="*")["en"] == "Part of it stands; for content another's stands."


def test_what_people_wrote_is_not_translated_and_what_is_unknown_stays_as_it_is() -> None:
    assert sentence("RULED_FOR", reason="grid")["zh"] == "经人工裁定，以此为准：grid"
    assert sentence("WAITS", thing="gadget")["zh"].startswith("所指的gadget")


def test_every_state_and_office_has_its_word() -> None:
    assert {"OPEN", "DONE", "CANCELLED", "LIAISON", "DISPATCHER", "DISTRICT"} <= set(WORDS)
    assert G2 not in WORDS

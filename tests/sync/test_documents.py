"""What goes to the feed: bodies under the GraphQL names, audiences, private parts, verdicts last."""

from typing import Any

import pytest

from sync.documents import BODIES, verdict_id
from sync.finalising import finalise
from sync.state import Settled
from sync.wire import COLLECTIONS
from tests.sync.hub import Hub
from tests.sync.world import (
    A1,
    ADJUSTMENT,
    CG,
    G1,
    G3,
    LY,
    M1,
    M4,
    M5,
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
    duty,
    evaluation,
    named,
    post,
    reward,
    team,
    whistle,
)


def village() -> Hub:
    """A ticket with everything in it, a service, a redemption."""
    hub = Hub()
    a = hub.tablet("A", G1)
    private = {"detail": "in the lane", "contact": {"name": "Ms Wang", "telephone": "555 0100"}}
    a.does("ticket.open", T, "07:00", by=M1, private=private, grid=G1, category="parking", title="t")
    a.sync("07:10")
    hub.night("07:20")
    a.pull("07:30")
    a.does("ticket.edit", T, "08:00", addTags=["b", "a"], due="2026-12-01T00:00:00.000Z")
    a.does("ticket.note", T, "08:10", by=M1, private={"text": "rang"})
    a.does("ticket.start", T, "08:20", member=M1)
    a.serves(
        S, M1, "08:30", "09:30", ticket=T, by=M1, private={"summary": "s", "place": {"lat": 1, "lon": 2}}
    )
    a.does("ticket.finish", T, "09:40", member=M1)
    a.does("ticket.close", T, "09:50", rating=5, private={"words": "thanks"})
    a.does("member.edit", M1, "09:55", addSkills=["legal"], private={"phone": "555 0101"})
    hub.desk("team.put", TEAM, "09:56", **team(theme="environment"))
    hub.desk("activity.open", A1, "09:56", **activity(team=TEAM, grid=G1, place="the gate"))
    a.does("activity.join", A1, "09:56", member=M1)
    a.does("team.join", TEAM, "09:56", member=M1)
    hub.desk("whistle.blow", W, "09:56", **whistle())
    a.does("whistle.answer", W, "09:56", by=M1, department=U1, answer="COMING", part="tows")
    hub.desk("post.put", P, "09:56", **post(grid=G1, skills=["legal"]))
    a.does("post.take", P, "09:57", member=M1)
    a.does("post.leave", P, "17:00", member=M1)
    hub.desk("reward.put", R, "17:05", **reward())
    a.does("points.adjust", ADJUSTMENT, "17:05", member=M1, points=2, reason="helped at the flood")
    a.does("duty.record", D, "17:10", **duty())
    a.does("evaluation.submit", E, "17:11", private={"words": "steady"}, **evaluation())
    a.sync("18:00")
    hub.night("23:00")
    return hub


def bodies() -> dict[str, dict[str, Any]]:
    """One body of each collection."""
    return {collection: doc.body for (collection, _), doc in village().memory.documents.items()}


def test_every_collection_but_verdicts_has_a_body_and_every_body_an_id() -> None:
    assert [*BODIES] == list(COLLECTIONS[:-1])
    assert all("id" in body for body in bodies().values())


def test_a_ticket_says_everything_about_itself() -> None:
    body = village().memory.documents["ticket", T].body
    (note,) = body.pop("notes")
    (taker,) = body.pop("takers")
    assert body == {
        "id": T,
        "community": LY,
        "grid": G1,
        "category": "parking",
        "title": "t",
        "place": None,
        "priority": "NORMAL",
        "due": "2026-12-01T00:00:00.000Z",
        "seats": 1,
        "tags": ["a", "b"],
        "detail": "in the lane",
        "contact": {"name": "Ms Wang", "telephone": "555 0100"},
        "state": "CLOSED",
        "round": 1,
        "reserved": None,
        "rating": 5,
        "words": "thanks",
        "openedAt": "2026-11-22T23:00:00.000Z",
        "opener": M1,
        "doneAt": "2026-11-23T01:40:00.000Z",
        "closedAt": "2026-11-23T01:50:00.000Z",
        "dueAt": "2026-12-01T00:00:00.000Z",
        "escalation": 0,
        "pause": None,
        "pauses": [],
    }
    assert (note["kind"], note["text"], note["by"]) == ("ticket.note", "rang", M1)
    assert (taker["member"], taker["since"]) == (M1, "2026-11-23T00:20:00.000Z")


def test_an_activity_says_who_was_there_and_a_team_who_is_in_it() -> None:
    documents = village().memory.documents
    found, vanguard = documents["activity", A1], documents["team", TEAM].body
    (there,), (in_team,) = found.body.pop("members"), vanguard.pop("members")
    assert found.body == {
        "id": A1,
        "community": LY,
        "grid": G1,
        "team": TEAM,
        "title": "cleaning day",
        "category": None,
        "place": "the gate",
        "start": "2026-11-23T01:00:00.000Z",
        "end": "2026-11-23T03:00:00.000Z",
        "onDuty": True,
        "sameAs": None,
        "openedAt": "2026-11-23T01:56:00.000Z",
        "opener": None,
    }
    assert (there["member"], there["since"]) == (M1, "2026-11-23T01:56:00.000Z")
    assert found.audience == f"community:{LY}", "any tablet of the community signs members in"
    assert vanguard == {
        "id": TEAM,
        "community": LY,
        "code": "vanguard",
        "name": named("vanguard"),
        "theme": "environment",
        "points": 0,
    }
    assert (in_team["member"], in_team["until"]) == (M1, None)


def test_a_whistle_says_who_was_called_and_what_each_answered() -> None:
    found = village().memory.documents["whistle", W]
    coming, waits = found.body.pop("calls")
    assert found.body == {
        "id": W,
        "community": LY,
        "ticket": T,
        "round": 1,
        "lead": U1,
        "deadline": "2026-11-23T04:00:00.000Z",
        "state": "CALLED",
        "whistle": None,
        "meetings": [],
        "blownAt": "2026-11-23T01:56:00.000Z",
        "blower": None,
    }
    assert found.audience == f"community:{LY}"
    said = {"answer": "COMING", "part": "tows", "late": False, "overdue": False, "by": M1}
    assert {name: coming[name] for name in said} == said
    assert coming["at"] == coming["answered"] == "2026-11-23T01:56:00.000Z"
    assert (waits["unit"], waits["answer"], waits["at"]) == (U2, None, None)


def test_a_post_says_who_holds_it_and_who_did_and_until_when() -> None:
    found = village().memory.documents["post", P]
    (holder,) = found.body.pop("holders")
    assert found.body == {
        "id": P,
        "community": LY,
        "grid": G1,
        "code": "help",
        "name": named("help"),
        "seats": 1,
        "skills": ["legal"],
        "from": "2026-01-01",
        "until": "2026-12-31",
    }
    assert holder.pop("change")
    since, until = "2026-11-23T01:57:00.000Z", "2026-11-23T09:00:00.000Z"
    assert holder == {"member": M1, "since": since, "until": until, "term": "2026-12-31"}
    assert found.audience == f"community:{LY}", "everybody in the community sees who holds which post"


def test_a_service_says_when_and_where_and_whether_it_counts() -> None:
    body = village().memory.documents["service", S].body
    assert body == {
        "id": S,
        "community": LY,
        "grid": G1,
        "member": M1,
        "ticket": T,
        "activity": None,
        "category": "parking",
        "start": "2026-11-23T00:30:00.000Z",
        "end": "2026-11-23T01:30:00.000Z",
        "onDuty": True,
        "state": "COUNTED",
        "summary": "s",
        "place": {"lat": 1, "lon": 2},
        "by": M1,
        "recordedAt": "2026-11-23T01:30:00.000Z",
        "reason": None,
    }


def test_a_phone_goes_to_the_tablets_of_the_members_grid_alone() -> None:
    doc = village().memory.documents["member", M1]
    assert (doc.body["phone"], doc.private, doc.private_grid) == (None, {"phone": "555 0101"}, G1)
    assert doc.body["skills"] == ["legal"]
    assert doc.body["points"] == 2 + 3
    without = village().memory.documents["member", M4]
    assert (without.private, without.private_grid) == (None, None)


@pytest.mark.parametrize(
    ("collection", "thing_id", "community", "audience"),
    [
        ("community", LY, LY, f"community:{LY}"),
        ("unit", U1, LY, f"community:{LY}"),
        ("grid", G3, CG, f"community:{CG}"),
        ("member", M5, CG, f"community:{CG}"),
        ("ticket", T, LY, f"grid:{G1}"),
        ("service", S, LY, f"grid:{G1}"),
    ],
)
def test_a_document_goes_to_whoever_carries_its_grid_or_community(
    collection: str, thing_id: str, community: str, audience: str
) -> None:
    doc = village().memory.documents[collection, thing_id]
    assert (doc.community, doc.audience) == (community, audience)


def test_a_service_in_no_grid_goes_to_the_community() -> None:
    hub = Hub()
    moments = {name: {"at": "2026-11-23T01:00:00.000Z", "run": 0} for name in ("start", "end")}
    hub.desk("service.record", S, "10:00", member=M4, **moments)
    assert hub.service(S).grid is None
    assert hub.memory.documents["service", S].audience == f"community:{LY}"


def test_a_verdict_goes_to_its_device_with_what_was_decided() -> None:
    hub = village()
    doc = hub.memory.documents["verdict", verdict_id("A", 1)]
    assert doc.audience == "device:A"
    assert {key: doc.body[key] for key in ("id", "seq", "outcome", "code", "rule", "stands")} == {
        "id": "A:1",
        "seq": 1,
        "outcome": "APPLIED",
        "code": "APPLIED",
        "rule": None,
        "stands": None,
    }
    assert doc.body["sentence"] == {"zh": "已生效。", "en": "It stands."}


def test_documents_come_before_verdicts_each_with_a_rev_of_its_own() -> None:
    hub = Hub()
    before = hub.memory.rev
    a = hub.tablet("A", G1)
    a.does("ticket.open", T, "07:00", grid=G1, category="parking", title="t")
    a.does("member.edit", M1, "07:10", name="Li")
    a.push("07:20")
    hub.night("07:30")
    fresh = sorted((doc.rev, doc.collection) for doc in hub.memory.documents.values() if doc.rev > before)
    assert [collection for _, collection in fresh] == ["member", "ticket", "verdict", "verdict"]
    assert [rev for rev, _ in fresh] == list(range(before + 1, before + 5))
    assert hub.rev("ticket", T) == before + 2


def test_things_without_a_document_take_the_first_rev_of_their_commit() -> None:
    hub = Hub()
    a, b = hub.tablet("A"), hub.tablet("B")
    for tablet, name in ((a, "Li"), (b, "Wang")):
        tablet.does("member.edit", M1, "08:00", name=name)
        tablet.push("09:00")
    first = hub.memory.rev + 1
    hub.night()
    assert hub.conflict(M1, "name").rev == first


def test_versions_are_finalised_once() -> None:
    hub = village()
    member = hub.member(M1)
    settled = Settled(0, 1, [], [], {"member": {M1: member}}, [], [], {}, "")
    before = dict(member.versions)
    finalise(settled, 10**9)
    assert member.versions == before

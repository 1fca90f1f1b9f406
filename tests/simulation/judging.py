"""Invariants: evaluations, of which one stands for a member and period; and ratings, of which the resident's own does."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.simulation.evidence import Change, Row
from tests.simulation.scene import Scene
from tests.simulation.standing import ruled_on

WAITS = {"AFTER_CLOSING", "SERVES_ELSEWHERE"}
"""What goes to a person and changes nothing by itself."""

Key = tuple[str, str, str]


def one_evaluation_a_period(scene: Scene) -> Iterator[str]:
    """One for each member's id, community and period, and it says what was said last in time, unless a person ruled."""
    evidence = scene.evidence
    rows: dict[Key, list[Row]] = defaultdict(list)
    given = Counter[Key]()
    for row in evidence.things["evaluation"].values():
        given[row.member, row.community, row.period] += 1
        rows[evidence.root(row.member), row.community, row.period].append(row)
    for (member, _, period), times in given.items():
        if times > 1:
            yield f"{member} has {times} evaluations of {period}"
    said = _said(scene)
    ruled, joined = ruled_on(scene), evidence.joined
    for key in rows.keys() | said.keys():
        if key[0] in joined:
            continue
        if len(rows[key]) != 1:
            yield f"{key} was evaluated and has {len(rows[key])} evaluations"
        elif (rows[key][0].id, "grade") not in ruled:
            last = max(said[key], key=lambda change: change.order, default=None)
            grade = None if last is None else last.data["grade"]
            if rows[key][0].grade != grade:
                yield f"the evaluation {rows[key][0].id} is {rows[key][0].grade}, and {grade} was said last"


def _said(scene: Scene) -> dict[Key, list[Change]]:
    """The evaluations that were taken by themselves, by whom and what they are about."""
    evidence = scene.evidence
    said: dict[Key, list[Change]] = defaultdict(list)
    for changes in evidence.by_entity("evaluation.submit").values():
        for change in changes:
            first = next((row for row in evidence.outcomes.get(change.id, ()) if row.outcome != "HELD"), None)
            if evidence.taken(change) and first is not None and first.code not in WAITS:
                about = change.data
                said[evidence.root(about["member"]), about["community"], about["period"]].append(change)
    return said


def what_is_closed_stays(scene: Scene) -> Iterator[str]:
    """Once its period is closed an evaluation changes by a ruling alone."""
    ruled = ruled_on(scene)
    for id, before in scene.evidence.before["evaluation"].items():
        now = scene.evidence.things["evaluation"].get(id)
        if before.closed is None or now is None or (id, "grade") in ruled:
            continue
        if (now.grade, now.closed) != (before.grade, before.closed):
            yield f"the evaluation {id} was closed as {before.grade} and is {now.grade}"


def what_residents_gave_stands(scene: Scene) -> Iterator[str]:
    """The first of a resident's own ratings of the present round, whoever closed it how; and takers have its stars."""
    evidence, ruled = scene.evidence, ruled_on(scene)
    for ticket, changes in evidence.by_entity("ticket.rate").items():
        row = evidence.things["ticket"].get(ticket)
        if row is None or (ticket, "rating") in ruled:
            continue
        own = [
            change
            for change in changes
            if change.data["round"] == row.round and evidence.taken(change) and not _too_late(scene, change)
        ]
        if not own:
            continue
        first = min(own, key=lambda change: (evidence.decided_rev(change), change.order))
        if row.rating != first.data["rating"]:
            yield f"ticket {ticket} has {row.rating} stars, and the resident gave {first.data['rating']}"
        takers = {taker.member for taker in evidence.takers.get(ticket, ())}
        for rating in evidence.things["rating"].values():
            mine = rating.ticket == ticket and rating.round == row.round and rating.member in takers
            stars = first.data["rating"] if row.state in {"DONE", "CLOSED"} else 0
            if mine and rating.stars != stars and (ticket, "state") not in ruled:
                yield f"of ticket {ticket} a taker has {rating.stars} stars instead of {stars}"


def _too_late(scene: Scene, change: Change) -> bool:
    return any(row.code == "EARLIER_ROUND" for row in scene.evidence.outcomes.get(change.id, ()))

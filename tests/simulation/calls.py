"""Invariants: who is called by a whistle, what each answered, and who is overdue."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from tests.simulation.evidence import Change, Row, plain
from tests.simulation.scene import Scene
from tests.simulation.standing import ruled_on

OVER = {"DONE", "CLOSED", "CANCELLED"}
COMES = {"COMING", "DONE"}


def _standing(scene: Scene) -> dict[str, Row]:
    """The whistles that joined no other."""
    return {key: row for key, row in scene.evidence.things["whistle"].items() if row.whistle is None}


def _said(scene: Scene, kind: str) -> dict[str, list[Change]]:
    """The changes of a kind that were taken, by the whistle that stands for the one they name."""
    whistles = scene.evidence.things["whistle"]
    found: dict[str, list[Change]] = defaultdict(list)
    for whistle, changes in scene.evidence.by_entity(kind).items():
        if whistle in whistles:
            standing = whistles[whistle].whistle or whistle
            found[standing] += [change for change in changes if scene.evidence.taken(change)]
    return found


def everybody_who_was_named_is_called(scene: Scene) -> Iterator[str]:
    """Each whistle that was blown is there, and whom it named is called once, by the one that stands."""
    for whistle, changes in scene.evidence.by_entity("whistle.blow").items():
        if any(map(scene.evidence.taken, changes)) and whistle not in scene.evidence.things["whistle"]:
            yield f"whistle {whistle} was blown and is not there"
    blown = _said(scene, "whistle.blow")
    for whistle, row in _standing(scene).items():
        called = [call["unit"] for call in plain(row.calls) if call["unit"] is not None]
        named = {unit for one in blown[whistle] for unit in (one.data["lead"], *one.data["departments"])}
        if sorted(called) != sorted(named):
            yield f"whistle {whistle} calls {called}, and {sorted(named)} were named"
        if row.lead not in {one.data["lead"] for one in blown[whistle]}:
            yield f"whistle {whistle} is led by one whom nobody named"


def every_departments_last_answer_stands(scene: Scene) -> Iterator[str]:
    """What was said last stands, unless a person ruled; the clock stopped at what was said first."""
    answers, ruled = _said(scene, "whistle.answer"), ruled_on(scene)
    for whistle, row in _standing(scene).items():
        for call in plain(row.calls):
            unit = call["unit"]
            said = [one for one in answers[whistle] if one.data.get("department") == unit]
            if (whistle, f"answer:{unit or 'district'}") not in ruled:
                last: Any = max(said, key=lambda one: one.order).data if said else {}
                if (call["answer"], call["part"]) != (last.get("answer"), last.get("part")):
                    yield f"whistle {whistle}: {unit} said {last}, and {call['answer']} stands"
            first = min((one.deed for one in said), default=None)
            if call["answered"] != first:
                yield f"whistle {whistle}: the clock of {unit} stopped at {call['answered']}, not at {first}"
            if call["late"] is not (first is not None and first > row.deadline):
                yield f"whistle {whistle}: {unit} is late by no clock, or in time by none"


def every_meeting_is_on_record(scene: Scene) -> Iterator[str]:
    meetings = _said(scene, "whistle.meet")
    for whistle, row in _standing(scene).items():
        if {one["id"] for one in plain(row.meetings)} != {one.id for one in meetings[whistle]}:
            yield f"whistle {whistle} has other meetings on record than were recorded"


def who_is_overdue_was_silent(scene: Scene) -> Iterator[str]:
    """Overdue by a night after the deadline, and the district is called where nobody comes."""
    night = next(iter(scene.evidence.others["night"]), None)
    for whistle, row in _standing(scene).items():
        calls = plain(row.calls)
        if any(call["overdue"] for call in calls) and (night is None or night.now <= row.deadline):
            yield f"whistle {whistle} is overdue before any night was after its deadline"
        ticket = scene.evidence.things["ticket"].get(row.ticket)
        if night is None or ticket is None or ticket.state in OVER or ticket.round != row.round:
            continue
        if row.deadline >= night.now or max(row.rev, ticket.rev) > night.last_rev:
            continue
        if any(call["unit"] and call["answer"] is None and not call["overdue"] for call in calls):
            yield f"whistle {whistle}: somebody is silent and not overdue"
        if all(call["unit"] for call in calls) and not any(call["answer"] in COMES for call in calls):
            yield f"whistle {whistle}: nobody came in time, and the district was not called"

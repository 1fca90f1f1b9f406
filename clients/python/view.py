"""The optimistic view: what the hub said, with this tablet's pending changes applied again on top.

Pure, and the same in every client: tests/vectors/views.json holds the examples. It guesses what
the hub will say and marks every field that it guessed at. Points are never guessed: what may
become points is counted apart.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct, field

from clients.python.duties import period_of
from clients.python.tables import PROPOSED, STATES, STEPS
from sync.shapes import format_time, parse_time

Body = dict[str, Any]
Look = Callable[[str, str], Body | None]
"""The body that the hub last said of (collection, id), or None."""


class Waiting(Struct):
    """What a member did that is not confirmed yet. It inflates no total: points stay what the hub said."""

    services: int = 0
    minutes: int = 0
    redeemed: int = 0


class View(Struct):
    """One thing as its screen shows it; `provisional` names the fields that only this tablet says."""

    collection: str
    id: str
    rev: int
    body: Body
    provisional: list[str]
    waiting: Waiting | None = None


class Draft(Struct):
    """A thing while pending changes are applied to it; `body` is None while there is no such thing."""

    id: str
    rev: int
    body: Body | None
    touched: set[str] = field(default_factory=set)

    def set(self, **values: Any) -> None:
        """Write fields of a thing that is there."""
        if self.body is not None:
            self.body.update(values)
            self.touched.update(values)


Effect = Callable[[Draft, Body, Look], None]


def views(
    collection: str, held: Mapping[str, tuple[int, Body]], pending: Iterable[Body], look: Look
) -> dict[str, View]:
    """All things of a collection by id: those the hub said, and those that are pending only.

    held: id -> (rev, body). pending: raw changes in the order they were recorded.
    """
    drafts = {key: Draft(key, rev, dict(body)) for key, (rev, body) in held.items()}
    changes = list(pending)
    for change in changes:
        thing, effect = EFFECTS.get(change["kind"], ("", _nothing))
        if thing == collection:
            effect(drafts.setdefault(change["entity"], Draft(change["entity"], 0, None)), change, look)
    shown = {
        key: View(collection, key, draft.rev, draft.body, sorted(draft.touched))
        for key, draft in drafts.items()
        if draft.body is not None
    }
    if collection == "reward":
        _ask_for(shown, changes)
    if collection == "member":
        waiting = _waiting(changes, look)
        for key, view in shown.items():
            view.waiting = waiting.get(key, Waiting())
    return shown


def _ask_for(shown: Mapping[str, View], pending: Iterable[Body]) -> None:
    """A reward that was asked for here counts as given, so that nobody is promised it twice."""
    for change in pending:
        view = shown.get(change["data"].get("item", "")) if change["kind"] == "points.redeem" else None
        if view is not None:
            view.body = {**view.body, "given": view.body["given"] + 1}
            view.provisional = sorted({*view.provisional, "given"})


def _nothing(draft: Draft, change: Body, look: Look) -> None:
    """A change that no screen shows before the hub has spoken."""


def _waiting(pending: Iterable[Body], look: Look) -> dict[str, Waiting]:
    """What may become points, under the member that an alias points to: each pending source once."""
    changes = list(pending)
    told = {change["entity"] for change in changes if change["kind"] == "service.void"}
    waiting: dict[str, Waiting] = {}
    for change in changes:
        if change["kind"] not in {"service.record", "points.redeem"}:
            continue
        line = waiting.setdefault(_root(change["data"]["member"], look), Waiting())
        if change["kind"] == "points.redeem":
            line.redeemed += change["data"]["points"]
        elif change["entity"] not in told and look("service", change["entity"]) is None:
            line.services += 1
            line.minutes += _minutes(change["data"])
    return waiting


def _minutes(data: Body) -> int:
    """Whole minutes between two readings of one run; what spans a jump of the clock is left to the hub."""
    if data["start"]["run"] != data["end"]["run"]:
        return 0
    return max(0, parse_time(data["end"]["at"]) - parse_time(data["start"]["at"])) // 60_000


# Tickets


def _open(draft: Draft, change: Body, look: Look) -> None:
    if draft.body is not None:
        return
    data, private = change["data"], change.get("private", {})
    draft.body = {}
    draft.set(
        id=change["entity"],
        community=(look("grid", data["grid"]) or {}).get("community"),
        **{name: data.get(name) for name in ("grid", "category", "title", "place", "due")},
        priority=data.get("priority", "NORMAL"),
        seats=data.get("seats", 1),
        tags=[],
        detail=private.get("detail"),
        contact=private.get("contact"),
        notes=[],
        state="OPEN",
        round=1,
        takers=[],
        **dict.fromkeys(("reserved", "rating", "words", "doneAt", "closedAt")),
        openedAt=change["at"],
        opener=change["by"],
        dueAt=data.get("due"),
        escalation=0,
        pause=None,
        pauses=[],
    )


def _edit(draft: Draft, change: Body, look: Look) -> None:
    if draft.body is None:
        return
    data, private = change["data"], change.get("private", {})
    draft.set(**{name: value for name, value in data.items() if name not in {"addTags", "removeTags"}})
    draft.set(**{name: private[name] for name in ("detail", "contact") if name in private})
    _elements(draft, "tags", data.get("addTags"), data.get("removeTags"))


def _elements(draft: Draft, name: str, added: list[str] | None, removed: list[str] | None) -> None:
    if draft.body is not None and (added or removed):
        draft.set(**{name: sorted((set(draft.body[name]) - set(removed or ())) | set(added or ()))})


def _note(draft: Draft, change: Body, look: Look) -> None:
    _keep_note(draft, change, change.get("private", {}).get("text"))


def _keep_note(draft: Draft, change: Body, text: str | None = None) -> None:
    """A note, or a step that is kept as one; once, even where the hub has said it already."""
    if draft.body is None:
        return
    note = {
        "id": change["id"],
        "kind": change["kind"],
        "at": change["at"],
        "by": change["by"],
        "text": text,
        "reason": change["data"].get("reason"),
    }
    if note["id"] not in {kept["id"] for kept in draft.body["notes"]}:
        draft.set(notes=[*draft.body["notes"], note])


def _step(draft: Draft, change: Body, look: Look) -> None:
    """Any step of the life cycle, by the table."""
    if draft.body is None:
        return
    row = STEPS.get((change["kind"], draft.body["state"]))
    if row is None:
        return
    seen = change["saw"] >= draft.rev
    match row.seen if seen else row.unseen:
        case "seat":
            _seat(draft, change, row.to, seen, look)
        case "give back":
            _give_back(draft, change, row.to, look)
        case "note":
            _keep_note(draft, change)
        case "apply":
            _apply(draft, change, row.to)


def _seat(draft: Draft, change: Body, to: str, seen: bool, look: Look) -> None:
    body, member = draft.body or {}, change["data"]["member"]
    if not _holds(body, member, look):
        if len(body["takers"]) >= body["seats"] or (seen and _is_for_others(body["reserved"], member, look)):
            return
        taker = {"member": member, "since": change["at"], "change": change["id"]}
        draft.set(takers=[*body["takers"], taker])
    elif change["kind"] == "ticket.claim":
        return
    if STATES[to] > STATES[body["state"]]:
        draft.set(state=to)


def _holds(body: Body, member: str, look: Look) -> bool:
    return _root(member, look) in {_root(taker["member"], look) for taker in body["takers"]}


def _is_for_others(reserved: Body | None, member: str, look: Look) -> bool:
    """Whether a dispatch that the author had seen keeps the ticket for somebody else."""
    meant = _meant(reserved)
    # Who holds a post, the hub says.
    return bool(meant) and not any("post" in one or _is_for(one, member, look) for one in meant)


def _meant(reserved: Body | None) -> list[Body]:
    """Each of those for whom a dispatch keeps a ticket."""
    return [] if reserved is None else reserved.get("several", [reserved])


def _is_for(one: Body, member: str, look: Look) -> bool:
    """Whether a dispatch is to the member, or to their unit."""
    root = _root(member, look)
    if "unit" in one:
        return bool((look("member", root) or {}).get("unit") == one["unit"])
    return "member" in one and _root(one["member"], look) == root


def _root(member: str, look: Look) -> str:
    return str((look("member", member) or {}).get("aliasOf") or member)


def _give_back(draft: Draft, change: Body, to: str, look: Look) -> None:
    body, root = draft.body or {}, _root(change["data"]["member"], look)
    left = [taker for taker in body["takers"] if _root(taker["member"], look) != root]
    meant = _meant(body["reserved"])
    if len(left) < len(body["takers"]):
        draft.set(takers=left)
    elif root not in {_root(one["member"], look) for one in meant if "member" in one}:
        return
    # Of several who were meant the others still are; how that is for a post, the hub says.
    others = [one for one in meant if not _is_for(one, root, look)] if len(meant) > 1 else []
    if len(meant) > 1:
        draft.set(reserved=_joined(others))
    if not left and to == "OPEN" and not others:
        draft.set(state="OPEN", reserved=None)
    elif not left and to == "OPEN" and body["state"] != "DISPATCHED":
        draft.set(state="DISPATCHED")


def _joined(meant: Sequence[Body]) -> Body | None:
    """A dispatch to these."""
    return {"several": list(meant)} if len(meant) > 1 else next(iter(meant), None)


def _apply(draft: Draft, change: Body, to: str) -> None:
    match change["kind"]:
        case "ticket.finish":
            draft.set(state=to, doneAt=change["at"])
        case "ticket.close":
            given = {name: change["data"][name] for name in ("rating",) if name in change["data"]}
            private = change.get("private", {})
            given |= {name: private[name] for name in ("words",) if name in private}
            draft.set(state=to, closedAt=change["at"], **given)
        case "ticket.cancel":
            draft.set(state=to, closedAt=change["at"])
            _keep_note(draft, change)
        case "ticket.pause" | "ticket.resume":
            _pause(draft, change)
        case "ticket.reopen":
            round_number = (draft.body or {})["round"] + 1
            empty = dict.fromkeys(("reserved", "rating", "words", "doneAt", "closedAt"))
            draft.set(state=to, round=round_number, takers=[], **empty)
            _keep_note(draft, change)


def _pause(draft: Draft, change: Body) -> None:
    """What was done last holds; how far it moves the due time, the hub says."""
    event = {
        "change": change["id"],
        "kind": change["kind"],
        "at": change["at"],
        "by": change["by"],
        "reason": change["data"].get("reason"),
        "until": change["data"].get("until"),
    }
    events = (draft.body or {}).get("pauses", [])
    if event["change"] in {kept["change"] for kept in events}:
        return
    draft.set(pauses=[*events, event], pause=event if change["kind"] == "ticket.pause" else None)


# Members


def _register(draft: Draft, change: Body, look: Look) -> None:
    if draft.body is not None:
        return
    data = change["data"]
    draft.body = {}
    draft.set(
        id=change["entity"],
        community=(look("unit", data["unit"]) or {}).get("community"),
        **{name: data.get(name) for name in ("unit", "number", "name", "grid")},
        standing="ACTIVE",
        skills=[],
        phone=change.get("private", {}).get("phone"),
        aliasOf=None,
        points=0,
        registeredAt=change["at"],
    )


def _edit_member(draft: Draft, change: Body, look: Look) -> None:
    """A unit or a number is only proposed: the field is marked, and shows what the hub said."""
    if draft.body is None:
        return
    data, private = change["data"], change.get("private", {})
    draft.set(**{name: data[name] for name in ("name", "standing") if name in data})
    draft.set(**{name: private[name] for name in ("phone",) if name in private})
    draft.touched.update(PROPOSED & data.keys())
    _elements(draft, "skills", data.get("addSkills"), data.get("removeSkills"))


def _assign(draft: Draft, change: Body, look: Look) -> None:
    draft.set(grid=change["data"]["grid"])


# Services


def _record(draft: Draft, change: Body, look: Look) -> None:
    if draft.body is not None:
        return
    data, private = change["data"], change.get("private", {})
    member = look("member", data["member"]) or {}
    ticket = look("ticket", data["ticket"]) or {} if "ticket" in data else {}
    draft.body = {}
    draft.set(
        id=change["entity"],
        community=ticket.get("community", member.get("community")),
        grid=ticket.get("grid", member.get("grid")),
        category=ticket.get("category"),
        **{name: data.get(name) for name in ("member", "ticket", "activity")},
        start=data["start"]["at"],
        end=data["end"]["at"],
        onDuty=None,
        state="COUNTED",
        summary=private.get("summary"),
        place=private.get("place"),
        by=change["by"],
        recordedAt=change["at"],
        reason=None,
    )


def _link(draft: Draft, change: Body, look: Look) -> None:
    body = draft.body or {}
    if body and body["ticket"] is None and body["activity"] is None:
        draft.set(**change["data"])


def _void(draft: Draft, change: Body, look: Look) -> None:
    draft.set(state="VOID", reason=change["data"]["reason"])


# Posts


def _take(draft: Draft, change: Body, look: Look) -> None:
    """A seat, while one is free: whether others took it before, only the hub knows."""
    body, member = draft.body or {}, change["data"]["member"]
    sitting = _sitting(body, change["at"], look)
    if body and len(sitting) < body["seats"] and not _sits(sitting, member, look):
        seat = {"member": member, "since": change["at"], "until": None, "term": body["until"]}
        draft.set(holders=[*body["holders"], {**seat, "change": change["id"]}])


def _leave(draft: Draft, change: Body, look: Look) -> None:
    body, member = draft.body or {}, change["data"]["member"]
    left = {one["change"] for one in _sitting(body, change["at"], look) if _sits([one], member, look)}
    if left:
        draft.set(holders=_without(body["holders"], left, change["at"]))


def _sitting(body: Body, at: str, look: Look) -> list[Body]:
    """Who holds a seat: they have not left, and their term is not over by the community's local day."""
    offset = (look("community", body["community"]) or {}).get("utcOffset", 0) if body else 0
    day = format_time(parse_time(at) + offset * 60_000)[:10]
    seats = body.get("holders", ())
    return [one for one in seats if one["until"] is None and (one["term"] is None or day <= one["term"])]


def _sits(sitting: list[Body], member: str, look: Look) -> bool:
    return _root(member, look) in {_root(one["member"], look) for one in sitting}


# Activities and teams


def _open_activity(draft: Draft, change: Body, look: Look) -> None:
    if draft.body is not None:
        return
    data = change["data"]
    draft.body = {}
    draft.set(
        id=change["entity"],
        **{name: data.get(name) for name in ("community", "grid", "team", "title", "category", "place")},
        start=data["start"],
        end=data["end"],
        onDuty=None,
        members=[],
        sameAs=None,
        openedAt=change["at"],
        opener=change["by"],
    )


def _sign_in(draft: Draft, change: Body, look: Look) -> None:
    body, member = draft.body or {}, change["data"]["member"]
    if body and not _sits(body["members"], member, look):
        there = {"member": member, "since": change["at"], "change": change["id"]}
        draft.set(members=[*body["members"], there])


def _join(draft: Draft, change: Body, look: Look) -> None:
    body, member = draft.body or {}, change["data"]["member"]
    if body and not _sits(_current(body["members"]), member, look):
        place = {"member": member, "since": change["at"], "until": None, "term": None}
        draft.set(members=[*body["members"], {**place, "change": change["id"]}])


def _part(draft: Draft, change: Body, look: Look) -> None:
    body, member = draft.body or {}, change["data"]["member"]
    left = {one["change"] for one in _current(body.get("members", ())) if _sits([one], member, look)}
    if left:
        draft.set(members=_without(body["members"], left, change["at"]))


def _current(members: Sequence[Body]) -> list[Body]:
    return [one for one in members if one["until"] is None]


def _without(seats: list[Body], changes: set[str], at: str) -> list[Body]:
    return [{**one, "until": at} if one["change"] in changes else one for one in seats]


# Evaluations


def _evaluate(draft: Draft, change: Body, look: Look) -> None:
    """The last word is shown; after the closing nothing changes here, and a person decides."""
    data = change["data"]
    if draft.body is None:
        draft.body = {}
        draft.set(
            id=change["entity"],
            community=data["community"],
            member=data["member"],
            grid=(look("member", data["member"]) or {}).get("grid"),
            period=data["period"],
            closedAt=None,
        )
    elif draft.body["closedAt"] is not None:
        return
    draft.set(
        grade=data["grade"],
        words=change.get("private", {}).get("words"),
        state="OPEN",
        by=change["by"],
        decidedAt=change["at"],
    )


# The four ones


def _duty(draft: Draft, change: Body, look: Look) -> None:
    """A duty is shown as done; whether another tablet did it before, only the hub knows."""
    data = change["data"]
    if draft.body is not None:
        return
    offset = (look("community", data["community"]) or {}).get("utcOffset", 0)
    on = data.get("on") or format_time(parse_time(change["at"]) + offset * 60_000)[:10]
    draft.body = {}
    draft.set(
        id=change["entity"],
        community=data["community"],
        unit=data["unit"],
        kind=data["kind"],
        period=period_of(data["kind"], on)[0],
        on=on,
        topic=data.get("topic"),
        state="COUNTED",
        by=change["by"],
        recordedAt=change["at"],
        reason=None,
    )


# Whistles


def _blow(draft: Draft, change: Body, look: Look) -> None:
    if draft.body is not None:
        return
    data, ticket = change["data"], look("ticket", change["data"]["ticket"]) or {}
    draft.body = {}
    draft.set(
        id=change["entity"],
        community=ticket.get("community"),
        round=ticket.get("round", 1),
        **{name: data[name] for name in ("ticket", "lead", "deadline")},
        state="CALLED",
        whistle=None,
        calls=[_call(unit) for unit in dict.fromkeys([data["lead"], *data["departments"]])],
        meetings=[],
        blownAt=change["at"],
        blower=change["by"],
    )


def _call(unit: str) -> Body:
    silent = {"answer": None, "part": None, "at": None, "by": None, "answered": None}
    return {"unit": unit, **silent, "late": False, "overdue": False}


def _answer(draft: Draft, change: Body, look: Look) -> None:
    """What a called unit says; whether it was in time, and how the whistle stands, is the hub's to say."""
    calls, data = (draft.body or {}).get("calls", []), change["data"]
    unit = data.get("department")
    if any(call["unit"] == unit for call in calls):
        said = {"answer": data["answer"], "part": data.get("part"), "at": change["at"], "by": change["by"]}
        draft.set(
            calls=[
                {**call, **said, "answered": call["answered"] or change["at"]}
                if call["unit"] == unit
                else call
                for call in calls
            ]
        )


def _meet(draft: Draft, change: Body, look: Look) -> None:
    """Of one that joined another, the hub says where the record is."""
    body, data = draft.body or {}, change["data"]
    if body and body["whistle"] is None and all(one["id"] != change["id"] for one in body["meetings"]):
        present = [*dict.fromkeys(data["present"])]
        meeting = {"id": change["id"], "met": data["met"], "present": present, "record": data["record"]}
        draft.set(meetings=[*body["meetings"], {**meeting, "at": change["at"], "by": change["by"]}])


# Points


def _adjust(draft: Draft, change: Body, look: Look) -> None:
    """What is proposed counts for nothing: it stands beside the points, and is no part of them."""
    if draft.body is not None:
        return
    data = change["data"]
    member = look("member", data["member"]) or {}
    draft.body = {}
    draft.set(
        id=change["entity"],
        community=member.get("community"),
        grid=member.get("grid"),
        **{name: data[name] for name in ("member", "points", "reason")},
        state="PROPOSED",
        by=change["by"],
        at=change["at"],
        decidedAt=None,
        decider=None,
        why=None,
    )


def _withdraw(draft: Draft, change: Body, look: Look) -> None:
    if (draft.body or {}).get("state") == "PROPOSED":
        why = change["data"]["reason"]
        draft.set(state="WITHDRAWN", decidedAt=change["at"], decider=change["by"], why=why)


EFFECTS: Final[dict[str, tuple[str, Effect]]] = {
    "ticket.open": ("ticket", _open),
    "ticket.edit": ("ticket", _edit),
    "ticket.note": ("ticket", _note),
    **{kind: ("ticket", _step) for kind, _ in STEPS},
    "member.register": ("member", _register),
    "member.edit": ("member", _edit_member),
    "member.assign": ("member", _assign),
    "service.record": ("service", _record),
    "service.link": ("service", _link),
    "service.void": ("service", _void),
    "post.take": ("post", _take),
    "post.leave": ("post", _leave),
    "activity.open": ("activity", _open_activity),
    "activity.join": ("activity", _sign_in),
    "team.join": ("team", _join),
    "team.leave": ("team", _part),
    "duty.record": ("duty", _duty),
    "duty.void": ("duty", _void),
    "evaluation.submit": ("evaluation", _evaluate),
    "points.adjust": ("adjustment", _adjust),
    "points.withdraw": ("adjustment", _withdraw),
    "whistle.blow": ("whistle", _blow),
    "whistle.answer": ("whistle", _answer),
    "whistle.meet": ("whistle", _meet),
}

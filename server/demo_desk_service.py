"""At the demo's offices: tickets are matched, planned, given back, opened again; a contact is read; a whistle's meeting."""

from collections.abc import Sequence
from typing import Any, Final

from server.demo_desk import COMMUNITY, NAMES, REASONS, Both, Offices, joined

DESK, DISTRICT, LEAD, HELP = "desk", "district", "lead", "hospital"

WHO: Final = f"fit {REASONS} member {{ id name unit {{ code }} }} unit {{ id {NAMES} }} post {{ id {NAMES} }}"
SUGGEST: Final = f"query ($ticket: ID!) {{ suggestDispatch(ticket: $ticket, limit: 100) {{ {WHO} }} }}"
PLAN: Final = f"""query ($community: ID!) {{ planDispatch(community: $community) {{
  step ticket {{ id title }} suggestion {{ {WHO} }}
}} }}"""
MANY: Final = """mutation ($inputs: [ChangeInput!]!) {
  changes(inputs: $inputs) { __typename ... on TicketChanged { verdict { outcome } } }
}"""
ALIKE: Final = "query ($ticket: ID!) { duplicateHints(ticket: $ticket) { percent ticket { title } } }"
CONTACT: Final = "query ($id: ID!) { node(id: $id) { ... on Ticket { contact { name telephone } } } }"
READINGS: Final = "query ($ticket: ID!) { readings(ticket: $ticket) { key at } }"
TICKET: Final = "query ($id: ID!) { node(id: $id) { ... on Ticket { state round notes { text } } } }"
WHISTLE: Final = """query ($id: ID!) { node(id: $id) { ... on Whistle {
  state calls { unit { code } overdue } meetings { record }
} } }"""

LEASE, LAMP, PERMIT, WHISTLED = "@thing:lease", "@thing:lamp-again", "@thing:permit", "@thing:b-whistle"
FIRST: Final = 3
"""How many of a long list are told."""


def suggested(offices: Offices) -> None:
    """A new ticket: who fits and why; given back, it is asked again; ill, taken off; at last their whole unit."""
    offices.at("10:00")
    order = {"grid": "@grid:LY-2", "category": "legal", "title": "租房合同 A tenancy agreement"}
    contact = {"name": "住户乙", "telephone": "100-0002"}
    offices.do(DESK, "ticket.open", LEASE, **order, contact=contact)
    found = _suggest(offices)
    offices.tell(DESK, "order")
    for one in found[:FIRST]:
        offices.tell(DESK, "fits", who=_who(one), fit=one["fit"], why=joined(one["reasons"]))
    first = _member(found)
    offices.do(DESK, "ticket.dispatch", LEASE, to={"member": first["id"]})
    offices.at("10:15")
    offices.do(DESK, "ticket.decline", LEASE, member=first["id"])
    again = _suggest(offices)
    second = _member(again)
    proposed = [one["member"]["id"] for one in again if one["member"]]
    offices.tell(DESK, "declined", who=first["name"], n=len(again), next=second["name"])
    offices.do(DESK, "ticket.dispatch", LEASE, to={"member": second["id"]})
    offices.do(DESK, "ticket.claim", LEASE, member=second["id"])
    offices.facts["suggested"] = {
        "first": [_who(one)["zh"] for one in found[:FIRST]],
        "again": first["id"] in proposed,
    }
    _read(offices)
    offices.at("10:40")
    reason = "家中有急事 An emergency at home"
    offices.do(DESK, "ticket.release", LEASE, member=second["id"], reason=reason)
    unit = next(one["unit"] for one in _suggest(offices) if one["unit"])
    offices.do(DESK, "ticket.dispatch", LEASE, to={"unit": unit["id"]})
    offices.tell(DESK, "released", who=second["name"], reason=reason, unit=unit)
    third = _member(_suggest(offices), unit["code"])
    offices.do(DESK, "ticket.claim", LEASE, member=third["id"])
    offices.do(DESK, "ticket.start", LEASE, member=third["id"])


def _suggest(offices: Offices) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = offices.ask(DESK, SUGGEST, ticket=LEASE)
    return found


def _member(found: Sequence[dict[str, Any]], unit: str | None = None) -> dict[str, Any]:
    """The first member who is proposed, of this unit if it is said."""
    members = (one["member"] for one in found if one["member"])
    return next(one for one in members if unit in (None, one["unit"]["code"]))


def _who(one: dict[str, Any]) -> Both:
    who = one["member"] or one["unit"] or one["post"]
    return {"zh": who.get("zh", who.get("name")), "en": who.get("en", who.get("name"))}


def _read(offices: Offices) -> None:
    """The contact is read, and the log of readings has it; a note that says too much of somebody is redacted."""
    offices.at("10:20")
    offices.ask(DESK, CONTACT, id=LEASE)
    read = offices.ask(DISTRICT, READINGS, ticket=LEASE)
    offices.tell(DESK, "contact", n=len(read), key=read[0]["key"])
    offices.do(DESK, "ticket.note", LEASE, text="住户行动不便，家中还有病人 Somebody is ill there")
    offices.at("10:25")
    offices.do(DESK, "ticket.redact", LEASE, fields=["NOTES"])
    notes = [one["text"] for one in offices.ask(DESK, TICKET, id=LEASE)["notes"]]
    offices.tell(DESK, "redacted")
    offices.facts["readings"], offices.facts["notes"] = len(read), notes


def ordered_twice(offices: Offices) -> None:
    """A second caller wants what was ordered yesterday."""
    offices.at("10:50")
    order = {"grid": "@grid:LY-2", "category": "safety", "title": "路灯不亮 A dark street lamp"}
    offices.do(DESK, "ticket.open", LAMP, **order)
    hint = offices.ask(DESK, ALIKE, ticket=LAMP)[0]
    offices.do(DESK, "ticket.cancel", LAMP, reason="昨天已有同一单 Ordered yesterday already")
    offices.tell(DESK, "alike", title=hint["ticket"]["title"], percent=hint["percent"])
    offices.facts["alike"] = hint["percent"]


def planned(offices: Offices) -> None:
    """All tickets that lack somebody, planned together, and taken up in one request."""
    offices.at("11:10")
    plan = offices.ask(DESK, PLAN, community=COMMUNITY)
    offices.tell(DESK, "planned", n=len(plan))
    for one in plan[:FIRST]:
        told = {"who": _who(one["suggestion"]), "fit": one["suggestion"]["fit"]}
        why = joined(one["suggestion"]["reasons"])
        offices.tell(DESK, "plan", title=one["ticket"]["title"], why=why, **told)
    dispatches = [
        offices.change(DESK, "ticket.dispatch", one["ticket"]["id"], to=_to(one["suggestion"]))
        for one in plan
        if one["step"] == "ticketDispatch"
    ]
    made = offices.ask(DESK, MANY, inputs=[{"ticketDispatch": one} for one in dispatches])
    applied = sum(one.get("verdict", {}).get("outcome") == "APPLIED" for one in made)
    offices.tell(DESK, "dispatched", n=applied)
    offices.facts["plan"] = {"planned": len(plan), "dispatched": applied}


def _to(suggestion: dict[str, Any]) -> dict[str, str]:
    (to,) = ({kind: suggestion[kind]["id"]} for kind in ("member", "unit", "post") if suggestion[kind])
    return to


def reopened(offices: Offices) -> None:
    """What was closed was not right: a new round, and it is done again."""
    offices.at("11:20")
    reason = "证上名字打错了 The name on the permit is wrong"
    offices.do(DESK, "ticket.reopen", PERMIT, reason=reason)
    offices.do(DESK, "ticket.claim", PERMIT, member="@member:004")
    offices.do(DESK, "ticket.start", PERMIT, member="@member:004")
    offices.at("11:50")
    offices.do(DESK, "ticket.finish", PERMIT, member="@member:004")
    now = offices.ask(DESK, TICKET, id=PERMIT)
    offices.tell(DESK, "reopened", reason=reason, round=now["round"])
    offices.facts["reopened"] = {"state": now["state"], "round": now["round"]}


def met(offices: Offices) -> None:
    """Nobody answered the whistle in time, so the district was called: it comes, they meet, each does its part."""
    offices.at("13:30")
    late = [one for one in offices.ask(DISTRICT, WHISTLE, id=WHISTLED)["calls"] if one["overdue"]]
    codes = " ".join(one["unit"]["code"] for one in late if one["unit"])
    part = "区里牵头协调 The district brings them together"
    offices.do(DISTRICT, "whistle.answer", WHISTLED, answer="COMING", part=part)
    offices.tell(DISTRICT, "called", units=codes)
    for office, unit in ((LEAD, "LY-U01"), (HELP, "LY-U02")):
        offices.do(office, "whistle.answer", WHISTLED, answer="COMING", department=f"@unit:{unit}")
        offices.tell(office, "coming")
    offices.at("14:40")
    record = "司法局谈补偿，医院让出两米 One settles the compensation, the other gives two metres"
    present = ["@unit:LY-U01", "@unit:LY-U02"]
    offices.do(DESK, "whistle.meet", WHISTLED, met="2026-03-17T06:00:00.000Z", present=present, record=record)
    offices.tell(DESK, "met", record=record)
    offices.at("14:50")
    for office, unit in ((LEAD, "LY-U01"), (HELP, "LY-U02")):
        offices.do(office, "whistle.answer", WHISTLED, answer="DONE", department=f"@unit:{unit}")
    offices.do(DISTRICT, "whistle.answer", WHISTLED, answer="DONE")
    now = offices.ask(DISTRICT, WHISTLE, id=WHISTLED)
    offices.facts["whistle"] = {"state": now["state"], "meetings": len(now["meetings"])}
    offices.tell(DISTRICT, "parts", n=len(now["calls"]))

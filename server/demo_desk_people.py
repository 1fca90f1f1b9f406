"""At the demo's offices: members are registered, divided, joined and parted, evaluated; one looks at the own page."""

from typing import Any, Final

from server.demo_desk import COMMUNITY, Offices, joined

DESK, MEMBER = "desk", "member"

LISTED: Final = "编号,姓名,技能\n303,党员 303,law\n304,党员 304,first-aid\n305,党员 305,driving\n306,党员 306,\n307,党员 306,\n"
"""A unit's list without grids: the division finds them one. Two of its people have one name."""

REGISTER: Final = """mutation ($input: UnitRegisterInput!) {
  unitRegister(input: $input) { ... on UnitRegistered { registered problems { line } } }
}"""
DIVISION: Final = """query ($community: ID!, $unit: ID) { division(community: $community, unit: $unit) {
  grids { before after }
  moves {
    saw member { id name } joins { id code } zh: reasons(language: ZH) en: reasons(language: EN)
  }
} }"""
DIVIDE: Final = """mutation ($input: DivideInput!) {
  divide(input: $input) { ... on DivisionApplied { verdicts { outcome } queued } }
}"""
MEMBERS: Final = """query ($unit: ID!, $search: String!) {
  members(filter: {unit: $unit, search: $search}, order: [{field: NUMBER}]) { nodes { id number name aliasOf { number } } }
}"""
CODE: Final = "mutation ($member: ID!) { memberCode(member: $member) { code } }"
OPEN: Final = "mutation ($code: String!) { openPage(code: $code) { token } }"
MINE: Final = "{ mine }"
WAITING: Final = """query ($community: ID!, $rules: [String!]) {
  conflictsConnection(filter: {community: $community, states: [REVIEW], rules: $rules}) {
    totalCount nodes { id stands candidates { change value member { number } } }
  }
}"""
DRAFT: Final = """query ($member: ID!, $community: ID!, $period: String!) {
  evaluationDraft(member: $member, community: $community, period: $period) {
    services minutesOnDuty minutesOutOfHours ticketsFinished ratings stars activities points
  }
}"""


def divided(offices: Offices) -> None:
    """A unit's list without grids, and the even division that places who is on it."""
    offices.at("09:10")
    unit = offices.id("@unit:LY-U15")
    listed = offices.ask(DESK, REGISTER, input={"unit": unit, "list": LISTED})
    offices.tell(DESK, "listed", n=listed["registered"])
    proposed = offices.ask(DESK, DIVISION, community=COMMUNITY, unit=unit)
    for move in proposed["moves"]:
        why = joined({"zh": zh, "en": en} for zh, en in zip(move["zh"], move["en"], strict=True))
        offices.tell(DESK, "move", member=move["member"]["name"], grid=move["joins"]["code"], why=why)
    moves = [
        {
            "id": offices.new_id(DESK),
            "saw": move["saw"],
            "member": move["member"]["id"],
            "grid": move["joins"]["id"],
        }
        for move in proposed["moves"]
    ]
    taken = offices.ask(DESK, DIVIDE, input={"moves": moves})["verdicts"]
    again = offices.ask(DESK, DIVISION, community=COMMUNITY, unit=unit)
    applied = sum(one["outcome"] == "APPLIED" for one in taken)
    even = "/".join(str(one["after"]) for one in proposed["grids"])
    offices.tell(DESK, "divided", n=applied, even=even, again=len(again["moves"]))
    offices.facts["division"] = {
        "registered": listed["registered"],
        "before": [one["before"] for one in proposed["grids"]],
        "after": [one["after"] for one in proposed["grids"]],
        "applied": applied,
        "again": len(again["moves"]),
    }


def joined_and_parted(offices: Offices) -> None:
    """Two of one name are taken for one person, until their unit says that they are two."""
    offices.at("09:30")
    unit = offices.id("@unit:LY-U15")
    found = offices.ask(DESK, MEMBERS, unit=unit, search="党员 306")["nodes"]
    one, other = (member["id"] for member in found)
    offices.do(DESK, "member.merge", other, into=one)
    offices.tell(DESK, "merged")
    offices.at("09:40")
    offices.do(DESK, "member.split", other)
    offices.tell(DESK, "split")
    offices.facts["apart"] = [
        member["aliasOf"] for member in offices.ask(DESK, MEMBERS, unit=unit, search="党员 306")["nodes"]
    ]


def asked(offices: Offices) -> None:
    """A member sees on the own page that one service does not count, and asks; the desk looks, and rules."""
    offices.at("15:00")
    member = offices.id("@member:017")
    code = offices.ask(DESK, CODE, member=member)["code"]
    offices.hand(MEMBER, None)
    offices.hand(MEMBER, offices.ask(MEMBER, OPEN, code=code)["token"])
    kept = _mine(offices)
    (late,) = [one for one in kept["services"] if one["state"] == "REVIEW"]
    offices.tell(
        MEMBER, "page", services=len(kept["services"]), n=sum(one["points"] for one in kept["points"])
    )
    reason = "两处都去了：15 点到路口，16 点换人 I was at both: I left the entrance early"
    heard = offices.do(MEMBER, "member.request", member, reason=reason, about=late["id"])
    offices.tell(MEMBER, "asked", verdict=heard)
    offices.at("15:20")
    waiting = offices.ask(DESK, WAITING, community=COMMUNITY, rules=None)["totalCount"]
    (overlap,) = offices.ask(DESK, WAITING, community=COMMUNITY, rules=["overlap"])["nodes"]
    (chosen,) = [one["change"] for one in overlap["candidates"] if one["value"] == late["id"]]
    ruling = "两边都有人证明 Both are vouched for"
    offices.do(DESK, "conflict.rule", overlap["id"], stands=chosen, reason=ruling)
    (request,) = offices.ask(DESK, WAITING, community=COMMUNITY, rules=["correction"])["nodes"]
    answer = "属实，已更正 It is so; put right"
    stands = request["candidates"][0]["change"]
    offices.do(DESK, "conflict.rule", request["id"], stands=stands, reason=answer)
    offices.tell(DESK, "ruled", waiting=waiting, reason=ruling)
    offices.at("15:30")
    now = _mine(offices)
    (read,) = [one["reason"] for one in now["requests"] if one["rule"] == "correction"]
    gained = sum(one["points"] for one in now["points"]) - sum(one["points"] for one in kept["points"])
    offices.tell(MEMBER, "answered", reason=read, n=gained)
    offices.facts["request"] = {"outcome": heard["outcome"], "answer": read, "gained": gained}


def _mine(offices: Offices) -> dict[str, Any]:
    kept: dict[str, Any] = offices.ask(MEMBER, MINE)
    return kept


def evaluated(offices: Offices) -> None:
    """What an evaluation is drawn up from, and what a person finds."""
    offices.at("15:40")
    member, period = offices.id("@member:005"), "2026-03"
    draft = offices.ask(DESK, DRAFT, member=member, community=COMMUNITY, period=period)
    minutes = draft["minutesOnDuty"] + draft["minutesOutOfHours"]
    offices.tell(DESK, "draft", period=period, minutes=minutes, **draft)
    found = {"member": member, "community": COMMUNITY, "period": period, "grade": "EXCELLENT"}
    heard = offices.do(
        DESK, "evaluation.submit", "@thing:desk-005", **found, words="随叫随到 Comes whenever called"
    )
    offices.tell(DESK, "found", verdict=heard)
    offices.facts["draft"] = draft

"""The closed lists of words: states, kinds, outcomes. Values are those of the things and of the wire."""

from enum import Enum
from typing import Any

import strawberry


def _value(value: str | int, description: str) -> Any:
    return strawberry.enum_value(value, description=description)


@strawberry.enum(description="Which way an order runs.")
class Direction(Enum):
    ASC = _value("ASC", "From the smallest, the earliest, A to Z.")
    DESC = _value("DESC", "From the largest, the latest, Z to A.")


@strawberry.enum(description="What a community is.")
class CommunityKind(Enum):
    STREET = _value("STREET", "社区: a community of a street or town.")
    VILLAGE = _value("VILLAGE", "村: a village.")


@strawberry.enum(description="How urgent a ticket is.")
class Priority(Enum):
    LOW = _value("LOW", "Whenever somebody passes by.")
    NORMAL = _value("NORMAL", "As usual.")
    HIGH = _value("HIGH", "Before the others.")
    URGENT = _value("URGENT", "Now.")


@strawberry.enum(description="How far a ticket has come, in this order.")
class TicketState(Enum):
    OPEN = _value("OPEN", "待接单: nobody has it yet.")
    DISPATCHED = _value("DISPATCHED", "已派单: reserved for a member, a unit or a post.")
    ACCEPTED = _value("ACCEPTED", "已接单: a member has taken it.")
    IN_PROGRESS = _value("IN_PROGRESS", "办理中: somebody is at work.")
    DONE = _value("DONE", "已办结: the work is done.")
    CLOSED = _value("CLOSED", "已关闭: the resident has confirmed it.")
    CANCELLED = _value("CANCELLED", "已取消: no longer wanted.")


@strawberry.enum(description="What a called department says.")
class DepartmentAnswer(Enum):
    COMING = _value("COMING", "接: it takes its part.")
    DECLINED = _value("DECLINED", "不接: it is not theirs.")
    DONE = _value("DONE", "办结: its part is done.")


@strawberry.enum(description="How a whistle stands.")
class WhistleState(Enum):
    CALLED = _value("CALLED", "待答复: not all have answered, and nobody is overdue.")
    ANSWERED = _value("ANSWERED", "已答复: all have answered.")
    OVERDUE = _value("OVERDUE", "逾期: the deadline is over and somebody has not answered.")
    ESCALATED = _value("ESCALATED", "区级兜底: nobody came in time, and the district is called.")
    DONE = _value("DONE", "已办结: whoever took a part has done it.")
    JOINED = _value("JOINED", "已并入: it joined the whistle that was blown before for its ticket.")


@strawberry.enum(description="What of a ticket can be erased for good.")
class RedactableField(Enum):
    DETAIL = _value("detail", "The private description.")
    CONTACT = _value("contact", "Whom to ask for, and where.")
    NOTES = _value("notes", "The texts of its notes.")
    WORDS = _value("words", "What the resident said at closing.")


@strawberry.enum(description="Whether a member serves at present.")
class Standing(Enum):
    ACTIVE = _value("ACTIVE", "Serves.")
    AWAY = _value("AWAY", "Away for a time.")
    LEFT = _value("LEFT", "Has left the unit or the district.")


@strawberry.enum(description="What became of a recorded service.")
class ServiceState(Enum):
    COUNTED = _value("COUNTED", "It counts.")
    DUPLICATE = _value("DUPLICATE", "The same work was recorded twice; this record earns nothing.")
    REVIEW = _value("REVIEW", "A dispatcher has to look; it earns when ruled.")
    SET_ASIDE = _value("SET_ASIDE", "A dispatcher has ruled that it does not count.")
    VOID = _value("VOID", "Its author or a dispatcher has taken it back, with a reason.")


@strawberry.enum(description="What a linked unit owes its community (四个一).")
class DutyKind(Enum):
    CONTACT = _value("CONTACT", "联系: a contact every month.")
    SURVEY = _value("SURVEY", "调研: a survey every quarter.")
    TALK = _value("TALK", "宣讲: a talk every half-year.")
    SUMMARY = _value("SUMMARY", "总结: a summary every year.")


@strawberry.enum(description="Whether a record of a duty counts.")
class DutyState(Enum):
    COUNTED = _value("COUNTED", "It is the one of its period that counts.")
    FURTHER = _value("FURTHER", "Another of its period counts; this one is kept beside it.")
    VOID = _value("VOID", "It was taken back, with a reason.")


@strawberry.enum(description="What has become of a duty.")
class OwedState(Enum):
    DONE = _value("DONE", "It is done.")
    DUE = _value("DUE", "It is not done yet, and its period is not over.")
    OVERDUE = _value("OVERDUE", "Its period is over, and it was not done.")


@strawberry.enum(description="What a village branch may find of a member's service.")
class EvaluationGrade(Enum):
    EXCELLENT = _value("EXCELLENT", "优秀: excellent.")
    QUALIFIED = _value("QUALIFIED", "合格: good enough.")
    BASIC = _value("BASIC", "基本合格: only just.")
    UNQUALIFIED = _value("UNQUALIFIED", "不合格: not good enough.")


@strawberry.enum(description="How an evaluation stands.")
class EvaluationState(Enum):
    OPEN = _value("OPEN", "It is given, and its period is not closed: the last word stands.")
    CLOSED = _value("CLOSED", "Its period is closed; only a ruling changes it.")
    REVIEW = _value("REVIEW", "It came after the closing, or from elsewhere, and waits for a person.")
    SET_ASIDE = _value("SET_ASIDE", "A person has ruled that none stands.")


@strawberry.enum(description="Whether a manual credit or debit counts.")
class AdjustmentState(Enum):
    PROPOSED = _value("PROPOSED", "Provisional: it waits for a second person, and counts for nothing.")
    CONFIRMED = _value("CONFIRMED", "A second person has confirmed it; it counts.")
    WITHDRAWN = _value("WITHDRAWN", "It was withdrawn, and counts for nothing.")


@strawberry.enum(description="What a line of the points ledger is.")
class PointEntryKind(Enum):
    EARNED = _value("EARNED", "Earned by a point rule, or the correction of what was.")
    REDEEMED = _value("REDEEMED", "Exchanged for a reward.")
    CREDITED = _value("CREDITED", "Credited by hand, by two persons.")
    DEBITED = _value("DEBITED", "Debited by hand, by two persons.")
    EXPIRED = _value("EXPIRED", "Expired by a dated rule; above zero what had not expired after all.")


@strawberry.enum(description="What a point rule counts.")
class PointsPer(Enum):
    SERVICE = _value("SERVICE", "Each service.")
    HOUR = _value("HOUR", "Each started hour of a service.")
    RATING = _value("RATING", "Each rating that is good enough.")
    ACTIVITY = _value("ACTIVITY", "Each activity.")


@strawberry.enum(description="Which hours a point rule counts.")
class PointHours(Enum):
    ANY = _value("ANY", "Any time.")
    ON_DUTY = _value("ON_DUTY", "Within the community's working hours (八小时内).")
    OUT_OF_HOURS = _value("OUT_OF_HOURS", "Out of working hours (八小时外).")


@strawberry.enum(description="Who wrote: a higher office outranks a lower one where a field is `ranked`.")
class Office(Enum):
    UNIT = _value(-1, "A unit, for itself.")
    MEMBER = _value(0, "The member, on their own page.")
    LIAISON = _value(1, "A tablet in a grid.")
    DISPATCHER = _value(2, "The community's desk.")
    DISTRICT = _value(3, "The district.")


@strawberry.enum(description="Whether a conflict still waits for a person.")
class ConflictState(Enum):
    SETTLED = _value("SETTLED", "Decided by its rule; kept so that it can be looked at.")
    REVIEW = _value("REVIEW", "A person has to look.")
    RULED = _value("RULED", "A person has ruled.")


@strawberry.enum(description="How a settlement came about.")
class SettlementKind(Enum):
    NIGHT = _value("NIGHT", "All that tablets had uploaded, at the appointed time.")
    ONLINE = _value("ONLINE", "One change of an office, at once.")
    IMPORT = _value("IMPORT", "A district file.")


@strawberry.enum(name="Outcome", description="What settlement decided about a change.")
class OutcomeKind(Enum):
    APPLIED = _value("APPLIED", "It stands.")
    MERGED = _value("MERGED", "Part of it stands.")
    SUPERSEDED = _value("SUPERSEDED", "Something later or higher stands; this is kept beside it.")
    LOST = _value("LOST", "Another was first; what was done meanwhile counts.")
    DUPLICATE = _value("DUPLICATE", "It was there already; once is enough.")
    HELD = _value("HELD", "It waits for a thing that has not reached the district yet.")
    REVIEW = _value("REVIEW", "It waits for a person to look.")
    REJECTED = _value("REJECTED", "It is not possible, and the verdict says why.")
    QUARANTINED = _value("QUARANTINED", "It could not be taken as a change; it is kept as it came.")


@strawberry.enum(description="What a document of the feed is to a tablet now.")
class DocumentState(Enum):
    LIVE = _value("LIVE", "Keep it as it is in `body`.")
    LEFT = _value("LEFT", "Out of your scope: remove it, and forget its rev.")
    GONE = _value("GONE", "It no longer exists: remove it.")

"""All tables together: every thing's mapping by its collection, and the metadata that migrations follow."""

from typing import Any, Final

from sqlalchemy import MetaData
from sqlmodel import SQLModel

from schema.tables import (
    attachment,
    change,
    contact,
    document,
    durable,
    enrolment_code,
    epoch,
    erasure,
    failed_night,
    fork,
    hole,
    meta,
    quarantine,
    rating_code,
    reading,
    repeat,
    scope,
    settlement,
    tablet,
    token,
)
from schema.tables.activity import ACTIVITY, ATTENDANCE
from schema.tables.adjustment import ADJUSTMENT
from schema.tables.community import COMMUNITY
from schema.tables.conflict import CONFLICT
from schema.tables.device import DEVICE
from schema.tables.duty import DUTY, DUTY_PERIOD
from schema.tables.evaluation import EVALUATION, EVALUATION_PERIOD
from schema.tables.grid import GRID
from schema.tables.mapping import Mapping
from schema.tables.member import MEMBER
from schema.tables.outcome import OUTCOME
from schema.tables.point_entry import POINT_ENTRY
from schema.tables.point_expiry import POINT_EXPIRY
from schema.tables.point_rule import POINT_RULE
from schema.tables.post import POST
from schema.tables.rating import RATING
from schema.tables.recount import RECOUNT
from schema.tables.redemption import REDEMPTION
from schema.tables.reward import REWARD
from schema.tables.service import SERVICE
from schema.tables.team import TEAM
from schema.tables.ticket import TICKET, TICKET_TAKER
from schema.tables.unit import UNIT
from schema.tables.whistle import WHISTLE

METADATA: Final[MetaData] = SQLModel.metadata

MAPPINGS: Final[dict[str, Mapping[Any]]] = {
    "community": COMMUNITY,
    "unit": UNIT,
    "grid": GRID,
    "pointRule": POINT_RULE,
    "pointExpiry": POINT_EXPIRY,
    "member": MEMBER,
    "ticket": TICKET,
    "service": SERVICE,
    "post": POST,
    "team": TEAM,
    "activity": ACTIVITY,
    "attendance": ATTENDANCE,
    "duty": DUTY,
    "dutyPeriod": DUTY_PERIOD,
    "evaluation": EVALUATION,
    "evaluationPeriod": EVALUATION_PERIOD,
    "whistle": WHISTLE,
    "rating": RATING,
    "reward": REWARD,
    "redemption": REDEMPTION,
    "adjustment": ADJUSTMENT,
    "recount": RECOUNT,
    "conflict": CONFLICT,
    "device": DEVICE,
}

OTHERS: Final = (
    attachment.ATTACHMENT,
    attachment.PART,
    change.CHANGE,
    contact.CONTACT,
    document.DOCUMENT,
    durable.DURABLE,
    enrolment_code.ENROLMENT_CODE,
    epoch.EPOCH,
    erasure.ERASURE,
    failed_night.FAILED_NIGHT,
    fork.FORK,
    hole.HOLE,
    meta.META,
    OUTCOME.table,
    POINT_ENTRY.table,
    quarantine.QUARANTINE,
    rating_code.RATING_CODE,
    reading.READING,
    repeat.REPEAT,
    scope.SCOPE,
    settlement.SETTLEMENT,
    tablet.TABLET,
    TICKET_TAKER.table,
    token.TOKEN,
)

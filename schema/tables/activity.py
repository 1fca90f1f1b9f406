"""Activities, and who signed in; and each sign-in once more as a source of points, which is no document."""

from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json
from schema.tables.mapping import Mapping
from sync import things


class ActivityRow(SQLModel, table=True):
    __tablename__ = "activity"
    __table_args__ = (
        Index("ix_activity_community", "community", "start", "id"),
        Index("ix_activity_grid", "grid", "start", "id"),
        Index("ix_activity_team", "team", "start", "id"),
        Index("ix_activity_start", "start", "id"),
        Index("ix_activity_day", "community", "day"),
    )

    id: str = Field(primary_key=True)
    rev: int = big(index=True)
    community: str
    grid: str | None
    team: str | None
    title: str
    category: str | None
    place: str | None
    start: int = big()
    end: int = big()
    day: int
    on_duty: bool
    opened: int = big()
    opener: str | None
    members: list[Any] = json()
    same_as: str | None
    versions: dict[str, Any] = json()


class AttendanceRow(SQLModel, table=True):
    __tablename__ = "attendance"
    __table_args__ = (Index("ix_attendance_member_day", "member", "day"),)

    id: str = Field(primary_key=True)
    rev: int = big()
    community: str
    member: str
    activity: str = Field(index=True)
    category: str | None
    on_duty: bool
    day: int
    at: int = big()
    change: str
    state: str


ACTIVITY = Mapping(things.Activity, ActivityRow)
ATTENDANCE = Mapping(things.Attendance, AttendanceRow)

"""Devices: what each tablet carries, as last assigned. The tablet's own affairs are in tablet.py."""

from typing import Any

from sqlmodel import Field, SQLModel

from schema.tables.columns import big, json
from schema.tables.mapping import Mapping
from sync import things


class DeviceRow(SQLModel, table=True):
    __tablename__ = "device"

    id: str = Field(primary_key=True)
    rev: int = big()
    grids: list[Any] = json()
    versions: dict[str, Any] = json()


DEVICE = Mapping(things.Device, DeviceRow)

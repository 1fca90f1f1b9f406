"""Names of the demo's story as ids: `@member:017`, `@grid:LY-1`, `@thing:parking`."""

from collections.abc import Mapping
from typing import Any

from server.demo_world import DemoIds
from server.district import District
from server.district_changes import entity_id


class Things:
    """The example district's things by code, and the story's own by the names it gives them."""

    def __init__(self, district: District, ids: DemoIds) -> None:
        self._units = {member.number: member.unit for member in district.members}
        self._ids = ids
        self._made: dict[str, str] = {}

    def thing(self, name: str) -> str:
        """The id of something that the story makes."""
        if name not in self._made:
            self._made[name] = self._ids.uuid7()
        return self._made[name]

    def data(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """A step's data with every name replaced."""
        return {key: self._value(value) for key, value in data.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._value(one) for one in value]
        if isinstance(value, dict):
            return self.data(value)
        if not isinstance(value, str) or not value.startswith("@"):
            return value
        kind, _, name = value[1:].partition(":")
        if kind == "thing":
            return self.thing(name)
        return entity_id(kind, f"{self._units[name]}:{name}" if kind == "member" else name)

"""Working hours: whether a moment is on duty or out of hours, by a community's own clock (八小时内外)."""

from sync.things import Community
from sync.work import DAY_MS


def is_on_duty(community: Community | None, at: int) -> bool:
    """Whether a moment falls into the community's working hours, by its local time."""
    if community is None:
        return False
    local = at + community.utc_offset * 60_000
    weekday = (local // DAY_MS + 3) % 7 + 1
    minute = local % DAY_MS // 60_000
    clock = f"{minute // 60:02d}:{minute % 60:02d}"
    return any(
        weekday in hours["days"] and hours["from"] <= clock < hours["until"]
        for hours in community.working_hours
    )

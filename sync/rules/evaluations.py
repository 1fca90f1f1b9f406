"""THE TABLE of grades of an evaluation (定期评价), and the periods that members are evaluated for.

Periods are of the local calendar: a month `2026-11`, a quarter `2026-Q4`, a year `2026`. Each closes a set
number of days after its end, by its community's policy.
"""

from calendar import monthrange
from typing import Final, NamedTuple

from sync.rules.duties import Period
from sync.shapes import parse_time

DAY_MS: Final = 86_400_000


class Grade(NamedTuple):
    """What a village branch may find; `qualified`: good enough for the selections of the year (四个合格评选)."""

    zh: str
    en: str
    qualified: bool


GRADES: Final[dict[str, Grade]] = {
    "EXCELLENT": Grade("优秀", "excellent", True),
    "QUALIFIED": Grade("合格", "qualified", True),
    "BASIC": Grade("基本合格", "basically qualified", False),
    "UNQUALIFIED": Grade("不合格", "not qualified", False),
}


def period_named(code: str) -> Period:
    """The month, quarter or year of a code as a change may have it."""
    year, _, part = code.partition("-")
    number = int(part.lstrip("Q") or 0)
    if not part:
        first, last = 1, 12
    elif part.startswith("Q"):
        first, last = number * 3 - 2, number * 3
    else:
        first = last = number
    days = monthrange(int(year), last)[1]
    return Period(code, f"{year}-{first:02d}-01", f"{year}-{last:02d}-{days:02d}")


def ends_at(code: str, utc_offset: int) -> int:
    """When a period is over, in milliseconds since 1970, where local time is so many minutes east of Greenwich."""
    return parse_time(f"{period_named(code).last}T00:00:00.000Z") + DAY_MS - utc_offset * 60_000

"""Every kind of change, one frozen struct each, with its limits; a file per thing.

Whatever a tablet, a desk or a district file writes is one of these and goes through the same
rule book. Nothing here decides; nothing here keeps.
"""

from typing import Final

from sync.kinds import (
    activities,
    district,
    duties,
    evaluations,
    members,
    points,
    posts,
    rewards,
    rulings,
    services,
    teams,
    tickets,
    whistles,
)
from sync.kinds.kind import Kind

KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kinds in (
        district.KINDS,
        members.KINDS,
        tickets.KINDS,
        services.KINDS,
        points.KINDS,
        posts.KINDS,
        teams.KINDS,
        activities.KINDS,
        duties.KINDS,
        evaluations.KINDS,
        rewards.KINDS,
        whistles.KINDS,
        rulings.KINDS,
    )
    for kind in kinds
}

"""SQLite = PostgreSQL: the same people do the same things on either, and it comes to the same steps and bytes."""

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from tests.databases import Databases
from tests.simulation.faults import FAULTS
from tests.simulation.options import Options
from tests.simulation.run import Result, run
from tests.simulation.witness import Violation

# A process dies at the n-th statement, and a disk is full at the n-th page: those two count differently.
# And there is no file of PostgreSQL's that somebody would copy back.
OTHERWISE: Final = frozenset({"kill_hub", "kill_restore", "full_hub", "copied_back"})
SAME: Final = tuple(name for name in FAULTS if name not in OTHERWISE)


class Twins(Struct):
    """One run on SQLite and the same on another database."""

    here: Result
    there: Result

    def violations(self) -> list[Violation]:
        """What did not hold on either, and that they came to something else."""
        found = [*self.here.violations, *self.there.violations]
        if (self.here.trace, self.here.digest) != (self.there.trace, self.there.digest):
            says = f"{self.here.command} --twins 1 comes to something else on PostgreSQL"
            found.append(Violation("both databases", says))
        return found


def twins(wanted: Iterable[Options], databases: Databases) -> Iterator[Twins]:
    """Each of these runs, with the faults that can be the same on both, once here and once there."""
    for options in wanted:
        same = replace(options, faults=tuple(name for name in options.faults if name in SAME))
        with (
            tempfile.TemporaryDirectory(prefix="lianxin-twin-") as folder,
            databases.fresh(Path(folder)) as url,
        ):
            yield Twins(run(same), run(replace(same, database=url)))

"""What a run is asked to be. Together with the code it says everything: the same options, the same run."""

from typing import Final, Literal

from msgspec import Struct

from tests.simulation.faults import FAULTS

DoorKind = Literal["hub", "app"]

DEEDS: Final = 40
"""How many changes a tablet makes on a working day, on average."""
SQLITE: Final = "sqlite:///{folder}/hub.db"


class Options(Struct, frozen=True):
    """`database` is a URL that names `{folder}`; the default is SQLite in a temporary folder.

    door: `hub` speaks to the hub's facade in the protocol's JSON, `app` to the GraphQL app itself.
    """

    tablets: int = 6
    days: int = 3
    seed: int = 1
    faults: tuple[str, ...] = tuple(FAULTS)
    deeds: int = DEEDS
    door: DoorKind = "hub"
    database: str = SQLITE

    def command(self) -> str:
        """The command line that repeats this run."""
        words = [f"python -m tests.simulation --tablets {self.tablets} --days {self.days} --seed {self.seed}"]
        if self.deeds != DEEDS:
            words.append(f"--deeds {self.deeds}")
        if self.faults != tuple(FAULTS):
            words.append(f"--faults {','.join(self.faults) or 'none'}")
        if self.door != "hub":
            words.append(f"--door {self.door}")
        if self.database != SQLITE:
            words.append(f"--database '{self.database}'")
        return " ".join(words)

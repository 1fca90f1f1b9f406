"""What an invariant looks at: the hub's tables, the tablets, and what an onlooker saw."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests.simulation.carrier import Carrier
from tests.simulation.evidence import Evidence
from tests.simulation.witness import Witness


class Scene(NamedTuple):
    """`evidence` is of one moment; `carriers` are all tablets that there are."""

    evidence: Evidence
    witness: Witness
    carriers: list[Carrier]

    @property
    def active(self) -> list[Carrier]:
        return [carrier for carrier in self.carriers if not carrier.retired]


Invariant = Callable[[Scene], Iterator[str]]
"""Yields a sentence for each thing that must not be."""

"""What the simulator did in a test run, counted together, at the end of the terminal's report."""

from collections import Counter
from typing import Any

import msgspec

from tests.simulation.faults import FAULTS
from tests.simulation.many import Total


def pytest_terminal_summary(terminalreporter: Any) -> None:
    totals = [
        msgspec.json.decode(value, type=Total)
        for reports in terminalreporter.stats.values()
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == "simulation" and getattr(report, "when", "") == "call"
    ]
    if not totals:
        return
    faults: Counter[str] = Counter()
    for total in totals:
        faults.update(total.faults)
    runs, changes = sum(total.runs for total in totals), sum(total.changes for total in totals)
    settlements = sum(total.settlements for total in totals)
    terminalreporter.write_line(
        f"simulation: {runs} seeds, {changes:,} changes, {settlements:,} settlements, {faults.total():,} faults of"
        f" {len(faults)} of {len(FAULTS)} kinds"
    )

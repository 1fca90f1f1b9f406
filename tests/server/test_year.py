"""The example district, played by a seed, comes to the kinds of totals that the published account tells of."""

from pathlib import Path

from tests.server.year import played

WEEKS = 3


async def test_three_weeks_are_on_their_way_to_a_years_totals(tmp_path: Path) -> None:
    """In a year 3,000 and more deeds, 4,000 person-times, 100 and more enterprise problems, and points."""
    counted, proved = await played(tmp_path, WEEKS, seed=7)
    year = {name: (value or 0) * 52 / WEEKS for name, value in counted.figures.items()}
    assert proved
    assert year["deeds"] > 2_900
    assert 3_600 < year["personTimes"] < 6_000
    assert 80 < year["enterpriseProblems"] < 400
    assert year["points"] > 1_779
    assert year["onDuty"] + year["outOfHours"] == year["personTimes"]
    assert 30 < (counted.figures["minutesToAccept"] or 0) < 60
    assert (counted.figures["minutesToFinish"] or 0) > (counted.figures["minutesToAccept"] or 0)


async def test_the_same_seed_plays_the_same_weeks_and_another_one_others(tmp_path: Path) -> None:
    def folder(name: str) -> Path:
        (tmp_path / name).mkdir()
        return tmp_path / name

    first, _ = await played(folder("one"), 1, seed=1)
    again, _ = await played(folder("again"), 1, seed=1)
    other, _ = await played(folder("other"), 1, seed=2)
    assert first.figures == again.figures != other.figures

"""The example district, played a year by a seed, comes to the kinds of totals that the published account tells of."""

from pathlib import Path

from tests.server.year import AIMS, SHARE, WEEKS, played

NOT_PLAYED = {"deedsLate", "paused", "pointsAdjusted", "pointsExpired"}
"""What time or a person brings of which this year has none."""


async def test_a_year_comes_to_the_kinds_of_totals_that_the_account_tells_of(tmp_path: Path) -> None:
    """The account is of 500 members, the example has 150: each total is near its three tenths of the account's."""
    year = await played(tmp_path, WEEKS, seed=7)
    assert year.proved, "all of it follows from the log"
    figures = {name: value or 0 for name, value in year.counted.figures.items()}
    for name, aim in AIMS.items():
        assert 0.8 * aim * SHARE < figures[name] < 1.5 * aim * SHARE, (name, figures[name])
    assert {name for name, value in figures.items() if not value} == NOT_PLAYED
    assert figures["onDuty"] + figures["outOfHours"] == figures["personTimes"]
    assert figures["points"] == figures["pointsEarned"] - figures["pointsRedeemed"]
    assert 30 < figures["minutesToAccept"] < 60 < figures["minutesToFinish"]
    assert {name: figures[name] for name in figures if name in year.total} == {
        name: value for name, value in year.total.items() if name in figures
    }, "by either way they are the same"
    assert (len(year.teams), sum(one["points"] for one in year.teams)) == (
        figures["teams"],
        figures["pointsOfTeams"],
    )
    assert all(one["members"] and one["sessions"] for one in year.teams)
    assert {"APPLIED", "POST_TAKEN", "LAST_TAKEN", "DUTY_DONE", "RULED_FOR"} <= set(year.told)
    assert all(year.report[name] for name in ("overdue", "whistles", "duties")), (
        "what is left at the year's end"
    )


async def test_the_same_seed_plays_the_same_weeks_and_another_one_others(tmp_path: Path) -> None:
    def folder(name: str) -> Path:
        (tmp_path / name).mkdir()
        return tmp_path / name

    first = await played(folder("one"), 2, seed=1)
    again = await played(folder("again"), 2, seed=1)
    other = await played(folder("other"), 2, seed=2)
    assert first.counted.figures == again.counted.figures != other.counted.figures
    assert first.told == again.told

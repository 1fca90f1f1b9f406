"""Budgets: drawn from by what is asked, filled again by time alone, each key's its own."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from schema.budget import Bill, Budget, Spent
from schema.values import Author, Role
from server import budgets
from server.budgets import Budgets
from server.settings import Settings
from tests.door.house import HandClock

READER, OTHER = (Author(role=Role.READER, id=id) for id in ("one", "other"))
SETTINGS = Settings(database_url="", budget=100_000, budget_per_second=1_000)


def standing(settings: Settings = SETTINGS) -> tuple[Budgets, HandClock]:
    clock = HandClock()
    return Budgets(settings, clock), clock


def left(bill: Bill) -> int:
    assert bill.budget is not None
    return bill.budget.left


def test_what_is_spent_comes_back_by_the_second_and_never_above_the_whole() -> None:
    budgets, clock = standing()
    began = clock.now()
    bill = budgets.spend(READER, 70_000, 70_000)
    assert bill == Bill(70_000, 70_000, Budget(100_000, 30_000, 1_000, began + 70_000))
    clock.go_on(10_500)
    assert left(budgets.spend(READER, 1, 0)) == 40_500
    clock.go_on(3_600_000)
    assert left(budgets.spend(READER, 1, 0)) == 100_000


def test_what_is_not_there_is_refused_and_says_when_it_will_be() -> None:
    budgets, clock = standing()
    budgets.spend(READER, 90_000, 90_000)
    with pytest.raises(Spent) as refused:
        budgets.spend(READER, 12_500, 12_500)
    assert refused.value.code == "BUDGET_SPENT"
    assert refused.value.details["retryAfter"] == 3
    assert (refused.value.bill.charged, left(refused.value.bill)) == (0, 10_000)
    clock.go_on(2_000)
    with pytest.raises(Spent):
        budgets.spend(READER, 12_500, 12_500)
    clock.go_on(1_000)
    assert left(budgets.spend(READER, 12_500, 12_500)) == 500


def test_what_costs_nothing_is_never_refused() -> None:
    budgets, _ = standing()
    budgets.spend(READER, 100_000, 100_000)
    assert left(budgets.spend(READER, 1_500, 0)) == 0


def test_each_key_has_a_budget_of_its_own_and_nobody_has_none() -> None:
    budgets, _ = standing()
    budgets.spend(READER, 100_000, 100_000)
    assert left(budgets.spend(OTHER, 1, 1)) == 99_999
    assert budgets.spend(None, 60_000, 60_000) == Bill(60_000, 60_000, None)


def test_whoever_has_no_token_shares_what_their_address_has() -> None:
    budgets, clock = standing()
    assert left(budgets.spend(None, 15_000, 15_000, "10.0.0.1")) == 5_000
    with pytest.raises(Spent):
        budgets.spend(None, 15_000, 15_000, "10.0.0.1")
    assert left(budgets.spend(None, 0, 0, "10.0.0.2")) == 20_000
    assert left(budgets.spend(READER, 0, 0, "10.0.0.1")) == 100_000
    clock.go_on(50_000)
    assert left(budgets.spend(None, 0, 0, "10.0.0.1")) == 15_000
    budgets.draw(None, 20_000, "2001:db8:1:2::1")
    assert left(budgets.spend(None, 0, 0, "2001:db8:1:2:3:4:5:6")) == 0
    assert left(budgets.spend(None, 0, 0, "2001:db8:1:3::1")) == 20_000
    assert left(budgets.spend(None, 0, 0, "")) == 20_000


def test_what_is_short_is_read_whatever_is_left() -> None:
    budgets, _ = standing()
    budgets.draw(None, 19_950, "a")
    budgets.read("a", 2_000)
    assert left(budgets.spend(None, 0, 0, "a")) == 10
    for _ in range(3):
        budgets.read("a", 2_000)
    with pytest.raises(Spent):
        budgets.read("a", 2_001)


def test_what_cannot_be_held_back_takes_what_is_there() -> None:
    budgets, _ = standing()
    budgets.draw(READER, 60_000)
    budgets.draw(READER, 60_000)
    budgets.draw(None, 60_000)
    assert left(budgets.spend(READER, 0, 0)) == 0


def test_a_clock_that_was_put_back_fills_nothing() -> None:
    budgets, clock = standing()
    budgets.spend(READER, 50_000, 50_000)
    clock.go_on(-3_600_000)
    assert left(budgets.spend(READER, 0, 0)) == 50_000


def test_budgets_can_be_left_out() -> None:
    budgets, _ = standing(Settings(database_url="", budget=0))
    for _ in range(3):
        assert budgets.spend(READER, 60_000, 60_000) == Bill(60_000, 60_000, None)
    budgets.draw(READER, 60_000)


def test_threads_spend_each_point_once() -> None:
    budgets, _ = standing()
    with ThreadPoolExecutor(4) as pool:
        for _ in pool.map(lambda _: budgets.spend(READER, 10, 10), range(5_000)):
            pass
    assert left(budgets.spend(READER, 0, 0)) == 50_000


def test_whoever_was_not_heard_of_for_longest_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(budgets, "KEYS", 2)
    found, _ = standing()
    for id in ("a", "b", "a", "c"):
        found.spend(Author(role=Role.READER, id=id), 10, 10)
    assert left(found.spend(Author(role=Role.READER, id="a"), 0, 0)) == 99_980
    assert left(found.spend(Author(role=Role.READER, id="b"), 0, 0)) == 100_000

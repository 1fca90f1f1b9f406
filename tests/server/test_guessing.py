"""Wrong tries at one-time codes: so many from one address and in all, and then one waits."""

from server.guessing import MOST_BY_ADDRESS, MOST_IN_ALL, WINDOW_MS, Guesses


def test_one_address_has_so_many_tries_and_waits_until_the_first_is_forgotten() -> None:
    guesses = Guesses()
    for number in range(MOST_BY_ADDRESS):
        assert guesses.wait_ms("a", number) == 0
        guesses.wrong("a", number)
    assert guesses.wait_ms("a", 20) == WINDOW_MS - 20
    assert guesses.wait_ms("b", 20) == 0, "others are not stopped"
    assert guesses.wait_ms("a", WINDOW_MS - 1) == 1
    assert guesses.wait_ms("a", WINDOW_MS) == 0
    guesses.wrong("a", WINDOW_MS)
    assert guesses.wait_ms("a", WINDOW_MS) == 1


def test_in_all_there_are_so_many_however_many_addresses_try() -> None:
    guesses = Guesses()
    for number in range(MOST_IN_ALL):
        guesses.wrong(f"address {number}", number)
    assert guesses.wait_ms("another", MOST_IN_ALL) == WINDOW_MS - MOST_IN_ALL
    assert guesses.wait_ms("another", 2 * WINDOW_MS) == 0
    assert not guesses._by, "an address is forgotten with its window"

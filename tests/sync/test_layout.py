"""Tables that line up, in Chinese too."""

from sync.layout import fold, markdown, text, wide


def test_a_chinese_character_is_two_columns_wide() -> None:
    assert wide("LY-1") == 4
    assert wide("网格 LY") == 7
    assert wide("（一）") == 6


def test_a_long_text_breaks_at_spaces_and_between_chinese_characters() -> None:
    assert fold("one two three", 7) == ["one two", "three"]
    assert fold("先接者得，不看谁先有网。", 10) == ["先接者得，", "不看谁先有", "网。"]
    assert fold("超过12小时的 rest", 8) == ["超过12小", "时的", "rest"]


def test_a_word_longer_than_the_line_stands_alone() -> None:
    assert fold("a unbreakable b", 5) == ["a", "unbreakable", "b"]


def test_nothing_is_one_empty_line() -> None:
    assert fold("", 5) == [""]


def test_markdown_keeps_a_bar_inside_its_cell() -> None:
    assert markdown(["a", "b"], [["1|2", "x"]]) == "| a | b |\n| --- | --- |\n| 1\\|2 | x |\n"


def test_columns_line_up_and_the_first_one_says_nothing_twice() -> None:
    rows = [("定单", "one", "a"), ("定单", "two", "b"), ("grid", "three", "c")]
    assert text(["thing", "what", "x"], rows, 40) == "\n".join(
        [
            "thing  what   x",
            "-----  -----  -",
            "定单   one    a",
            "       two    b",
            "grid   three  c",
        ]
    )


def test_long_cells_go_on_in_the_next_line_and_no_line_is_too_wide() -> None:
    rows = [
        ("a", "many words that go on and on and on and on", "the last column goes on as well, to the end")
    ]
    laid = text(["1", "2", "3"], rows, 61)
    assert max(map(wide, laid.splitlines())) <= 61
    assert len(laid.splitlines()) == 4


def test_a_narrow_terminal_still_leaves_the_last_column_readable() -> None:
    laid = text(["1", "2"], [("a" * 26, "thirty columns are what is left to read in")], 20)
    assert laid.splitlines()[2] == "a" * 26 + "  thirty columns are what is"

"""What can be wrong with a district file: a stable code and one plain sentence each, in zh and en.

A sentence names keys and codes, never what a file says about a person.
"""

from typing import Final, NamedTuple

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "NOT_TEXT": ("文件不是 UTF-8 文本，请另存为 UTF-8。", "The file is not UTF-8 text; save it as UTF-8."),
    "NOT_YAML": (
        "从这里起无法按 YAML 或 JSON 读取（{what}）。",
        "From here on this is neither YAML nor JSON ({what}).",
    ),
    "EMPTY_FILE": (
        "文件是空的，至少要有 communities、units、grids、pointRules、pointExpiries、members 之一。",
        "The file is empty; it needs at least one of communities, units, grids, pointRules, pointExpiries, members.",
    ),
    "ALIAS": (
        "这里引用了别处的内容（&、*）；请在此直接写出。",
        "This repeats another place of the file (& and *); write it out here.",
    ),
    "TAG": ("这里不能使用 YAML 标签（!）。", "A YAML tag (!) has no meaning here; leave it out."),
    "UNKNOWN_KEY": (
        "没有名为“{key}”的项；可用的项：{allowed}。",
        "There is no key “{key}” here; there may be: {allowed}.",
    ),
    "REPEATED_KEY": (
        "“{key}”在此写了两次（第一次在第 {first} 行）。",
        "“{key}” is written twice here (first in line {first}).",
    ),
    "MISSING_KEY": ("缺少“{key}”。", "“{key}” is missing."),
    "NO_VALUE": (
        "这一项没有值；请填写，或去掉这一项。",
        "There is no value here; give one, or leave the key out.",
    ),
    "WRONG_TYPE": (
        "这里应当是{wanted_zh}，而不是{found_zh}。",
        "This should be {wanted_en}, not {found_en}.",
    ),
    "TOO_SHORT": ("至少要有 {limit} 个{unit_zh}。", "This needs at least {limit} {unit_en}."),
    "TOO_LONG": (
        "最多 {limit} 个{unit_zh}，这里有 {length} 个。",
        "There may be at most {limit} {unit_en}; here are {length}.",
    ),
    "OUT_OF_RANGE": ("应当在 {low} 到 {high} 之间。", "This should be between {low} and {high}."),
    "NOT_ONE_OF": ("应当是其中之一：{allowed}。", "This should be one of: {allowed}."),
    "NOT_A_CODE": (
        "代码由字母、数字、“_”“.”“-”组成，以字母或数字开头，最多 32 个字符。",
        "A code has letters, digits, “_”, “.” and “-”, begins with a letter or digit, and has at most 32.",
    ),
    "NOT_A_CLOCK": (
        "时刻应写作 08:30（最晚 24:00）。",
        "A time of day is written like 08:30 (24:00 at the latest).",
    ),
    "NOT_A_DATE": (
        "日期应写作 2026-01-31，而且确有其日。",
        "A date is written like 2026-01-31, and must exist.",
    ),
    "NOT_WRITABLE": ("这里有无法保存的字符。", "There is a character here that cannot be kept."),
    "UNKNOWN_CODE": ("没有代码为“{code}”的{thing_zh}。", "There is no {thing_en} with the code “{code}”."),
    "REPEATED_CODE": (
        "代码“{code}”已在第 {first} 行使用。",
        "The code “{code}” is already used in line {first}.",
    ),
    "REPEATED_MEMBER": (
        "单位“{unit}”的编号“{number}”已在第 {first} 行登记。",
        "Number “{number}” of unit “{unit}” is already registered in line {first}.",
    ),
    "FOREIGN_GRID": (
        "网格“{grid}”属于社区“{there}”，而该党员的单位“{unit}”属于社区“{here}”。",
        "Grid “{grid}” is in community “{there}”, but unit “{unit}” of this member is linked to “{here}”.",
    ),
    "BACKWARD": (
        "until（{until}）早于 from（{start}）。",
        "“until” ({until}) comes before “from” ({start}).",
    ),
    "BACKWARD_HOURS": ("下班时刻应晚于上班时刻。", "“until” should be later than “from”."),
    "OVERLAPPING_HOURS": (
        "星期 {day} 的这段时间与第 {first} 行的重叠。",
        "On weekday {day} these hours overlap with those of line {first}.",
    ),
    "OVERLAPPING_RULES": (
        "与第 {first} 行的规则“{code}”在同一时期为同一件事计分，同一件事会计两次。",
        "In the same period this pays for the same thing as rule “{code}” in line {first}: it would be paid twice.",
    ),
    "RATING_ONLY": (
        "只有按评分（per: RATING）的规则才有 atLeast。",
        "Only a rule per RATING has “atLeast”.",
    ),
}


class Problem(NamedTuple):
    """One thing that is wrong: `line` counts from 1, `path` is like `members[3].grid`."""

    line: int
    path: str
    code: str
    sentence: dict[str, str]


def problem(line: int, path: str, code: str, /, **details: object) -> Problem:
    """A problem with its sentences filled in."""
    zh, en = SENTENCES[code]
    return Problem(line, path, code, {"zh": zh.format(**details), "en": en.format(**details)})

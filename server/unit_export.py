"""A unit's export: what its members did in a period, added up, and the evidence behind each number, table by table."""

from collections.abc import Iterator, Sequence
from typing import Final

from schema.values import Evidence, Line
from server.sheets import Cell, Sheet
from sync.rules.duties import DUTIES
from sync.rules.evaluations import GRADES

HEAD: Final = ("编号 Number", "姓名 Name")


def sheets(period: str, people: Sequence[Evidence]) -> list[Sheet]:
    """The tables of an export, the summary first."""
    return [_summary(period, people), *(_evidence(name, people) for name in _TABLES)]


def _summary(period: str, people: Sequence[Evidence]) -> Sheet:
    rules = _rules(people)
    head = [
        *HEAD,
        "状态 Standing",
        "服务次数 Services",
        "八小时内分钟 Minutes on duty",
        "八小时外分钟 Minutes out of hours",
        "办结定单 Tickets finished",
        "评分数 Ratings",
        "平均星级 Average stars",
        "活动 Activities",
        "岗位 Posts",
        "四个一 Duties",
        "积分 Points",
        *(f"积分 {rule['name']['zh']} {rule['name']['en']} ({rule['code']})" for rule in rules.values()),
        f"评价 Evaluation {period}",
        "其中期次 Periods within",
        "合格以上期次 Of them qualified",
        "评语 Words",
    ]
    return Sheet("汇总 Summary", head, [_totals(period, one, rules) for one in people])


def _rules(people: Sequence[Evidence]) -> dict[str, Line]:
    found = {line["rule"]: line for one in people for line in one.entries}
    return dict(sorted(found.items(), key=lambda item: (item[1]["code"], item[0])))


def _totals(period: str, one: Evidence, rules: dict[str, Line]) -> list[Cell]:
    own = next((line for line in one.evaluations if line["period"] == period), None)
    within = [line for line in one.evaluations if line["period"] != period]
    by_rule = [sum(line["points"] for line in one.entries if line["rule"] == rule) for rule in rules]
    return [
        one.number,
        one.name,
        one.standing,
        len(one.services),
        one.minutes(on_duty=True),
        one.minutes(on_duty=False),
        len(one.tickets),
        len(one.ratings),
        round(one.stars / len(one.ratings), 1) if one.ratings else None,
        len(one.activities),
        len(one.posts),
        len(one.duties),
        one.points,
        *by_rule,
        None if own is None else grade(own["grade"]),
        len(within),
        sum(GRADES[line["grade"]].qualified for line in within),
        None if own is None else own["words"],
    ]


def grade(word: str) -> str:
    """A grade in both languages."""
    return f"{GRADES[word].zh} {GRADES[word].en}"


def _evidence(name: str, people: Sequence[Evidence]) -> Sheet:
    titles, field, columns = _TABLES[name]
    rows = [[one.number, one.name, *_cells(line, columns)] for one in people for line in getattr(one, field)]
    return Sheet(name, [*HEAD, *titles], rows)


def _cells(line: Line, columns: Sequence[str]) -> Iterator[Cell]:
    for column in columns:
        value = line[column]
        if column == "grade":
            yield grade(value)
        elif column == "kind":
            yield f"{DUTIES[value].zh} {DUTIES[value].en}"
        elif isinstance(value, dict):
            yield f"{value['zh']} {value['en']}"
        else:
            yield value


_TABLES: Final[dict[str, tuple[Sequence[str], str, Sequence[str]]]] = {
    "服务 Services": (
        ("开始 From", "结束 Until", "分钟 Minutes", "八小时内 On duty", "类别 Category", "定单 Ticket", "活动 Activity", "记录 Record"),
        "services",
        ("from", "until", "minutes", "on_duty", "category", "ticket", "activity", "id"),
    ),
    "定单 Tickets": (("办结 Done", "类别 Category", "定单 Ticket"), "tickets", ("done", "category", "id")),
    "评分 Ratings": (
        ("日期 Day", "星级 Stars", "类别 Category", "定单 Ticket"),
        "ratings",
        ("day", "stars", "category", "ticket"),
    ),
    "活动 Activities": (
        ("日期 Day", "名称 Title", "八小时内 On duty", "活动 Activity"),
        "activities",
        ("day", "title", "on_duty", "id"),
    ),
    "岗位 Posts": (
        ("代码 Code", "名称 Name", "自 From", "至 Until"),
        "posts",
        ("code", "name", "from", "until"),
    ),
    "四个一 Duties": (
        ("日期 Day", "内容 What", "期 Period", "记录 Record"),
        "duties",
        ("day", "kind", "period", "id"),
    ),
    "积分 Points": (
        ("日期 Day", "规则 Rule", "名称 Name", "积分 Points", "来源 Source", "流水 Entry"),
        "entries",
        ("day", "code", "name", "points", "source", "id"),
    ),
    "评价 Evaluations": (
        ("期 Period", "等次 Grade", "评语 Words", "状态 State", "时间 Given"),
        "evaluations",
        ("period", "grade", "words", "state", "decided"),
    ),
}  # fmt: skip
"""Each table of evidence: its titles, where it comes from, and which of a line's fields it shows."""

"""What the demo shows: the evening, the night's report, what everybody heard, and the proof."""

from collections.abc import Callable
from itertools import groupby
from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from server.cli_tools import table
from server.demo import Played
from server.report_text import print_night
from server.report_words import Words
from server.stats import FIGURES

Say = Callable[..., str]

_TEXT: Final[dict[str, tuple[str, str]]] = {
    "evening": (
        "傍晚的上传（次序打乱，中途断线）",
        "The evening's uploads, scrambled, on a road that breaks",
    ),
    "clocks": (
        "表不准（D 慢 2 小时，V 快 3 天，B 被拨慢 5 小时又拨正）：{n} 件事的时刻都在误差之内",
        "Wrong clocks (D −2 h, V +3 days, B set back 5 h and right again): all {n} deeds in their uncertainty",
    ),
    "heard": ("次日早晨，每台平板听到的裁定", "What the tablets heard of it in the morning"),
    "scene": ("情形", "what happened"),
    "tablet": ("平板", "tablet"),
    "did": ("所做", "did"),
    "verdict": ("裁定", "verdict"),
    "offices": (
        "次日白天：各办公室在网上，各用各的钥匙",
        "The offices' next day, online, each by a key of its own",
    ),
    "second": (
        "第二晚：昨天没有网络的平板 W 上传之后",
        "The second night, after tablet W had found a network",
    ),
    "proof": ("证明", "Proof"),
    "verify": ("重放全部日志，各表逐行相同", "A replay of the whole log gives every table, row by row"),
    "orders": (
        "同样的上传换 {n} 种次序和切分，各在新库上结算，摘要相同",
        "The same uploads in {n} other orders and pieces, each on a fresh database: the same digest",
    ),
    "papers": ("纸上与带走的", "On paper, and taken home"),
    "paper": (
        "居民凭纸上的评分码给“{ticket}”评 {rating} 星，不记名；同一张码再用就不行了",
        "A resident rated “{ticket}” {rating} stars by a code on paper, without a name; the code worked once",
    ),
    "export": (
        "单位 {unit} {period} 的导出：党员 {members} 名，证据 {lines} 行（CSV 与 XLSX）",
        "The export of unit {unit} for {period}: {members} members, {lines} lines of evidence (CSV and XLSX)",
    ),
    "stats": ("两天之后的区", "The district after these two days"),
}


def print_played(console: Console, played: Played, language: str) -> None:
    """The whole day, as people read it."""
    index = 0 if language == "zh" else 1

    def say(key: str, **values: object) -> str:
        return _TEXT[key][index].format(**values)

    result = played.result
    _head(console, say("evening"))
    console.print(escape("  " + " → ".join(result["uploads"])), style="dim")
    clocks = result["clocks"]
    console.print(f"  {_mark(clocks['within_uncertainty'])} {say('clocks', n=clocks['deeds'])}")
    console.print()
    print_night(console, played.reports[0], language)
    _head(console, say("heard"))
    _scenes(console, played.scenes, say, language)
    _head(console, say("offices"))
    _offices(console, result["offices"]["lines"], language)
    _head(console, say("second"))
    print_night(console, played.reports[1], language)
    _head(console, say("papers"))
    _papers(console, result, say)
    _head(console, say("proof"))
    console.print(f"  {_mark(result['verify'])} {say('verify')}")
    console.print(f"  {_mark(result['digests_equal'])} {say('orders', n=result['orders_tried'])}")
    console.print(f"    {result['digest']}", style="dim")
    _head(console, say("stats"))
    counted = "  ".join(f"{FIGURES[name][index]} {n}" for name, n in result["stats"].items() if n)
    console.print(Text(counted), style="dim")


def _head(console: Console, title: str) -> None:
    console.print()
    console.rule(Text(title, style="bold"), align="left", style="dim")


def _mark(good: bool) -> str:
    return "[green]✓[/]" if good else "[red]✗[/]"


def _papers(console: Console, result: dict[str, Any], say: Say) -> None:
    paper, export = result["paper"], result["export"]
    once = paper["rating"] is not None and paper["answers"] == [200, 400]
    console.print(f"  {_mark(once)} {escape(say('paper', **paper))}")
    lines = sum(export["evidence"].values())
    console.print(f"  {_mark(lines > 0)} {escape(say('export', lines=lines, **export))}")


def _scenes(console: Console, scenes: list[dict[str, Any]], say: Say, language: str) -> None:
    words = Words(language, 0)
    made = table()
    made.padding = (0, 2, 0, 0)
    made.add_column(say("scene"), width=34, overflow="fold")
    made.add_column(say("tablet"))
    made.add_column(say("did"), width=26)
    made.add_column(say("verdict"), ratio=1, overflow="fold")
    for scene in scenes:
        title = scene["title"][language]
        for (tablet, kind, outcome, sentence), group in groupby(
            scene["heard"], lambda one: _alike(one, language)
        ):
            times = " ".join(one["at"] for one in group)
            made.add_row(
                escape(title),
                tablet,
                f"{words.deed(kind)} {times}",
                f"[bold]{words.result(outcome)}[/] {escape(sentence)}",
            )
            title = ""
    console.print(made)


def _offices(console: Console, lines: list[dict[str, Any]], language: str) -> None:
    made = table()
    made.padding = (0, 2, 0, 0)
    for width in (5, 13):
        made.add_column(width=width)
    made.add_column(ratio=1, overflow="fold")
    before = ("", "")
    for line in lines:
        now = (line["at"], line["office"][language])
        made.add_row(*(("", "") if now == before else now), escape(line[language]))
        before = now
    console.print(made)


def _alike(heard: dict[str, Any], language: str) -> tuple[str, str, str, str]:
    """What makes two lines one: the same deed on the same tablet, with the same verdict."""
    return heard["tablet"], heard["kind"], heard["outcome"], heard["sentence"][language]

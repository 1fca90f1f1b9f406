"""The night's report as text that a dispatcher reads in the morning, in Chinese or English."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from server.report_words import Words
from sync.rules.fields import RULES
from sync.state import Result
from sync.verdicts import OUTCOMES

SHOWN: Final = 20
_SAID_BY_THE_DEED: Final = frozenset({"state", "identity", "takers", "time"})


def print_night(console: Console, report: dict[str, Any], language: str, *, dry_run: bool = False) -> None:
    """Print a report of server/report.py."""
    words = Words(language, report["utcOffset"])
    for part in _parts(report, words, dry_run):
        console.print(part)


def _parts(report: dict[str, Any], words: Words, dry_run: bool) -> Iterable[RenderableType]:
    yield _head(report, words, dry_run)
    totals = report["totals"]
    for name, lines in (("restored", _restored(report, words)), ("failures", _failures(report, words))):
        if lines:
            yield _section(words(name), _list(lines), words)
    if report["flipped"]:
        lines = [_flip(one, words) for one in report["flipped"]]
        yield _section(words("flipped"), _list(lines), words, totals["flipped"])
    if report["conflicts"]:
        body: RenderableType = conflict_table(report["conflicts"][:SHOWN], words)
        yield _section(words("conflicts"), body, words, totals["conflicts"])
    if report["waiting"]:
        yield _section(words("waiting"), _waiting(report["waiting"], words), words, totals["waiting"])
    if report["overdue"]:
        yield _section(words("overdue"), _list(_overdue(report["overdue"], words)), words, totals["overdue"])
    if report["paused"]:
        yield _section(words("paused"), _list(_paused(report["paused"], words)), words, totals["paused"])
    for name, lines in (
        ("whistles", _whistles(report["whistles"], words)),
        ("duties", _duties(report["duties"], words)),
    ):
        if lines:
            yield _section(words(name), _list(lines), words, totals[name])
    if report["held"]:
        yield _section(words("held"), _list(_held(report["held"], words)), words)
    yield _section(words("points"), _points(report["points"], words), words)
    if report["silent"]:
        title = words("silent", n=report["silentDays"])
        yield _section(title, _list(_silent(report["silent"], words)), words, totals["silent"])
    apart = [
        f"{one['tablet']}: {words('missing', a=one['from'], b=one['through'])}" for one in report["holes"]
    ]
    apart += [_apart(one, words) for one in report["quarantine"]]
    if apart:
        yield _section(words("apart"), _list(apart), words, totals["holes"] + totals["quarantine"])


def _head(report: dict[str, Any], words: Words, dry_run: bool) -> RenderableType:
    number = report["settlement"]
    title = words("night", n=number) if number is not None else words("dry" if dry_run else "empty")
    when = words.time(report["now"], "%Y-%m-%d %H:%M")
    head = Text.assemble((title, "bold"), f" · {when} · {words('changes', n=report['changes'])}")
    results = "  ".join(f"{words.result(name)} {n}" for name, n in report["results"].items())
    return Group(head, Text(results or words("nothing"), style="dim"))


def _section(title: str, body: RenderableType, words: Words, total: int = 0) -> RenderableType:
    parts: list[RenderableType] = [
        Text(),
        Text(title, style="bold cyan"),
        Padding(body, (0, 0, 0, 2), expand=False),
    ]
    if total > SHOWN:
        parts.append(Text(f"  {words('more', n=total - SHOWN)}", style="dim"))
    return Group(*parts)


def conflict_table(conflicts: Sequence[dict[str, Any]], words: Words) -> Table:
    """Conflicts with both sides: what stands, and what did not."""
    made = _table(words, "about", "field", "stands", "others", "rule")
    for one in conflicts:
        about = "" if one["grid"] is None else f"{one['grid']} "
        note = f" ({words('close')})" if one["closeCall"] else ""
        made.add_row(
            escape(about + one["title"]),
            words.field(one["field"]) + note,
            _stands(one, words),
            "\n".join(_claim(side, one["field"], words) for side in one["others"]),
            one["rule"],
        )
    return made


def _stands(conflict: dict[str, Any], words: Words) -> str:
    return (
        words("nobody")
        if conflict["stands"] is None
        else _claim(conflict["stands"], conflict["field"], words)
    )


def _claim(side: dict[str, Any], field: str, words: Words) -> str:
    """Who did or said what and when, in one line. A deed says by itself which state it led to."""
    plain = isinstance(side["value"], str | int) and field not in _SAID_BY_THE_DEED
    value = f" “{words.word(str(side['value']))}”" if plain else ""
    return escape(
        f"{_who(side, words)} {words.time(side['deed'], '%H:%M')} {words.deed(side['kind'])}{value}"
    )


def _who(side: dict[str, Any], words: Words) -> str:
    office = side.get("office", "LIAISON")
    tablet = side["tablet"] or (words("office") if office == "LIAISON" else words.word(office))
    return f"{side['member']} ({tablet})" if side.get("member") else str(tablet)


def _waiting(waiting: Sequence[dict[str, Any]], words: Words) -> Table:
    made = _table(words, "about", "field", "for_now", "others", "why")
    for one in waiting[:SHOWN]:
        about = "" if one["grid"] is None else f"{one['grid']} "
        claims = "\n".join(_claim(side, one["field"], words) for side in one["others"])
        made.add_row(
            escape(about + one["title"]),
            words.field(one["field"]),
            _stands(one, words),
            claims,
            escape(_why(one, words)),
        )
    return made


def _why(conflict: dict[str, Any], words: Words) -> str:
    """What the author who waits was told; else what the rule says."""
    if conflict["closeCall"]:
        return words("close")
    sides = [*conflict["others"], *([conflict["stands"]] if conflict["stands"] else [])]
    told = [side["verdict"] for side in sides if side["verdict"]]
    waits = [one for one in told if OUTCOMES.get(one["code"]) is Result.REVIEW]
    if waits or conflict["rule"] not in RULES:
        return str((waits or told)[0]["sentence"][words.language]) if told else ""
    rule = RULES[conflict["rule"]]
    return rule.zh if words.language == "zh" else rule.en


def _points(points: dict[str, Any], words: Words) -> RenderableType:
    line = words("earned", n=points["services"], p=points["earned"])
    if points["redeemed"]:
        line += words("redeemed", p=points["redeemed"])
    shown = [Text(line)]
    for key, part in (("grid", "grids"), ("unit", "units")):
        if points[part]:
            sums = "  ".join(f"{code} {n}" for code, n in points[part].items())
            shown.append(Text(f"{words(key)}: {sums}", style="dim"))
    return Group(*shown)


def _silent(silent: Sequence[dict[str, Any]], words: Words) -> list[str]:
    lines = []
    for one in silent:
        last = (
            words("never") if one["lastUpload"] is None else words.time(one["lastUpload"], "%Y-%m-%d %H:%M")
        )
        lines.append(f"{one['tablet']}: {words('last')} {last}")
    return lines


def _overdue(overdue: Sequence[dict[str, Any]], words: Words) -> list[str]:
    """Each ticket with its due time, and whose affair it is."""
    return [
        f"{one['grid']} {one['title']} ({words.word(one['state'])}): "
        + words(f"overdue_{one['escalation']}", due=words.time(one["dueAt"]))
        for one in overdue
    ]


def _paused(paused: Sequence[dict[str, Any]], words: Words) -> list[str]:
    return [
        f"{one['grid']} {one['title']} ({words.word(one['state'])}): "
        + words("paused_since", since=words.time(one["since"]), reason=one["reason"])
        for one in paused
    ]


def _whistles(whistles: Sequence[dict[str, Any]], words: Words) -> list[str]:
    """Each ticket, until when an answer was wanted, and of whom; the district is the last of them."""
    return [
        f"{one['grid']} {one['title']}: "
        + words(
            "whistle_late",
            deadline=words.time(one["deadline"]),
            silent=words("and").join(
                [*one["silent"], *([words.word("DISTRICT")] if one["district"] else [])]
            ),
        )
        for one in whistles
    ]


def _duties(duties: Sequence[dict[str, Any]], words: Words) -> list[str]:
    """Each unit with what it owes: the kinds, and of each the periods."""
    lines = []
    for one in duties:
        periods: dict[str, list[str]] = {}
        for owed in one["owed"]:
            periods.setdefault(owed["kind"], []).append(owed["period"])
        parts = [f"{words.duty(kind)} {', '.join(codes)}" for kind, codes in periods.items()]
        lines.append(f"{one['unit']} {one['name'][words.language]}: {'; '.join(parts)}")
    return lines


def _held(held: Sequence[dict[str, Any]], words: Words) -> list[str]:
    """How many changes of which kind wait, by tablet."""
    counted = Counter((str(one["tablet"]), one["kind"]) for one in held)
    return [f"{tablet}: {n} × {words.deed(kind)}" for (tablet, kind), n in sorted(counted.items())]


def _apart(one: dict[str, Any], words: Words) -> str:
    return f"{one['tablet']} #{one['seq']} {one['code']}: {one['sentence'][words.language]}"


def _restored(report: dict[str, Any], words: Words) -> list[str]:
    """Each epoch that began, with the time for which nobody has the offices' work."""
    lines: list[str] = []
    form = "%Y-%m-%d %H:%M"
    for one in report["restores"]:
        at, since = words.time(one["at"], form), words.time(one["fromAt"], form)
        lines.append(
            words("epoch", n=one["epoch"], at=at, since=since, rev=one["fromRev"], done=one["replayed"])
        )
        for gap in one["missing"]:
            known = {"a": words.time(gap["fromAt"], form), "r": gap["fromRev"]}
            if gap["untilAt"] is None:
                lines.append(words("lost_open", **known))
            else:
                lines.append(words("lost", **known, b=words.time(gap["untilAt"], form), s=gap["untilRev"]))
    return lines


def _failures(report: dict[str, Any], words: Words) -> list[str]:
    return [f"{words.time(one['at'])} {one['reason']}" for one in report["failures"]]


def _flip(one: dict[str, Any], words: Words) -> str:
    return f"{words.deed(one['kind'])} {one['entity']}: {one['was']} → {one['sentence'][words.language]}"


def _list(lines: Sequence[str]) -> RenderableType:
    return Group(*(Text(line) for line in lines[:SHOWN]))


def _table(words: Words, *columns: str) -> Table:
    made = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for column in columns:
        made.add_column(words(column), overflow="fold")
    return made

"""What a member's own page says: each part of their record, line by line, in Chinese and English. Only makes text."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from html import escape
from typing import Any, Final

from server.evidence import EPOCH
from server.report_words import DEEDS, RESULTS
from sync.verdicts import WORDS

Row = Mapping[str, Any]
Said = tuple[str, str]

STATES: Final[dict[str, Said]] = {
    "ACTIVE": ("在岗", "active"),
    "AWAY": ("外出", "away"),
    "LEFT": ("已离开", "left"),
    "COUNTED": ("计入", "counts"),
    "FURTHER": ("另存", "kept beside"),
    "DUPLICATE": ("重复，不计", "a duplicate, does not count"),
    "REVIEW": ("待人工审定", "waits for a person"),
    "SET_ASIDE": ("不采用", "set aside"),
    "VOID": ("已作废", "void"),
    "PROPOSED": ("待第二人确认", "waits for a second person"),
    "CONFIRMED": ("已确认", "confirmed"),
    "WITHDRAWN": ("已撤回", "withdrawn"),
    "REDEEMED": ("已兑换", "redeemed"),
    "SETTLED": ("已定", "settled"),
    "RULED": ("已裁定", "ruled"),
    "CALLED": ("已吹哨", "called"),
    "ANSWERED": ("已答复", "answered"),
    "OVERDUE": ("已过期限", "overdue"),
    "ESCALATED": ("已升级", "escalated"),
    "JOINED": ("已并入", "joined"),
    "EARNED": ("所得", "earned"),
    "CREDITED": ("手工加分", "credited by hand"),
    "DEBITED": ("手工减分", "debited by hand"),
    "EXPIRED": ("到期", "expired"),
}
"""States and kinds that the rule book has no word for."""


def english(text: str) -> str:
    """The English beside the Chinese."""
    return f'<span class="en" lang="en">{escape(text)}</span>'


def both(zh: str, en: str) -> str:
    """A text in both languages; once where both are the same."""
    return escape(zh) if zh == en else f"{escape(zh)} {english(en)}"


class Words:
    """Names and times as this page says them."""

    def __init__(
        self, names: Mapping[str, Mapping[str, str]], utc_offset: int, whose: tuple[str, ...]
    ) -> None:
        self._names = names
        self._offset = timedelta(minutes=utc_offset)
        self._whose = whose

    def own(self, row: Row) -> bool:
        """The row is about the member, and not only by them."""
        return row["member"] in self._whose

    def for_another(self, row: Row) -> str:
        return "" if self.own(row) else f"<i>{both('我替别人记的', 'I recorded it for another')}</i>"

    def name(self, identifier: str | None) -> str:
        """What a thing is called; nothing where it has no name here."""
        named = self._names.get(identifier or "")
        return "" if named is None else both(named["zh"], named.get("en", named["zh"]))

    def coded(self, sort: str, code: str | None) -> str:
        """A skill or a category by its code."""
        return self.name(f"{sort} {code}") or escape(code or "")

    def at(self, moment: int | None, form: str = "%Y-%m-%d %H:%M") -> str:
        if moment is None:
            return ""
        return (datetime.fromtimestamp(moment / 1000, UTC) + self._offset).strftime(form)

    def span(self, row: Row) -> str:
        return f"{self.at(row['start'])}–{self.at(row['end'], '%H:%M')}"

    def held(self, row: Row) -> str:
        """From when until when a place was held."""
        return "；".join(
            f"{self.at(one['since'], '%Y-%m-%d')} – "
            f"{self.at(one['until'], '%Y-%m-%d') or escape(one['term'] or '') or both('至今', 'now')}"
            for one in row["held"]
        )

    def summary(self, record: Mapping[str, Any]) -> str:
        """The sums: points that stand, and beside them what is not confirmed yet."""
        points = sum(one["points"] for one in record["points"])
        services = [one for one in record["services"] if one["state"] == "COUNTED" and self.own(one)]
        unsure = self._unsure(record)
        told = (
            ("积分余额", "points", points),
            ("计入的服务", "services that count", len(services)),
            ("尚未确认（不计分）", "not confirmed yet (no points)", unsure),
        )
        return f'<div class="sum">{"".join(f"<p><b>{n}</b>{both(zh, en)}</p>" for zh, en, n in told)}</div>\n'

    def _unsure(self, record: Mapping[str, Any]) -> int:
        """How much could still come to earn: services that wait for a person, proposals, and what is not settled."""
        waiting = [one for one in record["services"] if one["state"] == "REVIEW" and self.own(one)]
        proposed = [one for one in record["adjustments"] if one["state"] == "PROPOSED" and self.own(one)]
        return len(waiting) + len(proposed) + len(record["waiting"])

    def choices(self, record: Mapping[str, Any]) -> list[tuple[str, str]]:
        """What a request may be about: the id, and a line of plain text."""
        services = [
            (one["id"], f"服务 service {self.span(one)}") for one in _newest(record["services"], "start")
        ]
        given = [
            (one["id"], f"评价 evaluation {one['period']}") for one in _newest(record["evaluations"], "ends")
        ]
        adjusted = [
            (one["id"], f"手工加减分 adjustment {one['points']:+d} {self.at(one['at'])}")
            for one in _newest(record["adjustments"], "at")
        ]
        return [*given, *adjusted, *services]


def _newest(rows: list[Any], key: str) -> list[Any]:
    return sorted(rows, key=lambda row: (-(row[key] or 0), str(row.get("id"))))


def word(key: str | None) -> str:
    """A state or a word of the rule book."""
    found = STATES.get(key or "") or WORDS.get(key or "")
    return both(*found) if found else escape(key or "")


def _line(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _registration(words: Words, row: Row) -> str:
    skills = "、".join(words.coded("skill", code) for code, adds in sorted(row["skills"].items()) if adds)
    return _line(
        f"<b>{escape(row['name'])}</b>",
        f"{both('单位', 'unit')}：{words.name(row['unit'])}",
        f"{both('编号', 'number')}：{escape(row['number'])}",
        f"{both('网格', 'grid')}：{words.name(row['grid']) or both('未定', 'none yet')}",
        f"{both('状态', 'standing')}：{word(row['standing'])}",
        f"{both('技能', 'skills')}：{skills or both('无', 'none')}",
        f"{both('电话', 'telephone')}：{escape(row['phone'] or '') or both('无', 'none')}",
        f"{both('登记于', 'registered')} {words.at(row['registered'])}",
        "" if row["alias_of"] is None else both("与另一条登记是同一人", "the same person as the other"),
    )


def _place(words: Words, row: Row) -> str:
    return _line(f"<b>{words.name(row['id'])}</b>", words.name(row.get("grid")), words.held(row))


def _service(words: Words, row: Row) -> str:
    about = words.name(row["ticket"]) or words.name(row["activity"])
    return _line(
        words.for_another(row),
        words.span(row),
        about,
        words.coded("category", row["category"]),
        word(row["state"]),
        both("工作时间", "on duty") if row["on_duty"] else both("八小时外", "out of hours"),
        f"“{escape(row['summary'])}”" if row["summary"] else "",
        both("带有约百米精度的地点", "with a place, to 100 m") if row["place"] else "",
        f"{both('原因', 'reason')}：{escape(row['reason'])}" if row["reason"] else "",
    )


def _taken(words: Words, row: Row) -> str:
    return _line(
        words.for_another(row),
        f"<b>{words.name(row['ticket'])}</b>",
        f"{both('接单于', 'taken')} {words.at(row['since'])}",
    )


def _ticket(words: Words, row: Row) -> str:
    return _line(f"<b>{escape(row['title'])}</b>", words.name(row["grid"]), word(row["state"]))


def _sign_in(words: Words, row: Row) -> str:
    return _line(words.at(row["at"]), f"<b>{words.name(row['activity'])}</b>", word(row["state"]))


def _activity(words: Words, row: Row) -> str:
    return _line(words.at(row["start"]), f"<b>{escape(row['title'])}</b>", words.name(row["team"]))


def _whistle(words: Words, row: Row) -> str:
    return _line(words.at(row["blown"]), words.name(row["ticket"]), word(row["state"]))


def _duty(words: Words, row: Row) -> str:
    return _line(
        escape(row["on"]),
        word(row["kind"]),
        words.name(row["unit"]),
        words.name(row["community"]),
        word(row["state"]),
    )


def _evaluation(words: Words, row: Row) -> str:
    return _line(
        words.for_another(row),
        escape(row["period"]),
        words.name(row["community"]),
        f"<b>{word(row['grade'])}</b>" if row["grade"] else "",
        f"“{escape(row['words'])}”" if row["words"] else "",
        word(row["state"]),
    )


def _rating(words: Words, row: Row) -> str:
    return _line(words.at(row["at"]), words.name(row["ticket"]), "★" * row["stars"])


def _entry(words: Words, row: Row) -> str:
    day = date.fromordinal(EPOCH + row["day"]).isoformat()
    why = words.name(row["rule"]) or words.name(row["source"])
    return _line(day, f"<b>{row['points']:+d}</b>", word(row["kind"]), why)


def _adjustment(words: Words, row: Row) -> str:
    return _line(
        words.for_another(row),
        words.at(row["at"]),
        f"<b>{row['points']:+d}</b>",
        word(row["state"]),
        f"{both('原因', 'reason')}：{escape(row['reason'])}",
        escape(row["why"] or ""),
    )


def _redemption(words: Words, row: Row) -> str:
    return _line(
        words.at(row["at"]),
        words.name(row["item"]) or escape(row["reward"]),
        f"−{row['points']}",
        word(row["state"]),
    )


def _request(words: Words, row: Row) -> str:
    asked = next((one["value"] for one in row["candidates"] if isinstance(one["value"], dict)), {})
    said = asked.get("reason", "") if row["rule"] == "correction" else ""
    return _line(
        words.at(row["opened"]),
        f"“{escape(said)}”" if said else word(row["field"].partition(":")[0]),
        f"<b>{word(row['state'])}</b>",
        f"{both('派单台答复', 'the desk answered')}：{escape(row['reason'])}" if row["reason"] else "",
    )


def _change(words: Words, row: Row) -> str:
    return _line(words.at(row["deed"] or row["arrival"]), both(*DEEDS.get(row["kind"], (row["kind"],) * 2)))


def _verdict(words: Words, row: Row) -> str:
    outcome = both(*RESULTS.get(row["outcome"], (row["outcome"],) * 2))
    return _line(f"<b>{outcome}</b>", both(row["sentence"]["zh"], row["sentence"]["en"]))


def _reading(words: Words, row: Row) -> str:
    return _line(words.at(row["at"]), words.name(row["ticket"]))


def _token(words: Words, row: Row) -> str:
    ended = row["revoked_at"] or row["expires_at"]
    return _line(
        f"{both('打开于', 'opened')} {words.at(row['created_at'])}",
        f"{both('至', 'until')} {words.at(ended)}",
    )


Say = Callable[[Words, Row], str]
PARTS: Final[dict[str, tuple[str, str, Say, str]]] = {
    "registrations": ("登记", "Registration", _registration, "registered"),
    "requests": ("请求与待审", "Requests and reviews", _request, "opened"),
    "posts": ("岗位（现在和以前）", "Posts, now and before", _place, ""),
    "teams": ("队伍（现在和以前）", "Teams, now and before", _place, ""),
    "tickets": ("接过的定单", "Tickets taken", _taken, "since"),
    "reserved": ("派给我的定单", "Tickets dispatched to me", _ticket, ""),
    "services": ("服务记录", "Services", _service, "start"),
    "signIns": ("活动签到", "Activities signed in", _sign_in, "at"),
    "duties": ("我记的四个一", "Duties I recorded", _duty, "at"),
    "evaluations": ("评价", "Evaluations", _evaluation, "ends"),
    "ratings": ("居民评分", "Residents' ratings", _rating, "at"),
    "points": ("积分流水", "Point entries", _entry, "at"),
    "adjustments": ("手工加减分", "Manual credits and debits", _adjustment, "at"),
    "redemptions": ("兑换", "Redemptions", _redemption, "at"),
    "waiting": ("已上传、尚未结算", "Uploaded, not settled yet", _change, "arrival"),
    "ticketsOpened": ("我开的定单", "Tickets I opened", _ticket, "opened"),
    "activitiesOpened": ("我组织的活动", "Activities I opened", _activity, "opened"),
    "whistlesBlown": ("我吹的哨", "Whistles I blew", _whistle, "blown"),
    "changes": ("对我登记的变更", "Changes of my registration", _change, "arrival"),
    "verdicts": ("裁定", "Verdicts on these", _verdict, "settlement"),
    "contactsRead": (
        "我查看过的联系方式（只记哪一单、何时）",
        "Contacts I read (which ticket, when)",
        _reading,
        "at",
    ),
    "tokens": ("这一页的打开记录", "When this page was opened", _token, "created_at"),
}
"""Each part of the record, its heading, how one line of it is said, and by what the newest comes first."""


def sections(words: Words, record: Mapping[str, Any]) -> list[tuple[str, str, str, list[str]]]:
    """Every part: its key, its heading in both languages, and its lines."""
    return [
        (key, zh, en, [say(words, row) for row in (_newest(record[key], order) if order else record[key])])
        for key, (zh, en, say, order) in PARTS.items()
    ]

"""What reports say beside the rule book's own words: headings, deeds and outcomes, in Chinese and English."""

from datetime import UTC, datetime, timedelta
from typing import Final

from sync.rules.duties import DUTIES
from sync.shapes import parse_time
from sync.verdicts import WORDS

_TEXT: Final[dict[str, tuple[str, str]]] = {
    "night": ("第 {n} 次结算", "Settlement {n}"),
    "empty": ("结算", "Settlement"),
    "dry": ("试算（未写入）", "What the night would be (nothing was written)"),
    "changes": ("{n} 条变更", "{n} changes"),
    "nothing": ("没有待结算的变更。", "Nothing waited to be settled."),
    "conflicts": ("谁没有得到什么，给了谁，按哪条规则", "Who lost what to whom, and by which rule"),
    "waiting": ("等待人工处理", "Waiting for a person"),
    "held": ("等待其他平板上传", "Waiting for another tablet"),
    "overdue": ("已过期限的定单", "Overdue tickets"),
    "overdue_1": ("期限 {due}，派单台督办", "due {due}; the desk's affair"),
    "overdue_2": ("期限 {due}，已升级到区里", "due {due}; the district's affair"),
    "paused": ("暂停办理的定单", "Paused tickets"),
    "paused_since": ("{since} 起暂停：{reason}", "paused since {since}: {reason}"),
    "whistles": ("吹哨后逾期未答复", "Whistles that wait for an answer after their deadline"),
    "whistle_late": ("应于 {deadline} 前答复：{silent}", "answer due {deadline}: {silent}"),
    "and": ("、", ", "),
    "duties": ("逾期未完成的四个一", "Overdue duties of units (four ones)"),
    "points": ("当日积分", "Points of the day"),
    "silent": ("超过 {n} 天未上传", "Not uploaded for {n} days"),
    "apart": ("隔离保存与缺失", "Set apart, or missing"),
    "restored": ("服务器曾从较早的副本恢复", "The hub was put back to an older copy"),
    "epoch": (
        "第 {n} 纪元自 {at} 起，副本到 {since} 为止（rev {rev}）；已补做办公室的 {done} 条变更",
        "epoch {n} began at {at} from a copy up to {since} (rev {rev}); {done} changes of offices were done again",
    ),
    "lost": (
        "{a} 至 {b} 的办公室工作缺失（rev {r}–{s}）",
        "work of offices is missing from {a} to {b} (rev {r}–{s})",
    ),
    "lost_open": (
        "{a} 以后的办公室工作缺失（rev {r} 起）",
        "work of offices is missing from {a} on (from rev {r})",
    ),
    "flipped": ("因恢复而与原先告知不同", "Otherwise than was told before, by the restore alone"),
    "failures": ("未能完成的结算", "Nights that failed"),
    "none": ("无", "none"),
    "about": ("事项", "about"),
    "field": ("内容", "what"),
    "rule": ("规则", "rule"),
    "stands": ("以此为准", "stands"),
    "for_now": ("暂以此为准", "stands for now"),
    "others": ("未被采用", "did not stand"),
    "grid": ("网格", "grid"),
    "unit": ("单位", "unit"),
    "tablet": ("平板", "tablet"),
    "why": ("原因", "why"),
    "number": ("积分", "points"),
    "earned": ("{n} 次服务，共得 {p} 分", "{n} services earned {p} points"),
    "redeemed": ("，兑换 {p} 分", "; {p} were redeemed"),
    "never": ("从未上传", "never"),
    "last": ("上次上传", "last upload"),
    "missing": ("第 {a}–{b} 条未收到", "changes {a}–{b} never came"),
    "more": ("……另有 {n} 项", "… and {n} more"),
    "close": ("时间太近，分不出先后", "too close in time to tell"),
    "kind": ("变更", "change"),
    "nobody": ("待定", "undecided"),
    "office": ("办公室", "desk"),
}

FIELDS: Final[dict[str, tuple[str, str]]] = {
    "identity": ("身份", "identity"),
    "time": ("时间", "time"),
    "activity": ("活动", "activity"),
    "held": ("等待的事物", "what it waits for"),
    "correction": ("请求更正", "what is to be put right"),
}
"""What a conflict is about, where the rule book has no word for it."""

DEEDS: Final[dict[str, tuple[str, str]]] = {
    "community.put": ("写入社区", "wrote the community"),
    "unit.put": ("写入单位", "wrote the unit"),
    "grid.put": ("写入网格", "wrote the grid"),
    "pointRule.put": ("写入积分规则", "wrote the point rule"),
    "member.register": ("登记", "registered"),
    "member.edit": ("修改", "edited"),
    "member.assign": ("分到网格", "placed"),
    "member.merge": ("合并", "merged"),
    "member.split": ("拆分", "split"),
    "member.request": ("请求更正", "asked for a correction"),
    "ticket.open": ("开单", "opened"),
    "ticket.edit": ("修改", "edited"),
    "ticket.dispatch": ("派单", "dispatched"),
    "ticket.claim": ("接单", "claimed"),
    "ticket.decline": ("退单", "declined"),
    "ticket.release": ("腾出名额", "released"),
    "ticket.start": ("开始办理", "started"),
    "ticket.finish": ("办结", "finished"),
    "ticket.close": ("关闭", "closed"),
    "ticket.cancel": ("取消", "cancelled"),
    "ticket.reopen": ("重新打开", "reopened"),
    "ticket.pause": ("暂停", "paused"),
    "ticket.resume": ("恢复办理", "resumed"),
    "ticket.note": ("备注", "noted"),
    "ticket.redact": ("删除内容", "redacted"),
    "service.record": ("记录服务", "recorded a service"),
    "service.link": ("关联服务", "linked a service"),
    "service.void": ("作废服务", "voided a service"),
    "post.put": ("设岗", "wrote the post"),
    "post.take": ("领岗", "took the post"),
    "post.leave": ("离岗", "left the post"),
    "team.put": ("建队", "wrote the team"),
    "team.join": ("入队", "joined the team"),
    "team.leave": ("离队", "left the team"),
    "activity.open": ("组织活动", "opened the activity"),
    "activity.join": ("签到", "signed in"),
    "duty.void": ("作废四个一", "voided a duty"),
    "ticket.rate": ("居民评分", "rated"),
    "duty.record": ("记四个一", "recorded a duty"),
    "evaluation.submit": ("评价", "evaluated"),
    "reward.put": ("设奖品", "wrote the reward"),
    "whistle.blow": ("吹哨", "blew a whistle"),
    "whistle.answer": ("答复吹哨", "answered the whistle"),
    "whistle.meet": ("记联席会", "recorded a joint meeting"),
    "pointExpiry.put": ("写入积分到期规则", "wrote the expiry rule"),
    "points.adjust": ("提出手工加减分", "proposed a manual credit or debit"),
    "points.confirm": ("确认手工加减分", "confirmed a manual credit or debit"),
    "points.withdraw": ("撤回手工加减分", "withdrew a manual credit or debit"),
    "points.recount": ("重算积分", "had points recounted"),
    "points.redeem": ("兑换积分", "redeemed points"),
    "conflict.rule": ("裁定", "ruled"),
    "device.assign": ("分配平板", "assigned a tablet"),
}
"""What was done, by kind of change."""

RESULTS: Final[dict[str, tuple[str, str]]] = {
    "APPLIED": ("生效", "applied"),
    "MERGED": ("部分生效", "merged"),
    "SUPERSEDED": ("未采用", "superseded"),
    "LOST": ("被先接", "lost"),
    "DUPLICATE": ("重复", "duplicate"),
    "HELD": ("等待", "held"),
    "REVIEW": ("待审", "review"),
    "REJECTED": ("拒绝", "rejected"),
    "QUARANTINED": ("隔离", "quarantined"),
}


class Words:
    """The headings in one language, and times as the district's clocks show them."""

    def __init__(self, language: str, utc_offset: int) -> None:
        self.language = language
        self._index = 0 if language == "zh" else 1
        self._offset = timedelta(minutes=utc_offset)

    def __call__(self, key: str, **values: object) -> str:
        return _TEXT[key][self._index].format(**values)

    def word(self, key: str) -> str:
        """A word of the rule book: a field, a state, an office."""
        return WORDS[key][self._index] if key in WORDS else key

    def field(self, name: str) -> str:
        """What a conflict is about; a held change's field ends with its id."""
        plain = name.partition(":")[0]
        return FIELDS[plain][self._index] if plain in FIELDS else self.word(plain)

    def deed(self, kind: str) -> str:
        """What was done; a kind that nobody knows is named as it is."""
        return DEEDS[kind][self._index] if kind in DEEDS else kind

    def duty(self, kind: str) -> str:
        """One of the four ones."""
        return DUTIES[kind].zh if self.language == "zh" else DUTIES[kind].en

    def result(self, outcome: str) -> str:
        return RESULTS[outcome][self._index] if outcome in RESULTS else outcome

    def time(self, at: str, form: str = "%m-%d %H:%M") -> str:
        return (datetime.fromtimestamp(parse_time(at) / 1000, UTC) + self._offset).strftime(form)

"""THE TABLE of fields: (thing, field) -> rule, with the reason in Chinese and English."""

from typing import Final, NamedTuple

from sync.kinds.kind import Office


class Rule(NamedTuple):
    """One rule, as a dispatcher would say it."""

    name: str
    zh: str
    en: str


RULES: Final[dict[str, Rule]] = {
    rule.name: rule
    for rule in (
        Rule(
            "latest",
            "同时改的，以做得晚的为准，另一份留在冲突里；看过再改的，以改的为准。",
            "Of two changes made without sight of each other the later deed stands and the other is kept in"
            " a conflict; who had seen a value may replace it.",
        ),
        Rule(
            "ranked",
            "上级定下而您未看到的，以上级为准；其余同“后者为准”。",
            "A higher office's value that its author had not seen stands; otherwise as latest.",
        ),
        Rule(
            "first",
            "先做者得，后来的会知道是谁、何时；已确认的不再变。",
            "The earliest deed stands and the others hear who has it and since when; once confirmed it is"
            " never displaced.",
        ),
        Rule(
            "growing",
            "只增不减；作废须说明原因。",
            "Everything is kept; nothing is removed, it is voided with a reason.",
        ),
        Rule(
            "elements",
            "加的总会加上；删的只删当时看得见的。",
            "An add always adds; a remove removes only what its author had seen.",
        ),
        Rule(
            "district",
            "由上级管理；平板所填作为建议，等待确认。",
            "Kept by the office; what a tablet writes is a proposal for review.",
        ),
        Rule("derived", "由系统算出，不能填写。", "Computed from other records; it cannot be written."),
        Rule(
            "lifecycle",
            "按定单流程表变化；做完的事不会被抹掉。",
            "Moves by the table of ticket transitions; work done is never undone.",
        ),
        Rule(
            "identity",
            "单位加编号即一人；重复登记并为一人，先登记者为准。",
            "Unit and number are one person; whoever is registered twice is one member, the earlier deed.",
        ),
        Rule(
            "code",
            "一社区之内，一个代码只指一个岗位、队伍或奖品：先建者得，后来的内容保留备查，可由派单员改用。",
            "Within a community a code names one post, team or reward: the first to have it stands, and what comes"
            " later under it is kept for a dispatcher to take up.",
        ),
        Rule(
            "placed",
            "一人一网格；平板之间先到者为准，后来的转派单员；派单员定的为准。",
            "One member, one grid: among tablets the first stands and the later goes to review; an office"
            " places as ranked.",
        ),
        Rule(
            "fixed",
            "建立时写定，不再改变。",
            "Written by the change that creates the thing, and never changed.",
        ),
        # What is decided about whole records rather than fields
        Rule(
            "duplicate",
            "同一人同一时段同一事项，只计一次：做得晚的那一份保留，不计分。",
            "One piece of work earns once: of two records of one member, one time and one ticket the later"
            " deed is kept and earns nothing.",
        ),
        Rule(
            "overlap",
            "同一人不能同时在两处：时间重叠的转派单员确认后计分。",
            "Nobody is in two places at once: a service that overlaps another goes to review and earns when"
            " ruled.",
        ),
        Rule(
            "long",
            "一次超过12小时的，转派单员确认后计分。",
            "A service longer than 12 hours goes to review and earns when ruled.",
        ),
        Rule(
            "session",
            "未互相看到而各开一次的同一场活动：两份都保留，每人只计一次，转派单员确认是一场还是两场。",
            "A session that two opened without sight of each other is kept under both ids and each member counts"
            " once; a dispatcher says whether it is one.",
        ),
        Rule(
            "held",
            "所指的事物还没到，就等它；等满30天转派单员。",
            "What names a thing that has not come waits for it; after 30 days a dispatcher looks.",
        ),
        Rule(
            "closing",
            "评价期结束若干天后截止；截止后才到的转派单员，原有的不动。",
            "A period's evaluations are closed a set number of days after its end; what comes later waits for a"
            " person, and what stands goes on standing.",
        ),
        Rule(
            "resident",
            "居民本人凭码所评为准，先评者得；没有的，以关闭时所记为准。",
            "The resident's own rating, by a code on paper, stands over what somebody wrote down; the first of"
            " their own stands.",
        ),
        Rule(
            "correction",
            "本人认为记录有误的，转派单员核对并答复。",
            "What a member says is wrong in what is kept about them goes to the dispatcher, who answers.",
        ),
        Rule(
            "balance",
            "兑换不能超过现有积分。",
            "A redemption never takes a balance below zero.",
        ),
        Rule(
            "stock",
            "奖品按做的先后发，发完为止；没兑到的不扣分。",
            "A reward is given in the order of deeds while it lasts; who comes too late keeps their points.",
        ),
        Rule(
            "second",
            "手工加减分须由第二人确认才计入；先到的决定为准，本人不能确认自己的。",
            "A manual credit or debit counts when a second person has confirmed it; the first decision stands, and"
            " nobody confirms what they proposed or what is theirs.",
        ),
        Rule(
            "recount",
            "规则改了以前的日子，由区里明令重算：只补记差额，不改旧账。",
            "Where a rule was changed for the past the district has it recounted: the difference is posted, no line"
            " is changed.",
        ),
        Rule(
            "expiry",
            "到期规则所定之日，早于所定月数得到而未用的积分到期；先得的先用，余额不会因此为负。",
            "On the day of an expiry rule, what was earned so many months before and not spent expires; what was"
            " earned first is spent first, and no balance falls below zero by it.",
        ),
    )
}


class FieldRule(NamedTuple):
    """One synced field. `private` is erasable and never compared; `by` is the lowest office whose value stands."""

    thing: str
    field: str
    rule: str
    zh: str
    en: str
    private: bool = False
    by: Office = Office.LIAISON


def _rows(thing: str, rule: str, fields: str, zh: str, en: str, by: Office) -> list[FieldRule]:
    return [FieldRule(thing, name, rule, zh, en, by=by) for name in fields.split()]


_OURS = ("区里的底册，只由区里改。", "The district's own register; only the district changes it.")
_BORN = ("记录当时的事实，不再改变。", "A fact of the moment it was recorded.")
_SUMS = ("由其他记录算出。", "Follows from other records.")

_TABLE: Final[list[FieldRule]] = [
    *_rows(
        "community",
        "district",
        "code name kind utcOffset workingHours categories skills policies holidays workdays",
        *_OURS,
        Office.DISTRICT,
    ),
    *_rows("unit", "district", "code name community resources since", *_OURS, Office.DISTRICT),
    *_rows("grid", "district", "code name community", *_OURS, Office.DISTRICT),
    *_rows(
        "pointRule",
        "district",
        "code name per points from until community dailyCap hours categories atLeast",
        *_OURS,
        Office.DISTRICT,
    ),
    FieldRule(
        "member",
        "unit",
        "district",
        "单位是身份的一半，由派单员核定。",
        "Half of an identity; the dispatcher settles it.",
        by=Office.DISPATCHER,
    ),
    FieldRule(
        "member",
        "number",
        "district",
        "编号是身份的一半，由派单员核定。",
        "Half of an identity; the dispatcher settles it.",
        by=Office.DISPATCHER,
    ),
    FieldRule("member", "name", "latest", "最后核对的人最清楚。", "Whoever checked it last knows best."),
    FieldRule(
        "member", "phone", "latest", "号码会换，以最近的为准。", "Numbers change; the newest is right.", True
    ),
    FieldRule(
        "member",
        "grid",
        "placed",
        "定点报到：一人只到一个网格。",
        "Fixed point: a member reports to one grid.",
    ),
    FieldRule(
        "member",
        "standing",
        "ranked",
        "在册与否由组织定，联络员可先记。",
        "The office decides who serves; a liaison may note it first.",
    ),
    FieldRule(
        "member", "skills", "elements", "技能只会越记越全。", "Skills are gathered by whoever hears of them."
    ),
    *_rows("member", "derived", "community aliasOf points registeredAt", *_SUMS, Office.LIAISON),
    FieldRule("ticket", "title", "latest", "最后写的人离事情最近。", "Whoever wrote last was nearest to it."),
    FieldRule("ticket", "category", "latest", "看过现场的人最清楚。", "Whoever saw the place knows best."),
    FieldRule("ticket", "place", "latest", "看过现场的人最清楚。", "Whoever saw the place knows best."),
    FieldRule("ticket", "detail", "latest", "以最近所知为准。", "What was learned last is right.", True),
    FieldRule(
        "ticket",
        "contact",
        "latest",
        "以最近所留为准；两份联系方式从不比对。",
        "The one left last is right; two contacts are never compared.",
        True,
    ),
    FieldRule(
        "ticket", "priority", "ranked", "缓急由派单台统筹。", "The desk weighs one ticket against another."
    ),
    FieldRule("ticket", "due", "ranked", "期限由派单台统筹。", "The desk keeps the promises."),
    FieldRule("ticket", "grid", "ranked", "归哪个网格由派单台定。", "The desk decides which grid serves."),
    FieldRule(
        "ticket",
        "seats",
        "ranked",
        "要几个人由派单台定；减少不会赶走已接单的人。",
        "The desk decides how many are wanted; lowering evicts nobody.",
    ),
    FieldRule("ticket", "notes", "growing", "每一步都留痕。", "The whole course of a ticket is kept."),
    FieldRule("ticket", "tags", "elements", "各人加各人的。", "Everybody adds their own."),
    FieldRule(
        "ticket",
        "takers",
        "first",
        "先接者得，不看谁先有网。",
        "Who took it first, not who found a network first.",
    ),
    FieldRule("ticket", "state", "lifecycle", "按流程走；做完的事不会被抹掉。", "Work done is never undone."),
    FieldRule(
        "ticket", "round", "lifecycle", "每次重新打开是新的一轮。", "Each reopening begins a new round."
    ),
    FieldRule(
        "ticket",
        "reserved",
        "lifecycle",
        "派给谁，看到的人就让给谁。",
        "Who has seen a dispatch leaves it to them.",
    ),
    FieldRule(
        "ticket",
        "rating",
        "resident",
        "居民凭纸上的码自己评，或由关闭者代记。",
        "Given by the resident, by a code on paper or through whoever closes.",
    ),
    FieldRule("ticket", "words", "resident", "随评分。", "They come with the rating.", True),
    *_rows("ticket", "derived", "community openedAt opener doneAt closedAt dueAt", *_SUMS, Office.LIAISON),
    FieldRule(
        "ticket",
        "escalation",
        "derived",
        "只有时间会升级：过期归派单台，再过若干工作小时归区里；改期即降。",
        "Time alone raises it: overdue it is the desk's, some working hours later the district's; a new due"
        " time lowers it.",
    ),
    FieldRule(
        "ticket",
        "pauses",
        "growing",
        "暂停要说明原因；每次暂停与恢复都留痕。",
        "A pause gives its reason; each pause and resumption is kept.",
    ),
    FieldRule(
        "ticket",
        "pause",
        "derived",
        "按所做先后，最后一次是暂停即为暂停；暂停的工作时间顺延期限。",
        "Paused where the last of its pauses and resumptions says so; the working time paused moves the due time.",
    ),
    *_rows("service", "fixed", "member start end by recordedAt", *_BORN, Office.LIAISON),
    FieldRule("service", "summary", "fixed", *_BORN, private=True),
    FieldRule("service", "place", "fixed", *_BORN, private=True),
    FieldRule(
        "service", "ticket", "first", "没有归属的可以补上，先补者为准。", "Linked once, where there was none."
    ),
    FieldRule(
        "service",
        "activity",
        "first",
        "没有归属的可以补上，先补者为准。",
        "Linked once, where there was none.",
    ),
    FieldRule(
        "service",
        "state",
        "growing",
        "记录总会保留；作废须说明原因。",
        "A record is always kept; it is voided with a reason.",
    ),
    FieldRule("service", "reason", "growing", "作废须说明原因。", "A void says why."),
    *_rows("service", "derived", "community grid category onDuty", *_SUMS, Office.LIAISON),
    *_rows(
        "post",
        "district",
        "code name community grid seats skills from until",
        "岗位由社区设；平板所填作为建议。",
        "The community sets its posts; what a tablet writes is a proposal.",
        Office.DISPATCHER,
    ),
    *_rows(
        "team",
        "district",
        "code name community theme",
        "队伍由社区建；平板所填作为建议。",
        "The community forms its teams; what a tablet writes is a proposal.",
        Office.DISPATCHER,
    ),
    FieldRule(
        "team",
        "members",
        "latest",
        "入队离队以最近的为准；在队的时间都留着。",
        "Joining and leaving: the last word of each member stands, and the time in the team is kept.",
    ),
    FieldRule("team", "points", "derived", "本队活动所得之和。", "The sum of what its activities earned."),
    *_rows(
        "activity",
        "fixed",
        "community grid team title category place start end openedAt opener",
        *_BORN,
        Office.LIAISON,
    ),
    FieldRule("activity", "onDuty", "derived", *_SUMS),
    FieldRule(
        "activity",
        "sameAs",
        "session",
        "与先开的是同一场；派单员可裁定为两场。",
        "The session that it is once more, unless a dispatcher finds that they are two.",
    ),
    FieldRule(
        "activity",
        "members",
        "growing",
        "一人签到一次，在哪台平板签都算；为活动记的服务就是签到。",
        "Each member is signed in once, on whichever tablet; a service recorded for it is a sign-in.",
    ),
    *_rows(
        "whistle",
        "fixed",
        "community ticket round deadline blownAt blower",
        *_BORN,
        Office.LIAISON,
    ),
    FieldRule(
        "whistle",
        "lead",
        "first",
        "一单一哨：后吹的并入先吹的，牵头以先吹者为准。",
        "One whistle stands for a ticket: a later one joins it, and the first says who leads.",
    ),
    FieldRule(
        "whistle",
        "calls",
        "latest",
        "各部门的答复以各自最后一次为准；时限按首次答复算。",
        "Each department's last answer stands; its clock stops at its first.",
    ),
    FieldRule(
        "whistle",
        "meetings",
        "growing",
        "联席会的记录都保留。",
        "Every record of a joint meeting is kept.",
    ),
    FieldRule(
        "whistle",
        "state",
        "derived",
        "由各部门答复和期限算出；到期无人来，由区里兜底。",
        "Follows from the answers and the deadline; where nobody comes in time, the district is called.",
    ),
    FieldRule("whistle", "whistle", "derived", *_SUMS),
    FieldRule(
        "post",
        "holders",
        "first",
        "定岗领办：先领者得，一席不两占；任期满或离岗即空出。",
        "Who took the seat first has it; a seat is never held twice, and is free when it is left or the"
        " term ends.",
    ),
    *_rows("duty", "fixed", "community unit kind on topic by recordedAt", *_BORN, Office.LIAISON),
    FieldRule("duty", "period", "derived", *_SUMS),
    FieldRule(
        "duty",
        "state",
        "first",
        "四个一：一期计一次，做得早的计数；多做的照样保留，计数的作废了由次早的补上。",
        "Of a unit's duty one record a period counts, the earliest deed; further ones are kept, and the next"
        " counts when that is voided.",
    ),
    FieldRule("duty", "reason", "growing", "作废须说明原因。", "A void says why."),
    *_rows("evaluation", "fixed", "community member grid period", *_BORN, Office.LIAISON),
    FieldRule(
        "evaluation",
        "grade",
        "latest",
        "定期评价：一人一期一份，截止前以最近一次为准；截止后才到的转派单员。",
        "One evaluation per member and period: the last word stands until the period is closed; what comes"
        " later waits for a person.",
    ),
    FieldRule(
        "evaluation",
        "words",
        "latest",
        "评语随等次，以同一份为准。",
        "The words go with the grade they were given with.",
        True,
    ),
    *_rows("evaluation", "derived", "state by decidedAt closedAt", *_SUMS, Office.LIAISON),
    *_rows(
        "reward",
        "district",
        "code name community points stock from until",
        "奖品由社区设；平板所填作为建议。",
        "The community sets its catalogue; what a tablet writes is a proposal.",
        Office.DISPATCHER,
    ),
    FieldRule("reward", "given", "derived", *_SUMS),
    *_rows("pointExpiry", "district", "code name months on utcOffset", *_OURS, Office.DISTRICT),
    *_rows("adjustment", "fixed", "member points reason by at", *_BORN, Office.LIAISON),
    FieldRule(
        "adjustment",
        "state",
        "second",
        "须由第二人确认；未确认的为暂记，不计入积分。",
        "It takes a second person; until then it is provisional and counts for nothing.",
    ),
    *_rows("adjustment", "derived", "community grid decidedAt decider why", *_SUMS, Office.LIAISON),
    *_rows("recount", "fixed", "community rule from until reason at", *_BORN, Office.DISTRICT),
    FieldRule(
        "recount",
        "entries",
        "recount",
        "补记了几笔差额。",
        "How many differences it posted.",
    ),
    FieldRule("recount", "points", "recount", "差额合计。", "Their sum."),
]

FIELDS: Final[dict[tuple[str, str], FieldRule]] = {(row.thing, row.field): row for row in _TABLE}
ROWS: Final[tuple[FieldRule, ...]] = tuple(_TABLE)

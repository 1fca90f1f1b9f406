"""Every outcome and refusal: a stable code and one sentence, in Chinese and English.

A sentence names things and offices, a member by name where the reader carries that member
anyway, and never a resident. Codes are added to and never renamed.
"""

from typing import Final, NamedTuple

from sync.state import Result


class Sentence(NamedTuple):
    """`outcome` is None for refusals of a whole request, which are about no single change."""

    outcome: Result | None
    zh: str
    en: str


SENTENCES: Final[dict[str, Sentence]] = {
    # It stands
    "APPLIED": Sentence(Result.APPLIED, "已生效。", "It stands."),
    "STANDS": Sentence(
        Result.APPLIED,
        "已生效；另有人同时改了{field}，其内容已保留备查。",
        "It stands; somebody else's {field} of the same time is kept beside it.",
    ),
    "REGISTERED_TWICE": Sentence(
        Result.APPLIED,
        "登记有效；另一台平板也登记了同一人，已并入这一份。",
        "This registration stands; another tablet registered the same person, and that one now points here.",
    ),
    "OPENED_TWICE": Sentence(
        Result.APPLIED,
        "活动有效；另一处也开了同样的一场：两份都保留，每人只计一次，转派单员确认。",
        "This session stands; another like it was opened too. Both are kept, each member counts once, and a"
        " dispatcher will look.",
    ),
    "COUNTS_NOW": Sentence(
        Result.APPLIED,
        "{period}先计的那次{duty}已作废；您记的这一份现在计数。",
        "The {duty} of {period} that counted was voided; the one that you recorded counts now.",
    ),
    "CONFIRMED": Sentence(
        Result.APPLIED,
        "{who}已于{since}确认，已计入积分。",
        "The {who} confirmed it at {since}; it counts.",
    ),
    "RECOUNTED": Sentence(
        Result.APPLIED,
        "已按现行规则重算：记{count}笔，合计{points}分。",
        "Recounted by the rules as they are now: {count} entries were posted, {points} points in sum.",
    ),
    "RULED_FOR": Sentence(Result.APPLIED, "经人工裁定，以此为准：{reason}", "Ruled to stand: {reason}"),
    "WHISTLED_TOGETHER": Sentence(
        Result.MERGED,
        "此单已于{since}吹哨；两次合为一次，所叫部门都已叫到，牵头与期限以先吹者为准。",
        "A whistle was blown for this ticket at {since}; both are one, all who were named are called, and the"
        " first says who leads and until when.",
    ),
    "RATED_BY_RESIDENT": Sentence(
        Result.MERGED,
        "已关闭；评分以居民本人凭码所评为准。",
        "It is closed; the rating is the resident's own, given by their code.",
    ),
    "RATED_BEFORE": Sentence(
        Result.DUPLICATE,
        "此单已于{since}由居民本人评过；以先评的为准。",
        "The resident rated this at {since}; the first of their own stands.",
    ),
    "MERGED": Sentence(
        Result.MERGED, "部分生效；{field}以他人的为准。", "Part of it stands; for {field} another's stands."
    ),
    # It does not stand
    "LATER_DEED": Sentence(
        Result.SUPERSEDED,
        "{field}以{since}的后一次修改为准，这一份已保留备查。",
        "A later {field}, of {since}, stands; this one is kept beside it.",
    ),
    "HIGHER_OFFICE": Sentence(
        Result.SUPERSEDED,
        "{field}已由{office}定下，而您当时尚未看到；以其为准，这一份已保留备查。",
        "The {office} had set {field} and you had not seen it; theirs stands, this one is kept beside it.",
    ),
    "MOVED_ON": Sentence(
        Result.SUPERSEDED,
        "定单当时已是“{state}”，此步不再改变它。",
        "The ticket had moved on to {state}; this step changes nothing.",
    ),
    "NO_SEAT": Sentence(
        Result.SUPERSEDED,
        "名额已由{member}占着；此步不改变定单，所做的服务照记。",
        "{member} has the seat; this step changes nothing, and a service you did counts.",
    ),
    "DONE_ANYWAY": Sentence(
        Result.SUPERSEDED,
        "取消的消息到达之前事已办成：按办结处理，并请派单员过目。",
        "The work was done before the cancellation was heard of: it is DONE, and a dispatcher will look.",
    ),
    "KEPT_AS_NOTE": Sentence(
        Result.SUPERSEDED,
        "定单当时已是“{state}”；此步已作为备注保留。",
        "The ticket had moved on to {state}; this step is kept as a note.",
    ),
    "EARLIER_ROUND": Sentence(
        Result.SUPERSEDED,
        "定单已重新打开；上一轮的这一步作为备注保留，服务照记。",
        "The ticket was reopened; this step of the round before is kept as a note, the service stands.",
    ),
    "REDACTED": Sentence(
        Result.SUPERSEDED,
        "{field}已按规定删除，不再恢复。",
        "{field} was erased for good and does not come back.",
    ),
    "ALREADY_LINKED": Sentence(
        Result.SUPERSEDED,
        "该服务已先关联到别处，以先关联的为准。",
        "The service was linked before; the first link stands.",
    ),
    "RULED_AGAINST": Sentence(
        Result.SUPERSEDED, "经人工裁定，不予采用：{reason}", "Ruled not to stand: {reason}"
    ),
    "WITHDRAWN": Sentence(
        Result.SUPERSEDED,
        "{who}已于{since}撤回，不计积分：{reason}",
        "The {who} withdrew it at {since}, and it counts for nothing: {reason}",
    ),
    "SEAT_TAKEN": Sentence(
        Result.LOST,
        "{member}已于{since}接单，先接者得；您其间所做的服务照记照计分。",
        "{member} took it at {since}, and the first stands; a service you did meanwhile counts.",
    ),
    "POST_TAKEN": Sentence(
        Result.LOST,
        "{member}已于{since}领下此岗，先领者得。",
        "{member} took this post at {since}, and the first stands.",
    ),
    "CODE_TAKEN": Sentence(
        Result.LOST,
        "代码“{called}”已于{since}用于本社区的另一{thing}，先者为准；您所填已保留，派单员可改用其内容。",
        "Another {thing} of this community has the code “{called}” since {since}, and the first stands; what you wrote"
        " is kept, and a dispatcher may take it up there.",
    ),
    "LATER_STANDS": Sentence(
        Result.SUPERSEDED,
        "此人的去留后来另有记录，以后来的为准。",
        "What was recorded later of this member's place stands.",
    ),
    "ALREADY_HOLDER": Sentence(Result.DUPLICATE, "此人已在此岗。", "This member holds the post already."),
    "IN_TEAM": Sentence(Result.DUPLICATE, "此人已在队中。", "This member is in the team already."),
    "SIGNED_IN": Sentence(
        Result.DUPLICATE,
        "此人已于{since}签到；一人只计一次。",
        "This member was signed in at {since}; once is enough.",
    ),
    "DUTY_DONE": Sentence(
        Result.DUPLICATE,
        "{period}的{duty}已由{who}于{since}记下，一期计一次；这一份照样保留。",
        "The {duty} of {period} was recorded by {who} at {since}; it counts once, and this one is kept beside it.",
    ),
    "CONFIRMED_BEFORE": Sentence(
        Result.DUPLICATE,
        "{who}已于{since}确认；一次即可。",
        "The {who} confirmed it at {since}; once is enough.",
    ),
    "WITHDRAWN_BEFORE": Sentence(
        Result.DUPLICATE,
        "{who}已于{since}撤回；一次即可。",
        "The {who} withdrew it at {since}; once is enough.",
    ),
    "ALREADY_DONE": Sentence(
        Result.DUPLICATE,
        "定单此前已办结；此步已作为备注保留。",
        "It was done already; this step is kept as a note.",
    ),
    "NOT_PAUSED": Sentence(
        Result.DUPLICATE,
        "此单当时没有暂停；已留痕。",
        "The ticket was not paused; this is kept all the same.",
    ),
    "ALREADY_TAKER": Sentence(Result.DUPLICATE, "此人已接了这一单。", "This member has the ticket already."),
    "OPENED_BEFORE": Sentence(
        Result.DUPLICATE,
        "同一编号此前已建立，不重复建立。",
        "This was created before under the same id; once is enough.",
    ),
    "REGISTERED_BEFORE": Sentence(
        Result.DUPLICATE,
        "此人此前已登记，两份已合为一人；您为其记录的一切都算在他名下。",
        "This person was registered before; both are one member now, and all you recorded counts for them.",
    ),
    "SAME_SERVICE": Sentence(
        Result.DUPLICATE,
        "同一人同一时段同一事项已有记录；这一份保留，不再计分。",
        "The same service of this member is recorded already; this one is kept and earns nothing.",
    ),
    # It waits
    "WAITS": Sentence(
        Result.HELD,
        "所指的{thing}尚未上传到区里；到了就会自动处理。",
        "The {thing} it names has not reached the district yet; it is settled when that comes.",
    ),
    "PROPOSED": Sentence(
        Result.REVIEW,
        "已作为建议转交，由区里或派单员确认。",
        "Passed on as a proposal for the office to confirm.",
    ),
    "ASKED": Sentence(
        Result.REVIEW,
        "更正请求已转派单员，核对后答复。",
        "The request for correction is passed on to the dispatcher, who will answer.",
    ),
    "SECOND_PERSON": Sentence(
        Result.REVIEW,
        "已记为暂记，须由另一人确认；确认之前不计入积分。",
        "Noted as provisional: a second person has to confirm it, and until then it counts for nothing.",
    ),
    "PLACED_ELSEWHERE": Sentence(
        Result.REVIEW,
        "此人已先分到另一网格；您的登记已转派单员确认。",
        "The member was placed in another grid first; yours is passed on to the dispatcher.",
    ),
    "NAMES_DIFFER": Sentence(
        Result.DUPLICATE,
        "此人此前已登记，两份已合为一人；两次所记姓名不同，转派单员确认。",
        "This person was registered before and both are one member now; the names differ, a dispatcher will look.",
    ),
    "OVERLAPS": Sentence(
        Result.REVIEW,
        "与此人另一条服务时间重叠；已保留，确认后计分。",
        "It overlaps another service of this member; it is kept, and earns when a dispatcher has looked.",
    ),
    "SAME_SESSION": Sentence(
        Result.REVIEW,
        "此时此地已有一场同样的活动；这一份照样保留，签到照收，每人只计一次，转派单员确认。",
        "A session like it, of this time and place, was opened before; this one is kept with its sign-ins, each"
        " member counts once, and a dispatcher will look.",
    ),
    "TOO_LONG": Sentence(
        Result.REVIEW,
        "超过12小时；已保留，确认后计分。",
        "It is longer than 12 hours; it is kept, and earns when a dispatcher has looked.",
    ),
    "DONE_AFTER_CANCEL": Sentence(
        Result.REVIEW,
        "定单已被取消，但事已办成：按办结处理，并请派单员过目。",
        "The ticket was cancelled, yet the work is done: it is DONE, and a dispatcher will look.",
    ),
    "NOT_DONE_YET": Sentence(
        Result.REVIEW,
        "定单当时是“{state}”，不能直接关闭；转派单员确认。",
        "The ticket was {state}, not done, so it could not be closed; a dispatcher will look.",
    ),
    "AFTER_CLOSING": Sentence(
        Result.REVIEW,
        "{period}的评价已于{since}截止；这一份已保留，转派单员确认。",
        "The evaluations of {period} were closed at {since}; this one is kept, and a dispatcher will look.",
    ),
    "SERVES_ELSEWHERE": Sentence(
        Result.REVIEW,
        "此人现不在这个社区；这一份评价已保留，转派单员确认。",
        "This member is not of this community now; the evaluation is kept, and a dispatcher will look.",
    ),
    "WAITED_TOO_LONG": Sentence(
        Result.REVIEW,
        "等了30天，所指的{thing}仍未到；转派单员确认。",
        "The {thing} it names has not come in 30 days; a dispatcher will look.",
    ),
    # It cannot be
    "NOT_POSSIBLE": Sentence(
        Result.REJECTED,
        "定单已是“{state}”，不能这样做。",
        "The ticket is {state}; that step is not possible.",
    ),
    "SEATS_FULL": Sentence(
        Result.REJECTED,
        "名额已满：{member}已于{since}接单。",
        "No seat is free: {member} took it at {since}.",
    ),
    "RESERVED": Sentence(Result.REJECTED, "此单已派给别人。", "The ticket was dispatched to somebody else."),
    "NOT_A_TAKER": Sentence(Result.REJECTED, "此人并未接这一单。", "This member does not have the ticket."),
    "NOT_FOUND": Sentence(Result.REJECTED, "找不到所指的{thing}。", "There is no such {thing}."),
    "IDENTITY_TAKEN": Sentence(
        Result.REJECTED,
        "该单位的这个编号已是另一人；请先核对编号。",
        "Another member has this number in this unit; check the number first.",
    ),
    "CODE_IN_USE": Sentence(
        Result.REJECTED,
        "代码“{called}”已用于本社区的另一{thing}；请换一个代码。",
        "Another {thing} of this community has the code “{called}”; choose another code.",
    ),
    "SAME_MEMBER": Sentence(Result.REJECTED, "两者本是一人。", "Both are the same member already."),
    "NOT_AN_ALIAS": Sentence(
        Result.REJECTED, "此人没有并入别人，无可拆分。", "This member is no alias; there is nothing to split."
    ),
    "LINKED": Sentence(Result.REJECTED, "该服务已有所属，不能再关联。", "The service is linked already."),
    "VOIDED": Sentence(Result.REJECTED, "该{thing}已作废。", "The {thing} is void already."),
    "NOT_YOURS": Sentence(
        Result.REJECTED,
        "只有记录者或派单员可以作废{thing}。",
        "Only its author or a dispatcher can void a {thing}.",
    ),
    "POST_FULL": Sentence(
        Result.REJECTED,
        "此岗已满：{member}已于{since}领下。",
        "The post has no free seat: {member} took it at {since}.",
    ),
    "NOT_A_HOLDER": Sentence(Result.REJECTED, "此人不在此岗。", "This member does not hold the post."),
    "NOT_IN_TEAM": Sentence(Result.REJECTED, "此人不在队中。", "This member is not in the team."),
    "NOT_CALLED": Sentence(
        Result.REJECTED, "这次吹哨没有叫到该部门。", "This department is not among those that were called."
    ),
    "OUT_OF_TERM": Sentence(Result.REJECTED, "此岗的任期是{term}。", "The term of the post is {term}."),
    "DAY_TO_COME": Sentence(Result.REJECTED, "{day}还没到。", "{day} is still to come."),
    "LAST_TAKEN": Sentence(
        Result.LOST,
        "最后一件已由{member}于{since}兑走；您的积分未扣。",
        "{member} took the last one at {since}; no points of yours were spent.",
    ),
    "NONE_LEFT": Sentence(Result.REJECTED, "已兑完；积分未扣。", "There is none left; no points were spent."),
    "NOT_OFFERED": Sentence(
        Result.REJECTED, "此奖品的兑换期是{term}。", "This reward can be had in this time: {term}."
    ),
    "PRICE_DIFFERS": Sentence(
        Result.REJECTED, "此奖品当时的价格是{price}分。", "The price of this reward was {price} points then."
    ),
    "SAME_PERSON": Sentence(
        Result.REJECTED,
        "提出的人自己不能确认；须由另一人确认。",
        "Who proposed it cannot confirm it; that takes a second person.",
    ),
    "OWN_POINTS": Sentence(
        Result.REJECTED,
        "这是本人的积分，须由他人确认。",
        "These are one's own points; somebody else has to confirm them.",
    ),
    "CONFIRMED_FIRST": Sentence(
        Result.REJECTED,
        "{who}已于{since}先确认，积分已计入；要改请另提一笔相反的。",
        "The {who} had confirmed it at {since} and it counts; to set it right, propose the opposite.",
    ),
    "WITHDRAWN_FIRST": Sentence(
        Result.REJECTED,
        "{who}已于{since}先撤回，不计积分；仍需要的请另提一笔。",
        "The {who} had withdrawn it at {since} and it counts for nothing; where it is wanted, propose it anew.",
    ),
    "DAY_COME": Sentence(
        Result.REJECTED,
        "{day}已到；积分到期日须是将来的日子，到期了的规则不再改。",
        "{day} has come: points expire on a day to come, and a rule whose day has come is not changed.",
    ),
    "SHORT": Sentence(
        Result.REJECTED, "积分不足：现有{balance}分。", "Not enough points: the balance is {balance}."
    ),
    "NO_SUCH_CANDIDATE": Sentence(
        Result.REJECTED,
        "裁定所指的不在这一冲突之中。",
        "What the ruling names is not a candidate of this conflict.",
    ),
    "CHANGED_SINCE": Sentence(
        Result.REJECTED,
        "此冲突又有新情况，请重新查看后裁定。",
        "The conflict has changed since you saw it; look again.",
    ),
    "ABOVE_OFFICE": Sentence(Result.REJECTED, "此项须由上级裁定。", "A higher office must rule on this."),
    "SPLIT_INSTEAD": Sentence(
        Result.REJECTED,
        "若非同一人，请先更正编号，再拆分。",
        "If they are two people, correct the number first, then split.",
    ),
    # Quarantine
    "UNREADABLE": Sentence(
        Result.QUARANTINED,
        "读不懂这条变更，已原样隔离保存。",
        "This change cannot be read; it is kept as it came.",
    ),
    "UNKNOWN_KIND": Sentence(
        Result.QUARANTINED,
        "不认识这种变更（可能来自更新的版本），已原样隔离保存。",
        "This kind of change is not known here (perhaps from a newer app); it is kept as it came.",
    ),
    "ID_TAKEN": Sentence(
        Result.QUARANTINED,
        "同一编号已有不同内容，已隔离保存。",
        "Another change has this id; this one is set apart.",
    ),
    "FORBIDDEN": Sentence(
        Result.QUARANTINED,
        "此事不归这台设备办，已隔离保存。",
        "This office may not do that; the change is set apart.",
    ),
    "OUT_OF_SCOPE": Sentence(
        Result.QUARANTINED,
        "所指不在这台设备的网格之内，已隔离保存。",
        "It is about something outside this device's grids; the change is set apart.",
    ),
    "REVOKED": Sentence(None, "这台设备已停用。", "This device has been revoked."),
    "CRASHED": Sentence(
        Result.QUARANTINED,
        "处理时出错（{rule}），已隔离保存，待修复。",
        "Deciding it failed in {rule}; it is set apart until that is mended.",
    ),
    # Refusals of a request
    "GAP": Sentence(
        None,
        "缺少之前的变更，请从所示序号起重发。",
        "Earlier changes are missing; send again from the seq shown.",
    ),
    "FORKED": Sentence(
        None,
        "这台设备的记录与区里不一致，请换新身份后重发。",
        "This device's changes differ from what was received; renew, then send again.",
    ),
    "UNAUTHENTICATED": Sentence(
        None, "未登记或凭证无效，请重新登记。", "Not enrolled, or the token is not valid; enrol again."
    ),
    "CODE_INVALID": Sentence(None, "登记码无效或已过期。", "The code is not valid or has expired."),
    "PROTOCOL": Sentence(
        None, "协议版本不符，请更新应用。", "This protocol version is not spoken here; update the app."
    ),
    "TOO_LARGE": Sentence(None, "一次上传过大，请分批。", "The upload is too large; send it in parts."),
    "CLOCK_BEHIND": Sentence(
        None,
        "区里服务器的时钟比上次结算还早，暂不结算；请先校准时钟。",
        "The hub's clock is behind its last settlement, so it does not settle; set the clock right first.",
    ),
    "RETRY": Sentence(None, "请稍后再试。", "Try again a little later."),
}

OUTCOMES: Final[dict[str, Result]] = {
    code: row.outcome for code, row in SENTENCES.items() if row.outcome is not None
}

WORDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("标题", "title"),
    "category": ("类别", "category"),
    "place": ("地点", "place"),
    "priority": ("缓急", "priority"),
    "due": ("期限", "due time"),
    "seats": ("人数", "seats"),
    "grid": ("网格", "grid"),
    "detail": ("详情", "detail"),
    "contact": ("联系方式", "contact"),
    "words": ("评语", "words"),
    "rating": ("评分", "rating"),
    "name": ("姓名", "name"),
    "phone": ("电话", "phone"),
    "unit": ("单位", "unit"),
    "number": ("编号", "number"),
    "standing": ("状态", "standing"),
    "state": ("状态", "state"),
    "notes": ("备注", "notes"),
    "reserved": ("派单对象", "dispatch"),
    "takers": ("接单人", "takers"),
    "holders": ("任岗人", "holders"),
    "CONTACT": ("联系", "contact"),
    "SURVEY": ("调研", "survey"),
    "TALK": ("宣讲", "talk"),
    "SUMMARY": ("总结", "summary"),
    "sameAs": ("同一场活动", "same session"),
    "code": ("代码", "code"),
    "skills": ("技能", "skills"),
    "tags": ("标签", "tags"),
    "pauses": ("暂停", "pauses"),
    "*": ("内容", "content"),
    "OPEN": ("待接单", "open"),
    "DISPATCHED": ("已派单", "dispatched"),
    "ACCEPTED": ("已接单", "accepted"),
    "IN_PROGRESS": ("办理中", "in progress"),
    "DONE": ("已办结", "done"),
    "CLOSED": ("已关闭", "closed"),
    "CANCELLED": ("已取消", "cancelled"),
    "MEMBER": ("党员本人", "member"),
    "UNIT": ("单位", "unit"),
    "LIAISON": ("联络员", "liaison"),
    "DISPATCHER": ("派单员", "dispatcher"),
    "DISTRICT": ("区级", "district"),
    "ticket": ("定单", "ticket"),
    "member": ("党员", "member"),
    "community": ("社区", "community"),
    "activity": ("活动", "activity"),
    "service": ("服务记录", "service"),
    "conflict": ("冲突", "conflict"),
    "device": ("设备", "device"),
    "post": ("岗位", "post"),
    "team": ("队伍", "team"),
    "duty": ("四个一", "duty"),
    "whistle": ("吹哨", "whistle"),
    "evaluation": ("评价", "evaluation"),
    "grade": ("评价", "evaluation"),
    "EXCELLENT": ("优秀", "excellent"),
    "QUALIFIED": ("合格", "qualified"),
    "BASIC": ("基本合格", "basically qualified"),
    "UNQUALIFIED": ("不合格", "not qualified"),
    "lead": ("牵头部门", "lead"),
    "answer": ("答复", "answer"),
    "pointRule": ("积分规则", "point rule"),
    "redemption": ("兑换", "redemption"),
    "adjustment": ("手工加减分", "manual credit or debit"),
    "recount": ("重算", "recount"),
    "pointExpiry": ("积分到期规则", "expiry of points"),
    "reward": ("奖品", "reward"),
}


_SAID: Final = frozenset({"field", "state", "office", "thing", "duty", "who"})
"""Placeholders whose values are words of ours; all others are somebody's own text."""


def sentence(code: str, **values: str) -> dict[str, str]:
    """The sentence of a code in both languages; our own words are said in each language."""
    row = SENTENCES[code]
    return {
        language: text.format_map(
            {key: _said(value, index) if key in _SAID else value for key, value in values.items()}
        )
        for index, (language, text) in enumerate((("zh", row.zh), ("en", row.en)))
    }


def _said(value: str, language: int) -> str:
    """A value in one language; several words are parted by commas."""
    if value in WORDS:
        return WORDS[value][language]
    parts = value.split(",")
    if len(parts) > 1 and all(part in WORDS for part in parts):
        return ("、", ", ")[language].join(WORDS[part][language] for part in parts)
    return value

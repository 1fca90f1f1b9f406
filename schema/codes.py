"""Every code of the door with its sentence and what to do about it, in Chinese and English.

The sentences of verdicts, and of the protocol's refusals, are the rule book's (`sync/verdicts.py`); here are those of requests. Codes
are added to and never renamed.
"""

from typing import Final, NamedTuple

from sync.state import Result
from sync.verdicts import SENTENCES

Pair = tuple[str, str]
"""A text in Chinese, and in English."""


class Code(NamedTuple):
    """`again` says that the same request may succeed later, as it is. `outcome` is None for errors, which are about no change."""

    code: str
    says: Pair
    remedy: Pair
    again: bool = False
    outcome: Result | None = None


_MEND: Final = ("按所说改正请求后再发。", "Mend the request as it says; sent again as it is, it fails again.")
_WHOLE: Final = ("把内容完整地再发一次。", "Send the body again, whole.")
_LATER: Final = ("稍后把同样的请求再发一次。", "Send the same request again a little later.")
_OFFICE: Final = (
    "换用有此权限的令牌，或请管理员办理。",
    "Use a token that may, or ask an administrator of the district.",
)
_FILE: Final = (
    "按所说处理该文件后再传；定单本身不受影响。",
    "Mend the file as it says; the ticket is not touched.",
)
_LET_GO: Final = ("不再上传这个文件。", "Do not send this file any more.")

_REQUESTS: Final[tuple[Code, ...]] = (
    # Not a GraphQL request
    Code(
        "BAD_JSON",
        (
            "内容不是 JSON：须为 UTF-8 的对象，键不重复，没有 NaN，嵌套与数字不过分。",
            "The body is not JSON: an object in UTF-8, each key once, no NaN, no absurd depth or number.",
        ),
        _MEND,
    ),
    Code(
        "BAD_REQUEST",
        (
            "内容不是 GraphQL 请求：须为含 `query` 或 `documentId` 的对象。",
            "The body is not a GraphQL request: an object with a text `query`, or a `documentId`.",
        ),
        _MEND,
    ),
    Code(
        "BAD_ENCODING",
        (
            "内容不完整，或压缩方式不是 gzip 或 identity。",
            "The body is not whole, or in an encoding other than gzip and identity.",
        ),
        _WHOLE,
        again=True,
    ),
    Code(
        "UNSUPPORTED_MEDIA_TYPE",
        ("请用 UTF-8 的 application/json 发送。", "Send application/json in UTF-8."),
        ("设好 Content-Type。", "Set `Content-Type: application/json`."),
    ),
    Code(
        "NOT_ACCEPTABLE",
        (
            "答复是 application/graphql-response+json 或 application/json。",
            "Answers are application/graphql-response+json or application/json.",
        ),
        ("设好 Accept，或不设。", "Set `Accept` to one of them, or leave it out."),
    ),
    Code(
        "METHOD_NOT_ALLOWED",
        ("操作用 POST；GET 只用于查询。", "POST operations; GET is for queries only."),
        ("改用 POST。", "Use POST."),
    ),
    Code(
        "BODY_TOO_LARGE",
        ("内容超过这里所收的大小。", "The body is larger than is taken here."),
        ("分几次发。", "Send it in parts."),
    ),
    Code("BODY_TIMEOUT", ("内容没有按时到齐。", "The body did not arrive in time."), _WHOLE, again=True),
    Code(
        "NO_BATCHING",
        (
            "一次请求一个操作；多个变更放在一个操作里。",
            "One operation per request; many changes go into one operation.",
        ),
        ("用 `changes` 一次提交多个变更。", "Give many changes to `changes`, in one mutation."),
    ),
    Code(
        "DOCUMENT_UNKNOWN",
        (
            "没有这个编号的文档；请先登记，或以 `query` 发送全文。",
            "No document is known by this id; register it, or send it as `query`.",
        ),
        (
            "以 `query` 发送全文；常用的请管理员加入清单。",
            "Send its text as `query`; have it put into the manifest of trusted documents.",
        ),
    ),
    Code(
        "DOCUMENTS_ONLY",
        (
            "这里只收已登记的文档，用其 `documentId`。",
            "Only registered documents are taken here, by their `documentId`.",
        ),
        (
            "请管理员把它加入清单，再用编号发送。",
            "Have it put into the manifest of trusted documents, and send its id.",
        ),
    ),
    # A request whose document or variables do not fit
    Code("GRAPHQL_PARSE_FAILED", ("这个文档不是 GraphQL。", "The document is not GraphQL."), _MEND),
    Code(
        "GRAPHQL_VALIDATION_FAILED",
        ("这个文档与模式不符。", "The document does not fit the schema."),
        (
            "对照 `schema.graphql` 检查；`locations` 指出所在之处。",
            "Hold it against `schema.graphql`; `locations` says where.",
        ),
    ),
    Code(
        "OPERATION_RESOLUTION_FAILURE",
        ("请指明文档中的一个操作。", "Name one operation that the document has."),
        ("设好 `operationName`。", "Set `operationName`."),
    ),
    Code(
        "BAD_USER_INPUT",
        ("有一个值不是其类型所要的。", "A value is not what its type asks for."),
        _MEND,
    ),
    Code(
        "LIMIT",
        ("这个操作所求超过一次请求的限度。", "The operation asks for more than one request may."),
        (
            "`extensions.limit` 说是哪一项限度，`allowed` 说最多多少；少取一些，或分页。",
            "`extensions.limit` says which limit, `allowed` how much; ask for less, or in pages.",
        ),
    ),
    Code(
        "BUDGET_SPENT",
        (
            "这个令牌的额度暂时用完；请在 `retryAfter` 秒后再问，或少取一些。",
            "This key has spent its budget for now; ask again in `retryAfter` seconds, or for less.",
        ),
        (
            "等到 `Retry-After`；轮询请用 ETag，没有变化就不花额度。",
            "Wait as `Retry-After` says; poll with ETags, which cost nothing while nothing changed.",
        ),
        again=True,
    ),
    Code(
        "TIME_LIMIT",
        ("这个操作超过一次请求可用的时间。", "The operation took longer than one request may."),
        ("少取一些，或分页。", "Ask for less, or in pages."),
        again=True,
    ),
    Code(
        "SUBSCRIPTION_TRANSPORT",
        (
            "订阅走 WebSocket（graphql-transport-ws），或 `Accept: text/event-stream`。",
            "Subscriptions go by WebSocket (graphql-transport-ws), or `Accept: text/event-stream`.",
        ),
        _MEND,
    ),
    Code(
        "REV_UNKNOWN",
        (
            "没人能说这个 rev 之后有什么新的：它不是这里的，太旧，或在恢复之前。请重新读取，再从 `rev` 继续。",
            "Nobody can say what is newer than this rev: it is not this hub's, too old, or of before a restore."
            " Read anew, and go on from `rev`.",
        ),
        (
            "把所显示的全部重新读取，再从 `extensions.rev` 起订阅。",
            "Read all that you show anew, then subscribe after `extensions.rev`.",
        ),
    ),
    # Who may
    Code("FORBIDDEN", ("这个令牌不能这样做。", "This token may not do that."), _OFFICE),
    Code(
        "RANKING_OFF",
        (
            "个人排名已关闭：不能按个人积分或评价排序、筛选或计数。",
            "Ranking individuals is off: no order, filter or count by a person's points or evaluations.",
        ),
        (
            "用队伍的积分；个人排名须由区里在政策中开启。",
            "Take teams' points; only the district's policy can allow individuals'.",
        ),
    ),
    Code(
        "BAD_PERIOD",
        (
            "期间写作月 `2026-11`、季 `2026-Q4` 或年 `2026`。",
            "A period is a month `2026-11`, a quarter `2026-Q4` or a year `2026`.",
        ),
        _MEND,
    ),
    Code(
        "BAD_CURSOR",
        ("这个游标不属于这个列表的这个次序。", "This cursor is not of this list in this order."),
        (
            "从头读起，次序与取得游标时一样。",
            "Begin the list anew; a cursor is good for the order that it was given in.",
        ),
    ),
    # Attachments
    Code(
        "NOT_FOUND",
        ("这里没有，或这个令牌看不到。", "There is no such thing here, or not for this token."),
        (
            "核对编号；不在您范围内的，与没有一样。",
            "Check the id; what is outside your scope reads as what does not exist.",
        ),
    ),
    Code(
        "BAD_RANGE",
        (
            "传一段用 `Content-Range: bytes 首-末/总长`，问进度用 `bytes */总长`。",
            "Send `Content-Range: bytes first-last/total` for a piece, `bytes */total` to ask how far it came.",
        ),
        _MEND,
    ),
    Code(
        "ATTACHMENT_KIND",
        (
            "照片收 JPEG 或 WebP，语音收 WebM、Ogg 或 MP4，且名实相符。",
            "Photos are taken as JPEG or WebP, spoken notes as WebM, Ogg or MP4, and are what they say.",
        ),
        _FILE,
    ),
    Code(
        "ATTACHMENT_METADATA",
        (
            "发送前请去掉照片中的拍摄地点、时间与设备。",
            "Take out of a photo where, when and with what it was taken before it is sent.",
        ),
        _FILE,
    ),
    Code(
        "ATTACHMENT_DIGEST",
        ("字节与这个 SHA-256 不符；请从头再传。", "The bytes are not those of this SHA-256; begin again."),
        _FILE,
        again=True,
    ),
    Code(
        "ATTACHMENT_DIFFERS",
        ("此文件先前报的种类或大小不同。", "This file was announced with another kind or size."),
        _FILE,
    ),
    Code(
        "ATTACHMENT_GAP",
        ("请从 `received` 所说的字节继续。", "Go on from the byte that `received` says."),
        ("从 `received` 继续上传。", "Go on from `received`."),
        again=True,
    ),
    Code(
        "ATTACHMENT_ERASED",
        (
            "此文件已随所属之事删除，不再接收。",
            "This file was erased with what it belonged to; it is not taken again.",
        ),
        _LET_GO,
    ),
    Code(
        "TOO_MANY_ATTACHMENTS",
        ("此单的文件已到上限。", "A ticket has as many files as one may have."),
        _LET_GO,
    ),
    Code(
        "INTERNAL",
        (
            "这里出了错，已按此编号记下。",
            "Something went wrong here; it is logged under this id.",
        ),
        (
            "变更用同一幂等键再发不会重复；若再出错，把 `extensions.id` 告诉管理员。",
            "Send it again: under the same idempotency key nothing is done twice. If it stays, tell the administrators"
            " `extensions.id`.",
        ),
        again=True,
    ),
)

_REFUSALS: Final[dict[str, tuple[Pair, bool]]] = {
    "GAP": (("从所示序号起重发，一条不漏。", "Send again from the seq shown, leaving none out."), True),
    "FORKED": (
        ("平板换新身份（renew）后，把未发的再发。", "The tablet renews, and sends again what was not taken."),
        False,
    ),
    "UNAUTHENTICATED": (
        (
            "检查令牌；平板凭新的登记码重新登记，未发的随之带走。",
            "Check the token; a tablet enrols with a new code, and what is unsent goes along.",
        ),
        False,
    ),
    "REVOKED": (
        (
            "这台设备不再使用；有误请找管理员。",
            "This device is out of use; ask the administrators where that is wrong.",
        ),
        False,
    ),
    "CODE_INVALID": (("请发一个新的登记码。", "Ask for a new code."), False),
    "PROTOCOL": (("更新应用；未发的都还在。", "Update the app; what is unsent stays."), False),
    "TOO_LARGE": (("分成更小的几批再发。", "Send it in smaller parts."), False),
    "CLOCK_BEHIND": (("校准服务器的时钟后再结算。", "Set the hub's clock right, then settle."), True),
    "RETRY": (_LATER, True),
}

_VERDICTS: Final[dict[Result, Pair]] = {
    Result.APPLIED: ("无须处理。", "Nothing to do."),
    Result.MERGED: (
        "无须重做；要改以他人为准的部分，看过现状后另记一次。",
        "Nothing has to be done again; where the part that gave way should stand, look at what stands and record it anew.",
    ),
    Result.SUPERSEDED: (
        "所记仍在 `history` 中；仍以为该如此的，看过现状后另记一次，或请派单员裁定。",
        "What was recorded is kept in `history`; where it should stand all the same, look at what stands and record it"
        " anew, or ask a dispatcher to rule.",
    ),
    Result.LOST: (
        "他人在先；换一个接，其间所做的服务照记照算。",
        "Another was first: take something else. Record a service that was done meanwhile; it counts.",
    ),
    Result.DUPLICATE: ("无须处理，已有一份。", "Nothing to do; it is there once already."),
    Result.HELD: ("等所指的到达，自动处理。", "Wait: it is settled by itself when what it names has come."),
    Result.REVIEW: (
        "等派单员或区里看过；他们在 `conflicts` 中裁定。",
        "Wait: an office looks at it, and rules in `conflicts`.",
    ),
    Result.REJECTED: (
        "按所说的原因改正，作为新的变更再记。",
        "Mend what the sentence says and record it as a new change; this one is not decided again.",
    ),
    Result.QUARANTINED: (
        "原样保存，未作变更；请管理员查看原因，需要的另记一次。",
        "It is kept as it came and changed nothing. Ask the administrators why; record anew what is wanted.",
    ),
}

ERRORS: Final[dict[str, Code]] = {row.code: row for row in _REQUESTS} | {
    code: Code(code, (row.zh, row.en), *_REFUSALS[code])
    for code, row in SENTENCES.items()
    if row.outcome is None
}
"""The codes of `errors[].extensions.code`, and of the plain doors beside GraphQL."""

VERDICTS: Final[dict[str, Code]] = {
    code: Code(code, (row.zh, row.en), _VERDICTS[row.outcome], outcome=row.outcome)
    for code, row in SENTENCES.items()
    if row.outcome is not None
}
"""The codes of verdicts, and of what a mutation answers."""

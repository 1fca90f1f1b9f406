"""What the demo says of the offices' day, in Chinese and English. What was decided, and why, is in the answers' own words."""

from typing import Final

OFFICES: Final[dict[str, tuple[str, str]]] = {
    "desk": ("乐邑派单台", "desk of LY"),
    "village": ("茶谷派单台", "desk of CG"),
    "district": ("区里", "the district"),
    "lead": ("司法局", "unit LY-U01"),
    "hospital": ("人民医院", "unit LY-U02"),
    "member": ("党员 017", "党员 017"),
    "night": ("结算", "the night"),
}

TEXT: Final[dict[str, tuple[str, str]]] = {
    "listed": (
        "双报到：邮政支局的名单登记 {n} 人，都还没有网格；提议均衡分配：",
        "Double check-in: the post office's list registers {n}, none with a grid; an even division is proposed:",
    ),
    "move": ("  {member} → {grid}：{why}", "  {member} → {grid}: {why}"),
    "divided": (
        "照办 {n} 项，四个网格的本单位人数为 {even}；再问一次，还要调动 {again} 人",
        "{n} moves taken up: the unit's members in the four grids are {even}; asked again, {again} would move",
    ),
    "merged": (
        "名单上两个“党员 306”，当作同一人，合并",
        "Two of the list are called 党员 306: taken for one person, and merged",
    ),
    "split": (
        "邮政支局来电：同名不同人，再分开；各自的记录一直都在",
        "Their unit calls: one name, two people; split again, and nothing of either was lost",
    ),
    "order": ("点单：合同咨询。谁最合适，为什么：", "A ticket about a tenancy: who fits it best, and why:"),
    "fits": ("  {who}（{fit}）：{why}", "  {who} ({fit}): {why}"),
    "declined": (
        "派给 {who}，{who} 退单；退过单的排到最后，前 {n} 名里没有了；改派 {next}，接单",
        "Dispatched to {who}, who gives it back: who did comes last, not among the first {n}; now to {next}, who claims it",
    ),
    "contact": (
        "读了住户的电话，好告诉他谁来；查阅记录里有 {n} 条（{key}），区里看得到",
        "Reads the resident's telephone, to say who comes: {n} line in the log of readings ({key}), for the district to see",
    ),
    "redacted": (
        "备注里写了不该记的住户情况：已永久抹去，日志里也没有了；有过这条备注，仍看得出",
        "A note said of a resident what is not to be kept: erased for good, in the log, too; that there was one still shows",
    ),
    "released": (
        "换下 {who}（{reason}），改派最合适的单位：{unit}；其党员接单，开始办理",
        "Takes {who} off it ({reason}) and dispatches it to the unit that fits best, {unit}; one of theirs claims it and begins",
    ),
    "alike": (
        "又有人报路灯：与“{title}”有 {percent}% 相像，取消新单，不派两次",
        "Another call about a lamp: {percent}% like “{title}”; cancelled, so that nobody goes twice",
    ),
    "planned": (
        "统一安排全部缺人的定单：{n} 个席位，整体最合适、急的优先，例如：",
        "All tickets that lack somebody, planned together: {n} seats, the best fit in all, urgent ones first, such as:",
    ),
    "plan": ("  {title} → {who}（{fit}）：{why}", "  {title} → {who} ({fit}): {why}"),
    "dispatched": ("一次请求派出 {n} 单", "{n} of them dispatched in one request"),
    "reopened": (
        "重开已关闭的“企业办证难”（{reason}）：第 {round} 轮，当天办结",
        "Opens the enterprise's closed ticket again ({reason}): round {round}, done the same day",
    ),
    "called": (
        "哨响无人应（{units}），结算时已升级到区里：区里应哨，牵头协调",
        "Nobody came to the whistle in time ({units}), so the night called the district, which answers now",
    ),
    "coming": ("用本单位的钥匙应哨：到", "Answers the whistle by its own key: coming"),
    "met": ("联席会记录：{record}", "The joint meeting's record: {record}"),
    "parts": (
        "应哨的都已办好自己的一份（共叫 {n} 家，一家答不归其管）",
        "All who came have done their part ({n} were called; one had said that it is not theirs)",
    ),
    "page": (
        "凭一次性码打开本人页面：服务 {services} 条，积分 {n}；有一条还未计分",
        "Opens the own page by a one-time code: {services} services, {n} points; one of them does not count yet",
    ),
    "asked": ("请求更正：{verdict}", "Asks for a correction: {verdict}"),
    "ruled": (
        "待处理 {waiting} 件；裁定重叠的服务也算（{reason}），并答复请求",
        "{waiting} wait for a person; rules that the overlapping service counts ({reason}), and answers the request",
    ),
    "answered": (
        "本人页面上的答复：{reason}；补计 {n} 分",
        "The answer on the own page: {reason}; {n} points more",
    ),
    "draft": (
        "评价依据（党员 005，{period}）：服务 {services} 次 {minutes} 分钟，办结 {ticketsFinished} 单，积分 {points}；等次由人来定",
        "The record for an evaluation (党员 005, {period}): {services} services, {minutes} minutes, {ticketsFinished} tickets done,"
        " {points} points; the grade is a person's to find",
    ),
    "found": ("定为优秀：{verdict}", "Found excellent: {verdict}"),
    "withdrawn": (
        "手工加 {n} 分，第二人确认之前自己撤回：{reason}",
        "A credit of {n} by hand, withdrawn before a second person has confirmed it: {reason}",
    ),
    "notebook": (
        "补录旧本子上 1 月 10 日的一次服务：按当日规则记 {n} 分",
        "Enters a service of 10 January from an old notebook: {n} points, by the rules of that day",
    ),
    "expiry": (
        "定下规则：1 月 18 日以前挣得、今天还没用的积分，3 月 18 日到期",
        "A rule for tomorrow: what was earned before 18 January and is not spent today expires on 18 March",
    ),
    "spent": ("当事人今天先用掉 {n} 分", "Who earned them spends {n} today"),
    "expired": ("到期 {n} 分：按规则只收没用掉的", "{n} points expire: what was left, and no more"),
    "recounted": (
        "周一起环境整治每次加 2 分，已过的日子不会自己变；区里下令重算：{verdict}",
        "Two points for each service to the environment from Monday on; days that are over change only by a recount: {verdict}",
    ),
    "left": (
        "党员 018 退出环保先锋队；为队里挣的分留在队里",
        "党员 018 leaves the green vanguard; what was earned for the team stays the team's",
    ),
    "roll_TEAM": ("三月光荣榜，队伍：{lines}", "March's honour roll, teams: {lines}"),
    "roll_UNIT": ("三月光荣榜，单位：{lines}", "March's honour roll, units: {lines}"),
    "roll_GRID": ("三月光荣榜，网格：{lines}", "March's honour roll, grids: {lines}"),
    "no_roll": (
        "个人不排名：社区没有开启（{code}）",
        "No roll of persons: the community does not rank them ({code})",
    ),
    "owed": (
        "四个一：已完成 {done}，到期前 {due}，逾期 {overdue}",
        "The four ones: {done} done, {due} due, {overdue} overdue",
    ),
    "posts": (
        "岗位：共 {n} 个，还空 {empty} 个席位（{names}）",
        "Posts: {n}, with {empty} seat empty ({names})",
    ),
    "figures": (
        "社区数字：{figures}；未办结 {waiting} 单",
        "The community's figures: {figures}; {waiting} tickets unfinished",
    ),
}

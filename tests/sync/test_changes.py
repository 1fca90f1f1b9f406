"""Reading changes: every kind, every limit, and nothing but `Unreadable` for whatever cannot be read."""

import copy
from json import dumps
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.changes import (
    MAX_DEPTH,
    Unreadable,
    UnreadableCode,
    canonical,
    decode,
    digest,
    digest_with,
    encode,
    is_plain,
    private_digest,
)
from sync.kinds import KINDS
from sync.kinds.kind import Kind
from sync.shapes import MAX_INTEGER, Moment, format_time, parse_time
from tests.sync.hub import SALT, raw_change
from tests.sync.world import (
    A1,
    ADJUSTMENT,
    EXPIRY,
    G1,
    LY,
    M1,
    M2,
    MONDAY,
    PER_SERVICE,
    RECOUNT,
    TEAM,
    U1,
    D,
    E,
    P,
    R,
    S,
    T,
    W,
    activity,
    community,
    duty,
    evaluation,
    ident,
    member,
    named,
    point_expiry,
    point_rule,
    post,
    reward,
    team,
    whistle,
)

MOMENT = {"at": "2026-11-23T01:02:03.456Z", "run": 1}
ENTITY = {
    "community": LY,
    "unit": U1,
    "grid": G1,
    "member": M1,
    "ticket": T,
    "service": S,
    "pointRule": PER_SERVICE,
    "post": P,
    "team": TEAM,
    "activity": A1,
    "duty": D,
    "reward": R,
    "adjustment": ADJUSTMENT,
    "recount": RECOUNT,
    "pointExpiry": EXPIRY,
    "whistle": W,
    "evaluation": E,
}

LARGEST: dict[str, dict[str, Any]] = {
    "community.put": community("LY")
    | {
        "policies": {"rankIndividuals": True, "contactDays": 30, "escalateHours": 8},
        "categories": [{"code": "parking", "name": named("parking"), "needs": ["legal"], "within": 7}],
        "holidays": ["2026-10-01"],
        "workdays": ["2026-10-10"],
    },
    "unit.put": {
        "code": "LY-U1",
        "name": named("unit"),
        "community": LY,
        "resources": ["a van"],
        "since": "2026-01-01",
    },
    "grid.put": {"code": "LY-1", "name": named("grid"), "community": LY},
    "pointRule.put": point_rule("SERVICE", 2)
    | {
        "until": "2026-12-31",
        "community": LY,
        "dailyCap": 6,
        "hours": "ON_DUTY",
        "categories": ["parking"],
        "atLeast": 4,
    },
    "member.register": member(U1, 1, grid=G1),
    "member.edit": {
        "name": "Li",
        "unit": U1,
        "number": "2",
        "standing": "AWAY",
        "addSkills": ["legal"],
        "removeSkills": ["electric"],
    },
    "member.assign": {"grid": G1},
    "member.merge": {"into": M2},
    "member.split": {},
    "member.request": {"reason": "that was not me", "about": S},
    "ticket.open": {
        "grid": G1,
        "category": "parking",
        "title": "三号楼门前停车难",
        "place": "gate 3",
        "priority": "URGENT",
        "due": "2026-12-01T00:00:00.000Z",
        "seats": 50,
    },
    "ticket.edit": {
        "category": "parking",
        "title": "t",
        "place": None,
        "priority": "LOW",
        "due": None,
        "seats": 1,
        "grid": G1,
        "addTags": ["a"],
        "removeTags": ["b"],
    },
    "ticket.dispatch": {"unit": U1},
    **{f"ticket.{step}": {"member": M1} for step in ("claim", "decline", "start", "finish")},
    "ticket.release": {"member": M1, "reason": "moved away"},
    "ticket.close": {"rating": 5},
    "ticket.cancel": {"reason": "not needed"},
    "ticket.reopen": {"reason": "leaks again"},
    "ticket.pause": {"reason": "no parts", "until": "2026-12-01T00:00:00.000Z"},
    "ticket.resume": {},
    "ticket.note": {},
    "ticket.redact": {"fields": ["detail", "contact", "notes", "words"]},
    "service.record": {
        "member": M1,
        "start": MOMENT,
        "end": MOMENT,
        "ticket": T,
        "activity": ident("activity"),
    },
    "service.link": {"ticket": T},
    "service.void": {"reason": "wrong person"},
    "points.adjust": {"member": M1, "points": -100_000, "reason": "counted twice"},
    "points.confirm": {},
    "points.withdraw": {"reason": "wrong person"},
    "points.recount": {
        "community": LY,
        "from": "2026-01-01",
        "until": "2027-01-01",
        "reason": "the rule was wrong",
        "rule": PER_SERVICE,
    },
    "pointExpiry.put": point_expiry(months=120),
    "points.redeem": {"member": M1, "points": 100_000, "reward": "soap", "item": R},
    "post.put": post(grid=G1, skills=["legal"]),
    "post.take": {"member": M1},
    "post.leave": {"member": M1},
    "team.put": team(theme="environment"),
    "team.join": {"member": M1},
    "team.leave": {"member": M1},
    "activity.open": activity(grid=G1, team=TEAM, category="parking", place="the gate"),
    "activity.join": {"member": M1},
    "reward.put": reward(stock=100_000),
    "duty.void": {"reason": "another unit"},
    "duty.record": duty(on="2026-11-22", topic="parking"),
    "whistle.blow": whistle(),
    "whistle.answer": {"answer": "COMING", "department": U1, "part": "tows"},
    "evaluation.submit": evaluation(),
    "ticket.rate": {"rating": 5, "round": 1},
    "whistle.meet": {"met": "2026-11-23T08:00:00.000Z", "present": [U1], "record": "on Monday"},
    "conflict.rule": {"stands": ident("a change"), "reason": "heard both"},
    "device.assign": {"grids": [G1]},
}
"""Every kind with everything it may carry."""

PRIVATE: dict[str, dict[str, Any]] = {
    "ticket.open": {"detail": "d", "contact": {"name": "n", "telephone": "555 0100", "doorstep": "3-2-1"}},
    "ticket.edit": {"detail": None, "contact": None},
    "ticket.close": {"words": "thanks"},
    "evaluation.submit": {"words": "steady"},
    "ticket.rate": {"words": "thanks"},
    "ticket.note": {"text": "rang twice"},
    "member.register": {"phone": "555 0101"},
    "member.edit": {"phone": None},
    "service.record": {"summary": "moved two cars", "place": {"lat": -90_000, "lon": 180_000}},
}


def raw(kind: str, /, **changed: Any) -> dict[str, Any]:
    """A readable change of a kind, with some of its keys changed."""
    entity = ENTITY.get(KINDS[kind].thing, ident("an entity"))
    made = raw_change("a", kind, entity, copy.deepcopy(LARGEST[kind]), MONDAY, 1, 0, PRIVATE.get(kind))
    return {**made, **changed}


def bare(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    made = raw(kind, data=data)
    if kind != "ticket.note":
        made.pop("private", None)
    return made


def test_every_kind_has_its_largest_example() -> None:
    assert set(LARGEST) == set(KINDS)
    assert set(PRIVATE) == {kind.name for kind in KINDS.values() if kind.private is not None}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_read_with_all_that_it_may_carry_and_written_the_same(kind: str) -> None:
    change = decode(raw(kind))
    assert (change.kind, change.id, change.at, change.run) == (kind, ident("a"), MONDAY, 1)
    assert encode(change) == raw(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_an_unknown_key_makes_any_kind_unreadable(kind: str) -> None:
    for broken in (raw(kind) | {"extra": 1}, raw(kind, data=LARGEST[kind] | {"extra": 1})):
        with pytest.raises(Unreadable):
            decode(broken)
    with pytest.raises(Unreadable):
        decode(raw(kind) | {"private": {"salt": SALT, "extra": "x", **PRIVATE.get(kind, {})}})


def required(kind: Kind) -> list[str]:
    return [one.encode_name for one in msgspec.structs.fields(kind.data) if one.required]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_optional_may_be_left_out_and_nothing_else(kind: str) -> None:
    needed = required(KINDS[kind])
    smallest = {name: LARGEST[kind][name] for name in needed}
    if kind in {"ticket.dispatch", "service.link"}:
        smallest = LARGEST[kind]
    decode(bare(kind, smallest))
    for name in needed:
        with pytest.raises(Unreadable) as caught:
            decode(bare(kind, {key: value for key, value in smallest.items() if key != name}))
        assert caught.value.path.startswith("$.data")


@pytest.mark.parametrize("name", ["id", "at", "run", "saw", "kind", "entity", "by", "data"])
def test_no_key_of_a_change_may_be_absent_but_private(name: str) -> None:
    broken = raw("ticket.claim")
    del broken[name]
    with pytest.raises(Unreadable):
        decode(broken)


LONG = "字" * 5000
BAD: list[tuple[str, dict[str, Any], str]] = [
    ("an unknown kind", raw("ticket.claim", kind="ticket.teleport"), "$.kind"),
    ("a kind that is no word", raw("ticket.claim", kind=7), "$.kind"),
    ("an id that is no UUID", raw("ticket.claim", id="7"), "$.id"),
    ("an id of another version", raw("ticket.claim", id="01936a00-0000-4000-8000-000000000001"), "$.id"),
    ("an id in capitals", raw("ticket.claim", id=ident("a").upper()), "$.id"),
    ("an id with a newline behind it", raw("ticket.claim", id=ident("a") + "\n"), "$.id"),
    ("an entity that is no UUID", raw("ticket.claim", entity="ticket"), "$.entity"),
    ("a time without milliseconds", raw("ticket.claim", at="2026-11-23T01:02:03Z"), "$.at"),
    ("a time elsewhere", raw("ticket.claim", at="2026-11-23T01:02:03.456+08:00"), "$.at"),
    ("a day that does not exist", raw("ticket.claim", at="2026-02-30T01:02:03.456Z"), "$.at"),
    ("the year 0", raw("ticket.claim", at="0000-01-01T00:00:00.000Z"), "$.at"),
    ("a floating point number", raw("ticket.claim", run=1.0), "$"),
    ("a truth for a number", raw("ticket.claim", run=True), "$.run"),
    ("a number as text", raw("ticket.claim", saw="7"), "$.saw"),
    ("a number below zero", raw("ticket.claim", saw=-1), "$.saw"),
    ("a number beyond 2^53", raw("ticket.claim", saw=MAX_INTEGER + 1), "$"),
    ("data that is a list", raw("ticket.claim", data=[M1]), "$.data"),
    ("data that is nothing", raw("ticket.claim", data=None), "$.data"),
    ("a member that is null", raw("ticket.claim", data={"member": None}), "$.data.member"),
    ("private where there is none", raw("ticket.claim", private={"salt": SALT}), "$.private"),
    ("private that is null", raw("ticket.open", private=None), "$.private"),
    ("private without salt", raw("ticket.open", private={"detail": "d"}), "$.private"),
    ("a short salt", raw("ticket.open", private={"salt": "00"}), "$.private.salt"),
    ("a note without its text", bare("ticket.open", {}) | {"kind": "ticket.note", "data": {}}, "$.private"),
    ("an empty title", bare("ticket.edit", {"title": ""}), "$.data.title"),
    ("a title too long", bare("ticket.edit", {"title": "字" * 121}), "$.data.title"),
    ("a title cleared", bare("ticket.edit", {"title": None}), "$.data.title"),
    ("a NUL", bare("ticket.edit", {"title": "a\0b"}), "$"),
    ("a lone surrogate", bare("ticket.edit", {"title": "\ud800"}), "$"),
    ("a key with a lone surrogate", bare("ticket.edit", {"\ud800": 1}), "$"),
    ("a key that is not ASCII", bare("ticket.edit", {"标题": "t"}), "$"),
    ("a priority of its own", bare("ticket.edit", {"priority": "SOON"}), "$.data.priority"),
    ("no seats", bare("ticket.edit", {"seats": 0}), "$.data.seats"),
    ("too many seats", bare("ticket.edit", {"seats": 51}), "$.data.seats"),
    ("a due time that is none", bare("ticket.edit", {"due": "2026-13-01T00:00:00.000Z"}), "$.data"),
    ("no tags to add", bare("ticket.edit", {"addTags": []}), "$.data.addTags"),
    ("too many tags", bare("ticket.edit", {"addTags": ["a"] * 21}), "$.data.addTags"),
    ("a code with a space", bare("ticket.edit", {"category": "a b"}), "$.data.category"),
    ("detail too long", raw("ticket.open", private={"salt": SALT, "detail": LONG}), "$.private.detail"),
    ("a dispatch to nobody", bare("ticket.dispatch", {}), "$.data"),
    ("a dispatch to two", bare("ticket.dispatch", {"unit": U1, "member": M1}), "$.data"),
    ("a link to two", bare("service.link", {"ticket": T, "activity": T}), "$.data"),
    ("six stars", bare("ticket.close", {"rating": 6}), "$.data.rating"),
    ("a cancellation without a reason", bare("ticket.cancel", {"reason": ""}), "$.data.reason"),
    ("erasing what is not private", bare("ticket.redact", {"fields": ["title"]}), "$.data.fields[0]"),
    ("erasing nothing", bare("ticket.redact", {"fields": []}), "$.data.fields"),
    ("a start without a run", bare("service.record", {"member": M1, "start": {"at": MOMENT["at"]}, "end": MOMENT}), "$.data.start"),
    ("a start that is no time", bare("service.record", {"member": M1, "start": MOMENT | {"at": "2026-02-30T00:00:00.000Z"}, "end": MOMENT}), "$.data.start"),
    ("a place too far north", raw("service.record", private={"salt": SALT, "place": {"lat": 90_001, "lon": 0}}), "$.private.place.lat"),
    ("no points at all", bare("points.redeem", {"member": M1, "points": 0, "reward": "soap"}), "$.data.points"),
    ("a credit of nothing", bare("points.adjust", {"member": M1, "points": 0, "reason": "r"}), "$.data"),
    ("a debit of too much", bare("points.adjust", {"member": M1, "points": -100_001, "reason": "r"}), "$.data.points"),
    ("a recount of more than a year", bare("points.recount", {"community": LY, "from": "2026-01-01", "until": "2027-01-02", "reason": "r"}), "$.data"),
    ("a recount that ends before it begins", bare("points.recount", {"community": LY, "from": "2026-01-02", "until": "2026-01-01", "reason": "r"}), "$.data"),
    ("an expiry on no day", bare("pointExpiry.put", point_expiry("2026-02-30")), "$.data"),
    ("an expiry of what is new", bare("pointExpiry.put", point_expiry(months=0)), "$.data.months"),
    ("hours that end before they begin", bare("community.put", community("LY") | {"workingHours": [{"days": [1], "from": "12:00", "until": "08:00"}]}), "$.data.workingHours[0]"),
    ("an activity that ends before it begins", bare("activity.open", activity("09:00", "08:59")), "$.data"),
    ("a deadline on no day", bare("whistle.blow", whistle(deadline="2026-02-30T00:00:00.000Z")), "$.data"),
    ("a meeting on no day", bare("whistle.meet", {"met": "2026-02-30T00:00:00.000Z", "present": [U1], "record": "r"}), "$.data"),
    ("a whistle that calls nobody", bare("whistle.blow", whistle(departments=[])), "$.data.departments"),
    ("an activity on no day", bare("activity.open", activity() | {"start": "2026-02-30T00:00:00.000Z"}), "$.data"),
    ("a term that ends before it begins", bare("post.put", post(until="2025-12-31")), "$.data"),
    ("a reward that is taken back before it is offered", bare("reward.put", reward(until="2025-12-31")), "$.data"),
    ("fewer rewards than none", bare("reward.put", reward(stock=-1)), "$.data.stock"),
    ("a grade that nobody knows", bare("evaluation.submit", evaluation("LAZY")), "$.data.grade"),
    ("a fifth quarter", bare("evaluation.submit", evaluation(period="2026-Q5")), "$.data.period"),
    ("a thirteenth month", bare("evaluation.submit", evaluation(period="2026-13")), "$.data.period"),
    ("a duty that nobody knows", bare("duty.record", duty("DINNER")), "$.data.kind"),
    ("a duty done on no day", bare("duty.record", duty(on="2026-02-30")), "$.data"),
    ("a unit linked on no day", bare("unit.put", {"code": "U", "name": named("u"), "community": LY, "since": "2026-13-01"}), "$.data"),
    ("a term that ends on no day", bare("post.put", post(until="2026-02-30")), "$.data"),
    ("a holiday that does not exist", bare("community.put", community("LY") | {"holidays": ["2026-02-30"]}), "$.data"),
    ("a promise of no time", bare("community.put", community("LY") | {"categories": [{"code": "x", "name": named("x"), "within": 0}]}), "$.data.categories[0].within"),
    ("an hour that is none", bare("community.put", community("LY") | {"workingHours": [{"days": [1], "from": "08:00", "until": "25:00"}]}), "$.data.workingHours[0].until"),
    ("an eighth day", bare("community.put", community("LY") | {"workingHours": [{"days": [8], "from": "08:00", "until": "09:00"}]}), "$.data.workingHours[0].days[0]"),
    ("a name in one language", bare("unit.put", {"code": "U", "name": {"zh": "一"}, "community": LY}), "$.data.name"),
    ("a date that does not exist", bare("pointRule.put", point_rule("SERVICE", 1) | {"from": "2026-02-30"}), "$.data"),
    ("an end that does not exist", bare("pointRule.put", point_rule("SERVICE", 1) | {"until": "2026-02-30"}), "$.data"),
    ("a skill that is no code", bare("member.edit", {"addSkills": [""]}), "$.data.addSkills[0]"),
    ("too many grids", bare("device.assign", {"grids": [G1] * 201}), "$.data.grids"),
]  # fmt: skip


@pytest.mark.parametrize(("broken", "path"), [case[1:] for case in BAD], ids=[case[0] for case in BAD])
def test_what_breaks_a_limit_is_unreadable_and_says_where_but_never_what(
    broken: dict[str, Any], path: str
) -> None:
    with pytest.raises(Unreadable) as caught:
        decode(broken)
    assert caught.value.path == path
    assert str(caught.value) == f"{caught.value.code} at {path}"


def test_only_a_kind_that_is_not_known_is_told_apart() -> None:
    with pytest.raises(Unreadable) as caught:
        decode(raw("ticket.claim", kind="ticket.teleport"))
    assert caught.value.code is UnreadableCode.UNKNOWN_KIND


json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.characters(codec=None),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text() | st.sampled_from([*raw("ticket.open")]), inner)
    ),
    max_leaves=12,
)


def test_canonical_json_is_that_of_the_standard_library_for_every_character() -> None:
    """Keys sorted, no spaces, nothing escaped that need not be: whoever encodes it, the bytes are these."""
    everything = "".join(map(chr, (*range(0xD800), *range(0xE000, 0x110000))))
    value: Any = {chr(code): [code, -code, None, True, "", {"b": {}, "a": []}] for code in range(127, 0, -1)}
    for one in ({"text": everything}, value, {"number": MAX_INTEGER}):
        said = dumps(one, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        assert canonical(one) == said.encode()


@given(json)
def test_whatever_comes_is_read_or_unreadable_and_never_crashes(value: object) -> None:
    with pytest.raises(Unreadable):
        decode(value)


@given(st.sampled_from(sorted(KINDS)), st.data())
def test_a_change_with_one_strange_value_is_read_or_unreadable(kind: str, data: st.DataObject) -> None:
    broken = raw(kind)
    inside = data.draw(st.sampled_from([broken, broken["data"], broken.get("private", broken)]))
    if inside:
        inside[data.draw(st.sampled_from(sorted(inside)))] = data.draw(json)
    try:
        change = decode(broken)
    except Unreadable:
        return
    assert encode(change) == broken


@given(json)
def test_what_is_plain_can_be_hashed(value: Any) -> None:
    if isinstance(value, dict) and is_plain(value):
        assert len(digest(value)) == 64


def test_what_nests_too_deep_is_not_plain() -> None:
    value: object = "x"
    for _ in range(MAX_DEPTH):
        value = [value]
    assert is_plain(value)
    assert not is_plain([value])
    assert not is_plain({"a": {1: "a key that is no text"}})
    assert not is_plain(b"bytes")


def test_a_change_without_a_private_part_has_no_private_digest() -> None:
    bare_raw = raw("ticket.claim")
    assert private_digest(bare_raw) is None
    assert digest(bare_raw) == digest_with(bare_raw, None)


def test_erasing_a_private_part_leaves_the_digest_provable() -> None:
    whole = raw("ticket.open")
    left = {key: value for key, value in whole.items() if key != "private"}
    assert digest(whole) == digest_with(left, private_digest(whole))
    assert digest(whole) != digest(left)


@given(st.integers(min_value=-62_135_596_800_000, max_value=253_402_300_799_999))
def test_every_time_is_written_as_it_is_read(milliseconds: int) -> None:
    assert parse_time(format_time(milliseconds)) == milliseconds


def test_what_is_no_time_is_not_read_as_one() -> None:
    with pytest.raises(ValueError, match="not a time"):
        parse_time("2026-11-23")
    assert Moment("2026-11-23T01:02:03.456Z", 1).run == 1

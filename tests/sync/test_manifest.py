"""The manifest says what the code does; and what travels cannot change without a new protocol version."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sync.changes import Envelope, Unreadable, decode
from sync.kinds import KINDS
from sync.kinds.kind import Office
from sync.manifest import Json, manifest, placeholders, shapes_digest
from sync.rules.fields import FIELDS
from sync.rules.fields import ROWS as FIELD_ROWS
from sync.rules.transitions import ROWS, STATES, STEPS, TRANSITIONS
from sync.shaping import PATTERNS
from sync.state import Result
from sync.verdicts import SENTENCES
from sync.wire import COLLECTIONS, HISTORY, OLDEST_PROTOCOL, PROTOCOL

SHAPES = {
    1: "a0e82b9a0d890a3881167fad3658b6c6d20c50784b144870d0ee37b42c4d1bbf",
    2: "496d38c6001b2862df82a1f398b32a1ded6bec0f7b67456dcfc9a243a7c63662",
}
"""What travelled in each version: a line is added when the protocol's version moves, and none is altered."""

EXAMPLES: dict[str, tuple[Any, Any]] = {
    "id": ("0193a000-0000-4000-8000-0000000000aa", "0193A000-0000-4000-8000-0000000000AA"),
    "UUIDv7": ("0193a000-0000-7000-8000-0000000000aa", "0193a000-0000-4000-8000-0000000000aa"),
    "time": ("2026-11-23T01:02:03.456Z", "2026-11-23T01:02:03Z"),
    "code": ("LY-1.a_2", "-LY"),
    "clock": ("24:00", "24:01"),
    "date": ("2026-11-23", "2026-11-23T00:00"),
    "period": ("2026-Q4", "2026-H2"),
    "salt": ("0123456789abcdef" * 2, "0123456789ABCDEF" * 2),
}
"""For each pattern a string that matches and one that does not."""
SECOND = {"WorkingHours": {"from": "08:00"}}
"""Where the first good value of each field would not make a good whole."""


def plain(value: object) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and plain(item) for key, item in value.items())
    if isinstance(value, list):
        return all(plain(item) for item in value)
    return value is None or type(value) in {str, int, bool}


def test_the_manifest_is_plain_json_and_the_same_every_time() -> None:
    one = manifest()
    assert plain(one)
    assert json.dumps(one) == json.dumps(manifest())
    assert json.loads(json.dumps(one, ensure_ascii=False)) == one


def test_whoever_alters_a_manifest_alters_only_a_copy() -> None:
    one = manifest()
    before = json.dumps(one)
    for table in one.values():
        if isinstance(table, dict | list):
            table.clear()
    assert json.dumps(manifest()) == before


def test_the_shapes_that_travel_cannot_change_without_a_new_protocol_version() -> None:
    assert SHAPES[PROTOCOL] == shapes_digest(), (
        "What travels has changed. Move sync/wire.PROTOCOL, say in HISTORY what it brings, and add its"
        f" line here: {PROTOCOL + 1}: {shapes_digest()!r}"
    )
    assert len(set(SHAPES.values())) == len(SHAPES)


def test_every_protocol_version_has_its_line_of_history() -> None:
    assert list(HISTORY) == list(range(1, PROTOCOL + 1)) == list(SHAPES)
    assert all(line.endswith(".") for line in HISTORY.values())
    assert OLDEST_PROTOCOL in HISTORY
    protocol = manifest()["protocol"]
    assert protocol["history"] == {str(version): line for version, line in HISTORY.items()}
    assert (protocol["version"], protocol["oldest"]) == (PROTOCOL, OLDEST_PROTOCOL)


def test_every_reference_leads_somewhere() -> None:
    data = manifest()
    assert set(_refs(data)) <= {f"#/$defs/{name}" for name in data["$defs"]}


def _refs(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield value["$ref"]
        for item in value.values():
            yield from _refs(item)
    elif isinstance(value, list):
        for item in value:
            yield from _refs(item)


def test_patterns_mean_the_same_outside_python() -> None:
    text = json.dumps(manifest())
    assert r"\\A" not in text
    assert r"\\Z" not in text


def test_no_table_lacks_a_row() -> None:
    data = manifest()
    assert list(data["kinds"]) == list(KINDS)
    assert list(data["codes"]) == list(SENTENCES)
    assert data["outcomes"] == [result.value for result in Result]
    assert list(data["collections"]) == list(COLLECTIONS)
    assert [(row["thing"], row["field"]) for row in data["fields"]] == list(FIELDS)
    assert [(row["kind"], row["state"]) for row in data["transitions"]] == list(TRANSITIONS)
    assert data["states"] == STATES
    assert data["offices"] == {office.name: office.value for office in Office}
    assert all({row["seen"], row["unseen"]} <= set(data["moves"]) for row in data["transitions"])
    assert all(row["rule"] in data["rules"] for row in data["fields"])


def test_no_field_has_two_rules_and_no_step_two_rows() -> None:
    assert len(FIELD_ROWS) == len(FIELDS)
    assert len(ROWS) == len(TRANSITIONS) == len(STEPS) * len(STATES)


WRITTEN = {"addTags": "tags", "removeTags": "tags", "addSkills": "skills", "removeSkills": "skills"}


def test_whatever_an_open_an_edit_or_the_register_writes_has_a_rule() -> None:
    data = manifest()
    for name, kind in data["kinds"].items():
        if name.rpartition(".")[2] not in {"put", "open", "register", "edit", "record"}:
            continue
        for part in ("data", "private"):
            if kind[part] is not None:
                for field in _resolved(data, kind[part])["properties"]:
                    if field != "salt":
                        assert (kind["thing"], WRITTEN.get(field, field)) in FIELDS, (name, field)


def test_what_a_sentence_leaves_open_is_said_with_it() -> None:
    codes = manifest()["codes"]
    assert codes["SEAT_TAKEN"]["values"] == ["member", "since"]
    assert codes["SEAT_TAKEN"]["outcome"] == "LOST"
    assert codes["GAP"] == {
        "outcome": None,
        "values": [],
        "zh": SENTENCES["GAP"].zh,
        "en": SENTENCES["GAP"].en,
    }
    assert placeholders("{state}，{office}{state}") == ["office", "state"]


def test_only_a_note_says_nothing_without_its_private_part() -> None:
    assert [name for name, kind in manifest()["kinds"].items() if kind["needsPrivate"]] == ["ticket.note"]


# The schemas of the manifest, against the decoder, at every limit of every field


def _resolved(data: Json, schema: Json) -> Json:
    return data["$defs"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def good_and_bad(data: Json, schema: Json) -> tuple[list[Any], list[Any]]:
    """Values that a schema allows, its limits among them, and values just outside."""
    found = _resolved(data, schema)
    if "anyOf" in found:
        branches = [good_and_bad(data, one) for one in found["anyOf"] if one != {"type": "null"}]
        return [None, *branches[0][0]], [value for value in branches[0][1] if value is not None]
    if "enum" in found:
        return list(found["enum"]), ["NONE", "", None, 1]
    return BY_TYPE[found["type"]](data, found)


def _strings(data: Json, schema: Json) -> tuple[list[Any], list[Any]]:
    if "pattern" in schema:
        good, bad = EXAMPLES[PATTERNS[schema["pattern"]]]
        return [good], [bad, good + "\n", "", None, 1]
    least, most = schema["minLength"], schema["maxLength"]
    return ["字" * least, "😀" * most], ["字" * (least - 1), "字" * (most + 1), None, 1]


def _integers(data: Json, schema: Json) -> tuple[list[Any], list[Any]]:
    least, most = schema["minimum"], schema["maximum"]
    return [least, most], [least - 1, most + 1, None, "1", True]


def _booleans(data: Json, schema: Json) -> tuple[list[Any], list[Any]]:
    return [True, False], [None, 0, "true"]


def _lists(data: Json, schema: Json) -> tuple[list[Any], list[Any]]:
    good, bad = good_and_bad(data, schema["items"])
    least, most = schema.get("minItems", 0), schema["maxItems"]
    wrong: list[Any] = [*([value] for value in bad), [good[0]] * (most + 1), None, {}]
    return [good[:1] * least, good[:1] * most, good[:most]], wrong + ([[]] if least else [])


def _objects(data: Json, schema: Json) -> tuple[list[Any], list[Any]]:
    fields = {name: good_and_bad(data, field) for name, field in schema["properties"].items()}
    whole = {name: good[0] for name, (good, _) in fields.items()} | SECOND.get(schema["title"], {})
    needed = {name: whole[name] for name in schema["required"]}
    if "maxProperties" in schema:
        each = [{name: good[0]} for name, (good, _) in fields.items()]
        wrong = [{name: bad} for name, (_, bads) in fields.items() for bad in bads]
        return each, [{}, whole, *wrong, None, []]
    others = {name: value for name, value in whole.items() if name not in SECOND.get(schema["title"], {})}
    good = [{**whole, name: value} for name in others for value in fields[name][0]]
    bad = [{**whole, name: value} for name, (_, bads) in fields.items() for value in bads]
    bad += [{key: whole[key] for key in needed if key != name} for name in needed]
    return [needed, whole, *good], [*bad, {**whole, "more": 1}, None, []]


BY_TYPE = {
    "string": _strings,
    "integer": _integers,
    "boolean": _booleans,
    "array": _lists,
    "object": _objects,
}


def raw(kind: str, data: Any, private: Any = None) -> Json:
    entity = EXAMPLES["id"][0]
    change = {"id": EXAMPLES["UUIDv7"][0], "at": EXAMPLES["time"][0], "run": 0, "saw": 0}
    change |= {"kind": kind, "entity": entity, "by": None, "data": data}
    return change if private is None else change | {"private": private}


@pytest.mark.parametrize("kind", KINDS)
def test_the_decoder_reads_what_the_manifest_allows_and_nothing_else(kind: str) -> None:
    data = manifest()
    row = data["kinds"][kind]
    good, bad = good_and_bad(data, row["data"])
    privates: list[Any] = []
    wrong: list[Any] = [{}]
    if row["private"] is not None:
        privates, wrong = good_and_bad(data, row["private"])
    private = privates[0] if row["needsPrivate"] else None
    for value in good:
        decode(raw(kind, value, private))
    for value in privates:
        decode(raw(kind, good[0], value))
    refused = [raw(kind, value, private) for value in bad]
    refused += [raw(kind, good[0], value) for value in wrong if value is not None]
    for change in refused + ([raw(kind, good[0])] if row["needsPrivate"] else []):
        with pytest.raises(Unreadable):
            decode(change)


def test_the_decoder_reads_the_envelope_that_the_manifest_describes() -> None:
    data = manifest()
    schema = _resolved(data, data["wire"]["change"])
    assert set(schema["properties"]) - set(schema["required"]) == {"private"}
    whole = raw("member.split", {})
    for name in schema["required"]:
        with pytest.raises(Unreadable):
            decode({key: value for key, value in whole.items() if key != name})
        if "type" in schema["properties"][name] and name not in {"kind", "data"}:
            good, bad = good_and_bad(data, schema["properties"][name])
            for value in good:
                decode({**whole, name: value})
            for value in bad:
                with pytest.raises(Unreadable):
                    decode({**whole, name: value})
    assert set(schema["properties"]) == set(Envelope.__struct_encode_fields__)

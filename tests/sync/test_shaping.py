"""Shapes in a few words, as README.md shows them."""

import pytest

from sync.manifest import manifest
from sync.shaping import fields_of, inner_shapes, type_of

EXAMPLES = [
    ({"type": "string"}, "text"),
    ({"type": "string", "minLength": 1, "maxLength": 60}, "text 1..60"),
    ({"type": "string", "pattern": "^[0-9a-f]{32}$"}, "salt"),
    ({"type": "integer"}, "integer"),
    ({"type": "integer", "minimum": -5, "maximum": 2**53 - 1}, "integer -5..2^53-1"),
    ({"type": "boolean"}, "boolean"),
    ({"type": "object"}, "object"),
    ({}, "anything"),
    ({"enum": ["A", "B"]}, "`A` / `B`"),
    ({"anyOf": [{"type": "integer"}, {"type": "null"}]}, "integer or null"),
    ({"type": "array"}, "list of anything"),
    ({"type": "array", "items": {"type": "boolean"}, "maxItems": 3}, "list 0..3 of boolean"),
    ({"$ref": "#/$defs/Contact"}, "Contact"),
    ({"$ref": "#/$defs/Result"}, " / ".join(f"`{one}`" for one in sorted(manifest()["outcomes"]))),
]


@pytest.mark.parametrize(("schema", "words"), EXAMPLES)
def test_a_type_is_said_with_its_limits(schema: dict[str, object], words: str) -> None:
    assert type_of(manifest(), schema) == words


def test_what_may_be_left_out_carries_a_question_mark() -> None:
    data = manifest()
    assert fields_of(data, data["kinds"]["ticket.close"]["data"]) == "`rating?` integer 1..5"
    assert fields_of(data, data["kinds"]["member.assign"]["data"]) == "`grid` id"


def test_a_choice_says_so_and_an_empty_shape_too() -> None:
    data = manifest()
    said = fields_of(data, data["kinds"]["service.link"]["data"])
    assert said == "exactly one of `ticket` id, `activity` id"
    assert fields_of(data, data["kinds"]["member.split"]["data"]) == "nothing"


def test_a_salt_need_not_be_repeated_for_every_kind() -> None:
    data = manifest()
    private = data["kinds"]["ticket.note"]["private"]
    assert fields_of(data, private, leave_out=("salt",)) == "`text` text 1..4000 or null"


def test_objects_inside_others_are_found_and_enumerations_are_not() -> None:
    inside = inner_shapes(manifest())
    assert {"Contact", "Moment", "NoteBody", "RunOffset"} <= inside
    assert not {"Result", "TicketOpen"} & inside

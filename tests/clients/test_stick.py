"""The files on a stick: sealed, whole or not at all, and refused when they are somebody else's."""

import gzip
import hashlib
import hmac
import json
from pathlib import Path

import pytest

from clients.python import stick
from clients.python.failures import BadFile, Erased
from tests.clients.kit import named, tablet_at

TOKEN = "a token"


def test_a_file_is_lines_of_json_under_a_seal() -> None:
    packed = stick.pack({"protocol": 1, "device": "d"}, [{"one": "一"}, {"two": 2}], TOKEN)
    first, rest = gzip.decompress(packed).split(b"\n", 1)
    key = hashlib.sha256(TOKEN.encode()).digest()
    seal = hmac.new(key, rest, hashlib.sha256).hexdigest()
    assert json.loads(first) == {"protocol": 1, "device": "d", "mac": seal}
    assert rest == '{"one":"一"}\n{"two":2}\n'.encode()
    assert stick.unpack(packed, TOKEN) == (json.loads(first), [{"one": "一"}, {"two": 2}])


def test_the_same_content_gives_the_same_bytes() -> None:
    assert stick.pack({"a": 1}, [{}], TOKEN) == stick.pack({"a": 1}, [{}], TOKEN)


@pytest.mark.parametrize(
    "damage",
    [
        lambda packed: b"",
        lambda packed: b"not a file of ours",
        lambda packed: packed[: len(packed) // 2],
        lambda packed: gzip.compress(gzip.decompress(packed) + b"{}\n"),
        lambda packed: gzip.compress(gzip.decompress(packed).replace(b"one", b"two")),
        lambda packed: gzip.compress(b"[]\n"),
        lambda packed: gzip.compress(b"\xff\xfe\n"),
    ],
)
def test_a_damaged_or_changed_file_is_refused(damage: object) -> None:
    packed = stick.pack({"device": "d"}, [{"one": 1}], TOKEN)
    assert callable(damage)
    with pytest.raises(BadFile):
        stick.unpack(damage(packed), TOKEN)


def test_another_tablets_file_is_refused() -> None:
    with pytest.raises(BadFile, match="not for this tablet"):
        stick.unpack(stick.pack({"device": "d"}, [], "another token"), TOKEN)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "day.lianxin"
    stick.write(path, b"first")
    stick.write(path, b"second")
    assert path.read_bytes() == b"second"
    assert [file.name for file in tmp_path.iterdir()] == ["day.lianxin"]


def test_a_tablet_that_is_not_enrolled_has_nothing_to_seal_a_file_with(tmp_path: Path) -> None:
    with tablet_at(tmp_path / "tablet.db") as tablet:
        tablet.claim(named("ticket"), named("member"))
        with pytest.raises(Erased):
            tablet.export(tmp_path / "day.lianxin")

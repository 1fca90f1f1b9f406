"""Settings come from the environment, are checked at once, and say what is wrong by name."""

from pathlib import Path

import pytest

from server.settings import ON_UPLOAD, BadSetting, Settings
from sync.shapes import format_time, parse_time


def test_nothing_need_be_set() -> None:
    settings = Settings.from_environment({"HOME": "/home/somebody"})
    assert settings.database_url.startswith("sqlite:////")
    assert settings.database_url.endswith("lianxin/lianxin.db")
    assert (settings.host, settings.port, settings.settle) == ("127.0.0.1", 8000, "0 2 * * *")
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.introspection
    assert settings.graphiql
    assert (settings.backup, str(settings.backups)[-16:]) == ("", "/lianxin/backups")


def test_everything_can_be_set() -> None:
    settings = Settings.from_environment(
        {
            "LIANXIN_DATA": "/srv/lianxin",
            "LIANXIN_HOST": "0.0.0.0",
            "LIANXIN_PORT": "80",
            "LIANXIN_SETTLE": "30 1 * * 1-5",
            "LIANXIN_TIMEZONE": "-03:30",
            "LIANXIN_INTROSPECTION": "off",
            "LIANXIN_GRAPHIQL": "OFF",
            "LIANXIN_PUBLIC_URL": "https://district.example/",
            "LIANXIN_BACKUP": "0 3 * * *",
            "LIANXIN_BACKUPS": "/mnt/backups",
            "LIANXIN_BACKUPS_KEPT": "30",
            "LIANXIN_ORIGINS": "https://board.example, http://localhost:5173",
            "LIANXIN_DOCUMENTS": "/srv/documents.json",
            "LIANXIN_DOCUMENTS_ONLY": "on",
            "LIANXIN_BUDGET": "60000",
            "LIANXIN_BUDGET_PER_SECOND": "500",
            "LIANXIN_BUDGET_WITHOUT_TOKEN": "7000",
        }
    )
    assert settings == Settings(
        database_url="sqlite:////srv/lianxin/lianxin.db",
        host="0.0.0.0",
        port=80,
        settle="30 1 * * 1-5",
        utc_offset=-210,
        introspection=False,
        graphiql=False,
        public_url="https://district.example",
        backup="0 3 * * *",
        backups=Path("/mnt/backups"),
        backups_kept=30,
        origins=("https://board.example", "http://localhost:5173"),
        documents=Path("/srv/documents.json"),
        documents_only=True,
        budget=60_000,
        budget_per_second=500,
        budget_without_token=7_000,
    )
    url = Settings.from_environment({"LIANXIN_DATABASE_URL": "sqlite:///x.db", "LIANXIN_DATA": "/srv"})
    assert url.database_url == "sqlite:///x.db"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LIANXIN_PORT", "many"),
        ("LIANXIN_PORT", "65536"),
        ("LIANXIN_PORT", "9" * 5000),
        ("LIANXIN_PORT", "８０"),
        ("LIANXIN_SETTLE", "at night"),
        ("LIANXIN_TIMEZONE", "Asia/Shanghai"),
        ("LIANXIN_TIMEZONE", "+15:00"),
        ("LIANXIN_TIMEZONE", "08:00"),
        ("LIANXIN_INTROSPECTION", "perhaps"),
        ("LIANXIN_BACKUP", "on-upload"),
        ("LIANXIN_BACKUPS_KEPT", "0"),
        ("LIANXIN_ORIGINS", "board.example"),
        ("LIANXIN_ORIGINS", "https://board.example/page"),
        ("LIANXIN_DOCUMENTS_ONLY", "perhaps"),
        ("LIANXIN_BUDGET", "59999"),
        ("LIANXIN_BUDGET", "much"),
        ("LIANXIN_BUDGET", "9999999999"),
        ("LIANXIN_BUDGET_PER_SECOND", "0"),
        ("LIANXIN_BUDGET_WITHOUT_TOKEN", "off"),
    ],
)
def test_what_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(BadSetting, match=name):
        Settings.from_environment({name: value})


def test_the_next_night_is_by_the_local_clock() -> None:
    settings = Settings(database_url="sqlite:///x", utc_offset=480)
    noon = parse_time("2026-11-23T04:00:00.000Z")
    assert format_time(settings.settles_at(noon)) == "2026-11-23T18:00:00.000Z"
    assert format_time(settings.settled_before(noon)) == "2026-11-22T18:00:00.000Z"


def test_the_next_backup_is_by_the_local_clock_too() -> None:
    settings = Settings(database_url="sqlite:///x", utc_offset=480, backup="0 3 * * *")
    noon = parse_time("2026-11-23T04:00:00.000Z")
    assert format_time(settings.backs_up_at(noon)) == "2026-11-23T19:00:00.000Z"
    assert format_time(settings.backed_up_before(noon)) == "2026-11-22T19:00:00.000Z"


def test_where_every_upload_is_settled_that_is_now() -> None:
    settings = Settings(database_url="sqlite:///x", settle=ON_UPLOAD)
    assert (settings.settles_on_upload, settings.settles_at(7), settings.settled_before(7)) == (True, 7, 7)

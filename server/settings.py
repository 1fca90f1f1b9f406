"""Settings, read from LIANXIN_* variables in one place and checked at once."""

import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Final

from cronsim import CronSim, CronSimError
from msgspec import Struct

from schema.limits import LIMITS

ON_UPLOAD: Final = "on-upload"
MAX_OFFSET: Final = 14 * 60
MOST_BUDGET: Final = 999_999_999
_SOME_DAY: Final = datetime(2026, 1, 1, tzinfo=UTC)


class BadSetting(Exception):
    """A setting that cannot be used. Names the variable and what it should be."""


class Settings(Struct, frozen=True):
    """How one hub runs. `utc_offset` is in minutes and says what 02:00 means in `settle` and `backup`.

    backup: a cron line, or empty where none are scheduled. backups: their folder, and the journal's;
    without one there are neither. origins: whose pages may ask from a browser. documents: the manifest of
    trusted documents; with documents_only no others are taken. budget: what a key may spend at once, none where
    it is 0; budget_per_second: what of that comes back in a second. budget_without_token: what all at one address
    may spend who have none, which comes back in 100 seconds.
    """

    database_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    settle: str = "0 2 * * *"
    utc_offset: int = 480
    introspection: bool = True
    graphiql: bool = True
    public_url: str = "http://127.0.0.1:8000"
    backup: str = ""
    backups: Path | None = None
    backups_kept: int = 14
    origins: tuple[str, ...] = ()
    documents: Path | None = None
    documents_only: bool = False
    budget: int = 1_000_000
    budget_per_second: int = 20_000
    budget_without_token: int = 20_000

    @property
    def settles_on_upload(self) -> bool:
        return self.settle == ON_UPLOAD

    def settles_at(self, now: int) -> int:
        """When the next settlement is due, in milliseconds: at once where every upload is settled."""
        if self.settles_on_upload:
            return now
        return self._due(self.settle, now, reverse=False)

    def settled_before(self, now: int) -> int:
        """When the last settlement before `now` was due."""
        return now if self.settles_on_upload else self._due(self.settle, now, reverse=True)

    def backs_up_at(self, now: int) -> int:
        """When the next backup is due, where they are scheduled."""
        return self._due(self.backup, now, reverse=False)

    def backed_up_before(self, now: int) -> int:
        """When the last backup before `now` was due."""
        return self._due(self.backup, now, reverse=True)

    def _due(self, line: str, now: int, *, reverse: bool) -> int:
        zone = timezone(timedelta(minutes=self.utc_offset))
        due = next(CronSim(line, datetime.fromtimestamp(now / 1000, zone), reverse=reverse))
        return int(due.timestamp() * 1000)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> "Settings":
        """Read the settings of this process; raises BadSetting."""
        values = {key: value for key, value in (environment or os.environ).items() if value}
        host = values.get("LIANXIN_HOST", "127.0.0.1")
        port = _number(values, "LIANXIN_PORT", "8000", 0, 65535)
        folder = _folder(values)
        return cls(
            database_url=values.get("LIANXIN_DATABASE_URL") or sqlite_url(folder / "lianxin.db"),
            host=host,
            port=port,
            settle=_cron("LIANXIN_SETTLE", values.get("LIANXIN_SETTLE", "0 2 * * *"), ON_UPLOAD),
            utc_offset=_offset(values.get("LIANXIN_TIMEZONE", "+08:00")),
            introspection=_switch(values, "LIANXIN_INTROSPECTION"),
            graphiql=_switch(values, "LIANXIN_GRAPHIQL"),
            public_url=values.get("LIANXIN_PUBLIC_URL", f"http://{host}:{port}").rstrip("/"),
            backup=_cron("LIANXIN_BACKUP", values.get("LIANXIN_BACKUP", "off"), "off").removesuffix("off"),
            backups=Path(values.get("LIANXIN_BACKUPS", folder / "backups")).expanduser(),
            backups_kept=_number(values, "LIANXIN_BACKUPS_KEPT", "14", 1, 1_000),
            origins=_origins(values.get("LIANXIN_ORIGINS", "")),
            documents=Path(values["LIANXIN_DOCUMENTS"]).expanduser()
            if "LIANXIN_DOCUMENTS" in values
            else None,
            documents_only=_switch(values, "LIANXIN_DOCUMENTS_ONLY", "off"),
            budget=_budget(values.get("LIANXIN_BUDGET", "1000000")),
            budget_per_second=_number(values, "LIANXIN_BUDGET_PER_SECOND", "20000", 1, MOST_BUDGET),
            budget_without_token=_number(values, "LIANXIN_BUDGET_WITHOUT_TOKEN", "20000", 0, MOST_BUDGET),
        )


def sqlite_url(path: Path) -> str:
    """The URL of an embedded database in this file."""
    return f"sqlite:///{path}"


def _folder(values: Mapping[str, str]) -> Path:
    if "LIANXIN_DATA" in values:
        return Path(values["LIANXIN_DATA"]).expanduser()
    return Path(values.get("XDG_DATA_HOME", "~/.local/share")).expanduser() / "lianxin"


def _number(values: Mapping[str, str], name: str, default: str, low: int, high: int) -> int:
    text = values.get(name, default)
    if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
        raise BadSetting(f"{name} is to be a number from {low} to {high}")
    return int(text)


def _budget(text: str) -> int:
    """What a key may spend at once: as much as the largest operation costs, or more; 0 where it is off."""
    if text == "off":
        return 0
    if not re.fullmatch(r"[0-9]{1,9}", text) or not LIMITS.cost <= int(text) <= MOST_BUDGET:
        raise BadSetting(f"LIANXIN_BUDGET is to be a number from {LIMITS.cost} to {MOST_BUDGET}, or off")
    return int(text)


def _origins(text: str) -> tuple[str, ...]:
    """Whose pages may ask from a browser: `https://board.example`, several with commas, or `*`."""
    found = tuple(one.strip() for one in text.split(",") if one.strip())
    for one in found:
        if one != "*" and not re.fullmatch(r"https?://[A-Za-z0-9.:\[\]-]+", one):
            raise BadSetting("LIANXIN_ORIGINS is to be origins such as https://board.example, or *")
    return found


def _switch(values: Mapping[str, str], name: str, otherwise: str = "on") -> bool:
    word = values.get(name, otherwise).lower()
    if word not in {"on", "off"}:
        raise BadSetting(f"{name} is to be on or off")
    return word == "on"


def _cron(name: str, text: str, word: str) -> str:
    if text == word:
        return text
    try:
        CronSim(text, _SOME_DAY)
    except CronSimError:
        raise BadSetting(f"{name} is to be a cron line such as '0 2 * * *', or {word}") from None
    return text


def _offset(text: str) -> int:
    """Minutes east of Greenwich of `+08:00`."""
    found = re.fullmatch(r"([+-])(\d{2}):?([0-5]\d)", text)
    minutes = int(found[2]) * 60 + int(found[3]) if found else MAX_OFFSET + 1
    if found is None or minutes > MAX_OFFSET:
        raise BadSetting("LIANXIN_TIMEZONE is to be an offset from -14:00 to +14:00, such as +08:00")
    return minutes if found[1] == "+" else -minutes

"""The command line on a real database: what it prints, as text and as data, and how it fails."""

import asyncio
import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from graphql import build_client_schema, build_schema, lexicographic_sort_schema, print_schema

from schema.build import sdl
from server.cli import COMMANDS, main
from server.cli_failures import explain
from server.cli_tools import Desk
from server.settings import Settings, sqlite_url
from server.system import SystemIds
from tests.server.house import HandClock, opened
from tests.sync.world import G1, M1, T, when

EXAMPLE = "server/examples/red-cell.yaml"

Lianxin = Callable[..., Result]


@pytest.fixture
def clock() -> HandClock:
    return HandClock(when("07:00"))


@pytest.fixture
def lianxin(tmp_path: Path, clock: HandClock) -> Lianxin:
    """Runs a command on a database of this test's own."""
    settings = Settings(database_url=sqlite_url(tmp_path / "lianxin.db"))

    def run(*arguments: str) -> Result:
        desk = Desk(settings, clock, SystemIds())
        return CliRunner().invoke(main, arguments, obj=desk, catch_exceptions=False)

    return run


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the example loaded, to be copied."""
    path = tmp_path_factory.mktemp("district") / "lianxin.db"
    desk = Desk(Settings(database_url=sqlite_url(path)), HandClock(when("07:00")), SystemIds())
    assert CliRunner().invoke(main, ["load", EXAMPLE], obj=desk).exit_code == 0
    return path


@pytest.fixture
def loaded(lianxin: Lianxin, district: Path, tmp_path: Path) -> Lianxin:
    shutil.copy(district, tmp_path / "lianxin.db")
    return lianxin


def data(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


# In general


def test_every_command_explains_itself(lianxin: Lianxin) -> None:
    listed = lianxin("--help").output
    for name in COMMANDS:
        shown = lianxin(name, "--help")
        assert shown.exit_code == 0
        assert "Usage:" in shown.output
        assert re.search(rf"^  {name} ", listed, re.MULTILINE)


def test_serve_names_every_setting_that_is_read(lianxin: Lianxin) -> None:
    read = set(re.findall(r"\"(LIANXIN_[A-Z_]+)\"", Path("server/settings.py").read_text("utf-8")))
    assert read - {"LIANXIN_"} <= set(re.findall(r"LIANXIN_[A-Z_]+", lianxin("serve", "--help").output))


def test_the_issues_commands_are_all_there() -> None:
    asked = (
        "demo serve settle verify rules schema enrol assign revoke token load import export stats conflicts"
    )
    assert set(asked.split()) <= set(COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("settle", "--nonsense"),
        ("enrol",),
        ("token", "--role", "king"),
        ("token", "--role", "dispatcher"),
        ("token", "--role", "unit"),
        ("load", "no-such-file.yaml"),
        ("report", "zero"),
        ("report", "0"),
        ("report", "9" * 23),
        ("report", "9" * 5000),
        ("report", "--days", "9" * 23),
        ("settle", "--dry-run", "--days", "9" * 23),
        ("serve", "--port", "9" * 23),
        ("enrol", "--grid", "LY-1", "--minutes", "9" * 23),
        ("page", "--minutes", "9" * 23, "--unit", "LY-01", "007"),
        ("demo", "--seed", "9" * 23),
    ],
)
def test_what_is_asked_wrongly_ends_with_2(lianxin: Lianxin, arguments: tuple[str, ...]) -> None:
    assert lianxin(*arguments).exit_code == 2


def test_no_command_shows_a_trace(lianxin: Lianxin, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: object) -> object:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("server.cli_reading.stats", broken)
    result = lianxin("stats")
    assert result.exit_code == 1
    assert "secret" not in result.output
    assert "Traceback" not in result.output
    assert "ZeroDivisionError" in result.output
    with pytest.raises(ZeroDivisionError):
        lianxin("--debug", "stats")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(13, "Permission denied", "/x"), "Permission denied: /x."),
        (sqlite3.OperationalError("x"), "Something went wrong"),
    ],
)
def test_a_failure_is_explained_in_words(error: Exception, said: str) -> None:
    assert said in explain(error)


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LIANXIN_SETTLE", "at night")
    result = CliRunner().invoke(main, ["settle"])
    assert result.exit_code == 1
    assert "LIANXIN_SETTLE" in result.output


def test_a_database_that_cannot_be_opened_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    settings = Settings(database_url=sqlite_url(tmp_path / "file" / "lianxin.db"))
    result = CliRunner().invoke(main, ["stats"], obj=Desk(settings))
    assert result.exit_code == 1
    assert "Traceback" not in result.output


# load


def test_the_example_loads_and_loading_it_again_changes_nothing(lianxin: Lianxin) -> None:
    first = data(lianxin("load", EXAMPLE, "--json"))
    assert first["outcomes"] == {"APPLIED": sum(first["changes"].values())}
    assert first["changes"]["member.register"] == 150
    assert data(lianxin("load", EXAMPLE, "--json")) == {"changes": {}, "kept": 0, "outcomes": {}}
    assert "Nothing in the file differs" in lianxin("load", EXAMPLE).output
    assert data(lianxin("stats", "--json"))["total"]["members"] == 150


def test_a_bad_file_is_refused_with_line_and_key_and_nothing_is_loaded(
    lianxin: Lianxin, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.yaml"
    text = Path(EXAMPLE).read_text("utf-8").replace("grid: LY-3, skills", "grid: LY-7, skills", 1)
    bad.write_text(text.replace("kind: VILLAGE", "kind: HAMLET"), "utf-8")
    line = 1 + text[: text.index("LY-7")].count("\n")
    result = lianxin("load", str(bad))
    assert result.exit_code == 1
    assert f"{line}  members[2].grid" in result.output
    assert "“LY-7”" in result.output
    assert "communities[1].kind" in result.output
    assert "nothing was loaded" in result.output
    assert data(lianxin("stats", "--json"))["total"]["units"] == 0
    as_data = lianxin("load", str(bad), "--json")
    assert as_data.exit_code == 1
    problems = json.loads(as_data.stdout)["problems"]
    assert {"line", "path", "code", "sentence"} == set(problems[0])
    assert (line, "members[2].grid", "UNKNOWN_CODE") in [(p["line"], p["path"], p["code"]) for p in problems]
    assert "没有代码为" in lianxin("--language", "zh", "load", str(bad)).output


def test_a_check_says_what_would_be_loaded_and_loads_nothing(lianxin: Lianxin) -> None:
    assert "would write" in lianxin("load", EXAMPLE, "--check").output
    assert data(lianxin("stats", "--json"))["total"]["units"] == 0


def test_new_members_can_come_in_a_file_of_their_own(loaded: Lianxin, tmp_path: Path) -> None:
    new = tmp_path / "new.json"
    member = {"unit": "LY-U01", "number": "900", "name": "党员 900", "grid": "LY-2", "skills": ["law"]}
    new.write_text(json.dumps({"members": [member]}))
    assert data(loaded("load", str(new), "--json"))["outcomes"] == {"APPLIED": 2}
    assert data(loaded("stats", "--json"))["total"]["members"] == 151


# Tablets and tokens


def test_an_enrolment_code_is_printed_as_data(loaded: Lianxin, clock: HandClock) -> None:
    made = data(loaded("enrol", "--grid", "LY-1", "--json"))
    assert set(made) == {"code", "url", "expiresAt"}
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{8}", made["code"])
    assert made["expiresAt"] == "2026-11-22T23:15:00.000Z"
    assert made["code"] in made["url"]


def test_an_enrolment_code_is_shown_for_people(loaded: Lianxin) -> None:
    shown = loaded("enrol", "--grid", "LY-1", "--grid", "LY-2").output
    assert "LY-1, LY-2" in shown
    assert "15 minutes" in shown


def test_an_unknown_grid_is_named_with_those_that_are_there(loaded: Lianxin) -> None:
    result = loaded("enrol", "--grid", "LY-9")
    assert result.exit_code == 1
    assert "LY-9" in result.output
    assert "CG-1, LY-1, LY-2, LY-3, LY-4" in result.output


def test_before_anything_is_loaded_the_next_step_is_named(lianxin: Lianxin) -> None:
    assert "lianxin load" in lianxin("enrol", "--grid", "LY-1").output


@pytest.mark.parametrize(
    "role",
    [
        ("reader",),
        ("admin",),
        ("dispatcher", "--community", "LY"),
        ("reader", "--community", "LY"),
        ("unit", "--unit", "LY-U01"),
    ],
)
def test_a_token_is_printed_once_and_only_its_hash_is_kept(
    loaded: Lianxin, tmp_path: Path, role: tuple[str, ...]
) -> None:
    made = data(loaded("token", "--role", *role, "--json"))
    assert set(made) == {"token"}
    assert len(made["token"]) >= 43
    assert made["token"].encode() not in (tmp_path / "lianxin.db").read_bytes()
    assert loaded("token", "--role", *role).output.strip() != made["token"]


def test_a_token_of_an_unknown_community_is_refused(loaded: Lianxin) -> None:
    result = loaded("token", "--role", "dispatcher", "--community", "XX")
    assert (result.exit_code, "CG, LY" in result.output) == (1, True)


def test_revoking_what_is_not_there_says_so(loaded: Lianxin) -> None:
    result = loaded("revoke", "nobody")
    assert result.exit_code == 1
    assert "lianxin devices" in result.output


# The night


def test_a_night_without_changes_is_settled_and_verified(loaded: Lianxin) -> None:
    assert "Nothing waited" in loaded("settle").output
    report = data(loaded("settle", "--dry-run", "--json"))
    assert (report["dryRun"], report["changes"]) == (True, 0)
    assert loaded("verify").output.startswith("Verified:")
    proof = data(loaded("verify", "--json"))
    assert proof == {"verify": True, "settlements": 1, "changes": 333, "differences": []}


async def _uploaded(folder: Path) -> Settings:
    """A small district in which one tablet has uploaded a claim and an edit."""
    async with opened(folder) as house:
        await house.submit("district", ("ticket.open", T, {"grid": G1, "category": "parking", "title": "x"}))
        tablet = await house.tablet("one", G1)
        await tablet.push()
        await tablet.pull()
        tablet.record("ticket.claim", T, {"member": M1}, at="09:10")
        tablet.record("ticket.edit", T, {"title": "y"}, at="09:20")
        house.clock.set("18:00")
        await tablet.push()
        return house.hub.settings


def test_a_dry_run_changes_nothing_and_foretells_the_night(tmp_path: Path) -> None:
    """Line 17, at the command line."""
    settings = asyncio.run(_uploaded(tmp_path))
    clock = HandClock(when("1/02:00"))

    def lianxin(*arguments: str) -> Any:
        desk = Desk(settings, clock, SystemIds())
        result = CliRunner().invoke(main, [*arguments, "--json"], obj=desk, catch_exceptions=False)
        return data(result)

    before = lianxin("verify")
    foretold = lianxin("settle", "--dry-run")
    assert (foretold["dryRun"], foretold["changes"]) == (True, 2)
    assert lianxin("settle", "--dry-run") == foretold
    assert lianxin("verify") == before
    settled = lianxin("settle")
    assert settled == foretold | {"dryRun": False, "settlement": settled["settlement"]}
    assert lianxin("report") == {key: value for key, value in settled.items() if key != "dryRun"}


def test_verify_names_a_changed_cell_and_ends_with_1(loaded: Lianxin, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "lianxin.db")) as database, database:
        database.execute('UPDATE unit SET name = \'{"en": "Forged", "zh": "x"}\' WHERE code = \'LY-U03\'')
    result = loaded("verify")
    assert result.exit_code == 1
    assert "unit" in result.output
    assert "name" in result.output
    assert "Forged" not in result.output
    as_data = loaded("verify", "--json")
    assert as_data.exit_code == 1
    found = json.loads(as_data.stdout)
    assert found["verify"] is False
    assert len(found["differences"]) == 1


def test_before_the_first_night_there_is_no_report(loaded: Lianxin) -> None:
    result = loaded("report")
    assert (result.exit_code, "No night" in result.output) == (1, True)
    assert loaded("report", "77").exit_code == 1
    assert data(loaded("report", "1", "--json"))["changes"] == 333


def test_a_hub_whose_clock_is_behind_says_what_to_do(loaded: Lianxin, clock: HandClock) -> None:
    clock.set("-1/07:00")
    result = loaded("settle")
    assert result.exit_code == 1
    assert "Set this machine's clock" in result.output


# Reading


def test_the_rule_book_is_printed_in_either_language_and_as_data(lianxin: Lianxin) -> None:
    assert "The rule book" in lianxin("rules").output
    assert "规则手册" in lianxin("rules", "--language", "zh").output
    assert "规则手册" in lianxin("--language", "zh", "rules").output
    book = data(lianxin("rules", "--json"))
    assert {"rules", "fields", "transitions", "codes"} <= set(book)


def test_the_language_can_come_from_the_environment(lianxin: Lianxin) -> None:
    shown = CliRunner().invoke(main, ["rules"], env={"LIANXIN_LANGUAGE": "zh"})
    assert "规则手册" in shown.output


def test_the_printed_schema_is_the_one_in_the_folder(lianxin: Lianxin) -> None:
    assert lianxin("schema").output == Path("schema/schema.graphql").read_text("utf-8")


def test_the_schema_is_printed_as_introspection_too(lianxin: Lianxin) -> None:
    """Whatever is built from it is the schema that is served."""
    told = json.loads(lianxin("schema", "--introspection").output)
    built, served = (
        lexicographic_sort_schema(one) for one in (build_client_schema(told), build_schema(sdl()))
    )
    assert print_schema(built) == print_schema(served)


def test_stats_and_conflicts_are_shown_for_people(loaded: Lianxin) -> None:
    shown = loaded("stats").output
    assert re.search(r"members serving +18 +132 +150", shown)
    assert "在册党员" in loaded("--language", "zh", "stats").output
    assert "Nothing waits" in loaded("conflicts").output
    assert data(loaded("conflicts", "--community", "LY", "--json")) == []


def test_the_export_is_whole_and_without_a_token(loaded: Lianxin, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in loaded("export").stdout.splitlines()]
    assert lines[-1]["rows"] == len(lines) - 2
    assert sum(line.get("table") == "member" for line in lines) == 150
    target = tmp_path / "export.ndjson"
    assert str(lines[-1]["rows"]) in loaded("export", "--output", str(target)).output
    assert len(target.read_text("utf-8").splitlines()) == len(lines)
    assert not list(tmp_path.glob("*.part"))


# import


def test_what_is_no_upload_is_refused_in_words(loaded: Lianxin, tmp_path: Path) -> None:
    file = tmp_path / "holiday.lianxin"
    file.write_bytes(b"photographs")
    result = loaded("import", str(file))
    assert result.exit_code == 1
    assert "holiday.lianxin" in result.output
    assert "Traceback" not in result.output

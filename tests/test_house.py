"""The house: who may import whom, what lies where, and that every folder explains itself."""

import ast
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("server", "schema", "sync", "clients")
TOP_LEVEL = {
    *(*PACKAGES, "tests"),
    *("LICENSE", "Makefile", "README.md", "pyproject.toml", "requirements.lock"),
}
OPEN_TO_CLIENTS = ("changes", "clock", "kinds", "manifest", "shapes", "wire")
CODE = {".py", ".ts", ".tsx", ".js", ".mjs", ".svelte"}
# Spelled in halves, so that this file may be searched as well.
REGISTRIES = [
    *("pypi" + ".org", "files.pythonhosted" + ".org", "pypi.tuna.tsinghua" + ".edu.cn"),
    *("registry.npmjs" + ".org", "registry.npmmirror" + ".com", "registry.yarnpkg" + ".com"),
    *("deb.debian" + ".org", "security.debian" + ".org", "archive.ubuntu" + ".com"),
]


@cache
def committed() -> list[Path]:
    """The files that git keeps, relative to the root, less those deleted but not yet committed."""
    git = ["git", "-c", f"safe.directory={ROOT}", "-C", str(ROOT), "ls-files", "-z"]
    names = subprocess.run(git, capture_output=True, check=True, text=True).stdout.split("\0")
    return [Path(name) for name in names if name and (ROOT / name).is_file()]


@cache
def configuration() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def contract(identifier: str) -> dict[str, Any]:
    contracts: list[dict[str, Any]] = configuration()["tool"]["importlinter"]["contracts"]
    return next(one for one in contracts if one["id"] == identifier)


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    lint = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    return subprocess.run(lint, cwd=folder, capture_output=True, check=False, text=True)


def imported_by(source: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(source.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)


def test_the_imports_keep_their_contracts() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def small_house(tmp_path: Path) -> Path:
    """A house under our contracts in which there is nothing but the modules that the contracts name."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    modules = [f"sync/{name}" for name in (*OPEN_TO_CLIENTS, "settle")]
    modules += ["schema/types", "schema/build", "server/store", "server/demo", "clients/python/tablet"]
    modules += [name.replace(".", "/") for name in contract("commands-start-at-once")["source_modules"]]
    for module in modules:
        path = tmp_path / f"{module}.py"
        for folder in path.relative_to(tmp_path).parents:
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
            (tmp_path / folder / "__init__.py").touch()
        path.touch()
    return tmp_path


ALLOWED = [
    ("server/demo.py", "import clients.python.tablet"),
    ("server/store.py", "import sqlite3"),
    ("schema/types.py", "from sync import settle"),
    ("sync/wire.py", "import msgspec"),
    *(("clients/python/tablet.py", f"from sync import {name}") for name in OPEN_TO_CLIENTS),
]
BREACHES = [
    ("sync/settle.py", "from schema import types", "sync-is-pure"),
    ("sync/settle.py", "import sqlite3", "sync-is-pure"),
    ("sync/settle.py", "import os.path", "sync-is-pure"),
    ("schema/types.py", "from server import store", "layers"),
    ("schema/types.py", "import starlette.requests", "schema-opens-nothing"),
    ("schema/types.py", "import clients.python.tablet", "schema-opens-nothing"),
    ("clients/python/tablet.py", "from sync import settle", "clients-stay-small"),
    ("clients/python/tablet.py", "import sync", "clients-stay-small"),
    ("clients/python/tablet.py", "from schema import types", "clients-stay-small"),
    ("clients/python/tablet.py", "from server import store", "clients-stay-small"),
    ("server/cli_reading.py", "from schema import build", "commands-start-at-once"),
    ("server/store.py", "import clients.python.tablet", "only-the-demo-speaks-for-tablets"),
]


def test_what_the_design_allows_keeps_the_contracts(small_house: Path) -> None:
    for file, line in ALLOWED:
        with (small_house / file).open("a", encoding="utf-8") as module:
            module.write(f"{line}\n")
    done = lint_imports(small_house)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(("file", "line", "broken"), BREACHES)
def test_a_breach_breaks_its_contract(small_house: Path, file: str, line: str, broken: str) -> None:
    (small_house / file).write_text(f"{line}\n", "utf-8")
    done = lint_imports(small_house)
    assert done.returncode == 1, done.stdout + done.stderr
    assert f"{contract(broken)['name']} BROKEN" in " ".join(done.stdout.split())


def test_the_contract_of_sync_names_everything_the_project_stands_on() -> None:
    """A dependency that is added tomorrow is forbidden to sync/ from the same day."""
    project = configuration()["project"]
    names = {re.split(r"[\[><=]", line)[0].strip() for line in project["dependencies"]} - {"msgspec"}
    modules = {
        "graphql-core": "graphql",
        "ruamel.yaml": "ruamel",
        "starlette-compress": "starlette_compress",
        "strawberry-graphql": "strawberry",
    }
    assert {modules.get(name, name) for name in names} <= set(contract("sync-is-pure")["forbidden_modules"])


def test_sync_imports_only_the_standard_library_and_msgspec() -> None:
    forbidden = set(contract("sync-is-pure")["forbidden_modules"])
    allowed = (sys.stdlib_module_names - forbidden) | {"msgspec", "sync"}
    sources = [path for path in committed() if path.parts[0] == "sync" and path.suffix == ".py"]
    found = {(str(path), name) for path in sources for name in imported_by(ROOT / path)}
    assert not {(path, name) for path, name in found if name.split(".")[0] not in allowed}


def test_every_folder_with_code_has_a_readme_or_is_explained_by_the_one_above() -> None:
    readmes = {path.parent for path in committed() if path.name == "README.md"}
    code = [
        path
        for path in committed()
        if path.suffix in CODE and path.name not in {"__init__.py", "__main__.py"}
    ]
    for folder in sorted({path.parent for path in code} - readmes - {Path()}):
        above = next((one for one in folder.parents if one in readmes and one != Path()), None)
        assert above is not None, f"{folder} has code and no README.md"
        text = (ROOT / above / "README.md").read_text("utf-8")
        assert above == Path("tests") or folder.name in text, (
            f"{above}/README.md does not mention {folder.name}"
        )


def test_the_top_level_holds_only_what_the_design_allows() -> None:
    top = {path.parts[0] for path in committed()}
    assert not {name for name in top if name not in TOP_LEVEL and not name.startswith(".")}


def test_no_committed_file_names_a_registry() -> None:
    for path in committed():
        text = (ROOT / path).read_bytes().decode("utf-8", "ignore")
        assert not [host for host in REGISTRIES if host in text], f"{path} names a registry's host"


@pytest.mark.parametrize("lock", ["requirements.lock", "server/graphiql/requirements-node.lock"])
def test_a_python_lock_pins_everything_and_names_no_source(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")
    pins = re.split(
        r"\n(?=\S)", "\n".join(line for line in text.split("\n") if not line.strip().startswith("#"))
    )
    assert all(re.match(r"[\w.-]+==\S+", pin) and "--hash=sha256:" in pin for pin in pins if pin.strip())
    assert not re.search(r"://|--(extra-)?index-url|--find-links", text)


def test_an_npm_lock_pins_everything_and_names_no_source() -> None:
    for path in committed():
        if path.name == "package-lock.json":
            packages: dict[str, dict[str, Any]] = json.loads((ROOT / path).read_text("utf-8"))["packages"]
            installed = [
                one for name, one in packages.items() if "node_modules/" in name and not one.get("link")
            ]
            assert all("integrity" in one for one in installed), path
            assert not [one["resolved"] for one in installed if "resolved" in one], path


ENGINES = {"dialect", "dialects", "drivername", "get_backend_name", "get_dialect"}
"""By which code may ask what database it has."""

ALLOWED_TO_ASK = {"server/database.py", "server/write.py", "schema/json_sql.py"}


def asks_which_database(source: str) -> set[str]:
    """The words in a module by which it does one thing on SQLite and another on PostgreSQL."""
    tree = ast.parse(source)
    names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)} & ENGINES
    names |= {name for node in ast.walk(tree) for name in _imported(node) if name.split(".")[0] == "psycopg"}
    names |= {name for node in ast.walk(tree) for name in _imported(node) if "dialects" in name.split(".")}
    words = {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) if type(node.value) is str
    }
    return names | {word for word in words if re.fullmatch(r"(sqlite|postgres(ql)?)(\+\w+)?", word)}


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [str(node.module)] if isinstance(node, ast.ImportFrom) else []


@pytest.mark.parametrize(
    "line",
    [
        'if connection.dialect.name == "sqlite": ...',
        'if url.drivername.startswith("p"): ...',
        'name = "postgresql+psycopg"',
        "from sqlalchemy.dialects.postgresql import insert",
        "import psycopg",
    ],
)
def test_a_module_that_asks_which_database_it_has_is_found(line: str) -> None:
    assert asks_which_database(line)


def test_nothing_but_the_database_the_bulk_writer_and_the_json_of_reads_asks_which_database_it_is() -> None:
    sources = [path for path in committed() if path.parts[0] in {"server", "schema"} and path.suffix == ".py"]
    found = {str(path): asks_which_database((ROOT / path).read_text("utf-8")) for path in sources}
    assert {path: words for path, words in found.items() if words and path not in ALLOWED_TO_ASK} == {}
    assert {path for path, words in found.items() if words} >= ALLOWED_TO_ASK

"""GraphiQL's page: it loads what is listed, nothing from elsewhere, and its first tabs fit the schema."""

import json
import re
from pathlib import Path

import pytest
from graphql import DocumentNode, OperationDefinitionNode, build_schema, parse, validate

ROOT = Path(__file__).parent.parent.parent
FOLDER = ROOT / "server" / "graphiql"
SCHEMA = ROOT / "schema" / "schema.graphql"
INSTALLED = FOLDER / "node_modules"
OURS = ("app.css", "app.js", "icon.svg", "index.html")


def listed() -> list[str]:
    files: list[str] = json.loads((FOLDER / "files.json").read_text("utf-8"))
    return files


def tabs() -> list[DocumentNode]:
    return [parse(text) for text in (FOLDER / "examples.graphql").read_text("utf-8").split("# ---\n")]


def test_the_page_loads_exactly_what_is_listed() -> None:
    text = "".join((FOLDER / name).read_text("utf-8") for name in OURS)
    loaded = set(re.findall(r'"/graphiql/([^"]+)"', text))
    assert loaded | {"index.html"} == set(listed())


def test_the_page_names_no_other_host_and_holds_no_inline_script_or_style() -> None:
    for name in OURS:
        text = (FOLDER / name).read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|//[a-z0-9-]+\.[a-z]", text), name
    page = (FOLDER / "index.html").read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", page)


def test_our_own_listed_files_are_there() -> None:
    assert not [name for name in listed() if "node_modules/" not in name and not (FOLDER / name).is_file()]


@pytest.mark.skipif(not INSTALLED.exists(), reason="make setup has not installed GraphiQL here")
def test_the_installed_listed_files_are_there() -> None:
    assert not [name for name in listed() if not (FOLDER / name).is_file()]


def test_each_tab_is_one_named_operation() -> None:
    operations = [definition for tab in tabs() for definition in tab.definitions]
    assert all(isinstance(one, OperationDefinitionNode) and one.name for one in operations)
    assert len(operations) == len(tabs())


@pytest.mark.skipif(not SCHEMA.exists(), reason="schema/schema.graphql has not been printed yet")
def test_the_tabs_fit_the_schema() -> None:
    schema = build_schema(SCHEMA.read_text("utf-8"))
    assert [error.message for tab in tabs() for error in validate(schema, tab)] == []

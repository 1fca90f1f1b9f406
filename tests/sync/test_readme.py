"""sync/README.md is true: its tables are those of the code, and every example in it is executed."""

import doctest
import json
import re
from typing import Any

import msgspec
import pytest
from graphql import (
    DefinitionNode,
    DocumentNode,
    FieldDefinitionNode,
    InputValueDefinitionNode,
    build_schema,
    parse,
    print_ast,
    validate,
)

from sync import wire
from sync.bodies import BODIES, VerdictBody
from sync.changes import Unreadable, canonical, decode, digest, is_plain, private_digest
from sync.kinds import KINDS
from sync.kinds.kind import Office
from sync.rendering import marked, tables
from sync.state import Result
from sync.verdicts import SENTENCES
from sync.wire import MAX_PAGE, Page, Receipt, Upload, check_digest
from tests.sync.day import seal
from tests.sync.readme import README, Block, blocks, fresh

TEXT = README.read_text("utf-8")
SCHEMA = README.parent.parent / "schema" / "schema.graphql"
KNOWN = {
    "json": {"change", "upload", "receipt", "page", "verdict", "error", "stick"},
    "text": {"canonical", "private", "private-digest", "digest", "line"},
    "graphql": {"types", "operation"},
    "python": {""},
}


def about(language: str, word: str) -> dict[str, Block]:
    """The blocks of a language whose first word is this one, by their second."""
    found = [block for block in blocks(language) if block.about.split(" ")[0] == word]
    return {block.about.partition(" ")[2]: block for block in found}


def one(language: str, word: str) -> Any:
    (block,) = about(language, word).values()
    return json.loads(block.text)


def test_it_is_not_stale() -> None:
    assert fresh(TEXT) == TEXT, "run `make fix`"


def test_every_table_has_its_place_once() -> None:
    assert sorted(marked(TEXT)) == sorted(tables())


def test_every_block_is_of_a_kind_that_is_executed_here() -> None:
    for block in blocks():
        assert block.about.split(" ")[0] in KNOWN[block.language], block.about


@pytest.mark.parametrize("name", KINDS)
def test_it_says_whose_each_kind_of_change_is(name: str) -> None:
    """The lowest office that may: a tablet would be refused what it is told that anybody may do."""
    (line,) = re.findall(
        rf"^\| `{re.escape(name)}` \| [^|]+ \| (\w+) \|", README.read_text("utf-8"), re.MULTILINE
    )
    lowest = min(KINDS[name].offices & {Office.LIAISON, Office.DISPATCHER, Office.DISTRICT})
    assert line == {1: "anybody", 2: "desk", 3: "district"}[lowest]


def test_every_link_inside_leads_to_a_heading() -> None:
    headings = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    slugs = {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    for anchor in re.findall(r"\]\(#([^)]+)\)", TEXT):
        assert anchor in slugs, anchor


def test_every_module_is_told_about() -> None:
    told = re.findall(r"^\| `([\w/]+\.py)` \| \S.+ \|$", TEXT, re.MULTILINE)
    there = {str(path.relative_to(README.parent)) for path in README.parent.rglob("*.py")}
    assert set(told) == there - {"__init__.py"}


# JSON


@pytest.mark.parametrize("name", about("json", "change"))
def test_a_change_can_be_read_and_has_the_digest_that_is_told(name: str) -> None:
    raw = json.loads(about("json", "change")[name].text)
    assert is_plain(raw)
    assert decode(raw).id == raw["id"]
    assert digest(raw) == about("text", "digest")[name].text.strip()
    if "private" in raw:
        assert canonical(raw["private"]).decode() == about("text", "private")[name].text.strip()
        assert private_digest(raw) == about("text", "private-digest")[name].text.strip()
    else:
        assert canonical(raw).decode() == about("text", "canonical")[name].text.strip()


def test_the_upload_holds_those_changes_and_one_that_is_set_apart() -> None:
    upload = msgspec.convert(one("json", "upload"), Upload)
    changes = [json.loads(block.text) for block in about("json", "change").values()]
    assert list(upload.changes[: len(changes)]) == changes
    apart = {}
    for seq, raw in enumerate(upload.changes, start=upload.from_seq):
        try:
            decode(raw)
        except Unreadable as error:
            apart[seq] = (raw["id"], str(error.code))
    receipt = msgspec.convert(one("json", "receipt"), Receipt)
    assert {line.seq: (line.id, line.code) for line in receipt.quarantined} == apart
    assert receipt.received_through == upload.from_seq + len(upload.changes) - 1
    named = {run for raw in upload.changes for run in _runs(raw)}
    assert named < {line.run for line in upload.runs}


def _runs(value: Any) -> set[int]:
    if not isinstance(value, dict):
        return set()
    own = {value["run"]} if "run" in value else set()
    return own.union(*map(_runs, value.values()))


def test_the_page_holds_bodies_of_their_shapes_in_the_order_of_revs_and_its_sums_agree() -> None:
    page = msgspec.convert(one("json", "page"), Page)
    for document in page.documents:
        msgspec.convert(document.body, BODIES[document.collection])
        assert list(document.body) == list(BODIES[document.collection].__struct_encode_fields__)
    revs = [document.rev for document in page.documents]
    assert revs == sorted(revs)
    assert page.check is not None
    assert [line.collection for line in page.check] == list(wire.COLLECTIONS)
    whole = {
        line.collection: line for line in page.check if line.collection in {"ticket", "service", "verdict"}
    }
    for collection, line in whole.items():
        held = [(doc.id, doc.rev) for doc in page.documents if doc.collection == collection]
        assert (line.count, line.digest) == (len(held), check_digest(held))


def test_the_verdict_is_the_one_on_the_page() -> None:
    verdict = one("json", "verdict")
    msgspec.convert(verdict, VerdictBody)
    assert verdict in [document["body"] for document in one("json", "page")["documents"]]


def test_the_stick_is_an_upload_with_a_seal() -> None:
    head, line = one("json", "stick"), about("text", "line")["stick"].text
    assert head["mac"] == seal(line)
    msgspec.convert({**head, "changes": [json.loads(line)]}, Upload)
    assert set(head) == {*one("json", "upload"), "device", "after", "next", "mac"} - {"changes"}


def test_the_refusal_has_a_code_of_ours() -> None:
    (error,) = one("json", "error")["errors"]
    assert error["message"] == SENTENCES[error["extensions"]["code"]].en


def rows(heading: str) -> list[str]:
    """The first cells of the table under a header row."""
    table = TEXT.partition(f"\n{heading}\n")[2].partition("\n\n")[0]
    return re.findall(r"^\| `(\w+)` ", table, re.MULTILINE)


def test_every_refusal_and_every_outcome_is_explained() -> None:
    refusals = [code for code, row in SENTENCES.items() if row.outcome is None]
    assert sorted(rows("| code | with | what a tablet does |")) == sorted(refusals)
    assert rows("| outcome | what it says to the author |") == [result.value for result in Result]
    assert rows("| field | meaning |") == ["id", "at", "run", "saw", "by", "data", "private"]


# Python


def test_every_computation_comes_to_what_is_told() -> None:
    found = "\n\n".join(block.text for block in blocks("python"))
    test = doctest.DocTestParser().get_doctest(found, {}, "README.md", str(README), 0)
    assert len(test.examples) > 30
    told: list[str] = []
    doctest.DocTestRunner(verbose=False).run(test, out=told.append)
    assert not told, "".join(told)


# GraphQL

OPERATIONS = [block.text for block in blocks("graphql") if block.about == "operation"]
needs_schema = pytest.mark.skipif(not SCHEMA.exists(), reason="schema/schema.graphql is not printed yet")


def test_there_is_an_operation_for_every_field_of_the_protocol() -> None:
    types = parse("".join(block.text for block in blocks("graphql") if block.about == "types"))
    roots = {"Query", "Mutation", "Subscription"}
    offered = {name for root, name, _ in _fields(types) if root in roots}
    asked = {re.findall(r"\w+", operation)[1] for operation in OPERATIONS}
    assert asked == offered
    assert f"= {MAX_PAGE}" in print_ast(types)


@needs_schema
@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_fits_the_schema(operation: str) -> None:
    assert not validate(build_schema(SCHEMA.read_text("utf-8")), parse(operation))


@needs_schema
def test_the_types_are_those_of_the_schema() -> None:
    """The schema may say more; whatever is told here it says alike."""
    types = parse("".join(block.text for block in blocks("graphql") if block.about == "types"))
    schema = parse(SCHEMA.read_text("utf-8"))
    assert set(_fields(types)) <= set(_fields(schema))
    assert {_name(one) for one in types.definitions} <= {_name(one) for one in schema.definitions}


def _name(definition: DefinitionNode) -> str:
    return definition.name.value  # type: ignore[attr-defined, no-any-return]


def _fields(document: DocumentNode) -> list[tuple[str, str, str]]:
    """Each field and enum value of a schema: its type's name, its own, and how it is declared."""
    return [
        (_name(definition), part.name.value, _declared(part))
        for definition in document.definitions
        for part in (getattr(definition, "fields", None) or getattr(definition, "values", None) or ())
    ]


def _declared(part: Any) -> str:
    if isinstance(part, FieldDefinitionNode):
        arguments = sorted(_declared(argument) for argument in part.arguments or ())
        return f"({', '.join(arguments)}): {print_ast(part.type)}"
    if isinstance(part, InputValueDefinitionNode):
        default = "" if part.default_value is None else print_ast(part.default_value)
        return f"{part.name.value}: {print_ast(part.type)} {default.removeprefix('null')}".strip()
    return ""

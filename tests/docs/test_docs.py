"""What the documentation shows is true: its operations are valid, its commands and files exist."""

import re
import shlex
from pathlib import Path

import pytest
import typer
from graphql import GraphQLSchema, build_schema, parse, validate

from app.cli import cli
from tests.docs.blocks import PAGES, ROOT, Block, blocks

EXAMPLES = sorted((ROOT / "web/src/graphiql/examples").glob("*.graphql"))
_LINK = re.compile(r"\]\((?!https?://|mailto:|#)([^)#\s]+)")


def shown(block: Block) -> str:
    return block.place


@pytest.fixture(scope="module")
def printed() -> GraphQLSchema:
    """The schema as it is printed; ./run check holds it against the built one."""
    return build_schema((ROOT / "schema/schema.graphql").read_text())


def test_the_readme_shows_operations_and_commands() -> None:
    languages = {block.language for block in blocks("graphql", "sh") if block.place.startswith("README.md")}
    assert languages == {"graphql", "sh"}


@pytest.mark.parametrize("block", blocks("graphql"), ids=shown)
def test_an_operation_in_the_docs_is_valid(block: Block, printed: GraphQLSchema) -> None:
    assert validate(printed, parse(block.text)) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_of_graphiql_is_valid(path: Path, printed: GraphQLSchema) -> None:
    assert validate(printed, parse(path.read_text())) == []


@pytest.mark.parametrize("block", blocks("sh"), ids=shown)
def test_a_command_in_the_docs_exists(block: Block) -> None:
    verbs = set(re.findall(r"^    ([a-z]+)\)", (ROOT / "run").read_text(), re.MULTILINE))
    for line in block.text.replace("\\\n", " ").splitlines():
        words = shlex.split(line, comments=True)
        if words[:1] == ["./run"]:
            assert words[1] in verbs, f"{block.place}: {line}"
        elif words[:1] == ["lejek"]:
            assert words[1] in commands(), f"{block.place}: {line}"


def commands() -> set[str]:
    """The command line's verbs."""
    return set(typer.main.get_group(cli).commands)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    assert [link for link in _LINK.findall(page.read_text()) if not (page.parent / link).exists()] == []

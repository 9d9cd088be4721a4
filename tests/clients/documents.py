"""The documents that every client runs, by name."""

from pathlib import Path

from graphql import OperationDefinitionNode, parse, print_ast

BOARD = Path(__file__).parent / "board.graphql"


def _operations() -> dict[str, str]:
    definitions = parse(BOARD.read_text()).definitions
    operations = [each for each in definitions if isinstance(each, OperationDefinitionNode)]
    return {each.name.value: print_ast(each) for each in operations if each.name}


DOCUMENTS = _operations()

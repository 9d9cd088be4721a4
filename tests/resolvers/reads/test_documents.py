"""Documents: parsed and validated once, limited before they cost anything."""

import pytest
from graphql import build_schema, get_introspection_query, get_variable_values
from hypothesis import given, settings
from hypothesis import strategies as st

from resolvers.reads.documents import BadDocument, Documents, root_field, variable_of
from resolvers.reads.limits import Limits, Size

SCHEMA = build_schema(
    """
    scalar Revision
    type Query { a: Int b: Query c(text: String): Query d(id: ID, int: Int, flag: Boolean, ids: [ID!]): Int }
    type Mutation { m: Int }
    type Subscription { changed(id: ID!, after: Revision, size: Int = 5): Query }
    """
)


def reading(**limits: int) -> Documents:
    return Documents(SCHEMA, Limits(**limits))


def refused(documents: Documents, text: str) -> tuple[str, str]:
    with pytest.raises(BadDocument) as caught:
        documents.read(text)
    [error] = caught.value.errors
    return str((error.extensions or {})["code"]), error.message


def test_a_document_is_read_once() -> None:
    documents = reading()
    assert documents.read("{ a }") is documents.read("{ a }")
    assert len(documents) == 1


def test_the_documents_kept_are_bounded_in_number_and_the_unused_go_first() -> None:
    documents = Documents(SCHEMA, entries=2)
    first = documents.read("{ a }")
    documents.read("{ b { a } }")
    assert documents.read("{ a }") is first
    documents.read("{ b { b { a } } }")
    assert documents.read("{ a }") is first and len(documents) == 2


def test_the_documents_kept_are_bounded_in_size() -> None:
    documents = Documents(SCHEMA, characters=1_000)
    for number in range(50):
        documents.read(f'{{ c(text: "{number:0100}") {{ a }} }}')
    assert 0 < len(documents) < 10
    documents.read('{ c(text: "%s") { a } }' % ("x" * 2_000))
    assert len(documents) == 0


def test_what_is_refused_is_not_kept() -> None:
    documents = reading()
    refused(documents, "{ nothing }")
    assert len(documents) == 0


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "GRAPHQL_PARSE_FAILED"),
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ ...F } fragment F on Query { ...F }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ ...F } fragment F on Query { b { ...G } } fragment G on Query { ...F }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ a " * 12 + "}" * 12, "DOCUMENT_TOO_LARGE"),
        ("{ x: a y: a z: a w: a }", "DOCUMENT_TOO_LARGE"),
        ("{ ...F ...F } fragment F on Query { x: a y: a }", "DOCUMENT_TOO_LARGE"),
        ("{ " + "a " * 21 + "}", "DOCUMENT_TOO_LARGE"),
        ("{ ...F " * 1 + "} fragment F on Query {" + "a " * 20 + "}", "DOCUMENT_TOO_LARGE"),
        ("{ a } " + "query A { a a a } query B { a a a } " * 4, "DOCUMENT_TOO_LARGE"),
        ("{ a } fragment F on Query {" + "a " * 21 + "}", "DOCUMENT_TOO_LARGE"),
        ("# " + "\n#" * 200 + "\n{ a }", "DOCUMENT_TOO_LARGE"),
    ],
)
def test_a_document_that_may_not_be_run_is_refused(text: str, code: str) -> None:
    found, message = refused(reading(tokens=100, depth=10, aliases=3, selections=20), text)
    assert found == code and message


def test_at_the_limits_a_document_is_read() -> None:
    reading(depth=3, aliases=2, selections=4).read("{ x: b { y: b { a } a } }")


def doubling(fragments: int) -> str:
    chain = [f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(fragments)]
    return "{ ...F0 } " + " ".join(chain) + f" fragment F{fragments} on Query {{ a }}"


# Each of these does not return in a lifetime where every path is walked.
@pytest.mark.parametrize(
    "text",
    [
        doubling(25),
        doubling(1_000),
        "{ ...F0 } "
        + " ".join(f"fragment F{n} on Query {{ " + f"b {{ ...F{n + 1} }} " * 5 + "}" for n in range(30))
        + " fragment F30 on Query { a }",
        "{ ...F0 } "
        + " ".join(f"fragment F{n} on Query {{ " + "b { " * 3 + f"...F{n + 1} " * 5 + "} " * 3 + "}" for n in range(30))
        + " fragment F30 on Query { a }",
        doubling(40).replace("{ ...F0 }", "{ a }"),  # spread by no operation
    ],
    ids=["25 doublings", "1,000 doublings", "depth 30, fan-out 5", "the same below fields", "unused"],
)
def test_fragments_that_multiply_are_refused(text: str) -> None:
    assert refused(reading(), text)[0] == "DOCUMENT_TOO_LARGE"


def test_a_long_chain_of_fragments_does_not_exhaust_the_stack() -> None:
    chain = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(1_400))
    with pytest.raises(BadDocument):
        reading().read("{ ...F0 } " + chain + " fragment F1400 on Query { a }")


def test_the_usual_introspection_is_within_the_limits() -> None:
    query = get_introspection_query(
        descriptions=True,
        specified_by_url=True,
        directive_is_repeatable=True,
        schema_description=True,
        input_value_deprecation=True,
        one_of=True,
    )
    reading().read(query)


def test_introspection_can_be_off() -> None:
    documents = Documents(SCHEMA, introspection=False)
    for text in ("{ __schema { queryType { name } } }", '{ __type(name: "Query") { name } }'):
        with pytest.raises(BadDocument, match="introspection"):
            documents.read(text)
    documents.read("{ __typename a }")
    assert "Did you mean" not in refused(documents, "{ aa }")[1]


# Random graphs of fragments without circles: each spreads only later ones, under so many fields.
GRAPHS = st.integers(1, 6).flatmap(
    lambda count: st.tuples(
        *[
            st.lists(st.tuples(st.integers(n + 1, count), st.integers(0, 3), st.booleans()), max_size=3)
            for n in range(count)
        ]
    )
)


def written(graph: tuple[list[tuple[int, int, bool]], ...]) -> list[str]:
    bodies = []
    for spreads in graph:
        parts = ["a"]
        for target, above, aliased in spreads:
            field = "x: b" if aliased else "b"
            parts.append(f"{field} {{ " * above + f"...F{target}" + " }" * above)
        bodies.append(" ".join(parts))
    return [*bodies, "a"]


def expanded(graph: tuple[list[tuple[int, int, bool]], ...], place: int) -> Size:
    """The oracle: walk every path."""
    if place == len(graph):
        return Size(1, 0, 1)
    depth, aliases, selections = 1, 0, 1
    for target, above, aliased in graph[place]:
        below = expanded(graph, target)
        depth = max(depth, above + below.depth)
        aliases += below.aliases + (above if aliased else 0)
        selections += below.selections + above + 1
    return Size(depth, aliases, selections)


@settings(deadline=None, max_examples=200)
@given(GRAPHS)
def test_a_document_is_measured_as_if_every_path_were_walked(graph: tuple[list[tuple[int, int, bool]], ...]) -> None:
    bodies = written(graph)
    text = f"{{ {bodies[0]} }} " + " ".join(f"fragment F{n} on Query {{ {body} }}" for n, body in enumerate(bodies))
    each = [expanded(graph, place) for place in range(len(bodies))]  # unused fragments count too
    size = Size(max(s.depth for s in each), max(s.aliases for s in each), max(s.selections for s in each))

    def too_large(depth: int, aliases: int, selections: int) -> bool:
        try:
            reading(depth=depth, aliases=aliases, selections=selections).read(text)
        except BadDocument as bad:
            codes = {(error.extensions or {})["code"] for error in bad.errors}
            return codes == {"DOCUMENT_TOO_LARGE"}
        return False

    assert not too_large(size.depth, size.aliases, size.selections)
    assert too_large(size.depth - 1, size.aliases, size.selections)
    assert too_large(size.depth, size.aliases - 1, size.selections)
    assert too_large(size.depth, size.aliases, size.selections - 1)


def test_the_operation_is_chosen_by_its_name() -> None:
    document = reading().read("query A { a } mutation B { m } subscription C { changed(id: 1) { a } }")
    assert [document.operation(name).kind for name in "ABC"] == ["query", "mutation", "subscription"]
    for name, message in (
        (None, "Must provide operation name if query contains multiple operations."),
        ("D", 'Unknown operation named "D".'),
        ("", 'Unknown operation named "".'),
    ):
        with pytest.raises(BadDocument, match=message) as caught:
            document.operation(name)
        assert (caught.value.errors[0].extensions or {})["code"] == "OPERATION_RESOLUTION_FAILURE"


def test_the_root_field_of_a_subscription_is_told_with_its_arguments() -> None:
    documents = reading()
    text = "subscription S($id: ID!, $since: Revision) { ...F } fragment F on Subscription { ... on Subscription { "
    operation = documents.read(text + "x: changed(id: $id, after: $since) { a } } }").operation("S")
    found = root_field(operation, {"id": 7, "since": "12", "unknown": 1})
    assert found == ("changed", {"id": "7", "after": "12", "size": 5})
    assert variable_of(operation, "after") == "since"
    assert variable_of(operation, "size") is None
    assert root_field(operation, {"id": "x"}) == ("changed", {"id": "x", "size": 5})


@pytest.mark.parametrize("variables", [None, {}, {"id": None}, {"id": []}, {"id": {"a": 1}}])
def test_variables_that_do_not_fit_are_refused(variables: dict[str, object] | None) -> None:
    operation = reading().read("subscription ($id: ID!) { changed(id: $id) { a } }").operation()
    with pytest.raises(BadDocument) as caught:
        root_field(operation, variables)
    assert (caught.value.errors[0].extensions or {})["code"] == "BAD_USER_INPUT"


@pytest.mark.parametrize(
    ("declared", "asked"),
    [
        ("$a: ID!", "id: $a"),
        ("$a: ID", "id: $a"),
        ("$a: Int! = 5", "int: $a"),
        ("$a: Int = 5, $b: ID", "int: $a, id: $b"),
        ("$a: Boolean!, $b: [ID!]", "flag: $a, ids: $b"),
    ],
)
def test_variables_are_coerced_as_graphql_core_does(declared: str, asked: str) -> None:
    operation = reading().read(f"query ({declared}) {{ d({asked}) }}").operation()
    definitions = operation.node.variable_definitions or ()
    values = [None, "x", "", "7", 7, 1.5, True, 2**40, [], ["x"], [None], {}, {"a": 1}]
    for each in [{}, {"c": 1}, *({"a": a} for a in values), *({"a": a, "b": b} for a in values for b in values)]:
        wanted = get_variable_values(SCHEMA, definitions, each)
        try:
            found = operation.question(each).variables
        except BadDocument as bad:
            assert isinstance(wanted, list)
            assert [error.message for error in bad.errors] == [error.message for error in wanted]
        else:
            assert not isinstance(wanted, list)
            assert found.coerced == wanted.coerced and found.sources.keys() == wanted.sources.keys()

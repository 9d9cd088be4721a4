"""Running one operation: a document and its variables in, the bytes of an answer out."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Literal, Protocol

import orjson
from graphql import ExecutionResult, Executor, GraphQLError, GraphQLSchema, execute_root_selection_set

from app.documents import Texts
from app.errors import BAD_INPUT, Shown, field_error, internal, request_error
from resolvers.access import Viewer
from resolvers.reads.documents import BadDocument, Document, Documents, Operation, root_field
from resolvers.reads.limits import Limits
from resolvers.reads.select import Question
from resolvers.reads.variables import MAX_ERRORS

Variables = Mapping[str, Any] | None
Path = Literal["plan", "executor"]


class Context(Protocol):
    """What resolvers get: it is made for one operation, and closed after it."""

    async def read(self, question: Question) -> dict[str, Any] | None:
        """The data of a query that plans answer wholly; null for any other. Raises GraphQLError."""
        ...

    async def close(self) -> None:
        """Give back what reading took."""
        ...


class Engine:
    """A schema that operations are run on. `context` makes what resolvers get from who asks.

    `answered` counts what answered: `plan`, or `executor` where graphql-core had to.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        context: Callable[[Viewer], Context],
        limits: Limits | None = None,
        *,
        introspection: bool = True,
        only_published: bool = False,
    ) -> None:
        self.schema = schema
        self.context = context
        self.answered: Counter[str] = Counter()
        self._texts = Texts(only_published=only_published)
        self._documents = Documents(schema, limits, introspection=introspection)
        self._hide = not introspection

    def read(self, text: str) -> Document:
        """The document of a source text; raises BadDocument where it may not be run."""
        return self._documents.read(text)

    def choose(self, text: str, name: str | None = None) -> Operation:
        """The operation to run of a source text; raises BadDocument where there is none."""
        return self._documents.read(text).operation(name)

    async def find(self, text: str | None, name: str | None, extensions: Mapping[str, Any]) -> Operation:
        """The operation that a request asks for, by its text or its hash; raises BadDocument where there is none."""
        return self.choose(await self._texts.find(text, extensions), name)

    def root_field(self, operation: Operation, variables: Variables) -> tuple[str, dict[str, Any]]:
        """The root field and arguments of a subscription; raises BadDocument where variables do not fit."""
        return root_field(operation, variables)

    async def run(self, operation: Operation, variables: Variables, viewer: Viewer) -> bytes:
        """Run an operation as a viewer; the JSON of its result. Raises BadDocument where the variables do not fit."""
        return (await self.answer(operation, variables, viewer))[0]

    async def answer(self, operation: Operation, variables: Variables, viewer: Viewer) -> tuple[bytes, Path]:
        """As `run`, and what it was that answered."""
        context = self.context(viewer)
        try:
            data = await self._read(context, operation, variables) if operation.kind == "query" else None
            path: Path = "executor" if data is None else "plan"
            self.answered[path] += 1
            if data is not None:
                return orjson.dumps({"data": data}, option=orjson.OPT_UTC_Z), path
            return await self.run_in(context, operation, variables), path
        finally:
            await context.close()

    async def _read(self, context: Context, operation: Operation, variables: Variables) -> dict[str, Any] | None:
        """The data of a query that plans answer wholly; null where graphql-core must answer.

        A read has no effect, so whatever goes wrong here is asked again there: texts and paths of
        errors are always graphql-core's.
        """
        question = operation.question(variables)
        try:
            return await context.read(question)
        except GraphQLError:
            return None

    async def run_in(self, context: Context, operation: Operation, variables: Variables, root: Any = None) -> bytes:
        """Run an operation in a context that is open. A subscription is run for the event given as `root`."""
        executor = Executor.build(
            self.schema,
            operation.document.tree,
            root_value=root,
            context_value=context,
            raw_variable_values=dict(variables or {}),
            operation_name=operation.name,
            max_coercion_errors=MAX_ERRORS,
            hide_suggestions=self._hide,
        )
        if isinstance(executor, list):
            raise BadDocument(executor, BAD_INPUT)
        result = execute_root_selection_set(executor)
        if not isinstance(result, ExecutionResult):
            result = await result
        return encode(result)


def encode(result: ExecutionResult) -> bytes:
    """The JSON of a result, its errors masked where they are faults of ours."""
    shown: Shown = {"data": result.data}
    if result.errors:
        shown = {"errors": [field_error(error) for error in result.errors], **shown}
    try:
        return orjson.dumps(shown, option=orjson.OPT_UTC_Z)
    except (TypeError, ValueError) as error:  # a value that JSON cannot say, such as an integer of 65 bits
        return orjson.dumps({"errors": [internal(error)], "data": None})


def errors_of(bad: BadDocument) -> list[Shown]:
    """What clients are shown of a request that could not be run."""
    return [request_error(error) for error in bad.errors]

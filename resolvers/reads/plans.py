"""Plans that were compiled are kept, by what they depend on, for the next request that asks the same.

A plan depends on the operation, on the variables of its @skip and @include, on the database, and on
whether an admin asks. It depends on no argument, no key of a viewer and no locale: these are bound
in each call.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from graphql import GraphQLSchema, OperationDefinitionNode

from resolvers.reads.compile import For
from resolvers.reads.select import Question, switches

OPERATIONS = 1_000
VARIANTS = 64
PLANS = "lejek-plans"

PlanT = TypeVar("PlanT")


@dataclass
class _Known:
    """An operation, held so that nothing else can take its identity, and its plans."""

    operation: OperationDefinitionNode
    switches: tuple[str, ...]
    plans: OrderedDict[Hashable, Any] = field(default_factory=OrderedDict)


class Plans:
    """The plans of one schema; of so many operations, and of each so many, the latest used."""

    def __init__(self, operations: int = OPERATIONS, variants: int = VARIANTS) -> None:
        self._operations = operations
        self._variants = variants
        self._known: OrderedDict[int, _Known] = OrderedDict()
        self.compiled = 0
        self.found = 0

    def find(self, question: Question, kind: For, place: Hashable, compile: Callable[[], PlanT]) -> PlanT:
        """The plan for one place of an operation, compiled if there is none yet."""
        known = self._of(question)
        values = question.variables.coerced
        key = (kind, place, *[values.get(name) for name in known.switches])
        if key in known.plans:
            self.found += 1
        else:
            known.plans[key] = compile()
            self.compiled += 1
            if len(known.plans) > self._variants:
                known.plans.popitem(last=False)
        return cast(PlanT, known.plans[key])

    def __len__(self) -> int:
        return len(self._known)

    def _of(self, question: Question) -> _Known:
        operation = question.operation
        known = self._known.get(id(operation))
        if known is None:
            known = self._known[id(operation)] = _Known(operation, switches(question))
            if len(self._known) > self._operations:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(id(operation))
        return known


def plans_of(schema: GraphQLSchema) -> Plans:
    """The plans that are kept with a schema."""
    plans: Plans = schema.extensions.setdefault(PLANS, Plans())
    return plans

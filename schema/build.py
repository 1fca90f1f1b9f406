"""The schema as a whole: built once, printed, and executed with our limits, our errors and our snapshots.

A document is parsed, measured and validated once for each of its texts. Variables are checked
before anything runs, and no failure leaves here without a code.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from contextlib import aclosing
from functools import cache
from typing import Any, Final, NamedTuple

import strawberry
from graphql import (
    ASTValidationRule,
    DocumentNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSyntaxError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    StringValueNode,
    ValuesOfCorrectTypeRule,
    VariableValues,
    get_named_type,
    introspection_from_schema,
    parse,
    specified_rules,
    validate,
)
from graphql import (
    OperationType as GraphQLOperation,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.schema.name_converter import NameConverter
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from strawberry.types.execution import ExecutionContext, ExecutionResult, PreExecutionError
from strawberry.types.graphql import OperationType
from strawberry.utils.str_converters import to_camel_case

from schema.budget import Spent
from schema.context import Context
from schema.errors import CODES, Fault, Report, coded, masked, syntax_error
from schema.examples import illustrate
from schema.fields import Guarded
from schema.limits import LIMITS, STRANGERS, allowed, check_size, cost, limit_error, price
from schema.mutation import Mutation
from schema.query import Query
from schema.remembered import EACH, Remembered, size_of
from schema.subscription import Subscription
from schema.types.scalars import SCALARS
from schema.values import Refused
from schema.variables import BadVariables, TooMuch, check_amount, coerced, is_storable

KEPT: Final = 500
"""How many documents are kept parsed and validated."""

KEPT_BYTES: Final = 64_000_000
PARSED: Final = 300
"""How many bytes a document takes for each letter of its text, at most, when it is parsed."""


class Prepared(NamedTuple):
    """A document that was read: what is wrong with it, or nothing."""

    document: DocumentNode | None
    errors: tuple[GraphQLError, ...]

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        """The operation that is meant; None where the document has none of that name, or several of none."""
        definitions = self.document.definitions if self.document else ()
        found = [one for one in definitions if isinstance(one, OperationDefinitionNode)]
        if name is None:
            return found[0] if len(found) == 1 else None
        return next((one for one in found if one.name and one.name.value == name), None)


class Admitted(NamedTuple):
    """Why an operation does not run, or the operation, its variables as resolvers will see them, and its cost."""

    errors: tuple[GraphQLError, ...]
    operation: OperationDefinitionNode | None = None
    variables: VariableValues | None = None
    cost: int = 0
    price: int = 0


class QuietValuesRule(ValuesOfCorrectTypeRule):
    """Values of correct type, without saying which value was not."""

    def report_error(self, error: GraphQLError) -> None:
        expected = self.context.get_input_type() or self.context.get_parent_input_type()
        said = f"This value is not a valid {get_named_type(expected)}." if expected else error.message
        super().report_error(coded(error, "GRAPHQL_VALIDATION_FAILED", said))


class StorableTextRule(ASTValidationRule):
    """No NUL in a text, which not every database takes."""

    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        if not is_storable(node.value):
            said = "This text cannot be stored."
            self.report_error(
                GraphQLError(said, nodes=node, extensions={"code": "GRAPHQL_VALIDATION_FAILED"})
            )


RULES: Final = (
    *(QuietValuesRule if rule is ValuesOfCorrectTypeRule else rule for rule in specified_rules),
    StorableTextRule,
    MaybeNullValidationRule,
    OneOfInputValidationRule,
)


class UsePrepared(SchemaExtension):
    """Take the document as it was prepared, and do not validate it again."""

    def on_parse(self) -> Iterator[None]:
        context = self.execution_context
        if isinstance(context.schema, DoorSchema) and context.query is not None:
            context.graphql_document = context.schema.prepare(context.query).document
        yield

    def on_validate(self) -> Iterator[None]:
        self.execution_context.pre_execution_errors = []
        yield


class Names(NameConverter):
    """The library's names, each worked out once: it asks for those of all of a filter's fields at every call."""

    def apply_naming_config(self, name: str) -> str:
        return _in_camel_case(name)


@cache
def _in_camel_case(name: str) -> str:
    return to_camel_case(name)


class DoorSchema(strawberry.Schema):
    """The schema, and how an operation on it is run."""

    def __init__(self, *, introspection: bool = True, suggestions: bool = True, seconds: float = 30) -> None:
        super().__init__(
            query=Query,
            mutation=Mutation,
            subscription=Subscription,
            extensions=[UsePrepared],
            config=StrawberryConfig(scalar_map=SCALARS, name_converter=Names()),
        )
        illustrate(self._schema)
        self.rules = RULES if introspection else (*RULES, NoSchemaIntrospectionCustomRule)
        self.suggestions = suggestions
        self.seconds = seconds
        self._prepared: Remembered[Prepared] = Remembered(KEPT, KEPT_BYTES)

    def prepare(self, source: str) -> Prepared:
        """A document as it was read: parsed, measured and validated once."""
        found = self._prepared.get(source)
        if found is None:
            found = self._prepare(source)
            parsed = 0 if found.document is None else PARSED * len(source)
            self._prepared.put(source, found, EACH + size_of(source) + parsed)
        return found

    def _prepare(self, source: str) -> Prepared:
        if len(source) > LIMITS.source:
            return Prepared(None, (limit_error("source", LIMITS.source),))
        try:
            document = parse(source, max_tokens=LIMITS.tokens)
        except GraphQLSyntaxError as error:
            too_many = "tokens" in error.message
            return Prepared(
                None, (limit_error("tokens", LIMITS.tokens) if too_many else syntax_error(error),)
            )
        errors = check_size(document) or [
            error if error.extensions else coded(error, "GRAPHQL_VALIDATION_FAILED")
            for error in validate(
                self._schema, document, self.rules, max_errors=20, hide_suggestions=not self.suggestions
            )
        ]
        return Prepared(document, tuple(errors))

    def admit(
        self, query: str, name: str | None, variables: dict[str, Any] | None, refusal: str | None = None
    ) -> Admitted:
        """Whether an operation may run at all, and with which variables.

        refusal: why whoever asks has no token that is good. They may give little, and hear this of more.
        """
        prepared = self.prepare(query)
        if prepared.errors or prepared.document is None:
            return Admitted(prepared.errors)
        operation = prepared.operation(name)
        if operation is None:
            code = "OPERATION_RESOLUTION_FAILURE"
            return Admitted((GraphQLError(CODES[code], extensions={"code": code}),))
        try:
            most = allowed(operation) if refusal is None else STRANGERS
            check_amount(self._schema, operation, variables or {}, most)
            values = coerced(self._schema, operation, variables or {})
        except TooMuch as much:
            return Admitted((much.error if refusal is None else refused(refusal),))
        except BadVariables as bad:
            return Admitted(tuple(bad.errors))
        costs = cost(self._schema, prepared.document, operation, values.coerced)
        if costs > LIMITS.cost:
            return Admitted((limit_error("cost", LIMITS.cost, operation),))
        return Admitted((), operation, values, costs, price(operation, costs))

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        """Run one query or mutation."""
        request: Context = context_value  # type: ignore[assignment]
        source = query or ""
        admitted = self.admit(source, operation_name, variable_values, request.stranger)
        if admitted.errors:
            return PreExecutionError(data=None, errors=list(admitted.errors))
        try:
            # Who was charged already for what then turned out to be for this way is not charged again.
            bill = request.bill or request.spend(request.author, admitted.cost, admitted.price)
            request.bill = bill
        except Spent as spent:
            request.bill = spent.bill
            return unpaid(spent)
        try:
            async with asyncio.timeout(self._seconds(source, operation_name)), request.operation() as context:
                result = await super().execute(
                    source,
                    variable_values,
                    context,
                    root_value,
                    operation_name,
                    allowed_operation_types,
                    operation_extensions,
                )
        except (CannotGetOperationTypeError, InvalidOperationTypeError):
            raise
        except Exception as error:
            result = failed(error, request.report)
        _mask(result, request.report)
        result.extensions = {**(result.extensions or {}), "cost": bill.told()}
        return result

    async def stream(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any | None = None,
        root_value: Any | None = None,
        operation_name: str | None = None,
        operation_extensions: dict[str, Any] | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
    ) -> AsyncGenerator[Any, None]:
        """Run any operation: one result of a query or mutation, one and another of a subscription."""
        begun = await self.begin(query, variable_values, context_value, operation_name)
        return _only(begun) if isinstance(begun, PreExecutionError) else begun

    async def begin(
        self, query: str | None, variables: dict[str, Any] | None, request: Any, name: str | None
    ) -> AsyncGenerator[Any, None] | PreExecutionError:
        """The results of any operation as they come; or why a subscription does not begin."""
        source = query or ""
        operation = self.prepare(source).operation(name)
        if operation is None or operation.operation is not GraphQLOperation.SUBSCRIPTION:
            return self._once(source, variables, request, name)
        admitted = self.admit(source, name, variables, request.stranger)
        if admitted.errors:
            return PreExecutionError(data=None, errors=list(admitted.errors))
        try:
            request.bill = request.spend(request.author, admitted.cost, admitted.price)
        except Spent as spent:
            request.bill = spent.bill
            return unpaid(spent)
        return self._subscribed(source, variables, request, name, admitted.price)

    async def _once(
        self, query: str, variables: dict[str, Any] | None, request: Any, name: str | None
    ) -> AsyncGenerator[Any, None]:
        yield await self.execute(query, variables, request, None, name)

    async def _subscribed(
        self, query: str, variables: dict[str, Any] | None, request: Any, name: str | None, price: int
    ) -> AsyncGenerator[Any, None]:
        async with request.operation() as context:
            source = await super().stream(query, variables, context, None, name)
            async with aclosing(source):
                async for result in source:
                    # Whoever waits for the next event reads from nothing meanwhile.
                    await context.look_again()
                    _mask(result, request.report)
                    request.draw(request.author, price)
                    yield _at_rev(result, context.said)

    def _seconds(self, query: str, name: str | None) -> float | None:
        """How long a query may run. A mutation runs to its end: whoever gave up would not know what it did."""
        operation = self.prepare(query).operation(name)
        reads = operation is not None and operation.operation is GraphQLOperation.QUERY
        return self.seconds if reads else None

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Strawberry would log every error with the values in it; ours are reported when they are masked."""


def _mask(result: Any, report: Report) -> None:
    if result.errors:
        result.errors = [masked(error, report) for error in result.errors]


def failed(error: Exception, report: Report) -> ExecutionResult:
    """What is answered where an operation as a whole came to nothing."""
    told = Fault("TIME_LIMIT") if isinstance(error, TimeoutError) else error
    failure = GraphQLError("", original_error=told)
    return ExecutionResult(data=None, errors=[masked(failure, report)])


def refused(code: str) -> GraphQLError:
    """A refusal by its code, of an operation as a whole."""
    return masked(GraphQLError("", original_error=Refused(code)), lambda _: "")


def unpaid(spent: Spent) -> PreExecutionError:
    """What is answered where a key's budget is spent: nothing was read."""
    error = masked(GraphQLError("", original_error=spent), lambda _: "")
    return PreExecutionError(data=None, errors=[error], extensions={"cost": spent.bill.told()})


def _at_rev(result: Any, rev: int | None) -> Any:
    """An event with the rev from which whoever heard it goes on."""
    if rev is not None and not result.errors:
        result.extensions = {**(result.extensions or {}), "rev": rev}
    return result


async def _only(result: PreExecutionError) -> AsyncGenerator[Any, None]:
    yield result


def unguarded(schema: strawberry.Schema) -> list[str]:
    """The output fields that do not say who may read them: there are to be none."""
    return [
        f"{type_.name}.{name}"
        for type_ in schema._schema.type_map.values()
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and not type_.name.startswith("__")
        for name, declared in type_.fields.items()
        if not isinstance(declared.extensions.get("strawberry-definition"), Guarded)
    ]


def introspected() -> dict[str, Any]:
    """The schema as an introspection query answers it: `{"__schema": …}`, descriptions and `oneOf` included."""
    return dict(introspection_from_schema(DoorSchema()._schema))


def sdl() -> str:
    """The schema in the schema language, as `schema/schema.graphql` holds it."""
    return f"{DoorSchema()}\n"

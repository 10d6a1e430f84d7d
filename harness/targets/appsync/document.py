"""A GraphQL document: parsed, validated, its operation chosen. AppSync's words for what's wrong."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partialmethod
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLSchema,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from graphql.validation import ASTValidationRule

from harness.model import Json
from harness.targets.appsync.errors import Refused, malformed

_REMEMBERED = 256
_MOST_ERRORS = 20
_NAMES = {
    "FieldsOnCorrectTypeRule": "FieldUndefined",
    "KnownArgumentNamesRule": "UnknownArgument",
    "ProvidedRequiredArgumentsRule": "MissingFieldArgument",
    "ScalarLeafsRule": "SubSelectionRequired",
    "ValuesOfCorrectTypeRule": "WrongType",
    "KnownTypeNamesRule": "UnknownType",
    "KnownFragmentNamesRule": "UndefinedFragment",
    "NoUnusedFragmentsRule": "UnusedFragment",
    "NoUndefinedVariablesRule": "UndefinedVariable",
    "NoUnusedVariablesRule": "UnusedVariable",
    "VariablesAreInputTypesRule": "NonInputTypeOnVariable",
    "VariablesInAllowedPositionRule": "VariableTypeMismatch",
    "NoFragmentCyclesRule": "FragmentCycle",
    "PossibleFragmentSpreadsRule": "InvalidFragmentType",
    "FragmentsOnCompositeTypesRule": "InlineFragmentTypeConditionInvalid",
    "LoneAnonymousOperationRule": "LoneAnonymousOperationViolation",
    "UniqueOperationNamesRule": "DuplicateOperationName",
    "UniqueFragmentNamesRule": "DuplicateFragmentName",
    "UniqueArgumentNamesRule": "DuplicateArgumentNames",
    "UniqueVariableNamesRule": "DuplicateVariableName",
    "OverlappingFieldsCanBeMergedRule": "FieldsConflict",
    "KnownDirectivesRule": "UnknownDirective",
    "UniqueDirectivesPerLocationRule": "DuplicateDirectiveName",
    "SingleFieldSubscriptionsRule": "SubscriptionMultipleRootFields",
    "NoSchemaIntrospectionCustomRule": "FieldUndefined",
}
"""graphql-java's names (AppSync runs on it) for what each rule finds."""


@dataclass(frozen=True)
class Prepared:
    """A document that can be executed."""

    document: DocumentNode
    operation: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]

    @property
    def kind(self) -> str:
        """``query``, ``mutation`` or ``subscription``."""
        return self.operation.operation.value

    @property
    def fields(self) -> list[str]:
        """The names of its root fields, without those in fragments."""
        selections = self.operation.selection_set.selections
        return [x.name.value for x in selections if isinstance(x, FieldNode)]


@dataclass
class Invalid(Exception):
    """The document doesn't fit the schema."""

    errors: list[dict[str, Json]]


class Documents:
    """Prepares documents for one schema; what is sent again and again is prepared once."""

    def __init__(self, schema: GraphQLSchema, *, introspection: bool, tokens: int) -> None:
        self._schema = schema
        rules = [*specified_rules, *(() if introspection else (NoSchemaIntrospectionCustomRule,))]
        self._rules = tuple(map(_named, rules))
        self._tokens = tokens
        self._known: OrderedDict[str, DocumentNode] = OrderedDict()

    def prepare(self, text: object, operation: str | None) -> Prepared:
        """The document and the operation that is meant.

        Raises:
            Refused: it doesn't parse, or has no such operation.
            Invalid: it doesn't fit the schema.
        """
        if not isinstance(text, str) or not text.strip():
            raise malformed("Unable to parse GraphQL query.")
        document = self._known.get(text)
        if document is None:
            document = self._read(text)
            self._known[text] = document
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return Prepared(document, _choose(document, operation), _fragments(document))

    def _read(self, text: str) -> DocumentNode:
        try:
            document = parse(text, max_tokens=self._tokens)
            errors = validate(
                self._schema, document, self._rules, max_errors=_MOST_ERRORS, hide_suggestions=True
            )
        except (GraphQLError, RecursionError):
            raise malformed("Unable to parse GraphQL query.") from None
        if errors:
            raise Invalid([_described(error) for error in errors])
        return document


def _choose(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    found = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    if name:
        found = [d for d in found if d.name and d.name.value == name]
        if not found:
            raise Refused(400, "BadRequestException", f"Unknown operation named '{name}'.")
    if len(found) != 1:
        message = "Must provide operation name if query contains multiple operations."
        raise Refused(400, "BadRequestException", message)
    return found[0]


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    found = [d for d in document.definitions if isinstance(d, FragmentDefinitionNode)]
    return {fragment.name.value: fragment for fragment in found}


def _named(rule: type[ASTValidationRule]) -> type[ASTValidationRule]:
    """The same rule, whose errors say which rule they are of."""
    return type(
        rule.__name__, (rule,), {"report_error": partialmethod(_report, rule=rule.__name__)}
    )


def _report(self: Any, error: GraphQLError, *, rule: str) -> None:
    error.extensions = {**(error.extensions or {}), "rule": rule}
    self.context.report_error(error)


def _described(error: GraphQLError) -> dict[str, Json]:
    rule = str((error.extensions or {}).get("rule", "")).removesuffix("Rule")
    name = _NAMES.get(f"{rule}Rule", rule or "InvalidSyntax")
    return {
        "path": None,
        "locations": locations(error),
        "message": f"Validation error of type {name}: {error.message}",
    }


def locations(error: GraphQLError) -> list[dict[str, Json]]:
    """Where in the document, as AppSync writes it."""
    return [
        {"line": at.line, "column": at.column, "sourceName": None} for at in error.locations or ()
    ]

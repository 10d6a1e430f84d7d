"""Contracts: loaded, linted, and asked about. Nothing here talks to a stage."""

from harness.specs.asyncapi import AsyncApi, Message, read_asyncapi
from harness.specs.contracts import Contracts, load_contracts, read_openapi
from harness.specs.credentials import Credentials
from harness.specs.document import Document, load_document
from harness.specs.errors import ContractError, Problem
from harness.specs.examples import examples_of
from harness.specs.graphql import GraphQl, RootField
from harness.specs.graphql_lint import read_graphql
from harness.specs.graphql_rules import key_argument
from harness.specs.lifecycle import Lifecycle, read_lifecycle
from harness.specs.messages import Flaw, Judge, Judged, MessageContract
from harness.specs.openapi import Link, OpenApi, Operation, Parameter, Response
from harness.specs.settings import ContractSettings

__all__ = [
    "AsyncApi",
    "ContractError",
    "ContractSettings",
    "Contracts",
    "Credentials",
    "Document",
    "Flaw",
    "GraphQl",
    "Judge",
    "Judged",
    "Lifecycle",
    "Link",
    "Message",
    "MessageContract",
    "OpenApi",
    "Operation",
    "Parameter",
    "Problem",
    "Response",
    "RootField",
    "examples_of",
    "key_argument",
    "load_contracts",
    "load_document",
    "read_asyncapi",
    "read_graphql",
    "read_lifecycle",
    "read_openapi",
]

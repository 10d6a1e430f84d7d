"""The ``[contracts]`` table of harness.toml."""

from harness.model import Frozen


class ContractSettings(Frozen):
    """Where the promises are. Paths are relative to harness.toml's folder."""

    openapi: str = "contracts/openapi.yaml"
    graphql: str | None = None
    """The GraphQL schema, in AppSync's dialect."""
    asyncapi: str | None = None
    lifecycle: str | None = None
    base_url: str = "ApiUrl"
    """The stack output that is the base URL of the REST API."""
    graphql_url: str = "GraphQLUrl"
    """The stack output that says where queries and mutations are posted; asked for with a
    ``graphql`` contract."""
    strict: bool = False
    """Hold the contracts to the house rules too: problem details, bounded strings, 429s … and a
    GraphQL schema without dangerous shapes."""

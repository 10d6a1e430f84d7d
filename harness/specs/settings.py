"""The ``[contracts]`` table of harness.toml."""

from harness.model import Frozen


class ContractSettings(Frozen):
    """Where the promises are. Paths are relative to harness.toml's folder."""

    openapi: str | None = None
    """The REST API's contract, where there is such an API."""
    graphql: str | None = None
    """The GraphQL schema, in AppSync's dialect."""
    asyncapi: str | None = None
    lifecycle: str | None = None
    base_url: str = "ApiUrl"
    """The stack output that is the base URL of the REST API; asked for with an ``openapi``
    contract, or where it is named."""
    graphql_url: str = "GraphQLUrl"
    """The stack output that says where queries and mutations are posted; asked for with a
    ``graphql`` contract."""
    strict: bool = False
    """Hold the contracts to the house rules too: problem details, bounded strings, 429s … and a
    GraphQL schema without dangerous shapes."""

    @property
    def rest_output(self) -> str:
        """``base_url``, where it is asked for."""
        named = self.openapi or "base_url" in self.model_fields_set
        return self.base_url if named else ""

    @property
    def graphql_output(self) -> str:
        """``graphql_url``, where it is asked for."""
        return self.graphql_url if self.graphql else ""

"""The ``[contracts]`` table of harness.toml."""

from harness.model import Frozen


class ContractSettings(Frozen):
    """Where the promises are. Paths are relative to harness.toml's folder."""

    openapi: str = "contracts/openapi.yaml"
    asyncapi: str | None = None
    lifecycle: str | None = None
    base_url: str = "ApiUrl"
    """The stack output that is the base URL of the REST API."""
    strict: bool = False
    """Hold the contract to the house rules too: problem details, bounded strings, 429s …"""

"""The ``[contracts]`` table of harness.toml."""

from typing import Literal

from pydantic import Field

from harness.model import Frozen


class SignatureSettings(Frozen):
    """How requests of a security scheme are signed: an HMAC over the raw body, in hexadecimal."""

    algorithm: Literal["sha256", "sha512"] = "sha512"
    secret: str
    """The stack output that names the secret in Secrets Manager."""


class ContractSettings(Frozen):
    """Where the promises are. Paths are relative to harness.toml's folder."""

    openapi: str = "contracts/openapi.yaml"
    asyncapi: str | None = None
    lifecycle: str | None = None
    base_url: str = "ApiUrl"
    """The stack output that is the base URL of the REST API."""
    strict: bool = False
    """Hold the contract to the house rules too: problem details, bounded strings, 429s …"""
    signatures: dict[str, SignatureSettings] = Field(default_factory=dict)
    """Security scheme → how its requests are signed."""

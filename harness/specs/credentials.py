"""What an operation asks of who calls it: a token, an API key, the signature of its body."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from harness.model import Identity
from harness.specs.openapi import OpenApi, Operation

Proof = Literal["token", "key", "signature", "other"]

TOKENS = frozenset({"http", "oauth2", "openIdConnect"})
"""Types of the security schemes whose proof is a token."""


@dataclass(frozen=True)
class Credentials:
    """Reads a contract's security schemes.

    A header's ``apiKey`` scheme is a customer's key, unless it is one of the ``signed`` ones:
    OpenAPI has no other word for a signature of the body.
    """

    api: OpenApi
    signed: Collection[str] = ()

    def alternatives(self, operation: Operation) -> tuple[frozenset[Proof], ...]:
        """Each way to be let in, by what it takes; none where nothing is asked for."""
        if not operation.schemes:
            return ()
        return tuple(frozenset(map(self._proof, way)) for way in operation.security)

    def asked(self, operation: Operation) -> frozenset[Proof]:
        """Whatever may be of use."""
        return frozenset(proof for way in self.alternatives(operation) for proof in way)

    def beside(self, operation: Operation, proof: Proof, other: Proof) -> bool:
        """Whether the one proof is never asked for without the other, nor is the other enough."""
        ways = self.alternatives(operation)
        return frozenset({other}) not in ways and all(other in w for w in ways if proof in w)

    def headers(self, operation: Operation, proof: Proof) -> dict[str, str]:
        """Header name → security scheme, of those that are keys, or signatures."""
        schemes = {name: self.api.scheme(name) for name in operation.schemes}
        return {
            str(scheme.get("name")): name
            for name, scheme in schemes.items()
            if scheme.get("in") == "header" and self._proof(name) == proof
        }

    def keys(self, operation: Operation, identity: Identity | None) -> dict[str, str]:
        """The headers that carry this caller's API key, where the operation asks for one."""
        if identity is None or identity.api_key is None:
            return {}
        return dict.fromkeys(self.headers(operation, "key"), identity.api_key)

    def _proof(self, name: str) -> Proof:
        scheme = self.api.scheme(name)
        if scheme.get("type") in TOKENS:
            return "token"
        if scheme.get("type") == "apiKey" and scheme.get("in") == "header":
            return "signature" if name in self.signed else "key"
        return "other"

"""JSON Web Tokens, good ones and every kind of bad one, signed by a key that lives in memory."""

import base64
import hmac
import json
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_BITS = 2048


class SigningKey:
    """An RSA key pair, made fresh; its public half is published as a JWK (RFC 7517)."""

    def __init__(self, kid: str) -> None:
        self.kid = kid
        self._private = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)

    @property
    def jwk(self) -> dict[str, str]:
        """The public key."""
        numbers = self._private.public_key().public_numbers()
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": "RS256",
            "kid": self.kid,
            "n": _number(numbers.n),
            "e": _number(numbers.e),
        }

    def sign(self, claims: Mapping[str, Any], **header: str) -> str:
        """An RS256 token; ``header`` adds to or replaces what its header says."""
        text = _unsigned({"alg": "RS256", "typ": "JWT", "kid": self.kid, **header}, claims)
        signature = self._private.sign(text.encode(), padding.PKCS1v15(), SHA256())
        return f"{text}.{_encoded(signature)}"

    def sign_as_secret(self, claims: Mapping[str, Any]) -> str:
        """A token whose HMAC secret is the public key: what a careless verifier accepts."""
        secret = self._private.public_key().public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        )
        text = _unsigned({"alg": "HS256", "typ": "JWT", "kid": self.kid}, claims)
        return f"{text}.{_encoded(hmac.digest(secret, text.encode(), 'sha256'))}"


def without_signature(claims: Mapping[str, Any]) -> str:
    """A token of algorithm ``none``."""
    return _unsigned({"alg": "none", "typ": "JWT"}, claims) + "."


def _unsigned(header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    return f"{_encoded(json.dumps(header).encode())}.{_encoded(json.dumps(claims).encode())}"


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(value: int) -> str:
    return _encoded(value.to_bytes((value.bit_length() + 7) // 8, "big"))

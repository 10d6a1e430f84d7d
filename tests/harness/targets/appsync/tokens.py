"""An issuer of tokens for one test: discovery and keys over HTTP, JWTs at will."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.harness.targets.appsync.calls import ISSUER


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@dataclass
class Issuer:
    """Signs with keys of its own; ``fetched`` counts how often somebody asked for them."""

    url: str = ""
    keys: dict[str, rsa.RSAPrivateKey] = field(default_factory=lambda: {"one": new_key()})
    fetched: int = 0

    def token(
        self, subject: str = "ada", *, kid: str = "one", key: Any = None, **claims: Any
    ) -> str:
        now = int(time.time())
        content = {
            "iss": ISSUER, "sub": subject, "aud": "notes-app", "iat": now, "exp": now + 60, **claims
        }  # fmt: skip
        signing = key or self.keys[kid]
        return jwt.encode(content, signing, algorithm="RS256", headers={"kid": kid})

    def document(self, path: str) -> Any:
        if path == "/.well-known/openid-configuration":
            return {"issuer": ISSUER, "jwks_uri": f"{self.url}/keys"}
        self.fetched += 1
        return {"keys": [{**RSAAlgorithm.to_jwk(k.public_key(), as_dict=True), "kid": n}
                         for n, k in self.keys.items()]}  # fmt: skip


@contextmanager
def served(issuer: Issuer) -> Iterator[Issuer]:
    """The issuer's documents on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(issuer.document(self.path)).encode()
            self.send_response(200)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

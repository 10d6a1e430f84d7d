"""Whether functions on an emulator that we didn't start reach this machine's loopback.

Doubles and wire listen there and nowhere else. In a container with a network of its own it is
another loopback, and every call would fail in a way that tells nobody why; so one function is put
there, asked to call us, and taken away.
"""

import io
import secrets
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from harness.targets.aws import Aws
from harness.targets.endpoint import Endpoint
from harness.targets.errors import TargetError

_CODE = """
import urllib.request

def handler(event, context):
    with urllib.request.urlopen(event["url"], timeout=5) as answer:
        return answer.read(100).decode()
"""
_ROLE = "arn:aws:iam::000000000000:role/stageproof-reach"
_SECONDS = 20
"""The function's time-out."""


def try_loopback(endpoint: Endpoint) -> None:
    """Have a function there call this machine.

    Raises:
        TargetError: it couldn't, or no function could be tried there.
    """
    with _listening() as (url, word):
        _try(endpoint, url, word)


def _try(endpoint: Endpoint, url: str, word: str) -> None:
    client, name = Aws.of(endpoint).client("lambda"), f"stageproof-reach-{secrets.token_hex(4)}"
    try:
        answer = _called(client, name, endpoint.python.version, url)
    except (ClientError, BotoCoreError, WaiterError) as error:
        raise TargetError(
            f"no function could be tried at {endpoint.url}: {error}",
            "See what its log says of Lambda; stages here are made of functions.",
        ) from error
    if word not in answer:
        raise TargetError(
            f"functions of the emulator at {endpoint.url} can't reach this machine's loopback, "
            f"where doubles and wire listen: asked to call {url}, one answered {answer[:300]}",
            "Run it with this machine's network and its functions as processes, as "
            "localstack/docker-compose.yml does; or leave --endpoint out, and the harness starts "
            "a LocalStack of its own.",
        )


def _called(client: Any, name: str, python: str, url: str) -> str:
    """What the function answered, error or not."""
    client.create_function(
        FunctionName=name,
        Runtime=f"python{python}",
        Role=_ROLE,
        Handler="index.handler",
        Code={"ZipFile": _zipped()},
        Timeout=_SECONDS,
    )
    try:
        client.get_waiter("function_active_v2").wait(FunctionName=name)
        answer = client.invoke(FunctionName=name, Payload=f'{{"url": "{url}"}}'.encode())
        return str(answer["Payload"].read().decode("utf-8", "replace"))
    finally:
        with suppress(ClientError, BotoCoreError):  # what went wrong before is what counts
            client.delete_function(FunctionName=name)


def _zipped() -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        entry = zipfile.ZipInfo("index.py")
        entry.external_attr = 0o644 << 16  # others than its owner must read it there
        archive.writestr(entry, _CODE)
    return written.getvalue()


@contextmanager
def _listening() -> Iterator[tuple[str, str]]:
    """An address on this machine's loopback, and the word that is answered there alone."""
    word = secrets.token_hex(8)

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(word.encode())

        def log_message(self, *_: object) -> None:
            """The terminal is the user's."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    serving = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    serving.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", word
    finally:
        server.shutdown()
        serving.join()
        server.server_close()

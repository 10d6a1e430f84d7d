"""What depends on whose target it is."""

import json
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from harness.model import Capability
from harness.probe.asking import Answer, asks
from harness.probe.bench import Bench

_CUSTOMISE = "import os; os.environ['CUSTOMISED_BY_PROBE'] = 'yes'"


@asks(Capability.CONTROL, "no: the stage is somebody's")
def control(bench: Bench) -> Answer:
    """An emulator on loopback may be shaken; anything else is somebody's."""
    where = bench.stage.endpoint or "AWS"
    ours = where.startswith("http://127.0.0.1:")
    return ours, f"the target answers at {'loopback' if ours else where}, for this run alone"


@asks(Capability.WIRE, "no: functions run at AWS")
def wire(bench: Bench) -> Answer:
    """A function whose AWS is a server of ours, with a module of ours on its path."""
    with _listening() as (url, heard), tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sitecustomize.py").write_text(_CUSTOMISE, encoding="utf-8")
        variables = {"AWS_ENDPOINT_URL": url, "PYTHONPATH": folder, "TABLE": "any", "SEEN": "any"}
        named = bench.stage.functions["Wired"]
        client = bench.client("lambda")
        client.update_function_configuration(
            FunctionName=named, Environment={"Variables": variables}
        )
        client.get_waiter("function_updated_v2").wait(FunctionName=named)
        _, body = bench.invoke("Wired", {"write": "x"})
        told = json.loads(body["body"]) if "body" in body else {}
    fine = bool(heard) and told.get("customised") == "yes"
    return fine, (
        "a function whose environment names another AWS_ENDPOINT_URL and a PYTHONPATH with a "
        f"sitecustomize: its calls {'went there' if heard else 'went elsewhere'}, the module was "
        f"{'imported' if told.get('customised') else 'not imported'}"
    )


@contextmanager
def _listening() -> Iterator[tuple[str, list[str]]]:
    """A server that takes anything for a DynamoDB call, and what it was asked."""
    heard: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Answer that it is done."""
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            heard.append(self.headers.get("X-Amz-Target", ""))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", heard
        server.shutdown()

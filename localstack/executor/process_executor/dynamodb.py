"""DynamoDB Local from a folder of jars, as Maven lays them, instead of LocalStack's download."""

import logging
import os
import sys
from pathlib import Path

LIBRARIES = "DYNAMODB_LOCAL_LIB"
"""Environment of LocalStack: the folder with DynamoDB Local's jars and native libraries. Without it
nothing is changed."""
JAVA = "DYNAMODB_LOCAL_JAVA"
"""Environment of LocalStack: the java that runs it; the one on the path by default."""
_TIED = Path(__file__).with_name("tied.py")
_MAIN = "com.amazonaws.services.dynamodbv2.local.main.ServerRunner"

LOG = logging.getLogger(__name__)


def command(libraries: Path, *, java: str, port: int, heap: str) -> list[str]:
    """What starts it, with its tables in memory; it dies with LocalStack."""
    return [
        sys.executable,
        "-S",
        str(_TIED),
        java,
        f"-Xmx{heap}",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        f"-Djava.library.path={libraries}",
        "-cp",
        f"{libraries}/*",
        _MAIN,
        "-port",
        str(port),
        "-inMemory",
    ]


def patch() -> None:
    """Let LocalStack start it from the folder that the environment names."""
    named = os.environ.get(LIBRARIES)
    if not named:
        return
    from localstack.services.dynamodb.server import DynamodbServer  # noqa: PLC0415 (slow)
    from localstack.utils.common import TMP_THREADS, ShellCommandThread  # noqa: PLC0415

    def do_start_thread(server: DynamodbServer) -> ShellCommandThread:
        started = ShellCommandThread(
            command(
                Path(named),
                java=os.environ.get(JAVA) or "java",
                port=server.port,
                heap=server.heap_size,
            ),
            strip_color=True,
            log_listener=lambda line, **_: LOG.info("%s", line.rstrip()),
            auto_restart=True,
            name="dynamodb-local",
            env_vars={"DDB_LOCAL_TELEMETRY": "0"},
        )
        TMP_THREADS.append(started)
        started.start()
        return started

    DynamodbServer.do_start_thread = do_start_thread

"""The questions, by subject. Importing this asks nothing; it declares them all."""

from harness.probe.asks import (
    appsync,
    buses,
    functions,
    gateway,
    ours,
    queues,
    services,
    streams,
    tables,
)

__all__ = [
    "appsync",
    "buses",
    "functions",
    "gateway",
    "ours",
    "queues",
    "services",
    "streams",
    "tables",
]

"""GET /v1/health, and every five minutes by itself: how each dependency is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from larder.bootstrap import Parts, lambda_handler
from larder.functions.edge import Call, Handler
from larder.functions.http import Response
from larder.services.check_health import Dependency, Health, check_health

BREAKERS = ("paystack", "bedrock")


def build(parts: Parts) -> Handler:
    """The function, with its parts."""
    checks = parts.probes.checks()
    breakers = {name: parts.breaker(name) for name in BREAKERS}

    def look() -> dict[str, Any]:
        health = check_health(checks, breakers)
        ill = [one.name for one in health.dependencies if not one.ok]
        parts.logger.info("looked at the dependencies", ill=ill)
        return _view(health)

    def act(_call: Call) -> Response:
        return Response(200, look())

    answer = parts.open_edge.for_anyone("getHealth", act)

    def serve(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
        return answer(event, context) if "httpMethod" in event else look()

    return serve


def _view(health: Health) -> dict[str, Any]:
    return {
        "status": _word(health.ok),
        "dependencies": [_view_one(one) for one in health.dependencies],
    }


def _view_one(dependency: Dependency) -> dict[str, Any]:
    view = {"name": dependency.name, "status": _word(dependency.ok)}
    return view if dependency.breaker is None else {**view, "breaker": dependency.breaker.value}


def _word(ok: bool) -> str:
    return "ok" if ok else "degraded"


handler = lambda_handler(build)

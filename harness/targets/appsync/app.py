"""The front's one ASGI application."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from harness.targets.appsync.addresses import GRAPHQL, REALTIME
from harness.targets.appsync.http import GraphQLDoor
from harness.targets.appsync.realtime import RealtimeDoor


def application(http: GraphQLDoor, realtime: RealtimeDoor) -> Starlette:
    """GraphQL and realtime on one port.

    AWS has a host for each; a client makes the realtime host of the other by a replacement that
    changes nothing here, so both answer at both paths.
    """

    async def graphql(request: Request) -> Response:
        return await http(request)

    async def socket(websocket: WebSocket) -> None:
        await realtime(websocket)

    return Starlette(
        routes=[
            Route(GRAPHQL, graphql, methods=["POST", "OPTIONS"]),
            *(WebSocketRoute(path, socket) for path in (GRAPHQL, REALTIME)),
        ]
    )

"""Subscriptions over AppSync's realtime protocol.

https://docs.aws.amazon.com/appsync/latest/devguide/real-time-websocket-client.html
"""

from harness.targets.appsync.realtime.hub import Hub
from harness.targets.appsync.realtime.socket import RealtimeDoor

__all__ = ["Hub", "RealtimeDoor"]

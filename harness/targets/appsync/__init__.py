"""AWS AppSync for local targets: GraphQL and subscriptions, read from the deployed template.

What AppSync documents is done as it documents it; what isn't (VTL, APPSYNC_JS, Cognito, other data
sources than Lambda's and NONE) is refused by name when the front is made.
"""

from harness.targets.appsync.errors import AppSyncError
from harness.targets.appsync.front import AppSyncFront
from harness.targets.appsync.invoke import Invocation, Invoke, LambdaInvoke
from harness.targets.appsync.recording import Record

__all__ = ["AppSyncError", "AppSyncFront", "Invocation", "Invoke", "LambdaInvoke", "Record"]

"""Where a stage can run, and what that place was measured to do.

A target is started and stopped; between the two its endpoint answers as AWS would. Nothing here
knows of stacks or applications.
"""

from harness.targets.aws import Aws
from harness.targets.cache import default_home, made_once
from harness.targets.capabilities import capabilities_of
from harness.targets.embedded import EmbeddedTarget
from harness.targets.endpoint import Endpoint, Python, Target
from harness.targets.errors import TargetError
from harness.targets.opening import ground_of, measured_of, open_target
from harness.targets.reach import try_loopback
from harness.targets.settings import FromDouble, GraphQLSettings, TargetSettings
from harness.targets.uv import Uv

__all__ = [
    "Aws",
    "EmbeddedTarget",
    "Endpoint",
    "FromDouble",
    "GraphQLSettings",
    "Python",
    "Target",
    "TargetError",
    "TargetSettings",
    "Uv",
    "capabilities_of",
    "default_home",
    "ground_of",
    "made_once",
    "measured_of",
    "open_target",
    "try_loopback",
]

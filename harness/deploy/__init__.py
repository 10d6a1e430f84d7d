"""From a template and a folder of code to a stage: package, prepare, apply, seed, resolve.

One call does it all: ``apply``. ``remove`` takes it away again.
"""

from harness.deploy.application import Application, PackageSettings, SeedSettings
from harness.deploy.apply import apply, remove
from harness.deploy.errors import DeployError
from harness.deploy.template import deployed_parameters, load_template
from harness.targets import Aws

__all__ = [
    "Application",
    "Aws",
    "DeployError",
    "PackageSettings",
    "SeedSettings",
    "apply",
    "deployed_parameters",
    "load_template",
    "remove",
]

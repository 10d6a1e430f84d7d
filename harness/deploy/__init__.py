"""From a template and a folder of code to a stage: package, prepare, apply, seed, resolve.

One call does it all: ``apply``. ``remove`` takes it away, ``take_away`` what another run left.
"""

from harness.deploy.application import Application, PackageSettings, SeedSettings
from harness.deploy.apply import apply, remove
from harness.deploy.attach import attach
from harness.deploy.errors import DeployError
from harness.deploy.left import outputs_of, take_away
from harness.deploy.runtime import python_of
from harness.deploy.stand_ins import StandIns
from harness.deploy.template import (
    UNDESCRIBED,
    Template,
    deployed_parameters,
    load_template,
    missed,
    parameters_of,
)
from harness.deploy.whose import run_on
from harness.targets import Aws

__all__ = [
    "UNDESCRIBED",
    "Application",
    "Aws",
    "DeployError",
    "PackageSettings",
    "SeedSettings",
    "StandIns",
    "Template",
    "apply",
    "attach",
    "deployed_parameters",
    "load_template",
    "missed",
    "outputs_of",
    "parameters_of",
    "python_of",
    "remove",
    "run_on",
    "take_away",
]

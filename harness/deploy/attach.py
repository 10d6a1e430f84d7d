"""From a stage that somebody deployed to the Stage, reading alone."""

from collections.abc import Mapping

from harness.deploy.application import Application
from harness.deploy.resolve import base_url, graphql_url
from harness.deploy.template import deployed_parameters
from harness.model import Stage
from harness.targets import Endpoint
from harness.targets.existing import Existing


def attach(
    application: Application,
    endpoint: Endpoint,
    existing: Existing,
    parameters: Mapping[str, str],
) -> Stage:
    """The stage, resolved from its outputs; nothing is packaged, deployed or seeded.

    ``parameters`` are those it is known to have been deployed with, where nobody else tells.

    Raises:
        DeployError: an output that the configuration names isn't there, or is no URL.
    """
    return Stage(
        name=existing.name,
        target=endpoint.target,
        endpoint=None,
        region=endpoint.region,
        credentials=endpoint.credentials,
        base_url=base_url(endpoint, existing.outputs, application.base_url),
        graphql_url=graphql_url(existing.outputs, application.graphql_url),
        outputs=existing.outputs,
        parameters={
            **deployed_parameters(application.template, parameters),
            **existing.parameters,
        },
        capabilities=endpoint.capabilities,
        functions={
            logical: physical
            for logical, (kind, physical) in existing.resources.items()
            if kind == "AWS::Lambda::Function"
        },
        resources={logical: physical for logical, (_, physical) in existing.resources.items()},
    )

"""The one call from an application to its stage."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from os import environ
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from harness.deploy.application import Application
from harness.deploy.archive import digest
from harness.deploy.assets import Asset, assets_of, moved
from harness.deploy.documents import Document, documents_of, with_addresses
from harness.deploy.errors import DeployError
from harness.deploy.gateway import restore_gateway_responses
from harness.deploy.package import Package, Packager, packages_of
from harness.deploy.resolve import base_url, graphql_url
from harness.deploy.seed import seed
from harness.deploy.stack import Stack
from harness.deploy.stand_ins import StandIns
from harness.deploy.template import Template, load_template, parameters_of, prepare
from harness.deploy.whose import DEPLOY, Owner
from harness.model import Stage
from harness.targets import Aws, Endpoint, default_home


def apply(
    application: Application,
    endpoint: Endpoint,
    *,
    stack: str,
    parameters: Mapping[str, str],
    environment: Mapping[str, str],
    stand_ins: StandIns | None = None,
    owner: Owner = DEPLOY,
    signal: Callable[[str], None],
    cache: Path | None = None,
    user: Mapping[str, str] = environ,
) -> Stage:
    """Package, deploy, seed, and resolve the stage.

    Args:
        endpoint: a started target's.
        stack: its name; a stack that exists is updated.
        parameters: those that differ from the template's defaults.
        environment: what every function gets besides its own.
        stand_ins: values of resources that the target lacks and something stands in for.
        owner: for whom: unless it is said, the stack is kept, and nothing in it is thrown away.
        signal: told what is being done.
        cache: where packages are kept; the user's cache folder by default.
        user: the user's environment, for downloads.

    Raises:
        DeployError: the failing resource and reason, the file and line, the unknown parameter …
        TargetError: a package that can't be had, an emulator that doesn't answer.
    """
    aws = Aws.of(endpoint)
    made = Stack(aws, stack, owner=owner)
    packager = Packager(
        application.package,
        home=cache or default_home(user),
        python=endpoint.python,
        user=user,
        progress=signal,
    )
    with _told_what_to_do(endpoint):
        plan = _Plan.of(
            application, endpoint, made, parameters, environment, stand_ins or {}, packager
        )
        made.claim()
        signal("uploading code")
        body = plan.upload(made)
        signal(f"deploying {len(plan.ready.resources)} resources")
        made.apply(body, plan.values)
        outputs, resources = made.outputs(), made.resources()
        restore_gateway_responses(aws, plan.ready, resources)
        _seed(application, aws, outputs, signal)
    return Stage(
        name=stack,
        target=endpoint.target,
        endpoint=endpoint.url,
        region=endpoint.region,
        credentials=endpoint.credentials,
        base_url=base_url(endpoint, outputs, application.base_url),
        graphql_url=graphql_url(outputs, application.graphql_url),
        outputs=outputs,
        parameters=plan.values,
        capabilities=endpoint.capabilities,
        functions=_functions(resources),
        functions_endpoint=environment.get("AWS_ENDPOINT_URL", endpoint.url),
        resources={logical: physical for logical, (_, physical) in resources.items()},
        template=plan.ready.body,
        described=plan.whole.body,
        pruned=plan.ready.pruned,
        injected=plan.ready.injected,
        stood_in=plan.ready.stood_in,
        digests=_digests(plan),
    )


@dataclass(frozen=True)
class _Plan:
    """All that is known before anything of the target's is changed."""

    whole: Template
    """With the addresses of its documents; nothing pruned."""
    ready: Template
    """As this target gets it."""
    values: Mapping[str, str]
    documents: tuple[Document, ...]
    packages: Mapping[tuple[str, str], Package]
    assets: Mapping[Asset, Package]

    @classmethod
    def of(
        cls,
        application: Application,
        endpoint: Endpoint,
        stack: Stack,
        parameters: Mapping[str, str],
        environment: Mapping[str, str],
        stand_ins: StandIns,
        packager: Packager,
    ) -> "_Plan":
        template = load_template(application.template)
        values = parameters_of(template, parameters)
        documents = documents_of(template)
        whole = with_addresses(template, documents, stack.address)
        ready = prepare(whole, endpoint, environment, stand_ins)
        packages = packages_of(ready, packager)
        assets = {x: _packed(x, packager) for x in assets_of(ready.path, ready.body)}
        return cls(whole, ready, values, documents, packages, assets)

    def upload(self, stack: Stack) -> dict[str, Any]:
        """Put it all into the stack's bucket; the template that refers to it there."""
        for document in self.documents:
            stack.upload(document.key, document.content)
        body: dict[str, Any] = moved(
            _with_packages(self.ready, self.packages, stack), _uploaded(self.assets, stack)
        )
        return body


@contextmanager
def _told_what_to_do(endpoint: Endpoint) -> Iterator[None]:
    """What the target says no to, in words."""
    try:
        yield
    except BotoCoreError as error:
        raise DeployError(
            f"the target stopped answering while deploying: {error}",
            f"Run it again; if it comes back, its log says more: {endpoint.log}",
        ) from None
    except ClientError as error:
        raise DeployError(
            f"the target refused {error.operation_name}: {error.response['Error']['Message']}",
            f"Mend what it names; its log says more: {endpoint.log}",
        ) from None


def remove(stage: Stage, owner: Owner | None = None) -> None:
    """Delete the stack with its code. Harmless when it is gone.

    ``owner``: only if it is still this one's; somebody may have taken it away, and made another.

    Raises:
        DeployError: what couldn't be deleted, and why.
    """
    stack = Stack(Aws.of(stage), stage.name, owner=owner or DEPLOY)
    try:
        if owner is None or stack.is_owners():
            stack.delete()
    except (BotoCoreError, ClientError) as error:
        raise DeployError(
            f"could not delete the stack {stage.name}: {error}", "Delete it by hand."
        ) from None


def _with_packages(
    template: Template, packages: Mapping[tuple[str, str], Package], stack: Stack
) -> dict[str, Any]:
    """The template's body with the packages' addresses; each package is uploaded once."""
    keys = {p.path: f"{p.path.parent.name}.zip" for p in packages.values()}
    addresses = {path: stack.upload(key, path.read_bytes()) for path, key in keys.items()}
    resources = dict(template.resources)
    for (name, where), package in packages.items():
        properties = {**resources[name].get("Properties", {})}
        properties[where] = _address(where, addresses[package.path])
        resources[name] = {**resources[name], "Properties": properties}
    return {**template.body, "Resources": resources}


def _packed(asset: Asset, packager: Packager) -> Package:
    if asset.zipped and asset.path.is_dir():
        return packager.code(asset.path, with_libraries=False)
    return packager.as_it_is(asset.path)


def _uploaded(assets: Mapping[Asset, Package], stack: Stack) -> dict[Asset, tuple[str, str]]:
    """Asset → bucket and key; other content has another key, whatever CDK called it."""
    keys = {asset: f"{package.digest[:24]}{asset.suffix}" for asset, package in assets.items()}
    for asset, key in keys.items():
        stack.upload(key, assets[asset].path.read_bytes())
    return {asset: (stack.bucket, key) for asset, key in keys.items()}


def _address(where: str, address: str) -> str | dict[str, str]:
    if where.endswith("Uri"):
        return address
    bucket, _, key = address.removeprefix("s3://").partition("/")
    return {"S3Bucket": bucket, "S3Key": key}


def _seed(
    application: Application,
    aws: Aws,
    outputs: Mapping[str, str],
    signal: Callable[[str], None],
) -> None:
    if not application.seed:
        return
    signal("writing sample data")
    for output in application.seed:
        if output not in outputs:
            raise DeployError(
                f"[seed.{output}]: the stack has no output {output!r}",
                f"Its outputs: {', '.join(sorted(outputs)) or 'none'}.",
            )
    with ThreadPoolExecutor(max_workers=4) as pool:
        jobs = [
            pool.submit(seed, aws, outputs[output], application.root / settings.csv, settings)
            for output, settings in application.seed.items()
        ]
        for job in jobs:
            job.result()


def _functions(resources: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    return {
        logical: physical
        for logical, (kind, physical) in resources.items()
        if kind == "AWS::Lambda::Function"
    }


def _digests(plan: _Plan) -> dict[str, str]:
    code = [(f"{name}.{key}", p.digest) for (name, key), p in plan.packages.items()]
    code += [(asset.key, p.digest) for asset, p in plan.assets.items()]
    code = sorted([*code, *((f"{d.resource}.{d.place}", d.digest) for d in plan.documents)])
    return {
        "template": digest([("template", plan.whole.path.read_bytes())]),
        "code": digest((name, value.encode()) for name, value in code),
    }

"""Documents beside a template that CloudFormation wants in a bucket, as ``sam package`` takes them.

https://docs.aws.amazon.com/cli/latest/reference/cloudformation/package.html
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from harness.deploy.errors import DeployError
from harness.deploy.template import Template

_MAPPINGS = (
    "CodeS3Location", "RequestMappingTemplateS3Location", "ResponseMappingTemplateS3Location",
)  # fmt: skip
_PLACES = {
    "AWS::AppSync::GraphQLSchema": ("DefinitionS3Location",),
    "AWS::AppSync::Resolver": _MAPPINGS,
    "AWS::AppSync::FunctionConfiguration": _MAPPINGS,
}
_ELSEWHERE = ("s3://", "http://", "https://")


@dataclass(frozen=True)
class Document:
    """A local file that a property of a resource names."""

    resource: str
    place: str
    content: bytes
    name: str

    @property
    def digest(self) -> str:
        """Of its content."""
        return sha256(self.content).hexdigest()

    @property
    def key(self) -> str:
        """Where it lies in the stack's bucket; another content lies elsewhere."""
        return f"{self.digest[:24]}-{self.name}"


def documents_of(template: Template) -> tuple[Document, ...]:
    """Every local document that the template names.

    Raises:
        DeployError: a path that is no file.
    """
    return tuple(_documents(template))


def with_addresses(
    template: Template, documents: tuple[Document, ...], address: Callable[[str], str]
) -> Template:
    """The template with each document's address in place of its path."""
    resources = dict(template.resources)
    for document in documents:
        resource: Mapping[str, Any] = resources[document.resource]
        properties = {**resource["Properties"], document.place: address(document.key)}
        resources[document.resource] = {**resource, "Properties": properties}
    return replace(template, body={**template.body, "Resources": resources})


def _documents(template: Template) -> Iterator[Document]:
    for kind, places in _PLACES.items():
        for name, resource in template.of_type(kind).items():
            for place in places:
                where = (resource.get("Properties") or {}).get(place)
                if isinstance(where, str) and not where.startswith(_ELSEWHERE):
                    yield _read(template.path, name, place, where)


def _read(template: Path, name: str, place: str, where: str) -> Document:
    path = (template.parent / where).resolve()
    try:
        return Document(name, place, path.read_bytes(), path.name)
    except OSError as error:
        raise DeployError(
            f"{template}: {name}'s {place} {where!r} can't be read: {error.strerror}",
            "Mend the path; it is relative to the template.",
        ) from None

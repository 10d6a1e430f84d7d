"""The examples that a contract gives for its values."""

from collections.abc import Iterator, Mapping

from harness.model import Json
from harness.specs.document import Document


def examples_of(document: Document, holder: Json) -> Iterator[tuple[str, Json]]:
    """Named examples of a media type, parameter or header: its ``examples``, then ``example``."""
    if not isinstance(holder, Mapping):
        return
    for name, described in (holder.get("examples") or {}).items():
        example = document.resolve(described)
        if isinstance(example, Mapping) and "value" in example:
            yield str(name), example["value"]
    if "example" in holder:
        yield "example", holder["example"]
    schema = document.resolve(holder.get("schema") or {})
    if isinstance(schema, Mapping):
        for index, value in enumerate(schema.get("examples") or ()):
            yield f"schema example {index + 1}", value

"""References to another contract's file, made references within one document."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from harness.model import Json
from harness.specs.document import Document, load_document


def bundled(document: Document, root: Path) -> Document:
    """``other.yaml#/components/…`` becomes ``#/components/x-other.yaml/…``, which holds a copy.

    Only ``components`` of the other file can be referred to; other references stay as they are
    and are complained about by whoever reads the document.

    Raises:
        ContractError: the other file can't be read.
    """
    others: dict[str, Json] = {}

    def walk(value: Json, prefix: str) -> Json:
        if isinstance(value, Mapping):
            return {
                k: adapted(v, prefix) if k == "$ref" and isinstance(v, str) else walk(v, prefix)
                for k, v in value.items()
            }
        return [walk(v, prefix) for v in value] if isinstance(value, list) else value

    def adapted(reference: str, prefix: str) -> str:
        file, _, fragment = reference.partition("#")
        if not fragment.startswith("/components/"):
            return reference
        if not file:
            return f"#/components{prefix}{fragment.removeprefix('/components')}"
        name = PurePosixPath(file).name
        inside = f"/x-{name}"
        if name not in others:
            others[name] = {}  # first, so that a circle of files ends
            other = load_document(root, (document.path.parent / file).as_posix())
            others[name] = walk((other.root or {}).get("components") or {}, inside)
        return f"#/components{inside}{fragment.removeprefix('/components')}"

    bundle = walk(document.root, "")
    if not others:
        return document
    copies = {f"x-{name}": components for name, components in others.items()}
    bundle["components"] = {**(bundle.get("components") or {}), **copies}
    return Document(document.path, bundle, document.lines, document.digest)

"""What a Converse request asks, as the model sees it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.model import Json


@dataclass(frozen=True)
class Prompt:
    """The parts of a request that an answer depends on."""

    text: str
    """What the user's messages say."""
    system: str
    tool: str | None
    """The tool to be called, by its name."""
    schema: Mapping[str, Json]
    """Of that tool's input."""

    @property
    def size(self) -> int:
        """Characters taken in."""
        return len(self.text) + len(self.system)

    @property
    def listing(self) -> tuple[str, Mapping[str, Json]] | None:
        """The input's array: its name and its items' properties."""
        properties = _mapping(self.schema.get("properties"))
        for name, described in properties.items():
            if _mapping(described).get("type") == "array":
                return name, _mapping(_mapping(described.get("items")).get("properties"))
        return None

    def documents(self) -> Iterator[Json]:
        """Every JSON value that the text contains, outermost first."""
        decoder, at = json.JSONDecoder(), 0
        while at < len(self.text):
            if self.text[at] in "[{":
                try:
                    value, at = decoder.raw_decode(self.text, at)
                except ValueError:
                    at += 1
                else:
                    yield value
            else:
                at += 1


def read(body: Json) -> Prompt | str:
    """The prompt, or what is wrong with the request."""
    if not isinstance(body, dict):
        return "not an object"
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        return "no messages"
    if any(not isinstance(m, dict) or m.get("role") not in ("user", "assistant") for m in messages):
        return "a message without a role"
    if any(not isinstance(m.get("content"), list) for m in messages):
        return "a message without content"
    said = [_text(m["content"]) for m in messages if m["role"] == "user"]
    tool, schema = _tool(body.get("toolConfig"))
    return Prompt("\n".join(said), _text(body.get("system") or []), tool, schema)


def _tool(config: Json) -> tuple[str | None, Mapping[str, Json]]:
    """The tool that must be called, else the first."""
    tools = _mapping(config).get("tools") or []
    specs = [_mapping(_mapping(tool).get("toolSpec")) for tool in tools]
    choice = _mapping(_mapping(_mapping(config).get("toolChoice")).get("tool")).get("name")
    for spec in specs:
        if choice in (None, spec.get("name")):
            return spec.get("name"), _mapping(_mapping(spec.get("inputSchema")).get("json"))
    return None, {}


def _text(blocks: Json) -> str:
    parts = [_mapping(block).get("text") for block in blocks if isinstance(blocks, list)]
    return "\n".join(part for part in parts if isinstance(part, str))


def _mapping(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}

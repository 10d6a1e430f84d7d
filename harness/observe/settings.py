"""``[observe]`` of ``harness.toml``: what to watch, by stack output."""

from pydantic import Field

from harness.model import Frozen


class TableSettings(Frozen):
    """A table whose stream tells what became of an entity."""

    entity: str = Field(pattern=r"^[\w-]+$")
    """What the rows are; records are called ``<entity>.<state>``."""
    key: str
    """The attribute that identifies it."""
    state: str
    """The attribute that says where it is in its life."""
    fields: tuple[str, ...] = ()
    """More attributes to record, before and after."""
    beside: tuple[str, ...] = ()
    """Attributes that the application keeps beside the entity (who was told of it, say): a write
    that changes only these is no change of the entity, and isn't recorded."""


class ObserveSettings(Frozen):
    """What the observer watches. Keys and members are names of stack outputs."""

    tables: dict[str, TableSettings] = Field(default_factory=dict)
    buses: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    queues: dict[str, str] = Field(default_factory=dict)
    """Queues to peek at (dead-letter queues above all): output → name in the history."""
    key: tuple[str, ...] = ()
    """Field names that identify an entity in messages, in order of preference."""

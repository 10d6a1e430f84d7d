"""What the harness runs on this machine beside a stage: the wire, doubles, a GraphQL front.

Each has its address before the deploy, because functions are told of it, and answers for its own
mistakes. They are kept in order: one may need what an earlier one serves.
"""

from harness.engine.companions.companion import Companion, Companions
from harness.engine.companions.fronts import Fronts
from harness.engine.companions.overheard import Overheard

__all__ = ["Companion", "Companions", "Fronts", "Overheard"]

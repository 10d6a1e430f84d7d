"""What ``stageproof init`` finds in a folder, and what it makes of it."""

from harness.commands.starting.contracts import Promises, promises_in
from harness.commands.starting.guessing import Guess, guess
from harness.commands.starting.templates import Found, templates_in
from harness.commands.starting.writing import written

__all__ = ["Found", "Guess", "Promises", "guess", "promises_in", "templates_in", "written"]

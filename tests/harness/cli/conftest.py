"""The same small application and runner as the commands' tests."""

from tests.harness.commands.conftest import here, project

__all__ = ["here", "project"]

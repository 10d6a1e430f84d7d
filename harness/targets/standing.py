"""A target that somebody else keeps running."""

from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

from harness.targets.base import Entered
from harness.targets.endpoint import Endpoint, Progress
from harness.targets.errors import TargetError

_PATIENCE = 10.0
"""Seconds it has to answer: others may keep it busy."""


class StandingTarget(Entered):
    """Somebody else's running target: used, never stopped."""

    name = "standing"

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self.shared = endpoint.shared
        self.disposable = endpoint.keeps or not endpoint.shared

    def start(self, progress: Progress) -> Endpoint:
        """It runs already."""
        progress(f"using the stage that up keeps at {self._endpoint.url}")
        return self._endpoint

    def stop(self) -> None:
        """It isn't ours to stop."""

    def alive(self) -> bool:
        """Whether it still answers."""
        try:
            build_opener(ProxyHandler({})).open(self._endpoint.url, timeout=_PATIENCE).close()
        except HTTPError:
            return True  # a status is an answer
        except OSError:
            return False
        return True

    def death(self) -> TargetError:
        """It went away while it was used."""
        return TargetError(
            f"the standing stage at {self._endpoint.url} stopped answering",
            "Look at the terminal where `stageproof up` runs.",
        )

"""How much of somebody's stage a run may use: a live one serves others, and calls cost money."""

from dataclasses import dataclass, field

from harness.recorder import Recorder
from harness.targets import TargetSettings
from harness.targets.settings import LIVE_CALLS, LIVE_SECONDS


@dataclass
class Allowance:
    """Calls and seconds that one worker's stage may be asked for; looked at between units."""

    calls: int | None
    seconds: float | None
    target: str
    _read: int = field(default=0, init=False)
    _made: int = field(default=0, init=False)

    @classmethod
    def of(cls, target: str, settings: TargetSettings) -> "Allowance":
        """What ``[targets.<name>]`` grants; a live stage is never without bounds."""
        calls, seconds = settings.calls, settings.seconds
        if target == "live":
            calls, seconds = calls or LIVE_CALLS, seconds or LIVE_SECONDS
        return cls(calls, seconds, target)

    def used_up(self, recorder: Recorder) -> str | None:
        """Why no other unit may begin; None while one may."""
        if self.calls is not None and (made := self._calls_of(recorder)) >= self.calls:
            return f"{made} calls were made, and [targets.{self.target}] calls = {self.calls}"
        if self.seconds is not None and (spent := recorder.now()) >= self.seconds:
            given = f"[targets.{self.target}] seconds = {self.seconds:g}"
            return f"{spent:.0f} s are over, and {given}"
        return None

    def _calls_of(self, recorder: Recorder) -> int:
        fresh = recorder.since(self._read)
        self._read += len(fresh)
        self._made += sum(r.kind == "invoke" and r.feed == "client" for r in fresh)
        return self._made

"""Whether a run says anything at all."""

from collections.abc import Mapping

from harness.evidence import Conclusion
from harness.model import HarnessError, UnknownKind

_MENDS: Mapping[UnknownKind, str] = {
    UnknownKind.CAPABILITY: "Ask for units that this target can judge, or give another --target.",
    UnknownKind.BUDGET: "Ask for more of it, or let it have more: [checks] and [targets] of "
    "harness.toml, a scenario's own budget.",
    UnknownKind.NOTHING_SEEN: "Ask for the units, too, that bring it about: leave out -k.",
    UnknownKind.NOT_REACHED: "Give another --seed, or look whether the fault can still happen.",
}


def check_judged(conclusion: Conclusion) -> None:
    """A run of which every unit is ``unknown`` is no verdict: neither good nor bad was seen.

    Raises:
        HarnessError: it is one: why, and what to do.
    """
    if conclusion.judged:
        return
    reason = conclusion.commonest
    if reason is None:
        raise HarnessError("nothing was judged", f"See {conclusion.evidence}.")
    mend = _MENDS.get(reason.kind, f"See {conclusion.evidence}/pytest.log.")
    raise HarnessError(
        f"no unit could be judged; most often: {reason.kind.value}: {reason.why}", mend
    )

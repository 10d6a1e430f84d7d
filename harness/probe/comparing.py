"""What was measured now, beside what the data says."""

from collections.abc import Mapping

from harness.model import Capability, Measured

Found = Mapping[Capability, Measured]


def differences(now: Found, kept: Found) -> list[str]:
    """A line for each capability about which they disagree, or that only one of them has."""
    told = []
    for capability in Capability:
        before, after = kept.get(capability), now.get(capability)
        if before is None and after is not None:
            told.append(f"{capability}: new; {_said(after)}")
        elif after is None and before is not None:
            told.append(f"{capability}: was not measured again; the data says {_said(before)}")
        elif before is not None and after is not None and before.has is not after.has:
            told.append(f"{capability}: was {_said(before)}; is {_said(after)}")
    return told


def _said(measured: Measured) -> str:
    return f"{'yes' if measured.has else 'no'} ({measured.how})"

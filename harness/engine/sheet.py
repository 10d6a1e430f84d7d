"""What the evidence folder says of a worker's stage."""

from collections.abc import Mapping

from harness.engine.stage import Stage
from harness.evidence import StageSheet


def sheet(stage: Stage, worker: str, phases: Mapping[str, float]) -> StageSheet:
    """The stage as it is now; ``phases`` are seconds."""
    deployed = stage.deployed
    return StageSheet(
        worker=worker,
        stack=deployed.name,
        outputs=dict(deployed.outputs),
        parameters=dict(deployed.parameters),
        capabilities={c.value: m.has for c, m in deployed.capabilities.items()},
        pruned=deployed.pruned,
        injected=deployed.injected,
        stood_in=deployed.stood_in,
        digests=dict(deployed.digests),
        phases=dict(phases),
        environments=stage.observer.logs.environments(),
    )

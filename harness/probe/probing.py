"""Asks a target everything."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

from botocore.exceptions import BotoCoreError, ClientError

from harness.model import Capability, Measured
from harness.probe import asks as _declared  # noqa: F401 (declares the questions)
from harness.probe.asking import QUESTIONS, Question
from harness.probe.bench import Bench
from harness.targets import Endpoint

_AT_ONCE = 16
"""Questions under way: most of them wait."""
_ALONE = (Capability.WAF,)
"""Asked last, alone: they get in the others' way."""


def probe(
    endpoint: Endpoint,
    signal: Callable[[str], None],
    *,
    only: Callable[[Question], bool] = lambda _: True,
) -> dict[Capability, Measured]:
    """Deploy the probe's stack, ask, take it away.

    Raises:
        DeployError, TargetError: the stack can't be deployed.
    """
    bench = Bench.deploy(endpoint, signal)
    try:
        return ask_all(bench, filter(only, QUESTIONS.values()), signal)
    finally:
        signal("taking the probe's stack away")
        bench.remove()


def ask_all(
    bench: Bench, questions: Iterable[Question], signal: Callable[[str], None]
) -> dict[Capability, Measured]:
    """Ask these; the slow ones first, since they mostly wait."""
    wanted = sorted(questions, key=lambda q: not q.slow)
    found: list[Measured] = []

    def answer(question: Question) -> Measured:
        signal(f"asking for {question.capability}")
        return measured(bench, question)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found += pool.map(answer, [q for q in wanted if q.capability not in _ALONE])
    found += [answer(q) for q in wanted if q.capability in _ALONE]
    by = {m.capability: m for m in found}
    return {c: by[c] for c in Capability if c in by}


def measured(bench: Bench, question: Question) -> Measured:
    """One answer. A call that the target refuses is a lack of it, in the target's own words, and
    so is an answer that isn't what AWS documents."""
    try:
        has, how = question.ask(bench)
    except (ClientError, BotoCoreError) as error:
        has, how = False, f"refused: {' '.join(str(error).split())[:240]}"
    except (OSError, ValueError, LookupError) as error:
        has, how = False, f"not answered as AWS does: {type(error).__name__}: {error}"[:240]
    return Measured(question.capability, has, how)

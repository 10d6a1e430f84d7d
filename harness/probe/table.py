"""The measurements as a page: each capability beside what AWS documents."""

from collections.abc import Mapping, Sequence

from harness.model import Capability, Measured
from harness.probe.asking import QUESTIONS

_HEAD = """# What the targets can do

Measured by `stageproof probe`, written by `nox -s probe -- --write` and
`nox -s probe -- --target localstack --write`; the data is in
`harness/targets/measured/`. It alone decides what a template loses on a target, and what is
`unknown(capability)` there.
"""


def table(measured: Mapping[str, Mapping[Capability, Measured]]) -> str:
    """A Markdown page; ``measured`` is by emulator, in the columns' order."""
    columns = list(measured)
    rows = [
        f"| capability | AWS | {' | '.join(columns)} |",
        f"|---|---|{'---|' * len(columns)}",
        *(_row(c, [measured[emulator].get(c) for emulator in columns]) for c in Capability),
    ]
    return "\n".join([_HEAD, *rows, *(_details(e, measured[e]) for e in columns), ""])


def _row(capability: Capability, found: Sequence[Measured | None]) -> str:
    marks = " | ".join(map(_mark, found))
    return f"| `{capability}` | {QUESTIONS[capability].aws} | {marks} |"


def _details(emulator: str, found: Mapping[Capability, Measured]) -> str:
    return "\n".join([
        f"\n## {emulator}\n",
        "| capability | what was tried and what happened |",
        "|---|---|",
        *(f"| {_mark(m)} `{c}` | {_cell(m.how)} |" for c, m in found.items()),
    ])  # fmt: skip


def _mark(measured: Measured | None) -> str:
    return "?" if measured is None else "✔" if measured.has else "✘"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")

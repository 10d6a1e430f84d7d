"""What the project ships for LocalStack: pins, checksums, the executor's source.

In a clone it lies in ``localstack/`` at the top; an installed harness has it beside this module.
"""

from pathlib import Path

VERSION = "4.14.0"
"""The last free release."""
EMULATOR = f"localstack-{VERSION}"
DYNAMODB = "2.6.1"
_INSTALLED = Path(__file__).with_name("shipped")
_CLONE = Path(__file__).parents[3] / "localstack"


def shipped(name: str) -> Path:
    """A file or folder of ours by its name."""
    return (_INSTALLED if _INSTALLED.is_dir() else _CLONE) / name


def pins() -> Path:
    """The exact versions that work."""
    return shipped(f"{EMULATOR}.txt")


def checksums() -> dict[str, str]:
    """File name → SHA-256 of each file that DynamoDB Local consists of."""
    lines = shipped(f"dynamodb-local-{DYNAMODB}.sha256").read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}

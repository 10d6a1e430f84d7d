"""One seed a unit, so that its cases depend on nothing but the run's seed and its own name."""

import hashlib


def unit_seed(run_seed: int, unit: str) -> int:
    """The seed of a unit: the same on every target and with any number of workers."""
    digest = hashlib.sha256(f"{run_seed}\0{unit}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


class CasesDigest:
    """A digest of the cases that were drawn, in their order."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()

    def add(self, case: object) -> None:
        """Take one case in, by its ``repr``."""
        self._hash.update(repr(case).encode())
        self._hash.update(b"\0")

    def hexdigest(self) -> str:
        """The digest so far, shortened."""
        return self._hash.hexdigest()[:16]

"""The root of everything that stops the harness from doing its job."""


class HarnessError(Exception):
    """The harness could not do its job (exit code 2): never the application's failure.

    ``what`` says what was tried and what went wrong; ``mend`` says what to do next.
    """

    def __init__(self, what: str, mend: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend

    def __str__(self) -> str:
        return f"{self.what}\n  {self.mend}" if self.mend else self.what

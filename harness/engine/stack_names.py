"""What a run calls its stack."""

import re


def stack_name(application: str, worker: str, *, shared: bool) -> str:
    """The application's own; on a target that several stages share, each worker's another.

    None of these is the application's: ``deploy`` calls so what it leaves there. Worker names have
    dots; CloudFormation takes letters, digits and hyphens.
    """
    if not shared:
        return application
    of_runs = f"{application}-verify"
    return of_runs if worker == "main" else f"{of_runs}-{re.sub('[^A-Za-z0-9-]', '-', worker)}"

"""What a run calls its stack."""

import re


def stack_name(application: str, worker: str, *, shared: bool) -> str:
    """The application's own; on a target that several stages share, each worker's another.

    Worker names have dots; CloudFormation takes letters, digits and hyphens.
    """
    if not shared or worker == "main":
        return application
    return f"{application}-{re.sub('[^A-Za-z0-9-]', '-', worker)}"

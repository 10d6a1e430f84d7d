"""What commands decide by a target's name alone."""


def keeps_a_core_busy(target: str) -> bool:
    """Whether one stage there uses a core up: more of them than cores only make each answer later,
    which promises of seconds are held against."""
    return target == "localstack"

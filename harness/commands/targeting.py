"""What commands say and decide by a target's name alone."""


def option_of(target: str) -> str:
    """What a command line needs to mean this target; nothing for the one that is meant anyway."""
    return "" if target == "embedded" else f" --target {target}"


def keeps_a_core_busy(target: str) -> bool:
    """Whether one stage there uses a core up: more of them than cores only make each answer later,
    which promises of seconds are held against."""
    return target == "localstack"

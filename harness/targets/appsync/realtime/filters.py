"""Which messages a subscription's arguments let through.

https://docs.aws.amazon.com/appsync/latest/devguide/aws-appsync-real-time-data.html#using-subscription-arguments
"""

from collections.abc import Mapping

from harness.model import Json


def lets_through(arguments: Mapping[str, Json], message: Json) -> bool:
    """Whether every argument that was given equals the message's field of its name.

    An argument left out filters nothing; one given as null wants the field to be null. A field
    that the mutation didn't select is not there to be compared, so nothing gets through.
    """
    if not isinstance(message, Mapping):
        return not arguments
    return all(name in message and message[name] == value for name, value in arguments.items())

"""``harness.toml`` as text, each guess with its reason."""

import json
from collections.abc import Iterator

from harness.commands.starting.guessing import Guess

_KEY = """\
# The REST API asks for API keys, and nobody can guess these: say where one is, or in [checks]
# signatures which double signs, if it is a signature of the body.
# [identities.client]
# kind = "api_key"
# key_variable = "API_KEY"  # the environment's
#
# [checks]
# identities = ["client"]
"""
_TOKENS = """\
# The contracts ask for tokens, and nobody can guess these. Two customers, so that one can try what
# is the other's; a token may also be printed by a command, or asked for: kind = "command", "oauth".
# [identities.amina]
# kind = "static"
# token = "..."
#
# [identities.bola]
# kind = "static"
# token = "..."
#
# [checks]
# identities = ["amina", "bola"]
"""


def written(guess: Guess) -> str:
    """The file's text."""
    return "\n".join(_lines(guess)).rstrip() + "\n"


def todo(guess: Guess) -> Iterator[str]:
    """What is left to a person, a line each."""
    for name, what in guess.missing.items():
        said = f" ({what})" if what else ""
        yield f"give the parameter {name} a value{said}: [targets.embedded.parameters]"
    if guess.openapi and guess.base_url is None:
        yield "no output of the template is a REST API's URL: add one, and name it as base_url"
    if guess.openapi and guess.base_url is not None and guess.base_url.rest:
        yield (
            f"{guess.base_url.output} ends in {guess.base_url.rest}: the contract's paths come "
            "after it, so let it end with the stage"
        )
    if guess.graphql and not guess.graphql_url:
        yield "no output of the template is GraphQL's URL: add one, and name it as graphql_url"
    if guess.callers.key and not guess.callers.key_output:
        yield "the contract asks for an API key: say whose, in [identities] and [checks]"
    if guess.callers.tokens:
        yield "the contracts ask for tokens: say who calls, in [identities] and [checks]"
    for path, why in guess.promises.unread.items():
        yield f"{path} is {why}"


def _lines(guess: Guess) -> Iterator[str]:
    yield "# Written by `stageproof init`, from what it found; every key: `stageproof schema`."
    yield f"application = {_quoted(guess.application)}"
    yield f"template = {_quoted(guess.found.path.as_posix())}{_kind(guess)}"
    for other in guess.others:
        yield f"# template = {_quoted(other.path.as_posix())}"
    yield from _contracts(guess)
    yield from _parameters(guess)
    yield from _callers(guess)
    yield from _observe(guess)


def _kind(guess: Guess) -> str:
    said = {"built": "  # as sam build left it", "cdk": "  # as cdk synth left it, with its assets"}
    return said.get(guess.found.kind, "")


def _contracts(guess: Guess) -> Iterator[str]:
    yield ""
    yield "[contracts]"
    if guess.openapi:
        yield from _rest(guess)
    if guess.graphql:
        yield f"graphql = {_quoted(guess.graphql)}"
        for other in guess.promises.graphql[1:]:
            yield f"# graphql = {_quoted(other)}"
        if guess.graphql_url:
            yield f"graphql_url = {_quoted(guess.graphql_url)}"
    if guess.asyncapi:
        yield f"asyncapi = {_quoted(guess.asyncapi)}"


def _rest(guess: Guess) -> Iterator[str]:
    yield f"openapi = {_quoted(guess.openapi)}"
    for other in guess.promises.openapi[1:]:
        yield f"# openapi = {_quoted(other)}"
    if guess.base_url is not None:
        yield f"base_url = {_quoted(guess.base_url.output)}  # the URL of {guess.base_url.of}"
    else:
        yield '# base_url = "..."  # the stack output that is the API\'s URL'


def _parameters(guess: Guess) -> Iterator[str]:
    if guess.missing:
        yield ""
        yield "[targets.embedded.parameters]"
    for name, what in guess.missing.items():
        yield f'# {name} = "..."  # has no default{": " if what else ""}{_line(what)}'


def _callers(guess: Guess) -> Iterator[str]:
    callers = guess.callers
    if callers.key_output:
        yield ""
        yield "[identities.client]"
        yield 'kind = "api_key"'
        yield f"output = {_quoted(callers.key_output)}  # AppSync's key"
    if callers.signs:
        yield ""
        yield "[identities.operator]  # signs as who deployed the stage"
        yield 'kind = "iam"'
    if callers.tokens:
        yield ""
        yield _TOKENS.rstrip()
    elif callers.key and not callers.key_output:
        yield ""
        yield _KEY.rstrip()
    elif callers.key_output or callers.signs:
        yield ""
        yield "[checks]"
        name = "client" if callers.key_output else "operator"
        yield f"identities = [{_quoted(name)}]  # who the customers are; the first is the owner"
    if guess.values:
        yield ""
        yield "[checks.graphql.values]  # where a real value of an argument comes from"
        yield from (f"{_quoted(a)} = {_quoted(s)}" for a, s in guess.values.items())


def _observe(guess: Guess) -> Iterator[str]:
    watched = guess.watched
    if watched.keys or watched.buses or watched.topics or watched.dead_letters:
        yield ""
        yield "[observe]"
    if watched.keys:
        yield f"key = {json.dumps(list(watched.keys))}  # what identifies an entity in messages"
    if watched.buses:
        yield f"buses = {json.dumps(list(watched.buses))}"
    if watched.topics:
        yield f"topics = {json.dumps(list(watched.topics))}"
    if watched.dead_letters:
        yield ""
        yield "[observe.queues]  # dead letters: output = what histories call the queue"
        yield from (f"{output} = {_quoted(name)}" for output, name in watched.dead_letters.items())
    for output, key in watched.tables.items():
        yield ""
        yield "# What becomes of an entity, if an attribute says where it is in its life, and the"
        yield "# table has a stream:"
        yield f"# [observe.tables.{output}]"
        yield '# entity = "..."'
        yield f"# key = {_quoted(key)}"
        yield '# state = "..."'


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _line(text: str) -> str:
    return " ".join(text.split())

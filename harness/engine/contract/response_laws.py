"""Our own laws of one answer, held against every exchange whoever made it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from harness.engine.contract.answer import Answer
from harness.specs import OpenApi, Operation

PROBLEM = "application/problem+json"


@dataclass(frozen=True)
class Broken:
    """A law that an answer broke. ``body`` tells whether it is about the answer's form."""

    law: str
    subject: str
    title: str
    detail: str = ""
    form: bool = False


ResponseLaw = Callable[[OpenApi, Operation, Answer], Iterator[Broken]]


def problem_details(api: OpenApi, operation: Operation, answer: Answer) -> Iterator[Broken]:
    """Every error is RFC 9457 problem details, in a contract that promises them."""
    if answer.status < 400 or not promises_problems(api) or operation.method == "HEAD":
        return
    where = f"{operation.label} answered {answer.status}"
    if answer.media_type != PROBLEM:
        yield Broken(
            "problem details", f"{answer.status} media type",
            f"{where} without problem details",
            f"Its content type is {answer.media_type or 'absent'}, not {PROBLEM}.", form=True,
        )  # fmt: skip
        return
    problem = answer.json
    if not isinstance(problem, dict):
        yield Broken(
            "problem details", f"{answer.status} no object", f"{where} with no JSON object",
            form=True,
        )  # fmt: skip
        return
    missing = [name for name in ("type", "title", "status") if not problem.get(name)]
    if missing:
        yield Broken(
            "problem details", f"{answer.status} {missing}",
            f"{where}: problem details without {', '.join(missing)}", form=True,
        )  # fmt: skip
    elif problem["status"] != answer.status:
        yield Broken(
            "problem details", f"{answer.status} status",
            f"{where}, but its problem details say {problem['status']}", form=True,
        )  # fmt: skip


def limit_headers(api: OpenApi, operation: Operation, answer: Answer) -> Iterator[Broken]:
    """X-RateLimit headers that are there agree with each other and with the answer."""
    names = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset")
    present = [n for n in names if n in answer.headers]
    if not present:
        return
    try:
        limit, remaining, _ = (int(answer.headers.get(n, "")) for n in names)
    except ValueError:
        shown = ", ".join(f"{n}: {answer.headers.get(n, 'absent')}" for n in names)
        yield Broken(
            "limit headers", "numbers", f"{operation.label} has rate limit headers that are no "
            "numbers or not all there", shown,
        )  # fmt: skip
        return
    refused = answer.status == 429
    if not 0 <= remaining < max(limit, 1) or (refused and remaining != 0):
        yield Broken(
            "limit headers", "agree",
            f"{operation.label} answered {answer.status} with {remaining} of {limit} requests left",
        )  # fmt: skip
    if refused and not answer.headers.get("retry-after", "").isdigit():
        yield Broken(
            "limit headers", "retry-after", f"{operation.label} answered 429 without Retry-After"
        )


RESPONSE_LAWS: tuple[ResponseLaw, ...] = (problem_details, limit_headers)


def promises_problems(api: OpenApi) -> bool:
    """Whether the contract documents problem details anywhere."""
    return any(PROBLEM in r.content for o in api.operations for r in o.responses.values())

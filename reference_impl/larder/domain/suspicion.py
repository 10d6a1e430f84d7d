"""What in a list is no list: markup, code, and orders to the machine that reads it.

A list is data. This is the first of three walls against prompt injection (OWASP LLM01); the others
are `answers` (nothing that the model says is believed) and the catalogue's prices.
"""

from __future__ import annotations

import re

from larder.domain.words import fold

_MARKUP = re.compile(r"<[^<>\n]*>|\$?\{[^\n]*\}|\[[^\[\]\n]*\]|`+")
_ORDERS_TO_A_MACHINE = re.compile(
    r"\b(ignore|disregard|forget|override|bypass|neglect)\b.*\b(all|any|every|previous|above|prior"
    r"|earlier|instructions?|rules?|prompts?|list)\b"
    r"|\b(system|developer|assistant|user|human)\s*:"
    r"|\b(system|hidden|initial|secret)\s+(prompt|message|instructions?)\b"
    r"|\b(instructions?|prompts?|jailbreak)\b"
    r"|\b(you are|you must|act as|pretend|from now on|new task|roleplay)\b"
    r"|\b(unit\s?prices?|prices?|discounts?|for free|free of charge|kobo)\b"
    r"|\b(print|reveal|repeat|output|respond|reply|return)\b.*\b(prompt|rules|above|json|text"
    r"|secret|key|word)\b"
    r"|\b(set|change|make|update)\b.*\b(to|=)\b"
)
_GOES_ON = re.compile(
    r"(?:(?:and|then|now|also|instead|next)\b|\W)*"
    r"(add|append|include|insert|put|set|change|make|order|give|charge|return|send|output|say"
    r"|print|reply|respond|use|do|call)\b"
)


def without_markup(text: str) -> str:
    """The text with spaces in place of tags, braces and brackets with what they hold."""
    return _MARKUP.sub(lambda found: " " * len(found[0]), text)


def is_order_to_a_machine(text: str) -> bool:
    """Whether a part of a list speaks to its reader instead of naming groceries."""
    return _ORDERS_TO_A_MACHINE.search(fold(text)) is not None


def goes_on(text: str) -> bool:
    """Whether a part reads as the continuation of such an order: it begins with a command."""
    return _GOES_ON.match(fold(text)) is not None

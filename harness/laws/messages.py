"""What functions told each other, held against the event contract."""

from typing import Literal

from harness.laws.base import BaseLaw, Tally
from harness.model import History, Judgement

PREFIX = "message."
"""How the records of messages begin: ``message.<channel>``."""


class MessagesKept(BaseLaw):
    """Every message that crossed the wire keeps the contract of its channel.

    The wire's records say of each message whether it does: an unknown channel, a payload off its
    schema, no version, no correlation id, personal data where the contract has none.
    """

    kind: Literal["messages_kept"] = "messages_kept"
    channel: str = ""
    """One channel alone; empty for all."""

    def judge(self, history: History) -> Judgement:
        """Read what was recorded of each message."""
        tally = Tally(self.name)
        for name, records in history.by_name.items():
            if not name.startswith(PREFIX) or self.channel not in ("", name.removeprefix(PREFIX)):
                continue
            for record in records:
                tally.saw += 1
                for flaw in record.value.get("flaws") or ():
                    tally.breach(
                        f"{name} {record.value.get('message')} {flaw['kind']} {flaw['title']}",
                        f"A message on {name.removeprefix(PREFIX)} breaks its contract "
                        f"({flaw['kind']}): {flaw['title']}",
                        [record],
                        key=record.key,
                        operation=name,
                    )
        return tally.judgement("no message crossed the wire")


def messages_kept(channel: str = "", *, name: str = "") -> MessagesKept:
    """Messages (of one channel, or of all) keep the event contract."""
    return MessagesKept(name=name or "messages keep their contract", channel=channel)

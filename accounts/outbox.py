"""The way out for mails about accounts.

Notifications know people, so people may not know notifications. `cpor` joins the two
when it starts: `accounts.outbox.send = notifications.actions.compose`. Look `send` up
on the module at the call: `outbox.send(…)`.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from accounts.models import User


class Send(Protocol):
    """Write one message down, to be delivered once this transaction stands."""

    def __call__(
        self,
        *,
        key: str,
        topic: str,
        audience: User | str,
        context: dict[str, Any],
        language: str | None,
    ) -> object:
        """Send one message per key; the context holds numbers, ISO times and codes."""


def refuse(
    *,
    key: str,
    topic: str,
    audience: User | str,
    context: Mapping[str, Any],
    language: str | None,
) -> object:
    """Fail loudly: a mail that nobody carries would be a link that never arrives."""
    raise RuntimeError(f"Nobody carries “{topic}”: cpor sets accounts.outbox.send.")


send: Send = refuse

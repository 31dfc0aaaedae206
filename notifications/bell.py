"""Rings for the worker as soon as work stands; nothing is lost if nobody hears."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from celery import current_app
from kombu import pools

log = logging.getLogger(__name__)

# A request must never wait for the broker: one try, at most a second.
IN_A_HURRY = {"max_retries": 0, "socket_connect_timeout": 0.5, "socket_timeout": 1}
QUIET_SECONDS = 30.0
_silent: ContextVar[bool] = ContextVar("silent", default=False)


@contextmanager
def silent() -> Iterator[None]:
    """Ring for nothing in here: whoever writes by the thousand leaves it to the sweep.

    The mails go out within a minute, with the next round of the worker.
    """
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)


class Bell:
    """Asks the worker to act now; after a failure it keeps quiet for a while."""

    def __init__(self, task: str) -> None:
        self._task = task
        self._quiet_until = 0.0

    def ring(self, pk: int) -> None:
        """Hand one row to the worker; the sweep of each minute finds it anyway."""
        if _silent.get() or time.monotonic() < self._quiet_until:
            return
        try:
            self._call(pk)
        except Exception as error:  # noqa: BLE001 - whatever ails the broker
            self._quiet_until = time.monotonic() + QUIET_SECONDS
            log.warning("No broker, %s waits for the next sweep: %s", self._task, error)

    def _call(self, pk: int) -> None:
        broker = current_app.connection_for_write(transport_options=IN_A_HURRY)
        with pools.producers[broker].acquire(block=True, timeout=1) as producer:
            current_app.send_task(
                self._task,
                args=[pk],
                producer=producer,
                retry=False,
                ignore_result=True,
            )


ring = Bell("notifications.tasks.deliver").ring

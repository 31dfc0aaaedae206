"""Rings for the worker as soon as a message stands; nothing is lost if nobody hears."""

from __future__ import annotations

import logging
import time

from celery import current_app
from kombu import pools

log = logging.getLogger(__name__)

# A request must never wait for the broker: one try, at most a second.
IN_A_HURRY = {"max_retries": 0, "socket_connect_timeout": 0.5, "socket_timeout": 1}
QUIET_SECONDS = 30.0


class Bell:
    """Asks the worker to deliver now; after a failure it keeps quiet for a while."""

    def __init__(self) -> None:
        self._quiet_until = 0.0

    def ring(self, delivery_id: int) -> None:
        """Hand one delivery to the worker; the sweep of each minute finds it anyway."""
        if time.monotonic() < self._quiet_until:
            return
        try:
            self._call(delivery_id)
        except Exception as error:  # noqa: BLE001 - whatever ails the broker
            self._quiet_until = time.monotonic() + QUIET_SECONDS
            log.warning("No broker, mails wait for the next sweep: %s", error)

    @staticmethod
    def _call(delivery_id: int) -> None:
        broker = current_app.connection_for_write(transport_options=IN_A_HURRY)
        with pools.producers[broker].acquire(block=True, timeout=1) as producer:
            current_app.send_task(
                "notifications.tasks.deliver",
                args=[delivery_id],
                producer=producer,
                retry=False,
                ignore_result=True,
            )


ring = Bell().ring

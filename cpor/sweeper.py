"""Beat and worker in one loop that asks nothing of a broker: the second bell."""

import signal
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Event
from types import FrameType
from typing import Any

import structlog
from celery.schedules import maybe_schedule
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from claims.sweep import sweep
from cpor.celery import app
from notifications import bell, delivery

log = structlog.get_logger(__name__)

type Job = Callable[[], object]


class Sweeper:
    """Does in this process whatever beat would have rung for."""

    def __init__(self) -> None:
        self._stop = Event()
        self._last: dict[str, datetime] = {}
        app.loader.import_default_modules()
        # These ask between two claims, or two mails, whether they are to stop.
        self._patient: Mapping[str, Job] = {
            "claims.tasks.enforce_deadlines": self._sweep,
            "notifications.tasks.deliver_due": self._deliver,
        }

    def going_on(self) -> bool:
        return not self._stop.is_set()

    def stop(self, _signal: int = 0, _frame: FrameType | None = None) -> None:
        """End after what is in hand."""
        self._stop.set()

    def run(self, *, interval: float) -> None:
        """Go round until a signal says stop."""
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, self.stop)
        while self.going_on():
            self.go_round()
            self._stop.wait(interval)

    def go_round(self) -> dict[str, object]:
        """Do every job that is due by now; what fails is tried in the next round."""
        done: dict[str, object] = {}
        close_old_connections()
        with bell.silent():  # nobody needs to hear: the mails are sent in here
            for name, entry in settings.CELERY_BEAT_SCHEDULE.items():
                if self.going_on() and self._is_due(name, entry["schedule"]):
                    done[name] = self._do(entry["task"])
        return done

    def _is_due(self, name: str, schedule: Any) -> bool:
        now, last = timezone.now(), self._last.get(name)
        if last is not None:
            every: Any = maybe_schedule(schedule)
            if every.remaining_estimate(last).total_seconds() > 1:
                return False
        self._last[name] = now
        return True

    def _do(self, task: str) -> object:
        try:
            job = self._patient.get(task) or app.tasks[task]
            result = job()
        except Exception as error:
            log.exception("sweeper_job_failed", task=task)
            close_old_connections()
            return error
        log.info("sweeper_job_done", task=task, result=str(result))
        return result

    def _sweep(self) -> object:
        return sweep(now=timezone.now(), going_on=self.going_on)

    def _deliver(self) -> object:
        return dict(delivery.sweep(now=timezone.now(), going_on=self.going_on))

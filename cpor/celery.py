"""The Celery application: it only rings the bell, the database holds the work."""

import os
from typing import Any

from celery import Celery, Task

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpor.settings")


class Reading(Task):  # type: ignore[type-arg]
    """A task that reads the programme's numbers at most once."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # The apps are not loaded yet when this module is.
        from accounts.rulebook import asked_once  # noqa: PLC0415

        with asked_once():
            return super().__call__(*args, **kwargs)


app = Celery("cpor", task_cls=Reading)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

"""The Celery application: it only rings the bell, the database holds the work."""

import os
from typing import Any

from celery import Celery, Task

from accounts import scopes

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpor.settings")


class ScopedTask(Task):  # type: ignore[type-arg]
    """A task asks in the system scope, and reads the programme's numbers at most once.

    Whatever it does is the programme's own doing (accounts/scopes.py).
    """

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # The apps are not loaded yet when this module is.
        from accounts.rulebook import asked_once  # noqa: PLC0415

        with scopes.at_home_in(scopes.Scope.SYSTEM), asked_once():
            return super().__call__(*args, **kwargs)


app = Celery("cpor", task_cls=ScopedTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

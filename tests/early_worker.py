"""A sabotage: the product's worker, but a task is done for when it begins."""

from cpor.celery import app
from tests import held_task

__all__ = ["app", "held_task"]

app.conf.update(task_acks_late=False, task_reject_on_worker_lost=False)

"""The product's worker with one task more, which holds still when it first runs.

Named by `-A` in tests/test_kills.py; tests/early_worker.py is the same worker with the
promise taken away that an unfinished task is given to another.
"""

import os
import time

from django.conf import settings
from redis import Redis

from cpor.celery import app


@app.task
def hold(key: str) -> None:
    """Write down which process runs this; the first then does nothing for a minute."""
    with Redis.from_url(settings.REDIS_URL) as redis:
        runs = redis.rpush(key, os.getpid())
    if runs == 1 and key.startswith("slow"):
        time.sleep(60)

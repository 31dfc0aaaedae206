"""The bell: what rings each minute must exist."""

import pytest
from django.conf import settings
from kombu.exceptions import ContentDisallowed
from kombu.serialization import loads

from cpor.celery import app


def test_every_scheduled_task_is_one_that_the_worker_knows():
    app.autodiscover_tasks(force=True)

    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert scheduled - app.tasks.keys() == set()


def test_a_task_sent_from_a_request_goes_to_our_broker():
    assert app.conf.broker_url == settings.REDIS_URL
    assert app.conf.task_acks_late is True
    assert app.conf.task_reject_on_worker_lost is True
    assert app.conf.worker_prefetch_multiplier == 1


def test_nothing_but_json_is_taken_from_broker_and_session():
    assert list(app.conf.accept_content) == ["json"]
    assert app.conf.task_serializer == app.conf.result_serializer == "json"
    assert settings.SESSION_SERIALIZER.endswith(".JSONSerializer")
    with pytest.raises(ContentDisallowed):
        loads(b"cos", "application/x-python-serialize", "binary", accept={"json"})

"""A message is written once per key, with what it tells of or not at all."""

import threading
import time
from datetime import UTC, datetime

import pytest
import redis
from django.db import IntegrityError, connection, transaction
from django.utils.functional import lazystr

from cpor.celery import app
from notifications.bell import Bell
from notifications.models import Delivery, Message
from tests.notifications.conftest import tell


def keys():
    return list(Message.objects.values_list("key", flat=True))


@pytest.mark.django_db(transaction=True)
def test_twenty_threads_with_one_key_write_one_message(reader):
    start = threading.Barrier(20)
    written = []

    def write():
        try:
            start.wait()
            with transaction.atomic():
                written.append(tell(reader, key="event:1"))
        finally:
            connection.close()

    threads = [threading.Thread(target=write) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert keys() == ["event:1"]
    assert Delivery.objects.count() == 1
    assert [message.key for message in written if message] == ["event:1"]
    assert len(written) == 20


def test_a_second_call_writes_nothing_and_says_so(reader):
    first = tell(reader, key="event:1")

    assert tell(reader, key="event:1", topic="rejected") is None
    assert list(Message.objects.values_list("pk", "topic")) == [(first.pk, "approved")]


@pytest.mark.django_db(transaction=True)
def test_a_message_falls_with_the_transaction_that_wrote_it(reader):
    def fail():
        with transaction.atomic():
            tell(reader, key="event:1")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert keys() == []
    assert tell(reader, key="event:1") is not None


def test_an_unknown_topic_is_refused(reader):
    with pytest.raises(ValueError, match="no_such_topic"):
        tell(reader, "no_such_topic")


def test_the_context_is_stored_as_plain_json(reader):
    message = tell(
        reader,
        context={
            "number": 7,
            "due_at": datetime(2027, 1, 12, 22, 59, tzinfo=UTC),
            "status": lazystr("Approved"),
            "comment": "One\r\n\r\n\r\n\r\nTwo\x00 \ud800",
            "customer_name": "A\r\nBcc: everyone@example.com\u202e",
            "zone": None,
            "is_new": True,
            "reasons": [{"label": {"en": "Dates"}}],
        },
    )

    message.refresh_from_db()
    assert message.context == {
        "number": 7,
        "due_at": "2027-01-12T22:59:00+00:00",
        "status": {"en": "Approved", "de": "Approved"},
        "comment": "One\n\nTwo \ufffd",
        "customer_name": "A Bcc: everyone@example.com",
        "is_new": True,
        "reasons": [{"label": {"en": "Dates"}}],
    }


@pytest.mark.parametrize("fields", [{}, {"address": "c@example.com", "of": "reader"}])
def test_the_database_wants_exactly_one_reader(reader, fields):
    recipient = reader if fields.pop("of", "") else None

    with pytest.raises(IntegrityError, match="message_has_one_reader"):
        Message.objects.create(key="k", topic="approved", recipient=recipient, **fields)


@pytest.mark.django_db(transaction=True)
def test_the_bell_rings_for_the_worker_once_the_message_stands(reader):
    broker = redis.from_url(app.conf.broker_url)
    broker.delete("celery")

    with transaction.atomic():
        message = tell(reader)
        assert broker.llen("celery") == 0

    assert broker.llen("celery") == 1
    task = str(broker.lpop("celery"))
    broker.close()
    assert "notifications.tasks.deliver" in task
    assert f"[{message.delivery.pk}]" in task


@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_neither_fails_nor_slows_the_step(reader, monkeypatch):
    monkeypatch.setattr(app.conf, "broker_write_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(
        "notifications.bell.ring", Bell("notifications.tasks.deliver").ring
    )

    began = time.monotonic()
    with transaction.atomic():
        for number in range(20):
            tell(reader, key=f"event:{number}")

    assert time.monotonic() - began < 2
    assert Delivery.objects.count() == 20


def test_a_bell_that_was_not_heard_keeps_quiet_for_a_while(monkeypatch):
    tries = []

    class Deaf(Bell):
        def _call(self, pk):
            tries.append(pk)
            raise OSError

    bell = Deaf("some.task")
    for number in range(3):
        bell.ring(number)

    assert tries == [0]

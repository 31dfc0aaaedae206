"""The second bell: a loop beside beat and worker that needs no Redis."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from claims.models import Claim
from cpor.celery import app
from cpor.sweeper import Sweeper
from notifications.models import Delivery, DeliveryState
from tests import factories

# Nothing listens there: whoever asked for the broker or the cache would be refused.
NO_REDIS = "redis://127.0.0.1:1/0"


def states():
    return set(Claim.objects.values_list("state", flat=True))


def long_ago():
    return timezone.now() - timedelta(days=60)


def test_a_bell_that_nobody_hears_expires_before_the_next_one_is_rung():
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        assert 0 < entry["options"]["expires"] < min(60, entry["schedule"])


@pytest.mark.django_db(transaction=True)
def test_one_round_does_every_job_that_beat_rings_for():
    factories.claim("rejected", now=long_ago())

    done = Sweeper().go_round()

    assert set(done) == set(settings.CELERY_BEAT_SCHEDULE)
    assert [r for r in done.values() if isinstance(r, Exception)] == []
    assert states() == {"rejected_final"}
    assert not Delivery.objects.filter(state=DeliveryState.WAITING).exists()


@pytest.mark.django_db(transaction=True)
def test_a_job_that_fails_stops_no_other(monkeypatch):
    def broken():
        raise ValueError("broken")

    sweeper = Sweeper()
    name = "claims.tasks.inspect_waiting_evidence"
    monkeypatch.setitem(app.tasks, name, broken)
    factories.claim("rejected", now=long_ago())

    done = sweeper.go_round()

    assert [str(r) for r in done.values() if isinstance(r, Exception)] == ["broken"]
    assert states() == {"rejected_final"}


@pytest.mark.django_db(transaction=True)
def test_a_job_waits_for_its_own_time():
    sweeper = Sweeper()
    assert "tell-the-queue" in sweeper.go_round()
    assert sweeper.go_round() == {}, "each has just been done"


@pytest.mark.django_db(transaction=True)
def test_whoever_is_to_stop_does_nothing_more():
    factories.claim("rejected", now=long_ago())
    sweeper = Sweeper()
    sweeper.stop()
    assert sweeper.go_round() == {}
    assert states() == {"rejected"}


@pytest.mark.parametrize("interval", ["0", "-5", "9999"])
def test_an_interval_that_makes_no_sense_is_refused(interval):
    with pytest.raises(CommandError, match="--interval takes 1 to 3600 seconds"):
        call_command("run_sweeper", interval=float(interval))


@pytest.mark.django_db(transaction=True)
def test_without_redis_it_sweeps_and_sends_and_ends_when_told():
    factories.claim("rejected", now=long_ago())
    program = [sys.executable, "manage.py", "run_sweeper", "--interval", "1"]
    named = {"DATABASE_URL": own_database(), "REDIS_URL": NO_REDIS}
    with subprocess.Popen(program, env={**os.environ, **named}) as sweeper:
        try:
            wait_for(lambda: states() == {"rejected_final"})
            wait_for(lambda: not Delivery.objects.filter(state="waiting").exists())
            sweeper.send_signal(signal.SIGTERM)
            assert sweeper.wait(20) == 0
        finally:
            sweeper.kill()


def own_database():
    """Return the address of the database that this very test sees."""
    address, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
    return f"{address}/{connection.settings_dict['NAME']}"


def wait_for(condition):
    until = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.2)

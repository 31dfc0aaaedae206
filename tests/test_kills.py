"""Nothing is lost and nothing done twice, whoever is killed; see tests/stress.py."""

import os
import signal
import time
from secrets import token_hex

import pytest
from django.conf import settings
from redis import Redis

from accounts.models import User
from claims.sweep import sweep
from tests import bench_catchup, stress
from tests.held_task import hold

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 60  # seconds: a worker takes some to begin


def test_killed_programs_and_a_flushed_broker_change_nothing(tmp_path):
    stress.survive(
        claims=120,
        kills=8,
        folder=str(tmp_path),
        who={"worker": 1, "beat": 2, "sweeper": 2},
        seconds=240,
    )


def test_the_promise_needs_no_broker_that_remembers_unfinished_tasks(tmp_path):
    """Postgres alone keeps it: the next bell finds what a killed worker left."""
    stress.survive(
        claims=60,
        companies=2,
        kills=4,
        folder=str(tmp_path),
        who={"worker": 1, "beat": 1},
        seconds=240,
        app="tests.early_worker",
    )


def test_two_beats_ten_sweepers_or_no_beat_come_to_the_same_end(tmp_path):
    expected = one_sweep()
    households = [
        {"worker": 1, "beat": 2},
        {"sweeper": 10},
        {"sweeper": 1},
    ]
    for who in households:
        let_go_of_the_staff()
        found = stress.survive(
            claims=40,
            companies=2,
            kills=0,
            folder=str(tmp_path),
            who=who,
            seconds=120,
        )
        assert found == expected, (who, found, expected)


def one_sweep():
    """Return the end state that a single sweep in this process comes to."""
    marks = bench_catchup.overdue_claims(40, companies=2)
    sweep(now=bench_catchup.now())
    return stress.end_state(marks)


def let_go_of_the_staff():
    """Let each household find the same number of leads to tell."""
    User.objects.exclude(staff_role="").update(is_active=False)


# --- Late acknowledgement: what it is good for ----------------------------------------


@pytest.mark.parametrize(
    ("app", "runs"),
    [("tests.held_task", 2), ("tests.early_worker", 1)],
    ids=["as the product", "acknowledged early"],
)
def test_a_task_killed_halfway_is_given_to_another_process(tmp_path, app, runs):
    """With early acknowledgement it is gone, and waits for the next bell."""
    slow, quick = f"slow-{token_hex(8)}", f"quick-{token_hex(8)}"
    household = stress.Household(str(tmp_path), {"worker": 1}, app)
    try:
        hold.delay(slow)
        (first,) = processes(slow, 1)
        os.kill(first, signal.SIGKILL)
        found = processes(slow, runs)
        hold.delay(quick)
        processes(quick, 1)
    finally:
        household.kill_all()
    assert processes(slow, runs) == found
    assert len(set(found)) == runs


def processes(key, count):
    """Return which processes have run the task, once there are that many."""
    until = time.monotonic() + PATIENCE
    with Redis.from_url(settings.REDIS_URL) as redis:
        while redis.llen(key) < count:
            assert time.monotonic() < until, f"{key}: {redis.llen(key)} of {count} runs"
            time.sleep(0.1)
        return [int(pid) for pid in redis.lrange(key, 0, -1)]

"""Killing worker, beat and sweeper at random while they work, and what must hold."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import connection
from redis import Redis

from accounts.models import StaffRole, User
from claims import verify
from claims.models import Claim, Deadline, Event, SetAside
from notifications.models import Delivery, Message
from tests import bench_catchup

CELERY = [sys.executable, "-m", "celery", "-A", "{app}", "--skip-checks"]
PROGRAMS = {
    "worker": [*CELERY, "worker", "-c", "2", "-l", "ERROR"],
    "beat": [*CELERY, "beat", "-s", "{folder}/{own}", "--pidfile=", "-l", "ERROR"],
    "sweeper": [sys.executable, "manage.py", "run_sweeper", "--interval", "1"],
}


class Household:
    """Some programs that are killed without warning and begin again."""

    def __init__(self, folder: str, who: Mapping[str, int], app: str = "cpor") -> None:
        address, _slash, _name = os.environ["DATABASE_URL"].rpartition("/")
        name = connection.settings_dict["NAME"]
        self._env = {
            **os.environ,
            "DATABASE_URL": f"{address}/{name}",
            "CPOR_BEAT_SECONDS": "1",
        }
        self._words = {"{folder}": folder, "{app}": app}
        wanted = [(kind, n) for kind, count in who.items() for n in range(count)]
        self._running = {each: self._start(*each) for each in wanted}

    def kill_one(self) -> str:
        """Kill one program with all its children, and let it begin again."""
        who = random.choice(sorted(self._running))  # noqa: S311 -- no secret
        self._kill(who)
        self._running[who] = self._start(*who)
        return who[0]

    def kill_all(self) -> None:
        for who in self._running:
            self._kill(who)

    def _start(self, kind: str, number: int) -> subprocess.Popen[bytes]:
        program = [self._filled(word, kind, number) for word in PROGRAMS[kind]]
        if kind == "worker":
            program += ["-n", f"{number}@kills"]
        return subprocess.Popen(
            program,
            env=self._env,
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _filled(self, word: str, kind: str, number: int) -> str:
        for name, value in self._words.items():
            word = word.replace(name, value)
        return word.replace("{own}", f"{kind}{number}")

    def _kill(self, who: tuple[str, int]) -> None:
        child = self._running[who]
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()


def kill(times: int) -> None:
    """Kill so often, with work enough that each kill meets some, as `make bench`."""
    with TemporaryDirectory() as folder:
        survive(
            claims=20 * times,
            kills=times,
            folder=folder,
            who={"worker": 2, "beat": 2, "sweeper": 3},
            seconds=60 * 60,
            note=lambda line: sys.stdout.write(f"{line}\n"),
        )
    sys.stdout.write(f"{times} kills: every step taken once, every word said once\n")


def survive(
    *,
    claims: int,
    kills: int,
    folder: str,
    who: Mapping[str, int],
    seconds: float,
    app: str = "cpor",
    companies: int = bench_catchup.COMPANIES,
    note: Callable[[str], object] = lambda _line: None,
) -> "EndState":
    """Kill at random while overdue claims wait, and demand that nothing shows.

    :param app: the Celery application whose workers and beats are killed
    """
    marks = bench_catchup.overdue_claims(claims, companies)
    before = set(Event.objects.values_list("pk", flat=True))
    Message.objects.filter(delivery=None).delete()
    messages = set(Message.objects.values_list("pk", flat=True))
    household, until = Household(folder, who, app), time.monotonic() + seconds
    try:
        for number in range(kills):
            _wait_for_progress(until)
            note(f"kill {number + 1}: {household.kill_one()}, {_left()} left")
            if number % 4 == 1:
                Redis.from_url(settings.REDIS_URL).flushall()
        while _left():
            assert time.monotonic() < until, f"{_left()} claims were not moved on"
            time.sleep(0.3)
    finally:
        household.kill_all()
    bench_catchup.assert_all_moved(marks)
    _assert_once(before, messages)
    return end_state(marks)


type EndState = Counter[tuple[object, ...]]


def end_state(marks: Mapping[str, list[int]]) -> EndState:
    """Return what became of the claims: each one's state, history, clock and mails."""
    keys = [pk for pks in marks.values() for pk in pks]
    numbers = dict(Claim.objects.filter(pk__in=keys).values_list("number", "pk"))
    said = defaultdict[int, list[str]](list)
    for number, topic in Message.objects.filter(group__in=numbers).values_list(
        "group", "topic"
    ):
        said[numbers[number]].append(topic)
    history = defaultdict[int, list[str]](list)
    for pk, step, state in (
        Event.objects.filter(claim__in=keys)
        .order_by("version", "pk")
        .values_list("claim", "step", "to_state")
    ):
        history[pk].append(f"{step} {state}")
    running = Deadline.objects.filter(claim__in=keys, closed_at=None)
    clocks = dict(running.values_list("claim", "clock"))
    facts = Claim.objects.filter(pk__in=keys).values_list("pk", "state", "version")
    return Counter(
        (state, version, clocks.get(pk), *history[pk], *sorted(said[pk]))
        for pk, state, version in facts
    )


def _wait_for_progress(until: float) -> None:
    """Kill while there is work in hand: after the next step, or some seconds."""
    left, patience = _left(), time.monotonic() + 6
    while left and _left() == left and time.monotonic() < min(patience, until):
        time.sleep(0.05)
    time.sleep(random.random() / 4)  # noqa: S311 -- no secret


def _left() -> int:
    """Return how many deadlines wait that the clock can act on."""
    states = list(bench_catchup.SHARES)
    waiting = Deadline.objects.filter(closed_at=None, act_at__lt=bench_catchup.now())
    return waiting.filter(claim__state__in=states).count()


def _told() -> Mapping[str, Mapping[str, int]]:
    """Return who hears of each step the clock takes: topic and number of readers."""
    leads = User.objects.filter(staff_role=StaffRole.LEAD, is_active=True).count()
    return {
        "lapse": {"lapsed": 2},
        "expire": {"expired": 1 + leads},
        "start_review": {"review_started": 1, "escalation": 1 + leads},
    }


def _assert_once(before: set[int], messages: set[int]) -> None:
    """Each step stands in the history once, and each reader was told of it once."""
    steps = Event.objects.exclude(pk__in=before)
    assert steps.values("claim").distinct().count() == steps.count()
    new = Message.objects.exclude(pk__in=messages)
    for step, told in _told().items():
        count = steps.filter(step=step).count()
        assert count, step
        for topic, readers in told.items():
            said = new.filter(topic=topic)
            assert said.count() == count * readers, (step, topic)
            assert said.values("group").distinct().count() == count
    assert Delivery.objects.filter(message__in=new).count() == new.count()
    assert not SetAside.objects.exists()
    assert next(verify.faults(), None) is None

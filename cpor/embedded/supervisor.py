"""The whole product as one process: started, watched and stopped together."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from cpor.embedded import children, services
from cpor.embedded.folder import Folder, Running
from cpor.embedded.postgres import Postgres
from cpor.embedded.trouble import Trouble
from cpor.embedded.valkey import Valkey
from cpor.translations import compile_translations

HOST = "127.0.0.1"
ANSWERS_WITHIN = 90.0
DEATHS = 5  # so many within a minute end everything
DEATHS_WITHIN = 60.0
ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked for the end, by Ctrl-C or by a signal."""


@dataclass
class Child:
    """One process of the product and how often it has died lately."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    deaths: list[float] = field(default_factory=list)


def run(folder: Folder, *, port: int, with_demo: bool) -> None:
    """Start everything on the folder and watch it until somebody asks for the end."""
    folder.prepare()
    if not folder.take_lock():
        raise Trouble(already_running(folder))
    demand_free_port(port)
    for number in ENDING:
        # nohup ignores the hang-up of its terminal on purpose.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)
    try:
        with services.started(folder) as (postgres, valkey):
            _serve(folder, postgres, valkey, port=port, with_demo=with_demo)
    except Stopped:
        say("Stopped.")
    finally:
        folder.clear_running()


def _stop(number: int, frame: FrameType | None) -> None:
    """Begin the end once; further signals must not disturb it."""
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)
    raise Stopped


def _serve(
    folder: Folder, postgres: Postgres, valkey: Valkey, *, port: int, with_demo: bool
) -> None:
    address = f"http://{HOST}:{port}"
    running = Running(postgres.url, valkey.url, address)
    say("Postgres and Valkey are up.")
    prepare_data(folder, running, with_demo=with_demo)
    environment = services.environment(folder, running)
    with started_children(folder, commands(folder, port), environment) as family:
        wait_for_answer(port, family, folder)
        folder.set_running(running)
        say(folder.demo_accounts() or "")
        say(f"Open {address} (Ctrl-C stops everything; logs in {folder.path}/logs)")
        watch(family, folder, environment, postgres=postgres, valkey=valkey)


def prepare_data(folder: Folder, running: Running, *, with_demo: bool) -> None:
    """Bring texts and database up to date; load the demo data on the first start."""
    compile_translations(services.ROOT / "locale")
    log = folder.log("manage")
    environment = services.environment(folder, running)
    services.command(["migrate", "--no-input"], log=log, environment=environment)
    say("The database is up to date.")
    production = environment["CPOR_ENV"] == services.PRODUCTION
    if folder.demo_accounts() is None:
        accounts = ""
        if with_demo and not production:
            say("Loading the demo data …")
            accounts = services.command(
                ["demo"], log=log, environment=environment | {"CPOR_DEMO": "1"}
            )
        folder.set_demo_accounts(accounts)
    if production:
        services.command(
            ["collectstatic", "--no-input"], log=log, environment=environment
        )


def commands(folder: Folder, port: int) -> list[Child]:
    """Return the product's own processes, not yet started."""
    celery = [sys.executable, "-m", "celery", "-A", "cpor", "--skip-checks"]
    web = [sys.executable, "-m", "gunicorn", "cpor.wsgi:application"]
    schedule = str(folder.path / "beat-schedule")
    return [
        Child(
            "web",
            [
                *(*web, "--bind", f"{HOST}:{port}", "--no-control-socket"),
                *("--worker-class", "gthread", "--workers", "2", "--threads", "8"),
                *("--timeout", "60", "--graceful-timeout", "10"),
            ],
        ),
        Child("worker", [*celery, "worker", "-c", "2", "-l", "INFO"]),
        Child("beat", [*celery, "beat", "-s", schedule, "--pidfile=", "-l", "INFO"]),
    ]


@contextmanager
def started_children(
    folder: Folder, family: list[Child], environment: dict[str, str]
) -> Iterator[list[Child]]:
    """Start the family and end it together: all are told, then all are awaited."""
    try:
        for child in family:
            start_child(child, folder, environment)
        yield family
    finally:
        for child in family:
            if child.process and child.process.poll() is None:
                child.process.terminate()
        for child in family:
            children.stop(child.process, by=signal.SIGTERM)


def start_child(child: Child, folder: Folder, environment: dict[str, str]) -> None:
    """Start one process of the product, or start it again."""
    child.process = children.start(
        child.command, log=folder.log(child.name), cwd=services.ROOT, env=environment
    )


def wait_for_answer(port: int, family: list[Child], folder: Folder) -> None:
    """Return once the site answers; raise Trouble if it ends or stays silent."""
    ends = time.monotonic() + ANSWERS_WITHIN
    while time.monotonic() < ends:
        for child in family:
            if child.process and child.process.poll() is not None:
                raise Trouble(_ended(child, folder))
        if answers(port):
            return
        time.sleep(0.1)
    raise Trouble(
        f"The site did not answer within {ANSWERS_WITHIN:.0f} seconds;"
        f" see {folder.log('web')}."
    )


def answers(port: int) -> bool:
    """Say whether the site is alive; a redirect to HTTPS is an answer too."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except OSError:
        return False
    finally:
        connection.close()


def watch(
    family: list[Child],
    folder: Folder,
    environment: dict[str, str],
    *,
    postgres: Postgres,
    valkey: Valkey,
) -> None:
    """Start again what dies; raise Trouble when that does not help."""
    while True:
        time.sleep(0.5)
        for name, service in (("Postgres", postgres), ("Valkey", valkey)):
            if service.process and service.process.poll() is not None:
                why = children.last_line(service.log)
                raise Trouble(f"{name} ended; the end of {service.log} says: {why}")
        for child in family:
            if child.process and child.process.poll() is not None:
                revive(child, folder, environment)


def revive(child: Child, folder: Folder, environment: dict[str, str]) -> None:
    """Start a dead process again, each time after a longer pause."""
    now = time.monotonic()
    child.deaths = [at for at in child.deaths if now - at < DEATHS_WITHIN] + [now]
    if len(child.deaths) >= DEATHS:
        raise Trouble(_ended(child, folder))
    say(f"{child.name} ended and is started again.")
    time.sleep(2 ** (len(child.deaths) - 1) / 2)
    start_child(child, folder, environment)


def _ended(child: Child, folder: Folder) -> str:
    log = folder.log(child.name)
    why = children.last_line(log)
    return f"The process {child.name} ended; the end of {log} says: {why}"


def already_running(folder: Folder) -> str:
    """Return the sentence for a second start on the same folder."""
    running = folder.running()
    if running and running.address:
        return f"CPOR Claims is already running at {running.address}."
    return f"Another command is at work on {folder.path}: wait until it has ended."


def demand_free_port(port: int) -> None:
    """Refuse a port on which somebody else listens."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as failed:
            why = (failed.strerror or "").lower() or os.strerror(failed.errno or 0)
            raise Trouble(
                f"Port {port} can't be used ({why}): choose another with --port."
            ) from None


def say(text: str) -> None:
    """Tell the person at the terminal, at once."""
    if text:
        sys.stdout.write(text.rstrip() + "\n")
        sys.stdout.flush()

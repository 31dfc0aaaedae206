"""The whole product as one process: started, watched and stopped together."""

import http.client
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
from cpor.embedded.trouble import Trouble
from cpor.translations import compile_translations

HOST = "127.0.0.1"
LOCK_WITHIN = 15.0
FREE_WITHIN = 2.0  # a killed run lets go of its port a moment later
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

    def is_dead(self) -> bool:
        """Say whether it was started and has ended."""
        return self.process is not None and self.process.poll() is not None


@dataclass(frozen=True)
class Product:
    """What runs on one data folder: the services below, the processes above."""

    folder: Folder
    services: services.Services
    environment: dict[str, str]
    family: list[Child]

    @contextmanager
    def started(self, port: int) -> Iterator[None]:
        """Start the family and end it together: all are told, then all awaited."""
        web, *others = self.family
        try:
            self.start(web)
            self.wait_for_answer(web, port)
            # Only now, so that nothing takes the processor from the first answer.
            for child in others:
                self.start(child)
            yield
        finally:
            self.folder.set_running(self.services.running())  # no address any more
            for child in self.family:
                if child.process and not child.is_dead():
                    child.process.terminate()
            for child in self.family:
                children.stop(child.process, by=signal.SIGTERM)

    def start(self, child: Child) -> None:
        """Start one process, or start it again."""
        child.process = children.start(
            child.command,
            log=self.folder.log(child.name),
            cwd=services.ROOT,
            env=self.environment,
        )

    def wait_for_answer(self, web: Child, port: int) -> None:
        """Return once the site answers; raise Trouble if it ends or stays silent."""
        ends = time.monotonic() + ANSWERS_WITHIN
        while time.monotonic() < ends:
            if web.is_dead():
                raise self.why_dead(web)
            if answers(port):
                return
            time.sleep(0.1)
        raise Trouble(
            f"The site did not answer within {ANSWERS_WITHIN:.0f} seconds;"
            f" {children.last_words(self.folder.log('web'))}"
        )

    def watch(self) -> None:
        """Start again what dies; raise Trouble when that does not help."""
        while True:
            time.sleep(0.5)
            self.services.demand_alive()
            for child in self.family:
                if child.is_dead():
                    self.revive(child)

    def revive(self, child: Child) -> None:
        """Start a dead process again, each time after a longer pause."""
        now = time.monotonic()
        lately = [at for at in child.deaths if now - at < DEATHS_WITHIN]
        child.deaths = [*lately, now]
        if len(child.deaths) >= DEATHS:
            raise self.why_dead(child)
        say(f"{child.name} ended and is started again.")
        time.sleep(0.5 * 2 ** len(lately))
        self.start(child)

    def why_dead(self, child: Child) -> Trouble:
        """Return the sentence about a process that ended."""
        log = self.folder.log(child.name)
        return Trouble(f"The process {child.name} ended; {children.last_words(log)}")


def run(folder: Folder, *, port: int, with_demo: bool) -> None:
    """Start everything on the folder and watch it until somebody asks for the end."""
    folder.prepare()
    take_lock(folder)
    demand_free_port(port)
    for number in ENDING:
        # nohup ignores the hang-up of its terminal on purpose.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, _stop)
    try:
        with services.started(folder) as own:
            say("Postgres and Valkey are up.")
            serve(folder, own, port=port, with_demo=with_demo)
    except Stopped:
        say("Stopped.")


def _stop(number: int, frame: FrameType | None) -> None:
    """Begin the end once; further signals must not disturb it."""
    for each in ENDING:
        signal.signal(each, signal.SIG_IGN)
    raise Stopped


def serve(
    folder: Folder, own: services.Services, *, port: int, with_demo: bool
) -> None:
    """Prepare the data, start the product, tell where it is, and watch it."""
    # By name: a browser gives a passkey to no bare number.
    running = own.running(f"http://localhost:{port}")
    prepare_data(folder, running, with_demo=with_demo)
    environment = services.environment(folder, running)
    product = Product(folder, own, environment, family(folder, port))
    with product.started(port):
        folder.set_running(running)
        say(folder.demo_accounts() or "")
        say(f"Open {running.address}")
        say(f"Ctrl-C stops everything. Logs: {folder.path / 'logs'}")
        product.watch()


def prepare_data(folder: Folder, running: Running, *, with_demo: bool) -> None:
    """Bring texts and database up to date; load the demo data on the first start."""
    environment = services.environment(folder, running)
    compile_translations(services.ROOT / "locale")
    log = folder.log("manage")
    services.migrate(folder, running)
    say("The database is up to date.")
    production = environment["CPOR_ENV"] == services.PRODUCTION
    if production:
        services.command(
            ["collectstatic", "--no-input"], log=log, environment=environment
        )
    if folder.demo_accounts() is None:
        accounts = ""
        if with_demo and not production:
            say("Loading the demo data …")
            demo = environment | {"CPOR_DEMO": "1"}
            accounts = services.command(["demo"], log=log, environment=demo)
        folder.set_demo_accounts(accounts)


def family(folder: Folder, port: int) -> list[Child]:
    """Return the product's own processes, not yet started."""
    beat = folder.path / "beat"
    beat.mkdir(mode=0o700, exist_ok=True)
    celery = [sys.executable, "-m", "celery", "-A", "cpor", "--skip-checks"]
    schedule = ["-s", str(beat / "schedule"), "--pidfile="]
    return [
        Child(
            "web",
            [
                *(sys.executable, "-m", "gunicorn", "cpor.wsgi:application"),
                *("--config", "python:cpor.server", "--preload"),
                *("--bind", f"{HOST}:{port}"),
            ],
        ),
        Child("worker", [*celery, "worker", "-c", "2", "-l", "INFO"]),
        Child("beat", [*celery, "beat", *schedule, "-l", "INFO"]),
    ]


def answers(port: int) -> bool:
    """Say whether the site is alive; a redirect to HTTPS is an answer too."""
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def take_lock(folder: Folder) -> None:
    """Claim the folder; wait a while for one who is just starting or ending there."""
    ends = time.monotonic() + LOCK_WITHIN
    while not folder.take_lock():
        running = folder.running()
        if running and running.address:
            raise Trouble(f"CPOR Claims is already running at {running.address}.")
        if time.monotonic() > ends:
            raise Trouble(
                f"Another start or command is at work on {folder.path}: wait for its"
                " end."
            )
        time.sleep(0.1)


def demand_free_port(port: int) -> None:
    """Refuse a port on which somebody else listens."""
    ends = time.monotonic() + FREE_WITHIN
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as failed:
                if time.monotonic() > ends:
                    why = (failed.strerror or "no access").lower()
                    raise Trouble(
                        f"Port {port} can't be used ({why}): choose another with"
                        " --port."
                    ) from None
            else:
                return
        time.sleep(0.1)


def say(text: str) -> None:
    """Tell the person at the terminal, at once."""
    if text:
        sys.stdout.write(text.rstrip() + "\n")
        sys.stdout.flush()

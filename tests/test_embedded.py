"""Postgres, Valkey and the data folder, as a person at a terminal meets them."""

import os
import secrets
import signal
import stat
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from cpor.embedded import children, supervisor
from cpor.embedded import postgres as postgres_module
from cpor.embedded.folder import Folder, Running
from cpor.embedded.manage import data_argument
from cpor.embedded.postgres import Postgres
from cpor.embedded.services import environment
from cpor.embedded.trouble import Trouble
from cpor.embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def place():
    """A folder into which root's Postgres can walk; pytest's own are closed."""
    with tempfile.TemporaryDirectory(prefix="cpor-") as name:
        Path(name).chmod(0o711)
        yield Path(name)


@pytest.fixture
def postgres(place):
    server = Postgres(place / "pg", place / "pg.log", secrets.token_hex(), "own")
    yield server
    server.stop()


@pytest.fixture
def valkey(place):
    server = Valkey(place / "vk", place / "vk.log", secrets.token_hex())
    yield server
    server.stop()


def count(server):
    with psycopg.connect(server.owner_url) as connection:
        return len(connection.execute("select name from things").fetchall())


def keep_a_thing(server):
    with psycopg.connect(server.owner_url, autocommit=True) as connection:
        connection.execute("create table if not exists things (name text)")
        connection.execute("insert into things values ('a thing')")


# --- Postgres ---------------------------------------------------------------------


def test_postgres_keeps_what_was_written_over_a_restart(postgres):
    postgres.start()
    keep_a_thing(postgres)
    postgres.stop()

    postgres.start()

    assert count(postgres) == 1


def test_a_killed_postgres_starts_again_with_all_that_was_committed(postgres):
    postgres.start()
    keep_a_thing(postgres)
    postgres.process.send_signal(signal.SIGQUIT)
    postgres.process.wait()

    postgres.start()

    assert count(postgres) == 1


def test_an_orphan_on_the_same_folder_is_stopped_by_the_next_start(place, postgres):
    postgres.start()
    keep_a_thing(postgres)
    orphan = postgres.process

    postgres.start()

    assert orphan.wait(5) is not None
    assert count(postgres) == 1


def test_postgres_refuses_who_does_not_know_the_password(postgres):
    postgres.start()

    with pytest.raises(psycopg.OperationalError, match="password authentication"):
        psycopg.connect(postgres.owner_url.replace(postgres.password, "guessed"))


def test_lost_keys_are_named_as_the_reason(place, postgres):
    postgres.start()
    postgres.stop()
    stranger = Postgres(postgres.folder, postgres.log, secrets.token_hex(), "own")

    with pytest.raises(Trouble, match=r"put its keys\.json back"):
        stranger.start()

    assert stranger.process
    assert stranger.process.poll() is not None


def test_a_broken_cluster_is_told_with_the_last_words_of_its_log(postgres):
    postgres.start()
    postgres.stop()
    (postgres.folder / "postgresql.conf").write_text("no such thing\n")

    with pytest.raises(Trouble, match=r"Postgres did not start; the end of .*pg\.log"):
        postgres.start()


def test_a_folder_below_a_closed_one_is_moved_out_for_root_only(place, monkeypatch):
    monkeypatch.setattr(postgres_module, "OUTSIDE", place)
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    owner = {"user": 65534, "group": 65534}

    moved = postgres_module.reachable_folder(closed / "pg", owner, "first")
    again = postgres_module.reachable_folder(closed / "pg", owner, "first")
    renewed = postgres_module.reachable_folder(closed / "pg", owner, "second")
    normal = postgres_module.reachable_folder(closed / "pg", {}, "first")

    assert moved == again
    assert [moved.parent.parent, renewed.parent.parent] == [place, place]
    assert moved != renewed
    assert normal == closed / "pg"


def test_the_copied_programs_start_from_their_new_place(place, monkeypatch):
    monkeypatch.setattr(postgres_module, "OUTSIDE", place)
    installed = postgres_module.readable_programs({}).parents[1]

    copy = postgres_module.copy_programs(installed)

    program = copy / postgres_module.PACKAGE / postgres_module.PROGRAMS / "postgres"
    said = subprocess.check_output([program, "--version"], text=True)
    assert said.startswith("postgres (PostgreSQL) 18")
    assert postgres_module.copy_programs(installed) == copy


def test_a_path_that_others_may_write_to_is_not_trusted(place):
    planted = place / "planted"
    planted.mkdir()
    planted.chmod(0o777)

    with pytest.raises(Trouble, match="belongs to somebody else"):
        postgres_module.demand_owner(planted, os.geteuid())


def test_root_needs_somebody_to_hand_postgres_to(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(postgres_module, "UNPRIVILEGED", ("nobody-of-that-name",))

    with pytest.raises(Trouble, match="refuses to run as root"):
        postgres_module.unprivileged_owner()


# --- Valkey -----------------------------------------------------------------------


def test_valkey_keeps_its_queue_and_its_secret(valkey):
    valkey.start()
    redis.Redis.from_url(valkey.url).set("queue", "full")
    valkey.stop()

    valkey.start()

    assert redis.Redis.from_url(valkey.url).get("queue") == b"full"
    command = Path(f"/proc/{valkey.process.pid}/cmdline")
    assert valkey.password not in command.read_text()
    assert stat.S_IMODE((valkey.folder / "valkey.conf").stat().st_mode) == 0o600


def test_valkey_refuses_who_does_not_know_the_password(valkey):
    valkey.start()

    with pytest.raises(redis.exceptions.AuthenticationError):
        redis.Redis(port=valkey.port).ping()


# --- The data folder --------------------------------------------------------------


def test_secrets_are_drawn_once_and_only_the_owner_reads_them(tmp_path):
    folder = Folder(tmp_path / "data")
    folder.prepare()

    first, second = folder.keys(), Folder(folder.path).keys()

    assert first == second
    assert len({first.secret_key, first.database_password, first.broker_password}) == 3
    assert stat.S_IMODE((folder.path / "keys.json").stat().st_mode) == 0o600


def test_one_process_at_a_time_holds_the_folder(tmp_path):
    folder, other = Folder(tmp_path / "data"), Folder(tmp_path / "data")
    folder.prepare()

    with closing_locks(folder, other):
        assert [folder.take_lock(), other.take_lock()] == [True, False]


def test_a_second_start_waits_for_the_end_of_the_first_then_gives_up(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(supervisor, "LOCK_WITHIN", 0.2)
    folder, other = Folder(tmp_path / "data"), Folder(tmp_path / "data")
    folder.prepare()

    with closing_locks(folder, other):
        folder.take_lock()
        with pytest.raises(Trouble, match="Another start or command is at work"):
            supervisor.take_lock(other)
        folder.set_running(Running("postgresql://…", "redis://…", "http://here"))
        with pytest.raises(Trouble, match=r"is already running at http://here\."):
            supervisor.take_lock(other)


@contextmanager
def closing_locks(*folders):
    """What the end of the process does."""
    yield
    for folder in folders:
        if folder._lock:  # noqa: SLF001
            folder._lock.close()  # noqa: SLF001


def test_the_address_of_a_run_is_told_to_its_owner_alone(tmp_path):
    folder = Folder(tmp_path / "data")
    folder.prepare()
    running = Running("postgresql://…", "redis://…", "http://127.0.0.1:8000")

    folder.set_running(running)

    assert Folder(folder.path).running() == running
    assert stat.S_IMODE((folder.path / "running.json").stat().st_mode) == 0o600


def test_a_folder_that_is_a_file_is_one_sentence(tmp_path):
    (tmp_path / "data").write_text("")

    with pytest.raises(Trouble, match=r"The data folder .* can't be used: .*\.$"):
        Folder(tmp_path / "data").prepare()


def test_a_long_log_is_put_aside(tmp_path, monkeypatch):
    monkeypatch.setattr("cpor.embedded.folder.LOG_BYTES", 3)
    folder = Folder(tmp_path / "data")
    folder.prepare()
    folder.log("web").write_text("long")

    assert not folder.log("web").exists()
    assert (folder.path / "logs" / "web.old.log").read_text() == "long"


def test_demo_mode_follows_the_folder_but_never_into_production(tmp_path, monkeypatch):
    monkeypatch.delenv("CPOR_DEMO", raising=False)
    folder = Folder(tmp_path / "data")
    folder.prepare()
    running = Running("postgresql://…", "redis://…")
    empty = environment(folder, running)
    folder.set_demo_accounts("admin@nordwind.example")

    demo = environment(folder, running)
    monkeypatch.setenv("CPOR_ENV", "production")
    production = environment(folder, running)

    told = [names.get("CPOR_DEMO") for names in (empty, demo, production)]
    assert told == [None, "1", None]


# --- Processes --------------------------------------------------------------------


def test_a_child_does_not_outlive_a_killed_parent(tmp_path):
    code = (
        "import pathlib, time; from cpor.embedded import children;"
        f"child = children.start(['sleep', '60'], log=pathlib.Path('{tmp_path}/log'));"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=-1, cwd=ROOT)
    assert parent.stdout
    child = int(parent.stdout.readline())

    parent.kill()
    parent.communicate()

    assert ends_within(child, seconds=5)


def ends_within(pid, *, seconds):
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":  # ended, not yet collected by whoever inherited it
            return True
        time.sleep(0.05)
    return False


def test_a_child_that_does_not_listen_is_killed(tmp_path):
    deaf = children.start(
        ["sh", "-c", "trap '' TERM; while :; do sleep 1; done"], log=tmp_path / "log"
    )
    time.sleep(0.2)

    children.stop(deaf, by=signal.SIGTERM, within=0.2)

    assert deaf.returncode == -signal.SIGKILL


def test_a_taken_port_is_one_sentence(monkeypatch):
    monkeypatch.setattr(supervisor, "FREE_WITHIN", 0)
    port = int(os.environ["REDIS_URL"].rpartition(":")[2].partition("/")[0])

    with pytest.raises(Trouble, match=f"Port {port} can't be used"):
        supervisor.demand_free_port(port)


@pytest.mark.parametrize(
    ("words", "data", "rest"),
    [
        (["check"], None, ["check"]),
        (["--data", "d", "check"], "d", ["check"]),
        (["check", "--deploy", "--data=d"], "d", ["check", "--deploy"]),
    ],
)
def test_the_data_folder_is_taken_out_of_a_commands_words(words, data, rest):
    assert data_argument(words) == (data, rest)


def test_a_data_folder_without_a_name_is_one_sentence():
    with pytest.raises(Trouble, match="--data needs the name of a folder"):
        data_argument(["check", "--data"])

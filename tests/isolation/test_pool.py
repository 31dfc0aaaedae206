"""A pooled connection leaks nothing: one connection, used by one after the other.

However the first one leaves, the next finds it at the entrance, with no company, no
person and nothing of the first one's left in it.
"""

import contextlib
import sys
from queue import Queue
from uuid import uuid4

import pytest
from celery import Task
from celery.contrib.testing.worker import start_worker
from django.core.management import call_command
from django.db import DatabaseError, connection, connections, transaction
from django.test import Client

import manage
from accounts import scopes
from accounts.scopes import Scope, Standing, standing_of
from claims.models import Claim
from cpor.celery import app
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)

LEFT = """
SELECT current_user, current_setting('cpor.partner', true),
  current_setting('cpor.person', true), current_setting('cpor.claim', true),
  (SELECT count(*) FROM pg_cursors WHERE name <> ''),
  (SELECT count(*) FROM pg_prepared_statements),
  (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()
     AND locktype = 'advisory'),
  (SELECT count(*) FROM pg_class WHERE relpersistence = 't')
"""
NOTHING = ("cpor_entrance", "", "", "", 0, 0, 0, 0)


@pytest.fixture
def rivals():
    return factories.claim("submitted"), factories.claim("approved")


@pytest.fixture
def one_connection(rivals):
    """Let this process have one connection, and let go of it."""
    options = connection.settings_dict["OPTIONS"]["pool"]
    before = options["max_size"]
    leave()
    connection.close_pool()
    options["max_size"] = 1
    yield
    leave()
    connection.close_pool()
    options["max_size"] = before


def leave():
    """What the end of a request does: the connection goes back to the pool."""
    connections.close_all()


def left_behind():
    """Return what the next one finds, before entering any scope."""
    with connection.pool.connection() as raw:
        found = raw.execute(LEFT).fetchone()
        pid = raw.info.backend_pid
    return pid, found


def use(claim):
    """Stand in the company's scope, see its claim; return the connection's process."""
    with scopes.entered(standing_of(claim.created_by)):
        assert [each.pk for each in Claim.objects.all()] == [claim.pk]
        return connection.connection.info.backend_pid


def ends_well(claim):
    return use(claim)


def ends_in_an_error(claim):
    return _broken_by("SELECT 1 / 0", claim)


def ends_in_a_cancelled_query(claim):
    return _broken_by("SET LOCAL statement_timeout = 20; SELECT pg_sleep(5)", claim)


def _broken_by(statement, claim):
    pid = use(claim)
    with (
        pytest.raises(DatabaseError),
        scopes.entered(standing_of(claim.created_by)),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    return pid


def ends_amid_a_stream(claim):
    rows = Claim.objects.iterator(chunk_size=1)
    transaction.set_autocommit(False)
    scopes._move(standing_of(claim.created_by))  # noqa: SLF001
    next(rows)
    return connection.connection.info.backend_pid


def ends_amid_a_transaction(claim):
    transaction.set_autocommit(False)
    scopes._move(standing_of(claim.created_by))  # noqa: SLF001
    Claim.objects.update(name="Half done")
    return connection.connection.info.backend_pid


def leaves_everything_lying(claim):
    """What no line of ours does: settings, locks and statements of a whole session."""
    scopes._move(standing_of(claim.created_by), local=False)  # noqa: SLF001
    raw = connection.connection
    raw.execute("SELECT pg_advisory_lock(4711)")
    raw.execute("PREPARE spy AS SELECT * FROM claims_claim")
    raw.execute("DECLARE hold CURSOR WITH HOLD FOR SELECT * FROM claims_claim")
    return raw.info.backend_pid


WAYS = [
    *(ends_well, ends_in_an_error, ends_in_a_cancelled_query),
    *(ends_amid_a_stream, ends_amid_a_transaction, leaves_everything_lying),
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_the_next_one_finds_the_connection_as_if_new(rivals, one_connection, way):
    pid = way(rivals[0])
    leave()

    assert left_behind() == (pid, NOTHING)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_the_rival_gets_the_same_connection_and_sees_only_its_own(
    rivals, one_connection, way
):
    pid = way(rivals[0])
    leave()

    assert use(rivals[1]) == pid


def test_a_connection_that_was_killed_is_replaced(rivals, one_connection):
    pid = use(rivals[0])
    connection.connection.pgconn.finish()
    leave()

    other, found = left_behind()
    assert other != pid
    assert found == NOTHING


def test_two_companies_in_turn_see_each_its_own_on_one_connection(
    rivals, one_connection
):
    for own, foreign in (rivals, rivals[::-1], rivals):
        client = Client()
        client.force_login(own.created_by)
        page = client.get("/claims/").content.decode()
        assert own.number in page
        assert foreign.number not in page
        assert client.get(f"/claims/{foreign.number}/").status_code == 404
        leave()
        assert left_behind()[1] == NOTHING


def test_a_task_leaves_the_system_scope_behind(rivals, one_connection):
    with scopes.at_home_in(Scope.SYSTEM):
        assert Claim.objects.count() == len(rivals)
    leave()

    assert left_behind()[1] == NOTHING


# --- The worker and the commands ----------------------------------------------


@pytest.fixture
def as_in_production(one_connection, monkeypatch):
    """Let every thread begin at the entrance, not where tests begin."""
    monkeypatch.setattr(scopes, "HOME", Scope.ENTRANCE)
    monkeypatch.setattr(scopes._thread, "home", None, raising=False)  # noqa: SLF001


def what_is_seen():
    """Return how many claims there are, and which process of Postgres said so."""
    return Claim.objects.count(), connection.connection.info.backend_pid


def done_by_a_worker(deed, **kind):
    """Send a task through the broker; a worker takes it and does the deed."""
    results, queue = Queue(), f"isolation-{uuid4()}"

    def task():
        try:
            results.put(deed())
        except DatabaseError as refused:
            results.put(str(refused).partition("\n")[0])
            raise

    named = app.task(task, name=queue, **kind)
    with (
        contextlib.suppress(DatabaseError),
        start_worker(
            app,
            pool="solo",
            queues=[queue],
            perform_ping_check=False,
            loglevel="CRITICAL",
        ),
    ):
        named.apply_async(queue=queue)
        found = results.get(timeout=30)
    del app.tasks[queue]
    return found


def test_a_task_of_the_worker_leaves_the_connection_as_if_new(rivals, as_in_production):
    seen, pid = done_by_a_worker(what_is_seen)

    assert seen == len(rivals)
    assert left_behind() == (pid, NOTHING)


def test_a_task_that_breaks_off_leaves_the_connection_as_if_new(
    rivals, as_in_production
):
    pids = []

    def breaks_off():
        pids.append(what_is_seen()[1])
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    assert done_by_a_worker(breaks_off) == "division by zero"
    assert left_behind() == (pids[0], NOTHING)


def test_a_task_that_enters_no_scope_sees_no_row(rivals, as_in_production):
    """Celery's own class of tasks, which knows nothing of scopes."""
    found = done_by_a_worker(what_is_seen, base=Task)

    assert found == "permission denied for table claims_claim"
    assert left_behind()[1] == NOTHING


def test_a_task_for_nobodys_company_sees_no_row(rivals, as_in_production):
    def for_nobody():
        with scopes.entered(Standing(Scope.PARTNER)):
            return what_is_seen()

    seen, pid = done_by_a_worker(for_nobody)

    assert seen == 0
    assert left_behind() == (pid, NOTHING)


def test_a_command_leaves_the_connection_as_if_new(
    rivals, as_in_production, monkeypatch, capsys
):
    pid = use(rivals[0])
    leave()
    monkeypatch.setattr(sys, "argv", ["manage.py", "verify"])
    manage.main()

    assert capsys.readouterr().out
    assert left_behind() == (pid, NOTHING)


def test_a_command_that_enters_no_scope_sees_no_row(rivals, as_in_production):
    with pytest.raises(DatabaseError, match="permission denied for table"):
        call_command("verify")
    leave()

    assert left_behind()[1] == NOTHING


def test_no_scope_makes_a_table_of_its_own():
    for scope in Scope:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT has_database_privilege(%s, current_database(), 'TEMPORARY')",
                [scope.role],
            )
            assert cursor.fetchone() == (False,)

"""Processes killed in the middle of everything: no file half there, lost or visible."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from claims import checking, evidence, keeping, tasks, vault
from claims.models import Check, Claim, Evidence
from tests import factories
from tests.claims.pages import browser
from tests.inspection.pdfs import bodies, plain

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]
NOW = timezone.now()
HONEST = plain(bodies())
DAY = timedelta(days=1)
# The beginning of a process that works on the tests' database and storage.
BEGIN = """
import os, sys, time
import django
from django.conf import settings
import cpor.settings
settings.DATABASES["default"].update(NAME={database!r})
settings.STORAGES["default"]["OPTIONS"]["location"] = {folder!r}
django.setup()
from accounts import scopes
scopes.HOME = scopes.Scope.SYSTEM
from django.core.files.base import ContentFile
from django.utils import timezone
from claims import checking, evidence, inspection, tasks, vault
from claims.models import Claim, Evidence

def hold(*args, **kwargs):
    print("holding", flush=True)
    time.sleep(60)

class Slow(ContentFile):
    def chunks(self, chunk_size=None):
        yield self.read(10)
        hold()
"""


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    options = {"location": tmp_path, "base_url": None}
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "claims.storage.DurableFolder", "OPTIONS": options},
    }
    return tmp_path


def killed(program, folder):
    """Run a few lines in a process of their own, and kill it once it holds."""
    begin = BEGIN.format(database=connection.settings_dict["NAME"], folder=str(folder))
    process = subprocess.Popen(
        [sys.executable, "-c", begin + program],
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "cpor.settings",
            "CPOR_ENV": "test",
            "DATABASE_URL": os.environ["DATABASE_URL"],
            "REDIS_URL": django_settings.REDIS_URL,
            "CPOR_DATA": str(folder),
        },
    )
    with process:
        assert process.stdout is not None
        said = process.stdout.readline().strip()
        process.kill()
    assert said == "holding"


def attached(claim, content=HONEST):
    upload = ContentFile(content, name="proof.pdf")
    return evidence.attach(claim=claim, by=claim.created_by, upload=upload, now=NOW)


def named(folder):
    return [path for path in (folder / "evidence").rglob("*") if path.is_file()]


ATTACH = """
claim = Claim.objects.get(pk={pk})
evidence.attach(claim=claim, by=claim.created_by, upload={upload},
                now=timezone.now())
"""


def test_a_server_killed_while_it_stores_leaves_nothing_behind(folder):
    claim = factories.draft(files=0)
    upload = f'Slow({HONEST!r}, name="proof.pdf")'
    killed(
        "evidence.digest_of = lambda upload: 'a' * 64\n"
        + ATTACH.format(pk=claim.pk, upload=upload),
        folder,
    )

    assert Evidence.objects.count() == 0
    assert named(folder) == []
    (half,) = (folder / "incoming").iterdir()
    assert half.stat().st_size <= 10
    vault.tidy(before=timezone.now() + DAY)
    assert list((folder / "incoming").iterdir()) == []
    assert attached(Claim.objects.get(pk=claim.pk)).is_pending


def test_a_server_killed_between_content_and_row_shows_nothing_and_goes_on(folder):
    claim = factories.draft(files=0)
    upload = f'ContentFile({HONEST!r}, name="proof.pdf")'
    killed("Evidence.save = hold\n" + ATTACH.format(pk=claim.pk, upload=upload), folder)

    assert Evidence.objects.count() == 0
    assert len(named(folder)) == 1
    file = attached(Claim.objects.get(pk=claim.pk))
    assert named(folder) == [Path(default_storage.path(file.content.name))]
    assert keeping.delete_orphans(now=timezone.now() + 2 * DAY) == []


def test_a_worker_killed_over_a_file_leaves_it_to_the_next(folder):
    claim = factories.draft(files=0)
    file = attached(claim)
    killed(
        f"inspection.inspect_open = hold\ntasks.inspect_evidence({file.pk})\n", folder
    )

    file.refresh_from_db()
    assert file.check_state == Check.INSPECTING
    where = reverse("evidence", args=[claim.number, file.public_id])
    assert browser(claim.created_by).get(where).status_code == 409
    assert tasks.inspect_waiting_evidence() == 0  # it may still be alive

    later = timezone.now() + checking.LEASE
    taken = checking.claim_for_check(now=later)
    assert checking.inspect(evidence=taken, now=later).is_clean


def test_a_worker_that_comes_back_too_late_changes_nothing():
    file = attached(factories.draft(files=0))
    slow = checking.claim_for_check(now=NOW)
    quick = checking.claim_for_check(now=NOW + checking.LEASE)
    assert slow == quick == file
    Evidence.objects.update(name="changed since.pdf")
    quick = checking.inspect(evidence=quick, now=NOW + checking.LEASE)
    Evidence.objects.update(check_state=Check.INFECTED)
    assert checking.inspect(evidence=slow, now=NOW).check_state == Check.INFECTED


def test_a_worker_that_lost_its_file_does_not_decide_for_the_one_who_has_it():
    file = attached(factories.draft(files=0))
    slow = checking.claim_for_check(now=NOW)
    checking.claim_for_check(now=NOW + checking.LEASE)
    held = Evidence.objects.get(pk=file.pk).check_after

    checking.inspect(evidence=slow, now=NOW)

    file.refresh_from_db()
    assert (file.check_state, file.check_after) == (Check.INSPECTING, held)


def test_a_check_killed_over_a_file_is_gone_on_with(folder):
    claim = factories.draft(files=0)
    for number in range(3):
        attached(claim, HONEST + b"\n" * number)
    program = """
from claims import keeping
read, seen = vault.digest_of, []
def slow(name):
    seen.append(name)
    return read(name) if len(seen) < 3 else hold()
vault.digest_of = slow
now = timezone.now()
keeping.go_on(run=keeping.open_run(now=now), now=now, most_files=9, most_seconds=60)
"""
    killed(program, folder)

    assert Evidence.objects.filter(verified_at=None).count() == 1
    now = timezone.now()
    run = keeping.open_run(now=now)
    sitting = keeping.go_on(run=run, now=now, most_files=9, most_seconds=60)
    assert (sitting.files, sitting.is_done) == (1, True)

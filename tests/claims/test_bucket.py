"""Contents in a real S3 server, which checks signatures and may die at any moment."""

import os
from datetime import timedelta

import psutil
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from claims import checking, evidence, keeping, tasks, vault
from claims.models import Check, Evidence
from tests import factories, storage
from tests.claims.pages import browser
from tests.inspection.pdfs import bodies, plain

pytestmark = pytest.mark.django_db

NOW = timezone.now()
HONEST = plain(bodies())
MB = 1024 * 1024


@pytest.fixture
def place(tmp_path):
    return tmp_path


@pytest.fixture
def server(place, settings):
    """A server of the test's own, so that it can be killed."""
    with storage.s3_server(place) as address:
        use(settings, address)
        yield


def use(settings, address, **differences):
    options = dict(settings.S3_OPTIONS) | {
        "bucket_name": storage.BUCKET,
        "endpoint_url": address,
        "access_key": storage.KEY,
        "secret_key": storage.SECRET,
        "region_name": "us-east-1",
        **differences,
    }
    backend = {"BACKEND": "claims.storage.Bucket", "OPTIONS": options}
    settings.STORAGES = {**settings.STORAGES, "default": backend}


def kill_servers():
    """Kill every rclone that this process has started."""
    for child in psutil.Process().children():
        if child.name() == "rclone":
            child.kill()
            child.wait()


def attached(claim, content=HONEST, now=NOW):
    upload = ContentFile(content, name="proof.pdf")
    return evidence.attach(claim=claim, by=claim.created_by, upload=upload, now=now)


def lies_there(place):
    root = place / storage.BUCKET
    return sorted(
        path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()
    )


def upload(claim, content=HONEST):
    return browser(claim.created_by).post(
        reverse("evidence-upload", args=[claim.number]),
        {"file": SimpleUploadedFile("proof.pdf", content)},
        headers={"Accept": "application/json"},
    )


@pytest.mark.usefixtures("server")
def test_a_content_is_kept_inspected_and_read_back(place):
    file = attached(factories.draft(files=0))
    assert lies_there(place) == [file.content.name]
    assert (place / storage.BUCKET / file.content.name).read_bytes() == HONEST
    tasks.inspect_evidence(file.pk)
    file.refresh_from_db()
    assert file.check_state == Check.CLEAN


@pytest.mark.usefixtures("server")
def test_a_large_content_goes_in_parts_and_comes_back_whole():
    large = HONEST + os.urandom(20 * MB)
    file = attached(factories.draft(files=0), large)
    assert vault.digest_of(file.content.name) == vault.Digest(file.sha256, len(large))


@pytest.mark.usefixtures("server")
def test_the_check_finds_what_changed_is_missing_or_left_over(place):
    root = place / storage.BUCKET
    left = root / "evidence" / "ab" / "left"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"nobody's")
    old = (NOW - timedelta(days=2)).timestamp()
    os.utime(left, (old, old))
    claim = factories.draft(files=0)
    changed, missing = attached(claim), attached(claim, HONEST + b"\n")
    (root / changed.content.name).write_bytes(b"rotten")
    default_storage.delete(missing.content.name)
    run = keeping.open_run(now=NOW)
    keeping.go_on(run=run, now=NOW, most_files=10, most_seconds=60)

    faults = keeping.open_faults().values_list("name", "what")
    assert sorted(faults) == sorted(
        [
            (changed.content.name, "changed"),
            (missing.content.name, "missing"),
            ("evidence/ab/left", "orphan"),
        ]
    )
    assert keeping.delete_orphans(now=NOW) == ["evidence/ab/left"]
    assert not left.exists()


def test_a_wrong_key_is_no_way_in(place, settings):
    with storage.s3_server(place) as address:
        use(settings, address, secret_key="another-secret-of-some-length")  # noqa: S106
        answer = upload(factories.draft(files=0))
    assert answer.status_code == 503
    assert Evidence.objects.count() == 0
    assert lies_there(place) == []


@pytest.mark.usefixtures("server")
def test_a_storage_that_is_down_takes_nothing_and_says_so(place):
    claim = factories.draft(files=0)
    kill_servers()
    answer = upload(claim)
    assert answer.status_code == 503
    assert answer.json()["message"] == (
        "The storage for files does not answer. Nothing was stored; "
        "try again in a few minutes."
    )
    assert Evidence.objects.count() == 0


class Deadly(ContentFile):  # type: ignore[type-arg]  # no generic at run time
    """A content whose second half is read only once the server was killed."""

    killed = False

    def read(self, size=-1):
        if self.tell() > 4 * MB and not self.killed:
            kill_servers()
            self.killed = True
        return super().read(size)


def test_a_storage_killed_in_the_middle_keeps_no_half_and_takes_it_again(
    place, settings
):
    claim = factories.draft(files=0)
    content = HONEST + os.urandom(20 * MB)
    with storage.s3_server(place) as address:
        use(settings, address)
        with pytest.raises(vault.Unavailable):
            evidence.attach(
                claim=claim,
                by=claim.created_by,
                upload=Deadly(content, name="proof.pdf"),
                now=NOW,
            )
    assert Evidence.objects.count() == 0
    assert lies_there(place) == []

    again = place / "again"
    again.mkdir()
    with storage.s3_server(again) as address:
        use(settings, address)
        file = attached(claim, content)
        assert vault.digest_of(file.content.name).sha256 == file.sha256


def test_a_file_waits_while_the_storage_is_down_and_is_not_lost(place, settings):
    with storage.s3_server(place) as address:
        use(settings, address)
        file = attached(factories.draft(files=0))
        kill_servers()
        tasks.inspect_evidence(file.pk)
    file.refresh_from_db()
    assert file.check_state == Check.RECEIVED
    assert file.check_after > timezone.now()

    folder = place / storage.BUCKET
    backend = {
        "BACKEND": "claims.storage.DurableFolder",
        "OPTIONS": {"location": folder, "base_url": None},
    }
    settings.STORAGES = {**settings.STORAGES, "default": backend}
    later = timezone.now() + 2 * checking.AGAIN
    waiting = checking.claim_for_check(now=later)
    assert checking.inspect(evidence=waiting, now=later).is_clean
    assert default_storage.exists(file.content.name)

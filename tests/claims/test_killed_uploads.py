"""The web server killed amid an upload: nothing half there, lost or visible."""

import http.client
import time
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.actions import issue_token
from claims import keeping, vault
from tests import factories, storage
from tests.claims.gunicorn import free_port, served

pytestmark = pytest.mark.django_db(transaction=True)

MEGABYTE = 1024 * 1024
LATER = 2 * keeping.SAFETY_AGE


class Server:
    """gunicorn whose worker can be killed; its master starts another."""

    def __init__(self, folder, held):
        self.mark, self.waiting = folder / "mark", folder / "waiting"
        self.folder, self.held = folder, held

    def start(self, stack):
        """Start it, or another after it, where the same contents lie."""
        self.port = free_port()
        application = "tests.claims.held_server:application"
        self.process = stack.enter_context(
            served(self.folder, self.port, application, **self.held)
        )

    def begin(self, claim, name, *, part=1.0):
        """Send the request for a file, or a part of it, and wait for no answer."""
        content = factories.PDF + b"%" + b"A" * MEGABYTE + b"\n"
        body = encode_multipart(BOUNDARY, {"file": SimpleUploadedFile(name, content)})
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        line.putrequest("POST", f"/api/v1/claims/{claim.number}/evidence/")
        line.putheader("Authorization", f"Token {issue_token(person=claim.created_by)}")
        line.putheader("Content-Type", MULTIPART_CONTENT)
        line.putheader("Content-Length", str(len(body)))
        line.endheaders()
        line.send(body[: int(len(body) * part)])
        return line

    def send(self, claim, name):
        """Send a file and return how it was answered."""
        line = self.begin(claim, name)
        answer = line.getresponse()
        said = answer.read()
        line.close()
        return answer.status, said

    def kill(self, line, once=None):
        """Kill the worker once it has stopped, or sooner, and the line with it."""
        wait_until(once or self.mark.exists)
        for worker in self.workers():
            worker.kill()
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            line.getresponse()
        line.close()
        self.mark.unlink(missing_ok=True)

    def kill_master(self, line):
        """Kill the master alone, amid a request; its worker ends by itself."""
        wait_until(self.mark.exists)
        workers = self.workers()
        self.process.kill()
        self.mark.unlink()
        _gone, alive = psutil.wait_procs(workers, timeout=30)
        assert alive == []
        with suppress(ConnectionError, http.client.HTTPException):
            line.getresponse().read()
        line.close()

    def has_a_part(self):
        """Whether a part of a file is on the disk, under no name."""
        return any(
            f"{self.waiting}/#" in str(opened.readlink()) and opened.stat().st_size
            for worker in self.workers()
            for opened in Path(f"/proc/{worker.pid}/fd").iterdir()
        )

    def workers(self):
        return psutil.Process(self.process.pid).children(recursive=True)


def wait_until(is_so):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(psutil.NoSuchProcess, FileNotFoundError):
            if is_so():
                return
        time.sleep(0.02)
    raise AssertionError("it never came to that")


@pytest.fixture(params=["folder", "bucket"])
def server(request, settings, tmp_path):
    with ExitStack() as stack:
        (tmp_path / "waiting").mkdir()
        held = {
            "HELD_MARK": str(tmp_path / "mark"),
            "TMPDIR": str(tmp_path / "waiting"),
        }
        if request.param == "bucket":
            address = stack.enter_context(storage.s3_server(tmp_path))
            settings.STORAGES = storage.in_s3(django_settings.STORAGES, address)
            held |= {
                "S3_BUCKET": storage.BUCKET,
                "S3_ENDPOINT_URL": address,
                "S3_ACCESS_KEY": storage.KEY,
                "S3_SECRET_KEY": storage.SECRET,
                "S3_REGION": "us-east-1",
            }
        else:
            options = {"location": tmp_path / "media", "base_url": None}
            backend = {"BACKEND": "claims.storage.DurableFolder", "OPTIONS": options}
            settings.STORAGES = {**settings.STORAGES, "default": backend}
        server = Server(tmp_path, held)
        server.start(stack)
        yield server


def seen(claim):
    api = APIClient()
    api.force_authenticate(claim.created_by)
    return [
        file["name"]
        for file in api.get(f"/api/v1/claims/{claim.number}/evidence/").json()
    ]


def objects():
    return sorted(entry.name for entry in vault.walk())


def test_a_web_server_killed_amid_an_upload_leaves_no_half_and_loses_nothing(server):
    claim = factories.draft(files=0)

    server.kill(server.begin(claim, "arriving.pdf", part=0.5), server.has_a_part)
    assert (seen(claim), objects()) == ([], [])
    assert list(server.waiting.iterdir()) == []

    server.kill(server.begin(claim, "stored.pdf"))
    [left] = objects()
    assert seen(claim) == []
    assert list(keeping.orphans(now=timezone.now() + LATER)) == [left]

    # After the commit all of it is there, though the sender was not told.
    server.kill(server.begin(claim, "committed.pdf"))
    assert (seen(claim), objects()) == (["committed.pdf"], [left])
    assert list(keeping.orphans(now=timezone.now() + LATER)) == []
    file = claim.evidence.get()
    assert vault.digest_of(left) == vault.Digest(file.sha256, file.size)
    assert file.is_pending

    # Whoever sends it again is told so; another claim takes it as ever.
    status, said = server.send(claim, "again.pdf")
    assert (status, b"attached, as committed.pdf" in said) == (409, True)
    other = factories.draft(files=0, by=claim.created_by)
    assert server.send(other, "again.pdf")[0] == 201
    assert seen(other) == ["again.pdf"]
    assert list(server.waiting.iterdir()) == []


def test_a_server_whose_master_is_killed_leaves_no_half_and_starts_again(server):
    claim = factories.draft(files=0)
    server.kill_master(server.begin(claim, "stored.pdf"))
    [left] = objects()
    orphans = list(keeping.orphans(now=timezone.now() + LATER))
    assert orphans == ([] if seen(claim) else [left])
    assert list(server.waiting.iterdir()) == []

    with ExitStack() as stack:
        server.start(stack)
        server.send(claim, "sent-again.pdf")
    [name] = seen(claim)
    assert name in {"stored.pdf", "sent-again.pdf"}
    assert objects() == [left]
    assert list(keeping.orphans(now=timezone.now() + LATER)) == []

"""What the scanner means for a file, a claim, a deadline and those who watch."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from claims import checking, evidence, gate, scanner, tasks
from claims.access import actor_for
from claims.engine import take
from claims.machine import Refused
from claims.models import Check, Claim, Evidence, ScannerState
from tests import factories
from tests.clamd import REPORTS, WORM, Clamd
from tests.inspection.pdfs import bodies, plain

pytestmark = pytest.mark.django_db

NOW = timezone.now()
HONEST = plain(bodies())
# A worm that the structure of a file does not give away.
INFECTED = HONEST.replace(b"%%EOF", b"%" + WORM + b"\n%%EOF")


@pytest.fixture
def clamd(tmp_path, settings):
    daemon = Clamd(tmp_path, made_at=NOW)
    settings.CLAMD_HOST, settings.CLAMD_PORT = "127.0.0.1", daemon.port
    settings.CLAMD_TIMEOUT = 20
    yield daemon
    daemon.kill()


def attached(claim, content=HONEST, name="proof.pdf"):
    upload = ContentFile(content, name=name)
    return evidence.attach(claim=claim, by=claim.created_by, upload=upload, now=NOW)


def checked(file):
    tasks.inspect_evidence(file.pk)
    return Evidence.objects.get(pk=file.pk)


def fresh(claim):
    return Claim.objects.get(pk=claim.pk)


def a_minute_later(monkeypatch):
    later = timezone.now() + timedelta(minutes=6)
    monkeypatch.setattr(timezone, "now", lambda: later)


def submitted():
    claim = factories.draft(files=0, now=NOW)
    file = attached(claim)
    factories.take(claim, "submit", now=NOW)
    return fresh(claim), file


def test_the_sample_passes_the_inspection():
    file = checked(attached(factories.draft(files=0), INFECTED))
    assert file.check_state == Check.CLEAN


def test_a_file_that_the_scanner_lets_pass_is_clean(clamd):
    clamd.start()
    file = checked(attached(factories.draft(files=0)))
    assert (file.check_state, file.content_type) == (Check.CLEAN, "application/pdf")


def test_an_infected_file_is_infected(clamd):
    clamd.start()
    file = checked(attached(factories.draft(files=0), INFECTED))
    assert (file.check_state, file.refusal_code) == (Check.INFECTED, "MALWARE")
    assert file.malware == "Test.Signature-1.UNOFFICIAL"
    assert file.sentence.startswith("The virus scanner found malware")


def test_an_infected_file_sends_a_submitted_claim_back(clamd):
    clamd.start()
    claim = factories.draft(files=0, now=NOW)
    file = attached(claim, INFECTED)
    factories.take(claim, "submit", now=NOW)
    checked(file)
    back = fresh(claim)
    assert (back.state, back.reason_codes) == ("action_required", ["poe_missing"])
    assert back.deadlines.get(closed_at=None).clock == "partner_response"


def test_what_the_scanner_does_not_read_to_its_end_is_refused(clamd):
    clamd.options = ("AlertExceedsMax yes", "MaxFileSize 20K", "MaxScanSize 30M")
    clamd.start()
    large = HONEST.replace(b"%%EOF", b"%" + b"x" * 30_000 + b"\n%%EOF")
    file = checked(attached(factories.draft(files=0), large))
    assert (file.check_state, file.refusal_code) == (Check.REFUSED, "SCAN_INCOMPLETE")


@pytest.mark.parametrize(
    ("differences", "why"),
    [
        ({"finds": (WORM,)}, "blind"),
        ({"options": ()}, "lax"),
        ({"made_at": NOW - timedelta(days=30)}, "old"),
        ({"made_at": None}, "undated"),
        (None, "silent"),
    ],
)
def test_a_scanner_not_to_be_believed_lets_nothing_pass(clamd, differences, why):
    if differences is not None:
        for name, value in differences.items():
            setattr(clamd, name, value)
        clamd.start()
    file = checked(attached(factories.draft(files=0)))
    assert (file.check_state, file.checked_at) == (Check.WAITING, None)
    assert file.state_label == "Waiting for the scanner"
    state = ScannerState.objects.get()
    assert (state.is_open, state.why) == (False, why)


def test_a_file_waits_for_the_scanner_and_the_next_sweep_lets_it_pass(
    clamd, monkeypatch
):
    file = checked(attached(factories.draft(files=0)))
    assert file.check_state == Check.WAITING

    clamd.start()
    a_minute_later(monkeypatch)
    assert tasks.inspect_waiting_evidence() == 1

    file.refresh_from_db()
    assert file.check_state == Check.CLEAN
    assert ScannerState.objects.get().is_open


def test_who_waits_for_a_shut_scanner_is_not_inspected_again_and_again(
    clamd, monkeypatch
):
    checked(attached(factories.draft(files=0)))
    a_minute_later(monkeypatch)
    assert tasks.inspect_waiting_evidence() == 0


def test_a_scanner_that_is_down_costs_nobody_a_deadline(clamd, monkeypatch):
    claim, file = submitted()
    first = claim.first_submitted_at
    assert checked(file).check_state == Check.WAITING

    assert (fresh(claim).state, first) == ("submitted", NOW)
    reviewer = actor_for(factories.staff())
    with pytest.raises(Refused, match=r"1 file is still being checked\."):
        take(claim=claim, step="start_review", actor=reviewer, now=NOW)

    clamd.start()
    a_minute_later(monkeypatch)
    tasks.inspect_waiting_evidence()
    assert take(
        claim=fresh(claim), step="start_review", actor=reviewer, now=timezone.now()
    )
    assert fresh(claim).first_submitted_at == first


def test_a_scanner_that_died_over_a_file_leaves_it_waiting_and_looks_anew(
    clamd, monkeypatch
):
    clamd.start()
    assert gate.is_open(now=timezone.now())
    clamd.kill()
    file = checked(attached(factories.draft(files=0)))
    assert file.check_state == Check.WAITING
    assert not gate.is_open(now=timezone.now())


def test_a_scanner_killed_amid_a_file_leaves_it_waiting_and_the_next_reads_it(
    clamd, monkeypatch
):
    class Deadly:
        """A content that kills its reader as soon as the reading begins."""

        def __init__(self, content):
            self.content = content

        def read(self, size=-1):
            piece = self.content.read(size)
            clamd.kill()
            return piece

    clamd.start()
    assert gate.is_open(now=timezone.now())
    send = scanner._send  # noqa: SLF001
    monkeypatch.setattr(
        scanner, "_send", lambda line, content: send(line, Deadly(content))
    )
    file = checked(attached(factories.draft(files=0)))
    assert (file.check_state, file.check_attempts) == (Check.WAITING, 1)

    monkeypatch.setattr(scanner, "_send", send)
    clamd.start()
    a_minute_later(monkeypatch)
    file = checked(file)
    assert file.check_state == Check.CLEAN
    with file.content.open() as kept:
        assert kept.read() == HONEST


def test_a_file_over_which_the_scanner_breaks_off_for_ever_is_refused(
    clamd, monkeypatch
):
    clamd.start()
    file = attached(factories.draft(files=0))

    def breaks_off(_scanner, _content):
        raise checking.ScannerBroke("Can't allocate memory ERROR")

    monkeypatch.setattr("claims.gate.is_open", lambda *, now: True)
    monkeypatch.setattr("claims.scanner.Scanner.scan", breaks_off)
    for attempt in range(1, 5):
        file = checked(file)
        assert (file.check_state, file.check_attempts) == (Check.WAITING, attempt)
        Evidence.objects.update(check_after=timezone.now())
    file = checked(file)
    assert (file.check_state, file.refusal_code) == (Check.REFUSED, "SCAN_INCOMPLETE")


def test_without_a_scanner_the_inspection_decides():
    assert gate.scanner() is None
    file = checked(attached(factories.draft(files=0)))
    assert file.check_state == Check.CLEAN


def test_a_look_at_the_scanner_is_good_for_a_minute(clamd):
    clamd.start()
    assert gate.is_open(now=NOW)
    clamd.kill()
    assert gate.is_open(now=NOW + timedelta(seconds=59))
    assert not gate.is_open(now=NOW + timedelta(seconds=61))


def test_the_state_of_the_scanner_says_since_when(clamd):
    gate.look(now=NOW)
    gate.look(now=NOW + timedelta(hours=1))
    state = ScannerState.objects.get()
    assert (state.since, state.checked_at) == (NOW, NOW + timedelta(hours=1))
    clamd.options = REPORTS
    clamd.start()
    gate.look(now=NOW + timedelta(hours=2))
    state = ScannerState.objects.get()
    assert (state.since, state.is_open) == (NOW + timedelta(hours=2), True)

"""A real clamd finds what it must, and is not believed when it might be blind."""

import io
import os
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from claims.scanner import (
    Distrust,
    Result,
    Scanner,
    ScannerBroke,
    ScannerDown,
    distrust,
    eicar,
    made_at,
    packed,
)
from tests.clamd import REPORTS, WORM, Clamd

NOW = timezone.now()
MB = 1024 * 1024


@pytest.fixture(scope="module")
def clamd(tmp_path_factory):
    daemon = Clamd(tmp_path_factory.mktemp("clamd"), made_at=NOW).start()
    yield daemon
    daemon.kill()


@pytest.fixture
def another(tmp_path):
    """Start a clamd that differs from the usual one."""
    started = []

    def start(**differences):
        started.append(Clamd(tmp_path, **differences).start())
        return Scanner(host="127.0.0.1", port=started[-1].port)

    yield start
    for daemon in started:
        daemon.kill()


@pytest.fixture
def scanner(clamd):
    return Scanner(host="127.0.0.1", port=clamd.port)


def scan(scanner, content):
    return scanner.scan(io.BytesIO(content))


def distrusted(scanner, most_days=3):
    return distrust(scanner, scanner.version(), most_days=most_days, now=NOW)


@pytest.mark.parametrize(
    ("content", "result"),
    [
        (b"harmless", Result.CLEAN),
        (b"", Result.CLEAN),
        (os.urandom(25 * MB), Result.CLEAN),
        (eicar(), Result.INFECTED),
        (b"x" * 3 * MB + WORM, Result.INFECTED),
        (packed(WORM * 100, 4), Result.INFECTED),
        (packed(b"harmless", 101), Result.INCOMPLETE),
        (bytes(31 * MB), Result.INCOMPLETE),
    ],
    ids=["text", "empty", "25 MB", "EICAR", "worm", "packed", "nest", "31 MB"],
)
def test_the_verdict_on(scanner, content, result):
    assert scan(scanner, content).result == result


def test_the_verdict_names_what_was_found(scanner):
    assert scan(scanner, WORM).what == "Test.Signature-1.UNOFFICIAL"


def test_a_socket_will_do_as_well(clamd):
    scanner = Scanner(path=str(clamd.folder / "clamd.sock"))
    assert scan(scanner, WORM).result == Result.INFECTED
    assert distrusted(scanner) is None


def test_a_limit_below_the_file_is_reported_and_does_not_pass(another):
    scanner = another(options=("AlertExceedsMax yes", "MaxFileSize 1M"))
    verdict = scan(scanner, bytes(2 * MB))
    assert verdict.result == Result.INCOMPLETE
    assert verdict.what == "Heuristics.Limits.Exceeded.MaxFileSize"


def test_a_stream_beyond_the_scanners_limit_does_not_pass(another):
    scanner = another(options=("AlertExceedsMax yes", "StreamMaxLength 1M"))
    verdict = scan(scanner, bytes(8 * MB))
    assert verdict.result == Result.INCOMPLETE


def test_a_good_scanner_is_believed(scanner):
    assert distrusted(scanner) is None


def test_a_scanner_that_misses_the_test_virus_is_not_believed(another):
    assert distrusted(another(finds=(WORM,), made_at=NOW)) == Distrust.BLIND


def test_a_scanner_that_looks_into_no_archive_is_not_believed(another):
    options = (*REPORTS, "ScanArchive no")
    assert distrusted(another(options=options, made_at=NOW)) == Distrust.BLIND


def test_a_scanner_whose_limits_pass_in_silence_is_not_believed(another):
    assert distrusted(another(options=(), made_at=NOW)) == Distrust.LAX


def test_old_signatures_are_none(another):
    scanner = another(made_at=NOW - timedelta(days=5))
    assert distrusted(scanner, most_days=3) == Distrust.OLD
    assert distrusted(scanner, most_days=5) is None


def test_signatures_without_a_date_are_none_unless_age_does_not_matter(another):
    scanner = another(made_at=None)
    assert distrusted(scanner) == Distrust.UNDATED
    assert distrusted(scanner, most_days=0) is None


def test_no_scanner_is_no_verdict(tmp_path):
    for scanner in (
        Scanner(host="127.0.0.1", port=1),
        Scanner(path=str(tmp_path / "none")),
    ):
        with pytest.raises(ScannerDown):
            scan(scanner, b"harmless")
        with pytest.raises(ScannerDown):
            scanner.version()


class Slow(io.BytesIO):
    """A file whose second half is read only once the scanner was killed."""

    def __init__(self, kill):
        super().__init__(bytes(8 * MB))
        self.kill = kill

    def read(self, size=-1):
        if self.tell() == 4 * MB:
            self.kill()
        return super().read(size)


def test_a_scanner_killed_in_the_middle_of_a_file_gives_no_verdict(tmp_path):
    daemon = Clamd(tmp_path, made_at=NOW).start()
    scanner = Scanner(host="127.0.0.1", port=daemon.port)
    with pytest.raises(ScannerBroke):
        scanner.scan(Slow(daemon.kill))


def test_a_scanner_that_says_nothing_is_not_waited_for_for_ever(tmp_path):
    daemon = Clamd(tmp_path, made_at=NOW).start()
    scanner = Scanner(host="127.0.0.1", port=daemon.port, patience=0.5)
    assert daemon.process is not None
    daemon.process.send_signal(19)  # SIGSTOP: it holds the line and says nothing
    watch = threading.Timer(20, daemon.kill)
    watch.start()
    start = time.monotonic()
    with pytest.raises((ScannerBroke, ScannerDown)):
        scan(scanner, b"harmless")
    assert time.monotonic() - start < 10
    watch.cancel()
    daemon.kill()


@pytest.mark.parametrize(
    ("version", "made"),
    [
        ("ClamAV 1.4.6/27777/Sun Nov 22 03:35:03 2026", (2026, 11, 22, 3, 35, 3)),
        ("ClamAV 1.4.6/27777/Mon Nov  2 03:35:03 2026", (2026, 11, 2, 3, 35, 3)),
        ("ClamAV 1.4.6", None),
        ("ClamAV 1.4.6/27777/yesterday", None),
        ("", None),
    ],
)
def test_the_version_tells_when_the_signatures_were_made(version, made):
    assert made_at(version) == (datetime(*made, tzinfo=UTC) if made else None)

"""Every hostile file is refused for a fitting reason; every honest one passes."""

import io
import random
import time
from collections import Counter

import pytest

from claims.inspection import Code
from claims.inspection.inspector import inspect_here, quick_check
from claims.inspection.sniff import EXTENSIONS
from tests.inspection.files import HONEST, HOSTILE
from tests.inspection.samples import Sample

SECONDS = 10
LOG_CHARACTERS = 200
# Codes that speak of things outside the file: the scanner, the company, the clock.
ELSEWHERE = {Code.MALWARE, Code.SCAN_INCOMPLETE, Code.NAME_INVALID, Code.QUOTA}


@pytest.mark.parametrize("sample", HOSTILE, ids=str)
def test_a_hostile_file_is_refused_for_a_fitting_reason(sample: Sample) -> None:
    finding = inspect_here(io.BytesIO(sample.build()), sample.name)

    assert finding.code in sample.codes, finding
    assert finding.detail.isascii()
    assert finding.detail.isprintable()
    assert 0 < len(finding.detail) <= LOG_CHARACTERS


@pytest.mark.parametrize("sample", HONEST, ids=str)
def test_an_honest_file_passes_under_its_type(sample: Sample) -> None:
    finding = inspect_here(io.BytesIO(sample.data), sample.name)

    assert finding.code is None, finding
    extension = sample.name.rpartition(".")[2].lower()
    assert extension in EXTENSIONS[finding.content_type]


def test_there_are_enough_files_and_each_has_its_own_title() -> None:
    titles = Counter(str(sample) for sample in HOSTILE + HONEST)

    assert len(HOSTILE) >= 120
    assert len(HONEST) >= 40
    assert [title for title, count in titles.items() if count > 1] == []


def test_each_code_about_a_file_is_the_answer_to_some_file() -> None:
    expected = {code for sample in HOSTILE for code in sample.codes}

    assert expected == set(Code) - ELSEWHERE


def _damaged(data: bytes, chance: random.Random) -> bytes:
    """The file cut short, or with some bytes changed, swapped or repeated."""
    kind = chance.randrange(4)
    at = chance.randrange(len(data))
    if kind == 0:
        return data[:at]
    if kind == 1:
        end = at + chance.randrange(1, 200)
        return data[:at] + data[end:]
    if kind == 2:
        return data[:at] + data[at : at + 300] * 3 + data[at:]
    broken = bytearray(data)
    for _ in range(chance.randrange(1, 20)):
        broken[chance.randrange(len(broken))] = chance.randrange(256)
    return bytes(broken)


SMALL = [sample for sample in HONEST if "large" not in str(sample)]


@pytest.mark.parametrize("sample", SMALL, ids=str)
def test_a_damaged_file_gets_an_answer_soon(sample: Sample) -> None:
    chance = random.Random(str(sample))  # noqa: S311 - the same damage each time
    data = sample.data

    for _ in range(6):
        broken = _damaged(data, chance)
        start = time.monotonic()
        finding = inspect_here(io.BytesIO(broken), sample.name)
        assert time.monotonic() - start < SECONDS
        assert "Error" not in finding.detail.partition(":")[0], finding


@pytest.mark.parametrize("sample", HONEST, ids=str)
def test_the_quick_check_lets_honest_files_through(sample: Sample) -> None:
    data = sample.data

    assert quick_check(data[:8192], sample.name, len(data)) is None


@pytest.mark.parametrize(
    ("head", "name", "size", "code"),
    [
        (b"", "a.pdf", 0, Code.EMPTY),
        (b"%PDF-1.7", "a.pdf", 25 * 1024 * 1024 + 1, Code.TOO_LARGE),
        (b"%PDF-1.7", "a.exe", 9, Code.TYPE_NOT_ALLOWED),
        (b"%PDF-1.7", "a", 9, Code.TYPE_NOT_ALLOWED),
        (b"MZ\x90\x00", "a.pdf", 9, Code.TYPE_MISMATCH),
        (b"\x89PNG\r\n\x1a\n", "a.jpg", 9, Code.TYPE_MISMATCH),
        (b"hello", "a.eml", 9, Code.TYPE_MISMATCH),
        (b"%PDF-1.7", "", 9, Code.NAME_INVALID),
        (b"%PDF-1.7", "\u202e..", 9, Code.NAME_INVALID),
        (b"%PDF-1.7", "a.pdf", 25 * 1024 * 1024, None),
    ],
)
def test_the_quick_check_answers_at_once(
    head: bytes, name: str, size: int, code: Code | None
) -> None:
    assert quick_check(head, name, size) == code

"""The throw-away process: what it may not do, and what happens when it dies."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

from claims.inspection import Code, InspectorUnavailable, inspect, limits, process
from tests.inspection.files import HONEST, HOSTILE
from tests.inspection.pdfs import bodies, plain
from tests.inspection.pictures import blank
from tests.inspection.samples import Sample

ROOT = Path(__file__).resolve().parents[2]
# One of each kind that the libraries behind the inspection may treat in their own way.
TITLES = {
    "pdf: object streams",
    "docx: pictures",
    "xlsx: thousand rows",
    "pptx: chart with its workbook",
    "png: palette",
    "jpg: progressive",
    "jpg: of a phone with a gain map",
    "eml: moving logo",
    "eml: document with an encoded name",
    "eml: quoted printable",
    "eml: signed",
    "msg: forwarded mail",
    "msg: rich text by Outlook",
}
SAMPLES = [sample for sample in HONEST if str(sample) in TITLES]
REFUSED = [
    sample
    for sample in HOSTILE
    if str(sample)
    in {
        "pdf: bomb in a bomb",
        "eml: program in a mail in base64",
        "eml: script in a body in UTF-7",
        "docx: laughs in UTF-16",
        "png: giant",
        "msg: sound on a share",
    }
]


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    path = tmp_path / "received"
    path.write_bytes(plain(bodies()))
    return path


def confined(program: str, *, before: str = "") -> subprocess.CompletedProcess[str]:
    """Run a few lines in a process that has confined itself."""
    head = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r})\n"
        "import os, socket, json\n"
        "from claims.inspection.confinement import confine, limit_use\n"
        f"{before}\nlimit_use(); confine()\n"
    )
    return subprocess.run(
        [sys.executable, "-I", "-c", head + program],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
    )


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_the_process_lets_honest_files_pass(sample: Sample, tmp_path: Path) -> None:
    path = tmp_path / "received"
    path.write_bytes(sample.build())

    assert inspect(path, sample.name).code is None


@pytest.mark.parametrize("sample", REFUSED, ids=str)
def test_the_process_refuses_hostile_files(sample: Sample, tmp_path: Path) -> None:
    path = tmp_path / "received"
    path.write_bytes(sample.build())

    assert inspect(path, sample.name).code in sample.codes


def test_all_titles_of_this_module_exist() -> None:
    assert len(SAMPLES) == len(TITLES)
    assert len(REFUSED) == 6


@pytest.mark.parametrize("name", ["a\x00.pdf", "\ud800.pdf", "-c.pdf", "a\n.pdf"])
def test_an_odd_name_reaches_the_process(name: str, proof: Path) -> None:
    assert inspect(proof, name).code is None


def test_a_missing_file_is_no_finding(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        inspect(tmp_path / "missing", "a.pdf")


@pytest.mark.parametrize("program", ["raise SystemExit(3)", "while True: pass"])
def test_a_process_that_cannot_begin_is_no_finding(
    program: str, proof: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process, "_START", program)

    with pytest.raises(InspectorUnavailable):
        inspect(proof, "a.pdf", timeout=1.0)


def _acting(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Let the process report that it is ready, then do something else."""
    begin = "import os, sys, time, signal; os.write(1, b'ready\\n'); "
    monkeypatch.setattr(process, "_START", begin + program)


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", Code.CORRUPT),
        ("os.kill(os.getpid(), signal.SIGXCPU)", Code.SCAN_INCOMPLETE),
        ("os.kill(os.getpid(), signal.SIGKILL)", Code.SCAN_INCOMPLETE),
        ("os._exit(9)", Code.CORRUPT),
        ("os.write(1, b'nonsense')", Code.SCAN_INCOMPLETE),
        ("os.write(1, b'[1, 2]')", Code.SCAN_INCOMPLETE),
        ('os.write(1, b\'["a", "NO_SUCH", ""]\')', Code.SCAN_INCOMPLETE),
        ("[os.write(1, bytes(60000)) for _ in range(9)]", Code.SCAN_INCOMPLETE),
        ("pass", Code.SCAN_INCOMPLETE),
    ],
)
def test_a_crash_is_an_answer(
    program: str, code: Code, proof: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _acting(monkeypatch, program)

    assert inspect(proof, "a.pdf").code == code


@pytest.mark.parametrize(
    "program",
    ["time.sleep(60)", "os.close(1); time.sleep(60)", "os.fork(); time.sleep(60)"],
)
def test_a_time_out_is_an_answer_and_leaves_nothing_behind(
    program: str, proof: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _acting(monkeypatch, program)
    start = time.monotonic()

    finding = inspect(proof, "a.pdf", timeout=3.0)

    assert finding.code == Code.SCAN_INCOMPLETE
    assert time.monotonic() - start < 10
    assert _children() == []


def test_a_process_killed_from_outside_is_an_answer(
    proof: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "begun"
    _acting(monkeypatch, f"open({str(mark)!r}, 'w').close(); time.sleep(60)")
    killer = threading.Thread(target=_kill_once_there_is, args=(mark,))
    killer.start()

    finding = inspect(proof, "a.pdf")
    killer.join()

    assert finding.code == Code.SCAN_INCOMPLETE
    assert "signal" in finding.detail


def _kill_once_there_is(mark: Path) -> None:
    until = time.monotonic() + 30
    while not mark.exists() and time.monotonic() < until:
        time.sleep(0.01)
    for child in _children():
        child.kill()


def _children() -> list[psutil.Process]:
    return [
        child
        for child in psutil.Process().children(recursive=True)
        if "-I" in child.cmdline() and child.status() != psutil.STATUS_ZOMBIE
    ]


def test_too_much_memory_is_refused_by_the_system() -> None:
    done = confined(
        f"try:\n    bytearray({limits.MEMORY_BYTES})\n"
        "except MemoryError:\n    print('refused')"
    )

    assert done.stdout == "refused\n"


def test_too_much_processor_time_ends_the_process() -> None:
    done = confined(
        "import resource\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (1, 20))\n"
        "while True: pass"
    )

    assert done.returncode == -signal.SIGXCPU


ORDINARY_USER = "if os.getuid() == 0: os.setgid(1000); os.setuid(1000)"


@pytest.mark.parametrize("before", ["", ORDINARY_USER], ids=["as started", "as a user"])
@pytest.mark.parametrize(
    "program",
    [
        "socket.socket(socket.AF_INET, socket.SOCK_STREAM)",
        "socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)",
        "open('/etc/passwd')",
        "open('/tmp/written', 'w')",
        "os.fork() and os.wait()",
        "os.pipe()",
        "os.setuid(0) if os.getuid() else os.kill(1, 0)",
    ],
)
def test_the_process_cannot(program: str, before: str) -> None:
    lines = f"try:\n    {program}\nexcept OSError as error:\n    print('refused')"

    assert confined(lines, before=before).stdout == "refused\n"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to give up")
def test_the_process_of_root_becomes_nobody() -> None:
    done = confined(
        "print(json.dumps([os.getresuid(), os.getresgid(), os.getgroups()]))"
    )

    assert json.loads(done.stdout) == [[65534] * 3, [65534] * 3, []]


def test_the_environment_stays_outside(
    proof: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    _acting(
        monkeypatch,
        "import json; text = ' '.join(os.environ) or 'nothing'; "
        "os.write(1, json.dumps(['', 'CORRUPT', text]).encode())",
    )

    assert inspect(proof, "a.pdf").detail in {"nothing", "LC_CTYPE"}


def test_the_largest_picture_fits_into_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "received"
    path.write_bytes(blank("PNG", mode="RGBA", size=(10_000, 7_000), compress_level=1))

    assert inspect(path, "a.png").code is None


def test_no_sample_needs_more_memory_than_there_is() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.inspection.peak"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    count, most, used = json.loads(done.stdout)

    assert count > len(HOSTILE) + len(HONEST)
    assert 0 < used < limits.MEMORY_BYTES, f"{most}: {used / 2**20:.0f} MiB"


def test_the_file_need_not_be_readable_for_nobody(proof: Path) -> None:
    proof.chmod(0o600)

    assert inspect(proof, "a.pdf").code is None

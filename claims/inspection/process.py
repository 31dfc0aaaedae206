"""Starts the throw-away process for one file and takes its answer.

The process gets the file as its standard input, an empty environment and nothing
else. Whatever happens to it, the answer is a Finding: a crash, a time-out and an
answer that is none are told apart by code, and none of them is tried again here.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

from claims.inspection import limits
from claims.inspection.finding import Code, Finding, printable

READY = b"ready\n"
_ROOT = Path(__file__).resolve().parents[2]
# "-I" keeps the environment and the current folder out of the import path, so the
# one folder that is needed is named.
_START = (
    "import sys; sys.path.insert(0, sys.argv[1]); "
    "from claims.inspection.__main__ import main; main(sys.argv[2])"
)
_PIECE = 65_536
_PAUSE = 0.005


class InspectorUnavailable(Exception):
    """The process could not begin. This says nothing about the file: try later."""


def inspect(path: Path, name: str, *, timeout: float = limits.WALL_SECONDS) -> Finding:
    """Inspect the file at a path; raises OSError when it cannot be opened."""
    with path.open("rb") as file:
        return inspect_open(file, name, timeout=timeout)


def inspect_open(
    file: IO[bytes], name: str, *, timeout: float = limits.WALL_SECONDS
) -> Finding:
    """Inspect an open file in a process without privileges; `timeout` is in seconds.

    The file stands at its beginning and may have no name. Raises InspectorUnavailable
    when the process cannot start: a trouble of this house, not of the file.
    """
    try:
        process = subprocess.Popen(
            [sys.executable, "-I", "-c", _START, str(_ROOT), json.dumps(name)],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={},
            cwd="/",
            start_new_session=True,
        )
    except OSError as error:
        raise InspectorUnavailable(str(error)) from error
    with process:
        try:
            answer, is_over = _answer_of(process, time.monotonic() + timeout)
        finally:
            _kill(process)
    if not answer.startswith(READY):
        raise InspectorUnavailable(f"ended with {process.returncode} before it began")
    if not is_over:
        return Finding("", Code.SCAN_INCOMPLETE, f"not done after {timeout:.0f} s")
    return _finding(answer.removeprefix(READY), process.returncode)


def _answer_of(process: subprocess.Popen[bytes], until: float) -> tuple[bytes, bool]:
    """What the process wrote, bounded, and whether it came to an end by itself."""
    answer = b""
    if process.stdout is None:
        return answer, True
    descriptor = process.stdout.fileno()
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN | select.POLLHUP)
    while (left := until - time.monotonic()) > 0:
        if not waiting.poll(left * 1000):
            continue
        piece = os.read(descriptor, _PIECE)
        answer += piece
        if not piece:
            return answer, _has_ended(process, until)
        if len(answer) > limits.ANSWER_BYTES:
            return answer, True
    return answer, False


def _has_ended(process: subprocess.Popen[bytes], until: float) -> bool:
    """Wait for the end without taking it: its number must not be given away yet."""
    flags = os.WEXITED | os.WNOWAIT | os.WNOHANG
    while time.monotonic() < until:
        if os.waitid(os.P_PID, process.pid, flags):
            return True
        time.sleep(_PAUSE)
    return False


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the process and whatever it may have started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _finding(line: bytes, status: int) -> Finding:
    if status in {-signal.SIGXCPU, -signal.SIGKILL}:
        return Finding("", Code.SCAN_INCOMPLETE, f"stopped by signal {-status}")
    if status:
        return Finding("", Code.CORRUPT, f"the inspection ended with status {status}")
    try:
        content_type, code, detail = json.loads(line[: limits.ANSWER_BYTES])
        known = None if code is None else Code(code)
        return Finding(str(content_type), known, printable(str(detail)))
    except (ValueError, TypeError) as error:
        detail = printable(f"no answer: {error}")
        return Finding("", Code.SCAN_INCOMPLETE, detail)

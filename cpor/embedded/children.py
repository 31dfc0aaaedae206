"""Child processes that never outlive the process that started them."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

PR_SET_PDEATHSIG = 1


def free_port() -> int:
    """Return a port of 127.0.0.1 on which nobody listens at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def ends_with_parent(by: signal.Signals) -> Callable[[], None] | None:
    """Return what a child calls before exec to be sent `by` when its parent dies.

    Linux only. Elsewhere the next start ends what a killed one left behind.
    """
    if sys.platform != "linux":
        return None
    parent, libc = os.getpid(), ctypes.CDLL(None)

    def arrange() -> None:
        libc.prctl(PR_SET_PDEATHSIG, by)
        if os.getppid() != parent:  # died in the moment before
            os._exit(1)

    return arrange


def start(
    command: Sequence[str | Path],
    *,
    log: Path,
    dies_by: signal.Signals = signal.SIGTERM,
    **options: object,
) -> subprocess.Popen[bytes]:
    """Start a child of its own session, so that Ctrl-C reaches only the parent."""
    with log.open("ab") as output:
        return subprocess.Popen(  # type: ignore[call-overload, no-any-return]
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=ends_with_parent(dies_by),  # noqa: PLW1509 -- no threads here
            **options,
        )


def stop(
    child: subprocess.Popen[bytes] | None, *, by: signal.Signals, within: float = 20
) -> None:
    """End a child and wait for it; one that does not listen is killed."""
    if child is None or child.poll() is not None:
        return
    child.send_signal(by)
    try:
        child.wait(within)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def last_words(log: Path) -> str:
    """Return the end of a sentence that says why something ended."""
    lines = log.read_text(errors="replace").split("\n") if log.exists() else []
    said = next((line.strip() for line in reversed(lines) if line.strip()), "nothing")
    return f"the end of {log} says: {said}"

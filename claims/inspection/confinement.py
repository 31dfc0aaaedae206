"""Takes away from this process everything it does not need to read one file.

In order: memory, processor time, written bytes, the network, the user. Then no
further file descriptor can be opened, which also forbids sockets where the network
could not be cut off because the house does not run as root.
"""

import contextlib
import ctypes
import os
import resource
import struct

from claims.inspection import limits

_NOBODY = 65534
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
_STANDARD_DESCRIPTORS = 3


def limit_use() -> None:
    """Bound memory, processor time and output of this process from now on."""
    _limit("RLIMIT_CPU", limits.CPU_SECONDS)
    _limit("RLIMIT_AS", limits.MEMORY_BYTES)
    _limit("RLIMIT_DATA", limits.MEMORY_BYTES)
    _limit("RLIMIT_FSIZE", 0)
    _limit("RLIMIT_CORE", 0)


def confine() -> None:
    """Give up the network, the user's rights and the ability to open anything.

    Everything that will be imported must have been imported before. Where the house
    gives fewer rights than a step needs (a container, a user), the step is left out
    and the later ones hold.
    """
    is_cut_off = os.geteuid() == 0 and _unshared("CLONE_NEWNET")
    _leave_user()
    if not is_cut_off:
        _unshared("CLONE_NEWUSER", "CLONE_NEWNET")
    _drop_capabilities()
    _set_process_flag(_PR_SET_NO_NEW_PRIVS, 1)
    _set_process_flag(_PR_SET_DUMPABLE, 0)
    _limit("RLIMIT_NPROC", 0)
    _limit("RLIMIT_NOFILE", _STANDARD_DESCRIPTORS)


def _limit(name: str, value: int) -> None:
    """Lower a limit; systems lack some of them (macOS has no RLIMIT_AS)."""
    number = getattr(resource, name, None)
    if number is None:
        return
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(number, (value, value))


def _unshared(*names: str) -> bool:
    """Enter empty namespaces of our own, such as a network without any device."""
    if not hasattr(os, "unshare"):
        return False
    flags = sum(getattr(os, name) for name in names)
    with contextlib.suppress(OSError):
        os.unshare(flags)
        return True
    return False


def _leave_user() -> None:
    if os.geteuid() != 0:
        return
    with contextlib.suppress(OSError):
        os.setgroups([])
    with contextlib.suppress(OSError):
        os.setresgid(_NOBODY, _NOBODY, _NOBODY)
        os.setresuid(_NOBODY, _NOBODY, _NOBODY)


def _drop_capabilities() -> None:
    """Give up what a user namespace of our own granted (Linux, version 3 of capset)."""
    header = struct.pack("=Ii", 0x20080522, 0)
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).capset(header, bytes(24))


def _set_process_flag(flag: int, value: int) -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(flag, value, 0, 0, 0)

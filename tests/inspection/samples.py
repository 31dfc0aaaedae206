"""What a sample file is: a name, bytes, and what the inspection must say of it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from claims.inspection import Code

# A table of samples: title, perhaps a name, how to build it, fitting codes.
type Rows = tuple[tuple[Any, ...], ...]

# How programs for Windows begin.
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200)


@dataclass(frozen=True)
class Sample:
    """`title` says what it is; `codes` are the fitting refusals, none for honest."""

    title: str
    name: str
    build: Callable[[], bytes]
    codes: frozenset[Code] = frozenset()

    @cached_property
    def data(self) -> bytes:
        return self.build()

    def __str__(self) -> str:
        return self.title


def hostile(
    title: str, name: str, build: Callable[[], bytes] | bytes, *codes: Code
) -> Sample:
    return Sample(title, name, _builder(build), frozenset(codes))


def honest(title: str, name: str, build: Callable[[], bytes] | bytes) -> Sample:
    return Sample(title, name, _builder(build))


def _builder(build: Callable[[], bytes] | bytes) -> Callable[[], bytes]:
    return (lambda: build) if isinstance(build, bytes) else build

"""The two places where contents may lie: a folder, or a bucket in S3.

Both show a file whole or not at all, take a name only once, and can be walked through.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage
from storages.backends.s3 import S3Storage

# Where files are written before they get their name: never looked at, never served.
ASIDE = "incoming"
_PRIVATE_FILE, _PRIVATE_FOLDER = 0o600, 0o700


@dataclass(frozen=True, slots=True)
class Entry:
    """One stored object: its name, and when it was written."""

    name: str
    written_at: datetime


class DurableFolder(FileSystemStorage):
    """A folder in which a name stands for a whole file that has reached the disk."""

    def _save(self, name: str, content: File[Any]) -> str:
        """Write the file aside, flush it, then link it to a name that must be new."""
        place = Path(self.path(name))
        aside = Path(self.path(f"{ASIDE}/{uuid4().hex}"))
        for folder in (place.parent, aside.parent):
            folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
        try:
            _write(aside, content)
            os.link(aside, place)
        finally:
            aside.unlink(missing_ok=True)
        _flush_folder(place.parent)
        return name

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Yield what lies under a folder, in no order; nothing is held in memory."""
        root = Path(self.path(prefix))
        for folder, _folders, names in os.walk(root):
            for name in names:
                path = Path(folder, name)
                written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                yield Entry(path.relative_to(self.location).as_posix(), written)

    def tidy(self, before: datetime) -> None:
        """Remove what was never finished: no name has ever led to it."""
        aside = Path(self.path(ASIDE))
        for path in aside.iterdir() if aside.is_dir() else ():
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                path.unlink(missing_ok=True)


class Bucket(S3Storage):  # type: ignore[misc]  # untyped package
    """A bucket whose objects can be listed page by page."""

    def entries(self, prefix: str) -> Iterator[Entry]:
        """Yield what lies under a prefix, a page of a thousand at a time."""
        for item in self.bucket.objects.filter(Prefix=f"{prefix}/"):
            yield Entry(item.key, item.last_modified)

    def tidy(self, before: datetime) -> None:
        """Leave unfinished uploads in parts to a rule of the bucket (operations.md)."""


def _write(path: Path, content: File[Any]) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE)
    with os.fdopen(descriptor, "wb") as out:
        for chunk in content.chunks():
            out.write(chunk)
        out.flush()
        os.fsync(descriptor)


def _flush_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

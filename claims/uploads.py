"""Taking files in from the network: hashed on their way, stopped when too large."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import (
    SkipFile,
    StopUpload,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from accounts.rulebook import value_of
from claims.rulebook import EVIDENCE_MAX_BYTES, EVIDENCE_MAX_FILES

REFUSED = "cpor.too_large"
# The form around the files of one request.
AROUND = 1024 * 1024


class Reception(TemporaryFileUploadHandler):
    """Writes each file to disk piece by piece, and its hash with it.

    A file that grows too large is dropped at once; the others of the request go on.
    A request that announces more than it may bring is not even read to its end. What a
    stranger sends is never stored.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        self.digest = hashlib.sha256()
        self.received = 0
        self.file_name = args[1] if len(args) > 1 else kwargs.get("file_name")
        if _is_stranger(self.request):
            raise SkipFile
        self.largest = value_of(EVIDENCE_MAX_BYTES)
        if self.request and _announced(self.request) > _most(self.request):
            self._note()
            raise StopUpload(connection_reset=True)
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > self.largest:
            self._note()
            self.file.close()
            raise SkipFile
        self.digest.update(raw_data)
        super().receive_data_chunk(raw_data, start)

    def file_complete(self, file_size: int) -> TemporaryUploadedFile | None:
        file: Any = super().file_complete(file_size)
        file.sha256 = self.digest.hexdigest()
        return file  # type: ignore[no-any-return]

    def _note(self) -> None:
        if self.request:
            too_large(self.request).append(self.file_name or "")


def too_large(request: HttpRequest) -> list[str]:
    """Return the names of the files that a request was too large to bring."""
    names: list[str] = request.META.setdefault(REFUSED, [])
    return names


def too_large_sentence() -> str:
    """Tell what to do with a file that is larger than one may be now."""
    return _(
        "This file is larger than %(most)s. Save a smaller copy "
        "or split it into several files."
    ) % {"most": in_megabytes(value_of(EVIDENCE_MAX_BYTES))}


def in_megabytes(size: int) -> str:
    """Return "25 MB" where it is a whole number of them."""
    whole, rest = divmod(size, EVIDENCE_MAX_BYTES.scale)
    return str(filesizeformat(size)) if rest else f"{whole} MB"


def _announced(request: HttpRequest) -> int:
    return int(request.META.get("CONTENT_LENGTH") or 0)


def _most(request: HttpRequest) -> int:
    """Return what a request may bring; a program sends each file by itself."""
    is_program = "application/json" in request.headers.get("Accept", "")
    files = 1 if is_program else value_of(EVIDENCE_MAX_FILES)
    return value_of(EVIDENCE_MAX_BYTES) * files + AROUND


def _is_stranger(request: HttpRequest | None) -> bool:
    user = getattr(request, "user", None)
    return user is not None and not user.is_authenticated

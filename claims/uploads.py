"""Taking files in from the network: hashed on their way, stopped when too large."""

from __future__ import annotations

import hashlib
import tempfile
from typing import Any

from django.conf import settings
from django.core.files.base import File
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import (
    FileUploadHandler,
    SkipFile,
    StopUpload,
    TemporaryFileUploadHandler,
)
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from accounts.rulebook import value_of
from claims.inspection import clean_name
from claims.rulebook import EVIDENCE_MAX_BYTES, EVIDENCE_MAX_FILES

REFUSED = "cpor.too_large"
# The form around the files of one request.
AROUND = 1024 * 1024


class Reception(FileUploadHandler):
    """Lets a request be read so that each file keeps the name it was sent under."""

    def handle_raw_input(
        self,
        input_data: Any,
        META: Any,  # noqa: N803
        content_length: int,
        boundary: Any,
        encoding: Any = None,
    ) -> Any:
        arrival: Any = Arrival(self.request)
        return AsSent(META, input_data, [arrival], encoding).parse()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        raise NotImplementedError  # Arrival gets all of it

    def file_complete(self, file_size: int) -> None:
        raise NotImplementedError


class AsSent(MultiPartParser):
    """Reads names as they are: Django drops what cannot be seen, and such files."""

    def sanitize_file_name(self, file_name: str) -> str:
        return file_name


class Nameless(TemporaryUploadedFile):
    """A file on the disk that no name leads to: it is gone with the process."""

    def __init__(self, name: str, *about: Any) -> None:
        # Closed as each upload is, when the request ends.
        place = settings.FILE_UPLOAD_TEMP_DIR
        on_disk: Any = tempfile.TemporaryFile(dir=place)  # noqa: SIM115
        UploadedFile.__init__(self, on_disk, name, *about)


class Arrival(TemporaryFileUploadHandler):
    """Writes each file to disk piece by piece, and its hash with it.

    A file that grows too large is dropped at once; the others of the request go on.
    A request that announces more than it may bring is not even read to its end. What a
    stranger sends is never stored.
    """

    def new_file(self, field_name: str, file_name: str, *args: Any) -> None:
        self.digest = hashlib.sha256()
        self.received = 0
        self.sent_as = file_name
        if _is_stranger(self.request):
            raise SkipFile
        self.largest = value_of(EVIDENCE_MAX_BYTES)
        if self.request and _announced(self.request) > _most(self.request):
            self._note()
            raise StopUpload(connection_reset=True)
        # Neither the disk nor Django is shown a stranger's name.
        FileUploadHandler.new_file(self, field_name, "upload", *args)
        self.file = Nameless("upload", self.content_type, 0, self.charset)

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
        file.sha256, file.sent_as = self.digest.hexdigest(), self.sent_as
        file.name = clean_name(self.sent_as)
        return file  # type: ignore[no-any-return]

    def upload_interrupted(self) -> None:
        if hasattr(self, "file"):
            self.file.close()

    def _note(self) -> None:
        if self.request:
            too_large(self.request).append(self.sent_as)


def sent_name(upload: File[Any]) -> str:
    """Return the name that an upload was sent under, whatever it holds."""
    return str(getattr(upload, "sent_as", "") or upload.name or "")


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
    known = getattr(request, "sender", None)  # by a token, before the view asks for it
    return known is None and user is not None and not user.is_authenticated

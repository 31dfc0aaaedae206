"""Taking files in from the network: to disk, and no further than one may be large."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from accounts.rulebook import value_of
from claims.rulebook import EVIDENCE_MAX_BYTES, EVIDENCE_MAX_FILES

REFUSED = "cpor.too_large"
# The form around the files of one request.
AROUND = 1024 * 1024


class SizeStop(FileUploadHandler):
    """Drops a file as soon as it grows too large; the others of the request go on.

    Stands before the handler that writes to disk, so no more than one file's limit is
    ever stored. A request beyond all limits is not even read to its end.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.largest = value_of(EVIDENCE_MAX_BYTES)
        most = self.largest * value_of(EVIDENCE_MAX_FILES) + AROUND
        if self.request and int(self.request.META.get("CONTENT_LENGTH") or 0) > most:
            self._note()
            raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > self.largest:
            self._note()
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the handler that has written it."""

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

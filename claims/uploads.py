"""Taking files in from the network: to disk, and no further than one may be large."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

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
        most = settings.EVIDENCE_MAX_BYTES * settings.EVIDENCE_MAX_FILES + AROUND
        if self.request and int(self.request.META.get("CONTENT_LENGTH") or 0) > most:
            self._note()
            raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > settings.EVIDENCE_MAX_BYTES:
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

"""Opens compound files (OLE2), the file systems old Office and Outlook save in."""

import io
import struct
from collections import defaultdict

import olefile

from claims.inspection.finding import Code, Refusal
from claims.inspection.programs import program_in
from claims.inspection.sniff import Family, archive_end, family_of

_MACRO_STORAGES = {"_vba_project", "_vba_project_cur", "vba", "macros", "_srp_0"}
_SECTOR_FREE = 0xFFFFFFFF
# What olefile raises for damaged tables, its own error (an OSError) included.
_ERRORS = (
    *(OSError, ValueError, IndexError, KeyError, TypeError, AttributeError),
    *(RecursionError, OverflowError, struct.error),
)
type Path = tuple[str, ...]


class Compound:
    """A compound file: its storages and streams by path."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        try:
            self._file = olefile.OleFileIO(io.BytesIO(data))
            listed = self._file.listdir(streams=True, storages=False)
            folders = self._file.listdir(streams=False, storages=True)
        except _ERRORS as error:
            raise Refusal(Code.CORRUPT, f"not a compound file: {error}") from error
        self.streams: list[Path] = [tuple(path) for path in listed]
        self.storages: list[Path] = [tuple(path) for path in folders]
        self._streams_in = _by_storage(self.streams)
        self._storages_in = _by_storage(self.storages)

    def read(self, path: Path) -> bytes:
        """The content of a stream, or b"" where there is none."""
        if not self._file.exists(list(path)):
            return b""
        try:
            return bytes(self._file.openstream(list(path)).read())
        except _ERRORS as error:
            raise Refusal(Code.CORRUPT, f"stream {path[-1]!r}: {error}") from error

    def streams_in(self, storage: Path) -> list[Path]:
        """The streams that lie in a storage, not deeper; () is the whole file."""
        return self._streams_in.get(storage, [])

    def storages_in(self, storage: Path) -> list[Path]:
        """The storages that lie in a storage, not deeper."""
        return self._storages_in.get(storage, [])

    def refuse_twins(self) -> None:
        """Refuse two entries of one name, of which readers open either."""
        seen = set()
        for path in self.streams + self.storages:
            name = tuple(part.lower() for part in path)
            if name in seen:
                raise Refusal(Code.CORRUPT, f"{path[-1]!r} is there twice")
            seen.add(name)

    def names(self) -> set[str]:
        """Every name in the file, lower case."""
        return {path[-1].lower() for path in self.streams + self.storages}

    def has_macros(self) -> bool:
        return bool(self.names() & _MACRO_STORAGES)

    def is_locked_document(self) -> bool:
        """Is it an Office file behind a password ([MS-OFFCRYPTO] 2.3)?"""
        return bool(self.names() & {"encryptedpackage", "encryptioninfo"})

    def refuse_data_behind(self) -> None:
        """Refuse bytes that were put behind the file.

        Windows leaves free sectors with old bytes at the end of a file, so only what
        is no sector, what the table does not know or what is a file itself counts.
        """
        size = self._file.sectorsize
        table = list(self._file.fat)
        used = [i for i, sector in enumerate(table) if sector != _SECTOR_FREE]
        rest = self.data[(max(used, default=0) + 2) * size :]
        is_added = len(self.data) % size or len(self.data) > (len(table) + 1) * size
        is_file = archive_end(rest) >= 0 or program_in(rest) or _is_known(rest)
        if rest.strip(b"\x00\xff") and (is_added or is_file):
            raise Refusal(Code.TRAILING_DATA, f"{len(rest)} bytes behind the file")


def _by_storage(paths: list[Path]) -> dict[Path, list[Path]]:
    found: dict[Path, list[Path]] = defaultdict(list)
    for path in paths:
        found[path[:-1]].append(path)
    return found


def _is_known(data: bytes) -> bool:
    return family_of(data[:8192]) is not Family.OTHER


def has_macros(data: bytes) -> bool:
    """Does a compound file hold a VBA project? What cannot be opened holds none."""
    try:
        return Compound(data).has_macros()
    except Refusal:
        return False

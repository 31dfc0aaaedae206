"""The pipeline for one file: its name, its type, then what its type demands."""

from typing import BinaryIO

from claims.inspection import limits
from claims.inspection.case import Case
from claims.inspection.finding import Code, Finding, Refusal, printable
from claims.inspection.images import inspect_jpeg_file, inspect_png_file
from claims.inspection.mail import inspect_eml
from claims.inspection.names import extension_of, has_visible_text
from claims.inspection.office import inspect_office
from claims.inspection.outlook import inspect_msg
from claims.inspection.pdf import inspect_pdf
from claims.inspection.sniff import (
    COMPOUND_MAGIC,
    FAMILIES,
    HEADER_WINDOW,
    KIND_OF_EXTENSION,
    PDF_MAGIC,
    Family,
    Kind,
    family_of,
)

_INSPECTIONS = {
    Kind.PDF: inspect_pdf,
    Kind.PNG: inspect_png_file,
    Kind.JPEG: inspect_jpeg_file,
    Kind.EML: inspect_eml,
    Kind.MSG: inspect_msg,
}
_HEAD = 8192
_KINDS_BY_HEAD = {
    Family.PDF: Kind.PDF,
    Family.PNG: Kind.PNG,
    Family.JPEG: Kind.JPEG,
    Family.MAIL: Kind.EML,
}


def inspect_here(stream: BinaryIO, name: str) -> Finding:
    """Inspect in this process. Never raises for anything the file contains."""
    data = stream.read(limits.FILE_BYTES + 1)
    head = data[:_HEAD]
    seen = str(_KINDS_BY_HEAD.get(family_of(head), ""))
    try:
        _refuse_size(len(data))
        return Finding(examine(data, name, Case(examine)), None, "")
    except Refusal as refusal:
        return Finding(seen, refusal.code, refusal.detail)
    except MemoryError:
        return Finding(seen, Code.ARCHIVE_BOMB, "needs too much memory")
    except (ImportError, OSError) as error:
        # Something was not loaded before the process was confined.
        return Finding(seen, Code.SCAN_INCOMPLETE, printable(str(error)))
    except RecursionError:
        return Finding(seen, Code.CORRUPT, "nested too deep")
    except Exception as error:  # noqa: BLE001 - a surprise is an answer too
        return Finding(
            seen, Code.CORRUPT, printable(f"{type(error).__name__}: {error}")
        )


def examine(data: bytes, name: str, case: Case) -> str:
    """Run a file, or one that another file encloses, through the pipeline.

    Returns its content type; raises Refusal.
    """
    kind = KIND_OF_EXTENSION.get(extension_of(name))
    if kind is None:
        raise Refusal(Code.TYPE_NOT_ALLOWED, f"extension {extension_of(name)!r}")
    _refuse_other_family(data[:_HEAD], kind)
    if kind in _INSPECTIONS:
        _INSPECTIONS[kind](data, case)
        return kind
    return _examine_office(data, kind, case)


def _examine_office(data: bytes, kind: Kind, case: Case) -> str:
    if data.startswith(COMPOUND_MAGIC):
        # Raises: the file is locked, or an old document under a new name.
        inspect_msg(data, case)
        raise Refusal(Code.TYPE_MISMATCH, "an Outlook mail")
    found = inspect_office(data, case)
    if found != kind:
        raise Refusal(Code.TYPE_MISMATCH, f"named {kind.name}, is {found.name}")
    return kind


def _refuse_size(size: int) -> None:
    if not size:
        raise Refusal(Code.EMPTY, "no bytes")
    if size > limits.FILE_BYTES:
        raise Refusal(Code.TOO_LARGE, f"more than {limits.FILE_BYTES} bytes")


def _refuse_other_family(head: bytes, kind: Kind) -> None:
    family = family_of(head)
    if family not in FAMILIES[kind]:
        raise Refusal(Code.TYPE_MISMATCH, f"named {kind.name}, begins like {family}")
    is_flat = kind not in {Kind.PDF, Kind.MSG}
    if is_flat and PDF_MAGIC in head[:HEADER_WINDOW]:
        raise Refusal(Code.POLYGLOT, "also a PDF")


def quick_check(head: bytes, name: str, size: int) -> Code | None:
    """What can be said at once, from the first 8 KB, the name and the size.

    None means: receive it and inspect it. `size` is in bytes.
    """
    if not has_visible_text(name):
        return Code.NAME_INVALID
    try:
        _refuse_size(size)
    except Refusal as refusal:
        return refusal.code
    kind = KIND_OF_EXTENSION.get(extension_of(name))
    if kind is None:
        return Code.TYPE_NOT_ALLOWED
    return None if family_of(head[:_HEAD]) in FAMILIES[kind] else Code.TYPE_MISMATCH

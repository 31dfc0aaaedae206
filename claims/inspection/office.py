"""Inspects DOCX, XLSX and PPTX: the package first, then each of its parts."""

import posixpath
import re
import zlib
from dataclasses import dataclass
from urllib.parse import unquote

from claims.inspection import limits
from claims.inspection.archive import Archive, open_archive
from claims.inspection.case import Case
from claims.inspection.compound import has_macros
from claims.inspection.finding import Code, Refusal
from claims.inspection.links import is_remote
from claims.inspection.markup import (
    Attributes,
    is_markup,
    read_xml,
    refuse_dtd_in_text,
    refuse_other_root,
)
from claims.inspection.office_elements import PartReader
from claims.inspection.office_links import (
    inspect_relationships,
    main_part,
    pages_linked,
    refuse_fetched_pages,
)
from claims.inspection.office_media import inspect_media
from claims.inspection.programs import refuse_program
from claims.inspection.sniff import COMPOUND_MAGIC, PDF_MAGIC, Kind
from claims.inspection.svg import is_drawing, read_svg

_CONTENT_TYPES = "[content_types].xml"
_ROOT_LINKS = "_rels/.rels"
_MAIN_TYPES = {
    "application/vnd.openxmlformats-officedocument."
    "wordprocessingml.document.main+xml": Kind.DOCX,
    "application/vnd.openxmlformats-officedocument."
    "spreadsheetml.sheet.main+xml": Kind.XLSX,
    "application/vnd.openxmlformats-officedocument."
    "presentationml.presentation.main+xml": Kind.PPTX,
}
_NAMES_OF_ROOTS = {
    Kind.DOCX: "document",
    Kind.XLSX: "workbook",
    Kind.PPTX: "presentation",
}
_ROOTS = {name: _NAMES_OF_ROOTS[kind] for name, kind in _MAIN_TYPES.items()}
# Read as what it is even if its name, or words in a comment, speak of a drawing.
_OWN_TYPE = re.compile(
    r"application/vnd\.(?:openxmlformats-officedocument(?!\.vmldrawing)|ms-)"
)
_XML_TYPE = re.compile(r"[+/]xml\b|\.vmldrawing")
_FORBIDDEN_TYPES = (
    ("macroenabled", Code.MACRO),
    ("vbaproject", Code.MACRO),
    ("vbadata", Code.MACRO),
    ("macrosheet", Code.MACRO),
    ("dialogsheet", Code.MACRO),
    ("activex", Code.ACTIVE_CONTENT),
    ("webextension", Code.ACTIVE_CONTENT),
    ("oleobject", Code.EMBEDDED_OBJECT),
    ("text/html", Code.EMBEDDED_OBJECT),
    ("application/xhtml", Code.EMBEDDED_OBJECT),
    ("message/rfc822", Code.EMBEDDED_OBJECT),
    ("application/rtf", Code.EMBEDDED_OBJECT),
    ("text/rtf", Code.EMBEDDED_OBJECT),
)
_FORBIDDEN_NAMES = re.compile(
    r"(?:^|/)(?:vbaproject[^/]*\.bin|vbadata\.xml|macrosheets?/|activex/|dialogsheets?/)"
)
# Data that Office keeps and never shows; its elements may have any names.
_DATA_FOLDER = "customxml/"
_DATA_TYPES = {"application/xml", "text/xml"}
# Entries that make the archive a Java or Android program as well.
_OTHER_PACKAGES = ("meta-inf/manifest.mf", "androidmanifest.xml", "classes.dex")
_PACKED_PICTURES = (".emz", ".wmz")
_ZIP_MAGIC = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class ContentTypes:
    """What [Content_Types].xml says: by part name, else by extension."""

    by_name: dict[str, str]
    by_extension: dict[str, str]

    def of(self, name: str) -> str:
        key = unquote(name).lower()
        extension = key.rpartition(".")[2]
        return self.by_name.get(key, self.by_extension.get(extension, ""))


def inspect_office(data: bytes, case: Case) -> Kind:
    """Refuse an Office file for the first thing that acts, reaches out or hides.

    Returns which of the three kinds it is by its main part.
    """
    archive = open_archive(data, case.budget)
    if _CONTENT_TYPES not in archive.parts:
        raise Refusal(Code.TYPE_MISMATCH, "an archive, not an Office file")
    for name in _OTHER_PACKAGES:
        if name in archive.parts:
            raise Refusal(Code.POLYGLOT, f"{name} in an Office file")
    types = _content_types(archive)
    kind = _kind(archive, types)
    for part in archive.parts.values():
        if not part.is_folder:
            _inspect_part(archive, part.key, types.of(part.name), case)
    return kind


def _content_types(archive: Archive) -> ContentTypes:
    types = ContentTypes({}, {})

    def start(tag: str, attributes: Attributes) -> None:
        value = attributes.get("ContentType", "").strip().lower()
        if tag == "Override":
            name = unquote(attributes.get("PartName", "")).lstrip("/").lower()
            _set_once(types.by_name, name, value)
        elif tag == "Default":
            _set_once(
                types.by_extension, attributes.get("Extension", "").lower(), value
            )

    read_xml(archive.read(archive.parts[_CONTENT_TYPES]), _CONTENT_TYPES, start)
    return types


def _set_once(types: dict[str, str], key: str, value: str) -> None:
    if types.setdefault(key, value) != value:
        raise Refusal(Code.CORRUPT, f"two content types for {key!r}")


def _kind(archive: Archive, types: ContentTypes) -> Kind:
    if _ROOT_LINKS not in archive.parts:
        raise Refusal(Code.CORRUPT, "no relationships")
    stated = main_part(archive.read(archive.parts[_ROOT_LINKS]))
    target = posixpath.normpath(stated).lstrip("/")
    main_type = types.of(target)
    if "macroenabled" in main_type:
        raise Refusal(Code.MACRO, main_type)
    if unquote(target).casefold() not in archive.parts or is_remote(stated):
        raise Refusal(Code.CORRUPT, f"no main part {target!r}")
    if main_type not in _MAIN_TYPES:
        raise Refusal(Code.TYPE_MISMATCH, f"main part is {main_type!r}")
    return _MAIN_TYPES[main_type]


def _inspect_part(archive: Archive, key: str, content_type: str, case: Case) -> None:
    part = archive.parts[key]
    _refuse_forbidden_type(key, content_type)
    content = archive.read(part)
    if "printersettings" in content_type:
        # A driver's own record; on a Mac it is a property list with a DOCTYPE.
        _inspect_binary(key, content_type, content, case)
    elif _is_xml(key, content_type):
        _inspect_xml(key, content_type, content, _pages_linked(archive, key))
    elif is_markup(content):
        _inspect_tagged(key, content)
    elif key.endswith(_PACKED_PICTURES):
        _inspect_packed_picture(key, content, case)
    else:
        _inspect_binary(key, content_type, content, case)


def _refuse_forbidden_type(key: str, content_type: str) -> None:
    for word, code in _FORBIDDEN_TYPES:
        if word in content_type:
            raise Refusal(code, f"{key!r} is {content_type}")
    if found := _FORBIDDEN_NAMES.search(key):
        raise Refusal(Code.MACRO, f"{found[0]!r} in the archive")


def _is_xml(key: str, content_type: str) -> bool:
    is_named = key.endswith((".xml", ".rels", ".vml", ".svg"))
    return is_named or bool(_XML_TYPE.search(content_type))


def _pages_linked(archive: Archive, key: str) -> frozenset[str]:
    """What the part links to by its relationships, for a person to click."""
    folder, name = posixpath.split(key)
    rels = archive.parts.get(posixpath.join(folder, "_rels", f"{name}.rels"))
    return pages_linked(archive.read(rels), rels.key) if rels else frozenset()


def _inspect_xml(
    key: str, content_type: str, content: bytes, pages: frozenset[str]
) -> None:
    if key.endswith(".rels"):
        inspect_relationships(content, key)
    if _OWN_TYPE.match(content_type):
        _inspect_own(key, content_type, content, pages)
    elif key.endswith(".svg") or "svg" in content_type or is_drawing(content):
        read_svg(content, key)
    elif content_type in _DATA_TYPES and key.startswith(_DATA_FOLDER):
        read_xml(content, key, lambda *_: None, frozenset())
    elif key.endswith(".vml"):
        _inspect_drawing(key, content, pages)
    elif not key.endswith(".rels"):
        _inspect_own(key, content_type, content, pages)


def _inspect_own(
    key: str, content_type: str, content: bytes, pages: frozenset[str]
) -> None:
    """A part with words, cells or shapes, whatever name it goes by."""
    if root := _ROOTS.get(content_type):
        refuse_other_root(content, key, root)
    PartReader(key).read(content)
    refuse_fetched_pages(content, key, pages)


def _inspect_tagged(key: str, content: bytes) -> None:
    """Programs name drawings wrongly; any other text with tags is no part of Office."""
    if not is_drawing(content):
        raise Refusal(Code.EMBEDDED_OBJECT, f"{key!r} is text with tags")
    read_svg(content, key)


def _inspect_drawing(key: str, content: bytes, pages: frozenset[str]) -> None:
    """Excel's old drawings are not always well formed: read as far as it goes."""
    refuse_dtd_in_text(content, key)
    for read in (
        PartReader(key).read,
        lambda text: refuse_fetched_pages(text, key, pages),
    ):
        try:
            read(content)
        except Refusal as refusal:
            if refusal.code != Code.CORRUPT:
                raise


def _inspect_packed_picture(key: str, content: bytes, case: Case) -> None:
    unzip = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        picture = unzip.decompress(content, limits.SUSPECT_BYTES)
    except zlib.error as error:
        raise Refusal(Code.CORRUPT, f"{key!r} does not unpack") from error
    case.budget.inflate(len(picture))
    if unzip.unused_data:
        raise Refusal(Code.TRAILING_DATA, f"data behind {key!r}")
    refuse_program(picture, key)


def _inspect_binary(key: str, content_type: str, content: bytes, case: Case) -> None:
    if content.startswith(COMPOUND_MAGIC):
        code = Code.MACRO if has_macros(content) else Code.EMBEDDED_OBJECT
        raise Refusal(code, f"{key!r} is an OLE object")
    if content.startswith(_ZIP_MAGIC):
        _inspect_package(key, content_type, content, case)
    elif content.startswith(PDF_MAGIC):
        case.inspect_enclosed(content, "picture.pdf")
    else:
        inspect_media(key, content_type, content, case)


def _inspect_package(key: str, content_type: str, content: bytes, case: Case) -> None:
    """A document within the document: the workbook behind a chart, for example."""
    if case.depth >= limits.EMBEDDED_DEPTH:
        raise Refusal(Code.ARCHIVE_BOMB, f"{key!r} is nested too deep")
    if not key.endswith((".docx", ".xlsx", ".pptx")) and content_type not in set(Kind):
        raise Refusal(Code.EMBEDDED_OBJECT, f"{key!r} is an archive")
    case.inspect_enclosed(content, key.rpartition("/")[2])

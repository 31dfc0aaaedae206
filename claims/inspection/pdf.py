"""Inspects PDF: every object is walked, whether or not a page refers to it."""

import re
from collections.abc import Callable

import pypdfium2

from claims.inspection.case import Case
from claims.inspection.finding import Code, Refusal
from claims.inspection.links import is_remote, judge_link
from claims.inspection.opendocument import inspect_opendocument, is_opendocument
from claims.inspection.pdf_files import carried_files, inspect_embedded_files, text_of
from claims.inspection.pdf_hybrid import refuse_hidden_objects
from claims.inspection.pdf_objects import (
    Found,
    Objects,
    check_inflation,
    read_objects,
    unpack_object_streams,
)
from claims.inspection.pdf_structure import Structure
from claims.inspection.pdf_syntax import BLANKS, Dictionary, dictionaries
from claims.inspection.sniff import (
    archive_end,
    pdf_header_at,
    refuse_hidden_page,
)

_END = re.compile(rb"%%EOF")
_COMMENT = re.compile(rb"%[^\r\n]*")
# What may follow an end mark: the objects of the next revision.
_NEXT_REVISION = re.compile(
    rb"\d{1,10}[\x00\t\n\x0c\r ]+\d{1,5}[\x00\t\n\x0c\r ]+obj|xref|trailer|startxref"
)

# Action types that act on the reader's computer or send data away (ISO 32000-2, 12.6.4)
ACTIONS = {
    "JavaScript": Code.ACTIVE_CONTENT,
    "Launch": Code.ACTIVE_CONTENT,
    "SubmitForm": Code.ACTIVE_CONTENT,
    "ImportData": Code.ACTIVE_CONTENT,
    "RichMediaExecute": Code.ACTIVE_CONTENT,
    "GoToR": Code.EXTERNAL_REFERENCE,
    "GoToE": Code.EXTERNAL_REFERENCE,
}
# These words also name paragraph styles, so the key that makes them an action counts.
ACTIONS_WITH_KEY = {
    "Rendition": ("R", "OP", "JS"),
    "Movie": ("Annotation", "T", "Operation"),
    "Sound": ("Sound",),
    "Thread": ("F",),
}
ANNOTATIONS: dict[str, tuple[str, ...]] = {
    "RichMedia": (),
    "3D": (),
    "PS": (),
    "Movie": ("Movie",),
    "Sound": ("Sound",),
}
_PLAYERS = ("RichMediaContent", "RichMediaSettings", "OnInstantiate")
NOT_BY_ITSELF = {"URI", "Thread"}
_ACTIONS_CHAINED = 1_000


def inspect_pdf(data: bytes, case: Case) -> None:
    """Refuse a PDF for the first thing in it that acts, reaches out or hides."""
    start = pdf_header_at(data)
    objects = read_objects(data, case.budget)
    refuse_hidden_page(_before_first_object(objects, start), "the PDF header")
    _refuse_encryption(objects)
    unpack_object_streams(objects)
    for item in [*objects.found, *_trailers(objects)]:
        _refuse_active(objects, item)
    ends = _refuse_data_after_end(objects)
    check_inflation(objects)
    structure = Structure(objects, ends, start)
    structure.refuse_two_readings()
    refuse_hidden_objects(structure)
    inspect_embedded_files(objects, case)
    _refuse_unreadable(data)


def _before_first_object(objects: Objects, start: int) -> bytes:
    return objects.data[start : objects.first_at]


def _trailers(objects: Objects) -> list[Found]:
    """Trailers, which some viewers let hold the catalogue itself."""
    return [Found(None, 0, 0, parsed=trailer) for trailer in objects.trailers]


def _refuse_encryption(objects: Objects) -> None:
    values = list(objects.trailers)
    values += [item.value for item in objects.found if item.stream is not None]
    for dictionary in values:
        if not isinstance(dictionary, Dictionary):
            continue
        if any(value is not None for value in dictionary.all("Encrypt")):
            raise Refusal(Code.ENCRYPTED, "/Encrypt in a trailer")


def _refuse_active(objects: Objects, item: Found) -> None:
    try:
        for dictionary in dictionaries(item.value):
            # In the order of the rules, so that an action is called an action.
            if given := {key for key, _ in dictionary} & RULES.keys():
                for key in (key for key in RULES if key in given):
                    RULES[key](objects, dictionary)
        if item.stream is not None and isinstance(item.value, Dictionary):
            _refuse_outside_stream(objects, item.value)
    except Refusal as refusal:
        raise Refusal(refusal.code, f"{item.where}: {refusal.detail}") from None


def _refuse_action(objects: Objects, dictionary: Dictionary) -> None:
    for kind in objects.names(dictionary, "S"):
        if kind in ACTIONS:
            raise Refusal(ACTIONS[kind], f"action {kind}")
        keys = ACTIONS_WITH_KEY.get(kind, ())
        if any(_given(dictionary, key) for key in keys):
            raise Refusal(Code.ACTIVE_CONTENT, f"action {kind}")


def _refuse_script(objects: Objects, dictionary: Dictionary) -> None:
    is_action = bool(objects.names(dictionary, "S"))
    if _given(dictionary, "JS") and (is_action or _has_script(objects, dictionary)):
        raise Refusal(Code.ACTIVE_CONTENT, "a script")


def _refuse_active_link(objects: Objects, dictionary: Dictionary) -> None:
    for target in _texts(objects, dictionary, "URI"):
        judge_link(target, "a link")
    for base in _dictionaries_of(objects, dictionary, "URI"):
        for target in _texts(objects, base, "Base"):
            judge_link(target, "the base of links")


def _has_script(objects: Objects, dictionary: Dictionary) -> bool:
    return bool(_texts(objects, dictionary, "JS"))


def _texts(objects: Objects, dictionary: Dictionary, key: str) -> list[str]:
    values = [v for given in dictionary.all(key) for v in objects.resolved(given)]
    return [text_of(value) for value in values if isinstance(value, bytes)]


def _given(dictionary: Dictionary, key: str) -> bool:
    return any(value is not None for value in dictionary.all(key))


def _refuse_media(objects: Objects, dictionary: Dictionary) -> None:
    for kind in objects.names(dictionary, "Subtype"):
        keys = ANNOTATIONS.get(kind)
        if keys is not None and all(_given(dictionary, key) for key in keys):
            raise Refusal(Code.ACTIVE_CONTENT, f"{kind} as content")


def _refuse_player(objects: Objects, dictionary: Dictionary) -> None:
    for key in _PLAYERS:
        if _given(dictionary, key):
            raise Refusal(Code.ACTIVE_CONTENT, key)


def _refuse_postscript(objects: Objects, dictionary: Dictionary) -> None:
    if "PS" in objects.names(dictionary, "Subtype2"):
        raise Refusal(Code.ACTIVE_CONTENT, "PostScript")


def _refuse_automatic(objects: Objects, dictionary: Dictionary) -> None:
    """Refuse a link that is followed without a click."""
    waiting = _started(objects, dictionary)
    for _ in range(_ACTIONS_CHAINED):
        if not waiting:
            return
        action = waiting.pop()
        if objects.names(action, "S") & NOT_BY_ITSELF:
            raise Refusal(Code.EXTERNAL_REFERENCE, "a link followed on opening")
        waiting += _dictionaries_of(objects, action, "Next")


def _started(objects: Objects, dictionary: Dictionary) -> list[Dictionary]:
    """The actions that start when something is opened, shown, entered or left."""
    started = _dictionaries_of(objects, dictionary, "OpenAction")
    for triggers in _dictionaries_of(objects, dictionary, "AA"):
        for key, _ in triggers:
            started += _dictionaries_of(objects, triggers, key)
    return started


def _dictionaries_of(
    objects: Objects, dictionary: Dictionary, key: str
) -> list[Dictionary]:
    values = [v for given in dictionary.all(key) for v in objects.resolved(given)]
    parts = [part for v in values for part in (v if isinstance(v, list) else [v])]
    results = [result for part in parts for result in objects.resolved(part)]
    return [result for result in results if isinstance(result, Dictionary)]


def _refuse_form(objects: Objects, dictionary: Dictionary) -> None:
    if _given(dictionary, "XFA"):
        raise Refusal(Code.ACTIVE_CONTENT, "an XFA form")


def _refuse_scripts(objects: Objects, dictionary: Dictionary) -> None:
    for tree in _dictionaries_of(objects, dictionary, "JavaScript"):
        if not _is_empty_tree(tree):
            raise Refusal(Code.ACTIVE_CONTENT, "document scripts")


def _is_empty_tree(tree: Dictionary) -> bool:
    return not any(tree.get(key) for key in ("Names", "Kids"))


def _refuse_web_file(objects: Objects, dictionary: Dictionary) -> None:
    if "URL" in objects.names(dictionary, "FS"):
        raise Refusal(Code.EXTERNAL_REFERENCE, "a file on the web")


def _refuse_file_elsewhere(objects: Objects, dictionary: Dictionary) -> None:
    """Refuse a file kept on another computer, whatever would open it."""
    for key in ("F", "UF"):
        for target in _texts(objects, dictionary, key):
            if is_remote(target):
                raise Refusal(Code.EXTERNAL_REFERENCE, f"a file at {target}")


def _refuse_foreign_page(objects: Objects, dictionary: Dictionary) -> None:
    for target in _dictionaries_of(objects, dictionary, "Ref"):
        if _given(target, "F"):
            raise Refusal(Code.EXTERNAL_REFERENCE, "a page of another file")


def _refuse_outside_stream(objects: Objects, dictionary: Dictionary) -> None:
    for value in dictionary.all("F"):
        for target in objects.resolved(value):
            if isinstance(target, bytes | Dictionary):
                raise Refusal(Code.EXTERNAL_REFERENCE, "a stream kept in another file")


# Which rule a dictionary calls for, by the keys it has.
RULES: dict[str, Callable[[Objects, Dictionary], None]] = {
    "S": _refuse_action,
    "JS": _refuse_script,
    "URI": _refuse_active_link,
    "Subtype": _refuse_media,
    "Subtype2": _refuse_postscript,
    **dict.fromkeys(_PLAYERS, _refuse_player),
    "OpenAction": _refuse_automatic,
    "AA": _refuse_automatic,
    "XFA": _refuse_form,
    "JavaScript": _refuse_scripts,
    "FS": _refuse_web_file,
    "F": _refuse_file_elsewhere,
    "UF": _refuse_file_elsewhere,
    "Ref": _refuse_foreign_page,
}


def _refuse_data_after_end(objects: Objects) -> list[int]:
    """Behind each end mark stands the next revision, behind the last one nothing.

    Returns where the revisions end.
    """
    data = objects.data
    spans = sorted(item.stream for item in objects.found if item.stream is not None)
    ends = [end.end() for end in _END.finditer(data)]
    outside = _outside(ends, spans)
    if not outside:
        raise Refusal(Code.CORRUPT, "no end mark")
    _refuse_archive(objects)
    if data[outside[-1] :].strip(BLANKS):
        raise Refusal(Code.TRAILING_DATA, f"data behind the end at {outside[-1]}")
    for end in outside[:-1]:
        _refuse_gap(data, end)
    return outside


def _refuse_archive(objects: Objects) -> None:
    """Refuse what opens as an archive as well; a file that it carries may be one."""
    end = archive_end(objects.data)
    if end < 0:
        return
    carried = [item.stream for item, _ in carried_files(objects) if item.stream]
    for start, stop in (item.stream for item in objects.found if item.stream):
        if is_opendocument(objects.data[start:stop]):
            inspect_opendocument(objects.data[start:stop], objects.budget)
            carried.append((start, stop))
    if not _is_in_stream(end, sorted(carried)):
        raise Refusal(Code.POLYGLOT, "also a zip archive")


def _refuse_gap(data: bytes, position: int) -> None:
    while position < len(data):
        rest = data[position : position + 4096]
        position += len(rest) - len(rest.lstrip(BLANKS))
        if comment := _COMMENT.match(data, position):
            position = comment.end()
        elif rest.strip(BLANKS):
            break
    if not _NEXT_REVISION.match(data, position):
        raise Refusal(Code.TRAILING_DATA, f"data behind the end at {position}")


def _outside(positions: list[int], spans: list[tuple[int, int]]) -> list[int]:
    """Those of the sorted positions that lie in none of the sorted spans."""
    kept, index, reached = [], 0, 0
    for position in positions:
        while index < len(spans) and spans[index][0] < position:
            reached = max(reached, spans[index][1])
            index += 1
        if position > reached:
            kept.append(position)
    return kept


def _is_in_stream(position: int, spans: list[tuple[int, int]]) -> bool:
    return not _outside([position], spans)


def _refuse_unreadable(data: bytes) -> None:
    """The renderer that draws the pages for reviewers must be able to open it."""
    try:
        document = pypdfium2.PdfDocument(data)
        pages = len(document)
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower()
        code = Code.ENCRYPTED if locked else Code.CORRUPT
        raise Refusal(code, f"does not open: {error}") from error
    document.close()
    if not pages:
        raise Refusal(Code.CORRUPT, "no pages")

"""Inspects the files a PDF carries: attachments, portfolios, electronic invoices."""

from collections.abc import Iterator

from claims.inspection.attachments import inspect_attachment
from claims.inspection.case import Case
from claims.inspection.finding import Code
from claims.inspection.markup import refuse_dtd_in_text
from claims.inspection.pdf_objects import Found, Objects
from claims.inspection.pdf_syntax import Dictionary, dictionaries

_NAME_KEYS = ("UF", "F", "DOS", "Unix", "Mac")


def inspect_embedded_files(objects: Objects, case: Case) -> None:
    """Run each carried file through the pipeline under every name it has."""
    for item, dictionary in _streams(objects):
        if "Metadata" in objects.names(dictionary, "Type"):
            refuse_dtd_in_text(objects.content(item), f"metadata of {item.where}")
    for item, names in carried_files(objects):
        for name in names:
            content = objects.content(item)
            inspect_attachment(content, name, "", case, other=Code.EMBEDDED_OBJECT)


def carried_files(objects: Objects) -> Iterator[tuple[Found, set[str]]]:
    """The streams that hold a carried file, each with every name it has, or ""."""
    names = _names_of_files(objects)
    for item, dictionary in _streams(objects):
        is_file = "EmbeddedFile" in objects.names(dictionary, "Type")
        if found := names.get(id(item), {""} if is_file else set()):
            yield item, found


def _streams(objects: Objects) -> Iterator[tuple[Found, Dictionary]]:
    for item in objects.found:
        if item.stream is not None and isinstance(item.value, Dictionary):
            yield item, item.value


def _names_of_files(objects: Objects) -> dict[int, set[str]]:
    """File names by the identity of the object whose stream holds the file."""
    names: dict[int, set[str]] = {}
    for item in objects.found:
        for dictionary in dictionaries(item.value):
            for files in _resolved_dictionaries(objects, dictionary, "EF"):
                for _, reference in files:
                    for target in objects.all_of(reference):
                        names.setdefault(id(target), set()).update(
                            _names(objects, dictionary)
                        )
    return names


def _resolved_dictionaries(
    objects: Objects, dictionary: Dictionary, key: str
) -> list[Dictionary]:
    values = [v for given in dictionary.all(key) for v in objects.resolved(given)]
    return [value for value in values if isinstance(value, Dictionary)]


def _names(objects: Objects, specification: Dictionary) -> set[str]:
    names = {
        text_of(value)
        for key in _NAME_KEYS
        for given in specification.all(key)
        for value in objects.resolved(given)
        if isinstance(value, bytes)
    }
    return names or {""}


def text_of(value: bytes) -> str:
    """A text string: UTF-16 or UTF-8 with a mark, else bytes (ISO 32000-2, 7.9.2)."""
    if value.startswith((b"\xfe\xff", b"\xff\xfe")):
        return value.decode("utf-16", "replace")
    return value.removeprefix(b"\xef\xbb\xbf").decode("latin-1")

"""Judges the relationships of an Office file: what it is tied to, inside and outside.

Sources: ECMA-376 part 1 and 2, [MS-OFFDI]. Types are compared by their last segment,
which is the same in the transitional, the strict and Microsoft's own namespaces.
"""

from claims.inspection.finding import Code, Refusal
from claims.inspection.links import is_remote, judge_link
from claims.inspection.markup import Attributes, local, read_xml

_FORBIDDEN = {
    "vbaproject": Code.MACRO,
    "wordvbadata": Code.MACRO,
    "vbaprojectsignature": Code.MACRO,
    "vbaprojectsignatureagile": Code.MACRO,
    "xlmacrosheet": Code.MACRO,
    "xlintlmacrosheet": Code.MACRO,
    "dialogsheet": Code.MACRO,
    "attachedtoolbars": Code.MACRO,
    "control": Code.ACTIVE_CONTENT,
    "activexcontrol": Code.ACTIVE_CONTENT,
    "activexcontrolbinary": Code.ACTIVE_CONTENT,
    "webextension": Code.ACTIVE_CONTENT,
    "webextensiontaskpanes": Code.ACTIVE_CONTENT,
}
# What is loaded or run, so that even a neighbouring file is too much.
_NEVER_OUTSIDE = {"oleobject", "package", "afchunk", "subdocument", "frame", "slide"}
# Files within the file: only those the pipeline can look into.
_ENCLOSED = {"oleobject", "package", "afchunk"}
_READABLE = (".docx", ".xlsx", ".pptx")
_MACRO_PACKAGES = (".docm", ".dotm", ".xlsm", ".xltm", ".xlsb", ".pptm", ".xlam")


def main_part(rels: bytes) -> str:
    """The target of the package's main document, or ""; refuses two of them."""
    targets: list[str] = []

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship" and _type(attributes) == "officedocument":
            targets.append(attributes.get("Target", ""))

    read_xml(rels, "_rels/.rels", start)
    if len(targets) > 1:
        raise Refusal(Code.CORRUPT, "two main parts")
    return targets[0] if targets else ""


def inspect_relationships(data: bytes, name: str) -> None:
    """Refuse relationships to macros, controls, objects and remote content.

    Links to pages that a person clicks pass. So do the local paths Word and Excel leave
    in files: the template on the author's disk, a picture once pasted, a workbook.
    """

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship":
            _judge(attributes, name)

    read_xml(data, name, start)


# How an element says which relationship it means.
_MEANS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships ",
    "http://purl.oclc.org/ooxml/officeDocument/relationships ",
    "urn:schemas-microsoft-com:office:office relid",
)
# Elements that wait for a click: w:hyperlink, hyperlink, a:hlinkClick, a:hlinkHover …
_WAITING = ("hyperlink", "hlink")


def pages_linked(rels: bytes, name: str) -> frozenset[str]:
    """The ids of links to outside, which nothing may follow without a click."""
    ids: set[str] = set()

    def start(tag: str, attributes: Attributes) -> None:
        if tag == "Relationship" and _type(attributes) == "hyperlink":
            target = attributes.get("Target", "")
            if _is_external(attributes) or is_remote(target):
                ids.add(attributes.get("Id", ""))

    read_xml(rels, name, start)
    return frozenset(ids)


def refuse_fetched_pages(content: bytes, name: str, pages: frozenset[str]) -> None:
    """Refuse a picture, film or object that is fetched through a link to click."""

    def start(tag: str, attributes: Attributes) -> None:
        if local(tag).startswith(_WAITING):
            return
        for key, value in attributes.items():
            if value in pages and key.startswith(_MEANS):
                what = f"{local(tag)} of a link in {name!r}"
                raise Refusal(Code.EXTERNAL_REFERENCE, what)

    if pages:
        read_xml(content, name, start, is_qualified=True)


def _is_external(attributes: Attributes) -> bool:
    return attributes.get("TargetMode", "").strip().lower() == "external"


def _type(attributes: Attributes) -> str:
    return attributes.get("Type", "").rstrip("/").rpartition("/")[2].strip().lower()


def _judge(attributes: Attributes, name: str) -> None:
    kind, target = _type(attributes), attributes.get("Target", "")
    if kind in _FORBIDDEN:
        raise Refusal(_FORBIDDEN[kind], f"{kind} in {name!r}")
    if kind == "hyperlink":
        judge_link(target, repr(name))
    elif _is_external(attributes) or is_remote(target):
        _judge_outside(kind, target, name)
    elif kind in _ENCLOSED:
        _judge_enclosed(kind, target.lower(), name)


def _judge_outside(kind: str, target: str, name: str) -> None:
    if kind in _NEVER_OUTSIDE or is_remote(target):
        raise Refusal(Code.EXTERNAL_REFERENCE, f"{kind} {target} in {name!r}")


def _judge_enclosed(kind: str, target: str, name: str) -> None:
    if target.endswith(_MACRO_PACKAGES):
        raise Refusal(Code.MACRO, f"{kind} {target} in {name!r}")
    if not target.endswith(_READABLE):
        raise Refusal(Code.EMBEDDED_OBJECT, f"{kind} {target} in {name!r}")

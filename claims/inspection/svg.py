"""Judges drawings (SVG) kept in Office files: no scripts, nothing from elsewhere."""

import re

from claims.inspection.finding import Code, Refusal
from claims.inspection.links import is_active_link, is_remote, judge_link
from claims.inspection.markup import Attributes, OnText, read_xml
from claims.inspection.styles import addresses_in

_DOCTYPE = re.compile(rb"<!DOCTYPE\s+svg\b[^\[<>]*>")
_ROOT = re.compile(rb"<(?:[A-Za-z0-9_]+:)?svg[\s/>]")
_ROOT_WINDOW = 4096
_SCRIPTS = {"script", "iframe", "handler", "embed", "object"}
_LINKS = {"href", "src", "to", "from", "values"}
# A picture that lies in the drawing itself.
_OWN_PICTURE = re.compile(r"\s*data:image/(?:png|jpe?g|gif|webp)[;,]", re.IGNORECASE)
_STYLE_SHEET = re.compile(
    rb"<\?xml-stylesheet\b[^>]*?\bhref\s*=\s*[\"']([^\"']*)", re.IGNORECASE
)


def is_drawing(content: bytes) -> bool:
    """Is it a drawing, whatever its name says?"""
    return bool(_ROOT.search(content[:_ROOT_WINDOW].replace(b"\x00", b"")))


def read_svg(data: bytes, name: str) -> None:
    """Refuse scripts in a drawing, and what it would fetch when it is shown.

    Its plain DOCTYPE, which programs write, passes.
    """

    def start(tag: str, attributes: Attributes) -> OnText | None:
        _judge_element(tag, attributes, name)
        return (lambda text: _judge_style(text, name)) if tag == "style" else None

    read_xml(_DOCTYPE.sub(b"", data, count=1), name, start)
    for address in _STYLE_SHEET.findall(data.replace(b"\x00", b"")):
        _judge_source(address.decode("latin-1"), name)


def _judge_element(tag: str, attributes: Attributes, name: str) -> None:
    if tag.lower() in _SCRIPTS:
        raise Refusal(Code.ACTIVE_CONTENT, f"{tag} in {name!r}")
    for key, value in attributes.items():
        if key.lower().startswith("on"):
            raise Refusal(Code.ACTIVE_CONTENT, f"a script in {name!r}")
        if key.lower() not in _LINKS:
            _judge_style(value, name)
        elif tag == "a":
            judge_link(value, repr(name))
        else:
            _judge_source(value, name)


def _judge_source(address: str, name: str) -> None:
    if _OWN_PICTURE.match(address):
        return
    if is_active_link(address):
        raise Refusal(Code.ACTIVE_CONTENT, f"a script in {name!r}")
    if is_remote(address):
        raise Refusal(Code.EXTERNAL_REFERENCE, f"{address} in {name!r}")


def _judge_style(text: str, name: str) -> None:
    for address in addresses_in(text):
        _judge_source(address, name)

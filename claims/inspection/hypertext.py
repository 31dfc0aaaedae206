"""Judges the HTML bodies of mails, which are shown, not run."""

import codecs
import html
import re

from claims.inspection.finding import Code, Refusal
from claims.inspection.html_tags import Tag, tags
from claims.inspection.links import (
    is_active_link,
    is_remote,
    judge_mail_link,
    judge_mail_source,
)
from claims.inspection.styles import addresses_in, runs
from claims.inspection.word_fields import FieldReader

_BODY = "an HTML body"
_ACTIVE = {"object", "embed", "applet", "iframe", "frame", "frameset", "portal"}
# Data for search engines and add-ons, which Gmail reads, is not a script.
_DATA_SCRIPTS = {"application/ld+json", "application/json"}
# The one object Word writes into mails belongs to its smart tags and does nothing.
_SMART_TAGS = "clsid:38481807-ca0e-42d2-bf39-b33af135cc4d"
_HANDLER = re.compile(r"on[a-z]{3,}")
_LINKS = {"a", "area"}
_LOADED = {"src", "lowsrc", "dynsrc", "background", "poster", "data", "href", "base"}
_LOADED |= {"codebase", "manifest", "icon", "datasrc"}
_LISTS = {"srcset", "imagesrcset"}
_SENT = {"action", "formaction"}
_ANIMATED = {"to", "from", "by", "values"}
_BEFORE_ADDRESS = re.compile(r"[\s\d.;,]*(?:url\s*=)?[\s'\"]*", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-:]{1,40})", re.IGNORECASE)
_CHARSETS = 4


# How Word writes fields into pages: <span style='mso-element:field-begin'></span> …
_FIELD_MARK = re.compile(r"mso-element:\s*field-(begin|separator|end)", re.IGNORECASE)
_MARKS = {"begin": "begin", "separator": "separate", "end": "end"}
_MARKUP = re.compile(r"^[^<>]*>|<[^<>]*>?")
_UTF_7 = re.compile(r"utf[-_]?7", re.IGNORECASE)


def inspect_html(data: bytes, charset: str | None) -> None:
    """Refuse what runs in a body, fetches from a share or sends something away.

    Pictures and style sheets on web pages are everyday, and so are links to shares.
    """
    for name in _charsets(data, charset):
        inspect_page(_decoded(data, name))


def _charsets(data: bytes, charset: str | None) -> set[str]:
    """Every coding a reader might take the body for."""
    stated = _CHARSET.findall(data[:4096])[:_CHARSETS]
    return {charset or "utf-8", "utf-8", *(name.decode() for name in stated)}


def _decoded(data: bytes, charset: str) -> str:
    charset = "utf-7" if _UTF_7.search(charset) else charset
    try:
        codecs.lookup(charset)
        return data.decode(charset, "replace")
    except (LookupError, ValueError, UnicodeError):
        return data.decode("latin-1")


def inspect_page(text: str) -> None:
    """The same for text."""
    text = text.replace("\x00", "")
    _judge_fields(text)
    for tag in tags(text):
        _judge_tag(tag)
        for key, value in tag.attributes:
            _judge_attribute(tag, key, value)


def _judge_fields(text: str) -> None:
    fields = FieldReader(_BODY, is_page=True)
    marks = list(_FIELD_MARK.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=True) if marks else ():
        fields.start("fldChar", {"fldCharType": _MARKS[mark[1].lower()]})
        if fields.is_open:
            fields.add(html.unescape(_MARKUP.sub("", text[mark.end() : end])))
    fields.close()


def _judge_tag(tag: Tag) -> None:
    if _is_active(tag):
        raise Refusal(Code.ACTIVE_CONTENT, f"{tag.name} in {_BODY}")
    if tag.name == "style":
        _judge_style(tag.text)
    if tag.name == "meta" and "refresh" in map(_trimmed, tag.values("http-equiv")):
        for value in tag.values("content"):
            _judge_refresh(value)


def _is_active(tag: Tag) -> bool:
    if tag.name == "script":
        types = tag.values("type")
        return not types or not set(map(_trimmed, types)) <= _DATA_SCRIPTS
    if tag.name == "object":
        rest = {key for key, _ in tag.attributes} - {"classid", "id"}
        return bool(rest) or set(map(_trimmed, tag.values("classid"))) != {_SMART_TAGS}
    return tag.name in _ACTIVE


def _trimmed(value: str) -> str:
    return value.strip().lower()


def _judge_refresh(content: str) -> None:
    """A page that shows another in its place; without an address it shows itself."""
    address = _BEFORE_ADDRESS.sub("", content, count=1)
    _judge_script_link(address)
    if address:
        raise Refusal(Code.EXTERNAL_REFERENCE, f"leads on to {address}")


def _judge_attribute(tag: Tag, key: str, value: str) -> None:
    if _HANDLER.fullmatch(key) and value.strip():
        raise Refusal(Code.ACTIVE_CONTENT, f"{key} in {_BODY}")
    if key == "style":
        _judge_style(value)
    elif key in _SENT:
        _judge_receiver(value)
    elif key in _ANIMATED and tag.name.startswith(("animate", "set")):
        for part in value.split(";"):
            _judge_script_link(part)
    elif key == "href" and tag.name in _LINKS:
        judge_mail_link(value, _BODY)
    else:
        for address in _loaded(key, value):
            judge_mail_source(address, _BODY)


def _loaded(key: str, value: str) -> list[str]:
    if key in _LISTS:
        return value.replace(",", " ").split()
    return [value] if key in _LOADED else []


def _judge_receiver(address: str) -> None:
    _judge_script_link(address)
    if is_remote(address):
        raise Refusal(Code.EXTERNAL_REFERENCE, f"a form sent to {address}")


def _judge_script_link(address: str) -> None:
    if is_active_link(address):
        raise Refusal(Code.ACTIVE_CONTENT, f"link to {address} in {_BODY}")


def _judge_style(text: str) -> None:
    if runs(text):
        raise Refusal(Code.ACTIVE_CONTENT, f"a script in a style of {_BODY}")
    for address in addresses_in(text):
        judge_mail_source(address, _BODY)

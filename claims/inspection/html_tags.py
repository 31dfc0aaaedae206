"""Reads the tags of a page as browsers do: comments, quotes, text that is no markup.

What one reader takes for a comment or a value another may show, so whatever stands in
a value, in a style sheet or in a comment for Outlook is read for tags of its own.
"""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPENING = re.compile(
    r"<(?:(!--)|([!?]|/(?![a-z]))|(/?[a-z][^\s/>]*))", re.IGNORECASE | re.ASCII
)
_ATTRIBUTE = re.compile(
    r"[\s/]*([^\s/>][^\s/>=]*)(?:\s*=\s*(\"[^\"]*\"|'[^']*'|[^\s>]*))?", re.ASCII
)
# Programs for Windows read what stands in such a comment, others leave it out.
_CONDITION = re.compile(r"\s*\[if\b", re.IGNORECASE)
_COMMENT_END = re.compile(r"--!?>")
_RAW_TEXT = {"style", "script", "title", "textarea", "xmp", "noembed", "noframes"}


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag; names are lower case and without namespace, `text` is raw text in it."""

    name: str
    attributes: list[tuple[str, str]]
    text: str = ""

    def values(self, name: str) -> list[str]:
        """Every value of an attribute, which may wrongly be given twice."""
        return [value for key, value in self.attributes if key == name]


def tags(text: str) -> Iterator[Tag]:
    """The tags of a page, and what other readers would take for one."""
    for tag in _tags(text):
        yield tag
        for inner in (tag.text, *(value for _, value in tag.attributes)):
            if "<" in inner:
                yield from _tags(inner, is_whole=False)


def _tags(text: str, *, is_whole: bool = True) -> Iterator[Tag]:
    position = 0
    while opening := _OPENING.search(text, position):
        comment, other, name = opening.groups()
        position = opening.end()
        if comment:
            position = _behind_comment(text, position)
        elif other:
            position = (text.find(">", position) + 1) or len(text)
        else:
            attributes, position = _attributes(text, position)
            local = _local(name)
            end = position
            if is_whole and local in _RAW_TEXT:
                end = _end_of_raw_text(text, local, position)
            yield Tag(local, attributes, text[position:end])
            position = end


def _behind_comment(text: str, position: int) -> int:
    if _CONDITION.match(text, position):
        return position
    # "<!-->" and "<!--->" are whole comments.
    end = _COMMENT_END.search(text, position - len("--"))
    return end.end() if end else len(text)


def _attributes(text: str, position: int) -> tuple[list[tuple[str, str]], int]:
    """The attributes of a tag and where it ends."""
    attributes = []
    while found := _ATTRIBUTE.match(text, position):
        value = found[2] or ""
        if value[:1] in {'"', "'"}:
            value = value.strip(value[0])
        attributes.append((_local(found[1]), html.unescape(value)))
        position = found.end()
    return attributes, (text.find(">", position) + 1) or len(text)


def _end_of_raw_text(text: str, name: str, position: int) -> int:
    end = re.compile(rf"</{name}\b", re.IGNORECASE).search(text, position)
    return end.start() if end else len(text)


def _local(name: str) -> str:
    return name.lower().rpartition(":")[2]

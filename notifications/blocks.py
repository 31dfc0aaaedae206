"""The few shapes a mail is made of, read from a topic's template.

Text and HTML are both written from these blocks, so they always say the same.
A line beginning with `## ` is a heading, `- ` an item, `> ` quoted, `@ ` a link.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

Kind = Literal["heading", "items", "quote", "link", "paragraph", "gap"]
MARKS: dict[str, Kind] = {"##": "heading", "-": "items", ">": "quote", "@": "link"}


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, a list, a quotation, a link or a paragraph."""

    kind: Kind
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """Return the block as it stands in the text part."""
        mark = {"items": "- ", "quote": "> "}.get(self.kind, "")
        return "\n".join(f"{mark}{line}".rstrip() for line in self.lines)

    @property
    def link(self) -> str:
        """Return where a link leads; nothing but a web address can be followed."""
        address = self.lines[0]
        return address if address.startswith(("https://", "http://")) else ""


def parse(source: str) -> list[Block]:
    """Return the blocks of a rendered template; blank lines part paragraphs."""
    return list(_merged(_raw(source)))


def _raw(source: str) -> Iterator[Block]:
    marked = (_marked(line) for line in source.splitlines())
    for kind, group in groupby(marked, key=lambda pair: pair[0]):
        lines = [words for _kind, words in group]
        match kind:
            case "paragraph":
                yield Block(kind, (" ".join(lines),))
            case "heading" | "link":
                yield from (Block(kind, (line,)) for line in lines if line)
            case _:
                yield Block(kind, tuple(lines))


def _merged(blocks: Iterator[Block]) -> Iterator[Block]:
    """Join lists that only the gaps of a template's conditions keep apart."""
    solid = (block for block in blocks if block.kind != "gap")
    for kind, group in groupby(solid, key=lambda block: block.kind):
        if kind in {"items", "quote"}:
            yield Block(kind, tuple(line for block in group for line in block.lines))
        else:
            yield from group


def _marked(line: str) -> tuple[Kind, str]:
    bare = line.strip()
    if not bare:
        return "gap", ""
    mark, _space, words = bare.partition(" ")
    if mark in MARKS:
        return MARKS[mark], words.strip()
    return "paragraph", bare

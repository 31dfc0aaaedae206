"""Puts the field codes of a Word document together and judges them.

Word lets a code be cut into any number of runs and be written by fields within it,
which is how "DDEAUTO" hides. (ECMA-376 part 1, 17.16)
"""

import re
import sys
from dataclasses import dataclass

from claims.inspection.finding import Code, Refusal
from claims.inspection.links import (
    is_remote,
    judge_link,
    judge_mail_link,
    judge_mail_source,
)
from claims.inspection.markup import Attributes, OnText
from claims.inspection.sources import judge_source

# Word passes over blanks, quotes and invisible characters before the name.
_BEFORE_NAME = re.compile(r"[^A-Za-z0-9_=\x00]*")
_FIRST_WORD = re.compile(r"[^A-Za-z0-9_=]*([A-Za-z]+)")
_QUOTED_CODES = re.compile(
    r"\s*QUOTE\s+((?:(?:0x[0-9a-f]+|\d+)\s*)+)(?:\\\*.*)?$", re.IGNORECASE
)
_TARGET = re.compile(r'"([^"]*)"|(\S+)')
_KEEPS_PICTURE = "mergeformatinet"
_DOES_NOT_STORE = re.compile(r"\\d\b", re.IGNORECASE)
_LOADING = {"INCLUDETEXT", "INCLUDE", "IMPORT", "RD", "DATABASE"}
_ACTIVE = dict.fromkeys(("DDE", "DDEAUTO", "HTMLCONTROL"), Code.ACTIVE_CONTENT)
_OUTSIDE = {"LINK": Code.EXTERNAL_REFERENCE}
_CHARACTERS = 65_536
_NESTING = 200
# Stands for what a field writes where the name of the field around it should be.
_COMPUTED = "\x00"


FIELD_ELEMENTS = frozenset({"fldSimple", "fldChar", "instrText", "delInstrText"})


@dataclass(slots=True)
class _Field:
    """A field that is open; once its result begins, its code is complete."""

    code: str = ""
    is_complete: bool = False

    def add(self, text: str) -> None:
        if not self.is_complete:
            self.code = (self.code + text)[:_CHARACTERS]

    def add_written(self, text: str) -> None:
        """Add what a field within the code wrote, or that it wrote the name."""
        is_name = bool(_BEFORE_NAME.fullmatch(self.code))
        self.add(text or (_COMPUTED if is_name else ""))


class FieldReader:
    """Fed with the elements of one part in order; raises Refusal for a bad field."""

    def __init__(self, name: str, *, is_page: bool = False) -> None:
        self.name = name
        self._is_page = is_page
        self._open: list[_Field] = []
        self._loose = ""

    def start(self, tag: str, attributes: Attributes) -> OnText | None:
        """Take one of FIELD_ELEMENTS; returns who wants its text."""
        if tag == "fldSimple":
            self._judge(attributes.get("instr", ""))
        elif tag == "fldChar":
            self._mark(attributes.get("fldCharType", ""))
        else:
            return self.add
        return None

    def close(self) -> None:
        """Judge what the part left open."""
        while self._open:
            self._judge(self._open.pop().code)
        self._judge_code(self._loose)

    @property
    def is_open(self) -> bool:
        """Has a field begun that has not ended?"""
        return bool(self._open)

    def add(self, text: str) -> None:
        """Add text to the code of the field that is open."""
        if self._open:
            self._open[-1].add(text)
        else:
            self._judge_code(text)
            self._loose = (self._loose + text)[:_CHARACTERS]

    def _mark(self, kind: str) -> None:
        if kind == "begin":
            if len(self._open) >= _NESTING:
                raise Refusal(Code.TOO_MANY_PARTS, f"fields in fields in {self.name!r}")
            self._open.append(_Field())
        elif kind == "separate" and self._open:
            self._open[-1].is_complete = True
        elif kind == "end" and self._open:
            self._judge(self._open.pop().code)

    def _judge(self, code: str) -> None:
        """Judge a field and hand what it writes to the field around it."""
        name = _BEFORE_NAME.sub("", code, count=1)
        if name.startswith(_COMPUTED) and name.strip(_COMPUTED + " "):
            raise Refusal(Code.ACTIVE_CONTENT, f"computed field in {self.name!r}")
        self._judge_code(code.replace(_COMPUTED, ""))
        if self._open:
            self._open[-1].add_written(written_by(code))

    def _judge_code(self, code: str) -> None:
        judge_field(code, self.name, is_page=self._is_page)


def written_by(code: str) -> str:
    """What a field contributes to the code around it: QUOTE spells characters."""
    if found := _QUOTED_CODES.match(code):
        return "".join(_character(number) for number in found[1].split())
    if code.strip().upper().startswith("QUOTE"):
        return code.strip()[len("QUOTE") :].strip(' "')
    return ""


def _character(number: str) -> str:
    """The character of a number as QUOTE reads it: decimal, or hexadecimal by 0x."""
    is_hex = number[:2].lower() == "0x"
    return chr(int(number, 16 if is_hex else 10) % (sys.maxunicode + 1))


def judge_field(code: str, name: str, *, is_page: bool = False) -> None:
    """Refuse a field that runs a program or loads what lies elsewhere.

    The links and pictures of a page (HTML) are held to the rules for pages.
    """
    first = _FIRST_WORD.match(code)
    word = first[1].upper() if first else ""
    if refusal := _ACTIVE.get(word) or _OUTSIDE.get(word):
        raise Refusal(refusal, f"field {word} in {name!r}")
    rest = code[first.end() :] if first else ""
    if word == "DATABASE":
        judge_source(rest, repr(name))
    # Switches may stand before the address, so each word is taken for it.
    for target in _TARGET.finditer(rest):
        address = target[1] or target[2] or ""
        if word == "HYPERLINK":
            (judge_mail_link if is_page else judge_link)(address, repr(name))
        elif word == "INCLUDEPICTURE" and is_page:
            judge_mail_source(address, repr(name))
        elif word in _LOADING or word == "INCLUDEPICTURE":
            _judge_target(word, address, rest, name)


def _judge_target(word: str, address: str, rest: str, name: str) -> None:
    if not is_remote(address.replace("\\\\", "\\")) and not is_remote(address):
        return
    keeps = _KEEPS_PICTURE in rest.lower() and not _DOES_NOT_STORE.search(rest)
    # Word writes this code, and keeps the picture, when one is pasted from a page.
    if word != "INCLUDEPICTURE" or not keeps:
        raise Refusal(Code.EXTERNAL_REFERENCE, f"field {word} in {name!r}")

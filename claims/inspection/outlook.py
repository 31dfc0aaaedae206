"""Inspects mails saved by Outlook as MSG ([MS-OXMSG])."""

import re
import struct
from dataclasses import dataclass

from claims.inspection.attachments import (
    inspect_attachment,
    refuse_program_name,
    refuse_two_endings,
)
from claims.inspection.case import Case
from claims.inspection.compound import Compound, Path
from claims.inspection.finding import Code, Refusal
from claims.inspection.hypertext import inspect_html
from claims.inspection.links import is_active_link, is_remote
from claims.inspection.mail import inspect_eml
from claims.inspection.programs import program_in
from claims.inspection.rich_text import inspect_rtf, unpacked_rtf
from claims.inspection.sniff import Family, archive_end, family_of

_PROPERTIES = "__properties_version1.0"
_OF_A_MAIL = ("__properties_version", "__substg", "__nameid_version", "__recip_version")
_ATTACHMENT = "__attach_version1.0_#"
_NAMES = "__nameid_version1.0"
_STRINGS = {"001F": "utf-16-le", "001E": "cp1252"}
_HTML, _RTF, _CONTENT, _OBJECT = "10130102", "10090102", "37010102", "3701000D"
_LONG_NAME, _SHORT_NAME, _MIME_TYPE = "3707", "3704", "370E"
# What it is shown as, what it was called in transport, how its name ends.
_OTHER_NAMES = ("3001", "370C", "3703")
_LONG_PATH, _SHORT_PATH = "370D", "3708"
_BY_REFERENCE = {2, 3, 4, 7}
_METHOD, _CODE_PAGE = 0x37050003, 0x3FDE0003
_UTF_7 = 65000
_ATTACHMENTS = 250
# Streams of an object that is nothing but a picture pasted into a rich text mail.
_PICTURE_STREAMS = {"contents", "\x01compobj", "\x01ole", "\x03mailstream"}
_PICTURE_STREAMS |= {"\x03mailmsgatt", "\x03objinfo", "\x03printstream"}
_PRESENTATION = "\x02olepres"
_PICTURES = {Family.OTHER, Family.PNG, Family.JPEG}
# All a mail consists of. Archives add notes of their own, as Windows does (\x05).
_MAIL_STREAMS = (_PROPERTIES, "__substg1.0_", "\x05")
_FLAT_STORAGES = ("__recip_version1.0_#", _NAMES)

_HEADER_LINE = re.compile(
    rb"\s*(?:mime-version|content-type|received|from):", re.IGNORECASE
)

# Named properties of PSETID_Common: the sound of a reminder, the code of a form.
_COMMON_SET = bytes.fromhex("0820060000000000c000000000000046")
_REMINDER_FILE, _SCRIPT = 0x851F, 0x8541
_FIRST_NAMED, _FIRST_OWN_SET = 0x8000, 3


def inspect_msg(data: bytes, case: Case) -> None:
    """Refuse an Outlook mail for the first thing in it that is not allowed."""
    compound = Compound(data)
    roots = {path[0].lower() for path in compound.streams}
    if not any(name.startswith(_OF_A_MAIL) for name in roots):
        is_locked = compound.is_locked_document()
        code = Code.ENCRYPTED if is_locked else Code.TYPE_MISMATCH
        raise Refusal(code, "a compound file, not an Outlook mail")
    if compound.has_macros():
        raise Refusal(Code.MACRO, "a VBA project")
    compound.refuse_data_behind()
    compound.refuse_twins()
    OutlookMail(compound, _named_properties(compound)).inspect((), case)


@dataclass(frozen=True, slots=True)
class OutlookMail:
    """One compound file; `named` says which numbers named properties have in it."""

    compound: Compound
    named: dict[int, int]

    def inspect(self, at: Path, case: Case) -> None:
        """Inspect the mail stored at a path."""
        self._refuse_unknown(at)
        self._inspect_bodies(at, case)
        self._inspect_named(at)
        attachments = [
            path
            for path in self.compound.storages_in(at)
            if path[-1].lower().startswith(_ATTACHMENT)
        ]
        if len(attachments) > _ATTACHMENTS:
            raise Refusal(Code.TOO_MANY_PARTS, f"more than {_ATTACHMENTS} attachments")
        for path in attachments:
            case.budget.take_part()
            self._inspect_attachment(path, case)

    def _refuse_unknown(self, at: Path) -> None:
        """Refuse what mails do not consist of; other programs might look for it."""
        self._refuse_strangers(self.compound.streams_in(at), _MAIL_STREAMS)
        storages = self.compound.storages_in(at)
        self._refuse_strangers(storages, (_ATTACHMENT, *_FLAT_STORAGES))
        for path in storages:
            if path[-1].lower().startswith(_FLAT_STORAGES):
                self._refuse_strangers(self.compound.storages_in(path), ())

    def _refuse_strangers(self, paths: list[Path], known: tuple[str, ...]) -> None:
        for path in paths:
            if not path[-1].lower().startswith(known):
                raise Refusal(Code.EMBEDDED_OBJECT, f"{path[-1]!r} in the mail")

    def _inspect_bodies(self, at: Path, case: Case) -> None:
        is_utf_7 = _UTF_7 in self._numbers(at, _CODE_PAGE, 24 if at else 32)
        # A mail may hold both; which one is shown differs.
        for html in (self._stream(at, _HTML), self._text(at, _HTML[:4]).encode()):
            if html:
                inspect_html(html, "utf-7" if is_utf_7 else None)
        if packed := self._stream(at, _RTF):
            inspect_rtf(unpacked_rtf(packed, case.budget))

    def _inspect_named(self, at: Path) -> None:
        sound = self._text(at, f"{self.named.get(_REMINDER_FILE, 0):04X}")
        if is_remote(sound):
            raise Refusal(Code.EXTERNAL_REFERENCE, f"reminder plays {sound}")
        script = self.named.get(_SCRIPT, 0)
        if script and self._stream(at, f"{script:04X}0102"):
            raise Refusal(Code.ACTIVE_CONTENT, "a form with a script")

    def _inspect_attachment(self, at: Path, case: Case) -> None:
        if self._numbers(at, _METHOD, 8) & _BY_REFERENCE:
            self._judge_reference(at)
        self._refuse_strangers(self.compound.streams_in(at), _MAIL_STREAMS)
        storages = self.compound.storages_in(at)
        self._refuse_strangers(storages, (f"__substg1.0_{_OBJECT}".lower(),))
        for inner in storages:
            self._inspect_object(inner, case)
        if content := self._stream(at, _CONTENT):
            case.budget.inflate(len(content))
            self._inspect_content(content, at, case)

    def _inspect_content(self, content: bytes, at: Path, case: Case) -> None:
        names = [*self._texts(at, _LONG_NAME), *self._texts(at, _SHORT_NAME)]
        others = [text for number in _OTHER_NAMES for text in self._texts(at, number)]
        for name in names + others:
            refuse_program_name(name)
        refuse_two_endings(self._texts(at, _LONG_NAME))
        name = names[0] if names else ""
        kind = self._text(at, _MIME_TYPE).strip().lower()
        if _is_signed_mail(content, name):
            inspect_eml(content, case.deeper())
            return
        inspect_attachment(content, name, kind, case, other=Code.TYPE_NOT_ALLOWED)

    def _judge_reference(self, at: Path) -> None:
        """A link to a cloud file is a link; a file that is fetched is a reference."""
        target = self._text(at, _LONG_PATH) or self._text(at, _SHORT_PATH)
        is_link = target.lower().startswith(("https://", "http://"))
        if is_active_link(target):
            raise Refusal(Code.ACTIVE_CONTENT, f"attached by link: {target}")
        if is_remote(target) and not is_link:
            raise Refusal(Code.EXTERNAL_REFERENCE, f"attached by path: {target}")

    def _inspect_object(self, at: Path, case: Case) -> None:
        streams = {path[-1].lower(): path for path in self.compound.streams_in(at)}
        if _PROPERTIES in streams:
            self.inspect(at, case.deeper())
            return
        others = {name for name in streams if not name.startswith(_PRESENTATION)}
        if others - _PICTURE_STREAMS or self.compound.storages_in(at):
            raise Refusal(Code.EMBEDDED_OBJECT, "an OLE object in the mail")
        for path in streams.values():
            content = self.compound.read(path)
            case.budget.inflate(len(content))
            _refuse_other_file(content)

    def _numbers(self, at: Path, tag: int, header: int) -> set[int]:
        """Values of a property that is a number, behind a header of so many bytes."""
        properties = self.compound.read((*at, _PROPERTIES))
        entries = range(header, len(properties) - 15, 16)
        found = (struct.unpack_from("<2LL", properties, entry) for entry in entries)
        return {value for number, _, value in found if number == tag}

    def _stream(self, at: Path, tag: str) -> bytes:
        return self.compound.read((*at, f"__substg1.0_{tag}"))

    def _text(self, at: Path, number: str) -> str:
        return next(iter(self._texts(at, number)), "")

    def _texts(self, at: Path, number: str) -> list[str]:
        """A property in each of its two codings; which is read differs."""
        return [
            raw.decode(encoding, "replace").rstrip("\x00")
            for kind, encoding in _STRINGS.items()
            if (raw := self._stream(at, number + kind))
        ]


def _refuse_other_file(content: bytes) -> None:
    """Refuse a stream of a pasted picture that is a file of another kind."""
    is_picture = family_of(content[:8192]) in _PICTURES
    if program_in(content) or archive_end(content) >= 0 or not is_picture:
        raise Refusal(Code.EMBEDDED_OBJECT, "a file in a pasted picture")


def _is_signed_mail(content: bytes, name: str) -> bool:
    """Outlook keeps a signed mail as one attachment that is the original mail."""
    return name.lower().endswith(".p7m") and bool(_HEADER_LINE.match(content))


def _named_properties(compound: Compound) -> dict[int, int]:
    """The number each interesting named property has in this file."""
    sets = compound.read((_NAMES, "__substg1.0_00020102"))
    entries = compound.read((_NAMES, "__substg1.0_00030102"))
    found = {}
    for at in range(0, len(entries) - 7, 8):
        number, set_and_kind, index = struct.unpack_from("<L2H", entries, at)
        own_set = (set_and_kind >> 1) - _FIRST_OWN_SET
        is_numbered = not set_and_kind & 1
        if is_numbered and sets[own_set * 16 : own_set * 16 + 16] == _COMMON_SET:
            found[number] = _FIRST_NAMED + index
    return found

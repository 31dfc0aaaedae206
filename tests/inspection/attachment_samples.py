"""Attachments in MSG files and winmail.dat: all their names, all that hides beside."""

import struct

from claims.inspection import Code
from tests.inspection.compounds import Tree, compound
from tests.inspection.mails import (
    attached,
    attachment,
    mail_with,
    message,
    msg,
    rich_text,
    winmail,
)
from tests.inspection.pdfs import bodies, plain
from tests.inspection.samples import PROGRAM, Sample, honest, hostile
from tests.inspection.zips import zipped

EMBEDDED, NOT_ALLOWED = Code.EMBEDDED_OBJECT, Code.TYPE_NOT_ALLOWED
_PDF = plain(bodies())
_CODECS = {"001F": "utf-16-le", "001E": "cp1252"}
_NAMES = ("3707", "3704", "3001", "370C")


def _names(**names: str) -> Tree:
    """Names of an attachment by their numbers, as p3704001E=..."""
    return {
        f"__substg1.0_{tag[1:]}": name.encode(_CODECS[tag[5:]])
        for tag, name in names.items()
    }


def _pdf(**names: str) -> bytes:
    return msg(attachment("a.pdf", _PDF) | _names(**names))


def _pasted(streams: Tree) -> bytes:
    return msg(attachment("Picture", {"\x01CompObj": bytes(20)} | streams, 6))


def _with(tree: Tree) -> bytes:
    return compound(message(attachment("a.pdf", _PDF)) | tree)


def _in_utf_7(header: int) -> Tree:
    """A body in HTML whose code page is said behind a header of so many bytes."""
    page = struct.pack("<2LQ", 0x3FDE0003, 6, 65000)
    return {
        "__properties_version1.0": bytes(header) + page,
        "__substg1.0_10130102": b"+ADw-script+AD4-x",
    }


_EXE: Tree = {"__attach_version1.0_#00000000": attachment("a.exe", PROGRAM)}
_BESIDE: tuple[tuple[str, bytes], ...] = (
    ("an unknown storage", _with({"ObjectPool": {"_1": {"\x01Ole10Native": b"x"}}})),
    ("an unknown stream", _with({"Package": PROGRAM})),
    ("an empty storage", _with({"Odd": {}})),
    ("a storage for a property", _with({"__substg1.0_3701000D": dict(_EXE)})),
    ("a recipient's attachment", _with({"__recip_version1.0_#00000000": dict(_EXE)})),
    ("an attachment of the names", _with({"__nameid_version1.0": dict(_EXE)})),
    ("an attachment's attachment", msg(attachment("a.pdf", _PDF) | _EXE)),
    ("a stream beside an attachment", msg(attachment("a.pdf", _PDF) | {"x": PROGRAM})),
    (
        "an unknown storage in a mail within",
        msg(attachment("m", message() | {"Odd": {"x": b"x"}}, 5)),
    ),
    ("a program as a pasted picture", _pasted({"CONTENTS": PROGRAM})),
    ("an archive as a pasted picture", _pasted({"CONTENTS": zipped({"a": b"x"})})),
    ("a PDF as a pasted picture", _pasted({"CONTENTS": _PDF})),
    ("a program as a preview", _pasted({"\x02OlePres000": PROGRAM})),
    ("an object below a picture", _pasted({"CONTENTS": b"x", "y": {"\x01Ole": b"x"}})),
    (
        "an object that says it is a mail",
        msg(attachment("o", message() | {"\x01Ole10Native": PROGRAM}, 6)),
    ),
)


def _property(tag: int, value: bytes) -> bytes:
    return struct.pack("<3L", tag, 1, len(value)) + value + bytes(-len(value) % 4)


def _wrapped(content: bytes, *properties: bytes, name: bytes = b"a.pdf") -> bytes:
    return mail_with(
        attached(b"winmail.dat", winmail(name, content, b"".join(properties)))
    )


def _wrapped_body(tag: int, value: bytes) -> bytes:
    properties = _property(tag, value)
    head = struct.pack("<B2L", 1, 0x69003, len(properties))
    data = winmail(b"a.pdf", _PDF)
    whole = data[:6] + head + properties + bytes(2) + data[6:]
    return mail_with(attached(b"winmail.dat", whole))


_DDE = rich_text(b"{\\rtf1{\\field{\\*\\fldinst DDEAUTO a b}}}")
_WRAPPED = (
    ("a title", _wrapped(_PDF, _property(0x3707001E, b"a.pdf\0"), name=b"a.exe")),
    ("a short name", _wrapped(_PDF, _property(0x3704001E, b"a.exe\0"))),
    (
        "a wide name",
        _wrapped(_PDF, _property(0x3707001F, "a.exe\0".encode("utf-16-le"))),
    ),
    ("another name", _wrapped(_PDF, _property(0x3001001E, b"a.exe\0"))),
    ("an ending", _wrapped(_PDF, _property(0x3703001E, b".exe\0"))),
    ("other content", _wrapped(_PDF, _property(0x37010102, PROGRAM))),
)

HOSTILE: list[Sample] = [
    *(
        hostile(
            f"msg name: a program by {tag}{kind}",
            "a.msg",
            _pdf(**{f"p{tag}{kind}": "a.exe"}),
            EMBEDDED,
            NOT_ALLOWED,
        )
        for tag in _NAMES
        for kind in _CODECS
        if tag + kind != "3707001F"
    ),
    hostile("msg name: an ending", "a.msg", _pdf(p3703001F=".exe"), EMBEDDED),
    hostile(
        "msg name: invisible letters",
        "a.msg",
        _pdf(p3704001F="a.e\u200bx\u200be"),
        EMBEDDED,
        NOT_ALLOWED,
    ),
    hostile("msg name: two kinds", "a.msg", _pdf(p3707001E="a.docx"), Code.CORRUPT),
    *(
        hostile(f"msg: script in UTF-7 {where}", "a.msg", data, Code.ACTIVE_CONTENT)
        for where, data in (
            ("in a mail", _with(_in_utf_7(32))),
            ("in a mail within", msg(attachment("m", message() | _in_utf_7(24), 5))),
        )
    ),
    *(hostile(f"msg beside: {title}", "a.msg", d, EMBEDDED) for title, d in _BESIDE),
    hostile(
        "msg beside: a twin",
        "a.msg",
        msg(attachment("a.pdf", _PDF) | {"__SUBSTG1.0_37010102": PROGRAM}),
        Code.CORRUPT,
    ),
    *(
        hostile(
            f"winmail.dat: a program by {title}",
            "a.eml",
            data,
            EMBEDDED,
            Code.TYPE_MISMATCH,
        )
        for title, data in _WRAPPED
    ),
    hostile(
        "winmail.dat: DDE in its text",
        "a.eml",
        _wrapped_body(0x10090102, _DDE),
        Code.ACTIVE_CONTENT,
    ),
    hostile(
        "winmail.dat: script in its text",
        "a.eml",
        _wrapped_body(0x10130102, b"<script>x</script>"),
        Code.ACTIVE_CONTENT,
    ),
]

HONEST: list[Sample] = [
    honest(
        "msg: all names alike",
        "a.msg",
        _pdf(
            p3707001E="a.pdf",
            p3704001F="a.pdf",
            p3704001E="a.pdf",
            p3001001F="a.pdf",
            p3001001E="a.pdf",
            p3703001F=".pdf",
        ),
    ),
    honest(
        "msg: a short name and a title",
        "a.msg",
        msg(
            attachment("Angebot 2026.pdf", _PDF)
            | _names(p3704001F="ANGEBO~1.PDF", p3001001F="Angebot Version 2.0")
        ),
    ),
    honest(
        "msg: a mail whose subject is a web address",
        "a.msg",
        msg(
            attachment("www.example.com", message(), 5)
            | _names(p3001001F="www.example.com")
        ),
    ),
    honest(
        "msg: recipients and the notes of an archive",
        "a.msg",
        _with(
            {
                "__recip_version1.0_#00000000": {
                    "__properties_version1.0": bytes(24),
                    "__substg1.0_3001001F": b"J\x00",
                },
                "\x05SummaryInformation": bytes(48),
            }
        ),
    ),
    honest(
        "msg: a pasted bitmap",
        "a.msg",
        _pasted({"CONTENTS": b"\x28\x00\x00\x00" + bytes(60), "\x03ObjInfo": b"x"}),
    ),
    honest(
        "winmail.dat: with all names and a text",
        "a.eml",
        _wrapped(
            _PDF,
            _property(0x3707001F, "a.pdf\0".encode("utf-16-le")),
            _property(0x3704001E, b"A.PDF\0"),
            _property(0x3001001E, b"a.pdf\0"),
            _property(0x3703001E, b".pdf\0"),
        ),
    ),
    honest(
        "winmail.dat: with a text",
        "a.eml",
        _wrapped_body(0x10090102, rich_text(b"{\\rtf1 We confirm.}")),
    ),
]

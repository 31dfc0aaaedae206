"""Hostile MSG files, and files of kinds and sizes nobody may upload."""

from claims.inspection import Code
from tests.inspection.compounds import Tree, compound, locked_document, macro_project
from tests.inspection.mails import (
    attachment,
    mail,
    message,
    msg,
    packed_rich_text,
    rich_text,
)
from tests.inspection.offices import docx
from tests.inspection.pdf_samples import SCRIPT
from tests.inspection.pdfs import bodies, plain, with_action
from tests.inspection.samples import PROGRAM, Rows, Sample, hostile
from tests.inspection.zips import zipped

NOT_ALLOWED, EMBEDDED = Code.TYPE_NOT_ALLOWED, Code.EMBEDDED_OBJECT
ACTIVE, OUTSIDE, MACRO = Code.ACTIVE_CONTENT, Code.EXTERNAL_REFERENCE, Code.MACRO


def ole(names: tuple[str, ...]) -> Tree:
    return dict.fromkeys(names, b"x" * 20)


_MSG: Rows = (
    ("program", msg(attachment("setup.exe", PROGRAM)), EMBEDDED, NOT_ALLOWED),
    ("program as PDF", msg(attachment("a.pdf", PROGRAM)), Code.TYPE_MISMATCH),
    ("archive", msg(attachment("a.zip", zipped({"a": b"x"}))), NOT_ALLOWED, EMBEDDED),
    (
        "macro document",
        msg(attachment("a.docx", docx({"word/vbaProject.bin": macro_project()}))),
        MACRO,
    ),
    ("PDF with a script", msg(attachment("a.pdf", with_action(SCRIPT))), ACTIVE),
    (
        "program in a mail within",
        msg(attachment("m", message(attachment("a.exe", PROGRAM)), 5)),
        EMBEDDED,
        NOT_ALLOWED,
    ),
    (
        "packaged program",
        msg(attachment("o", ole(("\x01Ole10Native", "\x01CompObj")), 6)),
        EMBEDDED,
    ),
    (
        "attachment on a share",
        msg(attachment("a.pdf", b"", 2, "\\\\host\\a.pdf")),
        OUTSIDE,
    ),
    ("sound on a share", msg(p8000001F="\\\\host\\a.wav".encode("utf-16-le")), OUTSIDE),
    ("form with a script", msg(p80010102=b"Sub Item_Open()"), ACTIVE),
    ("script in the body", msg(p10130102=b"<html><script>x</script>"), ACTIVE),
    (
        "object in rich text",
        msg(p10090102=rich_text(b"{\\rtf1{\\object{\\*\\objdata 01}}}")),
        EMBEDDED,
    ),
    (
        "object in packed rich text",
        msg(p10090102=packed_rich_text(b"{\\rtf1{\\object{\\*\\objdata 01}}}")),
        EMBEDDED,
    ),
    (
        "template in rich text",
        msg(p10090102=rich_text(b"{\\rtf1{\\*\\template http://e.test/a}}")),
        OUTSIDE,
    ),
    (
        "macro project",
        lambda: compound(message() | {"VBA": {"_VBA_PROJECT": b"x"}}),
        MACRO,
    ),
    (
        "DDE in rich text",
        msg(p10090102=rich_text(b"{\\rtf1{\\field{\\*\\fldinst DDEAUTO a b}}}")),
        ACTIVE,
    ),
    (
        "rich text packed in an unknown way",
        msg(p10090102=rich_text(b"{\\rtf1}").replace(b"MELA", b"ODD!")),
        Code.CORRUPT,
    ),
    (
        "attachment behind a script link",
        msg(attachment("a", b"", 7, "javascript:x")),
        ACTIVE,
    ),
    (
        "hundreds of attachments",
        lambda: msg(*[attachment("a.txt", b"x")] * 251),
        Code.TOO_MANY_PARTS,
    ),
    ("locked document", locked_document, Code.ENCRYPTED),
    ("old document", compound({"WordDocument": b"x"}), Code.TYPE_MISMATCH),
    ("bytes behind the end", msg() + b"hidden" * 200, Code.TRAILING_DATA),
    ("half", msg(attachment("a.pdf", plain(bodies())))[:1500], Code.CORRUPT),
    ("only a head", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Code.CORRUPT),
    ("mail under the name", mail(), Code.TYPE_MISMATCH),
)

_OTHERS: Rows = (
    ("nothing", "a.pdf", b"", Code.EMPTY),
    (
        "more than 25 MB",
        "a.pdf",
        lambda: b"%PDF-1.7" + bytes(25 * 1024 * 1024),
        Code.TOO_LARGE,
    ),
    ("program", "a.exe", PROGRAM, NOT_ALLOWED),
    ("program behind a double extension", "a.pdf.exe", PROGRAM, NOT_ALLOWED),
    ("no extension", "proof", plain(bodies()), NOT_ALLOWED),
    ("macro document by name", "a.docm", docx(), NOT_ALLOWED),
    ("archive", "a.zip", zipped({"a": b"x"}), NOT_ALLOWED),
    ("web page", "a.html", b"<html>", NOT_ALLOWED),
    ("turned name", "a\u202efdp.exe", plain(bodies()), NOT_ALLOWED),
)

HOSTILE: list[Sample] = [
    *(
        hostile(f"msg: {title}", "mail.msg", build, *codes)
        for title, build, *codes in _MSG
    ),
    *(
        hostile(f"name: {title}", name, build, *codes)
        for title, name, build, *codes in _OTHERS
    ),
]

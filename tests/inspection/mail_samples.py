"""Hostile EML files."""

import zlib

from claims.inspection import Code
from tests.inspection.compounds import macro_project
from tests.inspection.mails import (
    TEXT,
    attached,
    forwarded,
    html_mail,
    inline,
    mail,
    mail_with,
    multipart,
    nested,
    uuencoded,
    winmail,
)
from tests.inspection.offices import docx, xlsx_saying
from tests.inspection.pdf_samples import SCRIPT
from tests.inspection.pdfs import bodies, plain, stream, with_action
from tests.inspection.samples import PROGRAM, Rows, Sample, hostile
from tests.inspection.zips import zipped

NOT_ALLOWED, EMBEDDED = Code.TYPE_NOT_ALLOWED, Code.EMBEDDED_OBJECT
ACTIVE, OUTSIDE, MACRO = Code.ACTIVE_CONTENT, Code.EXTERNAL_REFERENCE, Code.MACRO


def _pdf_bomb() -> bytes:
    return plain(
        bodies(stream(zlib.compress(bytes(100_000_000), 9), b"/Filter/FlateDecode"))
    )


def _deep_parts(depth: int) -> bytes:
    body = TEXT
    for level in range(depth):
        body = multipart(body, boundary=b"=_d%d" % level)
    return mail(body)


_EML: Rows = (
    ("program", mail_with(attached(b"setup.exe", PROGRAM)), EMBEDDED, NOT_ALLOWED),
    (
        "program without a name",
        mail_with(attached(b"", PROGRAM)),
        EMBEDDED,
        NOT_ALLOWED,
    ),
    ("program as PDF", mail_with(attached(b"a.pdf", PROGRAM)), Code.TYPE_MISMATCH),
    (
        "program as text",
        mail_with(attached(b"a.txt", PROGRAM, b"text/plain")),
        EMBEDDED,
    ),
    (
        "program in a text part",
        mail_with(b"Content-Type: text/plain\r\n\r\n" + PROGRAM),
        EMBEDDED,
        NOT_ALLOWED,
    ),
    (
        "program behind a double extension",
        mail_with(attached(b"a.pdf.exe", PROGRAM)),
        EMBEDDED,
        NOT_ALLOWED,
    ),
    (
        "program with a turned name",
        mail_with(attached("a\u202efdp.exe".encode(), PROGRAM)),
        EMBEDDED,
        NOT_ALLOWED,
    ),
    ("script", mail_with(attached(b"a.js", b"x()")), EMBEDDED, NOT_ALLOWED),
    (
        "archive",
        mail_with(attached(b"a.zip", zipped({"a": b"x"}))),
        NOT_ALLOWED,
        EMBEDDED,
    ),
    ("disk image", mail_with(attached(b"a.iso", bytes(99))), NOT_ALLOWED, EMBEDDED),
    (
        "web page",
        mail_with(attached(b"a.html", b"<html>x</html>", b"text/html")),
        NOT_ALLOWED,
        EMBEDDED,
    ),
    (
        "macro document by name",
        mail_with(attached(b"a.docm", docx())),
        EMBEDDED,
        NOT_ALLOWED,
        MACRO,
    ),
    (
        "macro document",
        mail_with(attached(b"a.docx", docx({"word/vbaProject.bin": macro_project()}))),
        MACRO,
    ),
    (
        "workbook with DDE",
        mail_with(attached(b"a.xlsx", xlsx_saying("cmd|'/C x'!A0"))),
        ACTIVE,
    ),
    ("PDF with a script", mail_with(attached(b"a.pdf", with_action(SCRIPT))), ACTIVE),
    ("PDF bomb", lambda: mail_with(attached(b"a.pdf", _pdf_bomb())), Code.ARCHIVE_BOMB),
    (
        "PDF in a forwarded mail",
        mail_with(
            forwarded(
                mail_with(attached(b"a.pdf", with_action(SCRIPT)), boundary=b"=_in")
            )
        ),
        ACTIVE,
    ),
    (
        "program in an attached mail file",
        mail_with(attached(b"a.eml", mail_with(attached(b"a.exe", PROGRAM)))),
        EMBEDDED,
        NOT_ALLOWED,
    ),
    (
        "program in a mail in base64",
        mail_with(
            b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + attached(b"", mail_with(attached(b"a.exe", PROGRAM))).partition(
                b"\r\n\r\n"
            )[2]
        ),
        EMBEDDED,
        NOT_ALLOWED,
    ),
    (
        "program spelled in the text",
        mail(TEXT + uuencoded(b"a.exe", PROGRAM)),
        EMBEDDED,
        NOT_ALLOWED,
    ),
    (
        "program in winmail.dat",
        mail_with(
            attached(b"winmail.dat", winmail(b"a.exe", PROGRAM), b"application/ms-tnef")
        ),
        EMBEDDED,
        NOT_ALLOWED,
    ),
    (
        "second name is a program",
        mail_with(
            attached(b"a.pdf", plain(bodies())).replace(
                b'filename="a.pdf"', b'filename="a.exe"'
            )
        ),
        EMBEDDED,
        NOT_ALLOWED,
    ),
    ("script in the body", html_mail(b"<p>x<script>alert(1)</script>"), ACTIVE),
    ("script link in the body", html_mail(b"<a href='javascript:x'>x</a>"), ACTIVE),
    ("frame in the body", html_mail(b"<iframe src='http://e.test'></iframe>"), ACTIVE),
    (
        "script in a body in UTF-7",
        mail(b"Content-Type: text/html; charset=utf-7\r\n\r\n+ADw-script+AD4-x"),
        ACTIVE,
    ),
    (
        "program in an appointment",
        mail_with(
            attached(b"a.ics", b"ATTACH;VALUE=BINARY;ENCODING=BA\r\n SE64:TVqQ", b"a/b")
        ),
        EMBEDDED,
    ),
    (
        "base64 that goes on",
        mail_with(attached(b"a.txt", b"abcd") + b"TVqQAAMA\r\n"),
        Code.CORRUPT,
    ),
    ("piece of a mail", mail(b"Content-Type: message/partial\r\n\r\nx"), Code.CORRUPT),
    (
        "program in an unknown kind of mail",
        mail_with(b"Content-Type: message/odd; name=a.exe\r\n\r\n" + PROGRAM),
        EMBEDDED,
        NOT_ALLOWED,
    ),
    (
        "drawing without a name",
        mail_with(b"Content-Type: image/svg+xml\r\n\r\n<svg onload='x'/>"),
        NOT_ALLOWED,
        EMBEDDED,
    ),
    (
        "unknown kind of mail",
        mail_with(b"Content-Type: message/odd\r\n\r\nx\r\n"),
        NOT_ALLOWED,
    ),
    (
        "megabytes as a signature",
        lambda: mail_with(attached(b"a.p7s", bytes(1_100_000))),
        EMBEDDED,
    ),
    ("bytes as text", mail_with(attached(b"a.txt", bytes(range(256)))), NOT_ALLOWED),
    (
        "PDF as text",
        mail_with(attached(b"a.txt", plain(bodies()).replace(b"\xe2", b"x"))),
        Code.TYPE_MISMATCH,
    ),
    (
        "text as picture",
        mail_with(inline(b"a.gif", b"no picture", b"image/gif")),
        Code.TYPE_MISMATCH,
    ),
    (
        "object in winmail.dat",
        mail_with(attached(b"winmail.dat", winmail(b"a", b"x", b"\x0d\x00\x01\x37"))),
        EMBEDDED,
    ),
    (
        "half of winmail.dat",
        mail_with(attached(b"winmail.dat", winmail(b"a.txt", b"x")[:-9])),
        Code.CORRUPT,
    ),
    (
        "body kept elsewhere",
        mail(b"Content-Type: message/external-body; access-type=URL\r\n\r\nx"),
        OUTSIDE,
    ),
    ("encrypted", mail(multipart(TEXT, kind=b"encrypted")), Code.ENCRYPTED),
    (
        "encrypted by S/MIME",
        mail(
            b"Content-Type: application/pkcs7-mime; name=smime.p7m\r\n"
            b"Content-Transfer-Encoding: base64\r\n\r\nMIIB\r\n"
        ),
        Code.ENCRYPTED,
    ),
    ("mails in mails", nested(12), Code.TOO_MANY_PARTS),
    ("parts in parts", _deep_parts(40), Code.TOO_MANY_PARTS),
    ("hundreds of parts", mail(multipart(*[TEXT] * 400)), Code.TOO_MANY_PARTS),
    ("parts beyond recursion", lambda: _deep_parts(1200), Code.TOO_MANY_PARTS),
    (
        "no parts",
        mail(b'Content-Type: multipart/mixed; boundary="a"\r\n\r\nx'),
        Code.CORRUPT,
    ),
    (
        "a multipart in base64",
        mail(
            multipart(TEXT).replace(
                b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: base64\r\n\r\n", 1
            )
        ),
        Code.CORRUPT,
    ),
    (
        "two types",
        mail(b"Content-Type: text/plain\r\nContent-Type: text/html\r\n\r\nx"),
        Code.CORRUPT,
    ),
    (
        "unknown transfer coding",
        mail_with(attached(b"a.pdf", b"").replace(b"base64", b"odd")),
        Code.CORRUPT,
    ),
    (
        "script without a name",
        mail_with(b"Content-Type: application/javascript\r\n\r\nalert(1)\r\n"),
        Code.ACTIVE_CONTENT,
    ),
    (
        "text sealed by PGP",
        mail(TEXT[:-13] + b"-----BEGIN PGP MESSAGE-----\n\nhQEMA\n"),
        Code.ENCRYPTED,
    ),
    ("data behind the last part", mail_with() + b"x" * 20_000, Code.TRAILING_DATA),
    ("archive behind the end", mail() + zipped({"a": b"x"}), Code.POLYGLOT),
    ("web page under the name", b"<html><body>x</body></html>", Code.TYPE_MISMATCH),
    ("PDF under the name", plain(bodies()), Code.TYPE_MISMATCH),
    ("text under the name", b"Hello,\nthis is no mail.\n", Code.TYPE_MISMATCH),
)

HOSTILE: list[Sample] = [
    hostile(f"eml: {title}", "mail.eml", build, *codes) for title, build, *codes in _EML
]

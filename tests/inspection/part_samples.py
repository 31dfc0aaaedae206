"""Parts of mails that two mail programs read in two ways, and careless ones."""

from base64 import encodebytes

from claims.inspection import Code
from tests.inspection.mails import (
    HEADERS,
    TEXT,
    attached,
    forwarded,
    html_mail,
    mail,
    mail_with,
    multipart,
)
from tests.inspection.offices import docx
from tests.inspection.pdfs import bodies, plain
from tests.inspection.samples import PROGRAM, Sample, honest, hostile

_PDF = plain(bodies())
_HIDDEN = attached(b"a.exe", PROGRAM)
_LINES = encodebytes(_PDF)


def _named(disposition: bytes, kind: bytes = b"application/pdf") -> bytes:
    """A PDF whose names are given as they stand here."""
    return mail_with(
        b"Content-Type: %s\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; %s\r\n\r\n%s" % (kind, disposition, _LINES)
    )


def _coded(lines: bytes) -> bytes:
    """A PDF whose base64 is written as it stands here."""
    return mail_with(attached(b"a.pdf", b"").rstrip() + b"\r\n\r\n" + lines)


def _typed(kind: bytes) -> bytes:
    """A mail with a program in it, for readers that understand its type."""
    inner = multipart(TEXT, _HIDDEN).partition(b"\r\n\r\n")[2]
    return mail(b"%s\r\n\r\n%s" % (kind, inner))


def _word(document: bytes, disposition: bytes) -> bytes:
    return mail_with(
        b"Content-Type: application/octet-stream\r\n"
        b"Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; "
        b"%s\r\n\r\n%s" % (disposition, encodebytes(document))
    )


_TWO_NAMES = (
    b'filename="a.pdf"; filename="a.exe"',
    b'filename="a.pdf"; filename="b.pdf"',
    b"filename=\"a.pdf\"; filename*=utf-8''a.exe",
    b"filename*=utf-8''a.pdf; filename=a.exe",
    b"filename=\"a.pdf\"; FILENAME*=utf-8''a.docx",
    b'filename="a.pdf"; filename*0="a.e"; filename*1="xe"',
    b"filename*0=a.pdf; filename*0=.exe",
    b"filename*=utf-8''a.pdf; filename*=utf-8''a.exe",
    b'filename="a.pdf";\r\n filename="a.hta"',
)
_MIXED = b"Content-Type: multipart/mixed; boundary"
_TYPES = (
    b'%s="=_b1"; boundary="=_b0"' % _MIXED,
    b'Content-Type: multipart/mixed; boundary="=_b0"; boundary="=_b1"',
    b"Content-Type: multipart/mixed; boundary==_b0; boundary*=utf-8''=_b1",
    b"Content-Type: multipart/mixed; boundary*0==_b; boundary*1=0; boundary==_b1",
    b"%s==_b1\r\n%s==_B1" % (_MIXED, _MIXED),
    b"Content-Type: (a) multipart/mixed; boundary==_b1",
    b"Content-Type: multipart /mixed; boundary==_b1",
    b"Content-Type : multipart/mixed; boundary==_b1",
    b"odd\r\nContent-Type: multipart/mixed; boundary==_b1",
    b"X-A: b\r%s==_b1" % _MIXED,
)
_CODINGS = (
    b"Content-Transfer-Encoding: 7bit\r\nContent-Transfer-Encoding: base64",
    b"Content-Transfer-Encoding: base64, 7bit",
    b"Content-Transfer-Encoding: odd quoted-printable",
)
_LETTERS = (
    b"!" + _LINES,
    b"-----\r\n" + _LINES,
    _LINES[:40] + b"*" + _LINES[40:],
    _LINES[:40] + b"-_" + _LINES[40:],
    _LINES[:40] + b"\x00" + _LINES[40:],
    _LINES[:40] + b"=" + _LINES[40:],
    _LINES + b"<!-- -->\r\n",
    _LINES + "é".encode(),
)
_BOUNDARIES = (
    ("a part behind the end", mail_with() + b"--=_b1\r\n" + _HIDDEN + b"\r\n--=_b1--"),
    (
        "one boundary at two depths",
        mail(multipart(TEXT, multipart(TEXT), _HIDDEN)),
    ),
    (
        "an end for some readers",
        mail_with().replace(b"--=_b1--", b"x\r--=_b1--\r\n" + _HIDDEN),
    ),
    (
        "a boundary for some readers",
        mail_with(TEXT).replace(b"\n--=_b1\r\nC", b"\n--=_b1\rX-A: b\r\nC"),
    ),
)
_HONEST_NAMES = (
    b"filename=\"a.pdf\"; filename*=UTF-8''a.pdf",
    b"filename*=UTF-8''%C3%9Cbersicht.pdf; filename=\"Uebersicht.pdf\"",
    b"filename=\"=?utf-8?q?=C3=9Cbersicht.pdf?=\"; filename*=UTF-8''%C3%9Cbersicht.pdf",
    b'filename="a.pdf"; size=900; creation-date="Mon, 02 Nov 2026 10:00:00 GMT"',
    b'filename="a.pdf"; filename="a.pdf"',
    b'filename="a; filename=b.exe; c.pdf"',
    b"filename*0*=utf-8''%C3%9Cber; filename*1*=sicht; filename*2=.pdf",
)
_HONEST_LETTERS = (
    b"\r\n" + _LINES.replace(b"\n", b" \r\n\r\n"),
    b"  \t" + _LINES.replace(b"\n", b"") + b"\n\n\n",
    _LINES.rstrip(),
)

HOSTILE: list[Sample] = [
    *(
        hostile(f"eml part named {name.decode()}", "a.eml", _named(name), Code.CORRUPT)
        for name in _TWO_NAMES
    ),
    hostile(
        "eml part named twice by its type",
        "a.eml",
        _named(b"filename=a.pdf", b'application/pdf; name="a.pdf"; name="a.exe"'),
        Code.CORRUPT,
    ),
    *(
        hostile(
            f"eml of two types: {kind.decode()}", "a.eml", _typed(kind), Code.CORRUPT
        )
        for kind in _TYPES
    ),
    *(
        hostile(
            f"eml in two codings: {coding.decode()}",
            "a.eml",
            mail(b"Content-Type: text/html\r\n%s\r\n\r\nPHNjcmlwdD54" % coding),
            Code.CORRUPT,
        )
        for coding in _CODINGS
    ),
    *(
        hostile(f"eml with odd base64 {number}", "a.eml", _coded(lines), Code.CORRUPT)
        for number, lines in enumerate(_LETTERS)
    ),
    *(
        hostile(f"eml with {title}", "a.eml", data, Code.CORRUPT)
        for title, data in _BOUNDARIES
    ),
]

HONEST: list[Sample] = [
    *(
        honest(f"eml part named {name.decode()}", "a.eml", _named(name))
        for name in _HONEST_NAMES
    ),
    *(
        honest(f"eml with careless base64 {number}", "a.eml", _coded(lines))
        for number, lines in enumerate(_HONEST_LETTERS)
    ),
    honest(
        "eml with a document whose name is written twice",
        "a.eml",
        _word(docx(), b"filename=\"_.docx\"; filename*=UTF-8''%C3%9C.docx"),
    ),
    honest(
        "eml that says its type twice",
        "a.eml",
        mail(b"Content-Type: text/plain; charset=utf-8\r\n" + TEXT),
    ),
    honest(
        "eml with old line ends in its text",
        "a.eml",
        mail(TEXT + b"\rVon: Jane\r-- \r--\rContent: x\r\n--x\ry"),
    ),
    honest(
        "eml with parts in parts and a footer",
        "a.eml",
        mail(
            multipart(
                multipart(TEXT, boundary=b"=_b1x"),
                forwarded(mail_with(boundary=b"=_b2")),
            )
        )
        + b"--\r\n_____\r\nlist\r\n",
    ),
    honest(
        "eml without a blank line",
        "a.eml",
        mail(multipart(TEXT)).replace(TEXT, b"We confirm: yes.\r\n"),
    ),
    honest("eml in old line ends", "a.eml", (HEADERS + TEXT).replace(b"\r\n", b"\r")),
    honest(
        "eml whose coding is not one",
        "a.eml",
        html_mail(b"<p>x").replace(
            b"\r\n\r\n", b"\r\nContent-Transfer-Encoding: utf-8\r\n\r\n", 1
        ),
    ),
]

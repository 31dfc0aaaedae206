"""Mails whose headers take a reader's time, bodies that hide behind others."""

from claims.inspection import Code
from tests.inspection.mails import HEADERS, TEXT, mail_with, msg, rich_text
from tests.inspection.samples import Sample, honest, hostile

MANY = Code.TOO_MANY_PARTS
_ADDRESSES = b",\r\n ".join(b"a%d@b.example" % n for n in range(6_000))


def _part(header: bytes) -> bytes:
    return mail_with(b"Content-Type: text/plain%s\r\n\r\nhi\r\n" % header)


_MAILS = (
    ("thousands of headers", HEADERS + b"X-A: b\r\n" * 2_000 + TEXT),
    ("thousands of addresses", HEADERS + b"Cc: " + _ADDRESSES + b"\r\n" + TEXT),
    (
        "type without end",
        HEADERS + b"Content-Type: text/plain" + b";" * 500_000 + b"\r\n\r\n",
    ),
    ("type without end in a part", _part(b";" * 500_000)),
    (
        "name without end in a part",
        _part(
            b'\r\nContent-Disposition: attachment; filename="%s"'
            % (b"=?utf-8?q?a?= " * 60_000)
        ),
    ),
)

HOSTILE: list[Sample] = [
    *(hostile(f"eml headers: {title}", "a.eml", data, MANY) for title, data in _MAILS),
    hostile(
        "msg: script in the second of two bodies",
        "a.msg",
        msg(p10130102=b"<p>x</p>", p1013001F="<script>x</script>".encode("utf-16-le")),
        Code.ACTIVE_CONTENT,
    ),
    *(
        hostile(
            f"msg: rich text with {word.decode()}",
            "a.msg",
            msg(p10090102=rich_text(b"{\\rtf1{\\object\\%s}}" % word)),
            Code.EMBEDDED_OBJECT,
        )
        for word in (b"objemb", b"objlink")
    ),
]

HONEST: list[Sample] = [
    honest(
        "mail to hundreds",
        "a.eml",
        HEADERS + b"Cc: " + _ADDRESSES[:12_000].rpartition(b",")[0] + b"\r\n" + TEXT,
    ),
    honest(
        "mail with a long way behind it",
        "a.eml",
        HEADERS + b"X-Hop: a\r\n" * 300 + TEXT,
    ),
]

"""EML and MSG files as mail programs write them."""

import io

from PIL import Image

from tests.inspection.mails import (
    TEXT,
    attached,
    attachment,
    forwarded,
    html_mail,
    inline,
    mail,
    mail_with,
    message,
    msg,
    multipart,
    nested,
    packed_rich_text,
    uuencoded,
    winmail,
)
from tests.inspection.offices import docx
from tests.inspection.outlook_samples import ole
from tests.inspection.pdfs import bodies, plain
from tests.inspection.pictures import jpeg, png, saved
from tests.inspection.samples import Sample, honest


def _gif() -> bytes:
    out = io.BytesIO()
    frames = [Image.new("P", (20, 20), shade) for shade in (0, 90)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


OUTLOOK_HTML = (
    b'<html xmlns:v="urn:schemas-microsoft-com:vml"><head><!--[if !mso]><style>v\\:* '
    b"{behavior:url(#default#VML);}</style><![endif]--><!--[if gte mso 9]><xml>"
    b'<o:shapedefaults v:ext="edit"/></xml><![endif]--></head><body>'
    b'<img src="cid:image001.png@01D"><a href="https://example.com">x</a>'
    b'<img src="https://example.com/logo.png"></body></html>'
)
JSON_DATA = b'<script type="application/ld+json">{"@type":"Order"}</script><p>x'
DELIVERY = (
    b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\n"
    b"Final-Recipient: rfc822; a@example.com\r\nAction: failed\r\n"
)
CALENDAR = (
    b"Content-Type: text/calendar; method=REQUEST\r\n\r\n"
    b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"
)
SIGNATURE = attached(
    b"smime.p7s", b"0\x82" + bytes(900), b"application/pkcs7-signature"
)
HTML_PART = b"Content-Type: text/html; charset=us-ascii\r\n\r\n"


HONEST: list[Sample] = [
    honest(f"{name.partition('.')[2]}: {title}", name, build)
    for title, name, build in (
        ("plain", "a.eml", mail),
        ("LF line ends", "a.eml", lambda: mail().replace(b"\r\n", b"\n")),
        (
            "saved by Thunderbird",
            "a.eml",
            lambda: (
                b"From - Mon Nov  2 10:00:00 2026\r\nX-Mozilla-Status: 0001\r\n"
                + mail()
            ),
        ),
        (
            "by Outlook with pictures",
            "a.eml",
            mail(
                multipart(
                    multipart(
                        TEXT,
                        HTML_PART + OUTLOOK_HTML,
                        kind=b"alternative",
                        boundary=b"=_b2",
                    ),
                    inline(b"image001.png", png(), b"image/png"),
                    kind=b"related",
                )
            ),
        ),
        ("closed twice", "a.eml", mail_with() + b"\r\n--=_b1--\r\n\r\n"),
        ("moving logo", "a.eml", mail_with(inline(b"logo.gif", _gif(), b"image/gif"))),
        (
            "picture named wrongly",
            "a.eml",
            mail_with(inline(b"image001.png", jpeg(), b"image/png")),
        ),
        ("bitmap", "a.eml", mail_with(inline(b"logo.bmp", saved("BMP"), b"image/bmp"))),
        (
            "PDF",
            "a.eml",
            mail_with(attached(b"Nachweis.pdf", plain(bodies()), b"application/pdf")),
        ),
        (
            "PDF without a name",
            "a.eml",
            mail_with(attached(b"", plain(bodies()), b"application/pdf")),
        ),
        (
            "document with an encoded name",
            "a.eml",
            mail_with(attached(b"=?utf-8?q?=C3=9Cbersicht=2Edocx?=", docx())),
        ),
        (
            "document with a name in pieces",
            "a.eml",
            mail_with(
                attached(b"x", docx())
                .replace(b'; name="x"', b"")
                .replace(
                    b'filename="x"',
                    b"filename*0*=utf-8''%C3%9Cber; filename*1*=sicht.docx",
                )
            ),
        ),
        (
            "forwarded mail",
            "a.eml",
            mail_with(
                forwarded(
                    mail_with(attached(b"a.pdf", plain(bodies())), boundary=b"=_in")
                )
            ),
        ),
        ("attached mail file", "a.eml", mail_with(attached(b"a.eml", mail()))),
        ("attached Outlook mail", "a.eml", mail_with(attached(b"a.msg", msg()))),
        ("mails in three mails", "a.eml", nested(3)),
        (
            "appointment",
            "a.eml",
            mail(
                multipart(
                    TEXT,
                    CALENDAR,
                    attached(b"invite.ics", b"BEGIN:VCALENDAR\r\n", b"application/ics"),
                )
            ),
        ),
        (
            "signed",
            "a.eml",
            mail(
                multipart(
                    TEXT,
                    SIGNATURE,
                    kind=b'signed; protocol="application/pkcs7-signature"',
                )
            ),
        ),
        (
            "signed with PGP",
            "a.eml",
            mail(
                multipart(
                    TEXT,
                    attached(
                        b"signature.asc",
                        b"-----BEGIN PGP SIGNATURE-----\n",
                        b"application/pgp-signature",
                    ),
                    kind=b"signed",
                )
            ),
        ),
        (
            "visiting card and table",
            "a.eml",
            mail_with(
                attached(b"jane.vcf", b"BEGIN:VCARD\r\n", b"text/vcard"),
                attached(b"a.csv", "Größe;1\r\n".encode("cp1252"), b"text/csv"),
            ),
        ),
        (
            "quoted printable",
            "a.eml",
            mail(
                b"Content-Type: text/plain; charset=iso-8859-1\r\n"
                b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
                b"Gr=FC=DFe=\r\n\r\n"
            ),
        ),
        (
            "not delivered",
            "a.eml",
            mail(multipart(TEXT, DELIVERY, forwarded(mail()), kind=b"report")),
        ),
        ("data for search engines", "a.eml", html_mail(JSON_DATA)),
        (
            "read in winmail.dat",
            "a.eml",
            mail_with(
                attached(
                    b"winmail.dat",
                    winmail(b"a.pdf", plain(bodies())),
                    b"application/ms-tnef",
                )
            ),
        ),
        ("footer of a list", "a.eml", mail_with() + b"_____\r\nlist mailing list\r\n"),
        ("picture in the text", "a.eml", mail(TEXT + uuencoded(b"a.jpg", jpeg()))),
        (
            "piece that Exchange split off",
            "a.eml",
            mail_with(
                attached(b"ATT00001.htm", b"<html><body>x</body></html>", b"text/html")
            ),
        ),
        (
            "careless transfer encoding",
            "a.eml",
            mail(
                TEXT.replace(b"\r\n", b"\r\nContent-Transfer-Encoding: 8-Bit;\r\n", 1)
            ),
        ),
        (
            "delivery notice as an attachment",
            "a.eml",
            mail_with(
                b"Content-Type: message/disposition-notification\r\n\r\nA: b\r\n"
            ),
        ),
        ("empty attachment", "a.eml", mail_with(attached(b"empty.txt", b""))),
        ("by Outlook", "a.msg", msg),
        ("HTML by Outlook", "a.msg", msg(p10130102=OUTLOOK_HTML)),
        (
            "rich text by Outlook",
            "a.msg",
            msg(p10090102=packed_rich_text(b"{\\rtf1\\ansi We confirm.\\par}")),
        ),
        (
            "PDF and document",
            "a.msg",
            msg(attachment("a.pdf", plain(bodies())), attachment("b.docx", docx())),
        ),
        (
            "large attachment",
            "a.msg",
            lambda: msg(attachment("a.jpg", jpeg(size=(600, 600)))),
        ),
        (
            "forwarded mail",
            "a.msg",
            msg(
                attachment(
                    "Confirmation", message(attachment("a.pdf", plain(bodies()))), 5
                )
            ),
        ),
        (
            "cloud link",
            "a.msg",
            msg(attachment("a.docx", b"", 7, "https://example.com/a.docx")),
        ),
        (
            "signed mail",
            "a.msg",
            msg(
                attachment(
                    "smime.p7m", mail(multipart(TEXT, SIGNATURE, kind=b"signed"))
                )
            ),
        ),
        (
            "pasted picture",
            "a.msg",
            msg(
                attachment(
                    "Picture", ole(("CONTENTS", "\x01CompObj", "\x02OlePres000")), 6
                )
            ),
        ),
        (
            "reminder with the usual sound",
            "a.msg",
            msg(p8000001F="reminder.wav".encode("utf-16-le")),
        ),
    )
]

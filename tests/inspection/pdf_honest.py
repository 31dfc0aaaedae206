"""PDF files as programs and scanners write them."""

import io

from PIL import Image
from pypdf import PdfReader, PdfWriter

from tests.inspection.pdfs import (
    attaching,
    bodies,
    flate,
    packed,
    plain,
    stream,
    updated,
    with_action,
    with_annotation,
)
from tests.inspection.pictures import noise
from tests.inspection.samples import Sample, honest


def _form() -> bytes:
    field = b"<</FT/Tx/T(name)/V(Jane)/Type/Annot/Subtype/Widget/F 4/Rect[0 0 9 9]>>"
    return plain(
        bodies(
            field,
            catalog=b"/AcroForm<</Fields[10 0 R]/DA(/Helv 0 Tf)>>",
            page=b"/Annots[10 0 R]",
        )
    )


def _signed() -> bytes:
    signature = b"<</Type/Sig/Filter/Adobe.PPKLite/ByteRange[0 9 99 9]/Contents<%s>>>"
    return updated(_form(), {20: signature % (b"30820a0f" + b"00" * 4000)})


def _word_like() -> bytes:
    """Word ends its files with a second, empty table for readers of tables only."""
    data = plain(bodies(catalog=b"/Lang(de-DE)/MarkInfo<</Marked true>>"))
    start = data.rpartition(b"startxref")[2].split()[0]
    second = b"xref\n0 0\ntrailer\n<</Size 5/Root 1 0 R/Prev %s/XRefStm %s>>\n"
    end = b"startxref\n%d\n%%%%EOF" % len(data)
    return data + second.replace(b"/XRefStm %s", b"") % start + end


def _scan() -> bytes:
    picture = io.BytesIO()
    noise((800, 1100)).save(picture, "JPEG")
    entries = (
        b"/Type/XObject/Subtype/Image/Width 800/Height 1100/BitsPerComponent 8"
        b"/ColorSpace/DeviceGray/Filter/DCTDecode"
    )
    return plain(
        bodies(
            stream(picture.getvalue(), entries),
            page=b"/Resources<</XObject<</I 10 0 R>>>>",
            content=b"q 595 0 0 842 0 0 cm /I Do Q",
        )
    )


def _white_page() -> bytes:
    entries = (
        b"/Subtype/Image/Width 2480/Height 3508/BitsPerComponent 8/ColorSpace/DeviceRGB"
    )
    return plain(bodies(flate(b"\xff" * (2480 * 3508 * 3), entries, 9)))


def _by_pypdf() -> bytes:
    writer = PdfWriter()
    writer.append(PdfReader(io.BytesIO(plain(bodies()))))
    writer.add_outline_item(title="Start", page_number=0)
    writer.add_metadata({"/Title": "Nachweis (PoE)"})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _by_pillow() -> bytes:
    out = io.BytesIO()
    pages = [Image.new("RGB", (300, 400), colour) for colour in ("white", "grey")]
    pages[0].save(out, "PDF", save_all=True, append_images=pages[1:])
    return out.getvalue()


LINK = b"<</Type/Annot/Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI(%s)>>>>"
XMP = (
    b"<?xpacket begin='\xef\xbb\xbf'?><x:xmpmeta xmlns:x='adobe:ns:meta/'/>"
    b"<?xpacket end='w'?>"
)

HONEST: list[Sample] = [
    honest(f"pdf: {title}", "proof.pdf", build)
    for title, build in (
        ("plain", plain(bodies())),
        ("version 1.3 with CR line ends", plain(bodies(), version=b"1.3", eol=b"\r")),
        ("version 2.0 with CR LF", plain(bodies(), version=b"2.0", eol=b"\r\n")),
        ("object streams", packed(bodies(b"<</Producer(x)>>"))),
        ("second revision", updated(plain(bodies()), {20: b"<</Producer(y)>>"})),
        ("three revisions", updated(updated(_form(), {20: b"(a)"}), {21: b"(b)"})),
        ("form without scripts", _form),
        ("signed form", _signed),
        ("by Word", _word_like),
        ("by a scanner", _scan),
        ("a white page as a picture", _white_page),
        ("by pypdf", _by_pypdf),
        ("by Pillow, two pages", _by_pillow),
        ("link", with_annotation(LINK % b"https://example.com/a?b=c")),
        ("mail link", with_annotation(LINK % b"mailto:a@example.com")),
        ("link to a file on a drive", with_annotation(LINK % b"file:///C:/a.docx")),
        (
            "opens at a page",
            plain(bodies(catalog=b"/OpenAction[3 0 R/XYZ null null 0]")),
        ),
        ("opens by go-to", with_action(b"<</S/GoTo/D[3 0 R/Fit]>>")),
        (
            "metadata",
            plain(
                bodies(
                    stream(XMP, b"/Type/Metadata/Subtype/XML"),
                    catalog=b"/Metadata 10 0 R",
                )
            ),
        ),
        ("archive copy with a profile", plain(bodies(flate(bytes(3000), b"/N 3")))),
        (
            "electronic invoice",
            attaching(b"factur-x.xml", b"<?xml version='1.0'?><a/>"),
        ),
        ("attached PDF", attaching(b"annex.pdf", plain(bodies()))),
        (
            "tags named like actions",
            plain(bodies(b"<</Type/StructElem/S/Sound/P 4 0 R>>")),
        ),
        ("blanks behind the end", plain(bodies()) + b"\r\n\x00\x00  \n"),
        ("byte order mark before the header", b"\xef\xbb\xbf" + plain(bodies())),
        (
            "wrong length of a stream",
            plain(bodies()).replace(b"/Length 49", b"/Length 12"),
        ),
        (
            "script tree without scripts",
            plain(bodies(catalog=b"/Names<</JavaScript<</Names[]>>>>")),
        ),
    )
]

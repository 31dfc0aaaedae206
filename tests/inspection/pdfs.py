"""Writes PDF files by hand, as programs write them and as attackers do."""

import zlib

PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R%s>>"
CONTENT = b"BT /F1 12 Tf 72 720 Td (Proof of execution) Tj ET"


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object's body."""
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (
        entries,
        len(content),
        content,
    )


def flate(content: bytes, entries: bytes = b"", level: int = 6) -> bytes:
    return stream(zlib.compress(content, level), b"/Filter/FlateDecode" + entries)


def bodies(
    *extra: bytes, catalog: bytes = b"", page: bytes = b"", content: bytes = CONTENT
) -> dict[int, bytes]:
    """The objects of a one-page file: `extra` ones are numbered from 10."""
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog,
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: PAGE % page,
        4: stream(content),
    }
    objects.update(enumerate(extra, 10))
    return objects


def plain(
    objects: dict[int, bytes],
    *,
    version: bytes = b"1.7",
    eol: bytes = b"\n",
    trailer: bytes = b"",
    before: bytes = b"",
) -> bytes:
    """The file with a classic cross-reference table."""
    out = before + b"%PDF-" + version + eol + b"%\xe2\xe3\xcf\xd3" + eol
    offsets = {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj%s%s%sendobj%s" % (number, eol, body, eol, eol)
    return out + table(offsets, len(out), trailer, eol)


def table(
    offsets: dict[int, int], start: int, trailer: bytes = b"", eol: bytes = b"\n"
) -> bytes:
    """A cross-reference table in sections, the trailer and the end mark."""
    ending = b"\r\n" if eol == b"\r\n" else b" " + eol
    rows = b"0 1" + eol + b"0000000000 65535 f" + ending
    for number, offset in sorted(offsets.items()):
        rows += b"%d 1%s%010d 00000 n%s" % (number, eol, offset, ending)
    size = max(offsets) + 1
    entries = b"<</Size %d/Root 1 0 R%s>>" % (size, trailer)
    parts = (b"xref", rows.rstrip(eol), b"trailer", entries, b"startxref")
    return eol.join((*parts, b"%d" % start, b"%%EOF", b""))


def packed(objects: dict[int, bytes], filters: bytes = b"/FlateDecode") -> bytes:
    """The file of PDF 1.5 and later: objects in a stream, a table in another."""
    out = b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n"
    offsets = {}
    inner = {n: b for n, b in objects.items() if b"stream" not in b}
    for number, body in objects.items():
        if number not in inner:
            offsets[number] = len(out)
            out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    holder = max(objects) + 1
    offsets[holder] = len(out)
    out += b"%d 0 obj\n%s\nendobj\n" % (holder, object_stream(inner, filters))
    start, own = len(out), holder + 1
    offsets[own] = start
    places = {number: place for place, number in enumerate(inner)}
    rows = b""
    for number in range(own + 1):
        if number in inner:
            rows += b"\x02" + holder.to_bytes(4) + places[number].to_bytes(3)
        elif number in offsets:
            rows += b"\x01" + offsets[number].to_bytes(4) + bytes(3)
        else:
            rows += bytes(8)
    entries = b"/Type/XRef/W[1 4 3]/Size %d/Root 1 0 R" % (own + 1)
    out += b"%d 0 obj\n%s\nendobj\n" % (own, flate(rows, entries))
    return out + b"startxref\n%d\n%%%%EOF\n" % start


def object_stream(inner: dict[int, bytes], filters: bytes = b"/FlateDecode") -> bytes:
    head, content = b"", b""
    for number, body in inner.items():
        head += b"%d %d " % (number, len(content))
        content += body + b"\n"
    entries = b"/Type/ObjStm/N %d/First %d" % (len(inner), len(head))
    data = head + content
    if b"ASCIIHex" in filters:
        data = zlib.compress(data).hex().encode() + b">"
        return stream(data, entries + b"/Filter[%s]" % filters)
    return flate(data, entries)


def updated(data: bytes, objects: dict[int, bytes], trailer: bytes = b"") -> bytes:
    """The file with a second revision behind its first."""
    previous = data.rpartition(b"startxref")[2].split()[0]
    offsets = {}
    out = data
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    return out + table(offsets, len(out), b"/Prev %s%s" % (previous, trailer))


def with_action(action: bytes) -> bytes:
    """A file that runs an action when it is opened."""
    return plain(bodies(action, catalog=b"/OpenAction 10 0 R"))


def with_annotation(annotation: bytes, *extra: bytes) -> bytes:
    return plain(bodies(annotation, *extra, page=b"/Annots[10 0 R]"))


def attaching(name: bytes, content: bytes) -> bytes:
    """A file with an attachment."""
    tree = b"/Names<</EmbeddedFiles<</Names[(a) 10 0 R]>>>>"
    specification = b"<</Type/Filespec/F(%s)/UF(%s)/EF<</F 11 0 R>>>>" % (name, name)
    embedded = flate(content, b"/Type/EmbeddedFile")
    return plain(bodies(specification, embedded, catalog=tree))

"""Finds every object of a PDF, wherever a viewer could find one.

The cross-reference table says where objects are, and viewers rebuild it when it is
wrong. So it is not asked: each "obj" in the bytes begins an object, whichever
revision it belongs to and whether or not anything refers to it, and each object
stream is unpacked.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from claims.inspection import limits
from claims.inspection.case import Budget
from claims.inspection.finding import Code, Refusal
from claims.inspection.pdf_streams import (
    UnknownFilter,
    unpacked,
    whole,
    without_predictor,
)
from claims.inspection.pdf_syntax import Dictionary, Name, Ref, Value, parse
from claims.inspection.programs import program_in

_OBJECT = re.compile(rb"(?<![A-Za-z])obj")
_NUMBERS = re.compile(
    rb"(\d{1,10})(?:[\x00\t\n\x0c\r ]|%[^\r\n]*[\r\n])+"
    rb"\d{1,5}(?:[\x00\t\n\x0c\r ]|%[^\r\n]*[\r\n])*$"
)
_NUMBERS_WINDOW = 128
_STREAM = re.compile(
    rb"(?:[\x00\t\n\x0c\r ]|%[^\r\n]*[\r\n])*stream[ \t]*(?:\r\n|\n|\r)?"
)
_STREAM_END = re.compile(rb"[\x00\t\n\x0c\r ]*endstream")
_TRAILER = re.compile(rb"(?<![A-Za-z])trailer")
_REFERENCES_FOLLOWED = 20
_BEFORE_WORD = (b"\n", b"\r", b" ", b">", b"]")
# Whatever a rule in `pdf` or `pdf_files` looks at has one of these words as a name, or
# hides one behind an escape or a reference. Objects without any are only read when
# something refers to them: documents have hundreds of thousands.
LOUD = re.compile(
    rb"/(?:JavaScript|JS|URI|Launch|SubmitForm|ImportData|GoToR|GoToE|Rendition|Movie"
    rb"|Sound|Thread|RichMedia\w*|3D|OnInstantiate|PS|Subtype2|XFA|OpenAction|AA|EF|URL"
    rb"|Ref|EmbeddedFile|Encrypt)(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])"
    rb"|/U?F[\x00\t\n\x0c\r ]*(?:[(<%]|\d+[\x00\t\n\x0c\r ]+\d+[\x00\t\n\x0c\r ]+R)"
    rb"|/(?:S|Subtype|FS|Type)[\x00\t\n\x0c\r ]*[%\d]"
    rb"|/[^\x00\t\n\x0c\r ()<>\[\]{}/%#]*#"
)
_PREDICTED = 2


@dataclass(slots=True)
class Found:
    """One object: its value, and where its stream lies when it has one.

    `unread` is where the value of an object is read from once it is asked for.
    """

    number: int | None
    start: int
    end: int
    parsed: Value = None
    unread: tuple[bytes, int] | None = None
    stream: tuple[int, int] | None = None
    packed: bool = False

    @property
    def value(self) -> Value:
        if self.unread is not None:
            self.parsed = parse(*self.unread).value
            self.unread = None
        return self.parsed

    @property
    def where(self) -> str:
        return f"object {self.number} at {self.start}"


@dataclass(slots=True)
class Objects:
    """All objects of a file, and its trailers."""

    data: bytes
    budget: Budget
    found: list[Found] = field(default_factory=list)
    trailers: list[Value] = field(default_factory=list)
    by_number: dict[int, list[Found]] = field(default_factory=lambda: defaultdict(list))
    picture_bytes: int = 0
    count: int = 0
    first_at: int = sys.maxsize

    def all_of(self, value: Value) -> list[Found]:
        """Every object a reference may mean: one for each revision."""
        return self.by_number.get(value.number, []) if isinstance(value, Ref) else []

    def resolved(self, value: Value, depth: int = _REFERENCES_FOLLOWED) -> list[Value]:
        """What a value may be once references are followed, over all revisions."""
        if not isinstance(value, Ref):
            return [value]
        if not depth:
            return []
        return [
            result
            for target in self.all_of(value)
            for result in self.resolved(target.value, depth - 1)
        ]

    def names(self, dictionary: Dictionary, key: str) -> set[str]:
        """The names a key may have."""
        values = (self.resolved(value) for value in dictionary.all(key))
        return {value for some in values for value in some if isinstance(value, Name)}

    def number(self, dictionary: Dictionary, key: str) -> int | None:
        """The whole number of a key, if it is one."""
        for value in self.resolved(dictionary.get(key)):
            if isinstance(value, int):
                return value
        return None

    def filters(self, dictionary: Dictionary) -> list[str]:
        """The names of a stream's filters, in order."""
        names: list[Value] = []
        for result in self.resolved(dictionary.get("Filter"))[-1:]:
            for part in result if isinstance(result, list) else [result]:
                names += self.resolved(part)[-1:]
        return [str(name) for name in names if isinstance(name, Name)]

    def content(self, item: Found) -> bytes:
        """A stream unpacked, whole; counted against the budget.

        Raises Refusal for one that cannot be unpacked: it cannot be judged.
        """
        if item.stream is None or not isinstance(item.value, Dictionary):
            return b""
        self._refuse_ambiguous(item.value, item.where)
        start, end = item.stream
        try:
            content = whole(unpacked(self.data[start:end], self.filters(item.value)))
        except UnknownFilter as unknown:
            _refuse_sealed(item, str(unknown))
            raise Refusal(Code.CORRUPT, f"{item.where}: packed as {unknown}") from None
        self.budget.inflate(len(content))
        return self._unpredicted(content, item.value)

    def _refuse_ambiguous(self, dictionary: Dictionary, where: str) -> None:
        """Refuse a stream that two viewers would unpack in two ways."""
        for key in ("Filter", "DecodeParms", "N", "First"):
            values = [v for given in dictionary.all(key) for v in self.resolved(given)]
            if any(value != values[0] for value in values):
                raise Refusal(Code.CORRUPT, f"{where}: two values of /{key}")

    def _unpredicted(self, content: bytes, dictionary: Dictionary) -> bytes:
        for parameters in self._parameters(dictionary):
            predictor = self.number(parameters, "Predictor") or 1
            if predictor >= _PREDICTED:
                columns = self.number(parameters, "Columns") or 1
                colors = self.number(parameters, "Colors") or 1
                depth = self.number(parameters, "BitsPerComponent") or 8
                size = max(1, colors * depth // 8)
                return without_predictor(content, predictor, columns, size)
            if self.number(parameters, "EarlyChange") == 0:
                raise Refusal(Code.CORRUPT, "objects packed in an unusual way")
        return content

    def _parameters(self, dictionary: Dictionary) -> Iterator[Dictionary]:
        for key in ("DecodeParms", "DP"):
            for value in self.resolved(dictionary.get(key)):
                for part in value if isinstance(value, list) else [value]:
                    for result in self.resolved(part):
                        if isinstance(result, Dictionary):
                            yield result


def read_objects(data: bytes, budget: Budget) -> Objects:
    """Every object that stands in the bytes of the file."""
    objects = Objects(data, budget)
    for match in _OBJECT.finditer(data):
        item, is_quiet = _object_at(data, match)
        objects.first_at = min(objects.first_at, item.start)
        _add(objects, item, is_quiet=is_quiet)
    for match in _TRAILER.finditer(data):
        objects.trailers.append(parse(data, match.end()).value)
    for item in objects.found:
        _measure_stream(objects, item)
    return objects


def unpack_object_streams(objects: Objects) -> None:
    """Add the objects that are packed in streams of objects."""
    for item in list(objects.found):
        if _is_object_stream(objects, item):
            _add_packed(objects, item)


def _add(objects: Objects, item: Found, *, is_quiet: bool = False) -> None:
    """Quiet objects are only there to be referred to: no rule concerns them."""
    if not is_quiet:
        objects.found.append(item)
    if item.number is not None:
        objects.by_number[item.number].append(item)
    objects.count += 1
    if objects.count > limits.PDF_OBJECTS:
        raise Refusal(Code.TOO_MANY_PARTS, "too many objects")


def _object_at(data: bytes, match: re.Match[bytes]) -> tuple[Found, bool]:
    """The object behind the word "obj", and whether it is quiet."""
    before = data[max(0, match.start() - _NUMBERS_WINDOW) : match.start()]
    numbers = _NUMBERS.search(before)
    number = int(numbers[1]) if numbers else None
    start = match.start() - (len(numbers[0]) if numbers else 0)
    if end := _quiet_end(data, match.end()):
        return Found(number, start, end, unread=(data, match.end())), True
    parsed = parse(data, match.end())
    item = Found(number, start, parsed.end, parsed=parsed.value)
    is_dictionary = isinstance(parsed.value, Dictionary)
    if is_dictionary and (stream := _STREAM.match(data, parsed.end)):
        item.stream = (stream.end(), stream.end())
    return item, False


_QUIET_BYTES = 4096


def _quiet_end(data: bytes, start: int) -> int:
    """Where the object ends if it certainly has no stream and no loud name, else 0.

    Without texts and comments the next "endobj" is a word, and so the end.
    """
    end = data.find(b"endobj", start, start + _QUIET_BYTES)
    text = data[start:end]
    if end < 0 or b"(" in text or b"%" in text or b"stream" in text:
        return 0
    has_hex = text.count(b"<") != 2 * text.count(b"<<")
    is_word = text[-1:] in _BEFORE_WORD
    return 0 if has_hex or not is_word or LOUD.search(text) else end


def _measure_stream(objects: Objects, item: Found) -> None:
    """Take the stated length if "endstream" follows it, else search for the word."""
    if item.stream is None or not isinstance(item.value, Dictionary):
        return
    start, length = item.stream[0], objects.number(item.value, "Length")
    is_possible = length is not None and 0 <= length <= len(objects.data) - start
    stated = start + (length or 0)
    if is_possible and (closing := _STREAM_END.match(objects.data, stated)):
        item.stream, item.end = (start, stated), closing.end()
        return
    end = objects.data.find(b"endstream", start)
    end = len(objects.data) if end < 0 else end
    item.stream, item.end = (start, end), end


def _is_object_stream(objects: Objects, item: Found) -> bool:
    if item.stream is None or not isinstance(item.value, Dictionary):
        return False
    if "ObjStm" in objects.names(item.value, "Type"):
        return True
    counts = (objects.number(item.value, key) for key in ("N", "First"))
    return all(count is not None for count in counts)


def _add_packed(objects: Objects, item: Found) -> None:
    """Unpack an object stream."""
    if not isinstance(item.value, Dictionary):
        return
    content = objects.content(item)
    first = objects.number(item.value, "First") or 0
    table = content[:first].split()[: 2 * (objects.number(item.value, "N") or 0)]
    is_quiet = not LOUD.search(content)
    pairs = list(zip(table[::2], table[1::2], strict=False))
    if not pairs and objects.number(item.value, "N"):
        raise Refusal(Code.CORRUPT, f"{item.where}: unreadable object stream")
    for number, offset in pairs:
        is_readable = number.isdigit() and offset.isdigit()
        start = first + int(offset[:10]) if is_readable else len(content) + 1
        if start > len(content):
            raise Refusal(Code.CORRUPT, f"{item.where}: unreadable object stream")
        inner = Found(int(number[:10]), item.start, item.end, unread=(content, start))
        inner.packed = True
        _add(objects, inner, is_quiet=is_quiet)


def check_inflation(objects: Objects) -> None:
    """Unpack every stream and count it; nothing of it is kept."""
    for item in objects.found:
        if item.stream is not None and isinstance(item.value, Dictionary):
            _count(objects, item, item.value)


_PICTURE_BYTES = 512 * limits.MIB
_PICTURES_BYTES = 1536 * limits.MIB
_STREAM_BYTES = 160 * limits.MIB


def _count(objects: Objects, item: Found, dictionary: Dictionary) -> None:
    start, end = item.stream or (0, 0)
    packed = objects.data[start:end]
    most = _room(objects, dictionary, len(packed))
    size = 0
    try:
        for piece in unpacked(packed, objects.filters(dictionary)):
            if size == 0:
                _refuse_program(objects, item, dictionary, piece)
            size += len(piece)
            if size > most:
                raise Refusal(
                    Code.ARCHIVE_BOMB, f"{item.where}: more than {most} bytes"
                )
    except UnknownFilter as unknown:
        _refuse_sealed(item, str(unknown))
        return
    if not _is_picture(objects, dictionary):
        objects.budget.inflate(size)
        return
    objects.picture_bytes += size
    if objects.picture_bytes > _PICTURES_BYTES:
        raise Refusal(Code.ARCHIVE_BOMB, "pictures unpack to too much")


# A picture's own coding: its size is stated, and checked in `_room`.
_PICTURE_CODINGS = {"DCTDecode", "JPXDecode", "CCITTFaxDecode", "JBIG2Decode"}
_PICTURE_CODINGS |= {"DCT", "CCF"}


def _refuse_sealed(item: Found, coding: str) -> None:
    """Refuse a stream that nobody can look into."""
    if coding == "Crypt":
        raise Refusal(Code.ENCRYPTED, f"{item.where}: a sealed stream")
    if coding not in _PICTURE_CODINGS:
        raise Refusal(Code.CORRUPT, f"{item.where}: unknown filter {coding}")


def _refuse_program(
    objects: Objects, item: Found, dictionary: Dictionary, head: bytes
) -> None:
    """Refuse a stream that begins as a program; pixels may do so by chance.

    Files that the document names are judged with their names (pdf_files.py).
    """
    is_file = "EmbeddedFile" in objects.names(dictionary, "Type")
    if is_file or _is_picture(objects, dictionary):
        return
    if what := program_in(head):
        raise Refusal(Code.EMBEDDED_OBJECT, f"{item.where}: a {what}")


def _room(objects: Objects, dictionary: Dictionary, packed: int) -> int:
    """How many bytes a stream may unpack to: a picture what its size says."""
    if _is_picture(objects, dictionary):
        return _picture_bytes(objects, dictionary)
    return min(_STREAM_BYTES, max(limits.SUSPECT_BYTES, packed * limits.SUSPECT_RATIO))


def _is_picture(objects: Objects, dictionary: Dictionary) -> bool:
    return "Image" in objects.names(dictionary, "Subtype")


def _picture_bytes(objects: Objects, dictionary: Dictionary) -> int:
    """An upper bound for four colours, a byte per row and some slack."""
    width = objects.number(dictionary, "Width") or objects.number(dictionary, "W") or 0
    height = (
        objects.number(dictionary, "Height") or objects.number(dictionary, "H") or 0
    )
    depth = objects.number(dictionary, "BitsPerComponent") or 8
    size = height * (width * 4 * min(depth, 16) // 8 + 2) + limits.MIB
    if size > _PICTURE_BYTES:
        raise Refusal(Code.IMAGE_TOO_MANY_PIXELS, f"a picture of {width} x {height}")
    return max(size, limits.MIB)

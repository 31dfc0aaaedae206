"""Inspects pictures: structure first, then every pixel is decoded."""

import io
import struct
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PIL import (
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
)

from claims.inspection import limits
from claims.inspection.case import Case
from claims.inspection.finding import Code, Refusal
from claims.inspection.jpeg import inspect_jpeg
from claims.inspection.png import inspect_png
from claims.inspection.sniff import refuse_hidden_archive

# The pixels are counted here, before anything is decoded.
Image.MAX_IMAGE_PIXELS = None

type Opener = Callable[[io.BytesIO], Image.Image]

_OPENERS: tuple[tuple[bytes, Opener], ...] = (
    (b"\x89PNG\r\n\x1a\n", PngImagePlugin.PngImageFile),
    (b"\xff\xd8\xff", JpegImagePlugin.JpegImageFile),
    (b"GIF8", GifImagePlugin.GifImageFile),
    (b"BM", BmpImagePlugin.BmpImageFile),
    (b"II*\x00", TiffImagePlugin.TiffImageFile),
    (b"MM\x00*", TiffImagePlugin.TiffImageFile),
    (b"RIFF", WebPImagePlugin.WebPImageFile),
)
_ERRORS = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    OverflowError,
    EOFError,
    struct.error,
    AttributeError,
    NotImplementedError,
)
# Only read in the process that dies with the file; named to be loaded early.
PLUGINS = (MpoImagePlugin,)


def inspect_png_file(data: bytes, case: Case) -> None:
    """Refuse a PNG that is not exactly one sound picture."""
    refuse_hidden_archive(data)
    inspect_png(data, case.budget)
    _decode(data)


def inspect_jpeg_file(data: bytes, case: Case) -> None:
    """Refuse a JPEG that is not one sound picture with what phones add to it."""
    refuse_hidden_archive(data)
    _refuse_pixels(_opened(data))
    _decode(data[: inspect_jpeg(data)])


def inspect_small_picture(data: bytes, name: str) -> None:
    """Pictures of other kinds that mails carry in signatures; a GIF may move."""
    opener = opener_of(data)
    if opener is None:
        raise Refusal(Code.TYPE_MISMATCH, f"{name!r} is no picture")
    refuse_hidden_archive(data)
    _decode(data)


def opener_of(data: bytes) -> Opener | None:
    """How to open a picture, by its first bytes; None for other content."""
    for magic, opener in _OPENERS:
        if data.startswith(magic):
            return opener
    return None


def refuse_huge_picture(data: bytes, name: str) -> None:
    """Refuse too many pixels by the header alone; unknown pictures pass."""
    opener = opener_of(data)
    if opener is None:
        return
    try:
        with _quiet():
            picture = opener(io.BytesIO(data))
    except _ERRORS:
        return
    _refuse_pixels(picture)


@contextmanager
def _quiet() -> Iterator[None]:
    """Pillow warns of small faults in EXIF; they are no reason to refuse."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _opened(data: bytes) -> Image.Image:
    opener = opener_of(data)
    if opener is None:
        raise Refusal(Code.CORRUPT, "no picture")
    try:
        with _quiet():
            return opener(io.BytesIO(data))
    except _ERRORS as error:
        raise Refusal(Code.CORRUPT, f"the picture does not open: {error}") from error


def _refuse_pixels(picture: Image.Image) -> None:
    width, height = picture.size
    if width * height > limits.PIXELS:
        raise Refusal(Code.IMAGE_TOO_MANY_PIXELS, f"{width} x {height} pixels")


def _decode(data: bytes) -> None:
    """Decode to the last pixel. A JPEG is decoded at an eighth, which reads it all."""
    picture = _opened(data)
    _refuse_pixels(picture)
    if isinstance(picture, JpegImagePlugin.JpegImageFile):
        picture.draft(picture.mode, (1, 1))
    try:
        with _quiet():
            picture.load()
    except MemoryError as error:
        raise Refusal(Code.IMAGE_TOO_MANY_PIXELS, "too large to decode") from error
    except _ERRORS as error:
        raise Refusal(Code.CORRUPT, f"the pixels are damaged: {error}") from error

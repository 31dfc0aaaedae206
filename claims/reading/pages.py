"""Pictures of pages: PDF, PNG and JPEG, drawn within bounds."""

import io

import pypdfium2
from PIL import Image, ImageOps

from claims.inspection.limits import PIXELS as PIXELS_OF_A_FILE
from claims.inspection.sniff import Kind
from claims.reading import limits
from claims.reading.sizes import scale_of

# Loads the codecs now: later nothing can be opened any more.
Image.init()
Image.MAX_IMAGE_PIXELS = PIXELS_OF_A_FILE


def picture(data: bytes, content_type: str, *, number: int, width: int) -> bytes:
    """Return one page as WebP, as wide as wanted unless that is too many pixels."""
    if content_type == Kind.PDF:
        image = _drawn(data, number, width)
    else:
        image = _shrunk(data, number, width)
    made = io.BytesIO()
    image.convert("RGB").save(made, "WEBP", quality=limits.QUALITY, method=2)
    return made.getvalue()


def _drawn(data: bytes, number: int, width: int) -> Image.Image:
    document = pypdfium2.PdfDocument(data)
    document.init_forms()  # so that what was typed into fields is drawn
    page = document[number - 1]
    page_width, page_height = page.get_size()
    scale = scale_of(Kind.PDF, page_width, page_height, width)
    drawn: Image.Image = page.render(scale=scale, may_draw_forms=True).to_pil()
    return drawn


def _shrunk(data: bytes, number: int, width: int) -> Image.Image:
    if number != 1:
        raise IndexError(number)
    image = Image.open(io.BytesIO(data))
    image.draft("RGB", (width, width))  # a JPEG is decoded no larger than needed
    turned = ImageOps.exif_transpose(image)
    scale = scale_of(Kind.PNG, turned.width, turned.height, width)
    size = [max(1, round(side * scale)) for side in turned.size]
    return _on_white(turned).resize((size[0], size[1]), Image.Resampling.LANCZOS)


def _on_white(image: Image.Image) -> Image.Image:
    """Return the picture on paper, where it lets something shine through."""
    if image.mode not in {"RGBA", "LA", "PA"} and "transparency" not in image.info:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    paper = Image.new("RGB", layer.size, "white")
    paper.paste(layer, mask=layer.getchannel("A"))
    return paper

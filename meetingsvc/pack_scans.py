"""Reads whose copy a picture of a page is: a photograph of a screen, or a scan (security.md A12)."""

from io import BytesIO
from uuid import UUID

from PIL import Image, ImageChops, ImageFilter

from agenda import pack_mark

#: What a picture begins with that is looked at. A page at 600 dots to the inch has 35 million.
PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
MOST_DOTS = 60_000_000
_WIDTH, _HEIGHT = 595.276, 841.89


def copy_on(content: bytes) -> UUID | None:
    """The copy that a picture of a whole page says. Raises ValueError for a picture of too many dots."""
    with Image.open(BytesIO(content), formats=("PNG", "JPEG", "TIFF")) as picture:
        return copy_in(picture)


def copy_in(picture: Image.Image) -> UUID | None:
    """The same of a picture that is open."""
    if picture.width * picture.height > MOST_DOTS:
        raise ValueError("too many dots")
    red, green, blue = picture.convert("RGB").split()
    yellow = ImageChops.subtract(ImageChops.darker(red, green), blue).filter(ImageFilter.BoxBlur(0.5))
    wide, high = yellow.size
    across, down, dots = wide / _WIDTH, high / _HEIGHT, yellow.tobytes()

    def paleness(x: float, y: float) -> float:
        column = min(wide - 1, max(0, int(x * across)))
        return dots[min(high - 1, max(0, int((_HEIGHT - y) * down))) * wide + column]

    return pack_mark.scanned(paleness)

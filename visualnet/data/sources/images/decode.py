"""Read an image's header and its pixels, within bounds: a damaged file or a bomb is words, never a crash."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from visualnet.core.storage.regular_files import open_regular

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    Array = NDArray[Any]

MOST_PIXELS = 50_000_000
"""Of one image: as numbers it takes 600 MB."""
FORMATS = ("PNG", "JPEG", "BMP", "WEBP", "TIFF", "GIF")
"""What Pillow may try."""
GREY_MODES = {"1", "L", "LA", "La", "I", "I;16", "I;16L", "I;16B", "F"}
_ORIENTATION = 0x0112
_ON_ITS_SIDE = {5, 6, 7, 8}


class ImageHeader(NamedTuple):
    """What an image's header tells: its size as it is seen (turned as the camera was held), its mode and format."""

    width: int
    height: int
    mode: str
    format: str
    is_turned: bool
    is_animated: bool
    is_transparent: bool

    @property
    def channels(self) -> int:
        """1 for grey, else 3."""
        return 1 if self.mode in GREY_MODES else 3


def read_header(path: str) -> ImageHeader:
    """What the header of an image tells; its pixels are not decoded.

    Raises:
        ValueError: it is no image that can be read; the words say why, without its name.
    """
    with _open(path) as image:
        turned = _orientation(image)
        width, height = image.size
        if turned in _ON_ITS_SIDE:
            width, height = height, width
        animated = bool(getattr(image, "is_animated", False))
        transparent = bool(image.has_transparency_data)
        return ImageHeader(width, height, image.mode, image.format or "", turned not in (0, 1), animated, transparent)


def decode_image(path: str, channels: int, background: str = "white") -> Array:
    """The pixels of an image as float32 from 0 to 1, (channels, height, width); the first picture of an animation.

    It is turned as the camera was held. What is transparent is laid on the background. 1 channel is grey, 3 are red, green and blue.

    Raises:
        ValueError: it cannot be read; the words say why, without its name.
    """
    import numpy as np
    from PIL import Image, ImageOps

    with _open(path) as image:
        image.load()
        upright = ImageOps.exif_transpose(image) if _orientation(image) not in (0, 1) else image
        if upright.has_transparency_data:
            ground = Image.new("RGBA", upright.size, background)
            upright = Image.alpha_composite(ground, upright.convert("RGBA"))
        if upright.mode == "F" or upright.mode.startswith("I"):
            values = _deep(upright)
        else:
            wanted = "L" if channels == 1 else "RGB"
            pixels = np.asarray(upright if upright.mode == wanted else upright.convert(wanted))
            values = pixels.astype(np.float32) / np.float32(255)
    if values.ndim == 2:
        return np.repeat(values[None], channels, 0) if channels > 1 else values[None]
    return np.ascontiguousarray(values.transpose(2, 0, 1))


def decode_mask(path: str) -> Array:
    """The values of a mask as int64 (height, width): numbers of a palette and grey values as they stand.

    A colour is red·65536 + green·256 + blue.

    Raises:
        ValueError: it cannot be read; the words say why, without its name.
    """
    import numpy as np

    with _open(path) as image:
        image.load()
        if image.mode in ("LA", "La", "PA"):
            image = image.convert("L")
        elif image.mode not in ("1", "P", "L") and not image.mode.startswith("I") and image.mode != "RGB":
            image = image.convert("RGB")
        values = np.asarray(image).astype(np.int64)
    if values.ndim == 3:
        return (values[..., 0] << 16) + (values[..., 1] << 8) + values[..., 2]
    return values


def _deep(image: Image) -> Array:
    """Grey values of more than 8 bits."""
    import numpy as np

    values = np.asarray(image).astype(np.float32)
    if image.mode == "F":
        if not (np.isfinite(values).all() and values.min() >= 0 and values.max() <= 1):
            raise ValueError("it holds real numbers that are not between 0 and 1")
        return values
    if values.min() < 0 or values.max() > 65535:
        raise ValueError("it holds whole numbers of more than 16 bits")
    return values / np.float32(65535)


def _orientation(image: Image) -> int:
    """How the camera was held, as EXIF counts it; 0 where it is not said."""
    if "exif" not in image.info and image.format not in ("TIFF", "MPO", "JPEG"):
        return 0
    found = image.getexif().get(_ORIENTATION, 0)
    return found if isinstance(found, int) and 0 <= found <= 8 else 0


@contextmanager
def _open(path: str) -> Iterator[Image]:
    """An image, its header read.

    Raises:
        ValueError: it cannot be read; from what is done with it, too.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with open_regular(path) as file, Image.open(file, formats=FORMATS) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise ValueError(_too_large(f"{width:,} × {height:,} pixels"))
            yield image
    except ValueError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValueError(_too_large("far more pixels than its file has bytes for")) from None
    except UnidentifiedImageError:
        raise ValueError("it is no image, or damaged at its beginning") from None
    except OSError as error:
        raise ValueError(f"{error.strerror or str(error) or 'it cannot be opened'}") from None
    except MemoryError:
        raise ValueError("it does not fit into memory") from None
    except Exception as error:  # a decoder that meets damaged bytes may fail in any way
        raise ValueError(f"it is damaged ({str(error) or type(error).__name__})") from None


def _too_large(what: str) -> str:
    return f"it has {what}; at most {MOST_PIXELS:,} are read"

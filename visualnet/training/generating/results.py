"""What was made, as plain values: nothing of torch, nothing of the network. Each kind has its chart and the files it can be kept as."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from visualnet.core.text.format import format_quantity
from visualnet.core.text.tables import csv_of
from visualnet.figures.charts.generated.clouds import CloudChart
from visualnet.figures.charts.generated.texts import TextChart
from visualnet.figures.charts.marks import Chart
from visualnet.figures.charts.tiles import TilesChart
from visualnet.figures.colours.pixels import png_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

Writer = Callable[[], bytes]
FRAME_MS = 200
"""How long a frame stands in an animated picture."""
SHEET_GAP = 2
LEAST_SIDE = 56
"""In a picture file each pixel of smaller images is enlarged, by a whole number, until they have so many."""


class GeneratedResult:
    """Base of what can be made. Where it came about in moments (frames, steps), each has its chart."""

    note: str = ""
    """A sentence to stand under the picture."""

    @property
    def moments(self) -> int:
        """How many moments there are to be shown one after the other; 1 where it is all there at once."""
        return 1

    def chart(self, moment: int = -1) -> Chart:
        """The picture of it, as it is at a moment (the last, if none is told)."""
        raise NotImplementedError

    def moment_words(self, moment: int) -> str:
        """What this moment is called."""
        return f"{moment + 1} of {self.moments}"

    def files(self) -> Mapping[str, Writer]:
        """What it can be kept as: file endings, each with what writes it. Where there is none for a picture, the chart is one."""
        raise NotImplementedError

    def describe(self) -> str:
        """What was made, in a few words."""
        return self.chart().description()


def npy_bytes(values: NDArray[Any]) -> bytes:
    """An array as a NumPy file; reading it needs no pickle."""
    buffer = io.BytesIO()
    np.save(buffer, np.ascontiguousarray(values), allow_pickle=False)
    return buffer.getvalue()


def csv_bytes(rows: Iterable[Sequence[Any]]) -> bytes:
    """Rows as a CSV file, the first its head."""
    return csv_of(rows).encode()


def as_colours(images_NHWC: NDArray[Any], ends: tuple[float, float]) -> NDArray[np.uint8]:
    """Images of one or three channels as colours (N, H, W, 3): ``ends`` are black and full light. What is no number is black."""
    low, high = ends
    shares = np.clip((np.nan_to_num(images_NHWC, nan=low) - low) / ((high - low) or 1.0), 0.0, 1.0)
    return np.repeat(np.round(shares * 255).astype(np.uint8), 3 // images_NHWC.shape[-1], -1)


def contact_sheet(colours_NHWC: NDArray[np.uint8], columns: int = 0) -> NDArray[np.uint8]:
    """Images side by side in rows, (H, W, 3), each enlarged where it is small; as nearly square as can be, if ``columns`` is 0."""
    count, high, wide = colours_NHWC.shape[:3]
    zoom = max(-(-LEAST_SIDE // max(high, wide)), 1)
    columns = columns or int(np.ceil(np.sqrt(count)))
    rows = -(-count // columns)
    down, across = high * zoom + SHEET_GAP, wide * zoom + SHEET_GAP
    sheet = np.full((rows * down + SHEET_GAP, columns * across + SHEET_GAP, 3), 128, np.uint8)
    for at, image in enumerate(colours_NHWC):
        y, x = at // columns * down + SHEET_GAP, at % columns * across + SHEET_GAP
        sheet[y : y + high * zoom, x : x + wide * zoom] = image.repeat(zoom, 0).repeat(zoom, 1)
    return sheet


def gif_bytes(frames_NHWC: Iterable[NDArray[np.uint8]]) -> bytes:
    """Frames (H, W, 3) as an animated picture that begins anew at its end."""
    from PIL import Image

    frames = [Image.fromarray(frame) for frame in frames_NHWC]
    buffer = io.BytesIO()
    frames[0].save(buffer, "GIF", save_all=True, append_images=frames[1:], duration=FRAME_MS, loop=0)
    return buffer.getvalue()


@dataclass(frozen=True, eq=False)
class GeneratedImages(GeneratedResult):
    """Images (N, H, W, 1 or 3) in the units of the data; ``ends`` are what is black and what is full light. ``names`` stand over them."""

    images: NDArray[Any]
    ends: tuple[float, float] = (0.0, 1.0)
    names: tuple[str, ...] = ()
    note: str = ""

    def chart(self, moment: int = -1) -> Chart:
        return TilesChart(as_colours(self.images, self.ends), self.names)

    def files(self) -> Mapping[str, Writer]:
        return {
            ".png": lambda: png_of(contact_sheet(as_colours(self.images, self.ends))),
            ".npy": lambda: npy_bytes(self.images),
            ".csv": lambda: csv_bytes(self._rows()),
        }

    def _rows(self) -> Iterable[Sequence[Any]]:
        """A row for each image: its numbers, channel by channel, row by row."""
        _, high, wide, channels = self.images.shape
        yield [f"c{c}_y{y}_x{x}" for c in range(channels) for y in range(high) for x in range(wide)]
        yield from (np.moveaxis(image, -1, 0).reshape(-1).tolist() for image in self.images)

    def describe(self) -> str:
        count, high, wide, _ = self.images.shape
        return f"{format_quantity(count, 'image')} of {wide}×{high} pixels"


@dataclass(frozen=True, eq=False)
class GeneratedPoints(GeneratedResult):
    """Points of a plane, (N, 2), or on their way, (moment, N, 2); ``data`` are points of the data (M, 2) to hold them against."""

    points: NDArray[Any]
    data: NDArray[Any] | None = None
    titles: tuple[str, str] = ("x", "y")
    note: str = ""
    words: tuple[str, ...] = ()
    """What the moments are called."""

    @property
    def moments(self) -> int:
        return len(self.points) if self.points.ndim == 3 else 1

    @property
    def _ways(self) -> NDArray[Any]:
        return self.points if self.points.ndim == 3 else self.points[None]

    def chart(self, moment: int = -1) -> Chart:
        clouds = [("made", self._ways[moment])]
        if self.data is not None and len(self.data):
            clouds.insert(0, ("data", self.data))
        # All moments are drawn on the same axes: what moves is the points.
        every = np.concatenate([*self._ways, *([self.data] if self.data is not None else [])])
        return CloudChart(tuple(clouds), *self.titles, every.min(0).tolist(), every.max(0).tolist())

    def moment_words(self, moment: int) -> str:
        return self.words[moment] if moment < len(self.words) else super().moment_words(moment)

    def files(self) -> Mapping[str, Writer]:
        rows = [self.titles, *self._ways[-1].tolist()]
        return {".csv": lambda: csv_bytes(rows), ".npy": lambda: npy_bytes(self.points)}

    def describe(self) -> str:
        return format_quantity(self._ways.shape[1], "point")


@dataclass(frozen=True, eq=False)
class GeneratedRows(GeneratedResult):
    """Rows of numbers, (N, columns), as a table."""

    values: NDArray[Any]
    columns: tuple[str, ...] = ()
    note: str = ""

    def _rows(self) -> list[Sequence[Any]]:
        names = self.columns or tuple(map(str, range(self.values.shape[1])))
        return [names, *self.values.tolist()]

    def chart(self, moment: int = -1) -> Chart:
        head, *rows = self._rows()
        lines = [", ".join(f"{name} {value:.4g}" for name, value in zip(head, row, strict=True)) for row in rows]
        return TextChart(tuple(lines))

    def files(self) -> Mapping[str, Writer]:
        return {".csv": lambda: csv_bytes(self._rows()), ".npy": lambda: npy_bytes(self.values)}

    def describe(self) -> str:
        return format_quantity(len(self.values), "row")


@dataclass(frozen=True, eq=False)
class GeneratedTexts(GeneratedResult):
    """Texts; ``heads`` stand before them (what a text goes on from), ``scores`` beside them in a table, by name."""

    texts: tuple[str, ...]
    heads: tuple[str, ...] = ()
    scores: Mapping[str, tuple[float, ...]] | None = None
    note: str = ""

    def chart(self, moment: int = -1) -> Chart:
        return TextChart(self.texts, self.heads)

    def files(self) -> Mapping[str, Writer]:
        scores = dict(self.scores or {})
        names = ("text", *(("begins with",) if self.heads else ()), *scores)
        columns = (self.texts, *((self.heads,) if self.heads else ()), *scores.values())
        whole = [f"{head}{text}" for head, text in zip(self.heads or [""] * len(self.texts), self.texts, strict=True)]
        return {
            ".txt": lambda: ("\n".join(whole) + "\n").encode(),
            ".csv": lambda: csv_bytes([names, *zip(*columns, strict=True)]),
        }

    def describe(self) -> str:
        return format_quantity(len(self.texts), "text")

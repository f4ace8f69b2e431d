"""The sound of a sample, as it is heard: not thinned as its curve is, and not prepared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from visualnet.data.declare import DataSet
from visualnet.data.samples import Samples

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]

FIELD = "sound"


class Sound(NamedTuple):
    """A sound: its samples in float32 from -1 to 1, of one channel, so many of them a second."""

    samples: Array
    rate: int

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / max(self.rate, 1)


def read_sound(source: DataSet, samples: Samples, sample: int) -> Sound | None:
    """The sound of one sample; None where these data hold none, or it cannot be read."""
    rate = source.sound_rate()
    if not rate:
        return None
    try:
        (values,) = samples.fetch(np.array([sample]), (FIELD,))[FIELD]
    except (ValueError, KeyError):
        return None
    return Sound(np.asarray(values, np.float32).reshape(-1), rate)

"""Observations as arrays that can be kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from visualnet.training.observations.observation import History, Result

if TYPE_CHECKING:
    from numpy.typing import NDArray


def arrays_over_time(history: History) -> dict[str, NDArray[Any]]:
    """All looks as arrays by name, with ``step``: stacked along a new first axis where all have one shape, else each look by itself
    (``name_000``). Words stand beside them as arrays of text."""
    import numpy as np

    found: dict[str, Any] = {"step": np.array([step for step, _ in history], np.int64)}
    for name in dict.fromkeys(name for _, result in history for name in result.arrays):
        arrays = [result.arrays[name] for _, result in history if name in result.arrays]
        if len({array.shape for array in arrays}) == 1 and len(arrays) == len(history):
            found[name] = np.stack(arrays)
        else:
            found |= {f"{name}_{at:03}": array for at, array in enumerate(arrays)}
    if history:
        found |= {f"{name}_words": np.array(words) for name, words in history[-1][1].words.items()}
    return found


def npz_of(history: History) -> bytes:
    """All looks as a NumPy archive; reading it needs no pickle."""
    import io

    import numpy as np

    buffer = io.BytesIO()
    arrays: dict[str, Any] = arrays_over_time(history)
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def npy_of(result: Result) -> bytes:
    """The first array of a result as a NumPy file."""
    import io

    import numpy as np

    buffer = io.BytesIO()
    np.save(buffer, next(iter(result.arrays.values())), allow_pickle=False)
    return buffer.getvalue()

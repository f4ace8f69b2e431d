"""What a network writes when nobody tells it the right tokens so far: free running, beside the teacher forcing of training.

While training a decoder is shown the true text up to each place. In use it is shown what it has written itself, its mistakes among that.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from visualnet.compiling.module import Model
from visualnet.data.loading import Loaded
from visualnet.training.decoding.scores import Scores
from visualnet.training.decoding.search import NextTokens, SamplingOptions, write
from visualnet.training.decoding.writer import CannotWrite, Writer

Array = NDArray[Any]
FREE = "free"
"""The name of what was written among the arrays of a ``PredictionSet``."""
AT_ONCE = 256


def write_freely(
    model: Model, data: Loaded, scores: Scores | None, index: Array, check: Callable[[float], None] = lambda share: None
) -> dict[str, Array]:
    """By ``free`` (sample, place): what the network writes greedily for these samples, 0 behind the end. Nothing where it writes no text of
    something else that it reads: a text that merely goes on has no right continuation. ``check`` is called with the share that is done
    before each token; it may raise to end it."""
    if scores is None:
        return {}
    try:
        writer = Writer(model, data, scores)
    except CannotWrite:
        return {}
    if not writer.sources or writer.begin is None:
        return {}
    found = np.zeros((len(index), scores.places), np.int64)
    for at in range(0, len(index), AT_ONCE):
        chosen = index[at : at + AT_ONCE]
        next_tokens = writer.next_tokens(writer.source_batch(chosen))

        def told(
            prefixes: Array, rows: Array, at: int = at, size: int = len(chosen), ask: NextTokens = next_tokens
        ) -> Array:
            check((at + size * prefixes.shape[1] / scores.places) / len(index))
            return ask(prefixes, rows)

        texts = write(told, len(chosen), scores.places, SamplingOptions(), writer.end)
        for row, (text, *_) in enumerate(texts, at):
            found[row, : len(text.tokens)] = text.tokens
    return {FREE: found}

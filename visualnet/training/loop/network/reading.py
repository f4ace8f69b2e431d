"""How a run reads samples that do not lie in memory."""

from __future__ import annotations

from visualnet.data.loading import Loaded
from visualnet.data.streaming.cache import CachedSamples
from visualnet.data.streaming.readable import SkippedSamples
from visualnet.layers.recipe.technique import Values
from visualnet.training import events
from visualnet.training.loop.sinks import Sink


def arrange_reading(data: Loaded, values: Values, emit: Sink) -> SkippedSamples:
    """Set how many threads read and how much is kept; what a run does about samples that cannot be read."""
    if isinstance(data.samples, CachedSamples):
        data.samples.set_reading(values["data_workers"], values["data_cache"])
    stops = values["unreadable"] == "stop"
    return SkippedSamples(data.choice, stops=stops, tell=lambda words: emit(events.Trouble(words=words)))

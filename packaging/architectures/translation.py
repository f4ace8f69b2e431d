"""A Transformer that is small enough to learn a small language in a minute: sentences in English, answered in German."""

from __future__ import annotations

import msgspec

from architectures.reduced import Small, small
from architectures.transformers import transformer
from visualnet.core.project import DataChoice, Project, Recipe

WORDS = 99
"""So many words both languages have together, with those that begin, end and fill up a sentence."""


def translation() -> Project:
    how = Small(
        "a sixteenth as wide with two layers each, on English sentences and their German translations",
        DataChoice(name="translations", normalise=False),
        {"layers": 2, "width": 48, "heads": 4, "words": WORDS, "context": 12},
        recipe=Recipe(lr=0.003, batch_size=64, epochs=12, schedule="cosine"),
        begin="tied",
    )
    made = small(transformer(), how)
    note = (
        "A small Transformer reads a sentence in English and writes it in German, word by word: the verb moves, articles and adjectives "
        "agree with their noun. An epoch takes seconds without a graphics card; then type a sentence of your own into the panel Writing."
    )
    return msgspec.structs.replace(made, name="English into German", note=note)


TEMPLATES = {"translation": translation}

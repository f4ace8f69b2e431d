"""BERT on pieces of words: the shipped template as its note changes it, a word's pieces masked together."""

from __future__ import annotations

from collections.abc import Mapping

from tests.benchmarks.systems.bert import pretrained, wanted_of_pretraining
from tests.benchmarks.systems.system import System


def measure(seed: int) -> Mapping[str, float]:
    """Pre-train with ``unit=whole_word``; the last epoch on the validation part."""
    import visualnet as vn
    from visualnet.core import edits
    from visualnet.core.storage import project_file
    from visualnet.resources import resource
    from visualnet.training.events import EpochDone

    project = edits.set_recipe(project_file.load(resource("templates", "bert-pretraining.vnet")), seed=seed)
    project = edits.set_data(project, options={**project.data.options, "unit": "whole_word", "context": 60})
    project = edits.set_constants(project, {**project.constants, "words": 62, "context": 60})
    learned: Mapping[str, float | None] = {}
    for event in vn.train(project, device="cpu"):
        if isinstance(event, EpochDone):
            learned = event.validation
            print({key: round(value or 0.0, 3) for key, value in learned.items()}, flush=True)
    return pretrained(project, learned, "piece")


SYSTEM = System("bert_pieces", "BERT: masked words in pieces", wanted_of_pretraining("piece"), measure)

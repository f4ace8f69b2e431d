"""BERT on pieces of words: what its note says to set is what the data count, and the drawing then fits and can be trained."""

from __future__ import annotations

import pytest

from visualnet.analysis import infer
from visualnet.core import edits
from visualnet.core.storage import project_file
from visualnet.data.generators.texts import NOT_ASKED
from visualnet.data.loading import load
from visualnet.data.registry import fields_or_none
from visualnet.resources import resource


@pytest.mark.parametrize("unit", ["piece", "whole_word"])
def test_the_sizes_that_the_note_gives_are_those_of_the_pieces(unit: str) -> None:
    project = project_file.load(resource("templates", "bert-pretraining.vnet"))
    options = {**project.data.options, "unit": unit, "context": 60, "n": 40}
    project = edits.set_data(project, options=options)
    project = edits.set_constants(project, {**project.constants, "words": 62, "context": 60})
    analysis = infer(project, fields=fields_or_none(project.data))
    assert not [p for p in analysis.problems if p.severity in ("error", "warning")]
    data = load(project.data)
    text, masked = data.whole("text"), data.whole("masked")
    assert text.max() < 62 and set(masked[masked >= 62].tolist()) == set()
    assert ((masked == NOT_ASKED) | (masked >= 0)).all() and (masked >= 0).any(1).all()

"""Looking into a network that does not train, in a worker's thread, while its project is closed in the window's."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch

from visualnet.analysis import infer
from visualnet.cli.common import open_project
from visualnet.compiling import module
from visualnet.core import edits
from visualnet.data import registry
from visualnet.data.loading import load
from visualnet.training.control import OwnSample, ProbeRequest
from visualnet.training.events import ProbeReport
from visualnet.training.idle_probe import IdleProbe, ProbeQuestion
from visualnet.training.observations.observation import ObservationRequest


def question(number: int = 1) -> ProbeQuestion:
    project = open_project("perceptron-points")
    analysis = infer(project, fields=registry.fields_or_none(project.data))
    return ProbeQuestion(number, project, analysis, ProbeRequest())


def test_the_network_of_the_last_question_is_kept_until_it_is_forgotten() -> None:
    probe, asked = IdleProbe(), question()
    assert probe(asked).words == ""
    kept = weakref.ref(probe._probe)
    probe(asked)
    assert probe._probe is kept()
    probe.forget()
    gc.collect()
    assert kept() is None


def test_it_looks_in_the_precision_in_which_the_recipe_trains() -> None:
    probe, asked = IdleProbe(), question()
    half = edits.set_recipe(asked.project, options={"precision": "bf16"})
    exact, rounded = (
        next(iter(probe(one).seen.outputs.values()))  # type: ignore[union-attr]
        for one in (asked, replace(asked, project=half))
    )
    assert (exact != rounded).any()
    assert rounded == pytest.approx(exact, abs=0.02)
    assert not torch.is_autocast_enabled("cpu")


def test_what_is_forgotten_while_it_is_prepared_is_answered_and_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    probe, compile_project = IdleProbe(), module.compile_project

    def closed_meanwhile(*args: object, **named: object) -> object:
        made = compile_project(*args, **named)  # type: ignore[arg-type]
        probe.forget()
        return made

    monkeypatch.setattr(module, "compile_project", closed_meanwhile)
    answer = probe(question())
    assert answer.words == "" and answer.seen is not None
    assert probe._probe is None and probe._key is None, "the network of a closed project"


def test_all_that_is_observed_is_answered_at_once_however_long_the_first_takes() -> None:
    wanted = (
        ObservationRequest("integrated_gradients", options=(("steps", 5000),)),
        ObservationRequest("saliency"),
        ObservationRequest("gradient_times_input"),
    )
    seen = IdleProbe()(replace(question(), request=ProbeRequest(observations=wanted))).seen
    assert seen is not None
    assert list(seen.observed) == list(wanted), "nobody looks again while nothing trains"


def test_an_own_sample_is_seen_as_one_of_the_data_would_be() -> None:
    """Normalised alike, with nothing said of targets; what does not fit the data is not looked at."""
    project = open_project("perceptron-points")
    analysis = infer(project, fields=registry.fields_or_none(project.data))
    data = load(project.data)
    place = int(data.shown[4])
    own = OwnSample(data.sample(place, ("point",)))
    probe = IdleProbe()

    def look(**wish: Any) -> ProbeReport:
        seen = probe(ProbeQuestion(1, project, analysis, ProbeRequest((), **wish))).seen
        assert seen is not None
        return seen

    plain, mine = look(sample=4), look(sample=0, own=own)
    assert mine.own and not plain.own
    assert all(np.array_equal(mine.outputs[name], plain.outputs[name]) for name in plain.outputs)
    assert list(mine.fields) == ["point"] and "y" in plain.fields
    moved = look(own=OwnSample({"point": own.fields["point"] + 1}))
    assert any(not np.array_equal(moved.outputs[name], plain.outputs[name]) for name in plain.outputs)
    wrong = look(sample=4, own=OwnSample({"point": np.zeros(7, np.float32)}))
    assert not wrong.own and all(np.array_equal(wrong.outputs[name], plain.outputs[name]) for name in plain.outputs)


def test_a_word_that_an_embedding_does_not_know_is_said_in_words() -> None:
    project = open_project("textcnn-small")
    node = next(n for n in project.graph.nodes.values() if n.kind == "embedding")
    project = edits.set_params(project, "", [node.id], {"num_embeddings": 1})
    analysis = infer(project, fields=registry.fields_or_none(project.data))
    port = next(iter(analysis.at((node.id,)).outputs))
    found = IdleProbe()(ProbeQuestion(1, project, analysis, ProbeRequest(ports=(((node.id,), port),))))
    assert "raise its num_embeddings" in found.words

"""BERT, reduced: it learns to fill in words, and opinions begin from what it learned, frozen or not."""

from __future__ import annotations

import math

import torch

import visualnet as vn
from visualnet.core import edits
from visualnet.core.project import Project
from visualnet.core.storage import project_file
from visualnet.resources import resource
from visualnet.training import checkpoints
from visualnet.training.events import EpochDone
from visualnet.training.experiments.declared.bert import ENCODER, frozen, with_labels
from visualnet.training.transfer.initial_weights import find_weights, preview
from visualnet.training.transfer.weight_files import read_weights


def template(name: str) -> Project:
    return project_file.load(resource("templates", f"{name}.vnet"))


def test_grammar_is_learned_in_a_few_steps() -> None:
    project = edits.set_data(template("bert-pretraining"), options={"n": 400})
    project = edits.set_recipe(project, epochs=2)
    (_, last) = [event.validation for event in vn.train(project, device="cpu") if isinstance(event, EpochDone)]
    # Guessing among all words alike costs ln 41 = 3.71, and is right at one of 41.
    assert (last["masked_loss"] or 9) < math.log(41) - 0.8
    assert (last["masked_accuracy"] or 0) > 0.12


def test_opinions_begin_with_the_whole_encoder() -> None:
    project = template("bert-opinions")
    assert project.recipe.start_from == "trained/bert-pretraining"
    table = preview(project, find_weights(project.recipe.start_from))
    encoder = {match.name for match in table.matches if not match.name.startswith("opinion.")}
    assert len(encoder) > 25
    assert {name: table.taken.get(name) for name in encoder} == {name: name for name in encoder}


def test_a_frozen_encoder_stays_and_the_head_learns() -> None:
    project = edits.set_recipe(with_labels(frozen(template("bert-opinions")), 40), epochs=1)
    trained = vn.train(project, device="cpu").finish()
    begun = read_weights(find_weights(project.recipe.start_from))
    for name, tensor in checkpoints.weights(trained.model.net).items():
        if name.partition(".")[0] in ENCODER:
            assert torch.equal(tensor, begun[name]), name
        elif name.startswith("pooler"):
            assert not torch.equal(tensor, begun[name]), name

"""What holds for every method to make something, on the templates that have a place for it: the same seed makes the same, nothing of the
network changes, and what was made can be drawn and kept."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest
import torch

from tests.contract.observed_networks import Observed, observe_template
from visualnet.analysis import Analysis, infer
from visualnet.core.graph import Value
from visualnet.core.storage import project_file
from visualnet.data.registry import fields_or_none
from visualnet.figures.charts.svg import svg_of
from visualnet.resources import resource
from visualnet.training.generating.method import (
    GenerationMethod,
    GenerationPlace,
    find_methods,
    find_place,
    make_method,
)
from visualnet.training.generating.results import GeneratedResult
from visualnet.training.observations.context import in_evaluation_mode

EVERY = list(find_methods().values())
MOST_PARAMETERS = 3_000_000
SIZES = ((900.0, 600.0), (320.0, 220.0), (120.0, 80.0))


@cache
def names() -> list[str]:
    """The templates, the smallest first, each in its small version where it has one."""
    index = json.loads(resource("templates", "index.json").read_text("utf-8"))
    return [one.get("small") or one["name"] for one in sorted(index, key=lambda one: one["parameters"])]


@cache
def analysed(template: str) -> Analysis:
    """What is known of a template."""
    project = project_file.load(resource("templates", f"{template}.vnet"))
    return infer(project, None, fields_or_none(project.data) or {})


@cache
def home(kind: type[GenerationMethod]) -> str:
    """The smallest template that has a place for this method and can be computed here; empty if none has."""
    for name in names():
        analysis = analysed(name)
        if analysis.main.parameters <= MOST_PARAMETERS and not analysis.errors() and kind.find(analysis):
            return name
    return ""


@cache
def network(template: str) -> Observed:
    """A template, compiled, with its data."""
    return observe_template(template)


def few(kind: type[GenerationMethod], **more: Value) -> dict[str, Value]:
    """Settings with which a method is quick."""
    wish: dict[str, Value] = {"count": 3, "steps": 6, "length": 6, **more}
    return {name: value for name, value in wish.items() if name in kind.params}


def make(kind: type[GenerationMethod], found: Observed, place: GenerationPlace, **settings: Value) -> GeneratedResult:
    with in_evaluation_mode(found.model), torch.no_grad():
        return make_method(kind.name, few(kind, **settings)).make(found.context, place, lambda share: None)


def bytes_of(made: GeneratedResult) -> dict[str, bytes]:
    return {ending: write() for ending, write in made.files().items()}


def state_of(found: Observed) -> list[bytes]:
    """Everything that making must leave alone."""
    tensors = [*found.model.objective.state_dict().values(), torch.get_rng_state()]
    modes = bytes(module.training for module in found.model.objective.modules())
    return [*(tensor.detach().numpy().tobytes() for tensor in tensors), modes]


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_a_way_says_what_it_does_and_needs(kind: type[GenerationMethod]) -> None:
    assert kind.title
    assert kind.about().endswith(".")
    assert not kind.needs.endswith(".")
    assert "seed" in kind.params
    assert all(param.doc for param in kind.params.values())
    with pytest.raises(ValueError, match="has no setting"):
        kind({"no_such_setting": 1})
    assert kind.find(infer(project_file.load(resource("templates", "perceptron-points.vnet")))) == []
    assert home(kind), "no template has a place for it"


@pytest.mark.few(3)
@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_the_same_seed_makes_the_same_and_nothing_changes(kind: type[GenerationMethod]) -> None:
    template = home(kind)
    found = network(template)
    place = find_place(kind, found.analysis)
    before, chance = state_of(found), np.random.get_state()[1][:4].tolist()
    made = make(kind, found, place, seed=1)
    files = bytes_of(made)
    assert files
    assert all(files.values())
    assert bytes_of(make(kind, found, place, seed=1)) == files
    assert state_of(found) == before
    assert np.random.get_state()[1][:4].tolist() == chance
    assert made.describe()
    for moment in {0, made.moments - 1}:
        chart = made.chart(moment)
        assert made.moment_words(moment)
        assert svg_of(chart).startswith("<svg")
        head, *rows = chart.rows()
        assert head
        assert all(len(row) == len(head) for row in rows[:5])
        for width, height in SIZES:
            drawing = chart.lay_out(width, height)
            assert (drawing.width, drawing.height) == (width, height)


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_it_ends_where_nobody_wants_it_any_more(kind: type[GenerationMethod]) -> None:
    template = home(kind)
    found = network(template)

    class Enough(Exception):
        pass

    def check(share: float) -> None:
        assert 0 <= share <= 1
        raise Enough

    with in_evaluation_mode(found.model), torch.no_grad(), pytest.raises(Enough):
        make_method(kind.name, few(kind)).make(found.context, find_place(kind, found.analysis), check)

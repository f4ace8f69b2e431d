"""What holds for every observation that is declared, over small networks of every kind: it computes the same wherever it is computed,
changes nothing, and can be drawn, read and written."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
import torch

from tests.contract.observed_networks import NETWORKS, Observed, analysis_of, observed
from visualnet.core.project import Project
from visualnet.data.loading import load
from visualnet.figures.charts.svg import svg_of
from visualnet.training.control import Control, ProbeRequest
from visualnet.training.events import Event, Steps
from visualnet.training.loop.session import Session
from visualnet.training.observations.context import in_evaluation_mode
from visualnet.training.observations.observation import (
    FAMILIES,
    Observation,
    ObservationRequest,
    Result,
    find_observations,
)
from visualnet.training.observations.schedule import observe
from visualnet.training.probes import Probe

EVERY = list(find_observations().values())
SIZES = ((900.0, 600.0), (320.0, 220.0), (120.0, 80.0))
ENOUGH = 12
"""So many steps of a run are compared."""


HOMES = {"Attention": "attention", "Sequences": "gated", "Samples": "generative"}
"""On which network a family is looked at in every run of the tests; on the others in the wide one."""


def with_networks() -> list[Any]:
    """Every observation on every network."""
    return [
        pytest.param(
            kind,
            name,
            id=f"{kind.name}-{name}",
            marks=() if name in (HOMES.get(kind.family, "convolutional"), "points") else pytest.mark.wide,
        )
        for kind in EVERY
        for name in NETWORKS
    ]


def state_of(found: Observed) -> list[bytes]:
    """Everything that observing must leave alone."""
    tensors = [*found.model.objective.state_dict().values(), torch.get_rng_state()]
    modes = bytes(module.training for module in found.model.objective.modules())
    grads = b"".join(p.grad.numpy().tobytes() for p in found.model.objective.parameters() if p.grad is not None)
    chance = repr(np.random.get_state()[1][:4]).encode()
    return [*(tensor.detach().numpy().tobytes() for tensor in tensors), modes, grads, chance]


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.name)
def test_an_observation_says_how_it_is_read(kind: type[Observation]) -> None:
    assert kind.title
    assert kind.family in FAMILIES
    assert kind.about in ("output", "weights", "network", "sheet")
    assert kind.summary().endswith(".")
    assert 2 <= kind.reading.count(". ") + kind.reading.endswith(".") <= 4, "two sentences say how it is read"
    assert len(kind.why_none) > 20
    with pytest.raises(ValueError, match="has no setting"):
        kind({"no_such_setting": 1})
    for name, param in kind.params.items():
        assert param.doc, name


def quick_options(kind: type[Observation]) -> tuple[tuple[str, int], ...]:
    """Settings with which one is quick that measures many samples and units."""
    if "samples" not in kind.params:
        return ()
    few = {"samples": getattr(kind.params["samples"], "low", 2), "most": 3, "size": 3, "points": 3}
    return tuple((name, value) for name, value in few.items() if name in kind.params)


@pytest.mark.few(30)
@pytest.mark.parametrize(("kind", "name"), with_networks())
def test_it_computes_draws_and_changes_nothing(kind: type[Observation], name: str) -> None:
    network = observed(name)
    subjects = kind.subjects(network.analysis)
    chosen = [subjects[at] for at in sorted({0, len(subjects) // 2, len(subjects) - 1})] if subjects else []
    before = state_of(network)
    for subject in chosen:
        request = ObservationRequest(kind.name, subject, quick_options(kind))
        with in_evaluation_mode(network.model), torch.no_grad():
            network.context.aim(1)
            result = observe(network.context, request)
            again = observe(network.context, request)
        if isinstance(result, str):
            assert len(result) > 15, "words say why there is nothing"
            continue
        assert isinstance(again, Result)
        for name, array in result.arrays.items():
            assert isinstance(array, np.ndarray), name
            assert np.array_equal(array, again.arrays[name], equal_nan=array.dtype.kind == "f"), (
                f"{name} is another one"
            )
        check_drawing(kind(), result)
    assert state_of(network) == before


def check_drawing(made: Observation, result: Result) -> None:
    """Its picture stands in every size and as text."""
    chart = made.draw(result, [(0, result), (5, result), (10, result)])
    for width, height in SIZES:
        drawing = chart.lay_out(width, height)
        assert drawing.width == width
        assert drawing.height == height
    assert svg_of(chart).startswith("<svg")
    head, *rows = chart.rows()
    assert len(head) >= 2
    assert all(len(row) == len(head) for row in rows[:50])
    assert len(chart.description()) > 10


def test_every_observation_has_something_to_show_in_one_of_these_networks() -> None:
    found = [analysis_of(template) for template in NETWORKS.values()]
    nowhere = [kind.name for kind in EVERY if not any(map(kind.subjects, found))]
    assert nowhere == []


def losses(project: Project, requests: tuple[ObservationRequest, ...]) -> list[float]:
    """Every loss of a run that is watched so."""
    found: list[float] = []
    control = Control()
    control.request_probes((), budget=1.0, observations=requests)

    def take(event: Event) -> None:
        if isinstance(event, Steps):
            found.extend(event.values["loss"])
            if len(found) >= ENOUGH:
                control.stop()

    Session(project, load(project.data), take, control).run()
    return found


@pytest.mark.parametrize(
    "name", [name if name == "convolutional" else pytest.param(name, marks=pytest.mark.wide) for name in NETWORKS]
)
def test_the_losses_of_a_run_are_the_same_with_everything_watched(name: str) -> None:
    found = observed(name)
    requests = tuple(
        ObservationRequest(kind.name, subject)
        for kind in EVERY
        if kind.live
        for subject in kind.subjects(found.analysis)[:1]
    )
    bare, watched = losses(found.project, ()), losses(found.project, requests)
    both = min(len(bare), len(watched))
    assert both >= 2
    assert bare[:both] == watched[:both]


def test_the_probe_of_a_training_and_a_look_aside_see_the_same() -> None:
    found = observed("convolutional")
    request = ObservationRequest("values", EVERY[0].subjects(found.analysis)[1])
    probe = Probe(found.model, found.data, found.tensors)
    seen = probe.look(ProbeRequest(sample=2, budget=1.0, observations=(request,)), 7)
    aside = probe.look_long(ProbeRequest(sample=2, observations=(request,)), 7, lambda share: None)
    a, b = seen.observed[request], aside.observed[request]
    assert isinstance(a, Result)
    assert isinstance(b, Result)
    assert np.array_equal(a.arrays["values"], b.arrays["values"])


def test_the_list_needs_neither_torch_nor_qt() -> None:
    code = (
        "import sys; from visualnet.training.observations.observation import find_observations; find_observations();"
        "assert not {'torch', 'PySide6'} & set(sys.modules), 'imported'"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr

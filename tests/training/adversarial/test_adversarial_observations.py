"""Scores of real and made samples, and made points beside real ones: as computed straight from the network."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch

from tests.training.observations.observing import Observed, compiled, see, subjects
from visualnet.cli.common import open_project
from visualnet.core import edits
from visualnet.figures.charts.observed.picture_rows import PictureRows
from visualnet.figures.charts.observed.side_by_side import SideBySideChart
from visualnet.training.observations.answers.codes import code_port
from visualnet.training.observations.observation import ObservationRequest, make_observation


@cache
def points() -> Observed:
    project = open_project("gan-points")
    return compiled(edits.set_data(project, options={**project.data.options, "n": 300}))


def parts(found: Observed, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Real points and those made at rest, as the network's own blocks make them."""
    net, objective = found.model.net.eval(), found.model.objective
    batch = found.context.batch(found.context.places(count, "train"))["point"]
    with torch.no_grad():
        made = objective.generator(net.noise(batch))
    return batch, made


def test_scores_are_those_of_the_discriminator_for_real_and_for_made_ones() -> None:
    found = points()
    (subject,) = subjects(found, "judge_scores")
    assert found.analysis.name_of(subject[0]) == "discriminator"
    result = see(found, "judge_scores", subject, samples=40)
    names = result.words["names"]
    assert [name.partition(":")[0] for name in names] == ["of “real”", "of “fixed”"], (
        "a detached copy is not shown twice"
    )
    batch = found.context.batch(found.context.places(40))["point"]
    with torch.no_grad():
        made = found.model.objective.generator(found.model.net.eval().noise(batch))
        scores = [found.model.objective.discriminator(x).numpy() for x in (batch, made)]
    for at, values in enumerate(scores):
        edges = result.arrays[f"edges{at}"]
        assert np.isclose(edges[0], values.min())
        assert np.isclose(edges[-1], values.max())
        assert result.arrays[f"counts{at}"].sum() == len(values)
        assert f"{(values > 0).mean():.0%}".replace("%", " %") in names[at]
    chart = make_observation(ObservationRequest("judge_scores", subject)).draw(result, [(0, result), (7, result)])
    assert isinstance(chart, SideBySideChart)
    first, second = chart.charts
    assert first.steps == second.steps == (0, 7)  # type: ignore[attr-defined]
    assert np.array_equal(first.edges, second.edges), "both over one range"  # type: ignore[attr-defined]


def test_made_points_are_counted_where_they_lie() -> None:
    found = points()
    (subject,) = subjects(found, "made_points")
    result = see(found, "made_points", subject, points=200, cells=20)
    real, made = parts(found, 200)
    (left, below), (right, above) = result.arrays["ends"]
    for name, cloud in (("real", real), ("made", made)):
        told = result.arrays[name]
        assert told.shape == (20, 20)
        x, y = cloud.numpy().T
        inside = (x >= left) & (x <= right) & (y >= below) & (y <= above)
        assert np.isclose(told.sum(), inside.mean(), atol=1e-5)
        column = np.minimum((x[inside] - left) / (right - left) * 20, 19).astype(int)
        assert np.allclose(told.sum(0), np.bincount(column, minlength=20) / 200, atol=2 / 200)
    chart = make_observation(ObservationRequest("made_points", subject)).draw(result, [(0, result)])
    assert isinstance(chart, PictureRows)
    assert np.array_equal(chart.lines[0].images[1, ::-1, :, 0], result.arrays["made"]), (
        "the highest points are drawn on top"
    )


def test_images_of_a_gan_are_made_of_its_noise() -> None:
    found = compiled(open_project("dcgan"))
    (subject,) = subjects(found, "generated")
    port = code_port(found.analysis, subject)
    assert port is not None
    assert found.analysis.name_of(port[0]) == "noise"
    first, second = (see(found, "generated", subject, samples=4, codes="standard").arrays["made"] for _ in range(2))
    assert np.array_equal(first, second), "the same numbers at each look"
    z = torch.randn(4, 32, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        images = found.model.objective.eval().generator(z).numpy()
    assert np.allclose(first[..., 0], images[:, 0], atol=1e-6)


def test_where_there_is_no_judge_and_no_maker_of_points_it_is_said() -> None:
    found = compiled(open_project("perceptron-points"))
    assert subjects(found, "judge_scores") == []
    assert subjects(found, "made_points") == []

"""A forecast is drawn as the network tells it, beside what came."""

from __future__ import annotations

import numpy as np
import torch

from tests.training.observations.watched import watch
from visualnet.analysis import infer
from visualnet.core.storage import project_file
from visualnet.figures.charts.curves import CurveChart
from visualnet.resources import resource
from visualnet.training.observations.observation import OBSERVATIONS, find_observations

find_observations()


def test_the_forecast_stands_behind_what_was_known() -> None:
    found = watch(project_file.load(resource("templates", "gru-forecast.vnet")), sample=2)
    (subject,) = OBSERVATIONS["forecast"].subjects(found.model.analysis)
    made, result = found.look("forecast", subject, {"looks": 1})
    place = found.data.validation[2]
    series, came = found.data.whole("series")[place], found.data.whole("y")[place]
    found.model.net.eval()
    with torch.no_grad():
        said = found.model.net(torch.tensor(series[None]))[0].numpy()
    assert np.allclose(result.arrays["made"], said, atol=1e-5)
    chart = made.draw(result, [(0, result), (8, result)])
    assert isinstance(chart, CurveChart)
    known, truth, now, earlier = chart.curves
    assert (known.name, truth.name, now.name, earlier.name) == ("known", "came", "step 8", "step 0")
    assert np.allclose(known.y, series[-36:, 0])
    assert known.x[-1] == 0
    assert np.allclose(truth.y, came)
    assert truth.x == now.x == tuple(range(1, 13))


def test_what_answers_no_series_has_no_forecast() -> None:
    for name in ("gru-rows", "lenet5-28", "lstm-classifier-small", "autoencoder"):
        assert not OBSERVATIONS["forecast"].subjects(infer(project_file.load(resource("templates", f"{name}.vnet")))), (
            name
        )

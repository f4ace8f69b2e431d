"""Odd samples told by their error: the area under ROC against counting pairs and torchmetrics, the threshold, and a short training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

import visualnet as vn
from visualnet.core.storage import project_file
from visualnet.figures.charts.observed.spread.threshold import ThresholdChart
from visualnet.resources import resource
from visualnet.training.evaluation.charts import EVALUATION_CHARTS, charts_for
from visualnet.training.evaluation.charts.anomaly import best_threshold, choose_threshold
from visualnet.training.evaluation.metrics import METRICS, metrics_for
from visualnet.training.evaluation.prediction_set import KIND, ODD, USUAL, PredictionSet


def predictions_of(errors: list[float], odd: list[bool]) -> PredictionSet:
    said = np.array(errors, np.float32)[:, None]
    kinds = np.where(odd, ODD, USUAL)
    arrays = {"said": said, "truth": np.zeros_like(said)}
    return PredictionSet("image", "numbers", np.arange(len(errors)), (), arrays, False, {KIND: kinds})


pairs = st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.integers(0, 3)), min_size=4, max_size=25).filter(
    lambda rows: {odd for _, odd, weight in rows if weight} == {True, False}
)


@given(pairs)
def test_the_area_is_the_share_of_pairs_in_the_right_order(rows: list[tuple[int, bool, int]]) -> None:
    from torchmetrics.functional.classification import binary_auroc

    errors, odd, weights = ([row[i] for row in rows] for i in range(3))
    predictions = predictions_of([float(e) for e in errors], odd)
    found = METRICS["odd_auc"].values(predictions, np.array([weights, [1] * len(rows)], float))
    above = total = 0.0
    for error, is_odd, weight in rows:
        for other, also_odd, much in rows:
            if is_odd and not also_odd:
                total += weight * much
                above += weight * much * (1.0 if error > other else 0.5 if error == other else 0.0)
    assert found[0] == pytest.approx(above / total)
    by_others = binary_auroc(torch.tensor(errors, dtype=torch.float64) / 10, torch.tensor(odd, dtype=torch.int64))
    assert found[1] == pytest.approx(float(by_others), abs=1e-6)


@given(pairs)
def test_the_threshold_begins_where_most_is_found_for_the_fewest_mistakes(rows: list[tuple[int, bool, int]]) -> None:
    scores, odd = np.array([float(row[0]) for row in rows]), np.array([row[1] for row in rows])

    def gain(at: float) -> float:
        return float((scores[odd] > at).mean() - (scores[~odd] > at).mean())

    assert gain(best_threshold(scores, odd)) == pytest.approx(max(0.0, *(gain(at) for at in scores)))


def test_the_threshold_can_be_moved_and_says_what_it_finds() -> None:
    predictions = predictions_of([0.1, 0.2, 0.3, 0.8, 0.7, 0.9], [False] * 3 + [True] * 3)
    one = EVALUATION_CHARTS["odd_errors"]
    chart = one.chart(predictions)
    assert isinstance(chart, ThresholdChart)
    assert (chart.found, chart.right, chart.mistaken) == (1.0, 1.0, 0.0)
    strict = one.chart(predictions, at=0.85)
    assert isinstance(strict, ThresholdChart)
    assert strict.place == pytest.approx(0.85)
    assert strict.found == pytest.approx(2 / 3)
    assert "recall 66.7 %" in strict.verdict()
    everything = one.chart(predictions, at=1.0)
    assert isinstance(everything, ThresholdChart)
    assert everything.right is None
    for width, height in ((900.0, 600.0), (320.0, 180.0)):
        assert chart.lay_out(width, height).marks
    assert sum(row[2] + row[3] for row in list(chart.rows())[1:]) == 6
    assert not one.can_draw(predictions_of([0.1, 0.2], [False, False]))


def test_the_threshold_of_the_test_part_is_chosen_on_the_validation_part() -> None:
    predictions = predictions_of([0.1, 0.2, 0.5, 0.8, 0.7, 0.9], [False] * 3 + [True] * 3)
    other = predictions_of([0.1, 0.2, 0.3, 0.4, 0.45], [False, False, True, True, True])
    alone, both = (
        EVALUATION_CHARTS["odd_errors"].chart(one) for one in (predictions, replace(predictions, elsewhere=other))
    )
    assert isinstance(alone, ThresholdChart) and isinstance(both, ThresholdChart)
    assert (alone.threshold, alone.origin) == (pytest.approx(0.5), "chosen on these very samples")
    assert (both.threshold, both.origin) == (pytest.approx(0.2), "chosen on the validation part")
    assert both.mistaken == pytest.approx(1 / 3)  # 0.5 lies above what validation chose
    assert "chosen on the validation part" in both.description()
    assert any("chosen on the validation" in getattr(mark, "text", "") for mark in both.lay_out(900, 500).marks)
    moved = EVALUATION_CHARTS["odd_errors"].chart(replace(predictions, elsewhere=other), at=0.5)
    assert isinstance(moved, ThresholdChart) and moved.origin == "moved by hand"
    unlike = replace(predictions, elsewhere=predictions_of([0.1, 0.2], [False, False]))
    assert choose_threshold(unlike) == choose_threshold(predictions), "without odd ones nothing can be chosen there"


def test_a_run_of_the_template_is_judged_by_what_it_never_saw(tmp_path: Path) -> None:
    project = project_file.load(resource("templates", "anomaly.vnet"))
    trained = vn.train(project, epochs=2, device="cpu", folder=tmp_path / "run").finish()
    label = trained.data.known("label")
    assert label is not None
    assert not (label[trained.data.train] == 0).any()
    found = vn.load_run(tmp_path / "run").evaluate()
    (predictions,) = found.predictions
    assert int((predictions.columns[KIND] == ODD).sum()) == 250
    assert metrics_for(predictions)[0].name == "odd_auc"
    assert {"odd_errors", "odd_roc"} <= {one.name for one in charts_for(predictions)}
    # Two epochs of nine digits are enough for a zero to stand out: chance is a half.
    assert found.figures[0]["odd_auc"].value > 0.8
    (tested,) = vn.load_run(tmp_path / "run").evaluate("test").predictions
    assert tested.elsewhere is not None
    assert np.array_equal(tested.elsewhere.samples, predictions.samples)
    assert int((tested.columns[KIND] == ODD).sum()) == 250
    assert not set(tested.samples.tolist()) & set(predictions.samples.tolist())
    assert choose_threshold(tested) == (choose_threshold(predictions)[0], "chosen on the validation part")

"""Every chart of every task: it draws, its table has its numbers, and its places lead to samples."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest

from tests.training.evaluation import answers
from visualnet.figures.charts.marks import ChartDrawing, Label
from visualnet.figures.charts.matrix import MatrixChart
from visualnet.figures.charts.svg import svg_of
from visualnet.training.evaluation.charts import EVALUATION_CHARTS, charts_for
from visualnet.training.evaluation.prediction_set import PredictionSet
from visualnet.training.evaluation.tasks import TASKS

ALL = answers.draw_all(4)


@pytest.mark.parametrize("predictions", ALL, ids=lambda predictions: f"{predictions.task} {len(predictions.classes)}")
def test_every_chart_draws_in_every_size(predictions: PredictionSet) -> None:
    chosen = charts_for(predictions)
    assert len(chosen) >= 2
    for evaluation_chart in chosen:
        for view in evaluation_chart.views(predictions):
            chart = evaluation_chart.chart(predictions, view)
            for size in ((700.0, 420.0), (260.0, 140.0)):
                check_drawing(chart.lay_out(*size), predictions)
            head, *rows = chart.rows()
            assert rows and all(len(row) == len(head) for row in rows), evaluation_chart.name
            assert chart.description()
            ElementTree.fromstring(svg_of(chart))  # it can be read back as XML
        assert evaluation_chart.words.endswith(".")


def check_drawing(drawing: ChartDrawing, predictions: PredictionSet) -> None:
    known = set(predictions.samples.tolist())
    assert drawing.marks
    for region in drawing.regions:
        assert set(region.samples) <= known
        assert region.words
    for mark in drawing.marks:
        numbers = [value for value in mark if isinstance(value, float)]
        assert np.isfinite(numbers).all()


def test_the_cells_of_the_confusion_matrix_hold_their_samples() -> None:
    predictions = ALL[0]
    chart = EVALUATION_CHARTS["confusion"].chart(predictions)
    assert isinstance(chart, MatrixChart)
    assert sum(chart.counts.values()) == predictions.size
    for (true, said), samples in chart.samples.items():
        rows = [predictions.place_of(sample) for sample in samples]
        assert len(samples) == chart.counts[true, said]
        assert all(predictions.arrays["truth"][row] == true and predictions.answered[row] == said for row in rows)
    regions = [region for region in chart.lay_out(600, 400).regions if region.samples]
    assert sorted(s for region in regions for s in region.samples) == predictions.samples.tolist()


def test_classes_that_never_occur_take_no_room_in_the_confusion_matrix() -> None:
    scores = np.zeros((4, 30))
    scores[np.arange(4), [0, 2, 2, 0]] = 5
    chart = EVALUATION_CHARTS["confusion"].chart(answers.of_classes(scores, np.array([0, 2, 0, 0])))
    assert chart.order == (0, 2)
    words = [mark.text for mark in chart.lay_out(600, 400).marks if isinstance(mark, Label)]
    assert "answered · without 28 classes that never occur" in words


def test_of_many_classes_the_most_confused_are_shown_and_the_table_has_all() -> None:
    predictions = ALL[2]
    chart = EVALUATION_CHARTS["confusion"].chart(predictions)
    assert isinstance(chart, MatrixChart)
    assert len(chart.order) == 40
    assert sum(row[2] for row in list(chart.rows())[1:]) == predictions.size


def test_the_most_wrong_are_wrong_and_the_worst_comes_first() -> None:
    predictions = ALL[0]
    chart = EVALUATION_CHARTS["most_wrong"].chart(predictions)
    scores = [one.score for one in chart.examples]
    assert scores == sorted(scores, reverse=True)
    assert all(
        not predictions.right[predictions.place_of(one.sample)] and one.words.startswith("✗") for one in chart.examples
    )
    assert len(scores) == (~predictions.right).sum()


def test_the_error_by_a_column_counts_every_sample_once() -> None:
    predictions = ALL[0]
    for view in ("length",):
        chart = EVALUATION_CHARTS["by_column"].chart(predictions, view)
        samples = [s for _, bars in chart.groups for bar in bars for s in bar.samples]
        assert sorted(samples) == predictions.samples.tolist()
    missing = answers.draw_numbers(0, 40, 1)
    missing.columns["x"][:5] = np.nan
    chart = EVALUATION_CHARTS["by_column"].chart(missing, "x")
    assert chart.names[-1] == "missing" and len(chart.groups[0][1][-1].samples) == 5


def test_every_task_has_charts() -> None:
    for task in TASKS:
        assert sum(task in evaluation_chart.tasks for evaluation_chart in EVALUATION_CHARTS.values()) >= 2, task

"""Every metric against torchmetrics on answers at random, or a hand-worked case; and weights of samples against samples repeated."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.training.evaluation import answers
from visualnet.training.evaluation.metrics import METRICS, metrics_for
from visualnet.training.evaluation.metrics.boxes import mean_average_precision
from visualnet.training.evaluation.metrics.places import edit_distances
from visualnet.training.evaluation.prediction_set import PredictionSet
from visualnet.training.evaluation.tasks import TASKS

SEEDS = st.integers(0, 10_000)


def value_of(name: str, predictions: PredictionSet) -> float:
    return float(METRICS[name].values(predictions, np.ones((1, predictions.size)))[0])


def tensors(predictions: PredictionSet) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.from_numpy(predictions.arrays["probabilities"]), torch.from_numpy(predictions.arrays["truth"])


@given(SEEDS, st.integers(3, 12), st.integers(5, 80))
def test_metrics_of_classes_are_those_of_torchmetrics(seed: int, count: int, size: int) -> None:
    from torchmetrics.functional import classification as tmc

    predictions = answers.draw_classes(seed, size, count)
    shares, truth = tensors(predictions)
    macro: dict[str, Any] = {"num_classes": count, "average": "macro"}
    there = np.unique(predictions.arrays["truth"])
    wanted = {
        "accuracy": tmc.multiclass_accuracy(shares, truth, count, average="micro"),
        "f1": tmc.multiclass_f1_score(shares, truth, **macro),
        "precision": tmc.multiclass_precision(shares, truth, **macro),
        "recall": tmc.multiclass_recall(shares, truth, **macro),
        "micro_f1": tmc.multiclass_f1_score(shares, truth, count, average="micro"),
        "log_loss": torch.nn.functional.nll_loss(shares.log(), truth),
        "calibration_error": tmc.multiclass_calibration_error(shares, truth, count, n_bins=15, norm="l1"),
        "balanced_accuracy": tmc.multiclass_recall(shares, truth, count, average="none")[
            torch.from_numpy(there)
        ].mean(),
    }
    for name, found in wanted.items():
        assert value_of(name, predictions) == pytest.approx(float(found), abs=1e-5), name
    if count >= 4:
        k = 5 if count >= 10 else 2
        top = tmc.multiclass_accuracy(shares, truth, count, average="micro", top_k=k)
        assert value_of("top_k", predictions) == pytest.approx(float(top), abs=1e-6)
    if 1 < len(there) == count:
        assert value_of("roc_area", predictions) == pytest.approx(
            float(tmc.multiclass_auroc(shares, truth, **macro)), abs=1e-5
        )
        area = tmc.multiclass_average_precision(shares, truth, **macro)
        assert value_of("average_precision", predictions) == pytest.approx(float(area), abs=1e-5)


@given(SEEDS, st.integers(5, 80))
def test_metrics_of_yes_or_no_are_those_of_torchmetrics(seed: int, size: int) -> None:
    from torchmetrics.functional import classification as tmc

    predictions = answers.draw_classes(seed, size, 2)
    shares, truth = tensors(predictions)
    yes, said = shares[:, 1], torch.from_numpy(predictions.answered)
    wanted = {
        "accuracy": tmc.binary_accuracy(said, truth),
        "yes_precision": tmc.binary_precision(said, truth),
        "yes_recall": tmc.binary_recall(said, truth),
        "yes_f1": tmc.binary_f1_score(said, truth),
    }
    if 0 < truth.sum() < size:
        wanted["roc_area"] = tmc.binary_auroc(yes, truth)
        wanted["average_precision"] = tmc.binary_average_precision(yes, truth)
    for name, found in wanted.items():
        assert value_of(name, predictions) == pytest.approx(float(found), abs=1e-5), name


@given(SEEDS, st.integers(2, 9), st.integers(12, 80))
def test_metrics_of_several_labels_are_those_of_torchmetrics(seed: int, count: int, size: int) -> None:
    from torchmetrics.functional import classification as tmc

    predictions = answers.draw_labels(seed, size, count)
    sure, truth = (torch.from_numpy(predictions.arrays[name]) for name in ("sure", "truth"))
    wanted = {"label_exact_match": tmc.multilabel_exact_match(sure, truth.long(), count)}
    wanted["hamming_loss"] = tmc.multilabel_hamming_distance(sure, truth, count, average="micro")
    both = {
        "f1": tmc.multilabel_f1_score,
        "precision": tmc.multilabel_precision,
        "recall": tmc.multilabel_recall,
    }
    for name, found in both.items():
        wanted[f"label_{name}"] = found(sure, truth, count, average="macro")
        wanted[f"label_micro_{name}"] = found(sure, truth, count, average="micro")
    if (truth.float().mean(0) > 0).all() and (truth.float().mean(0) < 1).all():
        wanted["label_roc_area"] = tmc.multilabel_auroc(sure, truth, count)
        wanted["label_average_precision"] = tmc.multilabel_average_precision(sure, truth, count)
    for name, value in wanted.items():
        assert value_of(name, predictions) == pytest.approx(float(value), abs=1e-5), name


def test_labels_that_are_not_asked_count_for_nothing() -> None:
    from torchmetrics.functional import classification as tmc

    predictions = answers.draw_labels(3, 40, 5, asked=0.6)
    sure, truth = (torch.from_numpy(predictions.arrays[name]) for name in ("sure", "truth"))
    for average in ("micro", "macro"):
        found = tmc.multilabel_f1_score(sure, truth, 5, average=average, ignore_index=-1)  # type: ignore[arg-type]
        assert value_of("label_f1" if average == "macro" else "label_micro_f1", predictions) == pytest.approx(
            float(found)
        )


@given(SEEDS, st.integers(1, 4), st.integers(3, 60))
def test_metrics_of_numbers_are_those_of_torchmetrics(seed: int, width: int, size: int) -> None:
    from torchmetrics.functional import regression as tmr

    predictions = answers.draw_numbers(seed, size, width)
    said, truth = (torch.from_numpy(predictions.arrays[name]) for name in ("said", "truth"))
    assert value_of("mean_absolute_error", predictions) == pytest.approx(
        float(tmr.mean_absolute_error(said, truth)), rel=1e-4
    )
    assert value_of("rmse", predictions) == pytest.approx(
        float(tmr.mean_squared_error(said, truth, squared=False)), rel=1e-4
    )
    assert value_of("r2", predictions) == pytest.approx(float(tmr.r2_score(said, truth)), abs=1e-3)
    assert value_of("bias", predictions) == pytest.approx(float((said - truth).mean()), abs=1e-5)


@given(SEEDS, st.integers(2, 5))
def test_overlaps_are_those_of_torchmetrics(seed: int, count: int) -> None:
    from torchmetrics.functional import classification as tmc

    predictions = answers.draw_places(seed, (4, 5, 6), count, "pixels")
    said, truth = (torch.from_numpy(predictions.arrays[name].astype(np.int64)) for name in ("said", "truth"))
    options: dict[str, Any] = {"num_classes": count, "ignore_index": -1}
    iou = tmc.multiclass_jaccard_index(said, truth, average="macro", **options)
    dice = tmc.multiclass_f1_score(said, truth, average="macro", **options)
    right = tmc.multiclass_accuracy(said, truth, average="micro", **options)
    assert value_of("mean_iou", predictions) == pytest.approx(float(iou), abs=1e-5)
    assert value_of("mean_dice", predictions) == pytest.approx(float(dice), abs=1e-5)
    assert value_of("pixel_accuracy", predictions) == pytest.approx(float(right), abs=1e-6)


@given(SEEDS, st.integers(1, 9))
def test_edit_distances_are_those_of_torchmetrics(seed: int, length: int) -> None:
    from torchmetrics.functional.text import edit_distance as tm_edit_distance

    predictions = answers.draw_places(seed, (8, length), 4, "tokens", asked=0.8)
    said, truth = predictions.arrays["said"], predictions.arrays["truth"]
    found = edit_distances(said, truth)
    for row in range(len(truth)):
        asked = truth[row] >= 0
        if asked.any():
            texts = ["".join("abcd"[c] for c in values[row][asked]) for values in (said, truth)]
            distance = tm_edit_distance([texts[0]], [texts[1]], reduction="none")
            assert found[row] == pytest.approx(float(distance[0]) / asked.sum())
        else:
            assert found[row] == 0


def test_a_shifted_sequence_is_two_edits_away_and_no_exact_match() -> None:
    truth = np.array([[1, 2, 3, 4], [1, 2, 3, 4]], np.int32)
    said = np.array([[0, 1, 2, 3], [1, 2, 3, 4]], np.int32)
    full = np.full(2, 4)
    arrays = {"said": said, "truth": truth, "surprise": np.zeros(2), "asked": full}
    predictions = PredictionSet("answer", "tokens", np.arange(2), tuple("01234"), arrays)
    assert edit_distances(said, truth).tolist() == [0.5, 0.0]
    assert value_of("exact_match", predictions) == 0.5
    assert value_of("token_accuracy", predictions) == 0.5


def test_average_precision_of_boxes_is_that_of_a_case_worked_by_hand() -> None:
    """Picture 1: cats at (0, 0) and (20, 0), each 10 by 10; answered: the first exactly (0.9), nothing's (0.8), the second shifted by 1
    (0.7; IoU 90/110). Picture 2: a cat, answered with 0.6 half beside (IoU 1/3). The surest first: hit, miss, hit, miss, of 3 true.

    Precision 1, 1/2, 2/3, 1/2 at recall 1/3, 1/3, 2/3, 2/3: at 101 recalls 34 times 1 (to 0.33), 33 times 2/3 (to 0.66), then 0.
    """
    far = [100, 100, 110, 110]
    truth = np.array([[[0, 0, 10, 10], [20, 0, 30, 10], far], [[0, 0, 10, 10], far, far]], float)
    said = np.array([[[0, 0, 10, 10], [50, 50, 60, 60], [21, 0, 31, 10]], [[5, 0, 15, 10], far, far]], float)
    sure = np.array([[0.9, 0.8, 0.7], [0.6, 0.1, 0.1]])
    predictions = answers.of_boxes(
        said, sure, np.array([[0, 0, 0], [0, 1, 1]]), truth, np.array([[0, 0, -1], [0, -1, -1]])
    )
    ones = np.ones((1, 2))
    by_hand = (34 + 33 * 2 / 3) / 101
    assert mean_average_precision(predictions, ones, (0.5,))[0] == pytest.approx(by_hand)
    # From IoU 0.85 on the shifted one is a miss too: one hit of three, the surest.
    assert mean_average_precision(predictions, ones, (0.85,))[0] == pytest.approx(34 / 101)
    # The second picture drawn twice: 4 true ones, hit, miss, hit, miss, miss.
    twice = mean_average_precision(predictions, np.array([[1.0, 2.0]]), (0.5,))
    assert twice[0] == pytest.approx((26 + 25 * 2 / 3) / 101)


@pytest.mark.parametrize(
    "predictions", answers.draw_all(), ids=lambda predictions: f"{predictions.task} {len(predictions.classes)}"
)
def test_weights_count_as_samples_repeated(predictions: PredictionSet) -> None:
    """What the bootstrap rests on."""
    generator = np.random.default_rng(1)
    weights = generator.integers(0, 4, (3, predictions.size)).astype(float)
    chosen = metrics_for(predictions)
    assert chosen
    for metric in chosen:
        found = metric.values(predictions, weights)
        for row in range(3):
            repeated = predictions.take(np.repeat(np.arange(predictions.size), weights[row].astype(int)))
            assert found[row] == pytest.approx(value_of(metric.name, repeated), rel=1e-5, abs=1e-9), metric.name


def test_every_task_has_a_metric_that_is_told_first_and_every_metric_says_what_it_means() -> None:
    for task in TASKS:
        assert any(task in metric.tasks for metric in METRICS.values()), task
    for metric in METRICS.values():
        assert set(metric.tasks) <= set(TASKS) and metric.better in ("min", "max", "")
        assert "{}" in metric.meaning or "{odds}" in metric.meaning
        assert metric.explain(0.25).endswith(".") and "{" not in metric.explain(0.25)


def test_scores_that_are_no_probabilities_have_no_figures_that_need_those() -> None:
    predictions = answers.of_classes(np.eye(3)[[0, 1, 2, 0]], np.array([0, 1, 2, 2]), has_probabilities=False)
    names = {metric.name for metric in metrics_for(predictions)}
    assert "accuracy" in names and not names & {"log_loss", "calibration_error"}


@pytest.mark.parametrize("count", [2, 3])
def test_samples_of_one_class_alone_have_no_area_and_no_warning(count: int) -> None:
    """A draw of few samples with replacement is often so."""
    predictions = answers.draw_classes(1, 8, count)
    alone = (predictions.arrays["truth"] == predictions.arrays["truth"][0]).astype(np.float64)[None]
    weights = np.concatenate([alone, np.ones((1, 8))])
    for name in ("roc_area", "average_precision"):
        values = METRICS[name].values(predictions, weights)
        assert np.isfinite(values[1])
    assert np.isnan(METRICS["roc_area"].values(predictions, weights)[0])

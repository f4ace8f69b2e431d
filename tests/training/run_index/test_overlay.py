"""Curves laid over each other are what the logs hold: smoothed by the stated formula, over the logs' own times, bands as NumPy has them."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from visualnet.figures.charts.spread.bands import DASHES, Band
from visualnet.training import events
from visualnet.training.run_index.overlay import (
    COLOURS,
    MOST_NAMES,
    MOST_POINTS,
    Over,
    ShownRun,
    colour_of,
    draw_overlay,
    list_curves,
    name_groups,
)
from visualnet.training.runs.run_model import RunModel

Floats = NDArray[np.float64]
EACH = 4
"""Steps of an epoch."""


def told(epochs: int, seconds: float = 1.0, seed: int = 0, metric: str = "") -> RunModel:
    """A run of so many epochs of four steps, each of which took so long, with curves drawn by chance."""
    model, rng = RunModel(f"run {seed}"), np.random.default_rng(seed)
    model.consume(begun(epochs))
    for epoch in range(1, epochs + 1):
        tell_epoch(model, epoch, rng.random(EACH).tolist(), float(rng.random()), seconds, metric)
    return model


def begun(epochs: int, step: int = 0, epoch: int = 0) -> events.Started:
    return events.Started(
        run="run",
        device="cpu",
        threads=1,
        parameters=1,
        epochs=epochs,
        steps_per_epoch=EACH,
        batch_size=1,
        sizes=(EACH, 1, 0),
        best_by="loss",
        step=step,
        epoch=epoch,
    )


def tell_epoch(
    model: RunModel, epoch: int, losses: list[float], validation: float, seconds: float, metric: str = ""
) -> None:
    step = EACH * epoch
    model.consume(events.Steps(step=step, epoch=epoch - 1, lr=0.1, values={"loss": losses}))
    means = {"loss": validation, **({metric: validation} if metric else {})}
    done = events.EpochDone(
        epoch=epoch,
        step=step,
        train={"loss": float(np.mean(losses))},
        validation=means,
        seconds=seconds,
        samples_per_s=1.0,
    )
    model.consume(done)


def drawn(model: RunModel, part: str, over: Over = "step", smoothing: float = 0.0) -> tuple[Floats, Floats]:
    """The one curve of a run's loss; without seeds to lie between, its band is the curve itself."""
    (band,) = draw_overlay([ShownRun("it", model)], "loss", part, over, smoothing).bands
    assert band.name == "it" and band.low == band.middle == band.high
    return np.array(band.x), np.array(band.middle)


def averaged(values: Floats, weight: float) -> Floats:
    """Each value as the mean of those before it, weighted by w^age: what the moving average with its correction comes to."""
    found = []
    for at in range(len(values)):
        shares = weight ** np.arange(at, -1, -1.0)
        found.append(float(np.sum(shares * values[: at + 1]) / shares.sum()))
    return np.array(found)


@pytest.mark.parametrize("part", ["train", "validation"])
@pytest.mark.parametrize("weight", [0.25, 0.9, 0.99])
def test_smoothed_curve_is_the_weighted_mean_of_what_came_before(part: str, weight: float) -> None:
    """Of steps and of epochs alike, at the places of the raw values, from the first value itself."""
    model = told(epochs=12)
    raw = (model.steps if part == "train" else model.validation)["loss"]
    places, smooth = drawn(model, part, smoothing=weight)
    np.testing.assert_array_equal(places, raw.steps)
    np.testing.assert_allclose(smooth, averaged(raw.values, weight), rtol=1e-12)
    assert smooth[0] == pytest.approx(raw.values[0]) and not np.allclose(smooth[1:], raw.values[1:])


def test_without_smoothing_the_values_are_those_of_the_log() -> None:
    """And what a smoothed drawing was made of stays as it was."""
    model = told(epochs=3)
    before = model.steps["loss"].values.tolist()
    drawn(model, "train", smoothing=0.9)
    assert drawn(model, "train")[1].tolist() == before == model.steps["loss"].values.tolist()


def test_a_value_that_is_no_number_is_left_out_and_not_smoothed_over() -> None:
    model = RunModel()
    model.consume(begun(1))
    tell_epoch(model, 1, [1.0, math.nan, math.inf, 3.0], 0.5, 1.0)
    places, smooth = drawn(model, "train", smoothing=0.5)
    assert places.tolist() == [1, 4]
    np.testing.assert_allclose(smooth, averaged(np.array([1.0, 3.0]), 0.5))


def test_epochs_and_steps_run_to_the_right_as_they_were_counted() -> None:
    model = told(epochs=3)
    assert drawn(model, "train", "step")[0].tolist() == list(range(1, 13))
    np.testing.assert_allclose(drawn(model, "train", "epoch")[0], np.arange(1, 13) / EACH)
    assert drawn(model, "validation", "epoch")[0].tolist() == [1, 2, 3]


def test_time_is_that_of_the_runs_own_training_from_nought() -> None:
    """Whenever they were trained: two runs begin together, and each epoch ends after the seconds that the log says of all until then."""
    paces = (2.0, 10.0)
    runs = [ShownRun(f"{pace:g}", told(epochs=3, seconds=pace, seed=at)) for at, pace in enumerate(paces)]
    for run, at in zip(runs, (1e9, 2e9), strict=True):
        run.model.begun_at = at
    chart = draw_overlay(runs, "loss", "validation", "time")
    assert chart.x_title == "seconds since it began"
    assert [band.x for band in chart.bands] == [(2.0, 4.0, 6.0), (10.0, 20.0, 30.0)]
    for band, pace in zip(draw_overlay(runs, "loss", "train", "time").bands, paces, strict=True):
        np.testing.assert_allclose(band.x, np.arange(1, 13) / EACH * pace)  # nought where no step was taken yet


def test_time_of_a_resumed_run_goes_on_where_its_checkpoint_was() -> None:
    """What was trained behind the checkpoint is done again, and counts once."""
    model = told(epochs=2, seconds=5.0)
    model.consume(begun(3, step=EACH, epoch=1))
    tell_epoch(model, 2, [0.5] * EACH, 0.5, 7.0)
    tell_epoch(model, 3, [0.5] * EACH, 0.5, 1.0)
    assert drawn(model, "validation", "time")[0].tolist() == [5.0, 12.0, 13.0]


def test_steps_of_a_first_epoch_are_not_drawn_as_seconds() -> None:
    """Of a run that is in its first epoch no time is known yet: nothing is drawn over it, and over steps all that is there."""
    model = RunModel()
    model.consume(begun(3))
    losses = [4.0, 3.0, 2.0]
    model.consume(events.Steps(step=3, epoch=0, lr=0.1, values={"loss": losses}, time=model.begun_at + 0.5))
    assert draw_overlay([ShownRun("it", model)], "loss", "train", "time").bands == ()
    assert drawn(model, "train", "step")[1].tolist() == losses


def test_steps_of_an_epoch_that_has_not_ended_are_not_all_drawn_at_its_beginning() -> None:
    """How long it takes is not known yet: over time the curve ends with the last whole epoch, over steps it goes on."""
    model = told(epochs=1, seconds=8.0)
    model.consume(events.Steps(step=EACH + 3, epoch=1, lr=0.1, values={"loss": [0.3, 0.2, 0.1]}))
    places, _ = drawn(model, "train", "time")
    np.testing.assert_allclose(places, [2.0, 4.0, 6.0, 8.0])
    assert drawn(model, "train", "step")[0][-1] == EACH + 3


def test_bands_are_mean_lowest_and_highest_of_the_seeds_as_numpy_has_them() -> None:
    """Runs of a group are one curve, in the order of their first runs; a group of one is its curve."""
    models = [told(epochs=6, seed=seed) for seed in range(4)]
    runs = [ShownRun(f"{at}", model, "a" if at != 1 else "b") for at, model in enumerate(models)]
    first, second = draw_overlay(runs, "loss", "validation", bands=True).bands
    values = np.stack([models[at].validation["loss"].values for at in (0, 2, 3)])
    assert (first.name, second.name) == ("a (3 runs)", "b") and first.x == second.x == (1, 2, 3, 4, 5, 6)
    np.testing.assert_allclose(first.middle, values.mean(0), rtol=1e-12)
    np.testing.assert_array_equal(first.low, values.min(0))
    np.testing.assert_array_equal(first.high, values.max(0))
    assert second.low == second.middle == second.high == tuple(models[1].validation["loss"].values.tolist())


def test_bands_are_of_smoothed_curves_where_all_runs_of_the_group_are_known() -> None:
    """Each run is smoothed first; where one is shorter, or was quicker, the band ends with it; the others are met between points."""
    models = [told(epochs=6, seconds=2.0), told(epochs=4, seconds=3.0, seed=1)]
    runs = [ShownRun(f"{at}", model, "a") for at, model in enumerate(models)]
    (band,) = draw_overlay(runs, "loss", "validation", "epoch", 0.5, True).bands
    values = np.stack([averaged(model.validation["loss"].values, 0.5)[:4] for model in models])
    assert band.x == (1, 2, 3, 4)
    np.testing.assert_allclose(band.middle, values.mean(0))
    np.testing.assert_allclose(band.high, values.max(0))
    (band,) = draw_overlay(runs, "loss", "validation", "time", 0.0, True).bands
    assert band.x == (4.0, 6.0, 8.0, 10.0, 12.0)  # the first's points, from the second's first to its last epoch
    slow = np.interp(band.x, [3, 6, 9, 12], models[1].validation["loss"].values)
    np.testing.assert_allclose(band.middle, (models[0].validation["loss"].values[1:] + slow) / 2)


def test_a_long_curve_is_thinned_after_it_was_smoothed_and_keeps_its_ends() -> None:
    model = told(epochs=400)
    places, smooth = drawn(model, "train", smoothing=0.9)
    assert len(places) == MOST_POINTS and places[0] == 1 and places[-1] == 1600
    whole = averaged(model.steps["loss"].values, 0.9)
    np.testing.assert_allclose(smooth, whole[places.astype(int) - 1])


def test_curves_are_told_apart_and_named_up_to_a_number() -> None:
    """By colour and then by dash, numbered as the runs stand, also where one before has no such curve."""
    runs = [ShownRun(f"{at}", told(epochs=1, seed=at)) for at in range(MOST_NAMES)]
    assert draw_overlay(runs, "loss", "validation").legend
    many = [*runs, ShownRun("one more", told(epochs=1, seed=99))]
    chart = draw_overlay(many, "loss", "validation")
    assert not chart.legend and len({(band.colour, band.dash) for band in chart.bands}) == len(many)
    assert len({colour_of(number) for number in range(COLOURS * len(DASHES))}) == COLOURS * len(DASHES)
    (band,) = draw_overlay([ShownRun("none", RunModel()), runs[0]], "loss", "validation").bands
    assert (band.name, band.colour, band.dash) == ("0", *colour_of(1))


def test_each_curve_that_some_run_has_is_offered_once_the_loss_first() -> None:
    runs = [ShownRun("a", told(epochs=1)), ShownRun("b", told(epochs=1, metric="accuracy"))]
    assert list_curves(runs) == [
        ("loss", "validation", "validation loss"),
        ("loss", "train", "training loss"),
        ("accuracy", "validation", "validation accuracy"),
    ]
    assert [band.name for band in draw_overlay(runs, "accuracy", "validation").bands] == ["b"]


@pytest.mark.parametrize(
    ("runs", "wanted"),
    [
        ({"a": ("net", {"lr": 0.1, "seed": 0}), "b": ("net", {"lr": 0.1, "seed": 1})}, ["all seeds", "all seeds"]),
        ({"a": ("net", {"lr": 0.1, "data.seed": 3}), "b": ("net", {"lr": 0.01})}, ["lr 0.1", "lr 0.01"]),
        ({"a": ("net", {"lr": 0.1}), "b": ("other", {"lr": 0.1})}, ["network 1", "network 2"]),
        (
            {"a": ("net", {"lr": 0.1}), "b": ("other", {"lr": 0.2}), "c": ("net", {"lr": 0.1, "seed": 5})},
            ["network 1, lr 0.1", "network 2, lr 0.2", "network 1, lr 0.1"],
        ),
    ],
)
def test_runs_that_differ_in_their_seeds_alone_are_one_group(
    runs: dict[str, tuple[str, dict[str, float]]], wanted: list[str]
) -> None:
    """A group is named by the settings in which the groups differ, and no more."""
    assert list(name_groups(runs).values()) == wanted


def test_rows_for_other_tools_are_the_points_that_are_drawn() -> None:
    runs = [ShownRun(f"{seed}", told(epochs=2, seed=seed), "a") for seed in range(2)]
    chart = draw_overlay(runs, "loss", "validation", "time", bands=True)
    head, *rows = chart.rows()
    assert tuple(head) == ("curve", "seconds since it began", "validation loss, mean", "lowest", "highest")
    (band,) = chart.bands
    assert isinstance(band, Band)
    assert [tuple(row[1:]) for row in rows] == list(zip(band.x, band.middle, band.low, band.high, strict=True))

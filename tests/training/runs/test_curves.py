"""Which curves a run has."""

from __future__ import annotations

from tests.training.nets import small
from visualnet.analysis import infer
from visualnet.core.project import LAST_EPOCH
from visualnet.training.events import EpochDone, Started, Steps
from visualnet.training.runs.curves import loss_curves, metric_curves, metric_names
from visualnet.training.runs.run_model import RunModel


def run(**started: object) -> RunModel:
    model = RunModel("r")
    known = {"run": "r", "device": "CPU", "threads": 1, "parameters": 3, "epochs": 4, "steps_per_epoch": 2}
    rest = {"batch_size": 2, "sizes": (20, 0, 0), "best_by": "loss", "best_is": "min", **started}
    model.consume(Started(**known, **rest))  # type: ignore[arg-type]
    return model


def test_one_loss_is_training_and_validation_and_the_best_epoch_is_marked_on_the_latter() -> None:
    model = run()
    assert [curve.name for curve in loss_curves(model)] == ["training"], "there before its first value"
    model.consume(Steps(step=2, epoch=0, lr=0.1, values={"loss": [2.0, 1.0]}))
    model.consume(
        EpochDone(epoch=1, step=2, train={"loss": 1.5}, validation={"loss": 1.7}, seconds=1.0, samples_per_s=1.0)
    )
    train, validation = loss_curves(model)
    assert list(train.series.values) == [2.0, 1.0] and not train.dashed and train.best is None
    assert list(validation.series.values) == [1.7] and validation.dashed and validation.best == "min"


def test_several_losses_stand_under_their_names_in_colours_of_their_own() -> None:
    model = run(losses=("a", "b"), metrics=("score",), best_by="score", best_is="max")
    assert [curve.name for curve in loss_curves(model)] == ["loss", "a", "b"]
    assert len({curve.color_index for curve in loss_curves(model)}) == 3
    values = {"score": 0.5}
    model.consume(EpochDone(epoch=1, step=2, train=values, validation=values, seconds=1.0, samples_per_s=1.0))
    assert [curve.best for curve in metric_curves(model, ("score",))] == [None, "max"]


def test_where_the_last_epoch_counts_as_the_best_no_point_of_a_curve_is_marked_as_it() -> None:
    model = run(losses=("a", "b"), metrics=("score",), best_by=LAST_EPOCH, best_is="max")
    values = {"loss": 3.0, "a": 1.0, "b": 2.0, "score": 0.5}
    model.consume(EpochDone(epoch=1, step=2, train=values, validation=values, seconds=1.0, samples_per_s=1.0))
    assert {curve.best for curve in (*loss_curves(model), *metric_curves(model, ("score",)))} == {None}


def test_the_metrics_are_those_of_the_run_or_else_of_the_network() -> None:
    analysis = infer(small())
    assert metric_names(None, analysis) == ("score",)
    assert metric_names(run(metrics=("accuracy",)), analysis) == ("accuracy",)

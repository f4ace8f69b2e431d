"""A run for each fold, and the mean and spread of what they reach."""

from __future__ import annotations

import json
import statistics
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

import visualnet
from tests.training.nets import small
from visualnet.core.project import DataChoice
from visualnet.data.loading import load
from visualnet.training.console import TrainOptions, train
from visualnet.training.folds.cross_validation import CrossValidation, divide_in_folds
from visualnet.training.runs.run_model import read_run


def test_each_sample_is_validated_on_in_one_run_and_the_values_are_those_of_their_best_epochs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = small(epochs=2)
    assert train(project, TrainOptions(folds=3, run=tmp_path / "runs")) == 0
    out = capsys.readouterr().out
    assert "fold 3 of 3" in out
    runs = [read_run(tmp_path / "runs" / f"fold-{number}") for number in (1, 2, 3)]
    best = [run.epochs[run.finished.best_epoch - 1].validation["loss"] for run in runs if run.finished]
    assert all(value is not None for value in best)
    mean = statistics.fmean(value for value in best if value is not None)
    assert f"loss {mean:.4g} ± {statistics.stdev(v for v in best if v is not None):.2g} over 3 folds" in out
    validated = np.concatenate([load(one.data).validation for one in divide_in_folds(project, 3)])
    assert sorted(validated) == list(range(load(project.data).samples.size))
    found = visualnet.cross_validate(project, folds=3)
    assert [fold["loss"] for fold in found.folds] == best and found.mean["loss"] == pytest.approx(mean)


def test_in_json_the_folds_are_an_event_of_their_own_and_resuming_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert train(small(epochs=1), TrainOptions(folds=2, run=tmp_path / "r", json=True)) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["event"] == "folds" and len(last["folds"]) == 2 and set(last["mean"]) == set(last["spread"])
    assert train(small(), TrainOptions(folds=2, resume=True)) == 2
    assert "cannot be joined with --resume" in capsys.readouterr().err


def test_groups_stay_together_and_a_test_share_is_held_out_of_every_fold() -> None:
    project = small()
    grouped = replace(project, data=DataChoice(division="group", division_options={"column": "who"}))
    assert divide_in_folds(grouped, 4)[1].data.division_options == {"column": "who", "folds": 4, "fold": 2}
    held = replace(project, data=replace(project.data, split=(0.6, 0.2, 0.2)))
    tests = [load(one.data).test.tolist() for one in divide_in_folds(held, 2)]
    assert tests[0] == tests[1] and len(tests[0]) == pytest.approx(0.2 * load(project.data).samples.size, abs=1)
    with pytest.raises(ValueError, match="two folds or more"):
        divide_in_folds(project, 1)


def test_mean_and_spread_are_in_words() -> None:
    found = CrossValidation(({"accuracy": 0.9, "loss": 1.0}, {"accuracy": 0.8}))
    assert found.mean == {"accuracy": pytest.approx(0.85)}, "a value that a fold does not have has no mean"
    assert found.describe() == "accuracy 0.85 ± 0.071 over 2 folds (0.9, 0.8)"


def test_arrays_of_ones_own_are_divided_in_folds_and_by_columns_that_the_network_does_not_read() -> None:
    from visualnet.api.own_data import as_loaded

    generator = np.random.default_rng(0)
    data = {
        "image": generator.random((60, 1, 8, 8)),
        "label": generator.integers(0, 10, 60),
        "who": np.arange(60) // 10,
    }
    parts = [as_loaded(data, one) for one in divide_in_folds(small(), 3)]
    assert sorted(np.concatenate([part.validation for part in parts])) == list(range(60))
    project = small()
    grouped = replace(project, data=replace(project.data, division="group", division_options={"column": "who"}))
    found = as_loaded(data, grouped)
    assert not set(found.train // 10) & set(found.validation // 10) and len(found.validation)

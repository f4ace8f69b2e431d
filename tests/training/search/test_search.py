"""Searches: grid, random and TPE; stopped and gone on with; killed; what does not fit; the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.training.search.tiny_search import RATES, UNITS, search, searched, stop_at
from visualnet.cli.main import main
from visualnet.core import edits
from visualnet.core.project import SearchEntry
from visualnet.core.storage import project_file
from visualnet.training.run_records.annotations import read_annotations
from visualnet.training.run_records.from_log import read_record
from visualnet.training.runs.run_model import read_project, read_run
from visualnet.training.search import charts, journal
from visualnet.training.search import folder as kept
from visualnet.training.search.importance import find_importances
from visualnet.training.search.study import KILLED, Study, counts, find_best
from visualnet.training.search.worker import TrialStarted

GOOD_OR_BAD = SearchEntry(address="lr", choices=(1e-7, 0.1))


def test_a_grid_is_complete_finds_the_better_rate_and_leaves_ordinary_runs(tmp_path: Path) -> None:
    seeds = SearchEntry(address="batch_size", choices=(8, 16))
    trials, ended = search(tmp_path / "s", searched(GOOD_OR_BAD, seeds, method="grid", epochs=3))
    assert ended.reason == "done"
    assert {(trial.values["lr"], trial.values["batch_size"]) for trial in trials} == {
        (rate, size) for rate in (1e-7, 0.1) for size in (8, 16)
    }
    assert all(trial.state == "done" and len(trial.curve) == 3 for trial in trials)
    best = find_best(trials, "max")
    assert best is not None and best.values["lr"] == 0.1
    for trial in trials:
        place = kept.place_of(tmp_path / "s", trial.number)
        run, project = read_run(place), read_project(place)
        assert run.state == "done" and project is not None and project.recipe.lr == trial.values["lr"]
        assert run.epochs[-1].validation["accuracy"] == trial.value == trial.curve[-1][1]
        record = read_record(place)
        assert record.varied == trial.values and record.origin is not None and record.origin.kind == "search"
        assert read_annotations(place).group == "s"


@pytest.mark.wide
def test_a_search_that_is_stopped_and_goes_on_has_the_trials_of_one_that_nobody_stopped(tmp_path: Path) -> None:
    project = searched(method="tpe", trials=12, epochs=2, seed=5)
    whole, _ = search(tmp_path / "whole", project)
    halves = tmp_path / "halves"
    for number in (3, 11):
        trials, ended = search(halves, project, stop_at(number))
        assert ended.reason == "stopped" and trials[-1].state == "paused" and trials[-1].number == number
    trials, ended = search(halves, project)
    assert ended.reason == "done"
    assert [(t.number, t.values, t.value, t.curve, t.state) for t in trials] == [
        (t.number, t.values, t.value, t.curve, t.state) for t in whole
    ]
    assert len({tuple(trial.values.values()) for trial in trials}) == 12
    more = edits.set_search(project, searched(method="tpe", trials=13, seed=5).search)
    trials, _ = search(halves, more)
    assert len(trials) == 13, "with more trials asked for it goes on"
    with pytest.raises(ValueError, match="over other settings"):
        kept.begin(halves, searched(RATES))


@pytest.mark.wide
def test_bad_trials_are_given_up_early_and_what_does_not_fit_is_told(tmp_path: Path) -> None:
    rates = SearchEntry(address="lr", choices=(0.05, 1e-9, 0.06, 0.07, 0.08, 0.09, 1e-8, 1e-7))
    trials, _ = search(
        tmp_path / "a", searched(rates, method="grid", pruning="median", epochs=6, objective="loss", goal="min")
    )
    pruned = [trial for trial in trials if trial.state == "pruned"]
    assert {trial.values["lr"] for trial in pruned} == {1e-8, 1e-7}
    assert all("Given up after epoch" in trial.words and len(trial.curve) < 6 for trial in pruned)

    odd = SearchEntry(address="logits.out_features", choices=(2, 1))
    trials, ended = search(tmp_path / "b", searched(odd, method="grid", epochs=1))
    assert ended.reason == "done" and [trial.state for trial in trials] == ["done", "pruned"]
    assert "make the last layer 2 wide" in trials[1].words
    assert not kept.place_of(tmp_path / "b", 2).exists(), "what cannot be trained leaves no run"


def test_trials_with_numbers_that_become_infinite_are_given_up(tmp_path: Path) -> None:
    rates = SearchEntry(address="lr", choices=(1e6, 0.05))
    # Each step multiplies the weights by 1 - lr * weight_decay: with the first rate they leave float32 within ten steps.
    project = edits.set_recipe(searched(rates, method="grid", epochs=8), optimizer="SGD", weight_decay=0.1)
    trials, ended = search(tmp_path / "s", project)
    assert ended.reason == "done"
    assert [trial.state for trial in trials] == ["pruned", "done"]
    assert "finite" in trials[0].words and trials[0].value is None
    run = read_run(kept.place_of(tmp_path / "s", 1))
    assert run.failed is not None and run.failed.kind == "nonfinite"


def test_successive_halving_goes_on_with_the_best_of_those_that_came_as_far(tmp_path: Path) -> None:
    rates = SearchEntry(address="lr", choices=(0.05, 0.01, 1e-8, 0.04, 0.02, 1e-7, 0.1))
    given = searched(rates, method="grid", epochs=6, objective="loss", goal="min")
    whole, _ = search(tmp_path / "whole", given)
    # The rule as the paper has it, asynchronous: after 1 and 4 epochs a trial goes on if it is among the best quarter of those that came
    # as far, at least one. The first trial is not judged: how long a trial is, is known from it.
    seen: dict[int, list[float]] = {1: [], 4: []}
    lengths = [6]
    for trial in whole[1:]:
        length = 6
        for epoch, value in trial.curve:
            if epoch in seen:
                seen[epoch].append(value)
                if value not in sorted(seen[epoch])[: max(1, len(seen[epoch]) // 4)]:
                    length = epoch
                    break
        lengths.append(length)
    assert min(lengths[1:]) < max(lengths[1:]) == 6, "some are given up, and not all"
    trials, ended = search(tmp_path / "s", edits.set_search(given, replace(given.search, pruning="halving")))
    assert ended.reason == "done"
    assert [len(trial.curve) for trial in trials] == lengths
    assert [trial.state for trial in trials] == ["done" if length == 6 else "pruned" for length in lengths]
    assert all(trial.curve == other.curve[: len(trial.curve)] for trial, other in zip(trials, whole, strict=True))
    assert all("Given up after epoch" in trial.words for trial in trials if trial.state == "pruned")


@pytest.mark.wide
def test_each_trial_is_trained_with_several_seeds_and_their_mean_counts(tmp_path: Path) -> None:
    trials, _ = search(tmp_path / "s", searched(method="random", trials=1, seeds=2))
    values = []
    for seed in (0, 1):
        run = read_run(kept.place_of(tmp_path / "s", 1, seed))
        project = read_project(kept.place_of(tmp_path / "s", 1, seed))
        assert project is not None and project.recipe.seed == seed
        values.append(run.epochs[-1].validation["accuracy"] or 0.0)
    assert trials[0].value == sum(values) / 2


def test_trials_that_fail_are_told_and_three_in_a_row_end_the_search(tmp_path: Path) -> None:
    trials, ended = search(tmp_path / "s", searched(objective="nothing", trials=9))
    assert ended.reason == "failed" and "3 trials in a row" in ended.words
    assert [trial.state for trial in trials] == ["failed"] * 3
    assert "no validation nothing" in trials[0].words and "accuracy" in trials[0].words


def test_the_trial_of_a_killed_process_is_told_as_failed_and_its_values_are_tried_again(tmp_path: Path) -> None:
    folder, project = tmp_path / "s", searched(GOOD_OR_BAD, method="grid", epochs=1)
    kept.begin(folder, project)
    dead = Study(folder)
    with kept.join_search(folder) as name:
        assert dead.ask(name) is not None and kept.count_workers(folder) == 1
        assert Study(folder).ask("a process that is gone") is not None
        assert [trial.state for trial in Study(folder).trials()] == ["running"] * 2, "one that lives is left alone"
    trials, ended = search(folder, project)
    lost = [trial for trial in trials if trial.lost]
    assert ended.reason == "done" and [trial.words for trial in lost] == [KILLED] * 2
    assert sorted(trial.values["lr"] for trial in trials if counts(trial)) == [1e-7, 0.1]
    assert all(trial.state == "done" for trial in trials if counts(trial))
    assert kept.count_workers(folder) == 0


def test_a_torn_line_of_the_journal_is_taken_off_and_a_broken_one_told(tmp_path: Path) -> None:
    folder, project = tmp_path / "s", searched(method="random", trials=2, epochs=1)
    search(folder, project)
    path = folder / kept.JOURNAL
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"op_code":4,"worker_id":"x","stu')
    assert len(Study(folder).trials()) == 2, "who reads leaves it out"
    trials, ended = search(folder, edits.set_search(project, searched(method="random", trials=3, epochs=1).search))
    assert ended.reason == "done" and len(trials) == 3 and path.read_bytes().startswith(whole)
    for broken in (
        b"no journal\n" + whole,
        b'{"op_code":99,"worker_id":"x"}\n' + whole,
        b"[]\n" + whole,
        b"\xff\n\n" + whole,
    ):
        path.write_bytes(broken)
        assert "Move the file away" in _refused(folder)
    path.write_bytes(b"torn")
    assert journal.repair_journal(path) == 4 and path.read_bytes() == b""


def _refused(folder: Path) -> str:
    with pytest.raises(ValueError, match="cannot be read") as told:
        Study(folder)
    return str(told.value)


@pytest.mark.wide
def test_a_search_ends_where_it_is_asked_to_from_elsewhere_or_its_folder_goes(tmp_path: Path) -> None:
    folder, project = tmp_path / "s", searched(method="random", trials=4)

    def hear(message: Any, _control: Any) -> None:
        if isinstance(message, TrialStarted) and message.trial.number == 2:
            kept.ask_to_stop(folder)

    trials, ended = search(folder, edits.set_recipe(project, epochs=300), hear)
    assert ended.reason == "stopped" and [trial.state for trial in trials] == ["done", "paused"]


@pytest.mark.wide
def test_the_importance_of_settings_and_charts_of_what_came_out(tmp_path: Path) -> None:
    trials, _ = search(tmp_path / "s", searched(method="random", trials=10, epochs=1))
    study = Study(tmp_path / "s")
    shares = find_importances(study, trials)
    assert set(shares) == {"lr", "hidden.out_features"} and sum(shares.values()) == pytest.approx(1)
    assert list(shares.values()) == sorted(shares.values(), reverse=True) and next(iter(shares)) == "lr"
    assert find_importances(study, trials[:3]) == {}
    outcome = charts.TrialOutcome(study.spec, study.figure, trials, shares)
    for draw in (charts.draw_best, charts.draw_parallel, charts.draw_slices, charts.draw_importances):
        chart = draw(outcome)
        assert chart is not None and chart.lay_out(600, 400).marks and len(list(chart.rows())) > 2
        assert draw(outcome._replace(trials=[], importances={})) is None
    rows = list(charts.draw_best(outcome).rows())  # type: ignore[union-attr]
    best = [row[2] for row in rows if row[0] == "best so far"]
    assert best == sorted(best) and best[-1] == max(trial.value or 0 for trial in trials)


def test_the_command_line_searches_goes_on_and_writes_the_best(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project_file.save(tmp_path / "p.vnet", edits.set_search(searched(), None))
    folder = tmp_path / "s"
    said = ["search", str(tmp_path / "p.vnet"), "-o", str(folder), "--over", "lr=1e-07,0.1", "--method", "grid"]
    assert main([*said, "--best", str(tmp_path / "best.vnet")]) == 0
    out = capsys.readouterr().out
    assert "2/2  Trial 2: lr 0.1" in out and "Best validation accuracy: Trial 2" in out
    best = project_file.load(tmp_path / "best.vnet")
    assert best.recipe.lr == 0.1 and best.search is not None and best.search.entries[0].choices == (1e-7, 0.1)
    assert main(["search", str(folder), "--json"]) == 0, "the folder itself may be named; all is done there"
    told = json.loads(capsys.readouterr().out)
    assert told["best"]["values"] == {"lr": 0.1} and Path(told["best"]["run"]).is_dir()
    assert len((folder / "trials.csv").read_text().splitlines()) == 3 and (folder / "parallel.svg").exists()
    for wrong, words in (
        (["search", str(tmp_path / "p.vnet")], "--over"),
        (["search", str(tmp_path / "p.vnet"), "--over", "lr=1..0"], "more than 1"),
        ([*said[:-1], "random"], "over other settings"),
        ([*said, "--workers", "1000"], "64 processes"),
    ):
        assert main(wrong) == 2
        assert words in capsys.readouterr().err


def test_units_of_a_layer_are_whole_numbers_within_their_range(tmp_path: Path) -> None:
    trials, _ = search(tmp_path / "s", searched(UNITS, method="random", trials=3, epochs=1))
    assert all(
        isinstance(t.values["hidden.out_features"], int) and 2 <= t.values["hidden.out_features"] <= 9 for t in trials
    )

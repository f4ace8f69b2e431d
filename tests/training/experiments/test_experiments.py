"""Experiments: what is declared can be trained and shows what it claims; stopped ones go on to the same bits; outcomes in words."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from msgspec.structs import replace as changed

from tests.training.experiments.tiny import TINY, at, network, train
from visualnet.analysis import infer
from visualnet.core import edits
from visualnet.core.project import MAIN, Project
from visualnet.data.loading import load
from visualnet.data.registry import fields_or_none
from visualnet.training.events import EpochDone
from visualnet.training.experiments import curves, experiment_folder, results, runner
from visualnet.training.experiments.declare import Claim, ComparedFigure, Experiment, Variant
from visualnet.training.experiments.model import ExperimentModel, read_model
from visualnet.training.experiments.networks import Part, classifier, dense, ids
from visualnet.training.experiments.registry import find_experiment, find_experiments
from visualnet.training.experiments.runner import ExperimentMessage, ExperimentRunStarted, StopControl, TrialEvent
from visualnet.training.experiments.trials import ExperimentTrial, list_trials, name_of, project_of
from visualnet.training.loop.session import Session
from visualnet.training.observations.observation import find_observations
from visualnet.training.observations.subjects import find_subject
from visualnet.training.observe import Observed
from visualnet.training.runs.run_list import list_runs
from visualnet.training.runs.run_model import RunModel

DECLARED = list(find_experiments().values())


@pytest.mark.parametrize("experiment", DECLARED, ids=lambda one: one.name)
def test_every_variant_is_another_network_or_recipe_without_a_problem_and_can_be_looked_at(
    experiment: Experiment,
) -> None:
    found = []
    for variant in range(len(experiment.variants)):
        project = project_of(experiment, ExperimentTrial(variant, 0))
        assert all(project != other for other in found), "two variants are alike"
        found.append(project)
        specs = load(project.data).fields
        analysis = infer(project, None, specs)
        assert not analysis.errors(), [problem.words for problem in analysis.errors()]
        for look in experiment.observations:
            kind = find_observations()[look.observation]
            kind(dict(look.options))
            assert find_subject(kind, analysis, look.at)
    assert experiment.watch and experiment.why and experiment.sources and experiment.claims
    names = [name_of(experiment, trial) for trial in list_trials(experiment, (0, 1))]
    assert len(set(names)) == len(names)
    assert fields_or_none(found[0].data)


def shorten(experiment: Experiment, epochs: int) -> Experiment:
    return replace(experiment, project=lambda: edits.set_recipe(experiment.project(), epochs=epochs), observations=())


def test_zeros_stay_at_guessing_and_he_learns_also_in_a_few_epochs(tmp_path: Path) -> None:
    model = train(shorten(find_experiment("zero-or-he"), 2), tmp_path / "x", (0,))
    zeros, he = (results.cell(model, number).mean for number in (0, 1))
    assert zeros is not None and he is not None
    assert zeros < 0.15 and he > 0.7


@pytest.mark.wide
def test_five_of_each_class_are_enough_for_what_was_learned_before(tmp_path: Path) -> None:
    experiment = find_experiment("transfer")
    assert experiment.axis is not None
    axis = experiment.axis._replace(values=(5.0,))
    model = train(replace(experiment, axis=axis, observations=()), tmp_path / "x", (0,))
    assert all(holds for _, _, holds in results.check_claims(model)), results.table(model)
    frozen = load(project_of(experiment, ExperimentTrial(0, 0)).data)
    assert len(frozen.train) == 50 and len(frozen.validation) == pytest.approx(360, abs=2)


def test_runs_are_ordinary_ones_in_folders_and_are_told_and_kept(tmp_path: Path) -> None:
    model = train(TINY, tmp_path / "x")
    assert model.state == "done" and model.done == 4 and model.share == 1
    assert {info.state for info in list_runs(tmp_path / "x")} == {"done"} and len(list_runs(tmp_path / "x")) == 4
    assert isinstance(model.seen[0, 0], Observed) and isinstance(model.seen[1, 0], Observed)
    assert [claim[2] for claim in results.check_claims(model)] == [True]
    assert results.verdicts(model) == [results.compare(model, 1, 0).describe("validation accuracy")]  # type: ignore[union-attr]
    assert "“fast” and “slow”: no difference that 2 seeds can tell from chance" in results.verdicts(model)[0]
    again = read_model(TINY, tmp_path / "x", TINY.seeds)
    assert list(results.records(again)) == list(results.records(model)) and again.state == "done"
    assert experiment_folder.read(tmp_path / "x").seeds == (0, 1)


@pytest.mark.wide
def test_what_was_stopped_goes_on_to_the_same_bits_and_what_is_done_is_not_trained_again(tmp_path: Path) -> None:
    whole = train(TINY, tmp_path / "whole")

    def stop(message: ExperimentMessage, stop_control: StopControl) -> None:
        if (
            isinstance(message, TrialEvent)
            and isinstance(message.event, EpochDone)
            and message.trial == ExperimentTrial(1, 0)
        ):
            stop_control.stop()

    part = train(TINY, tmp_path / "part", hear=stop)
    assert part.state == "stopped" and part.done == 0
    assert {part.runs[ExperimentTrial(variant, 0)].state for variant in (0, 1)} == {"stopped"}, "both had a turn"
    assert ExperimentTrial(0, 1) not in part.runs, "no other seed has begun"
    train(TINY, tmp_path / "part", (0,))
    begun: list[str] = []
    rest = train(
        TINY,
        tmp_path / "part",
        hear=lambda m, _: begun.append(m.known.state) if isinstance(m, ExperimentRunStarted) else None,
    )
    assert rest.state == "done" and begun == ["done", "done", "waiting", "waiting"]
    for trial in whole.trials:
        assert curves_of(rest.runs[trial]) == curves_of(whole.runs[trial])
    more = train(TINY, tmp_path / "part", (0, 1, 2))
    assert more.done == 6 and experiment_folder.read(tmp_path / "part").seeds == (0, 1, 2)


def curves_of(run: RunModel) -> list[dict[str, float]]:
    """What a run told of its epochs, to the bit."""
    return [
        {**epoch.train, **{f"val_{name}": value for name, value in epoch.validation.items()}} for epoch in run.epochs
    ]


def with_dropout() -> Project:
    """One hidden layer with dropout."""
    hidden = (*dense("hidden", 4), Part("dropout", "drop"))
    return classifier("Dropout", "point", (*hidden, *dense("logits", 2, "")), network().data, network().recipe)


VARIED = replace(
    TINY,
    project=with_dropout,
    variants=(
        Variant("0.5", ""),
        Variant("0.2", "", lambda p: edits.set_params(p, MAIN, ids(p, ["dropout"]), {"p": 0.2})),
        Variant("deterministic", "", lambda p: edits.set_recipe(p, options={"deterministic": True})),
    ),
    claims=(),
    observations=(),
)


def test_variants_take_turns_and_each_comes_to_the_bits_that_it_has_alone(tmp_path: Path) -> None:
    """Dropout draws from torch's generator in every step, and a switch holds for the whole process: neither reaches the others."""
    told: list[ExperimentTrial] = []

    def hear(message: ExperimentMessage, _: StopControl) -> None:
        if isinstance(message, TrialEvent) and isinstance(message.event, EpochDone):
            told.append(message.trial)

    before = torch.are_deterministic_algorithms_enabled(), torch.get_rng_state()
    model = train(VARIED, tmp_path / "x", (0,), hear)
    assert model.state == "done", model.words
    assert [trial.variant for trial in told] == [0, 1, 2] * 4, "epoch by epoch"
    assert torch.are_deterministic_algorithms_enabled() == before[0]
    assert torch.equal(torch.get_rng_state(), before[1]), "who begins an experiment draws on as before"
    for variant in range(3):
        project = project_of(VARIED, ExperimentTrial(variant, 0))
        alone: list[EpochDone] = []
        Session(
            project, load(project.data), lambda e, to=alone: to.append(e) if isinstance(e, EpochDone) else None
        ).run()
        found = model.runs[ExperimentTrial(variant, 0)]
        assert [e.train for e in found.epochs] == [e.train for e in alone]
        assert [e.validation for e in found.epochs] == [e.validation for e in alone]


def test_large_variants_and_translated_ones_are_not_kept_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    projects = {trial: project_of(VARIED, trial) for trial in list_trials(VARIED, (0,))}
    assert [len(round_) for round_ in runner.list_rounds(projects)] == [3]
    monkeypatch.setattr(runner, "MOST_PARAMETERS", 50)  # each has 22
    assert [len(round_) for round_ in runner.list_rounds(projects)] == [2, 1]
    first = next(iter(projects))
    projects[first] = edits.set_recipe(projects[first], options={"compile": True})
    assert [len(round_) for round_ in runner.list_rounds(projects)] == [1, 2]


def test_a_run_whose_numbers_become_infinite_is_an_outcome(tmp_path: Path) -> None:
    wild = replace(
        TINY,
        project=lambda: edits.set_recipe(network(), optimizer="SGD"),
        variants=(Variant("wild", "", at(1e6)), Variant("calm", "", at(0.1))),
        claims=(),
        observations=(),
    )
    model = train(wild, tmp_path / "x")
    assert model.state == "done" and model.failed(ExperimentTrial(0, 0))
    assert results.table(model)[1] == ["wild", "2 diverged"]
    assert results.rank(model)[0] == 1
    assert results.verdicts(model) == ["“calm” learns; “wild” diverges to infinite numbers in all of 2 seeds."]
    again = train(wild, tmp_path / "x")
    assert again.state == "done" and again.failed(ExperimentTrial(0, 0)), "a failed run is not trained again"


class Reached:
    """A model of runs that reached these values: NaN is a run that diverged."""

    def __init__(self, *values: list[float], least: float = 0.0) -> None:
        self.seeds = tuple(range(len(values[0])))
        names = ("first", "second")[: len(values)]
        claims = (Claim("first", "second", least),)
        self.experiment = replace(
            TINY, variants=tuple(Variant(name, "") for name in names), claims=claims, observations=()
        )
        self.values = values

    def score(self, trial: ExperimentTrial, figure: object = None) -> float | None:
        value = self.values[trial.variant][trial.seed]
        return None if math.isnan(value) else value

    def failed(self, trial: ExperimentTrial) -> bool:
        return math.isnan(self.values[trial.variant][trial.seed])


NO = math.nan


@pytest.mark.parametrize(
    ("first", "second", "order", "holds", "words"),
    [
        # One run of the better one diverged: it is no better one, however good the others are.
        ([0.9, 0.91, NO], [0.5, 0.5, 0.5], [1, 0], False, "1 of the runs of “first” diverged, which counts as worse"),
        ([0.9, 0.91, 0.9], [0.5, 0.52, NO], [0, 1], True, "1 of the runs of “second” diverged, which counts as worse"),
        ([0.5, 0.5, 0.5], [0.9, 0.91, NO], [0, 1], True, "no difference that 3 seeds can tell"),
        (
            [NO, 0.9, 0.9],
            [NO, 0.5, 0.5],
            [0, 1],
            False,
            "1 of the runs of “second” and 1 of the runs of “first” diverged",
        ),
        ([NO, NO, NO], [0.5, 0.5, 0.5], [1, 0], False, "“second” learns; “first” diverges"),
        ([NO, NO, NO], [NO, NO, NO], [0, 1], False, "both diverge to infinite numbers in all of 3 seeds"),
        ([NO, 0.5, NO], [0.9, NO, NO], [1, 0], False, "no seed in which both come to an end"),
        ([0.9, 0.91, 0.92], [0.5, 0.51, 0.52], [0, 1], True, "“first” beats “second” in 3 of 3 seeds"),
    ],
)
def test_a_run_that_diverged_is_worse_than_any_value(
    first: list[float], second: list[float], order: list[int], holds: bool, words: str
) -> None:
    model = Reached(first, second)
    assert results.rank(model) == order  # type: ignore[arg-type]
    assert [claim[2] for claim in results.check_claims(model)] == [holds]  # type: ignore[arg-type]
    (verdict,) = results.verdicts(model)  # type: ignore[arg-type]
    assert words in verdict
    better = results.compare(model, *order)  # type: ignore[arg-type]
    assert better is not None and better.seeds == 3
    assert not (better.clear and better.own)


def test_what_cannot_be_trained_ends_in_words_and_another_folder_is_never_mixed_up(tmp_path: Path) -> None:
    broken = replace(
        TINY, variants=(Variant("a", "", lambda p: changed(p, graph=changed(p.graph, wires={}))), *TINY.variants)
    )
    model = train(broken, tmp_path / "a")
    assert model.state == "failed" and model.words
    train(TINY, tmp_path / "b", (0,))
    other = replace(TINY, name="other")
    assert "holds the experiment “tiny”" in train(other, tmp_path / "b").words
    slower = replace(TINY, variants=(Variant("slow", "", at(1e-6)), TINY.variants[1]))
    assert "a run of another network" in train(slower, tmp_path / "b", (0,)).words
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "letter.txt").write_text("mine")
    assert "something else" in train(TINY, tmp_path / "c").words


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1",
        '{"experiment": 3}',
        '{"experiment": "tiny", "seeds": [0, 0]}',
        '{"experiment":"t","seeds":["0"]}',
        "[]" * 40_000,
    ],
)
def test_a_line_that_cannot_be_read_is_refused_in_words(text: str, tmp_path: Path) -> None:
    (tmp_path / experiment_folder.MANIFEST).write_text(text)
    with pytest.raises(ValueError, match="experiment"):
        experiment_folder.read(tmp_path)


def test_curves_are_means_with_bands_over_the_seeds(tmp_path: Path) -> None:
    model = train(replace(TINY, observations=()), tmp_path / "x")
    choices = curves.list_curves(model)
    assert choices[0][:2] == ("accuracy", "validation") and ("loss", curves.BOTH) in [one[:2] for one in choices]
    chart = curves.draw(model, "loss", "train")
    for band, variant in zip(chart.bands, range(2), strict=True):
        runs = [[e.train["loss"] for e in model.runs[ExperimentTrial(variant, seed)].epochs] for seed in (0, 1)]
        assert band.x == (1.0, 2.0, 3.0, 4.0)
        assert band.low == tuple(map(min, zip(*runs, strict=True))) and band.high == tuple(
            map(max, zip(*runs, strict=True))
        )
    assert [band.name for band in curves.draw(model, "loss", curves.BOTH).bands][1] == "slow, validation"
    assert not [b.x for b in curves.draw(ExperimentModel(TINY, (0,)), "loss", "train").bands if b.x]


def test_differences_that_the_seeds_do_not_tell_from_chance_are_said_so() -> None:
    told = results.Difference("a", "b", 3, 2, 0.01, 0.05)
    assert not told.clear and "no difference that 3 seeds can tell from chance" in told.describe("accuracy")
    assert results.Difference("a", "b", 3, 3, 0.1, 0.02).clear
    assert not results.Difference("a", "b", 3, 3, 0.1, 0.05).clear  # all agree, as two in eight do by chance
    assert "may be chance" in results.Difference("a", "b", 1, 1, 0.5, 0.0).describe("accuracy")
    assert "end alike" in results.Difference("a", "b", 2, 0, 0.0, 0.0).describe("accuracy")


@pytest.mark.parametrize("seeds", [2, 3, 5])
def test_variants_that_are_alike_are_seldom_told_apart(seeds: int) -> None:
    """Of three variants that differ by chance alone, any is said to beat another in one of ten experiments at most."""
    rng, wrong, times = np.random.default_rng(seeds), 0, 1000
    for values in rng.normal(size=(times, 3, seeds)):
        gaps = [values[i] - values[j] for i in range(3) for j in range(3) if i != j]
        made = [results.Difference("a", "b", seeds, int((g > 0).sum()), g.mean(), g.std(ddof=1)) for g in gaps]
        wrong += any(one.clear for one in made)
    assert wrong < 0.1 * times


def test_an_experiment_has_variants_and_seeds_that_can_be_told_apart() -> None:
    for fault, words in (
        ({"variants": TINY.variants[:1]}, "2 to 8 variants, not 1"),
        ({"variants": (TINY.variants[0],) * 2}, "names of their own"),
        ({"seeds": (1, 1)}, "each seed is wanted once"),
        ({"seeds": ()}, "not 0"),
    ):
        with pytest.raises(ValueError, match=words):
            replace(TINY, claims=(), **fault)  # type: ignore[arg-type]
    assert ComparedFigure("loss", "train", "min").title == "training loss"


def test_what_came_out_can_be_read_by_programs(tmp_path: Path) -> None:
    model = train(replace(TINY, observations=()), tmp_path / "x", (0,))
    told = json.loads(json.dumps(results.as_json(model)))
    assert [run["variant"] for run in told["runs"]] == ["slow", "fast"] and told["state"] == "done"

"""Training real networks on real data: it learns, repeats itself to the bit, obeys at once and names what went wrong."""

from __future__ import annotations

import itertools
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import numpy as np
import pytest
import torch

from tests.training.nets import chain, lenet, line, points, small
from tests.waiting import linger, until
from visualnet.analysis import infer
from visualnet.analysis.cost.totals import Costs
from visualnet.core import edits
from visualnet.core.project import MAIN, DataChoice, Project, Recipe
from visualnet.core.storage import project_file
from visualnet.data.loading import load
from visualnet.data.registry import DATASETS
from visualnet.layers import LAYERS
from visualnet.resources import resource
from visualnet.templates.index import template_list
from visualnet.training import checkpoints, events
from visualnet.training.control import Control
from visualnet.training.loop import checkpointer, metrics, preflight, session
from visualnet.training.loop.session import Session
from visualnet.training.recipe.live_settings import Setting, describe_change
from visualnet.training.runs.run_model import RunModel, create_run, read_run


def train(project: Project, folder: Path | None = None, control: Control | None = None, **options: Any) -> RunModel:
    model = RunModel("test", folder)
    data = options.pop("data", None) or load(project.data)
    Session(project, data, model.consume, control, folder=folder, **options).run()
    return model


def values(model: RunModel, name: str = "loss") -> list[float]:
    return model.steps[name].values.tolist()


# --- learning ------------------------------------------------------------------------------------------------------


def test_lenet_learns_real_digits_in_two_epochs(tmp_path: Path) -> None:
    model = train(lenet(epochs=2, lr=0.002), tmp_path)
    assert model.state == "done"
    assert model.started is not None
    assert model.started.parameters == 61_706
    assert model.started.sizes == (4000, 1000, 0)
    accuracy = [epoch.validation["score"] for epoch in model.epochs]
    assert accuracy[0] > 0.80
    assert accuracy[1] > 0.90
    assert len(values(model)) == 2 * 63
    assert (tmp_path / "best.safetensors").is_file()


@pytest.mark.parametrize(("optimizer", "lr"), [("SGD", 0.1), ("Adam", 0.01), ("AdamW", 0.01)])
def test_each_optimizer_learns(optimizer: str, lr: float) -> None:
    model = train(small(dropout=0.0, optimizer=optimizer, lr=lr, epochs=5))
    assert model.epochs[-1].validation["score"] > 0.85


def test_momentum_and_nesterov_take_other_steps() -> None:
    ways = ({"momentum": 0.0}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True})
    last = {train(small(optimizer="SGD", lr=0.01, epochs=1, **way)).epochs[-1].train["loss"] for way in ways}
    assert len(last) == 3


def test_a_curve_is_learned_without_a_metric() -> None:
    model = train(line(epochs=60, lr=0.02))
    assert model.epochs[-1].validation["loss"] < 0.1 < model.epochs[0].validation["loss"]


def test_a_perceptron_divides_points_with_binary_cross_entropy() -> None:
    rows = [("linear", {"out_features": 1}), ("sigmoid", {})]
    source, target = (
        ("input", {"field": "point", "size": (2,)}),
        ("target", {"field": "y", "size": (1,), "dtype": "float"}),
    )
    data = DataChoice(name="points", options={"shape": "blobs"})
    model = train(chain(rows, data, Recipe(lr=0.05, epochs=30), source, target, "bce"))
    assert model.epochs[-1].validation["loss"] < 0.1


TEMPLATES = [t.name for t in template_list() if project_file.load(t.path).data.name in DATASETS]
"""Those whose data comes with the program."""


@pytest.mark.few(4)
@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_trains(name: str) -> None:
    project = project_file.load(resource("templates", f"{name}.vnet"))
    control, model = Control(), RunModel()

    def emit(event: events.Event) -> None:
        model.consume(event)
        if model.step >= 4:
            control.stop()

    control.request_probes([((node_id,), port) for node_id, port in _outputs(project)], grid=True)
    Session(project, load(project.data), emit, control).run()
    assert model.failed is None
    assert not model.troubles
    assert model.step >= 4
    assert model.probe_report is not None
    assert all(np.isfinite(array).all() for array in model.probe_report.arrays.values())
    assert len(model.probe_report.arrays) == len(_outputs(project))


def _outputs(project: Project) -> list[tuple[str, str]]:
    facts = infer(project).main.nodes
    return [(i, port) for i, f in facts.items() for port, spec in f.leaving.items() if spec.batched]


def test_the_epochs_mean_is_that_of_its_samples() -> None:
    model = train(small(dropout=0.0, epochs=1))
    sizes = [64] * 22 + [1438 - 64 * 22]
    mean = sum(v * n for v, n in zip(values(model), sizes, strict=True)) / 1438
    assert model.epochs[0].train["loss"] == pytest.approx(mean, rel=1e-12)


def test_the_validation_loss_is_that_of_the_network_at_rest(tmp_path: Path) -> None:
    from visualnet.compiling.module import compile_project
    from visualnet.data.tensors import Tensors

    project = small(epochs=1)
    model, data = train(project, tmp_path), load(project.data)
    compiled = compile_project(project, seed=7)
    checkpoints.load_weights(tmp_path / "best.safetensors", compiled.net)
    compiled.objective.eval()
    tensors = Tensors(data, compiled.fields, torch.device("cpu"))
    with torch.no_grad():
        whole = compiled.objective(*tensors.batch(torch.from_numpy(data.validation)))["loss"].item()
    assert model.epochs[0].validation["loss"] == pytest.approx(whole, rel=1e-5)


def test_without_a_validation_set_training_goes_on() -> None:
    project = small(epochs=2)
    project = msgspec.structs.replace(project, data=msgspec.structs.replace(project.data, split=(1.0, 0.0, 0.0)))
    model = train(project)
    assert model.state == "done"
    assert model.epochs[-1].validation == {}
    assert model.best is not None


def test_the_best_epoch_is_the_one_with_the_least_validation_loss(tmp_path: Path) -> None:
    model = train(small(epochs=8, lr=0.1, dropout=0.6), tmp_path)
    losses = [epoch.validation["loss"] for epoch in model.epochs]
    assert model.started is not None
    assert (model.started.best_by, model.started.best_is) == ("loss", "min")
    assert model.best is not None
    assert model.best.validation["loss"] == min(losses)
    assert model.epochs[-1].best_epoch == losses.index(min(losses)) + 1


def test_the_best_epoch_is_told_by_the_metric_that_the_recipe_names() -> None:
    project = small(epochs=6, lr=0.1)
    name = next(n.name for n in project.graph if LAYERS[n.kind].role == "metric")
    recipe = msgspec.structs.replace(project.recipe, best_by=name)
    model = train(msgspec.structs.replace(project, recipe=recipe))
    assert model.started is not None and model.best is not None
    assert (model.started.best_by, model.started.best_is) == (name, "max")
    assert model.best.validation[name] == max(epoch.validation[name] for epoch in model.epochs)


def test_while_the_metric_stands_still_the_loss_tells_the_best_epoch(tmp_path: Path) -> None:
    """An IoU is 0 until the first mask is found: the first epoch is not the best of those."""
    project = small(epochs=3, lr=1e-7)
    name = next(n.name for n in project.graph if LAYERS[n.kind].role == "metric")
    project = msgspec.structs.replace(project, recipe=msgspec.structs.replace(project.recipe, best_by=name))
    model = train(project, tmp_path)
    assert len({epoch.validation[name] for epoch in model.epochs}) == 1, "this test needs a metric that stands still"
    losses = [epoch.validation["loss"] for epoch in model.epochs]
    assert model.epochs[-1].best_epoch == losses.index(min(losses)) + 1 > 1
    assert checkpoints.read_state(tmp_path / checkpoints.LAST).best_loss == min(losses)


def test_a_recipe_that_names_no_value_says_so_and_takes_the_loss() -> None:
    project = small(epochs=1)
    recipe = msgspec.structs.replace(project.recipe, best_by="gone")
    told: list[events.Event] = []
    project = msgspec.structs.replace(project, recipe=recipe)
    Session(project, load(project.data), told.append).run()
    assert [e.best_by for e in told if isinstance(e, events.Started)] == ["loss"]
    assert any("“gone”" in e.words for e in told if isinstance(e, events.Trouble))


def test_memory_is_told_beside_the_forecast_and_where_it_is_not_measured_so_is_that(tmp_path: Path) -> None:
    project = small(epochs=1)
    model = train(project, tmp_path / "run")
    assert model.memory is not None and model.started is not None
    assert model.memory.forecast == Costs(infer(project), project.recipe.batch_size).whole().training
    measures = model.started.device.startswith("cuda")
    assert (model.memory.peak is not None) == measures
    again = read_run(tmp_path / "run")
    assert again.memory == model.memory


# --- the same again ------------------------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_bits_and_watching_changes_none() -> None:
    control = Control()
    control.request_probes([(("n2",), "y"), (("n5",), "y")], sample=3, budget=1.0, grid=True)
    plain, again, watched = train(small()), train(small()), train(small(), control=control)
    assert watched.probe_report is not None
    assert values(plain) == values(again) == values(watched)
    assert values(plain) != values(train(small(seed=1)))


class Killed(BaseException):
    """Ends a run where it stands, as a kill would: nothing more is written."""


def _killed_at(project: Project, folder: Path, step: int) -> None:
    def emit(event: events.Event) -> None:
        if isinstance(event, events.Steps) and event.step >= step:
            raise Killed

    with pytest.raises(Killed):
        Session(project, load(project.data), emit, folder=folder).run()


@pytest.fixture
def saving_at_every_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "FLUSH_S", 0.0)
    monkeypatch.setattr(checkpointer, "CHECKPOINT_S", 0.0)
    monkeypatch.setattr(checkpointer, "CHECKPOINT_SHARE", 1e9)
    # Bits are at stake here, not the disk; hundreds of checkpoints would wait for it.
    monkeypatch.setattr(checkpoints.os, "fsync", lambda _: None)


@pytest.mark.few(2)
@pytest.mark.usefixtures("saving_at_every_step")
@pytest.mark.parametrize(
    ("optimizer", "step"), [("Adam", 2), ("Adam", 22), ("Adam", 23), ("Adam", 40), ("SGD", 24), ("AdamW", 30)]
)
def test_a_run_that_was_killed_goes_on_to_the_same_bits(tmp_path: Path, optimizer: str, step: int) -> None:
    project = small(optimizer=optimizer, momentum=0.9 if optimizer == "SGD" else 0.0, epochs=2)
    whole = train(project, tmp_path / "whole")
    _killed_at(project, tmp_path / "torn", step)
    assert read_run(tmp_path / "torn").state == "interrupted"
    resumed = train(project, tmp_path / "torn", resume=True)
    assert resumed.started is not None
    assert 0 < resumed.started.step <= step
    assert not resumed.troubles
    model = read_run(tmp_path / "torn")
    assert model.state == "done"
    assert values(model) == values(read_run(tmp_path / "whole")) == values(whole)
    for mine, other in zip(model.epochs, whole.epochs, strict=True):
        assert (mine.train, mine.validation, mine.is_best) == (other.train, other.validation, other.is_best)
    for name in ("best.safetensors", "last/weights.safetensors", "last/optimizer.safetensors"):
        assert (tmp_path / "torn" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()


def test_a_finished_run_can_be_given_more_epochs(tmp_path: Path) -> None:
    longer = train(small(epochs=4))
    train(small(epochs=2), tmp_path)
    train(small(epochs=4), tmp_path, resume=True)
    assert values(read_run(tmp_path)) == values(longer)


def test_resuming_another_network_is_refused(tmp_path: Path) -> None:
    train(small(epochs=1), tmp_path)
    model = train(points(epochs=2), tmp_path, resume=True)
    assert model.failed is not None
    assert "safetensors" in model.failed.words


def test_a_run_that_goes_on_changed_says_so(tmp_path: Path) -> None:
    """Where the numbers cannot be those of an uninterrupted run, it is told; a new learning rate is obeyed."""
    first = small(epochs=1, lr=0.01)
    create_run(first, tmp_path)
    train(first, tmp_path)
    assert not train(small(epochs=2, lr=0.01), tmp_path, resume=True).troubles
    changed = edits.set_recipe(small(epochs=3, lr=0.002), batch_size=50, seed=3)
    relu = next(n.id for n in changed.graph if n.kind == "relu")
    changed = edits.set_node(changed, "", [relu], mode="mute")
    model = train(changed, tmp_path, resume=True)
    (words,) = model.troubles
    assert "seed" in words and "batch" not in words
    told = [describe_change(one) for event in model.changes for one in event.changes]
    assert told == ["learning rate 0.01 → 0.002", "epochs 2 → 3", "batch size 64 → 50"]
    (change,) = model.networks
    assert model.started is not None and change.step == model.started.step
    assert (change.anew, change.gone) == ({}, ())
    assert model.lr.values[-1] == pytest.approx(0.002)


# --- obeying -------------------------------------------------------------------------------------------------------


def _in_thread(project: Project, control: Control, folder: Path | None = None) -> tuple[RunModel, threading.Thread]:
    model = RunModel()
    data = load(project.data)
    run = Session(project, data, model.consume, control, folder=folder).run
    thread = threading.Thread(target=run, name="training under test")
    thread.start()
    return model, thread


def test_stop_is_obeyed_at_once_and_what_was_done_is_kept(tmp_path: Path) -> None:
    control = Control()
    model, project = RunModel("test", tmp_path), lenet(epochs=1000)
    stopped: list[int] = []

    def hear(event: events.Event) -> None:
        model.consume(event)
        if model.step > 5 and not stopped:
            stopped.append(model.step)
            control.stop()

    Session(project, load(project.data), hear, control, folder=tmp_path).run()
    assert model.step <= stopped[0] + 1, "at once is before the next step"
    assert model.state == "stopped"
    assert checkpoints.read_state(tmp_path / "last").step == model.step


def test_a_paused_run_rests_saves_watches_and_goes_on_to_the_same_bits(tmp_path: Path) -> None:
    control = Control()
    project = small(epochs=300)
    model, thread = _in_thread(project, control, tmp_path)
    until(lambda: model.step > 3)
    control.pause()
    until(lambda: model.state == "paused")
    step = model.step
    assert checkpoints.read_state(tmp_path / "last").step == step
    control.request_probes([(("n3",), "y")], sample=2)
    until(lambda: model.probe_report is not None)
    assert model.probe_report is not None
    assert (model.probe_report.step, model.probe_report.sample) == (step, 2)
    linger(0.05)
    assert model.step == step
    control.resume()
    until(lambda: model.state in ("training", "done") and model.step > step)
    control.stop()
    thread.join()
    assert model.state == "stopped"
    plain = train(small(epochs=len(model.epochs) + 1))
    assert values(model) == values(plain)[: len(values(model))]


def test_stopping_ends_a_pause() -> None:
    control = Control()
    model, thread = _in_thread(small(epochs=1000), control)
    control.pause()
    until(lambda: model.state == "paused")
    control.stop()
    thread.join()
    assert model.state == "stopped"


def test_the_learning_rate_can_be_changed_while_it_runs() -> None:
    control = Control()
    model, thread = _in_thread(small(epochs=5000), control)
    until(lambda: model.step > 3)
    control.change({Setting("lr"): 0.0})
    until(lambda: bool(model.lr.last and model.lr.last[1] == 0.0))
    control.stop()
    thread.join()
    with pytest.raises(ValueError, match=r"lr is -1\.0; it must be at least 0"):
        control.change({Setting("lr"): -1.0})


@pytest.mark.wide
def test_progress_tells_the_time_left_and_comes_after_the_time_between_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two tellings lies ``FLUSH_S``, a twentieth of a second; here a clock that goes on by a quarter of it with each look."""
    looks = itertools.count()
    monkeypatch.setattr(session, "time", SimpleNamespace(perf_counter=lambda: next(looks) * session.FLUSH_S / 4))
    got: list[events.Event] = []
    project = small(epochs=100)
    Session(project, load(project.data), got.append).run()
    seconds = next(looks) * session.FLUSH_S / 4
    progress = [e for e in got if isinstance(e, events.Progress)]
    assert progress[-1].step == progress[-1].steps == 100 * 23
    assert len(progress) <= seconds / session.FLUSH_S + 2
    assert sum(e.count for e in got if isinstance(e, events.Steps)) == 100 * 23


# --- what goes wrong -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lazy", [False, True])
def test_the_node_where_the_numbers_go_bad_is_named(lazy: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    # As on a GPU: rows are read only now and then, and the optimizer is held back from the first bad one on.
    if lazy:
        real = metrics.Tally.__init__

        def init(self: metrics.Tally, *args: Any) -> None:
            real(self, *args)
            self.lazy = True

        monkeypatch.setattr(metrics.Tally, "__init__", init)
    rows = [("linear", {"out_features": 8}), ("relu", {}), ("linear", {"out_features": 1})]
    source, target = ("input", {"field": "x", "size": (1,)}), ("target", {"field": "y", "size": (1,), "dtype": "float"})
    recipe = Recipe(optimizer="SGD", lr=1e6, momentum=0.9, epochs=50)
    model = train(chain(rows, DataChoice(name="curve"), recipe, source, target, "mse"))
    assert model.failed is not None
    assert model.failed.kind == "nonfinite"
    assert model.failed.path
    assert model.failed.path[0] in {"n2", "n3", "n4", "n103"}
    assert "step" in model.failed.words
    assert model.failed.step == len(values(model)) + 1
    assert all(v == v for v in values(model))


def test_reading_rows_late_changes_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = train(small(dropout=0.0))
    real = metrics.Tally.__init__

    def init(self: metrics.Tally, *args: Any) -> None:
        real(self, *args)
        self.lazy = True

    monkeypatch.setattr(metrics.Tally, "__init__", init)
    late = train(small(dropout=0.0))
    assert values(late) == values(plain)
    assert late.epochs[-1].validation["loss"] == pytest.approx(plain.epochs[-1].validation["loss"], rel=1e-5)


def test_labels_outside_the_classes_are_refused_before_the_first_step() -> None:
    model = train(small(classes=7))
    assert model.failed is not None
    assert (model.failed.kind, model.failed.path) == ("graph", ("n103",))
    assert "counts from 0 to 9" in model.failed.words
    assert "7 classes" in model.failed.words
    assert not model.steps


def test_labels_that_the_data_themselves_count_further_are_refused_too() -> None:
    """What is declared may be wrong: the numbers that were read are held against the classes as well."""
    project = small(classes=7)
    fault, *_ = preflight.faults(infer(project), load(project.data))
    assert (fault.kind, fault.path) == ("data", ("n103",))
    assert "counts from 0 to 9" in fault.words and "7 classes" in fault.words


def test_a_graph_with_errors_is_refused_with_its_node() -> None:
    project = small()
    wires = {t: s for t, s in project.graph.wires.items() if t.node != "n3"}
    graph = msgspec.structs.replace(project.graph, wires=wires)
    model = train(msgspec.structs.replace(project, graph=graph))
    assert model.failed is not None
    assert (model.failed.kind, model.failed.path) == ("graph", ("n3",))


def test_data_that_lacks_a_field_is_refused() -> None:
    model = train(small(), data=load(DataChoice(name="points")))
    assert model.failed is not None
    assert model.failed.kind == "graph"
    assert "image" in model.failed.words


def test_a_network_without_weights_is_refused() -> None:
    source = ("input", {"size": (1, 8, 8)})
    project = chain([("flatten", {})], DataChoice(name="digits8x8"), Recipe(), source, ("target", {}), "cross_entropy")
    model = train(project)
    assert model.failed is not None
    assert "no node has weights" in model.failed.words


@pytest.mark.parametrize(
    ("recipe", "words"),
    [
        ({"optimizer": "Lion"}, "no optimizer “Lion”"),
        ({"batch_size": 0}, "batch_size is 0"),
        ({"lr": -1.0}, "lr is -1"),
        ({"optimizer": "SGD", "nesterov": True}, "momentum above 0"),
        ({"device": "quantum"}, "no device “quantum”"),
    ],
)
def test_a_recipe_that_cannot_be_is_refused_in_words(recipe: dict[str, Any], words: str) -> None:
    model = train(small(**recipe))
    assert model.failed is not None
    assert words in model.failed.words


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (RuntimeError("the relu has broken"), "error", "the relu has broken"),
        (torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 3 GiB"), "memory", "try 32"),
        (RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory"), "memory", "batch smaller"),
    ],
)
def test_an_exception_in_a_layer_is_told_at_its_node(
    error: Exception, kind: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(torch.nn.Dropout, "forward", broken)
    model = train(small())
    assert model.failed is not None
    assert (model.failed.kind, model.failed.path) == (kind, ("n5",))
    assert words in model.failed.words
    assert "dropout_3" in model.failed.words
    assert "Traceback" in model.failed.traceback


def test_where_weights_take_the_memory_no_smaller_batch_is_advised(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 3 GiB")

    project = small(batch_size=8)
    project = edits.set_params(project, MAIN, [project.graph.named("linear_1").id], {"out_features": 50_000})
    monkeypatch.setattr(torch.optim.Adam, "step", full)
    model = train(project)
    assert model.failed is not None and model.failed.kind == "memory"
    assert "“linear_1” (3,250,000 parameters)" in model.failed.words and "batch" not in model.failed.words
    assert model.failed.path == (project.graph.named("linear_1").id,)


def test_nothing_of_a_failed_run_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    import gc
    import weakref

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("broken")

    project = small()
    monkeypatch.setattr(torch.nn.Dropout, "forward", broken)
    run = Session(project, load(project.data), lambda _: None)
    assert run.run() == "failed"
    parameter = weakref.ref(next(run.model.net.parameters()))  # type: ignore[union-attr]
    del run
    gc.collect()
    assert parameter() is None


def test_a_disk_that_takes_no_more_does_not_end_the_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(checkpoints, "_save", full)
    model = train(small(), tmp_path)
    assert model.state == "done"
    assert any("No space left" in words for words in model.troubles)
    assert not (tmp_path / "last").exists()
    assert not list(tmp_path.glob(".last-*"))


def test_a_folder_that_cannot_be_written_is_told_and_training_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file, where a folder is wanted")
    model = train(small(), tmp_path / "file" / "run")
    assert model.state == "done"
    assert any("can no longer be written" in words for words in model.troubles)

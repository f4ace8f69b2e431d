"""The training thread as the window holds it: it starts, obeys, fails with words, is recorded and goes on."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from tests.app.training_rig import Rig, small, template
from tests.waiting import linger
from visualnet.app.services import runner as runner_module
from visualnet.app.services.run import run_browser
from visualnet.app.services.runner import Runner
from visualnet.app.state.runner_protocol import RunnerProtocol
from visualnet.core.document import Document
from visualnet.core.edits import remove, set_params, set_recipe
from visualnet.core.process.crash_handler import ErrorReport
from visualnet.core.project import MAIN, DataChoice
from visualnet.training.runs import run_history as history


@pytest.fixture
def rig(qtbot: QtBot) -> Iterator[Rig]:
    made = Rig(small())
    yield made
    made.runner.close()


def test_a_run_is_trained_and_recorded_but_is_no_step_to_undo(rig: Rig, qtbot: QtBot) -> None:
    rig.train(qtbot)
    assert rig.states == ["starting", "running", "idle"]
    (run,) = rig.studio.project.runs
    assert (run.state, run.epochs) == ("done", 2)
    assert run.summary["validation_loss"] == min(rig.runner.model.validation["loss"].values)
    assert history.text(run, "device").startswith(("CPU", "GPU", "Apple"))
    assert rig.studio.document.undo_label == ""
    assert not rig.failures


def test_run_history_survives_saving(rig: Rig, qtbot: QtBot, tmp_path: Path) -> None:
    rig.train(qtbot)
    rig.studio.document.save(tmp_path / "net.vnet")
    again = Rig(Document.open(tmp_path / "net.vnet").project)
    try:
        again.runner.prepare()
        again.until(qtbot, lambda: again.runner.model is not None)
        assert again.runner.model.step == rig.runner.model.step
        assert list(again.runner.model.steps["loss"].values) == list(rig.runner.model.steps["loss"].values)
    finally:
        again.runner.close()


def test_pause_resume_stop_and_go_on(rig: Rig, qtbot: QtBot) -> None:
    rig.studio.do("", lambda p: set_recipe(p, epochs=1_000_000))
    rig.runner.start()
    rig.until(qtbot, lambda: rig.runner.state == "running" and rig.runner.model.step > 20)
    rig.runner.pause()
    rig.until(qtbot, lambda: rig.runner.state == "paused")
    assert rig.runner.can_resume()
    step = rig.runner.model.step
    linger(0.12)
    assert rig.runner.model.step == step
    rig.runner.resume()
    rig.until(qtbot, lambda: rig.runner.model.step > step)
    rig.runner.stop()
    rig.until(qtbot, lambda: not rig.runner.busy)
    stopped = rig.runner.model.step
    assert rig.studio.project.runs[0].state == "stopped"
    assert rig.runner.can_resume()
    assert rig.runner.resume()
    rig.until(qtbot, lambda: rig.runner.state == "running" and rig.runner.model.step > stopped)
    rig.runner.finish()
    assert rig.runner.state == "idle"
    assert len(rig.studio.project.runs) == 1
    steps = rig.runner.model.steps["loss"].steps
    assert list(steps) == list(range(1, len(steps) + 1))


def test_closing_while_it_trains_ends_the_thread_and_records_it(qtbot: QtBot) -> None:
    rig = Rig(small(epochs=1_000_000))
    rig.runner.start()
    rig.until(qtbot, lambda: rig.runner.state == "running")
    rig.runner.close()
    assert not [t for t in threading.enumerate() if t.name == "training"]
    assert rig.studio.project.runs[0].state == "stopped"


def test_the_learning_rate_acts_while_it_runs_and_can_be_undone(rig: Rig, qtbot: QtBot) -> None:
    rig.studio.do("", lambda p: set_recipe(p, epochs=1_000_000))
    rig.runner.start()
    rig.until(qtbot, lambda: rig.runner.state == "running")
    before = rig.studio.project.recipe.lr
    rig.studio.do("Set lr", lambda p: set_recipe(p, lr=0.0123))
    rig.until(qtbot, lambda: rig.runner.model.lr.last is not None and rig.runner.model.lr.last[1] == 0.0123)
    rig.studio.document.undo()
    rig.until(qtbot, lambda: rig.runner.model.lr.last[1] == before)


def test_why_training_cannot_start(rig: Rig) -> None:
    assert rig.runner.why_not() == ""
    studio = rig.studio
    (loss,) = [f.node.id for f in studio.analysis.main.sinks("loss")]
    studio.do("", lambda p: remove(p, MAIN, [loss]))
    assert "loss" in rig.runner.why_not()
    assert not rig.runner.start()
    assert rig.said[-1] == ("error", rig.runner.why_not())
    studio.document.undo()
    studio.do("", lambda p: set_recipe(p, optimizer="SGD", nesterov=True, momentum=0.0))
    assert "momentum" in rig.runner.why_not()
    studio.document.undo()
    assert rig.runner.why_not() == ""


def test_labels_that_do_not_fit_are_told_before_training(qtbot: QtBot) -> None:
    rig = Rig(template("lenet5", epochs=1))
    try:
        rig.runner.prepare()
        rig.until(qtbot, lambda: rig.runner.probes.data is not None)
        logits = rig.studio.graph.named("logits").id
        rig.studio.do("", lambda p: set_params(p, MAIN, [logits], {"out_features": 7}))
        assert "7 classes" in rig.runner.why_not()
    finally:
        rig.runner.close()


def test_a_failure_comes_as_words_and_the_window_lives_on(rig: Rig, qtbot: QtBot) -> None:
    rig.studio.do("", lambda p: set_recipe(p, epochs=2))
    rig.studio.do("", lambda p: replace(p, recipe=replace(p.recipe, device="nowhere")))
    assert rig.runner.start(), rig.said
    rig.until(qtbot, lambda: bool(rig.failures) and not rig.runner.busy)
    assert "nowhere" in rig.failures[0][0]
    assert rig.studio.runtime_problem is not None
    assert rig.studio.project.runs[-1].state == "failed"
    rig.studio.do("", lambda p: set_recipe(p, lr=0.01, device="cpu", epochs=1))
    rig.train(qtbot)
    assert rig.studio.runtime_problem is None
    assert rig.runner.model.state == "done"


def test_a_fault_in_another_thread_is_told(rig: Rig, qtbot: QtBot) -> None:
    with qtbot.waitSignal(rig.runner.faulted) as told:
        rig.runner.mailbox.put(ErrorReport("thread", "ValueError: x", "Traceback …", "somewhere"))
    assert told.args == ["ValueError: x", "Traceback …"]


def test_ghosts_come_and_go(rig: Rig, qtbot: QtBot) -> None:
    rig.train(qtbot)
    rig.train(qtbot)
    first = rig.studio.project.runs[0].id
    rig.runner.show_ghost(first, True)
    rig.until(qtbot, lambda: first in rig.runner.ghosts)
    rig.runner.show_ghost(first, False)
    assert rig.runner.ghosts == {}


def test_the_run_in_front_stays_beneath_the_next_one_if_that_was_asked(rig: Rig, qtbot: QtBot) -> None:
    rig.train(qtbot)
    (first,) = rig.studio.project.runs
    rig.runner.show_ghost(first.id, True)
    curves = rig.runner.model
    assert rig.runner.ghosts == {first.id: curves} and rig.runner.run_colors == {first.id: 0}
    epochs = rig.studio.project.recipe.epochs
    rig.studio.do("More epochs", lambda p: set_recipe(p, epochs=epochs + 1))
    assert rig.runner.resume()
    rig.until(qtbot, lambda: not rig.runner.busy)
    rig.train(qtbot)
    second = rig.studio.project.runs[1]
    assert list(rig.runner.ghosts) == [first.id]
    assert len(rig.runner.ghosts[first.id].epochs) == epochs + 1, "with what it did after it was ticked"
    assert rig.runner.run_colors == {first.id: 0, second.id: 1}, "a run keeps its colour"
    rig.runner.show_ghost(first.id, False)
    assert rig.runner.run_colors == {second.id: 0}


def test_a_record_that_cannot_be_read_is_told(rig: Rig, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_folder: Path) -> None:
        raise OSError("the disk is gone")

    rig.train(qtbot)
    rig.train(qtbot)
    monkeypatch.setattr(run_browser, "read_run", fail)
    rig.runner.show_ghost(rig.studio.project.runs[0].id, True)
    rig.until(qtbot, lambda: bool(rig.said))
    assert rig.said == [("warning", "The record of the run cannot be read: the disk is gone")]
    assert rig.runner.ghosts == {}


def test_a_run_goes_on_behind_another_document_and_shows_nothing_of_itself_there(rig: Rig, qtbot: QtBot) -> None:
    rig.studio.do("", lambda p: set_recipe(p, epochs=1_000_000))
    rig.runner.start()
    rig.until(qtbot, lambda: rig.runner.state == "running")
    old, model, other = rig.studio.document, rig.runner.model, Document(small())
    rig.studio.open(other)
    assert rig.runner.state == "idle" and not rig.runner.busy
    assert rig.runner.model is None and rig.runner.run is None
    assert other.project.runs == ()
    assert rig.runner.elsewhere is old and rig.runner.state_of(old) == "running"
    step = model.step
    rig.until(qtbot, lambda: model.step > step)
    told: list[bool] = []
    rig.runner.occupied.connect(lambda: told.append(True))
    rig.runner.pause()
    rig.runner.stop()
    assert not rig.runner.start() and told == [True]
    assert rig.runner.state_of(old) == "running", "the control of the run in front moves none behind"
    rig.studio.open(old)
    assert rig.runner.state == "running" and rig.runner.model is model and rig.runner.elsewhere is None
    rig.studio.open(other)
    rig.runner.close_document(old)
    assert old.project.runs[0].state == "stopped" and rig.runner.elsewhere is None
    assert other.project.runs == ()


def test_a_run_that_ends_behind_is_there_when_its_document_comes_back(rig: Rig, qtbot: QtBot) -> None:
    rig.studio.do("", lambda p: set_recipe(p, epochs=3))
    rig.runner.start()
    old = rig.studio.document
    rig.studio.open(Document(small()))
    rig.until(qtbot, lambda: rig.runner.elsewhere is None)
    assert old.project.runs[0].state == "done" and rig.runner.model is None
    rig.studio.open(old)
    assert rig.runner.run.id == old.project.runs[0].id
    assert len(rig.runner.model.epochs) == 3 and rig.runner.state == "idle"


def test_a_failure_behind_is_kept_for_its_document(rig: Rig, qtbot: QtBot) -> None:
    rig.studio.do("", lambda p: replace(p, recipe=replace(p.recipe, device="nowhere")))
    assert rig.runner.start(), rig.said
    old = rig.studio.document
    rig.studio.open(Document(small()))
    rig.until(qtbot, lambda: bool(rig.failures) and rig.runner.elsewhere is None)
    assert rig.studio.runtime_problem is None
    assert old.project.name in rig.failures[0][0]
    assert rig.runner.state_of(old) == "failed"
    rig.studio.open(old)
    assert rig.studio.runtime_problem is not None


def test_looking_without_training(rig: Rig, qtbot: QtBot) -> None:
    import torch  # noqa: F401  # what the window does in the background

    node = next(i for i, f in rig.studio.analysis.main.nodes.items() if f.weights)
    port = next(iter(rig.studio.analysis.main.nodes[node].outputs))
    rig.runner.request_probes("test", [((node,), port)])
    rig.until(qtbot, lambda: rig.runner.probes.seen is not None)
    seen = rig.runner.probes.seen
    assert seen.arrays[((node,), port)].shape == (1,)
    assert not rig.runner.probes.trained
    rig.runner.probes.set_sample(5)
    rig.until(qtbot, lambda: rig.runner.probes.seen is not seen and rig.runner.probes.seen.sample == 5)


def test_nothing_of_torch_is_imported_to_begin_with() -> None:
    words = "import sys, visualnet.app.services.runner, visualnet.app.features.training.panel, visualnet.app.features.runs.panel, "
    words += "visualnet.app.features.feature_maps.panel, visualnet.app.features.attention.panel, visualnet.app.shell.bars.status_bar; "
    words += "sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", words], check=False, timeout=60).returncode == 0


def test_unknown_data_is_told_in_words(rig: Rig) -> None:
    rig.studio.do("", lambda p: replace(p, data=DataChoice(name="no_such_data")))
    assert rig.runner.why_not() != ""


def test_the_runner_is_what_panels_are_promised(rig: Rig) -> None:
    """The Studio holds it by `RunnerProtocol`; what panels use of it is there, with the same words to call it by."""
    promised = {n: v for n, v in vars(RunnerProtocol).items() if inspect.isfunction(v) and not n.startswith("_")}
    assert {"start", "resume", "request_probes", "attach"} <= promised.keys()
    for name, method in promised.items():
        assert inspect.signature(getattr(Runner, name)) == inspect.signature(method), name
    named = {*RunnerProtocol.__annotations__, *(n for n, v in vars(RunnerProtocol).items() if isinstance(v, property))}
    assert [name for name in named if not hasattr(rig.runner, name)] == []


def test_nothing_guesses_at_what_the_runner_has() -> None:
    """Panels ask `studio.runner` by name, so that a change of it is found by reading and by the checker."""
    app = Path(runner_module.__file__).parents[1]
    guesses = [
        path.name for path in app.rglob("*.py") if re.search(r"getattr\([^()]*\brunner\b", path.read_text("utf-8"))
    ]
    assert guesses == []


def test_panels_use_only_what_is_promised() -> None:
    app = Path(runner_module.__file__).parents[1]
    promised = {*RunnerProtocol.__annotations__, *vars(RunnerProtocol)}
    used = {
        (path.name, name)
        for path in (app / "features").rglob("*.py")
        for name in re.findall(r"(?:self|studio)\.runner\.(\w+)", path.read_text("utf-8"))
    }
    assert used and {(path, name) for path, name in used if name not in promised} == set()

"""Training from the command line: options, exit codes, lines of JSON and lines for people."""

from __future__ import annotations

import dataclasses
import functools
import io
import json
import os
import signal
import threading
from pathlib import Path

import msgspec
import pytest

from tests.training.gan import gan
from tests.training.nets import small
from visualnet.core import edits
from visualnet.core.project import DataChoice
from visualnet.training import events
from visualnet.training.console import TrainOptions, parse_data, train
from visualnet.training.runs import run_list, run_model
from visualnet.training.terminal.printer import RunPrinter


def test_a_run_in_json_is_one_event_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = TrainOptions(epochs=2, lr=0.01, batch_size=32, seed=4, device="cpu", run=tmp_path / "r", json=True)
    assert train(small(), options) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines if line["event"] in ("started", "epoch", "finished")] == [
        "started",
        "epoch",
        "epoch",
        "finished",
    ]
    assert lines[0]["batch_size"] == 32
    assert (tmp_path / "r" / "project.vnet").is_file()
    from visualnet.core.storage import project_file

    saved = project_file.load(tmp_path / "r" / "project.vnet")
    assert (saved.recipe.epochs, saved.recipe.lr, saved.recipe.seed, saved.data.seed) == (2, 0.01, 4, 4)


def test_a_run_without_a_folder_is_kept_among_the_users_and_the_newest_can_be_resumed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert train(small(), TrainOptions(resume=True)) == 2
    assert "can be resumed" in capsys.readouterr().err
    assert train(small(epochs=1), TrainOptions()) == 0
    (info,) = run_list.list_runs()
    assert "epoch 1/1" in capsys.readouterr().out
    assert train(small(), TrainOptions(epochs=2, run=info.folder, resume=True)) == 0
    assert "from step 23 on" in capsys.readouterr().out


def test_wrong_use_is_told_and_ends_with_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    train(small(epochs=1), TrainOptions(run=tmp_path))
    cases = [
        (TrainOptions(run=tmp_path), "already holds a run"),
        (TrainOptions(run=tmp_path / "none", resume=True), "no run in"),
        (TrainOptions(data="cifar"), "no data set"),
        (TrainOptions(data="points:n"), "option=value"),
        (TrainOptions(epochs=0), "epochs is 0"),
        (TrainOptions(lr=-3.0), "lr is -3"),
        (TrainOptions(device="abacus", run=tmp_path / "new"), "there is no device “abacus” here"),
        (TrainOptions(data="points:n=-1", run=tmp_path / "new"), "n"),
    ]
    for options, words in cases:
        capsys.readouterr()
        assert train(small(), options) == 2
        assert words in capsys.readouterr().err
    assert not (tmp_path / "new").exists(), "what is refused leaves no folder behind"


def test_resume_leaves_the_project_of_the_run_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = tmp_path / "r"
    train(small(epochs=1), TrainOptions(run=run))
    before = (run / "project.vnet").read_bytes()
    assert train(small(optimizer="SGD"), TrainOptions(run=run, resume=True)) == 1, "another optimizer’s state"
    assert (run / "project.vnet").read_bytes() == before
    capsys.readouterr()
    assert train(small(), TrainOptions(epochs=2, batch_size=16, run=run, resume=True)) == 0, "and it can still go on"
    told = capsys.readouterr().out
    assert "step 23: epochs 1 → 2" in told and "batch size 64 → 16" in told
    assert train(small(), TrainOptions(epochs=3, run=run, resume=True)) == 0
    told = capsys.readouterr().out
    assert "  changed at step 23: " in told and "batch size 64 → 16" in told, "what was changed before"
    assert "epoch 3/3" in told
    assert (run / "project.vnet").read_bytes() == before


def test_a_file_of_a_newer_version_can_be_trained(tmp_path: Path) -> None:
    newer = msgspec.structs.replace(small(epochs=1), readonly="it was written by a newer VisualNet")
    assert train(newer, TrainOptions(run=tmp_path / "r")) == 0
    assert (tmp_path / "r" / "project.vnet").is_file()


def test_a_network_that_cannot_be_trained_ends_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert train(small(classes=3), TrainOptions(run=tmp_path)) == 1
    assert "failed: “label” of the data set “digits8x8” counts from 0 to 9" in capsys.readouterr().out


def test_data_can_be_chosen_with_options() -> None:
    base = DataChoice(name="points", options={"noise": 0.2}, split=(0.7, 0.3, 0.0))
    found = parse_data("points:shape=spiral,n=300", base)
    assert found.options == {"noise": 0.2, "shape": "spiral", "n": 300}
    assert found.split == base.split
    assert parse_data("mnist5k", base).options == {}


def test_ctrl_c_stops_in_good_order(tmp_path: Path) -> None:
    got: list[events.Event] = []

    def emit(event: events.Event) -> None:
        got.append(event)
        if isinstance(event, events.EpochDone) and event.epoch == 2:
            os.kill(os.getpid(), signal.SIGINT)

    assert threading.current_thread() is threading.main_thread()
    before = signal.getsignal(signal.SIGINT)
    assert train(small(epochs=100_000), TrainOptions(run=tmp_path), emit) == 130
    assert signal.getsignal(signal.SIGINT) == before
    assert run_model.read_run(tmp_path).state == "stopped"
    assert (tmp_path / "last" / "state.json").is_file()


def test_weights_that_cannot_be_written_are_not_said_to_be_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise RuntimeError("Error while serializing: I/O error: No space left on device (os error 28)")

    monkeypatch.setattr("visualnet.training.checkpoints.save_file", full)
    assert train(small(epochs=1), TrainOptions(run=tmp_path / "r")) == 2
    told = capsys.readouterr()
    assert "cannot be saved" in told.out and "(No space left on device)" in told.out and "not kept" in told.out
    assert "kept in" not in told.out and "Training goes on" not in told.out
    assert "could not be written" in told.err
    monkeypatch.undo()
    assert train(small(epochs=1), TrainOptions(run=tmp_path / "r", resume=True)) == 0
    told = capsys.readouterr()
    assert "it begins anew" in told.out and "kept in" in told.out


def test_a_folder_that_cannot_be_made_is_told_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert train(small(), TrainOptions(run=tmp_path / "file" / "r")) == 2
    words = capsys.readouterr().err
    assert "the run cannot be kept in" in words and "not a directory" in words and "Errno" not in words


def test_a_terminal_gets_a_bar_that_is_wiped_before_each_line() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    printer = RunPrinter(out)
    progress = {"steps": 10, "epochs": 2, "samples_per_s": 1234.0, "eta_s": 75.0}
    printer(events.Progress(step=5, epoch=0, **progress))  # type: ignore[arg-type]
    printer(events.Trouble(words="the disk is full"))
    text = out.getvalue()
    assert " 50 %" in text
    assert "1 min 15 s left" in text
    assert text.endswith(" \rthe disk is full\n")


def test_memory_is_told_where_it_was_measured() -> None:
    out = io.StringIO()
    printer = RunPrinter(out)
    printer(events.Memory(step=9, device="cpu", peak=None, forecast=2_000_000))
    assert out.getvalue() == ""
    printer(events.Memory(step=9, device="cuda", peak=1_500_000, forecast=2_000_000))
    assert out.getvalue() == "memory 1.43 MiB at most, 1.91 MiB forecast\n"


def test_several_learners_are_told_one_by_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = gan({"steps": 2}, {"lr": 0.01}, epochs=1)
    assert train(project, TrainOptions(lr=0.5, run=tmp_path / "run")) == 0
    told = capsys.readouterr().out
    assert "discriminator: Adam, learning rate 0.5, 2 steps a round" in told
    assert "generator: Adam, learning rate 5, 1 step a round" in told
    assert "discriminator loss " in told
    assert "generator loss " in told


def test_a_run_whose_network_has_changed_goes_on_and_says_what_begins_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project, options = small(), TrainOptions(epochs=1, run=tmp_path / "r", device="cpu")
    assert train(project, options) == 0
    again = msgspec.structs.replace(project, graph=small(classes=12).graph)
    capsys.readouterr()
    assert train(again, dataclasses.replace(options, epochs=2, resume=True)) == 0
    told = capsys.readouterr().out
    assert "step 23: the network was changed: linear_4 begins anew; 1 other layer keeps what it learned\n" in told
    assert "epoch 2/2" in told
    assert run_model.read_project(tmp_path / "r").graph.nodes == again.graph.nodes  # type: ignore[union-attr]
    no_bias = {n.id: {"bias": False} for n in again.graph if n.kind == "linear"}
    other = functools.reduce(lambda p, n: edits.set_params(p, "", [n], no_bias[n]), no_bias, again)
    assert train(other, dataclasses.replace(options, epochs=3, resume=True)) == 1
    assert "nothing would be left of what the network has learned: that is a new training" in capsys.readouterr().out

"""Runs on data that are decoded while they train: the same bits, whoever reads; stops, torn files and drives that vanish."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from tests.data.file_sources import CLASSES, EDGE, FolderSamples, folder_source, write_folder
from tests.training.nets import chain
from tests.training.test_session import train, values
from visualnet.core.project import DataChoice, Project, Recipe
from visualnet.data import loading
from visualnet.data.loading import load
from visualnet.data.samples import ArraySamples
from visualnet.data.tensors import Tensors
from visualnet.training import checkpoints
from visualnet.training.control import Control
from visualnet.training.runs.run_list import list_runs
from visualnet.training.runs.run_model import create_run


@pytest.fixture(autouse=True)
def _source() -> Iterator[None]:
    with folder_source():
        yield


def small_net(data: DataChoice, options: dict[str, Any] | None = None, **recipe: Any) -> Project:
    rows = [
        ("flatten", {}),
        ("linear", {"out_features": 16}),
        ("dropout", {"p": 0.2}),
        ("linear", {"out_features": CLASSES}),
    ]
    told = Recipe(**{"epochs": 3, "batch_size": 7, "options": options or {}, **recipe})
    source, target = ("input", {"size": (1, EDGE, EDGE)}), ("target", {})
    return chain(rows, data, told, source, target, "cross_entropy", "accuracy")


def forget() -> None:
    """Read everything from its files again."""
    loading._kept.clear()
    loading._prepared.clear()


def test_losses_are_those_of_data_in_memory_whatever_is_kept_and_however_many_read(tmp_path: Path) -> None:
    choice = write_folder(tmp_path / "a")
    loaded = load(choice)
    every = np.arange(loaded.samples.size)
    arrays = {name: loaded.fetch(every, (name,))[name].copy() for name in ("image", "label")}
    wanted = values(train(small_net(choice), data=loaded._replace(samples=ArraySamples(arrays))))
    for options in ({}, {"data_cache": 0, "data_workers": 1}, {"data_cache": 0, "data_workers": 3}):
        forget()
        run = train(small_net(choice, options))
        assert run.state == "done", (options, run.failed)
        assert values(run) == wanted, options


@pytest.mark.parametrize("options", [{"data_cache": 0, "data_workers": 3}, {}])
def test_a_run_goes_on_bit_by_bit_from_the_middle_of_an_epoch(
    tmp_path: Path, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = small_net(write_folder(tmp_path / "a"), options)
    whole = values(train(project))
    control = Control()
    folder = create_run(project, tmp_path / "run")
    forget()
    draw = Tensors.training_batch

    def draw_and_stop(self: Tensors, index: Any, step: int) -> Any:
        found = draw(self, index, step)
        if step == 9:
            control.stop()
        return found

    with monkeypatch.context() as patch:
        patch.setattr(Tensors, "training_batch", draw_and_stop)
        model = train(project, folder, control)
    assert model.state == "stopped" and len(values(model)) == 10 < len(whole)
    assert checkpoints.read_state(folder / "last").position == 3
    forget()
    second = train(project, folder, resume=True)
    assert values(model) + values(second) == whole


def test_a_torn_file_is_left_out_in_every_epoch_and_after_it_was_mended_too(tmp_path: Path) -> None:
    choice = write_folder(tmp_path / "a")
    torn = int(load(choice).train[5])
    forget()
    file = tmp_path / "a" / f"{torn}.npy"
    good = file.read_bytes()
    file.write_bytes(b"torn")
    project = small_net(choice, {"data_cache": 0})
    folder = create_run(project, tmp_path / "run")
    short = replace(project, recipe=replace(project.recipe, epochs=2))
    data = load(choice)
    whole = train(project, data=data)
    assert [w for w in whole.troubles if "left out" in w] == [
        f"sample {torn} is left out, for it cannot be read: {torn}.npy: it is torn"
    ]
    assert whole.state == "done"
    first = train(short, folder, data=data)
    assert list(checkpoints.read_state(folder / "last").left_out) == [torn]
    file.write_bytes(good)
    second = train(project, folder, data=data, resume=True)
    assert values(first) + values(second) == values(whole), "a sample came back in the middle of a run"


@pytest.mark.parametrize("options", [{"data_cache": 0, "data_workers": 2}, {}])
def test_batches_of_torn_files_alone_do_not_end_a_run(tmp_path: Path, options: dict[str, Any]) -> None:
    """In batches of one and two samples a torn file is a batch of which nothing can be read; here every third is."""
    choice = write_folder(tmp_path / "a")
    data = load(choice)
    torn = sorted([*data.train[:16], *data.validation[:4]])
    forget()
    for sample in torn:
        (tmp_path / "a" / f"{sample}.npy").write_bytes(b"torn")
    project = small_net(choice, options, batch_size=1, epochs=2)
    folder = create_run(project, tmp_path / "run")
    run = train(project, folder)
    assert run.state == "done", run.failed
    assert sorted(checkpoints.read_state(folder / "last").left_out) == torn
    assert len(values(run)) == 2 * len(data.train), "others are drawn in their place"
    assert len([words for words in run.troubles if "left out" in words]) == len(torn)
    stopped = train(small_net(choice, {**options, "unreadable": "stop"}, batch_size=1, epochs=2))
    assert stopped.failed is not None and stopped.failed.kind == "unreadable"


def test_a_run_may_stop_at_the_first_torn_file(tmp_path: Path) -> None:
    choice = write_folder(tmp_path / "a")
    (tmp_path / "a" / f"{load(choice).train[5]}.npy").write_bytes(b"torn")
    forget()
    run = train(small_net(choice, {"unreadable": "stop"}))
    assert run.state == "failed" and run.failed is not None and run.failed.kind == "unreadable"
    assert "it is torn" in run.failed.words and "leave out" in run.failed.words


def test_where_the_drive_vanishes_the_run_ends_with_its_state_kept_and_goes_on_when_it_is_back(tmp_path: Path) -> None:
    choice = write_folder(tmp_path / "a")
    project = small_net(choice, {"data_cache": 0, "data_workers": 2})
    folder = create_run(project, tmp_path / "run")
    whole = values(train(project))
    data = load(choice)
    raw = data.samples.samples  # type: ignore[attr-defined]
    assert isinstance(raw, FolderSamples)
    left = [40]

    def vanish(sample: int) -> None:
        left[0] -= 1
        if left[0] == 0:
            shutil.move(tmp_path / "a", tmp_path / "elsewhere")

    raw.before = vanish
    first = train(project, folder, data=data)
    assert first.state == "failed" and first.failed is not None and first.failed.kind == "unreadable"
    assert "bring the files or their drive back" in first.failed.words
    state = checkpoints.read_state(folder / "last")
    assert state.step == len(values(first)) and not state.left_out
    (info,) = list_runs(tmp_path)
    assert info.resumable
    shutil.move(tmp_path / "elsewhere", tmp_path / "a")
    assert values(first) + values(train(project, folder, resume=True, data=data)) == whole


def test_a_run_stops_though_a_sample_never_comes(tmp_path: Path) -> None:
    data = load(replace(write_folder(tmp_path / "a"), normalise=False))
    asked, release = threading.Event(), threading.Event()

    def hang(sample: int) -> None:
        asked.set()
        release.wait(60)

    data.samples.samples.before = hang  # type: ignore[attr-defined]
    control = Control()
    runs: list[Any] = []
    project = small_net(data.choice, {"data_workers": 1})
    thread = threading.Thread(target=lambda: runs.append(train(project, control=control, data=data)))
    thread.start()
    assert asked.wait(60)
    control.stop()
    thread.join(60)
    assert not release.is_set() and [run.state for run in runs] == ["stopped"]
    release.set()


def test_resuming_says_that_the_data_changed(tmp_path: Path) -> None:
    choice = write_folder(tmp_path / "a")
    project = small_net(choice)
    folder = create_run(project, tmp_path / "run")
    train(replace(project, recipe=replace(project.recipe, epochs=1)), folder)
    data = load(choice)
    second = train(project, folder, resume=True, data=data._replace(fingerprint="another"))
    assert second.state == "done"
    assert [w for w in second.troubles if w.startswith("the data changed since the run began: files were added")]
    third = train(project, folder, resume=True, data=data._replace(fingerprint="a third", train=data.train[1:]))
    assert third.failed is not None and "it trained on 48 samples, and there are 47 now" in third.failed.words

"""What a run remembers: written when it begins and ends, read within bounds, made of the log where it is missing."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict, replace

from tests.training.by_hand import EACH, EPOCHS, tiny
from visualnet.data.loading import load
from visualnet.training import events
from visualnet.training.control import Control
from visualnet.training.events import Processes
from visualnet.training.loop.session import Session
from visualnet.training.run_records.annotations import (
    ANNOTATIONS,
    RunAnnotations,
    annotate,
    clean_annotations,
    read_annotations,
)
from visualnet.training.run_records.create_run_folder import begin_run
from visualnet.training.run_records.from_log import read_record
from visualnet.training.run_records.record import RECORD, Origin, RunRecord, parse_record, read_file, write_record
from visualnet.training.run_records.revision import find_revision
from visualnet.training.runs.network_mark import mark_of
from visualnet.training.runs.run_model import LOG, read_run


def train(folder: Path, stop_at: int | None = None, resume: bool = False, **recipe: Any) -> str:
    project, control = tiny(**recipe), Control()

    def emit(event: events.Event) -> None:
        if isinstance(event, events.EpochDone) and event.epoch == stop_at:
            control.stop()

    return Session(project, load(project.data), emit, control, folder=folder, resume=resume).run()


def test_a_run_remembers_how_it_was_made_and_what_came_out(tmp_path: Path) -> None:
    project = tiny(lr=0.02, seed=7)
    folder = begin_run(
        project, tmp_path / "run", place=tmp_path, origin=Origin(kind="search", run="s1"), varied={"lr": 0.02}
    )
    assert read_record(folder).state == "waiting"
    assert train(folder, lr=0.02, seed=7) == "done"
    record, curves = read_record(folder), read_run(folder)
    assert (record.state, record.epochs, record.steps, record.planned_epochs) == ("done", EPOCHS, EPOCHS * EACH, EPOCHS)
    assert record.network == mark_of(project) and record.recipe["lr"] == 0.02 and record.recipe["data.n"] == 100
    assert record.seeds == {"recipe": 7, "data": 0} and record.data == load(project.data).fingerprint
    assert record.varied == {"lr": 0.02} and record.origin == Origin(kind="search", run="s1")
    assert set(record.versions) == {"visualnet", "torch", "numpy", "python", "platform"} and record.device
    last = curves.epochs[-1]
    assert record.last == {**last.train, **{f"validation_{k}": v for k, v in last.validation.items()}}
    assert curves.best is not None and curves.finished is not None
    assert record.best_epoch == curves.best.epoch and record.best_value == curves.best.validation["loss"]
    assert record.duration == curves.finished.seconds and record.revision is None


def test_a_resumed_run_keeps_its_beginning_and_a_killed_one_is_completed_from_its_log(tmp_path: Path) -> None:
    folder = begin_run(tiny(), tmp_path / "run")
    assert train(folder, stop_at=2) == "stopped"
    first = read_record(folder)
    assert (first.state, first.epochs) == ("stopped", 2)
    write_record(folder, replace(first, state="training", epochs=0, last={}))  # as a kill leaves it
    killed = read_record(folder)
    assert (killed.state, killed.epochs, killed.last) == ("stopped", 2, first.last)  # the log knows how it ended
    lines = (folder / LOG).read_bytes().splitlines(keepends=True)
    (folder / LOG).write_bytes(b"".join(line for line in lines if b'"finished"' not in line)[:-9])
    assert read_record(folder).state == "interrupted"
    assert train(folder, resume=True) == "done"
    whole = read_record(folder)
    assert (whole.state, whole.epochs, whole.started) == ("done", EPOCHS, first.started)


def test_a_run_of_an_earlier_version_is_read_from_its_log(tmp_path: Path) -> None:
    folder = begin_run(tiny(), tmp_path / "run")
    train(folder)
    written = read_record(folder)
    (folder / RECORD).unlink()
    read = read_record(folder)
    unknown = {"versions", "duration", "started", "ended"}
    assert {k: v for k, v in asdict(read).items() if k not in unknown} == {
        k: v for k, v in asdict(written).items() if k not in unknown
    }
    (folder / RECORD).write_bytes(b"\x00{")
    assert read_record(folder).epochs == EPOCHS
    with pytest.raises(ValueError, match="holds no run"):
        read_record(tmp_path)


def test_the_processes_of_a_run_are_remembered_and_one_is_meant_where_an_earlier_version_said_nothing(
    tmp_path: Path,
) -> None:
    folder = begin_run(tiny(), tmp_path / "run")
    train(folder, stop_at=1)
    assert read_record(folder).processes == Processes()
    log, several = folder / LOG, Processes(count=6, hosts=2, shard=True, sync_batchnorm=True)
    head, _, rest = log.read_bytes().partition(b"\n")
    assert b'"processes":{},' in head
    spelled = b'"processes":{"count":6,"hosts":2,"shard":true,"sync_batchnorm":true},'
    for told, wanted in ((spelled, several), (b"", Processes())):
        (folder / RECORD).unlink()
        log.write_bytes(head.replace(b'"processes":{},', told) + b"\n" + rest)
        assert read_record(folder).processes == wanted
        assert read_run(folder).processes == wanted
        write_record(folder, read_record(folder))
        assert read_record(folder).processes == wanted
    assert several.words == "6 processes on 2 machines, weights divided, batch statistics of all"
    kept = json.loads((folder / RECORD).read_bytes())
    del kept["processes"]
    assert parse_record(json.dumps(kept).encode()).processes == Processes(), "a record of an earlier version"
    kept["processes"] = {"count": 0}
    assert "processes" in str(parsed(json.dumps(kept).encode()))


def test_a_run_that_cannot_begin_says_why(tmp_path: Path) -> None:
    project = replace(tiny(), recipe=replace(tiny().recipe, device="cuda:93"))
    folder = begin_run(project, tmp_path / "run")
    assert Session(project, load(project.data), lambda event: None, folder=folder).run() == "failed"
    record = read_record(folder)
    assert record.state == "failed" and record.words


def test_a_full_disk_is_told_and_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from visualnet.core.errors import FileError
    from visualnet.training.run_records import writer

    def refuse(*_: object) -> None:
        raise FileError(RECORD, "the disk is full")

    monkeypatch.setattr(writer, "write_record", refuse)
    told: list[events.Event] = []
    project = tiny(epochs=1)
    folder = begin_run(project, tmp_path / "run")
    assert Session(project, load(project.data), told.append, folder=folder).run() == "done"
    troubles = [event.words for event in told if isinstance(event, events.Trouble)]
    assert len(troubles) == 1 and "the disk is full" in troubles[0]


def parsed(data: bytes) -> RunRecord | str:
    try:
        return parse_record(data)
    except ValueError as error:
        return str(error)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**60), 2**60)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(RunRecord.__struct_fields__), json_values, max_size=6))
def test_whatever_a_file_says_is_a_record_or_words(said: dict[str, Any]) -> None:
    record = parsed(json.dumps(said).encode())
    assert isinstance(record, str) or (record.epochs >= 0 and len(record.project) <= 1_000)


@given(st.binary(max_size=60))
def test_whatever_bytes_are_a_record_or_words(data: bytes) -> None:
    record = parsed(data)
    assert isinstance(record, RunRecord) or record.startswith(RECORD)


figures = st.dictionaries(st.text(max_size=5), st.floats(), max_size=4)


@settings(max_examples=30)
@given(
    best=figures, words=st.text(max_size=2_000), varied=st.dictionaries(st.text(max_size=5), st.floats() | st.text())
)
def test_what_is_written_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, best: dict[str, float], words: str, varied: dict[str, Any]
) -> None:
    folder = tmp_path_factory.mktemp("run")
    write_record(folder, RunRecord(id=folder.name, state="done", best=best, words=words, varied=varied))
    read = read_file(folder)
    write_record(folder, read)
    assert read_file(folder) == read


def test_a_record_of_a_newer_version_is_read_as_far_as_it_is_known(tmp_path: Path) -> None:
    write_record(tmp_path, RunRecord(format=9, id="x", state="done", epochs=3))
    told = json.loads((tmp_path / RECORD).read_text())
    (tmp_path / RECORD).write_text(json.dumps({**told, "later": {"a": 1}}))
    assert read_record(tmp_path).epochs == 3


def test_annotations_are_kept_beside_the_run_and_bounded(tmp_path: Path) -> None:
    assert read_annotations(tmp_path) == RunAnnotations()
    annotate(tmp_path, name="  first  try ", tags=("a", "a ", "", "b"), notes="# Why\r\n\u202eno\n\n")
    assert read_annotations(tmp_path) == RunAnnotations(
        name="first try", tags=("a", "b"), notes="# Why\nno", named=True
    )
    annotate(tmp_path, archived=True)
    assert read_annotations(tmp_path).name == "first try" and read_annotations(tmp_path).archived
    with pytest.raises(ValueError, match="50,001"):
        annotate(tmp_path, notes="x" * 50_001)
    with pytest.raises(ValueError, match="at most 32"):
        annotate(tmp_path, tags=tuple(map(str, range(33))))
    (tmp_path / ANNOTATIONS).write_bytes(b"{")
    assert read_annotations(tmp_path) == RunAnnotations()


@given(name=st.text(max_size=40), tags=st.lists(st.text(max_size=20), max_size=8), notes=st.text(max_size=80))
def test_tidy_annotations_stay_as_they_are(name: str, tags: list[str], notes: str) -> None:
    once = clean_annotations(RunAnnotations(name=name, tags=tuple(tags), notes=notes))
    assert clean_annotations(once) == once


def git(folder: Path, *words: str) -> None:
    named = ("-c", "user.name=t", "-c", "user.email=t@t", "-c", "commit.gpgsign=false")
    subprocess.run(("git", *named, "-C", str(folder), *words), check=True, capture_output=True, timeout=20)


def test_the_revision_of_the_projects_folder(tmp_path: Path) -> None:
    assert find_revision(tmp_path) is None and find_revision(None) is None
    git(tmp_path, "init", "-q")
    assert find_revision(tmp_path) is None  # without a commit
    (tmp_path / "net.vnet").write_text("a")
    git(tmp_path, "add", "net.vnet")
    git(tmp_path, "commit", "-qm", "one")
    (tmp_path / "below").mkdir()
    found = find_revision(tmp_path / "below")
    assert found is not None and len(found.commit) == 40 and found.dirty is False
    (tmp_path / "net.vnet").write_text("bb")
    changed = find_revision(tmp_path)
    assert changed is not None and changed.commit == found.commit and changed.dirty


@pytest.mark.skipif(os.name != "posix", reason="the programs that the repository names are scripts of a shell")
@pytest.mark.parametrize("setting", ["core.fsmonitor", "filter.evil.clean", "core.hooksPath"])
def test_asking_for_the_revision_runs_nothing_that_the_repository_names(tmp_path: Path, setting: str) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitattributes").write_text("* filter=evil\n")
    (tmp_path / "net.vnet").write_text("a")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    witness = tmp_path / "ran"
    for name in ("post-index-change", "program"):
        (hooks / name).write_text(f"#!/bin/sh\necho x >> '{witness}'\ncat\n")
        (hooks / name).chmod(0o755)
    git(tmp_path, "config", setting, str(hooks if setting == "core.hooksPath" else hooks / "program"))
    (tmp_path / "net.vnet").write_text("bb")
    found = find_revision(tmp_path)
    assert found is not None and len(found.commit) == 40
    assert not witness.exists()

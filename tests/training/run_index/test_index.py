"""The index says what the folders say, whatever happened to them and to its own file."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from visualnet.training import events
from visualnet.training.events import Processes
from visualnet.training.run_index import facts as facts_module
from visualnet.training.run_index.filter_line import FilterError, parse_filter
from visualnet.training.run_index.index import RunIndex
from visualnet.training.run_index.query import Scope
from visualnet.training.run_records.annotations import annotate, read_annotations
from visualnet.training.run_records.from_log import read_record
from visualnet.training.run_records.record import RECORD, RunRecord, write_record
from visualnet.training.runs.run_model import LOG


def make(root: Path, name: str, **fields: Any) -> Path:
    folder = root / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LOG).write_bytes(b"")
    write_record(folder, RunRecord(**{"id": name, "state": "done", "started": 1e9, **fields}))
    return folder


def make_several(root: Path) -> None:
    for at, (lr, state, optimizer) in enumerate(
        [(0.1, "done", "SGD"), (0.01, "failed", "Adam"), (0.001, "done", "Adam")]
    ):
        recipe = {"lr": lr, "optimizer": optimizer, "nesterov": at == 0}
        figures = {"loss": 1.0 - at / 4, "validation_accuracy": 0.5 + at / 8}
        make(root, f"run-{at}", recipe=recipe, state=state, best=figures, started=1e9 + at, project=f"net {at % 2}")
    annotate(root / "run-0", tags=("Baseline",), notes="A narrow bottleneck: 100% of it")
    annotate(root / "run-2", name="Größe", group="first", archived=True)


def ids(index: RunIndex, line: str = "", **how: Any) -> list[str]:
    return [row.id for row in index.rows(parse_filter(line), **how)]


@pytest.fixture
def index(tmp_path: Path) -> Any:
    make_several(tmp_path / "runs")
    found = RunIndex(tmp_path / "runs", tmp_path / "index" / "runs.sqlite")
    found.refresh()
    yield found
    found.close()


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("", "10"),
        ("is:archived", "2"),
        ("lr<0.05", "1"),
        ("lr>=0.01 state:done", "0"),
        ("state:done,failed", "10"),
        ("-state:done", "1"),
        ("tag:baseline", "0"),
        ("bottleneck", "0"),
        ("BOTTLENECK 100%", "0"),
        ('"_"', ""),
        ("optimizer=adam", "1"),
        ("optimizer:ad", "1"),
        ("optimizer!=Adam", "0"),
        ("nesterov:true", "0"),
        ("validation_accuracy>60%", "1"),
        ("is:archived größe", "2"),
        ("is:archived group:FIRST", "2"),
        ("started>2001-09-08", "10"),
        ("lr=0.01", "1"),
        ('"\' OR 1=1 --"', ""),
        ('project:"net 1\'; DROP TABLE runs"', ""),
    ],
)
def test_filters(index: RunIndex, line: str, wanted: str) -> None:
    assert ids(index, line) == [f"run-{at}" for at in wanted]


def test_processes_are_a_column_and_a_condition(tmp_path: Path) -> None:
    make(tmp_path, "alone")
    make(tmp_path, "cluster", processes=Processes(count=4, hosts=2, shard=True))
    index = RunIndex(tmp_path, None)
    index.refresh()
    assert ids(index, "processes>1") == ids(index, "machines:2 shard:true sync_batchnorm:false") == ["cluster"]
    assert ids(index, "processes=1") == ["alone"]
    assert {"processes", "machines", "shard", "sync_batchnorm"} <= set(index.names())
    index.close()


def test_order_scope_columns_and_names(index: RunIndex) -> None:
    everything = Scope(archived=True, hidden=True)
    assert ids(index, sort="lr", descending=False, scope=everything) == ["run-2", "run-1", "run-0"]
    assert ids(index, sort="nothing", scope=everything) == ["run-2", "run-1", "run-0"]
    assert ids(index, scope=Scope(project="net 1")) == ["run-1"]
    assert ids(index, scope=Scope(project="net 1", ids=("run-0",))) == ["run-1", "run-0"]
    assert index.values("lr") == {"run-0": 0.1, "run-1": 0.01, "run-2": 0.001}
    assert index.values("optimizer", ["run-0"]) == {"run-0": "SGD"}
    assert {"lr", "optimizer", "loss", "validation_accuracy", "state"} <= set(index.names())
    assert index.tags() == ["baseline"] and index.disk_used() > 0
    assert index.facts_of("run-1")["state"] == "failed"
    index.check_filter(parse_filter("lr<1 is:archived tag:x"))
    with pytest.raises(FilterError, match=r"no run here has “validation_acuracy”; there is validation_accuracy"):
        index.check_filter(parse_filter("validation_acuracy>1"))


@pytest.mark.parametrize("harm", ["lost", "cut", "text", "newer", "tables", "folder", "page"])
def test_an_index_that_is_lost_broken_or_newer_is_made_anew(tmp_path: Path, harm: str) -> None:
    root, file = tmp_path / "runs", tmp_path / "index" / "runs.sqlite"
    make_several(root)
    first = RunIndex(root, file)
    first.refresh()
    first.close()
    if harm == "lost":
        file.unlink()
    elif harm == "cut":
        os.truncate(file, file.stat().st_size // 2 + 100)
    elif harm == "text":
        file.write_text("this is no database, and never was one")
    elif harm in ("newer", "tables"):
        with sqlite3.connect(file) as connection:
            connection.execute("PRAGMA user_version = 99" if harm == "newer" else "DROP TABLE facts")
        connection.close()
    elif harm == "folder":
        file.unlink()
        file.mkdir()
    else:
        data = bytearray(file.read_bytes())
        data[4096:] = os.urandom(len(data) - 4096)
        file.write_bytes(data)
    again = RunIndex(root, file)
    again.refresh()
    assert ids(again, scope=Scope(archived=True)) == ["run-2", "run-1", "run-0"]
    again.close()


@contextlib.contextmanager
def full_disk(most: int) -> Iterator[None]:
    """No file may grow beyond so many bytes."""
    import resource

    before, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, hard))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no limit on files here")
@pytest.mark.parametrize("most", [0, 4096, 20_000, 30_000, 34_000, 36_000, 38_000, 42_000, 1_000_000])
def test_runs_are_listed_and_found_on_a_disk_that_takes_no_more(most: int, tmp_path: Path) -> None:
    """However far the file comes: within its tables, or within its rows, the first ones or those that are new."""
    root, file = tmp_path / "runs", tmp_path / "index" / "runs.sqlite"
    make_several(root)
    first = RunIndex(root, file)
    first.refresh()
    make(root, "new", started=2e9)
    with full_disk(most):
        first.refresh()
        other = RunIndex(root, file)
        other.refresh()
        assert ids(first) == ids(other) == ["new", "run-1", "run-0"]
        assert ids(first, "optimizer=adam") == ["run-1"]
    make(root, "newer", started=3e9)
    for one in (first, other):
        one.refresh()
        assert ids(one) == ["newer", "new", "run-1", "run-0"]
        one.close()
    again = RunIndex(root, file)
    again.refresh()
    assert ids(again) == ["newer", "new", "run-1", "run-0"]
    again.close()


def test_index_that_cannot_grow_goes_on_in_memory_and_its_file_stays(index: RunIndex, tmp_path: Path) -> None:
    file = tmp_path / "index" / "runs.sqlite"
    pages = index._connection.execute("PRAGMA page_count").fetchone()[0]
    index._connection.execute(f"PRAGMA max_page_count = {pages}")  # “database or disk is full” beyond
    for number in range(40):
        make(tmp_path / "runs", f"new-{number}", project="x" * 400, started=2e9 + number)
    before = file.stat().st_ino
    index.refresh()
    assert len(ids(index)) == 42 and file.stat().st_ino == before
    again = RunIndex(index.root, file)
    assert len(ids(again, scope=Scope(archived=True))) == 3, "what it had until then"
    again.close()


def test_an_index_taken_away_while_it_is_open_is_made_anew(index: RunIndex, tmp_path: Path) -> None:
    for one in (tmp_path / "index").iterdir():
        one.unlink()
    make(tmp_path / "runs", "new", started=2e9)
    index.refresh()
    assert ids(index) == ["new", "run-1", "run-0"]


def test_two_windows_use_one_index(index: RunIndex, tmp_path: Path) -> None:
    other = RunIndex(index.root, tmp_path / "index" / "runs.sqlite")
    faults: list[BaseException] = []

    def work(one: RunIndex, start: str) -> None:
        try:
            for at in range(10):
                make(index.root, f"{start}-{at}")
                one.refresh()
                one.rows()
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(one, name)) for one, name in ((index, "a"), (other, "b"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults
    index.refresh()
    other.refresh()
    assert sorted(ids(index)) == sorted(ids(other)) and len(ids(other)) == 22
    other.close()


def test_a_refresh_that_is_cut_off_keeps_what_it_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from visualnet.training.run_index import index as index_module

    monkeypatch.setattr(index_module, "BATCH", 2)
    for at in range(5):
        make(tmp_path / "runs", f"run-{at}")
    index = RunIndex(tmp_path / "runs", tmp_path / "runs.sqlite")

    def enough(share: float) -> None:
        if share > 0.5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        index.refresh(enough)
    assert len(ids(index)) == 4
    index.refresh()
    assert len(ids(index)) == 5
    index.close()


def test_a_run_that_goes_on_is_seen_by_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts_module, "RECENT_S", 0.0)
    folder = make(tmp_path / "runs", "going", state="training")
    index = RunIndex(tmp_path / "runs")
    index.refresh()
    assert index.rows()[0].epochs == 0
    with (folder / LOG).open("ab") as log:
        log.write(events.encode(events.EpochDone(epoch=3, step=9, train={}, validation={}, seconds=1, samples_per_s=1)))
    index.refresh()
    assert index.rows()[0].epochs == 3 and index.rows()[0].state == "interrupted"
    index.close()


class Folders(RuleBasedStateMachine):
    """Runs come, go, are renamed, annotated and broken; after a refresh the index says what the folders say."""

    names = st.sampled_from(["a", "b", "c", "ä", ".hidden", "d e"])

    @initialize(place=st.uuids())
    def begin(self, place: Any) -> None:
        import tempfile

        self.kept = tempfile.TemporaryDirectory()
        self.root = Path(self.kept.name) / "runs"
        self.root.mkdir()
        self.index = RunIndex(self.root, Path(self.kept.name) / "runs.sqlite")
        self.steps = 0

    def folders(self) -> list[Path]:
        return sorted(p for p in self.root.iterdir() if p.is_dir())

    @rule(name=names, state=st.sampled_from(["done", "failed", "training"]), epochs=st.integers(0, 9))
    def add(self, name: str, state: str, epochs: int) -> None:
        make(self.root, name, state=state, epochs=epochs)

    @precondition(lambda self: self.folders())
    @rule(
        at=st.integers(0, 5),
        data=st.sampled_from([b"", b"{", b'{"state": 3}', b"\xff\x00"]),
        name=st.sampled_from([RECORD, LOG]),
    )
    def spoil(self, at: int, data: bytes, name: str) -> None:
        aside = self.root / ".aside"
        aside.write_bytes(data)
        aside.replace(
            self.folders()[at % len(self.folders())] / name
        )  # in place, a folder that has ended does not tell

    @precondition(lambda self: self.folders())
    @rule(at=st.integers(0, 5), name=st.sampled_from([RECORD, LOG, ""]))
    def remove(self, at: int, name: str) -> None:
        folder = self.folders()[at % len(self.folders())]
        if name:
            (folder / name).unlink(missing_ok=True)
        else:
            shutil.rmtree(folder)

    @precondition(lambda self: self.folders())
    @rule(at=st.integers(0, 5), name=names)
    def rename(self, at: int, name: str) -> None:
        if not (self.root / name).exists():
            self.folders()[at % len(self.folders())].rename(self.root / name)

    @precondition(lambda self: self.folders())
    @rule(at=st.integers(0, 5), tag=st.sampled_from(["x", "y"]))
    def say(self, at: int, tag: str) -> None:
        annotate(self.folders()[at % len(self.folders())], tags=(tag,))

    @rule(jump=st.sampled_from([-1e9, 1e9]))
    def jump(self, jump: float) -> None:
        for folder in self.folders():
            os.utime(folder, (1e9 + jump / 2, 1e9 + jump / 2))

    @invariant()
    def says_what_the_folders_say(self) -> None:
        if not hasattr(self, "index"):
            return
        self.index.refresh()
        wanted = {}
        for folder in self.folders():
            if folder.name.startswith("."):
                continue
            try:
                record = read_record(folder)
            except ValueError:
                continue
            wanted[folder.name] = (record.state, record.epochs, read_annotations(folder).tags)
        rows = self.index.rows(scope=Scope(archived=True, hidden=True))
        assert {row.id: (row.state, row.epochs, row.tags) for row in rows} == wanted
        for name in wanted:
            json.dumps(self.index.facts_of(name))

    def teardown(self) -> None:
        if hasattr(self, "index"):
            self.index.close()
            self.kept.cleanup()


TestFolders = Folders.TestCase
TestFolders.settings = settings(max_examples=12, stateful_step_count=10, deadline=None)

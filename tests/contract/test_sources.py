"""Every source of own data: what is said of the files is what is fetched, from any thread and process; the files stay as they are."""

from __future__ import annotations

import errno
import hashlib
import os
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import numpy as np
import pytest

from tests.contract.source_makers import Made, load_makers
from visualnet.core.errors import Cancelled
from visualnet.core.project import DataChoice, Project
from visualnet.core.storage import project_file
from visualnet.data.inspect_source import choose
from visualnet.data.registry import make_data_set
from visualnet.data.samples import Samples
from visualnet.data.sources.registry import SOURCES, guess_sources
from visualnet.data.streaming.readable import fetch_readable

MAKERS = load_makers()
CASES = sorted(MAKERS)


@pytest.fixture(params=CASES, ids="-".join)
def case(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, Made]:
    folder = tmp_path / "data"
    folder.mkdir()
    return request.param[0], MAKERS[request.param](folder)


def look(case: tuple[str, Made]) -> tuple[DataChoice, Samples]:
    """The choice of data with what was found, and its samples."""
    kind, made = case
    chosen, _ = choose(kind, made.path, made.options)
    return chosen, make_data_set(chosen).open()


def state_of(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Size, time and content of every file below a folder."""
    found = {}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        status = path.stat()
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        found[path.relative_to(folder).as_posix()] = (status.st_size, status.st_mtime_ns, digest)
    return found


def same(a: object, b: object) -> bool:
    """Whether two fetched fields are equal: arrays, or lists of them."""
    if isinstance(a, list):
        return isinstance(b, list) and len(a) == len(b) and all(map(same, a, b))
    return np.array_equal(np.asarray(a), np.asarray(b), equal_nan=np.asarray(a).dtype.kind == "f")


def test_every_source_has_a_maker() -> None:
    assert {kind for kind, _ in CASES} == set(SOURCES)


@pytest.mark.few(15)
def test_what_was_found_is_what_is_fetched(case: tuple[str, Made]) -> None:
    chosen, samples = look(case)
    facts = chosen.facts
    assert facts is not None and facts.size == samples.size == case[1].size
    assert facts.fingerprint == samples.fingerprint, "whether the files changed is told by it"
    index = np.arange(samples.size)
    batch = samples.fetch(index, tuple(facts.fields))
    assert list(batch) == list(facts.fields)
    for name, field in facts.fields.items():
        values = batch[name]
        assert len(values) == samples.size
        assert isinstance(values, list) == (0 in field.shape), name
        for value in values:
            assert value.dtype == {"float": np.float32, "int": np.int64}[field.dtype], name
            assert value.ndim == len(field.shape), name
            assert all(wanted in (0, got) for wanted, got in zip(field.shape, value.shape, strict=True)), name
            if field.classes and value.size:
                assert value.min() >= -100 and value.max() < field.classes
    if "label" in facts.fields and facts.fields["label"].dtype == "int":
        assert set(np.asarray(batch["label"]).tolist()) <= set(range(len(facts.classes)))


def test_samples_come_in_the_order_asked(case: tuple[str, Made]) -> None:
    chosen, samples = look(case)
    assert chosen.facts is not None
    names = tuple(chosen.facts.fields)
    whole = samples.fetch(np.arange(samples.size), names)
    index = np.array([samples.size - 1, 0, samples.size // 2, 0])
    some = samples.fetch(index, names)
    for name in names:
        assert all(same(value, whole[name][at]) for value, at in zip(some[name], index, strict=True)), name
        assert same(samples.fetch(index, (name,))[name], some[name]), f"{name} does not depend on what else is fetched"
        assert len(samples.fetch(index[:0], (name,))[name]) == 0


def test_columns_are_known_of_every_sample(case: tuple[str, Made]) -> None:
    chosen, samples = look(case)
    assert chosen.facts is not None
    for name in chosen.facts.columns:
        values = samples.column(name)
        assert values is not None and values.shape == (samples.size,), name
        if name in chosen.facts.fields:
            assert same(values, samples.fetch(np.arange(samples.size), (name,))[name])
    assert samples.column("no such column") is None


def test_nothing_is_written_to_the_data(case: tuple[str, Made]) -> None:
    folder = case[1].path if case[1].path.is_dir() else case[1].path.parent
    before = state_of(folder)
    chosen, samples = look(case)
    assert chosen.facts is not None
    samples.fetch(np.arange(samples.size), tuple(chosen.facts.fields))
    assert state_of(folder) == before


@pytest.mark.few(10)
def test_threads_and_processes_may_fetch(case: tuple[str, Made]) -> None:
    chosen, samples = look(case)
    assert chosen.facts is not None
    names = tuple(chosen.facts.fields)
    alone = [samples.fetch(np.array([at]), names) for at in range(samples.size)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda at: samples.fetch(np.array([at]), names), list(range(samples.size)) * 4))
    assert all(same(batch[n], alone[at % samples.size][n]) for at, batch in enumerate(together) for n in names)
    sent = pickle.loads(pickle.dumps(samples))
    assert all(same(sent.fetch(np.array([at]), (n,))[n], alone[at][n]) for at in range(samples.size) for n in names)


def test_a_sample_says_where_it_comes_from(case: tuple[str, Made]) -> None:
    _, samples = look(case)
    places = [samples.describe(at) for at in range(samples.size)]
    assert all(places) and len(set(places)) == samples.size
    assert not any(str(case[1].path.parent) in place for place in places), "places are relative"


def test_the_first_guess_is_right(case: tuple[str, Made]) -> None:
    kind, made = case
    guesses = {source.name: guess for source, guess in guess_sources(made.path)}
    assert kind in guesses and guesses[kind].words and 0 < guesses[kind].score <= 1
    if made.is_guessed:
        assert next(iter(guesses)) == kind
        chosen, _ = choose(kind, made.path, guesses[kind].options)
        assert chosen.facts is not None and chosen.facts.size == made.size


def test_what_was_found_is_saved_with_the_project(case: tuple[str, Made], tmp_path: Path) -> None:
    chosen, _ = look(case)
    path = tmp_path / "own.vnet"
    project_file.save(path, Project(data=chosen))
    loaded = project_file.load(path).data
    assert loaded.facts == chosen.facts and loaded.preparation == chosen.preparation


def test_the_fingerprint_changes_with_the_data_alone(case: tuple[str, Made]) -> None:
    chosen, samples = look(case)
    again, same_samples = look(case)
    assert chosen.facts == again.facts and samples.fingerprint == same_samples.fingerprint
    folder = case[1].path
    first = folder if folder.is_file() else max((p for p in folder.rglob("*") if p.is_file()), key=str)
    os.utime(first, ns=(1, 1))
    with first.open("ab") as file:
        file.write(b"\n")
    if case[1].is_damaged_by_more:
        with pytest.raises(ValueError, match=first.name):
            make_data_set(msgspec.structs.replace(chosen)).open()
        return
    changed = make_data_set(msgspec.structs.replace(chosen)).open()
    assert changed.fingerprint != samples.fingerprint


def test_the_work_can_be_given_up(case: tuple[str, Made]) -> None:
    def give_up(share: float) -> None:
        assert 0 <= share <= 1
        raise Cancelled

    with pytest.raises(Cancelled):
        choose(case[0], case[1].path, case[1].options, give_up)


@pytest.mark.parametrize("kind", sorted(SOURCES))
def test_what_cannot_be_read_is_refused_in_words(kind: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty.csv").touch()
    for name in ("missing", "empty", "empty.csv"):
        with pytest.raises(ValueError, match=name) as caught:
            choose(kind, tmp_path / name, {})
        assert len(str(caught.value)) > 20
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.csv")
        with pytest.raises(ValueError, match=r"pipe\.csv"):
            choose(kind, tmp_path / "pipe.csv", {})
        assert SOURCES[kind].guess(tmp_path / "pipe.csv") is None
    assert SOURCES[kind].guess(tmp_path / "missing") is None
    assert SOURCES[kind].guess(tmp_path / "empty") is None


def deny(monkeypatch: pytest.MonkeyPatch, *denied: Path) -> None:
    """Nobody may read these files; tests run as root, who may read whatever the file system forbids."""
    wanted, opening = {os.fspath(path) for path in denied}, os.open

    def refuse(path: object, *args: object, **more: object) -> int:
        if os.path.abspath(os.fspath(path)) in wanted:  # type: ignore[call-overload]
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        return opening(path, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refuse)


def describe_trouble(kind: str, made: Made) -> tuple[str, int]:
    """All that is said while the data are looked through and read, and how many samples were read."""
    try:
        chosen, found = choose(kind, made.path, made.options)
        told = [f"{finding.file} {finding.words}" for finding in found.findings]
        samples = make_data_set(chosen).open()
    except ValueError as error:
        return str(error), 0
    assert chosen.facts is not None
    read = fetch_readable(samples, np.arange(samples.size), tuple(chosen.facts.fields))
    return " ".join([*told, *(fault.words for fault in read.faults)]), len(read.places)


@pytest.mark.few(10)
def test_a_file_that_may_not_be_read_is_named_and_the_rest_goes_on(
    case: tuple[str, Made], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file in turn: before the data are looked through, and after that."""
    kind, made = case
    files = sorted(path for path in made.path.rglob("*") if path.is_file()) if made.path.is_dir() else [made.path]
    for file in files[:6]:
        with monkeypatch.context() as patch:
            deny(patch, file)
            told, count = describe_trouble(kind, made)
            assert count == made.size or file.name in told or file.stem in told, f"{file.name}: {told}"
    chosen, samples = look(case)
    assert chosen.facts is not None
    deny(monkeypatch, *files)
    try:
        make_data_set(chosen).open().fetch(np.arange(samples.size), tuple(chosen.facts.fields))
        told = files[0].name  # nothing of these files is read again
    except ValueError as error:
        told = str(error)
    assert any(file.name in told for file in files), told

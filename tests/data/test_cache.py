"""Samples that are decoded when they are asked for, and kept up to a limit; batches that are read ahead."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.data.file_sources import EDGE, FolderSamples, folder_source, write_folder
from visualnet.core.project import DataChoice
from visualnet.data.loading import load
from visualnet.data.registry import make_data_set
from visualnet.data.streaming.cache import CachedSamples
from visualnet.data.streaming.read_ahead import ReadAhead, WaitEnded
from visualnet.data.streaming.readable import DataLost, SkippedSamples, fetch_readable

SAMPLE_BYTES = EDGE * EDGE * 4 + 8


@pytest.fixture(autouse=True)
def _source() -> Iterator[None]:
    with folder_source():
        yield


def kept(path: Path, limit: int, size: int = 60) -> tuple[CachedSamples, FolderSamples]:
    data = make_data_set(write_folder(path, size))
    raw = data.open()
    assert isinstance(raw, FolderSamples)
    return CachedSamples(raw, data.specs(), limit), raw


@pytest.mark.parametrize("room", [0, 20, 60])
def test_what_is_fetched_is_what_the_files_hold_and_memory_stays_below_the_limit(tmp_path: Path, room: int) -> None:
    samples, raw = kept(tmp_path / "a", room * SAMPLE_BYTES + 7)
    generator = np.random.default_rng(0)
    for _ in range(6):
        index = generator.integers(0, 60, 25)  # some twice
        found = samples.fetch(index, ("label", "image"))
        wanted = raw.fetch(index, ("label", "image"))
        assert list(found) == ["label", "image"]
        assert all(np.array_equal(found[name], wanted[name]) for name in wanted)
        assert samples.kept_bytes <= samples.limit
    assert samples.kept_bytes == (0 if not room else samples.kept_bytes) and samples.held(np.arange(60)).sum() <= room
    if room == 60:
        samples.fetch(np.arange(60), ("image",))
        raw.read.clear()
        samples.fetch(np.arange(60)[::-1], ("image",))
        assert not raw.read, "a sample that is kept was decoded again"


def test_a_smaller_limit_lets_go_of_what_was_kept(tmp_path: Path) -> None:
    samples, _ = kept(tmp_path / "a", 60 * SAMPLE_BYTES)
    samples.fetch(np.arange(60), ("image",))
    assert samples.kept_bytes == 60 * SAMPLE_BYTES
    samples.set_reading(None, 0)
    assert samples.kept_bytes == 0 == samples.limit
    samples.set_reading(None, None)
    assert samples.keeps_all, "without a limit of its own it is the usual one again"


def test_those_that_can_be_read_are_read_and_the_others_are_named(tmp_path: Path) -> None:
    samples, _ = kept(tmp_path / "a", 10**9)
    (tmp_path / "a" / "7.npy").write_bytes(b"torn")
    (tmp_path / "a" / "9.npy").unlink()
    found = fetch_readable(samples, np.arange(5, 12), ("image", "label"))
    assert found.places.tolist() == [0, 1, 3, 5, 6] and found.batch["label"].tolist() == [2, 0, 2, 1, 2]  # type: ignore[union-attr]
    assert [fault.sample for fault in found.faults] == [7, 9]
    assert "torn" in found.faults[0].words and "no such file" in found.faults[1].words


def test_behind_a_streak_of_faults_nothing_more_is_tried(tmp_path: Path) -> None:
    samples, raw = kept(tmp_path / "a", 10**9)
    for file in (tmp_path / "a").iterdir():
        file.unlink()
    found = fetch_readable(samples, np.arange(40), ("image",))
    assert len(found.faults) == 40 and found.lost
    assert len(raw.read) < 40
    choice = DataChoice(name="test_folder", path=str(tmp_path / "a"))
    with pytest.raises(DataLost, match="bring the files or their drive back"):
        SkippedSamples(choice).note(found)


def test_a_long_run_of_torn_files_is_no_loss_of_all_while_others_can_be_read(tmp_path: Path) -> None:
    samples, _ = kept(tmp_path / "a", 10**9)
    for sample in range(5, 45):
        (tmp_path / "a" / f"{sample}.npy").write_bytes(b"torn")
    found = fetch_readable(samples, np.arange(50), ("image",))
    assert not found.lost and [fault.sample for fault in found.faults] == list(range(5, 45))
    assert found.places.tolist() == [*range(5), *range(45, 50)]
    assert not fetch_readable(samples, np.arange(5, 45), ("image",)).lost


def test_one_fault_among_many_is_left_out_and_told_once(tmp_path: Path) -> None:
    told: list[str] = []
    samples, _ = kept(tmp_path / "a", 10**9)
    (tmp_path / "a" / "7.npy").write_bytes(b"torn")
    out = SkippedSamples(DataChoice(), tell=told.append)
    for _ in range(2):
        out.note(fetch_readable(samples, np.arange(12), ("image",)))
    assert told == ["sample 7 is left out, for it cannot be read: 7.npy: it is torn"]
    assert out.keep(np.arange(6, 9)).tolist() == [True, False, True]


def test_nothing_is_decoded_before_it_is_asked_for(tmp_path: Path) -> None:
    choice = write_folder(tmp_path / "a")
    data = load(DataChoice(name=choice.name, path=choice.path, facts=choice.facts, normalise=False))
    assert isinstance(data.samples, CachedSamples) and isinstance(data.samples.samples, FolderSamples)
    assert data.known("image") is None and data.whole("label")[:4].tolist() == [0, 1, 2, 0]
    assert not data.samples.samples.read
    data.sample(3, ("image",))
    assert data.samples.samples.read == [3]
    assert load(data.choice).samples is data.samples, "what was decoded is lost by loading again"


def test_mean_and_deviation_are_those_of_the_training_samples_that_can_be_read(tmp_path: Path) -> None:
    choice = write_folder(tmp_path / "a")
    (tmp_path / "a" / "0.npy").write_bytes(b"torn")
    data = load(choice)
    readable = data.train[data.train != 0]
    values = data.fetch(readable, ("image",))["image"]
    assert data.mean["image"].item() == pytest.approx(values.mean(), rel=1e-5)
    assert data.std["image"].item() == pytest.approx(values.std(), rel=1e-5)


def test_batches_come_in_their_order_whoever_reads_faster() -> None:
    read = {number: threading.Event() for number in range(20)}

    def read_late(index: np.ndarray, ended: object) -> list[int]:
        number = int(index[0]) // 4
        if number % 2 == 0:
            read[number + 1].wait(60)  # the next batch comes first
        read[number].set()
        return list(index)

    ahead = ReadAhead(read_late, 3)
    batches = [np.arange(at, at + 4) for at in range(0, 80, 4)]
    ahead.begin(batches, 5)
    for batch in batches:
        assert ahead.is_next(batch) and not ahead.is_next(batch + 1)
        assert ahead.take() == batch.tolist()
    assert not ahead.is_next(batches[0])
    ahead.close()


def test_a_batch_is_not_waited_for_once_nobody_wants_it_and_no_thread_stays() -> None:
    begun, release, read = threading.Event(), threading.Event(), list[int]()

    def read_when_released(index: np.ndarray, ended: Callable[[], bool]) -> int:
        begun.set()
        release.wait(60)
        read.append(ended())
        return 1

    ahead = ReadAhead(read_when_released, 1)
    ahead.begin([np.arange(3)] * 9, 4)
    begun.wait(60)
    with pytest.raises(WaitEnded):
        ahead.take(lambda: True)
    ahead.close()
    release.set()  # the guard of leaked threads sees whether the thread ends
    until_ended = threading.Event()
    while not read:
        until_ended.wait(0.01)
    assert read == [True]

"""NumPy's arrays as own data: what their shapes mean, and what is said of those that cannot be read."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from visualnet.core.project import DataChoice
from visualnet.data.inspect_source import choose
from visualnet.data.loading import load
from visualnet.data.registry import make_data_set
from visualnet.data.samples import BrokenSample
from visualnet.data.sources.arrays import npy_files
from visualnet.data.sources.registry import guess_sources
from visualnet.data.sources.source import SourceScan

RNG = np.random.default_rng(0)


def look(path: Path, **options: Any) -> tuple[DataChoice, SourceScan]:
    return choose("arrays", path, options)


def fetched(choice: DataChoice) -> dict[str, Any]:
    samples = make_data_set(choice).open()
    assert choice.facts is not None
    return dict(samples.fetch(np.arange(samples.size), tuple(choice.facts.fields)))


def write(folder: Path, **arrays: Any) -> Path:
    np.savez(folder / "a.npz", **arrays)
    return folder / "a.npz"


@pytest.mark.parametrize(
    ("shape", "dtype", "field", "found"),
    [
        ((12,), "f8", "features", (1,)),
        ((12, 5), "i4", "features", (5,)),
        ((12, 5), "?", "features", (5,)),
        ((12, 9, 3), "f4", "series", (9, 3)),
        ((12, 28, 28), "f4", "image", (1, 28, 28)),
        ((12, 5, 7), "u1", "image", (1, 5, 7)),
        ((12, 5, 7, 3), "u1", "image", (3, 5, 7)),
        ((12, 3, 5, 7), "u1", "image", (3, 5, 7)),
        ((12, 3, 5, 3), "f4", "image", (3, 5, 3)),
        ((12, 3, 5, 3), "u1", "image", (3, 3, 5)),
        ((12, 4, 5, 4), "u2", "image", (4, 4, 5)),
    ],
)
def test_what_a_row_is_is_told_by_its_shape(
    tmp_path: Path, shape: tuple[int, ...], dtype: str, field: str, found: tuple[int, ...]
) -> None:
    values = (RNG.random(shape) * 200).astype(dtype)
    choice, _ = look(write(tmp_path, X=values, y=np.arange(12) % 2))
    assert choice.facts is not None
    assert choice.facts.fields[field].shape == found
    rows = fetched(choice)[field]
    if field != "image":
        assert np.array_equal(rows, values.reshape(12, *found).astype(np.float32))
        return
    white = {"u1": 255, "u2": 65535}.get(dtype, 1)
    first = np.moveaxis(values, -1, 1) if values.ndim == 4 and values.shape[1:] != found else values.reshape(12, *found)
    assert np.allclose(rows, first / white)
    if dtype in ("u1", "u2"):
        assert rows.min() >= 0 and rows.max() <= 1


def test_targets_are_classes_numbers_or_masks(tmp_path: Path) -> None:
    x = RNG.random((30, 4))
    words = look(write(tmp_path, x=x, labels=np.array(["b", "a", "c"] * 10)))[0]
    assert words.facts is not None and words.facts.classes == ("a", "b", "c")
    assert fetched(words)["label"][:3].tolist() == [1, 0, 2]
    whole = look(write(tmp_path, x=x, y=np.arange(30)[:, None] % 3 + 5))[0]
    assert whole.facts is not None and whole.facts.classes == ("5", "6", "7")
    numbers = look(write(tmp_path, x=x, y=RNG.random(30)))[0]
    assert fetched(numbers)["y"].shape == (30, 1)
    several = look(write(tmp_path, x=x, y=RNG.random((30, 2))))[0]
    assert fetched(several)["y"].shape == (30, 2)
    one_hot = look(write(tmp_path, x=x, y=np.eye(3)[np.arange(30) % 3]))[0]
    assert fetched(one_hot)["label"][:4].tolist() == [0, 1, 2, 0]
    as_numbers = look(write(tmp_path, x=x, y=np.arange(30) % 3), task="number")[0]
    assert fetched(as_numbers)["y"][:3, 0].tolist() == [0, 1, 2]
    masks = look(write(tmp_path, images=RNG.random((6, 8, 9)), masks=RNG.integers(0, 4, (6, 8, 9))))[0]
    assert masks.facts is not None and masks.facts.fields["mask"].classes == 4
    assert fetched(masks)["mask"].shape == (6, 8, 9)
    alone, found = look(write(tmp_path, x=x))
    assert "asked for" in found.findings[0].words and set(fetched(alone)) == {"features"}


def test_parts_by_name_follow_each_other_and_are_told(tmp_path: Path) -> None:
    x = {"x_train": RNG.random((4, 3)), "x_test": RNG.random((2, 3))}
    choice, _ = look(write(tmp_path, **x, y_train=np.arange(4) % 2, y_test=np.array([1, 0])))
    samples = make_data_set(choice).open()
    part = samples.column("part")
    assert part is not None and part.tolist() == ["train"] * 4 + ["test"] * 2
    rows = samples.fetch(np.array([5, 0, 4]), ("features", "label"))
    assert np.allclose(rows["features"], [x["x_test"][1], x["x_train"][0], x["x_test"][0]])
    assert list(rows["label"]) == [0, 0, 1]
    assert samples.describe(4) == "a.npz, x_test[0]"


def test_rows_with_odd_numbers_are_filled_in_or_left_out(tmp_path: Path) -> None:
    x = RNG.random((6, 3))
    x[1, 2], x[4, 0] = np.nan, np.inf
    choice, found = look(write(tmp_path, x=x, y=RNG.random(6)))
    assert "2 rows with numbers that are missing or infinite: rows 1, 4 (from 0)" in found.findings[0].words
    assert [step.kind for step in choice.preparation] == ["fill_missing"]
    assert np.isnan(fetched(choice)["features"]).sum() == 2
    data = load(choice)
    assert np.isfinite(data.fetch(np.arange(6), ("features",))["features"]).all()
    images = RNG.random((6, 8, 8))
    images[3, 0, 0] = np.nan
    target = np.array([0, 1, np.nan, 1, 0, 1])
    choice, found = look(write(tmp_path, x=images, y=target), task="classes")
    said = [finding.words for finding in found.findings]
    assert "1 row with numbers that are none or infinite left out: rows 3 (from 0)" in said
    assert "1 row without a target left out: rows 2 (from 0)" in said
    assert fetched(choice)["label"].tolist() == [0, 1, 0, 1]
    assert make_data_set(choice).open().describe(2) == "a.npz, x[4]"


@pytest.mark.parametrize("how", ["npy", "npz", "compressed", "fortran"])
def test_large_arrays_are_read_row_by_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    values = RNG.random((20, 6))
    path = tmp_path / ("X.npy" if how in ("npy", "fortran") else "a.npz")
    if path.suffix == ".npy":
        np.save(path, np.asfortranarray(values) if how == "fortran" else values)
    else:
        (np.savez if how == "npz" else np.savez_compressed)(path, X=values)
    monkeypatch.setattr(npy_files, "RESIDENT", 100)
    rows = npy_files.ArrayRows(npy_files.read_headers(path)[0])
    assert (rows._all is None) == (how in ("npy", "npz"))
    index = np.array([19, 0, 7, 0])
    assert np.array_equal(rows.fetch(index), values[index])


def test_a_file_that_vanishes_breaks_a_sample_not_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(npy_files, "RESIDENT", 100)
    np.save(tmp_path / "X.npy", RNG.random((20, 6)))
    choice, _ = look(tmp_path / "X.npy")
    samples = make_data_set(choice).open()
    content = (tmp_path / "X.npy").read_bytes()
    (tmp_path / "X.npy").write_bytes(content[:-30])
    assert len(samples.fetch(np.array([3]), ("features",))["features"]) == 1
    with pytest.raises(BrokenSample, match=r"“X\.npy”, sample 19: the file is shorter") as caught:
        samples.fetch(np.array([2, 19]), ("features",))
    assert caught.value.sample == 19
    (tmp_path / "X.npy").unlink()
    with pytest.raises(BrokenSample, match=r"X\.npy"):
        samples.fetch(np.array([2]), ("features",))


def test_what_cannot_be_read_is_refused_in_words(tmp_path: Path) -> None:
    def refused(path: Path, words: str, **options: Any) -> None:
        with pytest.raises(ValueError, match=words):
            look(path, **options)

    np.save(tmp_path / "o.npy", np.array([{}, 1], object), allow_pickle=True)
    refused(tmp_path / "o.npy", "“o” holds Python objects .a pickle., which could run code")
    np.save(tmp_path / "c.npy", np.zeros((3, 2), complex))
    refused(tmp_path / "c.npy", "holds no numbers but complex128")
    np.save(tmp_path / "r.npy", np.zeros((3, 2, 2, 2, 2)))
    refused(tmp_path / "r.npy", "of shape 3×2×2×2×2: features, series and images")
    np.save(tmp_path / "w.npy", np.zeros((3, 9, 9, 9)))
    refused(tmp_path / "w.npy", "images have 1 to 4 channels")
    refused(tmp_path / "w.npy", "that is no series", kind="series")
    np.save(tmp_path / "e.npy", np.zeros((0, 2)))
    refused(tmp_path / "e.npy", "holds no samples")
    np.save(tmp_path / "t.npy", np.zeros((300, 20)))
    (tmp_path / "t.npy").write_bytes((tmp_path / "t.npy").read_bytes()[:-9])
    refused(tmp_path / "t.npy", "“t.npy” is cut off: 46.9 KiB should follow its header")
    (tmp_path / "n.npy").write_bytes(b"\x93NUMPY\x01\x00\x10\x00{'descr': oh no}")
    refused(tmp_path / "n.npy", "the header of “n” cannot be read")
    (tmp_path / "z.npz").write_bytes(b"PK\3\4 and so on")
    refused(tmp_path / "z.npz", "“z.npz” is no whole file of NumPy")
    with zipfile.ZipFile(tmp_path / "none.npz", "w") as archive:
        archive.writestr("readme.txt", "nothing")
    refused(tmp_path / "none.npz", "holds no arrays")
    path = write(tmp_path, x=np.zeros((3, 2)), y=np.zeros(4))
    refused(path, "“x” holds 3 samples, but “y” 4")
    refused(path, "no array “z” .there are x, y.", input_array="z")
    refused(write(tmp_path, x=np.zeros((30, 2)), y=np.array(["a"] * 30)), "holds words", task="number")
    ((kind, guess), *_) = guess_sources(path)
    assert kind.name == "arrays" and guess.words


def test_classes_that_tell_little_are_said(tmp_path: Path) -> None:
    same = look(write(tmp_path, x=np.ones((9, 2)), y=np.zeros(9, int)))[1]
    assert [(f.severity, "in all rows" in f.words) for f in same.findings] == [("error", True)]
    lone = look(write(tmp_path, x=np.ones((9, 2)), y=np.array([0] * 8 + [1])))[1]
    assert "1 class with one sample alone" in lone.findings[0].words
    many = look(write(tmp_path, x=np.ones((30_000, 1), "f4"), y=np.arange(30_000) % 10_000), task="classes")[1]
    assert len(many.facts.classes) == 10_000

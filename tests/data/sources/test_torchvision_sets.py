"""The usual sets in their raw files: every picture as it stands there, every label, and words where a file is not what it should be."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.contract.source_makers.torchvision_sets import draw, write_cifar10, write_idx, write_mat, write_mnist
from visualnet.core.project import DataChoice
from visualnet.data.inspect_source import choose
from visualnet.data.samples import BrokenSample
from visualnet.data.sources.registry import guess_sources
from visualnet.data.sources.source import SourceScan, make_source


def look(path: Path, **options) -> tuple[DataChoice, SourceScan]:
    return choose("torchvision", path, options)


def pictures_of(choice: DataChoice) -> np.ndarray:
    """All pictures, as bytes again."""
    samples = make_source(choice).open()
    image = samples.fetch(np.arange(samples.size), ("image",))["image"]
    assert image.dtype == np.float32
    return np.round(image * 255).astype(np.uint8)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("chosen", "name"), [("", "MNIST"), ("FashionMNIST", "FashionMNIST"), ("FashionMNIST/raw", "FashionMNIST")]
)
def test_mnist_and_its_kin(tmp_path: Path, packed: bool, chosen: str, name: str) -> None:
    written = write_mnist(tmp_path / name / "raw", packed=packed)
    choice, found = look(tmp_path / chosen)
    assert found.findings == ()
    assert choice.facts.fields["image"].shape == (1, 28, 28)
    assert choice.facts.classes[0] == ("0" if name == "MNIST" else "T-shirt or top")
    assert np.array_equal(pictures_of(choice)[:, 0], np.concatenate([written["train"], written["t10k"]]))
    samples = make_source(choice).open()
    assert samples.column("label").tolist() == [*range(6), *range(3)]
    assert samples.column("part").tolist() == ["train"] * 6 + ["test"] * 3
    assert samples.describe(7).startswith("t10k-images-idx3-ubyte")
    assert samples.describe(7).endswith("picture 2")
    kind, guess = guess_sources(tmp_path / chosen)[0]
    assert (kind.name, guess.options["dataset"]) == ("torchvision", name)


def test_cifar_10_in_six_files_and_its_names_of_classes(tmp_path: Path) -> None:
    pictures = write_cifar10(tmp_path / "cifar-10-batches-bin")
    choice, _ = look(tmp_path)
    assert np.array_equal(pictures_of(choice), pictures)
    assert make_source(choice).open().column("label").tolist() == [at % 10 for at in range(12)]
    assert choice.facts.classes[3] == "cat"
    (tmp_path / "cifar-10-batches-bin" / "batches.meta.txt").write_text(
        "\n".join(f"kind {at}" for at in range(10)) + "\n\n"
    )
    assert look(tmp_path)[0].facts.classes[3] == "kind 3"
    with pytest.raises(ValueError, match="are others now"):
        make_source(choice).open()


def test_cifar_100_takes_the_finer_of_its_two_labels(tmp_path: Path) -> None:
    folder = tmp_path / "cifar-100-binary"
    folder.mkdir()
    pictures = draw(1, 2, 3, 32, 32)
    for name, picture, label in (("train.bin", pictures[0], 99), ("test.bin", pictures[1], 7)):
        (folder / name).write_bytes(bytes([3, label]) + picture.tobytes())
    choice, _ = look(tmp_path)
    assert np.array_equal(pictures_of(choice), pictures)
    assert make_source(choice).open().column("label").tolist() == [99, 7]
    assert len(choice.facts.classes) == 100


@pytest.mark.parametrize("packed", [False, True])
def test_svhn_whose_digit_0_is_written_as_10(tmp_path: Path, packed: bool) -> None:
    pictures = draw(2, 5, 3, 32, 32)
    label = np.array([1, 10, 3, 4, 9], np.uint8)
    arrays = {"X": pictures.transpose(2, 3, 1, 0), "y": label[:, None]}
    write_mat(tmp_path / "svhn" / "train_32x32.mat", arrays, packed=packed)
    choice, found = look(tmp_path)
    assert np.array_equal(pictures_of(choice), pictures)
    assert make_source(choice).open().column("label").tolist() == [1, 0, 3, 4, 9]
    assert "the part test is not there (test_32x32.mat)" in found.findings[0].words


def test_stl_10_whose_pictures_lie_by_columns(tmp_path: Path) -> None:
    folder = tmp_path / "stl10_binary"
    folder.mkdir()
    pictures = draw(3, 4, 3, 96, 96)
    for part, rows in (("train", slice(0, 3)), ("test", slice(3, 4))):
        (folder / f"{part}_X.bin").write_bytes(pictures[rows].transpose(0, 1, 3, 2).tobytes())
        (folder / f"{part}_y.bin").write_bytes(bytes([1, 10, 2, 5][rows]))
    choice, _ = look(tmp_path)
    assert np.array_equal(pictures_of(choice), pictures)
    assert make_source(choice).open().column("label").tolist() == [0, 9, 1, 4]


def test_what_is_not_what_it_should_be_is_refused_with_words(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the files of one of these sets are not in"):
        look(tmp_path)
    with pytest.raises(ValueError, match="the files of STL-10 are not in"):
        look(tmp_path, dataset="STL10")
    (tmp_path / "cifar-10-batches-py").mkdir()
    with pytest.raises(ValueError, match=r"pickled files, which could run anything .* Get the binary version"):
        look(tmp_path)
    raw = tmp_path / "MNIST" / "raw"
    write_mnist(raw)
    images, labels = raw / "train-images-idx3-ubyte", raw / "train-labels-idx1-ubyte"
    whole = images.read_bytes()
    for content, words in (
        (whole[:-1], "cannot be read: it ends after 4,703 of 4,704 bytes: the file is cut short"),
        (b"", "it is no idx file of bytes with pictures"),
        (b"\0\0\x0d\3" + whole[4:], "it is no idx file of bytes with pictures"),
    ):
        images.write_bytes(content)
        with pytest.raises(ValueError, match=words):
            look(tmp_path)
    images.write_bytes(whole)
    write_idx(labels, np.arange(5))
    with pytest.raises(ValueError, match="it has 5 labels, “train-images-idx3-ubyte” 6 pictures"):
        look(tmp_path)
    write_idx(labels, np.full(6, 11))
    with pytest.raises(ValueError, match="a label is 11; MNIST has 10 classes"):
        look(tmp_path)
    labels.unlink()
    labels.with_name(f"{labels.name}.gz").write_bytes(b"\x1f\x8b\x08 cut")
    with pytest.raises(ValueError, match="cannot be unpacked"):
        look(tmp_path)


@pytest.mark.parametrize("cut", [100, 130, 300, -3])
def test_a_matlab_file_that_is_cut_short_or_none_is_refused(tmp_path: Path, cut: int) -> None:
    path = write_mat(tmp_path / "svhn" / "train_32x32.mat", {"X": draw(2, 32, 32, 3, 2), "y": draw(2, 2, 1)})
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ValueError, match=r"train_32x32\.mat” cannot be read: it (is|has) "):
        look(tmp_path)


def test_cifar_files_of_another_length_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "cifar-10-batches-bin"
    write_cifar10(folder)
    choice, _ = look(tmp_path)
    samples = make_source(choice).open()
    path = folder / "data_batch_2.bin"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(
        ValueError, match=r"data_batch_2\.bin” cannot be read: its 6,145 bytes are no whole number of records"
    ):
        look(tmp_path)
    with pytest.raises(BrokenSample, match="the file has become shorter") as broken:
        samples.fetch(np.array([0, 3]), ("image",))
    assert broken.value.sample == 3

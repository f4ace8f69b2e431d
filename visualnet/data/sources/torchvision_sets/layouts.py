"""Which files each of the sets consists of, and the names of its classes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

TEN = tuple("0123456789")


class FolderLayout(NamedTuple):
    """How a set lies in its folder. ``folders`` are looked for below the one that was chosen; ``files`` are by part.

    ``form`` is ``idx`` (a file of images and one of labels), ``records`` (labels and an image in each record), ``mat`` or ``stl``.
    ``names`` are files with a class a line. ``label_bytes`` stand before an image of a record; the last of them is the class.
    """

    title: str
    form: str
    folders: tuple[str, ...]
    files: Mapping[str, tuple[str, ...]]
    shape: tuple[int, int, int]
    classes: tuple[str, ...]
    names: str = ""
    label_bytes: int = 1


_IDX = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}
LAYOUTS = {
    "MNIST": FolderLayout("MNIST", "idx", ("MNIST/raw", "MNIST"), _IDX, (1, 28, 28), TEN),
    "FashionMNIST": FolderLayout(
        "Fashion-MNIST",
        "idx",
        ("FashionMNIST/raw", "FashionMNIST"),
        _IDX,
        (1, 28, 28),
        ("T-shirt or top", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"),
    ),
    "CIFAR10": FolderLayout(
        "CIFAR-10",
        "records",
        ("cifar-10-batches-bin",),
        {"train": tuple(f"data_batch_{at}.bin" for at in range(1, 6)), "test": ("test_batch.bin",)},
        (3, 32, 32),
        ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"),
        "batches.meta.txt",
    ),
    "CIFAR100": FolderLayout(
        "CIFAR-100",
        "records",
        ("cifar-100-binary",),
        {"train": ("train.bin",), "test": ("test.bin",)},
        (3, 32, 32),
        tuple(f"class {at}" for at in range(100)),
        "fine_label_names.txt",
        label_bytes=2,
    ),
    "SVHN": FolderLayout(
        "SVHN", "mat", ("SVHN", "svhn"), {"train": ("train_32x32.mat",), "test": ("test_32x32.mat",)}, (3, 32, 32), TEN
    ),
    "STL10": FolderLayout(
        "STL-10",
        "stl",
        ("stl10_binary",),
        {"train": ("train_X.bin", "train_y.bin"), "test": ("test_X.bin", "test_y.bin")},
        (3, 96, 96),
        ("airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"),
        "class_names.txt",
    ),
}
"""By the name that torchvision has for them."""
PICKLED = ("cifar-10-batches-py", "cifar-100-python")
"""Folders of the versions that are refused."""

"""The networks that won ImageNet one after the other: AlexNet, ZFNet, VGG."""

from __future__ import annotations

from collections.abc import Sequence

from architectures.sheet import IMAGENET, SGD, Sheet, image_input
from visualnet.core.graph import Port
from visualnet.core.project import Project, Recipe

LRN = {"size": 5, "k": 2.0}
"""AlexNet's response normalization: 5 channels, k = 2, α = 1e-4, β = 0.75."""


def _decide(s: Sheet, x: Port) -> None:
    """Three dense layers with dropout between them decide."""
    x = s.add("flatten", "flatten", x)
    for number in (6, 7):
        x = s.dense(f"fc{number}", x, 4096, drop=0.5)
    s.classify(s.add("linear", "fc8", x, out_features="classes"))


def _features(s: Sheet, number: int, x: Port, channels: int, kernel: int, norm: str = "", **params: int) -> Port:
    """A convolution with its rectifier and normalization."""
    x = s.conv(f"conv{number}", x, channels, kernel, **params)
    if norm == "batch":
        x = s.add("batch_norm2d", f"bn{number}", x)
    x = s.add("relu", f"relu{number}", x)
    return s.add("local_response_norm", f"lrn{number}", x, **LRN) if norm == "local" else x


def _pool(s: Sheet, number: int, x: Port, **params: int) -> Port:
    return s.add("max_pool2d", f"pool{number}", x, kernel_size=3, stride=2, **params)


def alexnet() -> Project:
    s = Sheet(scope={"classes": 1000, "size": 224})
    x = _pool(s, 1, _features(s, 1, image_input(s), 96, 11, "local", stride=4, padding=2))
    x = _pool(s, 2, _features(s, 2, x, 256, 5, "local", padding=2))
    for number, channels in ((3, 384), (4, 384), (5, 256)):
        x = _features(s, number, x, channels, 3, padding=1)
    _decide(s, _pool(s, 5, x))
    return s.project(
        "AlexNet",
        "Five convolutions and three dense layers that won ImageNet by far and began the age of deep learning (Krizhevsky et al. 2012). "
        "62,378,344 parameters, 94% of them in the dense layers. Change the stride of conv1 and see all sizes follow: 55, 27, 13, 6.",
        IMAGENET,
    )


def alexnet_course() -> Project:
    s = Sheet(scope={"classes": 10, "size": 227})
    x = _pool(s, 1, _features(s, 1, image_input(s), 96, 11, "batch", stride=4))
    x = _pool(s, 2, _features(s, 2, x, 256, 5, "batch", padding=2))
    x = _features(s, 3, x, 384, 3, "batch", padding=1)
    x = _features(s, 5, _features(s, 4, x, 384, 1, "batch"), 256, 1, "batch")
    _decide(s, _pool(s, 5, x))
    return s.project(
        "AlexNet of the course",
        "AlexNet as the lecture tabulates it: batch normalization behind every convolution, 1×1 kernels in the fourth and fifth, ten "
        "classes. 56,358,986 parameters, and 2,752 running statistics that are not trained.",
        IMAGENET,
        Recipe(optimizer="SGD", lr=0.001, batch_size=32, epochs=50),
    )


def zfnet() -> Project:
    s = Sheet(scope={"classes": 1000, "size": 224})
    x = s.add("relu", "relu1", s.conv("conv1", image_input(s), 96, 7, stride=2, padding=1))
    x = s.add("local_response_norm", "lrn1", _pool(s, 1, x, padding=1), **LRN)
    x = s.add("relu", "relu2", s.conv("conv2", x, 256, 5, stride=2))
    x = s.add("local_response_norm", "lrn2", _pool(s, 2, x, padding=1), **LRN)
    for number, channels in ((3, 384), (4, 384), (5, 256)):
        x = _features(s, number, x, channels, 3, padding=1)
    _decide(s, _pool(s, 5, x))
    return s.project(
        "ZFNet",
        "AlexNet with finer first filters, 7×7 with stride 2, found by looking at what its units respond to (Zeiler and Fergus 2013). "
        "62,357,608 parameters.",
        IMAGENET,
    )


VGG: dict[str, Sequence[int]] = {
    "a": (1, 1, 2, 2, 2),
    "a-lrn": (1, 1, 2, 2, 2),
    "b": (2, 2, 2, 2, 2),
    "c": (2, 2, 3, 3, 3),
    "d": (2, 2, 3, 3, 3),
    "e": (2, 2, 4, 4, 4),
}
COUNTS = {
    "a": "132,863,336",
    "a-lrn": "132,863,336",
    "b": "133,047,848",
    "c": "133,638,952",
    "d": "138,357,544",
    "e": "143,667,240",
}


def _vgg(which: str) -> Project:
    inner = Sheet(scope={"channels": 64, "kernel": 3})
    image = inner.add("input", "x", size=(3, 224, 224))
    y = inner.conv("conv", image, "channels", "kernel", padding="kernel // 2")
    inner.add("output", "y", inner.add("relu", "relu", y))
    blocks = {"convolution": inner.block("A 3×3 convolution that keeps the size, and its rectifier.")}
    s = Sheet(blocks, {"classes": 1000, "size": 224})
    x = image_input(s)
    for stage, depth in enumerate(VGG[which], 1):
        channels = min(32 * 2**stage, 512)
        point = which == "c" and stage > 2
        x = s.add("block:convolution", f"stage{stage}", x, repeat=depth - point, channels=channels)
        if point:
            x = s.add("block:convolution", f"point{stage}", x, channels=channels, kernel=1)
        if which == "a-lrn" and stage == 1:
            x = s.add("local_response_norm", "lrn", x, **LRN)
        x = s.add("max_pool2d", f"pool{stage}", x)
    x = s.add("flatten", "flatten", x)
    for number in (1, 2):
        x = s.dense(f"fc{number}", x, 4096, drop=0.5)
    s.classify(s.add("linear", "fc3", x, out_features="classes"))
    layers = sum(VGG[which]) + 3
    extra = {"a-lrn": ", with response normalization, which did not help", "c": ", three of them 1×1"}.get(which, "")
    return s.project(
        f"VGG {which.upper()} ({layers} layers)",
        f"{layers - 3} convolutions{extra}, in five stages of growing width: two 3×3 see as far as one 5×5 with fewer weights (Simonyan "
        f"and Zisserman 2014). {COUNTS[which]} parameters.",
        IMAGENET,
        SGD,
    )


TEMPLATES = {
    "alexnet": alexnet,
    "alexnet-course": alexnet_course,
    "zfnet": zfnet,
    "vgg-a": lambda: _vgg("a"),
    "vgg-a-lrn": lambda: _vgg("a-lrn"),
    "vgg-b": lambda: _vgg("b"),
    "vgg-c": lambda: _vgg("c"),
    "vgg-d": lambda: _vgg("d"),
    "vgg-e": lambda: _vgg("e"),
}

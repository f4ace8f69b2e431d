"""Several kernels side by side: Inception, and its module with and without bottlenecks."""

from __future__ import annotations

from architectures.sheet import IMAGENET, SGD, Sheet, image_input, joined
from visualnet.core.graph import Port
from visualnet.core.project import Block, Project

MODULES = {
    "3a": (64, 96, 128, 16, 32, 32),
    "3b": (128, 128, 192, 32, 96, 64),
    "4a": (192, 96, 208, 16, 48, 64),
    "4b": (160, 112, 224, 24, 64, 64),
    "4c": (128, 128, 256, 24, 64, 64),
    "4d": (112, 144, 288, 32, 64, 64),
    "4e": (256, 160, 320, 32, 128, 128),
    "5a": (256, 160, 320, 32, 128, 128),
    "5b": (384, 192, 384, 48, 128, 128),
}
"""The paper's table 1: #1×1, #3×3 reduce, #3×3, #5×5 reduce, #5×5, pool projection."""
NAMES = ("c1", "reduce3", "c3", "reduce5", "c5", "projection")


def _convolved(s: Sheet, name: str, x: Port, channels: str, kernel: int, **params: int) -> Port:
    return s.add("relu", f"{name}_relu", s.conv(name, x, channels, kernel, **params))


def _module(bottlenecks: bool) -> Block:
    names = NAMES if bottlenecks else ("c1", "c3", "c5")
    sizes = MODULES["3a"] if bottlenecks else (64, 128, 32)
    s = Sheet(scope=dict(zip(names, sizes, strict=True)))
    x = s.add("input", "x", size=(192, 28, 28))
    branches = [_convolved(s, "conv1", x, "c1", 1)]
    for kernel in (3, 5):
        before = _convolved(s, f"bottleneck{kernel}", x, f"reduce{kernel}", 1) if bottlenecks else x
        branches.append(_convolved(s, f"conv{kernel}", before, f"c{kernel}", kernel, padding=kernel // 2))
    pooled = s.add("max_pool2d", "pool", x, kernel_size=3, stride=1, padding=1)
    branches.append(_convolved(s, "pool_conv", pooled, "projection", 1) if bottlenecks else pooled)
    s.add("output", "y", joined(s, "join", branches))
    if bottlenecks:
        return s.block("Four kernels look at once; 1×1 convolutions make their input narrow before the costly ones.")
    return s.block(
        "Four kernels look at once, each at all channels: costly, and the pooling lets all channels through."
    )


def inception_v1() -> Project:
    s = Sheet({"inception": _module(True)}, {"classes": 1000, "size": 224})
    pool = {"kernel_size": 3, "stride": 2, "ceil_mode": True}
    x = s.add("relu", "relu1", s.conv("conv1", image_input(s), 64, 7, stride=2, padding=3))
    x = s.add("local_response_norm", "lrn1", s.add("max_pool2d", "pool1", x, **pool))
    x = s.add("relu", "relu2", s.conv("conv2", x, 64, 1))
    x = s.add("relu", "relu3", s.conv("conv3", x, 192, 3, padding=1))
    x = s.add("max_pool2d", "pool2", s.add("local_response_norm", "lrn2", x), **pool)
    for number, sizes in MODULES.items():
        if number in ("4a", "5a"):
            x = s.add("max_pool2d", f"pool{3 if number == '4a' else 4}", x, **pool)
        x = s.add("block:inception", f"inception_{number}", x, **dict(zip(NAMES, sizes, strict=True)))
    x = s.add("flatten", "flatten", s.add("adaptive_avg_pool2d", "average", x, output_size=1))
    s.classify(s.add("linear", "fc", s.add("dropout", "dropout", x, p=0.4), out_features="classes"))
    return s.project(
        "Inception v1 (GoogLeNet)",
        "Nine modules that look with 1×1, 3×3 and 5×5 kernels at once, made cheap by 1×1 bottlenecks (Szegedy et al. 2014): 22 layers deep "
        "with 6,998,552 parameters, a ninth of AlexNet's.",
        IMAGENET,
        SGD,
    )


def inception_modules() -> Project:
    blocks = {"naive": _module(False), "inception": _module(True)}
    s = Sheet(blocks, {"classes": 10, "channels": 192, "size": 28})
    x = s.add("input", "image", size=("channels", "size", "size"))
    label = s.add("target", "label")
    for name in blocks:
        y = s.add(
            "flatten", f"{name}_flat", s.add("adaptive_avg_pool2d", f"{name}_average", s.add(f"block:{name}", name, x))
        )
        logits = s.add("linear", f"{name}_logits", y, out_features="classes")
        s.add("cross_entropy", f"{name}_loss", logits, label)
        s.add("accuracy", f"{name}_accuracy", logits, label)
        s.add("output", f"{name}_answer", logits)
    return s.project(
        "Inception: naive and with bottlenecks",
        "The first module of Inception v1 beside the naive one, on the same 192 channels: compare parameters and multiplications, and the "
        "channels that each gives.",
        IMAGENET,
        SGD,
    )


TEMPLATES = {"inception-v1": inception_v1, "inception-modules": inception_modules}

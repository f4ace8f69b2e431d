"""A compiled graph against the same network written by hand: forward and backward, measured in turns. One core.

``python -m tests.benchmarks.bench_compile`` prints it.
"""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable
from itertools import pairwise

os.environ.setdefault("OMP_NUM_THREADS", "1")

import msgspec
import torch
import torch.nn.functional as F  # noqa: N812
from torch import Tensor, nn

from tests.graphs import graph
from visualnet.compiling.module import Model, compile_project
from visualnet.core.graph import Graph
from visualnet.core.project import Block, Project

Result = tuple[str, float, str, str]
SECONDS = 6.0
"""How long each pair is measured."""


def run() -> list[Result]:
    """The median ratio of each pair."""
    torch.set_num_threads(1)
    pairs: list[tuple[str, Project, nn.Module, tuple[int, ...]]] = [
        ("LeNet", lenet(), HandLeNet(), (64, 1, 28, 28)),
        ("MLP", mlp(), HandMLP(), (64, 784)),
        ("ResNet-18", resnet18(), HandResNet18(), (8, 3, 32, 32)),
        ("transformer encoder", transformer(), HandTransformer(), (8, 32, 64)),
    ]
    return [pair(name, project, hand, size) for name, project, hand, size in pairs]


def pair(name: str, project: Project, hand: nn.Module, size: tuple[int, ...]) -> Result:
    model = compile_project(project, seed=0)
    check(model, hand)
    hand.load_state_dict(dict(zip(hand.state_dict(), model.net.state_dict().values(), strict=True)))
    x, y = torch.rand(size), torch.zeros(size[0], dtype=torch.long)

    def ours() -> None:
        model.objective(image=x, label=y)["loss"].backward()

    def theirs() -> None:
        F.cross_entropy(hand(x), y).backward()

    ratio, ms = in_turns(ours, theirs, lambda: (model.net.zero_grad(), hand.zero_grad()))
    return (
        f"compiled vs hand-written, {name}",
        round(ratio, 4),
        "×",
        f"forward + backward, batch {size[0]}, {ms:.2f} ms by hand; at most 1.02",
    )


def check(model: Model, hand: nn.Module) -> None:
    """The two must be the same network, or the figure means nothing."""
    ours, theirs = model.net.state_dict(), hand.state_dict()
    assert [tuple(t.shape) for t in ours.values()] == [tuple(t.shape) for t in theirs.values()]


def in_turns(ours: Callable[[], None], theirs: Callable[[], None], clear: Callable[[], object]) -> tuple[float, float]:
    """The median of the ratios of neighbours, and the median of ``theirs`` in ms."""
    for _ in range(3):
        ours()
        theirs()
    clear()
    ratios, times = [], []
    gc.collect()
    gc.disable()
    try:
        end = time.perf_counter() + SECONDS
        while time.perf_counter() < end:
            first = timed(ours)
            second = timed(theirs)
            third = timed(theirs)
            fourth = timed(ours)
            ratios.append((first + fourth) / (second + third))
            times.append(second)
            clear()
    finally:
        gc.enable()
    return statistics.median(ratios), statistics.median(times) * 1000


def timed(work: Callable[[], None]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


# --- the graphs --------------------------------------------------------------------------------------------------------------------


def classifier(nodes: list[tuple[str, str, dict]], size: tuple[int, ...], ports: dict[str, tuple[str, str]]) -> Graph:
    """A chain of nodes with a label and a cross-entropy; ``ports`` gives the ends of each kind where they are not x and y."""
    chain = [("image", "input", {"size": size}), *nodes]
    wires = []
    for (before, kind, _), (after, other, _) in pairwise(chain):
        wires.append(
            f"{before}.{ports.get(kind, ('x', 'y'))[1] if kind != 'input' else 'x'} -> {after}.{ports.get(other, ('x', 'y'))[0]}"
        )
    last = chain[-1][0]
    ends: list[tuple[str, str, dict]] = [
        ("label", "target", {}),
        ("loss", "cross_entropy", {}),
        ("logits", "output", {}),
    ]
    return graph(
        [*chain, *ends], [*wires, f"{last}.y -> loss.logits", "label.y -> loss.target", f"{last}.y -> logits.x"]
    )


IMAGE = dict.fromkeys(("conv2d", "max_pool2d", "batch_norm2d", "adaptive_avg_pool2d"), ("image", "features"))


def lenet() -> Project:
    return Project(
        graph=classifier(
            [
                ("conv1", "conv2d", {"out_channels": 6, "kernel_size": 5, "padding": 2}),
                ("relu1", "relu", {}),
                ("pool1", "max_pool2d", {}),
                ("conv2", "conv2d", {"out_channels": 16, "kernel_size": 5}),
                ("relu2", "relu", {}),
                ("pool2", "max_pool2d", {}),
                ("flat", "flatten", {}),
                ("fc1", "linear", {"out_features": 120}),
                ("relu3", "relu", {}),
                ("fc2", "linear", {"out_features": 84}),
                ("relu4", "relu", {}),
                ("fc3", "linear", {"out_features": 10}),
            ],
            (1, 28, 28),
            IMAGE,
        )
    )


def mlp() -> Project:
    layers = []
    for at, width in enumerate((64, 32)):
        layers += [(f"fc{at}", "linear", {"out_features": width}), (f"relu{at}", "relu", {})]
    return Project(graph=classifier([*layers, ("last", "linear", {"out_features": 10})], (784,), {}))


def resnet18() -> Project:
    def basic(down: bool) -> Block:
        conv = {"out_channels": "channels", "padding": 1, "bias": False}
        nodes = [
            ("image", "input", {}),
            ("conv1", "conv2d", {**conv, "stride": 2} if down else conv),
            ("bn1", "batch_norm2d", {}),
            ("relu1", "relu", {}),
            ("conv2", "conv2d", conv),
            ("bn2", "batch_norm2d", {}),
            ("sum", "add", {}),
            ("relu2", "relu", {}),
            ("out", "output", {}),
        ]
        wires = [
            "image.x -> conv1.image",
            "conv1.features -> bn1.image",
            "bn1.features -> relu1.x",
            "relu1.y -> conv2.image",
        ]
        wires += ["conv2.features -> bn2.image", "bn2.features -> sum.x1", "sum.y -> relu2.x", "relu2.y -> out.x"]
        if down:
            nodes[6:6] = [
                ("proj", "conv2d", {**conv, "kernel_size": 1, "padding": 0, "stride": 2}),
                ("bn3", "batch_norm2d", {}),
            ]
            wires += ["image.x -> proj.image", "proj.features -> bn3.image", "bn3.features -> sum.x2"]
        else:
            wires.append("image.x -> sum.x2")
        return Block(graph=graph(nodes, wires), params={"channels": 64})

    stem = [
        ("stem", "conv2d", {"out_channels": 64, "padding": 1, "bias": False}),
        ("bn", "batch_norm2d", {}),
        ("relu", "relu", {}),
    ]
    stages = [("s1", "block:basic", {"channels": 64})]
    for at, width in enumerate((128, 256, 512), 2):
        stages += [(f"d{at}", "block:down", {"channels": width}), (f"s{at}", "block:basic", {"channels": width})]
    end = [("pool", "adaptive_avg_pool2d", {}), ("flat", "flatten", {}), ("fc", "linear", {"out_features": 10})]
    ports = {**IMAGE, "block:basic": ("image", "out"), "block:down": ("image", "out")}
    whole = classifier([*stem, *stages, *end], (3, 32, 32), ports)
    twice = next(n for n in whole if n.name == "s1")
    whole = msgspec.structs.replace(whole, nodes={**whole.nodes, twice.id: msgspec.structs.replace(twice, repeat=2)})
    return Project(graph=whole, blocks={"basic": basic(False), "down": basic(True)})


def transformer() -> Project:
    nodes = [
        ("x", "input", {}),
        ("norm1", "layer_norm", {}),
        ("attention", "multihead_attention", {"num_heads": 4}),
        ("sum1", "add", {}),
        ("norm2", "layer_norm", {}),
        ("fc1", "linear", {"out_features": 128}),
        ("gelu", "gelu", {}),
        ("fc2", "linear", {"out_features": 64}),
        ("sum2", "add", {}),
        ("y", "output", {}),
    ]
    wires = [
        "x.x -> norm1.x",
        "norm1.y -> attention.query",
        "attention.output -> sum1.x1",
        "x.x -> sum1.x2",
        "sum1.y -> norm2.x",
    ]
    wires += [
        "norm2.y -> fc1.x",
        "fc1.y -> gelu.x",
        "gelu.y -> fc2.x",
        "fc2.y -> sum2.x1",
        "sum1.y -> sum2.x2",
        "sum2.y -> y.x",
    ]
    encoder = Block(graph=graph(nodes, wires))
    chain = [(f"encoder{i}", "block:encoder", {}) for i in range(4)]
    chain += [("mean", "mean", {}), ("fc", "linear", {"out_features": 10})]
    return Project(graph=classifier(chain, (32, 64), {"block:encoder": ("x", "y")}), blocks={"encoder": encoder})


# --- by hand -----------------------------------------------------------------------------------------------------------------------


class HandLeNet(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 6, 5, padding=2)
        self.conv2 = nn.Conv2d(6, 16, 5)
        self.fc1 = nn.Linear(400, 120)
        self.fc2 = nn.Linear(120, 84)
        self.fc3 = nn.Linear(84, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        x = F.relu(self.fc2(F.relu(self.fc1(torch.flatten(x, 1)))))
        return self.fc3(x)


class HandMLP(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.fc1 = nn.Linear(784, 64)
        self.fc2 = nn.Linear(64, 32)
        self.fc3 = nn.Linear(32, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc3(F.relu(self.fc2(F.relu(self.fc1(x)))))


class HandBasic(nn.Module):
    def __init__(self, before: int, after: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(before, after, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(after)
        self.conv2 = nn.Conv2d(after, after, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(after)
        self.down = (
            nn.Sequential(nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after))
            if stride > 1
            else None
        )

    def forward(self, x: Tensor) -> Tensor:
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return F.relu(y + (x if self.down is None else self.down(x)))


class HandResNet18(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 64, 3, 1, 1, bias=False)
        self.bn = nn.BatchNorm2d(64)
        widths = (64, 64, 64, 128, 128, 256, 256, 512, 512)
        blocks = [HandBasic(a, b, 2 if a != b else 1) for a, b in pairwise(widths)]
        self.blocks = nn.Sequential(*blocks)
        self.fc = nn.Linear(512, 10)

    def forward(self, x: Tensor) -> Tensor:
        x = self.blocks(F.relu(self.bn(self.stem(x))))
        return self.fc(torch.flatten(F.adaptive_avg_pool2d(x, 1), 1))


class HandEncoder(nn.Module):
    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = nn.MultiheadAttention(width, heads, batch_first=True)
        self.norm2 = nn.LayerNorm(width)
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm1(x)
        x = x + self.attention(y, y, y, need_weights=False)[0]
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class HandTransformer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.encoders = nn.Sequential(*(HandEncoder(64, 4, 128) for _ in range(4)))
        self.fc = nn.Linear(64, 10)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc(self.encoders(x).mean(1))


if __name__ == "__main__":
    for line in run():
        print(*line, sep="  ")

"""Training steps a second: the program's session against a tight loop written by hand, in one process, taking turns.

The loop by hand is what a careful person writes: data in memory as tensors, batches by index, no DataLoader, loss read once
an epoch. Both sides train the same weights on the same data with the same recipe and validate each epoch.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch import nn

from tests.training.nets import lenet, mlp
from visualnet.core.project import Project
from visualnet.data.loading import Loaded, load
from visualnet.training.control import Control
from visualnet.training.events import Progress
from visualnet.training.loop.session import Session

Row = tuple[str, float, str, str]
EPOCHS = {"LeNet": 3, "MLP": 20}
ROUNDS = 7


def _lenet() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    )


def _mlp() -> nn.Module:
    layers = (nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
    return nn.Sequential(nn.Flatten(), *layers)


def by_hand(make: Callable[[], nn.Module], data: Loaded, epochs: int, **options: Any) -> float:
    """Seconds that the loop by hand takes."""
    torch.manual_seed(0)
    image = torch.from_numpy((data.whole("image") - data.mean["image"]) / data.std["image"])
    label = torch.from_numpy(data.whole("label").copy())
    train, validation = torch.from_numpy(data.train), torch.from_numpy(data.validation)
    x, y, x_val, y_val = image[train], label[train], image[validation], label[validation]
    net, loss_of = make(), nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3, **options)
    begin = time.perf_counter()
    for _ in range(epochs):
        net.train()
        order = torch.randperm(len(x))
        total = torch.zeros(())
        right = torch.zeros(())
        for at in range(0, len(x), 64):
            index = order[at : at + 64]
            inputs, targets = x[index], y[index]
            optimizer.zero_grad()
            logits = net(inputs)
            loss = loss_of(logits, targets)
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(index)
            right += (logits.argmax(1) == targets).sum()
        net.eval()
        with torch.no_grad():
            for at in range(0, len(x_val), 128):
                logits = net(x_val[at : at + 128])
                total += loss_of(logits, y_val[at : at + 128])
                right += (logits.argmax(1) == y_val[at : at + 128]).sum()
        float(total), float(right)
    return time.perf_counter() - begin


def by_session(project: Project, data: Loaded, watched: bool) -> tuple[float, float]:
    """Seconds that a session with a folder takes from its first step to its last, and the share that watching cost."""
    control, spans, shares = Control(), [0.0, 0.0], [0.0]
    if watched:
        ports = [((node_id,), _port(project, node_id)) for node_id in project.graph.nodes]
        control.request_probes([p for p in ports if p[1]], 0, 0.05, True)

    def note(event: object) -> None:
        if type(event).__name__ == "Started":
            spans[0] = time.perf_counter()
        elif type(event).__name__ == "Finished":
            spans[1] = time.perf_counter()
        elif isinstance(event, Progress):
            shares[0] = event.watching

    with tempfile.TemporaryDirectory() as folder:
        assert Session(project, data, note, control, folder=Path(folder), threads=1).run() == "done"
    return spans[1] - spans[0], shares[0]


def _port(project: Project, node_id: str) -> str:
    from visualnet.layers import LAYERS

    layer = LAYERS[project.graph.nodes[node_id].kind]
    return "" if layer.role in ("loss", "metric", "output") else next(iter(layer().outputs()), "")


def run() -> list[Row]:
    """Ratios of steps a second, the session's to the loop's; the median of rounds in turn."""
    torch.set_num_threads(1)
    rows: list[Row] = []
    for name, make, project in (("LeNet", _lenet, lenet), ("MLP", _mlp, mlp)):
        epochs = EPOCHS[name]
        chosen = project(epochs=epochs)
        data = load(chosen.data)
        plain, watched, fused, costs = [], [], [], []
        for turn in range(ROUNDS + 1):
            hand = by_hand(make, data, epochs)
            alone, _ = by_session(chosen, data, False)
            seen, cost = by_session(chosen, data, True)
            best = by_hand(make, data, epochs, fused=True)
            if turn:  # the first round warms up
                plain.append(hand / alone)
                watched.append(hand / seen)
                fused.append(best / alone)
                costs.append(cost)
        note = f"{epochs} epochs of MNIST-5k, Adam, batch 64, 1 thread; run folder and checkpoints included"
        rows += [
            (f"training steps/s, {name}: headless ÷ by hand", statistics.median(plain), "×", f"≥ 1.00; {note}"),
            (f"training steps/s, {name}: all watched ÷ by hand", statistics.median(watched), "×", "≥ 0.90"),
            (
                f"training steps/s, {name}: headless ÷ by hand, fused",
                statistics.median(fused),
                "×",
                "the same, optimizer fused",
            ),
            (f"watching, {name}: share of time", statistics.median(costs), "", "budget 0.05"),
        ]
    return rows


if __name__ == "__main__":
    for row in run():
        print(f"{row[0]:55} {row[1]:8.3f} {row[2]:2} {row[3]}")

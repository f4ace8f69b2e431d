"""What the dashboard costs: a frame with 60 cards tinted and all wires by a figure, and each look at LeNet-5.

``python -m tests.benchmarks bench_dashboard`` prints it.
"""

from __future__ import annotations

import statistics
import time

import torch

from tests.benchmarks.bench_canvas import Result, frames, grid, opened
from tests.contract.observed_networks import observed
from visualnet.app.canvas.camera.camera import Pose
from visualnet.app.canvas.overlays.card_tints import CardTint, TintLayer, amount_colour
from visualnet.app.features.dashboard.wire_styles import wire_style
from visualnet.app.theme.tokens import DARK
from visualnet.training.observations.cards.declare import CardGradients, CardSaturation, CardValues, CardWeights
from visualnet.training.observations.context import in_evaluation_mode

CARDS = 60
FRAME_MS, LOOK_MS = 4.0, 10.0


def run() -> list[Result]:
    """The rows of the table."""
    return [*painting(), *looks()]


def painting() -> list[Result]:
    """What the tints and inks add to a frame, near and from far: the medians of whole repaints with them and without."""
    view = opened(grid(CARDS))
    layer = TintLayer(view)
    view.canvas.addItem(layer)
    found: list[Result] = []
    for zoom in (0.3, 0.5, 0.9):
        view.look(Pose(view.canvas.contents().center().x(), view.canvas.contents().center().y(), zoom))
        spent = []
        for shown in (False, True):
            cards = list(view.canvas.cards) if shown else []
            layer.show_tints({c: CardTint(amount_colour(i / CARDS), f"{i / 7:.2g}") for i, c in enumerate(cards)})
            targets = list(view.canvas.wires) if shown else []
            view.canvas.set_wire_styles({t: wire_style(i / len(targets), DARK) for i, t in enumerate(targets)})
            frames(view, lambda _: None, 40)  # until every card has its picture
            spent.append(statistics.median(frames(view, lambda _: None)))
        bare, full = spent
        note = f"≤ {FRAME_MS:g}; a frame in all: {full:.2f} ms, without it {bare:.2f} ms"
        found.append((f"dashboard on {CARDS} cards at zoom {zoom:g}", max(full - bare, 0.0), "ms", note))
    return found


def looks() -> list[Result]:
    """How long each observation of all cards of LeNet-5 takes, with one thread."""
    torch.set_num_threads(1)
    network = observed("convolutional")
    found: list[Result] = []
    for kind in (CardValues, CardSaturation, CardWeights, CardGradients):
        made, subject, spent = kind(), kind.subjects(network.analysis)[0], []
        with in_evaluation_mode(network.model), torch.no_grad():
            network.context.aim(0)
            for _ in range(30):
                begin = time.perf_counter()
                made.compute(network.context, subject)
                spent.append((time.perf_counter() - begin) * 1e3)
        found.append((f"a look at LeNet-5: {kind.title}", statistics.median(spent), "ms", f"≤ {LOOK_MS:g}; 1 thread"))
    return found


if __name__ == "__main__":
    for row in run():
        print(row)

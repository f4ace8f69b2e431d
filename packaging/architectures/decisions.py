"""Networks that decide: what each action is worth, learned by playing."""

from __future__ import annotations

import msgspec

from architectures.sheet import Sheet
from visualnet.core.graph import Port, Value
from visualnet.core.project import DataChoice, Project, Recipe


def _values(s: Sheet, x: Port, actions: int) -> None:
    """The end of every one: a value for each action, and a loss on that of the action taken."""
    values = s.add("linear", "q", x, out_features=actions)
    s.add("output", "values", values)
    action = s.add("target", "action", field="action")
    picked = s.add("pick", "q_taken", values, action)
    aim = s.add("target", "target", field="target", size=(1,), dtype="float")
    s.add("huber", "loss", picked, aim)


def _recipe(lr: float, batch_size: int, epochs: int, schedule: str = "constant", **options: Value) -> Recipe:
    settings: dict[str, Value] = {**options, "threads": 1}
    return Recipe(
        optimizer="Adam",
        lr=lr,
        batch_size=batch_size,
        epochs=epochs,
        schedule=schedule,
        device="cpu",
        best_by="reward",
        procedure="deep_q",
        options=settings,
    )


def mouse() -> Project:
    s = Sheet()
    seen = s.add("input", "seen", field="observation", size=(4, 5, 5))
    x = s.add("flatten", "cells", seen)
    for number, width in enumerate((128, 64), 1):
        x = s.add("relu", f"relu{number}", s.add("linear", f"fc{number}", x, out_features=width))
    _values(s, x, 4)
    return s.project(
        "Mouse",
        "A mouse sees 5×5 cells around it and learns what each of its four steps is worth: cheese is +0.5, poison −1. Nobody tells it what "
        "to do; it plays, remembers, and learns from that (deep Q-learning).",
        DataChoice(name="mouse", normalise=False),
        MOUSE,
        wrap=1160,
    )


def mouse_conv() -> Project:
    s = Sheet()
    seen = s.add("input", "seen", field="observation", size=(4, 5, 5))
    x = s.add("relu", "relu1", s.conv("conv1", seen, 16, 3, padding=1))
    x = s.add("relu", "relu2", s.conv("conv2", x, 32, 3))
    x = s.add("relu", "relu3", s.add("linear", "fc", s.add("flatten", "cells", x), out_features=64))
    _values(s, x, 4)
    return s.project(
        "Mouse (convolutional)",
        "The same mouse with two convolutions: a filter that has learned what cheese beside a cell means knows it everywhere in view.",
        DataChoice(name="mouse", normalise=False),
        msgspec.structs.replace(MOUSE, epochs=24),
        wrap=1160,
    )


def cartpole() -> Project:
    s = Sheet()
    x = s.add("input", "seen", field="observation", size=(4,))
    for number in (1, 2):
        x = s.add("relu", f"relu{number}", s.add("linear", f"fc{number}", x, out_features=128))
    _values(s, x, 2)
    return s.project(
        "Cart and pole",
        "Four numbers say how a cart and the pole on it stand; two values say what a push to the left and one to the right are worth. "
        "Solved when the pole stands for 475 of 500 steps on average.",
        DataChoice(name="cartpole", normalise=False),
        CARTPOLE,
        wrap=1160,
    )


MOUSE = _recipe(
    0.001,
    128,
    40,
    rounds=1500,
    play_steps=2,
    discount=0.9,
    epsilon_end=0.05,
    epsilon_steps=20_000,
    buffer=50_000,
    learning_starts=1000,
    target_every=1,
    target_rate=0.01,
    test_epsilon=0.02,
    episodes=50,
    schedule="cosine",
)
CARTPOLE = _recipe(
    0.001,
    128,
    40,
    rounds=500,
    play_steps=2,
    discount=0.99,
    epsilon_end=0.05,
    epsilon_steps=8000,
    buffer=50_000,
    learning_starts=500,
    target_every=40,
    episodes=20,
    clip_norm=10.0,
)
TEMPLATES = {"mouse": mouse, "mouse-conv": mouse_conv, "cartpole": cartpole}

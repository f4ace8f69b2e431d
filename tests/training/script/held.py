"""A printed training script, run beside the session: every number of every step and epoch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

from visualnet.core.project import Project
from visualnet.data.loading import Loaded, load
from visualnet.training import events
from visualnet.training.loop.session import Session
from visualnet.training.script.training_script import write_training

History = list[dict[str, Any]]


def session_history(project: Project, data: Loaded) -> tuple[History, Mapping[str, torch.Tensor]]:
    """What the session tells of every epoch, as a script gives it, and the weights at the end."""
    told: list[Any] = []
    session = Session(project, data, told.append)
    assert session.run() == "done", [e for e in told if isinstance(e, events.Failed)]
    losses = [loss for e in told if isinstance(e, events.Steps) for loss in e.values["loss"]]
    epochs = [e for e in told if isinstance(e, events.EpochDone)]
    each = len(losses) // len(epochs)
    found = []
    for i, e in enumerate(epochs):
        entry = {"epoch": e.epoch, "train": e.train, "losses": losses[i * each : (i + 1) * each]}
        entry |= {"validation": e.validation} if e.validation else {}
        found.append(entry | ({"average": e.average} if e.average else {}))
    assert session.model is not None
    return found, session.model.net.state_dict()


def printed(project: Project, folder: Path, data: Loaded | None = None) -> str:
    """The script, written there with its data."""
    script = folder / "train.py"
    write_training(project, data or load(project.data), script)
    return script.read_text(encoding="utf-8")


def run_script(text: str, folder: Path) -> tuple[torch.nn.Module, History]:
    """Run a script's ``main`` in a namespace of its own."""
    made: dict[str, Any] = {"__name__": "printed", "__file__": str(folder / "train.py")}
    exec(compile(text, "train.py", "exec"), made)
    main: Callable[[], tuple[torch.nn.Module, History]] = made["main"]
    return main()


def plain(values: Mapping[str, float | None]) -> dict[str, float | None]:
    """None for what is not finite, as events have it."""
    return {name: v if v is not None and math.isfinite(v) else None for name, v in values.items()}


def differences(project: Project, folder: Path, data: Loaded | None = None) -> list[str]:
    """Where the script's numbers and weights are not those of the session, to the bit."""
    data = data or load(project.data)
    wanted, weights = session_history(project, data)
    model, given = run_script(printed(project, folder, data), folder)
    found = [] if len(wanted) == len(given) else [f"{len(given)} epochs, wanted {len(wanted)}"]
    for ours, theirs in zip(wanted, given, strict=False):
        if ours.keys() != theirs.keys():
            found.append(f"epoch {ours['epoch']} has {sorted(theirs)}, wanted {sorted(ours)}")
        if ours["losses"] != theirs["losses"]:
            at = next(i for i, (a, b) in enumerate(zip(ours["losses"], theirs["losses"], strict=False)) if a != b)
            found.append(f"epoch {ours['epoch']}: the loss of batch {at + 1}")
        for part in ours.keys() & theirs.keys() - {"losses", "epoch"}:
            if plain(ours[part]) != plain(theirs[part]):
                found.append(f"epoch {ours['epoch']}: {part} {plain(theirs[part])}, wanted {plain(ours[part])}")
    state = model.state_dict()
    assert list(state) == list(weights)
    return found + [f"weight {name}" for name in state if not torch.equal(state[name], weights[name])]

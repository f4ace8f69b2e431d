"""How a run stands, in one line of words and as a share."""

from __future__ import annotations

import math

from visualnet.analysis import Analysis
from visualnet.core.project import LAST_EPOCH, RunRef
from visualnet.core.text.format import format_duration, format_number, format_percent, format_quantity
from visualnet.training.events import sums_learners
from visualnet.training.runs.change_marks import find_marks
from visualnet.training.runs.run_model import RunModel

STATES = {
    "done": "Trained",
    "stopped": "Stopped",
    "failed": "Failed",
    "interrupted": "Interrupted",
}


EARLIER = "an earlier version of the drawing"
STILL_AS_IT_WAS = "Trains the network as it was; pause to go on with your change"


def share_done(model: RunModel | None) -> float:
    """How much of the run is done, from 0 to 1."""
    if model is None or model.started is None:
        return 0.0
    return min(model.scale.epoch(float(model.step)) / model.planned_epochs, 1.0) if model.planned_epochs else 0.0


def describe_run(state: str, model: RunModel | None, analysis: Analysis, older: bool = False, title: str = "") -> str:
    """A line such as “epoch 8 of 20 · step 500 · 10,900 samples/s · 1 min 12 s left”; nothing where there is no run yet.

    ``state`` is the runner's: ``idle``, ``starting``, ``running`` or ``paused``. ``older``: the drawing has changed since the run began.
    ``title``: what the run is called, where it is not the one that one would think of.
    """
    if state == "starting":
        return "Starting: loading PyTorch, the data and the network …"
    if model is None or model.started is None:
        return ""
    parts = [describe_position(model)]
    if older and state == "running":
        parts.insert(0, STILL_AS_IT_WAS)
    if state != "idle" and model.compiling:
        parts.append("compiling the network: pause and stop wait until that is done")
    elif state != "idle" and model.progress is not None:
        if state == "paused":
            parts.append("paused")
        parts.append(f"{model.progress.samples_per_s:,.0f} samples/s")
        parts.append(f"{format_duration(model.progress.eta_s)} left")
    elif state == "idle":
        parts.insert(0, STATES.get(model.state, "Stopped"))
        if older:
            parts.insert(0, f"Of {EARLIER}")
        if model.finished is not None and model.finished.early:
            parts[-1] += " (early: nothing was gained any more)"
        if model.finished is not None:
            parts.append(f"in {format_duration(model.finished.seconds)}")
        if model.best is not None:
            name = model.started.best_by
            value = model.best.validation.get(name, model.best.train.get(name))
            of = "" if name == "loss" and not model.best.validation else "validation " if model.best.validation else ""
            if name == LAST_EPOCH:
                parts.append(f"kept as best: the last epoch, {model.best.epoch}")
            elif value is not None:
                least = f"least {of}sum of the learners' losses" if sums_learners(model.started) else f"best {of}{name}"
                parts.append(f"{least} {format_value(analysis, name, value)} in epoch {model.best.epoch}")
        if model.clipped:
            parts.append(f"clipped in {format_quantity(model.clipped, 'step')}")
        if model.skipped:
            parts.append(f"{format_quantity(model.skipped, 'step')} skipped, as gradients overflowed in fp16")
        if model.memory is not None:
            parts.append(model.memory.describe())
    if title:
        parts = [f"Run {title}", parts[0][:1].lower() + parts[0][1:], *parts[1:]]
    return " · ".join(parts)


def describe_changes(model: RunModel | None) -> tuple[str, str]:
    """What was changed last in a run, as “B at step 1,240: learning rate 0.01 → 0.001”, and all that was, line by line."""
    marks = find_marks(model) if model is not None else []
    lines = [f"{mark.letter} at {mark.sentence}" for mark in marks]
    return (lines[-1], "\n".join(lines)) if lines else ("", "")


def describe_position(model: RunModel) -> str:
    """“epoch 8 of 20 · step 500”."""
    assert model.started is not None
    epoch = math.ceil(model.scale.epoch(float(max(model.step, 1))) - 1e-9)
    return f"epoch {min(epoch, model.planned_epochs)} of {model.planned_epochs} · step {model.step:,}"


def format_value(analysis: Analysis, name: str, value: float) -> str:
    """A loss in few digits; what counts a part of a whole, such as an accuracy, in per cent."""
    metrics = [facts for facts in analysis.main.sinks("metric") if facts.node.name == name]
    is_share = any(spec.holds == "fractions" for facts in metrics for spec in facts.leaving.values())
    return format_percent(value) if is_share else format_number(value)


def format_metrics(analysis: Analysis, run: RunRef) -> str:
    """The metrics of a run's best epoch, on the validation set where there is one."""
    of = "validation_" if any(name.startswith("validation_") for name in run.summary) else ""
    known = [f.node.name for f in analysis.main.sinks("metric")]
    values = {name: run.summary[of + name] for name in known if of + name in run.summary}
    return ", ".join(f"{name} {format_value(analysis, name, value)}" for name, value in values.items())

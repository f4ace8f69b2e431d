"""How a run stands, in one line of words and as a share."""

from __future__ import annotations

from visualnet.app.state.runner_protocol import RunnerProtocol
from visualnet.app.state.studio import Studio
from visualnet.core.text.format import format_duration, format_number, format_percent
from visualnet.training.runs.run_model import RunModel

STATES = {
    "done": "Trained",
    "stopped": "Stopped",
    "failed": "Failed",
    "interrupted": "Interrupted",
}


def share_done(model: RunModel | None) -> float:
    """How much of the run is done, from 0 to 1."""
    if model is None or model.started is None:
        return 0.0
    steps = model.started.epochs * model.started.steps_per_epoch
    return min(model.step / steps, 1.0) if steps else 0.0


def tell(runner: RunnerProtocol) -> tuple[str, float]:
    """A line such as “epoch 8 of 20 · step 500 · 10,900 samples/s · 1 min 12 s left”, and the share that is done."""
    model: RunModel | None = runner.model
    if runner.state == "starting":
        return "Starting: loading PyTorch, the data and the network …", 0.0
    if model is None or model.started is None:
        return runner.why_not() or "Ready to train", 0.0
    parts = [where(model)]
    if runner.busy and model.progress is not None:
        if runner.state == "paused":
            parts.append("paused")
        parts.append(f"{model.progress.samples_per_s:,.0f} samples/s")
        parts.append(f"{format_duration(model.progress.eta_s)} left")
    elif not runner.busy:
        parts.insert(0, STATES.get(model.state, "Stopped"))
        if model.finished is not None:
            parts.append(f"in {format_duration(model.finished.seconds)}")
        if model.best is not None:
            name = model.started.best_by
            value = model.best.validation.get(name, model.best.train.get(name))
            of = "" if name == "loss" and not model.best.validation else "validation " if model.best.validation else ""
            if value is not None:
                parts.append(f"best {of}{name} {figure(runner.studio, name, value)} in epoch {model.best.epoch}")
        if model.memory is not None:
            parts.append(model.memory.told())
    return " · ".join(parts), share_done(model)


def where(model: RunModel) -> str:
    """“epoch 8 of 20 · step 500”."""
    assert model.started is not None
    each = max(model.started.steps_per_epoch, 1)
    epoch = min(-(-max(model.step, 1) // each), model.started.epochs)
    return f"epoch {epoch} of {model.started.epochs} · step {model.step:,}"


def figure(studio: Studio, name: str, value: float) -> str:
    """A loss in few digits; a share, such as an accuracy, in per cent."""
    return format_percent(value) if is_share(studio, name) else format_number(value)


def is_share(studio: Studio, name: str) -> bool:
    """Whether the metric of this name counts a part of a whole."""
    metrics = [facts for facts in studio.analysis.main.sinks("metric") if facts.node.name == name]
    return any(spec.holds == "fractions" for facts in metrics for spec in facts.leaving.values())

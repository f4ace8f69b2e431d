"""The forecasts against what is measured: what autograd keeps, the peak of whole training steps, the time of a step."""

from __future__ import annotations

import gc
import time
from statistics import median, quantiles

import torch

from tests.analysis.cost.test_saved_tensors import batch_of, measured
from visualnet.analysis import infer
from visualnet.analysis.cost.step_time import step_seconds
from visualnet.analysis.cost.totals import Costs
from visualnet.compiling.module import compile_project
from visualnet.core.storage import project_file
from visualnet.core.text.format import format_bytes, format_duration
from visualnet.resources import resource
from visualnet.training.measure import machine_speed
from visualnet.training.optimizers import make

Row = tuple[str, float, str, str]
LARGEST = 120_000_000
BATCH = 16


def _steps(path: str, batch: int, device: torch.device) -> int:
    """Build a template, and train two steps; the bytes of the samples, which are no part of the forecast."""
    project = project_file.load(resource("templates", path))
    model = compile_project(project, infer(project), device=device, seed=0)
    optimizer = make(project.recipe, [p for p in model.objective.parameters() if p.requires_grad], device)
    fields = {name: t.to(device) for name, t in batch_of(model, batch).items()}
    model.objective.train()
    for _ in range(2):
        model.objective(**fields)["loss"].backward()
        optimizer.step()
        optimizer.zero_grad()
    return sum(t.nbytes for t in fields.values())


def _gpu_peak(path: str, batch: int) -> int:
    torch.cuda.empty_cache()
    before = torch.cuda.memory_allocated()
    torch.cuda.reset_peak_memory_stats()
    _steps(path, batch, torch.device("cuda"))
    return torch.cuda.max_memory_allocated() - before


def _cpu_peak(path: str, batch: int) -> int:
    """The most that torch's allocator held at once, told by every allocation and release of the steps."""
    gc.collect()
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as profile:
        _steps(path, batch, torch.device("cpu"))
    assert profile.profiler is not None and profile.profiler.kineto_results is not None
    told = [e for e in profile.profiler.kineto_results.events() if e.name() == "[memory]"]
    held = peak = 0
    for event in sorted(told, key=lambda e: e.start_ns()):
        held += event.nbytes()
        peak = max(peak, held)
    return peak


def _step_s(path: str, device: torch.device) -> float:
    """The middle one of some training steps at the recipe's batch size."""
    project = project_file.load(resource("templates", path))
    model = compile_project(project, infer(project), device=device, seed=0)
    optimizer = make(project.recipe, [p for p in model.objective.parameters() if p.requires_grad], device)
    fields = {name: t.to(device) for name, t in batch_of(model, project.recipe.batch_size).items()}
    model.objective.train()
    found = []
    for number in range(9):
        begin = time.perf_counter()
        model.objective(**fields)["loss"].backward()
        optimizer.step()
        optimizer.zero_grad()
        if device.type == "cuda":
            torch.cuda.synchronize()
        if number >= 2:
            found.append(time.perf_counter() - begin)
    return median(found)


def _timed(name: str, said: float, found: float, where: str) -> Row:
    note = f"forecast {format_duration(said, 2)}, measured {format_duration(found, 2)}, at the recipe's batch size"
    return f"{name}: time of a step{where}, error", 100 * (said / found - 1), "%", note


def _row(name: str, what: str, said: int, found: int, batch: int) -> Row:
    note = f"forecast {format_bytes(said)}, measured {format_bytes(found)}, {batch} samples"
    return f"{name}: {what}, error", 100 * (said / found - 1), "%", note


def run() -> list[Row]:
    """The rows of the table: name, value, unit, note."""
    rows: list[Row] = []
    paces = {
        name: machine_speed.measure(torch.device(name)) for name in ("cpu", *(["cuda"] * torch.cuda.is_available()))
    }
    for path in sorted(resource("templates").glob("*.vnet")):
        project = project_file.load(path)
        analysis = infer(project)
        cost = Costs(analysis, BATCH).whole()
        if analysis.errors() or not analysis.main.sinks("loss") or cost.training > LARGEST or cost.macs > 10**9:
            continue
        found = measured(compile_project(project, analysis, seed=0), BATCH)
        rows.append(_row(path.stem, "kept for the backward pass", cost.kept, found, BATCH))
        rows.append(_row(path.stem, "peak of two training steps", cost.training, _cpu_peak(path.name, BATCH), BATCH))
        for device, pace in paces.items():
            took, where = _step_s(path.name, torch.device(device)), "" if device == "cpu" else " on the GPU"
            rows.append(_timed(path.stem, step_seconds(analysis, pace), took, where))
        if torch.cuda.is_available():
            said = Costs(analysis, 256).whole().training
            rows.append(_row(path.stem, "peak on the GPU", said, _gpu_peak(path.name, 256), 256))
    return [*_summed(rows), *rows]


def _summed(rows: list[Row]) -> list[Row]:
    """How far off the forecasts of each kind are in all: the middle one, and that which nine of ten stay below."""
    found: list[Row] = []
    for what in dict.fromkeys(row[0].partition(": ")[2] for row in rows):
        errors = [abs(row[1]) for row in rows if row[0].endswith(f": {what}")]
        if len(errors) > 1:
            tenths = quantiles(errors, n=10)
            found.append(
                (f"all {len(errors)}: {what}, size", tenths[4], "%", f"median; nine of ten below {tenths[8]:.3g} %")
            )
    return found


if __name__ == "__main__":
    for name, value, unit, note in run():
        print(f"{name:60} {value:8.2f} {unit}  {note}")

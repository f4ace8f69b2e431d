"""The forecast of memory against what torch holds: what autograd keeps on the CPU, and the peak of a whole training step on a GPU."""

from __future__ import annotations

import torch

from tests.analysis.test_cost import batch_of, measured
from visualnet.analysis import infer
from visualnet.analysis.cost import Costs, bytes_text
from visualnet.compiling.module import compile_project
from visualnet.core import files
from visualnet.resources import resource
from visualnet.training.optimizers import make

Row = tuple[str, float, str, str]
LARGEST = 120_000_000
BATCH = 16


def _peak(path: str, batch: int) -> tuple[int, int]:
    """The forecast and the measured peak of two training steps on the GPU."""
    project = files.load(resource("templates", path))
    analysis, device = infer(project), torch.device("cuda")
    torch.cuda.empty_cache()
    before = torch.cuda.memory_allocated()
    model = compile_project(project, analysis, device=device, seed=0)
    optimizer = make(project.recipe, [p for p in model.objective.parameters() if p.requires_grad], device)
    fields = {name: t.to(device) for name, t in batch_of(model, batch).items()}
    for _ in range(2):
        torch.cuda.reset_peak_memory_stats()
        model.objective(**fields)["loss"].backward()
        optimizer.step()
        optimizer.zero_grad()
    return Costs(analysis, batch).whole().training, torch.cuda.max_memory_allocated() - before


def run() -> list[Row]:
    """The rows of the table: name, value, unit, note."""
    rows: list[Row] = []
    for path in sorted(resource("templates").glob("*.vnet")):
        project = files.load(path)
        analysis = infer(project)
        cost = Costs(analysis, BATCH).whole()
        if analysis.errors() or not analysis.main.sinks("loss") or cost.training > LARGEST or cost.macs > 10**9:
            continue
        found = measured(compile_project(project, analysis, seed=0), BATCH)
        note = f"forecast {bytes_text(cost.kept)}, measured {bytes_text(found)}, {BATCH} samples"
        rows.append((f"{path.stem}: kept for the backward pass, error", 100 * (cost.kept / found - 1), "%", note))
        if torch.cuda.is_available():
            said, peak = _peak(path.name, 256)
            note = f"forecast {bytes_text(said)}, measured {bytes_text(peak)}, 256 samples"
            rows.append((f"{path.stem}: peak of a training step on the GPU, error", 100 * (said / peak - 1), "%", note))
    return rows


if __name__ == "__main__":
    for name, value, unit, note in run():
        print(f"{name:60} {value:8.2f} {unit}  {note}")

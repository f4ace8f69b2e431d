"""Deep networks: how long opening, inference, costs, the summary and compiling on the meta device take."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from visualnet.analysis import infer
from visualnet.analysis.cost import Costs
from visualnet.analysis.report import report, table
from visualnet.core import edits, files
from visualnet.core.project import MAIN, Project
from visualnet.resources import resource

Row = tuple[str, float, str, str]
NAMES = ("resnet-152", "densenet-121", "gpt")
GPT3 = {"layers": 96, "width": 12288, "heads": 96, "context": 2048}


def _ms(work: Callable[[], Any], times: int = 5) -> float:
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append((time.perf_counter() - start) * 1000)
    return median(found)


def _at_the_input(project: Project) -> float:
    """Inference after an edit that changes every shape."""
    analysis, node = infer(project), next(n for n in project.graph if n.kind == "input")
    size = list(next(iter(analysis.main[node.id].leaving.values())).shape)
    found = []
    for number in range(9):
        changed = (
            *size[:-1],
            int(size[-1]) - (number + 1) * max(1, size[-1] // 12),
        )  # never seen, and different down to the end
        project = edits.set_params(project, MAIN, [node.id], {"size": changed})
        start = time.perf_counter()
        analysis = infer(project, analysis)
        found.append((time.perf_counter() - start) * 1000)
    return median(found)


def _compiled(project: Project) -> float:
    import torch

    from visualnet.compiling.module import compile_project

    compile_project(project, device=torch.device("meta"))
    return _ms(lambda: compile_project(project, device=torch.device("meta")), 3)


def run() -> list[Row]:
    """The rows of the table: name, value, unit, note."""
    rows: list[Row] = []
    projects = {
        n: files.load(resource("templates", f"{n}.vnet")) for n in NAMES if resource("templates", f"{n}.vnet").exists()
    }
    if "gpt" in projects:
        deep = {k: v for k, v in GPT3.items() if k in projects["gpt"].constants}
        projects["gpt, 96 layers"] = edits.set_constants(projects["gpt"], {**projects["gpt"].constants, **deep})
    for name, project in projects.items():
        path = resource("templates", f"{name.partition(',')[0]}.vnet")
        rows.append(
            (
                f"{name}: read the file and infer",
                _ms(lambda p=path: infer(files.load(p))),
                "ms",
                "part of the promise: open in ≤ 500",
            )
        )
        rows.append((f"{name}: infer after an edit at the input", _at_the_input(project), "ms", "promise ≤ 16"))
        analysis = infer(project)
        rows.append((f"{name}: costs", _ms(lambda a=analysis: Costs(a).whole()), "ms", ""))
        summary = _ms(lambda p=project: table(report(p, infer(p))), 3)
        rows.append((f"{name}: summary", summary, "ms", "promise ≤ 2,000 for 96 layers"))
        try:
            rows.append((f"{name}: compile on the meta device", _compiled(project), "ms", "promise ≤ 1,000"))
        except ValueError as error:
            rows.append((f"{name}: compile on the meta device", float("nan"), "", f"refused: {str(error)[:80]}"))
    return rows


if __name__ == "__main__":
    for name, value, unit, note in run():
        print(f"{name:48} {value:8.2f} {unit}  {note}")

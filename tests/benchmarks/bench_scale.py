"""Deep networks: how long opening to a painted canvas, an edit at the input, costs, the summary and compiling on the meta device take."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication

from visualnet.analysis import infer
from visualnet.analysis.cost.totals import Costs
from visualnet.analysis.report import report, table
from visualnet.core import edits
from visualnet.core.project import MAIN, Project
from visualnet.core.storage import project_file
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


def _narrower(project: Project) -> Iterator[Callable[[Project], Project]]:
    """Edits of the input, each to a size never seen before and different down to the end."""
    node = next(n for n in project.graph if n.kind == "input")
    size = list(next(iter(infer(project).main[node.id].leaving.values())).shape)
    for number in range(9):
        changed = (*map(int, size[:-1]), int(size[-1]) - (number + 1) * max(1, int(size[-1]) // 12))
        yield lambda p, changed=changed: edits.set_params(p, MAIN, [node.id], {"size": changed})


def _at_the_input(project: Project) -> float:
    """Inference after an edit that changes every shape."""
    analysis = infer(project)
    found = []
    for edit in list(_narrower(project)):
        project = edit(project)
        start = time.perf_counter()
        analysis = infer(project, analysis)
        found.append((time.perf_counter() - start) * 1000)
    return median(found)


def _painted(window: Any) -> None:
    """What is on the screen is painted now: what waits is done first."""
    app = QApplication.instance()
    assert app is not None
    app.processEvents()
    window.canvas.view.viewport().repaint()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _in_the_window(projects: dict[str, Project]) -> list[Row]:
    """Opening a file to a painted canvas, and an edit at the input to a painted canvas, in a window of 1440×900."""
    from visualnet.app.shell.window import Window
    from visualnet.app.theme.apply import ThemeKeeper
    from visualnet.core.document import Document
    from visualnet.core.user.settings import Settings

    app = QApplication.instance() or QApplication([])
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        window = Window(Settings(Path(folder) / "settings.json"), ThemeKeeper(app, "dark"))  # type: ignore[arg-type]
        window.resize(1440, 900)
        window.show()
        window.project_files.open_template("lenet5")  # a window that has been worked in
        _painted(window)
        for name, project in projects.items():
            path = Path(folder) / f"{name.replace(', ', '-').replace(' ', '-')}.vnet"
            project_file.save(path, project)

            def opened(path: Path = path) -> None:
                window.project_files.open(path)
                _painted(window)

            def left() -> None:
                window.project_files.adopt(Document(Project()))
                _painted(window)

            found = []
            for _ in range(3):
                start = time.perf_counter()
                opened()
                found.append((time.perf_counter() - start) * 1000)
                left()
            rows.append((f"{name}: open to a painted canvas", median(found), "ms", "promise ≤ 500"))
            opened()
            found = []
            for edit in list(_narrower(project)):
                start = time.perf_counter()
                window.studio.do("Narrower", edit)
                _painted(window)
                found.append((time.perf_counter() - start) * 1000)
            rows.append((f"{name}: edit at the input to a painted canvas", median(found), "ms", "all panels with it"))
            window.studio.document.undo()
            left()
        window.runner.close()
        window.project_files.close()
        window.deleteLater()
        app.processEvents()
    return rows


def _compiled(project: Project) -> float:
    import torch

    from visualnet.compiling.module import compile_project

    compile_project(project, device=torch.device("meta"))
    return _ms(lambda: compile_project(project, device=torch.device("meta")), 3)


def run() -> list[Row]:
    """The rows of the table: name, value, unit, note."""
    rows: list[Row] = []
    projects = {
        n: project_file.load(resource("templates", f"{n}.vnet"))
        for n in NAMES
        if resource("templates", f"{n}.vnet").exists()
    }
    if "gpt" in projects:
        deep = {k: v for k, v in GPT3.items() if k in projects["gpt"].constants}
        projects["gpt, 96 layers"] = edits.set_constants(projects["gpt"], {**projects["gpt"].constants, **deep})
    rows += _in_the_window(projects)
    for name, project in projects.items():
        path = resource("templates", f"{name.partition(',')[0]}.vnet")
        rows.append(
            (
                f"{name}: read the file and infer",
                _ms(lambda p=path: infer(project_file.load(p))),
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

"""Eight pictures of the panel *See inside* beside a training: what they cost LeNet, and whether the window stays smooth.

The physical limit is one: a training that nobody looks at. What is shown is computed between steps, within a share of the time.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
from pathlib import Path

from msgspec.structs import replace

from tests.benchmarks.bench_window import EPOCHS, Lateness, Row, headless, in_window, wait

ROUNDS = 3
PICTURES = (
    "feature_maps",
    "filters",
    "weight_spread",
    "gradient_spread",
    "activation_spread",
    "predictions",
    "saliency",
    "grad_cam",
)


def run() -> list[Row]:
    """The rows."""
    os.environ["VISUALNET_HOME"] = tempfile.mkdtemp(prefix="visualnet-bench-")
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(sys.argv[:1])
    from visualnet.app.shell.window import Window
    from visualnet.app.theme.apply import ThemeKeeper
    from visualnet.core.document import Document
    from visualnet.core.storage.project_file import load
    from visualnet.core.user.settings import Settings
    from visualnet.resources import resource

    project = load(resource("templates", "lenet5.vnet"))
    project = replace(project, recipe=replace(project.recipe, epochs=EPOCHS, device="cpu"))
    window = Window(Settings(Path(os.environ["VISUALNET_HOME"]) / "s.json"), ThemeKeeper(app, "dark"))  # type: ignore[arg-type]
    window.resize(1440, 900)
    window.show()
    window.project_files.adopt(Document(project))
    window._show_opened()
    window.show_space("inspect")
    panel = window.show_panel("see_inside")
    wait(lambda: window.runner.probes.samples > 0)
    late, quiet = Lateness(), Lateness()
    headless(project)
    speeds: dict[str, list[float]] = {"headless": [], "nothing": [], "eight": []}
    for _ in range(ROUNDS):
        speeds["headless"].append(headless(project))
        window.set_panel_shown("see_inside", False)
        speeds["nothing"].append(in_window(window, quiet))
        window.show_panel("see_inside")
        if not panel.views:
            for name in PICTURES:
                panel.add(name)
        speeds["eight"].append(in_window(window, late))
    cost = window.runner.model.progress.watching
    looks = {view.kind.name: len(window.runner.probes.observed.history(view.request)) for view in panel.views}
    window.runner.close()
    window.project_files.close()
    window.deleteLater()

    def ratio(name: str, base: str) -> float:
        return statistics.median([a / b for a, b in zip(speeds[name], speeds[base], strict=True)])

    return [
        ("LeNet, headless session", statistics.median(speeds["headless"]), "steps/s", f"median of {ROUNDS} runs"),
        ("in the window, nothing looked at", ratio("nothing", "headless"), "× headless", ""),
        ("eight pictures of See inside", ratio("eight", "headless"), "× headless", "promise ≥ 0.90"),
        ("eight pictures of See inside", ratio("eight", "nothing"), "× window with none", "promise ≥ 0.90"),
        ("lateness of a 10 ms timer, none, p99", quiet.share(0.99), "ms", "promise ≤ 16"),
        ("lateness of a 10 ms timer, eight, p99", late.share(0.99), "ms", "promise ≤ 16"),
        ("lateness of a 10 ms timer, eight, greatest", max(late.late_ms), "ms", "promise ≤ 100"),
        ("watching, as the program counts it", 100 * cost, "% of the time", "budget 5"),
        ("looks that were kept of the picture with the fewest", min(looks.values()), "", "of each run"),
    ]


if __name__ == "__main__":
    for row in run():
        print(*row, sep="  ")

"""The panels of the docks. What draws with pyqtgraph, or needs torch, is imported when it is first looked at."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from PySide6.QtWidgets import QWidget

from visualnet.app.features.inspector.panel import InspectorPanel
from visualnet.app.features.palette.panel import PalettePanel
from visualnet.app.features.problems.panel import ProblemsPanel
from visualnet.app.shell.lazy_dock import Factory
from visualnet.app.state.comparison import Differing
from visualnet.app.state.studio import Studio


def late_panels(
    studio: Studio, focus: Any, save_code: Callable[[], None], differing: Differing
) -> dict[str, tuple[str, Factory]]:
    """Every dock by name: its title, and how its panel is made.

    ``focus`` stands for the Studio of the view that was worked in last: what follows the selection listens to that.
    """

    def late(module: str, name: str, *more: object, to: Any = studio) -> Factory:
        def make() -> QWidget:
            panel: QWidget = getattr(import_module(f"visualnet.app.features.{module}.panel"), name)(to, *more)
            return panel

        return make

    return {
        "palette": ("Layers", lambda: PalettePanel(studio)),
        "inspector": ("Inspector", lambda: InspectorPanel(focus)),
        "problems": ("Problems", lambda: ProblemsPanel(studio)),
        "training": ("Training", late("training", "TrainingPanel")),
        "runs": ("Runs", late("runs", "RunsPanel")),
        "maps": ("Feature maps", late("feature_maps", "MapsPanel", to=focus)),
        "attention": ("Attention", late("attention", "AttentionPanel", to=focus)),
        "code": ("Code", late("code", "CodePanel", save_code)),
        "differences": ("Differences", late("differences", "DifferencesPanel", differing)),
        "about": ("About", late("about_network", "AboutPanel")),
        "history": ("History", late("history", "HistoryPanel", differing)),
        "reference": ("Reference", late("reference", "ReferencePanel")),
    }

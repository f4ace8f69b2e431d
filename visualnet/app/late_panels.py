"""The panels of the docks. What draws with pyqtgraph, or needs torch, is imported when it is first looked at."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from PySide6.QtWidgets import QWidget

from visualnet.app.differing import Differing
from visualnet.app.late_dock import Factory
from visualnet.app.panels.inspector import InspectorPanel
from visualnet.app.panels.palette import PalettePanel
from visualnet.app.panels.problems import ProblemsPanel
from visualnet.app.studio import Studio


def late_panels(studio: Studio, save_code: Callable[[], None], differing: Differing) -> dict[str, tuple[str, Factory]]:
    """Every dock by name: its title, and how its panel is made."""

    def late(module: str, name: str, *more: object) -> Factory:
        def make() -> QWidget:
            panel: QWidget = getattr(import_module(f"visualnet.app.panels.{module}"), name)(studio, *more)
            return panel

        return make

    return {
        "palette": ("Layers", lambda: PalettePanel(studio)),
        "inspector": ("Inspector", lambda: InspectorPanel(studio)),
        "problems": ("Problems", lambda: ProblemsPanel(studio)),
        "training": ("Training", late("training", "TrainingPanel")),
        "runs": ("Runs", late("runs", "RunsPanel")),
        "maps": ("Feature maps", late("maps", "MapsPanel")),
        "attention": ("Attention", late("attention", "AttentionPanel")),
        "code": ("Code", late("code", "CodePanel", save_code)),
        "differences": ("Differences", late("differences", "DifferencesPanel", differing)),
        "about": ("About", late("about_network", "AboutPanel")),
        "history": ("History", late("history", "HistoryPanel")),
        "reference": ("Reference", late("reference_browser", "ReferencePanel")),
    }

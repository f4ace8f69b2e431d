"""A chart as a PNG file, painted as the window paints it."""

from __future__ import annotations

from pathlib import Path

from visualnet.app.figures.picture import application
from visualnet.app.plots.charts.chart_view import ChartView
from visualnet.app.plots.export import save_picture
from visualnet.app.theme.tokens import THEMES
from visualnet.figures.charts.marks import Chart


def save_chart(chart: Chart, path: Path, size: tuple[int, int], style: str = "light") -> None:
    """Write a chart of this size in px; the file has two pixels for each.

    Raises:
        FileError: the place refuses it.
    """
    kept = application()
    view = ChartView()
    view.set_theme(THEMES[style])
    view.resize(*size)
    view.show_chart(chart)
    save_picture(view, path)
    view.deleteLater()
    del kept

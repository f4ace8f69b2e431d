"""What the live pictures cost: redraws of long and many curves, tiles, attention."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Row(NamedTuple):
    """One measured figure."""

    name: str
    value: float
    unit: str
    note: str


def run() -> list[Row]:
    """Measure every picture: median of 20 redraws, painting included."""
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    rows = [*_curves(), *_maps()]
    app.processEvents()
    return rows


def _median_ms(redraw: Callable[[], None]) -> float:
    redraw()
    times = []
    for _ in range(20):
        began = time.perf_counter()
        redraw()
        times.append((time.perf_counter() - began) * 1e3)
    return statistics.median(times)


def _curves() -> list[Row]:
    from PySide6.QtWidgets import QApplication

    from visualnet.app.plots.charts.curves import CurvesPlot
    from visualnet.app.theme.tokens import DARK
    from visualnet.training.runs.series import Series

    rng, rows = np.random.default_rng(0), []
    for count, size in ((1, 10**6), (20, 10**5), (1, 10**7)):
        for smoothing in (0.0, 0.9):
            plot = CurvesPlot()
            plot.resize(900, 420)
            plot.set_theme(DARK)
            plot.set_smoothing(smoothing)
            fall = np.exp(-np.arange(size) / size * 5)
            for i in range(count):
                series = Series(np.arange(size), fall + i * 0.3 + rng.normal(size=size) * 0.1)
                plot.set_curve(f"run {i}", series, color_index=i, dashed=i % 2 == 1)
            plot.show()
            QApplication.processEvents()  # before the first expose a repaint paints nothing

            def redraw(plot: CurvesPlot = plot) -> None:
                for curve in plot._curves.values():
                    last = curve.series.last
                    assert last is not None
                    curve.series.append(last[0] + 1, last[1])
                plot.refresh()
                plot.plot_view.viewport().repaint()
                plot.legend.repaint()

            note = "one point more each time; promise 16 ms" if size < 10**7 else "one point more each time"
            name = f"redraw {count} curve{'s' * (count > 1)} of {size:,} points, smoothing {smoothing:g}"
            rows.append(Row(name, _median_ms(redraw), "ms", note))
            plot.close()
            plot.deleteLater()
    return rows


def _maps() -> list[Row]:
    from PySide6.QtWidgets import QApplication

    from visualnet.app.plots.attention import AttentionView
    from visualnet.app.plots.feature_maps import TilesView
    from visualnet.app.theme.tokens import DARK

    rng, rows = np.random.default_rng(0), []
    tiles = TilesView()
    tiles.resize(420, 640)
    tiles.set_theme(DARK)
    tiles.show()
    QApplication.processEvents()
    for shape in ((64, 28, 28), (2048, 7, 7), (64, 224, 224)):
        maps = np.maximum(rng.normal(size=shape), 0).astype(np.float32)

        def redraw(maps: np.ndarray = maps) -> None:
            tiles.set_maps(maps, step=1, title="relu")
            tiles._canvas.viewport().repaint()

        note = "promise 8 ms" if shape == (64, 28, 28) else ""
        rows.append(Row(f"feature maps {'×'.join(map(str, shape))}", _median_ms(redraw), "ms", note))
    tiles.close()
    view = AttentionView()
    view.resize(760, 420)
    view.set_theme(DARK)
    view.show()
    QApplication.processEvents()
    weights = rng.dirichlet(np.ones(197), size=(12, 197)).astype(np.float32)

    def look() -> None:
        view.set_attention(weights, grid=(14, 14), extra_tokens=1, step=1)
        view._canvas.viewport().repaint()

    rows.append(Row("attention, 12 heads of 197×197", _median_ms(look), "ms", ""))
    view.close()
    for widget in (tiles, view):
        widget.deleteLater()
    return rows


if __name__ == "__main__":
    for row in run():
        print(f"{row.name:60} {row.value:8.2f} {row.unit}  {row.note}")

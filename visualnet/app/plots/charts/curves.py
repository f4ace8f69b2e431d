"""Live curves of a run: loss and accuracy while it learns, thinned so that no extreme is lost."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QPen
from PySide6.QtWidgets import QMenu, QWidget

from visualnet.app.plots.charts.axes import CurveOverlay, PlotView
from visualnet.app.plots.charts.drawn_curve import CurveStroke, DrawnCurve, nearest_curve
from visualnet.app.plots.charts.legend import SHORT, Legend, LegendEntry, LegendText
from visualnet.app.plots.colours import PlotColours, line_pen, text_font, translucent
from visualnet.app.plots.picture import Picture
from visualnet.app.theme import fonts
from visualnet.app.widgets.layouts import column
from visualnet.core.text.format import format_number
from visualnet.figures.curve_range import Floats, YRange, dash_segments, dotted_points, fit_range, ink_length, on_axis
from visualnet.training.runs.change_marks import RunMark
from visualnet.training.runs.epoch_scale import EpochScale
from visualnet.training.runs.series import Series

POINTS_A_REDRAW = 12_000
"""Points drawn at once over all curves: keeps twenty jagged curves within a frame."""
FINE_TRAVEL = 30_000
"""Up to so many pixels of ink a line is smooth and a little wider; a longer, jagged one is hard and 1 px."""
END_ROOM = 7
"""What is left free, in px, behind the last step."""
CURVE_REACH = 8
"""So near to a curve, in px, the pointer asks for its name and value."""
MOST_DOTS = 400
"""Single points of a curve that are drawn as dots."""


class CurvesPlot(Picture):
    """Up to twenty curves over steps or epochs. Drag pans, the wheel zooms, a double click shows all again."""

    file_name, has_rows = "curves", True

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty_words = "Press Train: loss appears here"
        self.title = ""
        self._curves: dict[str, DrawnCurve] = {}
        self._unit: Literal["step", "epoch"] = "step"
        self._scale = EpochScale()
        self._marks: Sequence[RunMark] = ()
        self._log = False
        self._smoothing = 0.0
        self._progress: float | None = None
        self._end: float | None = None
        self._follow = True
        self._y = YRange(0.0, 1.0)
        self._kept_y: YRange | None = None
        self._hover: QPointF | None = None
        self.legend = Legend(self)
        self.plot_view = PlotView(self)
        self._overlay = CurveOverlay(self.plot_view)
        column(self.legend, (self.plot_view, 1), margins=(0, 4, 0, 0), spacing=0, parent=self)
        view_box = self.plot_view.view_box
        self._now, self._cursor = pg.InfiniteLine(angle=90), pg.InfiniteLine(angle=90)
        self._dots = pg.ScatterPlotItem(pxMode=True)
        self._drawn_dots: list[tuple[float, float, int, int]] = []
        for item, z in ((self._now, 5), (self._cursor, 6), (self._dots, 8)):
            item.setZValue(z)
            view_box.addItem(item, ignoreBounds=True)
        view_box.sigRangeChangedManually.connect(self._moved)
        view_box.reset_wanted.connect(self.reset_view)
        view_box.menu_wanted.connect(lambda at: self.menu().popup(at))
        view_box.sigResized.connect(lambda *_: self.refresh())
        self.plot_view.hovered.connect(self._hovered)
        self.legend.toggled.connect(self._toggle)

    def apply_colours(self, colours: PlotColours) -> None:
        self.legend.set_ink(colours)
        self.plot_view.setBackground(colours.surface)
        font = text_font(self.font(), 11)
        self.plot_view.left.setWidth(fonts.px(54))
        self.plot_view.bottom.setHeight(fonts.px(22))
        self.plot_view.left.paint_with(colours, font)
        self.plot_view.bottom.paint_with(colours, font)
        self._now.setPen(line_pen(colours.accent))
        self._cursor.setPen(line_pen(translucent(colours.muted, 0.8)))
        self.refresh()

    def set_curve(
        self,
        name: str,
        series: Series,
        *,
        color_index: int,
        dashed: bool = False,
        best: Literal["min", "max"] | None = None,
        words: LegendText | None = None,
        beneath: bool = False,
        scale: EpochScale | None = None,
    ) -> None:
        """Show a curve, or change the one of that name. `words` are what is said of it, where that is not its name.

        `dashed` is for validation: never smoothed. `best` marks its least or greatest point. One `beneath` is of an earlier run: it lies
        under the others and stands behind them in the legend; `scale` is for epochs of its own.
        """
        old = self._curves.get(name)
        line, raw = (old.line, old.raw) if old else (self._new_item(1 if beneath else 3), self._new_item(2))
        words = words or LegendText(name, SHORT.get(name, name), name)
        curve = DrawnCurve(name, words, series, color_index, dashed, best, line, raw, scale, beneath)
        curve.shown = old.shown if old else True
        self._curves[name] = curve

    def remove_curve(self, name: str) -> None:
        """Take a curve away; one that is not there is none to take."""
        curve = self._curves.pop(name, None)
        if curve:
            for item in (curve.line, curve.raw):
                self.plot_view.view_box.removeItem(item)

    def clear(self) -> None:
        """Take everything away and follow the next run."""
        for name in list(self._curves):
            self.remove_curve(name)
        self._progress = self._end = self._hover = None
        self._marks = ()
        self.reset_view()

    def set_x_unit(self, unit: Literal["step", "epoch"], scale: EpochScale | None = None) -> None:
        """Count along x in optimizer steps or, as the scale says, in epochs."""
        self._unit, self._scale = unit, scale if scale is not None and unit == "epoch" else EpochScale()

    def set_marks(self, marks: Sequence[RunMark]) -> None:
        """Mark what happened at some steps: a line with a letter; the words where the pointer is near."""
        self._marks = marks
        self.setAccessibleDescription("\n".join(f"{mark.letter} at {mark.sentence}" for mark in marks))

    def set_x_end(self, step: float | None) -> None:
        """The step at which the run will end: the axis reaches it from the start. None: as far as the curves."""
        self._end = step

    def set_log(self, on: bool) -> None:
        """Draw y by powers of ten; values not above zero sit on the lower edge."""
        if on != self._log:
            self._log = on
            self._follow, self._kept_y = True, None

    def set_smoothing(self, weight: float) -> None:
        """Smooth the curves that are not dashed: 0 not at all, 0.999 very much."""
        self._smoothing = min(max(float(weight), 0.0), 0.999)

    def set_progress(self, step: float | None) -> None:
        """Draw the line of the present at this step, or none."""
        self._progress = step

    def reset_view(self) -> None:
        """Show everything again and follow the run."""
        self._follow, self._kept_y = True, None
        self.refresh()

    def refresh(self) -> None:
        """Draw once what the curves hold now."""
        colours = self._colours
        if colours is None:
            return
        for curve in self._curves.values():
            curve.smoothing = self._smoothing
            curve.line.setVisible(curve.shown)
            curve.raw.setVisible(curve.shown and curve.has_raw())
        x0, x1 = self._x_range()
        curves = [curve for curve in self._curves.values() if curve.shown]
        lines = sum(1 + curve.has_raw() for curve in curves) or 1
        width, height = max(self.plot_view.view_box.width(), 1), self.plot_view.view_box.height()
        pixels = min(max(POINTS_A_REDRAW // (4 * lines), 60), max(int(width), 60))
        strokes = [stroke for curve in curves for stroke in self._strokes(curve, colours, x0, x1, pixels)]
        self._y = self._y_range([stroke.y for stroke in strokes])
        low, high, _ = self._y
        floor = low - 0.01 * (high - low) if self._log else -math.inf
        heights = [np.maximum(stroke.y, floor) for stroke in strokes]
        fine = ink_length(heights, height / (high - low)) < FINE_TRAVEL
        for stroke, y in zip(strokes, heights, strict=True):
            self._draw(stroke, y, fine, (x1 - x0) / width)
        if self._follow:
            self.plot_view.view_box.setRange(xRange=(x0, x1), yRange=(low, high), padding=0, disableAutoRange=False)
        self._draw_dots(colours, curves, strokes)
        self._now.setVisible(self._progress is not None)
        self._now.setValue(self._scale.epoch(self._progress or 0.0))
        self._cursor.setVisible(self._hover is not None)
        self._cursor.setValue(self._hover.x() if self._hover is not None else 0)
        self._draw_words(colours)

    def _new_item(self, z: float) -> pg.PlotCurveItem:
        item = pg.PlotCurveItem(connect="finite")
        item.setZValue(z)
        self.plot_view.view_box.addItem(item, ignoreBounds=True)
        return item

    def _x_range(self) -> tuple[float, float]:
        if not self._follow:
            x0, x1 = self.plot_view.view_box.viewRange()[0]
            return x0, x1
        ends = [self._epoch(curve, curve.series.last[0]) for curve in self._curves.values() if curve.series.last]
        starts = [
            self._epoch(curve, int(curve.series.steps[0])) for curve in self._curves.values() if len(curve.series)
        ]
        high = max([*ends, self._scale.epoch(float(max(self._end or 0, self._progress or 0)))])
        low = min([0.0, *starts])
        high = high if high > low else low + 1
        # The ring of a best point at the very end is not cut.
        return low, high + (high - low) * END_ROOM / max(self.plot_view.view_box.width(), 100)

    def _y_range(self, columns: list[Floats]) -> YRange:
        if not self._follow:
            return YRange(*self.plot_view.view_box.viewRange()[1])
        fitted = fit_range(columns, self._log, self._kept_y)
        self._kept_y = fitted if self._has_points() else None
        return fitted

    def _strokes(
        self, curve: DrawnCurve, colours: PlotColours, x0: float, x1: float, pixels: int
    ) -> Iterator[CurveStroke]:
        colour, scale = curve.colour(colours), self._scale_of(curve)
        jobs = [(curve.line, curve.main(), colour, curve.dashed)]
        if curve.has_raw():
            jobs.insert(0, (curve.raw, curve.series, translucent(colour, 0.32), False))
        for item, series, shade, dashed in jobs:
            steps, values = series.window(scale.step(x0), scale.step(x1), pixels)
            yield CurveStroke(item, scale.epoch(steps.astype(np.float64)), on_axis(values, self._log), shade, dashed)

    def _scale_of(self, curve: DrawnCurve) -> EpochScale:
        return curve.scale if curve.scale is not None and self._unit == "epoch" else self._scale

    def _epoch(self, curve: DrawnCurve, step: int) -> float:
        return self._scale_of(curve).epoch(float(step))

    def _draw(self, stroke: CurveStroke, y: Floats, fine: bool, x_per_pixel: float) -> None:
        many_dashes = stroke.dashed and not fine and len(stroke.x) > 100
        pen = line_pen(stroke.colour, dashed=stroke.dashed and not many_dashes, width=1.6 if fine else 1)
        connect: Any = "finite"
        if many_dashes:
            connect, y = dash_segments(stroke.x, y, x_per_pixel), np.nan_to_num(y)
        stroke.item.setData(stroke.x, y, pen=pen, connect=connect, antialias=fine, skipFiniteCheck=False)

    def _draw_dots(self, colours: PlotColours, curves: list[DrawnCurve], strokes: list[CurveStroke]) -> None:
        """Points that no line reaches, the best point of each curve, and those under the pointer."""
        dots: list[tuple[float, float, int, QColor, QPen | None]] = []
        for stroke in strokes:
            for i in dotted_points(stroke.y, stroke.dashed)[:MOST_DOTS]:
                dots.append((stroke.x[i], stroke.y[i], 4, stroke.colour, None))
        for curve in curves:
            if at := self._place(curve, curve.best_point()):
                colour = curve.colour(colours)
                dots += [(*at, 11, colours.surface, line_pen(colour, width=1.6)), (*at, 4, colour, None)]
        for curve in curves if self._hover is not None else ():
            if at := self._place(curve, self._pointed(curve)):
                dots.append((*at, 7, curve.colour(colours), line_pen(colours.surface)))
        # Setting the same spots again would cost more than all the curves.
        key = [(x, y, size, brush.rgba()) for x, y, size, brush, _ in dots]
        if key != self._drawn_dots:
            self._drawn_dots = key
            self._dots.setData([{"pos": (x, y), "size": s, "brush": b, "pen": pen} for x, y, s, b, pen in dots])

    def _place(self, curve: DrawnCurve, point: tuple[int, float] | None) -> tuple[float, float] | None:
        """Where a point of the data stands on the axes; None where it has no place there."""
        y = float(on_axis(np.array([point[1]]), self._log)[0]) if point else math.nan
        return (self._epoch(curve, point[0]), y) if point and math.isfinite(y) else None

    def _pointed(self, curve: DrawnCurve) -> tuple[int, float] | None:
        """The point of a curve that is nearest to the pointer; its last one where there is none."""
        if self._hover is None:
            return curve.main().last
        return curve.main().nearest(self._scale_of(curve).step(self._hover.x()))

    def _draw_words(self, colours: PlotColours) -> None:
        in_order = sorted(self._curves.values(), key=lambda curve: curve.beneath * (1 + curve.dashed))
        self.legend.show_entries(
            self.title + " (log)" * self._log, tuple(self._entry(curve, colours) for curve in in_order)
        )
        self.plot_view.left.log = self._log
        self.plot_view.bottom.whole = self._unit == "step"
        self.plot_view.bottom.end = None if self._end is None else self._scale.epoch(self._end)
        for axis in (self.plot_view.left, self.plot_view.bottom):
            axis.picture = None
            axis.setOpacity(1.0 if self._has_points() else 0.0)
        empty = "" if self._has_points() else self.empty_words
        self._overlay.show_words(colours, self._unit, self._y.note, empty, self._hover, self._describe_pointed())
        self._overlay.show_marks([(self._scale.epoch(float(mark.step)), mark) for mark in self._marks])

    def _describe_pointed(self) -> tuple[str, ...]:
        """The name and the value of the curve on which the pointer rests."""
        if self._hover is None:
            return ()
        (x0, x1), (low, high) = self.plot_view.view_box.viewRange()
        width, height = max(self.plot_view.view_box.width(), 1), max(self.plot_view.view_box.height(), 1)
        shown = [curve for curve in self._curves.values() if curve.shown]
        curve = nearest_curve(shown, self._hover, ((x1 - x0) / width, (high - low) / height), CURVE_REACH)
        point = self._pointed(curve) if curve is not None else None
        return (f"{curve.words.full}: {_format_value(point)}",) if curve is not None and point is not None else ()

    def _has_points(self) -> bool:
        return any(len(curve.series) for curve in self._curves.values())

    def _entry(self, curve: DrawnCurve, colours: PlotColours) -> LegendEntry:
        point, best = self._pointed(curve), curve.best_point()
        note = ""
        if best:
            note = f"best {format_number(best[1])} at {self._unit} {format_number(self._epoch(curve, best[0]), 4)}"
        value = _format_value(point) if point is not None else ""
        return LegendEntry(
            curve.name,
            curve.words,
            curve.colour(colours),
            curve.dashed,
            value,
            note,
            curve.shown,
            beneath=curve.beneath,
        )

    def _moved(self, *_: Any) -> None:
        self._follow = False
        self.refresh()

    def _hovered(self, spot: QPointF | None) -> None:
        self._hover = spot if self._has_points() else None
        self.refresh()

    def _toggle(self, name: str) -> None:
        self._curves[name].shown = not self._curves[name].shown
        self.refresh()

    def _toggle_log(self) -> None:
        self.set_log(not self._log)
        self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_Escape):
            self.reset_view()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The view box asks for the menu itself, after a click that was no drag."""
        event.ignore()

    def menu(self) -> QMenu:
        """The right-click menu: copy and save, show all, log axis."""
        menu = super().menu()
        menu.addSeparator()
        menu.addAction("Show all", self.reset_view)
        log = menu.addAction("Log axis", self._toggle_log)
        log.setCheckable(True)
        log.setChecked(self._log)
        return menu

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Every point of every curve, for a table: curve, step, epoch if known, value."""
        yield "curve", "step", self._unit if self._unit == "epoch" else "x", "value"
        for curve in self._curves.values():
            for step, value in zip(curve.series.steps.tolist(), curve.series.values.tolist(), strict=True):
                yield curve.words.full, step, self._epoch(curve, step), "" if math.isnan(value) else value


def _format_value(point: tuple[int, float]) -> str:
    return "not finite" if math.isnan(point[1]) else format_number(point[1])

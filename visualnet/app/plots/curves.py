"""Live curves of a run: loss and accuracy while it learns, thinned so that no extreme is lost."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QPen
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from visualnet.app.plots.axes import Overlay, Stage
from visualnet.app.plots.colours import Ink, faded, ink_of, line_pen, number, text_font
from visualnet.app.plots.export import picture_menu
from visualnet.app.plots.legend import Entry, Legend
from visualnet.app.theme.tokens import Theme
from visualnet.core.text.format import capitalize_first
from visualnet.training.runs.series import Series

Floats = NDArray[np.float64]

POINTS_A_REDRAW = 12_000
"""Points drawn at once over all curves: keeps twenty jagged curves within a frame."""
FINE_TRAVEL = 30_000
"""Up to so many pixels of ink a line is smooth and a little wider; a longer, jagged one is hard and 1 px."""
DOTTED = 40
"""A dashed curve of at most so many points in view shows each of them."""
OUTLIER_SPANS = 8
"""A peak further out than so many heights of the bulk is left out of the automatic range, and said so."""
DASH_PIXELS = 9


@dataclass
class _Curve:
    name: str
    series: Series
    color_index: int
    dashed: bool
    faint_raw: bool
    axis_label: str
    best: Literal["min", "max"] | None
    line: pg.PlotCurveItem
    raw: pg.PlotCurveItem
    ghost: bool = False
    shown: bool = True
    smoothing: float = 0.0

    def main(self) -> Series:
        """What the strong line shows: smoothed, but a validation curve as it was measured."""
        return self.series if self.dashed or self.ghost else self.series.smoothed(self.smoothing)

    def has_raw(self) -> bool:
        return self.faint_raw and self.smoothing > 0 and not self.dashed and not self.ghost


@dataclass
class _Stroke:
    item: pg.PlotCurveItem
    x: Floats
    y: Floats
    pen: QPen
    dashed: bool
    extra: dict[str, Any] = field(default_factory=dict)


class CurvesPlot(QWidget):
    """Up to twenty curves over steps or epochs. Drag pans, the wheel zooms, a double click shows all again."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.empty_words = "Press Train: loss appears here"
        self.title = ""
        self._ink: Ink | None = None
        self._curves: dict[str, _Curve] = {}
        self._unit: Literal["step", "epoch"] = "step"
        self._steps_per_epoch = 1.0
        self._log = False
        self._smoothing = 0.0
        self._progress: float | None = None
        self._end: float | None = None
        self._follow, self._kept_y = True, None
        self._hover: QPointF | None = None
        self._note = ""
        self.legend = Legend(self)
        self.stage = Stage(self)
        self._overlay = Overlay(self.stage)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 4, 0, 0)
        box.setSpacing(0)
        box.addWidget(self.legend)
        box.addWidget(self.stage, 1)
        plane = self.stage.plane
        self._now = pg.InfiniteLine(angle=90)
        self._cursor = pg.InfiniteLine(angle=90)
        self._dots = pg.ScatterPlotItem(pxMode=True)
        self._spots: list[Any] = []
        self._kept_y: tuple[float, float] | None = None
        for item, z in ((self._now, 5), (self._cursor, 6), (self._dots, 8)):
            item.setZValue(z)
            plane.addItem(item, ignoreBounds=True)
        plane.sigRangeChangedManually.connect(self._moved)
        plane.reset_wanted.connect(self.reset_view)
        plane.menu_wanted.connect(lambda at: self.menu().popup(at))
        plane.sigResized.connect(lambda *_: self.refresh())
        self.stage.hovered.connect(self._hovered)
        self.legend.toggled.connect(self._toggle)

    # --- what is shown -----------------------------------------------------------------------------------------------

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._ink = ink = ink_of(theme)
        self.legend.set_ink(ink)
        self.stage.setBackground(ink.surface)
        palette = self.palette()
        palette.setColor(self.backgroundRole(), ink.surface)
        self.setPalette(palette)
        self.setAutoFillBackground(True)
        font = text_font(self.font(), 11)
        self.stage.left.paint_with(ink, font)
        self.stage.bottom.paint_with(ink, font)
        self._now.setPen(line_pen(ink.accent))
        self._cursor.setPen(line_pen(faded(ink.muted, 0.8)))
        self.refresh()

    def set_curve(
        self,
        name: str,
        series: Series,
        *,
        color_index: int,
        dashed: bool = False,
        faint_raw: bool = True,
        axis_label: str = "",
        best: Literal["min", "max"] | None = None,
    ) -> None:
        """Show a curve, or change the one of that name.

        `dashed` is for validation: never smoothed. `best` marks its least or greatest point.
        """
        old = self._curves.get(name)
        line, raw = (old.line, old.raw) if old else (self._new_item(3), self._new_item(2))
        curve = _Curve(name, series, color_index, dashed, faint_raw, axis_label, best, line, raw)
        curve.shown = old.shown if old else True
        self._curves[name] = curve

    def set_reference(self, name: str, series: Series | None, *, dashed: bool = False) -> None:
        """Show an earlier run's curve as a grey ghost; None takes it away."""
        key = f"{name} (earlier)"
        self.remove_curve(key)
        if series is not None:
            line, raw = self._new_item(1), self._new_item(0)
            self._curves[key] = _Curve(key, series, 0, dashed, False, "", None, line, raw, ghost=True)

    def remove_curve(self, name: str) -> None:
        """Take a curve away; one that is not there is none to take."""
        curve = self._curves.pop(name, None)
        if curve:
            for item in (curve.line, curve.raw):
                self.stage.plane.removeItem(item)

    def clear(self) -> None:
        """Take everything away and follow the next run."""
        for name in list(self._curves):
            self.remove_curve(name)
        self._progress = self._end = self._hover = None
        self._follow, self._kept_y = True, None
        self.refresh()

    def set_x_unit(self, unit: Literal["step", "epoch"], steps_per_epoch: float = 1.0) -> None:
        """Count along x in optimizer steps or in epochs."""
        self._unit, self._steps_per_epoch = unit, max(float(steps_per_epoch), 1e-9)

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

    # --- drawing -----------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Draw once what the curves hold now."""
        ink = self._ink
        if ink is None:
            return
        for curve in self._curves.values():
            curve.smoothing = self._smoothing
            curve.line.setVisible(curve.shown)
            curve.raw.setVisible(curve.shown and curve.has_raw())
        x0, x1 = self._x_range()
        curves = [curve for curve in self._curves.values() if curve.shown]
        lines = sum(1 + curve.has_raw() for curve in curves) or 1
        pixels = min(max(POINTS_A_REDRAW // (4 * lines), 60), max(int(self.stage.plane.width()), 60))
        strokes = [stroke for curve in curves for stroke in self._strokes(curve, ink, x0, x1, pixels)]
        low, high = self._y_range([stroke.y for stroke in strokes])
        width, height = max(self.stage.plane.width(), 1), self.stage.plane.height()
        floor = low - 0.01 * (high - low) if self._log else -math.inf
        heights = [np.maximum(stroke.y, floor) for stroke in strokes]
        travel = sum(len(y) + float(np.nansum(np.abs(np.diff(y)))) / (high - low) * height for y in heights)
        for stroke, y in zip(strokes, heights, strict=True):
            self._draw(stroke, y, travel < FINE_TRAVEL, (x1 - x0) / width)
        if self._follow:
            self.stage.plane.setRange(xRange=(x0, x1), yRange=(low, high), padding=0, disableAutoRange=False)
        self._draw_marks(ink, curves, strokes)
        self._draw_words(ink)

    def _new_item(self, z: float) -> pg.PlotCurveItem:
        item = pg.PlotCurveItem(connect="finite")
        item.setZValue(z)
        self.stage.plane.addItem(item, ignoreBounds=True)
        return item

    @property
    def _per_x(self) -> float:
        return self._steps_per_epoch if self._unit == "epoch" else 1.0

    def _x_range(self) -> tuple[float, float]:
        if not self._follow:
            x0, x1 = self.stage.plane.viewRange()[0]
            return x0, x1
        ends = [curve.series.last[0] for curve in self._curves.values() if curve.series.last]
        starts = [int(curve.series.steps[0]) for curve in self._curves.values() if len(curve.series)]
        high = max([*ends, self._end or 0, self._progress or 0]) / self._per_x
        low = min([0, *starts]) / self._per_x
        return (low, high) if high > low else (low, low + 1)

    def _strokes(self, curve: _Curve, ink: Ink, x0: float, x1: float, pixels: int) -> Iterator[_Stroke]:
        colour = faded(ink.muted, 0.7) if curve.ghost else ink.curve(curve.color_index)
        jobs = [(curve.line, curve.main(), colour)]
        if curve.has_raw():
            jobs.insert(0, (curve.raw, curve.series, faded(colour, 0.32)))
        for item, series, ink_colour in jobs:
            steps, values = series.window(x0 * self._per_x, x1 * self._per_x, pixels)
            dashed = curve.dashed and item is curve.line
            yield _Stroke(item, steps / self._per_x, self._scaled(values), QPen(ink_colour), dashed)

    def _scaled(self, values: Floats) -> Floats:
        """Values as they stand on the axis; on a log axis what is not above zero is −inf."""
        if not self._log:
            return values
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(values <= 0, -np.inf, np.log10(values))

    def _y_range(self, columns: list[Floats]) -> tuple[float, float]:
        self._note = ""
        if not self._follow:
            low, high = self.stage.plane.viewRange()[1]
            return low, high
        every = np.concatenate(columns) if columns else np.empty(0)
        finite = every[np.isfinite(every)]
        if self._log and np.isneginf(every).any():
            self._note = "values not above 0 sit on the lower edge"
        if not len(finite):
            return (-2.0, 0.0) if self._log else (0.0, 1.0)
        low, high = float(finite.min()), float(finite.max())
        if self._log:
            low = max(low, high - 12)
        elif len(finite) >= 50:
            low, high = self._without_outliers(finite, low, high)
        if low == high:
            room = 0.5 if self._log else abs(low) * 0.1 or 0.5
            return low - room, high + room
        room = (high - low) * 0.05
        floor = 0.0 if not self._log and low >= 0 and low < 0.3 * high else low - room
        return self._calm((floor, high + room))

    def _calm(self, wanted: tuple[float, float]) -> tuple[float, float]:
        """The range shown already, while it still fits well: an axis that never rests is hard to read and dear to draw."""
        kept = self._kept_y
        fits = kept is not None and kept[0] <= wanted[0] and wanted[1] <= kept[1]
        if kept is None or not fits or wanted[1] - wanted[0] < 0.8 * (kept[1] - kept[0]):
            self._kept_y = kept = wanted
        return kept

    def _without_outliers(self, finite: Floats, low: float, high: float) -> tuple[float, float]:
        q0, q1 = np.quantile(finite, (0.01, 0.99))
        span = float(q1 - q0)
        if span > 0 and high > q1 + OUTLIER_SPANS * span:
            self._note = f"peak {number(high)} above the view"
            high = float(q1) + 0.5 * span
        if span > 0 and low < q0 - OUTLIER_SPANS * span:
            self._note = f"low {number(low)} below the view"
            low = float(q0) - 0.5 * span
        return low, high

    def _draw(self, stroke: _Stroke, y: Floats, fine: bool, x_per_pixel: float) -> None:
        many_dashes = stroke.dashed and not fine and len(stroke.x) > 100
        pen = line_pen(stroke.pen.color(), dashed=stroke.dashed and not many_dashes, width=1.6 if fine else 1)
        connect: Any = "finite"
        if many_dashes:
            # Qt walks every pixel of a dashed path; leaving out segments by place costs nothing.
            gap = (stroke.x / max(x_per_pixel, 1e-300)) % DASH_PIXELS > DASH_PIXELS * 0.6
            connect = np.isfinite(y) & np.isfinite(np.append(y[1:], np.nan)) & ~gap
            connect, y = connect.astype(np.int32), np.nan_to_num(y)
        stroke.item.setData(stroke.x, y, pen=pen, connect=connect, antialias=fine, skipFiniteCheck=False)

    def _draw_marks(self, ink: Ink, curves: list[_Curve], strokes: list[_Stroke]) -> None:
        spots: list[dict[str, Any]] = []
        for stroke in strokes:
            there = np.isfinite(stroke.y)
            lone = there & ~np.append(False, there[:-1]) & ~np.append(there[1:], False)
            if stroke.dashed and there.sum() <= DOTTED:
                lone = there
            colour = stroke.pen.color()
            for i in np.flatnonzero(lone)[:400]:
                spots.append({"pos": (stroke.x[i], stroke.y[i]), "size": 4, "brush": colour, "pen": None})
        for curve in curves:
            best = curve.series.best(curve.best) if curve.best else None
            y = float(self._scaled(np.array([best[1]]))[0]) if best else math.nan
            if best and math.isfinite(y):
                pen = line_pen(ink.curve(curve.color_index), width=1.6)
                spots.append({"pos": (best[0] / self._per_x, y), "size": 11, "brush": ink.surface, "pen": pen})
                spots.append({"pos": (best[0] / self._per_x, y), "size": 4, "brush": pen.color(), "pen": None})
        for curve in curves if self._hover is not None else []:
            at = curve.main().nearest(self._hover.x() * self._per_x)
            y = float(self._scaled(np.array([at[1]]))[0]) if at else math.nan
            if at and math.isfinite(y):
                colour = ink.muted if curve.ghost else ink.curve(curve.color_index)
                spots.append(
                    {"pos": (at[0] / self._per_x, y), "size": 7, "brush": colour, "pen": line_pen(ink.surface)}
                )
        # Setting the same spots again would cost more than all the curves.
        key = [(s["pos"], s["size"], s["brush"] if isinstance(s["brush"], str) else s["brush"].rgba()) for s in spots]
        if key != self._spots:
            self._spots = key
            self._dots.setData(spots)
        self._now.setVisible(self._progress is not None)
        if self._progress is not None:
            self._now.setValue(self._progress / self._per_x)
        self._cursor.setVisible(self._hover is not None)
        if self._hover is not None:
            self._cursor.setValue(self._hover.x())

    def _draw_words(self, ink: Ink) -> None:
        entries = tuple(self._entry(curve, ink) for curve in self._curves.values())
        title = self.title + " (log)" * self._log if self.title else self.y_name()
        self.legend.show_entries(capitalize_first(title), entries)
        self.stage.left.log = self._log
        self.stage.bottom.whole = self._unit == "step"
        for axis in (self.stage.left, self.stage.bottom):
            axis.picture = None
            axis.setOpacity(1.0 if self._has_points() else 0.0)
        self._overlay.tell(ink, self._unit, self._note, "" if self._has_points() else self.empty_words, self._hover)
        self._overlay.update()

    def _has_points(self) -> bool:
        return any(len(curve.series) for curve in self._curves.values())

    def y_name(self) -> str:
        """The name of the y axis, with its unit: what the shown curves say they are."""
        names = dict.fromkeys(c.axis_label for c in self._curves.values() if c.axis_label and c.shown)
        return " · ".join(names) + (" (log)" if self._log and names else "")

    def _entry(self, curve: _Curve, ink: Ink) -> Entry:
        if self._hover is not None:
            point = curve.main().nearest(self._hover.x() * self._per_x)
        else:
            point = curve.main().last
        best = curve.series.best(curve.best) if curve.best else None
        note = f"best {number(best[1])} at {self._unit} {number(best[0] / self._per_x, 4)}" if best else ""
        value = "" if point is None else "not finite" if math.isnan(point[1]) else number(point[1])
        colour = ink.muted if curve.ghost else ink.curve(curve.color_index)
        return Entry(curve.name, colour, curve.dashed, value, note, curve.shown)

    # --- hands -------------------------------------------------------------------------------------------------------

    def _moved(self, *_: Any) -> None:
        self._follow = False
        self.refresh()

    def _hovered(self, spot: QPointF | None) -> None:
        self._hover = spot if self._has_points() else None
        if self._ink is not None:
            self.refresh()

    def _toggle(self, name: str) -> None:
        self._curves[name].shown = not self._curves[name].shown
        self.refresh()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Home, Qt.Key.Key_Escape):
            self.reset_view()
        else:
            super().keyPressEvent(event)

    def menu(self) -> QMenu:
        """The right-click menu: show all, log axis, copy and save."""
        menu = picture_menu(self, "curves", self.rows)
        menu.addSeparator()
        menu.addAction("Show all", self.reset_view)
        log = menu.addAction("Log axis", lambda: (self.set_log(not self._log), self.refresh()))
        log.setCheckable(True)
        log.setChecked(self._log)
        return menu

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Every point of every curve, for a table: curve, step, epoch if known, value."""
        yield "curve", "step", self._unit if self._unit == "epoch" else "x", "value"
        for curve in self._curves.values():
            for step, value in zip(curve.series.steps.tolist(), curve.series.values.tolist(), strict=True):
                yield curve.name, step, step / self._per_x, "" if math.isnan(value) else value

    def plane_point(self, step: float, value: float) -> QPoint:
        """Where a point of the data lies on the stage, in its pixels."""
        y = float(self._scaled(np.array([value]))[0])
        scene = self.stage.plane.mapViewToScene(QPointF(step / self._per_x, y))
        return self.stage.mapFromScene(scene)

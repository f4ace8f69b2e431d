"""Whether cards are drawn as boxes to scale, and the legend that says how."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QPaintEvent

from visualnet.analysis.geometry.map_boxes import SLANT, Extent, MapScale, extent, scale_of
from visualnet.app.canvas.view import CanvasView
from visualnet.app.features.corner_legend import CornerLegend
from visualnet.app.features.map_sizes.feature import MAP_SIZES
from visualnet.app.features.map_sizes.map_box_painter import MapBoxPainter, faces
from visualnet.app.figures.volume import draw_volume
from visualnet.app.state.studio import Studio
from visualnet.app.theme import fonts
from visualnet.app.widgets.painting import draw_line, painting
from visualnet.core.user.settings import Settings

ACTION = "view.map_sizes"


class MapSizes(QObject):
    """Off unless switched on; that is remembered. The scale is that of the sheet which is open."""

    def __init__(self, studio: Studio, view: CanvasView, settings: Settings) -> None:
        super().__init__(view)
        self.studio, self.view, self.settings = studio, view, settings
        self.shown = settings[MAP_SIZES]
        self.scale: MapScale | None = None
        """What the boxes are drawn by; None while they are not."""
        self.legend = SizesLegend(self)
        for signal in (studio.analysed, studio.sheet_changed, studio.theme_changed):
            signal.connect(self.refresh)
        self.refresh()

    def show_sizes(self, shown: bool) -> None:
        """Draw the cards as boxes, or as usual."""
        self.shown = self.settings[MAP_SIZES] = shown
        self.refresh()

    def refresh(self) -> None:
        """Follow the drawing: where its largest map is another one, every box is."""
        self.studio.shell.set_checked(ACTION, self.shown)
        scale = scale_of(self._extents()) if self.shown else None
        if scale != self.scale:
            self.scale = scale
            self.view.canvas.set_card_painter(MapBoxPainter(scale) if scale is not None else None)
        self.legend.describe()
        self.legend.show_if(scale is not None and bool(self._extents()))

    def _extents(self) -> list[Extent]:
        facts = self.studio.analysis.sheet(self.studio.sheet)
        nodes = facts.nodes.values() if facts is not None else ()
        return [found for each in nodes if (found := extent(each)) is not None]


SAMPLE = 30.0


class SizesLegend(CornerLegend):
    """A box with the names of its sides, and how they are drawn."""

    wide, high = 290, 84

    def __init__(self, sizes: MapSizes) -> None:
        super().__init__(sizes.view)
        self.sizes = sizes

    def lines(self) -> list[str]:
        """What the sides of a box are."""
        scale = self.sizes.scale
        if scale is None:
            return []
        return [f"Height, width: {scale.words}", "Along the flow: channels, by log₂", "Bars and plates: length, by log"]

    def describe(self) -> None:
        """Tell in words how boxes are drawn."""
        self.setAccessibleName(". ".join(["Feature map sizes", *self.lines()]))

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme, lines = self.sizes.studio.theme, self.lines()
        with painting(self) as p:
            self.paint_ground(p, theme)
            draw_volume(p, QRectF(14, 32, 16, SAMPLE), SAMPLE * SLANT, faces(theme, "convolution"))
            left = 52
            draw_line(p, QRectF(left, 6, self.wide - left - 8, 18), "Feature map sizes", fonts.sans(12), theme.text)
            for number, line in enumerate(lines):
                row = QRectF(left, 25 + 18 * number, self.wide - left - 8, 18)
                draw_line(p, row, line, fonts.sans(11), theme.muted)

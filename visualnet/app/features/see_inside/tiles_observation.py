"""An observation whose picture is tiles of numbers: each can be enlarged, has its own scale where that is wanted, and tells its numbers."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from visualnet.app.features.see_inside.chart_observation import ChartObservation
from visualnet.app.plots.feature_maps import MapPosition, TilesView
from visualnet.app.state.studio import Studio
from visualnet.app.theme.tokens import Theme
from visualnet.figures.charts.tiles import TilesChart
from visualnet.figures.tiles import TileScale
from visualnet.layers.declaration.layer import Spec
from visualnet.training.observations.observation import NETWORK, History, Observation, Result, Subject


class TilesObservation(QStackedWidget):
    """Shows tiles of numbers in a view of tiles; any other picture that the observation draws, by its settings, as a chart."""

    sample_chosen = Signal(int)
    options_chosen = Signal(object)
    """A place of a map was clicked: pairs of a setting and its value, by which other pictures turn to it."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._subject: Subject = NETWORK
        self._names: tuple[str, ...] = ()
        self._places: tuple[int, ...] = ()
        self.tiles, self.chart = TilesView(), ChartObservation(studio)
        self.chart.sample_chosen.connect(self.sample_chosen)
        self.chart.options_chosen.connect(self.options_chosen)
        self.tiles.cell_chosen.connect(self._choose_place)
        self.addWidget(self.tiles)
        self.addWidget(self.chart)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.tiles.set_theme(theme)
        self.chart.set_theme(theme)

    def show_result(self, made: Observation, subject: Subject, result: Result, history: History) -> None:
        """Draw it."""
        drawn = made.draw(result, history)
        self._subject = subject if made.about == "output" else NETWORK
        if not isinstance(drawn, TilesChart) or drawn.is_rgb:
            self.chart.show_result(made, subject, result, history)
            self.setCurrentWidget(self.chart)
            return
        maps = drawn.maps
        if len(maps) == 1 and not self._is_stack(subject):
            maps = maps[0, 0] if maps.shape[1] == 1 else maps[0]
        names = drawn.titles if maps.ndim == 3 else ()
        scale = TileScale(drawn.signed, drawn.low, drawn.high)
        self.tiles.file_name = made.name.replace("_", "-")
        self.tiles.set_maps(maps, title=drawn.unit, scale=scale, names=names)
        self._names, self._places = names, maps.shape[1:]
        self.setCurrentWidget(self.tiles)

    def _choose_place(self, cell: MapPosition) -> None:
        """Tell which place of which channel a cell is; tiles that are no channels of a layer tell nothing."""
        spec = self._spec_of(self._subject)
        if spec is None or len(spec.shape) != 3 or cell.channel >= len(self._names):
            return
        name = self._names[cell.channel]
        if name.isdecimal():
            # Large maps are shown thinned: every second, third … row and column.
            row, column = (
                at * -(-int(extent) // shown)
                for at, extent, shown in zip(cell[1:], spec.shape[1:], self._places, strict=True)
            )
            self.options_chosen.emit((("channel", int(name)), ("row", row), ("column", column)))

    def _is_stack(self, subject: Subject) -> bool:
        """Whether what is looked at are maps, of which there is one; else it is a table or a row of numbers, which may be stretched."""
        spec = self._spec_of(subject)
        return spec is not None and len(spec.shape) == 3

    def _spec_of(self, subject: Subject) -> Spec | None:
        facts = self._studio.analysis.find(subject[0]) if subject[0] else None
        return facts.leaving.get(subject[1]) if facts is not None else None

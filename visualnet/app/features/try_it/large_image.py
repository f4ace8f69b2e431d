"""The mask of an image that is larger than what the network reads: tile by tile, beside the window, with progress and cancel."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from visualnet.app.features.see_inside.observation_view import ObservationView
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.layouts import column
from visualnet.training.prediction.tiled_mask import TiledMask

NUMBER = -2
"""What tells this picture's requests from those of the panel *See inside*."""


class LargeImageAnswer(QWidget):
    """What the network finds in the whole image that was opened."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = ObservationView(studio, TiledMask.name, {}, NUMBER)
        for needless in (self.view.close_button, self.view.enlarge):
            needless.hide()
        column((self.view, 1), parent=self)

    @staticmethod
    def suits(studio: Studio) -> bool:
        """Whether the network answers images pixel by pixel."""
        return bool(TiledMask.subjects(studio.analysis))

    def compute(self) -> None:
        """Segment the image that all panels look at now."""
        self.view.follow()
        self.view.compute()

"""A button that offers the trained weights that come with a network, where it is looked at untrained."""

from __future__ import annotations

from PySide6.QtWidgets import QToolButton, QWidget

from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import describe
from visualnet.core import edits
from visualnet.training.transfer.shipped import shipped_for

USE = "Use trained weights"
TIP = "Look inside with the trained weights that come with this network, and begin the next training with them"


def can_use(studio: Studio) -> bool:
    """Whether trained weights come with the network, and it does not begin with them already."""
    shipped = shipped_for(studio.project)
    return shipped is not None and studio.project.recipe.start_from != shipped.reference


def use(studio: Studio) -> None:
    """Begin with the trained weights that come with the network."""
    if (shipped := shipped_for(studio.project)) is not None:
        studio.do(USE, lambda p: edits.set_recipe(p, start_from=shipped.reference))
        studio.message.emit("ok", f"Trained weights of {shipped.title}: {shipped.figure} on the validation set")


class TrainedButton(QToolButton):
    """Stands there only while the network is untrained and trained weights come with it."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        describe(self, USE, TIP)
        self.setText(USE)
        self.setProperty("framed", True)
        self.clicked.connect(lambda _=False: use(studio))
        for signal in (studio.runner.probes_changed, studio.document_changed, studio.project_changed):
            signal.connect(self.refresh)
        self.hide()

    def refresh(self, *_: object) -> None:
        """Show it where there is something to offer; not before it has its place, or it would be a window."""
        if self.parentWidget() is None:
            return
        runner = self.studio.runner
        self.setVisible(runner.model is None and not runner.probes.trained and can_use(self.studio))

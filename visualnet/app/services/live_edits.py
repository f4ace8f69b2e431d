"""Edits of the project that trains, sent to its run where they can act while it goes on."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from visualnet.core.document import Document
from visualnet.core.project import Project
from visualnet.data.division.division_settings import has_validation
from visualnet.training.control import TrainingControl
from visualnet.training.recipe.live_settings import find_changes, with_live_settings
from visualnet.training.recipe.settings import find_problems
from visualnet.training.runs.network_mark import mark_of

SETTLE_MS = 250
"""A run is changed when the project has rested so long: no figure that is half typed reaches it, nor each place of a slider."""


class LiveEdits(QObject):
    """Follows one document as long as its run goes on: what can be changed there is changed, and changed back when it is undone."""

    refused = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settling = QTimer(self, singleShot=True, interval=SETTLE_MS)
        self._settling.timeout.connect(self.send)
        self._control: TrainingControl | None = None
        self._document: Document | None = None
        self._trained, self._catches_up = Project(), False

    @property
    def trained(self) -> Project:
        """What trains, with all changes that were sent."""
        if self._catches_up and self._control is not None and self._control.project is not None:
            self._trained, self._catches_up = self._control.project, False
        return self._trained

    @trained.setter
    def trained(self, project: Project) -> None:
        self._trained = project

    def follow(self, document: Document, control: TrainingControl, project: Project, attached: bool = False) -> None:
        """A run of this document begins, with this project; or (``attached``) it began with it, and tells what it trains by now."""
        self._document, self._control, self._trained, self._catches_up = document, control, project, attached

    def stop(self) -> None:
        """The run is over."""
        self._settling.stop()
        self._document = self._control = None
        self._trained, self._catches_up = Project(), False

    def edited(self, project: Project) -> str:
        """The document that is followed was edited; the mark of the network that the run then trains."""
        self._settling.start()
        return mark_of(with_live_settings(self.trained, project))

    def send(self) -> None:
        """Change in the run what was changed in the project."""
        if self._control is None or self._document is None:
            return
        project = self._document.project
        changes = find_changes(self.trained, project)
        if not changes or find_problems(project.recipe, has_validation(project.data)):
            return  # what cannot be used is told where it was entered
        try:
            self._control.change({one.setting: one.after for one in changes})
        except ValueError as error:
            self.refused.emit(f"Not changed in the run: {error}.")
            return
        self.trained = with_live_settings(self.trained, project)

"""The form for an experiment of one's own: a project, what of it is varied, and the values."""

from __future__ import annotations

import weakref
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QGridLayout, QLineEdit, QWidget

from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import button, describe, icon_button, label
from visualnet.app.widgets.layouts import STRETCH, column, row, widget_of
from visualnet.core.document import Document
from visualnet.core.project import Project
from visualnet.core.text.hidden_characters import visible
from visualnet.training.experiments.declare import Experiment
from visualnet.training.experiments.own import OwnExperiment, keep_own, make_experiment, parse, read_own, remove_own
from visualnet.training.experiments.places import find_place, list_places

NO_PROJECT = "No project is open: open one, or choose a template on the start page, and come back."


class OwnForm(QWidget):
    """Says what is varied. ``changed`` when what it says is another experiment."""

    changed = Signal()

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self._document: Callable[[], Document | None] = lambda: None
        self._projects: list[tuple[str, Project]] = []
        self.project_box = describe(QComboBox(), "Project", "The open project that is varied")
        self.place_box = describe(
            QComboBox(), "What is varied", "A setting of the recipe, the data or a layer: type to search"
        )
        self.place_box.setEditable(True)
        self.place_box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        if (completer := self.place_box.completer()) is not None:
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.values = describe(QLineEdit(), "Values", "Two to eight values with commas between them")
        self.values.setPlaceholderText("0.1, 0.01")
        self.now = label("", "small", wrap=True)
        self.fault = label("", "error", wrap=True)
        self.kept = describe(QComboBox(), "Kept experiments", "Experiments that are kept in this project's file")
        self.keep = button("Keep in the project", icon="save", done=self._keep)
        self.keep.setToolTip("Keep this experiment in the project's file (undo takes it back)")
        self.remove = icon_button(
            "delete", "Remove the kept experiment", "Remove the chosen experiment from the project", self._remove
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        for line, (words, widget) in enumerate(
            (("Project", self.project_box), ("Vary", self.place_box), ("Values", self.values))
        ):
            grid.addWidget(label(words, "muted"), line, 0)
            grid.addWidget(widget, line, 1)
        grid.setColumnStretch(1, 1)
        self._kept_line = widget_of(row((self.kept, 1), self.remove, spacing=8))
        kept = column(row(self.keep, STRETCH), self._kept_line, STRETCH, spacing=6)
        row((column(grid, self.now, self.fault, spacing=6), 2), (kept, 1), spacing=24, parent=self)
        self.project_box.activated.connect(lambda _: self._show_project())
        self.place_box.currentIndexChanged.connect(lambda _: self._show_place())
        self.values.textChanged.connect(lambda _: self._tell())
        self.kept.activated.connect(self._take_kept)

    @property
    def project(self) -> Project | None:
        """The project that is varied, as it is now."""
        document = self._document()
        chosen = self.project_box.currentIndex()
        if document is not None and document.project.name == self.project_box.currentText():
            return document.project
        return self._projects[chosen][1] if 0 <= chosen < len(self._projects) else None

    def read(self, seeds: tuple[int, ...]) -> tuple[OwnExperiment, Experiment]:
        """What the form says.

        Raises:
            ValueError: it says nothing that can be trained; the words say what is wanted.
        """
        project = self.project
        if project is None:
            raise ValueError(NO_PROJECT)
        address = self._address()
        if not address:
            raise ValueError("Choose what is varied.")
        if not self.values.text().strip():
            raise ValueError("Write two or more values with commas between them.")
        own = parse(project, f"{address}={self.values.text()}", seeds)
        return own, make_experiment(project, own)

    def set_projects(self, projects: list[tuple[str, Project]]) -> None:
        """Offer these; the chosen one stays where it is among them."""
        before = self.project_box.currentText()
        self._projects = projects
        self.project_box.blockSignals(True)
        self.project_box.clear()
        self.project_box.addItems([visible(name) for name, _ in projects])
        self.project_box.setCurrentIndex(max(self.project_box.findText(before), 0) if projects else -1)
        self.project_box.blockSignals(False)
        if self.project_box.currentText() != before or not self.place_box.count():
            self._show_project()
        else:
            self._show_kept()

    def release_projects(self) -> None:
        """Hold no project while nobody sees the form: `set_projects` offers those that are open then."""
        self._projects = []

    def take(self, document: Document) -> None:
        """Vary this document's project."""
        self._document = weakref.ref(document)
        at = next((i for i, (_, project) in enumerate(self._projects) if project is document.project), -1)
        if at >= 0:
            self.project_box.setCurrentIndex(at)
            self._show_project()

    def _address(self) -> str:
        data = self.place_box.currentData()
        return (
            data
            if isinstance(data, str)
            and self.place_box.currentText() == self.place_box.itemText(self.place_box.currentIndex())
            else ""
        )

    def _show_project(self) -> None:
        project = self.project
        self.place_box.blockSignals(True)
        self.place_box.clear()
        for place in list_places(project) if project is not None else ():
            self.place_box.addItem(visible(place.title), place.address)
        self.place_box.blockSignals(False)
        self._show_kept()
        self._show_place()

    def _show_place(self) -> None:
        project, address = self.project, self._address()
        words = ""
        if project is not None and address:
            place = find_place(project, address)
            now = f" It is {place.param.short(place.value)} now." if place.value is not None else ""
            options = getattr(place.param, "options", None)
            among = f" One of: {', '.join(map(str, options))}." if options else ""
            words = f"{place.param.doc}{now}{among}"
        self.now.setText(visible(words))
        self._tell()

    def _tell(self) -> None:
        words = ""
        try:
            self.read((0,))
        except ValueError as error:
            words = str(error)
        project = self.project
        faults = read_own(project)[1] if project is not None else []
        self.fault.setText(visible("\n".join([words, *faults] if self.values.text().strip() else faults), lines=True))
        self.fault.setVisible(bool(self.fault.text()))
        self.keep.setEnabled(not words and self._open_document() is not None)
        self.changed.emit()

    # --- kept in the project ---------------------------------------------------------------------------------------------------------

    def _open_document(self) -> Document | None:
        document = self._document()
        return document if document is not None and document.project is self.project else None

    def _show_kept(self) -> None:
        project = self.project
        found = read_own(project)[0] if project is not None else []
        self.kept.clear()
        self.kept.addItems([visible(own.describe()) for own in found])
        self.kept.setCurrentIndex(-1)
        self._kept_line.setVisible(bool(found))
        self.remove.setEnabled(self._open_document() is not None)

    def _take_kept(self, at: int) -> None:
        project = self.project
        found = read_own(project)[0] if project is not None else []
        if 0 <= at < len(found):
            self.place_box.setCurrentIndex(self.place_box.findData(found[at].address))
            self.values.setText(found[at].describe().partition(": ")[2])

    def _keep(self) -> None:
        document = self._open_document()
        if document is None:
            return
        try:
            own, _ = self.read((0, 1, 2))
            document.do("Keep an experiment", lambda project: keep_own(project, own))
        except ValueError as error:
            self.studio.message.emit("error", str(error))
        self._show_kept()

    def _remove(self) -> None:
        document, project, at = self._open_document(), self.project, self.kept.currentIndex()
        found = read_own(project)[0] if project is not None else []
        if document is not None and 0 <= at < len(found):
            document.do("Remove an experiment", lambda project: remove_own(project, found[at]))
            self._show_kept()

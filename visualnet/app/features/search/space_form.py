"""What is varied: a row for each setting with the values that it may have, and a list to add one from."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QGridLayout, QLineEdit, QWidget

from visualnet.app.widgets.basic import button, describe, icon_button, label
from visualnet.app.widgets.layouts import clear, column, row
from visualnet.core.project import Project, SearchEntry, SearchSpec
from visualnet.core.text.hidden_characters import visible
from visualnet.training.experiments.places import list_places
from visualnet.training.search.space import can_be_searched, find_faults, offer_entry, parse_entry, write_entry

EMPTY = "Nothing is varied yet. Choose a setting below and press Add, or right-click a setting in the Inspector."
FORMS = "0.0001..0.1:log (small values as often as large ones), 8..64:8 (by 8), or values with commas between them"


class SpaceForm(QWidget):
    """Shows and changes the entries of a project's search. ``changed`` tells them anew."""

    changed = Signal(object)
    """The entries (a tuple of SearchEntry)."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project: Project | None = None
        self._entries: tuple[SearchEntry, ...] = ()
        self.fields: dict[str, QLineEdit] = {}
        self.faults: dict[str, str] = {}
        self.empty = label(EMPTY, "muted", wrap=True)
        rows = QWidget()
        self.grid = QGridLayout(rows)
        self.grid.setContentsMargins(0, 0, 0, 0)
        self.grid.setHorizontalSpacing(6)
        self.grid.setVerticalSpacing(3)
        self.grid.setColumnStretch(1, 1)
        self.places = describe(
            QComboBox(), "Setting to vary", "Settings of layers, constants, recipe and data: type to search"
        )
        self.places.setEditable(True)
        self.places.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.places.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.places.setMinimumContentsLength(12)
        if (completer := self.places.completer()) is not None:
            completer.setFilterMode(Qt.MatchFlag.MatchContains)
            completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.adder = button("Add", icon="plus", done=self._add_chosen)
        self.adder.setToolTip("Vary the chosen setting, round what it is now")
        column(self.empty, rows, row((self.places, 1), self.adder, spacing=6), spacing=6, parent=self)

    def show_project(self, project: Project, spec: SearchSpec) -> None:
        """Show what this project's search varies, and offer its settings."""
        same = (
            self._project is not None and self._project.same_network(project) and self._project.recipe == project.recipe
        )
        if not same or self._project is None or self._project.data != project.data:
            chosen = self.places.currentText()
            self.places.blockSignals(True)
            self.places.clear()
            for place in list_places(project):
                if can_be_searched(place):
                    self.places.addItem(visible(place.title), place.address)
            self.places.setCurrentIndex(max(self.places.findText(chosen), 0))
            self.places.blockSignals(False)
        self._project = project
        self.faults = find_faults(project, spec)
        if spec.entries != self._entries or not self.fields:
            self._entries = spec.entries
            self._build()
        for entry in self._entries:
            self._mark(entry.address, self.faults.get(entry.address, ""))
        self.empty.setVisible(not self._entries)

    def clear(self) -> None:
        """Show no project: it is closed."""
        self._project, self._entries, self.faults = None, (), {}
        self.places.clear()
        self._build()
        self.empty.hide()  # there is nothing to choose from

    def add(self, address: str) -> None:
        """Vary the setting of this address too, round what it is now.

        Raises:
            ValueError: the project has no such setting, or no range can be offered for it.
        """
        if self._project is None or any(entry.address == address for entry in self._entries):
            return
        place = next((place for place in list_places(self._project) if place.address == address), None)
        if place is None:
            raise ValueError(f"{address} is no setting that can be searched over")
        self.changed.emit((*self._entries, offer_entry(place)))

    def _add_chosen(self) -> None:
        address = self.places.currentData()
        if isinstance(address, str) and self.places.currentText() == self.places.itemText(self.places.currentIndex()):
            self.add(address)

    def _build(self) -> None:
        clear(self.grid)
        self.fields, self._words = {}, {}
        for number, entry in enumerate(self._entries):
            field = describe(QLineEdit(write_entry(entry)), f"Values of {entry.address}", FORMS)
            field.setProperty("mono", True)
            field.setCursorPosition(0)
            field.editingFinished.connect(partial(self._set, entry.address))
            words = label("", "error", wrap=True)
            gone = partial(self._remove, entry.address)
            name = label(entry.address, "mono")
            name.setToolTip(visible(entry.address))
            self.grid.addWidget(name, 2 * number, 0)
            self.grid.addWidget(field, 2 * number, 1)
            self.grid.addWidget(icon_button("close", f"Vary {entry.address} no more", "", gone), 2 * number, 2)
            self.grid.addWidget(words, 2 * number + 1, 0, 1, 3)
            self.fields[entry.address], self._words[entry.address] = field, words

    def _mark(self, address: str, words: str) -> None:
        self._words[address].setText(visible(words))
        self._words[address].setVisible(bool(words))

    def _set(self, address: str) -> None:
        if self._project is None or address not in self.fields:
            return
        text = self.fields[address].text()
        now = next((entry for entry in self._entries if entry.address == address), None)
        if now is None or text.strip() == write_entry(now):
            return
        try:
            made = parse_entry(self._project, f"{address}={text}")
        except ValueError as error:
            self._mark(address, str(error))
            return
        self.changed.emit(tuple(made if entry is now else entry for entry in self._entries))

    def _remove(self, address: str) -> None:
        self.changed.emit(tuple(entry for entry in self._entries if entry.address != address))

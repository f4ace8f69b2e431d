"""The inspector's page when nothing is selected: the open block, the project's name and note, its totals, data and constants."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from visualnet.analysis.cost.tables import statistics_rows, total_rows
from visualnet.app.features.inspector.data_section import DataSection
from visualnet.app.features.inspector.sections.cost_section import NetworkCosts
from visualnet.app.features.inspector.sections.parameters_section import ParametersSection
from visualnet.app.forms.form import caption
from visualnet.app.state.studio import Studio
from visualnet.app.widgets.basic import KeyValue, describe
from visualnet.app.widgets.layouts import column
from visualnet.core import edits
from visualnet.core.project import MAIN


class ProjectPage(QWidget):
    """Everything that belongs to the project rather than to one node."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self.studio = studio
        tip = "The project's name; the exported class is called after it."
        self.name = describe(QLineEdit(), "Project name", tip)
        self.name.setProperty("role", "heading")
        self.name.editingFinished.connect(self._rename)
        self.note = describe(QPlainTextEdit(tabChangesFocus=True), "Notes")
        self.note.setPlaceholderText("Notes: what this network is for, what was tried")
        self.note.setFixedHeight(104)
        self.note.setAcceptDrops(False)
        self.note.textChanged.connect(self._set_note)
        self.totals, self.statistics = KeyValue(), KeyValue()
        self.costs, self.data = NetworkCosts(studio), DataSection(studio)
        self.constants = ParametersSection(studio)
        hint = caption("Select a node to see its parameters and formulas.")
        parts = (self.name, self.note, self.totals, self.statistics, self.costs, self.data, self.constants, hint)
        column(*parts, spacing=8, parent=self)

    def refresh(self) -> None:
        """Show the project as it is now."""
        project, sheet, facts = self.studio.project, self.studio.sheet, self.studio.facts
        block = project.blocks.get(sheet) if sheet != MAIN else None
        if not self.name.hasFocus():
            self.name.setText(project.name if block is None else sheet)
        self.name.setReadOnly(block is not None)
        note = project.note if block is None else block.note
        if self.note.toPlainText() != note:
            with QSignalBlocker(self.note):
                self.note.setPlainText(note)
        if facts is not None:
            self.totals.show_rows(total_rows(facts))
            self.statistics.setVisible(bool(facts.statistics))
            self.statistics.show_rows(statistics_rows(facts))
        self.costs.setVisible(block is None and bool(project.graph.nodes))
        if block is None:
            self.costs.refresh()
        self.data.setVisible(block is None)
        self.data.refresh()
        self.constants.refresh()

    def _rename(self) -> None:
        wish = self.name.text().strip()
        if not self.name.isReadOnly() and wish and wish != self.studio.project.name:
            self.studio.do("Rename the project", lambda p: edits.set_name(p, wish))

    def _set_note(self) -> None:
        text, sheet = self.note.toPlainText(), self.studio.sheet
        self.studio.do("Edit the notes", lambda p: edits.set_note(p, text, sheet), merge=f"note:{sheet}")
